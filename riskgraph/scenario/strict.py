"""Small TOML files that people write by hand: read strictly, with every problem at once and its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from riskgraph.assets import shipped
from riskgraph.data.files import decode, nearest
from riskgraph.dates import last_day
from riskgraph.errors import DataError, MissingFile, Problem, RiskGraphError

__all__ = ["Sheet", "find"]

MOST_BYTES = 1024 * 1024


def find(where: str | Path, folder: str, what: str) -> Path:
    """A file by its path, or a shipped example of that folder by its name.

    Raises
    ------
    MissingFile
        If there is neither.

    Examples
    --------
    >>> find("committee-system", "drafts", "draft").name
    'committee-system.toml'
    """
    path = Path(where)
    if path.is_file():
        return path
    examples = {one.stem: one for one in sorted(shipped(folder).glob("*.toml"))}
    if str(where) not in examples:
        raise MissingFile(
            f"There is no {what} {where}.", f"Give a file, or one of the examples: {', '.join(examples)}."
        )
    return examples[str(where)]


class Sheet:
    r"""The values of one file, or of one table in it, and what is wrong with them.

    Examples
    --------
    >>> sheet = Sheet('title = "A"\nyears = "two"', "a.toml")
    >>> sheet.text("title"), sheet.number("years", 0, 9)
    ('A', None)
    >>> str(sheet.problems[0])
    "a.toml, row 2, column years: 'two' is no number from 0 to 9. Write a number without quotes. [number]"
    """

    def __init__(self, text: str, file: str) -> None:
        self.file, self.lines = file, text.splitlines()
        self.problems: list[Problem] = []
        self.values: Mapping[str, Any] = {}
        try:
            self.values = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.problem(None, "toml", f"It is no valid TOML: {error}.", "Check its quotes and brackets.")

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """Read a file; it must be text of a reasonable size."""
        try:
            raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"\0"
        except OSError as error:
            raise RiskGraphError(
                f"{path} cannot be read: {error.strerror}.", "Check the path and your rights."
            ) from None
        text, noticed = decode(raw, path.name)
        sheet = cls(text, path.name)
        sheet.problems[:0] = [problem for problem in noticed if problem.severity == "error"]
        return sheet

    def problem(self, key: str | None, rule: str, message: str, fix: str) -> None:
        """Note a problem, with the line in which its key stands first."""
        pattern = None if key is None else re.compile(rf'\s*["\']?{re.escape(key)}["\']?\s*=')
        line = next((n for n, text in enumerate(self.lines, 1) if pattern and pattern.match(text)), None)
        self.problems.append(Problem(self.file, line, key, rule, message, fix))

    def only(self, known: Collection[str], values: Mapping[str, Any] | None = None) -> None:
        """Note every key that is not known."""
        for key in self.values if values is None else values:
            if key not in known:
                self.problem(key, "unknown-key", f"The key {key!r} is not known.", nearest(key, list(known)))

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text, or empty."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            self.problem(key, "not-text", f"{value!r} is no text.", "Put it in quotes.")
            return ""
        if needed and not value.strip():
            self.problem(key, "missing", f"There is no {key}.", f'Add {key} = "...".')
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or empty."""
        value = self.values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(one, str) and one.strip() for one in listed):
            return tuple(dict.fromkeys(one.strip() for one in listed))
        self.problem(key, "not-text", f"{value!r} is no list of texts.", 'Write it as ["one", "two"].')
        return ()

    def word(self, key: str, allowed: Collection[str]) -> str | None:
        """One of some words; `None` if it is not there: not known."""
        value = self.text(key)
        if value and value not in allowed:
            self.problem(key, "word", f"{value!r} is not a word known here.", nearest(value, list(allowed)))
        return value or None

    def date(self, key: str) -> str | None:
        """A date; `None` if it is not there: not known."""
        value = self.values.get(key, "")
        text = value if isinstance(value, str) else str(value)
        try:
            if text:
                last_day(text)
        except ValueError as error:
            self.problem(key, "date", f"{error}.", "Write it as 2026-11-25.")
            return None
        return text or None

    def number(self, key: str, least: float, most: float, values: Mapping[str, Any] | None = None) -> float | None:
        """A number within bounds, or `None`."""
        value = (self.values if values is None else values).get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            message = f"{value!r} is no number from {least:g} to {most:g}."
            self.problem(key, "number", message, "Write a number without quotes.")
            return None
        return float(value)

    def done(self, outcome: str) -> None:
        """Raise if anything is wrong.

        Raises
        ------
        DataError
            With every problem.
        """
        if self.problems:
            raise DataError(self.file, self.problems, outcome, "Put these right and ask again.")
