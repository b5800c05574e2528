"""What two things share, in words."""

from __future__ import annotations

from riskgraph.analysis.common import Common, CommonAnswer, SharedThing
from riskgraph.analysis.proofs import Proof
from riskgraph.render.blocks import Items
from riskgraph.render.chance import percent
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import band_phrase, join, kind_word, plural, root_name, short_name

__all__ = ["headline", "page", "unknown_lines", "ways"]

_NAMED = 4


def page(found: Common, limit: int = 5) -> Page:
    """Yes, no or not known, then through what.

    Parameters
    ----------
    limit
        The most shared things to name.
    """
    through = _through(found)
    more = f"- and {len(through) - limit} more: see --format table." if len(through) > limit else ""
    first, second = (found.graph.names.handle(id_) for id_ in (found.first, found.second))
    one = f"riskgraph blast {found.graph.names.handle(through[0].id)}" if through else f"riskgraph show {first}"
    return Page(
        f"{headline(found)} ({dates_of(found.graph.dataset, found.question.view)}).",
        (
            Items(tuple(_shared(found, shared) for shared in through[:limit])),
            *paragraphs(*_beside(found), more, *_measures(found), *unknown_lines(found)),
        ),
        (one, f"riskgraph blast {first} {second}"),
    )


def headline(found: Common) -> str:
    """Yes, no or not known, and through how many things; no full stop."""
    first, second = (_named(found, id_) for id_ in (found.first, found.second))
    through = _through(found)
    if found.verdict is CommonAnswer.YES:
        one = short_name(found.graph.dataset, through[0].id)
        which = one if len(through) == 1 else f"any of {len(through)} shared things"
        where = "" if found.shared else " (set aside below)"
        return f"Yes: if {which}{where} fails, {first} and {second} could both be reached"
    if found.verdict is CommonAnswer.NO:
        return f"No: nothing in this data could reach both {first} and {second}"
    return f"Not known: whether one failure could reach both {first} and {second}"


def ways(found: Common, limit: int) -> list[str]:
    """How the shared things reach both, then what cannot be ruled out and what was set aside."""
    return [f"- {_shared(found, shared)}" for shared in _through(found)[:limit]] + _beside(found)


def _named(found: Common, id_: str) -> str:
    """One of the two by its usual name; a line of business with its area."""
    dataset = found.graph.dataset
    return root_name(dataset, id_) if "/" in id_ else short_name(dataset, id_)


def _beside(found: Common) -> list[str]:
    """What cannot be ruled out, and what was set aside."""
    lines, dataset = [], found.graph.dataset
    if found.doubtful:
        names = join((short_name(dataset, s.id) for s in found.doubtful), _NAMED)
        lines.append(f"Besides, {len(found.doubtful)} cannot be ruled out: {names}.")
    if found.aside:
        names = join((f"{short_name(dataset, s.id)} (reaches {s.peers})" for s in found.aside), _NAMED)
        lines.append(
            f"Set aside, {len(found.aside)}: {names}. A thing is set aside if it was named with --aside, or if it reaches more "
            f"than {found.limit}% of the {found.peers} in this data that are like the two and rest on something."
        )
    return lines


def _through(found: Common) -> tuple[SharedThing, ...]:
    """What makes the answer a yes: what is shared, else what was set aside and reaches both all the same."""
    return found.shared or tuple(s for s in found.aside if s.band <= found.band)


def _shared(found: Common, shared: SharedThing) -> str:
    """A shared thing with a short path to each of the two."""
    dataset = found.graph.dataset
    kind = kind_word(dataset.entities[shared.id].kind)
    first, second = _path(found, shared.first), _path(found, shared.second)
    one, two = (_named(found, id_) for id_ in (found.first, found.second))
    said = f"both {first}" if first == second else f"{one} {first}, {two} {second}"
    apart = "" if shared.kinds else ", each in another way"
    return f"{short_name(dataset, shared.id)} ({kind}, {band_phrase(shared.band)}{apart}): {said}"


def _path(found: Common, proof: Proof | None) -> str:
    """What lies between a shared thing and one of the two, in a few words."""
    if proof is None:
        return "itself, or a part of it"
    whole = {id_.partition("/")[0] for id_ in (found.first, found.second)}
    between = [via.target for via in proof.vias if via.target not in whole]
    return (
        f"through {join(short_name(found.graph.dataset, one) for one in reversed(between))}" if between else "directly"
    )


def _measures(found: Common) -> list[str]:
    one, two, either = found.rests_on
    first, second = (_named(found, id_) for id_ in (found.first, found.second))
    lines = [
        f"{first} rests on {plural(one, 'thing')}, {second} on {two}, themselves and their parts included; "
        f"of the {either} together {percent(found.overlaps[0])} are shared, of the shorter list {percent(found.overlaps[1])}"
        + (
            f" (with what was set aside {percent(found.overlaps_all[0])} and {percent(found.overlaps_all[1])})."
            if found.aside
            else "."
        )
    ]
    if found.order_drop:
        proofs = [proof for shared in _through(found) for proof in (shared.first, shared.second) if proof is not None]
        whole = {id_.partition("/")[0] for id_ in (found.first, found.second)}
        who = "they" if all(proof.body in whole for proof in proofs) else "the parts named"
        lines.append(f"If {who} back each other up, one failure is enough where it should take two.")
    return lines


def unknown_lines(found: Common) -> list[str]:
    """What nobody wrote down that could hide a shared place; nothing if all of that is recorded."""
    if not found.unknown:
        return []
    dataset = found.graph.dataset
    by_what: dict[str, list[str]] = {}
    for unknown in found.unknown:
        by_what.setdefault(unknown.what, []).append(short_name(dataset, unknown.body))
    parts = [f"{what}, for {join(names, _NAMED)}" for what, names in by_what.items()]
    return [f"Not known, {len(found.unknown)}: {'; '.join(parts)}."]
