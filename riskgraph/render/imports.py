"""What an import, a merge, a comparison and an overlap check say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from riskgraph.analysis.changes import AnswerChange, Changes
from riskgraph.data.dataset import Dataset
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.review import Doubt
from riskgraph.data.merge import MergeReport
from riskgraph.data.overlap import Count
from riskgraph.dates import in_words
from riskgraph.render.words import join, plural

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
        lines += ["", *_one_report(report)]
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
    """What came together, and what contradicts."""
    lines = [
        f"{plural(len(report.sources), 'data set')} merged: {len(merged.entities):,} bodies and places, "
        f"{plural(len(merged.relations), 'relation')} (data of {in_words(merged.info.as_of)}).",
        f"- Added to the first: {report.added['entities']:,} bodies and places, {report.added['relations']:,} relations, "
        f"{report.added['evidence']:,} items of evidence.",
        f"- Stood there already: {report.same['relations']:,} relations, joined with the evidence of both.",
        f"- Contradictions and joins, with both sources kept: {len(report.conflicts):,}.",
    ]
    lines += [f"  - {conflict}" for conflict in report.conflicts[:20]]
    if len(report.conflicts) > 20:
        lines.append(f"  ... and {len(report.conflicts) - 20:,} more")
    if merged.info.marking:
        lines.append(f"- Marking: {merged.info.marking}, the strictest of them.")
    lines.append(f"Written to {where}." if where else "Nothing was written: add --to FOLDER.")
    return "\n".join(lines) + "\n"


def changes_text(found: Changes) -> str:
    """What differs in the rows, then in the answers, in words."""
    rows = found.rows
    lines = [
        f"{plural(rows.total, 'difference')}, row by row, between {rows.old.info.title} ({in_words(rows.old.info.as_of)}) and "
        f"{rows.new.info.title} ({in_words(rows.new.info.as_of)})."
    ]
    for table, word in (("relations", "relation"), ("entities", "body or place"), ("evidence", "item of evidence")):
        added, removed, changed = rows.added[table], rows.removed[table], rows.changed[table]
        if added or removed or changed:
            lines.append(f"- {word}: {len(added):,} added, {len(removed):,} removed, {len(changed):,} changed.")
    lines += [f"  + {_relation(rows.new, key)}" for key in rows.added["relations"][:10]]
    lines += [f"  - {_relation(rows.old, key)}" for key in rows.removed["relations"][:10]]
    for change in rows.changed["relations"][:10]:
        cells = "; ".join(f"{name} {_cell(a)} is now {_cell(b)}" for name, a, b in change.cells if name != "evidence")
        lines.append(f"  * {_relation(rows.new, change.id)}: {cells or 'other evidence'}")
    if found.answers:
        lines += ["", "Answers, if each were compromised (documented, likely or possible):"]
        lines += [line for answer in found.answers for line in _answer(found, answer)]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return "not known" if value in (None, ()) else ";".join(value) if isinstance(value, tuple) else str(value)


def _relation(data: Dataset, key: str) -> str:
    row = data.relations[key]
    area = f" ({row.service_area})" if row.service_area else ""
    return f"{data.usual_name(row.dependent)} {row.relation.replace('-', ' ')} {data.usual_name(row.provider)}{area}"


def _answer(found: Changes, answer: AnswerChange) -> list[str]:
    data = found.new.dataset if answer.root.partition("/")[0] in found.new.dataset.entities else found.old.dataset
    name = data.name(answer.root)
    if answer.same:
        return [f"- {name}: no change, {plural(answer.after or 0, 'body', 'bodies')} could be reached."]
    before = "not in the old map" if answer.before is None else f"{answer.before:,} could be reached"
    after = "not in the new map" if answer.after is None else f"now {answer.after:,}"
    lines = [f"- {name}: {before}, {after}."]
    both = {**found.old.dataset.entities, **found.new.dataset.entities}
    for label, bodies in (("newly", answer.newly), ("no longer", answer.no_longer)):
        if bodies:
            lines.append(f"  {label}: {join([both[body].name for body in bodies], 8)}")
    for label, moved in (("surer", answer.surer), ("less sure", answer.less_sure)):
        if moved:
            shown = [f"{both[body].name} ({one.word}, now {two.word})" for body, one, two in moved]
            lines.append(f"  {label}: {join(shown, 5)}")
    return lines


def count_text(found: Count, private: bool = True) -> str:
    """The one number that is learnt; privately, or with both lists at hand."""
    first = f"{plural(found.shared, 'supplier')} shared, of your {found.mine:,} and their {found.theirs:,}.\n"
    if not private:
        return first
    return first + (
        "Which ones they are is not said; nothing else was learnt. Tell the other side the number yourself.\n"
    )
