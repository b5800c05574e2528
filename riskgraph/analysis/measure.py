"""What counts, and how it is counted: the one home for every question that gives a number.

- *Which authorities count*: those that exist at the date and are no group of bodies. What reaches a body that
  no longer exists, or a group, is told apart and never counted.
- *The root never counts*: what fails is not in its own radius, alone or together with others. A line of business
  is no body: the authority that runs it counts.
- *Altered software* never counts beside other harm: who could be reached only if software were altered before it
  came to them is told apart, unless that is what was asked.
- *Past customers count* among those who are reached, and are named apart. One is past if every way by which it
  is reached within the band has ended: only data that were left behind can harm it.
- *Residents*: everyone who lives in the areas reached, each person once. A county's people are its own only
  where no area that holds them counts already.
- *By law* is no observation: a row that a class rule made says what holds for every body of a class, so it is never
  counted as something known of a body.
- *Services* count by their own band, never by that of the body whose services they are.
- *Service areas*: where an answer is limited to some, a body counts in a kind and a band if one of its services in
  these areas is reached in that kind and band, and only these services count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from riskgraph.data.dataset import Dataset
from riskgraph.model import AUTHORITY, PRINCIPAL_COUNCILS, Band, FailureKind, RegisterEntry

__all__ = [
    "By",
    "Residents",
    "Standing",
    "bands_in",
    "counted",
    "counting",
    "counts",
    "inhabited",
    "is_council",
    "is_group",
    "is_past",
    "own_bands",
    "residents",
    "separate_areas",
    "standing",
]


class By(StrEnum):
    """What a radius is measured in."""

    AUTHORITIES = "authorities"
    RESIDENTS = "residents"
    SERVICES = "services"


# -- which authorities count --------------------------------------------------------------------------


class Standing(StrEnum):
    """How an authority stands at a date; only `COUNTED` ones are counted."""

    COUNTED = "authorities"
    ABOLISHED = "abolished"  # it does not exist at the date
    GROUP = "groups"  # several bodies under one name


def is_group(dataset: Dataset, body: str) -> bool:
    """Whether an authority stands for several bodies under one name ("all schools in Northern Ireland")."""
    return dataset.entities[body].authority_type == "group"


def standing(dataset: Dataset, body: str, day: date) -> Standing | None:
    """How a body stands at a date, or `None` if it is no authority.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> standing(read("seeds"), "authority:dover", date(2026, 11, 22))
    <Standing.COUNTED: 'authorities'>
    >>> standing(read("seeds"), "supplier:civica", date(2026, 11, 22)) is None
    True
    """
    entity = dataset.entities[body]
    if entity.kind != AUTHORITY:
        return None
    if is_group(dataset, body):
        return Standing.GROUP
    entry = dataset.register.get(body)
    return Standing.COUNTED if entry is None or entry.exists(day) else Standing.ABOLISHED


def is_council(dataset: Dataset, body: str) -> bool:
    """Whether an authority is a principal council, not a fire, police or other authority.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> is_council(read("seeds"), "authority:dover")
    True
    """
    return dataset.entities[body].authority_type in PRINCIPAL_COUNCILS


def counts(dataset: Dataset, body: str, day: date) -> bool:
    """Whether a body is an authority that counts at a date."""
    return standing(dataset, body, day) is Standing.COUNTED


def counted(dataset: Dataset, day: date, holds: Callable[[str], bool] | None = None) -> tuple[str, ...]:
    """Ids of all authorities that count at a date, in the order of the data.

    Parameters
    ----------
    holds
        Only those of which this is true, such as `Selection.holds`.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> len(counted(read("seeds"), date(2026, 11, 22), lambda body: body > "authority:west"))
    4
    """
    return tuple(body for body in dataset.entities if counts(dataset, body, day) and (holds is None or holds(body)))


def counting(kinds: Collection[FailureKind]) -> frozenset[FailureKind]:
    """The kinds by which a body counts as reached, of those that a question may lead to.

    Along every row that is no software, what can be altered can also be read, stopped or entered as surely
    (`propagation.csv`; a test holds that). So who is reached by altering alone has altered software, which is a
    supposition of its own: it counts only where it is asked about, alone or with the attacker whom it lets in.

    Parameters
    ----------
    kinds
        The kinds asked about.

    Examples
    --------
    >>> FailureKind.TAMPERING in counting({FailureKind.TAMPERING, FailureKind.OUTAGE})
    False
    >>> FailureKind.TAMPERING in counting({FailureKind.TAMPERING, FailureKind.INTRUSION})
    True
    """
    altered = FailureKind.TAMPERING in kinds and set(kinds) <= {FailureKind.TAMPERING, FailureKind.INTRUSION}
    return frozenset(kind for kind in FailureKind if altered or kind is not FailureKind.TAMPERING)


def is_past(band: Band, in_force: Band | None, within: Band = Band.POSSIBLE) -> bool:
    """Whether a body that is reached is a past customer: every way within the band has ended.

    Parameters
    ----------
    band
        The best band in which it is reached.
    in_force
        The best band by ways of which every row is in force; `None` if there is no such way.
    within
        The band asked about; a body that is reached only beyond it is judged by the band in which it is.

    Examples
    --------
    >>> is_past(Band.DOCUMENTED, None), is_past(Band.DOCUMENTED, Band.LIKELY)
    (True, False)
    """
    return in_force is None or in_force > max(band, within)


# -- services -----------------------------------------------------------------------------------------

Services = Mapping[str | None, Mapping[FailureKind, Band]]
"""Service area (`None`: not known) to each kind in which the service is reached, and the band of that."""


def own_bands(
    services: Services, within: Band, kinds: Collection[FailureKind] = tuple(FailureKind)
) -> dict[str | None, Band]:
    """The services that are reached within a band, each with its own best band, of some kinds or of any.

    Examples
    --------
    >>> reached = {"housing": {FailureKind.OUTAGE: Band.LIKELY}, "pensions": {FailureKind.EXIT: Band.NOT_RULED_OUT}}
    >>> own_bands(reached, Band.POSSIBLE)
    {'housing': <Band.LIKELY: 1>}
    """
    best = {
        area: min((band for kind, band in found.items() if kind in kinds), default=None)
        for area, found in services.items()
    }
    return {area: band for area, band in best.items() if band is not None and band <= within}


def bands_in(services: Services, areas: Collection[str]) -> dict[FailureKind, Band]:
    """In which kinds, and how surely, a body counts for some areas: as the services that it has there are reached.

    Examples
    --------
    >>> reached = {"housing": {FailureKind.OUTAGE: Band.LIKELY}, "pensions": {FailureKind.OUTAGE: Band.DOCUMENTED}}
    >>> bands_in(reached, {"housing"})
    {<FailureKind.OUTAGE: 'outage'>: <Band.LIKELY: 1>}
    """
    best: dict[FailureKind, Band] = {}
    for area, kinds in services.items():
        if area in areas:
            for kind, band in kinds.items():
                best[kind] = min(band, best.get(kind, band))
    return best


# -- residents ----------------------------------------------------------------------------------------

_NO_RESIDENTS = frozenset({"fire", "police", "other", "nhs", "school", "national-park"})


@dataclass(frozen=True, slots=True)
class Residents:
    """People who live in the areas reached: a ceiling. Areas are joined, so nobody counts twice."""

    people: int
    areas: int
    unknown: tuple[str, ...]  # councils reached whose residents are not known


def residents(dataset: Dataset, bodies: Iterable[str]) -> Residents:
    """People who live in the areas of some bodies, each person once.

    A county and its districts are the same people, and so are a combined authority and its councils: a
    body is left out if an area that holds it is counted itself. Bodies that are no council (fire, police,
    schools) have no residents of their own.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> two = residents(read("seeds"), ["authority:kent", "authority:dover"])
    >>> two.people == residents(read("seeds"), ["authority:kent"]).people
    True
    """
    people = areas = 0
    unknown = []
    for body, (population, above) in inhabited(dataset, bodies).items():
        if above:
            continue
        if population is None:
            unknown.append(body)
        else:
            people += population
            areas += 1
    return Residents(people, areas, tuple(unknown))


def inhabited(dataset: Dataset, bodies: Iterable[str]) -> dict[str, tuple[int | None, tuple[str, ...]]]:
    """Residents of each body that has any, and the others of these bodies that count the same people already."""
    register = dataset.register
    chosen = sorted({body for body in bodies if body in register and register[body].kind not in _NO_RESIDENTS})
    known = {body for body in chosen if register[body].population is not None}
    return {
        body: (register[body].population, tuple(area for area in _above(register, body) if area in known))
        for body in chosen
    }


def separate_areas(dataset: Dataset, bodies: Iterable[str]) -> list[tuple[int, tuple[str, ...]]]:
    """The same people as areas that do not overlap: a weight for each, and the bodies of which any reaches it.

    A district is such an area, reached if it or an area above it is; a county is what it has beyond its
    districts. Where a county is said to have fewer people than its districts together, it has nothing beyond
    them, and the sum may differ from `residents`, which is what is told to users.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> parts = separate_areas(read("seeds"), ["authority:kent", "authority:dover"])
    >>> sum(people for people, _ in parts) == residents(read("seeds"), ["authority:kent"]).people
    True
    """
    found = inhabited(dataset, bodies)
    inside: dict[str, list[str]] = {body: [] for body in found}
    for body, (_, above) in found.items():
        for area in above:
            inside[area].append(body)
    parts = (
        (body, (population or 0) - residents(dataset, inside[body]).people) for body, (population, _) in found.items()
    )
    return [(people, (body, *found[body][1])) for body, people in parts if people > 0]


def _above(register: Mapping[str, RegisterEntry], body: str) -> Iterator[str]:
    """The areas that hold a body's area: its county, the combined authorities of both."""
    waiting, seen = [body], {body}
    while waiting:
        entry = register.get(waiting.pop())
        for area in (entry.parent_county, entry.combined_authority) if entry is not None else ():
            if area is not None and area not in seen:
                seen.add(area)
                waiting.append(area)
                yield area
