"""What is asked: roots, kinds, view, band and scope, parsed once and the same for every door.

The command line, the Python door, JSON and the address of a page all make the same frozen `Question`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, TypedDict, Unpack
from urllib.parse import parse_qsl, urlencode

from riskgraph.analysis.measure import counted, counting
from riskgraph.analysis.select import Selection
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import PRESETS, Band, FailureKind, one_of
from riskgraph.settle import View

__all__ = ["QUESTION_PARTS", "Asking", "Part", "Question", "RootNames", "parse_kinds"]

DEFAULT = "compromise"
Part = Literal["roots", "kinds", "view", "band", "scope"]
QUESTION_PARTS: Mapping[Part, tuple[str, ...]] = {
    "roots": ("roots",),
    "kinds": ("kinds", "like"),
    "view": ("as_of", "without", "known_before"),
    "band": ("band",),
    "scope": ("areas", "classes", "regions", "members"),
}
"""The parts of a question, and the words of each."""


class Asking(TypedDict, total=False):
    """What may be said about a question besides its roots; all of it may be left out.

    Attributes
    ----------
    kinds
        The failure kinds asked about; `like` names a usual set of them instead.
    like
        `compromise`, `ransomware`, `data-theft`, `malicious-update`, `outage` or `insolvency`.
    as_of
        The date of the question; the date of the data if left out.
    without
        An incident (or several) whose own reporting is left out.
    known_before
        Leave out evidence published after this day, or undated.
    band
        Count what is at least so sure: `documented`, `likely`, `possible` or `not-ruled-out`.
    areas, classes, regions, members
        Whom the answer is limited to: service areas, classes of authority, regions or nations, and the bodies
        named in a file or in a list.
    selection
        The same, parsed already.
    """

    kinds: str | FailureKind | Sequence[str | FailureKind] | None
    like: str
    as_of: str | date | None
    without: str | Sequence[str] | None
    known_before: str | date | None
    band: str | Band
    areas: Sequence[str]
    classes: Sequence[str]
    regions: Sequence[str]
    members: str | Path | Sequence[str] | None
    selection: Selection | None


@dataclass(frozen=True)
class Question:
    """One question, understood: every name is an id, every word a value of the model.

    Attributes
    ----------
    roots
        What fails, all at once: ids of bodies or places, or lines of business (`supplier:capita/pensions`).
        Empty where the question is about every root.
    kinds
        In which kinds they fail, in the order of the model.
    like
        The usual set of kinds that was asked for; empty if the kinds were named.
    view
        As of when, and knowing what.
    band
        Count what is at least so sure.
    selection
        Whom the answer is limited to.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> question = Question.of(graph, "east kent services", like="outage", regions=["South East"])
    >>> question.roots, [str(kind) for kind in question.kinds]
    (('shared-service:east-kent-services',), ['outage'])
    >>> Question.of_address(graph, question.address()) == question
    True
    """

    roots: tuple[str, ...]
    kinds: tuple[FailureKind, ...]
    like: str
    view: View
    band: Band
    selection: Selection

    @classmethod
    def of(cls, graph: RiskGraph, roots: RootNames = (), **asking: Unpack[Asking]) -> Question:
        """Understand what was asked.

        Parameters
        ----------
        roots
            Names or ids of what fails, or a question that is understood already, to ask it as it is or with other
            words.
        asking
            See `Asking`.

        Raises
        ------
        NameNotFound, AmbiguousName
            If a root is not one body, place or line of the data.
        RiskGraphError
            If any other word is not known; it says which there are.
        """
        if isinstance(roots, Question):
            return roots.changed(graph, **asking)
        names = [roots] if isinstance(roots, str) else list(roots)
        ids = tuple(dict.fromkeys(graph.names.resolve(name) for name in names))
        kinds, like = asking.get("kinds"), asking.get("like") or DEFAULT
        without = asking.get("without")
        chosen = asking.get("selection")
        return cls(
            ids,
            parse_kinds(kinds, like),
            like if kinds is None else "",
            graph.view(
                asking.get("as_of"),
                (without,) if isinstance(without, str) else tuple(without or ()),
                asking.get("known_before"),
            ),
            Band.of(asking.get("band", Band.POSSIBLE)),
            chosen
            if chosen is not None
            else Selection.of(
                graph,
                areas=asking.get("areas", ()),
                classes=asking.get("classes", ()),
                regions=asking.get("regions", ()),
                members=asking.get("members"),
            ),
        )

    def changed(self, graph: RiskGraph, **asking: Unpack[Asking]) -> Question:
        """The same question with some words put differently."""
        if not asking:
            return self
        new = Question.of(graph, self.roots, **asking)
        kinds = {"kinds", "like"} & asking.keys()
        view = {"as_of", "without", "known_before"} & asking.keys()
        scope = {"areas", "classes", "regions", "members", "selection"} & asking.keys()
        return replace(
            new,
            kinds=new.kinds if kinds else self.kinds,
            like=new.like if kinds else self.like,
            view=new.view if view else self.view,
            band=new.band if "band" in asking else self.band,
            selection=new.selection if scope else self.selection,
        )

    def needs_roots(self) -> Question:
        """The question itself, if it says what fails.

        Raises
        ------
        RiskGraphError
            If it names no root.
        """
        if not self.roots:
            raise RiskGraphError("No root was given.", "Name what fails, such as civica.")
        return self

    @property
    def counting(self) -> frozenset[FailureKind]:
        """The kinds by which a body counts as reached (`riskgraph.analysis.measure.counting`)."""
        return counting(self.kinds)

    @property
    def scope(self) -> tuple[str, ...]:
        """Ids of the authorities that the answer is about."""
        return counted(self.selection.graph.dataset, self.view.as_of, self.selection.holds)

    @property
    def bodies(self) -> int:
        """How many authorities the answer is about: the denominator of its scope."""
        return len(self.scope)

    # -- the question in other forms ------------------------------------------------------------

    def to_dict(self, parts: Sequence[Part] = tuple(QUESTION_PARTS)) -> dict[str, object]:
        """The question as plain values, as it stands in every JSON answer: all of it, or the parts that matter."""
        chosen = self.selection
        plain: dict[str, object] = {
            "roots": list(self.roots),
            "kinds": [str(kind) for kind in self.kinds],
            "like": self.like or None,
            "as_of": self.view.as_of.isoformat(),
            "without": list(self.view.without),
            "known_before": None if self.view.known_before is None else self.view.known_before.isoformat(),
            "band": self.band.word,
            "areas": sorted(chosen.areas),
            "classes": sorted(chosen.classes),
            "regions": sorted(chosen.regions),
            "members": None if chosen.members is None else [*chosen.asked, *(one.name for one in chosen.not_found)],
        }
        return {key: plain[key] for part in parts for key in QUESTION_PARTS[part]}

    @classmethod
    def of_dict(cls, graph: RiskGraph, plain: Mapping[str, object]) -> Question:
        """A question from its plain values; see `to_dict`."""
        words: dict[str, object] = dict(plain)
        roots = words.pop("roots", ())
        if words.pop("like", None):
            words["like"] = plain["like"]
            words.pop("kinds", None)
        unknown = sorted(words.keys() - Asking.__annotations__.keys())
        if unknown:
            raise RiskGraphError(
                f"A question has no {unknown[0]!r}.", f"Use: roots, {', '.join(Asking.__annotations__)}."
            )
        return cls.of(graph, roots, **words)  # type: ignore[arg-type]

    def address(self) -> str:
        """The question as the end of an address (`roots=supplier:civica&like=outage`): what is as usual is left out."""
        plain = self.to_dict()
        if self.like:
            plain["kinds"] = None
        if self.like == DEFAULT:
            plain["like"] = None
        if self.band is Band.POSSIBLE:
            plain["band"] = None
        pairs = [
            (key, value)
            for key, values in plain.items()
            for value in (values if isinstance(values, list) else [values])
            if value is not None
        ]
        return urlencode(pairs, safe=":/")

    @classmethod
    def of_address(cls, graph: RiskGraph, address: str) -> Question:
        """A question from the end of an address; see `address`."""
        words: dict[str, object] = {}
        single = {"like", "as_of", "known_before", "band"}
        for key, value in parse_qsl(address.lstrip("?#")):
            if key in single:
                words[key] = value
            else:
                found = words.setdefault(key, [])
                assert isinstance(found, list)
                found.append(value)
        return cls.of_dict(graph, words)


RootNames = str | Sequence[str] | Question
"""What fails: a name, several names, or a question that is understood already."""


def parse_kinds(
    kinds: str | FailureKind | Sequence[str | FailureKind] | None, like: str = DEFAULT
) -> tuple[FailureKind, ...]:
    """The failure kinds that are asked about, in order: those named, or those of a usual what-if.

    Raises
    ------
    RiskGraphError
        If a kind or the what-if is not known.

    Examples
    --------
    >>> [str(kind) for kind in parse_kinds(["outage", "exposure"])]
    ['exposure', 'outage']
    """
    if kinds is None:
        return one_of(like, PRESETS, "what-if")
    known = {str(kind): kind for kind in FailureKind}
    asked = {one_of(kind, known, "failure kind") for kind in ([kinds] if isinstance(kinds, str) else kinds)}
    if not asked:
        raise RiskGraphError("No failure kind was given.", f"Use one of: {', '.join(known)}.")
    return tuple(kind for kind in FailureKind if kind in asked)
