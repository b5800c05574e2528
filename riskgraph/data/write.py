"""A `Dataset` back to files: canonical bytes, written whole or not at all."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.files import write_atomic, write_table
from riskgraph.errors import RiskGraphError
from riskgraph.schema import schema

__all__ = ["canonical", "toml_string", "write"]


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


def write(dataset: Dataset, folder: str | Path) -> None:
    """Write a data set into a folder, which is made if it is not there.

    Raises
    ------
    RiskGraphError
        If the folder or a file cannot be written.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RiskGraphError(f"{path} cannot be made: {error.strerror}.", "Choose another folder.") from None
    content = canonical(dataset)
    info = content.pop("dataset.toml")
    for file, data in content.items():
        write_atomic(path / file, data)
    write_atomic(path / "dataset.toml", info)  # last: a folder without it is no data set


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _toml(info: DatasetInfo) -> bytes:
    lines = [f"{field.name} = {toml_string(getattr(info, field.name))}" for field in fields(info)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def toml_string(text: str) -> str:
    r"""A basic string of TOML: in quotes, on one line.

    Examples
    --------
    >>> print(toml_string('Say "no"'))
    "Say \"no\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
