"""The Python door: one method for each word of the command line, with the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import riskgraph.render.gaps
import riskgraph.render.notebook  # noqa: F401 - results show themselves once it says how
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.calls import CallSheet, calls
from riskgraph.analysis.chokepoints import Chokepoints, ServiceCuts, chokepoints, service_cuts
from riskgraph.analysis.common import Common, common
from riskgraph.analysis.concentration import Breakdown, Concentration, breakdown, concentration
from riskgraph.analysis.contracts import WIDEST, Contracts, contracts
from riskgraph.analysis.gaps import Ask, Gaps, ask, gaps
from riskgraph.analysis.measure import By
from riskgraph.analysis.peers import Peers, peers
from riskgraph.analysis.profile import Listing, Profile, list_bodies, profile
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.analysis.rank import Ranking, rank
from riskgraph.analysis.select import Selection
from riskgraph.analysis.single_failures import Leanings, WorstFailures, leanings, worst_failures
from riskgraph.analysis.why import Why, WhyNot, why, why_not
from riskgraph.arguments import checked
from riskgraph.backends.opening import open_backend
from riskgraph.data import Dataset
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.scenario.compare import Comparison, compare
from riskgraph.scenario.model import Change, Scenario, change

if TYPE_CHECKING:
    import networkx as nx

    from riskgraph.analysis.area_coverage import Coverage
    from riskgraph.analysis.brief import Brief
    from riskgraph.analysis.chance import Chance, ChanceChange
    from riskgraph.analysis.held import Held
    from riskgraph.analysis.lockin import Certificates, Locks
    from riskgraph.analysis.mergers import Designation, Merger
    from riskgraph.analysis.ranked import RankedQuestions
    from riskgraph.analysis.replay import Replay
    from riskgraph.analysis.replay_score import ReplayScore
    from riskgraph.analysis.scoreboard import Scoreboard
    from riskgraph.analysis.services import ServicesHit
    from riskgraph.analysis.step_chances import StepChance
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
    from riskgraph.scenario.remedies import Act

__all__ = ["RiskMap", "from_networkx", "load"]


@checked
def load(where: str | Path = "uk", *, backend: str = "embedded", class_rules: bool = True) -> RiskMap:
    """Open a map: a folder with `dataset.toml`, or the name of one that ships with riskgraph.

    Parameters
    ----------
    backend
        `embedded` reads files into memory; `neo4j` takes the map of that name from a Neo4j server, which
        `RISKGRAPH_NEO4J_URI` and the like name (docs/neo4j.md).
    class_rules
        Whether what holds by law for a whole class counts, though nobody observed it of each body.

    Raises
    ------
    MissingFile, ServerError
        If it is not there, or the server is not.
    DataError
        If anything in it is wrong; nothing is loaded then.

    Examples
    --------
    >>> load("seeds")
    <RiskMap 'Five documented incidents': 43 entities, 72 relations, as of 2026-11-30>
    """
    with closing(open_backend(backend, where)) as opened:
        graph = opened.graph()
        return RiskMap(graph if class_rules else graph.observed())


def from_networkx(graph: nx.MultiDiGraph[Any]) -> RiskMap:
    """A map from a NetworkX graph: one that `RiskMap.networkx` gave, changed or not, or one made by hand.

    Parameters
    ----------
    graph
        A `networkx.MultiDiGraph`, edges from dependent to provider; see `riskgraph.networkx_graph.from_networkx`
        for its attributes.

    Returns
    -------
    RiskMap
        Judged as any data set is. The graph of a map, unchanged, gives the same data set and the same answers.

    Raises
    ------
    DataError
        If anything in it is wrong; every problem names its node or edge.

    Examples
    --------
    What if nobody were served by Civica any more?

    >>> graph = load("seeds").networkx()
    >>> graph.remove_edges_from(list(graph.in_edges("supplier:civica", keys=True)))
    >>> len(load("seeds").blast("civica").authorities), len(from_networkx(graph).blast("civica").authorities)
    (3, 0)
    """
    from riskgraph.networkx_graph import from_networkx as dataset_of

    return RiskMap(RiskGraph(dataset_of(graph)))


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

    def blast(self, roots: RootNames, **asking: Unpack[Asking]) -> BlastRadius:
        """Who could be reached if the roots failed; see `riskgraph.analysis.blast.blast`.

        Parameters
        ----------
        roots
            What fails, all at once: names or ids of bodies, places or lines of business; or a question.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        BlastRadius
            Every band, and of the scope only.
        """
        return checked(blast)(self.graph, roots, **asking)

    def why(self, body: str, roots: RootNames, *, limit: int = 25, **asking: Unpack[Asking]) -> Why:
        """Every proof that a body is reached; see `riskgraph.analysis.why.why`.

        Parameters
        ----------
        body
            Name or id of the body.
        roots
            What fails, all at once: names or ids of bodies, places or lines of business; or a question.
        limit
            The most routes to list.
        asking
            Kinds and view; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Why
            Surest first, then shortest.
        """
        return checked(why)(self.graph, body, roots, limit=limit, **asking)

    def why_not(self, body: str, roots: RootNames, *, limit: int = 5, **asking: Unpack[Asking]) -> WhyNot:
        """What keeps a body out; see `riskgraph.analysis.why.why_not`.

        Parameters
        ----------
        body
            Name or id of the body.
        roots
            What fails, all at once: names or ids of bodies, places or lines of business; or a question.
        limit
            The most chains of rows to look at.
        asking
            Kinds and view; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        WhyNot
            The shortest connections, and what stops harm on each.
        """
        return checked(why_not)(self.graph, body, roots, limit=limit, **asking)

    def calls(self, roots: RootNames, *, limit: int = 15, **asking: Unpack[Asking]) -> CallSheet:
        """Who to ring, in what order; see `riskgraph.analysis.calls.calls`.

        Parameters
        ----------
        roots
            What fails, all at once: names or ids of bodies, places or lines of business; or a question.
        limit
            The most councils to list.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        CallSheet
            Each body once, in its turn.
        """
        return checked(calls)(self.graph, roots, limit=limit, **asking)

    def held(self, roots: RootNames, **asking: Unpack[Asking]) -> Held:
        """What somebody holds of public bodies; see `riskgraph.analysis.held.held`.

        Examples
        --------
        >>> load("seeds").held("capita benefits extracts")
        <Held by store:capita-benefits-extracts: 8 rows of 8 bodies>
        """
        from riskgraph.analysis.held import held

        return checked(held)(self.graph, roots, **asking)

    def services(self, roots: RootNames, **asking: Unpack[Asking]) -> ServicesHit:
        """What stops if something fails, ranked; see `riskgraph.analysis.services.services`.

        Examples
        --------
        >>> load("seeds").services("east kent services")
        <Services hit by shared-service:east-kent-services: 13 of 3 bodies>
        """
        from riskgraph.analysis.services import services

        return checked(services)(self.graph, roots, **asking)

    def brief(self, subject: str, **asking: Unpack[Asking]) -> Brief:
        """What can be said of an incident, or of a root nobody has reported; see `riskgraph.analysis.brief.brief`.

        Examples
        --------
        >>> load("seeds").brief("eks-civica-2024")
        <Brief of eks-civica-2024: 4 statements, 0 bodies silent>
        """
        from riskgraph.analysis.brief import brief

        return checked(brief)(self.graph, subject, **asking)

    def show(self, name: str, **asking: Unpack[Asking]) -> Profile:
        """Everything known about one body or place; see `riskgraph.analysis.profile.profile`.

        Parameters
        ----------
        name
            Its name or id.
        asking
            The view; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Profile
            Its relations in both directions, and what ended.
        """
        return checked(profile)(self.graph, name, **asking)

    def rank(
        self,
        of: str | None = None,
        *,
        by: str = "authorities",
        hidden: bool = False,
        memory: int | None = None,
        **asking: Unpack[Asking],
    ) -> Ranking:
        """Every root by its exact radius; see `riskgraph.analysis.rank.rank`.

        Parameters
        ----------
        of
            Only this kind of root, such as `supplier`.
        by
            What ranks: `authorities`, `residents` (people, a ceiling) or `services`.
        hidden
            Rank by who is reached without a relation of their own: fourth parties.
        memory
            Bytes that may be taken; half of the machine's if left out.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Ranking
            One row for each root that reaches anybody.
        """
        return checked(rank)(self.graph, of, by=by, hidden=hidden, memory=memory, **asking)

    def rank_together(
        self,
        size: int,
        of: str | None = None,
        *,
        by: str = "authorities",
        limit: int = 10,
        memory: int | None = None,
        **asking: Unpack[Asking],
    ) -> JointRanking:
        """The roots that together reach most; see `riskgraph.analysis.together.rank_together`.

        Parameters
        ----------
        size
            How many fail at once: 2 or more.
        limit
            The most sets to list.
        of, by, memory, asking
            As in `rank`.

        Returns
        -------
        JointRanking
            The worst sets, and pairs that reach what neither does alone.
        """
        from riskgraph.analysis.together import rank_together  # it loads NumPy

        return checked(rank_together)(self.graph, size, of, by=by, limit=limit, memory=memory, **asking)

    def leanings(self, body: str, **asking: Unpack[Asking]) -> Leanings:
        """What a public body leans on, each asked as a root; see `riskgraph.analysis.single_failures.leanings`.

        Parameters
        ----------
        body
            Name or id of a public body.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Leanings
            Surest and widest first.
        """
        return checked(leanings)(self.graph, body, **asking)

    def worst_failures(self, *, limit: int = 12, **asking: Unpack[Asking]) -> WorstFailures:
        """The roots that reach most; see `riskgraph.analysis.single_failures.worst_failures`.

        Parameters
        ----------
        limit
            The most roots.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        WorstFailures
            The worst first, each with its radius.
        """
        return checked(worst_failures)(self.graph, limit=limit, **asking)

    def list(self, kind: str | None = None, **asking: Unpack[Asking]) -> Listing:
        """Bodies by kind; see `riskgraph.analysis.profile.list_bodies`."""
        return checked(list_bodies)(self.graph, kind, **asking)

    @checked
    def chokepoints(
        self, names: RootNames, area: str | None = None, *, order: int = 3, **asking: Unpack[Asking]
    ) -> Chokepoints | ServiceCuts:
        """What saves whom, or with an area what a council's service cannot do without.

        See `riskgraph.analysis.chokepoints`.

        Parameters
        ----------
        names
            What fails; with an area, one council.
        area
            The service area; `?` for what the council depends on in an area not known.
        order
            With an area: the most things in a set.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Chokepoints or ServiceCuts
            The second where an area is given.
        """
        if area is None:
            return checked(chokepoints)(self.graph, names, **asking)
        one = names.roots if isinstance(names, Question) else names
        council = one if isinstance(one, str) else next(iter(one), "")
        return checked(service_cuts)(self.graph, council, area, order=order, **asking)

    def common(
        self, first: str, second: str, *, aside: Sequence[str] = (), ubiquitous: int = 50, **asking: Unpack[Asking]
    ) -> Common:
        """What two things share; see `riskgraph.analysis.common.common`.

        Parameters
        ----------
        first, second
            Names or ids of any two bodies, places or lines of business.
        aside
            Names of things to set aside besides.
        ubiquitous
            Set aside what reaches more than this share (per cent) of those like the two.
        asking
            Kinds, view and band; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Common
            Yes, no or not known, and through what.
        """
        return checked(common)(self.graph, first, second, aside=aside, ubiquitous=ubiquitous, **asking)

    def chance(
        self,
        roots: RootNames,
        *,
        worlds: int = 10_000,
        seed: int = 1,
        table: Mapping[Band, StepChance] | None = None,
        progress: Callable[[int, int], None] | None = None,
        **asking: Unpack[Asking],
    ) -> Chance:
        """How likely each authority is to be reached; see `riskgraph.analysis.chance.chance`.

        Parameters
        ----------
        roots
            What fails, all at once: names or ids of bodies, places or lines of business; or a question.
        worlds
            How many worlds are drawn.
        seed
            Another seed, other luck.
        table
            Chances of a step by band; the shipped ones if left out.
        progress
            Called with the worlds that are drawn, and all that will be.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Chance
            Chances between 0 and 1.
        """
        from riskgraph.analysis.chance import chance  # it loads NumPy

        return checked(chance)(self.graph, roots, worlds=worlds, seed=seed, table=table, progress=progress, **asking)

    @checked
    def chance_change(
        self,
        after: RiskMap,
        roots: RootNames,
        *,
        worlds: int = 10_000,
        seed: int = 1,
        table: Mapping[Band, StepChance] | None = None,
        progress: Callable[[int, int], None] | None = None,
        **asking: Unpack[Asking],
    ) -> ChanceChange:
        """What a change does to the chances; see `riskgraph.analysis.chance.chance_change`.

        Parameters
        ----------
        after
            The map after the change; this one is the state before.
        roots
            What fails, all at once: names or ids of bodies, places or lines of business; or a question.
        worlds
            How many worlds are drawn.
        seed
            Another seed, other luck.
        table
            Chances of a step by band; the shipped ones if left out.
        progress
            Called with the worlds that are drawn, and all that will be.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        ChanceChange
            Expected figures before and after, and the chances that change.
        """
        from riskgraph.analysis.chance import chance_change

        return checked(chance_change)(
            self.graph, after.graph, roots, worlds=worlds, seed=seed, table=table, progress=progress, **asking
        )

    @checked
    def whatif(
        self,
        what: str | Scenario | Sequence[Change],
        /,
        *names: str,
        roots: RootNames = (),
        worst: bool = False,
        kinds: str | FailureKind | Sequence[str | FailureKind] | None = None,
        like: str = "",
        as_of: str | date | None = None,
        without: str | Sequence[str] | None = None,
        known_before: str | date | None = None,
        band: str | Band = Band.POSSIBLE,
        areas: Sequence[str] = (),
        classes: Sequence[str] = (),
        regions: Sequence[str] = (),
        members: str | Path | Sequence[str] | None = None,
        selection: Selection | None = None,
        **fields: str | Sequence[str] | None,
    ) -> Comparison:
        """What a change would do: before, after and the difference; see `riskgraph.scenario.compare.compare`.

        Parameters
        ----------
        what
            A verb, with its fields as on the command line, by place or by name; or several changes made by
            `riskgraph.scenario.model.change`; or a whole `Scenario`, such as `riskgraph.scenario.files.read` gives.
        names, fields
            The fields of a verb.
        roots
            What fails in both states; what the changes are about if left out.
        worst
            Also look for the worst root of the whole map before and after.
        kinds, like, as_of
            What is asked in both states, and as of when; what a `Scenario` says itself if left out.
        without, known_before, band, areas, classes, regions, members, selection
            Knowing what, how surely, and about whom; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Comparison
            Both answers and the difference, by name.

        Examples
        --------
        >>> answer = load("seeds").whatif("cut", "westminster", "rbkc shared it", like="ransomware")
        >>> [one.body for one in answer.pairs[0].differences if one.what == "leaves"]
        ['authority:westminster']
        """
        if isinstance(what, Scenario):
            scenario = what
        else:
            changes = (checked(change)(what, *names, **fields),) if isinstance(what, str) else tuple(what)
            scenario = Scenario(" then ".join(map(str, changes)), changes)
        if roots:
            scenario = replace(scenario, roots=Question.of(self.graph, roots).roots)
        asking: Asking = {
            "band": band, "areas": areas, "classes": classes, "regions": regions, "members": members,
            "selection": selection,
        }  # fmt: skip
        if kinds is not None:
            asking["kinds"] = kinds
        if like:
            asking["like"] = like
        if as_of is not None or without is not None or known_before is not None:
            day = scenario.as_of or None if as_of is None else as_of
            asking["as_of"], asking["without"], asking["known_before"] = day, without, known_before
        return checked(compare)(self.graph, scenario, worst=worst, **asking)

    def gaps(self, **asking: Unpack[Asking]) -> Gaps:
        """What is not known; see `riskgraph.analysis.gaps.gaps`.

        Parameters
        ----------
        asking
            View and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Gaps
            Counts of rows, and the rows and authorities themselves.
        """
        return checked(gaps)(self.graph, **asking)

    def coverage(self, **asking: Unpack[Asking]) -> Coverage:
        """Of how many councils the map knows who provides what; see `riskgraph.analysis.area_coverage.area_coverage`.

        Examples
        --------
        >>> load("seeds").coverage()
        <Coverage of 25 councils: anything known of 10>
        """
        from riskgraph.analysis.area_coverage import area_coverage

        return checked(area_coverage)(self.graph, **asking)

    def ask(self, roots: RootNames = (), **asking: Unpack[Asking]) -> Ask:
        """The questions to put, and to whom; see `riskgraph.analysis.gaps.ask`.

        Parameters
        ----------
        roots
            Only what would settle who is reached from these; all blanks of the map if left out.
        asking
            Kinds, view and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Ask
            The questions by whom to ask.
        """
        return checked(ask)(self.graph, roots, **asking)

    def fixes(
        self,
        roots: RootNames = (),
        *,
        hit: str | FailureKind | None = None,
        by: str | By = By.AUTHORITIES,
        budget: float | None = 3,
        worst: bool = False,
        costs: Mapping[str, float] | Path | None = None,
        acts: Sequence[str | Act] = (),
        **asking: Unpack[Asking],
    ) -> Fixes:
        """The cheapest changes that shrink a radius most; see `riskgraph.scenario.fixes.fixes`.

        Parameters
        ----------
        roots
            What fails, one at a time; every body and place of the map, worst case, if left out.
        hit, by, budget, worst, costs, acts
            What counts, what may be spent, and on what.
        asking
            Kinds, view, band (`likely` if left out) and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Fixes
            The best set of changes and the runner-up, each tried on a copy of the map.

        Examples
        --------
        >>> load("seeds").fixes("rbkc shared it", budget=1)
        <Fixes: 1 changes, 2 before, 1 after>
        """
        import riskgraph.render.fixes  # noqa: F401 - says changes; the solver and its words only if asked for
        from riskgraph.scenario.fixes import fixes

        return checked(fixes)(
            self.graph, roots, hit=hit, by=by, budget=budget, worst=worst, costs=costs, acts=acts, **asking
        )

    def concentration(self, area: str | None = None, **asking: Unpack[Asking]) -> Concentration:
        """Who serves a market, and how unevenly; see `riskgraph.analysis.concentration.concentration`.

        Parameters
        ----------
        area
            A service area; all of them together, or those of the scope, if it is left out.
        asking
            View and scope.

        Returns
        -------
        Concentration
            Shares in councils, people and pounds, and indices in points.
        """
        return checked(concentration)(self.graph, area, **asking)

    def concentration_by(self, by: str, area: str | None = None, **asking: Unpack[Asking]) -> Breakdown:
        """The same for each service area, class or region; see `riskgraph.analysis.concentration.breakdown`.

        Parameters
        ----------
        by
            `area`, `class` or `region`.
        area, asking
            As in `concentration`.

        Returns
        -------
        Breakdown
            The parts, the most uneven first.
        """
        return checked(breakdown)(self.graph, by, area, **asking)

    def merger(self, buyer: str, bought: str, area: str | None = None, **asking: Unpack[Asking]) -> Merger:
        """What it would do to a market if one supplier bought another; see `riskgraph.analysis.mergers.merger`.

        Parameters
        ----------
        buyer, bought
            Suppliers or shared services.
        area, asking
            As in `concentration`; kinds and band are those of what they could reach.

        Returns
        -------
        Merger
            Indices in points, shares in per cent, and numbers of public bodies.
        """
        from riskgraph.analysis.mergers import merger

        return checked(merger)(self.graph, buyer, bought, area, **asking)

    def designation(
        self,
        area: str | None = None,
        *,
        providers: Sequence[str] | None = None,
        threshold: float = 10.0,
        **asking: Unpack[Asking],
    ) -> Designation:
        """Whose failure could stop services at a tenth of a class; see `riskgraph.analysis.mergers.designation`.

        Parameters
        ----------
        area, asking
            As in `concentration`.
        providers
            Whom to test; the three largest suppliers if it is left out.
        threshold
            Per cent of a class.

        Returns
        -------
        Designation
            The tests, in per cent.
        """
        from riskgraph.analysis.mergers import designation

        return checked(designation)(self.graph, area, providers=providers, threshold=threshold, **asking)

    def contracts(
        self,
        *,
        providers: Sequence[str] = (),
        vesting: str | date | None = None,
        widest: int = WIDEST,
        **asking: Unpack[Asking],
    ) -> Contracts:
        """Contracts with an end to come; see `riskgraph.analysis.contracts.contracts`.

        Parameters
        ----------
        providers
            Only contracts with these.
        vesting
            The day on which councils become another one.
        widest
            How many suppliers count as the worst radii.
        asking
            Kinds, view, band and scope.

        Returns
        -------
        Contracts
            Those in the worst radii first, by the day on which to act.
        """
        return checked(contracts)(self.graph, providers=providers, vesting=vesting, widest=widest, **asking)

    def lock_in(self, **asking: Unpack[Asking]) -> Locks:
        """What could hardly be replaced; see `riskgraph.analysis.lockin.lock_in`.

        Parameters
        ----------
        asking
            View and scope.

        Returns
        -------
        Locks
            Relations, the hardest to leave first.
        """
        from riskgraph.analysis.lockin import lock_in

        return checked(lock_in)(self.graph, **asking)

    def certificates(self, **asking: Unpack[Asking]) -> Certificates:
        """Whose certificate has lapsed or was never seen; see `riskgraph.analysis.lockin.certificates`.

        Parameters
        ----------
        asking
            View and scope.

        Returns
        -------
        Certificates
            Suppliers, those whose certificate has lapsed first.
        """
        from riskgraph.analysis.lockin import certificates

        return checked(certificates)(self.graph, **asking)

    def peers(self, body: str, *, root: RootNames = (), **asking: Unpack[Asking]) -> Peers:
        """Who runs the same; see `riskgraph.analysis.peers.peers`.

        Parameters
        ----------
        body
            Name or id of a public body.
        root
            What is hit: nobody whom it could reach is offered.
        asking
            Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Peers
            Those most like it first.
        """
        return checked(peers)(self.graph, body, root=root, **asking)

    def gate(self, draft: str | Path | Award, policy: Path | Policy | None = None) -> Gate:
        """Hold a draft award against limits; see `riskgraph.scenario.gate.gate`.

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
        """
        import riskgraph.render.gate  # noqa: F401 - says questions; drafts and their words only if asked for
        from riskgraph.scenario.gate import gate

        return checked(gate)(self.graph, draft, policy)

    def exercise(self, what: str | Path | Playbook, **asking: Unpack[Asking]) -> Exercise:
        """A tabletop exercise with its expected answers; see `riskgraph.scenario.exercise.exercise`.

        Parameters
        ----------
        what
            A file, the name of a shipped example, the id of an incident of the data, or a `Playbook`.
        asking
            Whom the expected answers are limited to; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Exercise
            What the players are told, what was believed, and the expected answer.
        """
        from riskgraph.scenario.exercise import exercise

        return checked(exercise)(self.graph, what, **asking)

    def ask_ranked(
        self, roots: RootNames = (), *, prior: float = 0.5, limit: int = 10, **asking: Unpack[Asking]
    ) -> RankedQuestions:
        """The questions whose answers would settle most; see `riskgraph.analysis.ranked.ranked`.

        Parameters
        ----------
        roots
            What fails, one at a time; those three with the widest gap if left out.
        prior
            The chance that an answer is a good one, 0 to 1.
        limit
            The most questions.
        asking
            Kinds, view and scope; see `riskgraph.analysis.question.Asking`.

        Returns
        -------
        RankedQuestions
            The questions, those that are worth most first.
        """
        from riskgraph.analysis.ranked import ranked

        return checked(ranked)(self.graph, roots, prior=prior, limit=limit, **asking)

    def replay(
        self, incident: str | None = None, *, only_known_before: bool = False, **asking: Unpack[Asking]
    ) -> Replay | ReplayScore:
        """One incident, or all with a score over them, asked as if they were to come.

        Parameters
        ----------
        incident
            Its id or title; all if left out.
        only_known_before
            Use only what was published before the incident began; else only its own reporting is left out.
        asking
            What to ask instead of what the record says, and whom the comparison is limited to; see
            `riskgraph.analysis.question.Asking`.

        Returns
        -------
        Replay or ReplayScore
            See `riskgraph.analysis.replay.replay` and `riskgraph.analysis.replay_score.replay_all`.

        Raises
        ------
        RiskGraphError
            If there is no such incident, a word of the question is not known, or the scope is by service area.

        Examples
        --------
        >>> load("seeds").replay("eks-civica-2024")
        <Replay of eks-civica-2024: scored, 3 of 3 hit and named>
        """
        from riskgraph.analysis.replay import replay
        from riskgraph.analysis.replay_score import replay_all

        if incident is None:
            return checked(replay_all)(self.graph, only_known_before=only_known_before, **asking)
        return checked(replay)(self.graph, incident, only_known_before=only_known_before, **asking)

    def scoreboard(self, **asking: Unpack[Asking]) -> Scoreboard:
        """All incidents in each way of knowing, and what kind of fact would have named the rest.

        See `riskgraph.analysis.scoreboard.scoreboard`.

        Examples
        --------
        >>> load("seeds").scoreboard()
        <Scoreboard of 5 incidents: 4 of 21 hits named>
        """
        from riskgraph.analysis.scoreboard import scoreboard

        return checked(scoreboard)(self.graph, **asking)

    def timeline(self, incident: str, **asking: Unpack[Asking]) -> Timeline:
        """Everything dated about one incident, in order; see `riskgraph.analysis.timeline.timeline`.

        Examples
        --------
        >>> load("seeds").timeline("essex-insider-2012")
        <Timeline of essex-insider-2012: 4 dated entries, 0 not dated>
        """
        from riskgraph.analysis.timeline import timeline

        return checked(timeline)(self.graph, incident, **asking)

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
        ('2026-11-30_overview-south-east_TLP-AMBER_v1', True)
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
        """The whole map as NetworkX has it, evidence and all; `from_networkx` makes a map of it again."""
        return self.graph.networkx()

    def __repr__(self) -> str:
        return repr(self.graph).replace("RiskGraph", "RiskMap")
