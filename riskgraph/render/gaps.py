"""Gaps, questions ready to mail, and what a check of the data found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from riskgraph.analysis.answer import as_words
from riskgraph.analysis.blanks import SupplierQuestion
from riskgraph.analysis.blast import OpenQuestion
from riskgraph.analysis.data_answers import DataCheck
from riskgraph.analysis.doubts import DOUBTS
from riskgraph.analysis.gaps import Ask, Gaps
from riskgraph.data.checks import CHECKS
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import SUPPLIER
from riskgraph.render.blocks import Block, Cell, Items, Table, Text
from riskgraph.render.doubts import doubt_blocks
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, answer_table, paragraphs
from riskgraph.render.words import area_label, bodies, full_name, join, plural, root_name, short_name

__all__ = ["addressee", "ask_page", "check_page", "gaps_page", "question_text", "supplier_text"]


def check_page(found: DataCheck) -> Page:
    """What was checked, what is doubtful, and what may no longer be true; errors never get here."""
    dataset, doubts = found.graph.dataset, found.doubts
    count = len(dataset.warnings)
    told = f"\n{plural(len(doubts), 'doubt')}: nothing is wrong with these rows, but they may no longer be true."
    first = [next(doubts_of) for _, doubts_of in groupby(doubts, lambda one: one.check)]
    return Page(
        f"{plural(count, 'warning')}, no error: {len(dataset.entities):,} bodies and places, "
        f"{plural(len(dataset.records('relations')), 'relation')}, {plural(len(dataset.records('evidence')), 'item')} of evidence "
        f"in {dataset.info.title} (data of {in_words(dataset.info.as_of)}).",
        (
            Text(
                f"Checked: every cell against its column, and {plural(len(CHECKS) + len(DOUBTS), 'rule')} over the rows."
            ),
            Items(tuple(map(str, dataset.warnings[:50]))),
            *paragraphs(f"... and {count - 50} more: use --format csv" if count > 50 else ""),
            *paragraphs(told if doubts else ""),
            *doubt_blocks(dataset, doubts),
        ),
        (
            *dict.fromkeys(f"riskgraph show {one.subject(dataset)} --evidence" for one in first),
            *(("riskgraph data check --format csv",) if doubts else ()),
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
    tables = [_short(answer_table(gaps, name, limit), caption) for name, caption in _COVERAGE.items()]
    return Page(
        f"{plural(blank, 'blank')} matter in {plural(gaps.rows, 'row')} in force ({dates_of(dataset, gaps.question.view)}).",
        (Items(tuple(items)), *(table for table in tables if table.rows), *_no_source(gaps)),
        ("riskgraph data ask", "riskgraph data gaps --format csv"),
    )


def _no_source(gaps: Gaps, most: int = 3) -> Iterator[Block]:
    """The first questions that no source answers."""
    if not gaps.questions:
        return
    header, rows = gaps.table("questions")
    name, question = header.index("name"), header.index("question")
    left = len(rows) - most
    yield Text(f"\n{plural(len(rows), 'question')} that no source answers, so they are no rows:")
    yield Items(tuple(f"{row[name]}: {row[question]}" for row in rows[:most]))
    yield from paragraphs(f"... and {left} more: use --format table" if left > 0 else "")


_COVERAGE = {
    "bodies": "Known of each body, in percent of its rows, most blanks first",
    "products": "Known users of each product, of the bodies known in that service area",
}
_HEADS = {
    "data_known": "Data",
    "hosting_known": "Hosting",
    "end_known": "End",
    "fresh": "Seen in a year",
    "known_in_area": "Of",
}


def _short(table: Table, caption: str) -> Table:
    """A table with a caption and short heads, without empty columns; an empty cell: no row on which it matters."""
    told = [n for n in range(len(table.columns)) if any(row[n] is not None for row in table.rows)]
    heads = [table.columns[n] for n in told]
    return replace(
        table,
        caption=caption,
        columns=tuple(replace(one, label=_HEADS.get(one.key, one.label)) for one in heads),
        rows=tuple(tuple(_cell(one.key, row[n]) for n, one in zip(told, heads, strict=True)) for row in table.rows),
        note=table.note.replace("--format csv", "--format table"),  # of CSV there is one table only
    )


def _cell(key: str, value: Cell) -> Cell:
    """A flag and a service area as people say them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return area_label(str(value)) if key == "area" and value else value


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


@as_words.register
def _said_once(question: SupplierQuestion, dataset: Dataset) -> str:
    return supplier_text(dataset, question)


def supplier_text(dataset: Dataset, question: SupplierQuestion, most: int = 5) -> str:
    """One question to a supplier about several of its customers, and then their names."""
    users = sorted({dataset.usual_name(dataset.relations[row].dependent) for row in question.rows})
    thing = "" if question.thing == question.dependent else full_name(dataset, question.thing)
    of = f" for {thing}" if thing else ""
    asked = {
        "hosting": f"For which of these do you run the servers{f' of {thing}' if thing else ''}, and where?",
        "access": f"What way into systems or data do you have{of} at each of these?",
        "data_returned": f"What data do you still hold of these former customers{of}?",
    }.get(
        question.field,
        f"What personal data {f'lies in {thing}' if thing else 'do you hold'} for these, and any of special category?",
    )
    return f"{asked} {join(users, most)}."


def ask_page(ask: Ask, limit: int = 10) -> Page:
    """The questions as short letters: to suppliers first, whose answers settle most, then to each body."""
    dataset = ask.graph.dataset
    roots = ask.question.roots
    about = f" about {join(root_name(dataset, root) for root in roots)}" if roots else ""
    if not ask.questions:
        return Page(f"0 questions{about}: nothing hangs on a blank of this data.")
    count = plural(len(ask.letters), "body", "bodies")
    dated = f"({dates_of(dataset, ask.question.view)})"
    lead = f"{plural(ask.questions, 'question')}{about} for {count} {dated}."
    blocks: list[Block] = []
    if ask.suppliers:
        settled = sorted({body for questions in ask.suppliers.values() for one in questions for body in one.bodies})
        first = next(iter(ask.suppliers))
        questions = sum(map(len, ask.suppliers.values()))
        whom = short_name(dataset, first) if len(ask.suppliers) == 1 else plural(len(ask.suppliers), "supplier")
        lead = f"{plural(questions, 'question')} to {whom} first would settle blanks of {bodies(dataset, settled)} {dated}."
        for whom, some in list(ask.suppliers.items())[:limit]:
            blocks.append(Text(f"\nTo {addressee(dataset, whom)}:"))
            blocks += _numbered([f"{bodies(dataset, one.bodies)}: {supplier_text(dataset, one)}" for one in some])
        blocks.append(Text(f"\nUntil they answer: {plural(ask.questions, 'question')} for {count}, one by one."))
    room = max(0, limit - len(ask.suppliers))
    for whom, several in list(ask.letters.items())[:room]:
        blocks.append(Text(f"\nTo {addressee(dataset, whom)}:"))
        blocks += _numbered(_distinct(dataset, several))
        others = sorted({body for question in several for body in question.bodies if body != whom})
        named = join((dataset.usual_name(b) for b in others), 5)
        blocks += paragraphs(f"   (It would also settle the answer for {named}.)" if others else "")
    left = len(ask.letters) + len(ask.suppliers) - limit
    rest = (
        f"\nAnd {plural(left, 'more body', 'more bodies')}: use --limit, or --format csv for all." if left > 0 else ""
    )
    tries: tuple[str, ...] = ()
    if ask.suppliers:
        tries = (f"riskgraph data ask --letter --root {ask.graph.names.handle(next(iter(ask.suppliers)))}",)
    return Page(lead, (*blocks, *paragraphs(rest)), tries)


def _numbered(items: Sequence[str], most: int = 8) -> list[Block]:
    """The first questions of a letter, and how many more there are."""
    left = len(items) - most
    more = f"   and {plural(left, 'more question')}: --format csv has all" if left > 0 else ""
    return [Items(tuple(items[:most]), ordered=True), *paragraphs(more)]


def _distinct(dataset: Dataset, questions: Sequence[OpenQuestion]) -> list[str]:
    return list(Counter(question_text(dataset, question) for question in questions))


def addressee(dataset: Dataset, whom: str) -> str:
    """Whom to ask, and who answers there."""
    role = "account manager" if dataset.entities[whom].kind == SUPPLIER else "ICT or contract lead"
    return f"{full_name(dataset, whom)}, {role}"
