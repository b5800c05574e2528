"""A market in words: concentration, mergers, and a test by figures."""

from __future__ import annotations

from riskgraph.analysis.concentration import Breakdown, Concentration
from riskgraph.analysis.hhi import HHI_BANDS, Index
from riskgraph.analysis.market import MOST_RANKS, Market
from riskgraph.analysis.mergers import Designation, Merger
from riskgraph.dates import in_words
from riskgraph.render.blocks import Items, Text
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, class_word, full_name, join, plural

__all__ = [
    "band_words",
    "bounded",
    "breakdown_page",
    "concentration_page",
    "designation_page",
    "merger_page",
]

CMA = "The UK's CMA (2021) applies no threshold."
SUPPLIERS_SHOWN, PARTS_SHOWN = 5, 12


def _where(areas: frozenset[str]) -> str:
    return join(area_label(area) for area in sorted(areas)) if areas else "all service areas"


def concentration_page(answer: Concentration) -> Page:
    """The market in a dozen lines: the largest share first, each figure with its bounds."""
    return _page(answer, ())


def designation_page(answer: Designation) -> Page:
    """The market, and the test by figures for some of its providers."""
    return _page(answer.concentration, _tested(answer))


def _page(answer: Concentration, tested: tuple[str, ...]) -> Page:
    found, dataset = answer.market, answer.graph.dataset
    market, date = _where(found.areas), in_words(dataset.info.as_of)
    whole, known, councils = len(found.bodies), found.known, found.by("councils")
    if councils is None:
        return Page(
            f"0 of {plural(whole, 'council')} have a known supplier in {market} (data of {date}).", paragraphs(*tested)
        )
    top = found.shares[0]
    rest = "; the others could change every figure below (in brackets: the least and the most)" if found.unknown else ""
    people = found.by("residents")
    names = [
        f"{full_name(dataset, s.supplier)} {s.reach} ({100 * s.councils / known:.0f}%)"
        for s in found.shares[:SUPPLIERS_SHOWN]
    ]
    more = len(found.shares) - SUPPLIERS_SHOWN
    listed = f"{', '.join(names)} and {more} more" if more > 0 else join(names)
    hidden = [
        f"{full_name(dataset, r.provider)} ({plural(r.authorities, 'council')}, {r.rank} steps away)"
        for r in found.ranks
        if r.hidden
    ][:SUPPLIERS_SHOWN]
    (area,) = found.areas if len(found.areas) == 1 else ("",)
    handle = found.graph.names.handle(top.supplier)
    areas = "".join(f" --area {one}" for one in sorted(found.areas))
    return Page(
        f"{councils.largest:.0f}% of {market} is with {full_name(dataset, top.supplier)}: {top.reach} of the "
        f"{plural(known, 'council')} whose supplier is known (data of {date}).",
        paragraphs(
            f"Coverage: {known} of {whole} councils, {councils.known:.0f}%{rest}. A council with several suppliers counts "
            "in equal parts.",
            _index("By councils", councils),
            "" if people is None else _index("By residents", people),
            *_values(found),
            _owners(answer),
            f"Suppliers: {listed}.",
            _ranks(found),
            f"Behind the suppliers, with no contract of their own: {join(hidden)}." if hidden else "",
            f"In the words of others: {band_words(councils)}. {CMA} These speak of market power, not of failure.",
            *tested,
        ),
        (f"riskgraph blast {handle}/{area}" if area else f"riskgraph blast {handle}", f"riskgraph contracts{areas}"),
    )


def _index(label: str, found: Index) -> str:
    return (
        f"{label}: largest {bounded(found, 'largest', '%')}, three largest {bounded(found, 'three', '%')}, five largest "
        f"{bounded(found, 'five', '%')}, HHI {bounded(found, 'hhi')}; as uneven as {bounded(found, 'effective')} equal suppliers."
    )


def bounded(found: Index, name: str, unit: str = "") -> str:
    """A figure, and in brackets the least and the most that it could be, where something is not known.

    Examples
    --------
    >>> from riskgraph.analysis.hhi import index
    >>> found = index([40, 30, 20], unknown=10)
    >>> bounded(found, "largest", "%"), bounded(found, "hhi")
    ('44% (40% to 50%)', '3,580 (2,900 to 3,800)')
    """
    digits = 1 if name == "effective" else 0
    value = f"{getattr(found, name):,.{digits}f}{unit}"
    if found.known >= 99.95 or name not in found.bounds:
        return value
    low, high = found.bounds[name]
    return f"{value} ({low:,.{digits}f}{unit} to {high:,.{digits}f}{unit})"


def band_words(found: Index) -> str:
    """What the guidelines that have bands call an index, and what they could with what is not known.

    Examples
    --------
    >>> from riskgraph.analysis.hhi import index
    >>> band_words(index([30, 30, 20, 20]))
    'US DOJ and FTC (2023): highly concentrated; European Commission (2004): above 2,000'
    >>> band_words(index([30, 30], unknown=40)).split("; ")[0]
    'US DOJ and FTC (2023): highly concentrated by what is known, else anything from moderately concentrated on'
    """
    said = []
    for known, least, most in zip(HHI_BANDS(found.hhi), HHI_BANDS(found.low), HHI_BANDS(found.high), strict=True):
        spread = ""
        if least.words != most.words:
            to = "on" if most.words == known.words else f"to {most.words}"
            spread = f" by what is known, else anything from {least.words} {to}"
        said.append(f"{known.owner} ({known.year}): {known.words}{spread}")
    return "; ".join(said)


def _values(found: Market) -> list[str]:
    """By value, with the coverage that it has and without the bounds that it cannot have."""
    lines = []
    for measure, label in (("value", "By value of whole contracts"), ("annual_value", "By value in a year")):
        value = found.by(measure)
        if value is not None:
            lines.append(
                f"{label}, known of {found.valued[measure]} of {len(found.bodies)} councils: largest {value.largest:.0f}%, "
                f"three largest {value.three:.0f}%, HHI {value.hhi:,.0f}; no bounds, as nobody knows what the others pay."
            )
    return lines


def _owners(answer: Concentration) -> str:
    market = answer.market
    known = f"an owner is on record for {answer.owned} of {plural(len(market.shares), 'supplier')}"
    owners, councils = market.by("councils", owners=True), market.by("councils")
    assert owners is not None
    assert councils is not None
    if abs(owners.hhi - councils.hhi) < 1:
        return f"By ultimate owner: the same ({known})."
    return f"{_index('By ultimate owner', owners)[:-1]} ({known})."


def _ranks(found: Market) -> str:
    """Who is leaned on at each rank: within one step, two, three and four, as long as that changes anything."""
    dataset, parts, before = found.graph.dataset, [], None
    for rank in range(1, MOST_RANKS + 1):
        top = found.at_rank(rank)[:3]
        if top == before:
            break
        before = top
        listed = [
            f"{full_name(dataset, provider)} {share:.0f}%{f' ({low:.0f}% to {high:.0f}%)' if found.unknown else ''}"
            for provider, _, share, low, high in top
        ]
        parts.append(f"within {plural(rank, 'step')} {join(listed)}")
    return f"Councils that lean on it, directly or through others: {'; '.join(parts)}."


def _tested(answer: Designation) -> tuple[str, ...]:
    """A test by figures, never a finding of law."""
    lines = []
    for one in answer.tested:
        lead = one.lead
        word = {True: "would meet", False: "would not meet", None: "unknown whether it would meet"}[one.meets]
        whose = class_word(lead.of_class or "council", lead.size)
        at_most = (
            f"; at most {lead.by_number_at_most:.1f}% and {lead.by_residents_at_most:.1f}% if every blank is against it"
            if lead.by_number_at_most > lead.by_number
            else ""
        )
        lines.append(
            f"{full_name(answer.graph.dataset, one.provider)}: {word} a test of 10% of a class, by number and by residents: "
            f"services of any area could stop at {lead.by_number:.1f}% of the {lead.size} {whose}, where {lead.by_residents:.1f}% of their "
            f"residents live{at_most}. {plural(one.direct, 'council has', 'councils have')} it directly: {one.backed} with an "
            f"alternative in use, {one.hard} of {one.assessed} assessed find it very hard to replace."
        )
    law = "These are figures in the manner of an EU rule on suppliers of financial firms, not a finding of law."
    return (*lines, law) if lines else ()


def merger_page(result: Merger) -> Page:
    """What a merger would do."""
    dataset, names = result.graph.dataset, result.graph.names
    buyer, bought = (full_name(dataset, one) for one in result.question.roots)
    market, date = _where(result.before.areas), in_words(dataset.info.as_of)
    one, other = result.shares
    others: list[str] = []
    if result.one_group:
        first = (
            f"0 points of HHI change in {market}: {buyer} and {bought} are one group already, of "
            f"{full_name(dataset, result.groups[0])} (data of {date})."
        )
    elif one is None or other is None or result.delta is None or result.bounds is None:
        first = (
            f"0 points of HHI change in {market} if {buyer} and {bought} were one: they do not both sell there "
            f"(data of {date})."
        )
    else:
        low, high = result.bounds
        spread = f", at least {low:,.0f} and at most {high:,.0f} with what is not known" if high - low >= 1 else ""
        first = (
            f"{result.delta:,.0f} points of HHI more in {market} if {buyer} ({one:.0f}%) and {bought} ({other:.0f}%) were one: "
            f"{result.hhi_before:,.0f} would become {result.hhi_after:,.0f} by councils known, each with its group{spread} "
            f"(data of {date})."
        )
        words = {"residents": "by residents", "value": "by value of contracts", "annual_value": "by value in a year"}
        others = [f"{rise:,.0f} {word}" for key, word in words.items() if (rise := result.change(key)) is not None]
    pair = " ".join(names.handle(root) for root in result.question.roots)
    return Page(
        first,
        paragraphs(
            f"The rise by other measures, of what is known: {join(others)}." if others else "",
            f"{CMA} The US guidelines of 2023 presume harm above 1,800 with a rise over 100.",
            f"Together they could reach {plural(result.together, 'public body', 'public bodies')}: {buyer} alone "
            f"{result.alone[0]}, {bought} alone {result.alone[1]}, and {result.only_together} only together.",
        ),
        (f"riskgraph blast {pair}", f"riskgraph whatif buys {pair}"),
    )


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
            f"{_part(found.by, part.name)}: {full_name(dataset, one.shares[0].supplier)} {bounded(index, 'largest', '%')}, HHI "
            f"{bounded(index, 'hhi')}; {one.known} of {plural(len(one.bodies), 'council')} known"
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
    return Page(
        f"{plural(len(found.slices), *nouns[found.by])}{market} with a known supplier (data of {in_words(dataset.info.as_of)}), the "
        "most uneven first, even if all that is not known were spread thin.",
        (
            *((Items(tuple(items)),) if items else ()),
            *paragraphs(
                f"And {more} more: --format csv has all." if more > 0 else "",
                f"0 suppliers are known in {len(found.empty)} more: {empty}." if found.empty else "",
            ),
            Text(f"In brackets: the least and the most, with what is not known. {CMA}"),
        ),
        tries,
    )


def _part(by: str, name: str) -> str:
    return area_label(name) if by == "area" else class_word(name, 2) if by == "class" else name
