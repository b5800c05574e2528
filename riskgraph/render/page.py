"""What a page is: a first line, blocks, and what to try next. `riskgraph.render.writers` writes it in every format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap

from riskgraph.analysis.answer import Answer, Column, Type
from riskgraph.model import Band
from riskgraph.render.blocks import Block, Cell, Heading, Items, Table, Text
from riskgraph.render.tables import as_table

__all__ = ["WIDTH", "Page", "answer_table", "as_text", "paragraphs", "spaced"]

WIDTH = 118  # characters of a line that somebody reads aloud
_NEXT, _OR = "Try next: ", "  |  "


@dataclass(frozen=True)
class Page:
    """One answer for people.

    Attributes
    ----------
    lead
        The first line: the most useful truth, made to be read aloud.
    blocks
        Paragraphs, lists, tables and pictures, in order.
    next
        Commands to try next, each of which works as printed.
    marking
        The least label that the page may carry, where it holds more than its data; text ends the first line
        with it. Empty: that of the data.
    """

    lead: str
    blocks: tuple[Block, ...] = ()
    next: tuple[str, ...] = ()
    marking: str = ""


def paragraphs(*words: str) -> tuple[Text, ...]:
    """Paragraphs of those words that say anything."""
    return tuple(Text(one) for one in words if one)


def spaced(lines: Iterable[str]) -> tuple[Text, ...]:
    r"""Lines as paragraphs; an empty one leaves room before the next.

    Examples
    --------
    >>> spaced(["one", "", "two"])
    (Text(words='one'), Text(words='\ntwo'))
    """
    made, room = [], ""
    for line in lines:
        if line:
            made.append(Text(room + line))
        room = "" if line else "\n"
    return tuple(made)


def as_text(page: Page, width: int | None = None) -> str:
    """The page as text, to read in a terminal or paste into a message.

    Parameters
    ----------
    width
        Characters after which a paragraph or an item goes on in the next line; tables and commands never do.

    Examples
    --------
    >>> page = Page("3 councils could be reached.", (Items(("one", "two")),), ("riskgraph why dover civica",))
    >>> print(as_text(page), end="")
    3 councils could be reached.
    - one
    - two
    Try next: riskgraph why dover civica
    """
    lines = _wrapped(f"{page.lead} {page.marking}".rstrip(), width)
    for block in page.blocks:
        if isinstance(block, Text):
            lines += _wrapped(block.words, width)
        elif isinstance(block, Items):
            for n, item in enumerate(block.items, 1):
                lines += _wrapped(f"{f'{n}.' if block.ordered else '-'} {item}", width, "  ")
        elif isinstance(block, Table):
            lines += ["", f"{block.caption}:", *_table_lines(block)]
    if page.next:
        lines.append(_NEXT + _OR.join(page.next))
    return "\n".join(lines) + "\n"


def _wrapped(words: str, width: int | None, indent: str = "") -> list[str]:
    if width is None:
        return [words]
    made = []
    for line in words.split("\n"):
        hang = indent or " " * len(re.match(r" *(\d+\. )?", line)[0])  # type: ignore[index]
        lines = wrap(line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
        made += lines or [""]
    return made


def _table_lines(table: Table) -> list[str]:
    if not table.rows:
        return [table.empty]
    shown = as_table([column.label for column in table.columns], [[_said(cell) for cell in row] for row in table.rows])
    return [*shown.rstrip("\n").split("\n"), *([table.note] if table.note else [])]


def _said(cell: Cell) -> str | int | float | None:
    return cell.word if isinstance(cell, Band) else cell


_KINDS: dict[Type, str] = {"integer": "number", "number": "number", "date": "date", "band": "band"}


def answer_table(answer: Answer, name: str = "", most: int | None = None) -> Table:
    """One table of an answer as a block of a page, cut after some rows."""
    form = next(form for form in answer.form.tables if name in {"", form.name})
    at = [n for n, column in enumerate(form.columns) if not form.terminal or column.name in form.terminal]
    rows = answer.table(form.name)[1]
    cut = rows if most is None else rows[:most]
    left = len(rows) - len(cut)
    return Table(
        form.name,
        form.says[:1].upper() + form.says[1:],
        tuple(_head(form.columns[n]) for n in at),
        tuple(tuple(row[n] for n in at) for row in cut),
        note=f"{left:,} more rows: use --format csv, or to_frame() in Python." if left else "",
    )


def _head(column: Column) -> Heading:
    kind = _KINDS.get(column.type, "text")
    return Heading(column.name, column.name.replace("_", " ").capitalize(), kind)  # type: ignore[arg-type]
