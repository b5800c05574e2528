"""Why a table cannot be read: the header row that was seen, what is missing, what each column looks like, and a way out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from riskgraph.data import read
from riskgraph.errors import RiskGraphError
from riskgraph.importers.cell_sorts import ColumnLook
from riskgraph.importers.columns import TableKind, TableSeen, seen_tables
from riskgraph.importers.matching import Councils

__all__ = ["YOURS", "no_format", "unread_table", "whose_rows"]

_SHOWN = 30  # columns that are described
YOURS = "YOUR COUNCIL"  # what stands for a name that the user has to say; no example, or somebody copies it
_AROUND = " ,;:-()\u2013\u2014"  # what may stand around it in a title
_LONGEST = 8  # words of the name of a council


class _Nearest(NamedTuple):
    readable: bool  # whether some column may be what is missing
    found: float  # part of what it cannot do without
    score: int
    columns: int
    format: str
    seen: TableSeen


def unread_table(
    path: Path, seen: Sequence[TableSeen], format_: str, council: str | None, wants: TableKind
) -> RiskGraphError:
    """No table of a file is of the kind that it should be.

    Parameters
    ----------
    path
        The file, as the user names it.
    seen
        Its tables.
    format_
        The format as which it was read.
    council
        Whose file it is, if the user said so.
    wants
        The kind of table.
    """
    names = ", ".join(wants.called(name) for name in wants.lacks(()))
    if not seen:
        return RiskGraphError(
            f"{path.name} is empty: there are no columns {names}.", "Check that it is the right file."
        )
    best = max(seen, key=lambda one: (one.score, -len(one.missing)))
    if not best.columns.places or not wants.score(best.columns.header):
        said = f"{path.name} has no header row that is known here: no row names the columns {names}."
    else:
        said = f"{path.name} cannot be read as {format_}: {_lacks(best)}."
    return RiskGraphError(_lines(said, best), _way_out(path, best, format_, council))


def whose_rows(path: Path, seen: TableSeen, format_: str) -> RiskGraphError:
    """Nothing says whose rows a table holds."""
    said = f"{path.name} does not say {seen.kind.asks}: no column is known as its {seen.kind.called(seen.kind.whose)}."
    name, where = _named(path, seen)
    command = f"riskgraph data import {shlex.quote(str(path))} --from {format_} --council {shlex.quote(name)}"
    fix = f"{where} says {name}; if these are its rows: {command}" if where else f"Name the council: {command}"
    return RiskGraphError(_lines(said, seen), fix)


def _named(path: Path, seen: TableSeen) -> tuple[str, str]:
    """The one council that a title above the header or the name of the file speaks of, and where; else what stands for it."""
    councils = Councils(read("seeds").register)
    texts = [(f"Row {number}", text) for number, text in seen.titles]
    for where, text in (*texts, ("Its name", re.sub(r"[_\W]+", " ", path.name.partition(".")[0]))):
        words = text.split()
        for long in range(min(_LONGEST, len(words)), 0, -1):
            runs = (" ".join(words[first : first + long]) for first in range(len(words) - long + 1 if long > 1 else 1))
            bare = (run.strip(_AROUND) for run in runs)
            found = {id_: run for run in bare if len(run) > 3 and (id_ := councils.sure(run))}
            if len(found) == 1:
                return next(iter(found.values())), where
            if found:
                break
    return YOURS, ""


def no_format(
    path: Path, file: Path, kinds: Iterable[tuple[str, TableKind]], names: Sequence[str], council: str | None
) -> RiskGraphError:
    """A file fits no format: which one is nearest, and what is missing for that.

    Parameters
    ----------
    path
        The file, as the user names it.
    file
        Where it lies.
    kinds
        Format and kind of table, for those formats that hold one.
    names
        All formats.
    council
        Whose file it is, if the user said so.
    """
    said, fix = f"{path.name} is of no format that is known here.", f"Say which it is with --from: {', '.join(names)}."
    with file.open("rb") as opened:
        if opened.read(64).strip() in {b"", b"[]", b"{}"}:
            return RiskGraphError(f"{path.name} is empty.", "Fetch or export it again: nothing was saved in it.")
    tables = [(format_, one) for format_, kind in kinds for one in seen_tables(file, kind)]
    near = [
        _Nearest(picks is not None, _found(one), one.score, len(one.columns.places), format_, one)
        for format_, one in tables
        if (picks := _picks(one)) or _found(one)
    ]
    best = max((one for one in near if one.found or _like_payments(one.seen)), key=lambda one: one[:4], default=None)
    if best is not None:
        known = "" if best.seen.number else ", without a header row"
        said = f"{said[:-1]}; it is nearest to {best.format}{known}: {_lacks(best.seen)}."
        return RiskGraphError(_lines(said, best.seen), _way_out(path, best.seen, best.format, council))
    return RiskGraphError(_lines(said, tables[0][1]) if tables else said, fix)


def _like_payments(seen: TableSeen) -> bool:
    """Whether the cells alone suggest it: what is known by content is there, and a column for each that is missing."""
    picks, wanted = _picks(seen), seen.kind.by_content
    return bool(wanted) and picks is not None and all(name in seen.columns or name in picks for name in wanted)


def _found(seen: TableSeen) -> float:
    """Which part it has of what a table of the kind cannot do without."""
    needed = len(seen.kind.lacks(()))
    return 1 - len(seen.missing) / needed if needed else 0.0


def _lacks(seen: TableSeen) -> str:
    names = " and none as its ".join(seen.kind.called(name) for name in seen.missing)
    return f"no column is known as its {names}"


def _lines(said: str, seen: TableSeen) -> str:
    """What is wrong, what the header row reads, and what its columns hold."""
    if seen.number:
        looks = dict(enumerate(seen.looks))
        shown = [f"  {cell}: {_holds(looks.get(place))}" for place, cell in enumerate(seen.columns.header) if cell]
        lines = [said, f"Row {seen.number} is read as the header row; below it stand:"]
    else:
        shown = [f"  column {place}: {look}" for place, look in enumerate(seen.looks, 1)]
        lines = [said, f"Row {seen.first[0]} reads {', '.join(seen.first[1])}; its columns hold:"]
    lines += shown[:_SHOWN]
    if len(shown) > _SHOWN:
        lines.append(f"  and {len(shown) - _SHOWN} more")
    lines += [f"{why[0].upper()}{why[1:]}." for why in seen.columns.against.values()]
    return "\n".join(lines)


def _holds(look: ColumnLook | None) -> str:
    return str(look) if look else "nothing"


def _way_out(path: Path, seen: TableSeen, format_: str, council: str | None) -> str:
    """A command that reads the file, with the columns that are known and the likeliest for what is missing."""
    picked = _picks(seen)
    if picked is None:
        lacking = " and ".join(f"a column {seen.kind.called(name)}" for name in seen.missing)
        return f"Add {lacking}, or check that it is the right file: no column of it looks like that."
    at = {places[0]: name for name, places in seen.columns.places.items()} | {
        place: name for name, place in picked.items()
    }
    width = max(len(seen.looks), len(seen.columns.header), *(place + 1 for place in at))
    words = ",".join(_word(seen.kind, at[place]) if place in at else "-" for place in range(width)).rstrip(",-")
    command = f"riskgraph data import {shlex.quote(str(path))} --from {format_} --columns {shlex.quote(words)}"
    if council or (seen.kind.whose and seen.kind.whose not in at.values()):
        command += f" --council {shlex.quote(council or _named(path, seen)[0])}"
    return f"Say what its columns are, in their order (- for others), and check this: {command}"


def _picks(seen: TableSeen) -> dict[str, int] | None:
    """The likeliest column for each field that is missing; none if one has no such column."""
    kind = seen.kind
    free = [place for place in range(len(seen.looks)) if place not in {p[0] for p in seen.columns.places.values()}]
    picked: dict[str, int] = {}
    wanted = [*seen.missing, *(name for name in kind.by_content if name not in seen.columns)]
    for name in sorted(wanted, key=lambda one: kind.holds.get(one, "name") == "name"):  # names last: they may be text
        like = [
            place for place in free if place not in picked.values() and _like(seen.looks[place], kind.holds.get(name))
        ]
        if like:
            picked[name] = max(like, key=lambda place: (_sure(seen.looks[place], kind.holds.get(name)), -place))
        elif name in seen.missing:
            return None
    return picked


def _like(look: ColumnLook, holds: str | None) -> bool:
    if holds == "date":
        return look.all_dates()
    if holds == "money":
        return look.sort in {"amounts", "numbers"}
    return look.sort == "names or text" if holds == "name" else look.filled > 0


def _sure(look: ColumnLook, holds: str | None) -> float:
    """Of two columns of one sort, which is likelier: amounts with pennies, names of companies."""
    return look.pennies if holds == "money" else look.firms


def _word(kind: TableKind, name: str) -> str:
    """A word for --columns by which a field is surely known."""
    words = (name, kind.called(name), *kind.columns[name])
    sure = (word for word in words if "," not in word and (found := kind.readings(word)) and found[0].field == name)
    return next(sure, name)
