"""A map in one small file: an archive of its tables, the same bytes for the same map."""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from riskgraph.data.dataset import TABLES, Dataset, canonical
from riskgraph.data.files import MAX_FILE_BYTES
from riskgraph.data.folders import write_folder
from riskgraph.data.read import read
from riskgraph.errors import DataError, RiskGraphError

__all__ = ["SNAPSHOT", "as_zip", "read_snapshot", "snapshot", "snapshot_name"]

SNAPSHOT = ".zip"


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """Some files in one archive, with fixed times: the same bytes for the same files.

    Examples
    --------
    >>> as_zip({"f/a.txt": b"a"}) == as_zip({"f/a.txt": b"a"})
    True
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, data)
    return out.getvalue()


def snapshot(dataset: Dataset) -> bytes:
    """A data set as one file.

    Examples
    --------
    >>> seeds = read("seeds")
    >>> snapshot(seeds) == snapshot(seeds), len(snapshot(seeds)) < 200_000
    (True, True)
    """
    return as_zip(canonical(dataset))


def snapshot_name(name: str, dataset: Dataset) -> str:
    """The usual name of the file: what the map is called, and the date of its data.

    Examples
    --------
    >>> snapshot_name("uk+our-register.xlsx", read("seeds"))
    'uk+our-register-2026-11-30.zip'
    """
    parts = (Path(part).stem for part in name.split("+"))
    return f"{'+'.join(parts)}-{dataset.info.day.isoformat()}{SNAPSHOT}"


def read_snapshot(path: Path) -> Dataset:
    """The data set of a snapshot, checked like any other.

    Raises
    ------
    RiskGraphError
        If the file is no snapshot.
    DataError
        If anything in it is wrong.
    """
    files = _unpacked(path)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / path.stem
        write_folder(folder, files)
        try:
            return replace(read(folder), path=path)
        except DataError as error:
            raise DataError(str(path), error.problems) from None


def _unpacked(path: Path) -> dict[str, bytes]:
    """The files of a snapshot; only those that a data set has, none too big."""
    known = {"dataset.toml", *(table.file for table in TABLES.values())}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            fits = sum(member.file_size for member in members) <= MAX_FILE_BYTES
            if "dataset.toml" in names and set(names) <= known and len(names) == len(set(names)) and fits:
                return {member.filename: archive.read(member) for member in members}
    except (OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error, zipfile.BadZipFile):
        pass
    raise RiskGraphError(f"{path} is no snapshot of a map.", "Make one: riskgraph data snapshot --data MAP")
