"""The one-sheet register: one row says that one council uses one system from one supplier."""

from __future__ import annotations

from collections.abc import Iterator

from riskgraph.data.spelling import normalise
from riskgraph.dates import last_day
from riskgraph.importers.formats import Format
from riskgraph.importers.report import FILLED
from riskgraph.importers.rows import SourceRow, TableKind
from riskgraph.importers.statements import DEPARTMENT, Citation, Party, Purchase, Statements, named_party
from riskgraph.importers.values import parse_hours, web_address
from riskgraph.importers.words import certificates_of, hosting_of
from riskgraph.vocabulary import words

__all__ = ["ONE_SHEET"]

_TABLE = TableKind.of(
    "one-sheet",
    required=("council", "system", "supplier"),
    whose="council",
    asks="which council uses what",
    not_taken=("contact", "security_contact"),
)


def _register(rows: Iterator[SourceRow], statements: Statements) -> None:
    above = (0, "")  # the row before, and its council
    for row in rows:
        council, department = row.buyer("council")
        if not council and not department and above[1] and above[0] == row.number - 1 and row["supplier"]:
            council = above[1]
            row.guess(FILLED, council)
        above = (row.number, council)
        purchase = _purchase(row, council, department, statements)
        if purchase is not None:
            statements.buy(purchase)
    day = statements.options.as_of or (statements.known[0] if statements.known else None)
    for purchase in statements.purchases:
        end = purchase.contract_end_latest or purchase.contract_end
        if day and end and purchase.valid_to is None and last_day(end) < last_day(day):
            statements.report.guess(
                "the contract's end has passed but nothing says that it ended: kept as running",
                f"{purchase.where}: {purchase.council.name}, {purchase.thing}, until {end}",
            )


def _purchase(row: SourceRow, council: str, department: str, statements: Statements) -> Purchase | None:
    report = statements.report
    if not council:
        row.skip(DEPARTMENT if department else "no council")
        return None
    if row.withheld(row["supplier"]):
        return None
    supplier = row.party("supplier", number="company_number")
    if supplier is None:
        row.skip("no supplier")
        return None
    hosting, place = hosting_of(row["hosting"], supplier.name)
    if row["hosting"] and not hosting and not place:
        row.guess("word that is not known, left blank", f"hosting: {row['hosting']!r}")
    end, latest = row.date("end"), row.date("latest")
    checked = statements.dated(row.date("checked"), "check of a row", row.where)
    ended, returned = _data_returned(row)
    source, thing = row["source"], row["system"]
    url = web_address(source)
    certificates, expires = certificates_of(row["certificate"], row.where, report)
    importance, people = row.word("importance", "importance"), row.count_of("people")
    labels = (("importance", "how important", importance), ("people", "about how many people", people))
    notes = [f"{label}: {row[name]}".replace(";", ",") for name, label, value in labels if row[name] and value is None]
    notes += [f"unit: {department}".replace(";", ",")] if department else []
    hours = parse_hours(row["tolerable"])
    return Purchase(
        where=row.where,
        how="register",
        council=Party(council),
        supplier=supplier,
        cited=Citation(
            f"{council} uses {thing or 'something'} from {supplier.name}",
            row.grade(),
            url,
            None if url else source or report.source,
            checked,
        ),
        thing=thing or None,
        area=row.area(),
        data=row.word("data", "personal data"),
        access=row.word("access", "access"),
        hosting=hosting,
        place=place,
        through=row.party("through") if row["through"] else None,
        subcontractors=tuple(p for name in row["subcontractors"].split(";") if (p := named_party(name, report))),
        certificate="; ".join(certificates) or None,
        certificate_expires=expires,
        valid_from=row.date("start"),
        valid_to=(end or latest) if ended else None,
        contract_reference=row["reference"] or None,
        annual_value_gbp=row.amount("value"),
        contract_end=None if ended else end,
        contract_end_latest=latest,
        notice_days=row.days("notice", "notice"),
        framework=row["framework"] or None,
        data_returned=returned,
        endurance_days=row.days("tolerable", "how long without"),
        tolerable_hours=hours,
        importance=importance,
        people=people,
        substitutability=row.word("replace", "replaceable"),
        note="; ".join(notes) or None,
    )


def _data_returned(row: SourceRow) -> tuple[bool, str | None]:
    """Whether the relation ended, which any word in this column says, and whether the data came back."""
    text = normalise(row.text("returned"))
    ended = bool(text) and text not in words("data returned: not ended")
    if ended and text not in words("data returned"):
        row.statements.report.guess("word that is not known, left blank", f"{row.where}, data returned: {text!r}")
    return ended, words("data returned").get(text) or None


ONE_SHEET = Format(
    "one-sheet",
    "a register of one sheet: council, system, supplier, and what else is known",
    (_TABLE,),
    rows=_register,
)
