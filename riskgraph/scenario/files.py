"""Scenario files: read as strictly as data, written so that the same scenario gives the same bytes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from riskgraph.assets import shipped
from riskgraph.data.files import FORBIDDEN, MAX_FILE_BYTES, decode, nearest, toml_string
from riskgraph.data.folders import write_file
from riskgraph.data.names import Names
from riskgraph.dates import last_day
from riskgraph.errors import DataError, MissingFile, Problem, RiskGraphError
from riskgraph.model import PRESETS, FailureKind
from riskgraph.scenario.model import EVERYBODY, Change, Scenario, Verb
from riskgraph.scenario.verbs import VERBS

__all__ = ["canonical", "parse", "read", "shipped_scenarios", "with_ids", "write"]

_TEXTS = ("title", "author", "date", "like", "as_of", "notes")
_KEYS = ("title", "author", "date", "roots", "kinds", "like", "as_of", "notes", "change")
_FIX = "Put these right and run it again."


def shipped_scenarios() -> dict[str, Path]:
    """Name to file of every example scenario that ships with riskgraph.

    Examples
    --------
    >>> "merge-east-kent" in shipped_scenarios()
    True
    """
    return {path.stem: path for path in sorted(shipped("scenarios").glob("*.toml"))}


def read(where: str | Path) -> Scenario:
    """Read a scenario: a file, or the name of a shipped example.

    Raises
    ------
    MissingFile
        If it is not there.
    DataError
        If anything in it is wrong; every problem is listed with its line.

    Examples
    --------
    >>> read("merge-east-kent").changes[0].verb
    'merge'
    """
    path = Path(where)
    if not path.is_file():
        examples = shipped_scenarios()
        if str(where) not in examples:
            raise MissingFile(
                f"There is no scenario {where}.", f"Give a file, or one of the examples: {', '.join(examples)}."
            )
        path = examples[str(where)]
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_FILE_BYTES // 512 else b"\0"
    except OSError as error:
        raise RiskGraphError(f"{path} cannot be read: {error.strerror}.", "Check the path and your rights.") from None
    text, noticed = decode(raw, path.name)
    errors = [problem for problem in noticed if problem.severity == "error"]
    if errors:
        raise DataError(path.name, errors, "nothing was read", _FIX)
    return parse(text, path.name)


def parse(text: str, file: str = "scenario.toml") -> Scenario:
    r"""A scenario from the text of a file.

    Parameters
    ----------
    file
        What the file is called in messages.

    Raises
    ------
    DataError
        If anything in it is wrong; every problem is listed with its line.

    Examples
    --------
    >>> parse('title = "Both"\n[[change]]\nverb = "lose"\nbodies = ["civica", "capita"]').changes[0].values
    {'bodies': ('civica', 'capita')}
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = Problem(file, None, None, "toml", f"It is no valid TOML: {error}.", "Check its quotes and brackets.")
        raise DataError(file, [problem], "nothing was read", _FIX) from None
    parser = _Parser(text, file)
    scenario = parser.scenario(values)
    if parser.problems:
        raise DataError(file, parser.problems, "nothing was read", _FIX)
    return scenario


class _Parser:
    """Collects every problem, each with the line it stands in."""

    def __init__(self, text: str, file: str) -> None:
        self.lines, self.file = text.splitlines(), file
        self.problems: list[Problem] = []
        self.starts = [
            number for number, line in enumerate(self.lines, 1) if re.match(r"\s*\[\[\s*change\s*\]\]", line)
        ]

    def problem(self, key: str | None, rule: str, message: str, fix: str, change: int | None = None) -> None:
        """Note a problem of the head (`change` is `None`) or of the change with a number from 0."""
        first, last = 1, self.starts[0] if self.starts else len(self.lines) + 1
        if change is not None and change < len(self.starts):
            first = self.starts[change]
            last = self.starts[change + 1] if change + 1 < len(self.starts) else len(self.lines) + 1
        line = first if change is not None else None
        if key is not None:
            pattern = re.compile(rf'\s*["\']?{re.escape(key)}["\']?\s*=')
            line = next((n for n in range(first, last) if pattern.match(self.lines[n - 1])), line)
        column = key if key is None or key.isprintable() else repr(key)
        self.problems.append(Problem(self.file, line, column, rule, message, fix))

    def scenario(self, values: Mapping[str, Any]) -> Scenario:
        """The scenario, as far as it can be read."""
        for key in values:
            if key not in _KEYS:
                self.problem(key, "unknown-key", f"The key {key!r} is not known.", nearest(key, list(_KEYS)))
        texts = {key: self.text(values, key) for key in _TEXTS}
        if not texts["title"]:
            self.problem("title", "missing", "There is no title.", 'Add title = "...".')
        for key in ("date", "as_of"):
            self.date(texts[key], key)
        if texts["like"] and texts["like"] not in PRESETS:
            self.problem("like", "word", f"No what-if is called {texts['like']!r}.", nearest(texts["like"], [*PRESETS]))
        kinds = []
        for word in self.many(values, "kinds"):
            if word in set(FailureKind):
                kinds.append(FailureKind(word))
            else:
                known = [str(kind) for kind in FailureKind]
                self.problem("kinds", "word", f"No failure kind is called {word!r}.", nearest(word, known))
        if kinds and texts["like"]:
            self.problem("like", "twice", "Both kinds and like are given.", "Keep one of the two.")
        roots = self.many(values, "roots")
        changes = values.get("change", [])
        if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
            self.problem("change", "shape", "The changes are no list of tables.", "Begin each with a line [[change]].")
            changes = []
        read = [self.change(number, one) for number, one in enumerate(changes)]
        if not read and not roots:
            self.problem(None, "empty", "There is nothing to ask.", "Name roots, or add a [[change]].")
        return Scenario(
            texts["title"],
            tuple(one for one in read if one is not None),
            texts["author"],
            texts["date"],
            roots,
            tuple(kind for kind in FailureKind if kind in kinds),
            texts["like"],
            texts["as_of"],
            texts["notes"],
        )

    def text(self, values: Mapping[str, Any], key: str, change: int | None = None) -> str:
        value = values.get(key, "")
        if isinstance(value, str):
            self.clean(value, key, change)
            return value
        self.problem(key, "not-text", f"{value!r} is no text.", "Put it in quotes.", change)
        return ""

    def clean(self, value: str, key: str, change: int | None) -> None:
        """A text is printed on screens: nothing hidden in it, and only notes have several lines."""
        found = FORBIDDEN.search(value) or (None if key == "notes" else re.search(r"[\r\n\t]", value))
        if found is not None:
            message = f"A hidden control character (U+{ord(found[0]):04X}) stands at position {found.start() + 1}."
            self.problem(key, "control-character", message, "Type the text anew, on one line.", change)

    def many(self, values: Mapping[str, Any], key: str, change: int | None = None) -> tuple[str, ...]:
        value = values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(one, str) and one.strip() for one in listed):
            for one in listed:
                self.clean(one, key, change)
            return tuple(listed)
        self.problem(key, "not-text", f"{value!r} is no list of texts.", 'Write it as ["one", "two"].', change)
        return ()

    def date(self, value: str, key: str, change: int | None = None) -> None:
        try:
            if value:
                last_day(value)
        except ValueError as error:
            self.problem(key, "date", f"{error}.", "Write it as 2026-11-25.", change)

    def change(self, number: int, values: Mapping[str, Any]) -> Change | None:
        """One change, or `None` if its verb is not known."""
        name = self.text(values, "verb", number)
        verb = VERBS.get(name)
        if verb is None:
            message = f"There is no change {name!r}." if name else "The change has no verb."
            self.problem("verb", "verb", message, nearest(name, list(VERBS)), number)
            return None
        known = [field.name for field in verb.fields]
        for key in values:
            if key not in {"verb", *known}:
                message = f"{name} has no field {key!r}."
                self.problem(key, "unknown-key", message, nearest(key, known), number)
        return Change(name, self.fields(number, verb, values))

    def fields(self, number: int, verb: Verb, values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """The values of a change, each judged by what its field holds."""
        found: dict[str, tuple[str, ...]] = {}
        for field in verb.fields:
            if field.name not in values:
                if field.required:
                    message = f"{verb.name} needs {field.name}: {field.says}."
                    self.problem(field.name, "missing", message, f'Add {field.name} = "...".', number)
                continue
            before = len(self.problems)
            if field.many:
                given = self.many(values, field.name, number)
            else:
                given = (self.text(values, field.name, number),)
            if len(self.problems) > before:
                continue
            if field.required and not any(one.strip() for one in given):
                self.problem(field.name, "missing", f"{field.name} is empty.", f"Say {field.says}.", number)
                continue
            if field.type == "date":
                self.date(given[0], field.name, number)
            found[field.name] = given
        return found


def canonical(scenario: Scenario) -> bytes:
    """The bytes of a scenario's file: keys in one order, nothing that is empty.

    Examples
    --------
    >>> print(canonical(Scenario("Both", roots=("civica",), like="outage")).decode(), end="")
    title = "Both"
    roots = ["civica"]
    like = "outage"
    """
    lines = [f"title = {toml_string(scenario.title)}"]
    for key, value in (("author", scenario.author), ("date", scenario.date)):
        if value:
            lines.append(f"{key} = {toml_string(value)}")
    if scenario.roots:
        lines.append(f"roots = {_list(scenario.roots)}")
    if scenario.kinds:
        lines.append(f"kinds = {_list([str(kind) for kind in scenario.kinds])}")
    for key, value in (("like", scenario.like), ("as_of", scenario.as_of)):
        if value:
            lines.append(f"{key} = {toml_string(value)}")
    if scenario.notes:
        lines.append(f"notes = {_block(scenario.notes)}")
    for change in scenario.changes:
        lines += ["", "[[change]]", f"verb = {toml_string(change.verb)}"]
        for field in VERBS[change.verb].fields:
            values = change.values.get(field.name)
            if values:
                lines.append(f"{field.name} = {_list(values) if field.many else toml_string(values[0])}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _list(values: tuple[str, ...] | list[str]) -> str:
    return f"[{', '.join(toml_string(value) for value in values)}]"


def _block(text: str) -> str:
    """A text of several lines as it is read; of one line as any other."""
    if "\n" not in text:
        return toml_string(text)
    escaped = "\n".join(toml_string(line)[1:-1] for line in text.split("\n"))
    return f'"""\n{escaped}"""'


def write(scenario: Scenario, where: str | Path) -> None:
    """Write a scenario to a file, whole or not at all.

    Raises
    ------
    RiskGraphError
        If it cannot be written.
    """
    write_file(Path(where), canonical(scenario))


def with_ids(scenario: Scenario, names: Names) -> Scenario:
    """The same scenario with ids in place of names, so that it means the same when names change.

    A name that only an earlier change makes (`merge ... --as NAME`) stays as it is.

    Examples
    --------
    >>> from riskgraph.data import read as read_data
    >>> named = Scenario("Lost", (Change("lose", {"bodies": ("civica",)}),))
    >>> with_ids(named, Names(read_data("seeds"))).changes[0].values
    {'bodies': ('supplier:civica',)}
    """

    def id_of(name: str) -> str:
        if name.strip().lower() == EVERYBODY:
            return EVERYBODY
        try:
            return names.resolve(name)
        except RiskGraphError:
            return name

    changes = []
    for change in scenario.changes:
        types = {field.name: field.type for field in VERBS[change.verb].fields}
        values = {
            key: tuple(map(id_of, given)) if types[key] == "body" else given for key, given in change.values.items()
        }
        changes.append(Change(change.verb, values))
    return replace(scenario, changes=tuple(changes), roots=tuple(map(id_of, scenario.roots)))
