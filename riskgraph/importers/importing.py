"""Importing a file: which format it is of, what it states, and the data set of that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from riskgraph.assets import shipped
from riskgraph.data.dataset import Dataset
from riskgraph.data.read import read_register
from riskgraph.dates import fixed_date
from riskgraph.errors import MissingFile, RiskGraphError
from riskgraph.importers.assemble import assemble, known_buyers_only, prior_knowledge
from riskgraph.importers.catalogues import BACKSTAGE, SERVICENOW
from riskgraph.importers.contracts import CONTRACTS, CONTRACTS_FINDER
from riskgraph.importers.cyclonedx import CYCLONEDX
from riskgraph.importers.dns_answers import DNS_ANSWERS
from riskgraph.importers.dora import DORA
from riskgraph.importers.formats import Format
from riskgraph.importers.graph_links import GRAPH
from riskgraph.importers.local_links import LOCAL_LINKS
from riskgraph.importers.ocds import OCDS
from riskgraph.importers.one_sheet import ONE_SHEET
from riskgraph.importers.ownership import BODS, OWNERSHIP
from riskgraph.importers.report import ImportReport
from riskgraph.importers.spending import SPENDING
from riskgraph.importers.statements import ImportOptions, Statements
from riskgraph.importers.workbook import WORKBOOK
from riskgraph.model import RegisterEntry
from riskgraph.schema import schema

__all__ = ["FORMATS", "detect", "import_file"]

FORMATS: tuple[Format, ...] = (
    BACKSTAGE,
    BODS,
    CONTRACTS,
    CONTRACTS_FINDER,
    CYCLONEDX,
    DNS_ANSWERS,
    DORA,
    GRAPH,
    LOCAL_LINKS,
    OCDS,
    ONE_SHEET,
    OWNERSHIP,
    SERVICENOW,
    SPENDING,
    WORKBOOK,
)


def detect(path: Path, formats: Iterable[Format] = FORMATS) -> Format:
    """The format that a file fits best; of two that fit as well, the first by name.

    Raises
    ------
    MissingFile
        If there is no such file.
    RiskGraphError
        If it fits none.
    """
    if not path.exists():
        raise MissingFile(f"There is no file {path}.", "Check the path.")
    known = sorted(formats, key=lambda one: one.name)
    best = max(known, key=lambda one: one.fits(path))
    if not best.fits(path):
        raise RiskGraphError(
            f"{path.name} is of no format that is known here.",
            f"Say which it is with --from: {', '.join(one.name for one in known)}.",
        )
    return best


def import_file(
    path: str | Path,
    options: ImportOptions | None = None,
    base: Dataset | None = None,
    format: str | Format | None = None,  # noqa: A002
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
        Name of the format, or a format of your own; found out from the file if it is left out.

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
    path = _found(Path(path))
    known = detect(path) if format is None else _named(format)
    if not path.exists():
        raise MissingFile(f"There is no file {path}.", "Check the path.")
    report = ImportReport(path.name, known.name)
    options = options or ImportOptions()
    options = replace(
        options,
        suppliers=options.suppliers or known.suppliers,
        buyers=options.buyers or known.buyers,
        register=options.register or _register_beside(path),
        as_of=_typed(options.as_of),
    )
    before = prior_knowledge(options, base)
    if options.buyers == "known":
        options = replace(options, refuses=known_buyers_only(before, report))
    statements = Statements(report, options, before.councils)
    known.read(path, statements)
    if options.register:
        report.note(f"The register.csv beside the file was used: {len(options.register)} bodies.")
    if not statements.purchases and not statements.relations and base is None and not report.read:
        raise RiskGraphError(f"{path.name} holds no rows.", "Fill in a row, or check that it is the right file.")
    return assemble(statements, before, path), report


def _typed(text: str | None) -> str | None:
    try:
        return fixed_date(text) if text else None
    except ValueError as error:
        raise RiskGraphError(f"{error}.", "Write a date as 2026-11-25 or 25 November 2026.") from None


def _named(format_: str | Format) -> Format:
    if isinstance(format_, Format):
        return format_
    names = {known.name: known for known in FORMATS}
    if format_ not in names:
        raise RiskGraphError(f"There is no format {format_!r}.", f"Use one of: {', '.join(names)}.")
    return names[format_]


def _found(path: Path) -> Path:
    """A file by its path; if there is none, the shipped example of that name.

    Examples
    --------
    >>> _found(Path("one-sheet-register.csv")).parent.name
    'examples'
    """
    if not path.exists() and path.name == str(path) and path.name in {p.name for p in shipped("examples").iterdir()}:
        return shipped("examples", path.name)
    return path


def _register_beside(path: Path) -> dict[str, RegisterEntry]:
    """The register of authorities that lies beside a file as `register.csv`, if there is one."""
    beside = (path if path.is_dir() else path.parent) / "register.csv"
    if not beside.is_file() or beside.resolve() == path.resolve():
        return {}
    with beside.open(encoding="utf-8-sig", errors="replace") as file:
        header = {word.strip().strip('"') for word in file.readline(5000).split(",")}
    if "id" not in header or not header <= set(schema()["authorities"]):
        return {}  # a register of systems, or anything else
    return read_register(beside)
