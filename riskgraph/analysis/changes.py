"""`data diff`: which answers two states of a map give differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import blast
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.radius import Reach
from riskgraph.data.diff import DataDiff, RowMoves, diff, moves
from riskgraph.errors import NameNotFound
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band, FailureKind

__all__ = ["AnswerChange", "Changes", "KindChange", "changes"]

ROOTS_COMPARED = 10  # roots compared when none is named


@dataclass(frozen=True, slots=True)
class KindChange:
    """One failure kind at one body, how surely before and after; `None`: not reached in that kind."""

    body: str
    kind: FailureKind
    before: Band | None
    after: Band | None


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One root, and who could be reached from it before and after."""

    root: str
    before: int | None  # public bodies within the band that was asked for; None if the root is not in that map
    after: int | None
    newly: tuple[str, ...]
    no_longer: tuple[str, ...]
    surer: tuple[KindChange, ...]  # of those who are in both answers, or in doubt in either
    less_sure: tuple[KindChange, ...]

    @property
    def same(self) -> bool:
        """Whether the two maps answer alike."""
        return not (self.newly or self.no_longer or self.surer or self.less_sure) and self.before == self.after


@dataclass(frozen=True)
class Changes(Answer):
    """What differs in the rows, and in the answers."""

    form: ClassVar = Form(
        "data diff",
        "What differs between two states of a map: rows, and answers.",
        ("roots", "kinds", "band", "scope"),
        (
            Column("differences", "rows that were added, removed or changed", "integer", "rows"),
            *(
                Column(f"{state}_{name}", f"{what} of the {state} map")
                for state in ("old", "new")
                for name, what in (("title", "title"), ("as_of", "date of the data"), ("digest", "digest of the data"))
            ),
            Column("new_relations", "relations that are new", "integer", "rows"),
            Column("ended_relations", "relations that have ended since", "integer", "rows"),
            Column("gone_relations", "relations of which no row is left", "integer", "rows"),
            Column("refreshed_relations", "relations with other evidence, or of another date", "integer", "rows"),
            Column("newly", "public bodies that are newly reached from any root compared", "integer", "bodies"),
            Column("no_longer", "public bodies that are no longer reached from one", "integer", "bodies"),
            Column("answers", "answers that were compared", "integer", "answers"),
            Column("answers_changed", "of these, answers that differ", "integer", "answers"),
        ),
        (
            TableForm(
                "rows",
                "a row that was added or removed, or a cell that was changed",
                (
                    Column("table", "table of the data set"),
                    Column("id", "id of the row"),
                    Column("change", "added, removed or changed"),
                    Column("column", "the column that was changed"),
                    Column("before", "what stood there"),
                    Column("after", "what stands there now"),
                ),
            ),
            TableForm(
                "answers",
                "a root whose blast radius was compared",
                (
                    Column("root", "id of what fails"),
                    Column("name", "its name"),
                    Column("before", "public bodies that could be reached by the old map", "integer", "bodies"),
                    Column("after", "public bodies that could be reached by the new map", "integer", "bodies"),
                    Column("newly", "ids of those that are newly reached", "list"),
                    Column("no_longer", "ids of those that are no longer reached", "list"),
                    Column("same", "whether both maps answer alike", "flag"),
                ),
            ),
            TableForm(
                "bands",
                "a public body whose band in one failure kind is another than before",
                (
                    Column("root", "id of what fails"),
                    Column("id", "id of the body"),
                    Column("name", "its name"),
                    Column("kind", "the failure kind"),
                    Column("before", "how surely by the old map", "band"),
                    Column("after", "how surely by the new map", "band"),
                    Column("change", "surer or less-sure"),
                ),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)  # the new map
    question: Question = field(repr=False)
    old: RiskGraph = field(repr=False)
    rows: DataDiff
    answers: tuple[AnswerChange, ...]

    @cached_property
    def moves(self) -> RowMoves:
        """What became of the relations."""
        return moves(self.rows)

    @property
    def newly(self) -> frozenset[str]:
        """Public bodies that are newly reached from any of the roots."""
        return frozenset(body for one in self.answers for body in one.newly)

    @property
    def no_longer(self) -> frozenset[str]:
        """Public bodies that are no longer reached from one of the roots."""
        return frozenset(body for one in self.answers for body in one.no_longer)

    @property
    def new(self) -> RiskGraph:
        """The new map."""
        return self.graph

    def name(self, id_: str) -> str:
        """Name of a body or place that may be in the old map only."""
        graph = self.new if id_.partition("/")[0] in self.new.dataset.entities else self.old
        return graph.dataset.usual_name(id_.partition("/")[0])

    def fact_values(self) -> Mapping[str, Value]:
        """The two maps, and how many rows and answers differ."""
        states = {
            f"{state}_{name}": value
            for state, data in (("old", self.old.dataset), ("new", self.new.dataset))
            for name, value in (("title", data.info.title), ("as_of", data.info.as_of), ("digest", data.digest))
        }
        moved = sum(not answer.same for answer in self.answers)
        counts = {f"{field.name}_relations": len(getattr(self.moves, field.name)) for field in fields(self.moves)}
        reached = {"newly": len(self.newly), "no_longer": len(self.no_longer)}
        return {
            "differences": self.rows.total,
            **states,
            **counts,
            **reached,
            "answers": len(self.answers),
            "answers_changed": moved,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """Rows that differ, roots that were compared, or bodies whose band moved."""
        if table == "rows":
            return self._rows()
        if table == "answers":
            return [
                (one.root, self.name(one.root), one.before, one.after, one.newly, one.no_longer, one.same)
                for one in self.answers
            ]
        return [
            (one.root, moved.body, self.name(moved.body), moved.kind, moved.before, moved.after, change)
            for one in self.answers
            for change, some in (("surer", one.surer), ("less-sure", one.less_sure))
            for moved in some
        ]

    def _rows(self) -> Iterator[Row]:
        for table in self.rows.added:
            for change, ids in (("added", self.rows.added[table]), ("removed", self.rows.removed[table])):
                yield from ((table, id_, change, None, None, None) for id_ in ids)
            for row in self.rows.changed[table]:
                yield from (
                    (table, row.id, "changed", column, _text(before), _text(after))
                    for column, before, after in row.cells
                )


def _text(value: object) -> str | None:
    """A cell as a file holds it; blank: not known."""
    if isinstance(value, tuple):
        return ";".join(map(str, value)) or None
    return None if value is None else str(value)


def changes(old: RiskGraph, new: RiskGraph, roots: str | Sequence[str] = (), **asking: Unpack[Asking]) -> Changes:
    """Compare two states of a map.

    Parameters
    ----------
    old, new
        The two maps.
    roots
        Whose blast radius to compare, one at a time; if none, the ten providers with the most changed rows.
    asking
        What is asked of each; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Changes
        Rows and answers. Each map answers as of its own date unless another is given.

    Raises
    ------
    NameNotFound
        If a root is in neither map.
    RiskGraphError
        If a word of the question is not known in one of the maps.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> changes(seeds, seeds, ["civica"]).answers[0].same
    True
    """
    rows = diff(old.dataset, new.dataset)
    asked = [Question.of(graph, **asking) for graph in (old, new)]
    asked_about = [roots] if isinstance(roots, str) else roots
    named = tuple(dict.fromkeys([_anywhere(root, old, new) for root in asked_about] or _touched(rows)))
    before, after = (replace(question, roots=named) for question in asked)
    answers = tuple(_compare(root, (old, before), (new, after)) for root in named)
    return Changes(new, after, old, rows, answers)


def _anywhere(root: str, old: RiskGraph, new: RiskGraph) -> str:
    try:
        return new.names.resolve(root)
    except NameNotFound:
        return old.names.resolve(root)


def _touched(rows: DataDiff) -> list[str]:
    """The providers, councils apart, whose rows changed, those with the most changes first."""
    counted: Counter[str] = Counter()
    for data, keys in (
        (rows.new, rows.added["relations"]),
        (rows.old, rows.removed["relations"]),
        (rows.new, tuple(change.id for change in rows.changed["relations"])),
        (rows.new, moves(rows).ended),  # some of them by time alone
    ):
        counted.update(data.relations[key].provider for key in keys)
    for data, keys in (
        (rows.new, rows.added["class_rules"]),
        (rows.old, rows.removed["class_rules"]),
        (rows.new, tuple(change.id for change in rows.changed["class_rules"])),
    ):
        counted.update(data.class_rules[key].provider for key in keys)
    found = [id_ for id_ in counted if id_.partition(":")[0] != AUTHORITY]
    return sorted(found, key=lambda id_: (-counted[id_], id_))[:ROOTS_COMPARED]


def _reached(graph: RiskGraph, question: Question, root: str) -> dict[str, Reach] | None:
    """Who is reached in any band, or `None` if the root is not in the map."""
    if root.partition("/")[0] not in graph.dataset.entities:
        return None
    radius = blast(graph, replace(question, roots=(root,)))
    return {reach.id: reach for reach in radius.within(Band.NOT_RULED_OUT)}


def _compare(root: str, old: tuple[RiskGraph, Question], new: tuple[RiskGraph, Question]) -> AnswerChange:
    before, after = _reached(*old, root), _reached(*new, root)
    band = new[1].band
    one, two = ({b for b, reach in (found or {}).items() if reach.band <= band} for found in (before, after))
    moved = [
        KindChange(body, kind, *bands)
        for body in sorted({*(before or {}), *(after or {})} - (one ^ two))
        for kind in FailureKind
        if (bands := (_band(before, body, kind), _band(after, body, kind)))[0] is not bands[1]
    ]
    surer = [change for change in moved if _level(change.after) < _level(change.before)]
    return AnswerChange(
        root,
        None if before is None else len(one),
        None if after is None else len(two),
        tuple(sorted(two - one)),
        tuple(sorted(one - two)),
        tuple(surer),
        tuple(change for change in moved if change not in surer),
    )


def _band(found: dict[str, Reach] | None, body: str, kind: FailureKind) -> Band | None:
    reach = (found or {}).get(body)
    return None if reach is None or kind not in reach.kinds else reach.kinds[kind].band


def _level(band: Band | None) -> int:
    return len(Band) if band is None else band
