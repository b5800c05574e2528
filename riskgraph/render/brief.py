"""What can be said now, in words: know, the supplier says, do not know, doing, next update."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.brief import Brief
from riskgraph.analysis.suppression import FEWEST
from riskgraph.analysis.timeline import Entry, Voice, hours_end
from riskgraph.analysis.triage import Tier
from riskgraph.model import PRODUCT, SHARED_SERVICE, SUPPLIER, IncidentEffect
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.headline import counted, dates_of, finding
from riskgraph.render.incident_words import effect_words, qualities
from riskgraph.render.page import Page
from riskgraph.render.timeline import when_words
from riskgraph.render.words import (
    COUNCILS,
    EFFECTS,
    bodies,
    capital,
    join,
    kind_word,
    plural,
    root_name,
    short_name,
)

__all__ = ["page"]

LINES = 4  # of one part
_BODIES = ("public body", "public bodies")
_FILL_IN = "________"


def page(found: Brief, *, anonymous: bool = False) -> Page:
    """The text to say, under 25 lines.

    Parameters
    ----------
    anonymous
        Without names of public bodies, and without counts under five: to pass on.
    """
    words = _Words(found, anonymous)
    info = found.graph.dataset.info
    blocks: list[Block] = []
    for title, lines in (
        ("What we know", words.known()),
        ("What the supplier says, which nobody here has checked", words.supplier()),
        ("What we do not know", words.unknown()),
        ("What we are doing", words.doing()),
    ):
        if lines:
            blocks += [Text(f"{title}:"), Items(tuple(lines))]
    blocks.append(Text(f"Next update: {found.next_update or _FILL_IN}."))
    blocks.append(
        Text('"Could be reached" comes from a map of who depends on whom. It says of nobody that they were hit.')
    )
    tries: tuple[str, ...] = ()
    if not anonymous and found.incident is not None:
        tries = (f"riskgraph timeline {found.incident.incident_id}", "riskgraph data incident --help")
    elif not anonymous:
        handle = found.graph.names.handle(found.question.roots[0])
        tries = (f"riskgraph blast {handle}", f"riskgraph calls {handle}", "riskgraph data incident --help")
    marking = "TLP:GREEN" if anonymous else info.marking or "TLP:AMBER"
    return Page(
        f"{words.lead()} ({dates_of(found.graph.dataset, found.question.view)}).", tuple(blocks), tries, marking
    )


class _Words:
    def __init__(self, found: Brief, anonymous: bool) -> None:
        self.found, self.anonymous, self.dataset = found, anonymous, found.graph.dataset
        self.roots = join(map(self.root, found.question.roots))

    def root(self, root: str) -> str:
        """What was hit; without names only a supplier or a product is named."""
        kind = self.dataset.entities[root.partition("/")[0]].kind
        if not self.anonymous or kind in {SUPPLIER, PRODUCT}:
            return root_name(self.dataset, root)
        return f"{'an' if kind_word(kind)[0] in 'aeiou' else 'a'} {kind_word(kind)}"

    def count(self, ids: Sequence[str]) -> str:
        """How many bodies; without names nothing under five is counted."""
        if self.anonymous and 0 < len(ids) < FEWEST:
            return f"fewer than {FEWEST} public bodies"
        if self.anonymous or not ids:
            return plural(len(ids), *_BODIES)
        return bodies(self.dataset, ids)

    def verb(self, ids: Sequence[str], one: str = "is", many: str = "are") -> str:
        """The verb behind a count."""
        return one if len(ids) == 1 and not self.anonymous else many

    def names(self, ids: Sequence[str]) -> str:
        """Their names behind a colon; nothing without names."""
        listed = sorted(short_name(self.dataset, body) for body in ids)
        return "" if self.anonymous or not ids else f": {join(listed, LINES + 2)}"

    def lead(self) -> str:
        """How many were hit, took precautions, were not hit, and have said nothing."""
        found = self.found
        if found.incident is None:
            return f"Nobody has reported anything. {self._by_the_map()}"
        parts: list[str] = []
        for ids, what in (
            (found.hit, "recorded as hit"),
            (found.precaution, "as a precaution only"),
            (found.not_hit, "as not affected"),
        ):
            if ids:
                said = what if parts else f"{self.verb(ids)} {'recorded ' if what[:2] == 'as' else ''}{what}"
                parts.append(f"{self.count(ids)} {said}")
        silent = [reach.id for reach in found.silent]
        if silent:
            parts.append(
                f"{self.count(silent)} more could be reached and {self.verb(silent, 'has', 'have')} said nothing"
            )
        return (
            capital("; ".join(parts))
            if found.statements
            else f"Nothing is recorded yet of any public body. {self._by_the_map()}"
        )

    def _by_the_map(self) -> str:
        """Who could be reached, as every answer of reach says it."""
        radius = self.found.radius
        if radius is None:
            return "Where it began is not recorded"
        return capital(counted(radius, self.roots) if self.anonymous else finding(radius))

    def known(self) -> list[str]:
        """When and where it began, then what councils found, then what others report."""
        found, incident = self.found, self.found.incident
        if incident is None:
            surest, rest = found.in_tier(Tier.FIRST), found.in_tier(Tier.POSSIBLE)
            lines = ["Nothing is reported. What follows comes from the map alone."]
            lines += [f"By the map first, {self.count(surest)}{self.names(surest)}."] if surest else []
            lines += [f"By the map possibly, {self.count(rest)}{self.names(rest)}."] if rest else []
            if not self.anonymous:
                lines += [f"Recorded there before: {one.title} ({one.incident_id})." for one in found.earlier[:2]]
            return lines
        title = "" if self.anonymous else f"{incident.title.rstrip('.')}. "
        where = f" at {self.roots}" if found.question.roots else ""
        on = "on " if len(incident.date_started or "") >= len("2026-11-25") else "in "
        began = f"It began {on}{when_words(incident.date_started)}" if incident.date_started else "It began"
        public = f"; public since {when_words(incident.date_disclosed)}" if incident.date_disclosed else ""
        own, others = found.said_by(Voice.BODY), found.said_by(Voice.OTHER, Voice.UNKNOWN)
        return [f"{title}{began}{where}{public}.", *self._told((*own, *others))]

    def supplier(self) -> list[str]:
        """What a supplier or shared service says, apart."""
        return self._told(self.found.said_by(Voice.SUPPLIER))

    def _told(self, said: Sequence[tuple[Entry, IncidentEffect]]) -> list[str]:
        """A line for each body, those hit first; without names a line for each effect."""
        grouped: dict[str, list[tuple[Entry, IncidentEffect]]] = {}
        for entry, effect in sorted(said, key=lambda one: (not one[1].hit, list(EFFECTS).index(one[1].effect))):
            grouped.setdefault(effect_words(effect) if self.anonymous else effect.organisation, []).append(
                (entry, effect)
            )
        if self.anonymous:
            counts = {words: sorted({e.organisation for _, e in found}) for words, found in grouped.items()}
            return [f"{capital(self.count(ids))}: {words}." for words, ids in counts.items()]
        lines = [self._line(body, found) for body, found in grouped.items()][:LINES]
        left = len(grouped) - len(lines)
        return [*lines, *([f"And {plural(left, *_BODIES)} more: riskgraph timeline."] if left else [])]

    def _line(self, body: str, said: Sequence[tuple[Entry, IncidentEffect]]) -> str:
        what = dict.fromkeys(
            effect_words(effect) + (f" ({more})" if (more := qualities(effect)) else "") for _, effect in said
        )
        who = dict.fromkeys(self._source(entry, effect) for entry, effect in said)
        return f"{short_name(self.dataset, body)}: {join(what, 2)}; {join(who, 1)}."

    def _source(self, entry: Entry, effect: IncidentEffect) -> str:
        when = when_words(entry.when) if entry.when else "not dated"
        if entry.voice is Voice.SUPPLIER:
            return f"supplier says: {entry.publisher}, {when}"
        if entry.voice is Voice.BODY and entry.speaker == effect.organisation:
            council = self.dataset.entities[effect.organisation].authority_type in COUNCILS
            return f"confirmed by the {'council' if council else 'body itself'}, {when}"
        return f"{effect.confidence or 'how sure is not known'}, {entry.publisher or 'publisher not known'}, {when}"

    def unknown(self) -> list[str]:
        """Who has said nothing, and what nobody has recorded."""
        found = self.found
        silent = [reach.id for reach in found.silent]
        doubtful = [] if found.radius is None else [reach.id for reach in found.radius.doubtful]
        if found.incident is None:
            lines = ["Whether anything happened there, and whether any of these is affected."]
        else:
            lines = (
                [
                    f"{capital(self.count(silent))} could be reached and {self.verb(silent, 'has', 'have')} said nothing{self.names(silent)}."
                ]
                if silent
                else []
            )
            lines += [capital(f"{join(found.not_known, last='and')}.")] if found.not_known else []
            kinds = {self.dataset.entities[root.partition("/")[0]].kind for root in found.question.roots}
            if kinds & {SUPPLIER, SHARED_SERVICE} and not found.said_by(Voice.SUPPLIER):
                lines.append("What the supplier says: nothing is recorded of it.")
        if doubtful:
            lines.append(f"Whether it reaches {self.count(doubtful)} that this map cannot rule out.")
        return lines

    def doing(self) -> list[str]:
        """What was given, precautions on record, and the clocks."""
        found = self.found
        cut = sorted({e.organisation for _, e in found.statements if e.effect == "precautionary-shutdown"})
        lines = [one.rstrip(".") + "." for one in found.doing]
        lines += (
            [
                f"{capital(self.count(cut))} cut {self.verb(cut, 'itself', 'themselves')} off as a precaution{self.names(cut)}."
            ]
            if cut
            else []
        )
        for clock in found.clocks[:LINES] if not self.anonymous else ():
            end = hours_end(clock.when or "")
            name = short_name(self.dataset, clock.bodies[0])
            lines.append(
                f"{name}: 72 hours from its becoming aware end at {when_words(end)}; it decides whether a duty runs."
                if end
                else f"{name} became aware on {when_words(clock.when or '')}; the hour is not known."
            )
        return lines if found.doing else [*lines, f"To be filled in: {_FILL_IN}"]
