"""The answer of `fixes`: changes in words that an officer can act on."""

from __future__ import annotations

from collections.abc import Iterator

from riskgraph.analysis.answer import as_words
from riskgraph.analysis.measure import By
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import STORE, SYSTEM, Band
from riskgraph.render.blocks import Block, Items
from riskgraph.render.gaps import question_text
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, full_name, join, plural, root_name, short_name
from riskgraph.rules import rules
from riskgraph.scenario.proposal import Fixes, Proposal
from riskgraph.scenario.remedies import Act, Remedy

__all__ = ["page", "remedy_text"]

_ACT = {
    Act.ASK: "Ask",
    Act.PURGE: "Delete old data",
    Act.SEGMENT: "Segment",
    Act.BACK_UP: "Second host",
    Act.SEVER: "Sever",
}
_UNIT = {By.AUTHORITIES: ("public body", "public bodies"), By.RESIDENTS: ("resident", "residents")}


def amount(found: Fixes, number: float) -> str:
    """A radius with its unit; residents are a ceiling."""
    one, many = _UNIT.get(found.by, ("service", "services"))
    said = plural(round(number), one, many)
    return f"up to {said}" if found.by is By.RESIDENTS and number else said


def remedy_text(dataset: Dataset, remedy: Remedy) -> str:
    """One change in words, beginning with what is done.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> one = Remedy("sever:x", Act.SEVER, "authority:thanet", ("thanet.served-by.civica.revenues-benefits",), "supplier:civica", "revenues-benefits")
    >>> remedy_text(seeds, one)
    'Sever: Thanet no longer has Civica run its revenues and benefits; its data is returned or destroyed.'
    """
    return f"{_ACT[remedy.act]}: {_what(dataset, remedy)}"


@as_words.register
def _said(remedy: Remedy, dataset: Dataset) -> str:
    return remedy_text(dataset, remedy)


def _what(dataset: Dataset, remedy: Remedy) -> str:
    who, thing = short_name(dataset, remedy.body), full_name(dataset, remedy.thing)
    row = dataset.relations[remedy.rows[0]]
    area = f" ({area_label(remedy.area)})" if remedy.area else ""
    if remedy.act is Act.ASK:
        question = question_text(dataset, remedy.question(dataset))
        return f"{who}: {question} It helps only if the answer is that harm has no way in."
    if remedy.act is Act.PURGE:
        return f"{who} gets its old data back from {thing}{area}, or destroyed, with proof."
    if remedy.act is Act.SEGMENT:
        return (
            f"each of the {len({dataset.relations[row].dependent for row in remedy.rows})} tenants of {thing} gets a "
            "part of its own, so that an attacker in one part, or in what is linked to it, does not reach the others; "
            "what is left is that of the part that reaches most."
        )
    if remedy.act is Act.BACK_UP:
        others = "" if not remedy.group else f", beside the {len(remedy.rows)} that are there"
        return f"{who} gets a second way to run {_used(dataset, remedy)}{others}, with nothing in common with {thing}."
    kind = rules().pairs[row.relation]
    if not kind.cut:
        return f"it ends that {who} {kind.verb(dataset.entities[row.provider].kind, False)} {thing}{area}."
    return kind.cut.format(
        who=who, thing=thing, area=area, service=area_label(remedy.area) if remedy.area else "a service"
    )


def _used(dataset: Dataset, remedy: Remedy) -> str:
    if remedy.area:
        return f"its {area_label(remedy.area)}"
    kind = dataset.entities[remedy.thing].kind
    return "what it runs there" if kind in {SYSTEM, STORE} else "what it uses that for"


def page(found: Fixes, limit: int = 10) -> Page:
    """The best set, what it saves, how sure that is, and the runner-up."""
    dataset = found.graph.dataset
    saved = found.best.saved
    handle = found.graph.names.handle(found.roots[0])
    left = len(found.best.remedies) - limit
    blocks: tuple[Block, ...] = (
        Items(tuple(_numbered(found, found.best, limit)), ordered=True),
        *paragraphs(
            f"... and {left} more: --limit, or --format csv." if left > 0 else "",
            f"No longer reached: {join((short_name(dataset, b) for b in saved), 8)}." if saved else "",
            _how_sure(found),
            "" if found.runner_up is None else _runner_up(found, found.runner_up),
            *_notes(found),
        ),
    )
    more = "--all" if found.budget is not None else "--budget 3"
    return Page(_headline(found), blocks, (f"riskgraph fixes {handle} {more}", f"riskgraph blast {handle}"))


def _headline(found: Fixes) -> str:
    dataset = found.graph.dataset
    best = found.best
    names = join((root_name(dataset, root) for root in found.roots), 3)
    if found.every:
        subject = f"the worst radius of all {len(dataset.entities):,} bodies and places"
    elif len(found.roots) == 1:
        subject = f"the radius of {names}"
    else:
        subject = f"the {'worst' if found.worst else 'added'} radius of {names}"
    kind = "any kind" if found.hit is None else str(found.hit)
    band = found.question.band
    surer = "" if band is Band.DOCUMENTED else " or surer"
    scope = f"{'not ruled out' if band is Band.NOT_RULED_OUT else band.word}{surer}, {kind}"
    data = f"data of {in_words(dataset.info.as_of)}"
    if found.question.selection:
        scope += ", only those selected"
    if not best.remedies:
        why = "nobody is in it" if not found.was else "no set of changes within the budget does"
        return f"0 changes would shrink {subject} from {amount(found, found.was)} ({scope}; {data}): {why}."
    return (
        f"{plural(len(best.remedies), 'change')} would take {subject} from {amount(found, found.was)} "
        f"to {round(best.left):,} ({scope}; {data})."
    )


def _numbered(found: Fixes, proposal: Proposal, limit: int) -> Iterator[str]:
    several = len(proposal.remedies) > 1
    for one, alone, last in zip(proposal.remedies[:limit], proposal.first, proposal.last, strict=False):
        worth = f" [alone {round(alone):,}, with the others {round(last):,}]" if several else ""
        yield f"{remedy_text(found.graph.dataset, one)}{worth}"


def _how_sure(found: Fixes) -> str:
    if not found.best.remedies and not found.was:
        return "Nothing to save."
    tried = f"Made in a copy of the map and asked again: {round(found.was):,} before, {round(found.best.left):,} after."
    if found.exact:
        limit = "" if found.budget is None else f" for {_money(found.budget)} or less"
        return f"{tried} No other set of the {found.considered:,} changes looked at leaves fewer{limit}."
    if found.best.foreseen < found.best.left:
        return f"{tried} The search had foreseen {round(found.best.foreseen):,}: trust the {round(found.best.left):,}."
    return (
        f"{tried} The search over {found.considered:,} changes was stopped; "
        f"no set can leave fewer than {round(found.bound):,}."
    )


def _runner_up(found: Fixes, second: Proposal) -> str:
    dataset = found.graph.dataset
    more = round(second.left - found.best.left)
    worse = f"{more:,} more" if more else "no more"
    price = f", at a cost of {_money(second.cost)} instead of {_money(found.best.cost)}"
    dearer = price if second.cost != found.best.cost else ""
    other = [one for one in second.remedies if one not in found.best.remedies]
    if not other:
        gone = next(one for one in found.best.remedies if one not in second.remedies)
        without = f"{_ACT[gone.act].lower()} in {short_name(dataset, gone.body)}"
        return f"Runner-up: leaves {round(second.left):,}, {worse}{dearer}: the same without {without}."
    names = join((remedy_text(dataset, one).rstrip(".") for one in other[:2]), last="and")
    rest = f" (and {len(other) - 2} more that are different)" if len(other) > 2 else ""
    return f"Runner-up: leaves {round(second.left):,}, {worse}{dearer}. Instead: {names}{rest}."


def _notes(found: Fixes) -> list[str]:
    dataset = found.graph.dataset
    lines = []
    best = found.best
    if best.costs_unknown == len(best.remedies):
        if best.remedies:
            lines.append("Costs: none is known, so each change counts 1.")
    elif best.costs_unknown:
        lines.append(
            f"Costs: {_money(best.cost)} in all; {plural(best.costs_unknown, 'cost')} not known, counted as 1 each."
        )
    else:
        lines.append(f"Costs: {_money(best.cost)} in all, as given.")
    asks = sum(1 for one in best.remedies if one.act is Act.ASK)
    if asks:
        lines.append(
            f"{asks} of these only {'asks' if asks == 1 else 'ask'}: if the answer is bad, nothing is saved by it."
        )
    if any(one.act is Act.BACK_UP for one in best.remedies):
        lines.append("A second host keeps a service running; it is one more place where data can leak.")
    if found.regret and max(found.regret.values()) > 0:
        worst = max(found.regret, key=lambda root: (found.regret[root], root))
        lines.append(
            f"Regret: spent on {root_name(dataset, worst)} alone it would leave "
            f"{round(found.regret[worst]):,} fewer there."
        )
    if found.beyond:
        lines.append(f"Beyond these changes: {join((short_name(dataset, b) for b in found.beyond), 6)}.")
    if found.backed_up:
        lines.append(
            f"Not proposed: to end any of {plural(found.backed_up, 'row')} that back each other up; "
            "it would take a backup away."
        )
    return lines


def _money(cost: float) -> str:
    return f"{cost:,.0f}" if cost == round(cost) else f"{cost:,.2f}"
