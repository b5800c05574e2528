"""The answer to a scenario in words: before, after and the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from riskgraph.analysis.blast import BlastRadius
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, Band, Relation
from riskgraph.render import blast as blast_words
from riskgraph.render import common as common_words
from riskgraph.render.findings import finding_lines
from riskgraph.render.headline import failing
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import (
    area_label,
    band_phrase,
    bodies,
    join,
    plural,
    root_name,
    row_phrase,
    sentence,
    short_name,
)
from riskgraph.rules import rules
from riskgraph.scenario.compare import BeforeAfter, Comparison, Difference, Shift
from riskgraph.scenario.findings import Backup, Merging, Splitting
from riskgraph.scenario.market import MarketChange
from riskgraph.scenario.model import EVERYBODY, Change
from riskgraph.scenario.upstream import CouncilExposure

__all__ = ["change_phrase", "page"]

NAMES_SHOWN = 4
ROWS_NAMED = 6
PAIRS = 3
MARKETS = 2
SPREAD = 50  # a change of the index worth a word
_OR_SURER = {Band.DOCUMENTED: "", Band.LIKELY: " or surer", Band.NOT_RULED_OUT: " or surer"}


def page(answer: Comparison, saved: str = "") -> Page:
    """The answer for a message: the number first, then who and how, then what is not known.

    Parameters
    ----------
    saved
        The file in which the scenario was written, if it was.
    """
    if len(answer.pairs) == 1 and answer.pairs[0].before is None and answer.pairs[0].after is not None:
        return _lost(answer, answer.pairs[0].after)
    lead, *lines = _WhatifWriter(answer).lines()
    return Page(lead, paragraphs(*lines), _next(answer, saved))


def _lost(answer: Comparison, radius: BlastRadius) -> Page:
    """Only roots that fail: the words of `blast`, and the services that are lost only when all fail."""
    page = blast_words.page(radius)
    lines: list[str] = []
    if len(radius.roots) > 1:
        dataset = answer.applied.after.dataset
        joint = f"{plural(len(answer.joint), 'service')} could be lost only when all of them fail"
        named = join((_service(dataset, *one) for one in answer.joint), NAMES_SHOWN)
        lines.append(f"{joint}{': ' if named else ''}{named}.")
    return Page(page.lead, (*page.blocks, *paragraphs(*lines)), page.next)


class _WhatifWriter:
    """The lines of one answer, most important first."""

    def __init__(self, answer: Comparison) -> None:
        self.answer, self.applied = answer, answer.applied
        self.before, self.after = answer.applied.before.dataset, answer.applied.after.dataset

    def lines(self) -> list[str]:
        """All lines but what to try next."""
        lines = [self.headline()]
        full = bool(self.applied.findings)  # then there is less room for the rest
        lines += [self.pair(pair) for pair in self.answer.pairs[:PAIRS]]
        if len(self.answer.pairs) > PAIRS:
            lines.append(f"And {plural(len(self.answer.pairs) - PAIRS, 'more root')}: see --format table.")
        lines += [self.rows("Ends", self.before, self.applied.ended)]
        lines += [self.rows("Supposed by this scenario alone", self.after, self.applied.supposed)]
        lines += self.routes(1 if full else 2)
        lines.append(self.stops())
        lines += [self.exposure(one) for one in self.answer.exposures[:2]]
        for finding in self.applied.findings:
            lines += finding_lines(self.before, self.after, finding, NAMES_SHOWN)
        lines += [self.market(one) for one in self.shown_markets()[: 1 if full else MARKETS]]
        lines += [self.worst(), self.unknown()]
        return lines

    def name(self, id_: str) -> str:
        """The usual name of a body, whichever map knows it."""
        dataset = self.after if id_.partition("/")[0] in self.after.entities else self.before
        return root_name(dataset, id_) if "/" in id_ else short_name(dataset, id_)

    def names(self, ids: Iterable[str], most: int = NAMES_SHOWN) -> str:
        """Some bodies by name."""
        return join((self.name(id_) for id_ in ids), most)

    # -- the first line -------------------------------------------------------------------------

    def headline(self) -> str:
        """A number and a noun, what is supposed, and the date of the data."""
        info = self.before.info
        date = f"data of {in_words(info.as_of)}"
        if self.answer.question.band is not Band.POSSIBLE:
            date = f"counting what is {band_phrase(self.answer.question.band)}{_OR_SURER[self.answer.question.band]}; {date}"
        if self.answer.view.as_of != info.day:
            date = f"as of {in_words(self.answer.view.as_of)}, {date}"
        marking = f" {info.marking}" if info.marking else ""
        what = join(change_phrase(self.answer, change) for change in self.answer.scenario.changes) or "nothing changes"
        for finding in self.applied.findings:
            if isinstance(finding, Merging):
                many = f"{bodies(self.before, finding.councils)} become 1"
                return f"{many} if {what} ({date}).{marking}"
            if isinstance(finding, Splitting):
                return f"1 council becomes {len(finding.into)} if {what} ({date}).{marking}"
            if isinstance(finding, Backup) and not self.answer.pairs:
                return f"{common_words.headline(finding.found)} ({date}).{marking}"
        if not self.answer.pairs:
            return f"0 roots were asked: {what} ({date}).{marking}"
        leave = self.bodies(Shift.LEAVES)
        joins = self.bodies(Shift.JOINS)
        said = []
        if leave:
            said.append(f"{bodies(self.after, leave)} {'leaves' if len(leave) == 1 else 'leave'}")
        if joins:
            noun = bodies(self.after, joins) if not leave else f"{len(joins):,}"
            said.append(f"{noun} {'joins' if len(joins) == 1 else 'join'}")
        moved = f"{join(said)} the radius" if said else "0 councils leave or join the radius"
        return f"{moved} if {what} ({date}).{marking}"

    def bodies(self, *what: Shift) -> list[str]:
        """Bodies that do something in any of the questions."""
        found = {one.body for pair in self.answer.pairs for one in pair.of(*what) if one.body in self.after.entities}
        return sorted(found)

    # -- each root ------------------------------------------------------------------------------

    def pair(self, pair: BeforeAfter) -> str:
        """One root: how many before, how many after, and by name who leaves and joins."""
        roots = join(self.name(root) for root in pair.roots)
        verb = failing(self.answer.kinds, len(pair.roots))
        after = f"{pair.count(pair.after):,} after"
        if pair.others and pair.after is not None:
            after += f" (the worst of {len(pair.others) + 1}, {join(self.name(root) for root in pair.after.roots)})"
        elif pair.before and pair.after and pair.before.roots != pair.after.roots:
            after += f" ({join(self.name(root) for root in pair.after.roots)})"
        parts = [f"If {roots} {verb}: {pair.count(pair.before):,} before, {after}"]
        for what, word in ((Shift.LEAVES, "leaves"), (Shift.JOINS, "joins")):
            found = [one for one in pair.of(what) if one.body in self.after.entities]
            if found:
                doubt = sum(one.not_ruled_out for one in found)
                some = "" if doubt == len(found) else f"{doubt} of these "
                aside = f" ({some}cannot be ruled out)" if doubt else ""
                parts.append(f"{word}: {self.names(one.body for one in found)}{aside}")
        for what, word in (
            (Shift.SURER, "surer for"),
            (Shift.LESS_SURE, "less sure for"),
            (Shift.REROUTED, "by another route for"),
        ):
            changed = pair.of(what)
            if changed:
                parts.append(f"{word} {len(changed):,}: {self.names((one.body for one in changed), 2)}")
        if stays := pair.stays():
            parts.append(f"stays: {self.names((one.body for one in stays), 2)}")
        services = pair.services(pair.before), pair.services(pair.after)
        if services[0] != services[1]:
            parts.append(f"services: {services[0]:,} before, {services[1]:,} after")
        doubts = pair.doubtful(pair.before), pair.doubtful(pair.after)
        if doubts[0] != doubts[1]:
            parts.append(f"cannot be ruled out: {doubts[0]:,} before, {doubts[1]:,} after")
        return "; ".join(parts) + "."

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

    def rows(self, what: str, dataset: Dataset, rows: Sequence[Relation]) -> str:
        """The rows that end, or that nobody but the scenario says."""
        if not rows:
            return ""
        said = [f"{short_name(dataset, row.dependent)} {row_phrase(dataset, row)}" for row in rows]
        more = f"; and {len(said) - ROWS_NAMED} more (--format table lists them)" if len(said) > ROWS_NAMED else ""
        return f"{what}, {plural(len(rows), 'relation')}: {'; '.join(said[:ROWS_NAMED])}{more}."

    # -- what follows ---------------------------------------------------------------------------

    def stops(self) -> str:
        """Services that lose what runs them."""
        stops = self.answer.stops
        if not stops:
            return ""
        named = _services(self.before, stops)
        return f"{plural(len(stops), 'service')} may stop unless something takes the place: {named}."

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

        return sorted(moved, key=lambda one: (-size(one), one.area))

    def market(self, one: MarketChange) -> str:
        """Councils for each supplier of an area that changes."""
        said = [
            f"{self.group(one, owner)} {one.before.get(owner, 0)} before, {one.after.get(owner, 0)} after"
            for owner in one.changed[:3]
        ]
        index = one.hhi
        spread = ""
        if index[0] is not None and index[1] is not None and abs(index[1] - index[0]) >= SPREAD:
            spread = f"; HHI by councils {index[0]:,} before, {index[1]:,} after"
        label = area_label(one.area)
        return f"Councils known in {label}: {'; '.join(said)}{spread}."

    def group(self, market: MarketChange, owner: str) -> str:
        """A supplier, or the group of suppliers of one owner."""
        others = [self.name(member) for member in market.groups.get(owner, ()) if member != owner]
        return f"{self.name(owner)} with {join(others, 3)}" if others else self.name(owner)

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


def _next(answer: Comparison, saved: str) -> tuple[str, ...]:
    tries = [f"riskgraph whatif run {_quoted(saved)}" if saved else "add --save FILE to keep this scenario"]
    after = next((pair.after for pair in answer.pairs if pair.after is not None), None)
    if after is not None:
        root = answer.applied.after.names.handle(after.roots[0])
        tries.append(f"riskgraph blast {_quoted(root)} --scenario {_quoted(saved or 'FILE')}")
    return tuple(tries)


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word else word


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


_PHRASES: dict[str, Callable[[Named], str]] = {
    "cut": lambda n: f"{_one(n, 'a')} is cut off from {_one(n, 'b')}",
    "lose": lambda n: f"{_one(n, 'bodies')} {'fails' if len(n('bodies')) == 1 else 'fail at once'}",
    "leave": lambda n: f"{_one(n, 'council')} leaves {_one(n, 'service')}",
    "join": lambda n: f"{_one(n, 'council')} joins {_one(n, 'service')}",
    "merge": lambda n: f"{_one(n, 'councils')} merge as {_one(n, 'name')} on {in_words(n('on')[0])}",
    "split": lambda n: f"{_one(n, 'council')} is split into {_one(n, 'into')} on {in_words(n('on')[0])}",
    "switch": lambda n: f"{_one(n, 'council')} moves from {_one(n, 'old')} to {_one(n, 'new')}",
    "buys": lambda n: f"{_one(n, 'buyer')} buys {_one(n, 'bought')}",
    "insource": lambda n: f"{_one(n, 'council')} takes the work of {_one(n, 'supplier')} in house",
    "segment": lambda n: f"{_one(n, 'environment')} is divided",
    "add-backup": lambda n: f"{_one(n, 'backup')} backs up {_one(n, 'main')} at {_one(n, 'council')}",
    "same-place": lambda n: f"{_one(n, 'a')} and {_one(n, 'b')} are compared",
    "purge": lambda n: f"{_one(n, 'supplier')} returns or destroys the data of {_one(n, 'council')}",
}
