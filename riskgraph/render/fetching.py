"""What was fetched, and what of it changed the map, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from riskgraph.analysis.changes import Changes
from riskgraph.data.diff import diff
from riskgraph.dates import in_words
from riskgraph.errors import RiskGraphError
from riskgraph.fetching.gathering import FetchPlan, Gathered
from riskgraph.fetching.taking_in import Taken
from riskgraph.render.import_report import import_text, nothing_kept
from riskgraph.render.imports import changes_page
from riskgraph.render.page import WIDTH, as_text
from riskgraph.render.words import join, plural

__all__ = ["fetched_text", "plan_text", "refreshed_text"]


def plan_text(ahead: FetchPlan, folder: Path) -> str:
    """What would be asked, and how long that takes."""
    lasts = f"at least {plural(ahead.minutes, 'minute')}" if ahead.minutes else "a few seconds"
    text = (
        f"{ahead.source.title}, {in_words(ahead.first)} to {in_words(ahead.last)}, into {folder}: at least "
        f"{plural(ahead.windows, 'request')}, {lasts} (no more than {ahead.source.most} in {ahead.source.within} seconds).\n"
    )
    if (ahead.last - ahead.first).days > 366:
        text += (
            "For years, import the bulk file of the Open Contracting Data Registry instead: see docs/keep-current.md.\n"
        )
    return text


def fetched_text(came: Gathered, found: Taken, folder: Path) -> str:
    """What came, what of all that came so far is in the map, and where the map is."""
    lines = [_came(came, found), *(f"- {note}" for note in came.notes)]
    if found.after is None:
        lines.append("No map was written: nothing that came is a contract of the buyers that were chosen.")
        if found.reports:
            lines += ["", nothing_kept([*found.reports.values()])[0]]
    else:
        before = diff(found.before, found.after) if found.before else None
        parts = ((before.added, "new"), (before.removed, "gone"), (before.changed, "changed")) if before else ()
        counts = [f"{len(part['relations']):,} {word}" for part, word in parts if part["relations"]]
        lines.append(f"The map: {join(counts) or '0'} relations that differ." if before else "It is a new map.")
        report = found.reports.get(came.source.name)
        if report is not None:
            lines += ["", import_text([replace(report, added={})], found.after, str(folder)).rstrip()]
    lines.append(f"Tomorrow: riskgraph data refresh {_quoted(folder)}")
    return "\n".join(lines) + "\n"


def refreshed_text(
    done: Sequence[Gathered],
    failed: Sequence[tuple[str, RiskGraphError]],
    took: Taken,
    found: Changes | None,
    folder: Path,
) -> str:
    """What changed first, then what came from where."""
    lines = []
    if found is not None:
        lines += [as_text(changes_page(found), WIDTH).rstrip(), ""]
    elif took.before is None and took.after is not None:
        lines.append(f"{folder} is a new map.")
    else:
        lines.append(f"Nothing new{' of what answered' if failed else ''}: {folder} is as it was.")
    lines += [f"- {line}" for one in done for line in (_came(one, took), *one.notes)]
    lines += [f"- Not fetched, and kept as it was: {name}. {error.message}" for name, error in failed]
    return "\n".join(lines) + "\n"


def _came(came: Gathered, found: Taken) -> str:
    report = found.reports.get(came.source.name)
    whose = {"councils": "principal councils", "known": "bodies of the register", "all": "anybody"}[came.choice.buyers]
    about = [f"CPV {join(came.choice.cpv)}"] if came.choice.cpv else []
    about += [f"in {join(came.choice.areas)}"] if came.choice.areas else []
    limited = f" ({', '.join(about)})" if about else ""
    so_far = found.notices.get(came.source.name, 0)
    return (
        f"{came.source.title}, {in_words(came.first)} to {in_words(came.last)}: {plural(came.releases, 'notice')} in "
        f"{plural(came.pages, 'page')}. Of {so_far:,} so far, {plural(report.kept if report else 0, 'award')} of {whose}"
        f"{limited} are in the map."
    )


def _quoted(folder: Path) -> str:
    return f'"{folder}"' if " " in str(folder) else str(folder)
