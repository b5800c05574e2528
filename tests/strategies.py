"""Random small data sets and questions, for tests that hold for any data set.

`datasets` draws a data set in the form of `reference.read`, `questions` draws
what to ask of it, and `write` makes a folder of it. All that is drawn is valid:
known words, allowed pairs, no dangling reference, no relation of a body with
itself, no row that ends before it begins. It is meant to be awkward otherwise:
cycles, blanks, disputes, partial dates, authorities that are gone, alternatives
that are not sure, products of which a maker makes use itself.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from reference import DATASETS, KINDS, Tables, first_day, last_day

T = TypeVar("T")
Row = dict[str, str]

COLUMNS = {
    table: columns.split()
    for table, columns in {
        "entities": "id kind name aliases authority_type gss_code company_number parent_note service_area data hosting "
        "website note",
        "relations": "id dependent relation provider service_area data access hosting alternative data_returned "
        "valid_from valid_to contract_reference contract_value_gbp contract_end_latest notice_days framework evidence "
        "note",
        "evidence": "id url publisher published retrieved confidence stance about claim incident",
        "incidents": "incident_id title date_started date_disclosed mechanism impact origins people_affected cost_gbp "
        "summary source_url source_publisher source_date confidence",
        "incident_effects": "incident_id organisation effect via people_affected source_url confidence",
        "register": "id gss_code name kind nation region parent_county valid_from valid_to successors population "
        "status",
    }.items()
}
"""The columns of each file that `write` makes, in order."""

with (DATASETS / "pairs.csv").open(encoding="utf-8", newline="") as _file:
    PAIRS = {
        row["relation"]: (row["dependents"].split("|"), row["providers"].split("|")) for row in csv.DictReader(_file)
    }

# What a body or place depends on, and how often it is drawn; the first is the simplest.
RELATIONS = {
    "authority": {
        "served-by": 3,
        "uses": 3,
        "supplied-by": 2,
        "hosted-on": 2,
        "linked-to": 2,
        "data-held-by": 1,
        "member-of": 1,
    },
    "shared-service": {
        "uses": 2,
        "supplied-by": 2,
        "subcontracts-to": 1,
        "hosted-on": 1,
        "operated-by": 1,
        "served-by": 1,
        "owned-by": 1,
        "linked-to": 1,
        "data-held-by": 1,
        "member-of": 1,
    },
    "supplier": {
        "subcontracts-to": 2,
        "supplied-by": 1,
        "served-by": 1,
        "uses": 1,
        "owned-by": 1,
        "linked-to": 1,
        "data-held-by": 1,
        "member-of": 1,
    },
    "system": {"operated-by": 2, "hosted-on": 2, "instance-of": 2, "supplied-by": 1},
    "environment": {"operated-by": 2, "hosted-on": 1, "supplied-by": 1, "linked-to": 1},
    "store": {"operated-by": 1, "hosted-on": 1},
    "product": {"made-by": 1},
}
# Which relations have which attributes; every relation may say whether data was returned.
ATTRIBUTES = {
    "service_area": (
        "uses",
        "supplied-by",
        "served-by",
        "hosted-on",
        "operated-by",
        "subcontracts-to",
        "data-held-by",
    ),
    "data": ("uses", "served-by", "hosted-on", "subcontracts-to", "data-held-by"),
    "access": ("supplied-by",),
    "hosting": ("uses",),
}
WORDS = {
    "data": ("", "", "none", "personal", "personal", "special"),
    "access": ("", "", "none", "data", "remote", "admin", "network"),
    "hosting": ("", "", "own", "supplier", "supplier", "shared", "cloud"),
}
ORGANISATIONS = ("authority", "shared-service", "supplier")

# Personal, special and no data by default; the last three are enabling.
AREAS = (
    "revenues-benefits",
    "planning-building-control",
    "social-care",
    "hr-payroll",
    "ict-infrastructure",
    "network-connectivity",
    "hosting-cloud",
)
# The fields of a relation that evidence may be about.
ABOUT = ("service_area", "data", "access", "hosting", "alternative", "data_returned", "valid_from", "valid_to")
AS_OF = "2024-06-30"
DATES = (*[AS_OF] * 6, "2026-01-01", "2023-05-01", "2021-06-01", "2020-03-31")
# First and last day of a relation: in force, ended, to come, partial, of one day.
PERIODS = (
    *[("", "")] * 12,
    ("2014", ""),
    ("2019-04", "2028-03"),
    ("2021-06-01", ""),
    ("", "2024-06-30"),
    ("", "2022-03-31"),
    ("", "2020"),
    ("2015-04", "2021-02"),
    ("2019", "2019"),
    ("2024-06-30", ""),
    ("2025-02", ""),
    ("2027", "2029"),
)
LIFETIMES = (
    *[("", "")] * 8,
    ("1974-04-01", ""),
    ("2021-04-01", ""),
    ("2025-04", ""),
    ("", "2023-03-31"),
    ("", "2020"),
    ("2009", "2025-03-31"),
)
GRADES = ("confirmed", "confirmed", "confirmed", "reported", "reported", "inferred")
STANCES = (*["supports"] * 4, "disputes")
PUBLISHED = (
    "2020-01-15",
    "2017",
    "2018-02",
    "2021-05-05",
    "2019-04",
    "2022-06",
    "2022-06-30",
    "2023",
    "2023-11-02",
    "2024-06",
    "2025-01-01",
    "",
)
KNOWN_BEFORE = (*[None] * 9, "2022-06-30", "2023-05-01", "2024-06-30")
WHAT_IFS = (
    ("outage",),
    ("intrusion",),
    ("exposure", "tampering", "outage", "intrusion"),  # compromise
    ("exposure", "outage", "intrusion"),  # ransomware
    ("tampering", "intrusion"),  # malicious update
    ("exposure",),
    ("tampering",),
    ("exit",),
    ("exit", "intrusion"),
    KINDS,
)


def _blank(table: str) -> Row:
    return dict.fromkeys(COLUMNS[table], "")


@st.composite
def datasets(draw: DrawFn) -> Tables:
    """Draw a data set of 6 to 20 entities, in the form of `reference.read`."""

    def pick(values: Sequence[T]) -> T:
        return draw(st.sampled_from(values))

    def sometimes(value: str) -> str:
        return pick(("", "", value))

    areas = draw(st.lists(st.sampled_from(AREAS), min_size=2, max_size=4, unique=True))

    # Bodies and places.
    entities: list[Row] = []
    register: list[Row] = []
    numbers = {
        "authority": (2, 6),
        "supplier": (1, 4),
        "shared-service": (1, 2),
        "system": (1, 3),
        "product": (1, 3),
        "environment": (1, 2),
        "store": (0, 1),
    }
    for kind, (least, most) in numbers.items():
        for number in range(draw(st.integers(least, most))):
            entity = _blank("entities") | {"id": f"{kind}:x{number}", "kind": kind, "name": f"{kind.title()} {number}"}
            if kind == "authority":
                entity["authority_type"] = pick(("district", "district", "district", "county", "group"))
            elif kind == "product":
                entity["service_area"] = ";".join(sorted(draw(st.sets(st.sampled_from(areas), max_size=2))))
                entity["hosting"] = pick(WORDS["hosting"])
            elif kind in ("system", "environment", "store"):
                entity["service_area"] = sometimes(pick(areas))
            if kind in ("product", "system"):
                entity["data"] = pick(WORDS["data"])
            entities.append(entity)
    of_kind = {kind: [entity["id"] for entity in entities if entity["kind"] == kind] for kind in numbers}
    for entity in entities:
        if entity["kind"] == "authority":
            start, end = pick(LIFETIMES)
            others = [other for other in of_kind["authority"] if other != entity["id"]]
            register.append(
                _blank("register")
                | {
                    "id": entity["id"],
                    "name": entity["name"],
                    "kind": entity["authority_type"],
                    "valid_from": start,
                    "valid_to": end,
                    "successors": sometimes(pick(others)) if end else "",
                    "population": "1000",
                }
            )

    # Relations and their evidence.
    relations: list[Row] = []
    evidence: list[Row] = []

    def relate(dependent: str, relation: str, provider: str, *, sure: bool = False, **given: str) -> None:
        row = _blank("relations") | {"dependent": dependent, "relation": relation, "provider": provider}
        row["id"] = f"r{len(relations) + 1:02}"
        row["valid_from"], row["valid_to"] = ("", "") if sure else pick(PERIODS)
        row["data_returned"] = "" if sure else pick(("", "", "", "no", "yes"))
        if relation in ATTRIBUTES["service_area"]:
            row["service_area"] = pick(("", *areas, *areas))
        for field, words in WORDS.items():
            if relation in ATTRIBUTES[field]:
                row[field] = pick(words)
        row |= given
        items = []
        for _ in range(1 if sure else pick((1, 1, 1, 2, 3, 0))):
            item = _blank("evidence") | {
                "id": f"e{len(evidence) + 1:03}",
                "url": f"https://example.org/{len(evidence) + 1}",
                "publisher": "invented",
                "published": PUBLISHED[0],
                "retrieved": AS_OF,
                "confidence": "confirmed",
                "stance": "supports",
                "claim": "invented",
            }
            if not sure:
                filled = [field for field in ABOUT if row[field]]
                item["published"] = pick(PUBLISHED)
                item["confidence"] = pick(GRADES)
                item["stance"] = pick(STANCES)
                item["about"] = pick(("", "", "", "", *filled, pick(ABOUT)))
                item["incident"] = pick(("", "", "", "", "", "i1", "i2", "i1;i2"))
            evidence.append(item)
            items.append(item["id"])
        if pick((False,) * 9 + (True,)) and evidence:
            items = sorted({*items, pick(evidence)["id"]})  # one source for two rows
        row["evidence"] = ";".join(items)
        relations.append(row)

    for entity in entities:
        dependent, kind = entity["id"], entity["kind"]
        possible = {
            relation: [
                other["id"] for other in entities if other["kind"] in PAIRS[relation][1] and other["id"] != dependent
            ]
            for relation in RELATIONS[kind]
        }
        choices = [word for word, often in RELATIONS[kind].items() if possible[word] for _ in range(often)]
        least, most = (2, 4) if kind == "authority" else (1, 2) if kind == "product" else (0, 3)
        for _ in range(draw(st.integers(least, most)) if choices else 0):
            relation = pick(choices)
            group = pick(("", "", "g")) if relation == "uses" else ""
            relate(dependent, relation, pick(possible[relation]), alternative=group)
    # Alternatives that are meant: one body, one area, one group, mostly on sure evidence.
    usable = [*of_kind["system"], *of_kind["product"]]
    bodies = [*of_kind["authority"] * 2, *of_kind["shared-service"], *of_kind["supplier"]]
    for group in pick((("g",), ("g", "h"), ("g", "h", "i"))):
        dependent, area = pick(bodies), pick(("", *areas))
        for used in draw(st.lists(st.sampled_from(usable), min_size=2, max_size=3, unique=True)):
            sure = pick((True, True, False))
            relate(dependent, "uses", used, sure=sure, service_area=area, alternative=group)

    dataset = {"title": "invented set", "as_of": AS_OF, "licence": "CC0", "attribution": "invented", "marking": ""}
    own_register = pick(("confirmed", "reported", "inferred", ""))
    if own_register:
        dataset["own_register"] = own_register
    incidents = [
        _blank("incidents")
        | {
            "incident_id": incident,
            "title": f"Incident {incident}",
            "date_started": date,
            "date_disclosed": date,
            "mechanism": "ransomware",
            "impact": "availability",
        }
        for incident, date in (("i1", "2022-06-30"), ("i2", "2023-05-01"))
    ]
    return {
        "dataset": dataset,
        "entities": entities,
        "relations": relations,
        "evidence": evidence,
        "incidents": incidents,
        "incident_effects": [],
        "register": register,
    }


@st.composite
def questions(draw: DrawFn, tables: Tables) -> dict[str, Any]:
    """Draw what to ask of a data set: the named arguments of `reference.answer`.

    Parameters
    ----------
    tables
        The data set, as `datasets` draws it.
    """
    entities = [row["id"] for row in tables["entities"]]
    providers = [row["provider"] for row in tables["relations"] if row["relation"] != "member-of"]
    areas = sorted({row["service_area"] for row in tables["relations"]} - {""}) or [AREAS[0]]
    organisations = [identity for identity in entities if identity.startswith(ORGANISATIONS)]
    any_line = st.tuples(st.sampled_from(organisations), st.sampled_from(areas)).map("/".join)
    lines = [
        f"{row['provider']}/{row['service_area']}"
        for row in tables["relations"]
        if row["service_area"] and row["provider"].startswith(ORGANISATIONS)
    ]
    # Most questions are about what others depend on, some about anything.
    backed_up = [row["provider"] for row in tables["relations"] if row["alternative"]]
    shared = [identity for identity in providers if identity.startswith(("environment:", "shared-service:"))]
    one = st.one_of(
        st.sampled_from(providers),
        st.sampled_from(backed_up),
        st.sampled_from(shared or providers),
        st.sampled_from(lines) if lines else any_line,
        st.sampled_from(entities) | any_line,
    )
    number = draw(st.sampled_from((1, 1, 1, 2, 3)))
    roots = draw(st.lists(one, min_size=number, max_size=number, unique=True))
    return {
        "roots": sorted(roots),
        "kinds": list(draw(st.sampled_from(WHAT_IFS))),
        "as_of": draw(st.sampled_from(DATES)),
        "without": draw(st.sampled_from((*[None] * 6, "i1", "i2"))),
        "known_before": draw(st.sampled_from(KNOWN_BEFORE)),
    }


def check(tables: Tables) -> None:
    """Fail if a data set is not one that a loader has to accept.

    Parameters
    ----------
    tables
        The data set, as `datasets` draws it.
    """
    kinds = {row["id"]: row["kind"] for row in tables["entities"]}
    evidence = {row["id"] for row in tables["evidence"]}
    for table, columns in COLUMNS.items():
        keys = [row[columns[0]] for row in tables[table]]
        assert len(keys) == len(set(keys)), f"an id stands twice in {table}"
        assert all(list(row) == columns for row in tables[table]), f"{table} has other columns"
    assert {row["id"] for row in tables["register"]} == {name for name, kind in kinds.items() if kind == "authority"}
    for row in tables["relations"]:
        dependents, providers = PAIRS[row["relation"]]
        assert kinds[row["dependent"]] in dependents and kinds[row["provider"]] in providers, row
        assert row["dependent"] != row["provider"], row
        assert first_day(row["valid_from"]) <= last_day(row["valid_to"]), row
        assert set(row["evidence"].split(";")) <= {*evidence, ""}, row


def write(tables: Tables, folder: Path) -> None:
    """Write a data set as a folder, the register beside it.

    `reference.read` gives the same tables back.

    Parameters
    ----------
    tables
        The data set, as `datasets` draws it.
    folder
        Where to; it is made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = "".join(f"{key} = {json.dumps(value)}\n" for key, value in tables["dataset"].items())
    (folder / "dataset.toml").write_text(settings, encoding="utf-8", newline="\n")
    for table, columns in COLUMNS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(tables.get(table, []))
