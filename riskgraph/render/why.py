"""Proofs in one sentence each, with the evidence of every step; and what keeps a body out."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.question import Question
from riskgraph.analysis.why import Barrier, Chain, Obstacle, Why, WhyNot
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import KINDS, Band, FailureKind, Relation
from riskgraph.render.headline import failing
from riskgraph.render.page import Page, paragraphs, spaced
from riskgraph.render.words import (
    area_label,
    assumption,
    band_phrase,
    capital,
    full_name,
    join,
    plural,
    root_name,
    row_phrase,
    sentence,
)

__all__ = ["evidence_lines", "not_page", "page"]


def _asked(question: Question, dataset: Dataset) -> str:
    """What is supposed, with its full names."""
    roots = join(root_name(dataset, root) for root in question.roots)
    date = in_words(dataset.info.as_of)
    return f"if {roots} {failing(question.kinds, len(question.roots))} (data of {date})"


def page(why: Why, *, evidence: bool = True, limit: int = 10) -> Page:
    """Every minimal proof in one sentence, with the evidence and what was assumed."""
    dataset, names = why.graph.dataset, why.graph.names
    name, supposed = full_name(dataset, why.body), _asked(why.question, dataset)
    handles = " ".join(map(names.handle, why.question.roots))
    if not why.chains:
        again = f"riskgraph why --not {names.handle(why.body)} {handles}"
        return Page(f"0 routes: {name} could not be reached {supposed}.", (), (again,))
    count = len(why.chains) + why.unlisted
    more = "" if why.complete else " at least"
    lines = []
    for number, chain in enumerate(why.chains[:limit], 1):
        lines += ["", f"{number}. {sentence(dataset, chain.best)}", f"   {_bands(chain)}"]
        lines += [f"   {line}" for line in _assumed(dataset, chain)]
        if evidence:
            for row in chain.rows:
                lines += [f"   {line}" for line in evidence_lines(dataset, dataset.relations[row])]
    if count > limit:
        lines += ["", f"And {plural(count - limit, 'route')} more: use --limit."]
    return Page(
        f"{plural(count, 'route')}{more} by which {name} could be reached {supposed}.",
        spaced(lines),
        (f"riskgraph chokepoints {handles}", f"riskgraph calls {handles}"),
    )


def _bands(chain: Chain) -> str:
    by_band: dict[Band, list[str]] = {}
    for kind in KINDS:
        if kind in chain.proofs:
            by_band.setdefault(chain.proofs[kind].band, []).append(kind.effect)
    parts = [f"{capital(join(effects))}: {band_phrase(band)}" for band, effects in sorted(by_band.items())]
    hops = chain.best.hops
    return f"{'. '.join(parts)}. {plural(hops, 'step')}."


def _assumed(dataset: Dataset, chain: Chain) -> list[str]:
    found = {
        assumption(dataset, assumed): None
        for kind, proof in chain.proofs.items()
        for via in proof.vias
        for assumed in via.step.assumptions(kind)
    }
    lines = [capital(words) + "." for words in found]
    if any(proof.doubtful_redundancy for proof in chain.proofs.values()):
        lines.append("An alternative is recorded, but not surely enough to reassure in this band.")
    return lines


def evidence_lines(dataset: Dataset, row: Relation) -> list[str]:
    """The row in words and each item of its evidence: grade, publisher, date, what it is about, address."""
    lines = [f"* {full_name(dataset, row.dependent)} {row_phrase(dataset, row)}"]
    if not row.evidence:
        lines.append(f"  - {dataset.info.own_register}: the register itself, {in_words(dataset.info.as_of)}")
    for id_ in row.evidence:
        item = dataset.evidence[id_]
        stance = "" if item.stance == "supports" else "disputes it: "
        about = f", about {item.about.replace('_', ' ')}" if item.about else ""
        date = in_words(item.published) if item.published else "undated"
        lines.append(
            f"  - {stance}{item.confidence}, {item.publisher or 'publisher not known'}, {date}{about}: {item.url or 'no address'}"
        )
    return lines


def not_page(answer: WhyNot) -> Page:
    """What keeps a body out, fact by fact with its source."""
    question, dataset, handle = answer.question, answer.graph.dataset, answer.graph.names.handle
    name, supposed = full_name(dataset, answer.body), _asked(question, dataset)
    if answer.body in question.roots:
        return Page(f"{name} is what was asked about.")
    if not answer.connected and answer.band is None:
        roots = join(root_name(dataset, root) for root in question.roots)
        date = in_words(dataset.info.as_of)
        return Page(
            f"0 routes: nothing in this data joins {name} to {roots}, at any date (data of {date}).",
            paragraphs("That may be a gap of the map and not a fact of the world."),
            (f"riskgraph show {handle(answer.body)}",),
        )
    if answer.band is not None:
        words = "cannot be ruled out" if answer.band is Band.NOT_RULED_OUT else f"could be reached ({answer.band.word})"
        first = f"{name} is not kept out: it {words} {supposed}."
    else:
        first = f"0 routes carry harm to {name} {supposed}."
        if answer.in_ring:
            first += " It is in the precaution ring: it shares a place or a link with what could be reached."
    lines = []
    for number, (rows, facts) in enumerate(answer.paths, 1):
        lines += ["", f"{number}. {_path(dataset, [dataset.relations[row] for row in rows])}"]
        lines += [f"   - {_fact(dataset, fact, question.kinds)}" for fact in facts]
        if not facts:
            lines.append("   - nothing stops it: it is reached this way")
    again = f"riskgraph why {handle(answer.body)} {' '.join(map(handle, question.roots))}"
    return Page(first, spaced(lines), (again,) if answer.band is not None else ())


def _path(dataset: Dataset, rows: Sequence[Relation]) -> str:
    parts = [f"{full_name(dataset, row.dependent)} {row_phrase(dataset, row)}" for row in reversed(rows)]
    return "; ".join(parts) + "."


def _fact(dataset: Dataset, fact: Obstacle, asked: Sequence[FailureKind]) -> str:
    row = dataset.relations[fact.row] if fact.row is not None else None
    body = full_name(dataset, fact.body) if fact.body is not None else ""
    kinds = "" if set(fact.kinds) >= set(asked) else f" ({join(str(kind) for kind in fact.kinds)})"
    source = _source(dataset, row)
    if fact.barrier is Barrier.ENDED and row is not None:
        ended = f"ended in {in_words(row.valid_to)}" if row.valid_to else "ended with one of its bodies"
        return f"It {ended}{kinds}.{source}"
    if fact.barrier is Barrier.NOT_BEGUN and row is not None:
        return f"It had not begun: it starts {in_words(row.valid_from or '')}.{source}"
    if fact.barrier is Barrier.NOT_COUNTED:
        return f"It does not count here: not known at the time, or outside the lifetime of a body.{source}"
    if fact.barrier is Barrier.OTHER_LINE and row is not None:
        return f"It is another line of {body}: this one is {area_label(row.service_area)}{kinds}.{source}"
    if fact.barrier is Barrier.NOT_LIKELY:
        return f"It goes on from {body} only where that is likely to be reached, and it is not{kinds}.{source}"
    if fact.barrier is Barrier.ONE_LINE:
        return f"Only a part of what {body} does for others could be reached, not all of it{kinds}."
    if fact.barrier is Barrier.ABSORBED:
        return f"Harm to what {body} buys ends there{kinds}."
    if fact.barrier is Barrier.BACKED_UP and row is not None:
        return f"{body} has another: {full_name(dataset, row.provider)} would have to fail too{kinds}.{source}"
    if fact.barrier is Barrier.UNSURE:
        return f"Not known enough{kinds}: {fact.reason}{source}"
    return f"Nothing passes{kinds}: {fact.reason}{source}"


def _source(dataset: Dataset, row: Relation | None) -> str:
    if row is None:
        return ""
    items = [dataset.evidence[id_] for id_ in row.evidence]
    if not items:
        return " Source: the register itself."
    item = min(items, key=lambda item: (item.stance != "supports", item.grade, item.id))
    return f" Source: {item.publisher or 'publisher not known'}, {in_words(item.published) if item.published else 'undated'}, {item.url or 'no address'}"
