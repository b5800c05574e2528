"""What may no longer be true, in words: each doubt as a sentence with what to do, and all of them by check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from riskgraph.analysis.answer import as_words
from riskgraph.analysis.doubts import Advice, MapDoubt
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.words import area_label, full_name, join, plural, row_phrase, short_name

__all__ = ["doubt_blocks"]

_SHOWN = 3  # doubts of each check in the text
_HEADS = {
    "end-in-words": "A source tells of an end or a term, the row gives no end",
    "two-runners": "Two bodies run one service of one body",
    "two-products": "Two products of one kind at one body",
    "supplier-gone": "A supplier may have left the market, rows of it are open",
    "owner-old": "Nobody has named the owner or maker for five years",
}
_GAVE_WAY = "End the row that gave way (valid_to), or add a newer source to both."
_TO_DO = {
    "end-in-words": "If it is over, fill in valid_to; if it goes on, add a newer source.",
    "two-runners": _GAVE_WAY,
    "two-products": _GAVE_WAY,
    "supplier-gone": "Give the rows that are over an end in valid_to.",
    "owner-old": "Add a newer source; or end the row, and add who took over.",
}


@as_words.register
def _said(doubt: MapDoubt, dataset: Dataset) -> str:
    """A doubt as one sentence."""
    seen = f"last seen {in_words(doubt.seen)}" if doubt.seen else "with no date"
    if doubt.check == "supplier-gone":
        name, some = full_name(dataset, doubt.about), plural(len(doubt.others), "open row")
        if doubt.what == "failed":
            when = f" of {in_words(doubt.end)}" if doubt.end else ""
            return f"{name} has {some}, though an incident{when} says that it failed."
        if doubt.what == "noted":
            return f'{name} has {some}, though its note says: "{doubt.words}".'
        return f"{name} has {some}, though it has lost customers and was last seen anywhere in {in_words(doubt.seen or '')}."
    row = dataset.relations[doubt.about]
    name = short_name(dataset, row.dependent)
    if doubt.check in {"two-runners", "two-products"}:
        rows = [dataset.relations[id_] for id_ in (doubt.about, *doubt.others)]
        names = join(dict.fromkeys(full_name(dataset, one.provider) for one in rows))
        area = f" for {area_label(row.service_area)}" if row.service_area else ""
        return f"{name} has more than one {doubt.what}{area}: {names}. {full_name(dataset, row.provider)}: {seen}."
    said = f"{name} {row_phrase(dataset, row)}, {seen}"
    if doubt.check == "owner-old":
        return f"{said}."
    end = f", which would be over by {in_words(doubt.end)}" if doubt.end else ""
    return f'{said}: "{doubt.words}"{end}.'


@as_words.register
def _advised(advice: Advice, dataset: Dataset) -> str:
    """What to do about a doubt, with the command that shows the sources."""
    return f"{_TO_DO[advice.doubt.check]} Its sources: riskgraph show {advice.doubt.subject(dataset)} --evidence"


def doubt_blocks(dataset: Dataset, doubts: tuple[MapDoubt, ...]) -> Iterator[Block]:
    """The first few doubts of each check, with how many there are."""
    by_check: dict[str, list[MapDoubt]] = defaultdict(list)
    for doubt in doubts:
        by_check[doubt.check].append(doubt)
    for check, some in by_check.items():
        more = f"and {len(some) - _SHOWN:,} more" if len(some) > _SHOWN else ""
        yield Text(f"\n{_HEADS[check]} ({len(some):,}) [{check}]:")
        said = [str(as_words(one, dataset)) for one in some[:_SHOWN]]
        yield Items((*said, *([more] if more else [])))
        yield Text(_TO_DO[check])
