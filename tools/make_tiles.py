"""Make `datasets/tiles.csv`: a place on a square grid for every current principal council.

    python tools/make_tiles.py

Every lower-tier and unitary council has one tile, neighbours near neighbours. The centroids of the register are
pushed apart until no two are closer than a tile (a Dorling cartogram: Dorling, Area Cartograms, 1996), then put
on the grid by the assignment with the least squared distance (SciPy's `linear_sum_assignment`). Counties stand
in a band of their own, laid out the same way. The result is committed: nothing is computed when a map is drawn.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[1]
COUNCILS = {
    "district", "unitary", "metropolitan", "london-borough", "city-corporation", "scottish-unitary", "welsh-unitary",
    "ni-district",
}  # fmt: skip
TILE = 1.0


def place(points: np.ndarray, steps: int = 6000) -> np.ndarray:
    """Let tiles grow slowly where they belong, pushing their neighbours apart, so that neighbours stay so."""
    home, at = points.copy(), points.copy()
    for step in range(steps):
        tile = TILE * min(1.0, 0.02 + step / (0.85 * steps))
        at += 0.004 * (1 - step / steps) * (home - at)
        pairs = cKDTree(at).query_pairs(tile, output_type="ndarray")
        if not len(pairs):
            continue
        gap = at[pairs[:, 0]] - at[pairs[:, 1]]
        distance = np.maximum(np.linalg.norm(gap, axis=1, keepdims=True), 1e-9)
        push = 0.4 * (tile - distance) * gap / distance
        np.add.at(at, pairs[:, 0], push)
        np.add.at(at, pairs[:, 1], -push)
    return at


def grid(points: np.ndarray) -> np.ndarray:
    """Rows and columns: the assignment of points to cells with the least squared distance."""
    low, high = np.floor(points.min(axis=0)) - 1, np.ceil(points.max(axis=0)) + 1
    cells = np.stack(np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1)), axis=-1).reshape(
        -1, 2
    )
    cost = ((points[:, None, :] - cells[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(cost)
    placed = cells[chosen]
    placed -= placed.min(axis=0)
    return placed[:, ::-1].astype(int)


def project(rows: list[dict[str, str]], scale: float) -> np.ndarray:
    """Latitude and longitude to tiles: an equirectangular map of the UK, north at the top."""
    latitude = np.array([float(row["latitude"]) for row in rows])
    longitude = np.array([float(row["longitude"]) for row in rows])
    latitude = np.where(latitude > 59.5, latitude - 0.8, latitude)  # Shetland comes nearer, as on most maps
    longitude -= np.where([row["nation"] == "Northern Ireland" for row in rows], 1.5, 0.0)  # the Irish Sea stays open
    latitude += np.where([row["nation"] == "Scotland" for row in rows], 0.5, 0.0)
    return np.stack([longitude * np.cos(np.radians(55)), -latitude], axis=1) * scale


def main() -> None:
    """Write the file."""
    with (ROOT / "datasets" / "register" / "authorities.csv").open(encoding="utf-8", newline="") as file:
        register = [row for row in csv.DictReader(file) if row["status"] == "current"]
    lines = []
    for band, kinds, scale in (("council", COUNCILS, 2.9), ("county", {"county"}, 1.6)):
        rows = sorted((row for row in register if row["kind"] in kinds), key=lambda row: row["id"])
        places = grid(place(project(rows, scale)))
        lines += [(row["id"], *map(int, at), band) for row, at in zip(rows, places, strict=True)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "row", "column", "band"])
    writer.writerows(sorted(lines))
    (ROOT / "datasets" / "tiles.csv").write_bytes(out.getvalue().encode("utf-8"))


if __name__ == "__main__":
    main()
