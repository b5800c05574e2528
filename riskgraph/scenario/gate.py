"""`gate`: a draft award held against limits: clean, blocked or unknown.

Each limit is judged twice: with the draft as it is written, and with every blank of the draft taken against it.
If the first breaks a limit, the draft is blocked. If only the second does, or a fact that must be known is
missing, the answer is unknown, and the blanks are the questions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value, as_words
from riskgraph.analysis.gauge import Gauge
from riskgraph.analysis.market import Trade, market_in
from riskgraph.analysis.measure import By
from riskgraph.analysis.question import Question
from riskgraph.dates import first_day, last_day, years_between
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, roots_reaching
from riskgraph.model import AUTHORITY, Band, FailureKind
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.award import Award, Placed, place, read_award
from riskgraph.scenario.policy import Limit, Policy, read_policy

__all__ = ["Gate", "GateVerdict", "LimitFinding", "MissingFact", "gate"]


class GateVerdict(StrEnum):
    """What the gate says."""

    CLEAN = "clean"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class LimitFinding:
    """One limit at the place where it is worst.

    Attributes
    ----------
    about
        What the number is about: a root whose radius it is, what stops the services, the supplier.
    buyer
        Of the services limit: whose services.
    before, after, at_worst
        The number without the award, with it as written, and with its blanks taken against it; `None`: not known.
    of
        Of services: which stop.
    known, trade
        Of a share: of how many councils a supplier is known, and in which trade of the area it is largest.
    """

    limit: Limit
    verdict: GateVerdict
    about: str
    before: float | None
    after: float | None
    at_worst: float | None
    buyer: str = ""
    of: tuple[str, ...] = ()
    known: int = 0
    trade: str = ""


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact of a draft award that is not there, as a question to put."""

    fact: str
    placed: Placed


@dataclass(frozen=True)
class Gate(Answer, Pictured):
    """A draft award, judged.

    Attributes
    ----------
    question
        The kinds, the band and the day of the radii that are held against the limits.
    verdict
        The worst of all findings; unknown too if a fact that must be known is missing.
    findings
        One for each limit of the policy, in its order.
    missing
        Facts of the draft that the policy insists on and that are not there.
    questions
        Blanks whose answers decide: with the good ones the draft is clean, if `clean_if_good`.
    single_points
        New single points of failure: body or place, buyer, and the services that stop with it, now more
        than one and more than before.
    """

    form: ClassVar = Form(
        "gate",
        "A draft award held against limits: clean, blocked or unknown.",
        ("kinds", "view", "band"),
        (
            Column("draft", "title of the draft"),
            Column("verdict", "clean, unknown or blocked"),
            Column("policy", "title of the limits"),
            Column("buyers", "who buys", "list"),
            Column("supplier", "from whom"),
            Column("leans_on", "what the award would make the buyers lean on", "list"),
            Column("missing", "facts that must be known and are not there", "list"),
            Column("clean_if_good", "whether good answers to the questions make the draft clean", "flag"),
            Column("ended", "rows that end because of the award", "list"),
        ),
        (
            TableForm(
                "limits",
                "a limit, at the place where it is worst",
                (
                    Column("limit", "its name"),
                    Column("verdict", "clean, unknown or blocked"),
                    Column("most", "the most that is allowed", "number"),
                    Column("about", "what the number is about: a root, what stops the services, the supplier"),
                    Column("name", "its name"),
                    Column("buyer", "of the services limit: whose services"),
                    Column("before", "the number without the award", "number"),
                    Column("after", "with it as it is written", "number"),
                    Column("at_worst", "with its blanks taken against it", "number"),
                    Column("services", "services that would stop", "list"),
                    Column(
                        "councils_known", "of a share: councils of which a supplier is known", "integer", "councils"
                    ),
                ),
                ("limit", "verdict", "name", "before", "after", "at_worst", "most"),
            ),
            TableForm(
                "questions",
                "a blank whose answer decides",
                (Column("fact", "the fact"), Column("question", "the question to put")),
            ),
            TableForm(
                "single_points",
                "a new single point of failure of a buyer",
                (
                    Column("about", "what fails"),
                    Column("name", "its name"),
                    Column("buyer", "whose services stop"),
                    Column("buyer_name", "its name"),
                    Column("services", "the services", "list"),
                ),
            ),
        ),
        shown=("limits", "questions"),
    )

    graph: RiskGraph
    question: Question
    placed: Placed
    policy: Policy
    verdict: GateVerdict
    findings: tuple[LimitFinding, ...]
    missing: tuple[str, ...]
    questions: tuple[str, ...]
    clean_if_good: bool
    single_points: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def broken(self) -> tuple[LimitFinding, ...]:
        """The limits that are broken by the draft as it is written."""
        return tuple(one for one in self.findings if one.verdict is GateVerdict.BLOCKED)

    def fact_values(self) -> Mapping[str, Value]:
        """The verdict, and what it is about."""
        placed = self.placed
        return {
            "draft": placed.award.title,
            "verdict": self.verdict,
            "policy": self.policy.title,
            "buyers": placed.buyers,
            "supplier": placed.supplier,
            "leans_on": placed.roots,
            "missing": self.missing,
            "clean_if_good": self.clean_if_good,
            "ended": placed.ended,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each limit, question or single point of failure."""
        dataset = self.placed.dataset
        if table == "questions":
            return [(fact, as_words(MissingFact(fact, self.placed), dataset)) for fact in self.questions]
        if table == "single_points":
            return [
                (about, dataset.name(about), buyer, dataset.name(buyer), services)
                for about, buyer, services in self.single_points
            ]
        return [
            (
                one.limit.name, one.verdict, one.limit.most, one.about, dataset.name(one.about),
                one.buyer or None, one.before, one.after, one.at_worst, one.of, one.known or None,
            )
            for one in self.findings
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<Gate {self.placed.award.title!r}: {self.verdict}, {len(self.broken)} limits broken>"


def gate(graph: RiskGraph, draft: str | Path | Award, policy: Path | Policy | None = None) -> Gate:
    """Hold a draft award against a policy.

    Parameters
    ----------
    draft
        A file, the name of a shipped example, or an `Award`.
    policy
        A policy or its file; the shipped one if left out.

    Returns
    -------
    Gate
        The verdict, each limit with its numbers, and the questions that decide.

    Raises
    ------
    MissingFile
        If a file is not there.
    DataError
        If the draft or the policy is wrong; every problem is listed.

    Examples
    --------
    >>> gate(RiskGraph.open("uk"), "committee-system")
    <Gate 'Committee papers for Rutland': clean, 0 limits broken>
    """
    award = draft if isinstance(draft, Award) else read_award(draft)
    limits = policy if isinstance(policy, Policy) else read_policy(policy)
    return _Judge(graph, award, limits).judge()


# facts that say how far harm reaches, with the answers that are worst and best for the buyer
_ANSWERS: Mapping[str, tuple[str, str]] = {
    "data": ("special", "none"),
    "access": ("admin", "none"),
    "hosting": ("supplier", "own"),
    "subcontractor_access": ("admin", "none"),
}


class _Judge:
    def __init__(self, graph: RiskGraph, award: Award, policy: Policy) -> None:
        self.graph, self.award, self.policy = graph, award, policy
        day = graph.dataset.info.day
        if award.start is not None:
            day = max(day, first_day(award.start))  # the day on which it begins
        self.question = Question.of(graph, as_of=day, band=Band.LIKELY)
        self.states: dict[Award | None, _State] = {}
        self.blanks = tuple(fact for fact in _ANSWERS if self._blank(fact))

    def _blank(self, fact: str) -> bool:
        """Whether a fact matters for this draft and is not there."""
        award = self.award
        matters = {
            "host": award.hosting != "own"
            and (bool(award.product) or award.relation in relations_that(Trait.USE, Trait.SERVES)),
            "hosting": bool(award.product),
            "access": award.relation in relations_that(Trait.SUPPLIES, Trait.USE),
            "data": award.relation not in relations_that(Trait.SUPPLIES) or bool(award.product),
            "subcontractor_access": bool(award.subcontractors),
        }
        if not matters.get(fact, True):
            return False
        return not award.host if fact == "host" else getattr(award, fact) is None

    def judge(self) -> Gate:
        placed = place(self.graph, self.award)
        now, then, worst = self._state(None), self._state(self.award), self._state(self._answered(0))
        findings = tuple(self._findings(placed, now, then, worst))
        missing = tuple(fact for fact in self.policy.must_know if self._blank(fact))
        deciding = [fact for fact in self.blanks if fact not in missing and self._decides(placed, now, fact)]
        if "years" in self.policy.limits:
            deciding += [fact for fact in ("start", "end") if self._blank(fact) and fact not in missing]
        questions = (*missing, *deciding)
        if not questions and any(one.verdict is GateVerdict.UNKNOWN for one in findings):
            questions = self.blanks  # no answer decides alone
        best = self._state(self._answered(1))
        good = all(one.verdict is GateVerdict.CLEAN for one in self._findings(placed, now, best, best))
        order = list(GateVerdict)
        verdict = max((one.verdict for one in findings), key=order.index, default=GateVerdict.CLEAN)
        if questions and verdict is GateVerdict.CLEAN:
            verdict = GateVerdict.UNKNOWN
        points = tuple(self._single_points(placed, now, then))
        return Gate(self.graph, self.question, placed, self.policy, verdict, findings, missing, questions, good, points)

    def _answered(self, which: int, leave: Sequence[str] = ()) -> Award:
        """The draft with its blanks answered in the worst (0) or best (1) way."""
        answers = {fact: _ANSWERS[fact][which] for fact in self.blanks if fact not in leave}
        return replace(self.award, **answers)  # type: ignore[arg-type]

    def _decides(self, placed: Placed, now: _State, fact: str) -> bool:
        """Whether one answer changes a finding: all other blanks at their worst, this one at its best."""
        tried = replace(self._answered(0), **{fact: _ANSWERS[fact][1]})  # type: ignore[arg-type]
        worst, better = self._state(self._answered(0)), self._state(tried)
        before = [one.verdict for one in self._findings(placed, now, worst, worst)]
        after = [one.verdict for one in self._findings(placed, now, better, better)]
        return before != after

    def _state(self, award: Award | None) -> _State:
        """The map without the award, or with it."""
        if award not in self.states:
            graph = self.graph if award is None else RiskGraph(place(self.graph, award).dataset)
            self.states[award] = _State(graph, self.question)
        return self.states[award]

    # -- limits ---------------------------------------------------------------------------------

    def _findings(self, placed: Placed, now: _State, then: _State, worst: _State) -> Iterator[LimitFinding]:
        for name, limit in self.policy.limits.items():
            if name == "radius":
                yield self._radius(limit, placed, now, then, worst)
            elif name == "services":
                yield self._services(limit, placed, now, then, worst)
            elif name == "share":
                yield self._share(limit, placed, now, then, worst)
            else:
                yield self._years(limit, placed)

    def _verdict(self, limit: Limit, before: float, after: float, at_worst: float) -> GateVerdict:
        """A limit is broken by what the award adds, not by what was so before."""
        if after > limit.most and after > before:
            return GateVerdict.BLOCKED
        if at_worst > limit.most and at_worst > before:
            return GateVerdict.UNKNOWN
        return GateVerdict.CLEAN

    def _radius(self, limit: Limit, placed: Placed, now: _State, then: _State, worst: _State) -> LimitFinding:
        order = list(GateVerdict)
        judged = []
        for root in placed.roots:
            before, after, at = now.radius(root), then.radius(root), worst.radius(root)
            judged.append((order.index(self._verdict(limit, before, after, at)), after, at, before, root))
        place_, after, at, before, root = max(judged)
        return LimitFinding(limit, order[place_], root, before, after, at)

    def _services(self, limit: Limit, placed: Placed, now: _State, then: _State, worst: _State) -> LimitFinding:
        order = list(GateVerdict)
        best: tuple[tuple[int, int, int, bool, str], LimitFinding] | None = None
        own = {root.partition("/")[0] for root in placed.roots}
        for buyer in placed.buyers:
            old, new, bad = now.stops(buyer), then.stops(buyer), worst.stops(buyer)
            for root in sorted({*new, *bad}):
                before, after, at = (len(one.get(root, ())) for one in (old, new, bad))
                if max(after, at) <= before:
                    continue
                verdict = self._verdict(limit, before, after, at)
                key = (order.index(verdict), after, at, root in own, root)
                if best is None or key > best[0]:
                    best = key, LimitFinding(limit, verdict, root, before, after, at, buyer, new.get(root, ()))
        return best[1] if best is not None else LimitFinding(limit, GateVerdict.CLEAN, placed.supplier, 0, 0, 0)

    def _share(self, limit: Limit, placed: Placed, now: _State, then: _State, worst: _State) -> LimitFinding:
        area = self.award.service_area
        sides = [state.shares(placed.supplier, area) for state in (now, then, worst)]
        known = {trade: share[1] for trade, share in sides[1].items()}
        judged = [trade for trade in Trade if known[trade] >= limit.known]
        if not judged:
            return LimitFinding(limit, GateVerdict.CLEAN, placed.supplier, None, None, None, known=max(known.values()))
        trade = max(judged, key=lambda one: sides[1][one][0])
        before, after, at = (side[trade][0] for side in sides)
        verdict = self._verdict(limit, before, after, at)
        return LimitFinding(limit, verdict, placed.supplier, before, after, at, known=known[trade], trade=trade)

    def _years(self, limit: Limit, placed: Placed) -> LimitFinding:
        start, end = self.award.start, self.award.end
        if start is None or end is None:
            return LimitFinding(limit, GateVerdict.UNKNOWN, placed.supplier, 0, None, None)
        years = years_between(first_day(start), last_day(end))
        return LimitFinding(limit, self._verdict(limit, 0, years, years), placed.supplier, 0, years, years)

    def _single_points(self, placed: Placed, now: _State, then: _State) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        for buyer in placed.buyers:
            old, new = now.stops(buyer), then.stops(buyer)
            for root in sorted(new, key=lambda one: (-len(new[one]), one)):
                if len(new[root]) > 1 and len(new[root]) > len(old.get(root, ())):
                    yield root, buyer, new[root]


class _State:
    """A map in a view: what the limits measure in it."""

    def __init__(self, graph: RiskGraph, question: Question) -> None:
        self.graph, self.view, self.band = graph, question.view, question.band
        self.gauge = Gauge(graph, question.view, question.kinds, None, question.band, By.AUTHORITIES)
        self._stops: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def radius(self, root: str) -> float:
        """Authorities that could be reached from a root, at least likely; 0 if the map does not know it."""
        if root.partition("/")[0] not in self.graph.dataset.entities:
            return 0.0
        return self.gauge.radius(root)[0]

    def stops(self, buyer: str) -> Mapping[str, tuple[str, ...]]:
        """Body or place to the services of a buyer that could stop if it alone failed, at least likely."""
        if buyer not in self._stops:
            self._stops[buyer] = self._all_stops(buyer)
        return self._stops[buyer]

    def _all_stops(self, buyer: str) -> Mapping[str, tuple[str, ...]]:
        harm = self.graph.harm(self.view)
        part = Part.SERVICE if self.graph.dataset.entities[buyer].kind == AUTHORITY else Part.LINE
        parts = harm.parts(buyer, part)
        services = {harm.state(number, FailureKind.OUTAGE): area or "?" for number, area in parts}
        others = [body for body in self.graph.dataset.entities if body != buyer]
        found: dict[str, set[str]] = defaultdict(set)
        for state, roots in roots_reaching(harm, others, [FailureKind.OUTAGE], services, Band.LIKELY).items():
            for root in roots:
                found[root].add(services[state])
        return {root: tuple(sorted(found[root])) for root in sorted(found)}

    def shares(self, supplier: str, area: str) -> Mapping[Trade, tuple[float, int]]:
        """Per cent of each trade of a market that a supplier or its group has, and of how many councils one is known."""
        market = market_in(self.graph, self.view, [area])
        owner = market.owner.get(supplier, supplier)
        sides = {trade: market.of(trade) for trade in Trade}
        return {trade: (side.percent(owner, owners=True) or 0.0, side.known) for trade, side in sides.items()}
