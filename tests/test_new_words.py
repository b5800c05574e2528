"""The model lives in its tables alone: words that no line of code knows work in every command."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from test_cli import commands

from riskgraph.cli import main
from riskgraph.model import SENTENCES, FailureKind
from riskgraph.render.headline import failing
from riskgraph.rules import Trait, rules

ROOT = Path(__file__).parents[1]
DATASETS = ROOT / "datasets"

# What a maintainer would add to the tables: a purchase, a link, a rule of governance, and a usual what-if.
RELATIONS: dict[str, tuple[dict[str, str], str]] = {
    "cleared-by": (
        {
            "dependents": "authority|shared-service|supplier",
            "providers": "supplier|shared-service",
            "traits": "leans|market|severable|draftable|stops|contested|whole-without-area|behind|shows-area",
            "now": "has its payments cleared by",
            "past": "had its payments cleared by",
            "cut": "{who} clears the payments of its {service} without {thing}.",
        },
        "cleared-by,,yes,possible,yes,unknown,yes,yes,Whoever clears payments sees them and can hold them up.",
    ),
    "twinned-with": (
        {
            "dependents": "authority|shared-service|environment",
            "providers": "authority|shared-service|environment",
            "traits": "both-ways|severable|whole",
            "now": "is twinned with",
            "past": "was twinned with",
        },
        "twinned-with,,no,no,possible,yes,no,no,What is twinned is one network.",
    ),
    "chartered-by": (
        {
            "dependents": "authority|shared-service",
            "providers": "authority",
            "traits": "governs|whole",
            "now": "is chartered by",
            "past": "was chartered by",
        },
        "chartered-by,,no,no,no,no,no,no,Governance only.",
    ),
}
PRESET = {"word": "lock-out", "kinds": "outage|exit", "one": "shut its doors", "several": "shut their doors"}

MAP = {
    "dataset.toml": 'title = "New words"\nas_of = "2024-06-30"\nlicence = "CC0"\nattribution = "invented"\nmarking = ""\n'
    'own_register = "confirmed"\n',
    "entities.csv": """id,kind,name,authority_type,service_area
authority:ashby,authority,Ashby,district,
authority:bexton,authority,Bexton,district,
authority:carrow,authority,Carrow,district,
environment:hall,environment,Hall,,
environment:yard,environment,Yard,,
product:plan,product,Plan,,planning-building-control
shared-service:both,shared-service,Both Together,,
supplier:comet,supplier,Comet,,
supplier:orbit,supplier,Orbit,,
supplier:vega,supplier,Vega,,
system:file,system,File,,
system:ledger,system,Ledger,,
""",
    "relations.csv": """id,dependent,relation,provider,service_area,data,valid_from,valid_to,contract_end,annual_value_gbp,evidence
r01,authority:ashby,cleared-by,supplier:orbit,housing,personal,2020,,2026-03-31,1000,e1
r02,authority:bexton,cleared-by,supplier:orbit,housing,,,,,,e1
r03,authority:bexton,cleared-by,shared-service:both,revenues-benefits,,,,,,
r04,shared-service:both,cleared-by,supplier:comet,revenues-benefits,personal,,,,,e1
r05,authority:ashby,uses,system:ledger,finance-erp,personal,,,,,e1
r06,authority:ashby,uses,product:plan,planning-building-control,,,,,,e1
r07,product:plan,made-by,supplier:vega,,,,,,,e1
r08,system:ledger,hosted-on,environment:hall,,,,,,,e1
r09,system:file,hosted-on,environment:hall,,,,,,,e1
r10,authority:bexton,hosted-on,environment:hall,ict-infrastructure,,,,,,e1
r11,environment:hall,twinned-with,environment:yard,,,,,,,e1
r12,environment:yard,operated-by,shared-service:both,,,,,,,e1
r13,authority:carrow,hosted-on,environment:yard,ict-infrastructure,,,,,,e1
r14,authority:carrow,chartered-by,authority:ashby,,,,,,,e1
r15,authority:ashby,cleared-by,supplier:comet,libraries-leisure,personal,2015,2020,,,e1
r16,authority:ashby,served-by,shared-service:both,revenues-benefits,personal,,,,,e1
r17,authority:ashby,twinned-with,authority:carrow,,,,,,,e1
""",
    "evidence.csv": """id,url,publisher,published,retrieved,confidence,stance,about,claim,incident
e1,https://example.org/1,invented,2021-05,2024-06-30,confirmed,supports,,invented,
""",
    "incidents.csv": """incident_id,title,date_started,mechanism,impact,origins,source_url,source_publisher,source_date,confidence
orbit-2024,Orbit is down,2024-02-01,ransomware,availability,supplier:orbit,https://example.org/2,invented,2024-02-02,confirmed
""",
    "incident_effects.csv": """incident_id,organisation,effect,source_url,confidence
orbit-2024,authority:ashby,service-disrupted,https://example.org/2,confirmed
""",
    "register.csv": """id,gss_code,name,kind,nation,region,population,status
authority:ashby,,Ashby,district,England,South East,1000,current
authority:bexton,,Bexton,district,England,South East,2000,current
authority:carrow,,Carrow,district,England,South East,3000,current
""",
}
DRAFT = """title = "Clearing for Bexton"
author = "invented"
councils = ["Bexton"]
supplier = "Comet"
relation = "cleared-by"
service_area = "housing"
data = "personal"
subcontractors = []
start = "2025-04-01"
end = "2027-03-31"
"""
EXERCISE = """title = "Doors shut"
author = "invented"
date = "2024-06-30"
roots = ["orbit"]
like = "lock-out"

[[inject]]
day = 0
time = "09:00"
kind = "first report"
from = "a council"
text = "Nothing clears."
expect = "Ask the map."
"""
SCENARIO = """title = "Bexton leaves Orbit"
author = "invented"
like = "lock-out"
roots = ["orbit"]

[[change]]
verb = "cut"
a = "bexton"
b = "orbit"
"""
LIKE = ("--like", "lock-out")
DATA = ("--data", "map")

# Command word to the ways in which it is asked; run one after the other in the folder of the map.
ASKED: Mapping[str, Sequence[tuple[str, ...]]] = {
    "data check": [DATA],
    "data gaps": [DATA],
    "data ask": [("--root", "orbit", *LIKE, *DATA), ("--ranked", *DATA), ("--letter", "--root", "orbit", *DATA)],
    "data snapshot": [DATA],
    "data template": [()],
    "data export": [("--format", form, "--output", f"out.{form}", *DATA) for form in ("json", "csv")],
    "data diff": [("map", "map", "--root", "orbit", *LIKE)],
    "data merge": [("map", "map", "--to", "merged")],
    "data match": [(str(DATASETS / "examples" / "one-sheet-register.csv"), "--from", "one-sheet")],
    "data import": [(str(DATASETS / "examples" / "one-sheet-register.csv"), "--from", "one-sheet", "--to", "sheet")],
    "data fetch": [("find-a-tender", "--to", "map", "--since", "2025-11-01", "--until", "2025-11-02", "--plan")],
    "data redact": [("--hide", "ashby", "--to", "hidden", *DATA)],
    "data overlap": [("--data", "sheet", "--keep", "secret.key", "--output", "mine.json")],
    "data incident": [
        ("comet-2024", *DATA, "--to", "after", "--title", "Comet", "--origin", "comet", "--began", "2024-06-01",
         "--mechanism", "ransomware", "--source", "https://example.org/3", "--confidence", "reported"),
    ],
    "blast": [("orbit", *LIKE, *DATA), ("orbit", "comet", *LIKE, *DATA), ("hall", *DATA), ("orbit", "--anonymous", *DATA)],
    "why": [("ashby", "orbit", *DATA), ("carrow", "hall", *DATA), ("bexton", "comet", *LIKE, *DATA), ("--not", "carrow", "orbit", *LIKE, *DATA)],
    "calls": [("orbit", *LIKE, *DATA)],
    "show": [(name, *DATA, "--evidence") for name in ("ashby", "orbit", "both", "hall", "carrow", "ledger")],
    "list": [DATA, ("supplier", *DATA), ("coverage", *DATA)],
    "rank": [(*LIKE, *DATA), ("supplier", *DATA), ("--hidden", *DATA), ("--together", "2", *LIKE, *DATA)],
    "chokepoints": [("comet", *LIKE, *DATA), ("ashby", "--area", "housing", *DATA)],
    "common": [("orbit", "comet", *LIKE, *DATA), ("hall", "yard", *DATA)],
    "chance": [("comet", *LIKE, "--worlds", "100", *DATA)],
    "fixes": [("orbit", *LIKE, *DATA), ("orbit", "--all", *DATA)],
    "whatif cut": [("bexton", "orbit", *LIKE, *DATA), ("hall", "yard", *DATA), ("ashby", "orbit", "--save", "cut.toml", *DATA)],
    "whatif lose": [("orbit", "comet", *LIKE, *DATA)],
    "whatif leave": [("bexton", "both", *LIKE, *DATA)],
    "whatif join": [("carrow", "both", *LIKE, *DATA)],
    "whatif merge": [("ashby", "bexton", "--as", "Ashbex", "--on", "2025-04-01", *LIKE, *DATA)],
    "whatif split": [("ashby", "--into", "North Ashby", "--into", "South Ashby", "--on", "2025-04-01", *LIKE, *DATA)],
    "whatif switch": [("bexton", "orbit", "comet", *LIKE, *DATA)],
    "whatif buys": [("orbit", "comet", *LIKE, *DATA)],
    "whatif insource": [("bexton", "orbit", *LIKE, *DATA)],
    "whatif segment": [("hall", *LIKE, *DATA)],
    "whatif add-backup": [("ashby", "ledger", "file", *LIKE, *DATA)],
    "whatif same-place": [("hall", "yard", *LIKE, *DATA)],
    "whatif purge": [("ashby", "comet", *LIKE, *DATA)],
    "whatif run": [("scenario.toml", *DATA)],
    "report blast": [("orbit", *LIKE, *DATA, "--output", "blast")],
    "report concentration": [("housing", *DATA, "--output", "concentration")],
    "report council": [("ashby", *LIKE, *DATA, "--output", "council")],
    "report overview": [(*LIKE, *DATA, "--output", "overview")],
    "report replay": [("orbit-2024", *DATA, "--output", "replay")],
    "report supplier": [("orbit", *LIKE, *DATA, "--output", "supplier")],
    "report whatif": [("scenario.toml", *DATA, "--output", "whatif")],
    "verify": [("blast", *DATA)],
    "atlas": [(*DATA, "--output", "atlas.html")],
    "concentration": [DATA, ("housing", *DATA), ("--merger", "orbit", "--merger", "comet", *DATA)],
    "contracts": [DATA, ("--lock-in", *DATA), ("--provider", "orbit", *DATA), ("--widest", "2", *DATA)],
    "peers": [("ashby", "--root", "orbit", *DATA)],
    "gate": [("draft.toml", *DATA)],
    "exercise": [("exercise.toml", *DATA, "--output", "played")],
    "replay": [("orbit-2024", *DATA), ("--scoreboard", *DATA)],
    "timeline": [("orbit-2024", *DATA)],
    "held": [("orbit", *DATA)],
    "services": [("orbit", *LIKE, *DATA)],
    "brief": [("orbit-2024", *DATA), ("orbit", *DATA)],
    "query": [()],
}  # fmt: skip
NEEDS_A_SERVER = {"neo4j clear", "neo4j load", "neo4j status", "data refresh"}
SAYS_NO = {"gate", "verify", "whatif same-place"}  # the exit code is part of the answer

DRIVER = """
import json, sys
import riskgraph.assets
outer = riskgraph.assets.files
riskgraph.assets.files = lambda name: sys.argv[1] if name == "riskgraph.datasets" else outer(name)
from click.testing import CliRunner
from riskgraph.cli import main
found = []
for words in json.load(sys.stdin):
    done = CliRunner().invoke(main, words)
    found.append([words, done.exit_code, done.output, repr(done.exception)])
json.dump(found, sys.stdout)
"""


def rows_of(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def add_rows(path: Path, *new: Mapping[str, str]) -> None:
    header, rows = rows_of(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, *new])


def extended_tables(folder: Path) -> Path:
    """A copy of the shipped tables with new words in them; the maps are left where they are."""
    folder.mkdir()
    for path in DATASETS.iterdir():
        if path.suffix in {".csv", ".toml"}:
            shutil.copy(path, folder)
        elif path.is_dir() and path.name != "__pycache__":
            (folder / path.name).symlink_to(path, target_is_directory=True)
    with (folder / "propagation.csv").open("a", encoding="utf-8", newline="") as file:
        file.writelines(line + "\n" for _, line in RELATIONS.values())
    add_rows(folder / "pairs.csv", *({"relation": word, **cells} for word, (cells, _) in RELATIONS.items()))
    add_rows(folder / "presets.csv", PRESET)
    schema = (folder / "schema.csv").read_text(encoding="utf-8")
    schema = schema.replace("|linked-to|member-of", "|".join(["|linked-to|member-of", *RELATIONS]))
    (folder / "schema.csv").write_text(schema, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], tuple[int, str, str]]:
    """Every command, as asked above, over tables with new words: exit code, output, exception."""
    folder = tmp_path_factory.mktemp("words")
    tables = extended_tables(folder / "tables")
    (folder / "map").mkdir()
    for name, text in MAP.items():
        (folder / "map" / name).write_text(text, encoding="utf-8")
    for name, text in (("draft.toml", DRAFT), ("exercise.toml", EXERCISE), ("scenario.toml", SCENARIO)):
        (folder / name).write_text(text, encoding="utf-8")
    asked = [[*command.split(), *words] for command, ways in ASKED.items() for words in ways]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tables)],
        input=json.dumps(asked), capture_output=True, text=True, check=False, cwd=folder,
        env={**os.environ, "RISKGRAPH_CACHE": "off"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return {tuple(words): (code, output, exception) for words, code, output, exception in found}


def test_every_command_is_asked() -> None:
    assert {" ".join(path) for path, _ in commands(main)} == {*ASKED, *NEEDS_A_SERVER}


def test_words_that_only_the_tables_know_work_in_every_command(
    answers: dict[tuple[str, ...], tuple[int, str, str]],
) -> None:
    wrong = []
    for words, (code, output, exception) in answers.items():
        fine = {0, 1} if SAYS_NO & {words[0], " ".join(words[:2])} else {0}
        if code not in fine or (code and "SystemExit" not in exception):
            wrong.append((" ".join(words), code, exception, output[-600:]))
    assert wrong == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("why", "ashby", "orbit"), "has its payments cleared by Orbit"),
        (("why", "carrow", "hall"), "is twinned with"),
        (("show", "ashby"), "has its payments cleared by Orbit"),
        (("show", "ashby"), "had its payments cleared by Comet"),
        (("fixes", "orbit", "--all"), "clears the payments of its housing without Orbit."),
        (("blast", "orbit", "--like"), "could be reached first if Orbit shut its doors"),
        (("blast", "orbit", "comet"), "could be reached first if Orbit and Comet shut their doors together"),
        (("calls",), "if Orbit shut its doors"),
        (("chance",), "if Comet shut its doors"),
        (("chokepoints", "comet"), "if Comet shut its doors"),
        (("rank", "--like"), "shut its doors"),
        (("whatif", "cut", "bexton"), "If Orbit shut its doors"),
        (("data", "diff"), "if each shut its doors"),
        (("why", "--not", "carrow"), "if Orbit shut its doors"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_new_verbs_and_sentences_are_printed(
    answers: dict[tuple[str, ...], tuple[int, str, str]], words: tuple[str, ...], said: str
) -> None:
    [output, *_] = [output for asked, (_, output, _) in answers.items() if asked[: len(words)] == words]
    assert said in " ".join(output.split())


def test_no_line_of_code_judges_by_the_word_of_a_relation() -> None:
    """Rows may be written with a word; what a row means is asked of its traits."""
    word = "|".join(rules().pairs)
    judges = re.compile(rf'relation (?:==|!=|in|not in) [({{]?"(?:{word})"|frozenset\(\s*\{{\s*"(?:{word})"')
    importers = ROOT / "riskgraph" / "importers"  # they turn the words of others into ours
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "riskgraph").rglob("*.py"))
        if importers not in path.parents
        for match in judges.finditer(re.sub(r".*>>>.*", "", path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_every_relation_has_its_verbs_and_every_trait_is_some_relations() -> None:
    assert all(all(kind.verbs) for kind in rules().pairs.values())
    assert all(kind.cut for kind in rules().pairs.values() if Trait.SEVERABLE in kind.traits)
    assert {trait for kind in rules().pairs.values() for trait in kind.traits} == set(Trait)


def test_every_set_of_kinds_has_a_sentence_for_one_and_for_several() -> None:
    assert all(SENTENCES[(kind,)].effect for kind in FailureKind)
    said = {
        (kinds, roots): failing(kinds, roots)
        for number in range(1, 2 ** len(FailureKind))
        for roots in (1, 2)
        if (kinds := tuple(kind for place, kind in enumerate(FailureKind) if number >> place & 1))
    }
    assert len(set(said.values())) == len(said)  # no two questions read the same
    assert all(text.endswith(" together") == (roots > 1) for (_, roots), text in said.items())
    assert said[(FailureKind.EXPOSURE, FailureKind.INTRUSION), 1] == "lost the data it holds and let an attacker in"
    assert said[(FailureKind.EXPOSURE,), 2] == "lost their data together"
