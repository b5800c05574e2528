"""Where boxes, lines and bars stand. Templates draw them; nothing is drawn here."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from riskgraph.assets import shipped_rows
from riskgraph.model import Band
from riskgraph.render.blocks import Bar, Box, Link, Picture, Span, Table, Tile

__all__ = ["ContractTerm", "Lane", "Leaf", "band_bars", "bars", "gantt", "lanes", "tiles"]

WIDTH, WIDE = 760.0, 960.0  # of every picture, and of lanes with much in between, in pixels
LINE_HEIGHT = 18.0  # from one line of text to the next
LETTER = 7.6  # mean width of a letter at 14 px, on the safe side
GAP = 34.0  # between two lanes
ROW = 10.0  # between two boxes of a lane


@dataclass(frozen=True, slots=True)
class Leaf:
    """The councils at the end of one way."""

    lines: tuple[str, ...]
    band: Band | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One way from the root: what lies between, as (id, words), and who stands at its end."""

    between: tuple[tuple[str, str], ...]
    leaf: Leaf


@dataclass
class _Branch:
    """A box and what hangs on it; ways that begin alike share their boxes, so no two lines cross."""

    words: tuple[str, ...]
    band: Band | None = None
    role: str = "between"
    bold: int = 0
    children: dict[tuple[str, str], _Branch] = field(default_factory=dict)
    leaves: list[_Branch] = field(default_factory=list)

    def all(self) -> list[_Branch]:
        """What hangs on it, leaves first."""
        return [*self.leaves, *self.children.values()]


def lanes(id_: str, title: str, description: str, roots: str, ways: Sequence[Lane], see: str = "") -> Picture:
    """Left-to-right lanes from what fails to the councils, as a tree without a crossing.

    Parameters
    ----------
    ways
        In the order in which they are drawn, from top to bottom.

    Returns
    -------
    Picture
        With boxes and lines placed, in pixels.

    Examples
    --------
    >>> way = Lane((), Leaf(("Dover",), Band.LIKELY))
    >>> picture = lanes("p", "One council", "A root and a council.", "Civica", [way])
    >>> [box.role for box in picture.boxes], len(picture.links)
    (['root', 'end'], 1)
    """
    depth = max((len(way.between) for way in ways), default=0)
    columns = depth + 2
    whole = WIDTH if columns < 5 else WIDE
    width = min(260.0, (whole - GAP * (columns - 1)) / columns)
    gap = (whole - width * columns) / (columns - 1)
    root = _Branch(_wrap(roots, width), role="root")
    for way in ways:
        branch = root
        for id_between, words in way.between:
            key = (id_between, words)
            branch = branch.children.setdefault(key, _Branch(_wrap(words, width)))
            if way.leaf.band is not None:
                branch.band = way.leaf.band if branch.band is None else min(branch.band, way.leaf.band)
        lines = tuple(line for words in way.leaf.lines for line in _wrap(words, width))
        branch.leaves.append(_Branch(lines, way.leaf.band, "end", len(_wrap(way.leaf.lines[0], width))))
    boxes: list[Box] = []
    links: list[Link] = []
    height = _place(root, 0, 0.0, columns, width, gap, boxes, links)
    heads = ("What fails", *(("Through",) * depth), "Could be reached")
    return Picture(
        id_,
        "lanes",
        title,
        description,
        see=see,
        boxes=tuple(boxes),
        links=tuple(links),
        heads=tuple(heads),
        width=whole,
        height=height + 26,
    )


def _wrap(words: str, width: float) -> tuple[str, ...]:
    room = max(8, int((width - 22) / LETTER))
    return tuple(textwrap.wrap(words, room, break_on_hyphens=False)) or ("",)


def _height(branch: _Branch) -> float:
    return len(branch.words) * LINE_HEIGHT + 14


def _extent(branch: _Branch) -> float:
    below = [_extent(child) for child in branch.all()]
    return max(_height(branch), sum(below) + ROW * (len(below) - 1) if below else 0)


def _place(
    branch: _Branch,
    column: int,
    top: float,
    columns: int,
    width: float,
    gap: float,
    boxes: list[Box],
    links: list[Link],
) -> float:
    """Place a branch and all on it below `top`; gives the height that it takes."""
    extent = _extent(branch)
    at = columns - 1 if branch.role == "end" else column
    x = at * (width + gap)
    middle = top + extent / 2
    boxes.append(
        Box(
            _r(x),
            _r(middle - _height(branch) / 2),
            _r(width),
            _height(branch),
            branch.words,
            branch.band,
            branch.role,
            branch.bold,
        )
    )
    children = branch.all()
    used = sum(_extent(child) for child in children) + ROW * max(0, len(children) - 1)
    y = top + (extent - used) / 2
    for child in children:
        size = _extent(child)
        end = columns - 1 if child.role == "end" else column + 1
        turn, to_x, to_y = x + width + gap / 2, end * (width + gap), y + size / 2
        path = f"M{_r(x + width)} {_r(middle)}H{_r(turn)}V{_r(to_y)}H{_r(to_x)}"
        links.append(Link(path, child.band))
        _place(child, column + 1, y, columns, width, gap, boxes, links)
        y += size + ROW
    return extent


def _r(value: float) -> float:
    """Tenths of a pixel are enough, and look the same everywhere."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def bars(
    id_: str, title: str, description: str, rows: Iterable[tuple[str, str, Sequence[tuple[float, str, str]]]]
) -> Picture:
    """Bars, longest first as given: each with a name, a figure in words and parts (amount, shade, label).

    Examples
    --------
    >>> bars("b", "t", "d", [("A", "4", [(4, "dark", "")]), ("B", "1", [(1, "dark", "")])]).bars[1].parts
    ((0.25, 'dark', ''),)
    """
    listed = list(rows)
    most = max((sum(part[0] for part in parts) for _, _, parts in listed), default=0) or 1
    return Picture(
        id_,
        "bars",
        title,
        description,
        bars=tuple(
            Bar(name, figure, tuple((round(amount / most, 4), shade, label) for amount, shade, label in parts))
            for name, figure, parts in listed
        ),
    )


_SHADES = {Band.DOCUMENTED: "dark", Band.LIKELY: "middle", Band.POSSIBLE: "light", Band.NOT_RULED_OUT: "grey"}


def band_bars(id_: str, title: str, description: str, rows: Iterable[tuple[str, str, Sequence[Band]]]) -> Picture:
    """Bars of bands, surest part first: each with a name, a figure in words and a band for every body.

    Examples
    --------
    >>> band_bars("b", "t", "d", [("A", "2", [Band.LIKELY, Band.POSSIBLE])]).bars[0].parts
    ((0.5, 'middle', ''), (0.5, 'light', ''))
    """
    counted = (
        (name, figure, [(bands.count(band), shade, "") for band, shade in _SHADES.items() if band in bands])
        for name, figure, bands in rows
    )
    return bars(id_, title, description, counted)


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """What the calendar shows of one contract."""

    name: str
    start: date | None
    end: date | None
    notice: date | None
    latest: date | None
    words: str


def gantt(
    id_: str, title: str, description: str, contracts: Sequence[ContractTerm], today: date, table: Table
) -> Picture:
    """A calendar of contracts, from a year before the date to the last end, at most eight years on."""
    ends = [end for contract in contracts if (end := contract.latest or contract.end) is not None]
    first = date(today.year - 1, 1, 1)
    last = date(min(max([*(end.year for end in ends), today.year]), today.year + 7) + 1, 1, 1)
    whole = (last - first).days

    def share(day: date) -> float:
        return round(min(1.0, max(0.0, (day - first).days / whole)), 4)

    spans = []
    for contract in contracts:
        marks = [(share(day), mark) for day, mark in ((contract.notice, "notice"), (contract.latest, "latest")) if day]
        begun = contract.start is not None and contract.start > first
        spans.append(
            Span(
                contract.name,
                share(contract.start) if contract.start and begun else 0.0,
                share(contract.end) if contract.end else 1.0,
                not begun,
                contract.end is None or contract.end > last,
                tuple(marks),
                contract.words,
            )
        )
    ticks = [(share(date(year, 1, 1)), str(year)) for year in range(first.year, last.year)]
    ticks.append((share(today), "as of"))
    return Picture(
        id_,
        "gantt",
        title,
        description,
        table=table,
        spans=tuple(spans),
        ticks=tuple(ticks),
        width=WIDTH,
        height=len(spans) * 26 + 34,
    )


def tiles(
    id_: str, title: str, description: str, names: Mapping[str, str], bands: Mapping[str, Band]
) -> Picture | None:
    """The tile map, one tile of equal size for each council; `None` while no layout ships.

    Parameters
    ----------
    names
        Id to usual name of every council that may have a tile.
    bands
        Id to the surest band of those that could be reached.
    """
    rows = [row for row in shipped_rows("tiles.csv") if row["id"] in names]
    if not rows:
        return None
    placed = [
        Tile(int(row["row"]), int(row["column"]), _initials(names[row["id"]]), names[row["id"]], bands.get(row["id"]))
        for row in sorted(rows, key=lambda row: (int(row["row"]), int(row["column"])))
    ]
    top, left = min(tile.row for tile in placed), min(tile.column for tile in placed)
    size = WIDTH / (max(tile.column for tile in placed) - left + 1)
    size = min(size, 26.0)
    return Picture(
        id_,
        "tiles",
        title,
        description,
        tiles=tuple(Tile(tile.row - top, tile.column - left, tile.initials, tile.name, tile.band) for tile in placed),
        width=_r(size),
        height=_r((max(tile.row for tile in placed) - top + 1) * size),
    )


def _initials(name: str) -> str:
    """Two or three letters for a tile: of each word, or of the only word."""
    words = [word for word in name.replace("-", " ").split() if word[0].isupper()]
    return "".join(word[0] for word in words[:3]) if len(words) > 1 else name[:3]
