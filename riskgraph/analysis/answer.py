"""What an answer is: facts and tables, declared once, from which JSON, CSV, data frame and page come.

An answer says its title, the date and digest of the data, the question and its scope with a denominator. The
declaration (`Form`) holds every column with its type and unit, so that the JSON Schema and the manual of each
answer are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import singledispatch
from typing import TYPE_CHECKING, ClassVar, Literal

from riskgraph.analysis.question import QUESTION_PARTS, Part, Question
from riskgraph.data.dataset import Dataset
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.pictured import Pictured

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Answer", "Column", "Form", "Row", "TableForm", "Type", "Value", "as_words"]

SCHEMA = 2  # the version of the JSON form

Plain = str | int | float | bool | None
Value = Plain | Band | StrEnum | date | Decimal | Sequence[str]
"""A value of a fact or a cell; None: not known."""
Type = Literal["text", "integer", "number", "flag", "date", "band", "list"]
Row = Sequence[Value]

_JSON: dict[Type, dict[str, object]] = {
    "text": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "flag": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "band": {"enum": [*(band.word for band in Band), None]},
    "list": {"type": "array", "items": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or a fact by itself.

    Attributes
    ----------
    name
        Its name in JSON, CSV and data frames.
    says
        What it is, in one sentence without a full stop.
    type
        `text`, `integer`, `number`, `flag`, `date`, `band` or `list` (of texts; `;` joins them in CSV).
    unit
        Of a number, such as `people` or `days`.
    """

    name: str
    says: str
    type: Type = "text"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table of an answer: its name, what a row is, its columns, and those that a terminal shows (all if empty)."""

    name: str
    says: str
    columns: tuple[Column, ...]
    terminal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer holds: single facts, and tables of which the first is what CSV and data frames show.

    Examples
    --------
    >>> form = Form("list", "Bodies by kind", ("view",), (), (TableForm("bodies", "a body", (Column("id", "id"),)),))
    >>> form.json_schema()["properties"]["tables"]["required"]
    ['bodies']
    """

    word: str
    says: str
    asks: tuple[Part, ...]  # the parts of a question that matter to it
    facts: tuple[Column, ...]
    tables: tuple[TableForm, ...]
    shown: tuple[str, ...] = ()  # tables that a terminal shows; the first if empty

    def json_schema(self) -> dict[str, object]:
        """The JSON Schema (draft 2020-12) of the answer."""
        facts = {fact.name: _property(fact) for fact in self.facts}
        tables = {
            table.name: {
                "type": "array",
                "description": f"Each is {table.says}.",
                "items": _object({column.name: _property(column) for column in table.columns}),
            }
            for table in self.tables
        }
        data = {"title": _TEXT, "as_of": _TEXT, "digest": _TEXT, "marking": _MAYBE}
        asked = {key: _QUESTION[key] for part in self.asks for key in QUESTION_PARTS[part]}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"riskgraph {self.word}",
            "description": self.says,
            **_object(
                {
                    "schema": {"const": SCHEMA},
                    "answer": {"const": self.word},
                    "data": _object(data),
                    "question": _object(asked),
                    "scope": _object(
                        {"bodies": {"type": ["integer", "null"]}, "unrecorded": _TEXTS, "not_found": _TEXTS}
                    ),
                    "facts": _object(facts),
                    "tables": _object(tables),
                }
            ),
        }


_TEXT: dict[str, object] = {"type": "string"}
_TEXTS: dict[str, object] = {"type": "array", "items": {"type": "string"}}
_MAYBE: dict[str, object] = {"type": ["string", "null"]}
_QUESTION: dict[str, dict[str, object]] = {
    "roots": _TEXTS,
    "kinds": _TEXTS,
    "like": _MAYBE,
    "as_of": _TEXT,
    "without": _TEXTS,
    "known_before": _MAYBE,
    "band": _JSON["band"],
    "areas": _TEXTS,
    "classes": _TEXTS,
    "regions": _TEXTS,
    "members": {"type": ["array", "null"], "items": {"type": "string"}},
}


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, object]:
    unit = f", in {column.unit}" if column.unit else ""
    return {**_JSON[column.type], "description": f"{column.says}{unit}."}


@singledispatch
def as_words(what: object, dataset: Dataset) -> str | None:  # noqa: ARG001
    """A proof, a question or a change as a sentence, for a cell that people read; how is said upstairs.

    Each module of `riskgraph.render` registers what it says, as with `riskgraph.pictured`; `None` without it.
    """
    return None


class Answer(Pictured):
    """Mixed into every answer: what it is declared to hold, in every form; a notebook shows it as a page.

    A class declares `form` and says its values: `fact_values` and `row_values`.
    """

    __slots__ = ()

    form: ClassVar[Form]
    graph: RiskGraph
    question: Question

    def fact_values(self) -> Mapping[str, Value]:
        """The single facts by name, as `form.facts` declares them."""
        return {}

    def row_values(self, table: str) -> Iterable[Row]:
        """The rows of one table, with a value for each of its columns."""
        raise NotImplementedError

    # -- forms ----------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, object]:
        """The answer as plain values: what `--format json` prints; `form.json_schema()` describes it.

        Returns
        -------
        dict
            Keys schema, answer, data (title, as_of, digest, marking), question, scope, facts and tables.
        """
        info, chosen = self.graph.dataset.info, self.question.selection
        facts = self.fact_values()
        return {
            "schema": SCHEMA,
            "answer": self.form.word,
            "data": {
                "title": info.title,
                "as_of": info.as_of,
                "digest": self.graph.dataset.digest,
                "marking": info.marking or None,
            },
            "question": self.question.to_dict(self.form.asks),
            "scope": {
                "bodies": self.question.bodies,
                "unrecorded": list(chosen.unrecorded),
                "not_found": [one.name for one in chosen.not_found],
            },
            "facts": {fact.name: _plain(facts[fact.name]) for fact in self.form.facts},
            "tables": {
                table.name: [
                    {column.name: _plain(value) for column, value in zip(table.columns, row, strict=True)}
                    for row in self.row_values(table.name)
                ]
                for table in self.form.tables
            },
        }

    def table(self, name: str = "") -> tuple[tuple[str, ...], list[tuple[Plain, ...]]]:
        """Header and rows of one table, the first unless another is named; lists are joined by `;`."""
        form = self._table(name)
        header = tuple(column.name for column in form.columns)
        return header, [tuple(_cell(value) for value in row) for row in self.row_values(form.name)]

    def to_frame(self, table: str = "") -> pd.DataFrame:
        """One table as a pandas data frame, the first unless another is named; `form` describes the columns.

        Raises
        ------
        RiskGraphError
            If the answer has no such table.
        """
        import pandas as pd  # heavy: only who asks for a frame waits for it

        header, rows = self.table(table)
        return pd.DataFrame(rows, columns=list(header))

    def _table(self, name: str) -> TableForm:
        for form in self.form.tables:
            if name in {"", form.name}:
                return form
        there = ", ".join(form.name for form in self.form.tables)
        raise RiskGraphError(f"This answer has no table {name!r}.", f"Use one of: {there}.")


def _plain(value: Value) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(one) for one in value]
    return _cell(value)


def _cell(value: Value) -> Plain:
    if isinstance(value, Band):
        return value.word
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | StrEnum):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ";".join(map(str, value))
    return value
