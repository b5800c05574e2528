"""`calls`: who to ring, in what order, in the first hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.blast import BlastRadius, Reach, blast
from riskgraph.analysis.measure import own_bands
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import ENVIRONMENT, ORGANISATIONS, SHARED_SERVICE, Band, FailureKind
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Call", "CallSheet", "calls"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: whom, in which turn, why, and what to say or ask."""

    turn: int
    who: str  # id of a body of the data, or the name of a national body
    role: str  # root, operator, council, precaution, national, partner
    why: str | None  # a word for the reason; the words themselves are render's
    number: str | None = None  # a published number; None: not known here
    website: str | None = None
    kinds: tuple[FailureKind, ...] = ()
    band: Band | None = None  # the best of the body
    services: Mapping[str | None, Band] = field(default_factory=dict)  # each reached at least possibly, its own band


@dataclass(frozen=True)
class CallSheet(Pictured):
    """Who to ring, in what order. Contacts are not in the data: unknown ones are to be filled in by hand."""

    graph: RiskGraph
    radius: BlastRadius
    calls: tuple[Call, ...]
    more: int  # councils that could be reached beyond those listed

    def __repr__(self) -> str:
        return f"<CallSheet for {' and '.join(self.radius.roots)}: {len(self.calls)} calls>"

    def to_frame(self) -> pd.DataFrame:
        """One row for each call."""
        import pandas as pd

        return pd.DataFrame(
            [
                (c.turn, c.who, c.role, c.band.word if c.band is not None else None, c.number, c.website)
                for c in self.calls
            ],
            columns=["turn", "who", "role", "band", "number", "website"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The sheet as plain values."""
        return {
            "schema": 1,
            "roots": list(self.radius.roots),
            "as_of": self.radius.view.as_of.isoformat(),
            "more": self.more,
            "calls": [
                {
                    "turn": c.turn,
                    "who": c.who,
                    "role": c.role,
                    "why": c.why,
                    "number": c.number,
                    "website": c.website,
                    "band": None if c.band is None else c.band.word,
                    "services": {area or "?": band.word for area, band in c.services.items()},
                }
                for c in self.calls
            ],
        }


# who must be told besides, and when: the published number where there is one (localdigital.gov.uk,
# guidance for councils using the cyber incident response service, read November 2026)
_NATIONAL = (
    ("National Cyber Security Centre", "report", None, "https://report.ncsc.gov.uk"),
    ("National Crime Agency", "crime", "0300 123 2040", None),
    ("Information Commissioner's Office", "personal-data", None, "https://ico.org.uk"),
    ("Your regional WARP", "warp", None, None),
)
# areas whose data belong to somebody else as well
_PARTNERS = {
    "revenues-benefits": "Department for Work and Pensions",
    "social-care": "NHS partners",
    "health": "NHS partners",
}


def calls(
    graph: RiskGraph,
    roots: str | Sequence[str],
    *,
    selection: Selection | None = None,
    limit: int = 15,
    **question: Any,
) -> CallSheet:
    """Who to ring if the roots are hit: those who know first, then the most exposed, then the nation's desks.

    Parameters
    ----------
    selection
        Only these bodies are rung.
    limit
        The most councils to list, surest first.

    Examples
    --------
    >>> sheet = calls(RiskGraph.open("seeds"), "rbkc shared it")
    >>> [call.who for call in sheet.calls][:3]
    ['authority:kensington-and-chelsea', 'authority:westminster', 'authority:hammersmith-and-fulham']
    """
    radius = blast(graph, roots, **question)
    if selection:
        radius = radius.selected(selection)
    book = _Book(graph, radius)
    book.knowing()
    reached = [reach for reach in radius.within() if reach.id not in book.rung]
    for body in sorted({reach.first for reach in reached if reach.first is not None})[:3]:
        if graph.dataset.entities[body].kind == SHARED_SERVICE:
            book.add(body, "between")
    for reach in reached[:limit]:
        book.add(reach.id, "council", reach=reach)
    ring = {body for bodies in radius.ring.values() for body in bodies}
    for body in sorted(ring - {reach.id for reach in radius.within()}):
        book.add(body, "precaution")
    book.desks()
    return CallSheet(graph, radius, tuple(book.calls), max(0, len(reached) - limit))


class _Book:
    """Calls in the order in which they are added, each body once."""

    def __init__(self, graph: RiskGraph, radius: BlastRadius) -> None:
        self.graph, self.radius = graph, radius
        self.calls: list[Call] = []
        self.rung: set[str] = set()

    def add(self, who: str, role: str, why: str | None = None, reach: Reach | None = None) -> None:
        """Add a body of the data."""
        if who in self.rung:
            return
        self.rung.add(who)
        entity, entry = self.graph.dataset.entities[who], self.graph.dataset.register.get(who)
        site = entity.website or (entry.website if entry is not None else None)
        call = Call(len(self.calls) + 1, who, role, why, None, site)
        if reach is not None:
            services = dict(sorted(own_bands(reach.services, Band.POSSIBLE).items(), key=lambda item: item[1]))
            call = replace(call, kinds=tuple(reach.kinds), band=reach.band, services=services)
        self.calls.append(call)

    def knowing(self) -> None:
        """Those who know first: the one hit, and who runs, hosts or makes it."""
        entities = self.graph.dataset.entities
        reached = {reach.id: reach for reach in self.radius.within()}
        for root in self.radius.roots:
            body = root.partition("/")[0]
            if entities[body].kind in ORGANISATIONS:
                self.add(body, "root", reach=reached.get(body))  # who runs a line that fails may be reached too
            for step in self.graph.settled(self.radius.view).steps:
                runs = step.relation in relations_that(Trait.OPERATES, Trait.MAKES, Trait.HOSTS)
                if step.dependent == body and step.in_force and runs and entities[step.provider].kind != ENVIRONMENT:
                    self.add(step.provider, "operator", step.relation, reached.get(step.provider))

    def desks(self) -> None:
        """The national desks, and who else owns data that pass through the services reached."""
        reached = self.radius.within()
        personal = bool(self.radius.within(kind=FailureKind.EXPOSURE))
        for name, why, number, site in _NATIONAL:
            if why != "personal-data" or personal:
                self.calls.append(Call(len(self.calls) + 1, name, "national", why, number, site))
        areas = {area for reach in reached for area in own_bands(reach.services, Band.POSSIBLE)}
        for name in dict.fromkeys(partner for area, partner in _PARTNERS.items() if area in areas):
            self.calls.append(Call(len(self.calls) + 1, name, "partner", "data-partner"))
