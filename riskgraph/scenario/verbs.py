"""All verbs: importing this module fills the registry."""

from riskgraph.scenario import bodies, places, ties
from riskgraph.scenario.model import VERBS

__all__ = ["VERBS", "bodies", "places", "ties"]

_ORDER = (
    *("cut", "lose", "leave", "join", "merge", "split", "switch", "buys", "insource", "segment", "add-backup"),
    *("same-place", "purge"),
)
for _name in _ORDER:  # in the order of the help
    VERBS[_name] = VERBS.pop(_name)
