"""Reports: one answer as a folder of files that can be read, printed, mailed and checked again."""

from __future__ import annotations

from riskgraph.report.bundle import Bundle, ReportOptions, make
from riskgraph.report.registry import REPORTS

__all__ = ["REPORTS", "Bundle", "ReportOptions", "make"]
