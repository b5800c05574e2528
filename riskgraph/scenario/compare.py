"""Before, after and the difference: what a scenario changes, by name, with the route that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value, as_words
from riskgraph.analysis.blast import BlastRadius, Reach, blast
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.select import Selection
from riskgraph.analysis.triage import Tier
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, ENVIRONMENT, SHARED_SERVICE, SUPPLIER, Band, FailureKind, Relation
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.apply import Applied, apply
from riskgraph.scenario.findings import finding_rows
from riskgraph.scenario.market import MarketChange, markets
from riskgraph.scenario.model import KeptRadius, Scenario
from riskgraph.scenario.upstream import CouncilExposure, exposures
from riskgraph.settle import View

if TYPE_CHECKING:
    from riskgraph.analysis.roots import RankedRoot

__all__ = ["BeforeAfter", "Comparison", "Difference", "Shift", "SinceSaved", "compare", "name_of"]

_STOPS = relations_that(Trait.STOPS)
_STOP = (FailureKind.OUTAGE, FailureKind.EXIT)  # failures by which services stop


class Shift(StrEnum):
    """What a scenario changes for one body. The radius is all that is as sure as was asked, or surer."""

    LEAVES = "leaves"
    JOINS = "joins"
    SURER = "surer"
    LESS_SURE = "less sure"
    REROUTED = "by another route"
    DOUBT = "comes into doubt"  # was not reached at all; now it cannot be ruled out
    CLEARED = "out of doubt"  # could not be ruled out; now it is not reached at all
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Difference:
    """One body before and after; `None` where it is not reached at all."""

    body: str  # as it is called after
    what: Shift
    before: Reach | None
    after: Reach | None

    @property
    def not_ruled_out(self) -> bool:
        """Whether it leaves the radius but cannot be ruled out."""
        return self.what is Shift.LEAVES and self.after is not None

    def bands(self, kind: FailureKind) -> tuple[Band | None, Band | None]:
        """The band of one kind before and after."""
        return tuple(  # type: ignore[return-value]
            None if reach is None or kind not in reach.kinds else reach.kinds[kind].band
            for reach in (self.before, self.after)
        )


@dataclass(frozen=True)
class BeforeAfter:
    """One question before and after. `after` is the worst where several took the place of the root."""

    before: BlastRadius | None  # None: nothing of the kind is there before, or nothing fails
    after: BlastRadius | None
    others: tuple[BlastRadius, ...]  # of several that took the place of the root, the rest
    differences: tuple[Difference, ...]
    band: Band  # what counts: all that is this sure, or surer

    @property
    def roots(self) -> tuple[str, ...]:
        """What fails, as it is called before if it was there, else as after."""
        radius = self.before or self.after
        assert radius is not None
        return radius.roots

    def count(self, side: BlastRadius | None) -> int:
        """Bodies that are reached, roots themselves apart."""
        return 0 if side is None else len(side.within(self.band))

    def bodies(self) -> tuple[str, ...]:
        """Bodies that are reached after the change, by id."""
        return () if self.after is None else tuple(sorted(reach.id for reach in self.after.within(self.band)))

    def doubtful(self, side: BlastRadius | None) -> int:
        """Bodies that cannot be ruled out, and no more."""
        return 0 if side is None else len(side.doubtful)

    def first(self, side: BlastRadius | None) -> tuple[str, ...]:
        """Bodies of the first tier of the triage, by id."""
        return () if side is None else side.tiers[Tier.FIRST]

    def services(self, side: BlastRadius | None) -> int:
        """Services that are reached themselves; of roots none."""
        return 0 if side is None else side.services(self.band)

    def of(self, *what: Shift) -> tuple[Difference, ...]:
        """The differences of some sorts."""
        return tuple(one for one in self.differences if one.what in what)

    def stopping(self, before: bool) -> frozenset[tuple[str, str | None]]:
        """Services that could stop: before, as surely as was asked; after, in any band."""
        most = self.band if before else Band.NOT_RULED_OUT
        return frozenset(
            (one.body, area)
            for one in self.differences
            if (reach := one.before if before else one.after) is not None
            for area, kinds in reach.services.items()
            if any(kind in kinds and kinds[kind] <= most for kind in _STOP)
        )

    def stays(self) -> tuple[Difference, ...]:
        """Who is in the radius before and after."""
        found = self.of(Shift.SURER, Shift.LESS_SURE, Shift.REROUTED, Shift.STAYS)
        return tuple(one for one in found if _band(one.after) <= self.band)


@dataclass(frozen=True, slots=True)
class SinceSaved:
    """One question after the change, then and now: who is new, and who is gone (ids)."""

    roots: tuple[str, ...]
    then: int
    now: int
    new: tuple[str, ...]
    gone: tuple[str, ...]


_ROOTS = Column("roots", "what fails, all at once", "list")
_NAMES = Column("root_names", "their names", "list")
_BODY = Column("id", "its id"), Column("name", "its name")
_AREA = Column("service_area", "the service area")
_SIDES = ("before", "after")


def _both(name: str, says: str, type_: str = "text", unit: str = "") -> tuple[Column, ...]:
    """A column for each side."""
    return tuple(Column(f"{name}_{side}", f"{says}, {side}", type_, unit) for side in _SIDES)  # type: ignore[arg-type]


_FORM = Form(
    "whatif",
    "What a change would do: who could be reached before, after, and the difference.",
    ("roots", "kinds", "view", "band", "scope"),
    (
        Column("title", "what the scenario is called"),
        Column("author", "who wrote it"),
        Column("written", "when it was written, as far as it says"),
        Column("notes", "notes of whoever wrote it"),
        Column("digest_after", "the digest of the changed map"),
        Column("lost", "what the scenario supposes to fail", "list"),
    ),
    (
        TableForm(
            "differences",
            "a body that could be reached before or after, for each set of roots; those that change come first",
            (
                _ROOTS,
                _NAMES,
                *_BODY,
                Column("what", f"what changes: {', '.join(Shift)}"),
                Column("before", "the surest band of any kind before; none: not reached", "band"),
                Column("after", "the same after", "band"),
                *(column for kind in FailureKind for column in _both(kind, f"the band of {kind}", "band")),
                *_both("services", "service areas in which it is reached", "list"),
                *_both("route", "the sort of route by which it is reached"),
                *_both("through", "the body or place through which it is reached"),
                *_both("rows", "rows of the surest and shortest route", "list"),
                *_both("how", "that route in words, for whoever changes"),
            ),
            ("root_names", "name", "what", "before", "after", "route_after"),
        ),
        TableForm(
            "questions",
            "a set of roots on one side of the change; of several that took the place of a root, the worst is `after`",
            (
                _ROOTS,
                Column("side", "before, after, or other after"),
                Column("asked", "what was asked to fail on that side", "list"),
                Column("reached", "bodies that are reached", "integer", "bodies"),
                Column("not_ruled_out", "bodies that cannot be ruled out, and no more", "integer", "bodies"),
                Column("services", "services that are reached themselves", "integer", "services"),
                Column("residents_at_most", "who live in the areas reached, each once", "integer", "people"),
            ),
        ),
        TableForm(
            "changes",
            "a value of a field of a change, as it was written",
            (
                Column("number", "place of the change in the scenario", "integer"),
                Column("verb", "the sort of change"),
                Column("field", "the field"),
                Column("values", "what it says", "list"),
            ),
        ),
        TableForm(
            "relations",
            "a relation that ends, or that nobody but the scenario says",
            (
                Column("change", "ends or supposed"),
                Column("row", "id of the row"),
                Column("dependent", "who depends"),
                Column("dependent_name", "its name"),
                Column("relation", "how"),
                Column("provider", "on whom"),
                Column("provider_name", "its name"),
                _AREA,
            ),
            ("change", "dependent_name", "relation", "provider_name", "service_area"),
        ),
        TableForm(
            "replaced",
            "a body whose place is taken by others",
            (*_BODY, Column("by", "those that took its place", "list")),
        ),
        TableForm(
            "services",
            "a service that loses what runs it, that no longer stops if the roots fail, or only if all of them do",
            (Column("what", "may stop, no longer stops, or lost only together"), *_BODY, _AREA),
        ),
        TableForm(
            "exposures",
            "a body or place that could reach a council that the changes are about",
            (
                Column("council", "the council, as it is called after"),
                Column("part", "of a merger: the old council that could be reached; none: the council itself"),
                *_BODY,
                Column("before", "how surely before; none: it could not", "band"),
                Column("after", "how surely after", "band"),
            ),
        ),
        TableForm(
            "concentration",
            "a supplier, or a group of one owner, in a trade of a service area that is touched",
            (
                _AREA,
                Column("trade", "systems or services"),
                *_BODY,
                Column("members", "suppliers of the group that councils have", "list"),
                *_both("councils", "councils that it serves", "integer", "councils"),
                *_both("hhi", "sum of the squared shares of the area by councils", "integer", "points"),
            ),
        ),
        TableForm(
            "worst",
            "the root that reaches most",
            (
                Column("of", "touched: of the roots that the scenario touches; all: of the whole map, if asked for"),
                Column("side", "before or after"),
                *_BODY,
                Column("reached", "bodies that are reached", "integer", "bodies"),
            ),
        ),
        TableForm(
            "since",
            "a set of roots after the change, when the scenario was saved and now",
            (
                _ROOTS,
                _NAMES,
                Column("then", "bodies that were reached when it was saved", "integer", "bodies"),
                Column("now", "bodies that are reached now", "integer", "bodies"),
                Column("new", "those that are new", "list"),
                Column("gone", "those that are gone", "list"),
            ),
        ),
        TableForm(
            "findings",
            "something that a change found out besides",
            (
                Column("finding", "leaving, merging, splitting, purging or same place"),
                Column("what", "what is said"),
                *_BODY,
                Column("value", "a value that is no name, such as a day or a number"),
                Column("councils", "councils that it is about", "list"),
                _AREA,
                Column("row", "id of the row"),
                Column("end", "the end of the contract as it is on record"),
                Column("passed", "whether that end is over although the relation is not known to have ended", "flag"),
                Column("vesting", "against vesting day: before, extendable or after"),
                Column("reference", "the reference of the contract"),
                Column("value_gbp", "what it is worth", unit="GBP"),
                Column("notice_days", "notice to give", "integer", "days"),
                Column("band", "how surely", "band"),
            ),
            ("finding", "what", "name", "value", "councils", "service_area", "end", "vesting", "reference"),
        ),
    ),
    shown=("differences", "relations", "findings"),
)


@dataclass(frozen=True)
class Comparison(Answer, Pictured):
    """The answer to a scenario.

    Attributes
    ----------
    graph
        The map as it is.
    question
        What is asked of both states; its roots are those that the scenario names.
    applied
        What became of the map.
    pairs
        Each root (or set of roots that fail together) before and after.
    stops
        Services that lose what runs them, and nothing in the scenario takes its place: council and area.
    exposures
        For each council that the changes are about, all by which it could be reached.
    markets
        Councils for each supplier in the service areas that are touched.
    joint
        Of several that are lost at once: services that are lost only when all are.
    overall
        If it was asked for: of all suppliers, shared services and environments, the one that reaches most,
        before and after (`None` where nothing reaches anybody).
    """

    form: ClassVar = _FORM

    graph: RiskGraph
    question: Question
    applied: Applied
    pairs: tuple[BeforeAfter, ...]
    stops: tuple[tuple[str, str | None], ...]
    exposures: tuple[CouncilExposure, ...]
    markets: tuple[MarketChange, ...]
    joint: tuple[tuple[str, str | None], ...]
    overall: tuple[RankedRoot | None, RankedRoot | None] | None = None

    @property
    def scenario(self) -> Scenario:
        """What was supposed."""
        return self.applied.scenario

    @property
    def view(self) -> View:
        """As of when."""
        return self.question.view

    @property
    def kinds(self) -> tuple[FailureKind, ...]:
        """The failure kinds asked about."""
        return self.question.kinds

    @property
    def kept(self) -> tuple[KeptRadius, ...]:
        """What is answered now, to be kept with the scenario."""
        return tuple(KeptRadius(pair.roots, pair.count(pair.before), pair.bodies()) for pair in self.pairs)

    @property
    def since(self) -> tuple[SinceSaved, ...]:
        """What is different from when the scenario was saved, for each question that was kept with it."""
        now = {one.roots: one.after for one in self.kept}
        return tuple(
            SinceSaved(
                one.roots,
                len(one.after),
                len(now[one.roots]),
                tuple(body for body in now[one.roots] if body not in one.after),
                tuple(body for body in one.after if body not in now[one.roots]),
            )
            for one in self.scenario.reached
            if one.roots in now
        )

    @property
    def saved(self) -> tuple[tuple[str, str | None], ...]:
        """Services that no longer stop whatever of what was asked fails, of bodies that lose none themselves."""
        found = {service for pair in self.pairs for service in pair.stopping(before=True)}
        found.difference_update(*(pair.stopping(before=False) for pair in self.pairs))
        lose = {body for body, _ in self.stops}  # what rests on a lost service may stop with it
        there = (one for one in found if one[0] in self.applied.after.dataset.entities and one[0] not in lose)
        return tuple(sorted(there, key=lambda one: (one[0], one[1] or "~")))

    @property
    def worst(self) -> tuple[BeforeAfter, BeforeAfter] | None:
        """Of the roots that the scenario touches, the one that reaches most before, and after."""
        asked = [pair for pair in self.pairs if len(pair.roots) == 1]
        if not asked:
            return None
        return (
            max(asked, key=lambda pair: pair.count(pair.before)),
            max(asked, key=lambda pair: pair.count(pair.after)),
        )

    def fact_values(self) -> Mapping[str, Value]:
        """The scenario as its file says it, but for its changes."""
        said = self.scenario
        return {
            "title": said.title,
            "author": said.author or None,
            "written": said.date or None,
            "notes": said.notes or None,
            "digest_after": self.applied.after.dataset.digest,
            "lost": self.applied.lost,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """The rows of one table."""
        rows: Iterator[Row] = getattr(self, f"_{table}")()
        return rows

    def _name(self, id_: str) -> str:
        return name_of(self.applied, id_)

    def _differences(self) -> Iterator[Row]:
        sides = self.applied.before.dataset, self.applied.after.dataset
        for pair in self.pairs:
            names = tuple(map(self._name, pair.roots))
            for one in pair.differences:
                reaches = one.before, one.after
                yield (
                    pair.roots,
                    names,
                    one.body,
                    self._name(one.body),
                    one.what,
                    *(None if reach is None else reach.band for reach in reaches),
                    *(band for kind in FailureKind for band in one.bands(kind)),
                    *(
                        () if reach is None else tuple(sorted(area or "?" for area in reach.services))
                        for reach in reaches
                    ),
                    *(None if reach is None else reach.route for reach in reaches),
                    *(None if reach is None else reach.first for reach in reaches),
                    *(() if reach is None else reach.lead[1].proof.rows for reach in reaches),
                    *(
                        None if reach is None or one.what is Shift.STAYS else as_words(reach.lead[1].proof, dataset)
                        for dataset, reach in zip(sides, reaches, strict=True)
                    ),
                )

    def _questions(self) -> Iterator[Row]:
        for pair in self.pairs:
            others = [("other after", radius) for radius in pair.others]
            for side, radius in (("before", pair.before), ("after", pair.after), *others):
                if radius is not None:
                    people = radius.residents(pair.band).people
                    counts = pair.count(radius), pair.doubtful(radius), pair.services(radius), people
                    yield pair.roots, side, radius.roots, *counts

    def _changes(self) -> Iterator[Row]:
        for number, change in enumerate(self.scenario.changes, 1):
            for field, values in change.values.items():
                yield number, change.verb, field, values

    def _relations(self) -> Iterator[Row]:
        for what, rows in (("ends", self.applied.ended), ("supposed", self.applied.supposed)):
            for row in rows:
                ends = row.dependent, self._name(row.dependent), row.relation, row.provider, self._name(row.provider)
                yield what, row.id, *ends, row.service_area

    def _replaced(self) -> Iterator[Row]:
        return ((old, self._name(old), new) for old, new in sorted(self.applied.instead.items()))

    def _services(self) -> Iterator[Row]:
        shelves = ("may stop", self.stops), ("no longer stops", self.saved), ("lost only together", self.joint)
        for what, found in shelves:
            for body, area in found:
                yield what, body, self._name(body), area

    def _exposures(self) -> Iterator[Row]:
        for one in self.exposures:
            for root in sorted({*one.before, *one.after}):
                yield one.council, None, root, self._name(root), one.before.get(root), one.after.get(root)
            for part, found in one.parts.items():
                for root, band in sorted(found.items()):
                    yield one.council, part, root, self._name(root), band, None

    def _concentration(self) -> Iterator[Row]:
        for market in self.markets:
            for owner in dict.fromkeys([*market.before, *market.after]):
                counts = market.before.get(owner, 0), market.after.get(owner, 0)
                members = market.groups.get(owner, ())
                yield market.area, market.trade, owner, self._name(owner), members, *counts, *market.hhi

    def _worst(self) -> Iterator[Row]:
        if self.worst is not None:
            old, new = self.worst
            for side, pair, radius in (("before", old, old.before), ("after", new, new.after)):
                if radius is not None:
                    yield "touched", side, radius.roots[0], self._name(radius.roots[0]), pair.count(radius)
        for side, row in zip(_SIDES, self.overall or (), strict=False):
            if row is not None:
                yield "all", side, row.root, self._name(row.root), row.authorities[self.question.band]

    def _since(self) -> Iterator[Row]:
        for one in self.since:
            yield one.roots, tuple(map(self._name, one.roots)), one.then, one.now, one.new, one.gone

    def _findings(self) -> Iterator[Row]:
        rows = {**self.applied.after.dataset.relations, **self.applied.before.dataset.relations}
        for finding in self.applied.findings:
            for what in finding_rows(finding, rows):
                name = None if what.id is None else self._name(what.id)
                contract = (what.row, what.end, what.passed, what.vesting, what.reference, what.value_gbp)
                yield (
                    what.finding, what.what, what.id, name, what.value, what.councils, what.area,
                    *contract, what.notice_days, what.band,
                )  # fmt: skip

    def __repr__(self) -> str:
        counts = [f"{pair.count(pair.before)} -> {pair.count(pair.after)}" for pair in self.pairs]
        return f"<Comparison {self.scenario.title!r}: {', '.join(counts) or 'no radius asked'}>"


def name_of(applied: Applied, id_: str) -> str:
    """The name of a body, whichever of the two maps knows it."""
    entities = applied.after.dataset.entities
    body = id_.partition("/")[0]
    return entities[body].name if body in entities else applied.before.dataset.entities[body].name


def compare(graph: RiskGraph, scenario: Scenario, *, worst: bool = False, **asking: Unpack[Asking]) -> Comparison:
    """Lay a scenario over a map and say what it changes.

    What is asked: the roots of the scenario, together, if it names any or supposes that something is lost;
    else each root that its changes are about, by itself. Both states are asked with the same kinds, as of
    the same day, about the same bodies: who took the place of a body in scope is in scope.

    Parameters
    ----------
    graph
        The map; it is not changed.
    scenario
        What is supposed, and what is asked.
    worst
        Also look for the worst root of the whole map before and after: some seconds on a national map.
    asking
        The scope, the band, and what the scenario leaves open; where both say something, this holds.

    Returns
    -------
    Comparison
        Both answers and the difference, by name.

    Raises
    ------
    RiskGraphError
        If the scenario does not fit the map (see `riskgraph.scenario.apply.apply`), or a word is not known.

    Examples
    --------
    >>> from riskgraph.scenario.model import change
    >>> cut = Scenario("Cut", (change("cut", "westminster", "rbkc shared it"),))
    >>> answer = compare(RiskGraph.open("seeds"), cut)
    >>> [(pair.roots[0], [one.body for one in pair.of(Shift.LEAVES)]) for pair in answer.pairs]
    [('environment:rbkc-shared-it', ['authority:westminster'])]
    """
    question = Question.of(graph, Question.of(graph, scenario.roots, **scenario.asking), **asking)
    applied = apply(graph, scenario, question)
    asker = _Asker(applied, question)
    together = tuple(dict.fromkeys((*question.roots, *applied.lost)))
    if together:
        pairs = [asker.together(together, lost=not question.roots)]
    else:
        pairs = [asker.pair(asked.before, asked.after) for asked in applied.asks]
    return Comparison(
        graph,
        question,
        applied,
        tuple(pairs),
        tuple(service for service in _stops(applied) if _in_scope(question.selection, *service)),
        tuple(_exposure(applied, council, question) for council in applied.focus) if pairs else (),
        markets(applied),
        _joint(asker, together) if len(together) > 1 else (),
        (asker.worst(applied.before), asker.worst(applied.after)) if worst else None,
    )


def _in_scope(chosen: Selection, body: str, area: str | None) -> bool:
    return chosen.holds(body) and chosen.has_area(area)


class _Asker:
    """Asks the same question of both maps."""

    def __init__(self, applied: Applied, question: Question) -> None:
        self.applied, self.band = applied, question.band
        self.questions = {side: replace(question, selection=_scope(applied, question, side)) for side in (False, True)}

    def _question(self, graph: RiskGraph) -> Question:
        return self.questions[graph is not self.applied.before]

    def ask(self, graph: RiskGraph, roots: Sequence[str]) -> BlastRadius | None:
        return blast(graph, replace(self._question(graph), roots=tuple(roots))) if roots else None

    def worst(self, graph: RiskGraph) -> RankedRoot | None:
        """Of all suppliers, shared services and environments of a map, the one that reaches most."""
        from riskgraph.analysis.rank import rank  # it loads NumPy

        asked = self._question(graph)
        first = [
            ranking.rows[0]
            for kind in (SUPPLIER, SHARED_SERVICE, ENVIRONMENT)
            if (ranking := rank(graph, kind, kinds=asked.kinds, as_of=asked.view.as_of, selection=asked.selection)).rows
        ]
        return max(first, key=lambda row: row.authorities[self.band], default=None)

    def together(self, roots: tuple[str, ...], lost: bool) -> BeforeAfter:
        """Roots that fail together. Where the scenario only says what is lost, nothing fails before."""
        before_roots = tuple(one for root in roots for one in self.applied.once(root))
        unchanged = self.applied.before is self.applied.after
        before = None if lost and unchanged else self.ask(self.applied.before, before_roots)
        after = self.ask(self.applied.after, tuple(one for root in roots for one in self.applied.now(root)))
        return BeforeAfter(before, after, (), self.differences(before, after), self.band)

    def pair(self, before_roots: tuple[str, ...], after_roots: tuple[tuple[str, ...], ...]) -> BeforeAfter:
        before = self.ask(self.applied.before, before_roots)
        found = [radius for group in after_roots if (radius := self.ask(self.applied.after, group)) is not None]
        found.sort(key=lambda radius: -len(radius.within(self.band)))
        after = found[0] if found else None
        return BeforeAfter(before, after, tuple(found[1:]), self.differences(before, after), self.band)

    def differences(self, before: BlastRadius | None, after: BlastRadius | None) -> tuple[Difference, ...]:
        """Every body of either answer but the roots, those that change first, in the order of the answers."""
        old: dict[str, Reach] = {}
        for reach in () if before is None else _counted(before):
            for body in self.applied.now(reach.id):
                if body not in old or reach.band < old[body].band:
                    old[body] = reach
        new = {} if after is None else {reach.id: reach for reach in _counted(after)}
        found = [
            Difference(body, self._what(old.get(body), new.get(body)), old.get(body), new.get(body))
            for body in dict.fromkeys([*old, *new])
        ]
        found = [one for one in found if not any(side is not None and side.root for side in (one.before, one.after))]
        return tuple(sorted(found, key=lambda one: list(Shift).index(one.what)))

    def _what(self, before: Reach | None, after: Reach | None) -> Shift:
        was, now = (_band(reach) <= self.band for reach in (before, after))
        if was != now:
            return Shift.LEAVES if was else Shift.JOINS
        assert before is not None or after is not None
        if before is None or after is None:
            return Shift.DOUBT if before is None else Shift.CLEARED
        levels = [
            (_hit(before, kind), _hit(after, kind)) for kind in FailureKind if kind in {*before.counted, *after.counted}
        ]
        if any(b > a for b, a in levels) or any(b < a for b, a in levels):
            better = sum(a > b for b, a in levels)
            return Shift.LESS_SURE if better * 2 >= sum(a != b for b, a in levels) else Shift.SURER
        rows = [reach.lead[1].proof.rows for reach in (before, after)]
        return Shift.STAYS if rows[0] == rows[1] else Shift.REROUTED


def _scope(applied: Applied, question: Question, after: bool) -> Selection:
    """Whom the answer is limited to on one side: who took the place of a body in scope is in scope."""
    chosen = question.selection
    if not after or applied.after is applied.before:
        return chosen
    there = replace(chosen, graph=applied.after)
    if not applied.instead or (chosen.members is None and not chosen.classes and not chosen.regions):
        return there
    old = applied.before.dataset.entities
    held = {one for body in old if old[body].kind == AUTHORITY and chosen.holds(body) for one in applied.now(body)}
    return Selection(applied.after, chosen.areas, members=frozenset(held))


def _band(reach: Reach | None) -> int:
    return 9 if reach is None else int(reach.band)


def _counted(radius: BlastRadius) -> tuple[Reach, ...]:
    """Who is reached in a kind that counts; whom only altered software could reach is told by `blast`."""
    return tuple(reach for reach in radius.authorities if reach.counted)


def _hit(reach: Reach, kind: FailureKind) -> int:
    return int(reach.kinds[kind].band) if kind in reach.kinds else 9


def _stops(applied: Applied) -> tuple[tuple[str, str | None], ...]:
    """Services that lose what runs them, also behind what lost it, and for which nothing is supposed instead."""
    before, after = applied.before, applied.after
    if before is after:
        return ()
    replaced = {(row.dependent, row.service_area) for row in applied.supposed}
    found: dict[tuple[str, str | None], None] = {}
    behind: dict[str, None] = {}
    steps = {step.row.id: step for step in before.settled(applied.view).steps if not step.implied}
    for row in applied.ended:
        step = steps.get(row.id)
        if step is None or not step.in_force or not _runs(before, row):
            continue
        if (row.dependent, step.area) in replaced:
            continue
        if before.dataset.entities[row.dependent].kind == AUTHORITY:
            found[row.dependent, step.area] = None
        else:
            line = f"/{step.area}" if step.area and _has_lines(before, row.dependent) else ""
            behind[row.dependent + line] = None
    for root in behind:
        for reach in blast(before, root, kinds=[FailureKind.OUTAGE], as_of=applied.view.as_of).authorities:
            for area, kinds in reach.services.items():
                if kinds.get(FailureKind.OUTAGE, Band.NOT_RULED_OUT) <= Band.LIKELY:
                    found[reach.id, area] = None
    return tuple(sorted(found, key=lambda one: (one[0], one[1] or "~")))


def _runs(graph: RiskGraph, row: Relation) -> bool:
    """Whether something stops without a row; what only supplies an authority runs nothing there."""
    behind = graph.dataset.entities[row.dependent].kind != AUTHORITY
    return row.relation in _STOPS or (behind and row.relation in relations_that(Trait.STOPS_BEHIND))


def _has_lines(graph: RiskGraph, body: str) -> bool:
    return graph.dataset.entities[body].kind in {SUPPLIER, SHARED_SERVICE}


def _exposure(applied: Applied, council: str, question: Question) -> CouncilExposure:
    """All by which a council could be reached; before a merger, all by which any of the old ones could."""
    before: dict[str, Band] = {}
    old = applied.once(council)
    parts = {one: exposures(applied.before, applied.view, one, question.kinds) for one in old}
    for found in parts.values():
        for root, band in found.items():
            if root not in old:
                before[root] = min(band, before.get(root, band))
    after = exposures(applied.after, applied.view, council, question.kinds)
    return CouncilExposure(council, before, after, parts if len(parts) > 1 else {}, question.band)


def _joint(asker: _Asker, roots: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Services that are lost only when all roots fail."""
    after = asker.applied.after

    def services(asked: Iterable[str]) -> set[tuple[str, str | None]]:
        radius = asker.ask(after, tuple(one for root in asked for one in asker.applied.now(root)))
        found: dict[tuple[str, str | None], Band] = defaultdict(lambda: Band.NOT_RULED_OUT)
        for reach in () if radius is None else radius.authorities:
            for area, kinds in reach.services.items():
                found[reach.id, area] = min(kinds.values())
        return {service for service, band in found.items() if band <= asker.band}

    alone: set[tuple[str, str | None]] = set().union(*(services([root]) for root in roots))
    return tuple(sorted(services(roots) - alone, key=lambda one: (one[0], one[1] or "~")))
