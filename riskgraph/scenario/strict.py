"""Small TOML files that people write by hand: read strictly, with every problem at once and its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

from riskgraph.assets import shipped
from riskgraph.data.files import FORBIDDEN, decode, nearest
from riskgraph.dates import fixed_date
from riskgraph.errors import DataError, MissingFile, Problem, RiskGraphError
from riskgraph.model import PRESETS, FailureKind

__all__ = ["TomlSheet", "find"]

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


class TomlSheet:
    r"""The values of one file, or of one table in it, and what is wrong with them.

    Examples
    --------
    >>> sheet = TomlSheet('title = "A"\nyears = "two"', "a.toml")
    >>> sheet.text("title"), sheet.number("years", 0, 9)
    ('A', None)
    >>> str(sheet.problems[0])
    "a.toml, row 2, column years: 'two' is no number from 0 to 9. Write a number without quotes. [number]"
    """

    def __init__(self, text: str, file: str, *, exact: bool = False) -> None:
        self.exact = exact  # whether texts are kept to the letter, for files that are written again
        self.file, self.lines = file, text.splitlines()
        self.first, self.last = 1, len(self.lines) + 1  # the lines in which its keys may stand
        self.opened: int | None = None  # the line that opens it, of a table in a file
        self.problems: list[Problem] = []
        self.values: Mapping[str, Any] = {}
        try:
            self.values = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.problem(None, "toml", f"It is no valid TOML: {error}.", "Check its quotes and brackets.")

    @classmethod
    def read(cls, path: Path, *, exact: bool = False) -> TomlSheet:
        """Read a file; it must be text of a reasonable size."""
        try:
            raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"\0"
        except OSError as error:
            raise RiskGraphError(
                f"{path} cannot be read: {error.strerror}.", "Check the path and your rights."
            ) from None
        text, noticed = decode(raw, path.name)
        sheet = cls(text, path.name, exact=exact)
        sheet.problems[:0] = [problem for problem in noticed if problem.severity == "error"]
        return sheet

    def tables(self, key: str) -> list[TomlSheet]:
        """The tables of a list, each written under a line such as `[[change]]`; problems of all stand together."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.problem(key, "shape", f"{key} is no list of tables.", f"Begin each with a line [[{key}]].")
            return []
        opening = re.compile(rf"\s*\[\[\s*{re.escape(key)}\s*\]\]")
        starts = [number for number, line in enumerate(self.lines, 1) if opening.match(line)]
        if value and len(starts) == len(value):
            return [self._table(one, *where) for one, where in zip(value, _ranges(starts, self.last), strict=True)]
        return [self._table(one, self.first, self.last) for one in value]

    def table(self, key: str, name: str) -> TomlSheet:
        """One table under a line such as `[limits.radius]`."""
        opening = re.compile(rf"\s*\[\s*{re.escape(key)}\s*\.\s*[\"']?{re.escape(name)}[\"']?\s*\]")
        start = next((number for number, line in enumerate(self.lines, 1) if opening.match(line)), None)
        nexts = [
            n for n, line in enumerate(self.lines, 1) if start is not None and n > start and line.lstrip()[:1] == "["
        ]
        return self._table(self.values[key][name], start or self.first, nexts[0] if nexts else self.last)

    def _table(self, values: Mapping[str, Any], first: int, last: int) -> TomlSheet:
        table = copy(self)
        table.values, table.first, table.last, table.opened = values, first, last, first if first > 1 else None
        return table

    def where(self, key: str | None) -> tuple[str, int | None, str | None]:
        """File, line and key: the line in which the key stands first, else the one that opens the table."""
        pattern = None if key is None else re.compile(rf'\s*["\']?{re.escape(key)}["\']?\s*=')
        numbered = enumerate(self.lines[self.first - 1 : self.last - 1], self.first)
        line = next((n for n, text in numbered if pattern and pattern.match(text)), self.opened)
        return self.file, line, key if key is None or key.isprintable() else repr(key)

    def problem(self, key: str | None, rule: str, message: str, fix: str) -> None:
        """Note a problem, with where it is."""
        self.problems.append(Problem(*self.where(key), rule, message, fix))

    def only(self, known: Collection[str]) -> None:
        """Note every key that is not known."""
        for key in self.values:
            if key not in known:
                self.problem(key, "unknown-key", f"The key {key!r} is not known.", nearest(key, list(known)))

    def text(self, key: str, *, needed: bool = False, lines: bool = False) -> str:
        """A text, or empty; of one line, unless it may have several."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            self.problem(key, "not-text", f"{value!r} is no text.", "Put it in quotes.")
            return ""
        self._clean(key, value, lines=lines)
        if needed and not value.strip():
            self.problem(key, "missing", f"There is no {key}.", f'Add {key} = "...".')
        return value if self.exact else value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or empty."""
        value = self.values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(one, str) and one.strip() for one in listed):
            for one in listed:
                self._clean(key, one)
            return tuple(listed) if self.exact else tuple(dict.fromkeys(one.strip() for one in listed))
        self.problem(key, "not-text", f"{value!r} is no list of texts.", 'Write it as ["one", "two"].')
        return ()

    def _clean(self, key: str, value: str, *, lines: bool = False) -> None:
        """A text is printed on screens: nothing may be hidden in it."""
        found = FORBIDDEN.search(value) or (None if lines else re.search(r"[\r\n\t]", value))
        if found is not None:
            message = f"A hidden control character (U+{ord(found[0]):04X}) stands at position {found.start() + 1}."
            self.problem(key, "control-character", message, "Type the text anew, on one line.")

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
            return fixed_date(text) if text else None
        except ValueError as error:
            self.problem(key, "date", f"{error}.", "Write it as 2026-11-25 or 25 November 2026.")
            return None

    def kinds(self) -> tuple[tuple[FailureKind, ...], str]:
        """The failure kinds of `kinds`, in their order, or the what-if of `like`: one of the two."""
        words, like = self.texts("kinds"), self.word("like", list(PRESETS)) or ""
        for word in words:
            if word not in set(FailureKind):
                known = ", ".join(FailureKind)
                self.problem("kinds", "word", f"No failure kind is called {word!r}.", f"Use some of: {known}.")
        if words and like:
            self.problem("like", "twice", "Both kinds and like are given.", "Keep one of the two.")
        return tuple(kind for kind in FailureKind if kind in words), like

    def number(self, key: str, least: float, most: float) -> float | None:
        """A number within bounds, or `None`."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            message = f"{value!r} is no number from {least:g} to {most:g}."
            self.problem(key, "number", message, "Write a number without quotes.")
            return None
        return float(value)

    def done(self, outcome: str, fix: str = "Put these right and ask again.") -> None:
        """Raise if anything is wrong.

        Raises
        ------
        DataError
            With every problem.
        """
        if self.problems:
            raise DataError(self.file, self.problems, outcome, fix)


def _ranges(starts: Sequence[int], last: int) -> list[tuple[int, int]]:
    return list(zip(starts, (*starts[1:], last), strict=True))
