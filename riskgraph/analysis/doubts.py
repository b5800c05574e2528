"""What a map says that may no longer be true: found in its own rows, for a person to look at; see decision 0119.

A doubt is no fault: each row is sound by itself, and nothing is changed. Words are those of `importing/patterns.csv`;
of what a council usually has but one is in `usually_one.csv`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from riskgraph.assets import shipped_rows
from riskgraph.data.dataset import Dataset
from riskgraph.data.spelling import normalise
from riskgraph.dates import as_last, as_written, first_day, last_day, months_later
from riskgraph.evidence import Weighed, last_evidenced, older
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, MECHANISMS, SUPPLIER, Entity, FailureKind, Relation
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step, View
from riskgraph.vocabulary import pattern, patterns

__all__ = ["DOUBTS", "Advice", "MapDoubt", "doubts"]

_NUMBERS = (
    *("none", "one", "two", "three", "four", "five", "six", "seven"),
    *("eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
)
_PLANNED = 24  # months after which what was to be replaced is taken to be replaced
_NEVER = "0001"  # a year before all others


@dataclass(frozen=True, slots=True)
class MapDoubt:
    """One thing that a person should look at: which check found it, where, and what told it."""

    check: str
    about: str  # id of the row to look at first; of the supplier, if it may have left the market
    others: tuple[str, ...] = ()  # ids of the other rows concerned
    what: str = ""  # why it is doubted, of several reasons; or what a council usually has but one of
    words: str = ""  # the words that told it
    end: date | None = None  # when it may have ended
    seen: str | None = None  # when it was last evidenced

    def subject(self, dataset: Dataset) -> str:
        """Id of the body or place whose rows are doubted."""
        row = dataset.relations.get(self.about)
        return self.about if row is None else row.dependent

    @property
    def column(self) -> str | None:
        """The column that would settle it; `None` for what concerns several rows."""
        return "valid_to" if self.check in {"end-in-words", "owner-old"} else None


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a doubt; said upstairs, like the doubt itself."""

    doubt: MapDoubt


@dataclass(frozen=True, slots=True)
class _UsuallyOne:
    """One line of `usually_one.csv`: of what a council has one in a service area, or as many as `most`."""

    what: str
    area: str
    most: int
    products: frozenset[str]  # names of those that stand for each other; none: it is about who runs the service


@cache
def _usual() -> tuple[_UsuallyOne, ...]:
    return tuple(
        _UsuallyOne(
            row["what"],
            row["area"],
            int(row["most"]),
            frozenset(normalise(name) for name in row["products"].split(";") if name),
        )
        for row in shipped_rows("usually_one.csv")
    )


class _InForce:
    """The rows in force at the date of the data, and what their sources say of them."""

    def __init__(self, graph: RiskGraph) -> None:
        self.dataset = graph.dataset
        self.view: View = graph.view()
        self.day = self.view.as_of
        settled = graph.settled(self.view)
        self.weighed: Weighed = settled.weighed
        self.steps: list[Step] = [step for step in settled.observed if step.in_force and not step.implied]

    def seen(self, row: Relation) -> str | None:
        return last_evidenced(self.dataset, row, self.view)

    def texts(self, row: Relation) -> Iterator[tuple[str, str | None]]:
        """What is said of a row, and when it was published: the claims that support it, then its note."""
        for key in row.evidence:
            item = self.dataset.evidence[key]
            if item.stance == "supports" and item.about in {None, "valid_to"} and item.claim:
                yield item.claim, item.published
        if row.note:
            yield row.note, None

    def seen_after(self, row: Relation, day: date, telling: Set[str]) -> bool:
        """Whether a source other than one that tells of an end has seen a row after a day."""
        return any(
            item.published is not None and first_day(item.published) > day
            for item in (self.dataset.evidence[key] for key in row.evidence)
            if item.stance == "supports" and item.about is None and item.claim not in telling
        )

    def sources(self, row: Relation) -> set[str]:
        """Where and when a row is read: a list that is kept up names both of two that came one after the other."""
        items = (self.dataset.evidence[key] for key in row.evidence)
        return {
            f"{item.url or item.publisher} {item.published}"
            for item in items
            if item.stance == "supports" and item.about is None
        } or {"register"}

    @cached_property
    def life(self) -> Mapping[str, str]:
        """When each body was last seen in any row, by its sources or its dates."""
        life: dict[str, str] = {}
        for row in self.dataset.relations.values():
            signs = [item.published for key in row.evidence if (item := self.dataset.evidence[key]).published]
            signs += [said for said in (row.valid_from, row.valid_to, row.contract_end) if said]
            signs += [] if row.evidence else [self.dataset.info.as_of]
            for id_ in (row.dependent, row.provider):
                life[id_] = max((*signs, life.get(id_, _NEVER)), key=as_last)
        return life

    def with_products(self, supplier: str) -> str:
        """When a supplier, or a product that it makes, was last seen in any row."""
        made = (
            row.dependent
            for row in self.dataset.relations.values()
            if row.provider == supplier and row.relation in relations_that(Trait.MAKES)
        )
        return max((self.life[id_] for id_ in (supplier, *made)), key=as_last)

    @cached_property
    def joined(self) -> set[frozenset[str]]:
        """Pairs of bodies between which any row stands, whatever its dates."""
        return {frozenset((row.dependent, row.provider)) for row in self.dataset.relations.values()}


def _ends_in_words(rows: _InForce) -> Iterator[MapDoubt]:
    """Rows without an end of which a source says, in words or by its term, that they are over."""
    for step in rows.steps:
        row = step.row
        if row.valid_to is not None:
            continue
        dated = row.contract_end is not None or row.contract_end_latest is not None
        found = [
            _Ending(one.why, text, one.end, one.since)
            for text, published in rows.texts(row)
            if not pattern("no end in words").search(text)
            for one in (*_told(text, published, dated=dated), *([] if dated else _terms(rows, row, text, published)))
        ]
        past = [one for one in found if one.end is None or one.end < rows.day]
        if not past or len(past) < len(found):
            continue
        last = max(past, key=lambda one: (one.end or date.min, one.why, one.text))
        telling = {one.text for one in found}
        if last.since is None or not rows.seen_after(row, last.since, telling):
            yield MapDoubt("end-in-words", row.id, what=last.why, words=last.text, end=last.end, seen=rows.seen(row))


@dataclass(frozen=True, slots=True)
class _Ending:
    """An end that a text tells."""

    why: str  # told, planned or term
    text: str
    end: date | None  # None: no day can be told
    since: date | None  # another source of a later day says that the row goes on; None: no source can


def _told(text: str, published: str | None, *, dated: bool) -> Iterator[_Ending]:
    """Each end that a text tells: with its date, or by the day on which it was published."""
    for form, meaning in patterns("end in words"):
        for match in form.finditer(text):
            said = match.groupdict().get("end")
            if said is None:
                end = last_day(published) if published else None
                if meaning and end:  # what was planned is taken to be done by then
                    end = months_later(end, _PLANNED)
                yield _Ending(meaning or "told", text, end, end)
            elif not dated and (written := as_written(said)):
                yield _Ending("told", text, last_day(written), last_day(written))


def _terms(rows: _InForce, row: Relation, text: str, published: str | None) -> Iterator[_Ending]:
    """Each natural end of a term of so many years, with its extensions, counted from the start if that is known."""
    start = row.valid_from or published
    for form, _ in patterns("term"):
        for match in form.finditer(text):
            months = 12 * sum(_number(match[name]) for name in ("years", "more"))
            if not _number(match["years"]):
                continue
            body = rows.dataset.register.get(row.dependent)
            since = months_later(rows.day, -months)  # a term that began then ends now
            if start is not None:
                end = months_later(last_day(start), months)
                yield _Ending("term", text, end, end)
            elif body is None or body.valid_from is None or first_day(body.valid_from) < since:
                yield _Ending("term", text, None, since)


def _number(word: str | None) -> int:
    if word is None:
        return 0
    return int(word) if word.isdigit() else _NUMBERS.index(word.lower()) if word.lower() in _NUMBERS else 0


def _two_runners(rows: _InForce) -> Iterator[MapDoubt]:
    """Two bodies that run one service of one body, though no row joins them and no source names both."""
    return _more_than_usual(rows, "two-runners")


def _two_products(rows: _InForce) -> Iterator[MapDoubt]:
    """Two products of one kind at one body, though it usually has one and no source names both."""
    return _more_than_usual(rows, "two-products")


def _more_than_usual(rows: _InForce, check: str) -> Iterator[MapDoubt]:
    copies = {step.dependent: step.provider for step in rows.steps if step.relation in relations_that(Trait.COPY)}
    uses, serves = relations_that(Trait.USE), relations_that(Trait.SERVES)
    held: dict[tuple[str, str], dict[str, list[Relation]]] = defaultdict(lambda: defaultdict(list))
    for step in rows.steps:
        if step.relation not in (uses if check == "two-products" else serves) or step.area is None:
            continue
        if not any(pattern("former area").search(text) for text, _ in rows.texts(step.row)):
            held[step.dependent, step.area][copies.get(step.provider, step.provider)].append(step.row)
    for usual in _usual():
        if bool(usual.products) != (check == "two-products"):
            continue
        for (_, area), providers in sorted(held.items()):
            if area != usual.area or len(providers) <= usual.most:
                continue
            some = {
                id_: found
                for id_, found in providers.items()
                if not usual.products or usual.products & _names(rows.dataset.entities[id_])
            }
            rivals = {
                id_
                for id_ in some
                for other in some
                if id_ != other and _rivals(rows, id_, other, some[id_], some[other])
            }
            if len(rivals) > usual.most:
                order = sorted(
                    (row for id_ in rivals for row in some[id_]),
                    key=lambda row: (as_last(rows.seen(row) or _NEVER), row.id),
                )
                first, *others = order
                yield MapDoubt(check, first.id, tuple(row.id for row in others), what=usual.what, seen=rows.seen(first))


def _names(entity: Entity) -> set[str]:
    """What a product is called, as `usually_one.csv` has it."""
    return {normalise(name) for name in (entity.id.partition(":")[2].replace("-", " "), entity.name, *entity.aliases)}


def _rivals(rows: _InForce, one: str, other: str, ours: list[Relation], theirs: list[Relation]) -> bool:
    """Whether two may stand for each other: nothing joins them, no source names both, not both are bound for long."""
    if frozenset((one, other)) in rows.joined:
        return False
    if {row.alternative for row in ours} & {row.alternative for row in theirs} - {None}:
        return False
    if set().union(*map(rows.sources, ours)) & set().union(*map(rows.sources, theirs)):
        return False
    return any(rows.weighed.ages(row) for row in ours) or any(rows.weighed.ages(row) for row in theirs)


def _suppliers_gone(rows: _InForce) -> Iterator[MapDoubt]:
    """Suppliers with open rows that failed, are noted as gone, or have shown no sign of life for years."""
    dataset = rows.dataset
    behind = relations_that(Trait.OWNS, Trait.GOVERNS)
    open_: dict[str, list[str]] = defaultdict(list)
    for step in rows.steps:
        if dataset.entities[step.provider].kind == SUPPLIER and step.relation not in behind:
            open_[step.provider].append(step.row.id)
    failed = {
        origin.partition("/")[0]: incident.date_started or incident.date_disclosed
        for incident in dataset.incidents.values()
        if incident.mechanism in MECHANISMS and FailureKind.EXIT in MECHANISMS[incident.mechanism].kinds
        for origin in incident.origins
    }
    lost = {
        row.provider
        for row in dataset.relations.values()
        if row.valid_to is not None and last_day(row.valid_to) < rows.day
    }
    for id_, some in open_.items():
        entity, ids = dataset.entities[id_], tuple(sorted(some))
        said = next((t for t in (entity.note, entity.parent_note) if t and pattern("gone").search(t)), None)
        if id_ in failed:
            when = failed[id_]
            yield MapDoubt("supplier-gone", id_, ids, what="failed", end=last_day(when) if when else None)
        elif said is not None:
            yield MapDoubt("supplier-gone", id_, ids, what="noted", words=said)
        elif id_ in lost and older(seen := rows.with_products(id_), rules().old, rows.day):
            yield MapDoubt("supplier-gone", id_, ids, what="silent", seen=seen)


def _owners_old(rows: _InForce) -> Iterator[MapDoubt]:
    """Owners and makers that nobody has named for more than five years."""
    entities = rows.dataset.entities
    for step in rows.steps:
        if step.relation not in relations_that(Trait.OWNS, Trait.MAKES) or not rows.weighed.old(step.row):
            continue
        owner = entities[step.provider]
        if owner.kind == AUTHORITY:
            continue  # councils do not sell what they own as companies do: such rows are old, as `data gaps` says
        if step.relation in relations_that(Trait.MAKES) and (
            _words(entities[step.dependent].name) & _words(owner.name)  # it carries the name of its maker
            or not older(rows.life[owner.id], rules().old, rows.day)  # the maker is still about
        ):
            continue
        yield MapDoubt("owner-old", step.row.id, what=step.relation, seen=rows.seen(step.row))


def _words(name: str) -> set[str]:
    return {word for word in re.findall(r"\w+", name.casefold()) if len(word) > 2}


DOUBTS: Mapping[str, Callable[[_InForce], Iterator[MapDoubt]]] = {
    "end-in-words": _ends_in_words,
    "two-runners": _two_runners,
    "two-products": _two_products,
    "supplier-gone": _suppliers_gone,
    "owner-old": _owners_old,
}
"""The checks by name, in the order in which they are told."""


def doubts(graph: RiskGraph) -> tuple[MapDoubt, ...]:
    """What may no longer be true at the date of a map, by check and then by id.

    Of one's own register on a map: only what is about a body or place of the register.

    Examples
    --------
    >>> len(doubts(RiskGraph.open("uk"))) > 0
    True
    """
    rows = _InForce(graph)
    own = graph.dataset.told.own if graph.dataset.told is not None else None
    return tuple(
        one
        for check in DOUBTS.values()
        for one in sorted(check(rows), key=lambda one: (one.about, one.what))
        if own is None or one.subject(graph.dataset) in own
    )
