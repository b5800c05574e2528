"""Results that show themselves in a notebook.

How they look is said upstairs: `riskgraph.render.notebook` registers with `as_html` and `as_figure`, by class, when it
is imported (`riskgraph.api` does so). Without it, a result is shown as its text.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from riskgraph.errors import RiskGraphError

__all__ = ["Pictured", "as_figure", "as_html"]


@singledispatch
def as_html(result: object) -> str | None:  # noqa: ARG001
    """A result as HTML; `None` (so that its text is shown) where nobody says how."""
    return None


@singledispatch
def as_figure(result: object) -> Any:
    """A result as a Plotly figure.

    Raises
    ------
    RiskGraphError
        If there is none for results of this class.
    """
    raise RiskGraphError(
        f"There is no figure of a {type(result).__name__}.", "Open the map with riskgraph.load, or use to_frame()."
    )


class Pictured:
    """A result that a notebook shows as a page, and that can be had as a figure."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return as_html(self)

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
        return as_figure(self)
