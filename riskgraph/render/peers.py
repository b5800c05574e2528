"""Peers in words: who could lend a hand, or how a council stands in its class; and who runs the same."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.peers import Peer, Peers, Run
from riskgraph.model import PRODUCT, SUPPLIER, SYSTEM
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import (
    area_label,
    bodies,
    class_word,
    full_name,
    join,
    plural,
    root_name,
    short_name,
)

__all__ = ["page"]

_HOSTING = {
    "own": "on its own servers",
    "supplier": "hosted by its supplier",
    "shared": "on servers that it shares",
    "cloud": "in the cloud",
}


def page(found: Peers, limit: int = 10) -> Page:
    """With something hit: who could lend a hand. Without: how the council stands in its class, and who runs the same.

    Parameters
    ----------
    limit
        The most of each to name.
    """
    dataset, names = found.graph.dataset, found.graph.names
    roots = tuple(map(names.handle, found.question.roots))
    lead, first = _helpers(found) if roots else _standing(found)
    left = len(found.peers) - limit
    handle = names.handle(found.body)
    asked = f" --like {found.question.like}" if found.question.like not in {"", "compromise"} else ""
    again = (
        (f"riskgraph why {handle} {' '.join(roots)}{asked}", f"riskgraph data ask --root {roots[0]}{asked}")
        if roots
        else ()
    )
    return Page(
        f"{lead} ({dates_of(dataset, found.question.view)}).",
        (
            *paragraphs(*first),
            Items(tuple(_line(found, peer) for peer in found.peers[:limit])),
            *paragraphs(
                f"And {left:,} more: use --limit, or --format csv for all." if left > 0 else "",
                *_left_out(found),
                "Contacts are never in this data: ask for a hand by way of your WARP, or theirs."
                if found.peers
                else "",
            ),
        ),
        again[0 if found.hit else 1 :] or (f"riskgraph show {handle}",),
    )


def _helpers(found: Peers) -> tuple[str, tuple[str, ...]]:
    """How many could lend a hand, or that nobody can be offered and why; then for which services."""
    dataset = found.graph.dataset
    name, root = short_name(dataset, found.body), _root(found)
    services = f"Hit at {name}: {join((area_label(area) for area in found.hit), 4)}."
    if not found.hit:
        services = f"{name} itself is not known to be hit by {root}, so all that it runs counts."
    if found.peers:
        run, them = ("runs", "it") if len(found.peers) == 1 else ("run", "them")
        who = bodies(dataset, [peer.id for peer in found.peers])
        return f"{who} {run} the same as {name}, and {root} could not reach {them}", (services,)
    reached, open_ = len(found.reached), len(found.doubtful)
    if not reached + open_:
        return f"Nobody to offer: nobody else is recorded to run the same as {name}", (services,)
    count = reached + open_
    said = f"{root} could reach {reached:,} and {open_:,} cannot be ruled out"
    if not open_:
        said = f"{root} could reach {'it' if count == 1 else 'all of them'}"
    elif not reached:
        said = "it cannot be ruled out" if count == 1 else "none of them can be ruled out"
    others = "other runs" if count == 1 else "others run"
    return f"Nobody to offer: {count:,} {others} the same as {name}; {said}", (services,)


def _standing(found: Peers) -> tuple[str, tuple[str, ...]]:
    """The position among the class, and what it rests on. Nobody else is named."""
    dataset, one = found.graph.dataset, found.standing
    name = short_name(dataset, found.body)
    if one.supplier is None:
        return f"Not known: nothing that {name} runs is recorded, so it cannot be compared with its class", ()
    kind = dataset.entities[found.body].authority_type
    lean, largest = ("leans" if one.on_one == 1 else "lean"), full_name(dataset, one.supplier)
    first = f"{one.on_one} of {name}'s {plural(one.services, 'known service')} {lean} on {largest}"
    if one.on_one == 1 < one.services:
        first = f"No two of {name}'s {plural(one.services, 'known service')} lean on the same supplier"
    if one.median is None or one.fewer is None or one.as_many is None:
        return first, (f"Too few {class_word(kind, 2)} are known here to compare without naming them.",)
    others = f"{one.class_size:,} {class_word(kind, one.class_size)}"
    more = one.class_size - one.fewer - one.as_many
    nothing = one.class_all - one.class_size
    like = sum(1 for peer in found.peers if peer.same_class)
    runs = bodies(dataset, [peer.id for peer in found.peers]) if found.peers else "Nobody else"
    return f"{first}; median of {others}: {one.median:g}", (
        f"Of these {one.class_size:,} others, {one.fewer:,} have fewer on their largest supplier, {one.as_many:,} as many and "
        f"{more:,} more. None of them is named.",
        f"What is known decides: {one.services} services of {name}, a median of {one.class_services:g} in its class"
        f"{f'; of {nothing:,} more nothing is known' if nothing else ''}.",
        f"{runs} {'runs' if len(found.peers) < 2 else 'run'} the same, {like:,} of its own class. The most like it first:",
    )


def _line(found: Peers, peer: Peer) -> str:
    """A peer, what sort of body it is and where, and what it runs: how, and when that was last seen."""
    dataset = found.graph.dataset
    entry = dataset.register.get(peer.id)
    name, sort = short_name(dataset, peer.id), class_word(dataset.entities[peer.id].authority_type, 1)
    region = None if entry is None else entry.region or entry.nation
    about = ", ".join(filter(None, ("" if f"({sort})" in name else sort, region)))
    runs = list({run.thing: run for run in reversed(peer.runs)}.values())[::-1]
    more = f" and {len(runs) - 2} more" if len(runs) > 2 else ""
    said = join((_run(found, run) for run in runs[:2]), last="," if more else "and").replace(" ,", ",")
    return f"{name}{f' ({about})' if about else ''}: {said}{more}"


def _run(found: Peers, run: Run) -> str:
    dataset = found.graph.dataset
    via = f" through {full_name(dataset, run.via)}" if run.via else ""
    seen = f"seen {run.seen[:4]}" if run.seen else "undated"
    runs = dataset.entities[run.thing].kind in {PRODUCT, SYSTEM}
    where = f"{_HOSTING.get(run.hosting or '', 'hosting not known')}, " if runs else ""
    return f"{full_name(dataset, run.thing)}{via} ({where}{seen})"


def _left_out(found: Peers) -> list[str]:
    """Who runs the same and is not offered, what is no reason, and what to ask."""
    dataset, lines = found.graph.dataset, []
    name, root = short_name(dataset, found.body), _root(found)

    def some(ids: Sequence[str]) -> str:
        return join((short_name(dataset, id_) for id_ in ids), 4)

    if found.peers and (found.reached or found.doubtful):
        parts = [(found.reached, f"could be reached from {root}"), (found.doubtful, "cannot be ruled out")]
        lines.append(f"Not offered: {join(f'{len(who):,} that {what}' for who, what in parts if who)}.")
    if found.doubtful and root:
        lines.append(f"Ask {root} whom it hosts and can reach: that settles {some(found.doubtful)}.")
    if root and found.same_supplier:
        who = f"{some(found.same_supplier)} {'has' if len(found.same_supplier) == 1 else 'have'}"
        lines.append(f"{who} the same supplier; what they run there is not recorded.")
    kind = {run.thing: dataset.entities[run.thing].kind for run in found.mine}
    known = {run.area for run in found.mine if kind[run.thing] in {PRODUCT, SYSTEM}}
    unsaid = {run.thing for run in found.mine if kind[run.thing] == SUPPLIER and run.area not in known}
    if root and unsaid:
        who = join(full_name(dataset, one) for one in sorted(unsaid))
        lines.append(f"Which product {who} runs for {name} is not recorded: record it, and who runs it too is found.")
    if found.national:
        lines.append(
            f"Most of its class has {join(full_name(dataset, one) for one in found.national)}: no reason to ask."
        )
    return lines


def _root(found: Peers) -> str:
    return join(root_name(found.graph.dataset, root) for root in found.question.roots)
