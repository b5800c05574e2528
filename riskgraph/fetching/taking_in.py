"""What lies in the spools, taken into the map like any file: all of it, or the map stays as it was.

The map is one's own rows and the import of all notices that were fetched so far, made anew each time: so an amended
contract has the dates of its last notice, a cancelled one is gone, and neither the order of the runs nor that of the
pages plays a part.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
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
from riskgraph.fetching.asking import Clock
from riskgraph.fetching.made import MADE, MadeRows, left_out
from riskgraph.fetching.pages import page
from riskgraph.fetching.sources import NOTICE_SOURCES, Source
from riskgraph.fetching.spool import KeptPage, Spool, SpoolState, kept_decisions
from riskgraph.importers.disk_sort import SortedOnDisk
from riskgraph.importers.importing import import_file
from riskgraph.importers.report import ImportReport
from riskgraph.importers.review import decisions
from riskgraph.importers.statements import ImportOptions

__all__ = ["Taken", "take_in"]

_IN_MEMORY = 500  # releases
_Line = tuple[str, str, str, str]  # process, release, date, and the release as text


@dataclass(frozen=True)
class Taken:
    """What the notices made of the map."""

    before: Dataset | None
    after: Dataset | None  # none if there is nothing to make a map of
    reports: Mapping[str, ImportReport]  # by source, of all of its notices that were fetched so far
    notices: Mapping[str, int]  # each once
    written: tuple[str, ...] = ()  # the files of the map that changed

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return {
            "written": list(self.written),
            "notices_so_far": dict(self.notices),
            "imports": {
                name: {key: value for key, value in report.to_dict().items() if key != "added"}
                for name, report in self.reports.items()
            },
        }


def take_in(
    folder: Path, tick: Callable[[int, int], None] = lambda done, total: None, today: date | None = None
) -> Taken:
    """Make a map of one's own rows and of everything that was fetched, and write it.

    Parameters
    ----------
    folder
        The map; a new one is made if there is none. Nobody else may fetch for it meanwhile (`locked`).
    tick
        Told how many notices are read.
    today
        The day of the import.

    Raises
    ------
    DataError
        If the map, or what would become of it, is wrong; nothing is written then.
    RiskGraphError
        If a page is not as it was kept, or the map cannot be written.
    """
    spools = [(one, Spool(folder, one.name)) for one in NOTICE_SOURCES]
    kept = [(one, spool, state) for one, spool in spools if (state := spool.state())]
    before = read(folder) if current(folder, "dataset.toml").is_file() else None
    listed = MadeRows.read(folder)
    own = listed.without(before) if before else None
    sheet = kept_decisions(folder)
    reviewed = decisions(sheet, before) if sheet else {}
    made, reports, notices = own, dict[str, ImportReport](), dict[str, int]()
    for one, spool, state in kept:
        options = ImportOptions(tick=tick, today=today or Clock().today(), reviewed=reviewed)
        count, imported = _imported(one, spool, state, made, options)
        notices[one.name] = count
        if imported is not None:
            made, reports[one.name] = imported
    written: tuple[str, ...] = ()
    if made is not None and (before is not None or made.relations):
        gone = listed.taken_away(before) if before else frozenset()
        made = left_out(made, gone, own or made)
        if wrong := [problem for problem in run_checks(made, {}) if problem.severity == "error"]:
            raise DataError("what was fetched", wrong, "the map stays as it was")
        rows = listed.after(own, made, gone) if own else MadeRows({}).after(_nothing(made), made, gone)
        written = write(made, folder, {MADE: rows.content()})
        made = read(folder)
    else:
        made = None
    for _, spool, state in kept:
        state.settle()
        spool.keep(state)
        spool.tidy(state)
    return Taken(before, made, reports, notices, written)


def _nothing(dataset: Dataset) -> Dataset:
    return Dataset.of(
        dataset.path, dataset.info, entities={}, relations={}, evidence={}, incidents={}, effects=(), register={}
    )


def _imported(
    source: Source, spool: Spool, state: SpoolState, base: Dataset | None, options: ImportOptions
) -> tuple[int, tuple[Dataset, ImportReport] | None]:
    """The whole notices of a source, and the map with them."""
    # put in order first, so that the map is the same whatever pages and runs they came in
    lines: SortedOnDisk[_Line] = SortedOnDisk(key=itemgetter(0, 2, 1, 3), limit=_IN_MEMORY)
    awarded = False
    for window in state.whole.values():
        for kept in window.pages:
            for release in _releases(spool, source, kept):
                awarded = awarded or bool(release.get("awards") or release.get("contracts"))
                lines.append(_line(release))
    with tempfile.TemporaryDirectory(prefix="riskgraph-") as place:
        path = Path(place) / f"{source.name}.jsonl"
        count = _write_once(path, lines)
        if not awarded:
            return count, None
        choice = state.choice
        title = f"Contracts from {source.title}"
        options = replace(options, buyers=choice.buyers, cpv=choice.cpv, areas=choice.areas, title=title)
        return count, import_file(path, options, base, "ocds")


def _releases(spool: Spool, source: Source, kept: KeptPage) -> Iterator[dict[str, Any]]:
    content = spool.content(kept)
    if content is None:
        raise RiskGraphError(
            f"{kept.file} is not as it was kept.", f"Fetch from {source.title} again: it is then asked for once more."
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
