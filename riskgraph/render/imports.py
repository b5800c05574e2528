"""What an import, a merge, a comparison and an overlap check say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from riskgraph.analysis.changes import AnswerChange, Changes
from riskgraph.analysis.data_answers import MergedMap, SupplierOverlap
from riskgraph.data.dataset import Dataset
from riskgraph.data.diff import RowChange
from riskgraph.data.joining import Conflict
from riskgraph.dates import DATE, in_words
from riskgraph.importers.review import Doubt
from riskgraph.model import SUPPLIER, Band
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.headline import dates_of, failing
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import EFFECTS, area_label, band_phrase, bodies, join, plural, root_name, row_phrase

__all__ = ["changes_page", "contradictions_told", "doubts_text", "laid_text", "merge_page", "overlap_page", "written"]


def doubts_text(found: Sequence[Doubt], where: str) -> str:
    """How many names want a decision."""
    likely = sum(1 for doubt in found if doubt.likely)
    lines = [f"{plural(len(found), 'name')} nobody knows; {likely:,} likely known by another name."]
    for doubt in sorted(found, key=lambda doubt: not doubt.likely)[:15]:
        maybe = f": {doubt.suggestions[0][0]} ({doubt.suggestions[0][2]}% alike)?" if doubt.suggestions else ""
        paid = f", £{doubt.pounds:,.2f}" if doubt.pounds else ""
        lines.append(f"- {doubt.kind} {doubt.name!r}, {plural(doubt.rows, 'row')}{paid}{maybe}")
    if len(found) > 15:
        lines.append(f"... and {len(found) - 15:,} more")
    if where != "-":
        lines.append(f"Fill in the column decision of {where} with an id, or new; then import with --decisions {where}")
    else:
        lines.append("Add --output FILE for a table to be filled in, and import with --decisions FILE.")
    return "\n".join(lines) + "\n"


def merge_page(found: MergedMap) -> Page:
    """What came together, what contradicts, and what two sources tell differently."""
    merged, report = found.graph.dataset, found.report
    added, name = report.added, merged.usual_name
    lead = (
        f"{plural(len(report.sources), 'data set')} merged: {plural(len(merged.entities), 'body or place', 'bodies and places')}, "
        f"{plural(len(merged.records('relations')), 'relation')} (data of {in_words(merged.info.as_of)})."
    )
    counts = [
        f"Added to the first, {_source(report.sources[0])}: {plural(added['entities'], 'body or place', 'bodies and places')}, "
        f"{plural(added['relations'], 'relation')}, {plural(added['evidence'], 'item')} of evidence.",
        f"Stood there already: {plural(report.same['relations'], 'relation')}, joined with the evidence of both.",
    ]
    if merged.info.marking:
        counts.append(f"Marking: {merged.info.marking}, the strictest of them.")
    blocks: list[Block] = [Items(tuple(counts))]
    told = contradictions_told(merged, report.conflicts)
    blocks += _listed(f"{plural(len(told), 'contradiction')}, each kept with both sources", told)
    blocks += _listed(
        f"{plural(len(report.twice), 'service')} for which two sources name different providers; both stand, so end the one that is over",
        [
            f"{name(one.dependent)}, {area_label(one.area)}: "
            f"{join(name(p) for p in one.providers)} by {_source(one.source)}; {name(one.other)} by {_source(one.other_by)}"
            for one in report.twice
        ],
    )
    blocks += _listed(
        f"{plural(len(report.joined), 'supplier')} known under two ids, joined by company number",
        [f"{old} is {new}" for old, new in report.joined],
    )
    blocks += _listed(
        f"{plural(len(report.alike), 'pair')} of names that may be one body; nothing is joined by likeness",
        [f"{name(a)} ({a}) and {name(b)} ({b})" for a, b in report.alike],
    )
    if not told:
        blocks.append(Text("0 contradictions."))
    return Page(lead, (*blocks, *written(found.written)))


def laid_text(dataset: Dataset, where: str) -> str:
    """What one's own register and the map below it say differently: how many, the first by name, and where all are."""
    report = dataset.told
    if report is None or not (report.conflicts or report.twice):
        return ""
    mine = [one for one in report.conflicts if one.kept_by != report.sources[0]]
    order = [*mine, *(one for one in report.conflicts if one not in mine)]
    said = plural(len(order), "contradiction")
    first = [
        f"{_thing(dataset, one.id)}, {_field(one.field)}: {_cell(one.kept)}, not {_cell(one.other)}"
        for one in order[:3]
    ]
    named = "".join(f"\n  {one}" for one in first)
    counts = f"; yours counts in {len(mine)}" if order else ""
    other = (
        f"; {plural(len(report.twice), 'service')} with another provider on the map, both stand" if report.twice else ""
    )
    return f"{said} between your register and the map{counts}{other}; all: riskgraph data merge {where}{named}"


def written(where: str) -> tuple[Text, ...]:
    """Where the map that was made is now."""
    return paragraphs(f"Written to {where}." if where else "Nothing was written: add --to FOLDER.")


def _listed(title: str, items: Sequence[str], most: int = 20) -> list[Block]:
    """A heading and its list, cut after some; nothing where there are none."""
    if not items:
        return []
    more = [f"and {len(items) - most:,} more: --format json has all"] if len(items) > most else []
    return [Text(f"{title}:"), Items((*items[:most], *more))]


def contradictions_told(data: Dataset, found: Sequence[Conflict]) -> list[str]:
    """Each contradiction, with who says what."""
    return [
        f"{_thing(data, one.id)}, {_field(one.field)}: {_cell(one.kept)} kept, as {_source(one.kept_by)} says; "
        f"{_source(one.other_by)} says {_cell(one.other)}"
        for one in found
    ]


def _source(title: str) -> str:
    return title.removeprefix("Imported from ")


def _thing(data: Dataset, key: str) -> str:
    """A row as a sentence, or the name of a body."""
    if key in data.relations:
        return _relation(data, key)
    if key in data.entities:
        return data.usual_name(key)
    if key in data.class_rules:
        return f"Class rule {key}"
    entry = data.register.get(key)
    return (entry.name if entry is not None else None) or key


def changes_page(found: Changes) -> Page:
    """Who joined or left which radius, which links ended, and what else differs, in words."""
    rows, old, new, moved = found.rows, found.old.dataset, found.new.dataset, found.moves
    between = f"{_source(old.info.title)} (data of {in_words(old.info.as_of)}) and {_source(new.info.title)}"
    dated = f"({dates_of(new, found.question.view)})"
    if not rows.total and not moved.ended:
        lead = f"0 differences, row by row, between {between} {dated}."
        links = ""
    else:
        reach, links = _reach_lead(found), _links_lead(found)
        lead = f"{reach or links} since {in_words(old.info.as_of)} {dated}."
        links = f"{links}." if reach else "Nobody joined or left a radius that was compared."
    blocks: list[Block] = [*paragraphs(links)]
    if found.answers:
        happens = failing(found.question.kinds)
        sure = join((band.word for band in Band if band <= found.question.band), last="or")
        blocks.append(Text(f"Answers, if each {happens} ({sure}):"))
        blocks.append(Items(tuple(_answer(found, answer) for answer in found.answers)))
    before = {row: _relation(old, row) for row in rows.removed["relations"]}
    changed = [_change(new, change) for change in rows.changed["relations"]]
    for title, of, items in (
        ("Ended", "links", [_relation(new, key) for key in moved.ended]),
        ("New", "links", [_relation(new, key) for key in moved.new]),
        ("Gone", "links", [before[key] for key in moved.gone]),
        ("Changed", "links", changed),
        ("Changed", "bodies and places", [_change(new, change) for change in rows.changed["entities"]]),
        ("New", "effects of incidents", [_effect(new, key) for key in rows.added["incident_effects"]]),
        ("Gone", "effects of incidents", [_effect(old, key) for key in rows.removed["incident_effects"]]),
    ):
        blocks += _listed(f"{title} {of} ({len(items):,})", items, 10)
    counted = []
    for table, word in _TABLES.items():
        parts = ((rows.added, "added"), (rows.removed, "removed"), (rows.changed, "changed"))
        counts = [f"{len(part[table]):,} {how}" for part, how in parts if part[table]]
        if counts:
            counted.append(f"{word}: {join(counts)}.")
    if counted:
        blocks += [Text(f"{plural(rows.total, 'difference')}, row by row, between {between}:"), Items(tuple(counted))]
    return Page(lead, tuple(blocks))


def _reach_lead(found: Changes) -> str:
    """How many are newly exposed, most of them to what, and how many no longer."""
    said: list[str] = []
    for word, of in (("newly exposed", "newly"), ("no longer exposed", "no_longer")):
        by_set: dict[tuple[str, ...], str] = {}  # a supplier and its product often reach the same
        for one in found.answers:
            if (some := getattr(one, of)) and not by_set.get(some, "").startswith(SUPPLIER):
                by_set[some] = one.root
        if not by_set:
            continue
        most = max(by_set, key=lambda some: (len(some), by_set[some]))
        share = f", {len(most):,} of them" if len(by_set) > 1 else ""
        data = found.new.dataset if of == "newly" else found.old.dataset
        all_of = sorted(getattr(found, of))
        count = f"{len(all_of):,}" if said else bodies(data, all_of)
        named = f" ({join(data.usual_name(body) for body in all_of)})" if len(all_of) <= 4 else ""
        said.append(f"{count} {word}{share} to {found.name(by_set[most])}{named}")
    return "; ".join(said)


def _links_lead(found: Changes) -> str:
    """How many relations ended, are new or gone, and how many were seen again."""
    moved = found.moves
    counts = (
        (moved.ended, "link", "ended"),
        (moved.new, "new link", ""),
        (moved.gone, "link", "gone"),
        (moved.refreshed, "row", "refreshed"),
    )
    return (
        join(f"{plural(len(some), noun)} {word}".strip() for some, noun, word in counts if some)
        or "0 links ended or new"
    )


_TABLES = {
    "relations": "Relations",
    "entities": "Bodies and places",
    "evidence": "Items of evidence",
    "incidents": "Incidents",
    "incident_effects": "Effects of incidents",
    "class_rules": "Class rules",
    "questions": "Open questions",
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
    "tolerable_hours": "hours it can be done without",
    "people": "about how many people",
    "recovery_days": "days to come back",
}


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


def _answer(found: Changes, answer: AnswerChange) -> str:
    data = found.new.dataset if answer.root.partition("/")[0] in found.new.dataset.entities else found.old.dataset
    name = root_name(data, answer.root)
    if answer.same:
        return f"{name}: no change, {_bodies(answer.after or 0)} could be reached."
    if answer.before is None:
        lines = [f"{name}: not in the old map; {_bodies(answer.after or 0)} could be reached now."]
    elif answer.after is None:
        lines = [f"{name}: {_bodies(answer.before)} could be reached; not in the new map."]
    else:
        lines = [f"{name}: {_bodies(answer.before)} could be reached, {answer.after:,} now."]
    for label, some in (("newly reached", answer.newly), ("no longer reached", answer.no_longer)):
        if some:
            lines.append(f"  {len(some)} {label}: {join(map(found.name, some), 8)}")
    for label, moved in (("surer", answer.surer), ("less sure", answer.less_sure)):
        if moved:
            by_body: dict[str, dict[tuple[str, str], list[str]]] = {}
            for one in moved:
                bands = _sure(one.before), _sure(one.after)
                by_body.setdefault(one.body, {}).setdefault(bands, []).append(str(one.kind))
            shown = [
                f"{found.name(body)} ({'; '.join(f'{join(kinds)} {a}, now {b}' for (a, b), kinds in ways.items())})"
                for body, ways in by_body.items()
            ]
            lines.append(f"  {len(by_body)} {label}: {join(shown, 5)}")
    return "\n".join(lines)


def _sure(band: Band | None) -> str:
    return "not reached" if band is None else band_phrase(band)


def _bodies(count: int) -> str:
    return plural(count, "public body", "public bodies")


def overlap_page(found: SupplierOverlap) -> Page:
    """The one number that is learnt; privately, or with both lists at hand."""
    count = found.count
    unsaid = "Which ones they are is not said; nothing else was learnt. Tell the other side the number yourself."
    return Page(
        f"{plural(count.shared, 'supplier')} shared, of your {count.mine:,} and their {count.theirs:,}.",
        paragraphs(unsaid if found.private else ""),
    )
