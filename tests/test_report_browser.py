"""Reports in a real browser: offline, without a fault, for everybody, on paper, and with hostile names."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from conftest import need
from reporting import KINDS, bundle
from test_report import HOSTILE, hostile

import riskgraph.render.notebook  # noqa: F401
from riskgraph.analysis.blast import blast
from riskgraph.data.folders import update_folder
from riskgraph.report import make

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
HOW = "Install it, such as with apt-get install chromium-headless-shell fonts-dejavu-core fonts-liberation."
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Open = Callable[..., tuple[Any, list[str]]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system: headless, and no name leads anywhere."""
    program = os.environ.get("BROWSER_FOR_TESTS") or next(filter(None, map(shutil.which, NAMES)), None)
    if not program:
        need("Chromium", HOW)
    sync = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--host-resolver-rules=MAP * ~NOTFOUND"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Open a file from disk with the network off; gives the page and everything that went wrong."""
    contexts = []

    def open_(path: Path, **options: Any) -> tuple[Any, list[str]]:
        def dialog(asked: Any) -> None:
            wrong.append(asked.message)
            asked.dismiss()

        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page, wrong, own = context.new_page(), [], path.as_uri()
        if options.get("java_script_enabled", True):
            context.expose_binding("__csp", lambda _, what: wrong.append(what))
            context.add_init_script(
                "addEventListener('securitypolicyviolation', e => __csp(e.effectiveDirective + ' ' + e.blockedURI))"
            )
        context.on("request", lambda r: None if r.url.split("#")[0] == own else wrong.append(r.url))
        page.on("websocket", lambda socket: wrong.append(socket.url))
        context.on("console", lambda m: wrong.append(m.text) if m.type in {"error", "warning"} else None)
        context.on("weberror", lambda e: wrong.append(str(e.error)))
        context.on("dialog", dialog)
        page.goto(own)
        page.wait_for_timeout(50)  # late errors
        return page, wrong

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of report on disk."""
    where = tmp_path_factory.mktemp("reports")
    for name in KINDS:
        update_folder(where / name, bundle(name).files)
    return where


PAGES = [f"{name}/report.html" for name in KINDS] + ["blast/calls.html"]


@pytest.mark.parametrize("page_name", PAGES)
def test_a_page_opens_offline_and_is_accessible(page_name: str, folder: Path, open_page: Open) -> None:
    page, wrong = open_page(folder / page_name)
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)["violations"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert wrong == []


@pytest.mark.parametrize("page_name", PAGES)
def test_a_narrow_window_needs_no_sideways_scrolling(page_name: str, folder: Path, open_page: Open) -> None:
    page, wrong = open_page(folder / page_name, viewport={"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = "[...document.querySelectorAll('.scroll')].every(b => b.scrollWidth <= b.clientWidth || b.tabIndex === 0)"
    assert page.evaluate(boxes)
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height).filter(h => h > 0)"
    )
    assert min(sizes, default=12) >= 10, "letters of a picture became too small"
    assert wrong == []


@pytest.mark.parametrize("name", ["blast", "council", "overview", "supplier", "replay", "bulletin"])
def test_every_picture_has_marks_a_finding_and_words(name: str, folder: Path, open_page: Open) -> None:
    page, _ = open_page(folder / name / "report.html", reduced_motion="reduce")
    figures = page.query_selector_all("figure")
    assert figures or name == "bulletin"
    for figure in figures:
        assert figure.query_selector("h3").inner_text().strip()
        assert len(figure.query_selector("figcaption p").inner_text()) > 40
        marks = figure.query_selector_all("svg rect, svg path, svg circle, td[class^=b]")
        assert len(marks) > 0
        drawn = figure.evaluate("f => [...f.querySelectorAll('rect')].every(r => r.getBoundingClientRect().height > 0)")
        assert drawn
    dark = page.evaluate(_CONTRAST)
    assert [item for item in dark if item[1] < 4.5] == []


# contrast of SVG text, which axe leaves open: against the box under its middle, or the page
_CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.match(/[0-9.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  return [...document.querySelectorAll('svg text')].filter(t => t.textContent.trim()).map(t => {
    t.scrollIntoView({block: 'center', inline: 'center'});
    const box = t.getBoundingClientRect();
    const under = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).find(e => e.tagName === 'rect');
    const back = light(under ? getComputedStyle(under).fill : 'rgb(255, 255, 255)');
    const front = light(getComputedStyle(t).fill);
    return [t.textContent, (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)];
  });
}"""


def test_with_scripts_off_everything_is_there(folder: Path, open_page: Open) -> None:
    on, _ = open_page(folder / "blast" / "report.html")
    off, wrong = open_page(folder / "blast" / "report.html", java_script_enabled=False)
    cells = (
        "[...document.querySelectorAll('table')].map(t => [...t.rows].map(r => [...r.cells].map(c => c.textContent)))"
    )
    assert on.evaluate(cells) == off.evaluate(cells)
    report = bundle("blast").report
    rows = off.evaluate("document.querySelectorAll('#table-exposures-page tbody tr').length")
    assert rows == len(report.tables["exposures"].rows)
    assert off.evaluate("document.querySelectorAll('button, input').length") == 0
    for section in report.sections:
        assert off.locator(f"#{section.id}").is_visible()
    assert wrong == []


def test_with_scripts_on_tables_sort_and_filter(folder: Path, open_page: Open) -> None:
    page, wrong = open_page(folder / "blast" / "report.html")
    column = "[...document.querySelectorAll('#table-exposures-page tbody tr')].filter(r => !r.hidden).map(r => r.cells[%d].textContent)"
    before = page.evaluate(column % 0)
    button = page.get_by_role("button", name="Who", exact=False).first
    button.click()
    assert page.evaluate(column % 0) == sorted(before, key=str.casefold)
    assert page.locator("#table-exposures-page th").first.get_attribute("aria-sort") == "ascending"
    button.click()
    assert page.evaluate(column % 0) == sorted(before, key=str.casefold, reverse=True)
    page.get_by_role("button", name="Surest").first.click()
    bands = page.evaluate(column % 1)
    order = ["documented", "likely", "possible", "not ruled out"]
    filled = [order.index(band) for band in bands if band]
    assert filled == sorted(filled) and bands[len(filled) :] == [""] * (len(bands) - len(filled))
    page.get_by_label("Show only rows with").first.fill("adur")
    assert page.evaluate(column % 0) == ["Adur"]
    assert page.locator("output").first.inner_text() == f"1 of {len(before)} rows"
    assert wrong == []


def test_the_keyboard_reaches_everything_and_is_seen(folder: Path, open_page: Open) -> None:
    page, _ = open_page(folder / "small" / "report.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").is_visible()
    stops = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(e => [e.tagName, e.textContent.slice(0, 30), getComputedStyle(e).outlineStyle, "
            "e.getBoundingClientRect().height >= 24 || e.tagName === 'A'])(document.activeElement)"
        )
        if found[0] == "BODY":
            break
        assert found[2] == "solid", found
        assert found[3], f"{found} is too small to hit"
        stops.add((found[0], found[1]))
    else:
        pytest.fail("the keyboard never came to the end")
    assert {tag for tag, _ in stops} >= {"A", "BUTTON", "DIV"}


def pdf_pages(page: Any) -> list[str]:
    from pypdf import PdfReader

    data = page.pdf(format="A4", prefer_css_page_size=True, tagged=True, outline=True)
    return [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(data)).pages]


@pytest.mark.parametrize(
    "page_name", ["small/report.html", "council/report.html", "overview/report.html", "bulletin/report.html"]
)
def test_every_printed_page_carries_the_marking(page_name: str, folder: Path, open_page: Open) -> None:
    page, _ = open_page(folder / page_name)
    label = bundle(page_name.partition("/")[0]).marking.tlp.label
    sheets = pdf_pages(page)
    for number, sheet in enumerate(sheets, 1):
        assert sheet.count(label) >= 2, f"page {number}"
        assert f"Page {number} of {len(sheets)}" in sheet
        if page_name.startswith("council"):
            assert "OFFICIAL" in sheet
    for head in ("What it means", "What we do not know", "Do now", "Decisions needed"):
        assert head in sheets[0], "page one is one page"
    assert "In this report" not in sheets[0]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 680, "something is cut off on paper"


def test_a_long_table_prints_its_head_on_every_page(folder: Path, open_page: Open) -> None:
    page, _ = open_page(folder / "blast" / "report.html")
    sheets = pdf_pages(page)
    table = [sheet for sheet in sheets if len(re.findall(r"[■▲●◇] ", sheet)) > 30]
    assert len(table) >= 2
    assert all("Who Surest" in sheet for sheet in table)


def test_the_call_sheet_is_one_side(folder: Path, open_page: Open) -> None:
    page, _ = open_page(folder / "blast" / "calls.html")
    sheets = pdf_pages(page)
    assert len(sheets) == 1
    assert sheets[0].count("TLP:AMBER+STRICT") >= 4


def test_bands_are_told_apart_without_colour(folder: Path, open_page: Open) -> None:
    page, _ = open_page(folder / "blast" / "report.html")
    signs = page.evaluate(
        "[0, 1, 2, 3].map(b => document.querySelector('td.b' + b)).map(c => c && getComputedStyle(c, '::before').content)"
    )
    assert len(set(signs)) == 4
    page.emulate_media(forced_colors="active")
    drawn = page.evaluate("getComputedStyle(document.querySelector('.bar-svg rect')).fill")
    assert drawn != page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("bypass", [False, True], ids=["policy", "no-policy"])
def test_hostile_names_are_shown_exactly_and_do_nothing(bypass: bool, tmp_path: Path, open_page: Open) -> None:
    graph = hostile()
    for kind, names in (
        ("blast", ["shared-service:east-kent-services"]),
        ("council", ["authority:thanet"]),
        ("supplier", ["supplier:civica"]),
    ):
        update_folder(tmp_path / kind, make(graph, kind, names).files)
        for file in sorted((tmp_path / kind).glob("*.html")):
            page, wrong = open_page(file, bypass_csp=bypass)
            assert page.evaluate("window.__pwned") is None
            assert page.locator('a:not([href^="#"]), img, iframe').count() == 0
            assert page.locator("script").count() == 1
            attributes = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on|^style$/.test(a.name)))"
            assert page.evaluate(f"{attributes}.length") == 0
            assert wrong == []
    page, _ = open_page(tmp_path / "blast" / "report.html", bypass_csp=bypass)
    shown = page.evaluate(
        "[...document.querySelectorAll('#table-exposures-page tbody th bdi')].map(e => e.textContent)"
    )
    assert shown
    assert all(any(name.startswith(payload) for payload in HOSTILE) for name in shown)


def test_a_hole_would_be_seen(tmp_path: Path, open_page: Open) -> None:
    """The checks above are worth something: a page with a hole fails them."""
    update_folder(tmp_path, make(hostile(), "blast", ["shared-service:east-kent-services"]).files)
    path = tmp_path / "report.html"
    html = path.read_text("utf-8")
    holed = html.replace("</h1>", "<script>window.__pwned=1</script><img src=https://evil.example/x></h1>", 1)
    assert holed != html
    path.write_text(holed, "utf-8")
    page, wrong = open_page(path, bypass_csp=True)
    assert page.evaluate("window.__pwned") == 1
    assert "https://evil.example/x" in "".join(wrong)
    page, wrong = open_page(path)  # and the policy alone would have stopped it
    assert page.evaluate("window.__pwned") is None
    assert any("script-src" in what for what in wrong)


def test_a_figure_draws_sends_nothing_and_shows_names_exactly(tmp_path: Path, open_page: Open) -> None:
    radius = blast(hostile(), "shared-service:east-kent-services")
    path = tmp_path / "figure.html"
    radius.figure().write_html(path, include_plotlyjs=True, div_id="figure")
    page, wrong = open_page(path)
    page.wait_for_selector("path.sankey-link")
    assert page.locator("path.sankey-link").count() == len(radius.figure().data[0].link.source)
    labels = page.evaluate("[...document.querySelectorAll('.node-label')].map(t => t.textContent)")
    (root,) = [entity.name for entity in radius.graph.dataset.entities.values() if entity.id == radius.roots[0]]
    assert root in labels
    assert page.evaluate("window.__pwned") is None
    assert page.locator("#figure a[href^=http], #figure a[xlink\\:href]").count() == 0
    titles = page.evaluate("[...document.querySelectorAll('.modebar-btn')].map(b => b.dataset.title || '')")
    assert not [title for title in titles if re.search("share|cloud|edit|plotly", title, re.IGNORECASE)]
    assert wrong == []
