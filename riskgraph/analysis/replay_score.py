"""The score over all replays: how much of what happened the map would have named, band by band.

It is recall that is measured. What is recorded is mostly who was hit, so a share of the named that were hit stands
on very few who were cleared; those of whom nothing is recorded are counted apart and never as false alarms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.replay import Compared, Outcome, Replay, State, replay
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.pictured import Pictured

__all__ = ["FEWEST_OUTCOMES", "BandScore", "ReplayScore", "replay_all"]

FEWEST_OUTCOMES = 10  # known outcomes below which a share says too little to be printed


@dataclass(frozen=True, slots=True)
class BandScore:
    """All replays together, counting what is named in a band or a surer one."""

    band: Band
    named: int
    hit: int
    told: int
    cleared: int
    silent: int
    hits: int  # everybody hit, named or not

    @property
    def precision(self) -> float | None:
        """Of those named whose outcome is known, the share that was hit; `None` where these are too few."""
        return _share(self.hit, self.hit + self.cleared)

    @property
    def recall(self) -> float | None:
        """Of those hit, the share that is named; `None` where these are too few."""
        return _share(self.hit, self.hits)

    @property
    def jaccard(self) -> float | None:
        """Hit and named, of all that were hit or wrongly named; those of whom nothing is known are left out."""
        return _share(self.hit, self.hits + self.cleared)


@dataclass(frozen=True)
class ReplayScore(Answer, Pictured):
    """All incidents of a map, and the score over them."""

    form: ClassVar = Form(
        "replay score",
        "Every incident of the map, asked as if it were to come, and how many of those hit it would have named.",
        ("band", "scope"),
        (
            Column("only_known_before", "whether only what was published before each incident began was used", "flag"),
            Column("cut_off", "date of the data: what is recorded ends there"),
            Column("fewest", "known outcomes below which a share is not given", "integer", "bodies"),
            Column("incidents", "incidents in the data", "integer", "incidents"),
            Column("scored", "incidents that were scored", "integer", "incidents"),
            Column("hits", "bodies hit, once for each incident", "integer", "bodies"),
            Column("cleared", "bodies that were checked or said not to be affected", "integer", "bodies"),
            Column("cleared_and_named", "of these, named by the map: false alarms", "integer", "bodies"),
        ),
        (
            TableForm(
                "incidents",
                "an incident, scored or not",
                Replay.form.facts,
                ("incident", "state", "asked_as_of", "leaning", "hit", "hit_in_no_band", "named", "cleared"),
            ),
            TableForm(
                "bands",
                "what is named in a band or a surer one, over all incidents that were scored",
                (
                    Column("band", "the band; the surer ones are included", "band"),
                    Column("named", "bodies named elsewhere than where it began", "integer", "bodies"),
                    Column("hit", "of these, recorded as hit", "integer", "bodies"),
                    Column("told", "of these, recorded as told or warned only", "integer", "bodies"),
                    Column("cleared", "of these, checked or said not to be affected", "integer", "bodies"),
                    Column("not_reported", "of these, nothing is recorded", "integer", "bodies"),
                    Column("precision", "of the named whose outcome is known, the share that was hit", "number"),
                    Column("recall", "of those hit, the share that is named", "number"),
                    Column("jaccard", "hit and named, as a share of all that were hit or wrongly named", "number"),
                ),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)
    only_known_before: bool
    replays: tuple[Replay, ...]

    def of(self, *states: State) -> tuple[Replay, ...]:
        """The incidents in some states."""
        return tuple(one for one in self.replays if one.state in states)

    @property
    def scored(self) -> tuple[Replay, ...]:
        """Incidents with somebody elsewhere who was hit or cleared."""
        return self.of(State.SCORED)

    @property
    def controls(self) -> tuple[Replay, ...]:
        """Negative controls."""
        return self.of(State.CONTROL)

    @property
    def blind(self) -> tuple[Replay, ...]:
        """Scored incidents of which the map of the day knew nobody who leans on where they began."""
        return tuple(one for one in self.scored if not one.leaning)

    @cached_property
    def bands(self) -> tuple[BandScore, ...]:
        """The score for each band, the surer ones included."""
        bodies = [one for found in self.scored for one in found.elsewhere]
        hits = sum(1 for one in bodies if one.outcome is Outcome.HIT)
        scores = []
        for band in Band:
            named = Counter(one.outcome for one in bodies if one.band is not None and one.band <= band)
            told, cleared, silent = named[Outcome.TOLD], named[Outcome.CLEARED], named[Outcome.SILENT]
            scores.append(BandScore(band, named.total(), named[Outcome.HIT], told, cleared, silent, hits))
        return tuple(scores)

    @property
    def hits(self) -> tuple[Compared, ...]:
        """Everybody hit, once for each incident."""
        return tuple(one for found in self.scored for one in found.hits)

    @property
    def cleared(self) -> tuple[Compared, ...]:
        """Everybody who was checked or said so, in scored incidents and controls."""
        return tuple(one for found in (*self.scored, *self.controls) for one in found.of(Outcome.CLEARED))

    def fact_values(self) -> Mapping[str, Value]:
        """What was asked of every incident, and the counts over those that were scored."""
        return {
            "only_known_before": self.only_known_before,
            "cut_off": self.graph.dataset.info.as_of,
            "fewest": FEWEST_OUTCOMES,
            "incidents": len(self.replays),
            "scored": len(self.scored),
            "hits": len(self.hits),
            "cleared": len(self.cleared),
            "cleared_and_named": sum(one.named for one in self.cleared),
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each incident, or for each band."""
        if table == "bands":
            for one in self.bands:
                yield (
                    one.band,
                    one.named,
                    one.hit,
                    one.told,
                    one.cleared,
                    one.silent,
                    one.precision,
                    one.recall,
                    one.jaccard,
                )
            return
        for found in self.replays:
            facts = found.fact_values()
            yield tuple(facts[column.name] for column in Replay.form.facts)

    def __repr__(self) -> str:
        found = sum(one.named for one in self.hits)
        return f"<ReplayScore of {len(self.replays)} incidents: {found} of {len(self.hits)} hits named>"


def replay_all(
    graph: RiskGraph,
    *,
    only_known_before: bool = False,
    told: Callable[[int, int], None] | None = None,
    **asking: Unpack[Asking],
) -> ReplayScore:
    """Every incident of the map replayed, and the score over all.

    Parameters
    ----------
    graph
        The map to ask.
    only_known_before
        Use only what was published before each incident began; else only its own reporting is left out.
    told
        Called with the number of incidents done and of all.
    asking
        What to ask of each instead of what its record says, and whom the comparison is limited to; see
        `riskgraph.analysis.question.Asking`.

    Returns
    -------
    ReplayScore
        One `Replay` for each incident, in the order of their ids.

    Raises
    ------
    RiskGraphError
        If a word of the question is not known, or the scope is by service area.

    Examples
    --------
    >>> replay_all(RiskGraph.open("seeds"))
    <ReplayScore of 6 incidents: 8 of 21 hits named>
    """
    question = Question.of(graph, **asking)
    asked: Asking = {**asking, "selection": question.selection}
    incidents = sorted(graph.dataset.incidents)
    replays = []
    for done, incident in enumerate(incidents):
        if told is not None:
            told(done, len(incidents))
        # each has a day of its own: a graph beside ours, so that the rules of all days are not kept
        found = replay(RiskGraph(graph.dataset), incident, only_known_before=only_known_before, **asked)
        replays.append(replace(found, graph=graph, radius=None))
    return ReplayScore(graph, question, only_known_before, tuple(replays))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole >= FEWEST_OUTCOMES else None
