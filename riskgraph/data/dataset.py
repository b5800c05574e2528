"""A data set as a value: everything that one folder says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from riskgraph.data.files import toml_string, write_table
from riskgraph.data.joining import MergeReport
from riskgraph.dates import last_day
from riskgraph.errors import Problem
from riskgraph.model import (
    RULE,
    ClassRule,
    Enquiry,
    Entity,
    Evidence,
    Grade,
    Incident,
    IncidentEffect,
    RegisterEntry,
    Relation,
)
from riskgraph.schema import schema

__all__ = ["TABLES", "DataTable", "Dataset", "DatasetInfo", "canonical"]


class DataTable(NamedTuple):
    """Where a table of a data set is: in which file, as which records, and as what a `Dataset` holds it."""

    file: str
    record: type[Any]
    held: str
    required: bool = False
    sparse: bool = False  # the file is there only where it holds anything


TABLES = {  # by their names in the schema
    "entities": DataTable("entities.csv", Entity, "entities", required=True),
    "relations": DataTable("relations.csv", Relation, "relations", required=True),
    "evidence": DataTable("evidence.csv", Evidence, "evidence"),
    "incidents": DataTable("incidents.csv", Incident, "incidents"),
    "incident_effects": DataTable("incident_effects.csv", IncidentEffect, "effects"),
    "class_rules": DataTable("class_rules.csv", ClassRule, "class_rules"),
    "authorities": DataTable("register.csv", RegisterEntry, "register"),
    "questions": DataTable("questions.csv", Enquiry, "questions", sparse=True),
}


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What `dataset.toml` says."""

    title: str
    as_of: str
    licence: str = ""
    attribution: str = ""
    marking: str = ""
    own_register: str = "inferred"
    track_record: str = (
        ""  # of the public bodies hit in the incidents that it was scored on, how many it named: "12 of 80"
    )

    @property
    def day(self) -> date:
        """The date of the data: the default date of every answer."""
        return last_day(self.as_of)

    @property
    def register_grade(self) -> Grade:
        """How good the register itself is as evidence for rows that have none."""
        return Grade.of(self.own_register)


@dataclass(frozen=True)
class Dataset:
    """One data set, checked: every reference resolves, every word is known.

    Tables are mappings from id to record, sorted by id, whatever the order of the rows was.
    """

    path: Path
    info: DatasetInfo
    entities: Mapping[str, Entity]
    relations: Mapping[str, Relation]
    evidence: Mapping[str, Evidence]
    incidents: Mapping[str, Incident]
    effects: tuple[IncidentEffect, ...]
    register: Mapping[str, RegisterEntry]
    class_rules: Mapping[str, ClassRule] = field(default_factory=dict)
    expanded: bool = False  # the rows that its class rules make are among its relations
    left_out: int = 0  # class rules that it had, and that were not to count
    warnings: tuple[Problem, ...] = ()
    own_register_file: bool = False  # the folder brings its own register.csv
    laid: tuple[tuple[str, DatasetInfo], ...] = ()  # of one's own register on a map: both by name, one's own first
    told: MergeReport | None = None  # and what the two contradict each other in
    questions: Mapping[str, Enquiry] = field(default_factory=dict)  # that no source answers

    @classmethod
    def of(
        cls,
        path: Path,
        info: DatasetInfo,
        *,
        entities: Mapping[str, Entity],
        relations: Mapping[str, Relation],
        evidence: Mapping[str, Evidence],
        incidents: Mapping[str, Incident],
        effects: Iterable[IncidentEffect],
        register: Mapping[str, RegisterEntry],
        class_rules: Mapping[str, ClassRule] | None = None,
        own_register_file: bool = False,
        questions: Mapping[str, Enquiry] | None = None,
    ) -> Dataset:
        """A data set from tables in any order; what is in them is not checked."""
        return cls(
            path,
            info,
            dict(sorted(entities.items())),
            dict(sorted(relations.items())),
            dict(sorted(evidence.items())),
            dict(sorted(incidents.items())),
            tuple(sorted(effects, key=_words)),
            dict(sorted(register.items())),
            dict(sorted((class_rules or {}).items())),
            own_register_file=own_register_file,
            questions=dict(sorted((questions or {}).items())),
        )

    def records(self, table: str) -> list[Any]:
        """The records of a table of the schema as its file has them: without the rows that its class rules make."""
        held = getattr(self, TABLES[table].held)
        if self.expanded and table == "relations":
            return [row for row in self.relations.values() if not self._made(row)]
        if self.expanded and table == "evidence":
            cited = {id_ for row in self.records("relations") for id_ in row.evidence}
            made = {RULE + rule for rule in self.class_rules} - cited
            return [item for id_, item in self.evidence.items() if id_ not in made]
        return list(held.values() if isinstance(held, Mapping) else held)

    def _made(self, row: Relation) -> bool:
        """Whether reading a class rule would make this very row again."""
        rule = self.class_rules.get(row.rule or "")
        return rule is not None and row == rule.row(row.dependent)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form and of what class rules made: equal for equal data, whatever the row order was."""
        digest = hashlib.sha256()
        if self.expanded:  # some of it may have been taken away since
            digest.update("\n".join(row.id for row in self.relations.values() if self._made(row)).encode())
        for name, content in canonical(self, register=True).items():
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def usual_name(self, id_: str) -> str:
        """The name people use: of a council without "Borough Council" and the like; counties say so."""
        entry = self.register.get(id_)
        if entry is None or not entry.short_name:
            return self.entities[id_].name
        return f"{entry.short_name} (county)" if entry.kind == "county" else entry.short_name

    def name(self, id_: str) -> str:
        """Usual name of a body or place; for `organisation/area`, the name of the organisation."""
        return self.entities[id_.partition("/")[0]].name

    def asked(self, questions: Iterable[Enquiry]) -> dict[str, Enquiry]:
        """Those of some questions that are about something in this data set, by id; the others have lost their object."""
        return {one.id: one for one in questions if one.about in self.entities or one.about in self.relations}

    def __repr__(self) -> str:
        return (
            f"<Dataset {self.info.title!r}: {len(self.entities)} entities, {len(self.records('relations'))} relations>"
        )


def canonical(dataset: Dataset, *, register: bool = False) -> dict[str, bytes]:
    """File name to canonical bytes: rows sorted by id, columns as in the schema.

    A column for what is seldom known is left out where no row fills it.

    Parameters
    ----------
    register
        Include the register even if it is the shipped one.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> list(canonical(read("seeds")))[:2]
    ['dataset.toml', 'entities.csv']
    """
    content = {"dataset.toml": _toml(dataset.info)}
    for table, (file, *_) in TABLES.items():
        if TABLES[table].sparse and not dataset.records(table):
            continue
        if table == "authorities" and not (register or dataset.own_register_file):
            continue
        records = dataset.records(table)
        if table == "class_rules" and not records:
            continue
        columns = [
            name
            for name, column in schema()[table].items()
            if not column.sparse or any(getattr(record, name) not in (None, ()) for record in records)
        ]
        cells = attrgetter(*columns)
        content[file] = write_table(columns, (list(map(_cell, cells(record))) for record in records))
    return content


def _words(record: Any) -> tuple[str, ...]:
    """A record as text: the order in which records without an id stand in their file."""
    return tuple(str(getattr(record, field.name) or "") for field in fields(record))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _toml(info: DatasetInfo) -> bytes:
    known = [field.name for field in fields(info) if field.name != "track_record" or info.track_record]
    lines = [f"{name} = {toml_string(getattr(info, name))}" for name in known]
    return ("\n".join(lines) + "\n").encode("utf-8")
