"""The floors of the house: imports point down only, and few rooms may use certain things."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import click
import networkx as nx
import pytest

from riskgraph.cli import main

ROOT = Path(__file__).parents[1]

FLOORS = {
    "errors": 0,
    "assets": 0,
    "model": 0,
    "schema": 0,
    "rules": 0,
    "dates": 0,
    "text": 0,
    "pictured": 0,
    "data": 1,
    "graph": 2,
    "networkx_graph": 2,
    "deciding": 2,
    "settle": 2,
    "harm": 2,
    "compiled": 2,
    "engine": 2,
    "backends": 3,
    "analysis": 4,
    "scenario": 5,
    "render": 6,
    "report": 6,
    "api": 7,
    "cli": 7,
    "__init__": 7,
    "__main__": 7,
}

# The engine works on arrays: of the rest of riskgraph it knows the words of the model, and no names.
ENGINE_KNOWS = ("riskgraph.errors", "riskgraph.model", "riskgraph.engine")

# What may be imported, or called, only there.
IMPORTED_ONLY_IN = {"neo4j": ("riskgraph.backends.neo4j",), "click": ("riskgraph.cli",)}
CALLED_ONLY_IN = {
    "print": ("riskgraph.cli", "riskgraph.render"),
    "import_module": ("riskgraph.cli", "riskgraph.__init__"),
    "__import__": (),
}

# What `riskgraph --help` must not wait for.
HEAVY = {"neo4j", "networkx", "numpy", "pandas", "plotly", "scipy"}


def name_of(path: Path) -> str:
    """Dotted name of a module, with `riskgraph.__init__` for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


MODULES = {name_of(path): path for path in sorted((ROOT / "riskgraph").rglob("*.py"))}


def within(module: str, *rooms: str) -> bool:
    """Whether a module is one of these rooms, or in one (`backends.neo4j_load` is in `backends.neo4j`)."""
    return module.startswith(rooms)


def imports(module: str, source: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import, also relative, inside a function or for type checking only."""
    is_package = module in MODULES and MODULES[module].name == "__init__.py"
    package = module.removesuffix(".__init__") if is_package else module.rpartition(".")[0]
    for step in ast.walk(ast.parse(source)):
        if isinstance(step, ast.Import):
            yield from ((step.lineno, alias.name) for alias in step.names)
        elif isinstance(step, ast.ImportFrom):
            base = resolve_name("." * step.level + (step.module or ""), package)
            for alias in step.names:
                full = f"{base}.{alias.name}"
                if full in MODULES:
                    yield step.lineno, full
                else:
                    yield step.lineno, "riskgraph.__init__" if base == "riskgraph" else base


def floor(module: str) -> int:
    """Floor on which a module of riskgraph stands."""
    room = module.split(".")[1] if "." in module else "__init__"
    if room not in FLOORS:
        pytest.fail(f"{module} has no floor. Give `{room}` one in tests/test_layers.py.", pytrace=False)
    return FLOORS[room]


def faults(module: str, source: str) -> list[str]:
    """What a module may not do on its floor."""
    found = []
    here = floor(module)
    for line, target in imports(module, source):
        if within(target, "riskgraph"):
            if floor(target) > here:
                found.append(f"line {line}: imports {target}, which is on a higher floor")
            if within(module, "riskgraph.engine") and not within(target, *ENGINE_KNOWS):
                found.append(f"line {line}: the engine imports {target}")
        top = target.split(".")[0]
        if top in IMPORTED_ONLY_IN and not within(module, *IMPORTED_ONLY_IN[top]):
            found.append(f"line {line}: imports {top}")
    for step in ast.walk(ast.parse(source)):
        if isinstance(step, ast.Call):
            called = getattr(step.func, "id", None) or getattr(step.func, "attr", None)
            if called in CALLED_ONLY_IN and not within(module, *CALLED_ONLY_IN[called]):
                found.append(f"line {step.lineno}: calls {called}()")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_to_its_floor(module: str) -> None:
    found = faults(module, MODULES[module].read_text(encoding="utf-8"))
    assert not found, f"{module}\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("riskgraph.data.read", "import riskgraph.analysis.blast", id="up"),
        pytest.param("riskgraph.data.read", "from riskgraph.analysis import blast", id="up-from"),
        pytest.param("riskgraph.data.read", "from ..cli import main", id="up-relative"),
        pytest.param("riskgraph.data.read", "from .. import __version__", id="up-to-the-front-door"),
        pytest.param("riskgraph.model", "def f():\n    from riskgraph.data import x", id="up-in-a-function"),
        pytest.param("riskgraph.model", "if TYPE_CHECKING:\n    import riskgraph.data", id="up-for-types"),
        pytest.param("riskgraph.engine.closure", "from riskgraph.graph import RiskGraph", id="engine-graph"),
        pytest.param("riskgraph.engine.closure", "import riskgraph.data", id="engine-data"),
        pytest.param("riskgraph.engine.closure", "from riskgraph.text import fold", id="engine-names"),
        pytest.param("riskgraph.analysis.blast", "print(1)", id="print"),
        pytest.param("riskgraph.analysis.blast", "import click", id="click"),
        pytest.param("riskgraph.backends.networkx", "from neo4j import GraphDatabase", id="neo4j"),
        pytest.param("riskgraph.data.read", "importlib.import_module('riskgraph.cli')", id="hidden"),
    ],
)
def test_a_fault_is_seen(module: str, source: str) -> None:
    assert len(faults(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("riskgraph.analysis.blast", "from riskgraph.analysis.results import Blast", id="sibling"),
        pytest.param("riskgraph.analysis.blast", "from .results import Blast", id="sibling-relative"),
        pytest.param("riskgraph.graph", "from riskgraph.engine import snapshot", id="same-floor"),
        pytest.param("riskgraph.engine.closure", "from riskgraph.model import Band", id="engine-model"),
        pytest.param("riskgraph.backends.neo4j_load", "import neo4j", id="neo4j"),
        pytest.param("riskgraph.render.text", "print(1)", id="print"),
        pytest.param("riskgraph.cli.blast", "from riskgraph import __version__", id="door"),
    ],
)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert faults(module, source) == []


# The rooms in which no module may lead back to itself, not even for types or inside a function.
WITHOUT_CIRCLES = ("engine", "backends", "graph", "settle", "deciding", "harm", "compiled", "networkx_graph")


def test_no_import_of_the_ground_leads_back_to_where_it_came_from() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for module, path in MODULES.items():
        for _, target in imports(module, path.read_text(encoding="utf-8")):
            if target in MODULES and target != module:
                graph.add_edge(module, target)
    circles = [sorted(circle) for circle in nx.strongly_connected_components(graph) if len(circle) > 1]
    rooms = tuple(f"riskgraph.{room}" for room in WITHOUT_CIRCLES)
    assert [circle for circle in circles if any(module.startswith(rooms) for module in circle)] == []


def test_no_class_of_the_ground_has_the_name_of_another() -> None:
    homes: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        for step in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(step, ast.ClassDef):
                homes.setdefault(step.name, []).append(module)
    rooms = tuple(f"riskgraph.{room}" for room in (*WITHOUT_CIRCLES, "model", "pictured"))
    assert {n: at for n, at in homes.items() if len(at) > 1 and any(module.startswith(rooms) for module in at)} == {}


@pytest.mark.parametrize("module", [module for module in MODULES if not module.endswith("__main__")])
def test_every_module_can_be_imported(module: str) -> None:
    assert importlib.import_module(module.removesuffix(".__init__")).__doc__, f"{module} says nothing of itself"


def commands(group: click.Group, path: str = "riskgraph") -> Iterator[tuple[str, click.Command | None]]:
    """Words and command of everything that can be typed."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        yield f"{path} {word}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {word}")


def test_every_command_that_is_listed_can_be_loaded() -> None:
    loaded = dict(commands(main))
    assert loaded
    assert [words for words, command in loaded.items() if command is None or not command.help] == []


def test_help_waits_for_nothing_heavy() -> None:
    code = (
        "import atexit, sys; from riskgraph.cli import main; "
        f"atexit.register(lambda: print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)); main(['--help'])"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.strip()) == (0, "[]")
    assert run.stdout.startswith("Usage: ")
