"""What can be said now: recorded words by voice, what the map says apart, and no name where none may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from reporting import uk
from small import write_small

from riskgraph import RiskGraphError
from riskgraph.analysis.blast import blast
from riskgraph.analysis.brief import brief
from riskgraph.cli import main
from riskgraph.render.brief import page
from riskgraph.render.headline import finding
from riskgraph.render.page import as_text

START = ("--title", "Orbit reports an intrusion", "--origin", "Orbit", "--began", "2024-06-20")


def run(*words: str) -> str:
    return CliRunner().invoke(main, list(words), catch_exceptions=False).stdout


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    folder = write_small(tmp_path)
    here = ("data", "incident", "orbit-2024", "--data", str(folder))
    run(*here, *START, "--status", "Ashby: data exposed", "--said-by", "Orbit", "--said-at", "2024-06-20 14:30")
    run(
        *here, "--status", "Ashby: data exposed", "--said-by", "Ashby", "--said-at", "2024-06-20 18:30",
        "--people", "40", "--subjects", "staff", "--aware", "Ashby: 2024-06-20 16:00",
    )  # fmt: skip
    return folder


def part(text: str, title: str) -> str:
    """The lines under a title."""
    lines = text.splitlines()
    after = lines[lines.index(f"{title}:") + 1 :]
    return "\n".join(after[: next(n for n, line in enumerate(after) if not line.startswith("- "))])


def test_the_suppliers_words_and_the_councils_findings_stand_apart(ours: Path) -> None:
    text = run("brief", "orbit-2024", "--data", str(ours))
    supplier = part(text, "What the supplier says, which nobody here has checked")
    assert "Ashby" in supplier and "40 people" not in supplier
    known = part(text, "What we know")
    assert "about 40 people (staff)" in known and "supplier says" not in known


def test_what_is_not_known_is_said_and_the_clock_is_counted(ours: Path) -> None:
    text = run("brief", "orbit-2024", "--data", str(ours), "--doing", "We rang Orbit", "--next", "4pm")
    assert "How it came about" in part(text, "What we do not know")
    doing = part(text, "What we are doing")
    assert "72 hours from its becoming aware end at 4pm on 23 June 2024" in doing
    assert "We rang Orbit." in doing and "____" not in text and "Next update: 4pm." in text


def test_the_text_is_short_and_has_its_four_parts_whatever_is_recorded() -> None:
    for incident in uk().dataset.incidents:
        text = as_text(page(brief(uk(), incident)))
        assert len(text.splitlines()) < 25, incident
        assert "What we know:" in text and "What we are doing:" in text and "Next update:" in text


def test_of_what_nobody_reported_the_map_alone_speaks_and_says_so() -> None:
    found = brief(uk(), "civica", regions=["South East"])
    text = as_text(page(found))
    assert text.startswith(f"Nobody has reported anything. {finding(blast(uk(), 'civica', regions=['South East']))}")
    assert "Nothing is reported. What follows comes from the map alone." in text
    assert found.incident is None and found.statements == ()


def test_who_only_took_precautions_is_not_among_those_hit() -> None:
    found = brief(uk(), "rbkc-shared-it-2025")
    assert found.precaution == ("authority:hammersmith-and-fulham",)
    assert set(found.hit) == {"authority:kensington-and-chelsea", "authority:westminster"}
    assert "1 council as a precaution only" in as_text(page(found)).splitlines()[0]


def test_without_names_there_is_no_name_and_no_count_under_five() -> None:
    for subject in ("rbkc-shared-it-2025", "capita-aws-bucket-2023", "capita-ransomware-2023", "civica"):
        found = brief(uk(), subject)
        text = as_text(page(found, anonymous=True))
        bodies = {effect.organisation for _, effect in found.statements} | {reach.id for reach in found.silent}
        assert not [id_ for id_ in bodies if uk().dataset.usual_name(id_) in text]
        assert not re.search(r"\b[1-4] (public bod|council)", text)
        assert "TLP:GREEN" in text.splitlines()[0]


def test_what_is_neither_an_incident_nor_a_name_is_refused_with_what_to_do() -> None:
    with pytest.raises(RiskGraphError, match="neither an incident nor a name") as refused:
        brief(uk(), "no such thing at all")
    assert "riskgraph replay" in refused.value.fix
