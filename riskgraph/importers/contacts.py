"""Whom to ring at whom: lists of contacts, and the contact columns of a register. They never become part of a map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from riskgraph.errors import DataError, MissingFile, RiskGraphError
from riskgraph.importers.report import ImportReport
from riskgraph.importers.rows import SourceRow, TableKind, read_rows, score_of_headers
from riskgraph.importers.statements import Statements
from riskgraph.importers.workbook import WORKBOOK
from riskgraph.vocabulary import headers

__all__ = ["Contact", "ContactList", "read_contacts"]


class Contact(NamedTuple):
    """One person or desk, as a file names it."""

    body: str  # whose
    who: str = ""  # name and role, or all that a register says in one cell
    phone: str = ""
    mobile: str = ""
    out_of_hours: str = ""
    email: str = ""
    about: tuple[str, ...] = ()  # the systems and suppliers on its rows of a register

    @property
    def reachable(self) -> bool:
        """Whether there is anything to ring or write to."""
        return any(self[2:6]) or "@" in self.who or bool(re.search(r"\d(?:[ -]?\d){4}", self.who))


class ContactList(NamedTuple):
    """What a file holds of contacts."""

    contacts: tuple[Contact, ...]
    unread: tuple[str, ...] = ()  # columns of a list that nobody understands; a register has others of its own


_HEADERS = headers("contacts")
_WAYS = {field: _HEADERS[field] for field in ("phone", "mobile", "out_of_hours", "email")}
_LIST = TableKind(_HEADERS, required=("body",))
_NAMES = TableKind(  # a list that calls the bodies just "Name"
    {"body": (*_HEADERS["body"], *_HEADERS["person"]), "role": _HEADERS["role"], **_WAYS}, required=("body",)
)
_REGISTER = TableKind(
    {key: headers("one-sheet")[key] for key in ("council", "system", "supplier", "contact", "security_contact")}
    | _WAYS,
    required=("council", "system", "supplier"),
)
_BOOK = tuple(replace(kind, columns={**kind.columns, **_WAYS}, needed=False) for kind in WORKBOOK.tables)


def read_contacts(path: str | Path) -> ContactList:
    """The contacts of a list (CSV or Excel), or those in the contact columns of a register or a workbook.

    Parameters
    ----------
    path
        The file. A list needs a column that says whose contact it is, and one for a number or an address.

    Returns
    -------
    ContactList
        Each contact once, in the order of the file; a zero that a spreadsheet took off a number is put back.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If it cannot be read.
    RiskGraphError
        If it is no list of contacts and no register.

    Examples
    --------
    >>> from riskgraph.assets import shipped
    >>> read_contacts(shipped("examples", "one-sheet-register.csv")).contacts[1][:2]
    ('Quenby Software', 'security@quenby.example.org')
    """
    file = Path(path)
    statements = Statements(ImportReport(file.name, "contacts"))
    if not file.is_file():
        raise MissingFile(f"There is no file {file}.", "Check the path.")
    unread: list[str] = []
    if score_of_headers(file, _REGISTER):
        found = [one for row in read_rows(file, (_REGISTER,), statements) for one in _of_register(row)]
    elif WORKBOOK.fits(file):
        rows = read_rows(file, _BOOK, statements)
        found = [_contact(row, row["name"], row["contact"]) for row in rows if "contact" in row.kind.columns]
    else:
        kind = _LIST if score_of_headers(file, _LIST) else _NAMES
        found = [_of_list(row) for row in _rows_of_list(file, kind, statements)]
        unread = statements.report.unused_columns
    about: dict[Contact, dict[str, None]] = {}
    for one in found:
        if one.body and any(one[1:6]):
            about.setdefault(one._replace(about=()), {}).update(dict.fromkeys(one.about))
    return ContactList(tuple(one._replace(about=tuple(names)) for one, names in about.items()), tuple(unread))


def _rows_of_list(file: Path, kind: TableKind, statements: Statements) -> Iterator[SourceRow]:
    try:
        yield from read_rows(file, (kind,), statements)
    except (DataError, MissingFile):
        raise
    except RiskGraphError:
        raise RiskGraphError(
            f"{file.name} has no header row of a list of contacts.",
            "Name its columns Council, Name, Role, Phone, Mobile, Out of hours, E-mail; only Council and one more "
            "are needed.",
        ) from None


def _of_list(row: SourceRow) -> Contact:
    who = ", ".join(text for text in (row["person"], row["role"]) if text)
    return _contact(row, row["body"], who)


def _of_register(row: SourceRow) -> Iterator[Contact]:
    about = (row["system"], row["supplier"])
    yield _contact(row, row["council"], row["contact"])._replace(about=about)
    yield Contact(row["supplier"], row["security_contact"], about=about)


def _contact(row: SourceRow, body: str, who: str) -> Contact:
    phone, mobile, out_of_hours = (_number(row[field]) for field in ("phone", "mobile", "out_of_hours"))
    return Contact(body, who, phone, mobile, out_of_hours, row["email"])


def _number(text: str) -> str:
    """A number as it is dialled: Excel takes the zero at the front for nothing.

    Examples
    --------
    >>> _number("1632960123"), _number("+44 1632 960123"), _number("101")
    ('01632960123', '+44 1632 960123', '101')
    """
    return f"0{text}" if re.fullmatch(r"[1-9]\d{8,9}", text) else text
