"""The export of GOV.UK's Local Links Manager: for each council and service the address of its page.

What the address suggests becomes a use of a product (`riskgraph.importers.addresses`); the service, by its number in
the Local Government Services List (LGSL), gives the service area where the product itself does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from riskgraph.assets import shipped_rows
from riskgraph.data.spelling import normalise
from riskgraph.importers.addresses import (
    AddressRule,
    Sightings,
    citable,
    host_and_path,
    known_body,
    named_after_another,
    rule_of,
)
from riskgraph.importers.formats import Format
from riskgraph.importers.rows import SourceRow, TableKind
from riskgraph.importers.statements import Party, Statements
from riskgraph.vocabulary import words

__all__ = ["LOCAL_LINKS"]

_TABLE = TableKind.of(
    "local-links",
    required=("lgsl", "address"),
    whose="council",
    asks="whose links these are",
    sign="LGSL",
    strict=False,
)


@lru_cache(maxsize=1)
def _services() -> dict[str, tuple[str, str]]:
    return {row["code"]: (row["service"], row["area"]) for row in shipped_rows("importing", "lgsl.csv")}


def _links(rows: Iterator[SourceRow], statements: Statements) -> None:
    seen = Sightings("GOV.UK Local Links Manager")
    for row in rows:
        code = row["gss"] or row["snac"]
        party = Party(row["council"] or statements.options.council or "", (("GSS", code),) if code else ())
        read = _read(row, party, statements)
        if read is None:
            continue
        body, rule, address, host = read
        number = row["lgsl"].removesuffix(".0").lstrip("0")
        service, area = _services().get(number, (row["service"].partition(":")[0], None))
        if area is None and rule.area is None:
            row.guess("service whose area is not known, left blank", f"LGSL {number}, {service}")
        if not rule.host and not _in_own_domain(host, body, statements):
            row.guess("address in a domain that is not known to be the council's", address)
        hosting = (rule.hosting, rule.host) if rule.hosting else None
        seen.add(body, party, rule, row.where, service, area=area, address=citable(address), hosting=hosting)
    seen.state(statements, "the addresses of its services suggest ({words})")


def _in_own_domain(host: str, body: str, statements: Statements) -> bool:
    return statements.councils is not None and body in dict(statements.councils.of_host(host))


def _read(row: SourceRow, party: Party, statements: Statements) -> tuple[str, AddressRule, str, str] | None:
    """Council, rule, address and host of a row; none, with the reason told, if it is not taken."""
    address = row["address"]
    reason, body, rule = "", None, None
    parts = host_and_path(address) if address else None
    if not address:
        reason = "no address"
    elif normalise(row["absent"]) in words("service not provided", "local-links"):
        reason = "service that this council does not provide"
    elif normalise(row["status"]) in words("link that is none", "local-links"):
        reason = "broken link"
    elif parts is None:
        reason = "address that is none"
    elif (rule := rule_of(*parts)) is None:
        reason = "address that suggests no product"
    elif (body := known_body(party, statements)) is None:
        reason = "council that is not in the register of authorities (--buyers all takes it)"
    elif named_after_another(rule, parts[0], body, statements):
        reason = "address of another body"
    if reason or body is None or rule is None or parts is None:
        row.skip(reason)
        return None
    return body, rule, address, parts[0]


LOCAL_LINKS = Format(
    "local-links",
    "the export of Local Links Manager: council, LGSL number of a service, its address",
    (_TABLE,),
    rows=_links,
    buyers="known",
)
