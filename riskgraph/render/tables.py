"""Tables, CSV and JSON: one home for each format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

__all__ = ["as_csv", "as_json", "as_table", "csv_cell"]

_FORMULA = re.compile("^[\ufeff\\s]*[=+\\-@|\t\r\n\0\uff1d\uff0b\uff0d\uff20]")


def csv_cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula: text that looks like one gets an apostrophe.

    Source of the rule: OWASP, CSV Injection.

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell(-5), csv_cell(None), csv_cell("plain")
    ("'=1+1", '-5', '', 'plain')
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def as_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    r"""CSV that opens in Excel without running anything.

    Examples
    --------
    >>> as_csv(["name"], [["=cmd"]])
    "name\n'=cmd\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return out.getvalue()


def as_json(value: Any) -> str:
    r"""JSON with a stable order, readable as it is.

    Examples
    --------
    >>> as_json({"b": 1, "a": "Môn"})
    '{\n  "b": 1,\n  "a": "Môn"\n}\n'
    """
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table for a terminal, never cut.

    Examples
    --------
    >>> print(as_table(["council", "hops"], [["Dover", 1]]), end="")
    council      hops
    ---------  ------
    Dover           1
    """
    from tabulate import tabulate

    cells = [["" if value is None else value for value in row] for row in rows]
    return str(tabulate(cells, headers=list(header), disable_numparse=[0] if cells else True, tablefmt="simple")) + "\n"
