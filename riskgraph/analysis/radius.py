"""The values of a blast radius: who is reached, in which kinds and bands, by which route."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.measure import Residents, Services, bands_in, is_past, own_bands, residents
from riskgraph.analysis.proofs import Proof
from riskgraph.analysis.question import Question
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.harm import KINDS
from riskgraph.model import Band, FailureKind
from riskgraph.pictured import Pictured
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SHOWN_BANDS", "BlastRadius", "Hit", "OpenQuestion", "Reach", "Route", "Way"]

SHOWN_BANDS = (Band.DOCUMENTED, Band.LIKELY, Band.POSSIBLE)


class Route(StrEnum):
    """By which way a body is reached."""

    ROOT = "itself"
    DIRECT = "direct"
    SHARED_SERVICE = "through a shared service"
    ENVIRONMENT = "through a shared environment"
    SYSTEM = "through a shared system"
    COUNCIL = "through another council"
    SUBCONTRACTOR = "through a subcontractor"
    PRODUCT = "through a product"
    SUPPLIER = "through another supplier"
    PAST = "past relationship"


@dataclass(frozen=True, slots=True)
class Hit:
    """One failure kind at one body: how surely, how far, and the surest and shortest proof."""

    band: Band
    hops: int
    proof: Proof


@dataclass(frozen=True, slots=True)
class Way:
    """A line of business of a root by which a body is reached, and the route from there."""

    area: str | None
    route: Route
    first: str | None  # the body or place through which it leads, if not directly


@dataclass(frozen=True, slots=True)
class Reach:
    """One body that is reached."""

    id: str
    name: str
    kinds: Mapping[FailureKind, Hit]
    services: Services
    root: bool
    route: Route
    ways: tuple[Way, ...]  # one for each line of business of the roots by which it is reached, at least
    first: str | None  # the body or place through which it is reached, if not directly
    also: tuple[str, ...]  # shared services and environments that could carry harm here besides
    in_force: Band | None  # the best band by ways that have not ended; None: all have
    holder: str | None  # with whom data were left behind, if the surest way has ended
    successors: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str | None, ...]:
        """The root's lines of business by which it is reached."""
        return tuple(dict.fromkeys(way.area for way in self.ways))

    @property
    def band(self) -> Band:
        """The best band of any kind: in which band the body is reached at all."""
        return min(hit.band for hit in self.kinds.values())

    @property
    def past(self) -> bool:
        """Whether only relations that ended lead here: a past customer (`riskgraph.analysis.measure.is_past`)."""
        return is_past(self.band, self.in_force)

    @property
    def lead(self) -> tuple[FailureKind, Hit]:
        """The kind that is surest here, then nearest; ties go to the order of the kinds."""
        return min(self.kinds.items(), key=lambda item: (item[1].band, item[1].hops, KINDS.index(item[0])))

    def inside(self, areas: Collection[str]) -> Reach | None:
        """The same by its services in some areas only, each kind as surely as there; `None` if none is reached."""
        bands = bands_in(self.services, areas)
        if not bands:
            return None
        return replace(
            self,
            kinds={kind: replace(hit, band=bands[kind]) for kind, hit in self.kinds.items() if kind in bands},
            services={area: kinds for area, kinds in self.services.items() if area in areas},
        )


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A value that nobody filled in, whose answer would settle whether someone is reached."""

    row: str
    field: str
    dependent: str
    provider: str
    bodies: tuple[str, ...]  # whose answer hangs on it


@dataclass(frozen=True)
class BlastRadius(Pictured):
    """The answer to one what-if. One radius for each failure kind and band; kinds are never added up."""

    graph: RiskGraph
    question: Question
    authorities: tuple[Reach, ...]
    abolished: tuple[Reach, ...]
    groups: tuple[Reach, ...]
    ring: Mapping[Band, tuple[str, ...]]
    questions: tuple[OpenQuestion, ...]
    old_rows: tuple[str, ...]  # rows on the proofs last evidenced more than five years before the date
    undated_rows: tuple[str, ...]  # rows on the proofs with no date of evidence at all
    assumed: int  # steps of the proofs that rest on an assumed value
    alone: Mapping[str, Mapping[str, Band]]  # of several roots: what each reaches when asked alone
    # only where known: authority and service to the days until it stops
    stops_after: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)

    @property
    def view(self) -> View:
        """As of when, and knowing what."""
        return self.question.view

    @property
    def roots(self) -> tuple[str, ...]:
        """What fails."""
        return self.question.roots

    @property
    def kinds(self) -> tuple[FailureKind, ...]:
        """In which kinds the roots fail."""
        return self.question.kinds

    def __getitem__(self, body: str) -> Reach:
        """What is said of one body, on whatever shelf it stands."""
        for reach in (*self.authorities, *self.abolished, *self.groups):
            if reach.id == body:
                return reach
        raise KeyError(body)

    def within(self, band: Band = Band.POSSIBLE, kind: FailureKind | None = None) -> tuple[Reach, ...]:
        """Who counts: authorities reached in a band or a surer one, in one kind or in any; no root itself."""
        return tuple(
            reach
            for reach in self.authorities
            if not reach.root and any(hit.band <= band for k, hit in reach.kinds.items() if kind is None or k is kind)
        )

    @property
    def doubtful(self) -> tuple[Reach, ...]:
        """Authorities that cannot be ruled out, and no more; no root itself."""
        return tuple(reach for reach in self.within(Band.NOT_RULED_OUT) if reach.band is Band.NOT_RULED_OUT)

    @property
    def past(self) -> tuple[Reach, ...]:
        """Past customers among the authorities, in whatever band."""
        return tuple(reach for reach in self.within(Band.NOT_RULED_OUT) if reach.past)

    @property
    def nothing(self) -> bool:
        """Whether nobody at all is reached in any band: no authority but the roots, whether it counts or not."""
        return not (self.within(Band.NOT_RULED_OUT) or self.abolished or self.groups)

    def count(self, kind: FailureKind, band: Band) -> int:
        """How many authorities have exactly this best band in a kind."""
        return sum(1 for reach in self.within(band, kind) if reach.kinds[kind].band is band)

    def services(self, band: Band = Band.POSSIBLE) -> int:
        """How many services of authorities are reached in a band or a surer one; none of a root."""
        return sum(len(own_bands(reach.services, band)) for reach in self.within(Band.NOT_RULED_OUT))

    def residents(self, band: Band = Band.POSSIBLE) -> Residents:
        """People who live in the areas reached, as a ceiling."""
        return residents(self.graph.dataset, [reach.id for reach in self.within(band)])

    def only(self, reaches: Callable[[Reach], bool], holds: Callable[[str], bool]) -> BlastRadius:
        """The part of the answer that concerns some bodies.

        Parameters
        ----------
        reaches
            Whether a body that is reached belongs to it.
        holds
            Whether a body of the precaution ring belongs to it.
        """
        authorities = tuple(filter(reaches, self.authorities))
        left = {reach.id for reach in authorities}
        questions = [
            replace(question, bodies=tuple(body for body in question.bodies if body in left))
            for question in self.questions
        ]
        return replace(
            self,
            authorities=authorities,
            abolished=tuple(filter(reaches, self.abolished)),
            groups=tuple(filter(reaches, self.groups)),
            ring={band: tuple(body for body in ring if holds(body)) for band, ring in self.ring.items()},
            questions=tuple(question for question in questions if question.bodies),
            alone={
                root: {body: band for body, band in found.items() if body in left} for root, found in self.alone.items()
            },
            stops_after={body: days for body, days in self.stops_after.items() if body in left},
        )

    def selected(self, selection: Selection) -> BlastRadius:
        """The part of the answer that belongs to a selection.

        Limited to service areas, a body stands there by its services in them (`riskgraph.analysis.measure`).
        """
        if not selection:
            return self
        radius = self
        if selection.areas:
            shelves = {
                shelf: tuple(inside for reach in found if (inside := reach.inside(selection.areas)) is not None)
                for shelf, found in (
                    ("authorities", self.authorities), ("abolished", self.abolished), ("groups", self.groups),
                )
            }  # fmt: skip
            radius = replace(self, **shelves)  # type: ignore[arg-type]
        return radius.only(lambda reach: selection.holds(reach.id), selection.holds)

    @property
    def recovery_days(self) -> dict[str, int]:
        """Roots to the days until they serve again, where that is known."""
        known = {root: self.graph.dataset.entities[root.partition("/")[0]].recovery_days for root in self.roots}
        return {root: days for root, days in known.items() if days is not None}

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values, in the shape of the conformance cases (`tests/conformance`)."""
        return {
            "schema": 1,
            "data": {"title": self.graph.dataset.info.title, "as_of": self.graph.dataset.info.as_of},
            "roots": list(self.roots),
            "kinds": [str(kind) for kind in self.kinds],
            "as_of": self.view.as_of.isoformat(),
            "without": None if not self.view.without else ";".join(self.view.without),
            "known_before": None if self.view.known_before is None else self.view.known_before.isoformat(),
            "authorities": _shelf(self.authorities),
            "abolished": _shelf(self.abolished),
            "groups": _shelf(self.groups),
            "ring": {band.word: list(self.ring[band]) for band in SHOWN_BANDS},
        }

    def to_frame(self) -> pd.DataFrame:
        """The authorities as a pandas table: one row for each body and failure kind.

        Returns
        -------
        pandas.DataFrame
            Columns body, name, kind, band, hops (rows from the root), route, through, services.

        Examples
        --------
        >>> from riskgraph.analysis.blast import blast
        >>> from riskgraph.graph import RiskGraph
        >>> frame = blast(RiskGraph.open("seeds"), "Capita storage bucket with benefits extracts").to_frame()
        >>> frame.query("body == 'authority:rochford' and kind == 'exposure'")["band"].item()
        'documented'
        """
        import pandas as pd

        columns = ["body", "name", "kind", "band", "hops", "route", "through", "services"]
        rows = [
            (
                reach.id,
                reach.name,
                str(kind),
                hit.band.word,
                hit.hops,
                str(reach.route),
                reach.first,
                ";".join(area or "?" for area, kinds in reach.services.items() if kind in kinds),
            )
            for reach in self.authorities
            for kind, hit in reach.kinds.items()
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        counts = ", ".join(f"{sum(r.band is band for r in self.within(band))} {band.word}" for band in Band)
        return f"<BlastRadius of {' and '.join(self.roots)} as of {self.view.as_of}: {counts}>"


def _shelf(reaches: Iterable[Reach]) -> dict[str, Any]:
    shelf: dict[str, Any] = {}
    for reach in sorted(reaches, key=lambda reach: reach.id):
        entry: dict[str, Any] = {
            "kinds": {
                str(kind): {"band": reach.kinds[kind].band.word, "hops": reach.kinds[kind].hops}
                for kind in KINDS
                if kind in reach.kinds
            },
            "services": {
                area or "?": {str(kind): kinds[kind].word for kind in KINDS if kind in kinds}
                for area, kinds in sorted(reach.services.items(), key=lambda item: item[0] or "?")
            },
        }
        if reach.root:
            entry["root"] = True
        shelf[reach.id] = entry
    return shelf
