"""What each row says at a date: its values and where they come from, its grade, whether it still counts.

The result is a list of steps. A step is one stated relation, or the relation between a user and the
maker of a product that its use implies. For every failure kind it says in which band, at best, harm
passes along it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from riskgraph.data.dataset import Dataset
from riskgraph.dates import first_day, last_day
from riskgraph.deciding import any_line, decide, decide_implied, levels_of
from riskgraph.evidence import View, Weighed
from riskgraph.model import (
    AUTHORITY,
    KINDS,
    NEVER,
    ORGANISATIONS,
    PRODUCT,
    SYSTEM,
    Band,
    FailureKind,
    Grade,
    Relation,
)
from riskgraph.rules import Line, Trait, relations_that, rules

__all__ = ["Assumption", "Settled", "Step", "Value", "View", "says_more", "settle"]

_NOTHING = (NEVER,) * len(FailureKind)
_EXPOSURE, _OUTAGE = KINDS.index(FailureKind.EXPOSURE), KINDS.index(FailureKind.OUTAGE)
_USE, _MAKES, _WHOLE = relations_that(Trait.USE), relations_that(Trait.MAKES), relations_that(Trait.WHOLE)
_SERVES, _SUPPLIES = relations_that(Trait.SERVES), relations_that(Trait.SUPPLIES)
_NO_SERVICE = relations_that(Trait.BOTH_WAYS, Trait.GOVERNS)


class Assumption(NamedTuple):
    """A value that did not come from the row: likely at best."""

    field: str
    value: str
    source: str  # id of the entity whose column it is, or of the service area


class Value(NamedTuple):
    """A value that may decide a step: how good it is, and where it was assumed from."""

    text: str | None
    grade: Grade = Grade.CONFIRMED
    source: str | None = None  # None: from the row

    @property
    def level(self) -> int:
        """The band it allows at best."""
        return Band.LIKELY if self.source is not None else int(self.grade)


_BLANK = Value(None)


@dataclass(frozen=True, slots=True)
class Step:
    """One relation as it counts in a view.

    `levels` gives, for each failure kind in order, the surest band in which harm passes (9: never).
    """

    row: Relation  # the stated row; of an implied step, the use
    made_by: Relation | None  # of an implied step, the row that names the maker
    relation: str  # as which relation it acts
    dependent: str
    provider: str
    area: str | None
    in_force: bool  # False: ended, so that only data left behind matters
    grade: Grade
    levels: tuple[int, ...]
    line: Line
    data: Value = _BLANK
    access: Value = _BLANK
    hosting: Value = _BLANK
    deciding: tuple[frozenset[str], ...] = ()  # per kind: the fields that decide
    group: str | None = None
    group_grade: Grade = Grade.CONFIRMED

    @property
    def by_law(self) -> bool:
        """Whether a class rule made the row: it holds by law, and was not observed."""
        return self.row.by_law

    @property
    def implied(self) -> bool:
        """Whether a use of a product implies it."""
        return self.made_by is not None

    @property
    def rows(self) -> tuple[Relation, ...]:
        """The stated rows that it stands on."""
        return (self.row,) if self.made_by is None else (self.row, self.made_by)

    @property
    def hops(self) -> int:
        """How many rows it is long."""
        return len(self.rows)

    def assumptions(self, kind: FailureKind) -> tuple[Assumption, ...]:
        """The values that decide a kind and were assumed."""
        decided = self.deciding[KINDS.index(kind)] if self.deciding else frozenset[str]()
        values = (("data", self.data), ("access", self.access), ("hosting", self.hosting))
        return tuple(
            Assumption(field, value.text, value.source)
            for field, value in values
            if field in decided and value.source is not None and value.text is not None
        )


@dataclass(frozen=True)
class Settled:
    """All steps of a data set in a view, and what bodies have because of them."""

    dataset: Dataset
    view: View
    steps: tuple[Step, ...]
    areas_of_products: Mapping[str, tuple[str, ...]]

    @cached_property
    def weighed(self) -> Weighed:
        """How sure its rows and their values are."""
        return Weighed(self.dataset, self.view)

    @cached_property
    def observed(self) -> tuple[Step, ...]:
        """The steps that somebody observed: what counts wherever it is told how much is known, bought or shared."""
        return tuple(step for step in self.steps if not step.by_law)

    @cached_property
    def lines(self) -> Mapping[str, tuple[str | None, ...]]:
        """Organisation to the areas in which it provides something; `None` is the line without an area."""
        lines: dict[str, set[str | None]] = defaultdict(lambda: {None})
        for step in self.steps:
            if step.relation in _WHOLE:
                continue
            if self.dataset.entities[step.provider].kind in ORGANISATIONS:
                areas: tuple[str, ...] = (step.area,) if step.area else ()
                if step.relation in _MAKES:
                    areas = self.areas_of_products[step.dependent] or areas
                lines[step.provider].update(areas)
        return {body: _sorted(areas) for body, areas in lines.items()}

    @cached_property
    def services(self) -> Mapping[str, tuple[str | None, ...]]:
        """Authority to the areas in which it depends on something today; `None`: an area not known."""
        return self._services(self.steps)

    @cached_property
    def services_observed(self) -> Mapping[str, tuple[str | None, ...]]:
        """The same by what was observed only."""
        return self._services(self.observed)

    def _services(self, steps: Iterable[Step]) -> Mapping[str, tuple[str | None, ...]]:
        services: dict[str, set[str | None]] = defaultdict(set)
        for step in steps:
            if step.in_force and step.relation not in _NO_SERVICE:
                if self.dataset.entities[step.dependent].kind == AUTHORITY:
                    services[step.dependent].add(step.area)
        return {body: _sorted(areas) for body, areas in services.items()}


def _sorted(areas: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(sorted(areas, key=lambda area: (area is None, area or "")))


def settle(dataset: Dataset, view: View) -> Settled:
    """Settle every row of a data set that counts in a view.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> settled = settle(seeds, View(seeds.info.day))
    >>> settled.services["authority:westminster"]
    ('ict-infrastructure',)
    """
    settler = _Settler(dataset, view)
    steps: list[Step] = []
    uses: list[tuple[Step, Relation]] = []
    makers: dict[str, list[tuple[Relation, Grade]]] = defaultdict(list)
    every = sorted(dataset.relations.values(), key=lambda row: row.by_law)  # what was observed comes first
    ruled = {row.provider for row in every if row.by_law}
    observed: dict[tuple[str, str, str], set[str | None]] = defaultdict(set)
    for original in every:
        grade = settler.weighed.grade(original)
        if grade is None or (original.by_law and _is_said(original, observed)):
            continue
        row = settler.weighed.known(original)
        if row.relation in _MAKES:
            makers[row.dependent].append((row, grade))
        step = settler.stated(row, grade)
        if row.relation in _USE and dataset.entities[row.provider].kind == PRODUCT:
            uses.append((settler.use(row, grade), row))
        if step is not None:
            steps.append(step)
            if row.provider in ruled and not step.by_law:
                observed[row.dependent, row.relation, row.provider].add(row.service_area)
    sayers = {
        (step.dependent, step.provider, step.area, step.relation) for step in steps if step.in_force and says_more(step)
    }
    for use, row in uses:
        for maker, grade in makers[row.provider]:
            implied = settler.implied(use, maker, grade)
            left = None if implied is None else _unsaid(implied, sayers)
            if left is not None:
                steps.append(left)
    products = {e.id: e.service_area for e in dataset.entities.values() if e.kind == PRODUCT}
    return Settled(dataset, view, tuple(steps), products)


def _is_said(row: Relation, observed: Mapping[tuple[str, str, str], Collection[str | None]]) -> bool:
    """Whether what was observed of a body, even if it has ended, says what a rule says: in its area, or in none."""
    areas = observed.get((row.dependent, row.relation, row.provider), ())
    return bool(areas) and (row.service_area is None or row.service_area in areas or None in areas)


def says_more(step: Step) -> bool:
    """Whether a stated row replaces something of what the use of a product implies (model rule 16)."""
    return step.relation in _SERVES or (step.relation in _SUPPLIES and step.access.text is not None)


def _unsaid(implied: Step, sayers: Collection[tuple[str, str, str | None, str]]) -> Step | None:
    """What is left of an implied step beside the stated rows that say more, if anything (model rule 16).

    What a supplier can reach does not tell what stops with it: who hosts does.
    """
    said = {
        relation
        for area in {implied.area, None}
        for relation in _SERVES | _SUPPLIES
        if (implied.dependent, implied.provider, area, relation) in sayers
    }
    if said & _SERVES or (said and implied.hosting.text == "own"):
        return None
    if not said or implied.hosting.text == "supplier":
        return implied
    stops = (level if i == _OUTAGE and implied.in_force else NEVER for i, level in enumerate(implied.levels))
    return replace(implied, levels=tuple(stops))


class _Settler:
    """The rules of values, grades and dates for one data set and view."""

    def __init__(self, dataset: Dataset, view: View) -> None:
        self.dataset, self.view = dataset, view
        self.weighed = Weighed(dataset, view)

    # -- values ---------------------------------------------------------------------------------

    def _area(self, row: Relation) -> str | None:
        if row.service_area is not None:
            return row.service_area
        for end in (row.provider, row.dependent):
            entity = self.dataset.entities[end]
            if entity.kind not in ORGANISATIONS and len(entity.service_area) == 1:
                return entity.service_area[0]
        return None

    def _data(self, row: Relation, area: str | None, grade: Grade) -> Value:
        if row.data is not None:
            return Value(row.data, self.weighed.value(row, "data", grade))
        column = self._column(row, "data")
        if column is None and area is not None and rules().areas[area].data is not None:
            return Value(rules().areas[area].data, grade, area)
        return column or _BLANK

    def _column(self, row: Relation, field: str) -> Value | None:
        """Value of the product or system at either end, the provider first (model rule 4)."""
        for end in (row.provider, row.dependent):
            entity = self.dataset.entities[end]
            if entity.kind in {PRODUCT, SYSTEM} and getattr(entity, field) is not None:
                return Value(getattr(entity, field), source=end)
        return None

    # -- dates ----------------------------------------------------------------------------------

    def _window(self, *rows: Relation, ends: tuple[str, str]) -> tuple[date, date] | None:
        """The days on which all rows hold and both authorities exist, or `None` if there are none."""
        start, end = date.min, date.max
        bounds = [(row.valid_from, row.valid_to) for row in rows]
        for body in ends:
            entry = self.dataset.register.get(body)
            if entry is not None:
                bounds.append((entry.valid_from, entry.valid_to))
        for valid_from, valid_to in bounds:
            if valid_from is not None:
                start = max(start, first_day(valid_from))
            if valid_to is not None:
                end = min(end, last_day(valid_to))
        return (start, end) if start <= end else None

    def _in_force(self, window: tuple[date, date] | None) -> bool | None:
        """In force, ended (False), or not counted at all (`None`)."""
        if window is None or window[0] > self.view.as_of:
            return None
        return self.view.as_of <= window[1]

    # -- steps ----------------------------------------------------------------------------------

    def use(self, row: Relation, grade: Grade) -> Step:
        """A use with its values, whatever its dates: what an implied step is made from."""
        area = self._area(row)
        hosting = _BLANK
        if row.hosting is not None:
            hosting = Value(row.hosting, self.weighed.value(row, "hosting", grade))
        else:
            hosting = self._column(row, "hosting") or _BLANK
        data = self._data(row, area, grade)
        group_grade = self.weighed.value(row, "alternative", grade)
        return Step(
            row, None, row.relation, row.dependent, row.provider, area, True, grade, _NOTHING, any_line(),
            data=data, hosting=hosting, group=row.alternative, group_grade=group_grade,
        )  # fmt: skip

    def stated(self, row: Relation, grade: Grade) -> Step | None:
        """A stated row as a step, or `None` if it does not count at the date."""
        in_force = self._in_force(self._window(row, ends=(row.dependent, row.provider)))
        if in_force is None:
            return None
        area = self._area(row)
        data = self._data(row, area, grade)
        access = Value(row.access, self.weighed.value(row, "access", grade)) if row.access is not None else _BLANK
        kind = self.dataset.entities[row.provider].kind
        line, deciding = decide(row.relation, kind, data.text, access.text, area)
        area_grade = self.weighed.value(row, "service_area", grade) if row.service_area is not None else grade
        values = {"data": data.level, "access": access.level, "area": int(area_grade)}
        levels = levels_of(line, deciding, grade, values)
        levels = self._retained(row, grade, line, levels, in_force)
        group = row.alternative if row.relation in _USE and in_force else None
        return Step(
            row, None, row.relation, row.dependent, row.provider, area, in_force, grade, levels, line,
            data=data, access=access, deciding=deciding, group=group,
            group_grade=max(grade, self.weighed.value(row, "alternative", grade)) if group else grade,
        )  # fmt: skip

    def implied(self, use: Step, maker: Relation, maker_grade: Grade) -> Step | None:
        """What a use implies between the user and the maker of the product (model rule 15)."""
        if maker.provider == use.dependent:
            return None
        in_force = self._in_force(self._window(use.row, maker, ends=(use.dependent, maker.provider)))
        if in_force is None:
            return None
        grade = max(use.grade, maker_grade)
        relation, line, deciding = decide_implied(use.hosting.text, use.data.text, use.area)
        area_grade = use.grade
        if use.row.service_area is not None:
            area_grade = self.weighed.value(use.row, "service_area", use.grade)
        values = {"data": use.data.level, "hosting": use.hosting.level, "area": int(area_grade)}
        levels = levels_of(line, deciding, grade, values)
        levels = self._retained(use.row, use.grade, line, levels, in_force)
        return Step(
            use.row, maker, relation, use.dependent, maker.provider, use.area, in_force, grade, levels, line,
            data=use.data, hosting=use.hosting, deciding=deciding,
            group=use.group if in_force else None, group_grade=max(use.grade, use.group_grade),
        )  # fmt: skip

    def _retained(
        self, row: Relation, grade: Grade, line: Line, levels: tuple[int, ...], in_force: bool
    ) -> tuple[int, ...]:
        """What an ended row still carries: exposure, where data may have stayed (model rule 13)."""
        if in_force:
            return levels
        exposure = levels[_EXPOSURE]
        if not line.retains or exposure == NEVER or row.data_returned == "yes":
            return _NOTHING
        if row.data_returned is None:
            exposure = int(Band.NOT_RULED_OUT)
        else:
            exposure = max(exposure, self.weighed.value(row, "data_returned", grade))
        return tuple(exposure if i == _EXPOSURE else NEVER for i in range(len(levels)))
