"""Changes of bodies: councils that merge or split, suppliers that are bought."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from riskgraph.analysis.contracts import HeldContract, held
from riskgraph.analysis.measure import residents
from riskgraph.analysis.select import Selection
from riskgraph.data.spelling import normalise
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER, Entity, RegisterEntry
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.dependence import merge
from riskgraph.scenario.draft import Draft, verb
from riskgraph.scenario.findings import Merging, Splitting
from riskgraph.scenario.model import Field

_COUNCIL = frozenset({AUTHORITY})
_BOUGHT = frozenset({SUPPLIER, SHARED_SERVICE})
_TWO_TIER = frozenset({"county", "district", "unitary"})
_BROUGHT = relations_that(Trait.MARKET)


@verb(
    "merge",
    Field("councils", "the councils that become one", many=True),
    Field(
        "name",
        "the name of the new council; the successor that the register names, if left out",
        "text",
        option="--as",
        required=False,
    ),
    Field("on", "vesting day; that of the register, if left out", "date", option="--on", required=False),
    examples=(
        "merge canterbury dover thanet 'folkestone and hythe' --as 'East Kent Council' --on 2028-04-01",
        "merge canterbury dover thanet --as 'Coast Council' --on 2028-04-01 --data seeds",
        "merge rochford colchester --as 'North Essex' --on 2028-04 --data seeds --format json",
    ),
)
def _merge(draft: Draft) -> None:
    """Councils become one: their arrangements pass to it; what is duplicated and which contracts end when is told."""
    councils = draft.bodies("councils", _COUNCIL)
    if len(councils) < 2:
        raise RiskGraphError("One council cannot merge with itself.", "Name at least two councils.")
    name, vesting, taken = _planned(draft, councils)
    new = _new_council(draft, name, councils)
    people = residents(draft.dataset, councils)
    known = people.people if people.areas and not people.unknown else None
    entries = [draft.dataset.register[c] for c in councils if c in draft.dataset.register]
    draft.overlay.register(
        RegisterEntry(
            new,
            name=name,
            short_name=name,
            kind=_class(draft, councils),
            nation=_common(entry.nation for entry in entries),
            region=_common(entry.region for entry in entries),
            population=known,
            population_source="the sum of the councils that merge" if known is not None else None,
        )
    )
    _planned_end(draft, councils, (new,), vesting)
    duplicates = _duplicates(draft, councils)
    internal = merge(draft.overlay, draft.graph.settled(draft.view), councils, new)
    draft.ask(councils, ((new,),))
    draft.focus[new] = None
    draft.findings.append(
        Merging(
            councils,
            new,
            vesting,
            duplicates,
            tuple(_contracts(draft, councils, vesting)),
            internal,
            known,
            taken,
        )
    )


def _planned(draft: Draft, councils: tuple[str, ...]) -> tuple[str, date, tuple[str, ...]]:
    """Name and vesting day of a merger as it was written, else as the register has it; and what is from there."""
    entries = [draft.dataset.register.get(council) for council in councils]
    heirs = {() if entry is None else entry.successors for entry in entries}
    heir = next(iter(heirs))[0] if len(heirs) == 1 and len(next(iter(heirs))) == 1 else None
    given, day = draft.texts("name"), draft.texts("on")
    name = draft.text("name") if given else "" if heir is None else draft.name(heir)
    vesting = _vesting(draft, councils)
    needs = [] if name else ["the name of the new council (--as)"]
    needs += [] if vesting is not None else ["vesting day (--on)"]
    if not name or vesting is None:
        said = " ".join(map(draft.graph.names.handle, councils))
        on = "2028-04-01" if vesting is None else vesting.isoformat()
        raise RiskGraphError(
            f"A merger needs {' and '.join(needs)}: the register does not say.",
            f'Such as: riskgraph whatif merge {said} --as "{name or "New Council"}" --on {on}',
        )
    return name, vesting, tuple(what for what, there in (("name", given), ("vesting day", day)) if not there)


def _vesting(draft: Draft, councils: tuple[str, ...]) -> date | None:
    """Vesting day as it was written, else the day after the one on which the register has all of them end."""
    if draft.texts("on"):
        return draft.day("on")
    register = draft.dataset.register
    end = _common(register[one].planned_end if one in register else None for one in councils)
    return None if end is None else last_day(end) + timedelta(days=1)


def _new_council(draft: Draft, name: str, councils: tuple[str, ...]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", normalise(name)).strip("-")
    if not slug:
        raise RiskGraphError(f"{name!r} is no name for a council.", "Write it in letters and digits.")
    id_ = f"{AUTHORITY}:{slug}"
    if id_ in draft.dataset.entities:
        raise RiskGraphError(f"There is a {name} in this data already ({id_}).", "Give the new council another name.")
    draft.overlay.entity(Entity(id_, AUTHORITY, name, authority_type=_class(draft, councils)))
    return id_


def _class(draft: Draft, councils: tuple[str, ...]) -> str | None:
    """The class of what comes of some councils: that of all of them; a unitary of two tiers; else not known."""
    classes = {draft.dataset.entities[council].authority_type for council in councils}
    if classes <= _TWO_TIER:
        return "unitary"
    return classes.pop() if len(classes) == 1 else None


def _common(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _planned_end(draft: Draft, councils: tuple[str, ...], successors: tuple[str, ...], vesting: date) -> None:
    """The register says when the old end and who follows; that they have no rows any more keeps them out."""
    last = (vesting - timedelta(days=1)).isoformat()
    for council in councils:
        entry = draft.dataset.register.get(council)
        if entry is not None:
            draft.overlay.register(replace(entry, planned_end=last, successors=successors))


def _duplicates(draft: Draft, councils: tuple[str, ...]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Areas in which the councils bring different providers: area to provider to those who bring it."""
    brought: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for step in draft.steps:
        if step.in_force and not step.implied and step.dependent in councils and step.relation in _BROUGHT:
            if step.area is not None and step.provider not in councils:
                brought[step.area][step.provider].add(step.dependent)
    return {
        area: {provider: tuple(sorted(who)) for provider, who in sorted(found.items())}
        for area, found in sorted(brought.items())
        if len(found) > 1 and len(set().union(*found.values())) > 1
    }


def _contracts(draft: Draft, councils: tuple[str, ...], vesting: date) -> list[HeldContract]:
    """The contracts of some councils against vesting day, as `riskgraph contracts` tells them."""
    members = Selection(draft.graph, members=frozenset(councils))
    return held(draft.graph, draft.view, members, vesting)[0]


@verb(
    "split",
    Field("council", "the council that is divided"),
    Field("into", "the name of each new council", "text", many=True, option="--into"),
    Field("on", "vesting day; that of the register, if left out", "date", option="--on", required=False),
    examples=(
        "split surrey --into 'East Surrey' --into 'West Surrey' --on 2027-04-01",
        "split essex --into 'North Essex' --into 'South Essex' --on 2028-04-01 --data seeds",
        "split thanet --into Margate --into Ramsgate --on 2028-04-01 --data seeds --format csv",
    ),
)
def _split(draft: Draft) -> None:
    """One council becomes several: which of them takes what over is not known, so each may have all of it."""
    council = draft.body("council", _COUNCIL)
    names = draft.texts("into")
    if len(set(map(normalise, names))) < 2:
        raise RiskGraphError("A council is split into at least two.", "Give --into for each new council.")
    vesting = _vesting(draft, (council,))
    if vesting is None:
        said = " ".join(f'--into "{name}"' for name in names)
        raise RiskGraphError(
            "A split needs vesting day (--on): the register does not say.",
            f"Such as: riskgraph whatif split {draft.graph.names.handle(council)} {said} --on 2028-04-01",
        )
    into = tuple(_new_council(draft, name, (council,)) for name in names)
    old = draft.dataset.register.get(council)
    for id_, name in zip(into, names, strict=True):
        draft.overlay.register(
            RegisterEntry(
                id_,
                name=name,
                short_name=name,
                kind=_class(draft, (council,)),
                nation=None if old is None else old.nation,
                region=None if old is None else old.region,
            )
        )
    _planned_end(draft, (council,), into, vesting)
    rows = draft.overlay.split(council, into)
    draft.ask((council,), tuple((id_,) for id_ in into))
    draft.focus.update(dict.fromkeys(into))
    draft.findings.append(Splitting(council, into, vesting, rows, () if draft.texts("on") else ("vesting day",)))


@verb(
    "buys",
    Field("buyer", "who buys"),
    Field("bought", "the supplier that is bought"),
    examples=(
        "buys nec-software-solutions-uk civica",
        "buys capita civica --data seeds",
        "buys capita civica --like insolvency --data seeds --format json",
    ),
)
def _buys(draft: Draft) -> None:
    """One supplier buys another: what they share from then on is not known, so it cannot be ruled out."""
    buyer, bought = draft.body("buyer"), draft.body("bought", _BOUGHT)
    if buyer == bought:
        raise RiskGraphError(f"{draft.name(buyer)} cannot buy itself.", "Name two suppliers.")
    for step in draft.steps:
        owned = step.relation in relations_that(Trait.OWNS) and step.dependent == bought
        if owned and step.in_force and step.provider != buyer:
            draft.overlay.end(step.row.id)
    draft.overlay.suppose(bought, "owned-by", buyer)
    draft.about(buyer, bought)
    draft.ask((buyer, bought), ((buyer, bought),))
    lines = draft.graph.settled(draft.view).lines
    both = set(lines.get(buyer, ())) & set(lines.get(bought, ()))
    draft.areas_touched.update(dict.fromkeys(sorted(area for area in both if area is not None)))
