"""The score over all replays: how much of what happened the map would have named, band by band.

It is recall that is measured. What is recorded is mostly who was hit, so a share of the named that were hit stands
on very few who were cleared; those of whom nothing is recorded are counted apart and never as false alarms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.replay import Compared, Outcome, Replay, State, replay
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.pictured import Pictured

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST", "BandScore", "ReplayScore", "replay_all"]

FEWEST = 10  # known outcomes below which a share says too little to be printed


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
class ReplayScore(Pictured):
    """All incidents of a map, and the score over them."""

    graph: RiskGraph = field(repr=False)
    known_before: bool
    replays: tuple[Replay, ...]
    limited: bool = False  # whether only some bodies were asked for

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

    def to_dict(self) -> dict[str, Any]:
        """The score as plain values; a share that stands on too few is `None`."""
        return {
            "schema": 1,
            "data": {"title": self.graph.dataset.info.title, "as_of": self.graph.dataset.info.as_of},
            "known_before": self.known_before,
            "cut_off": self.graph.dataset.info.as_of,
            "fewest": FEWEST,
            "hits": len(self.hits),
            "cleared": len(self.cleared),
            "cleared_and_named": sum(one.named for one in self.cleared),
            "bands": [
                {
                    "band": score.band.word,
                    "named": score.named,
                    "hit": score.hit,
                    "told": score.told,
                    "cleared": score.cleared,
                    "not_reported": score.silent,
                    "precision": score.precision,
                    "recall": score.recall,
                    "jaccard": score.jaccard,
                }
                for score in self.bands
            ],
            "incidents": [one.line() for one in self.replays],
        }

    def to_frame(self) -> pd.DataFrame:
        """A pandas table with a row for each incident."""
        import pandas as pd

        return pd.DataFrame([one.line() for one in self.replays])

    def __repr__(self) -> str:
        found = sum(one.named for one in self.hits)
        return f"<ReplayScore of {len(self.replays)} incidents: {found} of {len(self.hits)} hits named>"


def replay_all(
    graph: RiskGraph,
    *,
    known_before: bool = False,
    selection: Selection | None = None,
    told: Callable[[int, int], None] | None = None,
) -> ReplayScore:
    """Every incident of the map replayed, and the score over all.

    Parameters
    ----------
    told
        Called with the number of incidents done and of all.

    Examples
    --------
    >>> replay_all(RiskGraph.open("seeds"))
    <ReplayScore of 6 incidents: 8 of 21 hits named>
    """
    incidents = sorted(graph.dataset.incidents)
    replays = []
    for done, incident in enumerate(incidents):
        if told is not None:
            told(done, len(incidents))
        # each has a day of its own: a graph beside ours, so that the rules of all days are not kept
        found = replay(RiskGraph(graph.dataset), incident, known_before=known_before, selection=selection)
        replays.append(replace(found, graph=graph, radius=None))
    return ReplayScore(graph, known_before, tuple(replays), bool(selection))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole >= FEWEST else None
