"""Record an incident as it unfolds: what is said of it becomes rows, with who said it, when and where.

What a supplier says and what a council found are two rows. Saying the same again changes nothing.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from riskgraph.assets import shipped_maps
from riskgraph.data.dataset import Dataset
from riskgraph.data.files import FORBIDDEN, nearest
from riskgraph.data.names import Names
from riskgraph.data.overlay import Overlay
from riskgraph.data.read import judge, locate
from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, fixed_moment, last_day
from riskgraph.errors import NameNotFound, RiskGraphError
from riskgraph.model import ORGANISATIONS, Incident, IncidentEffect
from riskgraph.rules import rules
from riskgraph.schema import schema
from riskgraph.vocabulary import words

__all__ = ["Recorded", "Statement", "own_folder", "record"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of an incident, as people type it; what is left out stays as it was.

    `status` holds lines such as "Saltmere: data exposed", `aware` lines such as "Saltmere: 2026-11-20 14:30". Who said
    so, when and where holds for every status of the same call; so do the people, the state, who could see it, whose
    data it was and the services that it struck. The cost is that of the whole incident.
    """

    title: str | None = None
    origins: Sequence[str] = ()
    began: str | None = None
    public: str | None = None
    mechanism: str | None = None
    impact: Sequence[str] = ()
    summary: str | None = None
    status: Sequence[str] = ()
    aware: Sequence[str] = ()
    via: str | None = None
    people: int | None = None
    state: str | None = None
    audience: Sequence[str] = ()
    subjects: Sequence[str] = ()
    services: Sequence[str] = ()
    cost: Decimal | int | None = None
    said_by: str | None = None
    said_at: str | None = None
    source: str | None = None
    confidence: str | None = None


@dataclass(frozen=True)
class Recorded:
    """A data set in which an incident is recorded, and which rows that took."""

    dataset: Dataset
    incident: Incident
    new: bool  # whether the incident was not there before
    changed: bool  # whether its own row is new or other than before
    added: tuple[IncidentEffect, ...]
    replaced: tuple[IncidentEffect, ...]
    taken: tuple[str, ...]  # what was taken for a word that is no whole name

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns that say what, when and where, and that nobody has filled yet."""
        wanted = ("origins", "date_started", "date_disclosed", "mechanism", "impact", "source_url")
        return tuple(name for name in wanted if getattr(self.incident, name) in (None, ()))

    @property
    def rows(self) -> int:
        """How many rows are new or other than before."""
        return int(self.changed) + len(self.added) + len(self.replaced)


def own_folder(where: str | Path) -> Path:
    """The folder of a data set that is the user's own to change.

    Raises
    ------
    RiskGraphError
        If it ships with riskgraph, or is a sheet.

    Examples
    --------
    >>> own_folder("seeds")
    Traceback (most recent call last):
    ...
    riskgraph.errors.RiskGraphError: seeds ships with riskgraph and is not changed; nothing was written.
    Write a map of your own with --to FOLDER, and use --data FOLDER from then on.
    """
    if Path(where).is_file() and Path(where).name != "dataset.toml":
        raise RiskGraphError(
            f"{where} is a sheet, which holds no incidents; nothing was written.",
            "Write a map of your own with --to FOLDER, and use --data FOLDER from then on.",
        )
    folder = locate(where)
    if folder.resolve() in {path.resolve() for path in shipped_maps().values()}:
        raise RiskGraphError(
            f"{where} ships with riskgraph and is not changed; nothing was written.",
            "Write a map of your own with --to FOLDER, and use --data FOLDER from then on.",
        )
    return folder


def record(dataset: Dataset, incident_id: str, said: Statement) -> Recorded:
    """Add to a data set what is said of an incident, or bring it up to date.

    Parameters
    ----------
    dataset
        The data set to begin with; it stays as it is.
    incident_id
        Its name, such as `quenby-2026`.
    said
        What is said of it.

    Returns
    -------
    Recorded
        With a new data set, checked like one that was read.

    Raises
    ------
    RiskGraphError
        If a name, a word or a date is not clear; every such thing is listed, and nothing is changed.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> found = record(read("seeds"), "quenby-2026", Statement("Quenby", status=["Dover: data exposed"], said_by="civica"))
    >>> found.rows, found.added[0].said_by, found.added[0].confidence
    (2, 'supplier:civica', 'reported')
    """
    work = _IncidentRecorder(dataset, incident_id, said)
    old = dataset.incidents.get(incident_id)
    incident = work.incident(old)
    effects = [effect for effect in dataset.effects if effect.incident_id == incident_id]
    added: list[IncidentEffect] = []
    replaced: list[IncidentEffect] = []
    for new in work.effects():
        same = next((one for one in effects if _key(one) == _key(new)), None)
        if same is None:
            effects.append(new)
            added.append(new)
            continue
        merged = _over(same, new)
        if merged != same:
            effects[effects.index(same)] = merged
            replaced.append(merged)
    for body, moment in work.aware():
        theirs = [one for one in effects if one.organisation == body]
        if not theirs:
            work.problem(
                RiskGraphError(
                    f"Nothing is recorded of {body} in this incident.", "Give its --status in the same call."
                )
            )
        for one in theirs:
            if one.aware_at == moment:
                continue
            later = replace(one, aware_at=moment)
            effects[effects.index(one)] = later
            for rows in (added, replaced):
                rows[:] = [later if row == one else row for row in rows]
            if later not in added and later not in replaced:
                replaced.append(later)
    work.done()
    taken = tuple(work.names.taken.values())
    changed = incident != old
    if not (changed or added or replaced):
        return Recorded(dataset, incident, False, False, (), (), taken)
    overlay = Overlay(dataset)
    overlay.incident(incident, effects)
    return Recorded(overlay.result(), incident, old is None, changed, tuple(added), tuple(replaced), taken)


class _IncidentRecorder:
    """From what people type to rows, collecting everything that is not clear."""

    def __init__(self, dataset: Dataset, incident_id: str, said: Statement) -> None:
        self.problems: list[RiskGraphError] = []
        self.dataset, self.id, self.said = dataset, incident_id, self._clean(said)
        self.names = Names(dataset)
        self.said_by = self._speaker()
        said = self.said
        self._cell(incident_id, "incidents", "incident_id")
        self._cell(said.began, "incidents", "date_started")
        self._cell(said.public, "incidents", "date_disclosed")
        self._cell(said.source, "incidents", "source_url")
        self._cell(said.said_at, "incident_effects", "said_at")

    def problem(self, error: RiskGraphError) -> None:
        self.problems.append(error)

    def done(self) -> None:
        """Raise everything that is not clear, at once."""
        if len(self.problems) == 1:
            raise self.problems[0]
        if self.problems:
            said = (f"{error.message} {error.fix}".replace("\n", "\n  ") for error in self.problems)
            listed = "".join(f"\n- {one}" for one in said)
            raise RiskGraphError(
                f"{len(self.problems)} things are not clear; nothing was written.{listed}",
                "Correct them and try again.",
            )

    def incident(self, old: Incident | None) -> Incident:
        said = self.said
        if old is None and not said.title:
            self.problem(RiskGraphError(f"{self.id} is not recorded yet and has no title.", 'Give it: --title "..."'))
        base = old or Incident(self.id, said.title or "")
        given: dict[str, Any] = {
            "title": said.title,
            "date_started": said.began,
            "date_disclosed": said.public,
            "mechanism": self._word(said.mechanism, "mechanism"),
            "impact": tuple(sorted({word for one in said.impact if (word := self._word(one, "impact"))})),
            "origins": tuple(sorted({id_ for name in said.origins if (id_ := self._resolve(name))})),
            "summary": said.summary,
            "cost_gbp": None if said.cost is None else Decimal(said.cost),
        }
        if said.source and (not said.status or base.source_url is None):
            body = self.dataset.entities.get(self.said_by or "")
            given |= {
                "source_url": said.source,
                "source_publisher": body.name if body is not None else self.said_by,
                "source_date": said.said_at[:10] if said.said_at else None,
                "confidence": None if said.status else said.confidence,
            }
        new = replace(base, **{name: value for name, value in given.items() if value})
        self._order(new)
        return new

    def effects(self) -> list[IncidentEffect]:
        said, found = self.said, []
        for line in said.status:
            name, colon, word = line.rpartition(":")
            if not colon or not name.strip():
                self.problem(RiskGraphError(f"{line!r} is no status.", 'Write it as "Saltmere: data exposed".'))
                continue
            body, effect = self._resolve(name, ORGANISATIONS), self._word(word, "effect", "incident_effects")
            if body is None or effect is None:
                continue
            more = self._who_and_what()
            own = None if self.said_by is None else "confirmed" if self.said_by == body else "reported"
            found.append(
                IncidentEffect(
                    self.id,
                    body,
                    effect,
                    said.via,
                    said.people,
                    said.source,
                    said.confidence or own,
                    self.said_by,
                    said.said_at,
                    **more,
                )
            )
        if not said.status and (said.state or said.audience or said.subjects or said.services):
            self.problem(
                RiskGraphError(
                    "It is not said of whom: the state, the audience, whose data and the services belong to a body.",
                    'Give its --status in the same call, such as "Saltmere: data exposed".',
                )
            )
        return found

    def _who_and_what(self) -> dict[str, Any]:
        """How it stands at a body, who could see it, whose data it was and which services it struck."""
        said, areas = self.said, {normalise(area.label): area.id for area in rules().areas.values()}
        areas |= {normalise(id_): id_ for id_ in rules().areas}
        found: dict[str, list[str]] = {"audience": [], "subjects": [], "service_area": []}
        for name, texts, list_ in (
            ("audience", said.audience, "incident audience"),
            ("subjects", said.subjects, "data subjects"),
            ("service_area", said.services, "service area"),
        ):
            allowed = (
                list(rules().areas) if name == "service_area" else list(schema()["incident_effects"][name].allowed)
            )
            for text in texts:
                word = (areas if name == "service_area" else {}).get(normalise(text)) or self._meant(
                    text, list_, allowed
                )
                if word is not None:
                    found[name].append(word)
        state = self._meant(said.state, "incident state", list(schema()["incident_effects"]["state"].allowed))
        return {"state": state, **{name: tuple(sorted(set(words_))) for name, words_ in found.items()}}

    def _meant(self, text: str | None, list_: str, allowed: list[str]) -> str | None:
        """A word of the schema by the users' words for it."""
        if text is None:
            return None
        word = normalise(text).replace(" ", "-")
        meant = words(list_).get(normalise(text)) or (word if word in allowed else None)
        if meant is None:
            what = list_.removeprefix("incident ")
            self.problem(RiskGraphError(f"{text.strip()!r} is not a word for {what} here.", nearest(word, allowed)))
        return meant

    def aware(self) -> list[tuple[str, str]]:
        found = []
        for line in self.said.aware:
            name, when = _who_and_when(line)
            if not when:
                self.problem(RiskGraphError(f"{line!r} says no time.", 'Write it as "Saltmere: 2026-11-20 14:30".'))
                continue
            body = self._resolve(name, ORGANISATIONS)
            self._cell(when, "incident_effects", "aware_at")
            if body is not None:
                found.append((body, when))
        return found

    def _clean(self, said: Statement) -> Statement:
        """Text as a file may hold it: composed, on one line, without needless spaces or hidden characters."""
        cleaned: dict[str, Any] = {}
        for field in fields(Statement):
            value = getattr(said, field.name)
            texts = [value] if isinstance(value, str) else value if isinstance(value, Sequence) else []
            if any(FORBIDDEN.search(text) for text in texts):
                what = field.name.replace("_", " ")
                self.problem(RiskGraphError(f"A hidden control character stands in {what}.", "Type it anew."))
            new = tuple(" ".join(unicodedata.normalize("NFC", text).split()) for text in texts)
            if field.name in {"began", "public", "said_at"}:
                new = tuple(_dated(text) for text in new)
            if texts:
                cleaned[field.name] = new[0] if isinstance(value, str) else new
        return replace(said, **cleaned)

    def _cell(self, text: str | None, table: str, column: str) -> None:
        """Judge a cell as reading does."""
        fault = judge(text, schema()[table][column])[1] if text else None
        if fault is not None:
            self.problem(RiskGraphError(*fault[1:]))

    def _speaker(self) -> str | None:
        """A body of the map by its id; anybody else by name."""
        if not self.said.said_by:
            return None
        try:
            return self.names.resolve(self.said.said_by, ORGANISATIONS)
        except NameNotFound:
            return self.said.said_by.strip()
        except RiskGraphError as error:
            self.problem(error)
            return None

    def _resolve(self, name: str, kinds: frozenset[str] | None = None) -> str | None:
        try:
            return self.names.resolve(name, kinds)
        except RiskGraphError as error:
            self.problem(error)
            return None

    def _word(self, text: str | None, column: str, table: str = "incidents") -> str | None:
        """A word of the schema, however it is spelt between words."""
        if text is None:
            return None
        word = re.sub(r"[\s_]+", "-", text.strip().lower())
        allowed = schema()[table][column].allowed
        if word not in allowed:
            what = "status" if column == "effect" else column
            self.problem(
                RiskGraphError(f"{text.strip()!r} is not a word for {what} here.", nearest(word, list(allowed)))
            )
            return None
        return word

    def _order(self, incident: Incident) -> None:
        began, public = incident.date_started, incident.date_disclosed
        try:
            if began and public and last_day(public) < first_day(began):
                self.problem(
                    RiskGraphError(f"It became public ({public}) before it began ({began}).", "Correct one of the two.")
                )
        except ValueError:
            return  # the checks of the data set say which date is none


def _dated(text: str) -> str:
    """A date or time as the data hold it, or as it was typed, for the schema to judge."""
    try:
        return fixed_moment(text)
    except ValueError:
        return text


def _who_and_when(line: str) -> tuple[str, str]:
    """Name and time of a line such as Saltmere: 20 November 2026 14:30; ids and times have colons too."""
    for colon in re.finditer(":", line):
        with contextlib.suppress(ValueError):
            return line[: colon.start()].strip(), fixed_moment(line[colon.end() :])
    name, _, when = line.rpartition(": ")
    return name.strip(), when if when[:1].isdigit() else ""


def _key(effect: IncidentEffect) -> tuple[str, str, str | None]:
    """One body, one effect, one voice: one row."""
    return effect.organisation, effect.effect, effect.said_by


def _over(old: IncidentEffect, new: IncidentEffect) -> IncidentEffect:
    """The old row with what is newly said."""
    given = {field.name: getattr(new, field.name) for field in fields(IncidentEffect)}
    return replace(old, **{name: value for name, value in given.items() if value not in (None, ())})
