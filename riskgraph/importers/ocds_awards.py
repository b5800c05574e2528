"""What the awards and contracts of one process say: who buys what from whom, until when, for how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.importers.contracts import stated_or_guessed_area
from riskgraph.importers.json_objects import as_object, as_objects
from riskgraph.importers.ocds_process import ContractingProcess, ReleaseOrigin, Tracked, id_text
from riskgraph.importers.statements import (
    SHARED_VALUE,
    Citation,
    Party,
    Purchase,
    Statements,
    in_order,
    named_party,
    one_value_for_several,
    withheld,
)
from riskgraph.importers.values import parse_date, parse_money, web_address
from riskgraph.vocabulary import patterns, words

__all__ = ["ProcessAwards"]

_SCHEMES = ("GB-COH", "GB-PPON", "GB-CHC", "GB-NIC", "GB-SC", "GB-LAC", "GB-LAE", "GB-LAS", "GB-LAN", "GB-GSS")
_MOST = Decimal(10) ** 12  # pounds; more is no amount
_NOBODY: Mapping[str, Any] = {}
_BLANK = Tracked()
_key = lru_cache(maxsize=65_536)(normalise)


class _AwardDeal(NamedTuple):
    """One buyer, one supplier, and the award and contract between them."""

    where: str
    buyer: Party | None
    supplier: Mapping[str, Any]
    award: Tracked | None
    contract: Tracked | None
    suppliers: int  # that share what the award says

    @property
    def worth(self) -> Tracked:
        """Which of the two says the value."""
        if self.contract is None or self.award is None:
            return self.contract or self.award or _BLANK
        value = as_object(self.contract.said.get("value"))
        return self.contract if id_text(value.get("amount")) or id_text(value.get("amountGross")) else self.award

    @property
    def holders(self) -> tuple[Tracked, ...]:
        """Those of the two that are there, the contract first."""
        return tuple(one for one in (self.contract, self.award) if one is not None)


class ProcessAwards:
    """The awards and contracts of one process, as purchases.

    Parameters
    ----------
    process
        The process, with all its releases.
    statements
        Takes the purchases, and in its report what is not taken.
    """

    def __init__(self, process: ContractingProcess, statements: Statements) -> None:
        self.process, self.statements, self.report = process, statements, statements.report
        said = process.said
        self.parties = {id_text(party.get("id")): party for party in as_objects(said.get("parties"))}
        self.tender = as_object(said.get("tender"))
        self.buyers = self._buyers()
        self.worth: dict[int, tuple[Decimal | None, bool]] = {}
        self.framework = next(
            (
                id_text(one.get("title")) or id_text(one.get("identifier"))
                for one in as_objects(said.get("relatedProcesses"))
                if "framework" in _texts(one.get("relationship"))
            ),
            None,
        )

    def buy(self) -> None:
        """State every award to every supplier by every buyer; what is left out is counted."""
        deals = list(self._deals())
        for day in self.process.unclear:
            self.report.guess(
                "ended by a notice that does not say which award or contract", f"{self.process.ocid}: {day}"
            )
        sharing = Counter(id(deal.worth) for deal in deals)
        buyers = Counter((id(deal.worth), id(deal.supplier), id(deal.contract)) for deal in deals)
        left: set[int] = set()
        for deal in deals:
            self.report.read += 1
            amount, gross = self._amount(deal)
            shared = ""
            if amount is not None and sharing[id(deal.worth)] > 1:
                several = buyers[id(deal.worth), id(deal.supplier), id(deal.contract)]
                shared = self._shared(deal, several, amount if id(deal.worth) not in left else None)
                left.add(id(deal.worth))
                amount = None
            reason = self._dead(deal)
            if reason:
                self.report.skip(deal.where, reason, money=amount)
                continue
            party = self._supplier(deal, amount)
            if party is not None and deal.buyer is not None:
                purchase = self._purchase(
                    deal, deal.buyer, party, amount, "value with VAT" if gross and amount else shared
                )
                if purchase is not None:
                    self.statements.buy(purchase)

    def _buyers(self) -> tuple[Party, ...]:
        """Who buys: the buyer and every party of that role; the procuring entity where there is none."""
        named = [as_object(self.process.said.get("buyer")), *self._of_role("buyer")]
        found = self._different(named)
        if not found:
            found = self._different([as_object(self.tender.get("procuringEntity")), *self._of_role("procuringEntity")])
            for party in found:
                self.report.guess("no buyer: the procuring entity counts as it", f"{self.process.ocid}: {party.name}")
        for party in found[1:]:
            self.report.guess("further buyer of a notice, connected too", f"{self.process.ocid}: {party.name}")
        return found

    def _of_role(self, role: str) -> list[Mapping[str, Any]]:
        return [party for party in self.parties.values() if role in _texts(party.get("roles"))]

    def _different(self, named: Iterable[Mapping[str, Any]]) -> tuple[Party, ...]:
        """Each organisation once, by its id or by its name."""
        found: dict[str, Party] = {}
        codes: set[str] = set()
        for one in filter(None, named):
            code, (name, ids) = id_text(one.get("id")), self._organisation(one)
            if name and code not in codes and _key(name) not in found:
                found[_key(name)] = Party(name, ids)
            codes |= {code} - {""}
        return tuple(found.values())

    def _organisation(self, one: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Name and identifiers, out of the reference and the party that it means."""
        code = id_text(one.get("id"))
        full = self.parties.get(code, _NOBODY)
        ids = _ids(full) or _ids(one)
        scheme = next((scheme for scheme in _SCHEMES if code.startswith(f"{scheme}-")), "")
        if not ids and scheme:
            ids = ((scheme, code.removeprefix(f"{scheme}-")),)
        return id_text(one.get("name")) or id_text(full.get("name")), ids

    def _deals(self) -> Iterator[_AwardDeal]:
        of_award, alone = self._contracts_of_awards()
        ocid = self.process.ocid
        for key, award in sorted(self.process.awards.items()):
            where = f"{ocid} award {key[0]}{f', lot {key[1]}' if key[1] else ''}"
            contracts = of_award.get(key, [])
            refs = _different_refs([award, *contracts]) or self._only_suppliers(where, len(self.process.awards) == 1)
            if award.said.get("subcontracting") or award.said.get("subcontracts"):
                self.report.guess("speaks of subcontracting in words only: a person has to read it", where)
            for buyer in self._buyers_of(contracts, award):
                for ref in refs or [_NOBODY]:
                    for contract in self._signed_with(ref, len(refs), contracts, where):
                        yield _AwardDeal(where, buyer, ref, award, contract, len(refs))
        for id_, contract in alone:
            where = f"{ocid} contract {id_}"
            only = len(alone) == 1 and not self.process.awards
            refs = _different_refs([contract]) or self._only_suppliers(where, only)
            for buyer in self._buyers_of([contract]):
                for ref in refs or [_NOBODY]:
                    yield _AwardDeal(where, buyer, ref, None, contract, len(refs))

    def _buyers_of(self, contracts: list[Tracked], award: Tracked | None = None) -> tuple[Party | None, ...]:
        """Those that the award or its one contract names as its own; else those of the process."""
        for one in (*(contracts if len(contracts) == 1 else ()), *((award,) if award else ())):
            own = self._different([as_object(one.said.get("buyer")), *as_objects(one.said.get("buyers"))])
            if own:
                return own
        return self.buyers or (None,)

    def _contracts_of_awards(self) -> tuple[dict[tuple[str, str], list[Tracked]], list[tuple[str, Tracked]]]:
        """The contracts under each award, and those that belong to none."""
        awards = self.process.awards
        found: dict[tuple[str, str], list[Tracked]] = {}
        alone = []
        for key, contract in sorted(self.process.contracts.items()):
            award = id_text(contract.said.get("awardID"))
            lots = ", ".join(sorted(_lots(contract)))
            under = [one for one in awards if one[0] == award]
            under = [one for one in under if lots and one[1] == lots] or under
            if not under and not award and len(awards) == 1:
                under = list(awards)
            if len(under) == 1:
                found.setdefault(under[0], []).append(contract)
            elif under:
                self.report.guess(
                    "contract under an award id that several lots share, left out",
                    f"{self.process.ocid} contract {key[0]}",
                )
            else:
                alone.append((key[0], contract))
        return found, alone

    def _signed_with(
        self, ref: Mapping[str, Any], sharing: int, contracts: list[Tracked], where: str
    ) -> list[Tracked] | list[None]:
        """The contracts of an award that are with this supplier, as far as that is sure."""
        own = [one for one in contracts if any(_same(ref, other) for other in as_objects(one.said.get("suppliers")))]
        open_ = [one for one in contracts if not as_objects(one.said.get("suppliers"))]
        if not own and sharing > 1 and len(contracts) > 1 and open_:
            self.report.guess("several contracts for several suppliers: which is whose is not said", where)
            return [None]
        return [*own, *(open_ if not own or sharing == 1 else ())] or [None]

    def _only_suppliers(self, where: str, only: bool) -> list[Mapping[str, Any]]:
        """The suppliers among the parties, where there is only one award or contract that they can be of."""
        found = self._of_role("supplier") if only else []
        if found:
            self.report.guess("supplier from the parties of the notice: its award names none", where)
        return found

    def _dead(self, deal: _AwardDeal) -> str:
        """Why a deal does not stand; "" if it does."""
        award, contract = deal.award, deal.contract
        if (award and award.status in words("contract: dead", "ocds")) or (contract and contract.status == "cancelled"):
            return "award or contract cancelled, unsuccessful or only planned"
        off = self.process.called_off
        if off != ReleaseOrigin() and not (contract and contract.ended):
            if not any(one.status == "active" and one.origin.day >= off.day for one in deal.holders):
                return "the tender was called off"
            self.report.guess("the tender is said to be called off, the award to be active: kept", deal.where)
        for one in deal.holders:
            if one.status and one.status not in words("contract: status", "ocds"):
                self.report.guess(
                    f"a status that the standard does not have ({one.status[:40]}), taken as in force", deal.where
                )
        return "" if deal.buyer else "no buyer"

    def _supplier(self, deal: _AwardDeal, amount: Decimal | None) -> Party | None:
        name, ids = self._organisation(deal.supplier)
        if withheld(name, deal.where, self.report, amount):
            return None
        party = named_party(name, self.report, ids)
        if party is None:
            self.report.skip(deal.where, "no supplier", money=amount)
        return party

    def _amount(self, deal: _AwardDeal) -> tuple[Decimal | None, bool]:
        """The value in pounds, without VAT or, where that is the only one, with it, and whether it is that."""
        worth = deal.worth
        if id(worth) not in self.worth:
            self.worth[id(worth)] = self._read_amount(as_object(worth.said.get("value")), deal.where)
        return self.worth[id(worth)]

    def _read_amount(self, value: Mapping[str, Any], where: str) -> tuple[Decimal | None, bool]:
        key = "amountGross" if value.get("amount") in (None, "") else "amount"
        raw = value.get(key)
        if raw in (None, ""):
            return None, False
        amount = None if isinstance(raw, bool) else parse_money(id_text(raw))
        if amount is None or not 0 <= amount < _MOST:
            self.report.guess("amount that is none, left blank", f"{where}: {raw!r}")
            self.money.unread[str(raw)] += 1
            return None, False
        amount = amount.quantize(Decimal("0.01")).normalize() + 0
        currency = id_text(value.get("currency")).upper() or "GBP"
        if currency not in {"GBP", "\u00a3"}:
            self.report.guess(f"value in another currency ({currency}), left out", f"{where}: {amount:f}")
            self.money.foreign(currency, amount)
            return None, False
        if not amount:
            self.report.guess("value of 0, left blank", where)
            return None, False
        self.money.seen(amount)
        if key == "amountGross":
            self.report.guess("value given with VAT only", where)
        return amount, key == "amountGross"

    @property
    def money(self) -> Any:
        """The account of the values."""
        return self.report.counts_money("value of awards and contracts")

    def _shared(self, deal: _AwardDeal, buyers: int, amount: Decimal | None) -> str:
        """The note of a value that belongs to several deals together; told to the account once."""
        if deal.suppliers > 1:
            note, reason = one_value_for_several(deal.suppliers, deal.where, self.report), SHARED_VALUE
        else:
            whom = f"{buyers} buyers" if buyers > 1 else "several contracts"
            note = f"one value for {whom} was left out"
            reason = f"one value for several {'buyers' if buyers > 1 else 'contracts'}, left out"
            self.report.guess(reason, deal.where)
        if amount is not None:
            self.money.leave(reason, amount)
        return note

    def _day(self, text: Any, deal: _AwardDeal, what: str) -> str | None:
        """A date; one that is none is counted and left blank."""
        said = id_text(text)
        day = parse_date(said) if said else None
        if said and day is None:
            self.report.guess("date that is none, left blank", f"{deal.where}, {what}: {said!r}")
        return day

    def _dates(self, deal: _AwardDeal, mixed: bool) -> tuple[str | None, str | None, str | None]:
        """Start, end and latest end; of a contract that came to a close, the day on which it did."""
        lot = self._lot(deal)
        periods = [
            as_object((deal.contract or _BLANK).said.get("period")),
            as_object((deal.award or _BLANK).said.get("contractPeriod")),
            as_object(lot.get("contractPeriod")),
            as_object(self.tender.get("contractPeriod")),
        ]
        if mixed:
            periods = []
            self.report.guess("one set of dates for several lots and suppliers, left blank", deal.where)
        first, last, longest = (
            next((one[key] for one in periods if id_text(one.get(key))), None)
            for key in ("startDate", "endDate", "maxExtentDate")
        )
        begun = self._day(first, deal, "start")
        if begun is None and deal.contract is not None and not mixed:
            begun = self._day(deal.contract.said.get("dateSigned"), deal, "signed")
        ends = self._day(last, deal, "end") if last else self._reckoned(periods, deal)
        start, end = in_order(begun, ends, deal.where, self.report)
        latest = self._day(longest, deal, "latest end") if start == begun else None
        said = (self._day(one.get("endDate"), deal, "completed") for one in (deal.contract or _BLANK).closings)
        closed = next(filter(None, said), None)
        if closed and (start is None or last_day(closed) >= first_day(start)):
            return start, closed, None
        over = self._brought_to_an_end(deal)
        if over or (deal.contract or _BLANK).ended:
            if over and (end is None or last_day(over) < last_day(end)):
                self.report.guess(
                    "contract brought to an end by a notice: it ends on that day", f"{deal.where}: {over}"
                )
                end = over
            return start, end, None
        return start, end, latest

    @staticmethod
    def _brought_to_an_end(deal: _AwardDeal) -> str | None:
        """The day on which a notice ended the contract; of an award, to be complete is no end."""
        if deal.contract is not None and deal.contract.ended:
            return deal.contract.over
        return deal.award.over if deal.award is not None and deal.award.status == "terminated" else None

    def _reckoned(self, periods: Iterable[Mapping[str, Any]], deal: _AwardDeal) -> str | None:
        """The end of a period that states its start and how many days it lasts."""
        period = next((one for one in periods if id_text(one.get("durationInDays"))), _NOBODY)
        start, days = parse_date(id_text(period.get("startDate"))), id_text(period.get("durationInDays"))
        if start and len(start) == 10 and days.isdecimal() and 0 < int(days) < 36_525:
            end = (first_day(start) + timedelta(days=int(days) - 1)).isoformat()
            self.report.guess("end reckoned from the start and the number of days", f"{deal.where}: {end}")
            return end
        if days:
            self.report.guess("number of days without a start, left blank", f"{deal.where}: {days}")
        return None

    def _lot(self, deal: _AwardDeal) -> Mapping[str, Any]:
        """The one lot that a deal is about; nothing if there are none or several."""
        lots = next((found for one in deal.holders if (found := _lots(one))), set())
        by_id = {id_text(lot.get("id")): lot for lot in as_objects(self.tender.get("lots"))}
        return by_id.get(next(iter(lots)), _NOBODY) if len(lots) == 1 else _NOBODY

    def _purchase(
        self, deal: _AwardDeal, buyer: Party, party: Party, amount: Decimal | None, about_value: str
    ) -> Purchase | None:
        report, where = self.report, deal.where
        award, contract = deal.award or _BLANK, deal.contract or _BLANK
        # of several lots under one id, only the last one's title, value and dates are published
        own = any(_same(deal.supplier, other) for other in as_objects(contract.said.get("suppliers")))
        mixed = deal.suppliers > 1 and len(_lots(award)) > 1 and not own
        start, end, latest = self._dates(deal, mixed)
        if (contract.ended or award.status == "terminated") and (
            end is None or (start and last_day(end) < first_day(start))
        ):
            report.skip(where, "contract at an end, on a day that is not known or before it began", money=amount)
            return None
        self.statements.begins(start, where)
        lot = id_text(self._lot(deal).get("title"))
        titles = (contract.said.get("title"), None if mixed else award.said.get("title"), lot, self.tender.get("title"))
        title = next(filter(None, map(id_text, titles)), "")
        area, guessed = stated_or_guessed_area("", title, report)
        notes = [f"contract: {title.replace(';', ',')}"] if title else []
        notes += [about_value] if about_value else []
        codes = tuple(dict.fromkeys(_cpv_codes(award.said, contract.said, self.tender)))
        notes += [f"CPV {codes[0]}"] if codes else []
        origin = max(one.origin for one in deal.holders)
        return Purchase(
            where=where,
            how="award",
            council=buyer,
            supplier=party,
            cited=Citation(
                f"{buyer.name} awarded {title or 'a contract'} to {party.name}",
                self.statements.options.grade or "confirmed",
                self._address(deal, origin),
                origin.publisher or f"Notice {origin.id}",
                origin.day or None,
                licence=origin.licence or None,
            ),
            thing=title or None,
            area=area,
            area_guessed=guessed,
            amount=amount,
            valid_from=start,
            valid_to=end,
            contract_reference=self.process.ocid,
            contract_value_gbp=amount,
            contract_end_latest=latest,
            framework=self.framework,
            note="; ".join(notes) or None,
            cpv=codes,
        )

    def _address(self, deal: _AwardDeal, origin: ReleaseOrigin) -> str | None:
        """Where the notice stands: by its number, or as its documents say."""
        for form, page in patterns("notice page", "ocds"):
            if match := form.fullmatch(f"{self.process.ocid} {origin.id}"):
                return match.expand(page)
        documents = [paper for one in deal.holders for paper in as_objects(one.said.get("documents"))]
        forms = [form for form, _ in patterns("notice page: document", "ocds")]
        documents.sort(key=lambda paper: not any(form.fullmatch(id_text(paper.get("documentType"))) for form in forms))
        return next((url for paper in documents if (url := web_address(id_text(paper.get("url"))))), None)


def _cpv_codes(*holders: Mapping[str, Any]) -> Iterator[str]:
    """Every CPV code of an award, its contract and its tender, and of what is bought in each."""
    for holder in holders:
        for one in (*as_objects(holder.get("items")), holder):
            for said in (as_object(one.get("classification")), *as_objects(one.get("additionalClassifications"))):
                if said.get("scheme") == "CPV" and (code := id_text(said.get("id"))):
                    yield code


def _texts(value: Any) -> list[str]:
    """A list of words; a word alone is a list of one."""
    return [id_text(one) for one in (value if isinstance(value, list) else [value])]


def _lots(one: Tracked) -> set[str]:
    """The lots that an award or a contract is about."""
    items = as_objects(one.said.get("items"))
    return {*_texts(one.said.get("relatedLots")), *(id_text(item.get("relatedLot")) for item in items)} - {""}


def _different_refs(holders: Iterable[Tracked]) -> list[Mapping[str, Any]]:
    """The suppliers that these name, each once."""
    found: list[Mapping[str, Any]] = []
    names: set[str] = set()
    codes: set[str] = set()
    for ref in (ref for holder in holders for ref in as_objects(holder.said.get("suppliers"))):
        name, code = _key(id_text(ref.get("name"))), id_text(ref.get("id"))
        if (name in names) if name else (code in codes):
            continue
        names.add(name)
        codes.add(code)
        found.append(ref)
    return found


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two references mean the same: by name where both have one, since publishers give one id to several."""
    names = _key(id_text(one.get("name"))), _key(id_text(other.get("name")))
    if all(names):
        return names[0] == names[1]
    return bool(id_text(one.get("id"))) and id_text(one.get("id")) == id_text(other.get("id"))


def _ids(party: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = set()
    for identifier in (as_object(party.get("identifier")), *as_objects(party.get("additionalIdentifiers"))):
        scheme, number = id_text(identifier.get("scheme")), id_text(identifier.get("id"))
        if scheme and number:
            found.add((scheme, number))
    return tuple(sorted(found))
