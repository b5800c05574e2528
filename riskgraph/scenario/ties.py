"""Changes of who depends on whom: cut, lose, leave, join, switch, insource, purge."""

from __future__ import annotations

from dataclasses import replace

from riskgraph.errors import RiskGraphError
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    ORGANISATIONS,
    PRODUCT,
    SHARED_SERVICE,
    STORE,
    SUPPLIER,
    SYSTEM,
    Entity,
    Grade,
)
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.scenario.dependence import Tie
from riskgraph.scenario.draft import Draft, verb
from riskgraph.scenario.findings import Leaving, Purging
from riskgraph.scenario.model import Field

__all__ = ["AREA"]

AREA = Field("area", "only in this service area", "area", many=True, option="--area", required=False)
_WHICH = replace(AREA, says="only in this service area; needed where several would move", asked=True)
_RUN = frozenset({SYSTEM, STORE, ENVIRONMENT})
_USE, _SERVES = relations_that(Trait.USE), relations_that(Trait.SERVES)
_RUN_BY = relations_that(Trait.OPERATES, Trait.HOSTS)
_BOUGHT_IN = relations_that(Trait.SUPPLIES, Trait.SUBCONTRACTS, Trait.SERVES)


@verb(
    "cut",
    Field("a", "who depends, or `everybody`", everybody=True),
    Field("b", "the provider, or the other end of a link"),
    AREA,
    examples=(
        "cut 'East Kent Services' civica --as-of 2024-01-18",
        "cut westminster 'RBKC shared IT' --data seeds",
        "cut everybody capita --area revenues-benefits --data seeds --format csv",
    ),
)
def _cut(draft: Draft) -> None:
    """Sever what ties A to B: access, links, hosting and services end; data already there may stay there."""
    b, areas = draft.body("b"), draft.areas("b")
    a = None if draft.everybody("a") else draft.body("a")
    ties = draft.ties(a, b, areas)
    if not ties and a is not None and (other := draft.ties(b, a, areas)):
        ties, a, b = other, b, a
    if not ties:
        raise draft.no_tie(a, b, areas)
    # software on the user's own servers runs on without its maker
    cut = [tie for tie in ties if tie.row.provider == b or b == tie.row.dependent or not draft.hosted_by_user(tie)]
    if not cut:
        raise RiskGraphError(
            f"What {draft.name(b)} makes runs on the own servers of those who use it: there is no link to cut.",
            "Use switch, to stop using it.",
        )
    draft.end_ties(cut)
    draft.about(b)
    if any(tie.row.relation in relations_that(Trait.BOTH_WAYS) for tie in ties) and a is not None:
        draft.about(a)
    draft.focus.update(dict.fromkeys(draft.councils([a] if a is not None else [])))


@verb(
    "lose",
    Field("bodies", "what fails", many=True),
    examples=(
        "lose civica capita",
        "lose 'East Kent Services' --like outage --data seeds",
        "lose oracle ivanti --like malicious-update --data seeds --format json",
    ),
)
def _lose(draft: Draft) -> None:
    """Suppose that all of these fail at once."""
    for text in draft.texts("bodies"):
        draft.lost[draft.graph.names.resolve(text)] = None


@verb(
    "leave",
    Field("council", "who leaves"),
    Field("service", "the shared service"),
    AREA,
    examples=(
        "leave thanet 'East Kent Services'",
        "leave dover 'East Kent Services' --like ransomware --data seeds",
        "leave thanet 'East Kent Services' then purge thanet 'East Kent Services' --data seeds --format table",
    ),
)
def _leave(draft: Draft) -> None:
    """A council leaves a shared service, with all that the service runs or hosts for it."""
    council, service = draft.body("council"), draft.body("service")
    runs = {
        step.dependent
        for step in draft.steps
        if step.in_force
        and step.provider == service
        and step.relation in _RUN_BY
        and draft.kind(step.dependent) in _RUN
    }
    areas = draft.areas("service")
    ties = [tie for thing in (service, *sorted(runs)) for tie in draft.ties(council, thing, areas)]
    if not ties:
        raise draft.no_tie(council, service, areas)
    draft.end_ties(ties)
    draft.about(service)
    draft.focus.update(dict.fromkeys(draft.councils([council])))
    behind = [s for s in draft.steps if s.in_force and s.dependent == service and not s.implied]
    mine = {s.provider for s in draft.steps if s.in_force and s.dependent == council}
    remain = [s.row.id for s in behind if s.provider == council]
    remain += [
        s.row.id
        for s in draft.steps
        if s.in_force
        and s.relation in relations_that(Trait.GOVERNS)
        and s.dependent == council
        and s.provider == service
    ]
    ended = {tie.row.id for tie in ties}
    after = draft.overlay.relations
    remain += sorted(id_ for id_ in ended if id_ in after and after[id_].data_returned != "yes" and _keeps(draft, id_))
    draft.findings.append(
        Leaving(
            council,
            service,
            tuple(sorted({(tie.step.area, tie.row.provider) for tie in ties}, key=str)),
            tuple(s.row.id for s in behind if draft.kind(s.provider) == SUPPLIER and s.relation in _BOUGHT_IN),
            tuple(remain),
            tuple(sorted({s.provider for s in behind if draft.kind(s.provider) == SUPPLIER} & mine)),
        )
    )


def _keeps(draft: Draft, row: str) -> bool:
    """Whether data may stay with the provider after the end of a row."""
    step = next(step for step in draft.steps if step.row.id == row and not step.implied)
    return step.line.retains and step.data.text != "none"


@verb(
    "join",
    Field("council", "who joins"),
    Field("service", "the shared service"),
    AREA,
    examples=(
        "join ashford 'East Kent Services'",
        "join essex 'East Kent Services' --data seeds",
        "join essex 'East Kent Services' --area revenues-benefits --data seeds --format json",
    ),
)
def _join(draft: Draft) -> None:
    """A council joins a shared service, in the areas in which the service serves others or in those given."""
    council, service = draft.body("council"), draft.body("service", ORGANISATIONS)
    if council == service:
        raise RiskGraphError(f"{draft.name(council)} cannot join itself.", "Name a council and a shared service.")
    serves = {
        step.area: None
        for step in draft.steps
        if step.in_force and step.provider == service and step.relation in _SERVES and step.dependent != council
    }
    areas: list[str | None] = [*sorted(draft.areas())]
    areas = areas or sorted(serves, key=lambda area: (area is None, area or ""))
    for area in areas or [None]:
        draft.overlay.suppose(council, "served-by", service, area)
    draft.about(service)
    draft.focus.update(dict.fromkeys(draft.councils([council])))


@verb(
    "switch",
    Field("council", "who moves, or `everybody`", everybody=True),
    Field("old", "the provider, system or product that is left"),
    Field("new", "the one that takes its place"),
    _WHICH,
    examples=(
        "switch everybody civica nec-software-solutions-uk --area revenues-benefits",
        "switch everybody capita civica --all --data seeds",
        "switch rochford capita civica then purge rochford capita --data seeds --format table",
    ),
)
def _switch(draft: Draft) -> None:
    """Move from one provider, system or product to another on the same terms; the old one may keep data."""
    new, areas = draft.body("new"), draft.areas("old")
    ties, old = _ended(draft, "old", areas)
    if old == new:
        raise RiskGraphError(f"{draft.name(old)} is both the old and the new.", "Name another one to move to.")
    for tie in ties:
        row = tie.row
        hosted = tie.step.relation in _USE and row.provider != old and row.hosting == "supplier"
        relation = _as(draft, tie, new, hosted)
        if row.dependent != new:
            draft.overlay.carry(row, provider=new, relation=relation, service_area=tie.step.area)
    draft.about(old, new)
    if not draft.everybody("council"):
        draft.focus.update(dict.fromkeys(draft.councils([draft.body("council")])))


def _ended(draft: Draft, field: str, areas: frozenset[str]) -> tuple[list[Tie], str]:
    """End all that ties a council to a provider, and say what was ended."""
    old = draft.body(field)
    council = None if draft.everybody("council") else draft.body("council")
    ties = [tie for tie in draft.ties(council, old, areas) if tie.row.relation not in relations_that(Trait.BOTH_WAYS)]
    if council is None:
        ties = [tie for tie in ties if draft.kind(tie.row.dependent) in ORGANISATIONS]
    if not ties:
        raise draft.no_tie(council, old, areas)
    draft.one_area(council, old, ties)
    draft.end_ties(ties)
    return ties, old


def _as(draft: Draft, tie: Tie, new: str, hosted: bool) -> str:
    """As which relation a tie goes on with another provider."""
    kind = draft.kind(new)
    dependent = draft.kind(tie.row.dependent)
    if kind in {SYSTEM, PRODUCT} and dependent in ORGANISATIONS:
        return "uses"
    if kind == ENVIRONMENT and dependent in {AUTHORITY, SHARED_SERVICE, SYSTEM, STORE, ENVIRONMENT}:
        return "hosted-on"
    if kind == STORE and dependent in ORGANISATIONS:
        return "data-held-by"
    if kind in ORGANISATIONS:
        if kind in rules().pairs[tie.row.relation].providers:
            return tie.row.relation
        return "supplied-by" if kind == SUPPLIER and not hosted else "served-by"
    raise RiskGraphError(
        f"{draft.name(tie.row.dependent)} cannot lean on {draft.name(new)}, a {kind}, in place of {draft.name(tie.other)}.",
        "Name a supplier, a shared service, a system, a product or an environment.",
    )


@verb(
    "insource",
    Field("council", "who takes the work in house", everybody=True),
    Field("supplier", "who did it until now"),
    _WHICH,
    examples=(
        "insource 'barking and dagenham' capita --all",
        "insource south-oxfordshire capita --area revenues-benefits --data seeds",
        "insource everybody capita --all --data seeds --format csv",
    ),
)
def _insource(draft: Draft) -> None:
    """A council takes the work of a supplier in house, onto a system that it runs itself."""
    ties, _ = _ended(draft, "supplier", draft.areas("supplier"))
    systems: dict[tuple[str, str | None], Grade] = {}  # each with how surely the work was done until now
    for tie in ties:
        body, area = tie.row.dependent, tie.step.area
        if draft.kind(body) in ORGANISATIONS:
            system = _own_system(draft, body, area)
            draft.overlay.carry(tie.row, relation="uses", provider=system, service_area=area, hosting=None)
            systems[body, area] = min(tie.step.grade, systems.get((body, area), tie.step.grade))
    for (body, area), grade in systems.items():
        draft.overlay.suppose(_own_system(draft, body, area), "operated-by", body, area, grade)
    if not draft.everybody("council"):
        draft.focus.update(dict.fromkeys(draft.councils([draft.body("council")])))
    draft.about(draft.body("supplier"))


def _own_system(draft: Draft, body: str, area: str | None) -> str:
    """A system of one's own for a service area."""
    id_ = f"{SYSTEM}:{body.partition(':')[2]}-own-{area or 'work'}"
    if id_ in draft.dataset.entities:
        return id_
    name = f"{draft.dataset.name(body)}: own {(area or 'work').replace('-', ' ')} system"
    return draft.overlay.entity(Entity(id_, SYSTEM, name, service_area=(area,) if area else ()))


@verb(
    "purge",
    Field("council", "whose data, or `everybody`", everybody=True),
    Field("supplier", "who holds it, or the store where it lies"),
    examples=(
        "purge rochford 'Capita storage bucket with benefits extracts'",
        "purge rochford capita --like data-theft --data seeds",
        "purge everybody capita --data seeds --format table",
    ),
)
def _purge(draft: Draft) -> None:
    """Data that stayed with a supplier is returned or destroyed; what is in use stays in use."""
    supplier = draft.body("supplier")
    council = None if draft.everybody("council") else draft.body("council")
    made = draft.suppliers_products(supplier)
    holds = {supplier} | {
        s.dependent
        for s in draft.steps
        if s.provider == supplier and s.relation in _RUN_BY and draft.kind(s.dependent) in _RUN
    }
    done: dict[str, None] = {}
    in_use: dict[str, None] = {}
    for step in draft.steps:
        if (council is not None and step.dependent != council) or not step.line.retains:
            continue
        if step.provider not in holds and not (step.relation in _USE and step.provider in made):
            continue
        if not step.in_force:
            if step.row.data_returned != "yes":
                draft.overlay.fill(step.row.id, data_returned="yes")
                done[step.row.id] = None
        elif step.relation in relations_that(Trait.HOLDS):
            draft.overlay.end(step.row.id, data_returned="yes")
            done[step.row.id] = None
        else:
            in_use[step.row.id] = None
    if not done:
        who = "Nobody" if council is None else draft.name(council)
        using = f" {len(in_use)} of its rows are in use, and data in use cannot be purged." if in_use else ""
        raise RiskGraphError(
            f"{who} has no data left behind with {draft.name(supplier)} in this data.{using}",
            f"See what there is: riskgraph show {draft.graph.names.handle(supplier)}",
        )
    held = {draft.dataset.relations[row].provider for row in done}
    draft.about(*sorted(held & holds - {supplier}), *([supplier] if held - (holds - {supplier}) else []))
    if council is not None and draft.kind(council) == AUTHORITY:
        draft.focus[council] = None
    draft.findings.append(Purging(tuple(done), tuple(sorted(set(in_use) - set(done)))))
