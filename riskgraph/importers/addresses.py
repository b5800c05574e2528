"""What an address suggests: the product behind it and who runs it, by the rules in `importing/addresses.csv`.

An address proves nothing: it may be old, lead to somebody else, or be a front before another product. So what
stands here is inferred, and what several addresses of one council suggest is one statement with all of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from riskgraph.assets import shipped_rows
from riskgraph.data.directory import directory
from riskgraph.data.spelling import normalise
from riskgraph.importers.statements import Citation, Party, StatedRelation, Statements
from riskgraph.importers.values import web_address
from riskgraph.model import AUTHORITY, PRODUCT, SUPPLIER

__all__ = [
    "AddressRule",
    "Sightings",
    "citable",
    "host_and_path",
    "known_body",
    "named_after_another",
    "product_of",
    "rule_of",
]

_SHOWN = 3  # services named in a claim
_TAIL = re.compile(r"-(?:self|host|live|portal|forms?|test|prd|wrp)\d*(?:-.*)?$")


@dataclass(frozen=True, slots=True)
class AddressRule:
    """One rule: the form of an address, and what it suggests."""

    host: str  # the domain that it ends with; with a full stop at its end, what it begins with
    path: re.Pattern[str] | None  # found in path and query
    product: str
    supplier: str | None
    area: str | None  # none where the service says it
    hosting: str | None

    def at(self, host: str) -> bool:
        """Whether a host name, in small letters, may be of this form."""
        if self.host.endswith("."):
            return host.startswith(self.host)
        return not self.host or host == self.host or host.endswith("." + self.host)


@lru_cache(maxsize=1)
def _rules() -> tuple[AddressRule, ...]:
    return tuple(
        AddressRule(
            row["host"],
            re.compile(row["path"]) if row["path"] else None,
            row["product"],
            row["supplier"] or None,
            row["area"] or None,
            row["hosting"] or None,
        )
        for row in shipped_rows("importing", "addresses.csv")
    )


@lru_cache(maxsize=1)
def _known_products() -> dict[str, str]:
    """Names of products of the shipped map, each that means one, to their ids."""
    found: dict[str, set[str]] = defaultdict(set)
    for entity in directory().entities.values():
        if entity.kind == PRODUCT:
            for name in (entity.name, *entity.aliases):
                found[normalise(name)].add(entity.id)
    return {name: min(ids) for name, ids in found.items() if len(ids) == 1}


def product_of(rule: AddressRule) -> Party:
    """The product of a rule, with its id if the shipped map has it.

    Examples
    --------
    >>> product_of(rule_of("example.moderngov.co.uk"))
    Party(name='Modern.gov', ids=(('id', 'product:modern-gov'),))
    """
    id_ = _known_products().get(normalise(rule.product))
    return Party(rule.product, (("id", id_),) if id_ else ())


def host_and_path(address: str) -> tuple[str, str] | None:
    """Host, and path with query, in small letters; `None` if it is no address of the web.

    Examples
    --------
    >>> host_and_path("HTTPS://www.Example.org:443/A/b?C=1#d"), host_and_path("www.example.org/a")
    (('www.example.org', '/a/b?c=1'), ('www.example.org', '/a'))
    >>> host_and_path("mailto:desk@example.org"), host_and_path("https://[broken"), host_and_path("see the website")
    (None, None, None)
    """
    text = address.strip()
    if not re.match(r"https?://", text, re.IGNORECASE):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return None
    if not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", host) or "@" in parts.netloc:
        return None
    return host, (parts.path + (f"?{parts.query}" if parts.query else "")).lower()


@lru_cache(maxsize=4096)
def _rules_at(host: str) -> tuple[AddressRule, ...]:
    return tuple(rule for rule in _rules() if rule.at(host))


def rule_of(host: str, path: str = "") -> AddressRule | None:
    """The first rule that an address fits.

    Examples
    --------
    >>> rule = rule_of("minutes.example.org", "/iedecisiondetails.aspx?id=1")
    >>> rule.product, rule.hosting, rule_of("www.example.org", "/planning")
    ('Modern.gov', None, None)
    """
    return next((rule for rule in _rules_at(host) if rule.path is None or rule.path.search(path)), None)


def known_body(party: Party, statements: Statements) -> str | None:
    """The id of a council, or its name where all are taken; `None`, and counted, if nobody knows it."""
    found = statements.councils.find(party.name, party.ids)[0] if statements.councils else ()
    if len(found) == 1:
        return found[0]
    if party.name and statements.options.buyers == "all":
        return party.name
    statements.report.unmatched_councils[party.name] += 1
    return None


def named_after_another(rule: AddressRule, host: str, body: str, statements: Statements) -> bool:
    """Whether an address belongs to another council: by its domain, or by the name before the maker's domain."""
    if statements.councils is None:
        return False
    if statements.councils.of_another(host, body):
        return True
    label = host.removesuffix(f".{rule.host}") if rule.hosting else host
    if label == host or "." in label:
        return False
    found, how = statements.councils.find(_TAIL.sub("", label))
    return len(found) == 1 and how == "name" and statements.councils.differ(found[0], body)


@dataclass
class _Seen:
    """What suggests one product at one council in one area."""

    rule: AddressRule
    parties: set[Party] = field(default_factory=set)
    rows: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)  # services, or answers
    hosting: dict[str, str] = field(default_factory=dict)  # value -> domain that says it
    days: set[str] = field(default_factory=set)
    counted: int = 0


class Sightings:
    """Everything that addresses suggest, put together by council, product and area, whatever the order of the rows."""

    def __init__(self, publisher: str) -> None:
        self.publisher = publisher
        self._seen: dict[tuple[str, str, str], _Seen] = {}

    def add(
        self,
        body: str,
        party: Party,
        rule: AddressRule,
        where: str,
        words: str,
        *,
        area: str | None = None,
        address: str | None = None,
        hosting: tuple[str, str] | None = None,
        day: str | None = None,
        counted: bool = True,
    ) -> None:
        """One address that suggests one product at one council."""
        area = rule.area or area
        seen = self._seen.setdefault((body, rule.product, area or ""), _Seen(rule))
        seen.parties.add(party)
        seen.rows.append(where)
        seen.words.add(words)
        seen.counted += counted
        if address:
            seen.addresses.add(address)
        if hosting:
            seen.hosting[hosting[0]] = max(hosting[1], seen.hosting.get(hosting[0], ""))
        if day:
            seen.days.add(day)

    def state(self, statements: Statements, says: str) -> None:
        """Add the statements: `says` is how a claim goes on behind the product, with {words} and {number}."""
        grade = statements.options.grade or "inferred"
        makers: dict[str, AddressRule] = {}
        for (_, product, area), seen in sorted(self._seen.items()):
            words = sorted(filter(None, seen.words))
            told = ", ".join(words[:_SHOWN]) + (f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else "")
            address = min(seen.addresses, key=lambda one: (len(one), one), default=None)
            day = max(seen.days, default=None)
            party = min(seen.parties)
            claim = f"{product}, as " + says.format(words=told, number=len(words))
            cited = Citation(claim, grade, address, self.publisher, day)
            values: dict[str, object] = {"service_area": area or None}
            further: tuple[Citation, ...] = ()
            if len(seen.hosting) == 1:
                ((value, domain),) = seen.hosting.items()
                values["hosting"] = value
                further = (cited._replace(claim=f"Runs at {domain}, as its address says.", about="hosting"),)
            elif seen.hosting:
                statements.report.guess("addresses differ about who hosts: left blank", f"{party.name}, {product}")
            statements.relations.append(
                StatedRelation(
                    seen.rows[0],
                    "uses",
                    (AUTHORITY, party),
                    (PRODUCT, product_of(seen.rule)),
                    cited,
                    values,
                    rows=seen.counted,
                    further=further,
                )
            )
            if seen.rule.supplier:
                makers[product] = seen.rule
        for product, rule in sorted(makers.items()):
            cited = Citation(f"{product} is made by {rule.supplier}.", "inferred", None, "Rules on addresses")
            ends = (PRODUCT, product_of(rule)), (SUPPLIER, Party(rule.supplier or ""))
            statements.relations.append(StatedRelation("the rules", "made-by", *ends, cited, rows=0))


def citable(address: str) -> str | None:
    """An address without query and fragment, as evidence may show it."""
    return web_address(re.split(r"[?#]", address.strip(), maxsplit=1)[0])
