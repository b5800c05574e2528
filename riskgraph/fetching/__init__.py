"""News from public services: asked politely, kept whole, taken into a map only when all of it is there."""

from riskgraph.fetching.fetching import Fetched, fetch, named_sources, planned
from riskgraph.fetching.sources import NOTICE_SOURCES, Source, source
from riskgraph.fetching.spool import Choice

__all__ = ["NOTICE_SOURCES", "Choice", "Fetched", "Source", "fetch", "named_sources", "planned", "source"]
