"""The Python door: one method for each word of the command line, with the same name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import riskgraph.render.notebook  # noqa: F401 - results show themselves once it says how
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.calls import CallSheet, calls
from riskgraph.analysis.chokepoints import Chokepoints, ServiceCuts, chokepoints, service_cuts
from riskgraph.analysis.common import Common, common
from riskgraph.analysis.concentration import Concentration, concentration
from riskgraph.analysis.contracts import Contracts, contracts
from riskgraph.analysis.gaps import Ask, Gaps, ask, gaps
from riskgraph.analysis.peers import Peers, peers
from riskgraph.analysis.profile import Listing, Profile, list_bodies, profile
from riskgraph.analysis.question import Asking, parse_kinds
from riskgraph.analysis.rank import Ranking, rank
from riskgraph.analysis.single_failures import Leaning, SingleFailure, leanings, worst_failures
from riskgraph.analysis.why import Why, WhyNot, why, why_not
from riskgraph.arguments import checked
from riskgraph.backends.base import open_backend
from riskgraph.data import Dataset
from riskgraph.graph import RiskGraph
from riskgraph.model import FailureKind
from riskgraph.scenario.compare import Comparison, compare
from riskgraph.scenario.model import Change, Scenario, change

if TYPE_CHECKING:
    import networkx as nx

    from riskgraph.analysis.breakdown import Breakdown
    from riskgraph.analysis.chance import Chance, ChanceChange
    from riskgraph.analysis.lockin import Certificates, Locks
    from riskgraph.analysis.ranked import RankedQuestions
    from riskgraph.analysis.replay import Replay
    from riskgraph.analysis.replays import ReplayScore
    from riskgraph.analysis.timeline import Timeline
    from riskgraph.analysis.together import JointRanking
    from riskgraph.report import Bundle
    from riskgraph.report.atlas import Atlas
    from riskgraph.scenario.award import Award
    from riskgraph.scenario.exercise import Exercise
    from riskgraph.scenario.gate import Gate
    from riskgraph.scenario.playbook import Playbook
    from riskgraph.scenario.policy import Policy
    from riskgraph.scenario.proposal import Fixes

__all__ = ["RiskMap", "load"]


@checked
def load(where: str | Path = "uk", *, backend: str = "networkx") -> RiskMap:
    """Open a map: a folder with `dataset.toml`, or the name of one that ships with riskgraph.

    Parameters
    ----------
    backend
        `networkx` reads files into memory; `neo4j` takes the map of that name from a Neo4j server, which
        `RISKGRAPH_NEO4J_URI` and the like name (docs/neo4j.md).

    Raises
    ------
    MissingFile, ServerError
        If it is not there, or the server is not.
    DataError
        If anything in it is wrong; nothing is loaded then.

    Examples
    --------
    >>> load("seeds")
    <RiskMap 'Five documented incidents': 42 entities, 61 relations, as of 2026-11-22>
    """
    with closing(open_backend(backend, where)) as opened:
        return RiskMap(opened.graph())


class RiskMap:
    """A map and the questions it answers.

    Examples
    --------
    >>> seeds = load("seeds")
    >>> [reach.name for reach in seeds.blast("essex").authorities]
    ['Essex County Council']
    """

    def __init__(self, graph: RiskGraph) -> None:
        self.graph = graph

    @property
    def dataset(self) -> Dataset:
        """The data as they were read."""
        return self.graph.dataset

    def blast(self, roots: str | Sequence[str], **question: Any) -> BlastRadius:
        """Who could be reached if the roots failed; see `riskgraph.analysis.blast.blast`."""
        return blast(self.graph, roots, **question)

    def why(self, body: str, roots: str | Sequence[str], **question: Any) -> Why:
        """Every proof that a body is reached; see `riskgraph.analysis.why.why`."""
        return checked(why)(self.graph, body, roots, **question)

    def why_not(self, body: str, roots: str | Sequence[str], **question: Any) -> WhyNot:
        """What keeps a body out; see `riskgraph.analysis.why.why_not`."""
        return checked(why_not)(self.graph, body, roots, **question)

    def calls(self, roots: str | Sequence[str], **question: Any) -> CallSheet:
        """Who to ring, in what order; see `riskgraph.analysis.calls.calls`."""
        return checked(calls)(self.graph, roots, **question)

    def show(self, name: str, **view: Any) -> Profile:
        """Everything known about one body; see `riskgraph.analysis.profile.profile`."""
        return checked(profile)(self.graph, name, **view)

    def rank(self, of: str | None = None, **question: Any) -> Ranking:
        """Every root by its exact radius; see `riskgraph.analysis.rank.rank`."""
        return checked(rank)(self.graph, of, **question)

    def rank_together(self, size: int, of: str | None = None, **question: Any) -> JointRanking:
        """The roots that together reach most; see `riskgraph.analysis.together.rank_together`."""
        from riskgraph.analysis.together import rank_together

        return checked(rank_together)(self.graph, size, of, **question)

    def leanings(self, body: str, **question: Any) -> Sequence[Leaning]:
        """What a public body leans on, each asked as a root; see `riskgraph.analysis.single_failures.leanings`."""
        return leanings(self.graph, body, **question)

    def worst_failures(self, **question: Any) -> tuple[Sequence[SingleFailure], int]:
        """The roots that reach most; see `riskgraph.analysis.single_failures.worst_failures`."""
        return worst_failures(self.graph, **question)

    def list(self, kind: str | None = None, **asking: Unpack[Asking]) -> Listing:
        """Bodies by kind; see `riskgraph.analysis.profile.list_bodies`."""
        return checked(list_bodies)(self.graph, kind, **asking)

    @checked
    def chokepoints(
        self, names: str | Sequence[str], area: str | None = None, **question: Any
    ) -> Chokepoints | ServiceCuts:
        """What saves whom, or with an area what a council's service cannot do without.

        See `riskgraph.analysis.chokepoints`.
        """
        if area is None:
            return checked(chokepoints)(self.graph, names, **question)
        return checked(service_cuts)(
            self.graph, names if isinstance(names, str) else next(iter(names), ""), area, **question
        )

    def common(self, first: str, second: str, **question: Any) -> Common:
        """What two things share; see `riskgraph.analysis.common.common`."""
        return checked(common)(self.graph, first, second, **question)

    def chance(self, roots: str | Sequence[str], **question: Any) -> Chance:
        """How likely each authority is to be reached; see `riskgraph.analysis.chance.chance`."""
        from riskgraph.analysis.chance import chance  # it loads NumPy

        return chance(self.graph, roots, **question)

    @checked
    def chance_change(self, after: RiskMap, roots: str | Sequence[str], **question: Any) -> ChanceChange:
        """What a change does to the chances; see `riskgraph.analysis.chance.chance_change`."""
        from riskgraph.analysis.chance import chance_change

        return checked(chance_change)(self.graph, after.graph, roots, **question)

    @checked
    def whatif(
        self,
        what: str | Scenario | Sequence[Change],
        /,
        *names: str,
        roots: Sequence[str] = (),
        kinds: Sequence[str | FailureKind] = (),
        like: str = "",
        as_of: str = "",
        **fields: str | Sequence[str] | None,
    ) -> Comparison:
        """What a change would do: before, after and the difference; see `riskgraph.scenario.compare.compare`.

        Parameters
        ----------
        what
            A verb, with its fields as on the command line, by place or by name; or several changes made by
            `riskgraph.scenario.model.change`; or a whole `Scenario`, such as `riskgraph.scenario.files.read` gives.
        roots, kinds, like, as_of
            What is asked in both states; for a `Scenario`, it says itself.

        Examples
        --------
        >>> answer = load("seeds").whatif("cut", "westminster", "rbkc shared it", like="ransomware")
        >>> [one.body for one in answer.pairs[0].differences if one.what == "leaves"]
        ['authority:westminster']
        """
        if isinstance(what, Scenario):
            return checked(compare)(self.graph, what)
        changes = (checked(change)(what, *names, **fields),) if isinstance(what, str) else tuple(what)
        title = " then ".join(map(str, changes))
        asked = parse_kinds(kinds, "compromise") if kinds else ()
        return checked(compare)(
            self.graph, Scenario(title, changes, roots=tuple(roots), kinds=asked, like=like, as_of=str(as_of))
        )

    def gaps(self) -> Gaps:
        """What is not known; see `riskgraph.analysis.gaps.gaps`."""
        return checked(gaps)(self.graph)

    def ask(self, roots: str | Sequence[str] | None = None, **question: Any) -> Ask:
        """The questions to put, and to whom; see `riskgraph.analysis.gaps.ask`."""
        return checked(ask)(self.graph, roots, **question)

    def fixes(self, roots: str | Sequence[str] = (), **question: Any) -> Fixes:
        """The cheapest changes that shrink a radius most; see `riskgraph.scenario.fixes.fixes`.

        Examples
        --------
        >>> load("seeds").fixes("rbkc shared it", budget=1)
        <Fixes: 1 changes, 2 before, 0 after>
        """
        from riskgraph.scenario.fixes import fixes

        return checked(fixes)(self.graph, roots, **question)

    def concentration(self, area: str | None = None, **market: Any) -> Concentration:
        """Who serves a market, and how unevenly; see `riskgraph.analysis.concentration.concentration`."""
        return checked(concentration)(self.graph, area, **market)

    def concentration_by(self, by: str, area: str | None = None, **market: Any) -> Breakdown:
        """The same for each service area, class or region; see `riskgraph.analysis.breakdown.breakdown`."""
        from riskgraph.analysis.breakdown import breakdown

        return checked(breakdown)(self.graph, by, area, **market)

    def contracts(self, **which: Any) -> Contracts:
        """Contracts with an end to come; see `riskgraph.analysis.contracts.contracts`."""
        return checked(contracts)(self.graph, **which)

    def lock_in(self, **which: Any) -> Locks:
        """What could hardly be replaced; see `riskgraph.analysis.lockin.lock_in`."""
        from riskgraph.analysis.lockin import lock_in

        return checked(lock_in)(self.graph, **which)

    def certificates(self, **which: Any) -> Certificates:
        """Whose certificate has lapsed or was never seen; see `riskgraph.analysis.lockin.certificates`."""
        from riskgraph.analysis.lockin import certificates

        return checked(certificates)(self.graph, **which)

    def peers(self, body: str, **question: Any) -> Peers:
        """Who runs the same; see `riskgraph.analysis.peers.peers`."""
        return checked(peers)(self.graph, body, **question)

    def gate(self, draft: str | Path | Award, policy: Path | Policy | None = None) -> Gate:
        """Hold a draft award against limits; see `riskgraph.scenario.gate.gate`."""
        from riskgraph.scenario.gate import gate

        return checked(gate)(self.graph, draft, policy)

    def exercise(self, what: str | Path | Playbook) -> Exercise:
        """A tabletop exercise with its expected answers; see `riskgraph.scenario.exercise.exercise`."""
        from riskgraph.scenario.exercise import exercise

        return checked(exercise)(self.graph, what)

    def ask_ranked(self, roots: str | Sequence[str] = (), **question: Any) -> RankedQuestions:
        """The questions whose answers would settle most; see `riskgraph.analysis.ranked.ranked`."""
        from riskgraph.analysis.ranked import ranked

        return checked(ranked)(self.graph, roots, **question)

    def replay(self, incident: str | None = None, **how: Any) -> Replay | ReplayScore:
        """One incident, or all with a score over them, asked as if they were to come; see `riskgraph.analysis.replay`.

        Examples
        --------
        >>> load("seeds").replay("eks-civica-2024")
        <Replay of eks-civica-2024: scored, 3 of 3 hit and named>
        """
        from riskgraph.analysis.replay import replay
        from riskgraph.analysis.replays import replay_all

        if incident is None:
            return checked(replay_all)(self.graph, **how)
        return checked(replay)(self.graph, incident, **how)

    def timeline(self, incident: str) -> Timeline:
        """Everything dated about one incident, in order; see `riskgraph.analysis.timeline.timeline`.

        Examples
        --------
        >>> load("seeds").timeline("essex-insider-2012")
        <Timeline of essex-insider-2012: 4 dated entries, 0 not dated>
        """
        from riskgraph.analysis.timeline import timeline

        return checked(timeline)(self.graph, incident)

    @checked
    def report(
        self,
        kind: str,
        *names: str,
        tlp: str | None = None,
        classification: str | None = None,
        exempt: str = "",
        permission: str = "",
        anonymous: bool = False,
        redact: Sequence[str] = (),
        dated: str | None = None,
        version: str = "1",
        author: str = "",
        data: str = "",
        aware: str | None = None,
        since: str | Path = "",
        **asking: Unpack[Asking],
    ) -> Bundle:
        """A report as files; see `riskgraph.report.make`.

        Parameters
        ----------
        kind
            Such as "blast", "council" or "overview".
        names
            What it is about: roots, a council, a supplier, a service area, a scenario or an incident.
        tlp, classification, exempt, permission, anonymous, redact, dated, version, author, data, aware, since
            How it is marked, dated and printed; see `riskgraph.report.ReportOptions`.
        asking
            Kinds, view and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Bundle
            File name to bytes, with the question, the marking and where it comes from.

        Raises
        ------
        RiskGraphError
            If the kind is not known, a name is not found, or the marking is not allowed.

        Examples
        --------
        >>> bundle = load("seeds").report("overview", regions=["South East"], tlp="AMBER")
        >>> bundle.name, "report.html" in bundle.files
        ('2026-11-22_overview-south-east_TLP-AMBER_v1', True)
        """
        from riskgraph.report import ReportOptions, make

        options = ReportOptions(
            asking,
            tlp,
            classification,
            exempt,
            permission,
            anonymous,
            tuple(redact),
            dated,
            version,
            author,
            data,
            aware,
            str(since),
        )
        return make(self.graph, kind, names, options)

    @checked
    def atlas(
        self,
        *,
        as_of: str | date | None = None,
        tlp: str | None = None,
        classification: str | None = None,
        exempt: str = "",
        permission: str = "",
        supposing: str = "",
        data: str = "uk",
        memory: int | None = None,
    ) -> Atlas:
        """The whole map in one page, to search offline; see `riskgraph.report.atlas.atlas`.

        Parameters
        ----------
        as_of
            The date of the question; the date of the data if left out.
        tlp, classification, exempt, permission
            How it is marked; see `riskgraph.report.marking.mark`.
        supposing
            The scenario that the map stands for, if it is not the map as it is.
        data
            What the map is called in the command that makes the page again.
        memory
            Bytes that may be taken; half of the machine's if left out.

        Returns
        -------
        Atlas
            The page, and the answers that it holds.
        """
        from riskgraph.report.atlas import atlas

        return atlas(
            self.graph,
            as_of=as_of,
            tlp=tlp,
            classification=classification,
            exempt=exempt,
            permission=permission,
            supposing=supposing,
            data=data,
            memory=memory,
        )

    def networkx(self) -> nx.MultiDiGraph[str]:
        """The whole map as NetworkX has it."""
        return self.graph.networkx()

    def __repr__(self) -> str:
        return repr(self.graph).replace("RiskGraph", "RiskMap")
