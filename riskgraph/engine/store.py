"""Arrays in one file: written whole or not at all, checked when read, mapped into memory.

A file is a line of JSON (format, key, checksum, what lies where) and the arrays after it. Nothing in it is
ever executed. A file that is damaged, of another format or of another key reads as no file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["STORE_FORMAT", "load", "save"]

STORE_FORMAT = 1
MAGIC = b"riskgraph arrays\n"
ALIGN = 64
LONGEST_HEADER = 1 << 16
ARRAY_TYPES = {"|u1": np.uint8, "<i4": np.int32, "<i8": np.int64}


def save(path: Path, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays under a key; only the user can read the file.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is then as it was.
    """
    layout: dict[str, tuple[str, list[int], int]] = {}
    chunks: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        layout[name] = little.dtype.str, list(little.shape), offset
        data = little.tobytes()
        chunks += [data, b"\0" * (-len(data) % ALIGN)]
        offset += len(data) + len(chunks[-1])
    body = b"".join(chunks)
    header = {"format": STORE_FORMAT, "key": key, "digest": _digest(body), "arrays": layout}
    head = MAGIC + json.dumps(header, sort_keys=True).encode() + b"\n"
    head = head[:-1] + b" " * (-len(head) % ALIGN) + b"\n"
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(head)
            file.write(body)
        Path(temporary).replace(path)
    except BaseException:  # Ctrl-C too leaves nothing behind
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def load(path: Path, key: str) -> dict[str, NDArray[Any]] | None:
    """Map the arrays of a file into memory, read-only; `None` if they are not what the key says.

    Examples
    --------
    >>> load(Path("no-such-file"), "key") is None
    True
    """
    try:
        if not _ours(path):
            return None
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            end = view.find(b"\n", len(MAGIC), LONGEST_HEADER) + 1
            if view[: len(MAGIC)] != MAGIC or not end:
                return None
            header = json.loads(view[len(MAGIC) : end])
            body = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))[end:]
        if (header["format"], header["key"], header["digest"]) != (STORE_FORMAT, key, _digest(body)):
            return None
        return {name: _array(body, *place) for name, place in header["arrays"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _ours(path: Path) -> bool:
    """Whether it is a plain file that nobody else could have written."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        return False
    if os.name == "nt":
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _array(body: memoryview, dtype: str, shape: list[int], offset: int) -> NDArray[Any]:
    kind = np.dtype(ARRAY_TYPES[dtype])
    count = 1
    for side in shape:
        count *= side
    if count < 0 or offset < 0 or offset + count * kind.itemsize > len(body):
        raise ValueError("an array lies outside")
    return np.frombuffer(body, kind, count, offset).reshape(shape)


def _digest(data: bytes | memoryview) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
