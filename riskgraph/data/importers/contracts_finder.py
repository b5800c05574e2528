"""The table that Contracts Finder gives for a search: notices of buyers of every kind, suppliers packed into one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from riskgraph.data.importers.contracts import FIELDS as REGISTER
from riskgraph.data.importers.contracts import Named, read_register
from riskgraph.data.importers.facts import Harvest, Options
from riskgraph.data.importers.one_sheet import score_of_table
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport

__all__ = ["FIELDS", "read_contracts_finder"]

SUPPLIERS = "Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]"
# "Start Date" and "End Date" are those of the tender there
FIELDS = {
    **{name: REGISTER[name] for name in ("council", "title", "description")},
    "supplier": (SUPPLIERS,),
    "reference": ("Notice Identifier",),
    "start": ("Contract start date",),
    "end": ("Contract end date",),
    "value": ("Awarded Value",),
    "published": ("Published Date",),
    "status": ("Status",),
}
_SCHEMES = {"companieshouse": "GB-COH", "charitycommission": "GB-CHC"}


def _fits(path: Path) -> int:
    score = score_of_table(path, FIELDS, ("supplier", "title"), sign=SUPPLIERS)
    return score and score + 20  # no other table has such a column


@importer("contracts-finder", "the CSV of a search in Contracts Finder", _fits, buyers="known")
def read_contracts_finder(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read every notice; those that were not awarded name no supplier."""
    return read_register(path, options, report, FIELDS, _named, "Contracts Finder")


def _named(cells: Mapping[str, str]) -> list[Named]:
    return packed(cells.get("supplier", ""))


def packed(text: str) -> list[Named]:
    """The suppliers of one cell.

    Examples
    --------
    >>> packed("[Civica UK Ltd|Leeds|COMPANIES_HOUSE|01628868|No|No][Idox (Software) Ltd|Glasgow|NONE||No|No]")
    [('Civica UK Ltd', (('GB-COH', '01628868'),)), ('Idox (Software) Ltd', ())]
    """
    found: list[Named] = []
    for block in text.removeprefix("[").removesuffix("]").split("]["):
        name, *rest = (part.strip() for part in block.split("|"))
        scheme = _SCHEMES.get(re.sub(r"[^a-z]", "", rest[1].lower())) if len(rest) > 2 else None
        if name:
            found.append((name, ((scheme, rest[2]),) if scheme and rest[2] else ()))
    return found
