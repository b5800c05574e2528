"""`show` and `list`: what is known about one body, and all bodies of a kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.question import Asking, Question
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Entity, RegisterEntry
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ListedEntity", "Listing", "Profile", "list_bodies", "profile"]


@dataclass(frozen=True)
class Profile(Pictured):
    """Everything known about one body or place, both directions."""

    graph: RiskGraph
    view: View
    entity: Entity
    register: RegisterEntry | None
    depends_on: tuple[Step, ...]  # in force
    depended_on_by: tuple[Step, ...]  # in force
    ended: tuple[Step, ...]  # either direction, no longer in force
    future: tuple[str, ...]  # ids of rows that have not begun or are not counted
    successors: tuple[str, ...]
    lines: Mapping[str | None, int]  # area to the bodies that lean on it, of an organisation
    incidents: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"<Profile of {self.entity.id}: depends on {len(self.depends_on)}, "
            f"depended on by {len(self.depended_on_by)}>"
        )

    def to_frame(self) -> pd.DataFrame:
        """Its relations as a table: direction, relation, other, area, since, until, grade."""
        import pandas as pd

        rows = [
            (
                direction,
                step.relation,
                getattr(step, other),
                step.area,
                step.row.valid_from,
                step.row.valid_to,
                step.grade.word,
            )
            for direction, steps, other in (
                ("depends on", self.depends_on, "provider"),
                ("is depended on by", self.depended_on_by, "dependent"),
            )
            for step in steps
        ]
        return pd.DataFrame(rows, columns=["direction", "relation", "other", "area", "since", "until", "grade"])


def profile(graph: RiskGraph, name: str, *, as_of: str | date | None = None) -> Profile:
    """Everything known about one body or place.

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
    id_ = graph.names.resolve(name).partition("/")[0]
    view = graph.view(as_of)
    dataset, settled = graph.dataset, graph.settled(view)
    mine = [step for step in settled.steps if id_ in {step.dependent, step.provider}]
    stated = [step for step in mine if not step.implied]
    counted = {step.row.id for step in stated}
    rows = [row for row in dataset.relations.values() if id_ in {row.dependent, row.provider}]
    entry = dataset.register.get(id_)
    leaning: dict[str | None, set[str]] = defaultdict(set)
    for step in mine:
        if step.provider == id_ and step.in_force and step.relation in relations_that(Trait.LEANS):
            leaning[step.area].add(step.dependent)
    return Profile(
        graph,
        view,
        dataset.entities[id_],
        entry,
        tuple(step for step in stated if step.dependent == id_ and step.in_force),
        tuple(step for step in mine if step.provider == id_ and step.in_force),
        tuple(step for step in stated if not step.in_force),
        tuple(row.id for row in rows if row.id not in counted),
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
        return [(one.id, one.name, one.kind, one.dependents, one.authorities, one.areas) for one in self.bodies]

    def __repr__(self) -> str:
        return f"<Listing of {self.kind or 'everything'}: {len(self.bodies)} rows>"


ENTITY_KINDS = ("authority", "supplier", "shared-service", "environment", "system", "product", "store")


def list_bodies(graph: RiskGraph, kind: str | None = None, **asking: Unpack[Asking]) -> Listing:
    """Bodies and places of a kind (all of them if it is left out), with how much leans on each.

    Raises
    ------
    RiskGraphError
        If there is no such kind.

    Examples
    --------
    >>> listing = list_bodies(RiskGraph.open("seeds"), "store")
    >>> [(row.name, row.authorities) for row in listing.bodies]
    [('Capita storage bucket with benefits extracts', 8)]
    """
    wanted = None if kind is None else kind.removesuffix("s").replace("authoritie", "authority").replace(" ", "-")
    wanted = {"council": AUTHORITY, "shared-service": "shared-service"}.get(wanted or "", wanted)
    if wanted is not None and wanted not in ENTITY_KINDS:
        raise RiskGraphError(f"There is no kind {kind!r}.", f"Use one of: {', '.join(ENTITY_KINDS)}.")
    question = Question.of(graph, **asking)
    view = question.view
    leaning: dict[str, set[str]] = defaultdict(set)
    areas: dict[str, set[str]] = defaultdict(set)
    for step in graph.settled(view).steps:
        if step.in_force and step.relation not in relations_that(Trait.GOVERNS):
            leaning[step.provider].add(step.dependent)
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
            tuple(area for area in rules().areas if area in areas[entity.id]),
        )
        for entity in entities.values()
        if (wanted is None or entity.kind == wanted)
        and (entity.kind != AUTHORITY or question.selection.holds(entity.id))
    ]
    rows.sort(key=lambda row: (-row.dependents, row.name))
    return Listing(graph, question, wanted, tuple(rows))
