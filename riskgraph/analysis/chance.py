"""`chance`: how likely each authority is to be reached, if steps hold independently; and what a change does to it.

The radius of `blast` comes first and needs no probabilities. This is the second look: the chance of a step
is a judgement (`datasets/step_chances.csv`), so every figure has a low and a high one beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from riskgraph.analysis.blast import blast, run
from riskgraph.analysis.radius import BlastRadius, Reach
from riskgraph.analysis.residents import ResidentSums
from riskgraph.analysis.select import Selection
from riskgraph.analysis.step_chances import StepChance, step_chances
from riskgraph.arguments import checked
from riskgraph.engine.chance import CERTAIN, Draws, Float, Steps, exact, sampled, unpack, wilson
from riskgraph.engine.network import states_of
from riskgraph.engine.worlds import BLOCK, ranks, starting
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import PLAIN, HarmNetwork, Part, Place, places_of
from riskgraph.model import KINDS, Band, FailureKind

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Chance", "ChanceChange", "Exposure", "chance", "chance_change"]

MOST_WORLDS = 1_000_000
Progress = Callable[[int, int], None] | None


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


@dataclass(frozen=True)
class Chance:
    """Chances of being reached, highest first, and the expected radius as low, base and high figures."""

    graph: RiskGraph
    radius: BlastRadius
    band: Band
    table: Mapping[Band, StepChance]
    authorities: tuple[Exposure, ...]
    expected: tuple[float, float, float]  # authorities
    residents: tuple[float, float, float]  # people living in the areas reached, each once
    range: tuple[int, int]  # in nine of ten worlds, authorities reached, with the base chances
    together: float  # expected authorities if all steps stood or fell together
    worlds: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values; chances have two places, because they are worth no more."""
        low, base, high = (round(value, 1) for value in self.expected)
        people = [round(value) for value in self.residents]
        return {
            "schema": 1,
            "roots": list(self.radius.roots),
            "kinds": [str(kind) for kind in self.radius.kinds],
            "as_of": self.radius.view.as_of.isoformat(),
            "band": self.band.word,
            "step_chances": {
                band.word: {"low": step.low, "base": step.base, "high": step.high, "basis": step.basis}
                for band, step in self.table.items()
            },
            "worlds": self.worlds,
            "seed": self.seed,
            "radius": len(self.authorities),
            "expected": {"low": low, "base": base, "high": high},
            "nine_of_ten": list(self.range),
            "together": round(self.together, 1),
            "residents": {"low": people[0], "base": people[1], "high": people[2]},
            "authorities": [
                {
                    "id": e.id,
                    "band": e.band.word,
                    "low": round(e.low, 2),
                    "base": round(e.base, 2),
                    "high": round(e.high, 2),
                    "kinds": {str(kind): round(value, 2) for kind, value in e.kinds.items()},
                    "interval": None if e.interval is None else [round(end, 2) for end in e.interval],
                }
                for e in self.authorities
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each authority: band, low, base and high chance, the interval if it was sampled."""
        import pandas as pd

        columns = ["body", "name", "band", "low", "base", "high", "from", "to"]
        rows = [
            (e.id, e.name, e.band.word, e.low, e.base, e.high, *(e.interval or (e.base, e.base)))
            for e in self.authorities
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        return f"<Chance for {' and '.join(self.radius.roots)}: {self.expected[1]:.0f} of {len(self.authorities)}>"


class _Book:
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

    def __init__(self, graph: RiskGraph, radius: BlastRadius, band: Band) -> None:
        self.dataset, self.band = graph.dataset, band
        self.harm = graph.harm(radius.view, radius.roots)
        self.book = _Book(self.harm)
        self.roots = [places_of(self.harm, root) for root in radius.roots]
        self.kinds = [KINDS.index(kind) for kind in radius.kinds]
        self.hops = run(self.harm, radius.roots, radius.kinds).bands[band].hops
        self.reaches = radius.within(band)
        self.ranks = ranks(self.harm.network, starting(self.roots, self.kinds), band)
        self.people = ResidentSums.of(graph.dataset, [reach.id for reach in self.reaches])

    def states(self, reach: Reach) -> list[int]:
        """The states of an authority, one for each kind."""
        return list(states_of(self.harm.number[Place(reach.id, Part.WHOLE)]))

    def exact(self, reach: Reach, chances: Sequence[Sequence[float]]) -> Float | None:
        """Chances of any kind and of each kind, worked out, if few enough steps matter."""
        states = self.states(reach)
        return exact(
            self.harm.network, self.book.steps, self.roots, self.kinds, self.band, self.hops,
            [states, *([state] for state in states)], chances, self.ranks,
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
            for some in each:
                anyhow |= some
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


def _check(worlds: int, seed: int) -> None:
    if not 100 <= worlds <= MOST_WORLDS:
        raise RiskGraphError(f"{worlds:,} is no useful number of worlds.", f"Use 100 to {MOST_WORLDS:,}.")
    if not 0 <= seed < 2**63:
        raise RiskGraphError(f"{seed} is no seed.", "Use a whole number from 0 up.")


@checked
def chance(
    graph: RiskGraph,
    roots: str | Sequence[str],
    *,
    band: str | Band = Band.POSSIBLE,
    worlds: int = 10_000,
    seed: int = 1,
    table: Mapping[Band, StepChance] | None = None,
    selection: Selection | None = None,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "compromise",
    as_of: str | date | None = None,
    without: str | tuple[str, ...] | None = None,
    known_before: str | date | None = None,
    progress: Progress = None,
) -> Chance:
    """How likely each authority is to be reached, given that the roots fail.

    Each row holds or does not hold as a whole, independently of the others; so does each doubtful rule inside
    a body. An authority on which few steps bear is worked out exactly, any other is sampled.

    Parameters
    ----------
    band
        Steps weaker than this are left out, and alternatives count as in this band.
    worlds
        How many worlds are drawn: at 10,000 a sampled chance is within one point, 19 times of 20.
    seed
        Another seed, other luck; the same seed, the same answer.
    table
        Chances of a step by band; the shipped ones if left out.
    selection
        Whom the answer is limited to; the other parameters are those of `blast`.
    progress
        Called with the worlds that are drawn, and all that will be.

    Examples
    --------
    >>> found = chance(RiskGraph.open("seeds"), "east kent services", like="outage", worlds=1000)
    >>> [(e.name, e.base, e.exact) for e in found.authorities][:1]
    [('Canterbury City Council', 0.925, True)]
    """
    _check(worlds, seed)
    band = Band.of(band)
    table = step_chances() if table is None else table
    if set(table) != set(Band):
        raise RiskGraphError(
            "The table of chances leaves a band out.", f"Give each of: {', '.join(b.word for b in Band)}."
        )
    radius = blast(
        graph, roots, kinds=kinds, like=like, as_of=as_of, without=without, known_before=known_before
    )  # fmt: skip
    if selection is not None:
        radius = radius.selected(selection)
    asked = _Asked(graph, radius, band)
    chances = [[getattr(table[b], name) for b in Band] for name in ("low", "base", "high")]
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
        radius,
        band,
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
class ChanceChange:
    """What a change does to the expected radius, seen with the same luck before and after."""

    before: BlastRadius
    after: BlastRadius
    band: Band
    expected: tuple[float, float]  # authorities, before and after, with the base chances
    difference: tuple[float, float]  # after less before, and half of its 95 % interval
    residents: tuple[float, float]
    authorities: Mapping[str, tuple[float, float]]  # chances before and after, largest change first
    worlds: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values."""
        return {
            "schema": 1,
            "roots": list(self.before.roots),
            "kinds": [str(kind) for kind in self.before.kinds],
            "worlds": self.worlds,
            "seed": self.seed,
            "band": self.band.word,
            "radius": [len(radius.within(self.band)) for radius in (self.before, self.after)],
            "expected": [round(value, 1) for value in self.expected],
            "difference": {"mean": round(self.difference[0], 1), "half_width": round(self.difference[1], 1)},
            "residents": [round(value) for value in self.residents],
            "authorities": {id_: [round(b, 2), round(a, 2)] for id_, (b, a) in self.authorities.items()},
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each authority whose chance changes: before and after."""
        import pandas as pd

        rows = [(id_, before, after) for id_, (before, after) in self.authorities.items()]
        return pd.DataFrame(rows, columns=["body", "before", "after"])

    def __repr__(self) -> str:
        before, after = self.expected
        return f"<ChanceChange for {' and '.join(self.before.roots)}: {before:.1f} to {after:.1f}>"


def chance_change(
    before: RiskGraph,
    after: RiskGraph,
    roots: str | Sequence[str],
    *,
    band: str | Band = Band.POSSIBLE,
    worlds: int = 10_000,
    seed: int = 1,
    table: Mapping[Band, StepChance] | None = None,
    progress: Progress = None,
    **question: Any,
) -> ChanceChange:
    """How the chances differ between two maps, with common random numbers.

    A row with the same id draws the same number in both, so only what was changed makes a difference. All
    figures are sampled, also where they could be worked out: else the luck would not be the same.

    Parameters
    ----------
    before, after
        Two maps, such as today's and a draft.
    question
        As for `blast`: kinds, like, as_of, without, known_before.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> chance_change(seeds, seeds, "civica", worlds=1000).difference
    (0.0, 0.0)
    """
    _check(worlds, seed)
    band = Band.of(band)
    table = step_chances() if table is None else table
    some = [table[b].base for b in Band]
    radii = [blast(graph, roots, **question) for graph in (before, after)]
    asked = [_Asked(graph, radius, band) for graph, radius in zip((before, after), radii, strict=True)]
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
        radii[0],
        radii[1],
        band,
        (totals[0] / worlds, totals[1] / worlds),
        (float(drawn.mean()), 1.96 * float(drawn.std()) / sqrt(worlds)),
        (people[0] / worlds, people[1] / worlds),
        dict(sorted(changed.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item[0]))),
        worlds,
        seed,
    )
