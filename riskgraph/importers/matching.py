"""Who is meant: identifiers first, then exact names and aliases, then nobody. Likeness never decides."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from riskgraph.data.directory import directory, short_names
from riskgraph.data.names import registered_initials
from riskgraph.data.read import shipped_aliases
from riskgraph.data.spelling import closed_up, company_key, normalise, written_out
from riskgraph.importers.parts import fewest, pieces
from riskgraph.importers.report import ImportReport
from riskgraph.importers.statements import Party
from riskgraph.importers.supplier_names import KnownSuppliers
from riskgraph.importers.values import company_number, slug
from riskgraph.model import AUTHORITY, PRINCIPAL_COUNCILS, SUPPLIER, Entity, RegisterEntry
from riskgraph.vocabulary import pattern

__all__ = ["Councils", "Suppliers", "identifiers"]

_ASIDE = re.compile(r"\s*[\(\[][^)\]]*[)\]]\s*")
_FOR_ANOTHER = re.compile(r"\b(?:for|behalf of)\s*$", re.IGNORECASE)  # who buys for somebody else does not use it
_SORT = re.compile(
    r"\b(?:councils?|boroughs?|districts?|city|cities|county|metropolitan|mbc|dc|bc|cc|royal|london|unitary|"
    r"authorit(?:y|ies))\b|(?<=boroughs) of\b|(?<=districts) of\b",
    re.I,
)
_PER_NOTICE = ("GB-FTS", "GB-CFS", "org", "")


class Councils:
    """Names and codes of public bodies to ids of the register.

    Parameters
    ----------
    register
        The register, and what the source brought along.
    reviewed
        Name (normalised) to id, as a person decided; several ids of a joint buyer between semicolons.
    extra
        Further bodies of the data set that is imported into.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> councils = Councils(read("seeds").register)
    >>> councils.find("Thanet DC"), councils.find("Adur & Worthing Councils")[0]
    ((('authority:thanet',), 'name'), ('authority:adur', 'authority:worthing'))
    >>> councils.find("Newcastle")
    ((), 'none')
    """

    def __init__(
        self,
        register: Mapping[str, RegisterEntry],
        reviewed: Mapping[str, str] | None = None,
        extra: Iterable[Entity] = (),
    ) -> None:
        self.register = register
        self.reviewed = dict(reviewed or {})
        self.codes: dict[str, str] = {}
        names: dict[str, set[str]] = defaultdict(set)
        for id_, entry in register.items():
            for code in (entry.gss_code, *entry.former_gss_codes):
                if code:
                    self.codes[code] = id_
            if entry.local_authority_code:
                self.codes.setdefault(entry.local_authority_code, id_)
            for name in (entry.name, entry.short_name):
                if name:
                    names[normalise(name)].add(id_)
        for alias, id_ in (*((alias, id_) for alias, id_, _ in shipped_aliases()), *short_names()):
            if id_ in register:
                names[normalise(alias)].add(id_)
        for entity in extra:
            for name in (entity.name, *entity.aliases):
                names[normalise(name)].add(entity.id)
        self.names = dict(names)
        self._known: dict[tuple[str, str | None], tuple[tuple[str, ...], str]] = {}
        self._day_counts = False  # whether the name that was looked up last had different owners over time

    def find(
        self, name: str, ids: tuple[tuple[str, str], ...] = (), day: str | None = None
    ) -> tuple[tuple[str, ...], str]:
        """Ids of the body, or of the members of a joint buyer, and how they were found.

        `how` is identifier, name, reviewed, trimmed (after leaving out brackets and the like), joint, initials (of
        one registered name), several or none.
        """
        for scheme, number in ids:
            code = number.strip().upper()
            if (scheme in {"", "GSS"} or scheme.startswith(("GB-LA", "GB-PLA", "GB-GSS"))) and code in self.codes:
                return (self.codes[code],), "identifier"
        known = self._known.get((name, "")) or self._known.get((name, day))
        if known is None:
            self._day_counts = False
            known = self._find(name, day)
            self._known[name, day if self._day_counts else ""] = known
        return known

    def sure(self, name: str, day: str | None = None) -> str | None:
        """The one body that a whole name, a code or a decision means; `None` if there is none, or several."""
        ids, how = self.find(name, (), day)
        return ids[0] if len(ids) == 1 and how in {"name", "identifier", "reviewed"} else None

    def of_host(self, host: str) -> tuple[tuple[str, str], ...]:
        """Id and name of the bodies that exist and whose domain a host name lies in; of a former one, its successors.

        By the websites of the register, else by the name before `.gov.uk`.

        Examples
        --------
        >>> from riskgraph.data import read
        >>> councils = Councils(read("seeds").register)
        >>> [id_ for id_, _ in councils.of_host("my.adur-worthing.gov.uk")], councils.of_host("www.example.org")
        (['authority:adur', 'authority:worthing'], ())
        """
        owners = self._owners(host)
        alive = [id_ for id_ in owners if not self.register[id_].valid_to]
        next_ = [then for id_ in owners for then in self.register[id_].successors if then in self.register]
        return tuple((id_, self.register[id_].name or id_) for id_ in sorted(set(alive or next_)))

    def of_another(self, host: str, body: str) -> bool:
        """Whether a host name lies in the domain of another body than this one."""
        owners = self._owners(host)
        if not owners or not all(self.differ(owner, body) for owner in owners):
            return False
        entry = self.register.get(body)
        name = closed_up((entry.short_name or entry.name or "") if entry else "")
        return not name or name not in re.split(r"[-.]", host.lower())  # a site of several, such as lewes-eastbourne

    def differ(self, one: str, other: str) -> bool:
        """Whether two bodies are neither one nor one the successor of the other."""
        return one != other and not any(
            b in self.register[a].successors for a, b in ((one, other), (other, one)) if a in self.register
        )

    def _owners(self, host: str) -> tuple[str, ...]:
        labels = host.lower().split(".")
        for start in range(len(labels) - 1):
            if found := self._sites.get(".".join(labels[start:])):
                return tuple(sorted(found))
        before, dot, _ = host.lower().rpartition(".gov.uk")
        id_ = self.sure(before.rpartition(".")[2]) if dot else None
        return (id_,) if id_ and id_ in self.register else ()

    @cached_property
    def _sites(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for id_, entry in self.register.items():
            host, _, path = (entry.website or "").partition("://")[2].partition("/")
            if host and not path:
                found[host.lower().removeprefix("www.")].add(id_)
        return found

    def _find(self, name: str, day: str | None) -> tuple[tuple[str, ...], str]:
        text = normalise(name)
        if text in self.reviewed:
            ids = tuple(self.reviewed[text].split(";"))
            return ids, "reviewed" if len(ids) == 1 else "joint"
        if name.strip().upper() in self.codes and re.fullmatch(r"[A-Z]\d{8}", name.strip().upper()):
            return (self.codes[name.strip().upper()],), "identifier"
        found, how = self._exact(text, day)
        if found or how == "several":
            return found, how
        found, how = self._joint(name, day)
        if not found:
            found, how = self._trimmed(name, day)
        for said, key, known in (
            ("name", closed_up(name), self._closed_up),
            ("name", closed_up(written_out(name)), self._closed_up),
            ("initials", text, self._initials),
        ):
            if not found and how != "several":
                found, how = self._exact(key, day, known, said)
        return found, how

    @cached_property
    def _closed_up(self) -> dict[str, set[str]]:
        return _by(closed_up, self.names)

    @cached_property
    def _initials(self) -> dict[str, set[str]]:
        return registered_initials(self.register)

    def _exact(
        self, text: str, day: str | None, known: Mapping[str, set[str]] | None = None, said: str = "name"
    ) -> tuple[tuple[str, ...], str]:
        hits = (self.names if known is None else known).get(text, set())
        if len(hits) > 1:
            self._day_counts = True
            when = date.fromisoformat((day or "9999-12-31")[:10].ljust(10, "0")) if day and len(day) == 10 else None
            alive = {
                id_
                for id_ in hits
                if id_ not in self.register
                or (self.register[id_].exists(when) if when else not self.register[id_].valid_to)
            }
            hits = alive if len(alive) == 1 else hits
        if len(hits) > 1:
            return (), "several"
        return tuple(hits), said if hits else "none"

    def _trimmed(self, name: str, day: str | None) -> tuple[tuple[str, ...], str]:
        """The council of a name with a department, a place or an aside: left out, unless it names another council."""
        for kept, off in _shorter(name):
            ids, _ = self._exact(normalise(kept), day)
            if ids:
                inside = (self._part(one.text, day) for one in pieces(off, pattern("joint buyer: between")))
                if any(other and other != ids[0] and not self._near(other, ids[0]) for other in inside):
                    return (), "several"
                return ids, "trimmed"
        return (), "none"

    def _joint(self, name: str, day: str | None) -> tuple[tuple[str, ...], str]:
        """A buyer that is several councils at once, if every part is one; else nobody."""
        text = pattern("joint buyer: aside opened").sub(r" , \1 , ", pattern("joint buyer: around").sub("", name))
        ways = [_ASIDE.sub(" ", text)]
        if not self._part(ways[0], day):  # "Tri-borough (Westminster, Kensington & Chelsea, Hammersmith & Fulham)"
            ways += [aside.strip(" ()[]") for aside in _ASIDE.findall(text)]
        for text in ways:
            found = fewest(pieces(text, pattern("joint buyer: between")), lambda part: self._part(part, day))
            if found:
                return self._together(text, found)
        return (), "none"

    def _together(self, text: str, found: tuple[tuple[str, str], ...]) -> tuple[tuple[str, ...], str]:
        """Whether bodies that are named together are one buyer."""
        sorts = {"council" if (kind := self._kind(id_)) in PRINCIPAL_COUNCILS else kind for _, id_ in found}
        if len(sorts) > 1 and not all(pattern("public body").search(part) for part, _ in found):
            return (), "none"  # "Surrey and Sussex Police" is not Surrey's county council
        if len(found) == 2:
            (one, first), (two, second) = found
            between = text[text.index(one) + len(one) : text.rindex(two)]
            if _FOR_ANOTHER.search(between):
                return (second,), "trimmed"
            if not re.search(r"\w|[&+/;\n]", between) and self._near(first, second):
                return (), "none"  # a district and its county, as in an address
        ids = tuple(sorted({id_ for _, id_ in found}))
        return (ids, "joint") if len(ids) > 1 else (ids, "trimmed")

    def _part(self, text: str, day: str | None) -> str | None:
        """The one public body that a part of a joint buyer's name means."""
        text = text.strip(" -:,.")
        for key in (text, _SORT.sub(" ", text)):
            hits, how = self._exact(normalise(key), day)
            if not hits and how != "several":
                hits, _ = self._exact(closed_up(written_out(key)), day, self._closed_up)
            if len(hits) == 1 and hits[0].startswith(AUTHORITY):
                return hits[0]
        return None

    def _near(self, one: str, other: str) -> bool:
        """Whether one body lies in the other, or came after it."""
        entries = {id_: self.register[id_] for id_ in (one, other) if id_ in self.register}
        within = {above for entry in entries.values() for above in (entry.parent_county, entry.combined_authority)}
        return not self.differ(one, other) or bool(within & {one, other})

    def _kind(self, id_: str) -> str | None:
        return self.register[id_].kind if id_ in self.register else None


def _shorter(name: str) -> Iterator[tuple[str, str]]:
    """A name without what stands in brackets, behind a mark or before "on behalf of", and what that is."""
    if asides := _ASIDE.findall(name):
        yield _ASIDE.sub(" ", name), ",".join(aside.strip(" ()[]") for aside in asides)
    kept, *off = re.split(
        r"\s+[-\u2013\u2014|]+\s+|\s*:\s+|\s+t/a\s+|\s+trading as\s+|\s*[,;]\s*", name, maxsplit=1, flags=re.I
    )
    if off:
        yield kept, off[0]
    _, *after = re.split(r"\bon behalf of\b", name, maxsplit=1, flags=re.I)
    if after:
        yield after[0], ""


def identifiers(party: Party, report: ImportReport | None = None) -> tuple[str, ...]:
    """The identifiers of a supplier that hold beyond one notice, repaired where that is safe.

    Examples
    --------
    >>> identifiers(Party("Capita", (("GB-COH", "2299747"), ("GB-CFS", "18525"), ("GB-PPON", "PNTW-9186-YLLD"))))
    ('GB-COH-02299747', 'GB-PPON-PNTW-9186-YLLD')
    """
    found = []
    for scheme, text in party.ids:
        number: str | None = text.strip()
        if not number or scheme in _PER_NOTICE:
            continue
        if scheme == "GB-COH":
            number, repaired = company_number(text)
            if number is None:
                if report is not None:
                    report.bad_identifiers[f"{text.strip()} ({party.name})"] += 1
                continue
            if repaired and report is not None:
                report.guess("company number repaired", f"{text.strip()!r} read as {number}")
        found.append(f"{scheme}-{number}")
    return tuple(sorted(set(found)))


@dataclass
class _NamedCompany:
    names: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    id: str | None = None

    @property
    def numbers(self) -> list[str]:
        return sorted(id_.removeprefix("GB-COH-") for id_ in self.ids if id_.startswith("GB-COH-"))

    @property
    def best_name(self) -> str:
        return min(self.names, key=lambda name: (name.isupper() or name.islower(), -self.names[name], len(name), name))


def _by(key_of: Callable[[str], str], names: Mapping[str, set[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, ids in names.items():
        found[key_of(name)] |= ids
    return dict(found)


class Suppliers:
    """All suppliers that a source names, each to an id; ask for them after all were added.

    Parameters
    ----------
    base
        Entities of the data set that is imported into.
    reviewed
        `company_key` of a name to id, as a person decided.
    report
        Takes repairs, conflicts and unmatched names.

    Examples
    --------
    >>> suppliers = Suppliers({}, {}, ImportReport("a.csv", "one-sheet"))
    >>> for name in ("Civica UK Ltd", "Northgate Vehicle Hire", "NORTHGATE VEHICLE HIRE LIMITED"):
    ...     suppliers.add(Party(name))
    >>> suppliers.settle()
    >>> [suppliers.id(Party(name)) for name in ("Civica UK Ltd", "Northgate Vehicle Hire")]
    ['supplier:civica', 'supplier:northgate-vehicle-hire']
    """

    def __init__(self, base: Mapping[str, Entity], reviewed: Mapping[str, str], report: ImportReport) -> None:
        self.base, self.reviewed, self.report = base, reviewed, report
        self.parties: Counter[Party] = Counter()
        self.ids: dict[Party, str] = {}
        self.entities: dict[str, Entity] = {}
        self.fresh: set[str] = set()  # ids that nothing knew before
        self._taken = set(base) | set(directory().entities)
        self._known_numbers = {f"GB-COH-{number}": id_ for number, id_ in directory().numbers.items()}
        self._numbers: dict[str, str] = {}
        self._names = KnownSuppliers(base, reviewed)
        self._keys: dict[str, set[str]] = defaultdict(set)
        for entity in base.values():
            if entity.kind != SUPPLIER:
                continue
            if entity.company_number:
                self._numbers[f"GB-COH-{entity.company_number}"] = entity.id
            for name in (entity.name, *entity.aliases):
                if re.match(r"[A-Z]{2}-[A-Z]+-\S+$", name):
                    self._numbers[name] = entity.id
                else:
                    self._keys[company_key(name)].add(entity.id)

    def add(self, party: Party, rows: int = 1) -> None:
        """A supplier that the source names."""
        self.parties[party] += rows

    def id(self, party: Party) -> str:
        """The id of a supplier that was added."""
        return self.ids[party]

    def settle(self) -> None:
        """Decide who is who."""
        companies, of = self._join_by_identifier()
        for company in companies:
            company.id = self._known(company)
        self._join_by_name(companies)
        for company in sorted((c for c in companies if c.id is None), key=lambda c: (c.best_name, sorted(c.ids))):
            self._make(company)
        merged: dict[str, _NamedCompany] = {}
        for company in companies:
            assert company.id is not None
            into = merged.setdefault(company.id, _NamedCompany(id=company.id))
            into.names.update(company.names)
            into.ids |= company.ids
        for id_, company in merged.items():
            self.entities[id_] = self._entity(id_, company)
        self.ids = {party: company.id for party, company in of.items() if company.id}

    def _join_by_identifier(self) -> tuple[list[_NamedCompany], dict[Party, _NamedCompany]]:
        parent: dict[str, str] = {}

        def root(node: str) -> str:
            while parent.setdefault(node, node) != node:
                parent[node] = parent[parent[node]]
                node = parent[node]
            return node

        known = {party: self._identifiers(party) for party in sorted(self.parties, key=lambda p: (p.name, p.ids))}
        for party, ids in known.items():
            for id_ in ids:
                parent[root(id_)] = root(ids[0])
            if not ids:
                root("name " + company_key(party.name))
        groups: dict[str, _NamedCompany] = {}
        of = {}
        for party, ids in known.items():
            company = groups.setdefault(root(ids[0] if ids else "name " + company_key(party.name)), _NamedCompany())
            company.names[party.name] += self.parties[party]
            company.ids |= set(ids)
            of[party] = company
        for company in groups.values():
            keys = sorted({company_key(name) for name in company.names})
            if len(keys) > 1 and company.ids:
                self.report.guess("names joined by an identifier", f"{sorted(company.ids)[0]}: {' = '.join(keys[:4])}")
        return list(groups.values()), of

    def _identifiers(self, party: Party) -> tuple[str, ...]:
        """The identifiers of a party, but for a number that is known to be another company's."""
        found = identifiers(party, self.report)
        reviewed = directory().supplier(party.name)
        kept = tuple(i for i in found if not reviewed or self._known_numbers.get(i, reviewed) == reviewed)
        if kept != found:
            wrong = next(i for i in found if i not in kept)
            self.report.guess(
                "number of another company, left out: the reviewed name counts",
                f"{party.name}: {wrong} is {self._known_numbers[wrong]}, not {reviewed}",
            )
        return kept

    def _known(self, company: _NamedCompany) -> str | None:
        keys = {company_key(name) for name in company.names}
        said = (self.reviewed.get(key, "") for key in keys)
        decided = {id_ for id_ in said if id_.startswith(SUPPLIER) and ";" not in id_}
        if len(decided) == 1:
            return decided.pop()
        for numbers in (self._numbers, self._known_numbers):
            hits = {numbers[id_] for id_ in company.ids if id_ in numbers}
            if len(hits) == 1:
                return hits.pop()
        hits = {id_ for key in keys for id_ in self._keys.get(key, ())}
        if len(hits) > 1 and not company.ids:  # the one that is known by name only too
            hits = {id_ for id_ in hits if not self.base[id_].company_number and id_ not in self._numbers.values()}
        if len(hits) == 1:
            hit = hits.pop()
            theirs = self.base[hit].company_number
            if not (theirs and company.numbers and theirs not in company.numbers):
                return hit
            self.report.guess(
                "same name, other company number: kept apart",
                f"{company.best_name}: {company.numbers[0]}, not {theirs}",
            )
            return None
        hits = {id_ for key in keys if (id_ := directory().supplier(key))}
        if not hits and not company.numbers:
            return self._behind(company)
        if len(hits) == 1:
            hit = hits.pop()
            if company.numbers and hit in directory().numbers.values():
                self.report.guess(
                    "company number not known of this supplier, joined by its reviewed name",
                    f"{company.best_name}: {company.numbers[0]} -> {hit}",
                )
            return hit
        return None

    def _behind(self, company: _NamedCompany) -> str | None:
        """The known supplier whose name is left when what finance systems add is taken off."""
        found = {name: known for name in company.names if (known := self._names.behind(name))}
        if len({id_ for id_, _ in found.values()}) != 1:
            return None
        for name, (id_, left) in sorted(found.items()):
            self.report.guess("supplier found after leaving out part of its name", f"{name!r} read as {left!r}: {id_}")
        return next(iter(found.values()))[0]

    def _join_by_name(self, companies: list[_NamedCompany]) -> None:
        by_key: dict[str, list[_NamedCompany]] = defaultdict(list)
        for company in companies:
            for key in {company_key(name) for name in company.names}:
                by_key[key].append(company)
        for company in companies:
            if company.id is not None or company.numbers:
                continue
            near = [c for key in {company_key(n) for n in company.names} for c in by_key[key] if c is not company]
            platform = any(id_.startswith("GB-PPON") for id_ in company.ids)
            sure = {
                id(c): c
                for c in near
                if (c.ids or c.id) and not (platform and any(id_.startswith("GB-PPON") for id_ in c.ids))
            }
            ids = {c.id for c in sure.values()}
            if len(sure) == 1 or (len(ids) == 1 and None not in ids):
                other = next(iter(sure.values()))
                if other.id is None:
                    self._make(other)
                company.id = other.id
            elif len(sure) > 1:
                self.report.guess("name of several companies: kept apart from all of them", company.best_name)

    def _make(self, company: _NamedCompany) -> None:
        if company.id is not None:
            return
        name = company.best_name
        base = f"{SUPPLIER}:{slug(company_key(name))}"
        taken = self._taken
        id_ = base
        if id_ in taken and company.numbers:
            id_ = f"{base}-{company.numbers[0].lower()}"
        counter = 2
        while id_ in taken:
            id_, counter = f"{base}-{counter}", counter + 1
        company.id = id_
        self.fresh.add(id_)
        self._taken.add(id_)
        if not company.numbers:
            self.report.unmatched_suppliers[name] += sum(company.names.values())

    def _entity(self, id_: str, company: _NamedCompany) -> Entity:
        old = self.base.get(id_) or directory().entities.get(id_)
        name = old.name if old else company.best_name
        aliases = list(old.aliases) if id_ in self.base and old else []
        seen = {company_key(word) for word in (name, *aliases)}
        for other in sorted(company.names):
            if company_key(other) not in seen:
                seen.add(company_key(other))
                aliases.append(other.replace(";", ","))
        number = old.company_number if old else None
        if not number and len(company.numbers) == 1 and not (old and id_ in directory().entities):
            number = company.numbers[0]
        aliases += [i for i in sorted(company.ids) if i != f"GB-COH-{number}" and i not in aliases]
        return Entity(id_, SUPPLIER, name, tuple(aliases), company_number=number)
