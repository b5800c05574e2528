"""An atlas in few bytes: the radius of every root, packed so that a page can hold it and read it at once.

Whatever repeats is written once and numbered: phrases, the ends of sentences, levels, sets of services. What a
root reaches is then a short text of numbers in base 64 (five bits to a letter, the sixth says that more follow).
`unpack` reads it back; the page does the same in its own script.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from riskgraph.analysis.affected import only_staff
from riskgraph.analysis.every_radius import NOT, EveryRadius, Touch
from riskgraph.analysis.incidents import incident_notes
from riskgraph.analysis.measure import Standing, counts, inhabited, standing
from riskgraph.analysis.select import Selection, nothing_recorded
from riskgraph.analysis.triage import areas_of_root, first_band, known_areas
from riskgraph.assets import shipped_rows
from riskgraph.data.dataset import Dataset
from riskgraph.data.read import shipped_aliases
from riskgraph.data.spelling import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, KINDS, PRESETS, Band, Grade
from riskgraph.render.blast import TIER_WORDS
from riskgraph.render.headline import dates_of, failing
from riskgraph.render.incident_words import note_words
from riskgraph.render.words import (
    BY_LAW,
    COUNCILS,
    area_label,
    band_phrase,
    full_name,
    join,
    kind_word,
    root_name,
    route_phrase,
    scope_phrase,
    sentence,
    short_name,
)
from riskgraph.rules import rules

__all__ = ["COUNTED", "letters", "numbers", "pack", "unpack", "worst"]

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUE = {digit: value for value, digit in enumerate(DIGITS)}
_PIECES = re.compile(r"(?=, which |; )")
NOTES = 2  # incidents told of a root
COUNTED, GONE, GROUP = 0, 1, 2  # standing of a body: it counts, it exists no longer, it stands for several
_STANDS = {Standing.COUNTED: COUNTED, Standing.ABOLISHED: GONE, Standing.GROUP: GROUP}


def letters(values: Iterable[int]) -> str:
    """Whole numbers from 0 as text.

    Examples
    --------
    >>> letters([0, 31, 32])
    'AfgB'
    """
    out = []
    for value in values:
        while value > 31:
            out.append(DIGITS[32 | value & 31])
            value >>= 5
        out.append(DIGITS[value])
    return "".join(out)


def numbers(text: str) -> Iterator[int]:
    """The numbers of a text that `letters` made.

    Examples
    --------
    >>> list(numbers("AfgB"))
    [0, 31, 32]
    """
    value = shift = 0
    for letter in text:
        digit = _VALUE[letter]
        value |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            yield value
            value = shift = 0


def pack(answers: Mapping[str, EveryRadius]) -> dict[str, Any]:
    """Everything that the page holds, as plain values.

    Parameters
    ----------
    answers
        Question (a word of `PRESETS`) to its answer; all of one map and view.

    Returns
    -------
    dict
        The same for the same map. Its parts are explained in `docs/atlas.md`.

    Examples
    --------
    >>> from riskgraph.analysis.every_radius import every_radius
    >>> from riskgraph.graph import RiskGraph
    >>> data = pack({"outage": every_radius(RiskGraph.open("seeds"), like="outage")})
    >>> sorted(unpack(data, "outage", "shared-service:east-kent-services"))
    ['authority:canterbury', 'authority:dover', 'authority:thanet']
    """
    first = next(iter(answers.values()))
    graph, everybody = first.graph, Selection(first.graph)
    packer = _Packer(first)
    questions = [
        {
            "id": like,
            "failing": failing(PRESETS[like]),
            "together": failing(PRESETS[like], 2),
            "counting": [n for n, kind in enumerate(KINDS) if kind in answer.question.counting],
            "first": first_band(answer.question.counting),
            "roots": [packer.root(answer, root) for root in answer.roots],
            "ring": {
                str(n): packer.ring(answer.ring[root]) for n, root in enumerate(answer.roots) if root in answer.ring
            },
        }
        for like, answer in answers.items()
    ]
    info = graph.dataset.info
    held = {area: packer.areas.setdefault(area, len(packer.areas)) for area in rules().areas}
    return {
        "schema": 2,
        "title": info.title,
        "data_as_of": info.as_of,
        "as_of": first.view.as_of.isoformat(),
        "dates": dates_of(graph.dataset, first.view),
        "scope": scope_phrase(everybody, graph.dataset, first.view.as_of),
        "gathered": info.register_grade is Grade.INFERRED,
        "track_record": info.track_record,
        "digest": first.graph.dataset.digest,
        "alternatives": first.alternatives,
        "kinds": [[str(kind), kind.effect] for kind in KINDS],
        "bands": [[band.word, band_phrase(band)] for band in Band],
        "tiers": [[tier.name.lower(), *words] for tier, words in TIER_WORDS.items()],
        "areas": [[area or "?", area_label(area), int(only_staff(area))] for area in packer.areas],
        "bodies": packer.bodies(),
        "known": packer.known(held),
        "tiles": packer.tiles(),
        "roots": packer.roots(),
        "root_areas": packer.root_areas(held),
        "incidents": packer.incidents(),
        "phrases": list(packer.phrases),
        "chains": letters(number for chain in packer.chains for number in chain),
        "levels": "".join("".join(map(str, levels)) for levels in packer.levels),
        "services": letters(number for services in packer.services for number in (len(services) // 2, *services)),
        "routes": [[words, past] for words, past in packer.routes],
        "lines": letters(number for lines in packer.lines for number in (len(lines), *lines)),
        "dates_seen": [[seen, ended] for seen, ended in packer.dates],
        "questions": questions,
    }


class _Packer:
    """Numbers what repeats."""

    def __init__(self, every: EveryRadius) -> None:
        self.every = every
        self.dataset: Dataset = every.graph.dataset
        self.names = every.roots
        self.number = {
            id_: n for n, id_ in enumerate(id_ for id_, e in self.dataset.entities.items() if e.kind == AUTHORITY)
        }
        self.phrases: dict[str, int] = {}
        self.chains: dict[tuple[int, int], int] = {}  # phrase, and the number of the rest plus one, 0 at the end
        self.levels: dict[tuple[int, ...], int] = {}
        self.areas: dict[str | None, int] = {}
        self.services: dict[tuple[int, ...], int] = {}
        self.routes: dict[tuple[str, int], int] = {}
        self.lines: dict[tuple[int, ...], int] = {}
        self.dates: dict[tuple[str, str], int] = {}  # year last seen, and of a past customer the day of the end

    def root(self, every: EveryRadius, root: str) -> str:
        """What one root reaches: seven numbers for each body, the first counted from the body before."""
        values: list[int] = []
        before = 0
        for touch in sorted(every.reached.get(root, ()), key=lambda touch: self.number[touch.body]):
            number = self.number[touch.body]
            values += [
                number - before,
                _numbered(self.levels, touch.levels),
                self._services(touch),
                _numbered(self.routes, (route_phrase(self.dataset, touch.route, touch.first), int(touch.past))),
                self._chain(touch),
                _numbered(self.lines, tuple(_numbered(self.areas, area) for area in touch.lines)),
                _numbered(self.dates, (self._seen(touch), (touch.ended or "") if touch.past else "")),
            ]
            before = number
        return letters(values)

    def ring(self, bands: Mapping[Band, Collection[str]]) -> str:
        """Who stands beside a root as a precaution: the body, counted from the one before, and 1, 2 or 4 for each band."""
        values: list[int] = []
        before = 0
        for number, body in sorted((self.number[body], body) for body in set().union(*bands.values())):
            values += [number - before, sum(1 << band for band, bodies in bands.items() if body in bodies)]
            before = number
        return letters(values)

    def _seen(self, touch: Touch) -> str:
        """The year in which the oldest fact of its proof was last evidenced, if anybody saw them all."""
        by_law = any(self.dataset.relations[row].by_law for row in touch.proof.rows)
        return BY_LAW if by_law else (touch.seen or "")[:4]

    def _services(self, touch: Touch) -> int:
        flat = [
            number
            for area, levels in touch.services
            for number in (_numbered(self.areas, area), _numbered(self.levels, levels))
        ]
        return _numbered(self.services, tuple(flat))

    def _chain(self, touch: Touch) -> int:
        """The sentence without the name it begins with, in pieces: many sentences end alike."""
        said = sentence(self.dataset, touch.proof)[len(full_name(self.dataset, touch.body)) : -1]
        number = -1
        for piece in reversed(_PIECES.split(said)):
            number = _numbered(self.chains, (_numbered(self.phrases, piece), number + 1))
        return number

    def bodies(self) -> list[list[Any]]:
        """Of each authority: root, usual name, standing, council or not, residents, areas above, anything recorded."""
        people = inhabited(self.dataset, self.number)
        at = {root: n for n, root in enumerate(self.names)}
        rows: list[list[Any]] = []
        view = self.every.view
        silent = set(nothing_recorded(Selection(self.every.graph, members=frozenset(self.number)), view))
        for id_ in self.number:
            population, above = people.get(id_, (-1, ()))  # -1: none of its own
            council = int(self.dataset.entities[id_].authority_type in COUNCILS)
            stands = _STANDS[standing(self.dataset, id_, self.every.view.as_of) or Standing.COUNTED]
            over = [self.number[area] for area in above]
            rows.append(
                [at[id_], short_name(self.dataset, id_), stands, council, population, over, int(id_ not in silent)]
            )
        return rows

    def known(self, areas: Mapping[str, int]) -> str:
        """Of each authority: how many service areas of its own the map knows anything about, and which."""
        found = known_areas(self.every.graph, self.every.view)
        return letters(
            number
            for body in self.number
            for own in [sorted(areas[area] for area in found.get(body, ()))]
            for number in (len(own), *own)
        )

    def root_areas(self, areas: Mapping[str, int]) -> str:
        """Of each root: how many service areas it says itself that it is about, and which."""
        found = (sorted(areas[area] for area in areas_of_root(self.dataset, root)) for root in self.names)
        return letters(number for own in found for number in (len(own), *own))

    def incidents(self) -> dict[str, list[str]]:
        """Of each root at which an incident began: what was recorded of it, in words."""
        view = self.every.view
        notes = {str(n): incident_notes(self.dataset, [root], view) for n, root in enumerate(self.names)}
        return {n: [note_words(self.dataset, note) for note in found[:NOTES]] for n, found in notes.items() if found}

    def tiles(self) -> list[list[int]]:
        """Body, row, column, and 1 for the band of counties."""
        rows = [row for row in shipped_rows("tiles.csv") if row["id"] in self.number]
        placed = [
            [self.number[row["id"]], int(row["row"]), int(row["column"]), int(row["band"] == "county")] for row in rows
        ]
        return sorted(placed, key=lambda tile: (tile[1], tile[2]))

    def roots(self) -> list[list[Any]]:
        """Of each root: id, name, what it is, other names and codes it is found by."""
        aliases: dict[str, list[str]] = {}
        for alias, id_, _ in shipped_aliases():
            aliases.setdefault(id_, []).append(alias)
        rows: list[list[Any]] = []
        for root in self.names:
            body, slash, _ = root.partition("/")
            entity, entry = self.dataset.entities[body], self.dataset.register.get(body)
            name, what = root_name(self.dataset, root), kind_word(entity.kind)
            also: list[str | None] = []
            if not slash:
                also = [short_name(self.dataset, body), *entity.aliases, *aliases.get(body, ()), entity.gss_code]
                also += [] if entry is None else [entry.name, entry.short_name, entry.gss_code, *entry.former_gss_codes]
            keys = dict.fromkeys(normalise(word) for word in also if word)
            keys.pop(normalise(name), None)
            rows.append([root, name, f"one line of a {what}" if slash else what, [key for key in keys if key]])
        return rows


def _numbered(table: dict[Any, int], value: Any) -> int:
    return table.setdefault(value, len(table))


def unpack(data: Mapping[str, Any], question: str, root: str) -> dict[str, dict[str, Any]]:
    """What one root reaches, read back from a packed atlas.

    Returns
    -------
    dict
        Body id to `kinds` (kind to band), `services` (area to kind to band), `route`, `past`, `sentence`, `lines`
        (service areas), `seen` (a year) and `ended` (a day, of past customers); empty: not known.

    Raises
    ------
    RiskGraphError
        If the atlas does not hold the question or the root.
    """
    names = [row[0] for row in data["roots"]]
    asked = {one["id"]: one for one in data["questions"]}
    if question not in asked or root not in names:
        raise RiskGraphError(
            f"This atlas does not answer {question} of {root}.", f"It answers: {join(asked)}; give the id of a root."
        )
    kinds, bands = [kind for kind, _ in data["kinds"]], [band for band, _ in data["bands"]]
    levels = [data["levels"][n : n + len(kinds)] for n in range(0, len(data["levels"]), len(kinds))]

    def said(number: int) -> dict[str, str]:
        pairs = zip(kinds, map(int, levels[number]), strict=True)
        return {kind: bands[band] for kind, band in pairs if band != NOT}

    services, lines = list(_served(data["services"])), list(_sets(data["lines"]))
    flat = list(numbers(data["chains"]))
    found: dict[str, dict[str, Any]] = {}
    values = list(numbers(asked[question]["roots"][names.index(root)]))
    body = 0
    for n in range(0, len(values), 7):
        step, level, served, route, chain, line, when = values[n : n + 7]
        body += step
        text, at = "", chain + 1
        while at:
            text += data["phrases"][flat[2 * at - 2]]
            at = flat[2 * at - 1]
        words, past = data["routes"][route]
        seen, ended = data["dates_seen"][when]
        _, name, _, _ = data["roots"][data["bodies"][body][0]]
        found[names[data["bodies"][body][0]]] = {
            "kinds": said(level),
            "services": {data["areas"][area][0]: said(how) for area, how in services[served]},
            "lines": [data["areas"][area][0] for area in lines[line]],
            "seen": seen,
            "ended": ended,
            "route": words,
            "past": bool(past),
            "sentence": f"{name}{text}.",
        }
    return found


def _served(text: str) -> Iterator[list[tuple[int, int]]]:
    values = numbers(text)
    for count in values:
        yield [(next(values), next(values)) for _ in range(count)]


def _sets(text: str) -> Iterator[list[int]]:
    values = numbers(text)
    for count in values:
        yield [next(values) for _ in range(count)]


def _in_a_service(touch: Touch, every: EveryRadius) -> bool:
    """Whether a service of a body could be reached at least possibly in a kind that counts."""
    return any(
        level <= Band.POSSIBLE
        for _, levels in touch.services
        for level, kind in zip(levels, KINDS, strict=True)
        if kind in every.question.counting
    )


def worst(every: EveryRadius, most: int) -> list[tuple[str, int, int]]:
    """The roots that reach most first, then most possibly: how many bodies count in each tier, no root itself.

    Who is told as a precaution beside the first is not told as possible (`BlastRadius.tiers`).
    """
    dataset, day, surest = every.graph.dataset, every.view.as_of, first_band(every.question.counting)
    rows = []
    for root in every.roots:
        touched = [
            touch for touch in every.reached.get(root, ()) if touch.body != root and counts(dataset, touch.body, day)
        ]
        first = {touch.body for touch in touched if touch.band is not None and touch.band <= surest}
        served = {touch.body for touch in touched if _in_a_service(touch, every)}
        rings = (set(ring) - first - served - {root} for ring in every.ring.get(root, {}).values())
        beside = next(filter(None, rings), set())
        more = [touch for touch in touched if touch.band is Band.POSSIBLE and touch.body not in beside | first]
        rows.append((root, len(first), len(more)))
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))[:most]
