"""What an import, a merge, a comparison and an overlap check say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from riskgraph.analysis.changes import AnswerChange, Changes
from riskgraph.data.dataset import Dataset
from riskgraph.data.diff import RowChange
from riskgraph.data.joining import Conflict
from riskgraph.data.merge import MergeReport
from riskgraph.data.overlap import Count
from riskgraph.dates import DATE, in_words
from riskgraph.importers.report import ImportReport
from riskgraph.importers.review import Doubt
from riskgraph.model import PRESETS, Band
from riskgraph.render.blast import failing
from riskgraph.render.words import EFFECTS, area_label, band_phrase, join, plural, root_name, row_phrase

__all__ = ["changes_text", "count_text", "doubts_text", "import_text", "merge_text"]


def import_text(reports: Sequence[ImportReport], dataset: Dataset, where: str | None) -> str:
    """What was read, kept, skipped and guessed, file by file."""
    read, kept = sum(r.read for r in reports), sum(r.kept for r in reports)
    lines = [
        f"{plural(read, 'row')} read, {kept:,} kept, {read - kept:,} left out: "
        f"{len(dataset.entities):,} bodies and places, {plural(len(dataset.relations), 'relation')} in all "
        f"(data of {in_words(dataset.info.as_of)})."
    ]
    for report in reports:
        lines += ["", *_one_report(report), *_contradictions(dataset, report.conflicts)]
    lines += ["", f"Written to {where}." if where else "Nothing was written: add --to FOLDER, or --into a data set."]
    if any(r.unmatched_councils or r.unmatched_suppliers for r in reports):
        lines.append("Names that nobody knew: decide who they are with `riskgraph data match`.")
    return "\n".join(lines) + "\n"


def _one_report(report: ImportReport) -> list[str]:
    lines = [f"{report.source} ({report.format}): {plural(report.read, 'row')} read, {report.kept:,} kept."]
    added = report.added
    if added:
        lines.append(
            f"- New: {added['entities']:,} bodies and places, {plural(added['relations'], 'relation')}, "
            f"{plural(added['evidence'], 'item')} of evidence{_incidents(added)}."
        )
    for reason, count in sorted(report.skipped_count.items()):
        lines.append(f"- Left out, {reason}: {plural(count, 'row')} ({join(report.skipped[reason], 3)}).")
    if report.redacted:
        lines.append(f"- Suppliers redacted: {plural(report.redacted, 'row')}; nobody is made of them.")
    lines += _names("Councils not in the register", report.unmatched_councils)
    lines += _names("Suppliers new to the map, known by name only", report.unmatched_suppliers)
    lines += _names("Identifiers that are none", report.bad_identifiers)
    for sort, count in sorted(report.guess_count.items()):
        lines.append(f"- Guess, {sort}: {count:,} times ({join(report.guesses[sort], 3)}).")
    if report.unused_columns:
        lines.append(f"- Columns not taken: {join(report.unused_columns, 12)}.")
    return lines + [f"- {note}" for note in report.notes[:12]]


def _incidents(added: Mapping[str, int]) -> str:
    """New incidents, for a source that tells of any."""
    incidents, effects = added.get("incidents", 0), added.get("incident_effects", 0)
    if not incidents and not effects:
        return ""
    return f", {plural(incidents, 'incident')}, {plural(effects, 'effect')} of incidents"


def _names(label: str, names: Counter[str]) -> list[str]:
    if not names:
        return []
    ordered = sorted(names, key=lambda name: (-names[name], name))
    return [f"- {label}: {len(names):,} ({join(ordered, 6)})."]


def doubts_text(found: Sequence[Doubt], where: str) -> str:
    """How many names want a decision."""
    with_help = sum(1 for doubt in found if doubt.suggestions)
    lines = [f"{plural(len(found), 'name')} nobody knows; {with_help:,} of them have a likely meaning."]
    for doubt in found[:15]:
        maybe = f": {doubt.suggestions[0][0]} ({doubt.suggestions[0][2]}% alike)?" if doubt.suggestions else ""
        lines.append(f"- {doubt.kind} {doubt.name!r}, {plural(doubt.rows, 'row')}{maybe}")
    if len(found) > 15:
        lines.append(f"... and {len(found) - 15:,} more")
    if where != "-":
        lines.append(f"Fill in the column decision of {where} with an id, or new; then import with --decisions {where}")
    else:
        lines.append("Add --output FILE for a table to be filled in, and import with --decisions FILE.")
    return "\n".join(lines) + "\n"


def merge_text(merged: Dataset, report: MergeReport, where: str | None) -> str:
    """What came together, what contradicts, and what two sources tell differently."""
    added = report.added
    lines = [
        f"{plural(len(report.sources), 'data set')} merged: {plural(len(merged.entities), 'body or place', 'bodies and places')}, "
        f"{plural(len(merged.relations), 'relation')} (data of {in_words(merged.info.as_of)}).",
        f"- Added to the first, {_source(report.sources[0])}: {plural(added['entities'], 'body or place', 'bodies and places')}, "
        f"{plural(added['relations'], 'relation')}, {plural(added['evidence'], 'item')} of evidence.",
        f"- Stood there already: {plural(report.same['relations'], 'relation')}, joined with the evidence of both.",
        *(_contradictions(merged, report.conflicts) or ["- 0 contradictions."]),
    ]
    if report.twice:
        lines.append(
            f"- {plural(len(report.twice), 'service')} for which two sources name different providers; both stand, so end the "
            "one that is over:"
        )
        lines += _listed(
            [
                f"{merged.usual_name(one.dependent)}, {area_label(one.area)}: "
                f"{join(merged.usual_name(p) for p in one.providers)} by {_source(one.source)}; {merged.usual_name(one.other)} by {_source(one.other_by)}"
                for one in report.twice
            ]
        )
    if report.joined:
        lines.append(f"- {plural(len(report.joined), 'supplier')} known under two ids, joined by company number:")
        lines += _listed([f"{old} is {new}" for old, new in report.joined])
    if report.alike:
        lines.append(
            f"- {plural(len(report.alike), 'pair')} of names that may be one body; nothing is joined by likeness:"
        )
        lines += _listed([f"{merged.usual_name(a)} ({a}) and {merged.usual_name(b)} ({b})" for a, b in report.alike])
    if merged.info.marking:
        lines.append(f"- Marking: {merged.info.marking}, the strictest of them.")
    lines.append(f"Written to {where}." if where else "Nothing was written: add --to FOLDER.")
    return "\n".join(lines) + "\n"


def _contradictions(data: Dataset, found: Sequence[Conflict]) -> list[str]:
    if not found:
        return []
    said = [
        f"{_thing(data, one.id)}, {_field(one.field)}: {_cell(one.kept)} kept, as {_source(one.kept_by)} says; "
        f"{_source(one.other_by)} says {_cell(one.other)}"
        for one in found
    ]
    return [f"- {plural(len(found), 'contradiction')}, each kept with both sources.", *_listed(said)]


def _source(title: str) -> str:
    return title.removeprefix("Imported from ")


def _listed(items: Sequence[str], most: int = 20) -> list[str]:
    lines = [f"  - {item}" for item in items[:most]]
    return [*lines, f"  - and {len(items) - most:,} more: --format json has all"] if len(items) > most else lines


def _thing(data: Dataset, key: str) -> str:
    """A row as a sentence, or the name of a body."""
    if key in data.relations:
        return _relation(data, key)
    if key in data.entities:
        return data.usual_name(key)
    entry = data.register.get(key)
    return (entry.name if entry is not None else None) or key


def changes_text(found: Changes) -> str:
    """What differs in the rows, then in the answers, in words."""
    rows, old, new = found.rows, found.rows.old, found.rows.new
    moved = sum(1 for answer in found.answers if not answer.same)
    answers = f", and {moved} of {plural(len(found.answers), 'answer')} compared changed" if found.answers else ""
    lines = [
        f"{plural(rows.total, 'difference')}, row by row, between {_source(old.info.title)} (data of {in_words(old.info.as_of)}) and "
        f"{_source(new.info.title)} (data of {in_words(new.info.as_of)}){answers}."
    ]
    for table, word in _TABLES.items():
        counts = [f"{len(part[table]):,} {how}" for part, how in _parts(found) if part[table]]
        if counts:
            lines.append(f"- {word}: {join(counts)}.")
    fresh = sum(1 for change in rows.changed["evidence"] if any(name == "published" for name, _, _ in change.cells))
    if fresh:
        lines.append(f"- Refreshed: {plural(fresh, 'source')} with another date.")
    lines += _some("New", [_relation(new, key) for key in rows.added["relations"]])
    lines += _some("Gone", [_relation(old, key) for key in rows.removed["relations"]])
    lines += _some("Changed", [_change(new, change) for change in rows.changed["relations"]])
    lines += _some("Changed", [_change(new, change) for change in rows.changed["entities"]], "bodies and places")
    meant = [_effect(new, key) for key in rows.added["incident_effects"]]
    lines += _some("New", meant, "effects of incidents")
    meant = [_effect(old, key) for key in rows.removed["incident_effects"]]
    lines += _some("Gone", meant, "effects of incidents")
    if found.answers:
        happens = failing(PRESETS[found.like])
        lines += ["", f"Answers, if each {happens} (documented, likely or possible):"]
        lines += [line for answer in found.answers for line in _answer(found, answer)]
    return "\n".join(lines) + "\n"


_TABLES = {
    "relations": "Relations",
    "entities": "Bodies and places",
    "evidence": "Items of evidence",
    "incidents": "Incidents",
    "incident_effects": "Effects of incidents",
}
_FIELDS = {
    "valid_from": "start",
    "valid_to": "end",
    "contract_end": "the contract's end",
    "contract_end_latest": "latest end",
    "contract_value_gbp": "value in pounds",
    "annual_value_gbp": "value in a year, in pounds",
    "contract_reference": "reference",
    "alternative": "backed up with",
    "notice_days": "days of notice",
    "endurance_days": "days it can be done without",
    "recovery_days": "days to come back",
}


def _parts(found: Changes) -> tuple[tuple[Mapping[str, Sequence[Any]], str], ...]:
    return (found.rows.added, "added"), (found.rows.removed, "removed"), (found.rows.changed, "changed")


def _some(title: str, items: Sequence[str], of: str = "relations", most: int = 10) -> list[str]:
    if not items:
        return []
    lines = [f"{title} {of} ({len(items):,}):", *(f"- {item}" for item in items[:most])]
    return [*lines, f"- and {len(items) - most:,} more: --format json has all"] if len(items) > most else lines


def _field(name: str) -> str:
    return _FIELDS.get(name, name.replace("_", " "))


def _cell(value: Any) -> str:
    if value in (None, ()):
        return "not known"
    if isinstance(value, tuple):
        return ", ".join(value)
    return in_words(value) if isinstance(value, str) and DATE.fullmatch(value) else str(value)


def _change(data: Dataset, change: RowChange) -> str:
    cells = "; ".join(
        f"{_field(name)} was {_cell(before)}, is now {_cell(after)}"
        for name, before, after in change.cells
        if name != "evidence"
    )
    return f"{_thing(data, change.id)}: {cells or 'other evidence'}"


def _effect(data: Dataset, key: str) -> str:
    incident, body, effect, speaker = key.split(" | ")
    said = f" (says {data.usual_name(speaker) if speaker in data.entities else speaker})" if speaker else ""
    return f"{data.incidents[incident].title}: {data.usual_name(body)}: {EFFECTS[effect]}{said}"


def _relation(data: Dataset, key: str) -> str:
    row = data.relations[key]
    return f"{data.usual_name(row.dependent)} {row_phrase(data, row)}"


def _answer(found: Changes, answer: AnswerChange) -> list[str]:
    data = found.new.dataset if answer.root.partition("/")[0] in found.new.dataset.entities else found.old.dataset
    name = root_name(data, answer.root)
    if answer.same:
        return [f"- {name}: no change, {_bodies(answer.after or 0)} could be reached."]
    if answer.before is None:
        lines = [f"- {name}: not in the old map; {_bodies(answer.after or 0)} could be reached now."]
    elif answer.after is None:
        lines = [f"- {name}: {_bodies(answer.before)} could be reached; not in the new map."]
    else:
        lines = [f"- {name}: {_bodies(answer.before)} could be reached, {answer.after:,} now."]

    def usual(body: str) -> str:
        return (found.new.dataset if body in found.new.dataset.entities else found.old.dataset).usual_name(body)

    for label, bodies in (("newly reached", answer.newly), ("no longer reached", answer.no_longer)):
        if bodies:
            lines.append(f"  {len(bodies)} {label}: {join([usual(body) for body in bodies], 8)}")
    for label, moved in (("surer", answer.surer), ("less sure", answer.less_sure)):
        if moved:
            by_body: dict[str, dict[tuple[str, str], list[str]]] = {}
            for one in moved:
                bands = _sure(one.before), _sure(one.after)
                by_body.setdefault(one.body, {}).setdefault(bands, []).append(str(one.kind))
            shown = [
                f"{usual(body)} ({'; '.join(f'{join(kinds)} {a}, now {b}' for (a, b), kinds in found.items())})"
                for body, found in by_body.items()
            ]
            lines.append(f"  {len(by_body)} {label}: {join(shown, 5)}")
    return lines


def _sure(band: Band | None) -> str:
    return "not reached" if band is None else band_phrase(band)


def _bodies(count: int) -> str:
    return plural(count, "public body", "public bodies")


def count_text(found: Count, private: bool = True) -> str:
    """The one number that is learnt; privately, or with both lists at hand."""
    first = f"{plural(found.shared, 'supplier')} shared, of your {found.mine:,} and their {found.theirs:,}.\n"
    if not private:
        return first
    return first + (
        "Which ones they are is not said; nothing else was learnt. Tell the other side the number yourself.\n"
    )
