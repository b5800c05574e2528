"""A blast radius as plain values in the shape of the conformance cases (`tests/conformance`), and of the reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from riskgraph.analysis.blast import SHOWN_BANDS, BlastRadius, Reach
from riskgraph.model import KINDS

__all__ = ["conformance_shape"]


def conformance_shape(radius: BlastRadius) -> dict[str, Any]:
    """Every body on every shelf in every band, and the ring."""
    view = radius.view
    return {
        "roots": list(radius.roots),
        "kinds": [str(kind) for kind in radius.kinds],
        "as_of": view.as_of.isoformat(),
        "without": ";".join(view.without) or None,
        "known_before": None if view.known_before is None else view.known_before.isoformat(),
        "authorities": _shelf(radius.authorities),
        "abolished": _shelf(radius.abolished),
        "groups": _shelf(radius.groups),
        "ring": {band.word: list(radius.ring[band]) for band in SHOWN_BANDS},
    }


def _shelf(reaches: Iterable[Reach]) -> dict[str, Any]:
    shelf: dict[str, Any] = {}
    for reach in sorted(reaches, key=lambda reach: reach.id):
        entry: dict[str, Any] = {
            "kinds": {
                str(kind): {"band": reach.kinds[kind].band.word, "hops": reach.kinds[kind].hops}
                for kind in KINDS
                if kind in reach.kinds
            },
            "services": {
                area or "?": {str(kind): kinds[kind].word for kind in KINDS if kind in kinds}
                for area, kinds in sorted(reach.services.items(), key=lambda item: item[0] or "?")
            },
        }
        if reach.root:
            entry["root"] = True
        shelf[reach.id] = entry
    return shelf
