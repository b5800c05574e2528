"""What the evidence of a row says at a date: which items count, how far they have aged, how sure row and values are.

Evidence ages: what nobody has repeated for years counts some grades weaker (`ageing.csv`), unless the row says
itself how long it holds. What counts in a view, and how old a row is, has its home here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from riskgraph.data.dataset import Dataset
from riskgraph.dates import as_last, last_day, published_by
from riskgraph.model import Evidence, Grade, Relation
from riskgraph.rules import rules

__all__ = ["View", "Weighed", "aged", "last_evidenced"]


@dataclass(frozen=True, slots=True)
class View:
    """As of when, and knowing what, a question is asked.

    `without` leaves out what was learned from the reporting of these incidents; `known_before` leaves
    out what was published after that day, or is undated.
    """

    as_of: date
    without: tuple[str, ...] = ()
    known_before: date | None = None

    @property
    def replay(self) -> bool:
        """Whether any evidence may be left out."""
        return bool(self.without) or self.known_before is not None

    def counts(self, item: Evidence) -> bool:
        """Whether an item of evidence is known in this view (model rule 11)."""
        if any(incident in self.without for incident in item.incident):
            return False
        if self.known_before is None:
            return True
        return item.published is not None and published_by(item.published, self.known_before)


@lru_cache(maxsize=65536)
def aged(grade: Grade, published: str | None, day: date) -> Grade:
    """How good an item of evidence is at a day (model rules 35 and 36).

    Parameters
    ----------
    grade
        How good it was when it was published.
    published
        When that was; undated, it is reported at best.
    day
        The day asked about.

    Returns
    -------
    Grade
        The same, or weaker by the grades of `ageing.csv`; never below inferred.

    Examples
    --------
    >>> aged(Grade.CONFIRMED, "2019-06-30", date(2024, 6, 30)).word, aged(Grade.CONFIRMED, "2019", date(2026, 1, 1)).word
    ('confirmed', 'reported')
    """
    if published is None:
        return max(grade, Grade.REPORTED)
    lost = max(((age.years, age.grades) for age in rules().ageing if older(published, age.years, day)), default=(0, 0))
    return Grade(min(grade + lost[1], Grade.INFERRED))


def older(published: str, years: int, day: date) -> bool:
    """Whether the last day that a date may mean lies more than some years before a day (model rule 35).

    Examples
    --------
    >>> older("2019-06-30", 5, date(2024, 6, 30)), older("2019-06-29", 5, date(2024, 6, 30))
    (False, True)
    """
    text = as_last(published)
    return f"{int(text[:4]) + years:04}{text[4:]}" < day.isoformat()


class Weighed:
    """How sure the rows of a data set and their values are, in a view.

    Parameters
    ----------
    dataset
        The rows and their evidence.
    view
        What counts.
    """

    def __init__(self, dataset: Dataset, view: View) -> None:
        self.dataset, self.view = dataset, view
        self._register: Grade | None = dataset.info.register_grade
        if view.known_before is not None and view.known_before < dataset.info.day:
            self._register = None  # the register was not yet there (model rule 10)
        self._register_aged = None if self._register is None else aged(self._register, dataset.info.as_of, view.as_of)

    def ages(self, row: Relation) -> bool:
        """Whether a row ages; one that says itself how long it holds does not (model rule 37)."""
        if row.valid_to is not None and self._known(row, "valid_to"):
            return False
        if self.view.replay and not self._whole(row):
            return True  # no item speaks of the end of a contract: it may have come with what is left out
        return not any(
            end is not None and last_day(end) >= self.view.as_of for end in (row.contract_end_latest, row.contract_end)
        )

    def _whole(self, row: Relation) -> bool:
        """Whether everything that supports the relation counts in this view."""
        supporting, counting = self._items(row, None)
        return len(supporting) == sum(item.stance == "supports" for item in counting)

    def old(self, row: Relation) -> bool:
        """Whether a row ages and was last evidenced more than five years before the day asked (model rule 40)."""
        seen = last_evidenced(self.dataset, row, self.view)
        return seen is not None and older(seen, rules().old, self.view.as_of) and self.ages(row)

    def grade(self, row: Relation) -> Grade | None:
        """Grade of a row, or `None` if it is not known in this view (model rules 7, 9 and 10)."""
        if not row.evidence:
            return self._register_aged if self.ages(row) else self._register
        return self._grade(row, None, self._register_aged if self.ages(row) else self._register)

    def known(self, row: Relation) -> Relation:
        """The row without the values whose only support is left out of this replay."""
        if not self.view.replay:
            return row
        blank = {
            about: None
            for about in {self.dataset.evidence[id_].about for id_ in row.evidence}
            if about is not None and getattr(row, about) is not None and not self._known(row, about)
        }
        return replace(row, **blank) if blank else row  # type: ignore[arg-type]

    def value(self, row: Relation, field: str, grade: Grade) -> Grade:
        """Grade of a value of a row; that of the relation where nothing is said about the field."""
        if not any(self.dataset.evidence[id_].about == field for id_ in row.evidence):
            return grade
        found = self._grade(row, field, grade)
        return grade if found is None else found

    def _known(self, row: Relation, field: str) -> bool:
        """Whether a value counts in this replay: nothing supported it, or something that counts does."""
        if not self.view.replay:
            return True
        supporting, counting = self._items(row, field)
        return not supporting or any(item.stance == "supports" for item in counting)

    def _items(self, row: Relation, about: str | None) -> tuple[list[Evidence], list[Evidence]]:
        """All supporting items about something, and those of all stances that count in this view."""
        evidence = self.dataset.evidence
        items = [evidence[id_] for id_ in row.evidence if evidence[id_].about == about]
        supporting = [item for item in items if item.stance == "supports"]
        counting = [item for item in items if self.view.counts(item)] if self.view.replay else items
        return supporting, counting

    def _grade(self, row: Relation, about: str | None, fallback: Grade | None) -> Grade | None:
        supporting, counting = self._items(row, about)
        ages, day = self.ages(row), self.view.as_of
        grades = [(item.stance, aged(item.grade, item.published, day) if ages else item.grade) for item in counting]
        best = min((grade for stance, grade in grades if stance == "supports"), default=None)
        if best is None:
            if supporting:
                return None  # everything that supported it is left out of this replay
            best = fallback
        if best is not None and any(stance == "disputes" and grade <= best for stance, grade in grades):
            return Grade.INFERRED
        return best


def last_evidenced(dataset: Dataset, row: Relation, view: View) -> str | None:
    """When a row was last evidenced: a day, a month or a year, or `None` if that is not known (model rule 40).

    Parameters
    ----------
    dataset
        The map; a row that stands on its register was seen on the date of that.
    row
        Asked about as a relation, not about its values.
    view
        What counts.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> row = next(row for row in seeds.relations.values() if row.dependent == "authority:westminster")
    >>> last_evidenced(seeds, row, View(seeds.info.day))[:4]
    '2025'
    """
    if row.by_law:
        return None  # it holds by law: of this body nobody has evidenced it
    items = [dataset.evidence[id_] for id_ in row.evidence]
    items = [item for item in items if item.stance == "supports" and item.about is None]
    if not items:
        return dataset.info.as_of
    return max((i.published for i in items if i.published is not None and view.counts(i)), key=last_day, default=None)
