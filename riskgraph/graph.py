"""The graph of one data set, with the rules of harm compiled for the answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from riskgraph.data import Dataset
from riskgraph.data.class_rules import expanded, without_rules
from riskgraph.data.files import nearest
from riskgraph.data.names import Names
from riskgraph.dates import parse_day
from riskgraph.errors import RiskGraphError
from riskgraph.harm import HarmNetwork, compile_harm
from riskgraph.maps import read
from riskgraph.settle import Settled, View, settle

if TYPE_CHECKING:
    import networkx as nx

    from riskgraph.compiled import Compiled

__all__ = ["RiskGraph"]


class RiskGraph:
    """A data set as a graph, with the rules of harm compiled for any date and state of knowledge.

    Parameters
    ----------
    dataset
        What to make the graph of; see `riskgraph.read`. Its class rules become rows.
    whole
        Of a part of a map, all of it: how well a map knows is asked of the whole.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> graph
    <RiskGraph 'Five documented incidents': 43 entities, 72 relations, as of 2026-11-30>
    """

    def __init__(self, dataset: Dataset, *, whole: RiskGraph | None = None) -> None:
        self.dataset = expanded(dataset)
        self.whole: RiskGraph = self if whole is None else whole
        self._settled: dict[View, Settled] = {}
        self._harm: dict[View, HarmNetwork] = {}
        self._compiled: dict[View, Compiled] = {}

    @classmethod
    def open(cls, where: str | Path) -> RiskGraph:
        """Read a data set, by path or by the name of a shipped one, and make its graph."""
        return cls(read(where))

    def observed(self) -> RiskGraph:
        """The same without what holds by law and was not observed; itself, if there is no such thing."""
        bare = without_rules(self.dataset)
        if bare is self.dataset:
            return self
        return RiskGraph(bare, whole=None if self.whole is self else self.whole.observed())

    @cached_property
    def names(self) -> Names:
        """From what people type to ids."""
        return Names(self.dataset)

    def view(
        self,
        as_of: str | date | None = None,
        without: str | tuple[str, ...] | None = None,
        known_before: str | date | None = None,
    ) -> View:
        """As of when and knowing what; the default date is the data set's own.

        Raises
        ------
        RiskGraphError
            If a date is none, or an incident is not in the data.
        """
        incidents = (without,) if isinstance(without, str) else tuple(without or ())
        for incident in incidents:
            if incident not in self.dataset.incidents and not self._mentioned(incident):
                fix = nearest(incident, sorted(self.dataset.incidents))
                raise RiskGraphError(f"There is no incident {incident!r} in this data.", fix)
        try:
            day = self.dataset.info.day if as_of is None else parse_day(as_of)
            before = None if known_before is None else parse_day(known_before)
        except ValueError as error:
            raise RiskGraphError(f"{error}.", "Write a date as 2026-11-25 or 25 November 2026.") from None
        return View(day, incidents, before)

    def _mentioned(self, incident: str) -> bool:
        return any(incident in item.incident for item in self.dataset.evidence.values())

    def settled(self, view: View) -> Settled:
        """What each row says in a view; kept for the next question."""
        if view not in self._settled:
            self._settled[view] = settle(self.dataset, view)
        return self._settled[view]

    def harm(self, view: View, roots: Collection[str] = ()) -> HarmNetwork:
        """The compiled rules of harm in a view; kept for the next question.

        Parameters
        ----------
        roots
            Ids that will be asked about: a line that no row names is added for them.
        """
        settled = self.settled(view)
        lines = [(body, area) for body, slash, area in (root.partition("/") for root in roots) if slash]
        unnamed = sorted({line for line in lines if line[1] not in settled.lines.get(line[0], ())})
        if unnamed:
            return compile_harm(settled, unnamed)
        if view not in self._harm:
            self._harm[view] = compile_harm(settled)
        return self._harm[view]

    def compiled(self, view: View) -> Compiled:
        """The map as arrays, for questions about all roots at once; kept, and cached on disk."""
        from riskgraph.compiled import compiled

        if view not in self._compiled:
            self._compiled[view] = compiled(self.dataset, view, self._settled.get(view), self._harm.get(view))
        return self._compiled[view]

    def networkx(self, view: View | None = None) -> nx.MultiDiGraph[str]:
        """The graph as NetworkX has it: one edge per relation, from dependent to provider.

        Parameters
        ----------
        view
            Only relations in force in this view; all of them if it is left out.

        Returns
        -------
        networkx.MultiDiGraph
            As `riskgraph.networkx_graph.to_networkx` tells it. Harm travels against the direction of the edges
            (and both ways along `linked-to`).

        Examples
        --------
        >>> edges = RiskGraph.open("seeds").networkx()
        >>> sorted(set(edges.successors("authority:dover")))[-1]
        'supplier:civica'
        """
        from riskgraph.networkx_graph import to_networkx  # only where it is asked for

        if view is None:
            return to_networkx(self.dataset)
        counts = {step.row.id for step in self.settled(view).steps if step.in_force and not step.implied}
        return to_networkx(self.dataset, counts)

    def __repr__(self) -> str:
        data = self.dataset
        return (
            f"<RiskGraph {data.info.title!r}: {len(data.entities)} entities, "
            f"{len(data.records('relations'))} relations, as of {data.info.as_of}>"
        )
