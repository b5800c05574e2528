"""`data check`, `data merge`, `data incident` and `data overlap`: what was found in a map, or made of some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value, as_words
from riskgraph.analysis.doubts import DOUBTS, Advice, MapDoubt, doubts
from riskgraph.analysis.question import Question
from riskgraph.data.checks import CHECKS, run_checks
from riskgraph.data.dataset import TABLES, Dataset
from riskgraph.data.incident import Recorded
from riskgraph.data.joining import MergeReport
from riskgraph.data.merge import merge
from riskgraph.data.overlap import Count
from riskgraph.data.read import settled
from riskgraph.graph import RiskGraph

__all__ = ["DataCheck", "MergedMap", "RecordedIncident", "SupplierOverlap", "check_data", "merge_maps"]

_TABLES = {"entities": "bodies and places", "relations": "relations", "evidence": "items of evidence"}
_WRITTEN = Column("written", "whether it was written to a folder", "flag")


@dataclass(frozen=True)
class DataCheck(Answer):
    """What is doubtful in a map, and what may no longer be true; what is wrong keeps it from being read at all."""

    form: ClassVar = Form(
        "data check",
        "What is doubtful in a map, after every cell and every row was checked, and what may no longer be true.",
        (),
        (
            Column("warnings", "doubtful things that were found", "integer", "warnings"),
            Column("rules", "rules that were checked over the rows, besides every cell", "integer", "rules"),
            Column("doubts", "things that may no longer be true, for a person to look at", "integer", "doubts"),
            *(Column(table, f"{what} in the map", "integer", "rows") for table, what in _TABLES.items()),
        ),
        (
            TableForm(
                "warnings",
                "a doubtful thing: warnings, then doubts",
                (
                    Column("file", "file in which it stands"),
                    Column("row", "row as a spreadsheet counts: the header is row 1; empty for a doubt", "integer"),
                    Column("column", "column in which it stands, or of a doubt the one to look at"),
                    Column("rule", "name of the rule that it breaks, or of the check that doubts it"),
                    Column("message", "what is doubtful"),
                    Column("fix", "what to do about it"),
                    Column("severity", "warning, or doubt: the row is sound but may no longer be true"),
                    Column("about", "of a doubt, id of the row or body to look at first"),
                    Column("others", "of a doubt, ids of the other rows concerned", "list"),
                ),
                ("rule", "message", "fix"),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)

    doubts: tuple[MapDoubt, ...] = field(repr=False)  # by check

    def fact_values(self) -> Mapping[str, Value]:
        """How much there is, and how much of it is doubtful."""
        dataset = self.graph.dataset
        sizes = {table: len(dataset.records(table)) for table in _TABLES}
        rules = len(CHECKS) + len(DOUBTS)
        return {"warnings": len(dataset.warnings), "rules": rules, "doubts": len(self.doubts), **sizes}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each doubtful thing."""
        dataset = self.graph.dataset
        for one in dataset.warnings:
            yield one.file, one.row, one.column, one.rule, one.message, one.fix, one.severity, None, ()
        for doubt in self.doubts:
            file = TABLES["relations" if doubt.about in dataset.relations else "entities"].file
            said, fix = as_words(doubt, dataset), as_words(Advice(doubt), dataset)
            yield file, None, doubt.column, doubt.check, said, fix, "doubt", doubt.about, doubt.others


def check_data(graph: RiskGraph) -> DataCheck:
    """What is doubtful in a map.

    Parameters
    ----------
    graph
        The map; it was read, so nothing in it is wrong.

    Returns
    -------
    DataCheck
        With a row for each warning and each doubt.

    Examples
    --------
    >>> check_data(RiskGraph.open("seeds")).fact_values()["warnings"]
    0
    """
    return DataCheck(graph, Question.of(graph), doubts(graph))


@dataclass(frozen=True)
class MergedMap(Answer):
    """Several maps as one, and what that took."""

    form: ClassVar = Form(
        "data merge",
        "Several maps as one, with what contradicts kept from both sources.",
        (),
        (
            Column("sources", "titles of the maps that were merged, the first one first", "list"),
            _WRITTEN,
            *(Column(table, f"{what} in the merged map", "integer", "rows") for table, what in _TABLES.items()),
            *(Column(f"{table}_added", f"{what} added to the first", "integer", "rows") for table, what in _TABLES.items()),
            *(Column(f"{table}_same", f"{what} that stood there already", "integer", "rows") for table, what in _TABLES.items()),
        ),
        (
            TableForm(
                "contradictions",
                "a cell of which two sources say different things",
                (
                    Column("id", "id of the relation, the body or the entry of the register"),
                    Column("field", "the column"),
                    Column("kept", "what stays"),
                    Column("kept_by", "title of the source that says so"),
                    Column("other", "what the other source says"),
                    Column("other_by", "title of that source"),
                ),
            ),
            TableForm(
                "services_named_twice",
                "a service for which two sources name different providers",
                (
                    Column("dependent", "id of whose service it is"),
                    Column("name", "its name"),
                    Column("area", "the service area"),
                    Column("providers", "ids of the providers by the one source", "list"),
                    Column("source", "title of that source"),
                    Column("other", "id of the provider by the other source"),
                    Column("other_by", "title of that source"),
                ),
            ),
            TableForm(
                "joined",
                "a supplier that was known under two ids, joined by its company number",
                (Column("old_id", "the id that is gone"), Column("id", "the id that stays"), Column("name", "its name")),
            ),
            TableForm(
                "alike",
                "two ids whose names are alike but for Ltd and the like: not joined",
                (
                    Column("id", "the one id"),
                    Column("name", "its name"),
                    Column("other_id", "the other id"),
                    Column("other_name", "its name"),
                ),
            ),
        ),
    )  # fmt: skip

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)
    report: MergeReport
    written: str = ""  # the folder; empty: nothing was written

    def fact_values(self) -> Mapping[str, Value]:
        """How much came together."""
        report, dataset = self.report, self.graph.dataset
        return {
            "sources": report.sources,
            "written": bool(self.written),
            **{table: len(dataset.records(table)) for table in _TABLES},
            **{f"{table}_added": count for table, count in report.added.items()},
            **{f"{table}_same": count for table, count in report.same.items()},
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """What contradicts, what is named twice, what was joined, and what is alike."""
        report, name = self.report, self.graph.dataset.usual_name
        if table == "contradictions":
            return [(one.id, one.field, one.kept, one.kept_by, one.other, one.other_by) for one in report.conflicts]
        if table == "services_named_twice":
            return [
                (one.dependent, name(one.dependent), one.area, one.providers, one.source, one.other, one.other_by)
                for one in report.twice
            ]
        if table == "joined":
            return [(old, new, name(new)) for old, new in report.joined]
        return [(one, name(one), other, name(other)) for one, other in report.alike]


def merge_maps(datasets: Sequence[Dataset], title: str | None = None) -> MergedMap:
    """Several maps as one, checked like a map that was read.

    Parameters
    ----------
    datasets
        Two or more.
    title
        Title of the result; those of the maps together if left out.

    Returns
    -------
    MergedMap
        Its `graph` is the merged map. See `riskgraph.data.merge.merge` for how rows are joined.

    Raises
    ------
    RiskGraphError
        If fewer than two are given.
    DataError
        If the rows that came together are no map; it lists what is wrong.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> merge_maps([read("seeds"), read("seeds")]).fact_values()["relations_added"]
    0
    """
    if len(datasets) == 1 and datasets[0].told is not None:  # one's own register on a map is merged already
        merged, report = datasets[0], datasets[0].told
    else:
        merged, report = merge(datasets, title)
    settled("the merged map", run_checks(merged, {}))
    graph = RiskGraph(merged)
    return MergedMap(graph, Question.of(graph), report)


@dataclass(frozen=True)
class RecordedIncident(Answer):
    """What was recorded of an incident, in the map that holds it now."""

    form: ClassVar = Form(
        "data incident",
        "What was recorded of an incident: the rows that are new or other than before.",
        (),
        (
            Column("incident", "id of the incident"),
            Column("title", "its title"),
            Column("rows", "rows that are new or other than before", "integer", "rows"),
            Column("new", "whether the incident was not there before", "flag"),
            Column("changed", "whether its own row is new or other than before", "flag"),
            Column("missing", "columns of its row that nobody has filled yet", "list"),
        ),
        (
            TableForm(
                "effects",
                "an effect on one body that is new or other than before",
                (
                    Column("id", "id of the body"),
                    Column("name", "its usual name"),
                    Column("effect", "what it meant for the body"),
                    Column("new", "whether the row is new; if not, it replaces one", "flag"),
                    Column("via", "what it came through"),
                    Column("people_affected", "people affected at that body, as published", "integer", "people"),
                    Column("source_url", "where it can be read"),
                    Column("confidence", "how sure it is: confirmed, reported or inferred"),
                    Column("said_by", "who says so: an id, or a name that the map does not know"),
                    Column("said_at", "when it was said, as given"),
                    Column("aware_at", "when the body became aware, as given"),
                    Column("state", "how it stands: suspected, confirmed, contained, precaution or ruled-out"),
                    Column("audience", "who could see it", "list"),
                    Column("subjects", "whose data it was", "list"),
                    Column("service_area", "services that it struck", "list"),
                ),
                ("name", "effect", "new", "said_by", "said_at", "confidence"),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)
    recorded: Recorded
    written: str  # the map that holds it now

    @classmethod
    def of(cls, recorded: Recorded, written: str) -> RecordedIncident:
        """The answer over the map that was made."""
        graph = RiskGraph(recorded.dataset)
        return cls(graph, Question.of(graph), recorded, written)

    def fact_values(self) -> Mapping[str, Value]:
        """The incident, how many rows it took, and what is missing."""
        found = self.recorded
        return {
            "incident": found.incident.incident_id,
            "title": found.incident.title,
            "rows": found.rows,
            "new": found.new,
            "changed": found.changed,
            "missing": found.missing,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each effect that is new or other than before."""
        name = self.graph.dataset.usual_name
        for effects, new in ((self.recorded.added, True), (self.recorded.replaced, False)):
            for one in effects:
                yield (
                    one.organisation,
                    name(one.organisation),
                    one.effect,
                    new,
                    one.via,
                    one.people_affected,
                    one.source_url,
                    one.confidence,
                    one.said_by,
                    one.said_at,
                    one.aware_at,
                    one.state,
                    one.audience,
                    one.subjects,
                    one.service_area,
                )


@dataclass(frozen=True)
class SupplierOverlap(Answer):
    """How many suppliers two officers share."""

    form: ClassVar = Form(
        "data overlap",
        "How many suppliers two officers share, and nothing else about the other's list.",
        (),
        (Column("private", "whether neither side saw the other's list", "flag"),),
        (
            TableForm(
                "suppliers",
                "one of three counts",
                (
                    Column("whose", "on whose list: both, yours or theirs"),
                    Column("count", "how many suppliers are on it", "integer", "suppliers"),
                ),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)
    count: Count
    private: bool

    @classmethod
    def of(cls, graph: RiskGraph, count: Count, *, private: bool) -> SupplierOverlap:
        """The answer to whose list is that of `graph`."""
        return cls(graph, Question.of(graph), count, private)

    def fact_values(self) -> Mapping[str, Value]:
        """How it was found out."""
        return {"private": self.private}

    def row_values(self, table: str) -> Iterable[Row]:
        """The three counts."""
        return [("both", self.count.shared), ("yours", self.count.mine), ("theirs", self.count.theirs)]
