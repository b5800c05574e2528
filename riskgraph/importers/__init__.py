"""What councils have, as data sets: one reader of rows, a declaration for each format, and who is meant in them."""

from riskgraph.importers.formats import Format
from riskgraph.importers.importing import FORMATS, detect, import_file, read_together
from riskgraph.importers.report import DateFrom, ImportReport
from riskgraph.importers.rows import SourceRow, TableKind
from riskgraph.importers.statements import Citation, ImportOptions, Party, Purchase, StatedRelation, Statements

__all__ = [
    "FORMATS",
    "Citation",
    "DateFrom",
    "Format",
    "ImportOptions",
    "ImportReport",
    "Party",
    "Purchase",
    "SourceRow",
    "StatedRelation",
    "Statements",
    "TableKind",
    "detect",
    "import_file",
    "read_together",
]
