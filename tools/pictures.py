"""The pictures in `docs/images`, taken from real reports and the atlas in Chromium: `python tools/pictures.py`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from riskgraph.data.folders import update_folder
from riskgraph.graph import RiskGraph
from riskgraph.report import ReportOptions, make
from riskgraph.report.atlas import atlas

IMAGES = Path(__file__).parents[1] / "docs" / "images"
# picture -> root of the report, what to take of the page
TAKEN = {
    "report-page-one.png": ("civica", "body", 980),
    "report-lanes.png": ("capita", "figure.lanes-figure", None),
    "report-map.png": ("civica", "figure.tiles-figure", None),
}


def main() -> None:
    """Take every picture."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    graph = RiskGraph.open("uk")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--host-resolver-rules=MAP * ~NOTFOUND"])
        for name, (root, part, height) in TAKEN.items():
            where = Path(folder) / root
            update_folder(where, make(graph, "blast", [root], ReportOptions(data="uk")).files)
            page = browser.new_page(viewport={"width": 920, "height": height or 900})
            page.goto((where / "report.html").as_uri())
            picture = page.screenshot() if height else page.locator(part).screenshot()
            (IMAGES / name).write_bytes(picture)
            print(f"{name}: {len(picture) // 1000} KB")
        where = Path(folder) / "atlas.html"
        where.write_bytes(atlas(graph).page)
        page = browser.new_page(viewport={"width": 1160, "height": 1500})
        page.goto(f"{where.as_uri()}#a=supplier:capita")
        picture = page.screenshot()
        (IMAGES / "atlas.png").write_bytes(picture)
        print(f"atlas.png: {len(picture) // 1000} KB")
        browser.close()


if __name__ == "__main__":
    main()
