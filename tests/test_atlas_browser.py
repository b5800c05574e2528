"""The atlas in a real browser: it answers as `blast` does, is accessible, keeps its view, and prints with its marking."""

from __future__ import annotations

import random
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from reporting import seeds, uk
from test_report import HOSTILE, hostile
from test_report_browser import _CONTRAST, RULES, Open, browser, open_page, pdf_pages

from riskgraph.analysis.affected import affected_by
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.radius import Reach
from riskgraph.analysis.select import Selection, nothing_recorded
from riskgraph.analysis.triage import Tier
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band, FailureKind
from riskgraph.render.affected import affected_lines
from riskgraph.render.atlas import unpack
from riskgraph.render.headline import asked_of, finding
from riskgraph.render.words import area_label, band_phrase, plural, sentence, short_name
from riskgraph.report.atlas import atlas

__all__ = ["browser", "open_page"]  # fixtures that are shared with the reports

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

EKS = "#a=shared-service:east-kent-services"
TWO = "#a=supplier:capita&b=supplier:civica/revenues-benefits"


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("atlas") / "uk.html"
    path.write_bytes(atlas(uk(), tlp="amber", classification="OFFICIAL").page)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("atlas") / "seeds.html"
    path.write_bytes(atlas(RiskGraph(seeds()), data="seeds").page)
    return path


# everything that the page shows of each question: its first line, its numbers, and the rows of the table of each tier
READ = """(asked) => asked.map((hash) => {
  history.replaceState(null, '', hash);
  dispatchEvent(new PopStateEvent('popstate'));
  const rows = {};
  for (const id of ['first', 'possible', 'altered', 'unrecorded', 'past', 'less']) {
    const table = document.querySelector('#' + id + ' table');
    if (!table) { rows[id] = []; continue; }
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    rows[id] = [...table.tBodies[0].rows].map((row) => Object.fromEntries([...row.cells].map((cell, n) => [heads[n], cell.textContent])));
  }
  const told = (id) => [...document.querySelectorAll('#' + id + ' p')].map((one) => one.textContent);
  const tiers = [...document.querySelectorAll('#tiers li')].map((card) => [card.dataset.tier, Number(card.querySelector('.figure').textContent)]);
  return {finding: document.getElementById('finding').textContent, rows, tiers, people: told('people'), incidents: told('incidents'),
    knows: document.getElementById('knows').textContent, apart: document.getElementById('apart').textContent};
})"""


def row_of(radius: BlastRadius, tier: Tier, reach: Reach) -> dict[str, str]:
    """What the page has to say of one body in the table of its tier."""
    dataset = radius.graph.dataset
    told = [kind for kind in FailureKind if tier is Tier.ALTERED or kind in radius.question.counting]
    used = {kind for body in radius.tiers[tier] for kind in radius[body].kinds if kind in told}
    altering = [hit.band for kind, hit in reach.kinds.items() if kind not in radius.question.counting]
    sure = min(altering) if tier is Tier.ALTERED else reach.band
    row = {"Who": short_name(dataset, reach.id), "How surely": band_phrase(sure).replace("cannot be", "not")}
    for kind in sorted(used):
        hit = reach.kinds.get(kind)
        row[kind.effect[0].upper() + kind.effect[1:]] = "not reached" if hit is None else band_phrase(hit.band)
    limit = Band.NOT_RULED_OUT if tier in {Tier.UNRECORDED, Tier.PAST} else Band.POSSIBLE
    areas = [
        area for area, kinds in reach.services.items() if any(kinds.get(kind, limit + 1) <= limit for kind in used)
    ]
    row["Services"] = ", ".join(area_label(area) for area in areas) or "not known"
    if tier is Tier.PAST:
        row["Ended"] = reach.ended or "not known"
    else:
        row["Last seen"] = (reach.seen or "not known")[: 9 if reach.seen is None else 4]
    row["How it is reached"] = sentence(dataset, reach.lead[1].proof)
    return row


def is_told_as(said: dict[str, Any], radius: BlastRadius) -> None:
    """What the page shows is what `blast` answers: first line, number of each tier, and who stands in it, in order."""
    dataset = radius.graph.dataset
    assert said["finding"] == f"{finding(radius)} ({asked_of(radius)})."
    assert said["tiers"] == [[tier.name.lower(), len(ids)] for tier, ids in radius.tiers.items() if ids], radius
    for tier, ids in radius.tiers.items():
        if tier is not Tier.PRECAUTION:
            expected = [row_of(radius, tier, radius[body]) for body in ids]
            assert said["rows"][tier.name.lower()] == expected, (radius, tier)
    surest = radius.first_band if radius.tiers[Tier.FIRST] else radius.band
    assert [*said["incidents"], *said["people"]] == affected_lines(dataset, affected_by(radius, surest)), radius
    gone = len(radius.abolished)
    assert (f"{gone} bod" in said["apart"]) == (gone > 0)
    known = radius.coverage
    told = (
        ""
        if known is None
        else f"{area_label(known.area)} known at {known.known:,} of {plural(known.councils, 'council')}"
    )
    assert told in said["knows"] and (dataset.info.track_record or "") in said["knows"], radius


ASKED = ("supplier:civica", "supplier:capita", "supplier:idox", "supplier:netcall", "authority:essex")
MEMBERS = (
    "adur babergh bromley canterbury dover east-hampshire essex hart hastings norwich redbridge rother thanet worthing"
)


@pytest.mark.parametrize("question", ["compromise", "insolvency"])
@pytest.mark.parametrize(
    "members", ["", MEMBERS, "norwich bradford", "essex"], ids=["all", "a-region", "two", "itself"]
)
@pytest.mark.parametrize("band", ["possible", "likely", "documented"])
def test_its_first_line_and_its_tiers_are_those_of_blast(
    question: str, members: str, band: str, national: Path, open_page: Open
) -> None:
    page, wrong = open_page(national)
    roots = [*ASKED, "shared-service:east-kent-services", "product:modern-gov", "environment:rbkc-shared-it"]
    only = f"&only={members.replace(' ', ',')}" if members else ""
    shown = page.evaluate(READ, [f"#a={root}&if={question}&sure={band}{only}" for root in roots])
    ids = [f"authority:{name}" for name in members.split()] or None
    for root, said in zip(roots, shown, strict=True):
        is_told_as(said, blast(uk(), root, like=question, members=ids, band=band))
    assert wrong == []


def test_asking_only_for_altered_software_makes_nobody_surer(national: Path, open_page: Open) -> None:
    page, _ = open_page(national)
    radius = blast(uk(), "civica")
    (shown,) = page.evaluate(READ, ["#a=supplier:civica&kind=tampering"])
    altered = {
        tier: [short_name(uk().dataset, body) for body in ids if FailureKind.TAMPERING in radius[body].kinds]
        for tier, ids in radius.tiers.items()
        if tier is not Tier.PRECAUTION
    }
    assert len(altered[Tier.ALTERED]) > 100 > len(altered[Tier.FIRST])
    assert {tier: [row["Who"] for row in shown["rows"][tier.name.lower()]] for tier in altered} == altered


def test_several_members_of_whom_nothing_is_recorded_are_counted(national: Path, open_page: Open) -> None:
    """Two suppliers at once too: what is read of them together is what `blast` says of both."""
    page, _ = open_page(national)
    everybody = Selection(
        uk(), members=frozenset(id_ for id_, e in uk().dataset.entities.items() if e.kind == AUTHORITY)
    )
    silent = nothing_recorded(everybody, uk().view())[:3]
    assert silent
    names = [*silent, "authority:adur"]
    pair = ["supplier:capita", "supplier:civica"]
    only = ",".join(name.removeprefix("authority:") for name in names)
    shown = page.evaluate(
        READ, [f"#a={pair[0]}&only={only}", f"#a={pair[0]}&b={pair[1]}", f"#a={pair[0]}&b={pair[1]}&only={only}"]
    )
    assert "nothing recorded" in shown[0]["finding"]
    for said, (roots, members) in zip(shown, [(pair[:1], names), (pair, None), (pair, names)], strict=True):
        radius = blast(uk(), roots, members=members)
        assert said["finding"] == f"{finding(radius)} ({asked_of(radius)})."
        assert said["tiers"] == [[tier.name.lower(), len(ids)] for tier, ids in radius.tiers.items() if ids]
        for tier, ids in radius.tiers.items():
            if tier is not Tier.PRECAUTION:
                assert [row["Who"] for row in said["rows"][tier.name.lower()]] == [
                    short_name(uk().dataset, body) for body in ids
                ]


@pytest.mark.parametrize(("question", "size"), [("compromise", 200), ("insolvency", 100)])
def test_hundreds_of_roots_are_shown_as_blast_answers(
    question: str, size: int, national: Path, open_page: Open
) -> None:
    page, wrong = open_page(national)
    graph = uk()
    names = graph.compiled(graph.view()).names(graph.dataset)
    roots = random.Random(65).sample(names, size)  # noqa: S311 - a sample
    roots += ["supplier:capita", "supplier:civica/revenues-benefits", "environment:rbkc-shared-it", "authority:kent"]
    shown = page.evaluate(READ, [f"#a={root}&if={question}" for root in roots])
    for root, said in zip(roots, shown, strict=True):
        is_told_as(said, blast(graph, [root], like=question))
    assert wrong == []


def test_two_things_side_by_side_and_together(national: Path, open_page: Open) -> None:
    page, wrong = open_page(national)
    pair = ("supplier:capita", "supplier:civica/revenues-benefits")
    radius = blast(uk(), pair)
    alone = [{r.id for r in blast(uk(), [root]).within(Band.POSSIBLE)} for root in pair]
    (shown,) = page.evaluate(READ, [TWO])
    assert shown["finding"] == f"{finding(radius)} ({asked_of(radius)})."
    counts = page.evaluate("[...document.querySelectorAll('#apart-two tbody td')].map(c => Number(c.textContent))")
    both = len(alone[0] & alone[1])
    assert counts == [*map(len, alone), both, len(alone[0]) - both, len(alone[1]) - both, len(alone[0] | alone[1])]
    for who, ids in (("both", alone[0] & alone[1]), ("a", alone[0] - alone[1]), ("b", alone[1] - alone[0])):
        page.locator("#who").select_option(who)
        names = page.evaluate(
            "[...document.querySelectorAll('#first tbody th, #possible tbody th')].map(c => c.textContent)"
        )
        assert sorted(names) == sorted(short_name(uk().dataset, id_) for id_ in ids)
        assert f"who={who}" in page.url
    assert wrong == []


@pytest.mark.parametrize("view", ["", EKS, TWO, "#a=authority:thanet", f"{EKS}&if=insolvency&sure=not-ruled-out"])
def test_the_atlas_is_accessible(view: str, national: Path, open_page: Open) -> None:
    page, wrong = open_page(national)
    page.evaluate("hash => { location.hash = hash; }", view)
    page.wait_for_timeout(50)
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    if not view:
        page.locator("#a").fill("civ")
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)["violations"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert wrong == []


def test_it_fits_a_narrow_window_and_its_letters_can_be_read(national: Path, open_page: Open) -> None:
    for view in ("", EKS, TWO):
        page, wrong = open_page(national, viewport={"width": 320, "height": 800})
        page.evaluate("hash => { location.hash = hash; }", view)
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(
            "[...document.querySelectorAll('.scroll')].every(b => b.scrollWidth <= b.clientWidth || b.tabIndex === 0)"
        )
        assert wrong == []
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height).filter(h => h > 0)"
    )
    assert min(sizes) >= 9
    page.locator("#map .scroll").scroll_into_view_if_needed()
    assert [item for item in page.evaluate(_CONTRAST) if item[1] < 4.5] == []


def test_the_keyboard_is_enough(national: Path, open_page: Open) -> None:
    page, wrong = open_page(national)
    page.locator("#a").focus()
    page.keyboard.type("east kent serv")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#a").get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").inner_text().startswith("East Kent Services")
    page.keyboard.press("Enter")
    assert (
        page.locator("#finding")
        .inner_text()
        .replace("\n", " ")
        .startswith("3 of 382 councils could be reached first if East Kent")
    )
    assert page.url.endswith(EKS)
    assert page.locator("#a-list").is_hidden()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "b"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(
            "(e => getComputedStyle(e).outlineStyle === 'solid' || getComputedStyle(e).outlineStyle === 'auto')(document.activeElement)"
        ), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    else:
        pytest.fail("the keyboard never came to the end")
    page.locator("#a").fill("no such thing")
    assert "may be missing" in page.locator("#a-said").inner_text()
    assert wrong == []


def test_the_address_keeps_the_view(national: Path, open_page: Open) -> None:
    page, wrong = open_page(national)
    page.locator("#a").fill("capita")
    page.keyboard.press("Enter")
    page.get_by_label("It leaves the market or goes insolvent").check()
    page.locator("#sure").select_option("1")
    page.locator("#kind").select_option("4")
    page.locator("summary").click()
    page.locator("#mine").fill("Adur\nE07000113\nRBKC\nNobody Known Here")
    page.locator("#mine-apply").click()
    assert "3 councils of your list" in page.locator("#mine-said").inner_text()
    assert "Nobody Known Here" in page.locator("#mine-said").inner_text()
    before = page.locator("#answer").inner_text()
    address = page.url
    assert "if=insolvency" in address and "sure=likely" in address and "kind=exit" in address
    assert "only=adur,kensington-and-chelsea,swale" in address
    page.goto("about:blank")
    page.goto(address)
    assert page.locator("#answer").inner_text() == before
    assert page.locator("#sure").input_value() == "1" and "Adur" in page.locator("#mine").input_value()
    page.locator("#sure").select_option("2")
    assert page.locator("#answer").inner_text() != before
    page.go_back()
    assert page.locator("#answer").inner_text() == before
    wrong[:] = [what for what in wrong if what != "about:blank"]
    assert wrong == []


def test_only_my_councils_are_shown(national: Path, open_page: Open) -> None:
    page, _ = open_page(national)
    page.evaluate("location.hash = '#a=supplier:capita&only=adur,worthing,thanet'")
    page.wait_for_timeout(50)
    names = page.evaluate("[...document.querySelectorAll('#first tbody th')].map(c => c.textContent)")
    assert names == ["Adur", "Worthing"]
    assert page.locator("#finding").inner_text().startswith("2 of your 3 members could be reached first")
    page.locator("#mine-clear").click()
    assert page.locator("#first tbody tr").count() > 20
    assert "only=" not in page.url


def test_every_printed_page_of_an_answer_carries_the_marking(national: Path, open_page: Open) -> None:
    page, _ = open_page(national)
    page.evaluate("hash => { location.hash = hash; }", EKS)
    page.wait_for_timeout(50)
    sheets = pdf_pages(page)
    assert "3 of 382 councils could be reached first if East Kent Services were compromised" in " ".join(
        sheets[0].split()
    )
    for number, sheet in enumerate(sheets, 1):
        assert sheet.count("TLP:AMBER") >= 2 and "OFFICIAL" in sheet, f"page {number}"
        assert f"Page {number} of {len(sheets)}" in sheet
    whole = " ".join(sheets)
    assert "Thanet District Council is served by East Kent Services" in whole
    assert "What fails?" not in whole and "Print, or save" not in whole and "The worst that" not in whole
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 680, "something is cut off on paper"


def test_with_scripts_off_it_says_what_it_holds(national: Path, open_page: Open) -> None:
    page, wrong = open_page(national, java_script_enabled=False)
    assert page.locator("#ask").is_hidden() and page.locator("#answer").is_hidden()
    assert page.get_by_text("Scripts are off").is_visible()
    assert page.locator("#worst tbody tr").count() == 25
    suppliers = sum(one.kind == "supplier" for one in uk().dataset.entities.values())
    assert f"{suppliers} suppliers" in page.locator(".about").inner_text()
    assert page.locator("#worst a").count() == 0
    assert wrong == []


def test_the_worst_lead_to_their_answers(small: Path, open_page: Open) -> None:
    page, wrong = open_page(small)
    link = page.locator("#worst a").first
    name = link.inner_text()
    link.click()
    assert name in page.locator("#finding").inner_text().replace("\n", " ")
    assert page.locator("#a").input_value() == name
    assert wrong == []


def test_the_map_shows_what_the_table_says(national: Path, open_page: Open) -> None:
    page, _ = open_page(national)
    page.evaluate("hash => { location.hash = hash; }", "#a=supplier:capita")
    page.wait_for_timeout(50)
    marked = "[...document.querySelectorAll('#map g[class^=t]')].map(g => [g.querySelector('title').textContent, g.querySelector('.mark').textContent])"
    radius = blast(uk(), ["supplier:capita"])
    told = [*radius.tiers[Tier.FIRST], *radius.tiers[Tier.POSSIBLE]]
    tiles = {short_name(uk().dataset, body): radius[body].band for body in told}
    shown = page.evaluate(marked)
    assert len(shown) > 20
    for title, mark in shown:
        name, _, words = title.rpartition(": ")
        assert band_phrase(tiles[name]) == words
        assert mark == "■▲●◇"[tiles[name]]


def test_the_map_can_be_read_in_forced_colours(small: Path, open_page: Open) -> None:
    page, _ = open_page(small, forced_colors="active", color_scheme="dark")
    page.evaluate("hash => { location.hash = hash; }", EKS)
    page.wait_for_timeout(50)
    pairs = page.evaluate(
        "[...document.querySelectorAll('#map g')].map(g => [getComputedStyle(g.querySelector('rect')).fill, "
        "getComputedStyle(g.querySelector('text')).fill])"
    )
    assert len(pairs) > 3 and all(back != front for back, front in pairs)


@pytest.mark.parametrize("bypass", [False, True], ids=["policy", "no-policy"])
def test_hostile_names_do_nothing_and_are_shown_exactly(bypass: bool, tmp_path: Path, open_page: Open) -> None:
    graph = hostile()
    path = tmp_path / "atlas.html"
    path.write_bytes(atlas(graph).page)
    page, wrong = open_page(path, bypass_csp=bypass)
    roots = [id_ for id_, entity in graph.dataset.entities.items() if entity.kind != AUTHORITY]
    shown = page.evaluate(READ, [f"#a={root}" for root in roots])
    said = [row["Who"] for one in shown for rows in one["rows"].values() for row in rows]
    assert said and all(any(name.startswith(payload) for payload in HOSTILE) for name in said)
    page.locator("#a").fill("script")
    assert page.locator("#a-list li").count() > 0
    assert page.evaluate("window.__pwned") is None
    assert page.locator('a:not([href^="#"]), img, iframe').count() == 0
    assert page.locator("script").count() == 2
    attributes = (
        "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on|^style$/.test(a.name)))"
    )
    assert page.evaluate(f"{attributes}.length") == 0
    assert wrong == []


def test_a_council_also_sees_what_could_reach_it(small: Path, open_page: Open) -> None:
    page, wrong = open_page(small)
    made = atlas(RiskGraph(seeds()), data="seeds")
    names = {row[0]: row[1] for row in made.data["roots"]}
    body = "authority:thanet"
    expected = {}
    for root in names:
        found = unpack(made.data, "compromise", root).get(body)
        counted = {band for kind, band in (found or {"kinds": {}})["kinds"].items() if kind != "tampering"}
        if found and root != body and counted - {"not-ruled-out"}:
            expected[names[root]] = found["sentence"]
    page.evaluate("location.hash = '#a=authority:thanet'")
    page.wait_for_timeout(50)
    rows = page.evaluate(
        "[...document.querySelectorAll('#towards tbody tr')].map(r => [r.cells[0].textContent, r.cells[3].textContent])"
    )
    assert len(expected) > 2 and dict(rows) == expected
    page.locator("#towards a", has_text="PartnershipOne").first.click()
    assert "if PartnershipOne" in page.locator("#finding").inner_text().replace("\n", " ")
    assert page.locator("#towards").is_hidden()
    assert wrong == []


def test_unknown_addresses_do_no_harm(small: Path, open_page: Open) -> None:
    page, wrong = open_page(small)
    for hash_ in (
        "#a=nobody",
        "#a=supplier:civica&if=x&sure=y&kind=z&who=q&only=,,x",
        "#%%%",
        "#a=__proto__&b=constructor",
    ):
        page.evaluate("hash => { location.hash = hash; }", hash_)
        page.wait_for_timeout(20)
        known = "supplier:civica" in hash_
        assert page.locator("#answer").is_visible() == known
        assert page.locator("#worst").is_visible() != known
    assert wrong == []
