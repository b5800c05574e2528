"""From a question to a finished report: withhold names, ask, mark, render, check for leaks."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import riskgraph.report.kinds  # noqa: F401 - registers the kinds
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.select import Selection
from riskgraph.arguments import check
from riskgraph.data.snapshot import as_zip
from riskgraph.dates import fixed_moment, parse_day, parse_moment
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import PRODUCT, SUPPLIER, Band
from riskgraph.render.blocks import Report
from riskgraph.report.files import Origin, folder_name, make_files, printed_day
from riskgraph.report.marking import Marking, mark
from riskgraph.report.redact import Redacted, leaks, redact
from riskgraph.report.registry import REPORTS, Context, Kind

if TYPE_CHECKING:
    from riskgraph.analysis.contacts import Contacts

__all__ = ["Bundle", "ReportOptions", "make"]

WITHHELD = "withheld"


@dataclass(frozen=True)
class ReportOptions:
    """How a report is marked, dated and limited; all of it may be left out.

    Parameters
    ----------
    asking
        What is asked besides the names: kinds, view and scope; a report counts what is possible or surer.
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
    contacts
        A list of contacts for the call sheet. No other file holds any of it, not even its name.
    """

    asking: Asking = field(default_factory=Asking)
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
    contacts: str = ""


@dataclass(frozen=True)
class Bundle:
    """A finished report: what it says, how it is marked, where it comes from, and its files."""

    report: Report
    question: Question
    marking: Marking
    origin: Origin
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """Folder name with date, subject, marking and version."""
        return folder_name(self.report, self.marking, self.origin)

    def zip(self) -> bytes:
        """All files in one archive."""
        return as_zip({f"{self.name}/{name}": content for name, content in self.files.items()})


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
    '3 of 25 councils could be reached first if East Kent Services were compromised: Canterbury, Dover and Thanet'
    >>> bundle.name
    '2026-11-30_blast-east-kent-services_TLP-CLEAR_v1'
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
    asked = _Request(graph, entry, names, options)
    context, redacted = asked.context, asked.redacted
    report = entry.build(context)
    if options.contacts and report.calls is None:
        raise RiskGraphError(f"The report {kind} has no call sheet.", "--contacts works with: blast.")
    origin = asked.origin(report)
    files = make_files(report, marking, origin)
    if redacted is not None:
        found = leaks({**files, folder_name(report, marking, origin): b""}, redacted.needles)
        if found:
            raise RiskGraphError(
                f"A name that is to be withheld would stand in {found[0].file}; nothing was written.",
                "Please report this fault, without the name. Withhold the body around it too, with --redact.",
            )
    return Bundle(report, context.question, marking, origin, files)


def _check_names(entry: Kind, names: Sequence[str]) -> None:
    if entry.names == "none" and names:
        raise RiskGraphError(f"The report {entry.word} takes no name.", "Use --region or --members to limit it.")
    if entry.names == "one" and len(names) != 1:
        raise RiskGraphError(f"The report {entry.word} takes one name.", f"Try: {entry.examples[0]}")
    if entry.names == "many" and not names:
        raise RiskGraphError(f"The report {entry.word} needs a name.", f"Try: {entry.examples[0]}")


class _Request:
    """What is asked of which map: where names are withheld, one that does not hold them."""

    def __init__(self, graph: RiskGraph, entry: Kind, names: Sequence[str], options: ReportOptions) -> None:
        self.graph, self.entry, self.options = graph, entry, options
        check(Question.of, graph, names, **options.asking)
        asking: Asking = {**options.asking}
        self.ids = tuple(dict.fromkeys(entry.resolve(graph, name) for name in names))
        self.redacted = self._redacted() if options.anonymous or options.redact else None
        if self.redacted is not None and (without := asking.get("without")):
            known = {new: old for old, new in self.redacted.incidents.items()}  # as the report names them
            listed = [without] if isinstance(without, str) else without
            asking["without"] = tuple(known.get(incident, incident) for incident in listed)
        self.question = entry.ask(graph, self.ids, asking)
        if self.question.band is not Band.POSSIBLE:
            raise RiskGraphError("A report counts what is possible or surer.", "Leave the band out.")
        aware, since = _moment(options.aware), _since(entry, options)
        if self.redacted is None:
            joined = _contacts(graph, self.question, options)
            self.context = Context(
                graph, self.question, self._subject(self.ids), aware=aware, since=since, contacts=joined
            )
            return
        if options.contacts:
            raise RiskGraphError("A report that withholds names takes no contacts.", "Leave --contacts out.")
        ids, new = self.redacted.ids, RiskGraph(self.redacted.dataset)
        question = self._renamed(new, self.redacted)
        subject = self._subject(tuple(_renamed(id_, ids) for id_ in self.ids))
        withheld = frozenset(ids[id_] for id_ in self.redacted.hidden)
        self.context = Context(new, question, subject, withheld, options.anonymous, aware)

    def _subject(self, ids: tuple[str, ...]) -> str:
        return ids[0] if self.entry.names == "one" else ""

    def _redacted(self) -> Redacted:
        """The map without what is to be withheld."""
        dataset, options = self.graph.dataset, self.options
        if options.anonymous and not self.entry.anonymous:
            usable = ", ".join(kind.word for kind in REPORTS.values() if kind.anonymous)
            raise RiskGraphError(
                f"The report {self.entry.word} says nothing without names.", f"--anonymous works with: {usable}."
            )
        if options.anonymous:
            hidden = frozenset(e.id for e in dataset.entities.values() if e.kind not in {SUPPLIER, PRODUCT})
        else:
            hidden = frozenset(self.graph.names.resolve(name).partition("/")[0] for name in options.redact)
        view = self.graph.view(options.asking.get("as_of"))
        return redact(dataset, hidden, view.as_of, classes=options.anonymous)

    def _renamed(self, new: RiskGraph, redacted: Redacted) -> Question:
        """The question with the ids of the map without names."""
        chosen, ids, view = self.question.selection, redacted.ids, self.question.view
        members = None if chosen.members is None else frozenset(ids.get(m, m) for m in chosen.members)
        scope = replace(chosen, graph=new, members=members, not_found=())
        if self.options.anonymous and chosen:  # classes and regions may be withheld there: choose in the old map
            held = frozenset(ids.get(e, e) for e in self.graph.dataset.entities if chosen.holds(e))
            scope = Selection(new, chosen.areas, members=held)
        return replace(
            self.question,
            roots=tuple(_renamed(root, ids) for root in self.question.roots),
            view=replace(view, without=tuple(redacted.incidents.get(one, one) for one in view.without)),
            selection=scope,
        )

    # -- where it comes from ------------------------------------------------------------------------

    def origin(self, report: Report) -> Origin:
        """Where a report comes from; of a redacted one nothing that could be looked up in the full map."""
        options, dataset, redacted = self.options, self.context.graph.dataset, self.redacted
        info = dataset.info
        request: dict[str, object] = {
            "data": self._data(),
            "kind": self.entry.word,
            "names": self._names(),
            "tlp": options.tlp,
            "classification": options.classification,
            "exempt": options.exempt,
            "permission": options.permission,
            "anonymous": options.anonymous,
            "redact": WITHHELD if options.redact else [],
            "dated": options.dated,
            "version": options.version,
            "author": options.author,
            "aware": options.aware,
            "since": Path(options.since).name if options.since else "",
            **({"class_rules": False} if self.graph.dataset.left_out else {}),
        }
        told = ""
        if redacted is not None:
            count = f"{len(redacted.hidden):,} names"
            told = "every name but those of suppliers and products" if options.anonymous else count
        return Origin(
            info.title,
            info.as_of,
            self.graph.dataset.digest if redacted is None else WITHHELD,
            len(dataset.records("relations")),
            len(dataset.warnings),
            request,
            self._command(),
            _dated(options) or printed_day(report.date),
            options.version,
            options.author,
            info.attribution,
            told,
            {**self._plain_question(), "address": self.question.address() if redacted is None else ""},
        )

    def _names(self) -> list[str]:
        """What it is about, as the report may tell it: nothing that is withheld, and no path of this machine."""
        hidden = frozenset() if self.redacted is None else self.redacted.hidden
        shown = (WITHHELD if id_.partition("/")[0] in hidden else id_ for id_ in self.ids)
        return [Path(name).name if Path(name).is_file() else name for name in shown]

    def _plain_question(self) -> dict[str, object]:
        """The question as plain values; names that are withheld are not told."""
        asked = self.question.to_dict()
        if self.redacted is not None:
            hidden = self.redacted.hidden
            asked["roots"] = [WITHHELD if id_.partition("/")[0] in hidden else id_ for id_ in self.question.roots]
            asked["without"] = list(self.context.question.view.without)
            asked["members"] = None if self.question.selection.members is None else [WITHHELD]
        return asked

    def _command(self) -> str:
        """The command that makes the report again; what is as usual is left out, and lists are files."""
        options, usual = self.options, self.entry.ask(self.graph, self.ids, {}).to_dict()
        words = ["riskgraph", "report", self.entry.word, *self._names()]
        asked = {key: value for key, value in self._plain_question().items() if value != usual[key]}
        asked.pop("kinds" if asked.get("like") else "like", None)
        for key, flag in _FLAGS.items():
            value = asked.get(key)
            items = value if isinstance(value, list) else [value] if value else []
            for item in ["FILE"] if items and key == "members" else items:
                words += [f"--{flag}", str(item)]
        given = {**vars(options), "since": Path(options.since).name if options.since else ""}
        for key in ("tlp", "classification", "exempt", "permission", "dated", "author", "aware", "since"):
            words += [f"--{key}", given[key]] if given[key] else []
        words += ["--version", options.version] if options.version != "1" else []
        words += ["--anonymous"] if options.anonymous else []
        words += ["--redact", "FILE"] if options.redact else []
        words += ["--no-class-rules"] if self.graph.dataset.left_out else []
        words += ["--data", self._data()] if self._data() not in {"", "uk"} else []
        return shlex.join(words)

    def _data(self) -> str:
        """The word for the data; a map of one's own is not named where names are withheld."""
        told = self.redacted is None or self.options.data in {"uk", "seeds"}
        return self.options.data if told else WITHHELD


_FLAGS = {
    "like": "like",
    "kinds": "kind",
    "as_of": "as-of",
    "without": "without",
    "known_before": "known-before",
    "areas": "area",
    "classes": "class",
    "regions": "region",
    "members": "members",
}


def _renamed(id_: str, ids: Mapping[str, str]) -> str:
    body, slash, area = id_.partition("/")
    return ids.get(body, body) + slash + area


def _since(entry: Kind, options: ReportOptions) -> RiskGraph | None:
    if not options.since:
        return None
    if not entry.since:
        usable = ", ".join(kind.word for kind in REPORTS.values() if kind.since)
        raise RiskGraphError(f"The report {entry.word} compares with no earlier map.", f"--since works with: {usable}.")
    if options.anonymous or options.redact:
        raise RiskGraphError("The earlier map holds the names that are to be withheld.", "Leave --since out.")
    return RiskGraph.open(options.since)


def _contacts(graph: RiskGraph, question: Question, options: ReportOptions) -> Contacts | None:
    if not options.contacts:
        return None
    from riskgraph.analysis.contacts import contacts  # loads the readers of sheets

    return contacts(graph, options.contacts, roots=question.roots)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = parse_moment(fixed_moment(text))
    except ValueError:
        moment = None
    if moment is None:
        raise RiskGraphError(f"{text!r} is no date and time.", 'Write it as "2026-11-25 09:30", by the local clock.')
    return moment


def _dated(options: ReportOptions) -> str:
    try:
        return parse_day(options.dated).isoformat() if options.dated else ""
    except ValueError as error:
        raise RiskGraphError(f"{error}.", "Write the date as 2026-11-25.") from None
