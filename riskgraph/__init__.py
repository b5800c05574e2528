"""Who is exposed when a supplier, a shared service or a system fails, how, and how surely.

For UK local government: a graph of councils, suppliers, shared services, shared IT and systems.

Examples
--------
>>> import riskgraph
>>> radius = riskgraph.load("seeds").blast("Capita storage bucket with benefits extracts", as_of="2023-05-15")
>>> radius["authority:rochford"].kinds["exposure"].band.word
'documented'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from riskgraph.analysis.blast import BlastRadius
    from riskgraph.analysis.select import Selection
    from riskgraph.analysis.why import Why, WhyNot
    from riskgraph.api import RiskMap, from_networkx, load
    from riskgraph.data import Dataset, write
    from riskgraph.errors import AmbiguousName, DataError, MissingFile, NameNotFound, Problem, RiskGraphError
    from riskgraph.graph import RiskGraph
    from riskgraph.maps import read
    from riskgraph.model import Band, FailureKind

__all__ = [
    "AmbiguousName",
    "Band",
    "BlastRadius",
    "DataError",
    "Dataset",
    "FailureKind",
    "MissingFile",
    "NameNotFound",
    "Problem",
    "RiskGraph",
    "RiskGraphError",
    "RiskMap",
    "Selection",
    "Why",
    "WhyNot",
    "from_networkx",
    "load",
    "read",
    "write",
]

_HOMES = {
    "riskgraph.analysis.blast": ("BlastRadius",),
    "riskgraph.analysis.select": ("Selection",),
    "riskgraph.analysis.why": ("Why", "WhyNot"),
    "riskgraph.api": ("RiskMap", "from_networkx", "load"),
    "riskgraph.data": ("Dataset", "write"),
    "riskgraph.errors": (
        "AmbiguousName",
        "DataError",
        "MissingFile",
        "NameNotFound",
        "Problem",
        "RiskGraphError",
    ),
    "riskgraph.graph": ("RiskGraph",),
    "riskgraph.maps": ("read",),
    "riskgraph.model": ("Band", "FailureKind"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: `import riskgraph` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version  # as slow to import as all else that --help needs

        return version("riskgraph")
    if name not in _HOME:
        raise AttributeError(f"module 'riskgraph' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
