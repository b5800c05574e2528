"""`verify`: make a report again from what it says of itself, and tell what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, cast

from riskgraph.analysis.answer import SCHEMA, Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.question import Asking, Question
from riskgraph.assets import outer
from riskgraph.data.folders import current
from riskgraph.errors import MissingFile, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.render.blocks import Items, Text
from riskgraph.render.page import Page, paragraphs
from riskgraph.report.bundle import ReportOptions, make
from riskgraph.report.leaks import strict_json

__all__ = ["Verification", "shipped_samples", "verification_page", "verify"]

LARGEST_REPORT = 64 * 1024 * 1024  # bytes of a report.json
OLD_SCHEMA = 1  # the version of reports whose request holds the question in two parts
SAID = ("marking", "kind", "title", "date", "numbers", "meaning", "unknown", "now", "decisions")


@dataclass(frozen=True)
class Verification(Answer):
    """Whether a report is what its data give, and if not, in what it differs."""

    form: ClassVar = Form(
        "verify",
        "Whether a report is what its data give, and if not, in what it differs.",
        (),
        (
            Column("title", "title of the report"),
            Column("equal", "whether nothing differs", "flag"),
        ),
        (
            TableForm(
                "differences",
                "something in which the report differs",
                (Column("difference", "what it is, and what it should be"),),
            ),
            TableForm(
                "files",
                "a file that belongs to the report",
                (
                    Column("file", "name of the file"),
                    Column("compared", "whether it lies beside the report and was compared", "flag"),
                ),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)  # what it was made again from
    question: Question = field(repr=False)
    title: str
    differences: tuple[str, ...]
    files: tuple[str, ...]  # files beside it that were compared
    missing: tuple[str, ...]  # files named in it that are not beside it

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def fact_values(self) -> Mapping[str, Value]:
        """The report, and whether it is equal."""
        return {"title": self.title, "equal": self.equal}

    def row_values(self, table: str) -> Iterable[Row]:
        """What differs, or the files of the report."""
        if table == "differences":
            return [(difference,) for difference in self.differences]
        return sorted([*((name, True) for name in self.files), *((name, False) for name in self.missing)])


def verification_page(found: Verification) -> Page:
    """Whether it is equal, what was compared, and the first differences."""
    count, missing = len(found.differences), found.missing
    away = f", {len(missing)} not there: {', '.join(missing)}" if missing else ""
    return Page(
        f"{count} differences: {found.title}.",
        (
            Text(
                f"Made again from {found.graph.dataset.info.title}; {len(found.files)} files beside it compared{away}."
            ),
            Items(found.differences[:20]),
            *paragraphs(f"And {count - 20} more: use --format json." if count > 20 else ""),
        ),
    )


def verify(
    path: str | Path,
    *,
    data: str | Path | None = None,
    names: Sequence[str] = (),
    redact: Sequence[str] = (),
    members: str | Path | Sequence[str] | None = None,
    since: str | Path | None = None,
) -> Verification:
    """Make a report again and compare: what it says, and the files beside it.

    Parameters
    ----------
    path
        A `report.json`, the folder that holds it, or the name of a sample that ships.
    data
        Where the data are; needed unless the report was made from a shipped map.
    names, redact, members
        What a report with withheld names does not say: its roots, its list of names, its members.
    since
        Where the earlier map is, if the report compares with one.

    Returns
    -------
    Verification
        Every difference by its path in `report.json`, and which files beside it were compared.

    Raises
    ------
    MissingFile
        If it is not there.
    RiskGraphError
        If it is no report of riskgraph, or something is needed that it withholds.

    Examples
    --------
    >>> import tempfile
    >>> from riskgraph.data.folders import write_folder
    >>> folder = Path(tempfile.mkdtemp()) / "report"
    >>> write_folder(folder, make("seeds", "blast", ["essex"]).files)
    >>> verify(folder).equal
    True
    """
    file = Path(path)
    if not file.exists() and str(path) in (samples := shipped_samples()):
        file = samples[str(path)]
    folder = file if file.is_dir() else file.parent
    file = current(folder, "report.json") if file.is_dir() else file
    old = _read(file)
    request = old["provenance"]["request"]
    options = replace(_options(old, redact, members), since=str(since or request["since"]))
    asked = list(names) or request["names"]
    if "withheld" in asked:
        raise RiskGraphError("The report withholds what it is about.", "Name it: --root NAME.")
    where = data if data is not None else request["data"]
    if where in {"", "withheld"}:
        raise RiskGraphError("The report does not say where its data are.", "Name them: --data PATH.")
    graph = RiskGraph.open(where)
    graph = graph if request.get("class_rules", True) else graph.observed()
    bundle = make(graph, request["kind"], asked, options)
    new = strict_json(bundle.files["report.json"].decode())
    assert isinstance(new, dict)
    if old["schema"] == OLD_SCHEMA:  # its answers and tables have another form; what it says has not
        differences = [said for key in SAID for said in _compare(f".{key}", old.get(key), new[key])]
    else:
        differences = list(_compare("", old, new))
    if old["provenance"]["data_digest"] != new["provenance"]["data_digest"]:
        differences.insert(0, "the data have changed since the report was made")
    found, missing = [], []
    for name, stated in sorted(old["files"].items()):
        beside = current(folder, name)
        if "/" in name or "\\" in name or not beside.is_file():
            missing.append(name)
            continue
        found.append(name)
        if hashlib.sha256(beside.read_bytes()).hexdigest() != stated:
            differences.append(f"{name} is not the file that was made")
    return Verification(graph, Question.of(graph), old["title"], tuple(differences), tuple(found), tuple(missing))


def shipped_samples() -> dict[str, Path]:
    """Name to folder of every sample report that ships with riskgraph.

    Examples
    --------
    >>> "blast" in shipped_samples()
    True
    """
    root = outer("reports") / "samples"
    return {path.parent.name: path.parent for path in sorted(root.glob("*/report.json"))}


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > LARGEST_REPORT:
            raise RiskGraphError(f"{file} is too big for a report.", "Give the report.json of a report.")
        value = strict_json(file.read_bytes().decode("utf-8"))
    except OSError:
        raise MissingFile(f"There is no file {file}.", "Give a report.json, or the folder that holds it.") from None
    except (ValueError, RecursionError):
        raise RiskGraphError(
            f"{file} is no JSON as riskgraph writes it.", "Give the report.json of a report."
        ) from None
    if not _looks_right(value):
        raise RiskGraphError(f"{file} is no report of riskgraph.", "Give the report.json of a report.")
    assert isinstance(value, dict)
    return value


_MAYBE = (str, type(None))
_QUESTION: dict[str, object] = {
    "kinds": [str], "like": _MAYBE, "as_of": _MAYBE, "without": [str], "known_before": _MAYBE,
    "areas": [str], "classes": [str], "regions": [str], "members": [str], "band": str,
}  # fmt: skip
_REQUEST: dict[str, object] = {
    **dict.fromkeys(("data", "kind", "exempt", "permission", "version", "author", "since"), str),
    **dict.fromkeys(("tlp", "classification", "dated", "aware"), _MAYBE),
    "names": [str],
}


def _looks_right(value: object) -> bool:
    shape = {"schema": int, "title": str, "files": dict, "provenance": {"request": _REQUEST, "data_digest": str}}
    if not _fits(value, shape):
        return False
    assert isinstance(value, dict)
    asked = _asked(value)
    return (
        _fits(list(value["files"].values()), [str])
        and asked is not None
        and asked.keys() <= _QUESTION.keys()
        and all(given is None or _fits(given, _QUESTION[key]) for key, given in asked.items())
    )


def _fits(value: object, shape: object) -> bool:
    """Whether a value has a shape: a type or several, a list of one shape, or a dict with a shape for each key."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(key in value and _fits(value[key], shape[key]) for key in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(item, shape[0]) for item in value)
    return isinstance(value, shape)  # type: ignore[arg-type]


def _asked(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was asked besides the names, as `Question.of` takes it; `None` if the report does not say."""
    if report["schema"] == OLD_SCHEMA:
        parts = [report["provenance"]["request"].get(key) for key in ("question", "selection")]
    else:
        parts = [report.get("question")] if report["schema"] == SCHEMA else [None]
    if not all(isinstance(part, dict) for part in parts):
        return None
    asked = {key: value for part in parts for key, value in part.items() if key not in {"roots", "address"}}
    for key in ("without", "members"):  # of the old form
        if isinstance(asked.get(key), str):
            asked[key] = [asked[key]]
    if asked.get("like"):
        asked.pop("kinds", None)
    return asked


def _options(
    report: Mapping[str, Any], redact: Sequence[str], members: str | Path | Sequence[str] | None
) -> ReportOptions:
    request, asked = report["provenance"]["request"], _asked(report)
    if request.get("redact") == "withheld" and not redact:
        raise RiskGraphError("The report withholds a list of names.", "Give the list: --redact FILE.")
    assert asked is not None
    if asked.get("members") == ["withheld"]:
        if members is None:
            raise RiskGraphError("The report withholds who its members are.", "Give the list: --members FILE.")
        asked["members"] = members
    return ReportOptions(
        cast("Asking", {key: value for key, value in asked.items() if value is not None}),
        request["tlp"],
        request["classification"],
        request["exempt"],
        request["permission"],
        bool(request.get("anonymous")),
        tuple(redact),
        request["dated"],
        request["version"],
        request["author"],
        request["data"],
        request["aware"],
    )


_SHOWN = 60  # letters of a value that differs


def _compare(path: str, old: object, new: object) -> Iterator[str]:
    """Where two JSON values differ, by path; the hashes of files follow from the rest."""
    if path in {".files", ".provenance.request.data", ".provenance.request.since"}:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if key not in old:
                yield f"{path}.{key} is missing".lstrip(".")
            elif key not in new:
                yield f"{path}.{key} should not be there".lstrip(".")
            else:
                yield from _compare(f"{path}.{key}", old[key], new[key])
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{path} has {len(old)} entries, and should have {len(new)}".lstrip(".")
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from _compare(f"{path}[{number}]", one, other)
    elif old != new or type(old) is not type(new):
        yield f"{path} is {_short(old)}, and should be {_short(new)}".lstrip(".")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
