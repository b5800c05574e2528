"""Scenario files: read as strictly as data, written so that the same scenario gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from riskgraph.assets import shipped
from riskgraph.data.files import nearest, toml_string
from riskgraph.data.folders import write_file
from riskgraph.data.names import Names
from riskgraph.errors import RiskGraphError
from riskgraph.scenario.model import EVERYBODY, Change, KeptRadius, Scenario
from riskgraph.scenario.strict import TomlSheet, find
from riskgraph.scenario.verbs import VERBS

__all__ = ["canonical", "parse", "read", "shipped_scenarios", "with_ids", "write"]

_KEYS = ("title", "author", "date", "roots", "kinds", "like", "as_of", "saved", "notes", "change", "reached")
_OUTCOME = "nothing was read"
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
    return _scenario(TomlSheet.read(find(where, "scenarios", "scenario"), exact=True))


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
    return _scenario(TomlSheet(text, file, exact=True))


def _scenario(sheet: TomlSheet) -> Scenario:
    """The scenario of a sheet, if nothing is wrong with it."""
    if sheet.problems:
        sheet.done(_OUTCOME, _FIX)
    sheet.only(_KEYS)
    kinds, like = sheet.kinds()
    roots, changes = sheet.texts("roots"), sheet.tables("change")
    scenario = Scenario(
        sheet.text("title", needed=True),
        tuple(change for table in changes if (change := _change(table)) is not None),
        sheet.text("author"),
        sheet.date("date") or "",
        roots,
        kinds,
        like,
        sheet.date("as_of") or "",
        sheet.text("notes", lines=True),
        sheet.date("saved") or "",
        tuple(
            KeptRadius(one.texts("roots"), int(one.number("before", 0, 1e6) or 0), one.texts("after"))
            for one in sheet.tables("reached")
        ),
    )
    if not changes and not roots:
        sheet.problem(None, "empty", "There is nothing to ask.", "Name roots, or add a [[change]].")
    sheet.done(_OUTCOME, _FIX)
    return scenario


def _change(table: TomlSheet) -> Change | None:
    """One change, each value judged by what its field holds; `None` if its verb is not known."""
    name = table.text("verb")
    verb = VERBS.get(name)
    if verb is None:
        message = f"There is no change {name!r}." if name else "The change has no verb."
        table.problem("verb", "verb", message, nearest(name, list(VERBS)))
        return None
    known = {field.name: field for field in verb.fields}
    for key in table.values:
        if key != "verb" and key not in known:
            table.problem(key, "unknown-key", f"{name} has no field {key!r}.", nearest(key, list(known)))
    found: dict[str, tuple[str, ...]] = {}
    for key, field in known.items():
        if key not in table.values:
            if field.required:
                table.problem(key, "missing", f"{name} needs {key}: {field.says}.", f'Add {key} = "...".')
            continue
        before = len(table.problems)
        given = table.texts(key) if field.many else (table.date(key) if field.type == "date" else table.text(key),)
        values = tuple(value or "" for value in given)
        if len(table.problems) == before and field.required and not any(value.strip() for value in values):
            table.problem(key, "missing", f"{key} is empty.", f"Say {field.says}.")
        if len(table.problems) == before:
            found[key] = values
    return Change(name, found)


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
    for key, value in (("like", scenario.like), ("as_of", scenario.as_of), ("saved", scenario.saved)):
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
    for one in scenario.reached:
        lines += [
            "",
            "[[reached]]",
            f"roots = {_list(one.roots)}",
            f"before = {one.before}",
            f"after = {_list(one.after)}",
        ]
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
