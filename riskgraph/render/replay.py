"""A replay, and the score over all of them, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskgraph.analysis.incidents import note_of
from riskgraph.analysis.replay import Compared, Outcome, Replay, State
from riskgraph.analysis.replay_score import FEWEST_OUTCOMES, BandScore, ReplayScore
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.blocks import Items, Text
from riskgraph.render.incident_words import note_words
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import band_phrase, join, plural, root_name, short_name

__all__ = ["page", "score_page"]

NAMES_IN_A_LINE = 8
_BODIES = ("public body", "public bodies")
_STATES = {
    State.SCORED: "scored",
    State.CONTROL: "negative control",
    State.NO_ORIGIN: "not scored: it is not recorded where it began",
    State.NO_DAY: "not scored: no day is recorded",
    State.NOBODY: "not scored: nobody else is recorded as hit, or as not affected",
}


def page(found: Replay) -> Page:
    """One replay: what the map would have named, what it would have missed, and what is not known."""
    dataset, incident = found.graph.dataset, found.incident
    handle = found.graph.names.handle
    asked = blind = ""
    if incident.origins:
        where = "it began at " + join((root_name(dataset, origin) for origin in incident.origins), NAMES_IN_A_LINE)
        asked = f"Asked was: {where}" + (f" ({join(map(str, found.kinds))})." if found.kinds else ".")
    if found.view is not None and not found.leaning:
        blind = "The map of that day knew nobody who leans on it, so it could not have named anybody else."
    items = []
    if found.found:
        items.append(f"Hit and named: {_by_band(dataset, found.found)}.{_harm(found)}")
    for said, some in (
        ("Hit and not named", found.missed),
        ("Of these, in the precaution ring", [one for one in found.missed if one.ring]),
        ("Of these, cannot be ruled out", [one for one in found.missed if one.band is Band.NOT_RULED_OUT]),
    ):
        if some:
            items.append(f"{said}: {_names(dataset, some)}.")
    items += _besides(found)
    disputed = [one for one in found.elsewhere if one.disputed]
    if disputed:
        items.append(f"Sources disagree, counted as hit: {_names(dataset, disputed)}.")
    if found.groups:
        items.append(
            f"Hit, but no single bodies, so not counted: {join(_short(dataset, found.groups), NAMES_IN_A_LINE)}."
        )
    note = note_of(dataset, incident)
    if note.says:
        items.append(note_words(dataset, note))
    tries = [f"riskgraph timeline {incident.incident_id}"]
    if found.missed and incident.origins:
        body, origin = handle(found.missed[0].body), handle(incident.origins[0])
        day = "" if found.view is None else f" --as-of {found.view.as_of}"
        tries.append(f"riskgraph why --not {body} {origin}{day} --without {incident.incident_id}")
    elif found.view is not None:
        tries.append(f"riskgraph report replay {incident.incident_id}")
    unknown = "Not known: who was hit and never said so; what is not reported is no finding either way."
    return Page(
        f"{_head(found)}{_marking(dataset)}",
        (*paragraphs(asked, blind), Items(tuple(items)), Text(unknown)),
        tuple(tries),
    )


def _head(found: Replay) -> str:
    dataset, title = found.graph.dataset, found.incident.title
    data = f"data of {in_words(dataset.info.as_of)}"
    hits = plural(len(found.hits), *_BODIES)
    if found.view is None:
        return f"0 of {hits} hit could be asked about: {title} ({data}); {_STATES[found.state]}."
    own = found.incident.incident_id not in found.view.without
    knowing = (
        f"{'with' if own else 'without'} its own reporting"
        if found.view.known_before is None
        else f"knowing only what was published by {in_words(found.view.known_before)}"
    )
    asked = f"asked as of {in_words(found.view.as_of)}, {knowing}; {data}"
    if found.state is State.SCORED and found.hits:
        return f"{len(found.found)} of {hits} hit would have been named: {title} ({asked})."
    if found.state is State.CONTROL:
        kept = "as it should be" if not found.named else "though nobody else was recorded as hit"
        count = plural(len(found.named), *_BODIES)
        return f"{count} besides where it began would have been named, {kept}: {title} ({asked})."
    return f"{plural(len(found.named), *_BODIES)} would have been named, and nobody elsewhere was recorded as hit: {title} ({asked})."


def _harm(found: Replay) -> str:
    right = sum(one.harm is not None and one.harm <= found.question.band for one in found.found)
    return f" With the harm that is recorded: {right} of {len(found.found)}."


def _besides(found: Replay) -> list[str]:
    """Whom the map names beyond those that were hit."""
    dataset = found.graph.dataset
    lines = []
    for outcome, said in (
        (Outcome.CLEARED, "Named, though they were checked or said that they were not affected"),
        (Outcome.TOLD, "Named, and recorded as told"),
        (Outcome.SILENT, "Named, and not reported"),
    ):
        named = [one for one in found.of(outcome) if one.named]
        if named:
            lines.append(f"{said}, {len(named)}: {_names(dataset, named)}.")
    cleared = [one for one in found.of(Outcome.CLEARED) if not one.named]
    if cleared:
        lines.append(f"Not named, and not affected: {_names(dataset, cleared)}.")
    return lines


def score_page(score: ReplayScore) -> Page:
    """The score over all incidents, then a line for each that was scored."""
    dataset = score.graph.dataset
    shown = _shown(score)
    date = in_words(dataset.info.as_of)
    knowing = "knowing only what was published before it" if score.only_known_before else "without its own reporting"
    asked = f"each asked as of its day, {knowing}; data of {date}"
    if not score.replays:
        return Page(
            f"0 incidents are recorded in this data (data of {date}).",
            next=("riskgraph data incident NAME --data FOLDER", "riskgraph replay --data uk"),
        )
    if not score.hits:
        head = f"0 hits on public bodies to score in {plural(len(score.replays), 'incident')} ({asked})."
    else:
        head = (
            f"{shown.hit} of {plural(shown.hits, 'hit')} on public bodies would have been named, in "
            f"{plural(len(score.scored), 'incident')} scored of {len(score.replays)} ({asked})."
        )
    found = [_verdict(score), *_why(score), *_bands(score), _named(score)] if score.hits else []
    found += [_false_alarms(score)] if score.cleared else []
    found += [*_controls(score), *_not_scored(score)]
    found.append(
        f"Not known: who was hit and never said so. What is recorded ends on {date}; a body hit in two incidents counts twice."
    )
    example = next((one for one in score.scored if one.found), score.replays[0]).incident.incident_id
    other = "riskgraph replay" if score.only_known_before else "riskgraph replay --known-before"
    return Page(
        f"{head}{_marking(dataset)}",
        (*paragraphs(*found), Items(tuple(_line(one) for one in score.scored))),
        (f"riskgraph replay {example}", other, "riskgraph replay --format table"),
    )


def _shown(score: ReplayScore) -> BandScore:
    """The score in the band that was asked for."""
    return score.bands[score.question.band]


def _verdict(score: ReplayScore) -> str:
    shown = _shown(score)
    most = (
        "The map would have missed most of them" if 2 * shown.hit < shown.hits else "It would have named most of them"
    )
    if shown.recall is None:
        return f"{most}; {_too_few(shown.hits)}."
    wide = score.bands[Band.NOT_RULED_OUT]
    return f"{most}: {_percent(shown.recall)} named, {_percent(wide.recall)} with those that cannot be ruled out."


def _why(score: ReplayScore) -> list[str]:
    """How much of what was missed is a map that knew nobody there, and how much is the rest."""
    blind = score.blind
    missed = sum(len(one.missed) for one in blind)
    if not missed:
        return []
    seen = [one for one in score.scored if one.leaning]
    found, hits = sum(len(one.found) for one in seen), sum(len(one.hits) for one in seen)
    line = (
        f"In {plural(len(blind), 'incident')} with {plural(missed, 'hit')} the map, so asked, knew nobody who leans on "
        f"where it began. In the other {len(seen)}, {found} of {plural(hits, 'hit')} would have been named"
    )
    return [f"{line} ({_percent(found / hits)})." if hits >= FEWEST_OUTCOMES else f"{line}."]


def _bands(score: ReplayScore) -> list[str]:
    exact = {band: sum(one.band is band for one in score.hits) for band in Band}
    ring = sum(one.ring and one.band is None for one in score.hits)
    none = sum(one.band is None and not one.ring for one in score.hits)
    named = join((f"{exact[band]} {band.word}" for band in Band if band <= score.question.band), last="and")
    others = [
        f"{exact[band]} {'that could not be ruled out' if band is Band.NOT_RULED_OUT else band.word}"
        for band in Band
        if band > score.question.band
    ]
    missed = join([*others, f"{ring} in the precaution ring", f"{none} with no word"])
    return [f"Those hit: named {named}; not named, {missed}."]


def _named(score: ReplayScore) -> str:
    shown, surest = _shown(score), score.bands[Band.DOCUMENTED]
    return (
        f"Named elsewhere, {shown.named}: {shown.hit} hit, {shown.told} told, {shown.cleared} not affected, "
        f"{shown.silent} not reported, which is no finding either way. {_precision(surest)}"
    )


def _precision(surest: BandScore) -> str:
    known = surest.hit + surest.cleared
    if surest.precision is None:
        return f"What share of the documented was hit cannot be said: {_too_few(known)}."
    return (
        f"Of the {known} documented whose outcome is known {_percent(surest.precision)} were hit; records tell mostly of "
        "those that were, so this says little."
    )


def _false_alarms(score: ReplayScore) -> str:
    named = [one for one in score.cleared if one.named]
    checked = plural(len(score.cleared), *_BODIES)
    line = f"False alarms: {len(named)} of {checked} that were checked or said that they were not affected"
    if named:
        line += f": {_names(score.graph.dataset, named)}"
    if len(score.cleared) < FEWEST_OUTCOMES:
        line += f" ({_too_few(len(score.cleared))})"
    easy = sum(len(one.of(Outcome.CLEARED)) for one in (*score.scored, *score.controls) if not one.leaning)
    if easy:
        line += f"; for {easy} of them the map knew nobody who leans on where it began, so that they prove little"
    return line + "."


def _controls(score: ReplayScore) -> list[str]:
    controls = score.controls
    if not controls:
        return []
    broken = [one for one in controls if one.named]
    easy = sum(not one.leaning for one in controls)
    line = (
        f"Negative controls, where nobody else should be named: {len(controls) - len(broken)} of {len(controls)} held"
    )
    if broken:
        line += "; not: " + join(f"{one.incident.incident_id} ({len(one.named)} named)" for one in broken)
    if easy:
        line += f"; in {easy} of them the map knew nobody who leans on the body, so that they prove little"
    return [line + "."]


def _not_scored(score: ReplayScore) -> list[str]:
    states = (State.NO_ORIGIN, State.NO_DAY, State.NOBODY)
    parts = [
        f"{len(some)} because {_STATES[state].partition(': ')[2]} ({join((one.incident.incident_id for one in some), NAMES_IN_A_LINE)})"
        for state in states
        if (some := score.of(state))
    ]
    return [f"Not scored, {len(score.of(*states))}: {'; '.join(parts)}."] if parts else []


def _line(found: Replay) -> str:
    """One incident of the score."""
    parts = [f"{len(found.found)} of {len(found.hits)} hit named" if found.hits else "nobody else hit"]
    if found.found:
        parts[0] += f" ({_counts(found.found)})"
    others = [one for one in found.named if one.outcome is not Outcome.HIT]
    silent = sum(one.outcome is Outcome.SILENT for one in others)
    if silent:
        parts.append(f"{silent} more named and not reported")
    wrong = sum(one.outcome is Outcome.CLEARED for one in others)
    if wrong:
        parts.append(f"{wrong} named and not affected")
    if not found.leaning:
        parts.append("the map knew nobody there")
    return f"{found.incident.incident_id}: {', '.join(parts)}"


def _by_band(dataset: Dataset, some: Sequence[Compared]) -> str:
    parts = []
    for band in Band:
        names = [one for one in some if one.band is band]
        if names:
            parts.append(f"{_names(dataset, names)} ({band_phrase(band)})")
    return "; ".join(parts)


def _counts(some: Sequence[Compared]) -> str:
    counted = ((band, sum(one.band is band for one in some)) for band in Band)
    return join(f"{count} {band_phrase(band)}" for band, count in counted if count)


def _names(dataset: Dataset, some: Iterable[Compared]) -> str:
    return join(_short(dataset, [one.body for one in some]), NAMES_IN_A_LINE)


def _short(dataset: Dataset, ids: Iterable[str]) -> list[str]:
    return [short_name(dataset, id_) for id_ in ids]


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{round(100 * share)}%"


def _too_few(count: int) -> str:
    return f"too few, {count} where {FEWEST_OUTCOMES} are needed"


def _marking(dataset: Dataset) -> str:
    return f" {dataset.info.marking}" if dataset.info.marking else ""
