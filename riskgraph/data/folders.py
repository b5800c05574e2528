"""How riskgraph writes: a file or a folder is there whole, old or new, whenever a writer is stopped.

A new folder is written beside its place and renamed. Files of a folder that is there already are written into a
folder inside it, and one rename says that they count (`current` looks there first); only then each takes its place.
So the folder itself stays what it was: a shell may stand in it, and other files in it are left alone.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from riskgraph.errors import RiskGraphError

__all__ = ["current", "interrupted", "update_folder", "write_file", "write_folder"]

_NEW = ".riskgraph-new"  # inside a folder: files that count, and that a stopped writer did not put in their place


def write_file(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file so that it is the old one or the new one, never half.

    Parameters
    ----------
    path
        Where to; the folder must be there.
    data
        Its content.
    private
        Nobody but the user may read it.

    Raises
    ------
    RiskGraphError
        If it cannot be written, or is a link; what was there is then as it was.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_file(Path(place) / "a.md", b"hello")
    ...     (Path(place) / "a.md").read_bytes()
    b'hello'
    """
    with _told(path):
        _no_link(path)
        with _workplace(path.parent) as place:
            _put(place / "new", data, 0o600 if private else 0o666)
            (place / "new").replace(path)


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder with some files, so that it is there whole or not at all.

    Parameters
    ----------
    path
        The folder; it must not be there yet, or be empty. Folders above it are made.
    files
        File name to content.

    Raises
    ------
    RiskGraphError
        If it cannot be written, or something is there already; nothing is changed then.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_folder(Path(place) / "pack", {"a.md": b"hello"})
    ...     (Path(place) / "pack" / "a.md").read_bytes()
    b'hello'
    """
    with _told(path):
        if path.is_symlink() or (path.exists() and not (path.is_dir() and _empty(path))):
            raise RiskGraphError(
                f"{path} is there already; nothing was written.", "Name a new folder, or remove this one."
            )
        with _parents(path), _workplace(path.parent) as place:
            new = _filled(place, files)
            if os.name == "nt" and path.is_dir():
                path.rmdir()  # elsewhere the rename takes the place of an empty folder
            new.rename(path)
            _flush(path.parent)


def update_folder(path: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write some files into a folder, all of them or none; other files in it stay as they are.

    Parameters
    ----------
    path
        The folder; it is made if it is not there.
    files
        File name to content.

    Returns
    -------
    tuple of str
        Names of the files that are new or other than before.

    Raises
    ------
    RiskGraphError
        If it cannot be written. The old state counts then, but where the message says that the new one does.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_folder(Path(place) / "pack", {"a.md": b"hello", "b.md": b"one"})
    ...     update_folder(Path(place) / "pack", {"a.md": b"hello", "b.md": b"two"})
    ('b.md',)
    """
    with _told(path):
        if not path.is_dir() or (_empty(path) and not path.is_symlink()):
            write_folder(path, files)
            return tuple(files)
        _take_place(path)  # what an earlier writer was stopped at
        for name in files:
            _no_link(path / name)
        changed = tuple(name for name, data in files.items() if not _is(path / name, data))
        if not changed:
            return ()
        with _workplace(path) as place:
            new = _filled(place, {name: files[name] for name in changed})
            if len(changed) == 1:
                (new / changed[0]).replace(path / changed[0])
                return changed
            new.rename(path / _NEW)  # from here on the new state counts
            _flush(path)
            try:
                _take_place(path)
            except OSError as error:
                if len(list((path / _NEW).iterdir())) == len(changed):  # none has taken its place: as before
                    (path / _NEW).rename(new)
                    raise
                raise RiskGraphError(
                    f"{path} is written, but a file could not be put in its place: {error.strerror}.",
                    "riskgraph reads the new state. Close what holds the file open, and write again.",
                ) from None
    return changed


def current(folder: Path, name: str) -> Path:
    """Where the content of a file of a folder is, even if a writer was stopped before it was in its place.

    Examples
    --------
    >>> current(Path("map"), "entities.csv").as_posix()
    'map/entities.csv'
    """
    newer = folder / _NEW / name
    return newer if newer.is_file() else folder / name


def interrupted(folder: Path) -> bool:
    """Whether a writer of this folder was stopped before every file was in its place."""
    return (folder / _NEW).is_dir()


def _take_place(folder: Path) -> None:
    new = folder / _NEW
    if not new.is_dir():
        return
    for file in sorted(new.iterdir()):
        try:
            file.replace(folder / file.name)
        except OSError:  # somebody held it open for a moment
            file.replace(folder / file.name)
    _flush(folder)
    _remove(new)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the disk refuses as an error that says what to do."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RiskGraphError(
            f"{path} cannot be written: {reason}.", "Check that the folder above it exists, your rights and the disk."
        ) from None


@contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """A folder for what is not whole yet, on the same disk; gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix=".riskgraph-", dir=parent))
    try:
        yield place
    finally:
        _remove(place)


@contextmanager
def _parents(path: Path) -> Iterator[None]:
    """Make the folders above a folder; remove those made if it does not come to be."""
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        raise


def _filled(place: Path, files: Mapping[str, bytes]) -> Path:
    folder = place / "new"
    folder.mkdir()
    for name, data in files.items():
        _put(folder / name, data)
    _flush(folder)
    return folder


def _put(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that is not there, down to the disk."""
    with open(path, "xb", opener=functools.partial(os.open, mode=mode)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Bring the names in a folder down to the disk, where the system can."""
    if os.name == "nt":
        return
    with suppress(OSError):  # some disks cannot, and lose nothing but the last moment
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # somebody held it open for a moment
        shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _no_link(path: Path) -> None:
    if path.is_symlink():
        raise RiskGraphError(f"{path} is a link; riskgraph does not write through links.", "Name the file itself.")
