"""Ranked questions: what to ask first, whom, and what each answer would settle."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.answer import as_words
from riskgraph.analysis.ranked import RankedQuestions, Worth
from riskgraph.render.blocks import Items, Text
from riskgraph.render.gaps import addressee
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page
from riskgraph.render.words import bodies, join, plural, root_name, short_name

__all__ = ["page"]


def page(found: RankedQuestions) -> Page:
    """The questions in order, each with whom to ask and what hangs on it."""
    dataset = found.graph.dataset
    about = join(root_name(dataset, root) for root in found.roots)
    high = sum(high for high, _ in found.gaps.values())
    low = sum(low for _, low in found.gaps.values())
    gap = (
        f"{high:,.0f} public bodies cannot be ruled out, {low:,.0f} are documented; "
        f"of the {high - low:,.0f} between, answers can settle {found.open:,}"
    )
    data = dates_of(dataset, found.question.view)
    if not found.roots:
        return Page(f"0 questions: no body or place has a gap between documented and not ruled out ({data}).")
    chosen = "" if found.question.roots else f", the {len(found.roots)} with the widest gaps"
    if not found.questions:
        return Page(f"0 questions about {about}{chosen} would settle anything by themselves ({gap}; {data}).")
    items = tuple(
        f"To {addressee(dataset, one.question.dependent)}: {as_words(one.question, dataset)}\n   {_worth(found, one)}"
        for one in found.questions
    )
    first = found.graph.names.handle(found.roots[0])
    return Page(
        f"{plural(len(found.questions), 'question')} of {found.considered:,} would settle most about {about}{chosen} "
        f"({gap}; {data}).",
        (
            Items(items, ordered=True),
            Text(
                "Worth: by how much an answer is expected to shrink the gap, in public bodies, if a good answer has a "
                f"chance of {found.prior:.0%}; tried on a copy of the map. Roots fail one at a time."
            ),
        ),
        (f"riskgraph data ask --root {first}", f"riskgraph fixes {first} --band not-ruled-out"),
    )


def _worth(found: RankedQuestions, one: Worth) -> str:
    dataset = found.graph.dataset
    good = f"{_names(found, one.leave)} no longer in doubt" if one.leave else "nobody leaves"
    bad = f"{_names(found, one.join)} documented" if one.join else "nobody becomes documented"
    other = sorted({*one.leave, *one.join})
    count = f" ({bodies(dataset, other)})" if len(other) > 3 else ""
    return f"Worth {one.value:g}: if good, {good}; if bad, {bad}{count}."


def _names(found: RankedQuestions, ids: Sequence[str]) -> str:
    return join((short_name(found.graph.dataset, body) for body in ids), 3)
