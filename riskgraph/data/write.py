"""A `Dataset` back to files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from riskgraph.arguments import checked
from riskgraph.data.dataset import TABLES, Dataset, canonical
from riskgraph.data.files import write_table
from riskgraph.data.folders import current, update_folder
from riskgraph.errors import RiskGraphError
from riskgraph.schema import schema

__all__ = ["write"]


@checked
def write(dataset: Dataset, folder: str | Path, beside: Mapping[str, bytes] | None = None) -> tuple[str, ...]:
    """Write a data set into a folder, whole or not at all.

    Parameters
    ----------
    folder
        Where to; it is made if it is not there. A data set that is there is replaced.
    beside
        Further files of the folder that are written in the same stroke: name to content.

    Returns
    -------
    tuple of str
        The files that are new or other than before.

    Raises
    ------
    RiskGraphError
        If the folder or a file cannot be written, or a register of another data set is in it.

    Examples
    --------
    >>> import tempfile
    >>> from riskgraph.data import read
    >>> with tempfile.TemporaryDirectory() as place:
    ...     written = write(read("seeds"), place)
    ...     read(place).digest == read("seeds").digest, write(read("seeds"), place)
    (True, ())
    """
    path = Path(folder)
    content = canonical(dataset)
    for file in (TABLES["authorities"].file, TABLES["class_rules"].file):  # read where they are, and not always written
        if file not in content and current(path, file).exists():
            raise RiskGraphError(
                f"{path} holds a {file}, which is not of this data set; nothing was written.",
                "Remove it, or name another folder.",
            )
    for table, place in TABLES.items():  # what is there only where it holds anything does not stay behind
        if place.sparse and place.file not in content and current(path, place.file).exists():
            content[place.file] = write_table(list(schema()[table]), [])
    return update_folder(path, {**content, **(beside or {})})
