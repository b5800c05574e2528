"""The floors of the house: imports point down only and never in a circle, and few rooms may use certain things."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib.util import resolve_name
from pathlib import Path

import click
import networkx as nx
import pytest

from riskgraph.cli import main

ROOT = Path(__file__).parents[1]

FLOORS: dict[str, float] = {
    "arguments": 0,
    "errors": 0,
    "assets": 0,
    "model": 0,
    "schema": 0,
    "rules": 0,
    "dates": 0,
    "pictured": 0,
    "vocabulary": 0,
    "data": 1,
    "importers": 1.5,
    "fetching": 1.7,
    "maps": 2,
    "graph": 2,
    "networkx_graph": 2,
    "deciding": 2,
    "evidence": 2,
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


# Libraries that take long to load: imported inside the functions that need them.
SLOW = {*HEAVY, "jinja2", "openpyxl", "rapidfuzz", "tabulate", "yaml"}

# Modules that load one of those, or much else, and that most answers do without.
LOADED_LATE = {
    ("riskgraph.maps", "riskgraph.importers"),
    ("riskgraph.graph", "riskgraph.compiled"),
    ("riskgraph.analysis.select", "riskgraph.importers.sheets"),
    ("riskgraph.analysis.select", "riskgraph.importers.matching"),
    ("riskgraph.analysis.rank", "riskgraph.analysis.root_counts"),
    ("riskgraph.scenario.compare", "riskgraph.analysis.rank"),
    ("riskgraph.graph", "riskgraph.networkx_graph"),
    ("riskgraph.report.bundle", "riskgraph.analysis.contacts"),  # the readers of sheets
    ("riskgraph.analysis.gaps", "riskgraph.analysis.contacts"),
    ("riskgraph.backends.opening", "riskgraph.backends.neo4j"),
    ("riskgraph.backends.opening", "riskgraph.backends.neo4j_read"),
    ("riskgraph.render.writers", "riskgraph.report.files"),  # the room of reports loads NumPy: only for HTML
    ("riskgraph.render.writers", "riskgraph.report.marking"),
}


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


def floor(module: str) -> float:
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


def circles(edges: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The sets of modules that import one another, directly or by way of others."""
    return [found for found in nx.strongly_connected_components(nx.DiGraph(edges)) if len(found) > 1]


def test_no_module_is_imported_by_what_it_imports() -> None:
    edges = [
        (module, target)
        for module, path in MODULES.items()
        for _, target in imports(module, path.read_text(encoding="utf-8"))
        if target in MODULES and target != module
    ]
    assert len(edges) > 1000
    found = [{module.rpartition(".")[2] for module in circle} for circle in circles(edges)]
    assert [sorted(circle) for circle in found] == [], (
        "Let one of them import the other only; what both need belongs below."
    )


@pytest.mark.parametrize("form", ["{}", "if TYPE_CHECKING:\n    {}", "def f():\n    {}"])
def test_a_circle_is_seen_at_the_top_for_types_and_in_a_function(form: str) -> None:
    sources = {"riskgraph.data.read": "from riskgraph.data import write", "riskgraph.data.write": "from . import read"}
    edges = [(m, target) for m, source in sources.items() for _, target in imports(m, form.format(source))]
    assert circles(edges) == [set(sources)]


def late_imports(module: str, source: str) -> Iterator[str]:
    """What a module imports inside its functions."""
    for step in ast.walk(ast.parse(source)):
        if isinstance(step, ast.FunctionDef):
            for inner in ast.walk(step):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield from (target for _, target in imports(module, ast.unparse(inner)))


@pytest.mark.parametrize("module", [m for m in MODULES if not within(m, "riskgraph.cli", "riskgraph.api")])
def test_only_doors_and_what_is_slow_to_load_is_imported_in_a_function(module: str) -> None:
    found = {
        target
        for target in late_imports(module, MODULES[module].read_text(encoding="utf-8"))
        if target.partition(".")[0] not in SLOW and target != "importlib.metadata"
    }
    assert {target for target in found if (module, target) not in LOADED_LATE} == set()


def names_used_twice(wanted: Callable[[ast.Module], Iterator[str]]) -> set[str]:
    """Names that more than one module gives to a thing of its own."""
    homes: dict[str, set[str]] = defaultdict(set)
    for module, path in MODULES.items():
        for name in wanted(ast.parse(path.read_text(encoding="utf-8"))):
            homes[name].add(module)
    return {name for name, modules in homes.items() if len(modules) > 1}


def classes(tree: ast.Module) -> Iterator[str]:
    return (step.name for step in ast.walk(tree) if isinstance(step, ast.ClassDef))


def constants(tree: ast.Module) -> Iterator[str]:
    for step in tree.body:
        targets = step.targets if isinstance(step, ast.Assign) else [getattr(step, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", target.id):
                yield target.id


@pytest.mark.parametrize("wanted", [classes, constants], ids=["classes", "constants"])
def test_a_name_means_one_thing(wanted: Callable[[ast.Module], Iterator[str]]) -> None:
    assert names_used_twice(wanted) == set(), "Name the second one by what it is."


def test_the_floors_hold_the_rooms_that_there_are_and_the_manual_lists_them() -> None:
    rooms = {module.split(".")[1] for module in MODULES}
    assert set(FLOORS) == rooms
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d.]+) \| (.+?) \|", text.partition("## The floors")[2], re.MULTILINE)
    listed = {room.strip("/"): float(level) for level, names in rows for room in re.findall(r"`(\w+/?)`", names)}
    assert listed == FLOORS


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
        pytest.param("riskgraph.engine.closure", "from riskgraph.dates import DATE", id="engine-dates"),
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
