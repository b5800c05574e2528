"""A map from whatever holds one: a data set's folder, a shipped map by name, a snapshot, a sheet, or one on another."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

from riskgraph.arguments import checked
from riskgraph.assets import shipped, shipped_maps
from riskgraph.data.checks import run_checks
from riskgraph.data.dataset import Dataset
from riskgraph.data.merge import UNDATED, laid
from riskgraph.data.read import read as read_folder
from riskgraph.data.read import settled
from riskgraph.data.snapshot import SNAPSHOT, read_snapshot
from riskgraph.errors import Problem

__all__ = ["is_sheet", "map_name", "read", "sheets_of"]

_SHEETS = frozenset({".csv", ".tsv", ".xlsx", ".xlsm"})  # files that an importer turns into a data set


def is_sheet(path: Path) -> bool:
    """Whether a path is that of a sheet, which is a map only by way of its importer."""
    return path.suffix.lower() in _SHEETS and not path.is_dir()


@checked
def read(where: str | Path) -> Dataset:
    """Read and check a data set, or a sheet by way of its importer, judged as strictly.

    Parameters
    ----------
    where
        A folder with `dataset.toml`, the name of a shipped map, a snapshot, or a register of one sheet or a
        workbook. A plus puts one's own register on a map: `uk+mine.xlsx` (a file whose name holds a plus is still that file).

    Returns
    -------
    Dataset
        Whole and checked; `warnings` holds what is doubtful but usable, and what was left out of a sheet.

    Raises
    ------
    MissingFile
        If it is not there.
    DataError
        If anything in it is wrong; the error lists every problem found.

    Examples
    --------
    >>> read("seeds").info.title
    'Five documented incidents'
    >>> len(read("one-sheet-register.csv").relations) > 60
    True
    >>> [name for name, _ in read("seeds+one-sheet-register.csv").laid]
    ['one-sheet-register.csv', 'seeds']
    """
    parts = _parts(str(where))
    if len(parts) == 1:
        return _read_one(parts[0])
    parts.sort(key=lambda part: part not in shipped_maps())  # the map is below, whichever was named first
    read_parts = [(Path(part).name, _read_one(part)) for part in parts]
    both = laid(read_parts)
    warnings = [problem for name, data in read_parts if name not in shipped_maps() for problem in data.warnings]
    settled(str(where), (one for one in run_checks(both, {}) if one.severity == "error"))  # of the two together
    return replace(both, warnings=tuple(warnings))


def map_name(where: str | Path) -> str:
    """The name of a map without the folders of this machine.

    Examples
    --------
    >>> map_name("seeds+datasets/examples/one-sheet-register.csv"), map_name("some/map")
    ('seeds+one-sheet-register.csv', 'map')
    """
    return "+".join(Path(part).name for part in _parts(str(where)))


def sheets_of(where: str | Path) -> tuple[Path, ...]:
    """The sheets that a map is read from.

    Examples
    --------
    >>> [path.name for path in sheets_of("seeds+one-sheet-register.csv")], sheets_of("seeds")
    (['one-sheet-register.csv'], ())
    """
    examples = shipped("examples")
    paths = (Path(part) if Path(part).exists() else examples / part for part in _parts(str(where)))
    return tuple(path for path in paths if is_sheet(path) and path.is_file())


def _parts(text: str) -> list[str]:
    """What a plus joins: the fewest parts that are all there; else the parts between the pluses."""
    if "+" not in text or _is_there(text):
        return [text]
    pieces = text.split("+")
    for count in range(2, len(pieces) + 1):
        for cuts in combinations(range(1, len(pieces)), count - 1):
            ends = (0, *cuts, len(pieces))
            parts = ["+".join(pieces[a:b]) for a, b in pairwise(ends)]
            if all(map(_is_there, parts)):
                return parts
    return [piece for piece in pieces if piece] or [text]


def _is_there(part: str) -> bool:
    return bool(part) and (Path(part).exists() or part in shipped_maps() or (shipped("examples") / part).is_file())


def _read_one(where: str) -> Dataset:
    path = Path(where)
    if path.suffix.lower() == SNAPSHOT and path.is_file():
        return read_snapshot(path)
    if not is_sheet(path):
        return read_folder(where)
    from riskgraph.importers import DateFrom, import_file  # start-up time: most maps are folders

    dataset, report = import_file(path)
    undated = Problem(
        path.name, None, None, UNDATED,
        f"It says no date, so its rows count as of {dataset.info.as_of}.", 'Add a column "Checked on".', "warning",
    )  # fmt: skip
    left = [Problem(path.name, None, None, rule, said, severity="warning") for rule, said in report.doubts()]
    return replace(
        dataset,
        warnings=(
            *left,
            *([undated] if report.as_of_from is DateFrom.NOTHING else []),
            *settled(str(path), run_checks(dataset, {})),
        ),
    )
