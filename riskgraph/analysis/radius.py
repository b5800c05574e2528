"""The values of a blast radius: who is reached, in which kinds and bands, by which route."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.measure import Residents, Services, bands_in, is_past, own_bands, residents
from riskgraph.analysis.proofs import Proof
from riskgraph.analysis.question import Question
from riskgraph.analysis.select import Selection, nothing_recorded
from riskgraph.analysis.triage import AreaCoverage, Tier, coverage, first_band
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.model import KINDS, Band, FailureKind, Relation
from riskgraph.pictured import Pictured
from riskgraph.settle import View

__all__ = ["SHOWN_BANDS", "BlastRadius", "Hit", "OpenQuestion", "Reach", "Route", "Way"]

SHOWN_BANDS = (Band.DOCUMENTED, Band.LIKELY, Band.POSSIBLE)


class Route(StrEnum):
    """By which way a body is reached."""

    ROOT = "itself"
    DIRECT = "direct"
    SHARED_SERVICE = "through a shared service"
    ENVIRONMENT = "through a shared environment"
    SYSTEM = "through a shared system"
    COUNCIL = "through another council"
    SUBCONTRACTOR = "through a subcontractor"
    PRODUCT = "through a product"
    SUPPLIER = "through another supplier"
    PAST = "past relationship"


@dataclass(frozen=True, slots=True)
class Hit:
    """One failure kind at one body: how surely, how far, and the surest and shortest proof."""

    band: Band
    hops: int
    proof: Proof


@dataclass(frozen=True, slots=True)
class Way:
    """A line of business of a root by which a body is reached, and the route from there."""

    area: str | None
    route: Route
    first: str | None  # the body or place through which it leads, if not directly


@dataclass(frozen=True, slots=True)
class Reach:
    """One body that is reached."""

    id: str
    name: str
    kinds: Mapping[FailureKind, Hit]
    services: Services
    root: bool
    route: Route
    ways: tuple[Way, ...]  # one for each line of business of the roots by which it is reached, at least
    first: str | None  # the body or place through which it is reached, if not directly
    also: tuple[str, ...]  # shared services and environments that could carry harm here besides
    in_force: Band | None  # the best band by ways that have not ended; None: all have
    seen: (
        str | None
    )  # when the oldest fact of the surest way was last evidenced: a day, a month or a year; None: not known
    by_law: bool  # a fact of the surest way holds by law and was not observed
    ended: str | None  # when the surest way ended, if it has and that is known
    holder: str | None  # with whom data were left behind, if the surest way has ended
    counting: frozenset[FailureKind]  # the kinds by which it counts as reached
    successors: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str | None, ...]:
        """The root's lines of business by which it is reached."""
        return tuple(dict.fromkeys(way.area for way in self.ways))

    @property
    def counted(self) -> Mapping[FailureKind, Hit]:
        """Its hits in the kinds by which a body counts as reached; empty if only altered software could reach it."""
        return {kind: hit for kind, hit in self.kinds.items() if kind in self.counting}

    @property
    def band(self) -> Band:
        """The best band of the kinds that count; of altered software, if nothing else could reach it."""
        return min(hit.band for hit in (self.counted or self.kinds).values())

    @property
    def altered(self) -> bool:
        """Whether it could be reached at least possibly, but only if software were altered."""
        counted = self.counted
        if counted and self.band <= Band.POSSIBLE:
            return False
        return any(hit.band <= Band.POSSIBLE for kind, hit in self.kinds.items() if kind not in counted)

    def own(self, band: Band) -> dict[str | None, Band]:
        """Its services that are reached within a band in a kind that counts, each with its own best band."""
        return own_bands(self.services, band, self.counting if self.counted else self.kinds.keys())

    @property
    def past(self) -> bool:
        """Whether only relations that ended lead here: a past customer (`riskgraph.analysis.measure.is_past`)."""
        return is_past(self.band, self.in_force)

    @property
    def lead(self) -> tuple[FailureKind, Hit]:
        """The kind that is surest here of those that count, then nearest; ties go to the order of the kinds."""
        return min(
            (self.counted or self.kinds).items(), key=lambda item: (item[1].band, item[1].hops, KINDS.index(item[0]))
        )

    def inside(self, areas: Collection[str]) -> Reach | None:
        """The same by its services in some areas only, each kind as surely as there; `None` if none is reached."""
        bands = bands_in(self.services, areas)
        if not bands:
            return None
        return replace(
            self,
            kinds={kind: replace(hit, band=bands[kind]) for kind, hit in self.kinds.items() if kind in bands},
            services={area: kinds for area, kinds in self.services.items() if area in areas},
        )


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A value that nobody filled in, whose answer would settle whether someone is reached."""

    row: str
    field: str
    dependent: str
    provider: str
    bodies: tuple[str, ...]  # whose answer hangs on it


_BODY, _AREA = Column("body", "id of the council"), Column("area", "service area; empty: not known")
_KIND = Column("kind", "kind of failure")


@dataclass(frozen=True)
class BlastRadius(Answer, Pictured):
    """The answer to one what-if. One radius for each failure kind and band; kinds are never added up."""

    form: ClassVar = Form(
        "blast",
        "Who could be reached if the roots failed together, how, and how surely.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("of", "public bodies in the scope of the question", "integer"),
            Column("first", "how many could be reached first: documented or likely, not by altered software alone", "integer"),
            Column("possible", "how many more could be reached possibly", "integer"),
            Column("precaution", "how many stand beside the surest band that has such: they share a place or a link with what an attacker could be in", "integer"),
            Column("altered", "how many more could be reached only if software were altered", "integer"),
            Column("unrecorded", "how many more depend on it, of whom it is not recorded for what or how", "integer"),
            Column("past", "how many more are past customers", "integer"),
            Column("councils", "how many could be reached at least possibly, or as surely as was asked: first, possible, and those told as precaution that could be", "integer"),
            Column("coverage_area", "service area in which most could be reached"),
            Column("coverage_users", "councils of the scope known to depend on it in any area", "integer"),
            Column("coverage_known", "councils of the scope of which the map knows who provides anything in that area", "integer"),
            Column("coverage_councils", "councils of the scope", "integer"),
            Column("nothing_recorded", "ids of members of whom the map records nothing in force", "list"),
            Column("not_found", "names on the list of members that are nobody's", "list"),
            Column("councils_not_ruled_out", "how many besides cannot be ruled out", "integer"),
            Column("past_customers", "how many are past customers: only relations that ended lead there", "integer"),
            Column("services", "services of councils that could be reached so surely", "integer"),
            Column("residents_at_most", "who live in the areas of these councils, each once", "integer", "people"),
            Column("areas", "areas in which they live", "integer"),
            Column("residents_unknown", "ids of these councils of which the residents are not known", "list"),
            Column("assumed_steps", "steps of the surest proofs that rest on an assumed value", "integer"),
            Column("old_rows", "rows of these proofs last evidenced more than five years before the date", "list"),
            Column("undated_rows", "rows of these proofs with undated evidence only", "list"),
        ),
        (
            TableForm(
                "councils",
                "a council that could be reached, or that stands apart",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("class", "class of authority"),
                    Column("region", "its region, or its nation"),
                    *(Column(str(kind), f"how surely {kind} could reach it; empty: no way is known", "band") for kind in FailureKind),
                    Column("hops", "rows between the root and it, of the surest and shortest proof", "integer"),
                    Column("route", "by which way it is reached"),
                    Column("through", "id of the body or place through which it is reached, if not directly"),
                    Column("through_name", "its name"),
                    Column("lines", "lines of business of the roots by which it is reached; ? is not known", "list"),
                    Column("services", "its services that could be reached; ? is not known", "list"),
                    Column("past_customer_of", "id of who may still hold its data, of a past customer"),
                    Column("tier", "in which tier of the triage it is told; empty: apart, or less sure than was asked"),
                    Column("last_seen", "when the oldest fact of the surest way was last evidenced", "date"),
                    Column("by_law", "whether a fact of the surest way holds by law and was not observed", "flag"),
                    Column("ended", "when the surest way ended, if it has", "date"),
                    Column("standing", "reached, past customer, asked about, abolished, group or precaution"),
                ),
                ("name", "tier", *map(str, FailureKind), "route", "through_name", "services", "last_seen", "ended", "standing"),
            ),
            TableForm("counts", "how many councils one kind reaches with one best band", (_KIND, Column("band", "their best band", "band"), Column("councils", "how many, no root among them", "integer"))),
            TableForm("kinds", "one kind of failure at one of the councils", (_BODY, _KIND, Column("band", "how surely", "band"), Column("hops", "rows between the root and it", "integer"))),
            TableForm("services", "one kind of failure at one service of one of the councils", (_BODY, _AREA, _KIND, Column("band", "how surely", "band"))),
            TableForm("routes", "the surest and shortest proof that one of the councils is reached", (_BODY, Column("kind", "kind of failure that is surest there"), Column("rows", "ids of the rows of the proof, from the root", "list"))),
            TableForm("precaution", "a body that shares a place or a link with what an attacker could be in", (_BODY, Column("band", "how surely an attacker could be there", "band"))),
            TableForm("questions", "a value not filled in, whose answer would settle what cannot be ruled out", (Column("row", "id of the relation"), Column("field", "column that is empty"), Column("dependent", "id of who depends"), Column("provider", "id of what it depends on"), Column("bodies", "ids of those whose answer hangs on it", "list"))),
            TableForm("alone", "a council that one of several roots reaches by itself", (Column("root", "id of the root"), _BODY, Column("band", "how surely", "band"))),
            TableForm("recovery", "a root of which it is known how soon it serves again", (Column("root", "id of the root"), Column("after", "time until it serves again", "integer", "days"))),
            TableForm("stops_after", "a service of which it is known how long it runs on", (_BODY, _AREA, Column("after", "time until it stops", "integer", "days"))),
        ),
    )  # fmt: skip

    graph: RiskGraph
    question: Question
    authorities: tuple[Reach, ...]
    abolished: tuple[Reach, ...]
    groups: tuple[Reach, ...]
    ring: Mapping[Band, tuple[str, ...]]
    questions: tuple[OpenQuestion, ...]
    alone: Mapping[str, Mapping[str, Band]]  # of several roots: what each reaches when asked alone
    # only where known: authority and service to the days until it stops
    stops_after: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)

    @property
    def band(self) -> Band:
        """Who counts is at least so sure: as was asked, but at least possible. Who is less sure is counted apart."""
        return min(self.question.band, Band.POSSIBLE)

    @property
    def view(self) -> View:
        """As of when, and knowing what."""
        return self.question.view

    @property
    def roots(self) -> tuple[str, ...]:
        """What fails."""
        return self.question.roots

    @property
    def kinds(self) -> tuple[FailureKind, ...]:
        """In which kinds the roots fail."""
        return self.question.kinds

    def __getitem__(self, body: str) -> Reach:
        """What is said of one body, on whatever shelf it stands."""
        return self._by_id[body]

    @cached_property
    def _by_id(self) -> Mapping[str, Reach]:
        return {reach.id: reach for reach in (*self.authorities, *self.abolished, *self.groups)}

    def within(self, band: Band = Band.POSSIBLE, kind: FailureKind | None = None) -> tuple[Reach, ...]:
        """Who counts: authorities reached in a band or a surer one, in one kind or in any that counts; no root itself."""
        return tuple(
            reach
            for reach in self.authorities
            if not reach.root
            and any(
                hit.band <= band
                for k, hit in reach.kinds.items()
                if (k in reach.counting if kind is None else k is kind)
            )
        )

    @property
    def doubtful(self) -> tuple[Reach, ...]:
        """Authorities that cannot be ruled out, and no more; no root itself."""
        return tuple(reach for reach in self.within(Band.NOT_RULED_OUT) if reach.band is Band.NOT_RULED_OUT)

    @property
    def past(self) -> tuple[Reach, ...]:
        """Past customers among the authorities, in whatever band."""
        return tuple(reach for reach in self.within(Band.NOT_RULED_OUT) if reach.past)

    @property
    def nothing(self) -> bool:
        """Whether nobody at all is reached in any band: no authority but the roots, whether it counts or not."""
        return not (self.within(Band.NOT_RULED_OUT) or self.abolished or self.groups)

    @property
    def first_band(self) -> Band:
        """How sure the first tier is (`riskgraph.analysis.triage.first_band`)."""
        return first_band(self.question.counting, self.band)

    @cached_property
    def precaution(self) -> tuple[str, ...]:
        """The precaution ring of the surest band that has one beside the first tier; ids in order.

        Who could be reached possibly in a service of its own is no case of precaution: a customer is told as possible.
        """
        first = {reach.id for reach in self.within(self.first_band)}
        served = {reach.id for reach in self.within() if reach.own(Band.POSSIBLE)}
        rings = (sorted(set(self.ring[band]) - first - served - set(self.roots)) for band in SHOWN_BANDS)
        return tuple(next(filter(None, rings), ()))

    @cached_property
    def tiers(self) -> Mapping[Tier, tuple[str, ...]]:
        """Everybody in the scope who is told, in the order of triage: each in one tier, as far as the band asked lets in.

        Surest first, then by name; past customers by the day on which their contract ended, the oldest first.
        """
        found: dict[Tier, list[str]] = {tier: [] for tier in Tier}
        found[Tier.PRECAUTION] = list(self.precaution)
        for reach in self.authorities:
            if not reach.root and reach.id not in self.precaution and (tier := self._tier(reach)) is not None:
                found[tier].append(reach.id)
        ended = {reach.id: reach.ended or "9999" for reach in self.authorities}
        found[Tier.PAST].sort(key=lambda body: (ended[body], self.graph.dataset.usual_name(body)))
        return {tier: tuple(bodies) for tier, bodies in found.items()}

    def _tier(self, reach: Reach) -> Tier | None:
        surest, asked = reach.band, self.question.band
        if reach.counted and surest <= self.first_band:
            return Tier.FIRST
        if asked < Band.POSSIBLE:  # what is less sure is not told, but counted
            return None
        if reach.counted and surest <= Band.POSSIBLE:
            return Tier.POSSIBLE
        if reach.altered:
            return Tier.ALTERED
        return Tier.PAST if reach.past else Tier.UNRECORDED

    @cached_property
    def coverage(self) -> AreaCoverage | None:
        """How well the map knows the service area in which most are reached."""
        shown = [self[body] for tier, bodies in self.tiers.items() if tier is not Tier.PRECAUTION for body in bodies]
        return coverage(self.graph, self.question, [area for reach in shown for area in reach.lines])

    @cached_property
    def nothing_recorded(self) -> tuple[str, ...]:
        """Of a list of members, those of whom the map records nothing that is in force."""
        return nothing_recorded(self.question.selection, self.view)

    @cached_property
    def _rows(self) -> tuple[Relation, ...]:
        """The rows of the proofs shown, each once."""
        rows = {row for _, hit in self._hits for row in hit.proof.rows}
        return tuple(self.graph.dataset.relations[row] for row in sorted(rows))

    @property
    def _hits(self) -> Iterator[tuple[FailureKind, Hit]]:
        """What counts of everybody on every shelf: no proof of what cannot be ruled out is among it."""
        for reach, _ in self._shown():
            if reach.band <= self.band:
                yield from ((kind, hit) for kind, hit in reach.kinds.items() if hit.band <= self.band)

    @cached_property
    def old_rows(self) -> tuple[str, ...]:
        """Ids of rows of the proofs shown that age and were last evidenced more than five years before the date."""
        weighed = self.graph.settled(self.view).weighed
        return tuple(row.id for row in self._rows if weighed.old(row))

    @cached_property
    def undated_rows(self) -> tuple[str, ...]:
        """Ids of observed rows of the proofs shown with no date of evidence at all."""
        rows = (row for row in self._rows if not row.by_law)
        return tuple(row.id for row in rows if last_evidenced(self.graph.dataset, row, self.view) is None)

    @cached_property
    def assumed(self) -> int:
        """How many steps of the proofs shown rest on an assumed value."""
        vias = (via for _, hit in self._hits for via in hit.proof.vias)
        return len({via.step.row.id for via in vias if via.step.assumptions(via.kind)})

    def count(self, kind: FailureKind, band: Band) -> int:
        """How many authorities have exactly this best band in a kind."""
        return sum(1 for reach in self.within(band, kind) if reach.kinds[kind].band is band)

    def services(self, band: Band = Band.POSSIBLE) -> int:
        """How many services of authorities are reached in a band or a surer one; none of a root."""
        return sum(len(reach.own(band)) for reach in self.within(Band.NOT_RULED_OUT))

    def residents(self, band: Band = Band.POSSIBLE) -> Residents:
        """People who live in the areas reached, as a ceiling."""
        return residents(self.graph.dataset, [reach.id for reach in self.within(band)])

    def only(self, reaches: Callable[[Reach], bool], holds: Callable[[str], bool]) -> BlastRadius:
        """The part of the answer that concerns some bodies.

        Parameters
        ----------
        reaches
            Whether a body that is reached belongs to it.
        holds
            Whether a body of the precaution ring belongs to it.
        """
        authorities = tuple(filter(reaches, self.authorities))
        left = {reach.id for reach in authorities}
        questions = [
            replace(question, bodies=tuple(body for body in question.bodies if body in left))
            for question in self.questions
        ]
        return replace(
            self,
            authorities=authorities,
            abolished=tuple(filter(reaches, self.abolished)),
            groups=tuple(filter(reaches, self.groups)),
            ring={band: tuple(body for body in ring if holds(body)) for band, ring in self.ring.items()},
            questions=tuple(question for question in questions if question.bodies),
            alone={
                root: {body: band for body, band in found.items() if body in left} for root, found in self.alone.items()
            },
            stops_after={body: days for body, days in self.stops_after.items() if body in left},
        )

    def selected(self, selection: Selection) -> BlastRadius:
        """The part of the answer that belongs to a selection.

        Limited to service areas, a body stands there by its services in them (`riskgraph.analysis.measure`).
        """
        if not selection:
            return self
        radius = self
        if selection.areas:
            shelves = {
                shelf: tuple(inside for reach in found if (inside := reach.inside(selection.areas)) is not None)
                for shelf, found in (
                    ("authorities", self.authorities), ("abolished", self.abolished), ("groups", self.groups),
                )
            }  # fmt: skip
            radius = replace(self, **shelves)  # type: ignore[arg-type]
        return radius.only(lambda reach: selection.holds(reach.id), selection.holds)

    @property
    def recovery_days(self) -> dict[str, int]:
        """Roots to the days until they serve again, where that is known."""
        known = {root: self.graph.dataset.entities[root.partition("/")[0]].recovery_days for root in self.roots}
        return {root: days for root, days in known.items() if days is not None}

    # -- what it holds --------------------------------------------------------------------------

    def fact_values(self) -> Mapping[str, Value]:
        """How many are reached, and what is not known."""
        found = self.residents(self.band)
        tiers, known = self.tiers, self.coverage
        return {
            "of": self.question.bodies,
            **{tier.name.lower(): len(bodies) for tier, bodies in tiers.items()},
            "coverage_area": None if known is None else known.area,
            "coverage_users": None if known is None else known.users,
            "coverage_known": None if known is None else known.known,
            "coverage_councils": None if known is None else known.councils,
            "nothing_recorded": self.nothing_recorded,
            "not_found": tuple(one.name for one in self.question.selection.not_found),
            "councils": len(self.within(self.band)),
            "councils_not_ruled_out": len(self.doubtful),
            "past_customers": len(self.past),
            "services": self.services(self.band),
            "residents_at_most": found.people,
            "areas": found.areas,
            "residents_unknown": found.unknown,
            "assumed_steps": self.assumed,
            "old_rows": self.old_rows,
            "undated_rows": self.undated_rows,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """The rows of one table; all but those of open questions are of the bodies that the band lets in."""
        return {
            "councils": self._council_rows,
            "counts": self._count_rows,
            "kinds": self._kind_rows,
            "services": self._service_rows,
            "routes": self._route_rows,
            "precaution": lambda: [(body, band) for band in SHOWN_BANDS for body in self.ring[band]],
            "questions": lambda: [(q.row, q.field, q.dependent, q.provider, q.bodies) for q in self.questions],
            "alone": lambda: [(root, *of) for root, found in self.alone.items() for of in found.items()],
            "recovery": self.recovery_days.items,
            "stops_after": self._stop_rows,
        }[table]()

    def _shown(self) -> Iterator[tuple[Reach, str]]:
        """Everybody on every shelf whom the band of the question lets in, and how each stands."""
        for shelf, reaches in (("reached", self.authorities), ("abolished", self.abolished), ("group", self.groups)):
            for reach in reaches:
                if reach.band <= self.question.band:
                    name = "past customer" if reach.past and shelf == "reached" else shelf
                    yield reach, "asked about" if reach.root else name

    def _council_rows(self) -> Iterator[Row]:
        shown = list(self._shown())
        tier = {body: tier for tier, bodies in self.tiers.items() for body in bodies}
        for reach, standing in shown:
            yield (
                *self._who(reach.id),
                *(reach.kinds[kind].band if kind in reach.kinds else None for kind in FailureKind),
                reach.lead[1].hops,
                reach.route,
                reach.first,
                None if reach.first is None else self.graph.dataset.usual_name(reach.first),
                [area or "?" for area in reach.lines],
                [area or "?" for area in reach.services],
                reach.holder if reach.past else None,
                tier.get(reach.id),
                reach.seen,
                reach.by_law,
                reach.ended,
                standing,
            )
        ring = {body for bodies in self.ring.values() for body in bodies} - {reach.id for reach, _ in shown}
        for body in sorted(ring):
            yield (
                *self._who(body),
                *(None for _ in FailureKind),
                None,
                None,
                None,
                None,
                (),
                (),
                None,
                tier.get(body),
                None,
                None,
                None,
                "precaution",
            )

    def _who(self, body: str) -> tuple[Value, ...]:
        entity, entry = self.graph.dataset.entities[body], self.graph.dataset.register.get(body)
        region = None if entry is None else entry.region or entry.nation or None
        return body, entity.name, entity.authority_type or None, region

    def _count_rows(self) -> Iterator[Row]:
        for kind in FailureKind:
            for band in Band:
                if band <= self.question.band and (count := self.count(kind, band)):
                    yield kind, band, count

    def _kind_rows(self) -> Iterator[Row]:
        for reach, _ in self._shown():
            for kind, hit in reach.kinds.items():
                yield reach.id, kind, hit.band, hit.hops

    def _service_rows(self) -> Iterator[Row]:
        for reach, _ in self._shown():
            for area, kinds in reach.services.items():
                for kind, band in kinds.items():
                    yield reach.id, area, kind, band

    def _route_rows(self) -> Iterator[Row]:
        for reach, _ in self._shown():
            kind, hit = reach.lead
            yield reach.id, kind, hit.proof.rows

    def _stop_rows(self) -> Iterator[Row]:
        for body, days in sorted(self.stops_after.items()):
            for area, day in sorted(days.items(), key=lambda item: (item[1], item[0] or "~")):
                yield body, area, day

    def __repr__(self) -> str:
        counts = ", ".join(f"{sum(r.band is band for r in self.within(band))} {band.word}" for band in Band)
        return f"<BlastRadius of {' and '.join(self.roots)} as of {self.view.as_of}: {counts}>"
