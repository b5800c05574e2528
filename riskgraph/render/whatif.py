"""The answer to a scenario in words: before, after and the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from riskgraph.analysis.blast import BlastRadius
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, ORGANISATIONS, Band, Relation
from riskgraph.render import blast as blast_words
from riskgraph.render import common as common_words
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.findings import finding_lines
from riskgraph.render.headline import failing
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import (
    area_label,
    band_phrase,
    bodies,
    full_name,
    join,
    plural,
    root_name,
    row_phrase,
    scope_phrase,
    sentence,
    short_name,
)
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.scenario.compare import BeforeAfter, Comparison, Difference, Shift
from riskgraph.scenario.findings import Backup, Merging, Splitting
from riskgraph.scenario.market import MarketChange
from riskgraph.scenario.model import EVERYBODY, THEN, VERBS, Change
from riskgraph.scenario.upstream import CouncilExposure

__all__ = ["change_phrase", "page"]

NAMES_SHOWN = 4
MANY = 9  # more than so many are counted, not named, in a first line
ROWS_NAMED = 8
PAIRS = 3
LINE = 118  # letters that can be read aloud in one breath
MARKETS = 2
SPREAD = 50  # a change of the index worth a word
_OR_SURER = {Band.DOCUMENTED: "", Band.LIKELY: " or surer", Band.NOT_RULED_OUT: " or surer"}


def page(answer: Comparison, saved: str = "", file: str = "") -> Page:
    """The answer for a message: what changes for people, by name; which rows move; then the counts.

    Parameters
    ----------
    saved
        The file in which the scenario was written, if it was.
    file
        The file out of which it was read, if it was.
    """
    if len(answer.pairs) == 1 and answer.pairs[0].before is None and answer.pairs[0].after is not None:
        return _lost(answer, answer.pairs[0].after, () if file else _next(answer, saved, file)[:1])
    if not answer.pairs and len(found := answer.applied.findings) == 1 and isinstance(found[0], Backup):
        same = common_words.page(found[0].found)
        return replace(same, lead=f"{same.lead} {answer.graph.dataset.info.marking or ''}".rstrip())
    writer = _WhatifWriter(answer)
    return Page(writer.headline(), writer.blocks(), _next(answer, saved, file))


def _lost(answer: Comparison, radius: BlastRadius, next_: tuple[str, ...]) -> Page:
    """Only roots that fail: the words of `blast`, and the services that are lost only when all fail."""
    page = blast_words.page(radius)
    lines: list[str] = []
    if len(radius.roots) > 1:
        dataset = answer.applied.after.dataset
        joint = f"{plural(len(answer.joint), 'service')} could be lost only when all of them fail"
        named = join((_service(dataset, *one) for one in answer.joint), NAMES_SHOWN)
        lines.append(f"{joint}{': ' if named else ''}{named}.")
    lines += _since(answer)
    return Page(page.lead, (*page.blocks, *paragraphs(*lines)), (*page.next, *next_))


class _WhatifWriter:
    """The lines of one answer, most important first."""

    def __init__(self, answer: Comparison) -> None:
        self.answer, self.applied = answer, answer.applied
        self.before, self.after = answer.applied.before.dataset, answer.applied.after.dataset

    def blocks(self) -> tuple[Block, ...]:
        """All but the first line and what to try next."""
        full = bool(self.applied.findings)  # then there is less room for the rest
        lines = [self.stops(), self.kept()]
        lines += [self.pair(pair) for pair in self.answer.pairs[:PAIRS]]
        if len(self.answer.pairs) > PAIRS:
            lines.append(f"And {plural(len(self.answer.pairs) - PAIRS, 'more root')}: see --format table.")
        lines += _since(self.answer)
        lines += self.routes(1 if full else 2)
        lines += [self.exposure(one) for one in self.answer.exposures[:2]]
        for finding in self.applied.findings:
            lines += finding_lines(self.before, self.after, finding, NAMES_SHOWN)
        lines += [self.market(one) for one in self.shown_markets()[: 1 if full else MARKETS]]
        lines += [self.worst(), self.unknown()]
        rows = self.rows()
        return (Text(self.supposed()), *([Items(rows)] if rows else []), *paragraphs(*lines))

    def name(self, id_: str) -> str:
        """The usual name of a body, whichever map knows it."""
        dataset = self.after if id_.partition("/")[0] in self.after.entities else self.before
        return root_name(dataset, id_) if "/" in id_ else short_name(dataset, id_)

    def names(self, ids: Iterable[str], most: int = NAMES_SHOWN) -> str:
        """Some bodies by name."""
        return join((self.name(id_) for id_ in ids), most)

    # -- the first line -------------------------------------------------------------------------

    def headline(self) -> str:
        """What changes for people, as far as a line has room for names; and the date of the data."""
        info = self.before.info
        date = f" (data of {in_words(info.as_of)})."
        said = [f"{'; '.join(part for part in parts if part)}{date}" for parts in self._said()]
        first = next((line for line in said if len(line) <= LINE), said[-1])
        return f"{first[0].upper()}{first[1:]}{f' {info.marking}' if info.marking else ''}"

    def _said(self) -> Iterator[tuple[str, ...]]:
        """The parts of the first line, those with most names first."""
        for finding in self.applied.findings:
            if isinstance(finding, Merging):
                more, has = (
                    plural(len(finding.duplicates), "service area"),
                    "has" if len(finding.duplicates) == 1 else "have",
                )
                twice = f"{more} {has} more than one provider" if finding.duplicates else ""
                yield f"{self.names(finding.councils)} become {self.name(finding.new)}", twice
                yield f"{bodies(self.before, finding.councils)} become {self.name(finding.new)}", twice
                return
            if isinstance(finding, Splitting):
                which = f"who takes over its {plural(finding.rows, 'relation')} is not known"
                yield f"{self.name(finding.council)} becomes {self.names(finding.into)}", which
                yield f"{self.name(finding.council)} becomes {len(finding.into)} councils", which
                return
        if not self.answer.pairs:
            yield ("nothing was asked to fail",)
            return
        for most in (3, 2, 1, 0):
            parts = [*self.lost(most), *self.reach(most)]
            if len(parts) > 1 and parts[0][0] == parts[1][0]:  # one subject, two verbs
                parts[:2] = [(parts[0][0], f"{parts[0][1]} and {parts[1][1]}")]
            yield tuple(f"{who} {does}" for who, does in parts)

    def lost(self, most: int) -> list[tuple[str, str]]:
        """Who loses services, by name; else who keeps them."""
        found, verb = self.answer.stops or self.answer.saved, "lose" if self.answer.stops else "keep"
        if not found:
            return []
        who, one = self.some([body for body, _ in found], most), len({body for body, _ in found}) == 1
        areas = sorted({area_label(area) for _, area in found if area}, key=lambda label: (len(label), label))
        what = plural(len(found), "service")
        if one and most and areas:
            what = areas[0] + (f" and {plural(len(found) - 1, 'more service')}" if len(found) > 1 else "")
        return [(who, f"{verb}{'s' if one else ''} {what}{'' if self.answer.stops else self.failing()}")]

    def reach(self, most: int) -> list[tuple[str, str]]:
        """Who leaves and who comes within the reach of what, by name; or that nobody does."""
        said = []
        shifts = [(Shift.LEAVES, "leave", ""), (Shift.JOINS, "come", "within ")]
        if most and not self.answer.stops and not self.bodies(Shift.LEAVES):
            shifts.insert(0, (Shift.LESS_SURE, "fall", "less surely within "))
        for what, verb, rest in shifts:
            found = [
                (pair, [one for one in pair.of(what) if one.body in self.after.entities and _was(pair, one, what)])
                for pair in self.answer.pairs
            ]
            pair, moved = max(found, key=lambda one: len(one[1]))
            if moved:
                does = f"{verb}s" if len(moved) == 1 else verb
                does = f"may {verb}" if all(one.not_ruled_out for one in moved) else does
                said.append((self.some([one.body for one in moved], most), f"{does} {rest}{self.reach_of([pair])}"))
        if said:
            return said
        for what, words in ((Shift.DOUBT, "can no longer"), (Shift.CLEARED, "can now")):
            if doubtful := self.bodies(what):
                return [(self.some(doubtful, most), f"{words} be ruled out{self.failing()}")]
        enters = " or comes within" if self.applied.supposed else ""
        return [("nobody", f"leaves{enters} {self.reach_of(self.asked_alone())}")]

    def asked_alone(self) -> list[BeforeAfter]:
        """The questions about one root; all, if there is none."""
        return [pair for pair in self.answer.pairs if len(pair.roots) == 1] or list(self.answer.pairs)

    def failing(self) -> str:
        """What is asked to fail, after what follows from it."""
        roots = [root for pair in self.asked_alone() for root in pair.roots]
        return f" if {join(map(self.name, roots), 2, 'or')} fails"

    def reach_of(self, pairs: Sequence[BeforeAfter]) -> str:
        """The reach of the roots of some questions: Civica's reach, the reach of a place."""
        roots = [root for pair in pairs for root in pair.roots]
        names = join(map(self.name, roots), 2, "or")
        if any(self.kind(root) not in ORGANISATIONS for root in roots):
            return f"the reach of {names}"
        return f"{names}{chr(39) if names.endswith('s') else chr(39) + 's'} reach"

    def kind(self, root: str) -> str:
        """Kind of a root, whichever map knows it."""
        body = root.partition("/")[0]
        return (self.after if body in self.after.entities else self.before).entities[body].kind

    def some(self, ids: Iterable[str], most: int) -> str:
        """Bodies by name, or how many where there is no room for names."""
        found = list(dict.fromkeys(ids))
        if len(found) == 1 or (most and (len(found) <= most or (most > 1 and len(found) <= MANY))):
            return self.names(found, most or 1)
        return bodies(self.after, found) if most else plural(len(found), "public body", "public bodies")

    def bodies(self, *what: Shift) -> list[str]:
        """Bodies that do something in any of the questions."""
        found = {one.body for pair in self.answer.pairs for one in pair.of(*what) if one.body in self.after.entities}
        return sorted(found)

    # -- each root ------------------------------------------------------------------------------

    def pair(self, pair: BeforeAfter) -> str:
        """One root: how many before, how many after, and by name who leaves and joins."""
        roots = join(self.name(root) for root in pair.roots)
        verb = failing(self.answer.kinds, len(pair.roots))
        then = ""
        if pair.others and pair.after is not None:
            then = f" (the worst of {len(pair.others) + 1}, {join(self.name(root) for root in pair.after.roots)})"
        elif pair.before and pair.after and pair.before.roots != pair.after.roots:
            then = f" ({join(self.name(root) for root in pair.after.roots)})"
        counts = self.counts(pair, pair.before), self.counts(pair, pair.after)
        same = f"{counts[0]} before and after{then}"
        told = same if counts[0] == counts[1] else f"{counts[0]} before, {counts[1]} after{then}"
        parts = [f"If {roots} {verb}: {told}"]
        old = {one for body in pair.first(pair.before) for one in self.applied.now(body)}
        new = set(pair.first(pair.after))
        for word, ids in (("No longer first", old - new), ("New among the first", new - old)):
            if there := sorted(one for one in ids if one in self.after.entities):
                parts.append(f"{word}: {self.names(there)}")
        for what, word in ((Shift.LEAVES, "Leaves"), (Shift.JOINS, "Joins")):
            found = [one for one in pair.of(what) if one.body in self.after.entities]
            if found:
                doubt = sum(one.not_ruled_out for one in found)
                some = "" if doubt == len(found) else f"{doubt} of these "
                aside = f" ({some}cannot be ruled out)" if doubt else ""
                parts.append(f"{word}: {self.names(one.body for one in found)}{aside}")
        for what, word in (
            (Shift.SURER, "Surer for"),
            (Shift.LESS_SURE, "Less sure for"),
            (Shift.REROUTED, "By another route for"),
        ):
            changed = pair.of(what)
            if changed:
                parts.append(f"{word} {len(changed):,}: {self.names((one.body for one in changed), 2)}")
        if stays := pair.stays():
            parts.append(f"Stays: {self.names((one.body for one in stays), 2)}")
        services = pair.services(pair.before), pair.services(pair.after)
        if services[0] != services[1]:
            parts.append(f"Services: {services[0]:,} before, {services[1]:,} after")
        doubts = pair.doubtful(pair.before), pair.doubtful(pair.after)
        if doubts[0] != doubts[1]:
            parts.append(f"Cannot be ruled out: {doubts[0]:,} before, {doubts[1]:,} after")
        return ". ".join(parts) + "."

    def counts(self, pair: BeforeAfter, side: BlastRadius | None) -> str:
        """How many are reached, the first apart."""
        first, all_ = len(pair.first(side)), pair.count(side)
        return (
            f"{first:,} first and {all_ - first:,} possibly"
            if 0 < first < all_
            else f"{all_:,}{' first' if first else ''}"
        )

    def routes(self, most: int) -> list[str]:
        """The route that changed, for the first bodies that change."""
        order = (Shift.LEAVES, Shift.JOINS, Shift.REROUTED, Shift.LESS_SURE)
        found = [one for what in order for pair in self.answer.pairs for one in pair.of(what)]
        found = [one for one in found if not one.not_ruled_out] or found
        shown: dict[str, str] = {}
        for one in found:
            if len(shown) < most and one.body not in shown and one.body in self.after.entities:
                shown[one.body] = self.route(one)
        return [f"Route: {line}" for line in shown.values()]

    def route(self, one: Difference) -> str:
        """The surest and shortest route of one body before and after."""
        said = []
        for side, dataset, reach in (("before", self.before, one.before), ("after", self.after, one.after)):
            if reach is not None:
                proof = reach.lead[1].proof
                doubt = "" if reach.band.word != "not-ruled-out" else ", which cannot be ruled out"
                said.append(f"{side}, {sentence(dataset, proof).removesuffix('.')}{doubt}")
        if len(said) == 1:
            said.append("after, no route" if one.after is None else "before, no route")
            said = said if one.after is None else said[::-1]
        return "; ".join(said) + "."

    def supposed(self) -> str:
        """What is supposed, as of when, and what counts."""
        what = join(change_phrase(self.answer, change) for change in self.answer.scenario.changes) or "nothing changes"
        band = self.answer.question.band
        if self.answer.view.as_of != self.before.info.day:
            what += f", as of {in_words(self.answer.view.as_of)}"
        if band is not Band.POSSIBLE:
            what += f", counting what is {band_phrase(band)}{_OR_SURER[band]}"
        scope = scope_phrase(self.answer.question.selection, self.before, self.answer.view.as_of)
        return f"Supposed: {what}. Asked {scope}."

    def rows(self) -> tuple[str, ...]:
        """Every row that moves, ends or is new, those of one sort together."""
        new, said = list(self.applied.supposed), defaultdict(list)
        for row in self.applied.ended:
            same = [one for one in new if one.dependent == row.dependent]
            to = next((one for one in same if one.service_area == row.service_area), None)
            to = to or next((one for one in same if row.service_area is None), None)
            old = row_phrase(self.before, row) + self.maker(row)
            if to is None:
                said["Ends", old].append(row.dependent)
            else:
                new.remove(to)
                alike = to.relation == row.relation and to.service_area == row.service_area
                then = (
                    f", then {full_name(self.after, to.provider)}" if alike else f"; then {row_phrase(self.after, to)}"
                )
                said["Moves", old + then].append(row.dependent)
        for row in new:
            said["New", row_phrase(self.after, row)].append(row.dependent)
        lines = [
            f"{what}: {self.names(dict.fromkeys(who))}{'' if len(who) == 1 else ':'} {phrase}."
            for (what, phrase), who in said.items()
        ]
        left = len(lines) - ROWS_NAMED
        return (*lines[:ROWS_NAMED], *([f"And {left} more sorts: see --format table."] if left > 0 else []))

    def maker(self, row: Relation) -> str:
        """Who makes the product of a row, where that is why it is touched."""
        roots = {root.partition("/")[0] for pair in self.answer.pairs for root in pair.roots}
        steps = self.applied.before.settled(self.answer.view).steps
        makes = relations_that(Trait.MAKES)
        found = [
            s.provider for s in steps if s.relation in makes and s.dependent == row.provider and s.provider in roots
        ]
        return f", made by {self.name(found[0])}" if found else ""

    # -- what follows ---------------------------------------------------------------------------

    def stops(self) -> str:
        """Services that lose what runs them."""
        stops = self.answer.stops
        if not stops:
            return ""
        named = _services(self.before, stops)
        return f"{plural(len(stops), 'service')} may stop unless something takes the place: {named}."

    def kept(self) -> str:
        """Services that could stop before and no longer could."""
        saved = self.answer.saved
        many = f"{plural(len(saved), 'service')} no longer {'stops' if len(saved) == 1 else 'stop'}{self.failing()}"
        return f"{many}: {_services(self.after, saved)}." if saved else ""

    def exposure(self, one: CouncilExposure) -> str:
        """All by which one council could be reached."""
        before, after = one.counts
        council = self.name(one.council)
        if one.parts:
            each = [f"{self.name(old)} {len(one.within(found))}" for old, found in one.parts.items()]
            return (
                f"{council} could be reached from {plural(after, 'body or place', 'bodies and places')} "
                f"({join(each, NAMES_SHOWN)} today; {one.shared} of them reach more than one)."
            )
        if not one.dropped and not one.gained:
            return ""
        parts = [f"{council} could be reached from {before} bodies and places before, {after} after"]
        if one.dropped:
            parts.append(f"no longer from {self.names(one.dropped)}")
        if one.gained:
            parts.append(f"newly from {self.names(one.gained)}")
        return "; ".join(parts) + "."

    def shown_markets(self) -> list[MarketChange]:
        """The areas in which most councils change supplier."""
        moved = [one for one in self.answer.markets if one.changed]

        def size(one: MarketChange) -> int:
            return sum(abs(one.after.get(o, 0) - one.before.get(o, 0)) for o in one.changed)

        return sorted(moved, key=lambda one: (-size(one), one.area, one.trade))

    def market(self, one: MarketChange) -> str:
        """Councils for each supplier of an area that changes."""
        said = [
            f"{self.group(one, owner)} from {one.before.get(owner, 0)} to {one.after.get(owner, 0)}"
            for owner in one.changed[:3]
        ]
        index = one.hhi
        spread = ""
        if index[0] is not None and index[1] is not None and abs(index[1] - index[0]) >= SPREAD:
            spread = f" The HHI there: from {index[0]:,} to {index[1]:,}."
        label = area_label(one.area)
        trade = "" if label.endswith(one.trade) else f" {one.trade}"
        return f"Councils known in {label}{trade}: {'; '.join(said)}.{spread}"

    def group(self, market: MarketChange, owner: str) -> str:
        """A supplier, with what it owns; or what sells there of an owner who does not."""
        members = market.groups.get(owner, ())
        others = join((self.name(member) for member in members if member != owner), 3)
        if not others:
            return self.name(owner)
        return f"{self.name(owner)} and {others}" if owner in members else f"{others}, owned by {self.name(owner)},"

    def worst(self) -> str:
        """The worst of all before and after if it was asked for, else of the roots that are touched."""
        if self.answer.overall is not None:
            sides = [
                f"{self.name(row.root)} with {row.authorities[self.answer.question.band]:,} {side}"
                for row, side in zip(self.answer.overall, ("before", "after"), strict=True)
                if row is not None
            ]
            return f"The worst of all suppliers, shared services and environments: {join(sides, last='and')}."
        worst = self.answer.worst
        if worst is None or sum(1 for pair in self.answer.pairs if len(pair.roots) == 1) < 2:
            return ""
        old, new = worst
        before = f"{self.name(old.roots[0])} with {old.count(old.before):,}"
        assert new.after is not None
        after = f"{self.name(new.after.roots[0])} with {new.count(new.after):,}"
        return f"The worst of the roots touched: {before} before, {after} after."

    def unknown(self) -> str:
        """What the answer leans on and does not know."""
        parts = []
        now = self.after.relations
        keeps = [row for row in self.applied.ended if row.id in now and now[row.id].data_returned is None]
        keeps = [row for row in keeps if self._keeps(row.id)]
        if keeps:
            noun = plural(len(keeps), "relation that ends", "relations that end")
            parts.append(f"whether data stay behind after {noun} (see `riskgraph whatif purge`)")
        unnamed = [one for one in self.answer.stops if one[1] is None]
        if unnamed:
            parts.append(f"the service area of {len(unnamed)} of the services")
        radius = next((pair.after for pair in self.answer.pairs if pair.after is not None), None)
        if radius is not None and radius.questions:
            parts.append(f"{plural(len(radius.questions), 'answer')} would settle what cannot be ruled out after")
        return f"Not known: {'; '.join(parts)}." if parts else ""

    def _keeps(self, row: str) -> bool:
        steps = self.applied.before.settled(self.answer.view).steps
        return any(
            step.row.id == row and step.in_force and not step.implied and step.line.retains and step.data.text != "none"
            for step in steps
        )


def _was(pair: BeforeAfter, one: Difference, what: Shift) -> bool:
    """Whether a body that is reached less surely was within reach before."""
    return what is not Shift.LESS_SURE or (one.before is not None and one.before.band <= pair.band)


def _next(answer: Comparison, saved: str, file: str) -> tuple[str, ...]:
    """To keep the scenario; where it is kept, to run it again and to ask other words on what it makes."""
    if not saved and not file:
        return (
            f"riskgraph whatif {f' {THEN} '.join(_typed(one) for one in answer.scenario.changes)} --save what-if.toml",
        )
    tries = [f"riskgraph whatif run {_quoted(saved)}"] if saved else []
    after = next((pair.after for pair in answer.pairs if pair.after is not None), None)
    if after is not None:
        root = answer.applied.after.names.handle(after.roots[0])
        tries.append(f"riskgraph blast {_quoted(root)} --scenario {_quoted(saved or file)}")
    return tuple(tries)


def _typed(change: Change) -> str:
    """A change as it is typed."""
    said = [change.verb]
    for field in VERBS[change.verb].fields:
        for value in change.values.get(field.name, ()):
            said += [field.option, _quoted(value)] if field.option else [_quoted(value)]
    return " ".join(said)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _since(answer: Comparison) -> list[str]:
    """What is different from when the scenario was saved."""
    lines = []

    def named(ids: Iterable[str]) -> str:
        return join((_usual(answer, id_) for id_ in ids), NAMES_SHOWN)

    for one in answer.since:
        parts = [f"{one.then:,} then, {one.now:,} now"]
        parts += [f"{word}: {named(ids)}" for word, ids in (("New", one.new), ("Gone", one.gone)) if ids]
        parts += [] if one.new or one.gone else ["Nobody is new and nobody is gone"]
        roots = named(root.partition("/")[0] for root in one.roots)
        lines.append(f"Since it was saved (data of {in_words(answer.scenario.saved)}), {roots}: {'. '.join(parts)}.")
    return lines


def _usual(answer: Comparison, id_: str) -> str:
    """The usual name of a body that may have left the map since."""
    datasets = answer.applied.after.dataset, answer.graph.dataset
    return next((short_name(one, id_) for one in datasets if id_ in one.entities), id_.partition(":")[2])


def _service(dataset: Dataset, body: str, area: str | None) -> str:
    return f"{short_name(dataset, body)} {area_label(area)}"


def _services(dataset: Dataset, services: Sequence[tuple[str, str | None]]) -> str:
    """Services by the councils that have them."""
    councils: dict[str | None, list[str]] = {}
    for body, area in services:
        councils.setdefault(area, []).append(short_name(dataset, body))
    areas: dict[tuple[str, ...], list[str]] = {}
    for area, names in councils.items():
        areas.setdefault(tuple(names), []).append(area_label(area))
    order = sorted(areas.items(), key=lambda item: (-len(item[0]), item[0]))
    said = [f"{join(labels, NAMES_SHOWN)} at {join(names, NAMES_SHOWN)}" for names, labels in order]
    return "; ".join(said[:NAMES_SHOWN]) + (
        f"; and {len(said) - NAMES_SHOWN} more groups" if len(said) > NAMES_SHOWN else ""
    )


# -- what is supposed, in words ---------------------------------------------------------------------


def change_phrase(answer: Comparison, change: Change) -> str:
    """A change as a part of a sentence that begins with *if*.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> from riskgraph.scenario.compare import compare
    >>> from riskgraph.scenario.model import Scenario, change
    >>> cut = change("cut", "rochford", "capita")
    >>> change_phrase(compare(RiskGraph.open("seeds"), Scenario("Cut", (cut,))), cut)
    'Rochford is cut off from Capita'
    """

    def named(field: str) -> list[str]:
        return [_said(answer, value) for value in change.values.get(field, ())]

    areas = [area_label(area) for area in change.values.get("area", ()) if area in _areas()]
    suffix = f" ({join(areas)})" if areas else ""
    return _PHRASES[change.verb](named) + suffix


def _areas() -> set[str]:
    return set(rules().areas)


def _said(answer: Comparison, value: str) -> str:
    """A name as it was written, as people say it."""
    if value.strip().lower() == EVERYBODY:
        return "everybody"
    for graph in (answer.applied.after, answer.applied.before):
        try:
            id_ = graph.names.resolve(value)
        except RiskGraphError:
            continue
        whole = graph.dataset.entities[id_.partition("/")[0]]
        return short_name(graph.dataset, id_) if whole.kind == AUTHORITY else root_name(graph.dataset, id_)
    return value


Named = Callable[[str], list[str]]


def _one(named: Named, field: str) -> str:
    return join(named(field))


def _as(named: Named) -> str:
    """The name and the day of a merger, as far as they were said."""
    name = f" as {_one(named, 'name')}" if named("name") else ""
    return name + _on(named)


def _on(named: Named) -> str:
    return f" on {in_words(named('on')[0])}" if named("on") else ""


_PHRASES: dict[str, Callable[[Named], str]] = {
    "cut": lambda n: f"{_one(n, 'a')} is cut off from {_one(n, 'b')}",
    "lose": lambda n: f"{_one(n, 'bodies')} {'fails' if len(n('bodies')) == 1 else 'fail at once'}",
    "leave": lambda n: f"{_one(n, 'council')} leaves {_one(n, 'service')}",
    "join": lambda n: f"{_one(n, 'council')} joins {_one(n, 'service')}",
    "merge": lambda n: f"{_one(n, 'councils')} merge{_as(n)}",
    "split": lambda n: f"{_one(n, 'council')} is split into {_one(n, 'into')}{_on(n)}",
    "switch": lambda n: f"{_one(n, 'council')} moves from {_one(n, 'old')} to {_one(n, 'new')}",
    "buys": lambda n: f"{_one(n, 'buyer')} buys {_one(n, 'bought')}",
    "insource": lambda n: f"{_one(n, 'council')} takes the work of {_one(n, 'supplier')} in house",
    "segment": lambda n: f"{_one(n, 'environment')} is divided",
    "add-backup": lambda n: f"{_one(n, 'backup')} backs up {_one(n, 'main')} at {_one(n, 'council')}",
    "same-place": lambda n: f"{_one(n, 'a')} and {_one(n, 'b')} are compared",
    "purge": lambda n: f"{_one(n, 'supplier')} returns or destroys the data of {_one(n, 'council')}",
}
