"""The atlas: the whole map in one page, for people without a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from riskgraph.analysis.every_radius import EveryRadius, every_radius
from riskgraph.graph import RiskGraph
from riskgraph.render.atlas import pack, worst
from riskgraph.render.words import kind_word, root_name
from riskgraph.report.files import Origin, page_of, printed_day
from riskgraph.report.marking import Marking, Tlp, mark
from riskgraph.report.pictures import tiles

__all__ = ["ATLAS_QUESTIONS", "Atlas", "atlas"]

ATLAS_QUESTIONS = ("compromise", "insolvency")
WORST_SHOWN = 25  # roots in the table that can be read without scripts
SIZE = 28  # of a tile


@dataclass(frozen=True)
class Atlas:
    """A page that answers for every root of a map, and what it is made of."""

    answers: dict[str, EveryRadius]
    data: dict[str, Any]
    marking: Marking
    origin: Origin
    page: bytes

    @property
    def name(self) -> str:
        """A file name that carries date, marking and version."""
        return f"{self.origin.dated}_atlas_{self.marking.slug}_v1.html"


def atlas(
    graph: RiskGraph,
    *,
    as_of: str | date | None = None,
    tlp: str | None = None,
    classification: str | None = None,
    exempt: str = "",
    permission: str = "",
    supposing: str = "",
    data: str = "uk",
    memory: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Atlas:
    """One page that answers for every root of a map, offline.

    Parameters
    ----------
    as_of
        The date of the question; the date of the data if left out.
    tlp, classification, exempt, permission
        The marking; see `riskgraph.report.marking.mark`.
    supposing
        The scenario that the map stands for, if it is not the map as it is.
    data
        What the map is called in the command that makes the page again.
    memory
        Bytes that may be taken; half of the machine's if left out.
    progress
        Called with what is done and what there is to do.

    Raises
    ------
    RiskGraphError
        If the date or the marking is not allowed, or if the memory would not suffice.

    Examples
    --------
    >>> made = atlas(RiskGraph.open("seeds"), data="seeds")
    >>> made.name, made.data["questions"][1]["id"]
    ('2026-11-30_atlas_TLP-CLEAR_v1.html', 'insolvency')
    """
    info = graph.dataset.info
    marking = mark(info.marking, Tlp.AMBER, tlp, classification=classification, exempt=exempt, permission=permission)
    answers = {}
    for number, like in enumerate(ATLAS_QUESTIONS):

        def told(done: int, total: int, before: int = number) -> None:
            if progress is not None:
                progress(before * total + done, len(ATLAS_QUESTIONS) * total)

        answers[like] = every_radius(graph, like=like, as_of=as_of, memory=memory, progress=told)
    packed = pack(answers)
    given = {
        "as-of": packed["as_of"] if as_of else "",
        "tlp": tlp,
        "classification": classification,
        "exempt": exempt,
        "permission": permission,
        "scenario": "FILE" if supposing else "",
        "data": "" if data == "uk" else data,
    }
    words = ["riskgraph", "atlas", *(word for key, value in given.items() if value for word in (f"--{key}", value))]
    origin = Origin(
        info.title,
        info.as_of,
        graph.dataset.digest,
        len(graph.dataset.records("relations")),
        len(graph.dataset.warnings),
        {},
        shlex.join(words),
        printed_day(packed["as_of"]),
        "1",
        attribution=info.attribution,
    )
    page = _page(answers, packed, marking, origin, supposing)
    return Atlas(answers, packed, marking, origin, page.encode())


def _page(
    answers: dict[str, EveryRadius], data: dict[str, Any], marking: Marking, origin: Origin, supposing: str
) -> str:
    placed, wide, high = _tiles(answers[ATLAS_QUESTIONS[0]], data)
    return page_of(
        "atlas.html",
        marking,
        origin,
        styles=("atlas.css",),
        scripts=("atlas_data.js", "atlas.js"),
        data=data,
        supposing=supposing,
        tiles=placed,
        width=wide,
        height=high,
        size=SIZE,
        worst=_worst(answers[ATLAS_QUESTIONS[0]]),
        holds=_holds(data),
    )


def _worst(every: EveryRadius) -> list[tuple[str, str, str, int, int]]:
    dataset = every.graph.dataset
    rows = []
    for root, first, possible in worst(every, WORST_SHOWN):
        body, slash, _ = root.partition("/")
        kind = kind_word(dataset.entities[body].kind)
        rows.append((root, root_name(dataset, root), f"one line of a {kind}" if slash else kind, first, possible))
    return rows


def _holds(data: dict[str, Any]) -> list[tuple[str, int]]:
    """What sorts of roots there are, and how many, the most first."""
    counts: dict[str, int] = {}
    for _, _, what, _ in data["roots"]:
        counts[what] = counts.get(what, 0) + 1
    named = []
    for what, number in counts.items():
        kind = next((kind for kind in _KINDS if kind_word(kind) == what), None)
        many = what.replace("one line of a", "single lines of a") if kind is None else kind_word(kind, number)
        named.append((many, number))
    return sorted(named, key=lambda item: (-item[1], item[0]))


_KINDS = ("authority", "supplier", "shared-service", "environment", "system", "product", "store")


def _tiles(every: EveryRadius, data: dict[str, Any]) -> tuple[list[tuple[int, int, int, str, str]], int, int]:
    """Body, row, column, name and letters of each tile; width and height of the map."""
    dataset = every.graph.dataset
    ids = [data["roots"][body[0]][0] for body in data["bodies"]]
    names = {ids[tile[0]]: dataset.usual_name(ids[tile[0]]) for tile in data["tiles"]}
    picture = tiles("map", "", "", names, {})
    if picture is None:
        return [], SIZE, SIZE
    placed = [
        (body, tile.row, tile.column, tile.name, tile.initials)
        for (body, *_), tile in zip(data["tiles"], picture.tiles, strict=True)
    ]
    return placed, (max(row[2] for row in placed) + 1) * SIZE, (max(row[1] for row in placed) + 1) * SIZE
