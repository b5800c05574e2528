"""The explorer in a real browser: marks in every picture, no way out, names as they are, tables without scripts."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from reporting import seeds, uk
from test_explorer import page_of
from test_report import hostile
from test_report_browser import RULES, Open, browser, open_page

from riskgraph.analysis.blast import blast
from riskgraph.graph import RiskGraph
from riskgraph.model import Band

__all__ = ["browser", "open_page"]  # fixtures that are shared with the reports

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

MARKS = {
    "#network": "g.scatterlayer path.point",
    "#flow": "path.sankey-link",
    "#tree": "g.treemaplayer g.slice",
    "#matrix": "g.heatmaplayer image",
}


def test_every_picture_has_marks_and_sends_nothing(tmp_path: Path, open_page: Open) -> None:
    path = tmp_path / "explorer.html"
    path.write_bytes(page_of(uk(), "supplier:capita"))
    page, wrong = open_page(path)
    page.wait_for_selector("#matrix g.heatmaplayer image")
    found = {where: page.locator(f"{where} {mark}").count() for where, mark in MARKS.items()}
    present = [r for r in blast(uk(), "supplier:capita").within(Band.POSSIBLE) if not r.root and not r.past]
    assert found["#network"] > len(present) and found["#tree"] > len(present)
    assert found["#flow"] > 5 and found["#matrix"] == 1
    titles = page.evaluate("[...document.querySelectorAll('.modebar-btn')].map(b => b.dataset.title)")
    assert titles and not [title for title in titles if re.search(r"share|cloud|plotly|edit", title, re.IGNORECASE)]
    assert page.locator('a[href^="http"], .modebar-btn--logo').count() == 0
    assert page.locator("#no-scripts").is_hidden()
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    violations = page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)["violations"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in violations] == []
    assert wrong == []


def test_hostile_names_are_text_in_the_pictures(tmp_path: Path, open_page: Open) -> None:
    graph = hostile()
    path = tmp_path / "explorer.html"
    path.write_bytes(page_of(graph, "shared-service:east-kent-services"))
    page, wrong = open_page(path, bypass_csp=True)
    page.wait_for_selector("#network path.point")
    shown = page.evaluate("[...document.querySelectorAll('#network .textpoint text')].map(t => t.textContent)")
    names = {graph.dataset.entities[f"authority:{slug}"].name for slug in ("canterbury", "dover", "thanet")}
    assert {" ".join(name.split()) for name in names} <= {" ".join(text.split()) for text in shown}
    assert page.evaluate("window.__pwned") is None
    assert page.locator('a[href^="http"], a[href^="javascript" i], iframe, svg b').count() == 0
    assert page.locator("script").count() == 3
    assert wrong == []


def test_without_scripts_the_tables_say_it_all(tmp_path: Path, open_page: Open) -> None:
    path = tmp_path / "explorer.html"
    path.write_bytes(page_of(RiskGraph(seeds()), "shared-service:partnershipone"))
    page, _ = open_page(path, java_script_enabled=False)
    assert page.locator("#no-scripts").is_visible()
    rows = page.locator("section tbody").first.locator("tr").count()
    assert rows == 3
    narrow, wrong = open_page(path, viewport={"width": 320, "height": 800})
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    assert wrong == []
