"""A market in words: concentration, mergers, and a test by figures."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.breakdown import Breakdown
from riskgraph.analysis.concentration import MEASURES, MOST_RANKS, Concentration
from riskgraph.analysis.mergers import Designation, Merger
from riskgraph.analysis.shares import HHI_BANDS, Index
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.words import area_label, class_word, full_name, join, plural

__all__ = [
    "band_words",
    "bounded",
    "breakdown_text",
    "concentration_rows",
    "concentration_text",
    "designation_lines",
    "designation_rows",
    "merger_rows",
    "merger_text",
]

CMA = "The UK's CMA (2021) applies no threshold."


def concentration_text(found: Concentration, tested: tuple[Designation, ...] = (), limit: int = 5) -> str:
    """The market in a dozen lines: the largest share first, each figure with its bounds."""
    dataset = found.graph.dataset
    market = area_label(found.area) if found.area else "all service areas"
    date = in_words(dataset.info.as_of)
    known = len(found.market) - len(found.unknown)
    councils = found.by("councils")
    if councils is None:
        return f"0 of {plural(len(found.market), 'council')} have a known supplier in {market} (data of {date}).\n"
    top = found.shares[0]
    rest = "; the others could change every figure below" if found.unknown else ""
    lines = [
        f"{councils.largest:.0f}% of {market} is with {full_name(dataset, top.supplier)}: {top.reach} of the "
        f"{plural(known, 'council')} whose supplier is known (data of {date}).",
        f"Coverage: {known} of {len(found.market)} councils, {councils.known:.0f}%{rest} (in brackets: the least and the most). "
        "A council with several suppliers counts in equal parts."
        if found.unknown
        else f"Coverage: {known} of {len(found.market)} councils, 100%. A council with several suppliers counts in equal parts.",
        _index("By councils", councils),
    ]
    people = found.by("residents")
    if people is not None:
        lines.append(_index("By residents", people))
    lines += _values(found)
    lines.append(_owners(found))
    names = [
        f"{full_name(dataset, s.supplier)} {s.reach} ({100 * s.councils / known:.0f}%)" for s in found.shares[:limit]
    ]
    more = f" and {len(found.shares) - limit} more" if len(found.shares) > limit else ""
    lines.append(f"Suppliers: {', '.join(names)}{more}." if more else f"Suppliers: {join(names)}.")
    lines += _ranks(found)
    hidden = [rank for rank in found.ranks if rank.hidden][:limit]
    if hidden:
        parts = [
            f"{full_name(dataset, r.provider)} ({plural(r.authorities, 'council')}, {r.rank} steps away)"
            for r in hidden
        ]
        lines.append(f"Behind the suppliers, with no contract of their own: {join(parts)}.")
    lines.append(f"In the words of others: {band_words(councils)}. {CMA} These speak of market power, not of failure.")
    lines += designation_lines(found, tested)
    handle = found.graph.names.handle(top.supplier)
    line = f"{handle}/{found.area}" if found.area else handle
    lines.append(
        f"Try next: riskgraph blast {line}  |  riskgraph contracts{f' --area {found.area}' if found.area else ''}"
    )
    return "\n".join(lines) + "\n"


def _index(label: str, found: Index) -> str:
    return (
        f"{label}: largest {bounded(found, 'largest', '%')}, three largest {bounded(found, 'three', '%')}, five largest "
        f"{bounded(found, 'five', '%')}, HHI {bounded(found, 'hhi')}; as uneven as {bounded(found, 'effective')} equal suppliers."
    )


def bounded(found: Index, name: str, unit: str = "") -> str:
    """A figure, and in brackets the least and the most that it could be, where something is not known.

    Examples
    --------
    >>> from riskgraph.analysis.shares import index
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
    >>> from riskgraph.analysis.shares import index
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


def _values(found: Concentration) -> list[str]:
    """By value, with the coverage that it has and without the bounds that it cannot have."""
    lines = []
    for measure, label in (("value", "By value of whole contracts"), ("annual_value", "By value in a year")):
        value = found.by(measure)
        if value is not None:
            lines.append(
                f"{label}, known of {found.valued[measure]} of {len(found.market)} councils: largest {value.largest:.0f}%, "
                f"three largest {value.three:.0f}%, HHI {value.hhi:,.0f}; no bounds, as nobody knows what the others pay."
            )
    return lines


def _owners(found: Concentration) -> str:
    known = f"an owner is on record for {found.owned} of {plural(len(found.shares), 'supplier')}"
    owners, councils = found.by("councils", parents=True), found.by("councils")
    assert owners is not None
    assert councils is not None
    if abs(owners.hhi - councils.hhi) < 1:
        return f"By ultimate owner: the same ({known})."
    return f"{_index('By ultimate owner', owners)[:-1]} ({known})."


def _ranks(found: Concentration) -> list[str]:
    """Who is leaned on at each rank: within one step, two, three and four, as long as that changes anything."""
    dataset, parts, before = found.graph.dataset, [], None
    for rank in range(1, MOST_RANKS + 1):
        top = found.at_rank(rank)[:3]
        if top == before:
            break
        before = top
        bounds = bool(found.unknown)
        listed = [
            f"{full_name(dataset, provider)} {share:.0f}%{f' ({low:.0f}% to {high:.0f}%)' if bounds else ''}"
            for provider, _, share, low, high in top
        ]
        parts.append(f"within {plural(rank, 'step')} {join(listed)}")
    return [f"Councils that lean on it, directly or through others: {'; '.join(parts)}."]


def designation_lines(found: Concentration, tested: tuple[Designation, ...]) -> list[str]:
    """A test by figures, never a finding of law."""
    lines = []
    for one in tested:
        lead = one.lead
        word = {True: "would meet", False: "would not meet", None: "unknown whether it would meet"}[one.meets]
        whose = class_word(lead.of_class or "council", lead.size)
        most = lead.by_number_at_most > lead.by_number
        at_most = (
            f"; at most {lead.by_number_at_most:.1f}% and {lead.by_residents_at_most:.1f}% if every blank is against it"
        )
        lines.append(
            f"{full_name(found.graph.dataset, one.provider)}: {word} a test of 10% of a class, by number and by residents: "
            f"services of any area could stop at {lead.by_number:.1f}% of the {lead.size} {whose}, where {lead.by_residents:.1f}% of their "
            f"residents live{at_most if most else ''}. {plural(one.direct, 'council has', 'councils have')} it directly: {one.backed} with an "
            f"alternative in use, {one.hard} of {one.assessed} assessed find it very hard to replace."
        )
    if lines:
        lines.append(
            "These are figures in the manner of an EU rule on suppliers of financial firms, not a finding of law."
        )
    return lines


def designation_rows(tested: tuple[Designation, ...]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every test of every provider."""
    header = (
        "provider", "class", "authorities", "by_number", "by_number_at_most", "by_residents", "by_residents_at_most",
        "meets",
    )  # fmt: skip
    return header, [
        (
            one.provider, test["class"] or "whole market", test["authorities"], *test["by_number"],
            *test["by_residents"], test["meets"],
        )
        for one in tested
        for test in one.to_dict()["classes"]
    ]  # fmt: skip


def concentration_rows(found: Concentration) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every supplier of the market, with its owner, and its share at the least and the most."""
    known = sum(share.councils for share in found.shares)
    whole = len(found.market)
    within = {rank.provider: rank.within for rank in found.ranks}
    header = (
        "supplier", "name", "owner", "councils", "share_percent", "share_low", "share_high", "residents", "value_gbp",
        "annual_value_gbp", *(f"within_{rank}" for rank in range(1, MOST_RANKS + 1)),
    )  # fmt: skip
    return header, [
        (
            share.supplier,
            full_name(found.graph.dataset, share.supplier),
            found.owner.get(share.supplier),
            share.reach,
            round(100 * share.councils / known, 1),
            round(100 * share.councils / whole, 1),
            round(100 * (share.councils + len(found.unknown)) / whole, 1),
            round(share.residents),
            share.value_gbp,
            share.annual_value_gbp,
            *within[share.supplier],
        )
        for share in found.shares
    ]


def merger_text(result: Merger) -> str:
    """What a merger would do."""
    dataset, names = result.before.graph.dataset, result.before.graph.names
    buyer, bought = (full_name(dataset, one) for one in (result.buyer, result.bought))
    market = area_label(result.before.area) if result.before.area else "all service areas"
    date = in_words(dataset.info.as_of)
    if result.one_group:
        owner = full_name(dataset, result.groups[0])
        lines = [
            f"0 points of HHI change in {market}: {buyer} and {bought} are one group already, of {owner} (data of {date})."
        ]
    elif result.delta is None or result.hhi_before is None or result.hhi_after is None or result.bounds is None:
        lines = [
            f"0 points of HHI change in {market} if {buyer} and {bought} were one: they do not both sell there (data of {date})."
        ]
    else:
        one, other = (f"{share:.0f}%" for share in result.shares)
        low, high = result.bounds
        spread = f", at least {low:,.0f} and at most {high:,.0f} with what is not known" if high - low >= 1 else ""
        lines = [
            f"{result.delta:,.0f} points of HHI more in {market} if {buyer} ({one}) and {bought} ({other}) were one: "
            f"{result.hhi_before:,.0f} would become {result.hhi_after:,.0f} by councils known, each with its group{spread} "
            f"(data of {date})."
        ]
        words = {"residents": "by residents", "value": "by value of contracts", "annual_value": "by value in a year"}
        others = [f"{result.by[key]:,.0f} {word}" for key, word in words.items() if result.by.get(key) is not None]
        if others:
            lines.append(f"The rise by other measures, of what is known: {join(others)}.")
    lines += [
        f"{CMA} The US guidelines of 2023 presume harm above 1,800 with a rise over 100.",
        f"Together they could reach {plural(len(result.radius.within(Band.POSSIBLE)), 'public body', 'public bodies')}: {buyer} "
        f"alone {result.alone[0]}, {bought} alone {result.alone[1]}, and {result.only_together} only together.",
        f"Try next: riskgraph blast {names.handle(result.buyer)} {names.handle(result.bought)}  |  riskgraph whatif buys "
        f"{names.handle(result.buyer)} {names.handle(result.bought)}",
    ]
    return "\n".join(lines) + "\n"


def merger_rows(result: Merger) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The change by each measure."""
    header = ("measure", "hhi_before", "delta", "delta_low", "delta_high", "hhi_after")
    rows: list[tuple[Any, ...]] = []
    for measure in MEASURES:
        before = result.before.by(measure, parents=True)
        delta = result.delta if measure == "councils" else result.by[measure]
        bounds = result.bounds if measure == "councils" and result.bounds is not None else (None, None)
        after = None if before is None or delta is None else before.hhi + delta
        figures = (None if before is None else before.hhi, delta, *bounds, after)
        rows.append((measure, *(None if figure is None else round(figure, 1) for figure in figures)))
    return header, rows


def breakdown_text(found: Breakdown, limit: int = 12) -> str:
    """The parts of a market, the most uneven first."""
    dataset = found.graph.dataset
    nouns = {"area": ("service area", None), "class": ("class", "classes"), "region": ("region", None)}
    market = f" of {area_label(found.area)}" if found.area and found.by != "area" else ""
    lines = [
        f"{plural(len(found.slices), *nouns[found.by])}{market} with a known supplier (data of {in_words(dataset.info.as_of)}), the "
        "most uneven first, even if all that is not known were spread thin."
    ]
    for part in found.slices[:limit]:
        index, market_ = part.market.by("councils"), part.market
        assert index is not None
        known = len(market_.market) - len(market_.unknown)
        lines.append(
            f"- {_part(found.by, part.name)}: {full_name(dataset, market_.shares[0].supplier)} {bounded(index, 'largest', '%')}, HHI "
            f"{bounded(index, 'hhi')}; {known} of {plural(len(market_.market), 'council')} known"
        )
    if len(found.slices) > limit:
        lines.append(f"And {len(found.slices) - limit} more: --format csv has all.")
    if found.empty:
        words = [_part(found.by, name) for name in found.empty]
        lines.append(f"0 suppliers are known in {len(found.empty)} more: {join(words, 6)}.")
    lines.append(f"In brackets: the least and the most, with what is not known. {CMA}")
    if found.slices:
        first = found.slices[0].name
        area = f" {found.area}" if found.area else ""
        lines.append(
            f"Try next: riskgraph concentration {first} --by class"
            if found.by == "area"
            else f"Try next: riskgraph concentration{area} --{found.by} '{first}'"
        )
    return "\n".join(lines) + "\n"


def _part(by: str, name: str) -> str:
    return area_label(name) if by == "area" else class_word(name, 2) if by == "class" else name
