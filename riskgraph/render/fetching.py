"""What was fetched, and what of it changed the map, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from riskgraph.analysis.changes import Changes
from riskgraph.dates import in_words
from riskgraph.errors import RiskGraphError
from riskgraph.fetching.fetching import Fetched, FetchPlan
from riskgraph.render.imports import changes_page, import_text
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


def fetched_text(found: Fetched, folder: Path) -> str:
    """What came, what of it was taken, and where the map is."""
    lines = [_came(found), *(f"- {note}" for note in found.notes)]
    taken = found.taken
    if taken.report is not None and taken.dataset is not None:
        lines += ["", import_text([taken.report], taken.dataset, str(folder)).rstrip()]
    lines.append(f"Tomorrow: riskgraph data refresh {_quoted(folder)}")
    return "\n".join(lines) + "\n"


def refreshed_text(
    done: Sequence[Fetched], failed: Sequence[tuple[str, RiskGraphError]], found: Changes | None, folder: Path
) -> str:
    """What changed first, then what came from where."""
    lines = []
    if found is not None:
        lines += [as_text(changes_page(found), WIDTH).rstrip(), ""]
    elif any(one.taken.written for one in done):
        lines.append(f"{folder} is a new map.")
    else:
        lines.append(f"Nothing new: {folder} is as it was.")
    lines += [f"- {line}" for one in done for line in (_came(one), *one.notes)]
    lines += [f"- Not fetched, and kept as it was: {name}. {error.message}" for name, error in failed]
    return "\n".join(lines) + "\n"


def _came(found: Fetched) -> str:
    taken = found.taken
    kept = taken.report.kept if taken.report else 0
    whose = {"councils": "principal councils", "known": "bodies of the register", "all": "anybody"}[found.choice.buyers]
    about = [f"CPV {join(found.choice.cpv)}"] if found.choice.cpv else []
    about += [f"in {join(found.choice.areas)}"] if found.choice.areas else []
    limited = f", {', '.join(about)}" if about else ""
    return (
        f"{found.source.title}, {in_words(found.first)} to {in_words(found.last)}: {plural(taken.releases, 'notice')} "
        f"in {plural(found.pages, 'page')}; {plural(kept, 'award')} of {whose}{limited} taken in."
    )


def _quoted(folder: Path) -> str:
    return f'"{folder}"' if " " in str(folder) else str(folder)
