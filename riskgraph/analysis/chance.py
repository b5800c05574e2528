"""`chance`: how likely each authority is to be reached, if steps hold independently; and what a change does to it.

The radius of `blast` comes first and needs no probabilities. This is the second look: the chance of a step
is a judgement (`datasets/step_chances.csv`), so every figure has a low and a high one beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, Unpack

import numpy as np

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import blast, run
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.analysis.radius import BlastRadius, Reach
from riskgraph.analysis.residents import ResidentSums
from riskgraph.analysis.step_chances import StepChance, step_chances
from riskgraph.engine.chance import CERTAIN, Draws, Float, Steps, exact, sampled, unpack, wilson
from riskgraph.engine.network import states_of
from riskgraph.engine.worlds import BLOCK, ranks, starting
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import PLAIN, HarmNetwork, Part, Place, places_of
from riskgraph.model import KINDS, Band, FailureKind

__all__ = ["Chance", "ChanceChange", "Exposure", "chance", "chance_change"]

MOST_WORLDS = 1_000_000
Progress = Callable[[int, int], None] | None
_THREE = ("low", "base", "high")
_WHEN = ("before", "after")


@dataclass(frozen=True, slots=True)
class Exposure:
    """How likely one authority is to be reached; chances between 0 and 1."""

    id: str
    name: str
    band: Band  # its best band of any kind: the answer without probabilities
    low: float
    base: float
    high: float
    kinds: Mapping[FailureKind, float]  # the base chance of each kind
    interval: tuple[float, float] | None  # of the base chance, at 95 %; `None` if it is exact

    @property
    def exact(self) -> bool:
        """Whether it was worked out, not sampled."""
        return self.interval is None


_WORLDS = (
    Column("worlds", "how many worlds were drawn", "integer"),
    Column("seed", "seed of the draws", "integer"),
)
_ID, _NAME = Column("id", "id of the council"), Column("name", "its name")
_STEPS = TableForm(
    "step_chances",
    "a band, and how likely a step of it is taken to hold",
    (
        Column("band", "the band", "band"),
        Column("low", "low chance, from 0 to 1", "number"),
        Column("base", "base chance, from 0 to 1", "number"),
        Column("high", "high chance, from 0 to 1", "number"),
        Column("basis", "what they rest on"),
    ),
)


def _two(chance: float) -> float:
    """A chance with two places, as the percentages of the page have them."""
    return round(100 * chance) / 100


def _step_rows(table: Mapping[Band, StepChance]) -> list[Row]:
    return [(band, step.low, step.base, step.high, step.basis or None) for band, step in table.items()]


@dataclass(frozen=True)
class Chance(Answer):
    """Chances of being reached, highest first, and the expected radius as low, base and high figures."""

    form: ClassVar = Form(
        "chance",
        "How likely each council is to be reached if the roots failed; chances have two places, as they are worth no more.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("councils", "how many could be reached: the answer without chances", "integer"),
            *(Column(f"expected_{name}", f"councils to expect with the {name} chances", "number") for name in _THREE),
            Column("nine_of_ten_least", "least councils reached in nine of ten worlds", "integer"),
            Column("nine_of_ten_most", "most councils reached in nine of ten worlds", "integer"),
            Column("together", "councils to expect if all steps stood or fell together", "number"),
            *(
                Column(
                    f"residents_{name}", f"people in the areas to expect with the {name} chances", "integer", "people"
                )
                for name in _THREE
            ),
            *_WORLDS,
        ),
        (
            TableForm(
                "councils",
                "a council that could be reached, likeliest first",
                (
                    _ID,
                    _NAME,
                    Column("band", "how surely it could be reached", "band"),
                    *(
                        Column(name, f"its chance with the {name} chances of a step, from 0 to 1", "number")
                        for name in _THREE
                    ),
                    Column("exact", "whether it was worked out, not sampled", "flag"),
                    Column("from", "least base chance at 95 per cent; empty: exact", "number"),
                    Column("to", "highest base chance at 95 per cent; empty: exact", "number"),
                ),
            ),
            TableForm(
                "kinds",
                "one kind of failure at one of the councils",
                (_ID, Column("kind", "kind of failure"), Column("base", "base chance, from 0 to 1", "number")),
            ),
            _STEPS,
        ),
    )

    graph: RiskGraph
    question: Question
    radius: BlastRadius
    step_chances: Mapping[Band, StepChance]
    authorities: tuple[Exposure, ...]
    expected: tuple[float, float, float]  # authorities
    residents: tuple[float, float, float]  # people living in the areas reached, each once
    range: tuple[int, int]  # in nine of ten worlds, authorities reached, with the base chances
    together: float  # expected authorities if all steps stood or fell together
    worlds: int
    seed: int

    @property
    def band(self) -> Band:
        """Steps weaker than this were left out."""
        return self.question.band

    def fact_values(self) -> Mapping[str, Value]:
        """What to expect, and what it rests on."""
        return {
            "councils": len(self.authorities),
            **{f"expected_{name}": round(value, 1) for name, value in zip(_THREE, self.expected, strict=True)},
            "nine_of_ten_least": self.range[0],
            "nine_of_ten_most": self.range[1],
            "together": round(self.together, 1),
            **{f"residents_{name}": round(value) for name, value in zip(_THREE, self.residents, strict=True)},
            "worlds": self.worlds,
            "seed": self.seed,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """The councils, their kinds, or the chances of a step."""
        if table == "step_chances":
            return _step_rows(self.step_chances)
        if table == "kinds":
            return [(e.id, kind, _two(value)) for e in self.authorities for kind, value in e.kinds.items()]
        return [
            (
                e.id,
                e.name,
                e.band,
                *map(_two, (e.low, e.base, e.high)),
                e.exact,
                *((None, None) if e.interval is None else map(_two, e.interval)),
            )
            for e in self.authorities
        ]

    def __repr__(self) -> str:
        return f"<Chance for {' and '.join(self.radius.roots)}: {self.expected[1]:.0f} of {len(self.authorities)}>"


class _StepNumbers:
    """Gives each row, and each doubtful rule inside a body, one number; links of the same row share it."""

    def __init__(self, harm: HarmNetwork) -> None:
        self.harm, self.keys = harm, list[int]()
        self._number: dict[str, int] = {}
        self._links: dict[int, int] = {}
        self.steps = Steps(self._of_link, self._of_derivation, self.keys)

    def _of_link(self, link: int) -> int:
        found = self._links.get(link)
        if found is None:
            found = self._links[link] = self._new_link(link)
        return found

    def _new_link(self, link: int) -> int:
        label = self.harm.network.label[link]
        if label == PLAIN:
            return CERTAIN
        if label >= 0:
            return self._known("+".join(row.id for row in self.harm.steps[label].rows))
        rule = self.harm.inside[-1 - label]
        body = self.harm.places[self.harm.network.target[link]].body
        return self._known(f"{body}: {rule.source} > {rule.target}")

    def _of_derivation(self, place: int, number: int) -> int:
        rule = self.harm.network.derivations[number]
        return self._known(f"{self.harm.places[place].body}: {KINDS[rule.source]} > {KINDS[rule.target]}")

    def _known(self, text: str) -> int:
        number = self._number.get(text)
        if number is None:
            number = self._number[text] = len(self.keys)
            self.keys.append(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little"))
        return number


class _Asked:
    """One graph, one question: what both the exact and the sampled answer need."""

    def __init__(self, graph: RiskGraph, radius: BlastRadius) -> None:
        self.question = radius.question
        self.band = band = radius.question.band
        self.harm = graph.harm(radius.view, radius.roots)
        self.book = _StepNumbers(self.harm)
        self.roots = [places_of(self.harm, root) for root in radius.roots]
        self.kinds = [KINDS.index(kind) for kind in radius.kinds]
        self.hops = run(self.harm, radius.roots, radius.kinds).bands[band].hops
        self.reaches = radius.within(band)
        self.ranks = ranks(self.harm.network, starting(self.roots, self.kinds), band)
        self.people = ResidentSums.of(graph.dataset, [reach.id for reach in self.reaches])

    def states(self, reach: Reach) -> list[int]:
        """The states of an authority, one for each kind."""
        return list(states_of(self.harm.number[Place(reach.id, Part.WHOLE)]))

    @property
    def counting(self) -> list[int]:
        """Numbers of the kinds by which an authority counts as reached."""
        return [number for number, kind in enumerate(KINDS) if kind in self.question.counting]

    def exact(self, reach: Reach, chances: Sequence[Sequence[float]]) -> Float | None:
        """Chances of any kind and of each kind, worked out, if few enough steps matter."""
        states = self.states(reach)
        return exact(
            self.harm.network, self.book.steps, self.roots, self.kinds, self.band, self.hops,
            [[states[number] for number in self.counting], *([state] for state in states)], chances, self.ranks,
        )  # fmt: skip

    def sampled(self, chances: Sequence[float], draws: Draws) -> list[list[int]]:
        """For each authority the worlds in which it is reached, in any kind and in each."""
        targets = [[state] for reach in self.reaches for state in self.states(reach)]
        bits = sampled(
            self.harm.network, self.book.steps, self.roots, self.kinds, self.band, targets, chances, draws, self.ranks
        )  # fmt: skip
        found = []
        for first in range(0, len(bits), len(KINDS)):
            each = bits[first : first + len(KINDS)]
            anyhow = 0
            for number in self.counting:
                anyhow |= each[number]
            found.append([anyhow, *each])
        return found

    def person_worlds(self, bits: Sequence[int], count: int) -> int:
        """Residents reached, each once, added over the worlds; `bits` are the worlds of each authority."""
        held = np.zeros((len(bits), count), np.bool_)
        for column in self.people.columns.tolist():
            if bits[column]:
                held[column] = unpack(bits[column], count)
        return int(self.people.each(held.T).sum())


def _blocks(worlds: int, seed: int, progress: Progress) -> Iterator[Draws]:
    for first in range(0, worlds, BLOCK):
        yield Draws(seed, first, min(BLOCK, worlds - first))
        if progress is not None:
            progress(min(first + BLOCK, worlds), worlds)


def _counts(bits: Sequence[Sequence[int]], count: int) -> Float:
    """How many authorities are reached in each world."""
    total = np.zeros(count)
    for anyhow, *_ in bits:
        if anyhow:
            total += unpack(anyhow, count)
    return total


def _checked(worlds: int, seed: int, table: Mapping[Band, StepChance] | None) -> Mapping[Band, StepChance]:
    """The chances of a step, the shipped ones unless others are given."""
    if not 100 <= worlds <= MOST_WORLDS:
        raise RiskGraphError(f"{worlds:,} is no useful number of worlds.", f"Use 100 to {MOST_WORLDS:,}.")
    if not 0 <= seed < 2**63:
        raise RiskGraphError(f"{seed} is no seed.", "Use a whole number from 0 up.")
    if table is not None and set(table) != set(Band):
        raise RiskGraphError(
            "The table of chances leaves a band out.", f"Give each of: {', '.join(b.word for b in Band)}."
        )
    return step_chances() if table is None else table


def chance(
    graph: RiskGraph,
    roots: RootNames,
    *,
    worlds: int = 10_000,
    seed: int = 1,
    table: Mapping[Band, StepChance] | None = None,
    progress: Progress = None,
    **asking: Unpack[Asking],
) -> Chance:
    """How likely each authority is to be reached, given that the roots fail.

    Each row holds or does not hold as a whole, independently of the others; so does each doubtful rule inside
    a body. An authority on which few steps bear is worked out exactly, any other is sampled.

    Parameters
    ----------
    graph
        The map to ask.
    roots
        What fails, all at once; see `riskgraph.analysis.blast.blast`.
    worlds
        How many worlds are drawn: at 10,000 a sampled chance is within one point, 19 times of 20.
    seed
        Another seed, other luck; the same seed, the same answer.
    table
        Chances of a step by band; the shipped ones if left out.
    progress
        Called with the worlds that are drawn, and all that will be.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`. Steps weaker than the band are left
        out, and alternatives count as in this band.

    Returns
    -------
    Chance
        Chances are between 0 and 1.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.
    RiskGraphError
        If there are too few or too many worlds, or the table leaves a band out.

    Examples
    --------
    >>> found = chance(RiskGraph.open("seeds"), "east kent services", like="outage", as_of="2024-01-15", worlds=1000)
    >>> [(e.name, e.base, e.exact) for e in found.authorities][:1]
    [('Canterbury City Council', 0.955, True)]
    """
    table = _checked(worlds, seed, table)
    question = Question.of(graph, roots, **asking)
    radius = blast(graph, question)
    asked = _Asked(graph, radius)
    chances = [[getattr(table[b], name) for b in Band] for name in _THREE]
    ids = [reach.id for reach in asked.reaches]
    hits = np.zeros((3, len(ids), len(KINDS) + 1))
    people = [0.0, 0.0, 0.0]
    radii = []
    for draws in _blocks(worlds, seed, progress):
        for number, some in enumerate(chances):
            bits = asked.sampled(some, draws)
            for place, worlds_of in enumerate(bits):
                hits[number, place] += [each.bit_count() for each in worlds_of]
            people[number] += asked.person_worlds([row[0] for row in bits], draws.count)
            if number == 1:
                radii.append(_counts(bits, draws.count))
    shares = hits / worlds
    exposures = []
    for row, reach in enumerate(asked.reaches):
        found = asked.exact(reach, chances)
        interval = wilson(float(hits[1, row, 0]), worlds) if found is None else None
        low, base, high = (shares[:, row] if found is None else found).tolist()
        by_kind = {kind: base[1 + n] for n, kind in enumerate(KINDS) if base[1 + n] > 0}
        exposures.append(Exposure(reach.id, reach.name, reach.band, low[0], base[0], high[0], by_kind, interval))
    exposures.sort(key=lambda e: (-e.base, -e.high, graph.dataset.usual_name(e.id), e.id))
    drawn = np.concatenate(radii)
    return Chance(
        graph,
        question,
        radius,
        table,
        tuple(exposures),
        (sum(e.low for e in exposures), sum(e.base for e in exposures), sum(e.high for e in exposures)),
        (people[0] / worlds, people[1] / worlds, people[2] / worlds),
        (int(np.quantile(drawn, 0.05, method="lower")), int(np.quantile(drawn, 0.95, method="higher"))),
        sum(table[e.band].base for e in exposures),
        worlds,
        seed,
    )


# -- before and after ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChanceChange(Answer):
    """What a change does to the expected radius, seen with the same luck before and after."""

    form: ClassVar = Form(
        "chance before",
        "What a change does to the chances, seen with the same luck before and after; `data` is the state after.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("before_title", "title of the data before"),
            Column("before_digest", "digest of the data before"),
            *(Column(f"councils_{when}", f"how many could be reached {when}", "integer") for when in _WHEN),
            *(Column(f"expected_{when}", f"councils to expect {when}", "number") for when in _WHEN),
            Column("difference", "councils to expect after less before", "number"),
            Column("half_width", "half of the 95 per cent interval of the difference", "number"),
            *(
                Column(f"residents_{when}", f"people in the areas to expect {when}", "integer", "people")
                for when in _WHEN
            ),
            *_WORLDS,
        ),
        (
            TableForm(
                "councils",
                "a council whose chance changes, the largest change first",
                (_ID, _NAME, *(Column(when, f"its chance {when}, from 0 to 1", "number") for when in _WHEN)),
            ),
            _STEPS,
        ),
    )

    graph: RiskGraph  # after
    question: Question
    before: BlastRadius
    after: BlastRadius
    step_chances: Mapping[Band, StepChance]
    expected: tuple[float, float]  # authorities, before and after, with the base chances
    difference: tuple[float, float]  # after less before, and half of its 95 % interval
    residents: tuple[float, float]
    authorities: Mapping[str, tuple[float, float]]  # chances before and after, largest change first
    worlds: int
    seed: int

    def fact_values(self) -> Mapping[str, Value]:
        """What to expect before and after."""
        dataset, band = self.before.graph.dataset, self.question.band
        councils = (len(radius.within(band)) for radius in (self.before, self.after))
        return {
            "before_title": dataset.info.title,
            "before_digest": dataset.digest,
            **{f"councils_{when}": value for when, value in zip(_WHEN, councils, strict=True)},
            **{f"expected_{when}": round(value, 1) for when, value in zip(_WHEN, self.expected, strict=True)},
            "difference": round(self.difference[0], 1),
            "half_width": round(self.difference[1], 1),
            **{f"residents_{when}": round(value) for when, value in zip(_WHEN, self.residents, strict=True)},
            "worlds": self.worlds,
            "seed": self.seed,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """The councils whose chance changes, or the chances of a step."""
        if table == "step_chances":
            return _step_rows(self.step_chances)
        entities = {**self.before.graph.dataset.entities, **self.graph.dataset.entities}
        return [(id_, entities[id_].name, _two(b), _two(a)) for id_, (b, a) in self.authorities.items()]

    def __repr__(self) -> str:
        before, after = self.expected
        return f"<ChanceChange for {' and '.join(self.before.roots)}: {before:.1f} to {after:.1f}>"


def chance_change(
    before: RiskGraph,
    after: RiskGraph,
    roots: RootNames,
    *,
    worlds: int = 10_000,
    seed: int = 1,
    table: Mapping[Band, StepChance] | None = None,
    progress: Progress = None,
    **asking: Unpack[Asking],
) -> ChanceChange:
    """How the chances differ between two maps, with common random numbers.

    A row with the same id draws the same number in both, so only what was changed makes a difference. All
    figures are sampled, also where they could be worked out: else the luck would not be the same.

    Parameters
    ----------
    before, after
        Two maps, such as today's and a draft.
    roots, worlds, seed, table, progress, asking
        As for `chance`.

    Returns
    -------
    ChanceChange
        Chances are between 0 and 1.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of either map.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> chance_change(seeds, seeds, "civica", worlds=1000).difference
    (0.0, 0.0)
    """
    table = _checked(worlds, seed, table)
    some = [table[b].base for b in Band]
    radii = [blast(graph, Question.of(graph, roots, **asking)) for graph in (before, after)]
    asked = [_Asked(radius.graph, radius) for radius in radii]
    hits: list[dict[str, int]] = [{}, {}]
    people = [0.0, 0.0]
    differences = []
    totals = [0.0, 0.0]
    for draws in _blocks(worlds, seed, progress):
        counts = []
        for side, one in enumerate(asked):
            bits = one.sampled(some, draws)
            ids = [reach.id for reach in one.reaches]
            for id_, row in zip(ids, bits, strict=True):
                hits[side][id_] = hits[side].get(id_, 0) + row[0].bit_count()
            people[side] += one.person_worlds([row[0] for row in bits], draws.count)
            counts.append(_counts(bits, draws.count))
            totals[side] += float(counts[side].sum())
        differences.append(counts[1] - counts[0])
    drawn = np.concatenate(differences)
    both = {id_: (hits[0].get(id_, 0) / worlds, hits[1].get(id_, 0) / worlds) for id_ in {**hits[0], **hits[1]}}
    changed = {id_: pair for id_, pair in both.items() if pair[0] != pair[1]}
    return ChanceChange(
        after,
        radii[1].question,
        radii[0],
        radii[1],
        table,
        (totals[0] / worlds, totals[1] / worlds),
        (float(drawn.mean()), 1.96 * float(drawn.std()) / sqrt(worlds)),
        (people[0] / worlds, people[1] / worlds),
        dict(sorted(changed.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item[0]))),
        worlds,
        seed,
    )
