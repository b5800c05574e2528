"""What riskgraph leans on: nothing under GPL or AGPL, and each dependency has its row in the docs."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Read in the licence file, where the metadata state none.
READ = {"axe-playwright-python": "MIT"}

COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def tree(root: str, *extras: str) -> dict[str, Distribution]:
    """Name to distribution of a package and all that it needs here, however deep."""
    found: dict[str, Distribution] = {}
    todo = [(root, extras)]
    seen = set(todo)
    while todo:
        name, wanted = todo.pop()
        found[name] = distribution(name)
        for requirement in map(Requirement, found[name].requires or ()):
            applies = requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in ("", *wanted)
            )
            step = (canonicalize_name(requirement.name), tuple(sorted(requirement.extras)))
            if applies and step not in seen:
                seen.add(step)
                todo.append(step)
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """The licence as a package states it, or nothing."""
    metadata = package.metadata
    stated = metadata.get_all("License-Expression") or [
        classifier.rpartition(" :: ")[2]
        for classifier in metadata.get_all("Classifier") or []
        if classifier.startswith("License :: ")
    ]
    return ", ".join(stated or (metadata.get_all("License") or [""])[0].strip().splitlines()[:1])


INSTALLED = tree("riskgraph", "dev")


@pytest.mark.parametrize("name", INSTALLED)
def test_a_licence_is_known_and_not_copyleft(name: str) -> None:
    stated = licence(INSTALLED[name]) or READ.get(name, "")
    assert stated, f"{name} states no licence: read it, and do without {name} if it is none or GPL."
    assert not COPYLEFT.search(stated), f"{name} is under {stated}: do without it."


@pytest.mark.parametrize(
    ("stated", "is_copyleft"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("MIT AND GPL-2.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("Apache-2.0 OR BSD-2-Clause", False),
        ("Mozilla Public License 2.0 (MPL 2.0)", False),
    ],
)
def test_copyleft_is_told_apart(stated: str, is_copyleft: bool) -> None:
    assert bool(COPYLEFT.search(stated)) is is_copyleft


def test_the_walk_goes_deep() -> None:
    assert {"click", "numpy", "pytest", "sortedcontainers"} <= INSTALLED.keys()


def test_each_dependency_has_its_row_in_the_docs() -> None:
    project = PROJECT["project"]
    named = [
        *PROJECT["build-system"]["requires"],
        *project["dependencies"],
        *(text for extra in project["optional-dependencies"].values() for text in extra),
    ]
    lines = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    explained = {row[0] for row in rows if row[0] != "dependency"}
    assert explained == {canonicalize_name(Requirement(text).name) for text in named}
    assert all(len(row) == 5 and all(row) for row in rows)
