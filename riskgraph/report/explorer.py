"""The explorer: one blast radius as pictures to turn and pull at. Never the evidence: that is the report."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from riskgraph.analysis.blast import BlastRadius, Reach
from riskgraph.model import AUTHORITY, Band
from riskgraph.render.headline import finding
from riskgraph.render.notebook import CONFIG, blast_figure, escaped
from riskgraph.render.words import area_label, join, lead, plural, root_name, route_phrase, sentence, short_name, tied
from riskgraph.report.files import Origin, page_of, source_hash
from riskgraph.report.marking import Marking
from riskgraph.report.parts import BAND_WORDS

__all__ = ["explorer"]

LIBRARY = "/* library */"
MOST_BOXES = 500  # more than this a browser draws slowly, and nobody can read
LABELLED = 60  # in one column; beyond it only boxes that lead further are named
MATRIX_ROWS = 60  # councils in the matrix
COLOURS = ("#12436D", "#2073BC", "#6BACE6", "#FFFFFF")
SIGNS = ("■", "▲", "●", "◇")
SYMBOLS = ("square", "triangle-up", "circle", "diamond-open")
DASHES = ("solid", "solid", "dash", "dot")
FONT = {"family": "Arial, Helvetica, sans-serif", "size": 14, "color": "#0B0C0C"}


@dataclass(frozen=True, slots=True)
class Plot:
    """One interactive picture: what it finds, in words what it is, and what Plotly draws."""

    id: str
    title: str
    text: str
    figure: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """A box of the network: one body or place, or several bodies that are reached alike."""

    id: str
    name: str
    words: str
    column: int
    band: Band


def explorer(radius: BlastRadius, marking: Marking, origin: Origin) -> bytes:
    """The page: a network, a flow, a tree map and a matrix in Plotly, and the tables behind them.

    Parameters
    ----------
    radius
        What is drawn. Nothing is withheld here: a picture of a map shows by its shape who is missing.

    Returns
    -------
    bytes
        One page of about five megabytes, complete in itself; the same for the same input.

    Examples
    --------
    >>> from riskgraph.analysis.blast import blast
    >>> from riskgraph.graph import RiskGraph
    >>> from riskgraph.report import make
    >>> made = make("seeds", "blast", ["east kent services"])
    >>> page = explorer(blast(RiskGraph.open("seeds"), "east kent services"), made.marking, made.origin)
    >>> page.count(b'class="plot"')
    4
    """
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

    present = radius.within()
    library = get_plotlyjs().replace("</script", "<\\/script")
    boxes, lines = _network(radius, present)
    pictures = []
    if present:
        pictures = [_net(boxes, lines), _flow(radius, present), _tree(radius, present), _matrix(radius, present)]
    dataset = radius.graph.dataset
    page = page_of(
        "explorer.html",
        marking,
        origin,
        styles=("explorer.css",),
        scripts=("explorer.js",),
        finding=finding(radius),
        pictures=pictures,
        rows=[(short_name(dataset, reach.id), reach.band, sentence(dataset, reach.lead[1].proof)) for reach in present],
        lines=[(boxes[start].name, boxes[end].name, band) for (start, end), band in sorted(lines.items())],
        band_words=BAND_WORDS,
        figures={picture.id: picture.figure for picture in pictures},
        config=CONFIG,
        library_hash=source_hash(library),
    )
    before, _, after = page.rpartition(LIBRARY)  # the last one is the template's own, whatever names say
    return f"{before}{library}{after}".encode()


def _network(radius: BlastRadius, present: Sequence[Reach]) -> tuple[dict[str, Stop], dict[tuple[str, str], Band]]:
    """Boxes and the lines between them, of the surest route of each body; alike bodies in one box if too many."""
    dataset = radius.graph.dataset
    ways: list[tuple[tuple[str, ...], Reach]] = []
    for reach in present:
        between = [via.target for via in reach.lead[1].proof.vias if via.target != reach.id]
        start = next((root for root in radius.roots if _starts(reach, root)), radius.roots[0])
        ways.append(((start, *dict.fromkeys(between)), reach))
    inner = {stop for way, _ in ways for stop in way}
    alike: dict[tuple[tuple[str, ...], Band], list[Reach]] = defaultdict(list)
    single = len(inner) + len(present) <= MOST_BOXES
    for way, reach in ways:
        alike[(*way, *([reach.id] if single else [])), reach.band].append(reach)
    boxes: dict[str, Stop] = {}
    lines: dict[tuple[str, str], Band] = {}

    def put(id_: str, name: str, words: str, column: int, band: Band) -> None:
        old = boxes.get(id_)
        if old is not None:
            column, band = max(old.column, column), min(old.band, band)
        boxes[id_] = Stop(id_, name, words, column, band)

    for (way, band), group in sorted(alike.items(), key=lambda item: (item[0][1], item[0][0])):
        stops = [stop for stop in way if not (single and stop == group[0].id)]
        for column, stop in enumerate(stops):
            name = root_name(dataset, stop) if column == 0 else short_name(dataset, stop)
            put(stop, name, name, column, band if column else Band.DOCUMENTED)
        if single:
            end, name, words = group[0].id, short_name(dataset, group[0].id), sentence(dataset, group[0].lead[1].proof)
        else:
            end = f"{'>'.join(stops)}>{band.word}"
            name = plural(len(group), "body", "bodies")
            words = join((short_name(dataset, reach.id) for reach in group), 20)
        put(end, name, words, len(stops), band)
        for pair in zip(stops, [*stops[1:], end], strict=True):
            lines[pair] = min(lines.get(pair, band), band)
    return boxes, lines


def _starts(reach: Reach, root: str) -> bool:
    vias = reach.lead[1].proof.vias
    return bool(vias) and vias[0].source == root.partition("/")[0]


def _net(boxes: dict[str, Stop], lines: dict[tuple[str, str], Band]) -> Plot:
    """Columns from left to right; within a column each box near the middle of what it hangs on."""
    columns: dict[int, list[str]] = defaultdict(list)
    for id_, box in boxes.items():
        columns[box.column].append(id_)
    before: dict[str, list[str]] = defaultdict(list)
    for start, end in lines:
        before[end].append(start)
    height: dict[str, float] = {}
    for column in sorted(columns):
        ids = columns[column]
        middle = {id_: _mean([height[one] for one in before[id_] if one in height]) for id_ in ids}
        ids.sort(key=lambda id_: (middle[id_], boxes[id_].band, boxes[id_].name, id_))
        for place, id_ in enumerate(ids):
            height[id_] = (place + 1) / (len(ids) + 1)
    traces: list[dict[str, Any]] = []
    for band in Band:
        x: list[float | None] = []
        y: list[float | None] = []
        for (start, end), best in lines.items():
            if best is band:
                x += [boxes[start].column, boxes[end].column, None]
                y += [-height[start], -height[end], None]
        if x:
            line = {"color": "#858686", "width": 2.5 - band / 2, "dash": DASHES[band]}
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": x,
                    "y": y,
                    "line": line,
                    "hoverinfo": "skip",
                    "showlegend": False,
                }
            )
    most = max(len(ids) for ids in columns.values())
    leads = {start for start, _ in lines}
    for band in Band:
        those = [box for box in boxes.values() if box.band is band]
        if those:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers+text",
                    "name": BAND_WORDS[band],
                    "x": [box.column for box in those],
                    "y": [-height[box.id] for box in those],
                    "text": [escaped(box.name) if most <= LABELLED or box.id in leads else "" for box in those],
                    "textposition": "middle right",
                    "customdata": [_wrapped(box.words) for box in those],
                    "hovertemplate": "%{customdata}<extra></extra>",
                    "marker": {
                        "symbol": SYMBOLS[band],
                        "size": 12,
                        "color": COLOURS[min(band, 2)],
                        "line": {"color": "#0B0C0C", "width": 1},
                    },
                }
            )
    axis = {"visible": False, "fixedrange": False}
    layout = _layout(
        height=max(420, min(1400, 22 * most)), xaxis={**axis, "range": [-0.2, max(columns) + 0.9]}, yaxis=axis
    )
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    return Plot(
        "network",
        f"{plural(len(lines), 'link')} between {plural(len(boxes), 'box', 'boxes')}, from left to right",
        "What fails stands on the left, what lies between in the middle, who could be reached on the right, each by its "
        "surest route. Drag to zoom, double-click to come back, click a word of the legend to hide or show it.",
        {"data": traces, "layout": layout},
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _wrapped(words: str, most: int = 70) -> str:
    """Escaped words in lines that fit a hover."""
    lines = [""]
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) > most:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "<br>".join(escaped(line) for line in lines)


def _layout(**more: Any) -> dict[str, Any]:
    return {
        "font": FONT,
        "margin": {"l": 10, "r": 10, "t": 30, "b": 10},
        "paper_bgcolor": "#fff",
        "plot_bgcolor": "#fff",
        "hovermode": "closest",
        **more,
    }


def _flow(radius: BlastRadius, present: Sequence[Reach]) -> Plot:
    """The flow of the notebook, without its title: the page has one."""
    made = json.loads(blast_figure(radius).to_json())
    layout = _layout(height=max(400, 26 * len(made["data"][0]["node"]["label"])))
    return Plot(
        "flow",
        f"By which way {plural(len(present), 'body is', 'bodies are')} reached",
        "A band is as wide as the number of public bodies that are reached by that way; the ways end in how surely.",
        {"data": made["data"], "layout": layout},
    )


def _tree(radius: BlastRadius, present: Sequence[Reach]) -> Plot:
    """Ways, and in each the bodies, as large as the number of their services that could be touched."""
    dataset = radius.graph.dataset
    top = join(root_name(dataset, root) for root in radius.roots)
    ids, labels, parents, values, colours, said = ["top"], [escaped(top)], [""], [0], ["#FFFFFF"], [escaped(top)]
    groups: dict[str, list[Reach]] = defaultdict(list)
    for reach in present:
        groups[route_phrase(dataset, reach.route, reach.first)].append(reach)
    order = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    for number, (way, group) in enumerate(order):
        ids.append(f"way-{number}")
        labels.append(escaped(way))
        parents.append("top")
        values.append(0)
        colours.append("#F3F3F3")
        said.append(escaped(f"{way}: {plural(len(group), 'body', 'bodies')}"))
        for reach in group:
            services = [area for area, kinds in reach.services.items() if min(kinds.values()) <= Band.POSSIBLE]
            ids.append(reach.id)
            labels.append(escaped(f"{SIGNS[reach.band]} {short_name(dataset, reach.id)}"))
            parents.append(f"way-{number}")
            values.append(max(1, len(services)))
            colours.append(COLOURS[reach.band])
            listed = join(area_label(area) for area in services) or "services not known"
            said.append(_wrapped(f"{short_name(dataset, reach.id)}, {BAND_WORDS[reach.band]}: {listed}"))
    trace = {
        "type": "treemap",
        "ids": ids,
        "labels": labels,
        "parents": parents,
        "values": values,
        "marker": {"colors": colours, "line": {"color": "#0B0C0C", "width": 1}},
        "customdata": said,
        "hovertemplate": "%{customdata}<extra></extra>",
        "tiling": {"pad": 2},
    }
    counts = [len(found) for _, found in order]
    way = "directly" if order[0][0] == "direct" else order[0][0]
    title = {
        "all": f"All {counts[0]} are reached {way}",
        "most": f"Most are reached {way}: {counts[0]} of {len(present)}",
        "the largest group": f"More are reached {way} than in any other way: {counts[0]} of {len(present)}",
        "tied": f"No way is the most common: {tied(counts)} ways reach {counts[0]} of {len(present)} each",
    }[lead(counts)]
    return Plot(
        "tree",
        title,
        "A box for each way, and in it one for each public body, as large as the number of its services that could be "
        "touched. Click a box to go in, and the bar above to come out.",
        {"data": [trace], "layout": _layout(height=560)},
    )


def _matrix(radius: BlastRadius, present: Sequence[Reach]) -> Plot:
    """Bodies by service areas, the fullest rows and columns first."""
    dataset = radius.graph.dataset
    chosen = sorted(present, key=lambda reach: (reach.band, -len(reach.services), short_name(dataset, reach.id)))[
        :MATRIX_ROWS
    ]
    counts: dict[str | None, int] = defaultdict(int)
    for reach in chosen:
        for area in reach.services:
            counts[area] += 1
    areas = sorted(counts, key=lambda area: (-counts[area], area or "~"))
    bands = [
        [min(reach.services[area].values()) if area in reach.services else None for area in areas] for reach in chosen
    ]
    trace = {
        "type": "heatmap",
        "x": list(range(len(areas))),
        "y": list(range(len(chosen))),
        "z": [[None if band is None else 3 - int(band) for band in row] for row in bands],
        "text": [["" if band is None else SIGNS[band] for band in row] for row in bands],
        "texttemplate": "%{text}",
        "customdata": [
            [
                escaped(
                    f"{short_name(dataset, reach.id)}, {area_label(area)}: {'not reached' if band is None else BAND_WORDS[band]}"
                )
                for area, band in zip(areas, row, strict=True)
            ]
            for reach, row in zip(chosen, bands, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": [[0, "#F3F3F3"], [0.3333, "#DBE9F7"], [0.6667, "#6BACE6"], [1, "#12436D"]],
        "zmin": 0,
        "zmax": 3,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
    }
    across = _axis([area_label(area) for area in areas], side="top", tickangle=-45)
    down = _axis([short_name(dataset, reach.id) for reach in chosen], autorange="reversed")
    layout = _layout(height=160 + 24 * len(chosen), xaxis=across, yaxis=down)
    cut = f" The {MATRIX_ROWS} surest of {len(present)} are shown." if len(present) > MATRIX_ROWS else ""
    councils = sum(1 for reach in chosen if dataset.entities[reach.id].kind == AUTHORITY)
    return Plot(
        "matrix",
        f"{plural(len(areas), 'service area')} of {plural(councils, 'public body', 'public bodies')} could be touched",
        f"Public bodies by service area: ■ documented, ▲ likely, ● possible, ◇ not ruled out.{cut}",
        {"data": [trace], "layout": layout},
    )


def _axis(labels: Sequence[str], **more: object) -> dict[str, object]:
    """An axis with a label for each row or column."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": [escaped(label) for label in labels],
        "zeroline": False,
        "showgrid": False,
        "automargin": True,
        **more,
    }
