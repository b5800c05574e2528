"""Results that show themselves in a notebook. What they look like is said upstairs, in `riskgraph.render.notebook`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from riskgraph.errors import RiskGraphError

__all__ = ["VIEWS", "Display", "Pictured"]


class Display(NamedTuple):
    """How results of one class are shown: as HTML, and as a Plotly figure (if there is one)."""

    html: Callable[[Any], str]
    figure: Callable[[Any], Any] | None


VIEWS: dict[str, Display] = {}  # name of a class to its view; filled when a map is opened with riskgraph.load


class Pictured:
    """A result that a notebook shows as a page, and that can be had as a figure."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The result as HTML, for Jupyter; `None` (so that its text is shown) where no view is known."""
        view = VIEWS.get(type(self).__name__)
        return None if view is None else view.html(self)

    def figure(self) -> Any:
        """The result as a Plotly figure, to look at in a notebook or to save as a page.

        Returns
        -------
        plotly.graph_objects.Figure
            Without buttons that send anything anywhere.

        Raises
        ------
        RiskGraphError
            If there is no figure for this result.

        Examples
        --------
        >>> import riskgraph
        >>> figure = riskgraph.load("seeds").blast("east kent services").figure()
        >>> figure.data[0].type
        'sankey'
        """
        view = VIEWS.get(type(self).__name__)
        if view is None or view.figure is None:
            raise RiskGraphError(
                f"There is no figure of a {type(self).__name__}.",
                "Open the map with riskgraph.load, or use to_frame().",
            )
        return view.figure(self)
