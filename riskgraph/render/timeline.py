"""One incident in order of time, in words and as rows."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.timeline import Entry, Timeline, Voice, What, hours_end
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words, moment, parse_moment
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.incident_words import effect_words, note_words, qualities
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import COUNCILS, EFFECTS, full_name, join, plural, root_name, row_phrase, short_name

__all__ = ["page", "when_words"]

_RELATIONS = (What.RELATION_BEGAN, What.RELATION_ENDED)


def when_words(when: str) -> str:
    """A day, a month, a year or a moment in words.

    Examples
    --------
    >>> when_words("2026-11-20 14:30"), when_words("2026-11")
    ('2:30pm on 20 November 2026', 'November 2026')
    """
    clock = parse_moment(when)
    return in_words(when) if clock is None else moment(clock)


def page(found: Timeline, limit: int = 30) -> Page:
    """The entries in order, then what is not dated and what is not known."""
    dataset, incident = found.graph.dataset, found.incident
    dated, undated = found.dated, found.undated
    apart = [entry for entry in dated if entry.what in _RELATIONS and not entry.between]
    listed = [entry for entry in dated if entry not in apart]
    span = f", {when_words(listed[0].when or '')} to {when_words(listed[-1].when or '')}" if listed else ""
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    entries = plural(len(dated), "dated entry", "dated entries")
    lead = f"{entries} about: {incident.title}{span} (data of {in_words(dataset.info.as_of)}).{marking}"
    blocks: list[Block] = [
        *paragraphs(note_words(dataset, found.note) if found.note.says else ""),
        Items(tuple(f"{when_words(entry.when or '')}: {_words(found, entry)}" for entry in listed[:limit])),
        *_more(len(listed) - limit),
    ]
    if apart:
        blocks += paragraphs(
            f"Besides, {plural(len(apart), 'relation')} of these bodies with others began or ended within a year: "
            "--format table."
        )
    if undated:
        blocks += [
            Text(f"Not dated, {len(undated)}:"),
            Items(tuple(_words(found, entry) for entry in undated[:limit])),
            *_more(len(undated) - limit),
        ]
    tries = [f"riskgraph replay {incident.incident_id}"]
    if incident.origins:
        tries.append(f"riskgraph blast {found.graph.names.handle(incident.origins[0])}")
    return Page(lead, (*blocks, *paragraphs(*_limits(found, dated))), tuple(tries))


def _more(left: int) -> tuple[Text, ...]:
    more = plural(left, "more entry", "more entries")
    return paragraphs(f"And {more}: use --limit, or --format table." if left > 0 else "")


def _limits(found: Timeline, dated: Sequence[Entry]) -> list[str]:
    """How far the dates carry."""
    lines = []
    partial = sum(entry.partial for entry in dated)
    if partial:
        lines.append(
            f"{partial} of {plural(len(dated), 'entry', 'entries')} have only a month or a year, and stand at the last day they may mean."
        )
    if any(entry.what is What.EFFECT for entry in dated):
        lines.append("What it meant for a body stands at the day when it was said or published, not when it happened.")
    hidden = found.hidden_for
    if hidden is None:
        lines.append("From its beginning to its becoming public: not known.")
    else:
        least, most = hidden
        days = plural(most, "day") if least == most else f"between {least:,} and {plural(most, 'day')}"
        lines.append(f"From its beginning to its becoming public: {days}.")
    if not any(entry.what is What.AWARE for entry in found.entries):
        lines.append("Clocks: not known. No time at which anybody became aware is recorded, so no hours are counted.")
    return lines


def _words(found: Timeline, entry: Entry) -> str:
    dataset = found.graph.dataset
    if entry.what is What.BEGAN:
        where = join(root_name(dataset, origin) for origin in entry.bodies)
        return f"it began ({where})." if where else "it began; where is not recorded."
    if entry.what is What.PUBLIC:
        return "it became public."
    if entry.what is What.SOURCE:
        return f"main source{_source(dataset, entry)}"
    if entry.what is What.AWARE:
        return _aware(dataset, entry)
    if entry.what in _RELATIONS:
        row = dataset.relations[entry.said[0]]
        ended = entry.what is What.RELATION_ENDED
        phrase = row_phrase(dataset, row, day_ended=ended).partition(" until ")[0]
        return f"a relation {'ended' if ended else 'began'}: {full_name(dataset, row.dependent)} {phrase}."
    if entry.what is What.EFFECT:
        more = "" if entry.effect is None else qualities(entry.effect)
        told = "; ".join(part for part in (entry.via, more) if part)
        via = f" ({told})" if told else ""
        said = EFFECTS[entry.said[0]] if entry.effect is None else effect_words(entry.effect)
        return f"{short_name(dataset, entry.bodies[0])}: {said}{via}{_source(dataset, entry)}"
    said = entry.said[0].rstrip(".") if entry.said else "no claim is written down"
    more = f" (and {len(entry.said) - 1} more)" if len(entry.said) > 1 else ""
    verb = "disputed" if entry.via == "disputes" else "learned"
    return f"{verb}: {said}{more}{_source(dataset, entry)}"


def _aware(dataset: Dataset, entry: Entry) -> str:
    name, end = short_name(dataset, entry.bodies[0]), hours_end(entry.when or "")
    if end is None:
        return f"{name} became aware; the hour is not known, so none are counted."
    return f"{name} became aware; 72 hours from then end at {when_words(end)}. Whether a duty runs from then, {name} decides."


def _source(dataset: Dataset, entry: Entry) -> str:
    """Who says so, how surely and where."""
    publisher = entry.publisher or "publisher not known"
    if entry.voice is Voice.SUPPLIER:
        who = f"supplier says: {publisher}"
    elif entry.voice is Voice.BODY and entry.confidence == "confirmed" and entry.bodies == (entry.speaker,):
        council = dataset.entities[entry.bodies[0]].authority_type in COUNCILS
        who = f"confirmed by the {'council' if council else 'body itself'}: {publisher}"
    else:
        who = f"{entry.confidence or 'how sure is not known'}, {publisher}"
    return f"; {who}, {entry.url or 'no address'}"
