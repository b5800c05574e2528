"""Every answer in every format: text and HTML from its page; table, CSV and JSON from the answer itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from riskgraph.analysis.answer import Answer
from riskgraph.dates import in_words
from riskgraph.render.blocks import Block, Text
from riskgraph.render.page import WIDTH, Page, as_text, paragraphs
from riskgraph.render.tables import as_csv, as_json, as_table
from riskgraph.render.words import capital, data_of, not_found, scope_phrase

if TYPE_CHECKING:
    from riskgraph.render.exercise import Sheet

__all__ = ["page_html", "sheet_html", "write"]


def write(answer: Answer, page: Callable[[], Page], format_: str) -> str:
    """An answer in one format.

    Parameters
    ----------
    page
        Makes the page; only text and HTML need it.
    format_
        `text`, `html`, `table`, `json` or `csv`.
    """
    if format_ == "json":
        return as_json(answer.to_dict())
    if format_ == "csv":
        return as_csv(*answer.table())
    if format_ == "table":
        return "\n".join(as_table(*_terminal(answer, name)) for name in _shown(answer))
    made = page()
    made = replace(made, lead=_lead(answer, made.lead), blocks=(*_scope(answer, made.lead), *made.blocks))
    return page_html(answer, made) if format_ == "html" else as_text(made, WIDTH)


def _lead(answer: Answer, lead: str) -> str:
    """A first line with whom it speaks of, where it does not say so itself, and with both dates of a laid map."""
    dataset, question = answer.graph.dataset, answer.question
    scope, dated = _scope_words(answer, lead), f"data of {in_words(dataset.info.as_of)}"
    if scope and scope not in lead:
        for date in (dated, f"as of {in_words(question.view.as_of)}"):
            if date in lead:
                lead = lead.replace(date, f"{scope}; {date}", 1)
                break
    return lead.replace(dated, data_of(dataset)) if dataset.laid else lead


def _scope(answer: Answer, lead: str) -> tuple[Text, ...]:
    """What stands below the first line: scope and dates, if the line has no place for them, and who was not found."""
    scope, dataset, lead = _scope_words(answer, lead), answer.graph.dataset, _lead(answer, lead)
    dates = data_of(dataset) if dataset.laid else ""
    return paragraphs(
        f"Asked {scope}." if scope not in lead else "",
        f"{capital(dates)}." if dates not in lead else "",
        not_found(answer.question.selection),
    )


def _scope_words(answer: Answer, lead: str) -> str:
    """The scope as the first line says it, or else with everybody who is in it."""
    chosen, dataset, day = answer.question.selection, answer.graph.dataset, answer.question.view.as_of
    short = scope_phrase(chosen, dataset, day) if chosen else ""
    return short if not short or short in lead else scope_phrase(chosen, dataset, day, others=True)


def _shown(answer: Answer) -> list[str]:
    """The tables that a terminal shows: of several, those that hold anything."""
    first = answer.form.tables[0].name
    return [name for name in answer.form.shown if answer.table(name)[1]] or [first]


def _terminal(answer: Answer, name: str) -> tuple[list[str], list[Sequence[object]]]:
    """One table with the columns that a terminal shows."""
    header, rows = answer.table(name)
    shown = next(form for form in answer.form.tables if form.name == name).terminal or header
    at = [header.index(column) for column in shown]
    return [column.replace("_", " ") for column in shown], [[row[n] for n in at] for row in rows]


@dataclass(frozen=True)
class _Shown:
    """What the template of an answer shows."""

    kicker: str
    title: str
    blocks: tuple[Block, ...]
    next: tuple[str, ...]
    bodies: int


def page_html(answer: Answer, page: Page) -> str:
    """The page of an answer, complete in itself, under the marking of its data."""
    lead = page.lead.removesuffix(f" {answer.graph.dataset.info.marking}")  # it stands at the head of the page
    kicker = f"riskgraph {answer.form.word}"
    shown = _Shown(kicker, lead, page.blocks, page.next, answer.question.bodies)
    return _html(answer, "answer.html", shown, page.marking)


def sheet_html(answer: Answer, sheet: Sheet) -> str:
    """One sheet of an exercise, complete in itself and made to be printed."""
    return _html(answer, "sheet.html", sheet, sheet.marking)


def _html(answer: Answer, template: str, shown: object, least: str) -> str:
    # the room of reports loads NumPy: text, the usual format, does not wait for it
    from riskgraph.report.files import Origin, html
    from riskgraph.report.marking import Tlp, mark

    info = answer.graph.dataset.info
    marking = mark(info.marking, Tlp.AMBER)
    if least:
        marking = replace(marking, tlp=max(marking.tlp, Tlp.of(least)))
    day = answer.question.view.as_of.isoformat()
    origin = Origin(info.title, info.as_of, answer.graph.dataset.digest, 0, 0, {}, "", day, "1")
    return html(template, shown, marking, origin)
