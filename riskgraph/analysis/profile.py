"""`show` and `list`: what is known about one body, and all bodies of a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.contracts import Buyers
from riskgraph.analysis.measure import counts
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.supplier import SupplierSide, supplier_side
from riskgraph.errors import RiskGraphError
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER, Entity, RegisterEntry
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step, View

__all__ = ["ListedEntity", "Listing", "Profile", "list_bodies", "profile"]


_AREA = Column("area", "service area; empty: not known")


@dataclass(frozen=True)
class Profile(Answer, Pictured):
    """Everything known about one body or place, both directions."""

    form: ClassVar = Form(
        "show",
        "Everything known about one body or place: what it depends on, who depends on it, what ended.",
        ("view", "scope"),
        (
            Column("id", "its id"),
            Column("kind", "its kind"),
            Column("name", "its name"),
            Column("aliases", "other names of it", "list"),
            Column("successors", "ids of its successors, if it no longer exists", "list"),
            Column("incidents", "ids of the incidents in which it has a part", "list"),
            Column("not_counted", "ids of its rows that have not begun, or are not counted at the date", "list"),
            Column("leaves", "of a supplier: public bodies that would have to find another if it left", "integer"),
            Column("partners", "of a supplier: ids of organisations that it leans on, or that own it", "list"),
            Column("products", "of a supplier: ids of its products", "list"),
        ),
        (
            TableForm(
                "relations",
                "one relation of it",
                (
                    Column("direction", "depends on, is depended on by, or ended"),
                    Column("dependent", "id of who depends"),
                    Column("dependent_name", "its name"),
                    Column("relation", "kind of relation"),
                    Column("provider", "id of what it depends on"),
                    Column("provider_name", "its name"),
                    _AREA,
                    Column("grade", "how well it is evidenced, as it has aged: confirmed, reported, inferred or unknown"),
                    Column("last_seen", "when it was last evidenced: a day, month or year; empty: not known", "date"),
                    Column("by_law", "whether a class rule says so and nobody observed it", "flag"),
                    Column("since", "day, month or year in which it began, as the data give it"),
                    Column("until", "day, month or year in which it ended or will end, as the data give it"),
                    Column("rows", "ids of the rows that say so", "list"),
                    Column("evidence", "ids of their evidence", "list"),
                ),
                ("direction", "dependent_name", "relation", "provider_name", "area", "grade", "last_seen", "until"),
            ),
            TableForm("lines", "one of its lines of business", (_AREA, Column("bodies", "bodies that lean on it there", "integer"))),
            TableForm("suffers", "how many public bodies would suffer if this supplier failed", (Column("kind", "kind of failure"), Column("band", "how surely", "band"), Column("bodies", "how many", "integer"))),
            TableForm(
                "competition",
                "one of the largest lines of business of this supplier; only councils whose supplier is known count",
                (
                    _AREA,
                    Column("councils", "principal councils that it serves", "integer"),
                    Column("share", "its share of them", "number", "per cent"),
                    Column("known", "share of councils whose supplier is known", "number", "per cent"),
                    Column("others", "ids of other suppliers, the largest first", "list"),
                ),
            ),
        ),
    )  # fmt: skip

    graph: RiskGraph
    question: Question
    entity: Entity
    register: RegisterEntry | None
    depends_on: tuple[Step, ...]  # in force
    depended_on_by: tuple[Step, ...]  # in force
    ended: tuple[Step, ...]  # either direction, no longer in force
    future: tuple[str, ...]  # ids of rows that have not begun or are not counted
    successors: tuple[str, ...]
    lines: Mapping[str | None, int]  # area to the bodies that lean on it, of an organisation
    incidents: tuple[str, ...]

    @property
    def view(self) -> View:
        """As of when, and knowing what."""
        return self.question.view

    @cached_property
    def side(self) -> SupplierSide | None:
        """What matters of a supplier or shared service besides; worked out when it is asked for."""
        served = self.entity.kind in {SUPPLIER, SHARED_SERVICE}
        return supplier_side(self.graph, self.entity.id, self.question) if served else None

    def seen(self, step: Step) -> str | None:
        """When a relation was last evidenced: a day, a month or a year; of a product, its use."""
        return last_evidenced(self.graph.dataset, step.row, self.view)

    def old(self, step: Step) -> bool:
        """Whether that is more than five years ago, and it does not say itself how long it holds."""
        return self.graph.settled(self.view).weighed.old(step.row)

    @cached_property
    def users(self) -> Mapping[str, tuple[Step, ...]]:
        """Public bodies that depend on it directly, each with the relations by which they do."""
        users: dict[str, list[Step]] = defaultdict(list)
        for step in self.depended_on_by:
            if step.relation in relations_that(Trait.LEANS, Trait.BOTH_WAYS):
                if counts(self.graph.dataset, step.dependent, self.view.as_of):
                    users[step.dependent].append(step)
        return {body: tuple(steps) for body, steps in users.items()}

    def fact_values(self) -> Mapping[str, Value]:
        """What it is, and of a supplier who would have to replace it."""
        side = self.side
        return {
            "id": self.entity.id,
            "kind": self.entity.kind,
            "name": self.entity.name,
            "aliases": self.entity.aliases,
            "successors": self.successors,
            "incidents": self.incidents,
            "not_counted": self.future,
            "leaves": None if side is None else side.leaves,
            "partners": () if side is None else side.partners,
            "products": () if side is None else side.products,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """Its relations, its lines, and of a supplier who suffers and who else could do its work."""
        if table == "relations":
            return self._relations()
        if table == "lines":
            return self.lines.items()
        side = self.side
        if side is None:
            return []
        if table == "suffers":
            return [(kind, band, n) for kind, found in side.suffers.items() for band, n in found.items()]
        return [
            (one.area, one.councils, round(one.share, 1), round(one.known, 1), one.others) for one in side.competition
        ]

    def _relations(self) -> Iterator[Row]:
        entities = self.graph.dataset.entities
        parts = {"depends on": self.depends_on, "is depended on by": self.depended_on_by, "ended": self.ended}
        for direction, steps in parts.items():
            for step in steps:
                yield (
                    direction,
                    step.dependent,
                    entities[step.dependent].name,
                    step.relation,
                    step.provider,
                    entities[step.provider].name,
                    step.area,
                    step.grade.word,
                    self.seen(step),
                    step.by_law,
                    step.row.valid_from,
                    step.row.valid_to,
                    [row.id for row in step.rows],
                    sorted({item for row in step.rows for item in row.evidence}),
                )

    def __repr__(self) -> str:
        return (
            f"<Profile of {self.entity.id}: depends on {len(self.depends_on)}, "
            f"depended on by {len(self.depended_on_by)}>"
        )


def profile(graph: RiskGraph, name: str, **asking: Unpack[Asking]) -> Profile:
    """Everything known about one body or place.

    Parameters
    ----------
    graph
        The map to read.
    name
        Its name or id.
    asking
        The view and the scope, by which those who depend on it are limited; see
        `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Profile
        Its relations in both directions, and what ended.

    Raises
    ------
    NameNotFound, AmbiguousName
        If the name is not one body's.

    Examples
    --------
    >>> shown = profile(RiskGraph.open("seeds"), "east kent services")
    >>> sorted({step.dependent for step in shown.depended_on_by})
    ['authority:canterbury', 'authority:dover', 'authority:thanet']
    """
    question = Question.of(graph, **asking)
    id_ = graph.names.resolve(name).partition("/")[0]
    dataset, settled = graph.dataset, graph.settled(question.view)
    chosen, buyers = question.selection, Buyers(graph, question.view, question.selection)
    mine = [
        step
        for step in settled.steps
        if (step.dependent == id_ and chosen.has_area(step.area))
        or (step.provider == id_ and buyers.hold(step.dependent, step.area))
    ]
    stated = [step for step in mine if not step.implied]
    counted = {step.row.id for step in stated}
    rows = [
        row
        for row in dataset.relations.values()
        if id_ in {row.dependent, row.provider}
        and (row.dependent == id_ or buyers.hold(row.dependent, row.service_area))
    ]
    entry = dataset.register.get(id_)
    leaning: dict[str | None, set[str]] = defaultdict(set)
    for step in mine:
        if step.provider == id_ and step.in_force and step.relation in relations_that(Trait.LEANS):
            leaning[step.area].add(step.dependent)
    return Profile(
        graph,
        question,
        dataset.entities[id_],
        entry,
        tuple(step for step in stated if step.dependent == id_ and step.in_force),
        tuple(step for step in mine if step.provider == id_ and step.in_force),
        tuple(step for step in stated if not step.in_force),
        tuple(row.id for row in rows if row.id not in counted and not row.by_law),
        () if entry is None else entry.successors,
        {area: len(found) for area, found in sorted(leaning.items(), key=lambda item: (-len(item[1]), item[0] or "~"))},
        tuple(
            incident.incident_id
            for incident in dataset.incidents.values()
            if any(origin.partition("/")[0] == id_ for origin in incident.origins)
            or any(
                effect.organisation == id_ and effect.incident_id == incident.incident_id for effect in dataset.effects
            )
        ),
    )


@dataclass(frozen=True, slots=True)
class ListedEntity:
    """One body of a listing and how much leans on it, directly, at the date."""

    id: str
    name: str
    kind: str
    dependents: int  # bodies and places that depend on it directly
    authorities: int  # of these, authorities
    by_law: int  # public bodies besides that depend on it by law, and of which nobody observed it
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Listing(Answer, Pictured):
    """Bodies and places of a kind, those that most leans on first."""

    form: ClassVar = Form(
        "list",
        "Bodies and places of the map, those that most depends on first.",
        ("view", "scope"),
        (Column("kind", "kind that was asked for"),),
        (
            TableForm(
                "bodies",
                "a body or place",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("kind", "its kind"),
                    Column("dependents", "bodies and places that depend on it directly", "integer"),
                    Column("authorities", "public bodies among these", "integer"),
                    Column("by_law", "public bodies besides that depend on it by law, not observed", "integer"),
                    Column("areas", "service areas in which they do", "list"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    kind: str | None
    bodies: tuple[ListedEntity, ...]

    def fact_values(self) -> Mapping[str, Value]:
        """The kind that was asked for."""
        return {"kind": self.kind}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each body or place."""
        return [
            (one.id, one.name, one.kind, one.dependents, one.authorities, one.by_law, one.areas) for one in self.bodies
        ]

    def __repr__(self) -> str:
        return f"<Listing of {self.kind or 'everything'}: {len(self.bodies)} rows>"


ENTITY_KINDS = ("authority", "supplier", "shared-service", "environment", "system", "product", "store")


def list_bodies(graph: RiskGraph, kind: str | None = None, **asking: Unpack[Asking]) -> Listing:
    """Bodies and places of a kind (all of them if it is left out), with how much leans on each.

    With a scope, only what somebody of it leans on, and only those users count.

    Raises
    ------
    RiskGraphError
        If there is no such kind.

    Examples
    --------
    >>> listing = list_bodies(RiskGraph.open("seeds"), "store", as_of="2023-05-15")
    >>> [(row.name, row.authorities) for row in listing.bodies]
    [('Capita storage bucket with benefits extracts', 8)]
    """
    wanted = None if kind is None else kind.removesuffix("s").replace("authoritie", "authority").replace(" ", "-")
    wanted = {"council": AUTHORITY, "shared-service": "shared-service"}.get(wanted or "", wanted)
    if wanted is not None and wanted not in ENTITY_KINDS:
        raise RiskGraphError(f"There is no kind {kind!r}.", f"Use one of: {', '.join(ENTITY_KINDS)}.")
    question = Question.of(graph, **asking)
    view, chosen = question.view, question.selection
    buyers = Buyers(graph, view, chosen)
    leaning: dict[str, set[str]] = defaultdict(set)
    by_law: dict[str, set[str]] = defaultdict(set)
    areas: dict[str, set[str]] = defaultdict(set)
    for step in graph.settled(view).steps:
        if (
            step.in_force
            and step.relation not in relations_that(Trait.GOVERNS)
            and buyers.hold(step.dependent, step.area)
        ):
            (by_law if step.by_law else leaning)[step.provider].add(step.dependent)
            if step.area is not None:
                areas[step.provider].add(step.area)
    entities = graph.dataset.entities
    rows = [
        ListedEntity(
            entity.id,
            entity.name,
            entity.kind,
            len(leaning[entity.id]),
            sum(1 for body in leaning[entity.id] if entities[body].kind == AUTHORITY),
            len(by_law[entity.id] - leaning[entity.id]),
            tuple(area for area in rules().areas if area in areas[entity.id]),
        )
        for entity in entities.values()
        if (wanted is None or entity.kind == wanted)
        and (
            chosen.holds(entity.id)
            if entity.kind == AUTHORITY
            else not chosen or leaning[entity.id] or by_law[entity.id]
        )
    ]
    rows.sort(key=lambda row: (-row.dependents, row.name))
    return Listing(graph, question, wanted, tuple(rows))
