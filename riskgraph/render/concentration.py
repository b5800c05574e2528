"""Procurement's tables in words: concentration, mergers, contracts, peers."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.concentration import HHI_BANDS, Concentration, Index
from riskgraph.analysis.contracts import Contract, Contracts, Peers
from riskgraph.analysis.lockin import Certificates, Locks
from riskgraph.analysis.mergers import Designation, Merger
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.words import area_label, full_name, join, plural

__all__ = [
    "certificates_rows",
    "certificates_text",
    "concentration_rows",
    "concentration_text",
    "contracts_rows",
    "contracts_text",
    "designation_lines",
    "locks_rows",
    "locks_text",
    "merger_text",
    "peers_text",
]

CMA = "The UK's CMA (2021) applies no threshold."


def concentration_text(found: Concentration, tested: tuple[Designation, ...] = (), limit: int = 5) -> str:
    """The market in about ten lines: the largest share first, then the index with its bounds."""
    dataset = found.graph.dataset
    market = area_label(found.area) if found.area else "all service areas"
    date = in_words(dataset.info.as_of)
    known = len(found.market) - len(found.unknown)
    councils = found.by("councils")
    if councils is None:
        return f"0 of {plural(len(found.market), 'council')} have a known supplier in {market} (data of {date}).\n"
    top = found.shares[0]
    lines = [
        f"{councils.largest:.0f}% of {market} is with {full_name(dataset, top.supplier)}: {top.reach} of the "
        f"{plural(known, 'council')} whose supplier is known (data of {date}).",
        f"Coverage: {known} of {len(found.market)} councils, {councils.known:.0f}%. The others could change every figure below.",
        _index("By councils", councils),
    ]
    residents, value = found.by("residents"), found.by("value")
    if residents is not None:
        lines.append(_index("By residents", residents))
    if value is not None:
        priced = sum(1 for share in found.shares if share.value_gbp is not None)
        lines.append(
            f"By contract value ({priced} of {len(found.shares)} suppliers have one on record; values of joint contracts "
            f"stand on one council): largest {value.largest:.0f}%, HHI {value.hhi:,.0f}."
        )
    owners = found.by("councils", parents=True)
    if owners is not None and abs(owners.hhi - councils.hhi) >= 1:
        lines.append(_index("By ultimate owner", owners))
    names = [
        f"{full_name(dataset, s.supplier)} {s.reach} ({100 * s.councils / known:.0f}%)" for s in found.shares[:limit]
    ]
    lines.append(f"Suppliers: {join(names, limit)}.")
    bands = "; ".join(f"{band.owner} ({band.year}): {band.words}" for band in HHI_BANDS(councils.hhi))
    lines.append(f"In the words of others: {bands}. {CMA} These speak of market power, not of failure.")
    hidden = [rank for rank in found.ranks if rank.hidden][:limit]
    if hidden:
        parts = [
            f"{full_name(dataset, r.provider)} ({plural(r.authorities, 'council')}, {r.rank} steps away)"
            for r in hidden
        ]
        lines.append(f"Behind the suppliers, with no contract of their own: {join(parts)}.")
    lines += designation_lines(found, tested)
    handle = found.graph.names.handle(top.supplier)
    line = f"{handle}/{found.area}" if found.area else handle
    lines.append(
        f"Try next: riskgraph blast {line}  |  riskgraph contracts{f' --area {found.area}' if found.area else ''}"
    )
    return "\n".join(lines) + "\n"


def _index(label: str, found: Index) -> str:
    bounds = f", between {found.low:,.0f} and {found.high:,.0f} with what is not known" if found.known < 99.95 else ""
    return (
        f"{label}: HHI {found.hhi:,.0f}{bounds}; largest {found.largest:.0f}%, three largest {found.three:.0f}%, "
        f"five largest {found.five:.0f}%; as uneven as {found.effective:.1f} equal suppliers."
    )


def designation_lines(found: Concentration, tested: tuple[Designation, ...]) -> list[str]:
    """A test by figures, never a finding of law."""
    lines = []
    for one in tested:
        word = {True: "would meet", False: "would not meet", None: "unknown whether it would meet"}[one.meets]
        lines.append(
            f"{full_name(found.graph.dataset, one.provider)}: {word} a test of 10% by number and by residents "
            f"(services could stop at {one.by_number:.1f}% of these councils, at most {one.by_number_at_most:.1f}% if every "
            f"blank is against it; {one.by_residents:.1f}% of residents). A figure, not a finding of law."
        )
    return lines


def concentration_rows(found: Concentration) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every supplier of the market."""
    known = sum(share.councils for share in found.shares)
    header = ("supplier", "name", "councils", "share_percent", "residents", "value_gbp")
    return header, [
        (
            share.supplier,
            full_name(found.graph.dataset, share.supplier),
            share.reach,
            round(100 * share.councils / known, 1),
            round(share.residents),
            share.value_gbp,
        )
        for share in found.shares
    ]


def merger_text(result: Merger) -> str:
    """What a merger would do."""
    dataset = result.before.graph.dataset
    names = f"{full_name(dataset, result.buyer)} and {full_name(dataset, result.bought)}"
    market = area_label(result.before.area) if result.before.area else "all service areas"
    reached = len(result.radius.within(Band.POSSIBLE))
    before = result.before.by("councils")
    if result.delta is None or before is None or result.hhi_after is None:
        first = f"0 points of HHI change in {market} if {names} were one: they do not both sell there."
    else:
        first = (
            f"{result.delta:,.0f} points of HHI more in {market} if {names} were one: {before.hhi:,.0f} would become "
            f"{result.hhi_after:,.0f} (by councils known)."
        )
    return (
        f"{first}\n{CMA} The US guidelines of 2023 presume harm above 1,800 with a rise over 100.\n"
        f"Together they could reach {plural(reached, 'public body', 'public bodies')}, {result.only_together} of them only together.\n"
        f"Try next: riskgraph blast {result.before.graph.names.handle(result.buyer)} {result.before.graph.names.handle(result.bought)}\n"
    )


def contracts_text(found: Contracts, limit: int = 10) -> str:
    """The contracts to act on first."""
    dataset = found.graph.dataset
    lines = [
        f"{plural(len(found.contracts), 'contract')} with an end to come (data of {in_words(dataset.info.as_of)}), the first to act on first."
    ]
    lines += [f"- {_contract(found, contract)}" for contract in found.contracts[:limit]]
    if len(found.contracts) > limit:
        lines.append(f"And {len(found.contracts) - limit} more: use --limit, or --format csv for all.")
    if found.vesting is not None:
        early = sum(1 for c in found.contracts if c.vesting == "before")
        lines.append(
            f"Against the vesting day, {in_words(found.vesting)}: {early} end before it (extend or buy anew), "
            f"{len(found.contracts) - early} after it (transfer, host or novate)."
        )
    lines.append(
        f"Not known: {plural(len(found.passed), 'contract')} whose end is over although the relation goes on, "
        f"{plural(found.without_end, 'contract')} without an end, and {plural(found.no_contract, 'relation')} of which no contract "
        "is known. A contract's end is not the relation's end: renewals are rarely published."
    )
    return "\n".join(lines) + "\n"


def _contract(found: Contracts, contract: Contract) -> str:
    dataset, row = found.graph.dataset, contract.row
    area = f", {area_label(row.service_area)}" if row.service_area else ""
    ends = in_words(row.valid_to or row.contract_end_latest or "")
    notice = f"notice by {in_words(contract.notice_by)}" if contract.notice_by else "notice period not known"
    extra = [f"ends {ends}", notice]
    if contract.extension_days:
        extra.append(f"can run on to {in_words(row.contract_end_latest or '')}")
    if row.contract_value_gbp is not None:
        extra.append(f"£{row.contract_value_gbp:,}")
    if row.framework:
        extra.append(f"framework {row.framework}")
    if contract.vesting:
        extra.append(f"{contract.vesting} vesting day")
    extra.append(f"its provider could reach {plural(contract.radius, 'public body', 'public bodies')}")
    return f"{dataset.usual_name(row.dependent)} with {full_name(dataset, row.provider)}{area}: {'; '.join(extra)}"


def contracts_rows(found: Contracts) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every contract, with what a Gantt chart needs."""
    plain = found.to_dict()["contracts"]
    header = tuple(plain[0]) if plain else ("dependent", "provider", "end")
    return header, [tuple(row.values()) for row in plain]


def peers_text(found: Peers, root: str | None, limit: int = 10) -> str:
    """Who runs the same, and how the body stands among its class."""
    dataset = found.graph.dataset
    name = full_name(dataset, found.body)
    everybody = {other for others in found.shared.values() for other in others}
    lines = [
        f"{plural(len(everybody), 'other public body', 'other public bodies')} run something that {name} runs too (data of {in_words(dataset.info.as_of)})."
    ]
    order = sorted(found.shared.items(), key=lambda item: (len(item[1]), item[0][0]))
    for (provider, area), others in order[:limit]:
        names = join((dataset.usual_name(other) for other in others), 5)
        lines.append(f"- {full_name(dataset, provider)}, {area_label(area)}: {len(others)}: {names}")
    if root is not None:
        names = join((dataset.usual_name(other) for other in found.outside), 8)
        lines.append(
            f"Not reached from {root}, so able to lend a hand: {len(found.outside)}{f': {names}' if names else ''}."
        )
    median = (
        "too few of its class are known to say"
        if found.class_median is None
        else f"the median of its class is {found.class_median:g} ({found.class_size} councils, not named)"
    )
    lines.append(f"Most of its services on one provider: {found.on_one} of {found.services}; {median}.")
    return "\n".join(lines) + "\n"


_HARD = {
    "no": "cannot be replaced",
    "very-hard": "very hard to replace",
    "with-difficulty": "hard to replace",
    "easily": "easily replaced",
}


def locks_text(found: Locks, limit: int = 10) -> str:
    """What could hardly be replaced, the worst first."""
    dataset = found.graph.dataset
    hard = sum(1 for lock in found.locks if lock.row.substitutability in {"no", "very-hard"})
    lines = [
        f"{plural(hard, 'relation')} cannot be replaced or only very hardly (data of {in_words(dataset.info.as_of)}), the worst first."
    ]
    for lock in found.locks[:limit]:
        row = lock.row
        parts = [_HARD[row.substitutability] if row.substitutability else "replacing it not assessed"]
        parts.append(plural(lock.alternatives, "alternative") if lock.alternatives else "no alternative recorded")
        parts.append({"yes": "exit plan seen", "no": "no exit plan", None: "exit plan not known"}[row.exit_plan])
        parts.append("end not known" if lock.years_left is None else f"{lock.years_left:g} years left")
        area = f", {area_label(row.service_area)}" if row.service_area else ""
        lines.append(
            f"- {dataset.usual_name(row.dependent)} with {full_name(dataset, row.provider)}{area}: {'; '.join(parts)}"
        )
    if len(found.locks) > limit:
        lines.append(f"And {len(found.locks) - limit} more: use --limit, or --format csv for all.")
    lines.append(f"Not assessed: {plural(found.not_assessed, 'relation')}.")
    return "\n".join(lines) + "\n"


def locks_rows(found: Locks) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every relation that was assessed."""
    header = ("dependent", "provider", "service_area", "substitutability", "alternatives", "exit_plan", "years_left")
    return header, [
        (
            x.row.dependent,
            x.row.provider,
            x.row.service_area,
            x.row.substitutability,
            x.alternatives,
            x.row.exit_plan,
            x.years_left,
        )
        for x in found.locks
    ]


def certificates_text(found: Certificates, limit: int = 10) -> str:
    """Whose certificate has lapsed, or was never seen."""
    dataset = found.graph.dataset
    lapsed = sum(1 for one in found.suppliers if one.state == "lapsed")
    unseen = sum(1 for one in found.suppliers if one.state == "never seen")
    lines = [
        f"{plural(lapsed, 'supplier')} with a certificate that has lapsed, {unseen} of whom none was seen, of {len(found.suppliers)} "
        f"(data of {in_words(dataset.info.as_of)})."
    ]
    for one in found.suppliers[:limit]:
        named = f" {join(one.certificates)}" if one.certificates else ""
        when = f", {in_words(one.expires)}" if one.expires else ""
        lines.append(
            f"- {full_name(dataset, one.supplier)}: {one.state}{named}{when}; {plural(one.bodies, 'public body leans', 'public bodies lean')} on it"
        )
    if len(found.suppliers) > limit:
        lines.append(f"And {len(found.suppliers) - limit} more: use --limit, or --format csv for all.")
    lines.append("Never seen means that this map has no record, not that there is none. Ask for it.")
    return "\n".join(lines) + "\n"


def certificates_rows(found: Certificates) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every supplier that a public body leans on directly."""
    header = ("supplier", "name", "state", "certificates", "expires", "bodies")
    return header, [
        (c.supplier, full_name(found.graph.dataset, c.supplier), c.state, ";".join(c.certificates), c.expires, c.bodies)
        for c in found.suppliers
    ]
