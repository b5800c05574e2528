"""What is installed from the wheel is what the checkout has, and it works from anywhere."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from conftest import need

ROOT = Path(__file__).parents[1]
OUTER = ("datasets", "queries", "reports")

SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV_"))}


def run(*words: str | Path, folder: Path) -> str:
    """Output of a program that must succeed and must not complain."""
    done = subprocess.run(words, cwd=folder, env=CLEAN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words} in {folder}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Files that git knows, or would know at the next `git add`."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        need("a git checkout", "Clone the project instead of unpacking it.")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
    return sorted(name for name in set(listed.split("\0")) - {""} if (ROOT / name).is_file())


@pytest.fixture(scope="module")
def wheel(tracked: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive, which is built from a clean copy."""
    source = tmp_path_factory.mktemp("source")
    for name in tracked:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", folder=source)
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of a new environment that holds the wheel; its dependencies are lent by this one."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, folder=home)
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=home).strip()
    # A path in a .pth file lends the packages there, not what an editable install hooks in.
    (Path(own) / "lent.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return programs


def test_the_list_of_packages_is_what_is_on_disk() -> None:
    on_disk = {path.parent for path in (ROOT / "riskgraph").rglob("*.py")}
    expected = {".".join(path.relative_to(ROOT).parts) for path in on_disk}
    expected |= {f"riskgraph.{name}" for name in OUTER}
    assert set(SETUP["options"]["packages"].split()) == expected
    without = [path for path in (*on_disk, *(ROOT / name for name in OUTER)) if not (path / "__init__.py").exists()]
    assert without == [], "A package needs an __init__.py that says what belongs there."


def test_no_key_stands_in_both_files() -> None:
    assert set(SETUP.sections()) == {"options", "options.package_data"}
    assert set(SETUP["options"]) == {"packages", "package_dir", "include_package_data"}
    assert "setuptools" not in PROJECT["tool"]
    assert "packages" not in PROJECT["project"].get("dynamic", [])


SEEDS_THEN = ["--data", "seeds", "--as-of", "2024-01-18"]


@pytest.mark.parametrize("words", [["blast", "civica"], ["report", "blast", "civica", "--output", "page"]])
def test_the_module_form_works_where_a_clone_hides_what_is_installed(words: list[str], tmp_path: Path) -> None:
    env = {**CLEAN, "PYTHONPATH": os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")]), "RISKGRAPH_CACHE": "off"}
    command = [sys.executable, "-S", "-W", "error", "-m", "riskgraph", *words, *SEEDS_THEN]  # -S: no hooks
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("3 of 25 councils could be reached first if Civica were compromised")


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_every_file_of_the_outer_folders_ships(tracked: list[str], wheel: Path) -> None:
    expected = {f"riskgraph/{name}" for name in tracked if PurePosixPath(name).parts[0] in OUTER}
    expected |= {name for name in tracked if PurePosixPath(name).parts[0] == "riskgraph"}
    with ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if not PurePosixPath(name).parts[0].endswith(".dist-info")}
    assert shipped == expected, "Name the kind of file in [options.package_data] of setup.cfg."


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_licences_ship(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        licences = {PurePosixPath(name).name for name in archive.namelist() if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-DATA.md"}


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_wheel_answers_as_the_checkout_does(programs: Path, tmp_path: Path) -> None:
    python = programs / "python"
    where = Path(run(python, "-c", "import riskgraph; print(riskgraph.__file__)", folder=tmp_path).strip())
    assert where.is_relative_to(programs.parent), "The wheel itself must be tested, not the checkout."
    assert run(python, "-W", "error", "-m", "riskgraph", "--help", folder=tmp_path).startswith("Usage: ")
    installed = run(programs / "riskgraph", "blast", "civica", folder=tmp_path)
    assert "could be reached" in installed
    assert installed == run(sys.executable, "-m", "riskgraph", "blast", "civica", folder=ROOT)
    assert list(tmp_path.iterdir()) == [], "A question writes no file."


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_version_has_one_home(programs: Path, tmp_path: Path) -> None:
    code = "from importlib.metadata import version; print(version('riskgraph'))"
    assert run(programs / "python", "-c", code, folder=tmp_path).strip() == PROJECT["project"]["version"]
