"""Folders written whole or not at all."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from riskgraph.errors import RiskGraphError

__all__ = ["write_folder"]


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder with some files, so that it is there whole or not at all.

    Parameters
    ----------
    path
        The folder; it must not be there yet, or be empty.
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
    if path.is_symlink() or (path.exists() and not path.is_dir()) or (path.is_dir() and any(path.iterdir())):
        raise RiskGraphError(f"{path} is there already; nothing was written.", "Name a new folder, or remove this one.")
    temporary: Path | None = None
    try:
        temporary = Path(tempfile.mkdtemp(prefix=".riskgraph-", dir=path.parent))
        temporary.chmod(0o755)
        for name, content in files.items():
            (temporary / name).write_bytes(content)
        if path.is_dir():
            path.rmdir()
        temporary.rename(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(temporary)
        raise RiskGraphError(
            f"{path} cannot be written: {error.strerror}.", "Check that the folder above it exists and your rights."
        ) from None
