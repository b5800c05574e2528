"""A data set as a value: everything that one folder says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from riskgraph.data.files import toml_string, write_table
from riskgraph.dates import last_day
from riskgraph.errors import Problem
from riskgraph.model import Entity, Evidence, Grade, Incident, IncidentEffect, RegisterEntry, Relation
from riskgraph.schema import schema

__all__ = ["Dataset", "DatasetInfo", "canonical"]


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What `dataset.toml` says."""

    title: str
    as_of: str
    licence: str = ""
    attribution: str = ""
    marking: str = ""
    own_register: str = "inferred"

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
    warnings: tuple[Problem, ...] = ()
    own_register_file: bool = False  # the folder brings its own register.csv

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form: equal for equal data, whatever the row order was."""
        digest = hashlib.sha256()
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

    def __repr__(self) -> str:
        return f"<Dataset {self.info.title!r}: {len(self.entities)} entities, {len(self.relations)} relations>"


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
    tables: dict[str, tuple[str, list[Any]]] = {
        "entities": ("entities.csv", list(dataset.entities.values())),
        "relations": ("relations.csv", list(dataset.relations.values())),
        "evidence": ("evidence.csv", list(dataset.evidence.values())),
        "incidents": ("incidents.csv", list(dataset.incidents.values())),
        "incident_effects": ("incident_effects.csv", list(dataset.effects)),
    }
    if register or dataset.own_register_file:
        tables["authorities"] = ("register.csv", list(dataset.register.values()))
    content = {"dataset.toml": _toml(dataset.info)}
    for table, (file, records) in tables.items():
        columns = [
            name
            for name, column in schema()[table].items()
            if not column.sparse or any(getattr(record, name) not in (None, ()) for record in records)
        ]
        content[file] = write_table(
            columns, [[_cell(getattr(record, column)) for column in columns] for record in records]
        )
    return content


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _toml(info: DatasetInfo) -> bytes:
    lines = [f"{field.name} = {toml_string(getattr(info, field.name))}" for field in fields(info)]
    return ("\n".join(lines) + "\n").encode("utf-8")
