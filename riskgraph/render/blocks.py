"""What a report says, as plain values: no graph, no markup. Every form of a report is made from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from riskgraph.model import Band

__all__ = [
    "Bar",
    "Block",
    "Box",
    "Cell",
    "Heading",
    "Items",
    "Link",
    "Number",
    "Picture",
    "Report",
    "Section",
    "Span",
    "Table",
    "Text",
    "Tile",
    "headings",
]

Cell = str | int | float | Band | None  # None: not known


@dataclass(frozen=True, slots=True)
class Number:
    """One of the three numbers of page one: the figure, its noun, and what to know about it."""

    figure: str
    noun: str
    note: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table; `key` is its name in the CSV file."""

    key: str
    label: str
    kind: Literal["text", "number", "band", "date"] = "text"


def headings(keys: str, *, number: str = "", date: str = "", band: str = "", **labels: str) -> tuple[Heading, ...]:
    """Columns of a table, in order; a column is called as its key unless another label is given.

    Parameters
    ----------
    keys
        Their names in the CSV file, with spaces between.
    number, date, band
        Those of them that hold no text.
    labels
        Key to label.

    Examples
    --------
    >>> headings("name last_seen", date="last_seen", name="Who")
    (Heading(key='name', label='Who', kind='text'), Heading(key='last_seen', label='Last seen', kind='date'))
    """
    kinds: dict[str, Literal["number", "date", "band"]] = {
        **dict.fromkeys(number.split(), "number"),
        **dict.fromkeys(date.split(), "date"),
        **dict.fromkeys(band.split(), "band"),
    }
    return tuple(
        Heading(key, labels.get(key) or key.replace("_", " ").capitalize(), kinds.get(key, "text"))
        for key in keys.split()
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that can be read, sorted and exported; `caption` states what they are."""

    id: str
    caption: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing in this data."
    note: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    words: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `ordered` where the order matters."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the lane picture, at a place that is computed already (pixels)."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    band: Band | None = None
    role: str = ""  # root, between, end
    bold: int = 0  # lines that carry the name


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the lane picture: an SVG path, and how sure it is."""

    path: str
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its figure in words, and its parts as (share from 0 to 1, shade, label)."""

    name: str
    figure: str
    parts: tuple[tuple[float, str, str], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A line of the contract calendar, with its ends and marks as shares from 0 to 1 of the time shown."""

    name: str
    start: float
    end: float
    open_start: bool  # the true start is earlier, or not known
    open_end: bool
    marks: tuple[tuple[float, str], ...]  # notice dates and latest ends
    words: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One council of the tile map, at a row and a column of the layout."""

    row: int
    column: int
    initials: str
    name: str
    band: Band | None
    dot: bool = False  # asked about


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that states its finding; the table beside it carries the same facts."""

    id: str
    kind: Literal["lanes", "bars", "matrix", "gantt", "tiles"]
    title: str
    description: str
    table: Table | None = None
    see: str = ""  # where the same facts stand as a table, if not beside the picture
    boxes: tuple[Box, ...] = ()
    links: tuple[Link, ...] = ()
    bars: tuple[Bar, ...] = ()
    spans: tuple[Span, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    tiles: tuple[Tile, ...] = ()
    heads: tuple[str, ...] = ()  # of the lanes, or the columns of the matrix
    cells: tuple[tuple[str, tuple[Band | None, ...]], ...] = ()  # rows of the matrix
    width: float = 0
    height: float = 0


Block = Text | Items | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report after page one."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """All that one report says; the marking and the origin of the data are added when it is written."""

    kind: str
    slug: str  # of the subject, for file names
    title: str  # the finding
    kicker: str  # what sort of report this is
    date: str  # the day the question is asked for, YYYY-MM-DD
    numbers: tuple[Number, Number, Number]
    meaning: tuple[str, ...]
    unknown: tuple[str, ...]
    now: tuple[str, ...]
    decisions: tuple[str, ...]
    sections: tuple[Section, ...]
    summary: str  # for chat and e-mail
    tables: Mapping[str, Table]  # file name without ending -> what it holds
    answer: Mapping[str, Any] = field(default_factory=dict)  # for programs: names and numbers only
    calls: Table | None = None  # the call sheet, which has a marking of its own
    calls_title: str = ""
