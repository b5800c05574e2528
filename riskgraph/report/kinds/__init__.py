"""The kinds of report that there are. Importing this registers them; a new kind is one more line here."""

from riskgraph.report.kinds import blast, council, overview, replay, supplier

__all__ = ["blast", "council", "overview", "replay", "supplier"]
