"""Importing a file: which format it is of, what it states, and the data set of that."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from riskgraph.assets import shipped
from riskgraph.data.dataset import Dataset
from riskgraph.data.read import read_register
from riskgraph.dates import fixed_date
from riskgraph.errors import DataError, MissingFile, RiskGraphError
from riskgraph.importers.assemble import assemble, known_buyers_only, prior_knowledge
from riskgraph.importers.bods import BODS
from riskgraph.importers.catalogues import BACKSTAGE, SERVICENOW
from riskgraph.importers.columns import place_columns
from riskgraph.importers.contracts import CONTRACTS, CONTRACTS_FINDER
from riskgraph.importers.cyclonedx import CYCLONEDX
from riskgraph.importers.dns_answers import DNS_ANSWERS
from riskgraph.importers.dora import DORA
from riskgraph.importers.formats import Format
from riskgraph.importers.graph_links import GRAPH
from riskgraph.importers.local_links import LOCAL_LINKS
from riskgraph.importers.ocds import OCDS
from riskgraph.importers.one_sheet import ONE_SHEET
from riskgraph.importers.opening import OpenedSource, opened
from riskgraph.importers.ownership import OWNERSHIP
from riskgraph.importers.refusals import YOURS, no_format
from riskgraph.importers.report import ImportReport
from riskgraph.importers.source import SourceFile
from riskgraph.importers.spending import SPENDING
from riskgraph.importers.statements import ImportOptions, Statements
from riskgraph.importers.wanted import about
from riskgraph.importers.workbook import WORKBOOK
from riskgraph.model import RegisterEntry
from riskgraph.schema import schema

__all__ = ["FORMATS", "detect", "import_file", "read_together"]

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
_ALPHABETIC = sorted(FORMATS, key=lambda one: one.name)


_DOCUMENT = re.compile(
    r"(?:^|/)(?:read.?me|licen[cs]e|copying|notice|changelog|manifest)\b[^/]*$|\.(?:md|html?|pdf|docx?|rtf)$", re.I
)
_BETWEEN_COLLECTIONS = 200_000  # objects that are new
_TABLE = re.compile(r"\.(?:csv|tsv|txt|xlsx|xlsm)$", re.I)


def detect(path: Path, formats: Iterable[Format] = FORMATS, options: ImportOptions | None = None) -> Format:
    """The format that a file fits best; of two that fit as well, the first by name. Of several files, that of most.

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
    if options and options.columns and (named := _by_columns(options.columns, known)):
        return named
    with opened(path) as source:
        groups = _by_format(path, source, known, options)
    return max(groups, key=lambda one: len(groups[one]))


def import_file(
    path: str | Path | Sequence[str | Path],
    options: ImportOptions | None = None,
    base: Dataset | None = None,
    format: str | Format | None = None,  # noqa: A002
) -> tuple[Dataset, ImportReport]:
    """A file of any known format as a data set, or joined to one.

    Parameters
    ----------
    path
        The file, a packed one, an archive, a folder of files, or several of these; those of one format are read
        together.
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
    paths = [_found(Path(one)) for one in ([path] if isinstance(path, str | Path) else path)]
    forced = None if format is None else _named(format)
    for one in paths:
        if not one.exists():
            raise MissingFile(f"There is no file {one}.", "Check the path.")
    path = paths[0]
    options = options or ImportOptions()
    if forced is None and options.columns:
        forced = _by_columns(options.columns, _ALPHABETIC)
    fits: dict[str, int] = {}
    options = replace(options, register=options.register or _register_beside(path), as_of=_typed(options.as_of))
    with _seldom_collecting(), opened(*paths) as source:
        if source.several and options.register:
            source.files = [file for file in source.files if file.name != "register.csv"]
        groups = (
            _of_format(path, source, forced, options)
            if forced
            else _by_format(path, source, _ALPHABETIC, options, fits)
        )
        name = _listed(sorted(one.resolve().name if one.is_dir() else one.name for one in paths), 3)
        report = ImportReport(name, " and ".join(one.name for one in groups))
        report.fits = fits
        _tell_files(report, source, groups)
        if options.register:
            report.note(f"The register.csv beside the file was used: {len(options.register)} bodies.")
        data, added = base, Counter[str]()
        for known, files in groups.items():
            data = _imported(path, known, files, report, options, data)
            added.update(report.added)
        report.added = dict(added)
    assert data is not None
    return data, report


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Let Python look for circles of objects more seldom: an import makes millions of objects and hardly a circle."""
    before = gc.get_threshold()
    gc.set_threshold(_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def read_together(
    paths: Sequence[str | Path],
    format: str | None = None,  # noqa: A002
    options: ImportOptions | None = None,
) -> list[list[Path]]:
    """Which files of one command are one import: those of a format whose files add to each other, else each its own.

    Twelve months of payments are one sum, and a notice of March may end what one of January began.
    """
    found = [_found(Path(path)) for path in paths]
    if len(found) == 1:
        return [found]
    groups: dict[object, list[Path]] = {}
    for number, path in enumerate(found):
        known = _named(format) if format else None
        try:
            if known is None or not (options and options.columns):
                known = detect(path, [known] if known else FORMATS, options)
        except RiskGraphError:
            known = None  # whoever imports it says what is wrong
        groups.setdefault(known.name if known and known.together else number, []).append(path)
    return list(groups.values())


def _imported(
    path: Path,
    known: Format,
    files: Sequence[SourceFile],
    report: ImportReport,
    options: ImportOptions,
    base: Dataset | None,
) -> Dataset:
    """The files of one format as a data set, joined to what there was."""
    options = replace(options, suppliers=options.suppliers or known.suppliers, buyers=options.buyers or known.buyers)
    before = prior_knowledge(options, base)
    if options.buyers in {"known", "councils"}:
        refuses = known_buyers_only(before, report, principal=options.buyers == "councils")
        options = replace(options, refuses=refuses)
    if options.cpv or options.areas:
        options = replace(options, refuses=about(options, options.refuses))
    statements = Statements(report, options, before.councils, before.names)
    known.read(files, statements)
    if statements.departments and not statements.purchases and not statements.relations:
        seen = ", ".join(repr(name) for name, _ in statements.departments.most_common(4))
        raise RiskGraphError(
            f"{path.name} names no council or other public body as whose rows these are: {seen}.",
            f"Say whose file it is: --council '{YOURS}'",
        )
    if not statements.purchases and not statements.relations and base is None and not report.read:
        said = "\n".join([f"{path.name} holds no rows.", *(f"- {note}" for note in report.notes)])
        raise RiskGraphError(said, "Fill in a row, or check that it is the right file.")
    return assemble(statements, before, path)


def _by_format(
    path: Path,
    source: OpenedSource,
    known: Sequence[Format],
    options: ImportOptions | None = None,
    scores: dict[str, int] | None = None,
) -> dict[Format, list[SourceFile]]:
    """The files of each format; what fits none is passed over, with the reason, unless nothing fits any.

    How well a file that stands alone fits each format is put into `scores`.
    """
    groups: dict[Format, list[SourceFile]] = {}
    for file in source.files:
        try:
            if source.several and _DOCUMENT.search(file.name):
                source.pass_over(file.name, "a document, no data")
                continue
            fits = {one: one.fits(file.path) for one in known}
        except DataError as error:
            if not source.several:
                raise
            source.pass_over(file.name, error.problems[0].message.rstrip("."))
            continue
        best = max(known, key=fits.__getitem__)
        if fits[best] and file.name in source.copies and not best.copies:
            source.pass_over(file.name, f"the same as {source.copies[file.name]}")
        elif fits[best]:
            groups.setdefault(best, []).append(file)
        else:
            source.pass_over(file.name, "of no format that is known here")
        if scores is not None and not source.several:
            scores |= {one.name: fit for one, fit in fits.items() if fit}
    if not groups and not source.several:
        tables = ((one.name, one.tables[0]) for one in known if len(one.tables) == 1)
        names = [one.name for one in known]
        raise no_format(path, source.files[0].path, tables, names, options.council if options else None)
    if not groups:
        raise _nothing(path, source, f"Say which format it is with --from: {', '.join(one.name for one in known)}.")
    return {one: groups[one] for one in known if one in groups}


def _of_format(
    path: Path, source: OpenedSource, known: Format, options: ImportOptions
) -> dict[Format, list[SourceFile]]:
    """The files that are read as the format that the user says."""
    if not source.several:
        return {known: source.files}
    data = [file for file in source.files if not _DOCUMENT.search(file.name)]
    files = [file for file in data if options.columns and _TABLE.search(file.name)] or [
        file for file in data if _fits(known, file)
    ]
    if not known.copies:
        files = [file for file in files if file.name not in source.copies]
    for file in source.files:
        if file not in files:
            copy = source.copies.get(file.name)
            source.pass_over(file.name, f"the same as {copy}" if copy else f"not of the format {known.name}")
    if not files:
        raise _nothing(path, source, "Say another format with --from, or leave it out.")
    return {known: files}


def _fits(known: Format, file: SourceFile) -> bool:
    try:
        return known.fits(file.path) > 0
    except DataError:
        return False


def _nothing(path: Path, source: OpenedSource, fix: str) -> RiskGraphError:
    passed = "; ".join(_listed(names) + f": {why}" for why, names in sorted(source.passed.items()))
    return RiskGraphError(f"{path.name} holds no file that can be read{f' ({passed})' if passed else ''}.", fix)


def _tell_files(report: ImportReport, source: OpenedSource, groups: dict[Format, list[SourceFile]]) -> None:
    """Which file was read as what, and which were not."""
    if source.several:
        for known, files in groups.items():
            report.files.update({file.name: known.name for file in files})
            report.note(f"Read as {known.name}: {_listed([file.name for file in files])}.")
    for why, names in sorted(source.passed.items()):
        report.files.update(dict.fromkeys(names, f"not taken: {why}"))
        report.note(f"Not taken, {why}: {_listed(sorted(names))}.")


def _listed(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _by_columns(columns: tuple[str, ...], known: Sequence[Format]) -> Format | None:
    """The format whose columns the user names, if they are all that it needs; of several, the one of most columns."""
    tables = [
        (one, one.tables[0], place_columns(columns, one.tables[0], given=True)) for one in known if len(one.tables) == 1
    ]
    whole = [(len(places.places), one) for one, kind, places in tables if not kind.lacks(places)]
    return max(whole, key=lambda one: one[0], default=(0, None))[1]


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
