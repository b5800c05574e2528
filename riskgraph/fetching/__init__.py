"""News from public services: asked politely, kept whole, taken into a map only when all of it is there."""

from riskgraph.fetching.gathering import Gathered, Reporter, gather, named_sources, planned
from riskgraph.fetching.sources import NOTICE_SOURCES, Source, source
from riskgraph.fetching.spool import Choice, locked
from riskgraph.fetching.taking_in import Taken, take_in

__all__ = [
    "NOTICE_SOURCES",
    "Choice",
    "Gathered",
    "Reporter",
    "Source",
    "Taken",
    "gather",
    "locked",
    "named_sources",
    "planned",
    "source",
    "take_in",
]
