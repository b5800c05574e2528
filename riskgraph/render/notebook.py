"""What results look like in a notebook: the pictures of the reports, and Plotly figures.

Names are data: Plotly takes some letters of a label for markup, so they are escaped on the way in.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from riskgraph.analysis.answer import Answer
from riskgraph.analysis.blast import BlastRadius
from riskgraph.analysis.concentration import Concentration
from riskgraph.analysis.gaps import Gaps
from riskgraph.analysis.profile import Listing
from riskgraph.analysis.rank import Ranking
from riskgraph.pictured import Pictured, as_figure, as_html
from riskgraph.render.blocks import Heading, Table
from riskgraph.render.headline import finding
from riskgraph.render.page import answer_table
from riskgraph.render.words import join, root_name
from riskgraph.report.exposures import reached_table
from riskgraph.report.files import fragment
from riskgraph.report.parts import BAND_WORDS, columns_of, if_failing, routes
from riskgraph.report.registry import Context

__all__ = ["CONFIG", "blast_figure", "escaped"]

# No button that sends the data of a picture to somebody else, and none that advertises.
CONFIG = {"showSendToCloud": False, "plotlyServerURL": "", "displaylogo": False, "responsive": True}
ROWS_SHOWN = 30  # of a table in a notebook
DARK = "#12436D"


@as_html.register(Answer)
def _answer_html(answer: Answer) -> str:
    """Any answer: its first table, cut after some rows."""
    return fragment(answer.form.says, [answer_table(answer, most=ROWS_SHOWN)])


@as_html.register(BlastRadius)
def _blast_html(radius: BlastRadius) -> str:
    _, picture = routes(radius, radius.within())
    table = reached_table(Context(radius.graph, radius.question), radius)
    table = columns_of(table, "name", "surest", "route", "services", most=ROWS_SHOWN)
    return fragment(finding(radius), [table] if picture is None else [replace(picture, see=""), table])


@as_html.register(Pictured)
def _table(result: Any) -> str:
    """Any result that has a data frame, as a table that is cut after some rows."""
    frame = result.to_frame()
    numbers = set(frame.select_dtypes("number").columns)
    columns = tuple(
        Heading(str(name), str(name).replace("_", " ").capitalize(), "number" if name in numbers else "text")
        for name in frame.columns
    )
    rows = tuple(tuple(_cell(value) for value in row) for row in frame.head(ROWS_SHOWN).itertuples(index=False))
    more = f"{len(frame) - ROWS_SHOWN:,} more rows: to_frame()." if len(frame) > ROWS_SHOWN else ""
    title = repr(result).strip("<>") if len(repr(result)) < 200 else type(result).__name__
    return fragment(title, [Table("result", title, columns, rows, note=more)])


def _cell(value: Any) -> str | int | float | None:
    if value is None or value != value:
        return None
    if isinstance(value, int | float | str):
        return value
    return value.item() if hasattr(value, "item") else str(value)


# -- figures ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _figure_class() -> Any:
    """A Plotly figure that shows itself without the buttons; made when the first figure is."""
    import plotly.graph_objects as go  # type: ignore[import-untyped]

    class PlainFigure(go.Figure):  # type: ignore[misc]
        """A figure that always takes our configuration."""

        def show(self, *args: Any, **kwargs: Any) -> Any:
            return super().show(*args, **{"config": dict(CONFIG), **kwargs})

        def to_html(self, *args: Any, **kwargs: Any) -> Any:
            return super().to_html(*args, **{"config": dict(CONFIG), **kwargs})

        def write_html(self, *args: Any, **kwargs: Any) -> Any:
            return super().write_html(*args, **{"config": dict(CONFIG), **kwargs})

        def _ipython_display_(self) -> None:
            self.show()

    return PlainFigure


def _figure(trace: Any, title: str) -> Any:
    font = {"family": "Arial, Helvetica, sans-serif", "size": 14, "color": "#0B0C0C"}
    layout = {"title": {"text": escaped(title)}, "font": font, "template": "none", "margin": {"l": 40, "r": 40}}
    return _figure_class()(data=[trace], layout=layout)


def escaped(text: str) -> str:
    """Text that Plotly shows as it is.

    Examples
    --------
    >>> escaped("<b>A & B</b>")
    '&lt;b&gt;A &amp; B&lt;/b&gt;'
    """
    return html.escape(text, quote=False)


@as_figure.register(BlastRadius)
def blast_figure(radius: BlastRadius) -> Any:
    """A Sankey from what fails to the bodies at the end of each way; its width is their number."""
    import plotly.graph_objects as go

    present = radius.within()
    order, _ = routes(radius, present)
    roots = join(root_name(radius.graph.dataset, root) for root in radius.roots)
    places: dict[str, int] = {"root": 0}
    labels, flows = [roots], dict[tuple[int, int, int], int]()
    for (between, _), group in order:
        for band in sorted({reach.band for reach in group}):
            count = sum(1 for reach in group if reach.band is band)
            stops = [*between, (f"band-{int(band)}", BAND_WORDS[band])]
            here = 0
            for id_, words in stops:
                if id_ not in places:
                    places[id_] = len(labels)
                    labels.append(words)
                key = (here, places[id_], int(band))
                flows[key] = flows.get(key, 0) + count
                here = places[id_]
    colours = ("rgba(18,67,109,0.6)", "rgba(32,115,188,0.5)", "rgba(107,172,230,0.5)", "rgba(191,191,191,0.5)")
    trace = go.Sankey(
        node={"label": [escaped(label) for label in labels], "color": DARK, "pad": 18},
        link={
            "source": [source for source, _, _ in flows],
            "target": [target for _, target, _ in flows],
            "value": list(flows.values()),
            "color": [colours[band] for _, _, band in flows],
        },
    )
    return _figure(trace, f"{len(present)} bodies could be reached {if_failing(radius)}")


def _bars(name: str, amount: str, title: str) -> Callable[[Any], Any]:
    """A figure of sorted bars: the first twenty rows of the frame, largest at the top."""

    def figure(result: Any) -> Any:
        import plotly.graph_objects as go

        frame = result.to_frame()
        frame = frame.sort_values(amount, ascending=False, kind="stable").head(20)[::-1]
        trace = go.Bar(
            x=frame[amount].tolist(),
            y=[escaped(str(value)) for value in frame[name]],
            orientation="h",
            marker={"color": DARK},
            text=frame[amount].tolist(),
            hoverinfo="x+y",
        )
        return _figure(trace, title)

    return figure


as_figure.register(Ranking, _bars("root", "authorities", "Could be reached, by what fails"))
as_figure.register(Concentration, _bars("supplier", "authorities", "Councils, by supplier"))
as_figure.register(Listing, _bars("name", "dependents", "Direct users"))
as_figure.register(Gaps, _bars("name", "blanks", "Blanks that matter"))
