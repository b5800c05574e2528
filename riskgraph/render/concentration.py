"""A market in words: concentration, mergers, and a test by figures."""

from __future__ import annotations

from collections.abc import Callable

from riskgraph.analysis.concentration import Breakdown, Concentration
from riskgraph.analysis.hhi import HHI_BANDS, Index
from riskgraph.analysis.market import MOST_RANKS, Market, Trade
from riskgraph.analysis.mergers import Designation, Merger
from riskgraph.render.blocks import Items, Text
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, capital, class_word, full_name, join, plural, short_name, the_region

__all__ = [
    "apart",
    "band_sentences",
    "bounded",
    "breakdown_page",
    "concentration_page",
    "designation_page",
    "headline",
    "market_name",
    "merger_page",
]

CMA = "The UK's CMA has applied no threshold since 2021."
SUPPLIERS_SHOWN, PARTS_SHOWN, LONGEST = 5, 12, 115
WHATEVER = ", whatever the unknown ones use"
_NOUNS = {Trade.SYSTEMS: "system", Trade.SERVICES: "service"}


def _where(areas: frozenset[str]) -> str:
    return join(area_label(area) for area in sorted(areas)) if areas else "all service areas"


def market_name(market: Market) -> str:
    """A market in running text, such as "housing systems"."""
    trade = f"{_NOUNS[market.trade]}s" if market.trade else "systems and services"
    return f"{_where(market.areas)} {trade}" if market.areas else f"{trade} of {_where(market.areas)}"


def headline(answer: Concentration) -> tuple[str, str]:
    """The first line, the most useful truth of a market, and what is left for the second if it grows too long.

    Examples
    --------
    >>> from riskgraph.analysis.concentration import concentration
    >>> from riskgraph.graph import RiskGraph
    >>> headline(concentration(RiskGraph.open("uk"), "housing"))[0]
    'Locata Housing Services serves 45% of the 40 councils whose housing system is known.'
    """
    lead, dataset = answer.lead, answer.graph.dataset
    whole, known = len(lead.bodies), lead.known
    councils = _councils(answer)
    if not known:
        return f"0 of {whole:,} {councils(whole)} have a known supplier in {_where(lead.areas)}.", ""
    top = lead.shares[0]
    first = [s for s in lead.shares if (round(s.councils, 9), s.reach) == (round(top.councils, 9), top.reach)]
    names = join((full_name(dataset, share.supplier) for share in first), 3)
    if len(names) > LONGEST // 3 and len(first) > 2:
        names = f"{full_name(dataset, top.supplier)} and {len(first) - 1} more"
    elif len(first) > 1:
        names = join(short_name(dataset, share.supplier) for share in first)
    serve = f"{names} {'serves' if len(first) == 1 else 'each serve'} {100 * first[0].reach / known:.0f}%"
    thing = f"{_where(lead.areas)} {_NOUNS[lead.trade or Trade.SYSTEMS]}"
    if lead.trade is Trade.SERVICES:
        thing = f"{_where(lead.areas)} supplier"
    if not lead.areas:
        of, rest = (
            f"{serve} of the {known:,} {councils(known)} with any {_NOUNS[lead.trade or Trade.SYSTEMS]} on record",
            "",
        )
        if lead.unknown:
            rest = f"for {len(lead.unknown):,} of {whole:,} none is."
    elif not lead.unknown:
        of, rest = f"{serve} of all {whole:,} {councils(whole)}", f"the {thing} of each is known."
    else:
        of = f"{serve} of the {known:,} {councils(known)} whose {thing} is known"
        rest = f"for {len(lead.unknown):,} of {whole:,} it is not known."
    line = f"{of}; {rest}" if rest else f"{of}."
    return (line, "") if len(line) <= LONGEST else (f"{of}.", capital(rest))


def _councils(answer: Concentration) -> Callable[[int], str]:
    """Who makes up the market, after their number: of one class, of a region, of one's members."""
    chosen = answer.question.selection
    classes = sorted(chosen.classes)
    where = f" in {join(map(the_region, sorted(chosen.regions)), last='or')}" if chosen.regions else ""

    def said(count: int) -> str:
        if chosen.members is not None:
            return f"of your members{where}"
        return (class_word(classes[0], count) if len(classes) == 1 else "council" if count == 1 else "councils") + where

    return said


def apart(answer: Concentration) -> tuple[str, ...]:
    """What has no share of the market: services of central government, and the other trade."""
    national = (
        f"Counted apart: {service}, used by {plural(len(bodies), 'council')}. It is run for all of them: no council chooses it."
        for service, bodies in sorted(answer.market.national.items())
    )
    return (*national, *filter(None, [_other(answer)]))


def concentration_page(answer: Concentration) -> Page:
    """The market in plain sentences: the largest first, each figure with what the unknown could make of it."""
    return _page(answer, ())


def designation_page(answer: Designation) -> Page:
    """The market, and the test by figures for some of its providers."""
    return _page(answer.concentration, _tested(answer))


def _page(answer: Concentration, tested: tuple[str, ...]) -> Page:
    found, lead, dataset = answer.market, answer.lead, answer.graph.dataset
    line, second = headline(answer)
    councils = lead.by("councils")
    date = capital(dates_of(dataset, answer.question.view))
    if councils is None:
        return Page(line, paragraphs(f"{date}.", *apart(answer), *tested))
    top = lead.shares[0]
    people, owners = lead.by("residents"), lead.by("councils", owners=True)
    assert owners is not None
    suppliers = [
        f"{full_name(dataset, s.supplier)}: {plural(s.reach, 'council')}, {100 * s.councils / lead.known:.0f}%"
        for s in lead.shares[:SUPPLIERS_SHOWN]
    ]
    more = len(lead.shares) - SUPPLIERS_SHOWN
    hidden = [
        f"{full_name(dataset, r.provider)}: behind the suppliers of {plural(r.authorities, 'council')}, {r.rank} steps away"
        for r in found.ranks
        if r.hidden
    ][:SUPPLIERS_SHOWN]
    (area,) = found.areas if len(found.areas) == 1 else ("",)
    handle = found.graph.names.handle(top.supplier)
    areas = "".join(f" --area {one}" for one in sorted(found.areas))
    leans = _ranks(found)
    return Page(
        line,
        (
            *paragraphs(
                second,
                f"{date}: {lead.known:,} of {plural(len(lead.bodies), 'council')} known, {councils.known:.0f}%.",
                f"The largest share, a council with several suppliers in equal parts, is {bounded(councils, 'largest', '%')}.",
                f"The three largest have {bounded(councils, 'three', '%')}.",
                _sentence(councils, "effective", "That is as uneven as {} suppliers of equal size"),
                _sentence(councils, "hhi", "The HHI is {} of 10,000"),
                *band_sentences(councils),
                *apart(answer),
                f"By residents the largest share is {people.largest:.0f}%, the HHI {bounded(people, 'hhi')}."
                if people
                else "",
                *_values(lead),
                f"{_owners(answer, owners, councils)}",
                f"The suppliers of {market_name(lead)}:",
            ),
            Items(tuple(suppliers)),
            *paragraphs(
                f"And {more} more: --format csv has all." if more > 0 else "",
                "Leaned on directly or through others, by the share of councils known:" if leans else "",
            ),
            *((Items(leans),) if leans else ()),
            *paragraphs("Behind the suppliers, with no contract of their own:" if hidden else ""),
            *((Items(tuple(hidden)),) if hidden else ()),
            *paragraphs(*tested),
        ),
        (f"riskgraph blast {handle}/{area}" if area else f"riskgraph blast {handle}", f"riskgraph contracts{areas}"),
    )


def _open(found: Index, name: str = "hhi") -> bool:
    """Whether what is not known could change a figure."""
    return found.known < 99.95 and name in found.bounds


def _sentence(found: Index, name: str, words: str) -> str:
    """A figure in words, and between what it lies where something is not known."""
    value, _, spread = bounded(found, name).partition(", between")
    return words.format(value) + (f"; between{spread}{WHATEVER}." if spread else ".")


def bounded(found: Index, name: str, unit: str = "") -> str:
    """A figure, and between what it lies where something is not known.

    Examples
    --------
    >>> from riskgraph.analysis.hhi import index
    >>> found = index([40, 30, 20], unknown=10)
    >>> bounded(found, "largest", "%"), bounded(found, "hhi")
    ('44%, between 40% and 50%', '3,580, between 2,900 and 3,800')
    """

    def said(figure: float) -> str:
        digits = 1 if name == "effective" and figure < 10 else 0
        return f"{figure:,.{digits}f}{unit}"

    value = said(getattr(found, name))
    if not _open(found, name):
        return value
    low, high = found.bounds[name]
    return f"{value}, between {said(low)} and {said(high)}"


def band_sentences(found: Index) -> tuple[str, ...]:
    """What the guidelines that have bands call an index, and what they could with what is not known.

    Examples
    --------
    >>> from riskgraph.analysis.hhi import index
    >>> band_sentences(index([30, 30, 20, 20]))[0]
    'By the US guidelines of 2023 that is highly concentrated.'
    >>> band_sentences(index([30, 30], unknown=40))[0]
    'By the US guidelines of 2023 that is highly concentrated; the unknown ones could make it moderately concentrated.'
    """
    said = []
    for known, least, most in zip(HHI_BANDS(found.hhi), HHI_BANDS(found.low), HHI_BANDS(found.high), strict=True):
        others = [one.words for one in (least, most) if one.words != known.words]
        other = "more or less" if len(set(others)) > 1 else "".join(others[:1])
        spread = f"; the unknown ones could make it {other}" if other else ""
        said.append(f"By the {known.owner} guidelines of {known.year} that is {known.words}{spread}.")
    return (*said, f"{CMA} All of them speak of market power, not of failure.")


def _other(answer: Concentration) -> str:
    """The other trade in one sentence: who sells work does not compete with who sells systems."""
    other, dataset = answer.other, answer.graph.dataset
    found = other.by("councils")
    if found is None:
        return ""
    what = {Trade.SERVICES: "Work done for councils is", Trade.SYSTEMS: "Systems are"}[other.trade or Trade.SYSTEMS]
    top = other.shares[0]
    return (
        f"{what} apart: {full_name(dataset, top.supplier)} serves {100 * top.reach / other.known:.0f}% of "
        f"{other.known:,} known, HHI {found.hhi:,.0f}."
    )


def _values(found: Market) -> list[str]:
    """By value, with the coverage that it has and without the bounds that it cannot have."""
    lines = []
    for measure, label in (("value", "By value of whole contracts"), ("annual_value", "By value in a year")):
        value = found.by(measure)
        if value is not None:
            lines += [
                f"{label}, known of {found.valued[measure]} of {len(found.bodies)} councils: largest {value.largest:.0f}%, "
                f"HHI {value.hhi:,.0f}.",
            ]
    return [*lines, "Nobody knows what the others pay, so figures by value have no bounds."] if lines else []


def _owners(answer: Concentration, owners: Index, councils: Index) -> str:
    lead, dataset = answer.lead, answer.graph.dataset
    owned = sum(share.supplier in lead.owner for share in lead.shares)
    known = f"An owner is on record for {owned} of {plural(len(lead.shares), 'supplier')}"
    if abs(owners.hhi - councils.hhi) < 1:
        return f"{known}; by owner the figures are the same."
    top = full_name(dataset, lead.owners[0].supplier)
    return f"{known}; by owner {top} has {owners.largest:.0f}%, and the HHI is {owners.hhi:,.0f}."


def _ranks(found: Market) -> tuple[str, ...]:
    """Who is leaned on at each rank: within one step, two, three and four, as long as that changes anything."""
    dataset, parts, before = found.graph.dataset, [], None
    for rank in range(1, MOST_RANKS + 1):
        top = found.at_rank(rank)[:3]
        if top == before:
            break
        before = top
        listed = join(f"{full_name(dataset, provider)} {share:.0f}%" for provider, _, share, _, _ in top)
        parts.append(f"within {plural(rank, 'step')} {listed}")
    return tuple(parts)


def _tested(answer: Designation) -> tuple[str, ...]:
    """A test by figures, never a finding of law."""
    lines: list[str] = []
    for one in answer.tested:
        test = one.lead
        word = {True: "would meet", False: "would not meet", None: "unknown whether it would meet"}[one.meets]
        whose = class_word(test.of_class or "council", test.size)
        name = full_name(answer.graph.dataset, one.provider)
        lines += [
            f"{name}: {word} a test of 10% of a class, by number and by residents.",
            f"Services of any area could stop at {test.by_number:.1f}% of the {test.size} {whose}, where "
            f"{test.by_residents:.1f}% of their residents live.",
            f"If every blank is against it, at most {test.by_number_at_most:.1f}% and {test.by_residents_at_most:.1f}%."
            if test.by_number_at_most > test.by_number
            else "",
            f"{plural(one.direct, 'council has', 'councils have')} it directly: {one.backed} with an alternative in use; "
            f"{one.hard} of {one.assessed} assessed find it very hard to replace.",
        ]
    law = "These are figures in the manner of an EU rule on suppliers of financial firms, not a finding of law."
    return (*lines, law) if lines else ()


def merger_page(result: Merger) -> Page:
    """What a merger would do."""
    dataset, names = result.graph.dataset, result.graph.names
    buyer, bought = (full_name(dataset, one) for one in result.question.roots)
    market = market_name(result.before)
    one, other = result.shares
    said = []
    if result.one_group:
        said = [f"0 points of HHI change in {market}: {_one_group(result)} already."]
    elif one is None or other is None or result.delta is None or result.bounds is None:
        said = [f"0 points of HHI change in {market} if {buyer} bought {bought}: they do not both sell there."]
    else:
        words = {"residents": "by residents", "value": "by value of contracts", "annual_value": "by value in a year"}
        others = [f"{rise:,.0f} {word}" for key, word in words.items() if (rise := result.change(key)) is not None]
        said = [
            f"{result.delta:,.0f} points of HHI more in {market} if {buyer} bought {bought}: "
            f"{result.hhi_before:,.0f} would become {result.hhi_after:,.0f}.",
            f"Of the councils known, {_group(result, 0)} has {one:.0f}% and {_group(result, 1)} {other:.0f}%.",
        ]
        low, high = result.bounds
        if high - low >= 1:
            said.append(f"The rise lies between {low:,.0f} and {high:,.0f} points{WHATEVER}.")
        if others:
            said.append(f"By other measures, of what is known: {join(others)}.")
    pair = " ".join(names.handle(root) for root in result.question.roots)
    known = f"{result.before.known:,} of {plural(len(result.before.bodies), 'council')} known"
    return Page(
        said[0],
        paragraphs(
            *said[1:],
            f"{capital(dates_of(dataset, result.question.view))}: {known}.",
            f"{CMA} The US guidelines of 2023 presume harm above 1,800 with a rise over 100.",
            f"Together they could reach {plural(result.together, 'public body', 'public bodies')}: {buyer} alone "
            f"{result.alone[0]}, {bought} alone {result.alone[1]}, and {result.only_together} only together.",
        ),
        (f"riskgraph blast {pair}", f"riskgraph whatif buys {pair}"),
    )


def _group(result: Merger, side: int) -> str:
    """A supplier with the owner that its share is counted with."""
    dataset, supplier, owner = result.graph.dataset, result.question.roots[side], result.groups[side]
    name = full_name(dataset, supplier)
    return name if owner == supplier else f"{full_name(dataset, owner)}, which owns {name},"


def _one_group(result: Merger) -> str:
    dataset, owner = result.graph.dataset, result.groups[0]
    others = [full_name(dataset, one) for one in result.question.roots if one != owner]
    return f"{full_name(dataset, owner)} owns {join(others)}"


def breakdown_page(found: Breakdown) -> Page:
    """The parts of a market, the most uneven first."""
    dataset = found.graph.dataset
    nouns = {"area": ("service area", None), "class": ("class", "classes"), "region": ("region", None)}
    market = f" of {_where(found.areas)}" if found.areas and found.by != "area" else ""
    items = []
    for part in found.slices[:PARTS_SHOWN]:
        index, one = part.market.by("councils"), part.market
        assert index is not None
        items.append(
            f"{_part(found.by, part.name)}, {one.trade}: {full_name(dataset, one.shares[0].supplier)} {index.largest:.0f}%; "
            f"HHI {bounded(index, 'hhi')}; {one.known} of {len(one.bodies)} known"
        )
    more = len(found.slices) - PARTS_SHOWN
    empty = join((_part(found.by, name) for name in found.empty), 6)
    tries: tuple[str, ...] = ()
    if found.slices:
        first, several = found.slices[0].name, len(found.areas) > 1
        areas = "".join(f" {'--area ' if several else ''}{one}" for one in sorted(found.areas))
        tries = (
            f"riskgraph concentration {first} --by class"
            if found.by == "area"
            else f"riskgraph concentration{areas} --{found.by} '{first}'",
        )
    count = len({part.name for part in found.slices})
    return Page(
        f"{plural(count, *nouns[found.by])}{market} with a known supplier, the most uneven first.",
        (
            *paragraphs(
                f"{capital(dates_of(dataset, found.question.view))}. In order of the least that the HHI could be{WHATEVER}.",
                "Systems, and services that are work done for councils, are markets apart.",
            ),
            *((Items(tuple(items)),) if items else ()),
            *paragraphs(
                f"And {more} more: --format csv has all." if more > 0 else "",
                f"0 suppliers are known in {len(found.empty)} more: {empty}." if found.empty else "",
            ),
            Text(CMA),
        ),
        tries,
    )


def _part(by: str, name: str) -> str:
    return area_label(name) if by == "area" else class_word(name, 2) if by == "class" else name
