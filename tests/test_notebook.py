"""Results in a notebook: the pictures of the reports, and figures that send nothing anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from test_report import HOSTILE, hostile

import riskgraph
from riskgraph.analysis.answer import Answer
from riskgraph.analysis.blast import blast
from riskgraph.errors import RiskGraphError
from riskgraph.pictured import as_figure, as_html
from riskgraph.render.notebook import CONFIG

SEEDS = riskgraph.load("seeds")
RESULTS: dict[str, Callable[[], Any]] = {
    "BlastRadius": lambda: SEEDS.blast("civica"),
    "CallSheet": lambda: SEEDS.calls("civica"),
    "Profile": lambda: SEEDS.show("thanet"),
    "Listing": lambda: SEEDS.list("supplier"),
    "Gaps": lambda: SEEDS.gaps(),
    "Ask": lambda: SEEDS.ask(),
    "Ranking": lambda: SEEDS.rank(),
    "Concentration": lambda: SEEDS.concentration(),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_shows_itself(name: str) -> None:
    result = RESULTS[name]()
    assert type(result).__name__ == name
    html = result._repr_html_()
    assert html.count('<div class="riskgraph">') == 1
    assert "<table" in html or "<svg" in html
    assert not re.search(r"<script|<link|<img|\son\w+=|href=.http|\bsrc=|url\(", html)


def test_every_answer_shows_itself_and_none_is_registered_for_it() -> None:
    for one in (*Answer.__subclasses__(), type(SEEDS.timeline("eks-civica-2024"))):
        assert as_html.dispatch(one) is not as_html.dispatch(object)
    html = SEEDS.timeline("eks-civica-2024")._repr_html_()
    assert html is not None and "<table" in html
    own = {"BlastRadius", "Answer", "Pictured", "object"}
    assert {kind.__name__ for kind in as_html.registry} == own


@pytest.mark.parametrize("name", ["BlastRadius", "Listing", "Gaps", "Ranking", "Concentration"])
def test_a_figure_sends_nothing_anywhere(name: str) -> None:
    figure = RESULTS[name]().figure()
    assert len(figure.data) == 1 and not re.search("geo|map", figure.data[0].type)
    page = figure.to_html(include_plotlyjs=False, div_id="figure")
    assert '"showSendToCloud": false' in page and '"displaylogo": false' in page
    assert not re.search(r"https?://[^ \"']*plot", page)
    assert CONFIG["showSendToCloud"] is False
    again = figure.to_html(include_plotlyjs=False, div_id="figure")
    assert page == again


def test_a_figure_counts_what_the_radius_counts() -> None:
    radius = SEEDS.blast("civica")
    (sankey,) = radius.figure().data
    out = sum(value for source, value in zip(sankey.link.source, sankey.link.value, strict=True) if source == 0)
    assert out == len([r for r in radius.within(riskgraph.Band.POSSIBLE) if not r.root and not r.past])


def test_hostile_names_are_text_in_figures_and_pages() -> None:
    graph = hostile()
    radius = blast(graph, "shared-service:east-kent-services")
    html = radius._repr_html_()
    assert html is not None and "<script>window" not in html and "<img" not in html
    for label in radius.figure().data[0].node.label:
        assert "<" not in label
    assert any("&lt;" in label for label in radius.figure().data[0].node.label) or HOSTILE


def test_what_has_no_figure_says_so() -> None:
    assert as_figure.dispatch(type(SEEDS.calls("civica"))) is as_figure.dispatch(object)
    with pytest.raises(RiskGraphError, match="no figure of a CallSheet"):
        SEEDS.calls("civica").figure()
