"""Before, after and the difference: what a scenario changes, by name, with the route that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.blast import BlastRadius, Reach, blast
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, ENVIRONMENT, SHARED_SERVICE, SUPPLIER, Band, FailureKind, Relation
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.apply import Applied, apply
from riskgraph.scenario.market import MarketChange, markets
from riskgraph.scenario.model import Scenario
from riskgraph.scenario.upstream import CouncilExposure, exposures
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

    from riskgraph.analysis.roots import RankedRoot

__all__ = ["BeforeAfter", "Comparison", "Difference", "Shift", "compare", "whatif"]

_STOPS = relations_that(Trait.STOPS)


class Shift(StrEnum):
    """What a scenario changes for one body. The radius is all that is at least possible."""

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

    @property
    def within(self) -> bool:
        """Whether it is in the radius after."""
        return self.after is not None and self.after.band <= Band.POSSIBLE

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

    @property
    def roots(self) -> tuple[str, ...]:
        """What fails, as it is called before if it was there, else as after."""
        radius = self.before or self.after
        assert radius is not None
        return radius.roots

    def count(self, side: BlastRadius | None) -> int:
        """Bodies that are reached, roots themselves apart."""
        return 0 if side is None else len(side.within())

    def doubtful(self, side: BlastRadius | None) -> int:
        """Bodies that cannot be ruled out, and no more."""
        return 0 if side is None else len(side.doubtful)

    def services(self, side: BlastRadius | None) -> int:
        """Services that are reached themselves, at least possibly; of roots none."""
        return 0 if side is None else side.services()

    def of(self, *what: Shift) -> tuple[Difference, ...]:
        """The differences of some sorts."""
        return tuple(one for one in self.differences if one.what in what)


@dataclass(frozen=True)
class Comparison(Pictured):
    """The answer to a scenario.

    Attributes
    ----------
    applied
        What became of the map.
    kinds
        The failure kinds asked about.
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

    applied: Applied
    kinds: tuple[FailureKind, ...]
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
        return self.applied.view

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

    def to_frame(self) -> pd.DataFrame:
        """The difference as a pandas table.

        Returns
        -------
        pandas.DataFrame
            Columns roots, body, name, what, before, after (band words or `None`): one row for each
            question and body.

        Examples
        --------
        >>> from riskgraph.scenario.model import change
        >>> cut = Scenario("Cut", (change("cut", "westminster", "rbkc shared it"),))
        >>> answer = compare(RiskGraph.open("seeds"), cut)
        >>> answer.to_frame()[["name", "what"]].values.tolist()[0]
        ['City of Westminster', 'leaves']
        """
        import pandas as pd

        columns = ["roots", "body", "name", "what", "before", "after"]
        rows = [
            (
                ";".join(pair.roots),
                one.body,
                name_of(self.applied, one.body),
                str(one.what),
                None if one.before is None else one.before.band.word,
                None if one.after is None else one.after.band.word,
            )
            for pair in self.pairs
            for one in pair.differences
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        counts = [f"{pair.count(pair.before)} -> {pair.count(pair.after)}" for pair in self.pairs]
        return f"<Comparison {self.scenario.title!r}: {', '.join(counts) or 'no radius asked'}>"


def name_of(applied: Applied, id_: str) -> str:
    """The name of a body, whichever of the two maps knows it."""
    entities = applied.after.dataset.entities
    body = id_.partition("/")[0]
    return entities[body].name if body in entities else applied.before.dataset.entities[body].name


def compare(
    graph: RiskGraph, scenario: Scenario, selection: Selection | None = None, *, worst: bool = False
) -> Comparison:
    """Lay a scenario over a map and say what it changes.

    What is asked: the roots of the scenario, together, if it names any or supposes that something is lost;
    else each root that its changes are about, by itself. Both states are asked with the same kinds, as of
    the same day.

    Parameters
    ----------
    selection
        Limit both answers to some bodies.
    worst
        Also look for the worst root of the whole map before and after: some seconds on a national map.

    Raises
    ------
    RiskGraphError
        If the scenario does not fit the map; see `riskgraph.scenario.apply.apply`.

    Examples
    --------
    >>> from riskgraph.scenario.model import change
    >>> answer = compare(RiskGraph.open("seeds"), Scenario("Cut", (change("cut", "westminster", "rbkc shared it"),)))
    >>> [(pair.roots[0], [one.body for one in pair.of(Shift.LEAVES)]) for pair in answer.pairs]
    [('environment:rbkc-shared-it', ['authority:westminster'])]
    """
    return whatif(apply(graph, scenario), selection, worst=worst)


def whatif(applied: Applied, selection: Selection | None = None, *, worst: bool = False) -> Comparison:
    """The comparison of what is applied already; see `compare`."""
    scenario = applied.scenario
    question: dict[str, Any] = {"kinds": scenario.kinds or None, "like": scenario.like or "compromise"}
    question["as_of"] = scenario.as_of or None
    asker = _Asker(applied, question, selection)
    named = tuple(applied.before.names.resolve(root) for root in scenario.roots)
    together = tuple(dict.fromkeys((*named, *applied.lost)))
    if together:
        pairs = [asker.together(together, lost=not named)]
    else:
        pairs = [asker.pair(asked.before, asked.after) for asked in applied.asks]
    kinds = next((side.kinds for pair in pairs for side in (pair.before, pair.after) if side is not None), ())
    return Comparison(
        applied,
        kinds,
        tuple(pairs),
        _stops(applied),
        tuple(_exposure(applied, council, kinds) for council in applied.focus) if kinds else (),
        markets(applied),
        _joint(asker, together) if len(together) > 1 else (),
        (asker.worst(applied.before), asker.worst(applied.after)) if worst else None,
    )


class _Asker:
    """Asks the same question of both maps."""

    def __init__(self, applied: Applied, question: Mapping[str, Any], selection: Selection | None) -> None:
        self.applied, self.question, self.selection = applied, question, selection

    def ask(self, graph: RiskGraph, roots: Sequence[str]) -> BlastRadius | None:
        if not roots:
            return None
        radius = blast(graph, list(roots), **self.question)
        selection = self._selected(graph)
        return radius if selection is None else radius.selected(selection)

    def worst(self, graph: RiskGraph) -> RankedRoot | None:
        """Of all suppliers, shared services and environments of a map, the one that reaches most."""
        from riskgraph.analysis.rank import rank  # it loads NumPy

        first = [
            ranking.rows[0]
            for kind in (SUPPLIER, SHARED_SERVICE, ENVIRONMENT)
            if (ranking := rank(graph, kind, selection=self._selected(graph), **self.question)).rows
        ]
        return max(first, key=lambda row: row.authorities[Band.POSSIBLE], default=None)

    def _selected(self, graph: RiskGraph) -> Selection | None:
        """The selection by the names of a map."""
        if not self.selection:
            return None
        chosen = self.selection
        return Selection(graph, chosen.areas, chosen.classes, chosen.regions, self._members(graph))

    def _members(self, graph: RiskGraph) -> frozenset[str] | None:
        """Members by the names of a map: who took the place of a member is one."""
        assert self.selection is not None
        members = self.selection.members
        if members is None or graph is self.applied.before:
            return members
        return frozenset(one for member in members for one in self.applied.now(member))

    def together(self, roots: tuple[str, ...], lost: bool) -> BeforeAfter:
        """Roots that fail together. Where the scenario only says what is lost, nothing fails before."""
        before_roots = tuple(one for root in roots for one in self.applied.once(root))
        unchanged = self.applied.before is self.applied.after
        before = None if lost and unchanged else self.ask(self.applied.before, before_roots)
        after = self.ask(self.applied.after, tuple(one for root in roots for one in self.applied.now(root)))
        return BeforeAfter(before, after, (), self.differences(before, after))

    def pair(self, before_roots: tuple[str, ...], after_roots: tuple[tuple[str, ...], ...]) -> BeforeAfter:
        before = self.ask(self.applied.before, before_roots)
        found = [radius for group in after_roots if (radius := self.ask(self.applied.after, group)) is not None]
        found.sort(key=lambda radius: -len(radius.within(Band.POSSIBLE)))
        after = found[0] if found else None
        return BeforeAfter(before, after, tuple(found[1:]), self.differences(before, after))

    def differences(self, before: BlastRadius | None, after: BlastRadius | None) -> tuple[Difference, ...]:
        """Every body of either answer but the roots, those that change first, in the order of the answers."""
        old: dict[str, Reach] = {}
        for reach in () if before is None else before.authorities:
            for body in self.applied.now(reach.id):
                if body not in old or reach.band < old[body].band:
                    old[body] = reach
        new = {} if after is None else {reach.id: reach for reach in after.authorities}
        found = [
            Difference(body, self._what(old.get(body), new.get(body)), old.get(body), new.get(body))
            for body in dict.fromkeys([*old, *new])
        ]
        found = [one for one in found if not any(side is not None and side.root for side in (one.before, one.after))]
        return tuple(sorted(found, key=lambda one: list(Shift).index(one.what)))

    @staticmethod
    def _what(before: Reach | None, after: Reach | None) -> Shift:
        old, new = _band(before), _band(after)
        if (old <= Band.POSSIBLE) != (new <= Band.POSSIBLE):
            return Shift.LEAVES if old <= Band.POSSIBLE else Shift.JOINS
        assert before is not None or after is not None
        if before is None or after is None:
            return Shift.DOUBT if before is None else Shift.CLEARED
        levels = [
            (_hit(before, kind), _hit(after, kind)) for kind in FailureKind if kind in {*before.kinds, *after.kinds}
        ]
        if any(b > a for b, a in levels) or any(b < a for b, a in levels):
            better = sum(a > b for b, a in levels)
            return Shift.LESS_SURE if better * 2 >= sum(a != b for b, a in levels) else Shift.SURER
        rows = [reach.lead[1].proof.rows for reach in (before, after)]
        return Shift.STAYS if rows[0] == rows[1] else Shift.REROUTED


def _band(reach: Reach | None) -> int:
    return 9 if reach is None else int(reach.band)


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


def _exposure(applied: Applied, council: str, kinds: Sequence[FailureKind]) -> CouncilExposure:
    """All by which a council could be reached; before a merger, all by which any of the old ones could."""
    before: dict[str, Band] = {}
    old = applied.once(council)
    parts = {one: exposures(applied.before, applied.view, one, kinds) for one in old}
    for found in parts.values():
        for root, band in found.items():
            if root not in old:
                before[root] = min(band, before.get(root, band))
    after = exposures(applied.after, applied.view, council, kinds)
    return CouncilExposure(council, before, after, parts if len(parts) > 1 else {})


def _joint(asker: _Asker, roots: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Services that are lost only when all roots fail."""
    after = asker.applied.after

    def services(asked: Iterable[str]) -> set[tuple[str, str | None]]:
        radius = asker.ask(after, tuple(one for root in asked for one in asker.applied.now(root)))
        found: dict[tuple[str, str | None], Band] = defaultdict(lambda: Band.NOT_RULED_OUT)
        for reach in () if radius is None else radius.authorities:
            for area, kinds in reach.services.items():
                found[reach.id, area] = min(kinds.values())
        return {service for service, band in found.items() if band <= Band.POSSIBLE}

    alone: set[tuple[str, str | None]] = set().union(*(services([root]) for root in roots))
    return tuple(sorted(services(roots) - alone, key=lambda one: (one[0], one[1] or "~")))
