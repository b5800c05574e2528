"""What lies in the spool, taken into the map like any file: all of it, or the map stays as it was."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from riskgraph.data.checks import run_checks
from riskgraph.data.dataset import Dataset
from riskgraph.data.folders import current
from riskgraph.data.read import read
from riskgraph.data.write import write
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.fetching.pages import page
from riskgraph.fetching.sources import Source
from riskgraph.fetching.spool import Choice, KeptPage, Spool
from riskgraph.importers.disk_sort import SortedOnDisk
from riskgraph.importers.importing import import_file
from riskgraph.importers.report import ImportReport
from riskgraph.importers.statements import ImportOptions

__all__ = ["Taken", "take_in"]

_IN_MEMORY = 500  # releases
_Line = tuple[str, str, str, str]  # process, release, date, and the release as text


@dataclass(frozen=True)
class Taken:
    """What the pages of a run made of the map."""

    releases: int  # each once
    report: ImportReport | None = None  # none if nothing came
    dataset: Dataset | None = None
    written: tuple[str, ...] = ()  # the files of the map that changed
    notes: tuple[str, ...] = ()


def take_in(
    folder: Path,
    spool: Spool,
    source: Source,
    kept: Iterable[KeptPage],
    choice: Choice,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Taken:
    """Import pages of the spool and write the map.

    The releases are put in order first, so that the map is the same whatever pages and runs they came in.

    Raises
    ------
    DataError
        If the map, or what would become of it, is wrong; nothing is written then.
    RiskGraphError
        If a page is not as it was kept, or the map cannot be written.
    """
    lines: SortedOnDisk[_Line] = SortedOnDisk(key=itemgetter(0, 2, 1, 3), limit=_IN_MEMORY)
    for one in kept:
        for release in _releases(spool, one):
            lines.append(_line(release))
    with tempfile.TemporaryDirectory(prefix="riskgraph-") as place:
        path = Path(place) / f"{source.name}.jsonl"
        count = _write_once(path, lines)
        if not count:
            return Taken(0)
        base = read(folder) if current(folder, "dataset.toml").is_file() else None
        options = ImportOptions(
            buyers=choice.buyers, cpv=choice.cpv, areas=choice.areas, title=f"Contracts from {source.title}", tick=tick
        )
        dataset, report = import_file(path, options, base, "ocds")
    if base is None and not dataset.relations:
        return Taken(count, report, notes=("No map was written: nothing of it is about the buyers that were chosen.",))
    if wrong := [problem for problem in run_checks(dataset, {}) if problem.severity == "error"]:
        raise DataError(source.title, wrong, "the map stays as it was")
    return Taken(count, report, dataset, write(dataset, folder))


def _releases(spool: Spool, kept: KeptPage) -> Iterator[dict[str, Any]]:
    content = spool.content(kept)
    if content is None:
        raise RiskGraphError(
            f"{kept.file} is not as it was kept.", "Run the same command again: it is asked for once more."
        )
    yield from page(content).releases


def _line(release: dict[str, Any]) -> _Line:
    text = json.dumps(release, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return str(release.get("ocid")), str(release.get("id") or text), str(release.get("date")), text


def _write_once(path: Path, lines: Iterable[_Line]) -> int:
    """Releases one a line, each once, in the order of process, date and id; of two with one id the newer counts."""
    count = 0
    with path.open("wb") as file:
        for _, process in groupby(lines, key=itemgetter(0)):
            newest = {line[1]: line[3] for line in process}
            count += len(newest)
            for text in newest.values():
                file.write(text.encode("utf-8", "replace") + b"\n")
    return count
