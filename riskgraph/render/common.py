"""What two things share, in words and as rows."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.common import Common, Shared, Verdict
from riskgraph.analysis.proofs import Proof
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.chance import percent
from riskgraph.render.words import band_phrase, join, kind_word, plural, root_name, sentence, short_name

__all__ = ["rows", "text"]

HEADER = ("id", "name", "kind", "band", "kinds", "peers", "shelf", "first", "second")
NAMES = 4


def text(found: Common, limit: int = 5) -> str:
    """The answer for a message: yes, no or not known, then through what."""
    dataset = found.graph.dataset
    first, second = (root_name(dataset, id_) for id_ in (found.first, found.second))
    date = f"data of {in_words(dataset.info.as_of)}"
    count = plural(len(found.shared), "shared thing")
    if found.verdict is Verdict.YES:
        which = "it" if len(found.shared) == 1 else "any of them"
        head = f"{count}: yes, if {which} fails, {first} and {second} could both be reached ({date})."
    elif found.verdict is Verdict.NO:
        head = f"{count}: no, nothing in this data could reach both {first} and {second} ({date})."
    else:
        head = f"{count}: not known whether one failure could reach both {first} and {second} ({date})."
    lines = [head]
    lines += [f"- {_shared(found, shared)}" for shared in found.shared[:limit]]
    if len(found.shared) > limit:
        lines.append(f"- and {len(found.shared) - limit} more: see --format table.")
    if found.doubtful:
        names = join((short_name(dataset, s.id) for s in found.doubtful), NAMES)
        lines.append(f"Besides, {len(found.doubtful)} cannot be ruled out: {names}.")
    lines += _aside(found)
    lines += _measures(found, first, second)
    lines.append(_unknown(found))
    handles = [found.graph.names.handle(id_) for id_ in (found.first, found.second)]
    tries = f"riskgraph show {handles[0]}"
    if found.shared:
        tries = f"riskgraph blast {found.graph.names.handle(found.shared[0].id)}"
    lines.append(f"Try next: {tries}  |  riskgraph blast {handles[0]} {handles[1]}")
    return "\n".join(line for line in lines if line) + "\n"


def _shared(found: Common, shared: Shared) -> str:
    dataset = found.graph.dataset
    kind = kind_word(dataset.entities[shared.id].kind)
    ways = " ".join(way for way in (_way(found, shared.first), _way(found, shared.second)) if way)
    return f"{short_name(dataset, shared.id)} ({kind}, {band_phrase(shared.band)}): {ways}"


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


def _measures(found: Common, first: str, second: str) -> list[str]:
    one, two, either = found.rests_on
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
        proofs = [proof for shared in found.shared for proof in (shared.first, shared.second) if proof is not None]
        whole = {id_.partition("/")[0] for id_ in (found.first, found.second)}
        who = "they" if all(proof.body in whole for proof in proofs) else "the parts named"
        lines.append(f"If {who} back each other up, one failure is enough where it should take two.")
    return lines


def _unknown(found: Common) -> str:
    if not found.unknown:
        return ""
    dataset = found.graph.dataset
    by_what: dict[str, list[str]] = {}
    for unknown in found.unknown:
        by_what.setdefault(unknown.what, []).append(short_name(dataset, unknown.body))
    parts = [f"{what}, for {join(names, NAMES)}" for what, names in by_what.items()]
    return f"Not known, {len(found.unknown)}: {'; '.join(parts)}."


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
