"""The kinds of report that there are. Importing this registers them; a new kind is one more line here."""

from riskgraph.report.kinds import blast, concentration, council, overview, replay, supplier, whatif

__all__ = ["blast", "concentration", "council", "overview", "replay", "supplier", "whatif"]
