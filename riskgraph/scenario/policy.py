"""The limits that a draft award is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from riskgraph.assets import shipped
from riskgraph.errors import MissingFile
from riskgraph.scenario.strict import TomlSheet

__all__ = ["FACTS", "LIMITS", "Limit", "Policy", "read_policy"]

FACTS = ("access", "data", "hosting", "host", "subcontractors", "subcontractor_access", "start", "end")
"""Facts of a draft that a policy may insist on."""

LIMITS: Mapping[str, float] = {"radius": 10_000, "services": 100, "share": 100, "years": 100}
"""Limits that a policy may set, with the largest number that makes sense."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: the most that is allowed, why, and (for a share) how many must be known to judge it."""

    name: str
    most: float
    why: str
    known: float = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What a draft is held against; a limit that is left out is not judged."""

    title: str
    must_know: tuple[str, ...]
    limits: Mapping[str, Limit]


def read_policy(where: Path | None = None) -> Policy:
    """Read a policy file; the shipped one if none is given.

    Raises
    ------
    MissingFile
        If it is not there.
    DataError
        If anything in it is wrong; every problem is listed.

    Examples
    --------
    >>> read_policy().limits["services"].most
    3.0
    """
    path = shipped("policy.toml") if where is None else where
    if not path.is_file():
        raise MissingFile(f"There is no policy {path}.", "Give a file, or leave --policy out.")
    sheet = TomlSheet.read(path)
    sheet.only(("title", "must_know", "limits"))
    title = sheet.text("title", needed=True)
    facts = sheet.texts("must_know")
    for fact in facts:
        if fact not in FACTS:
            sheet.problem("must_know", "word", f"{fact!r} is no fact of a draft.", f"Use some of: {', '.join(FACTS)}.")
    tables = sheet.values.get("limits", {})
    limits: dict[str, Limit] = {}
    if not isinstance(tables, dict) or not all(isinstance(one, dict) for one in tables.values()):
        sheet.problem("limits", "shape", "The limits are no tables.", "Begin each with a line [limits.radius].")
        tables = {}
    for name, table in tables.items():
        if name not in LIMITS:
            known = ", ".join(LIMITS)
            sheet.problem(None, "limit", f"No limit is called {name!r}.", f"Use some of: {known}.")
            continue
        limit = sheet.table("limits", name)
        limit.only(("most", "why", "known"))
        most = limit.number("most", 0, LIMITS[name])
        if "most" not in table:
            limit.problem(None, "missing", f"The limit {name} says no number.", "Add most = 12.")
        why = limit.text("why")
        if not why and isinstance(table.get("why", ""), str):
            limit.problem(None, "missing", f"The limit {name} gives no reason.", 'Add why = "...".')
        limits[name] = Limit(name, most or 0.0, why, limit.number("known", 0, 10_000) or 0.0)
    if not limits and not facts and not sheet.problems:
        sheet.problem(None, "empty", "It limits nothing.", "Add a limit, such as [limits.radius].")
    sheet.done("nothing was judged")
    return Policy(title, facts, limits)
