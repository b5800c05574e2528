"""From a question to a finished report: withhold names, ask, mark, render, check for leaks."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import riskgraph.report.kinds  # noqa: F401 - registers the kinds
from riskgraph.analysis.blast import blast
from riskgraph.analysis.select import Selection
from riskgraph.arguments import check
from riskgraph.dates import parse_day
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import PRODUCT, SUPPLIER
from riskgraph.render.blocks import Report
from riskgraph.report.files import Origin, as_zip, folder_name, make_files
from riskgraph.report.marking import Marking, mark
from riskgraph.report.redact import Redacted, leaks, redact
from riskgraph.report.registry import REPORTS, Context, Kind

__all__ = ["Bundle", "ReportOptions", "make"]


@dataclass(frozen=True)
class ReportOptions:
    """How a report is marked, dated and limited; all of it may be left out.

    Parameters
    ----------
    question
        What `blast` takes: kinds, like, as_of, without, known_before.
    selection
        Areas, classes, regions, members: what `Selection.of` takes.
    tlp, classification, exempt, permission
        The marking; see `riskgraph.report.marking.mark`.
    anonymous
        Withhold every name but those of suppliers and products, and give counts only.
    redact
        Names or ids to withhold.
    dated
        The day printed on it; if left out, SOURCE_DATE_EPOCH, else the date of the question.
    version, author
        Printed on it.
    data
        The word by which the data are named in the command that makes it again.
    aware
        When the councils became aware of a breach of personal data, as "2026-11-25 09:30".
    since
        Where an earlier state of the map is, to say what has changed.
    """

    question: Mapping[str, Any] = field(default_factory=dict)
    selection: Mapping[str, Any] = field(default_factory=dict)
    tlp: str | None = None
    classification: str | None = None
    exempt: str = ""
    permission: str = ""
    anonymous: bool = False
    redact: tuple[str, ...] = ()
    dated: str | None = None
    version: str = "1"
    author: str = ""
    data: str = ""
    aware: str | None = None
    since: str = ""


@dataclass(frozen=True)
class Bundle:
    """A finished report: what it says, how it is marked, where it comes from, and its files."""

    report: Report
    marking: Marking
    origin: Origin
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """Folder name with date, subject, marking and version."""
        return folder_name(self.report, self.marking, self.origin)

    def zip(self) -> bytes:
        """All files in one archive."""
        return as_zip(self.files, self.name)


def make(
    graph: RiskGraph | str | Path, kind: str, names: Sequence[str] = (), options: ReportOptions | None = None
) -> Bundle:
    """Make a report.

    Parameters
    ----------
    graph
        An open map, or where it is.
    kind
        A word of `REPORTS`, such as "blast".
    names
        What it is about: roots, a council, a supplier, an incident.

    Returns
    -------
    Bundle
        The same bytes for the same data, question and options.

    Raises
    ------
    RiskGraphError
        If the kind is not known, a name is not found, or the marking is not allowed.

    Examples
    --------
    >>> bundle = make("seeds", "blast", ["east kent services"])
    >>> bundle.report.title
    '3 councils could be reached if East Kent Services were compromised'
    >>> bundle.name
    '2026-11-22_blast-east-kent-services_TLP-CLEAR_v1'
    """
    options = options or ReportOptions()
    if not isinstance(graph, RiskGraph):
        options = replace(options, data=options.data or Path(graph).name)
        graph = RiskGraph.open(graph)
    if kind not in REPORTS:
        raise RiskGraphError(f"There is no report {kind!r}.", f"Use one of: {', '.join(REPORTS)}.")
    entry = REPORTS[kind]
    _check_names(entry, names)
    info = graph.dataset.info
    marking = mark(
        info.marking,
        entry.tlp,
        options.tlp,
        anonymous=options.anonymous,
        classification=options.classification,
        exempt=options.exempt,
        permission=options.permission,
    )
    context, redacted = _context(graph, entry, names, options)
    report = entry.build(context)
    origin = _origin(context, entry, options, report, redacted, graph.dataset.digest)
    files = make_files(report, marking, origin)
    if redacted is not None:
        found = leaks({**files, folder_name(report, marking, origin): b""}, redacted.needles)
        if found:
            raise RiskGraphError(
                f"A name that is to be withheld would stand in {found[0].file}; nothing was written.",
                "Please report this fault, without the name. Withhold the body around it too, with --redact.",
            )
    return Bundle(report, marking, origin, files)


def _check_names(entry: Kind, names: Sequence[str]) -> None:
    if entry.names == "none" and names:
        raise RiskGraphError(f"The report {entry.word} takes no name.", "Use --region or --members to limit it.")
    if entry.names == "one" and len(names) != 1:
        raise RiskGraphError(f"The report {entry.word} takes one name.", f"Try: {entry.examples[0]}")
    if entry.names == "many" and not names:
        raise RiskGraphError(f"The report {entry.word} needs a name.", f"Try: {entry.examples[0]}")


def _context(
    graph: RiskGraph, entry: Kind, names: Sequence[str], options: ReportOptions
) -> tuple[Context, Redacted | None]:
    """The map that the report is made from: where names are withheld, one that does not hold them."""
    check(blast, graph, names, **options.question)
    check(Selection.of, graph, **options.selection)
    question = dict(options.question)
    selection = Selection.of(graph, **options.selection)
    ids = tuple(dict.fromkeys(entry.resolve(graph, name) for name in names))
    aware, since = _moment(options.aware), _since(entry, options)
    if not options.anonymous and not options.redact:
        return Context(graph, ids, question, selection or None, aware=aware, since=since), None
    if options.anonymous and not entry.anonymous:
        usable = ", ".join(kind.word for kind in REPORTS.values() if kind.anonymous)
        raise RiskGraphError(
            f"The report {entry.word} says nothing without names.", f"--anonymous works with: {usable}."
        )
    if options.anonymous:
        entities = graph.dataset.entities.values()
        hidden = frozenset(entity.id for entity in entities if entity.kind not in {SUPPLIER, PRODUCT})
    else:
        hidden = frozenset(graph.names.resolve(name).partition("/")[0] for name in options.redact)
    view = graph.view(question.get("as_of"))
    redacted = redact(graph.dataset, hidden, view.as_of, classes=options.anonymous)
    new = RiskGraph(redacted.dataset)
    for key in ("without",):
        if question.get(key):
            given = (question[key],) if isinstance(question[key], str) else question[key]
            question[key] = tuple(redacted.incidents.get(incident, incident) for incident in given)
    members = None if selection.members is None else frozenset(redacted.ids.get(m, m) for m in selection.members)
    chosen = Selection(new, selection.areas, selection.classes, selection.regions, members)
    if options.anonymous and selection:  # classes and regions may be withheld in the new map: choose in the old one
        held = frozenset(redacted.ids.get(e, e) for e in graph.dataset.entities if selection.holds(e))
        chosen = Selection(new, selection.areas, members=held)
    renamed = tuple(_renamed(id_, redacted) for id_ in ids)
    withheld = frozenset(redacted.ids[id_] for id_ in redacted.hidden)
    return Context(new, renamed, question, chosen or None, withheld, options.anonymous, aware), redacted


def _since(entry: Kind, options: ReportOptions) -> RiskGraph | None:
    if not options.since:
        return None
    if not entry.since:
        usable = ", ".join(kind.word for kind in REPORTS.values() if kind.since)
        raise RiskGraphError(f"The report {entry.word} compares with no earlier map.", f"--since works with: {usable}.")
    if options.anonymous or options.redact:
        raise RiskGraphError("The earlier map holds the names that are to be withheld.", "Leave --since out.")
    return RiskGraph.open(options.since)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None or len(text) < len("2026-11-25 09:30"):
        raise RiskGraphError(f"{text!r} is no date and time.", 'Write it as "2026-11-25 09:30", by the local clock.')
    return moment


def _renamed(id_: str, redacted: Redacted) -> str:
    body, slash, area = id_.partition("/")
    return redacted.ids.get(body, body) + slash + area


def _origin(
    context: Context, entry: Kind, options: ReportOptions, report: Report, redacted: Redacted | None, digest: str
) -> Origin:
    """Where it comes from; of a redacted report nothing that could be looked up in the full map."""
    info = context.graph.dataset.info
    names = context.names
    selection = {key: value for key, value in options.selection.items() if value}
    if selection.get("members") is not None:
        members = context.chosen.members or frozenset()
        selection["members"] = "withheld" if redacted else sorted(members)
    question = {
        key: value for key, value in context.question.items() if value and (key, value) != ("like", "compromise")
    }
    request: dict[str, Any] = {
        "data": options.data if redacted is None or options.data in {"uk", "seeds"} else "withheld",
        "kind": entry.word,
        "names": [_printed(context, name) for name in names],
        "question": _plain(question),
        "selection": _plain(selection),
        "tlp": options.tlp,
        "classification": options.classification,
        "exempt": options.exempt,
        "permission": options.permission,
        "anonymous": options.anonymous,
        "redact": "withheld" if options.redact else [],
        "dated": options.dated,
        "version": options.version,
        "author": options.author,
        "aware": options.aware,
        "since": Path(options.since).name if options.since else "",
    }
    withheld = ""
    if redacted is not None:
        count = len(redacted.hidden)
        withheld = "every name but those of suppliers and products" if options.anonymous else f"{count:,} names"
    return Origin(
        info.title,
        info.as_of,
        "withheld" if redacted else digest,
        len(context.graph.dataset.relations),
        len(context.graph.dataset.warnings),
        request,
        _command(request),
        _dated(options, report),
        options.version,
        options.author,
        info.attribution,
        withheld,
    )  # fmt: skip


def _printed(context: Context, name: str) -> str:
    """A name as the report may tell it: nothing that is withheld, and no path of this machine."""
    if name.partition("/")[0] in context.withheld:
        return "withheld"
    return Path(name).name if Path(name).is_file() else name


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON gives them back."""

    def plain(value: Any) -> Any:
        if isinstance(value, tuple | list | set | frozenset):
            listed = [plain(item) for item in value]
            return sorted(listed) if isinstance(value, set | frozenset) else listed
        return value.isoformat() if isinstance(value, date) else value if isinstance(value, bool | int) else str(value)

    return {key: plain(value) for key, value in sorted(values.items()) if value is not None}


def _dated(options: ReportOptions, report: Report) -> str:
    if options.dated:
        try:
            return parse_day(options.dated).isoformat()
        except ValueError as error:
            raise RiskGraphError(f"{error}.", "Write the date as 2026-11-25.") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch.isdigit() else report.date


_FLAGS = {"kinds": "kind", "as_of": "as-of", "known_before": "known-before", "areas": "area", "classes": "class", "regions": "region"}  # fmt: skip


def _command(request: Mapping[str, Any]) -> str:
    """The command that makes the report again; lists in files are named, not repeated."""
    words = ["riskgraph", "report", request["kind"], *request["names"]]
    for key, value in (*request["question"].items(), *request["selection"].items()):
        flag = f"--{_FLAGS.get(key, key)}"
        if key == "members":
            words += [flag, "FILE"]
        else:
            for item in value if isinstance(value, list) else [value]:
                words += [flag, str(item)]
    for key in ("tlp", "classification", "exempt", "permission", "dated", "author", "aware", "since"):
        if request[key]:
            words += [f"--{key}", request[key]]
    if request["version"] != "1":
        words += ["--version", request["version"]]
    words += ["--anonymous"] if request["anonymous"] else []
    words += ["--redact", "FILE"] if request["redact"] else []
    if request["data"] not in {"", "uk"}:
        words += ["--data", request["data"]]
    return shlex.join(words)
