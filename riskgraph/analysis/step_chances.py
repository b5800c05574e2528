"""How likely a step of each band is taken to hold: `datasets/step_chances.csv`, or a file of one's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from riskgraph.assets import shipped
from riskgraph.errors import MissingFile, RiskGraphError
from riskgraph.model import Band
from riskgraph.schema import schema

__all__ = ["StepChance", "step_chances"]


@dataclass(frozen=True, slots=True)
class StepChance:
    """Chances between 0 and 1 that a step of one band holds, and what they rest on."""

    low: float
    base: float
    high: float
    basis: str


def step_chances(path: str | Path | None = None) -> Mapping[Band, StepChance]:
    """The chances by band, from the shipped file or another one with the same columns.

    Raises
    ------
    MissingFile
        If there is no such file.
    RiskGraphError
        If a band is missing, a number is none or out of order, or a surer band has a lower chance.

    Examples
    --------
    >>> step_chances()[Band.DOCUMENTED].base
    0.5
    """
    source = shipped("step_chances.csv") if path is None else Path(path)
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise MissingFile(f"{source} cannot be read as a file of chances.", "Check the path.") from None
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = list(schema()["step_chances"])
    fix = f"Give each band one row with the columns {', '.join(columns)}, as datasets/step_chances.csv has."
    if not rows or any(None in row or set(row) != set(columns) for row in rows):
        raise RiskGraphError(f"{source.name} has other columns than {', '.join(columns)}.", fix)
    found: dict[Band, StepChance] = {}
    words = {band.word: band for band in Band}
    for row in rows:
        band = words.get(row["band"])
        try:
            chance = StepChance(float(row["low"]), float(row["base"]), float(row["high"]), row["basis"] or "")
        except (TypeError, ValueError):
            raise RiskGraphError(f"{source.name}: a chance of {row['band']} is no number.", "Write 0.5.") from None
        if band is None or band in found:
            raise RiskGraphError(f"{source.name}: {row['band']!r} is no band, or stands twice.", fix)
        if not 0 <= chance.low <= chance.base <= chance.high <= 1:
            raise RiskGraphError(
                f"{source.name}: the chances of {row['band']} are out of order.",
                "Let 0 <= low <= base <= high <= 1 hold.",
            )
        found[band] = chance
    if set(found) != set(Band):
        missing = ", ".join(band.word for band in Band if band not in found)
        raise RiskGraphError(f"{source.name} says nothing of {missing}.", fix)
    for surer, band in zip(tuple(Band), tuple(Band)[1:], strict=False):
        a, b = found[surer], found[band]
        if not (a.low >= b.low and a.base >= b.base and a.high >= b.high):
            raise RiskGraphError(
                f"{source.name}: {band.word} has a higher chance than {surer.word}.",
                "A surer band cannot have a lower chance.",
            )
    return dict(sorted(found.items()))
