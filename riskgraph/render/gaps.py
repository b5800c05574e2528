"""Gaps, questions ready to mail, and what a check of the data found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from riskgraph.analysis.answer import as_words
from riskgraph.analysis.blast import OpenQuestion
from riskgraph.analysis.data_answers import DataCheck
from riskgraph.analysis.gaps import Ask, Gaps
from riskgraph.data.checks import CHECKS
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import SUPPLIER
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, full_name, join, plural, root_name

__all__ = ["addressee", "ask_page", "check_page", "gaps_page", "question_text"]


def check_page(found: DataCheck) -> Page:
    """What was checked and what is doubtful; errors never get here."""
    dataset = found.graph.dataset
    count = len(dataset.warnings)
    return Page(
        f"{plural(count, 'warning')}, no error: {len(dataset.entities):,} bodies and places, "
        f"{plural(len(dataset.relations), 'relation')}, {plural(len(dataset.evidence), 'item')} of evidence "
        f"in {dataset.info.title} (data of {in_words(dataset.info.as_of)}).",
        (
            Text(f"Checked: every cell against its column, and {plural(len(CHECKS), 'rule')} over the rows."),
            Items(tuple(map(str, dataset.warnings[:50]))),
            *paragraphs(f"... and {count - 50} more: use --format csv" if count > 50 else ""),
        ),
    )


_MEANING = {
    "data": "whether personal data lies there",
    "hosting": "who hosts it",
    "access": "what way in the supplier has",
}


def gaps_page(gaps: Gaps, limit: int = 10) -> Page:
    """Where the map is thin or stale, in about fifteen lines."""
    dataset = gaps.graph.dataset
    blank = sum(coverage.blank for coverage in gaps.fields.values())
    items = []
    for field, c in gaps.fields.items():
        if c.rows:
            assumed = f", assumed on {c.assumed:,}" if c.assumed else ""
            items.append(
                f"{field}, {_MEANING[field]}: known on {c.known:,} of {c.rows:,} rows{assumed}, blank on {c.blank:,}."
            )
    silent = f": {join((dataset.usual_name(b) for b in gaps.silent), 6)}" if gaps.silent else ""
    items += [
        f"service area: blank on {gaps.without_area:,} rows.",
        f"last evidenced over five years ago: {plural(len(gaps.old), 'row')}; undated: {len(gaps.undated):,}.",
        f"one source only: {plural(len(gaps.single_source), 'row')}; inferred: {len(gaps.inferred):,}; disputed: {len(gaps.disputed):,}.",
        f"public bodies of which nothing is known: {len(gaps.silent):,}{silent}.",
    ]
    most = [(body, counts) for body, counts in gaps.by_body.items() if counts[1]][:limit]
    named = join(f"{dataset.usual_name(b)} ({c[1]} in {c[0]} rows)" for b, c in most)
    return Page(
        f"{plural(blank, 'blank')} matter in {plural(gaps.rows, 'row')} in force (data of {in_words(dataset.info.as_of)}).",
        (Items(tuple(items)), *paragraphs(f"Most blanks: {named}." if most else "")),
        ("riskgraph data ask", "riskgraph data gaps --format csv"),
    )


@as_words.register
def _said(question: OpenQuestion, dataset: Dataset) -> str:
    return question_text(dataset, question)


def question_text(dataset: Dataset, question: OpenQuestion) -> str:
    """One question in words that can be mailed as it stands."""
    row = dataset.relations[question.row]
    provider = full_name(dataset, question.provider)
    area = f" for {area_label(row.service_area)}" if row.service_area else ""
    thing = full_name(dataset, row.provider)
    if question.field == "hosting":
        return f"Who runs the servers of your {thing}{area}: you, {provider}, a shared service or a cloud host?"
    if question.field == "access":
        return f"What way into your systems or data does {provider} have{area}: none, holds data, remote, administrator, or your network?"
    if question.field == "data_returned":
        ended = f", which ended {in_words(row.valid_to)}," if row.valid_to else ", which has ended,"
        return f"After the arrangement with {provider}{area}{ended} was your data returned or destroyed, and can you show it?"
    if question.field == "service_area":
        return f"For which service do you depend on {thing}?"
    if question.field == "shared_networks":
        return f"Do you share networks, accounts or systems with your owner {provider}?"
    return f"Does personal data lie with {thing}{area}: none, personal, or special category?"


def ask_page(ask: Ask, limit: int = 10) -> Page:
    """The questions as short letters, most telling first."""
    dataset = ask.graph.dataset
    roots = ask.question.roots
    about = f" about {join(root_name(dataset, root) for root in roots)}" if roots else ""
    if not ask.questions:
        return Page(f"0 questions{about}: nothing hangs on a blank of this data.")
    count = plural(len(ask.letters), "body", "bodies")
    blocks: list[Block] = []
    for whom, questions in list(ask.letters.items())[:limit]:
        blocks.append(Text(f"\nTo {addressee(dataset, whom)}:"))
        blocks.append(Items(tuple(_distinct(dataset, questions)), ordered=True))
        others = sorted({body for question in questions for body in question.bodies if body != whom})
        named = join((dataset.usual_name(b) for b in others), 5)
        blocks += paragraphs(f"   (It would also settle the answer for {named}.)" if others else "")
    more = plural(len(ask.letters) - limit, "more body", "more bodies")
    rest = f"\nAnd {more}: use --limit, or --format csv for all." if len(ask.letters) > limit else ""
    lead = f"{plural(ask.questions, 'question')}{about} for {count} (data of {in_words(dataset.info.as_of)})."
    return Page(lead, (*blocks, *paragraphs(rest)))


def _distinct(dataset: Dataset, questions: Sequence[OpenQuestion]) -> list[str]:
    return list(Counter(question_text(dataset, question) for question in questions))


def addressee(dataset: Dataset, whom: str) -> str:
    """Whom to ask, and who answers there."""
    role = "account manager" if dataset.entities[whom].kind == SUPPLIER else "ICT or contract lead"
    return f"{full_name(dataset, whom)}, {role}"
