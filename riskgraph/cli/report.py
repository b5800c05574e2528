"""The word `riskgraph report KIND ...`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from riskgraph.cli.answers import asks
from riskgraph.cli.options import Output, data_option, examples
from riskgraph.data.files import nearest, read_names

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.graph import RiskGraph
    from riskgraph.report import Bundle, ReportOptions
    from riskgraph.report.registry import Kind

__all__ = ["command"]

SOFT_LIMIT = 300_000  # bytes of a page that still travels well by e-mail


class Kinds(click.Group):
    """A group whose words are the kinds of report that are registered."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The kinds, in the order of the registry."""
        from riskgraph.report import REPORTS

        return list(REPORTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a kind."""
        from riskgraph.report import REPORTS

        return _command(REPORTS[cmd_name]) if cmd_name in REPORTS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the kinds that there are when another word is typed."""
        kinds = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in kinds:
            ctx.fail(f"There is no report {args[0]!r}. {nearest(args[0], kinds)}")
        return super().resolve_command(ctx, args)


@click.group(
    "report",
    cls=Kinds,
    epilog=examples(
        "riskgraph report blast civica",
        "riskgraph report council thanet --zip",
        "riskgraph report overview --region Wales --format text",
    ),
)
def command() -> None:
    """Reports to read, print, mail and check: a folder of files for one answer.

    The folder holds report.html (readable with scripts off, no network), summary.txt for a message,
    calls.html, CSV files for spreadsheets and report.json for programs. Each carries its marking.
    """


def report_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is the same for every kind of report."""
    for option in (
        click.option(
            "--aware", metavar="TIME", help="When the councils became aware, as '2026-11-25 09:30': 72 hours."
        ),
        click.option("--since", default="", metavar="PATH", help="An earlier state of the map: what has changed."),
        click.option(
            "--contacts", default="", metavar="FILE", help="Your list of contacts, for calls.html and no other file."
        ),
        click.option("--author", default="", metavar="WHO", help="Printed on it."),
        click.option("--version", default="1", show_default=True, metavar="N", help="Printed on it, and in its name."),
        click.option("--dated", metavar="DATE", help="The day printed on it.  [default: the date of the question]"),
        click.option(
            "--redact",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Withhold the names in this file, one a line.",
        ),
        click.option("--anonymous", is_flag=True, help="Withhold every name but those of suppliers; counts only."),
        click.option("--permission", default="", metavar="WHO", help="Who allowed a lower marking than the data have."),
        click.option(
            "--exempt",
            default="",
            metavar="TEXT",
            help="Not for publication: such as 'paragraph 3 of Schedule 12A, Local Government Act 1972'.",
        ),
        click.option(
            "--classification",
            type=click.Choice(["OFFICIAL", "OFFICIAL-SENSITIVE"], case_sensitive=False),
            help="The government marking, apart from the label.",
        ),
        click.option("--tlp", metavar="LABEL", help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED.  [default: the data's]"),
        click.option("--zip", "zipped", is_flag=True, help="One archive instead of a folder."),
        click.option(
            "--format",
            "format_",
            type=click.Choice(["folder", "text", "json"]),
            default="folder",
            show_default=True,
            help="folder writes the files; text or json shows one of them and writes nothing.",
        ),
        click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help="Folder or archive to write."),
    ):
        function = option(function)
    return function


def _command(kind: Kind) -> click.Command:
    """The command of one kind of report."""

    @report_options
    @data_option
    @asks("kinds", "scope")
    @click.pass_context
    def run(ctx: click.Context, /, graph: RiskGraph, asking: Asking, **given: Any) -> None:
        from riskgraph.maps import map_name
        from riskgraph.report import ReportOptions, make

        if ctx.get_parameter_source("like") is ParameterSource.DEFAULT:
            asking.pop("like", None)  # a scenario and an incident say themselves what is asked
        names, explored = given.pop("names", ()), given.pop("explorer", False)
        format_, output, zipped = given.pop("format_"), given.pop("output"), given.pop("zipped")
        given["redact"] = () if given["redact"] is None else read_names(given["redact"])
        options = ReportOptions(asking, data=map_name(ctx.params["data"]), **given)
        bundle = make(graph, kind.word, (names,) if isinstance(names, str) else names, options)
        if explored:
            bundle = _explored(bundle, graph, options)
        if format_ == "folder":
            _write(bundle, output, zipped)
        else:
            text = bundle.files["report.json" if format_ == "json" else "summary.txt"].decode()
            Output(format_, "-" if output is None else str(output)).write(text)

    made: Any = run
    if kind.explorer:
        text = "Also explorer.html: pictures to look around in (5 MB). Not with names withheld."
        made = click.option("--explorer", is_flag=True, help=text)(made)
    if kind.names == "many":
        made = click.argument("names", nargs=-1, required=True, metavar=kind.metavar)(made)
    elif kind.names == "one":
        made = click.argument("names", required=True, metavar=kind.metavar)(made)
    return click.command(kind.word, help=kind.help, short_help=kind.help, epilog=examples(*kind.examples))(made)


def _explored(bundle: Bundle, graph: RiskGraph, options: ReportOptions) -> Bundle:
    """The bundle with the explorer; of a map that hides names there is none."""
    from riskgraph.analysis.blast import blast
    from riskgraph.report.explorer import explorer

    if options.anonymous or options.redact:
        raise click.UsageError("A picture of the map shows by its shape who is withheld; leave --explorer out.")
    page = explorer(blast(graph, bundle.question), bundle.marking, bundle.origin)
    return replace(bundle, files={**bundle.files, "explorer.html": page})


def _write(bundle: Bundle, output: Path | None, zipped: bool) -> None:
    """Write the folder or the archive, and say where it is and how it is marked."""
    from riskgraph.data.folders import update_folder, write_file
    from riskgraph.render.page import WIDTH, Page, as_text
    from riskgraph.render.words import data_of

    if zipped:
        target = output or Path(f"{bundle.name}.zip")
        write_file(target, bundle.zip())
    else:
        target = output or Path(bundle.name)
        update_folder(target, bundle.files)
    lead = f"{bundle.report.title} ({data_of(bundle.question.selection.graph.dataset)})."
    click.echo(as_text(Page(lead), WIDTH), nl=False)
    click.echo(f"{len(bundle.files)} files, {bundle.marking.words}, written to {target}")
    size = len(bundle.files["report.html"])
    if size > SOFT_LIMIT:
        click.echo(f"report.html has {size // 1000} KB: mail the archive, or limit it with --region.", err=True)
