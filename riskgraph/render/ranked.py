"""Ranked questions: what to ask first, whom, and what each answer would settle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from riskgraph.analysis.ranked import RankedQuestions, Worth
from riskgraph.dates import in_words
from riskgraph.model import SUPPLIER
from riskgraph.render.gaps import question_text
from riskgraph.render.words import bodies, full_name, join, plural, root_name, short_name

__all__ = ["csv_rows", "text", "to_json"]


def text(found: RankedQuestions) -> str:
    """The questions in order, each with whom to ask and what hangs on it."""
    dataset = found.graph.dataset
    about = join(root_name(dataset, root) for root in found.roots)
    high = sum(high for high, _ in found.gaps.values())
    low = sum(low for _, low in found.gaps.values())
    gap = (
        f"{high:,.0f} public bodies cannot be ruled out, {low:,.0f} are documented; "
        f"of the {high - low:,.0f} between, answers can settle {found.open:,}"
    )
    data = f"data of {in_words(dataset.info.as_of)}"
    if not found.roots:
        return f"0 questions: no body or place has a gap between documented and not ruled out ({data}).\n"
    chosen = "" if found.named else f", the {len(found.roots)} with the widest gaps"
    if not found.questions:
        return f"0 questions about {about}{chosen} would settle anything by themselves ({gap}; {data}).\n"
    lines = [
        f"{plural(len(found.questions), 'question')} of {found.considered:,} would settle most about {about}{chosen} "
        f"({gap}; {data})."
    ]
    for number, one in enumerate(found.questions, 1):
        who = one.question.dependent
        role = "account manager" if dataset.entities[who].kind == SUPPLIER else "ICT or contract lead"
        lines.append(f"{number}. To {full_name(dataset, who)}, {role}: {question_text(dataset, one.question)}")
        lines.append(f"   {_worth(found, one)}")
    lines.append(
        f"Worth: by how much an answer is expected to shrink the gap, in public bodies, if a good answer has a chance "
        f"of {found.prior:.0%}; tried on a copy of the map. Roots fail one at a time."
    )
    first = found.graph.names.handle(found.roots[0])
    lines.append(f"Try next: riskgraph data ask --root {first}  |  riskgraph fixes {first} --band not-ruled-out")
    return "\n".join(lines) + "\n"


def _worth(found: RankedQuestions, one: Worth) -> str:
    dataset = found.graph.dataset
    good = f"{_names(found, one.leave)} no longer in doubt" if one.leave else "nobody leaves"
    bad = f"{_names(found, one.join)} documented" if one.join else "nobody becomes documented"
    other = sorted({*one.leave, *one.join})
    count = f" ({bodies(dataset, other)})" if len(other) > 3 else ""
    return f"Worth {one.value:g}: if good, {good}; if bad, {bad}{count}."


def _names(found: RankedQuestions, ids: Sequence[str]) -> str:
    return join((short_name(found.graph.dataset, body) for body in ids), 3)


def to_json(found: RankedQuestions) -> dict[str, Any]:
    """The answer with each question in words."""
    value = found.to_dict()
    for entry, one in zip(value["questions"], found.questions, strict=True):
        entry["question"] = question_text(found.graph.dataset, one.question)
    return value


def csv_rows(found: RankedQuestions) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """One row for each question."""
    dataset = found.graph.dataset
    header = ("ask", "name", "question", "row", "field", "worth", "if_good", "if_bad", "leave", "join")
    rows: list[Sequence[Any]] = [
        (
            one.question.dependent,
            dataset.usual_name(one.question.dependent),
            question_text(dataset, one.question),
            one.question.row,
            one.question.field,
            one.value,
            one.if_good,
            one.if_bad,
            ";".join(one.leave),
            ";".join(one.join),
        )
        for one in found.questions
    ]
    return header, rows
