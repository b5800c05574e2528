"""The formats that can be imported: a decorator registers each; the file says which one it is."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from riskgraph.assets import shipped
from riskgraph.data.dataset import Dataset
from riskgraph.data.importers.facts import Harvest, Options
from riskgraph.data.importers.report import ImportReport
from riskgraph.errors import MissingFile, RiskGraphError
from riskgraph.model import RegisterEntry
from riskgraph.schema import schema

__all__ = ["IMPORTERS", "Importer", "detect", "import_file", "importer", "register_date", "source_path"]

Reader = Callable[[Path, Options, ImportReport], Harvest]


@dataclass(frozen=True, slots=True)
class Importer:
    """One format."""

    name: str
    describes: str
    fits: Callable[[Path], int]  # how well a file fits; 0 not at all
    read: Reader
    suppliers: str  # what is taken unless the user says otherwise: all or known
    buyers: str


IMPORTERS: dict[str, Importer] = {}


def importer(
    name: str, describes: str, fits: Callable[[Path], int], *, suppliers: str = "all", buyers: str = "all"
) -> Callable[[Reader], Reader]:
    """Register the reader of a format."""

    def register(read: Reader) -> Reader:
        IMPORTERS[name] = Importer(name, describes, fits, read, suppliers, buyers)
        return read

    return register


def _load() -> None:
    from riskgraph.data.importers import (  # noqa: F401 - each registers itself
        contracts,
        contracts_finder,
        cyclonedx,
        dora,
        ocds,
        one_sheet,
        ownership,
        spending,
        workbook,
    )


def detect(path: Path) -> str:
    """The format that a file fits best.

    Raises
    ------
    MissingFile
        If there is no such file.
    RiskGraphError
        If it fits none.
    """
    _load()
    if not path.exists():
        raise MissingFile(f"There is no file {path}.", "Check the path.")
    scores = {name: known.fits(path) for name, known in sorted(IMPORTERS.items())}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] == 0:
        raise RiskGraphError(
            f"{path.name} is of no format that is known here.",
            f"Say which it is with --from: {', '.join(sorted(IMPORTERS))}.",
        )
    return best


def import_file(
    path: str | Path,
    options: Options | None = None,
    base: Dataset | None = None,
    format: str | None = None,  # noqa: A002
) -> tuple[Dataset, ImportReport]:
    """A file of any known format as a data set, or joined to one.

    Parameters
    ----------
    path
        The file; for DORA also a folder of tables.
    options
        What the user says about the file.
    base
        The data set that it is joined to.
    format
        Name of the format; found out from the file if it is left out.

    Returns
    -------
    tuple
        The data set (not written yet; `riskgraph.data.write` does) and the report.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If it cannot be read.
    RiskGraphError
        If it is of no known format, or holds nothing.

    Examples
    --------
    >>> from riskgraph.assets import shipped
    >>> data, report = import_file(shipped("examples", "one-sheet-register.csv"))
    >>> report.read, report.kept, report.balanced
    (34, 34, True)
    """
    from riskgraph.data.importers.build import build, ground, known_buyers_only

    path = source_path(path)
    options = options or Options()
    name = format or detect(path)
    _load()
    if name not in IMPORTERS:
        raise RiskGraphError(f"There is no format {name!r}.", f"Use one of: {', '.join(sorted(IMPORTERS))}.")
    if not path.exists():
        raise MissingFile(f"There is no file {path}.", "Check the path.")
    known = IMPORTERS[name]
    report = ImportReport(path.name, name)
    options = replace(
        options,
        suppliers=options.suppliers or known.suppliers,
        buyers=options.buyers or known.buyers,
        register=options.register or register_beside(path),
    )
    before = ground(options, base)
    if options.buyers == "known":
        options = replace(options, refuses=known_buyers_only(before, report))
    harvest = known.read(path, options, report)
    if options.register:
        report.note(f"The register.csv beside the file was used: {len(options.register)} bodies.")
    if not harvest.facts and not harvest.ties and base is None and not report.read:
        raise RiskGraphError(f"{path.name} holds no rows.", "Check that it is the right file.")
    return build(harvest, options, before, path), report


def source_path(path: str | Path) -> Path:
    """A file by its path; if there is none, the shipped example of that name.

    Examples
    --------
    >>> source_path("one-sheet-register.csv").parent.name
    'examples'
    """
    path = Path(path)
    if not path.exists() and path.name == str(path) and path.name in {p.name for p in shipped("examples").iterdir()}:
        return shipped("examples", path.name)
    return path


def register_beside(path: Path) -> dict[str, RegisterEntry]:
    """The register of authorities that lies beside a file as `register.csv`, if there is one."""
    beside = (path if path.is_dir() else path.parent) / "register.csv"
    if not beside.is_file() or beside.resolve() == path.resolve():
        return {}
    with beside.open(encoding="utf-8-sig", errors="replace") as file:
        header = {word.strip().strip('"') for word in file.readline(5000).split(",")}
    if "id" not in header or not header <= set(schema()["authorities"]):
        return {}  # a register of systems, or anything else
    from riskgraph.data.read import read_register

    return read_register(beside)


def register_date() -> str:
    """The date of the shipped register: what the data are dated when nothing else says.

    Examples
    --------
    >>> register_date() > "2026"
    True
    """
    with shipped("register", "register.toml").open("rb") as file:
        date: str = tomllib.load(file)["as_of"]
    return date
