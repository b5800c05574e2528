"""Peers in words: who runs the same, who of them could lend a hand, and how a council stands in its class."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.peers import Peer, Peers
from riskgraph.dates import in_words
from riskgraph.model import PRINCIPAL_COUNCILS
from riskgraph.render.blocks import Block, Items
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, class_word, full_name, join, plural, root_name

__all__ = ["page"]


def page(found: Peers, limit: int = 10) -> Page:
    """Who runs the same, who of them is outside the radius, and how the body stands among its class.

    Parameters
    ----------
    limit
        The most of each to name.
    """
    dataset, shared = found.graph.dataset, found.shared
    name = full_name(dataset, found.body)
    councils, same = _sorts(found, found.peers)
    verb = "runs" if len(found.peers) == 1 else "run"
    items = []
    for (provider, area), others in list(shared.items())[:limit]:
        names = join((dataset.usual_name(other) for other in others), 5)
        items.append(f"{full_name(dataset, provider)}, {area_label(area)}: {len(others)}: {names}")
    more = f"And {len(shared) - limit} more that they share: use --limit, or --format csv for all."
    contacts = "Contacts are never in this data: ask for a hand by way of your WARP, or theirs."
    return Page(
        f"{plural(len(found.peers), 'other public body', 'other public bodies')} {verb} something that {name} runs too, "
        f"{councils} of them councils and {same} of its own class (data of {in_words(dataset.info.as_of)}).",
        (
            Items(tuple(items)),
            *paragraphs(more if len(shared) > limit else ""),
            *(_outside(found, limit) if found.question.roots else ()),
            *paragraphs(contacts if found.peers else "", _standing(found)),
        ),
    )


def _sorts(found: Peers, some: Sequence[Peer]) -> tuple[int, int]:
    entities = found.graph.dataset.entities
    councils = sum(1 for peer in some if entities[peer.id].authority_type in PRINCIPAL_COUNCILS)
    return councils, sum(1 for peer in some if peer.same_class)


def _outside(found: Peers, limit: int) -> tuple[Block, ...]:
    dataset = found.graph.dataset
    root = join(root_name(dataset, root) for root in found.question.roots)
    councils, same = _sorts(found, found.outside)
    said = f"{len(found.outside)} of these {len(found.peers)} could not be reached from {root} by this map"
    if not found.outside:
        return paragraphs(f"{said}.")
    items = []
    for peer in found.outside[:limit]:
        sort = class_word(dataset.entities[peer.id].authority_type, 1)
        things = join(dict.fromkeys(full_name(dataset, provider) for provider, _ in peer.shared), 4)
        name = dataset.usual_name(peer.id)
        items.append(f"{name if name.endswith(f'({sort})') else f'{name} ({sort})'}: {things}")
    more = f"And {len(found.outside) - limit} more: use --limit, or --format csv for all."
    return (
        *paragraphs(
            f"{said}, so they could lend a "
            f"hand: {plural(councils, 'council')}, {same} of its own class. Those with most in common first:"
        ),
        Items(tuple(items)),
        *paragraphs(more if len(found.outside) > limit else ""),
    )


def _standing(found: Peers) -> str:
    dataset, one = found.graph.dataset, found.standing
    if one.supplier is None:
        return "0 services of it are known in this data, so it cannot be compared with its class."
    first = (
        f"{one.on_one} of its {plural(one.services, 'known service')} "
        f"{'leans' if one.on_one == 1 else 'lean'} on one supplier, {full_name(dataset, one.supplier)}"
    )
    if one.on_one == 1:
        first = f"1 of its {plural(one.services, 'known service')} at most leans on the same supplier"
    kind = dataset.entities[found.body].authority_type
    if one.median is None or one.fewer is None:
        return f"{first}; too few {class_word(kind, 2)} are known here to compare without naming them."
    return (
        f"{first}. Of {one.class_size} other {class_word(kind, one.class_size)} known here, {one.fewer} have fewer on their "
        f"largest supplier; the median is {one.median:g}. None of them is named."
    )
