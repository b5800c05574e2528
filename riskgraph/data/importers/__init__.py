"""What councils have, as data sets: one module for each format, and who is meant in them."""

from riskgraph.data.importers.facts import Options
from riskgraph.data.importers.registry import IMPORTERS, detect, import_file
from riskgraph.data.importers.report import ImportReport

__all__ = ["IMPORTERS", "ImportReport", "Options", "detect", "import_file"]
