"""How much memory an answer may take, and the error of one that would take more."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from riskgraph.errors import RiskGraphError

__all__ = ["memory_limit", "refuse"]

_CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_limit() -> int:
    """Bytes that an answer may take: half of the memory that there is, or 2 GiB where that is not known."""
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2 << 30
    for path in _CONTAINER:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number: no limit
            there = min(there, int(path.read_text(encoding="ascii")))
    return there // 2


def refuse(needed: int, limit: int) -> RiskGraphError:
    """The error that says how much memory an answer needs.

    Parameters
    ----------
    needed, limit
        Bytes.
    """
    return RiskGraphError(
        f"This answer needs at least {-(-needed >> 20):,} MiB of memory; {limit >> 20:,} MiB may be used.",
        "Ask about fewer bodies (--region, --class, --members), or allow more with --memory.",
    )
