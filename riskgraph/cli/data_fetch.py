"""The word `riskgraph data fetch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskgraph.cli.options import Output, examples, output_options
from riskgraph.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from riskgraph.fetching import Choice, Gathered, Source, Taken


class SourceName(click.ParamType[Any]):
    """A source by its name; the list is read only when one is given."""

    name = "source"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The source, or an error that lists all of them."""
        from riskgraph.fetching import source

        return source(value)


def gathered(folder: Path, source: Source, **asked: Any) -> Gathered:
    """Ask a source, with progress on stderr."""
    from riskgraph.fetching import Reporter, gather

    with Progress(f"{source.title}, of what there is to ask") as windows:
        return gather(folder, source, reporter=Reporter(windows, lambda text: click.echo(text, err=True)), **asked)


def taken(folder: Path) -> Taken:
    """Take in what came, with progress on stderr."""
    from riskgraph.fetching import take_in

    with Progress("Notices read") as rows:
        return take_in(folder, lambda done, total: rows(done, 0))


@click.command(
    "fetch",
    epilog=examples(
        "riskgraph data fetch find-a-tender --to our-map --since 2025-11-01 --plan",
        "riskgraph data fetch contracts-finder --to our-map --since 2025-11-01 --cpv 48,72 --plan",
        "riskgraph data fetch sell2wales --to our-map --since 2025-11-01 --area revenues-benefits --plan",
    ),
)
@click.argument("source", type=SourceName())
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="MAP",
    help="The map that it is taken into; a new one is made if there is none.",
)
@click.option("--since", metavar="DATE", help="From this day on.  [default: the last run, with a day of overlap]")
@click.option("--until", metavar="DATE", help="As far as this day.  [default: today]")
@click.option(
    "--buyers",
    type=click.Choice(["councils", "known", "all"]),
    help="Whose notices: principal councils, everybody in the register, or all.  [default: as last time, or councils]",
)
@click.option(
    "--cpv", metavar="LIST", help="Only CPV codes that begin so, such as 48,72.  [default: as last time, or all]"
)
@click.option(
    "--area", "areas", multiple=True, metavar="AREA", help="Only this service area.  [default: as last time, or all]"
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Who is who, as filled in after `data match`; it is remembered for this map.",
)
@click.option("--address", metavar="URL", help="Ask a mirror of the service instead; it is remembered for this map.")
@click.option("--plan", is_flag=True, help="Say what would be asked and how long it takes; ask nothing.")
@output_options("text", "json")
def command(
    source: Source,
    folder: Path,
    since: str | None,
    until: str | None,
    buyers: str | None,
    cpv: str | None,
    areas: tuple[str, ...],
    decisions: Path | None,
    address: str | None,
    plan: bool,
    output: Output,
) -> None:
    """Take the newest notices of a public service into a map; the one word that uses the network.

    SOURCE is find-a-tender, contracts-finder, public-contracts-scotland or sell2wales. Whole pages are kept beside the
    map, in MAP/.fetched; the map is written only when all has come. Run it again and it goes on from there.
    """
    from riskgraph.dates import first_day, last_day
    from riskgraph.fetching import locked, planned
    from riskgraph.fetching.asking import Clock
    from riskgraph.fetching.sources import mirror
    from riskgraph.render.fetching import fetched_text, plan_text
    from riskgraph.render.tables import as_json

    first, last = _day(since, first_day), _day(until, last_day)
    ahead = planned(folder, source, Clock(), first, last)
    if plan:
        value = {
            "schema": 1,
            "source": source.name,
            "since": ahead.first.isoformat(),
            "until": ahead.last.isoformat(),
            "requests_at_least": ahead.windows,
            "minutes_at_least": ahead.minutes,
        }
        output.write(as_json(value) if output.format == "json" else plan_text(ahead, folder))
        return
    choice, address = _choice(folder, source, buyers, cpv, areas), address and mirror(address)
    with locked(folder):
        if decisions:
            _decided(folder, decisions)
        click.echo(plan_text(ahead, folder), nl=False, err=True)
        came = gathered(folder, source, choice=choice, since=first, until=last, address=address)
        found = taken(folder)
    if output.format == "json":
        output.write(as_json({"schema": 1, "sources": [came.to_dict()], **found.to_dict()}))
    else:
        output.write(fetched_text(came, found, folder))


def _choice(folder: Path, source: Source, buyers: str | None, cpv: str | None, areas: tuple[str, ...]) -> Choice:
    """What is wanted, with what was wanted the last time where nothing is said."""
    from riskgraph.fetching.spool import Choice, Spool
    from riskgraph.importers.wanted import chosen_areas, chosen_codes

    state = Spool(folder, source.name).state()
    last = state.choice if state else Choice()
    return Choice(
        buyers or last.buyers,
        last.cpv if cpv is None else chosen_codes(cpv),
        chosen_areas(areas) if areas else last.areas,
    )


def _decided(folder: Path, sheet: Path) -> None:
    """Keep decisions that are good."""
    from riskgraph.data.folders import current
    from riskgraph.data.read import read
    from riskgraph.fetching.spool import keep_decisions
    from riskgraph.importers.review import decisions

    decisions(sheet, read(folder) if current(folder, "dataset.toml").is_file() else None)
    keep_decisions(folder, sheet)


def _day(text: str | None, which: Callable[[str], date]) -> date | None:
    from riskgraph.dates import fixed_date
    from riskgraph.errors import RiskGraphError

    try:
        return which(fixed_date(text)) if text else None
    except ValueError as error:
        raise RiskGraphError(f"{error}.", "Write a date as 2026-11-25 or 25 November 2026.") from None
