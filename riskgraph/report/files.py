"""From a report to files: HTML, CSV, JSON and text, each with its marking; the same bytes for the same report."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.answer import SCHEMA
from riskgraph.dates import DATE, in_words
from riskgraph.model import Band
from riskgraph.render.blocks import Block, Cell, Heading, Report, Table
from riskgraph.render.tables import as_csv, as_json
from riskgraph.report.marking import Marking, Tlp, calls_marking
from riskgraph.report.parts import BAND_WORDS

if TYPE_CHECKING:
    import jinja2

__all__ = ["Origin", "fragment", "html", "make_files", "page_of", "printed_day", "source_hash", "templates"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a report comes from, and how to make it again. Nothing here may hold a withheld name."""

    data: str  # title of the data set
    as_of: str
    digest: str
    rows: int
    warnings: int
    request: Mapping[str, object]
    command: str
    dated: str  # the day printed on the report
    version: str  # of the report
    author: str = ""
    attribution: str = ""
    withheld: str = ""  # what was withheld, in words
    question: Mapping[str, object] = field(default_factory=dict)  # and the address that asks it


def make_files(report: Report, marking: Marking, origin: Origin) -> dict[str, bytes]:
    """File name to bytes of everything that one report is made of.

    Examples
    --------
    >>> from riskgraph.report import make
    >>> sorted(make("seeds", "blast", ["east kent services"]).files)[:3]
    ['calls.html', 'contracts.csv', 'exposures.csv']
    """
    content = {"report.html": html("report.html", report, marking, origin).encode()}
    if report.calls is not None:
        sheet = calls_marking(marking)
        content["calls.html"] = html("calls.html", report, sheet, origin).encode()
    for name, table in sorted(report.tables.items()):
        # Excel needs the mark at the start to read a pound sign
        content[f"{name}.csv"] = _csv(table, marking).encode("utf-8-sig")
    content["summary.txt"] = _summary(report, marking, origin).encode()
    content["report.json"] = as_json(to_json(report, marking, origin, content)).encode()
    return dict(sorted(content.items()))


def _summary(report: Report, marking: Marking, origin: Origin) -> str:
    foot = [marking.words + (f". Not for publication: {marking.exempt}" if marking.exempt else "")]
    if origin.author:
        foot.append(f"From {origin.author}, {in_words(origin.dated)}, version {origin.version}.")
    return "\n".join([marking.words, report.summary.rstrip("\n"), *foot]) + "\n"


def _csv(table: Table, marking: Marking) -> str:
    header = ("marking", *(column.key for column in table.columns))
    rows = [(marking.words, *(_plain(cell) for cell in row)) for row in table.rows]
    return as_csv(header, rows)


def _plain(cell: Cell) -> str | int | float | None:
    return cell.word if isinstance(cell, Band) else cell


def to_json(report: Report, marking: Marking, origin: Origin, content: Mapping[str, bytes]) -> dict[str, Any]:
    """The report as plain values: marking first, then what it says, then where it comes from."""
    return {
        "schema": SCHEMA,
        "marking": marking.to_dict(),
        "kind": report.kind,
        "title": report.title,
        "date": report.date,
        "question": dict(origin.question),
        "numbers": [asdict(number) for number in report.numbers],
        "meaning": list(report.meaning),
        "unknown": list(report.unknown),
        "now": list(report.now),
        "decisions": list(report.decisions),
        "answer": dict(report.answer),
        "tables": {name: _table_json(table) for name, table in sorted(report.tables.items())},
        "provenance": {
            "riskgraph": version("riskgraph"),
            "data": origin.data,
            "data_as_of": origin.as_of,
            "data_digest": origin.digest,
            "dated": origin.dated,
            "version": origin.version,
            "author": origin.author,
            "withheld": origin.withheld,
            "command": origin.command,
            "request": dict(origin.request),
        },
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(content.items())},
    }


def _table_json(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, (_plain(cell) for cell in row), strict=True)) for row in table.rows]


# -- HTML -------------------------------------------------------------------------------------------


def html(template: str, report: object, marking: Marking, origin: Origin) -> str:
    """One page of a report or an answer."""
    return page_of(template, marking, origin, report=report, bands=list(Band))


def page_of(
    template: str,
    marking: Marking,
    origin: Origin,
    *,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = ("report.js",),
    **given: object,
) -> str:
    """One page, complete in itself: style and script are inside and allowed by their hashes.

    Parameters
    ----------
    styles
        Style sheets besides the one of every page.
    scripts
        Its scripts, one after the other.
    given
        What the template is given besides.
    """
    environment = templates()
    style = "".join(
        environment.get_template(name).render(marking=marking, origin=origin) for name in ("style.css", *styles)
    )
    script = "".join(environment.get_template(name).render() for name in scripts)
    page = environment.get_template(template).render(
        marking=marking,
        origin=origin,
        riskgraph=version("riskgraph"),
        style_hash=source_hash(style),
        script_hash=source_hash(script),
        **given,
    )
    return page if page.endswith("\n") else page + "\n"


def fragment(title: str, blocks: Sequence[Block]) -> str:
    """Some blocks for a page that is somebody else's, such as a notebook; the style stays within.

    Examples
    --------
    >>> from riskgraph.render.blocks import Text
    >>> "<p>&lt;b&gt;</p>" in fragment("A title", [Text("<b>")])
    True
    """
    marking = Marking(Tlp.RED)  # for rules on printed pages, which do not hold inside another page
    origin = Origin("", "2000", "", 0, 0, {}, "", "2000", "")
    template = templates().get_template("notebook.html")
    return template.render(title=title, blocks=blocks, marking=marking, origin=origin)


def source_hash(text: str) -> str:
    """What a content security policy calls a style or script that it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=1)
def templates() -> jinja2.Environment:
    """Templates of this package only; everything is escaped, and a name that is missing is an error."""
    import jinja2

    where = Path(str(files("riskgraph.reports")))
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader([where / "templates", where / "static"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(
        cell=shown,
        in_words=in_words,
        css_text=css_text,
        band_word=lambda band: BAND_WORDS[band],
        percent=lambda share: f"{round(share * 100, 2):g}",
    )
    environment.tests["band"] = lambda value: isinstance(value, Band)
    return environment


def shown(value: Cell, column: Heading) -> str:
    """A cell as people read it.

    Examples
    --------
    >>> shown(1200, Heading("n", "N", "number")), shown(None, Heading("n", "N")), shown("2026-03", Heading("d", "D", "date"))
    ('1,200', 'not known', 'March 2026')
    """
    if value is None:
        return "not known"
    if isinstance(value, Band):
        return BAND_WORDS[value].replace("cannot be", "not")
    if isinstance(value, int | float):
        return f"{value:,}" if column.kind == "number" else str(value)
    if column.kind == "date" and DATE.fullmatch(value):
        return in_words(value)
    return value


def printed_day(day: str) -> str:
    """The day that is printed on a page: that of SOURCE_DATE_EPOCH where it is set, else the one given."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch.isdigit() else day


def css_text(value: str) -> str:
    """Text that may stand between quotes in a style sheet: letters, digits and harmless marks only.

    Examples
    --------
    >>> css_text('TLP:AMBER+STRICT"} body {')
    'TLP:AMBER+STRICT body '
    """
    return re.sub(r"[^A-Za-z0-9 :+.,-]", "", value)


# -- folder and zip ---------------------------------------------------------------------------------


def folder_name(report: Report, marking: Marking, origin: Origin) -> str:
    """A name that carries date, subject, marking and version.

    A name is made of small letters, digits and hyphens, whatever the data say.
    """
    subject = re.sub(r"[^a-z0-9]+", "-", report.slug.lower()).strip("-") or "report"
    number = re.sub(r"[^A-Za-z0-9.]+", "-", origin.version)
    return f"{origin.dated}_{report.kind}-{subject}_{marking.slug}_v{number}"
