"""The one headline of every answer of reach: who could be reached first, of how many, and what more there is."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.measure import is_council
from riskgraph.analysis.radius import BlastRadius
from riskgraph.analysis.suppression import FEWEST, share
from riskgraph.analysis.triage import Tier, begins_later
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import SENTENCES, Band, FailureKind, Grade
from riskgraph.render.words import (
    area_label,
    band_phrase,
    bodies,
    data_of,
    join,
    plural,
    root_name,
    scope_phrase,
    short_name,
)
from riskgraph.settle import View

__all__ = ["among", "asked_of", "cannot_answer", "counted", "dates_of", "failing", "finding", "name_of"]

NAMED = 4  # names in a headline


def failing(kinds: Sequence[FailureKind], roots: int = 1) -> str:
    """What is supposed to happen, after "if" and the names of the roots, from `presets.csv`.

    A set of kinds without a sentence of its own gets those of its kinds.

    Examples
    --------
    >>> failing([FailureKind.EXIT])
    'left the market or went insolvent'
    >>> failing([FailureKind.OUTAGE, FailureKind.EXPOSURE], roots=2)
    'lost their data and stopped together'
    """
    asked = tuple(kind for kind in FailureKind if kind in kinds)
    said = [SENTENCES[asked]] if asked in SENTENCES else [SENTENCES[(kind,)] for kind in asked]
    return join(one.one for one in said) if roots == 1 else f"{join(one.several for one in said)} together"


def among(radius: BlastRadius, ids: Sequence[str]) -> str:
    """How many some bodies are, and of how many: "3 of 382 councils and 1 other public body"."""
    dataset, chosen = radius.graph.dataset, radius.question.selection
    scope = scope_phrase(chosen, dataset, radius.view.as_of)
    if chosen.members is not None or len(chosen.classes) == 1:
        return f"{len(ids):,} {scope}"
    councils = sum(is_council(dataset, body) for body in ids)
    others = len(ids) - councils
    if not others:
        return f"{councils:,} {scope}"
    more = plural(
        others,
        "other public body" if councils else "public body",
        "other public bodies" if councils else "public bodies",
    )
    return f"{councils:,} {scope} and {more}" if councils else more


def cannot_answer(radius: BlastRadius) -> bool:
    """Whether the map is too thin to say who is not reached: nobody first, and little known of the service area.

    A register of somebody's own is complete as far as it goes; this is asked of maps gathered from public sources.
    """
    known = radius.coverage
    gathered = radius.graph.dataset.info.register_grade is Grade.INFERRED
    return gathered and known is not None and known.thin and not radius.tiers[Tier.FIRST]


def finding(radius: BlastRadius, *, roots: str | None = None, named: bool = True) -> str:
    """Who could be reached, in one clause: "3 of 19 councils could be reached first if Civica stopped".

    The first tier leads; what is possible follows as a number. "0" and "no route" are said only where nothing is
    known in any band.

    Parameters
    ----------
    roots
        Words for what fails; its names if left out.
    named
        Whether councils, and roots that are public bodies, may be named.
    """
    dataset, tiers = radius.graph.dataset, radius.tiers
    if roots is None:
        roots = join(root_name(dataset, root) for root in radius.roots)
    supposed = f"if {roots} {failing(radius.kinds, len(radius.roots))}"
    itself = [short_name(dataset, reach.id) for reach in radius.authorities if reach.root and named]
    also = f" besides {join(itself)}" if itself else ""

    def names(ids: Sequence[str]) -> str:
        return f": {join(short_name(dataset, body) for body in ids)}" if named and len(ids) <= NAMED else ""

    first, possible, precaution = tiers[Tier.FIRST], tiers[Tier.POSSIBLE], tiers[Tier.PRECAUTION]
    less = [reach.id for reach in radius.within() if reach.band > radius.band and reach.id not in precaution]
    doubtful = [reach.id for reach in radius.doubtful if reach.id not in precaution]
    rest = [
        f"{len(possible):,} more possibly" if first and possible else "",
        f"{len(less):,} more less surely" if first and less else "",
        _careful(radius, precaution, named),
    ]
    silent = [body for body in radius.nothing_recorded if body not in {reach.id for reach in radius.authorities}]
    if silent:
        rest.append(
            f"{len(silent)}: nothing recorded"
            if len(silent) > 1 or not named
            else f"{name_of(radius.graph.dataset, silent[0])}: nothing recorded"
        )
    tail = "".join(f"; {one}" for one in rest if one)
    if first:
        gone = sum(radius[body].past for body in first)
        some = "" if gone == len(first) else f"{gone} of them "
        left = f", {some}by data left behind when a contract ended" if gone else ""
        return f"{among(radius, first)}{also} could be reached first {supposed}{left}{names(first)}{tail}"
    if radius.question.band < Band.POSSIBLE and (less or doubtful):
        how = (
            f"{bodies(dataset, less)} could less surely" if less else f"{bodies(dataset, doubtful)} cannot be ruled out"
        )
        return f"0{_scope(radius)}{also} could be reached {supposed} as surely as that: {how}"
    if possible and cannot_answer(radius):
        return _thin(radius, roots, f"{len(possible):,} could possibly be reached {supposed}") + tail
    if possible:
        return f"{among(radius, possible)}{also} could possibly be reached {supposed}, none of them surely{names(possible)}{tail}"
    if precaution:
        return f"{among(radius, precaution)} should act as a precaution {supposed}{names(precaution)}"
    if altered := tiers[Tier.ALTERED]:
        said = f"could be reached {supposed}, but only if software were altered"
        return f"{among(radius, altered)}{also} {said}{names(altered)}{tail}"
    if unrecorded := tiers[Tier.UNRECORDED]:
        said = f"depend{'s' if len(unrecorded) == 1 else ''} on {roots}; for what or how is not recorded"
        return f"{among(radius, unrecorded)} {said}{names(unrecorded)}{tail}"
    if past := tiers[Tier.PAST]:
        was = "is a past customer" if len(past) == 1 else "are past customers"
        return f"{among(radius, past)} {was} of {roots}; whether their data was returned is not recorded{names(past)}{tail}"
    also = f"{also} itself" if len(itself) == 1 else also
    if radius.nothing:
        none = f"0{_scope(radius)}{also} could be reached {supposed}: no route was found in this data"
        return f"{none}{_later(radius, named)}{tail}"
    return f"0{_scope(radius)}{also} could be reached {supposed}: only bodies that are not counted{tail}"


def _later(radius: BlastRadius, named: bool) -> str:
    """Who depends on the roots from a later day, which the answer does not count."""
    dataset = radius.graph.dataset
    roots = {root.partition("/")[0] for root in radius.roots}
    found = begins_later(dataset, radius.view.as_of, roots)
    if not found:
        return ""
    count = plural(len(found), "body depends", "bodies depend")
    first = min(found, key=lambda id_: (found[id_], id_))
    who = f" ({short_name(dataset, first)})" if named else ""
    return f" up to that day; {count} on it from later, the first from {in_words(found[first])}{who}"


def counted(radius: BlastRadius, roots: str) -> str:
    """The same without a name and without a number under five: who is first and who is possible are one where either is.

    Parameters
    ----------
    roots
        Words for what fails that name nobody.
    """
    first, possible = (radius.tiers[tier] for tier in (Tier.FIRST, Tier.POSSIBLE))
    supposed = f"if {roots} {failing(radius.kinds, len(radius.roots))}"
    together = sorted((*first, *possible))
    if not together and not any(radius.tiers.values()) and radius.nothing:
        return f"0{_scope(radius)} could be reached {supposed}: no route was found in this data"
    if not together:
        return f"It is not told whether any council could be reached {supposed}"
    if len(together) < FEWEST:
        return f"Fewer than 5 {_scope(radius).strip()} could be reached {supposed}"
    if share(len(first), len(together)) is None:
        return f"{len(together):,}{_scope(radius)} could be reached {supposed}, some of them possibly only"
    if not first:
        return f"{len(together):,}{_scope(radius)} could possibly be reached {supposed}, none of them surely"
    more = f"; {len(possible):,} more possibly" if possible else ""
    return f"{len(first):,}{_scope(radius)} could be reached first {supposed}{more}"


def _careful(radius: BlastRadius, precaution: Sequence[str], named: bool) -> str:
    """Who should act as a precaution, beside others who could be reached."""
    if not precaution:
        return ""
    one = len(precaution) == 1 and named and len(radius.tiers[Tier.FIRST]) <= NAMED
    return f"{short_name(radius.graph.dataset, precaution[0]) if one else len(precaution)} as a precaution"


def _thin(radius: BlastRadius, roots: str, more: str) -> str:
    known = radius.coverage
    assert known is not None
    return (
        f"{roots}: this map cannot answer; it knows {area_label(known.area)} at {known.known} of "
        f"{plural(known.councils, 'council')}; {more}"
    )


def _scope(radius: BlastRadius) -> str:
    return f" {scope_phrase(radius.question.selection, radius.graph.dataset, radius.view.as_of)}"


def name_of(dataset: Dataset, body: str) -> str:
    """The usual name of a body of the map, or of the register beyond it."""
    if body in dataset.entities:
        return short_name(dataset, body)
    entry = dataset.register[body]
    return entry.short_name or entry.name or body


def asked_of(radius: BlastRadius) -> str:
    """As of when, and knowing what, an answer speaks: what stands in brackets after its first clause."""
    date = dates_of(radius.graph.dataset, radius.view)
    if radius.question.band < Band.POSSIBLE:
        date += f", {band_phrase(radius.question.band)}"
    return date


def dates_of(dataset: Dataset, view: View) -> str:
    """The same of a map and a view, whatever band is asked about."""
    date = data_of(dataset)
    if view.as_of != dataset.info.day:
        date = f"as of {in_words(view.as_of)}, {date}"
    if view.without:
        date += f", without what {join(view.without)} taught us"
    if view.known_before:
        date += f", knowing only what was published by {in_words(view.known_before)}"
    return date
