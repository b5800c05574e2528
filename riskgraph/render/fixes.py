"""The answer of `fixes`: changes in words that an officer can act on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from riskgraph.analysis.answer import as_words
from riskgraph.analysis.measure import By
from riskgraph.data.dataset import Dataset
from riskgraph.model import AUTHORITY, ORGANISATIONS, STORE, SUPPLIER, SYSTEM, Band
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import (
    COUNCILS,
    area_label,
    bodies,
    capital,
    full_name,
    join,
    kind_word,
    plural,
    root_name,
    short_name,
)
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.scenario.proposal import Fixes, OneAct
from riskgraph.scenario.remedies import Act, Remedy

__all__ = ["page", "remedy_text"]


def remedy_text(dataset: Dataset, remedy: Remedy) -> str:
    """One change in words: who does what.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> one = Remedy("sever:x", Act.SEVER, "authority:thanet", ("thanet.served-by.east-kent-services.hr-payroll",), "shared-service:east-kent-services", "hr-payroll")
    >>> remedy_text(seeds, one)
    'Thanet: have another than East Kent Services run HR and payroll.'
    """
    return act_text(dataset, [remedy])


@as_words.register
def _said(remedy: Remedy, dataset: Dataset) -> str:
    return remedy_text(dataset, remedy)


def act_text(dataset: Dataset, changes: Sequence[Remedy], who: str = "") -> str:
    """What one body does, all changes of one sort; `who` stands for several bodies that do the same."""
    first, who = changes[0], who or _doer(dataset, changes[0].actor)
    if first.act is Act.ASK:
        return _question(dataset, changes, who)
    if first.act is Act.SEGMENT:
        tenants = len({dataset.relations[row].dependent for row in first.rows})
        return f"{who}: give each of its {tenants} tenants a part of its own, so that an attacker in one does not reach the others."
    about: dict[tuple[str, str], list[Remedy]] = defaultdict(list)
    for one in changes:
        about[dataset.relations[one.rows[0]].relation, one.thing].append(one)
    parts = [_part(dataset, relation, thing, some, who) for (relation, thing), some in about.items()]
    return "; ".join([parts[0].rstrip("."), *(part.removeprefix(f"{who}: ").rstrip(".") for part in parts[1:])]) + "."


def _doer(dataset: Dataset, body: str) -> str:
    """Who acts; a system or a place acts by those who have it."""
    name = short_name(dataset, body)
    return name if dataset.entities[body].kind in ORGANISATIONS else f"For {name}"


def _part(dataset: Dataset, relation: str, provider: str, changes: Sequence[Remedy], who: str) -> str:
    """The changes of one body that are about one relation to one provider, their service areas together."""
    thing, first = full_name(dataset, provider), changes[0]
    areas = join(dict.fromkeys(area_label(one.area) for one in changes if one.area), last="and also")
    area = f" ({areas})" if areas else ""
    if first.act is Act.PURGE:
        return f"{who}: get the old data back from {thing}{area}, or proof that it is destroyed."
    if first.act is Act.BACK_UP:
        more = f", beside the {len(first.rows)} that are there" if first.group else ""
        what = areas or ("what it runs there" if dataset.entities[provider].kind in {SYSTEM, STORE} else "what it does")
        return f"{who}: set up a second way to run {what}{more}, with nothing in common with {thing}."
    kind = rules().pairs[relation]
    if not kind.cut:
        verb = kind.verb(dataset.entities[provider].kind, False)
        return f"{who}: end that it {verb} {thing}{area}."
    return kind.cut.format(who=who, thing=thing, area=area, service=areas or "a service")


def _question(dataset: Dataset, changes: Sequence[Remedy], supplier: str) -> str:
    """What one supplier is asked about some of its customers."""
    if len(changes) == 1:
        row, service = dataset.relations[changes[0].rows[0]], area_label(changes[0].area) if changes[0].area else ""
        whom = f"for {short_name(dataset, row.dependent)}{f' ({service})' if service else ''}"
    else:
        whom = f"for each of {len({one.body for one in changes}):,} customers"
    things = sorted(
        {full_name(dataset, dataset.relations[one.rows[0]].provider) for one in changes if one.field == "hosting"}
    )
    fields = {one.field for one in changes}
    asked = [
        f"who hosts {join(things, 2)}" if "hosting" in fields else "",
        "what way in it has" if "access" in fields else "",
        "whether personal data lies with it" if "data" in fields else "",
    ]
    return f"Ask {supplier} {whom}: {join(filter(None, asked))}. It helps if harm has no way in."


def page(found: Fixes, limit: int = 10) -> Page:
    """What one change helps most, the changes with who is helped, and what the best set saves together.

    With no limit on what may be spent, the set that saves all is listed instead.
    """
    dataset, handle = found.graph.dataset, found.graph.names.handle(found.roots[0])
    every = found.budget is None or found.worst or not found.acts
    lines = list(_set_lines(found) if every else _act_lines(found))
    left = len(lines) - limit
    return Page(
        f"{_headline(found)} ({dates_of(dataset, found.question.view)}).",
        (
            Items(tuple(lines[:limit]), ordered=True),
            *paragraphs(f"And {left:,} more: use --limit, or --format csv." if left > 0 else "", *_notes(found)),
        ),
        (f"riskgraph fixes {handle} {'--budget 3' if found.budget is None else '--all'}", f"riskgraph blast {handle}"),
    )


def _whom(found: Fixes, count: float, *, only: bool = False) -> str:
    """How many of what is measured; `only` the noun for one of them."""
    if found.by is By.AUTHORITIES:
        ids = {body for act in found.acts for body in act.saved}.union(found.together, found.beyond, found.best.saved)
        councils = ids and all(found.graph.dataset.entities[body].authority_type in COUNCILS for body in ids)
        one, many = ("council", "councils") if councils else ("public body", "public bodies")
    else:
        one, many = ("resident", "residents") if found.by is By.RESIDENTS else ("service", "services")
    return one if only else plural(round(count), one, many)


def _headline(found: Fixes) -> str:
    """Whether any one change helps several, and how many are helped at all."""
    dataset, was = found.graph.dataset, _whom(found, found.was)
    roots = join((root_name(dataset, root) for root in found.roots), 2)
    scope = f"that {roots} could reach"
    if not found.was:
        steps = found.graph.settled(found.question.view).observed
        leans = relations_that(Trait.LEANS)
        unsure = {s.dependent for s in steps if s.in_force and s.provider in found.roots and s.relation in leans}
        depend = plural(len(unsure), "body depends", "bodies depend")
        more = f"; {depend} on it all the same, how much is not known" if unsure else ""
        return f"Nothing to fix: no {_whom(found, 1, only=True)} is known {scope}{more}"
    if found.every or found.worst:
        changes = plural(len(found.best.remedies), "change")
        worst = f"all {len(dataset.entities):,} bodies and places" if found.every else roots
        up_to = "up to " if found.by is By.RESIDENTS else ""
        return f"{changes} would take the worst of {worst} from {up_to}{was} to {round(found.best.left):,}"
    if not found.acts:
        more = ": it takes several together" if found.best.remedies else ""
        return f"No single change helps any of the {was} {scope}{more}"
    most = found.acts[0].saves
    first = [act for act in found.acts if act.saves == most]
    if most > 1 and len(first) == 1:
        who, ask = short_name(dataset, first[0].remedies[0].actor), first[0].remedies[0].act is Act.ASK
        what = f"One question to {who} could help most" if ask else f"One change by {who} helps most"
        return f"{what}: {round(most):,} of the {was} {scope}"
    up_to = "up to " if found.by is By.RESIDENTS else ""
    return f"No single change helps more than {f'{up_to}{round(most):,}' if most > 1 else 'one'} of the {was} {scope}"


def _act_lines(found: Fixes) -> Iterator[str]:
    """What one body can do by itself and whom it helps, the least drastic for each; the same by several together."""
    dataset = found.graph.dataset
    chosen: dict[tuple[str, tuple[str, ...]], OneAct] = {}
    for act in found.acts:
        key = act.remedies[0].actor, act.saved
        if key not in chosen or _drastic(act) < _drastic(chosen[key]):
            chosen[key] = act
    alike: dict[tuple[str, float], list[OneAct]] = defaultdict(list)
    for act in chosen.values():
        alike[act_text(dataset, act.remedies, "{who}"), act.saves].append(act)
    order = sorted(alike.values(), key=lambda some: (-some[0].saves, -len(some)))
    for some in order:
        first = some[0].remedies
        if len(some) == 1:
            who, helps = "", f"helps {join((short_name(dataset, body) for body in some[0].saved), 4)}"
        else:
            who = _each(dataset, [act.remedies[0].actor for act in some])
            names = join((short_name(dataset, act.remedies[0].actor) for act in some), 4)
            helps = f"helps {'one' if some[0].saves == 1 else _whom(found, some[0].saves)} each: {names}"
        if not some[0].saved:
            helps = f"saves {_whom(found, some[0].saves)}"
        yield f"{act_text(dataset, first, who).rstrip('.')}.\n   {capital(helps)}."


def _each(dataset: Dataset, actors: Sequence[str]) -> str:
    kinds = {dataset.entities[actor].kind for actor in actors}
    if kinds == {AUTHORITY}:
        return f"Each of {bodies(dataset, actors)}"
    return f"Each of {len(actors)} {kind_word(min(kinds), 2) if len(kinds) == 1 else 'bodies'}"


def _drastic(act: OneAct) -> int:
    return list(Act).index(act.remedies[0].act)


def _set_lines(found: Fixes) -> Iterator[str]:
    """The best set, what one body does in one line, and what several do alike in one."""
    dataset = found.graph.dataset
    by_actor: dict[tuple[Act, str], list[Remedy]] = defaultdict(list)
    for one in found.best.remedies:
        by_actor[one.act, one.actor].append(one)
    alike: dict[str, list[Sequence[Remedy]]] = defaultdict(list)
    for changes in by_actor.values():
        alike[act_text(dataset, changes, "{who}")].append(changes)
    for some in sorted(alike.values(), key=lambda some: -len(some)):
        actors = [changes[0].actor for changes in some]
        names = join((short_name(dataset, actor) for actor in actors), 4)
        who = "" if len(some) == 1 else f"{_each(dataset, actors)} ({names})"
        yield act_text(dataset, some[0], who)


def _notes(found: Fixes) -> Iterator[str]:
    """What the best set saves, how sure that is, what it costs, and what no change does."""
    dataset, best = found.graph.dataset, found.best

    def some(ids: Sequence[str]) -> str:
        return join((short_name(dataset, id_) for id_ in ids), 6)

    sure = {Band.DOCUMENTED: "documented", Band.NOT_RULED_OUT: "or cannot be ruled out"}
    hit = "" if found.hit is None else f", for {found.hit} only"
    only = ", of those selected" if found.question.selection else ""
    band = found.question.band
    if found.was:
        yield f"Counted: whoever could be reached, {sure.get(band, f'{band.word} or surer')}{hit}{only}."
    helped = len({body for act in found.acts for body in act.saved})
    if helped and found.by is By.AUTHORITIES:
        yield f"A change by one body alone helps {f'each of the {helped:,}' if helped == found.was else f'{helped:,} of them'}."
    if best.remedies:
        yield (
            f"The best {plural(len(best.remedies), 'change')} together {'leaves' if len(best.remedies) == 1 else 'leave'} "
            f"{round(best.left):,} of {round(found.was):,}, made in a copy of the map and asked again."
        )
        if found.exact:
            limit = "" if found.budget is None else f" for {_money(found.budget)} or less"
            yield f"No other set of the {found.considered:,} changes looked at leaves fewer{limit}."
        else:
            yield f"The search over {found.considered:,} changes was stopped; no set can leave fewer than {round(found.bound):,}."
        if best.costs_unknown < len(best.remedies):
            unknown = (
                f"; {plural(best.costs_unknown, 'cost')} not known, counted as 1 each"
                if best.costs_unknown
                else ", as given"
            )
            yield f"Costs: {_money(best.cost)} in all{unknown}."
    if found.together and found.budget is not None:
        yield f"Several bodies would have to act together for {some(found.together)}: --all says who."
    shown = (
        [one.act for act in found.acts for one in act.remedies]
        if found.budget is not None
        else [one.act for one in best.remedies]
    )
    if Act.SEVER in shown:
        yield "Who leaves a supplier gets its data back, or proof that it is destroyed; else the data stays at risk."
    if Act.BACK_UP in shown:
        yield "A second way keeps a service running; it is one more place where data can leak."
    if found.regret and max(found.regret.values()) > 0:
        worst = max(found.regret, key=lambda root: (found.regret[root], root))
        yield f"Spent on {root_name(dataset, worst)} alone it would leave {round(found.regret[worst]):,} fewer there."
    if found.beyond:
        yield f"No change looked at helps {some(found.beyond)}."
    if found.backed_up:
        yield f"Not proposed: to end any of {plural(found.backed_up, 'row')} that back each other up."
    asked = [root for root in found.question.roots if dataset.entities[root.partition("/")[0]].kind == SUPPLIER]
    if asked and found.was:
        yield (
            f"Ask {join((full_name(dataset, root.partition('/')[0]) for root in asked), 3)} for a contact out of hours: "
            "it shrinks nothing, and everybody needs it in the first hour."
        )


def _money(cost: float) -> str:
    return f"{cost:,.0f}" if cost == round(cost) else f"{cost:,.2f}"
