"""What came from a source, kept beside the map in whole pages, and how far the asking has come.

`MAP/.fetched/SOURCE/` holds each page as it came (`.json.gz`) and `state.json`. Every file is written whole or not at
all, a page before the state that names it: a run that is stopped anywhere goes on from there.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from riskgraph.data.folders import write_file
from riskgraph.errors import DataError, Problem, RiskGraphError
from riskgraph.fetching.sources import Window

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = [
    "SPOOL",
    "Choice",
    "KeptPage",
    "KeptWindow",
    "Spool",
    "SpoolState",
    "keep_decisions",
    "kept_decisions",
    "locked",
]

SPOOL = ".fetched"
_STATE = "state.json"
_DECISIONS = "decisions"
_NAME = re.compile(r"[0-9T-]+(?:-\w+)?\.\d{4,}\.\d{4,}\.json\.gz", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose notices and about what are taken into the map; every page is kept whole all the same."""

    buyers: str = "councils"  # known: the whole register; all: everybody
    cpv: tuple[str, ...] = ()  # beginnings of codes
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One page in the spool."""

    file: str
    sha256: str  # of the page as it came, unpacked
    releases: int


@dataclass
class KeptWindow:
    """How far one window has been asked."""

    asked: str  # the day on which it was
    pages: list[KeptPage] = field(default_factory=list)
    next: list[tuple[str, str]] | None = None  # the question that goes on
    done: bool = False
    divided: bool = False  # into two halves, because it came out full


@dataclass
class SpoolState:
    """How far a source has been asked for one map."""

    source: str
    address: str
    choice: Choice = field(default_factory=Choice)
    through: str | None = None  # everything up to this day is in the map
    taken: dict[str, KeptWindow] = field(default_factory=dict)  # what of it is in the map
    run: int = 1  # the number of the run that has not been taken in yet
    since: str | None = None  # where it begins
    reached: str | None = None  # up to which day it is whole; none as long as it is not
    windows: dict[str, KeptWindow] = field(default_factory=dict)
    asked: list[float] = field(default_factory=list)  # when the last questions were put

    @property
    def whole(self) -> dict[str, KeptWindow]:
        """The windows that count: those of the run only if all of it came."""
        return {**self.taken, **(self.windows if self.reached else {})}

    def settle(self) -> None:
        """What came of the run is in the map."""
        if self.reached is not None:
            self.taken = self.whole
            self.through = max(self.through or "", self.reached)
            self.run, self.since, self.reached, self.windows = self.run + 1, None, None, {}


class Spool:
    """The folder of one source beside one map.

    Parameters
    ----------
    folder
        The map.
    name
        The source.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder / SPOOL / name

    def state(self) -> SpoolState | None:
        """How far the asking has come; `None` if nobody asked yet.

        Raises
        ------
        DataError
            If the state cannot be read.
        """
        path = self.folder / _STATE
        if not path.is_file():
            return None
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            return _state(said)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            what = f"It is no state of a fetch: {type(error).__name__}."
            problem = Problem(_STATE, None, None, "state", what)
            fix = f"Remove the folder {self.folder} and fetch again with --since DATE; the map stays as it is."
            raise DataError(str(self.folder), [problem], "nothing was fetched", fix) from None

    def keep(self, state: SpoolState) -> None:
        """Write the state."""
        self.folder.mkdir(parents=True, exist_ok=True)
        said = {"schema": 1, **asdict(state)}
        write_file(self.folder / _STATE, (json.dumps(said, indent=1, sort_keys=True) + "\n").encode())

    def keep_page(self, key: str, run: int, number: int, content: bytes, releases: int) -> KeptPage:
        """Write one page as it came; those of an earlier run stay until this one is whole."""
        file = f"{key}.{run:04}.{number:04}.json.gz"
        self.folder.mkdir(parents=True, exist_ok=True)
        write_file(self.folder / file, gzip.compress(content, mtime=0))
        return KeptPage(file, hashlib.sha256(content).hexdigest(), releases)

    def content(self, kept: KeptPage) -> bytes | None:
        """A page as it came; `None` if it is not as it was kept."""
        try:
            content = gzip.decompress((self.folder / kept.file).read_bytes())
        except (OSError, EOFError, zlib.error):
            return None
        return content if hashlib.sha256(content).hexdigest() == kept.sha256 else None

    def damaged(self, state: SpoolState) -> list[str]:
        """The windows with a page that is not as it was kept."""
        return [
            key
            for key, window in {**state.taken, **state.windows}.items()
            if any(self.content(kept) is None for kept in window.pages)
        ]

    def tidy(self, state: SpoolState) -> None:
        """Remove pages that came again, or in other windows."""
        named = {kept.file for window in (*state.taken.values(), *state.windows.values()) for kept in window.pages}
        for path in self.folder.glob("*.json.gz"):
            if path.name not in named:
                path.unlink()


def _state(said: dict[str, Any]) -> SpoolState:
    if said.pop("schema") != 1:
        raise ValueError("of a newer riskgraph")
    choice = said.pop("choice")
    taken, windows = ({key: _window(key, of) for key, of in said.pop(name).items()} for name in ("taken", "windows"))
    for day in filter(None, (said["through"], said["since"], said["reached"])):
        date.fromisoformat(day)
    chosen = Choice(choice["buyers"], tuple(choice["cpv"]), tuple(choice["areas"]))
    return SpoolState(**said, choice=chosen, taken=taken, windows=windows)


def _window(key: str, said: dict[str, Any]) -> KeptWindow:
    Window.of(key)
    date.fromisoformat(said["asked"])
    pages = [KeptPage(**kept) for kept in said.pop("pages")]
    if not all(_NAME.fullmatch(kept.file) for kept in pages):
        raise ValueError("a page lies elsewhere")
    following = said.pop("next")
    return KeptWindow(**said, pages=pages, next=following and [(name, value) for name, value in following])


def keep_decisions(folder: Path, sheet: Path) -> None:
    """Keep who is who, as a person filled it in, for everything that is fetched for a map."""
    place = folder / SPOOL
    place.mkdir(parents=True, exist_ok=True)
    file = place / f"{_DECISIONS}{sheet.suffix.lower()}"
    write_file(file, sheet.read_bytes())
    for other in place.glob(f"{_DECISIONS}.*"):
        if other != file:
            other.unlink()


def kept_decisions(folder: Path) -> Path | None:
    """The sheet that was kept last, if there is one."""
    return next(iter(sorted((folder / SPOOL).glob(f"{_DECISIONS}.*"))), None)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a map to oneself; the system takes the lock away when the process ends, however it ends.

    Raises
    ------
    RiskGraphError
        If another run has it.
    """
    place = folder / SPOOL
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("a+b") as file:
        try:
            if sys.platform == "win32":
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RiskGraphError(
                f"Another run is fetching for {folder}; nothing was done.", "Wait until it has ended, and try again."
            ) from None
        yield
