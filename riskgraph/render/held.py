"""What somebody holds of ours, in words: what is not known first, then special data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from riskgraph.analysis.held import STANDINGS, Held, Holding
from riskgraph.analysis.measure import is_council
from riskgraph.analysis.question import Question
from riskgraph.analysis.select import nothing_recorded
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of, name_of
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import (
    BY_LAW,
    area_label,
    band_phrase,
    capital,
    full_name,
    join,
    plural,
    root_name,
    scope_phrase,
    short_name,
)

__all__ = ["page", "scope_words"]


def scope_words(question: Question, ids: Iterable[str]) -> str:
    """Of how many some bodies are: "of your 14 members", "of 382 councils", or of all public bodies if some are no council.

    Parameters
    ----------
    ids
        The bodies that are counted.
    """
    chosen, dataset, day = question.selection, question.selection.graph.dataset, question.view.as_of
    others = not all(is_council(dataset, body) for body in ids)
    if chosen or not others:
        return scope_phrase(chosen, dataset, day, others=others)
    return f"of {plural(question.bodies, 'public body', 'public bodies')}"


def page(found: Held, limit: int = 20) -> Page:
    """The counts, of whom it is not known, then the rows, special data first, and past customers oldest first.

    Parameters
    ----------
    limit
        The most rows and the most names of each part.
    """
    dataset, roots = found.graph.dataset, found.question.roots
    who = join(root_name(dataset, root) for root in roots)
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    known = [one for one in found.holdings if one.until is None and one.band <= Band.POSSIBLE]
    items = Items(tuple(_line(found, one) for one in known[:limit]))
    handle = found.graph.names.handle(roots[0])
    people = sum(one.people is not None for one in known)
    unsaid = f"About how many people: known of {people} of {plural(len(known), 'row')}. " if known else ""
    return Page(
        f"{_headline(found, who)} ({dates_of(dataset, found.question.view)}).{marking}",
        (
            *paragraphs(_unknown(found, who, min(limit, 12))),
            *((items,) if known else ()),
            *paragraphs(
                f"And {plural(len(known) - limit, 'row')} more: use --limit, or --format csv."
                if len(known) > limit
                else "",
                _past(found, min(limit, 12)),
                _others(found, min(limit, 12)),
                f"{unsaid}Who is controller and who processor is not in this data.",
            ),
        ),
        (f"riskgraph data ask --root {handle}", f"riskgraph calls {handle} --like data-theft"),
    )


def _headline(found: Held, who: str) -> str:
    count = {word: len(found.bodies(word)) for word in STANDINGS}
    scope = scope_words(found.question, [*found.standing, *found.customers])
    said = []
    if count["have"]:
        verb = "has" if count["have"] == 1 else "have"
        said.append(f"{count['have']:,} {scope} {verb} data with {who}")
    if count["may"]:
        said.append(f"{count['may']:,} more may" if said else f"{count['may']:,} {scope} may have data with {who}")
    if count["can-reach"]:
        reach = f"{who} can reach data of {count['can-reach']:,}"
        said.append(f"it can reach those of {count['can-reach']:,}" if said else f"{reach} {scope}")
    if count["not-known"]:
        unknown = f"of {count['not-known']:,} it is not known"
        said.append(unknown if said else f"{capital(unknown)} whether {who} holds their data, {scope}")
    if count["past"] and not said:
        said.append(f"{plural(count['past'], 'past customer')} {scope} may have left data with {who}")
    if said:
        return "; ".join(said)
    if found.customers:
        return f"{plural(len(found.customers), 'customer')} {scope}, and no row says that {who} holds data of theirs"
    return f"No row of this map says that {who} holds data of any {scope}"


def _unknown(found: Held, who: str, most: int) -> str:
    names = [short_name(found.graph.dataset, body) for body in found.bodies("not-known")]
    nothing = nothing_recorded(found.question.selection, found.question.view)
    silent = [name_of(found.graph.dataset, body) for body in nothing if body not in found.standing]
    parts = (
        [f"Not known, {len(names):,}: {join(sorted(names), most)}. Ask {who} what it holds of each."] if names else []
    )
    parts += [f"Nothing at all is recorded of {join(silent, most)}."] if silent else []
    return " ".join(parts)


def _line(found: Held, one: Holding) -> str:
    dataset = found.graph.dataset
    kind = {None: "kind of data not known", "none": "no personal data", "special": "special category data"}.get(
        one.data, f"{one.data} data"
    )
    parts = [
        f"{short_name(dataset, one.body)}: {kind}{' (assumed)' if one.assumed else ''}",
        f"about {one.people:,} people" if one.people is not None else "",
        area_label(one.area),
        "" if one.thing in {*found.question.roots, one.through} else f"in {full_name(dataset, one.thing)}",
        f"through {full_name(dataset, one.through)}" if one.through else "",
        "it can reach them, and does not hold them" if one.how == "can reach" else "",
        f"since {in_words(one.since)}" if one.since else "",
        f"last seen {one.seen}"
        if one.seen is not None
        else BY_LAW
        if dataset.relations[one.row].by_law
        else "last seen not known",
    ]
    return f"{', '.join(part for part in parts if part)} ({band_phrase(one.band)})"


def _past(found: Held, most: int) -> str:
    """Contracts that are over, the oldest first, with the end and whether the data came back: past customers, then others."""
    dataset = found.graph.dataset
    gone: dict[str, str] = {}
    still: dict[tuple[str, str | None], str] = {}
    for one in found.past:
        end = f"until {in_words(one.until)}" if one.until else "end not known"
        told = f"{end}{', not returned' if one.returned == 'no' else ''}"
        if found.standing[one.body] == "past":
            gone.setdefault(one.body, f"{short_name(dataset, one.body)} ({told})")
        else:
            area = f"{area_label(one.area)}, " if one.area else ""
            still.setdefault((one.body, one.area), f"{short_name(dataset, one.body)} ({area}{told})")
    said = [
        f"{who}, {len(names)}: {join(names.values(), most)}."
        for who, names in (("Past customers", gone), ("Old contracts of present customers", still))
        if names
    ]
    return " ".join([*said, "Ask each for proof that the data came back or were destroyed."]) if said else ""


def _others(found: Held, most: int) -> str:
    """Customers by whose rows nothing is held."""
    by_name = defaultdict(list)
    for body in found.customers:
        by_name[short_name(found.graph.dataset, body)].append(body)
    if not by_name:
        return ""
    return capital(f"customers by whose rows no data are held, {len(found.customers)}: {join(sorted(by_name), most)}.")
