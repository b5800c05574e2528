"""Who is affected: residents where their data or services are hit, staff where only theirs are, people on record.

Residents are a ceiling: everyone who lives in an area. They say nothing where a system holds the staff of a council,
and of numbers of staff nothing is known. `service_areas.csv` says whose data lie in an area.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from riskgraph.analysis.incidents import IncidentNote, incident_notes
from riskgraph.analysis.measure import Residents, Services, own_bands, residents
from riskgraph.analysis.radius import BlastRadius
from riskgraph.data.dataset import Dataset
from riskgraph.model import KINDS, Band, FailureKind
from riskgraph.rules import rules

__all__ = ["Affected", "affected", "affected_by", "only_staff"]

_STAFF = frozenset({"staff"})


@dataclass(frozen=True, slots=True)
class Affected:
    """Who is affected where some bodies are reached."""

    residents: Residents  # who live where residents' data or services are hit: a ceiling
    staff: tuple[str, ...]  # ids of the bodies at which only services of their staff are hit
    recorded: tuple[IncidentNote, ...] = ()  # what was recorded of incidents that began there

    @property
    def only_staff(self) -> bool:
        """Whether nobody's residents are hit, but somebody's staff."""
        return bool(self.staff) and not (self.residents.areas or self.residents.unknown)


def only_staff(area: str | None) -> bool:
    """Whether a service holds data of staff only, as a rule; not where the area is not known.

    Examples
    --------
    >>> only_staff("hr-payroll"), only_staff("housing"), only_staff("ict-infrastructure"), only_staff(None)
    (True, False, False, False)
    """
    return area is not None and rules().areas[area].subjects == _STAFF


def affected(
    dataset: Dataset,
    reached: Iterable[tuple[str, Services]],
    band: Band = Band.POSSIBLE,
    kinds: Collection[FailureKind] = KINDS,
) -> Affected:
    """Who is affected at some bodies, by their services that are hit.

    Parameters
    ----------
    dataset
        The map, with its register.
    reached
        Ids of the bodies that are reached, and how surely each of their services is, in each kind.
    band
        What counts is at least so sure. A body of which no service is so surely hit counts with its residents: what is
        hit there is not known.
    kinds
        The kinds that count.

    Returns
    -------
    Affected
        Nothing of incidents; see `affected_by`.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> from riskgraph.model import FailureKind
    >>> hit = {FailureKind.EXPOSURE: Band.DOCUMENTED}
    >>> seeds = read("seeds")
    >>> affected(seeds, [("authority:lancashire", {"hr-payroll": hit})]).staff
    ('authority:lancashire',)
    >>> affected(seeds, [("authority:lancashire", {"hr-payroll": hit, "housing": hit})]).residents.areas
    1
    """
    living: list[str] = []
    staff: list[str] = []
    for body, services in reached:
        hit = own_bands(services, band, kinds)
        (staff if hit and all(map(only_staff, hit)) else living).append(body)
    return Affected(residents(dataset, living), tuple(sorted(staff)))


def affected_by(radius: BlastRadius, band: Band | None = None) -> Affected:
    """Who is affected in a radius, with what was recorded of incidents that began at its roots.

    Parameters
    ----------
    band
        What counts is at least so sure; as surely as the radius counts if left out.

    Examples
    --------
    >>> from riskgraph.analysis.blast import blast
    >>> from riskgraph.graph import RiskGraph
    >>> found = affected_by(blast(RiskGraph.open("seeds"), "lancashire oracle fusion", like="data-theft"))
    >>> found.only_staff, found.recorded[0].subjects
    (True, ('staff',))
    """
    within, dataset = radius.band if band is None else band, radius.graph.dataset
    reached = ((reach.id, reach.services) for reach in radius.within(within))
    found = affected(dataset, reached, within, radius.question.counting)
    return Affected(found.residents, found.staff, incident_notes(dataset, radius.roots, radius.view))
