"""Where riskgraph keeps what it can always make again: a folder of the user's own, safe to delete."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from riskgraph.assets import shipped

__all__ = ["cache_folder", "code_digest", "prune"]

FILES_KEPT = 16  # files kept
MODEL_TABLES = ("ageing.csv", "inside.csv", "pairs.csv", "propagation.csv", "service_areas.csv")


def cache_folder() -> Path | None:
    """The folder of the cache, made if it is not there; `None` if there is to be none.

    `RISKGRAPH_CACHE` names another folder, or is `off`. Otherwise it is where the platform keeps such
    things: `XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict("os.environ", RISKGRAPH_CACHE="off"):
    ...     cache_folder() is None
    True
    """
    wanted = os.environ.get("RISKGRAPH_CACHE", "").strip()
    if wanted.lower() == "off":
        return None
    try:
        folder = Path(wanted) if wanted else _usual() / "riskgraph"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or no right to write there: then without
        return None
    return folder


def _usual() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Digest of the version, the tables of the model and the code that compiles them."""
    package = Path(__file__).parents[1]
    digest = hashlib.blake2b(version("riskgraph").encode(), digest_size=16)
    for path in sorted((*package.glob("*.py"), *package.glob("engine/*.py"))):
        digest.update(path.read_bytes())
    for table in MODEL_TABLES:
        digest.update(shipped(table).read_bytes())
    return digest.hexdigest()


def prune(folder: Path, suffix: str) -> None:
    """Remove the oldest files beyond `FILES_KEPT`."""
    with contextlib.suppress(OSError):
        files = sorted(folder.glob(f"*{suffix}"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[FILES_KEPT:]:
            path.unlink()
