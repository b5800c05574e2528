"""What a path holds: a file, a packed one, an archive, or a folder of such; to read, always plain files.

What comes out of an archive goes into a private temporary folder, each file into a numbered folder of its own, under
a name that cannot lead anywhere. Archives come from anybody: how much comes out of one, and how many files, is bounded.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from riskgraph.errors import DataError, RiskGraphError
from riskgraph.importers.source import SourceFile, problem
from riskgraph.importers.values import clean

__all__ = ["OpenedSource", "opened"]

MOST_UNPACKED = 4 * 1024**3
MOST_TIMES = 200  # from ALWAYS_ALLOWED on
ALWAYS_ALLOWED = 64 * 1024**2  # so much may come out of a small file
MOST_FILES = 2_000
MOST_DEPTH = 3  # archives inside archives
_CHUNK = 1 << 20
_HEADER = 1 << 20  # the longest name that a tar may give
_AGAIN = "Unpack it yourself, look at what came out, and import that folder."
_PACKED = re.compile(r"\.(?:gz|gzip|tgz)$", re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w .()&-]+")
_HIDDEN = re.compile(r"(?:^|/)(?:\.[^./]|__MACOSX/|Thumbs\.db$|desktop\.ini$|~\$)")
_BROKEN = (EOFError, OSError, ValueError, zlib.error, zipfile.BadZipFile, tarfile.TarError, NotImplementedError)
_OTHERS = {b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "Zstandard"}
_MAP = "dataset.toml"


@dataclass
class OpenedSource:
    """The plain files of a path, in the order of their names, and what was passed over and why.

    Parameters
    ----------
    files
        The files to read.
    several
        Whether the path holds files: a folder or an archive. The rows are then told with the file they stand in.
    passed
        Reason to the names of what was not opened.
    copies
        The name of a file that holds the same, byte for byte, as one before it, to the name of that one.
    """

    files: list[SourceFile] = field(default_factory=list)
    several: bool = False
    passed: dict[str, list[str]] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)

    def pass_over(self, name: str, reason: str) -> None:
        """A file that is not read, and why."""
        self.passed.setdefault(reason, []).append(name)


@contextmanager
def opened(*paths: Path) -> Iterator[OpenedSource]:
    """The plain files that a path, or several, hold; they are there for as long as the block lasts.

    Parameters
    ----------
    *paths
        A file of any kind, a `.gz` of one, a ZIP or tar of files (packed or not), or a folder of all these.

    Raises
    ------
    DataError
        If an archive is broken, locked, or made to do harm.
    RiskGraphError
        If it is packed in a way that is not read here, or is a map.

    Examples
    --------
    >>> from riskgraph.assets import shipped
    >>> with opened(shipped("examples")) as source:
    ...     [file.name for file in source.files][:2], source.several
    (['README.md', 'host-names.csv'], True)
    """
    with tempfile.TemporaryDirectory(prefix="riskgraph-") as folder:
        opening = _Opening(paths[0], Path(folder))
        opening.found.several = len(paths) > 1 or paths[0].is_dir()
        names = Counter(path.name for path in paths)
        for path in paths:
            opening.path = path
            alone = "" if len(paths) == 1 else path.name
            name = alone if names[path.name] == 1 else f"{path.resolve().parent.name}/{path.name}"
            if path.is_dir():
                opening.folder(path, f"{name}/" if name else "")
            else:
                opening.file(path, name, 0)
        opening.found.files.sort(key=lambda file: file.name)
        opening.find_copies()
        yield opening.found


class _Limited:
    """A packed stream whose unpacked bytes count."""

    def __init__(self, stream: IO[bytes], opening: _Opening) -> None:
        self.stream, self.opening = stream, opening

    def read(self, size: int) -> bytes:
        chunk = self.stream.read(min(size, _CHUNK))
        self.opening.count(len(chunk))
        return chunk


class _TarMember(tarfile.TarInfo):
    """A member of a tar whose name fits into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Any:
        """Its header, unless it announces a name or remark beyond all measure."""
        made = super().frombuf(buf, encoding, errors)
        if not made.isfile() and made.size > _HEADER:
            raise ValueError("a header is too long")
        return made


class _Opening:
    def __init__(self, path: Path, folder: Path) -> None:
        self.path, self.room, self.found = path, folder, OpenedSource()
        self.unpacked = self.packed = self.made = self.seen = 0

    def folder(self, path: Path, before: str = "") -> None:
        """Every file of a folder and the folders below, no link to another place followed."""
        for where, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                file = Path(where) / name
                within = file.relative_to(path).as_posix()
                self.one_more()
                if _HIDDEN.search(within):
                    self.found.pass_over(before + within, "a file of the system")
                elif not file.is_file():
                    self.found.pass_over(before + within, "not a file")
                elif within == _MAP:
                    raise self.is_map()
                else:
                    self.file(file, before + within, 0)

    def file(self, path: Path, name: str, depth: int) -> None:
        """One file: taken as it is, or opened if it is packed."""
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"\x1f\x8b"):
            self.packed += path.stat().st_size if not depth else 0
            self._guarded(self._gzip, path, name, depth)
        elif start.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not _is_office(path):
            self.packed += path.stat().st_size if not depth else 0
            self._guarded(self._zip, path, name, depth)
        elif _is_tar(path):
            self._guarded(self._tar, path, name, depth)
        elif how := next((how for sign, how in _OTHERS.items() if start.startswith(sign)), None):
            if not name:
                raise RiskGraphError(f"{path.name} is packed with {how}, which is not read here.", _AGAIN)
            self.found.pass_over(name, f"packed with {how}")
        else:
            self.found.files.append(SourceFile(path, name))

    def one_more(self) -> None:
        """Count a file; there may not be too many."""
        self.seen += 1
        if self.seen > MOST_FILES:
            raise problem(
                self.path, "files", f"It holds more than {MOST_FILES:,} files.", "Import the ones you want only."
            )

    def count(self, size: int) -> None:
        """So many bytes came out."""
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED or self.unpacked > max(ALWAYS_ALLOWED, MOST_TIMES * self.packed):
            message = f"Unpacked it has more than {self.unpacked // 1024**2:,} MB, far more than packed."
            raise problem(self.path, "bomb", message, _AGAIN)

    def is_map(self) -> RiskGraphError:
        """The error about a map that was taken for a source."""
        return RiskGraphError(
            f"{self.path.name} holds a map, not a file to make one of.",
            "Ask it with --data, or join it to another with `riskgraph data merge`.",
        )

    def find_copies(self) -> None:
        """Which files hold the same as another."""
        sizes: dict[int, list[SourceFile]] = {}
        for file in self.found.files:
            sizes.setdefault(file.path.stat().st_size, []).append(file)
        for group in sizes.values():
            first: dict[bytes, SourceFile] = {}
            for file in group if len(group) > 1 else ():
                with file.path.open("rb") as content:
                    digest = hashlib.file_digest(content, "sha256").digest()
                if first.setdefault(digest, file) is not file:
                    self.found.copies[file.name] = first[digest].name

    def _guarded(self, open_: Any, path: Path, name: str, depth: int) -> None:
        if depth >= MOST_DEPTH:
            raise problem(self.path, "nested", f"It holds archives in archives, {depth + 1} deep.", _AGAIN)
        try:
            open_(path, name, depth)
        except (DataError, RiskGraphError):
            raise
        except (*_BROKEN, RuntimeError) as error:
            within = f" ({name})" if name else ""
            message = f"It cannot be unpacked{within}: {str(error) or type(error).__name__}."
            raise problem(self.path, "packed", message, "Fetch or pack it again.") from None

    def _gzip(self, path: Path, name: str, depth: int) -> None:
        with gzip.open(path) as stream:
            start = stream.read(512)
        bare = _PACKED.sub("", Path(name).name or path.name)
        with gzip.open(path) as stream:
            if start[257:262] == b"ustar":
                self._members(stream, name, depth)
                return
            inside = self._spooled(stream, bare)
        # a file that is packed alone is no folder of files: its rows need no name before them
        self.file(inside, f"{name.removesuffix(Path(name).name)}{bare}" if name else "", depth + 1)

    def _zip(self, path: Path, name: str, depth: int) -> None:
        self.found.several = True
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if not name and any(member.filename == _MAP for member in members):
                raise self.is_map()
            for member in members:
                within = self._within(name, member.filename)
                self.one_more()
                if _HIDDEN.search(member.filename):
                    self.found.pass_over(within, "a file of the system")
                elif member.flag_bits & 1:
                    message = f"{within} is locked with a password."
                    raise problem(self.path, "locked", message, "Unpack it with the password, and import that folder.")
                else:
                    with archive.open(member) as stream:
                        inside = self._spooled(stream, member.filename)
                    self.file(inside, within, depth + 1)

    def _tar(self, path: Path, name: str, depth: int) -> None:
        self.packed += path.stat().st_size if not depth else 0
        with path.open("rb") as stream:
            self._members(stream, name, depth)

    def _members(self, stream: Any, name: str, depth: int) -> None:
        self.found.several = True
        limited: Any = _Limited(stream, self)
        with tarfile.open(fileobj=limited, mode="r|", tarinfo=_TarMember) as archive:
            for member in archive:
                self.one_more()
                if member.isdir():
                    continue
                within = self._within(name, member.name)
                content = archive.extractfile(member) if member.isreg() and not member.issparse() else None
                if content is None:
                    self.found.pass_over(within, "not a file")
                elif _HIDDEN.search(member.name):
                    self.found.pass_over(within, "a file of the system")
                else:
                    self.file(self._spooled(content, member.name, counted=True), within, depth + 1)

    def _within(self, name: str, inner: str) -> str:
        inner = clean(inner.replace("\\", "/")).removeprefix("./")
        return f"{name}/{inner}" if name else inner

    def _spooled(self, stream: Any, name: str, counted: bool = False) -> Path:
        """A file in the private folder with what a stream holds."""
        self.made += 1
        room = self.room / str(self.made)
        room.mkdir()
        base = re.split(r"[/\\]", name)[-1]
        file = room / (_UNSAFE.sub("_", base).strip(" .")[-60:] or "file")
        with file.open("xb") as out:
            while chunk := stream.read(_CHUNK):
                if not counted:
                    self.count(len(chunk))
                out.write(chunk)
        return file


def _is_office(path: Path) -> bool:
    """Whether a ZIP is a workbook or another document of an office."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except _BROKEN:
        return path.suffix.lower() in {".xlsx", ".xlsm"}  # a broken one: the reader of workbooks says so
    return bool(names & {"[Content_Types].xml", "xl/workbook.xml", "mimetype", "Index/Document.iwa", "Index.zip"})


def _is_tar(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(512)[257:262] == b"ustar"
