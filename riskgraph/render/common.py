"""What two things share, in words and as rows."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.common import Common, CommonAnswer, SharedThing
from riskgraph.analysis.proofs import Proof
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.chance import percent
from riskgraph.render.words import band_phrase, join, kind_word, plural, root_name, sentence, short_name

__all__ = ["headline", "rows", "text", "unknown_lines", "ways"]

HEADER = ("id", "name", "kind", "band", "kinds", "peers", "shelf", "first", "second")
NAMES = 4


def text(found: Common, limit: int = 5) -> str:
    """The answer for a message: yes, no or not known, then through what."""
    lines = [f"{headline(found)} (data of {in_words(found.graph.dataset.info.as_of)}).", *ways(found, limit)]
    if len(_through(found)) > limit:
        lines.append(f"- and {len(_through(found)) - limit} more: see --format table.")
    lines += _measures(found)
    lines += unknown_lines(found)
    handles = [found.graph.names.handle(id_) for id_ in (found.first, found.second)]
    tries = f"riskgraph show {handles[0]}"
    if _through(found):
        tries = f"riskgraph blast {found.graph.names.handle(_through(found)[0].id)}"
    lines.append(f"Try next: {tries}  |  riskgraph blast {handles[0]} {handles[1]}")
    return "\n".join(lines) + "\n"


def headline(found: Common) -> str:
    """Yes, no or not known, with how many things are shared; no full stop."""
    first, second = (root_name(found.graph.dataset, id_) for id_ in (found.first, found.second))
    through = _through(found)
    count = plural(len(through), "shared thing")
    if found.verdict is CommonAnswer.YES:
        which = "it" if len(through) == 1 else "any of them"
        where = "" if found.shared else " (set aside below)"
        return f"{count}{where}: yes, if {which} fails, {first} and {second} could both be reached"
    if found.verdict is CommonAnswer.NO:
        return f"{count}: no, nothing in this data could reach both {first} and {second}"
    return f"{count}: not known whether one failure could reach both {first} and {second}"


def ways(found: Common, limit: int) -> list[str]:
    """How the shared things reach both, then what cannot be ruled out and what was set aside."""
    dataset = found.graph.dataset
    lines = [f"- {_shared(found, shared)}" for shared in _through(found)[:limit]]
    if found.doubtful:
        names = join((short_name(dataset, s.id) for s in found.doubtful), NAMES)
        lines.append(f"Besides, {len(found.doubtful)} cannot be ruled out: {names}.")
    return lines + _aside(found)


def _through(found: Common) -> tuple[SharedThing, ...]:
    """What makes the answer a yes: what is shared, else what was set aside and reaches both all the same."""
    return found.shared or tuple(s for s in found.aside if s.band <= found.band)


def _shared(found: Common, shared: SharedThing) -> str:
    dataset = found.graph.dataset
    kind = kind_word(dataset.entities[shared.id].kind)
    said = " ".join(way for way in (_way(found, shared.first), _way(found, shared.second)) if way)
    apart = "" if shared.kinds else ", each in another way"
    return f"{short_name(dataset, shared.id)} ({kind}, {band_phrase(shared.band)}{apart}): {said}"


def _way(found: Common, proof: Proof | None) -> str:
    return "" if proof is None else sentence(found.graph.dataset, proof)


def _aside(found: Common) -> list[str]:
    if not found.aside:
        return []
    dataset = found.graph.dataset
    names = join((f"{short_name(dataset, s.id)} (reaches {s.peers})" for s in found.aside), NAMES)
    return [
        f"Set aside, {len(found.aside)}: {names}. A thing is set aside if it was named with --aside, or if it reaches more "
        f"than {found.limit}% of the {found.peers} in this data that are like the two and rest on something."
    ]


def _measures(found: Common) -> list[str]:
    one, two, either = found.rests_on
    first, second = (root_name(found.graph.dataset, id_) for id_ in (found.first, found.second))
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
    parts = [f"{what}, for {join(names, NAMES)}" for what, names in by_what.items()]
    return [f"Not known, {len(found.unknown)}: {'; '.join(parts)}."]


def rows(found: Common) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every shared thing with a path to each of the two."""
    dataset = found.graph.dataset
    shelves = (("shared", found.shared), ("cannot be ruled out", found.doubtful), ("set aside", found.aside))
    return HEADER, [
        (
            s.id,
            short_name(dataset, s.id),
            dataset.entities[s.id].kind,
            Band(s.band).word,
            ";".join(map(str, s.kinds)),
            s.peers,
            shelf,
            _way(found, s.first),
            _way(found, s.second),
        )
        for shelf, some in shelves
        for s in some
    ]
