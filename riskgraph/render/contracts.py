"""Contracts in words: which end first, what could hardly be replaced, whose certificate has lapsed."""

from __future__ import annotations

from collections.abc import Sequence

from riskgraph.analysis.contracts import Contracts, HeldContract
from riskgraph.analysis.lockin import Certificate, Certificates, Lock, Locks
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import Relation
from riskgraph.render.blocks import Items, Text
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, capital, full_name, join, plural

__all__ = ["against", "certificates_page", "contracts_page", "locks_page"]

REPLACE, CERTIFICATE = "Could we replace them?", "Certificate and expiry"  # headers of a one-sheet register


def contracts_page(found: Contracts, limit: int = 10) -> Page:
    """The contracts in the worst radii first, and in each part those to act on first."""
    dataset = found.graph.dataset
    worst, others = found.worst, tuple(contract for contract in found.contracts if not contract.worst)
    split = bool(worst and others)
    order = f"the {len(worst)} in the worst radii first" if split else "the first to act on first"
    heads = ["", "The others, the first to act on first:"]
    if split:
        heads[0] = "In the worst radii, counted by who is first, the first to act on first:"
    blocks: list[Text | Items] = []
    left = limit
    for head, part in zip(heads, (worst, others) if split else (found.contracts, ()), strict=True):
        if part and left > 0:
            blocks += paragraphs(head)
            blocks.append(Items(tuple(_contract(found, contract) for contract in part[:left])))
            left -= len(part)
    silent = sum(1 for contract in found.contracts if contract.notice_by is None)
    told = ""
    if found.vesting is not None:
        counts = against((*found.contracts, *found.passed, *found.open))
        told = f"Against the vesting day, {in_words(found.vesting)}: {counts}"
    return Page(
        f"{plural(len(found.contracts), 'contract')} with an end to come ({dates_of(dataset, found.question.view)}), {order}{_first(found)}.",
        (
            *blocks,
            *paragraphs(
                _more(len(found.contracts), limit),
                told,
                f"The notice period is not known for {silent} of {len(found.contracts)}." if silent else "",
                f"The end is over for {plural(len(found.passed), 'contract')} more, although the relation goes on.",
                f"No end is known for {plural(len(found.open), 'contract')}, and no contract for "
                f"{plural(found.no_contract, 'relation')}.",
                "A contract's end is not the relation's end: renewals are rarely published.",
            ),
        ),
    )


def _first(found: Contracts) -> str:
    """The first one to act on, by name; of those in the worst radii where these stand first."""
    if not found.contracts:
        return ""
    one, dataset = found.contracts[0], found.graph.dataset
    end = f", {in_words(one.row.ends)}" if one.row.ends else ""
    return f": {dataset.usual_name(one.row.dependent)} with {_with(dataset, one)}{end}"


def _more(count: int, limit: int) -> str:
    return f"And {count - limit} more: use --limit, or --format csv for all." if count > limit else ""


def against(contracts: Sequence[HeldContract]) -> str:
    """How many contracts end before a vesting day, run on, or have no known end; those that are over are apart."""
    count = {
        word: sum(one.vesting == word and not one.passed for one in contracts)
        for word in ("before", "extendable", "after")
    }
    passed, unknown = sum(one.passed for one in contracts), sum(one.ends is None for one in contracts)
    can = f"; {count['extendable']} of these can be extended past it" if count["extendable"] else ""
    over = f", the end of {passed} is over, so ask what came after" if passed else ""
    return (
        f"{count['before'] + count['extendable']} end before it (extend or buy anew{can}), "
        f"{count['after']} run on (transfer, host or novate), {unknown} with no end known{over}."
    )


def _contract(found: Contracts, contract: HeldContract) -> str:
    dataset, row = found.graph.dataset, contract.row
    area = f", {area_label(contract.area)}" if contract.area else ""
    extra = [f"ends {in_words(row.ends or '')}"]
    if contract.extended:
        extra = [
            f"its end, {in_words(row.ends or '')}, is over; if it was extended, until {in_words(contract.end or '')}"
        ]
    if contract.notice_by is None:
        pass  # said once, with the count
    elif contract.notice_by < found.question.view.as_of:
        extra.append(f"the day for notice has passed, {in_words(contract.notice_by)}")
    else:
        extra.append(f"notice by {in_words(contract.notice_by)}")
    if contract.extension_days:
        extra.append(f"can be extended to {in_words(row.contract_end_latest or '')}")
    extra += _money(row)
    if row.framework:
        extra.append(f"framework {row.framework}")
    if contract.vesting:
        words = {"before": "before vesting day", "after": "after vesting day"}
        extra.append(words.get(contract.vesting, "before vesting day unless it is extended"))
    if contract.radius:
        line = " by this line of business" if "/" in contract.widest else ""
        more = contract.radius - contract.first
        reach = f"{contract.first} first, {more} more possibly" if contract.first and more else str(contract.radius)
        extra.append(f"could reach {reach}{line}" if more else f"could reach {contract.radius}{line}")
    return f"{dataset.usual_name(row.dependent)} with {_with(dataset, contract)}{area}: {'; '.join(extra)}"


def _with(dataset: Dataset, contract: HeldContract) -> str:
    """The supplier, and what is bought from it if that has a name of its own."""
    thing = full_name(dataset, contract.row.provider)
    named = [full_name(dataset, one) for one in contract.suppliers if one != contract.row.provider]
    return f"{join(named, 2)} ({thing})" if named else thing


def _money(row: Relation) -> list[str]:
    parts = []
    if row.contract_value_gbp is not None:
        parts.append(f"worth £{row.contract_value_gbp:,}")
    if row.annual_value_gbp is not None:
        parts.append(f"£{row.annual_value_gbp:,} a year")
    return parts


_HARD = {
    "no": "cannot be replaced",
    "very-hard": "very hard to replace",
    "with-difficulty": "hard to replace",
    "easily": "easily replaced",
}


def locks_page(found: Locks, limit: int = 10) -> Page:
    """How many stand at the worst level, when that was assessed, and each of them, the worst first."""
    date = dates_of(found.graph.dataset, found.question.view)
    if not found.locks:
        return Page(
            f"0 of {plural(found.not_assessed, 'relation')} say how hard they are to replace: fill in the column "
            f'"{REPLACE}" of a register.',
            paragraphs(f"{capital(date)}."),
        )
    never, very = found.count("no"), found.count("very-hard")
    many = f"of {plural(len(found.locks), 'arrangement')} that somebody assessed"
    first = f"{never} {many} cannot be replaced and {very} {'is' if very == 1 else 'are'} very hard to replace"
    if not never:
        first = f"{very} {many} {'is' if very == 1 else 'are'} very hard to replace"
    elif not very:
        first = f"{never} {many} cannot be replaced"
    worst = [_pair(found, lock) for lock in found.locks if lock.row.substitutability in {"no", "very-hard"}]
    named = f": {join(worst, 2)}" if worst else ""
    levels = [f"{found.count(level)} {word}" for level, word in _HARD.items() if found.count(level)]
    when = ""
    if levels and found.assessed is not None:
        oldest, newest = (in_words(day) for day in found.assessed)
        when = f"Assessed: {join(levels)}; by sources of {newest if oldest == newest else f'{oldest} to {newest}'}."
    return Page(
        f"{first}{named} ({date}).",
        (
            *paragraphs(when),
            Items(tuple(_lock(found, lock) for lock in found.locks[:limit])),
            *paragraphs(
                _more(len(found.locks), limit),
                f"Not assessed: {plural(found.not_assessed, 'relation')}.",
            ),
        ),
    )


def _lock(found: Locks, lock: Lock) -> str:
    dataset, row = found.graph.dataset, lock.row
    parts = [_HARD[row.substitutability] if row.substitutability else "replacing it not assessed"]
    if lock.alternatives:
        parts.append(plural(lock.alternatives, "alternative in use", "alternatives in use"))
    if lock.others is None:
        parts.append("other suppliers not known, as its service area is not")
    elif lock.others:
        named = join((full_name(dataset, one) for one in lock.others), 2)
        parts.append(
            f"{plural(len(lock.others), 'other supplier serves', 'other suppliers serve')} councils there: {named}"
        )
    else:
        parts.append("0 other suppliers serve councils there in this data")
    parts.append({"yes": "exit plan seen", "no": "no exit plan", None: "exit plan not known"}[row.exit_plan])
    parts.append(_left(lock))
    if lock.assessed:
        parts.append(f"assessed {in_words(lock.assessed)}")
    area = f", {area_label(lock.area)}" if lock.area else ""
    return f"{_pair(found, lock)}{area}: {'; '.join(parts)}"


def _pair(found: Locks, lock: Lock) -> str:
    dataset, row = found.graph.dataset, lock.row
    return f"{dataset.usual_name(row.dependent)} with {full_name(dataset, row.provider)}"


def _left(lock: Lock) -> str:
    if lock.years_left is None:
        return "end not known"
    left = (
        "its end is over"
        if lock.years_left < 0
        else f"{lock.years_left:g} {'year' if lock.years_left == 1 else 'years'} left"
    )
    if lock.years_latest is not None and lock.years_latest > lock.years_left:
        left += f", {lock.years_latest:g} if extended"
    return left


def certificates_page(found: Certificates, limit: int = 10) -> Page:
    """Whose certificate has lapsed, or was never seen."""
    dataset, all_ = found.graph.dataset, found.suppliers
    if found.count("never seen") == len(all_):
        return Page(
            f"0 of {plural(len(all_), 'supplier')} have a certificate on record: ask, and fill in the column "
            f'"{CERTIFICATE}" of a register.',
            paragraphs(
                f"{capital(dates_of(dataset, found.question.view))}. Not on record does not mean that there is none.",
                f"Ask these first: {_most(found)}." if all_ else "",
            ),
        )
    ahead = join(
        (f"{full_name(dataset, c.supplier)} {in_words(c.expires or '')}" for c in all_ if c.state == "in force"), 2
    )
    unseen = found.count("never seen")
    return Page(
        f"{found.count('lapsed')} of {plural(len(all_), 'supplier')} have a certificate that has lapsed; of {unseen} none is "
        f"on record ({dates_of(dataset, found.question.view)}).",
        (
            *([Items(tuple(_certificate(dataset, one) for one in all_[:limit]))] if all_ else []),
            *paragraphs(
                _more(len(all_), limit),
                f"In force, by when they lapse: {ahead}." if ahead else "",
                "Never seen means that this map has no record, not that there is none. Ask for it." if unseen else "",
            ),
        ),
    )


def _most(found: Certificates) -> str:
    """Those on whom most public bodies depend."""
    return join(
        f"{full_name(found.graph.dataset, one.supplier)}, on whom {plural(one.bodies, 'body depends', 'bodies depend')}"
        for one in found.suppliers[:2]
    )


def _certificate(dataset: Dataset, one: Certificate) -> str:
    state = {"no date": "seen, without its date"}.get(one.state, one.state)
    named = f" {join(one.certificates)}" if one.certificates else ""
    when = f", {in_words(one.expires)}" if one.expires else ""
    lean = plural(one.bodies, "public body leans", "public bodies lean")
    return f"{full_name(dataset, one.supplier)}: {state}{named}{when}; {lean} on it"
