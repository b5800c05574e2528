"""A scenario as a value, and the registry of the changes that it may hold.

A verb is a function that a decorator registers with its fields; the command line, the files, the help
and the documentation are all made from the registry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from riskgraph.analysis.question import Asking
from riskgraph.data.files import nearest
from riskgraph.errors import RiskGraphError
from riskgraph.model import FailureKind

__all__ = ["EVERY", "EVERYBODY", "THEN", "VERBS", "Change", "Field", "KeptRadius", "Scenario", "Verb", "change"]

EVERYBODY = "everybody"
"""Said in place of a council: all who depend on the provider."""

THEN = "then"
"""Said between two changes on a line."""

EVERY = "all"
"""Said in place of a service area: whatever is there."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a change.

    Attributes
    ----------
    name
        Its key in a scenario file.
    says
        What it is, for help and documentation.
    type
        `body`: a name of the map; `text`: a new name; `date`; `area`: a service area.
    many
        Whether it holds a list.
    option
        How the command line asks for it, such as `--area`; empty: by its place on the line.
    required
        Whether a change is incomplete without it.
    everybody
        Whether the word `everybody` may stand there.
    asked
        Of a service area: whether it is asked for where more than one would move, unless `all` stands there.
    """

    name: str
    says: str
    type: Literal["body", "text", "date", "area"] = "body"
    many: bool = False
    option: str = ""
    required: bool = True
    everybody: bool = False
    asked: bool = False

    @property
    def place(self) -> str:
        """What stands for it in a usage line: COUNCIL, BODY."""
        one = self.name.removesuffix("ies") + "y" if self.name.endswith("ies") else self.name.removesuffix("s")
        return (one if self.many else self.name).upper()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a scenario, as it was written: a verb and its fields, each with one value or more."""

    verb: str
    values: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        said = [" ".join(values) for values in self.values.values()]
        return " ".join([self.verb, *said])


@dataclass(frozen=True, slots=True)
class KeptRadius:
    """What was answered when a scenario was saved: how many before the change, and who (ids) after it."""

    roots: tuple[str, ...]
    before: int
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A what-if that can be saved, mailed, compared and replayed.

    Attributes
    ----------
    title
        What it is called.
    changes
        What is supposed, in order.
    author, date, notes
        Free text; `date` is a date. Who wrote it is never needed.
    roots
        What fails, in both states; empty: what the changes are about, each by itself.
    kinds, like
        The failure kinds, or the usual set of them (`compromise` if both are empty).
    as_of
        The day of the question; empty: the date of the data.
    saved, reached
        The date of the data on which it was saved, and what was answered then.
    """

    title: str
    changes: tuple[Change, ...] = ()
    author: str = ""
    date: str = ""
    roots: tuple[str, ...] = ()
    kinds: tuple[FailureKind, ...] = ()
    like: str = ""
    as_of: str = ""
    notes: str = ""
    saved: str = ""
    reached: tuple[KeptRadius, ...] = ()

    @property
    def asking(self) -> Asking:
        """What it says about the question, besides the roots."""
        said: Asking = {}
        if self.kinds:
            said["kinds"] = self.kinds
        if self.like:
            said["like"] = self.like
        if self.as_of:
            said["as_of"] = self.as_of
        return said


@dataclass(frozen=True, slots=True)
class Verb:
    """A kind of change."""

    name: str
    fields: tuple[Field, ...]
    examples: tuple[str, ...]  # command lines after `riskgraph whatif`; the first is on the shipped map
    says: str  # what it supposes, in one sentence

    def field(self, name: str) -> Field:
        """One of its fields by name.

        Raises
        ------
        KeyError
            If it has no such field.
        """
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)


VERBS: dict[str, Verb] = {}
"""All verbs by name, in the order of `riskgraph whatif --help`; filled by `riskgraph.scenario.verbs`."""


def change(name: str, /, *positional: str, **values: str | Sequence[str] | None) -> Change:
    """A change from Python: the fields by place, in the order of the command line, or by name.

    Raises
    ------
    RiskGraphError
        If there is no such verb or field, or one that is needed is missing.

    Examples
    --------
    >>> import riskgraph.scenario.verbs
    >>> change("switch", "thanet", "civica", "capita", area="housing").values["new"]
    ('capita',)
    """
    if name not in VERBS:
        raise RiskGraphError(f"There is no change {name!r}.", nearest(name, list(VERBS)))
    known = VERBS[name]
    given: dict[str, tuple[str, ...]] = {}
    rest = list(positional)
    placed = [one for one in known.fields if not one.option]
    for one in placed:
        if rest:
            given[one.name] = tuple(rest) if one.many else (rest[0],)
            rest = [] if one.many else rest[1:]
    if rest:
        raise RiskGraphError(
            f"{name} takes {len(placed)} names, not {len(positional)}.", f"Give {', '.join(f.name for f in placed)}."
        )
    for key, value in values.items():
        if key not in {one.name for one in known.fields}:
            raise RiskGraphError(f"{name} has no field {key!r}.", nearest(key, [one.name for one in known.fields]))
        if value is not None:
            given[key] = (value,) if isinstance(value, str) else tuple(value)
    for one in known.fields:
        if one.required and not given.get(one.name):
            raise RiskGraphError(f"{name} needs {one.name}: {one.says}.", f"Give {one.name}.")
    return Change(name, {one.name: given[one.name] for one in known.fields if given.get(one.name)})
