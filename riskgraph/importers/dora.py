"""The EU's DORA register of information (Implementing Regulation 2024/2956): who depends on whom in ICT, and how much.

Takes the workbook of the supervisors or of another system, and the "plain CSV" package that is reported: a folder or a
ZIP with `b_02.02.csv` and its like, `parameters.csv` and `FilingIndicators.csv`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from riskgraph.data.scope_words import area_of
from riskgraph.importers.columns import kind_of
from riskgraph.importers.dora_tables import DORA_TABLES, FILING, PARAMETERS, data_rows, faults, is_lei, says
from riskgraph.importers.formats import Format
from riskgraph.importers.rows import SourceRow
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.statements import Citation, Party, Purchase, StatedRelation, Statements, named_party
from riskgraph.importers.values import currency_named, parse_days, parse_hours, parse_money
from riskgraph.model import SUPPLIER
from riskgraph.vocabulary import patterns, words

__all__ = ["DORA"]

_WITH_RELATIONS = {"B_02.02", "B_05.02", "B_02.01", "B_04.01"}  # one of them is there, or it is another file
_OLD_COUNTRY = re.compile(r"eba_GA:.*|[A-Z]{2}")


def _fits(path: Path) -> int:
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        return 0
    names = {kind.name for sheet in open_sheets(path) if (kind := kind_of(sheet, (*DORA_TABLES, PARAMETERS, FILING)))}
    return 60 if names & _WITH_RELATIONS or (names and path.suffix.lower() == ".csv") else 0


class _Register:
    """The tables, with what the contracts refer to by code. Of two rows with one key the first by its cells counts."""

    def __init__(self, rows: Iterable[SourceRow], statements: Statements) -> None:
        self.statements, self.report = statements, statements.report
        self.rows: dict[str, list[SourceRow]] = defaultdict(list)
        for row in data_rows(rows, self.report):
            self.rows[row.kind.name].append(row)
        self.main = self._by("B_02.01", "reference")
        self.listed = self._by("B_05.01", "provider")
        self.functions = self._by("B_06.01", "function", "user") | self._by("B_06.01", "function")
        self.assessed = self._by("B_07.01", "reference", "provider", "service_type")
        self.assessed |= self._by("B_07.01", "reference", "provider")
        entities = {table: self._by(table, "code") for table in ("B_01.03", "B_01.02", "B_01.01")}
        self.entities = {key[0]: says(row, "name") for some in entities.values() for key, row in some.items()}
        self.lines: dict[str, set[tuple[str, str, str]]] = defaultdict(set)  # contract -> user, provider, function
        self.costs: dict[str, Decimal] = {}  # contract -> what it costs a year
        self.counted: set[str] = set()  # contracts whose cost has been asked for
        for row in self.rows["B_02.02"]:
            self.lines[row["reference"]].add((row["user"], row["provider"], row["function"]))

    def _by(self, table: str, *fields: str) -> dict[tuple[str, ...], SourceRow]:
        found: dict[tuple[str, ...], SourceRow] = {}
        for row in sorted(self.rows[table], key=lambda row: row.cells):
            found.setdefault(tuple(row[name] for name in fields), row)
        return {key: row for key, row in found.items() if all(key)}

    def values(self, table: str, reference: str, field: str) -> list[str]:
        """What a table says of a contract."""
        found = {says(row, field) for row in self.rows[table] if row["reference"] == reference}
        return sorted(found - {""})

    def count_costs(self) -> None:
        """What each contract costs a year in pounds; other currencies are counted apart and left out."""
        for row in sorted(self.rows["B_02.01"], key=lambda row: row.cells):
            if not (text := says(row, "cost")):
                continue
            money = self.report.counts_money(row.columns.header_of("cost"))
            if currency := currency_named(says(row, "currency")):
                self.report.guess(f"value in another currency ({currency}), left out", f"{row.where}: {text!r}")
                money.foreign(currency, parse_money(text) or Decimal(0))
            elif (amount := row.amount("cost")) is None:
                continue
            elif row["reference"] in self.costs or not row["reference"]:
                money.seen(amount)
                money.leave("the same contract twice", amount)
            else:
                money.seen(amount)
                self.costs[row["reference"]] = amount

    def cost(self, reference: str, lines: int) -> tuple[Decimal | None, Decimal | None, str]:
        """What a contract costs a year, its part of the column of money (once), and what is told where lines share it."""
        cost = self.costs.get(reference)
        first, money = reference not in self.counted, self.report.money
        self.counted.add(reference)
        if cost is None or money is None:
            return None, None, ""
        if lines == 1:
            return cost, cost if first else None, ""
        if first:
            money.leave("one annual cost for several lines of a contract, told in the note", cost)
        return None, None, f"annual cost of the whole contract in pounds: {cost}"

    def leave_costs(self) -> None:
        """What contracts cost of which nothing is taken."""
        for reference in sorted(set(self.costs) - self.counted):
            if self.report.money is not None:
                self.report.money.leave("contract of which no line is taken", self.costs[reference])

    def user(self, code: str) -> str:
        """Who buys: by name if a table names it; what `--council` says before a mere code."""
        name = self.entities.get(code) or (self.statements.options.council if is_lei(code) or not code else code)
        if name is None and code:
            self.report.note(
                f"No table says who {code} is: its code stands for its name. Say who it is with --council NAME."
            )
        return name or code

    def provider(self, code: str) -> Party | None:
        """A provider by its name, with its numbers; by its code if nothing names it. None if it is a person."""
        row = self.listed.get((code,))
        if self.is_person(code):
            return None
        name, ids = self._named(row) if row else (self.entities.get(code, ""), [])
        if not name:
            self.report.guess("code of a provider that no table names, taken as its name", code)
        if is_lei(code):
            ids.append(("LEI", code))
        return named_party(name or code, self.report, tuple(dict.fromkeys(ids))) if code else None

    def is_person(self, code: str) -> bool:
        """Whether a provider is a human being: nothing of it is taken."""
        row = self.listed.get((code,))
        kinds = (says(row, "code_type"), says(row, "person"))
        return any(form.search(kind) for kind in kinds for form, _ in patterns("dora: person"))

    def _named(self, row: SourceRow) -> tuple[str, list[tuple[str, str]]]:
        name = says(row, "name") or says(row, "latin_name")
        if _is_older(row):
            return says(row, "other_code"), _numbers(row, (("provider", "code_type"),))
        return name, _numbers(row, (("provider", "code_type"), ("other_code", "other_code_type")))

    def parent(self, row: SourceRow) -> str:
        """The code of the ultimate parent of a provider."""
        return says(row, "country" if _is_older(row) else "parent")


def _is_older(row: SourceRow) -> bool:
    """Whether a row of B_05.01 has the columns of the trial of 2024: the name under 0030, the country under 0050."""
    return bool(_OLD_COUNTRY.fullmatch(row["name"])) and "parent" not in row.columns


def _numbers(row: SourceRow, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The identifiers of a provider, as far as their kinds are known: LEI, and British company numbers."""
    found = []
    for field, type_ in fields:
        code, kind = says(row, field), says(row, type_).upper()
        if kind == "LEI" and is_lei(code):
            found.append(("LEI", code))
        elif kind.endswith("CRN") and (kind.startswith(("GB", "UK")) or says(row, "country") == "GB"):
            found.append(("GB-COH", code))
    return found


def _register(rows: Iterator[SourceRow], statements: Statements) -> None:
    """Contracts (B_02), who takes part (B_03, B_04), providers and chains (B_05), functions, assessments."""
    tables = _Register(rows, statements)
    _dated(tables)
    tables.count_costs()
    filed = {
        row["table"].upper().replace("RT.", "B_"): row["reported"].lower() in {"true", "yes", "1"}
        for row in tables.rows[FILING.name]
    }
    faults(tables.rows, filed, statements.report)
    for row in tables.rows["B_02.02"]:
        statements.report.read += 1
        _contract(row, tables)
    _further_users(tables)
    _without_details(tables)
    for row in tables.rows["B_02.03"]:
        _behind_the_group(row, tables)
    for row in tables.rows["B_05.02"]:
        statements.report.read += 1
        _chain(row, tables)
    for row in tables.rows["B_05.01"]:
        if (parent := tables.parent(row)) and parent != row["provider"]:
            statements.report.read += 1
            _owned(row, parent, tables)
    tables.leave_costs()


def _dated(tables: _Register) -> None:
    """The day that the register speaks for: that of the report, else the last on which something was looked at."""
    days = [(row.day("value"), row) for row in tables.rows[PARAMETERS.name] if row["name"].lower() == "refperiod"]
    days += [(_day(row, "reported"), row) for row in tables.rows["B_01.01"]]
    what = "report"
    for table, field, looked in (
        ("B_01.02", "updated", "update"),
        ("B_06.01", "assessed", "assessment"),
        ("B_07.01", "audited", "audit"),
    ):
        if not any(day for day, _ in days):
            days, what = [(_day(row, field), row) for row in tables.rows[table]], looked
    for day, row in days:
        tables.statements.dated(day, what, row.where)


def _contract(row: SourceRow, tables: _Register) -> None:
    """A line of B_02.02: who uses what of whom, under which contract."""
    statements = tables.statements
    reference, code, user = row["reference"], says(row, "provider"), tables.user(says(row, "user"))
    if tables.is_person(code):
        return row.skip("the provider is a person: only organisations are taken")
    supplier = tables.provider(code)
    if supplier is None or not user:
        return row.skip("no provider or no user")
    function = says(row, "function")
    named = tables.functions.get((row["function"], row["user"])) or tables.functions.get((row["function"],))
    thing = says(named, "name") or ("" if re.fullmatch(r"F\d+", function) else function)
    judged = tables.assessed.get((reference, row["provider"], row["service_type"]))
    judged = judged or tables.assessed.get((reference, row["provider"]))
    start, end = _day(row, "start"), _day(row, "end")
    if start and end and start > end:
        statements.report.guess("ends before it begins: both dates left blank", f"{row.where}: {start} to {end}")
        start = end = None
    statements.begins(start, row.where)
    cost, amount, cost_note = tables.cost(reference, lines=len(tables.lines[reference]))
    statements.buy(
        Purchase(
            where=row.where,
            how="register",
            amount=amount,
            council=Party(user),
            supplier=supplier,
            cited=Citation(
                f"{user} has the contract {reference} with {supplier.name}", statements.options.grade or "confirmed"
            ),
            thing=thing or None,
            area=area_of(thing),
            access=words("access", "dora").get(says(row, "stores_data").lower()),
            hosting=words("hosting", "dora").get(says(row, "service_type").lower()),
            valid_from=start,
            valid_to=end if says(row, "reason") else None,
            contract_reference=reference or None,
            contract_end=end,
            notice_days=parse_days(says(row, "notice")),
            framework=says(tables.main.get((reference,)), "overarching") or None,
            annual_value_gbp=cost,
            tolerable_hours=_hours(says(named, "recovery_time")),
            importance=_importance(named),
            substitutability=_substitutability(says(judged, "substitutability")),
            exit_plan={"yes": "yes", "no": "no"}.get(says(judged, "exit_plan").lower()),
            note="; ".join(filter(None, (*_notes(row, named, judged), cost_note))) or None,
        )
    )
    return None


def _day(row: SourceRow, field: str) -> str | None:
    """A date; one that nobody understands is told."""
    return row.date(field) if says(row, field) else None


def _hours(text: str) -> int | None:
    """Hours of recovery: a bare number is hours there."""
    return int(text) if text.isdigit() else parse_hours(text)


def _importance(function: SourceRow | None) -> str | None:
    """How important a function is: what the register calls critical is; else by the impact of its stopping."""
    if says(function, "critical").lower() == "yes":
        return "critical"
    return words("dora: impact", "dora").get(says(function, "impact").lower())


def _notes(row: SourceRow, function: SourceRow | None, judged: SourceRow | None) -> list[str]:
    told = (
        ("service type", row, "service_type"),
        ("reliance", row, "reliance"),
        ("sensitiveness of the data", row, "sensitiveness"),
        ("data at rest in", row, "stored_in"),
        ("data processed in", row, "processed_in"),
        ("days of notice of the provider", row, "their_notice"),
        ("ended because", row, "reason"),
        ("hours of data that may be lost", function, "recovery_point"),
        ("hard to replace because", judged, "why"),
        ("taking it back", judged, "reintegration"),
        ("alternatives identified", judged, "alternatives"),
        ("which alternatives", judged, "which"),
    )
    return [f"{label}: {text.replace(';', ',')}" for label, source, field in told if (text := says(source, field))]


def _substitutability(text: str) -> str | None:
    """The four words of B_07.01.0050 in the model's.

    Examples
    --------
    >>> _substitutability("Not substitutable"), _substitutability("Easily substitutable"), _substitutability("")
    ('no', 'easily', None)
    """
    return next((word for form, word in patterns("replaceable", "dora") if form.fullmatch(text)), None)


def _further_users(tables: _Register) -> None:
    """Who uses a contract by B_04.01 and has no line of it: supplied by its providers."""
    for row in tables.rows["B_04.01"]:
        reference, code = row["reference"], says(row, "user")
        lines = tables.lines.get(reference, set())
        if lines and code and code not in {user for user, _, _ in lines}:
            _plain(row, reference, [code], sorted({provider for _, provider, _ in lines} - {""}), tables)


def _without_details(tables: _Register) -> None:
    """Contracts that have no line in B_02.02: who signs or uses them, and who provides."""
    for row in tables.rows["B_02.01"]:
        reference = row["reference"]
        if not reference or reference in tables.lines:
            continue
        users = tables.values("B_04.01", reference, "user") or tables.values("B_03.01", reference, "signer")
        providers = tables.values("B_03.02", reference, "provider") or tables.values("B_03.03", reference, "provider")
        overarching = any(says(other, "overarching") == reference for other in tables.rows["B_02.01"])
        if overarching and not (users and providers):
            continue  # a framework: its call-offs stand for it
        _plain(row, reference, users, providers, tables)


def _plain(row: SourceRow, reference: str, users: list[str], providers: list[str], tables: _Register) -> None:
    """A contract of which only the two sides are told."""
    statements = tables.statements
    pairs = [
        (tables.user(user), supplier) for user in users for code in providers if (supplier := tables.provider(code))
    ]
    statements.report.read += max(1, len(pairs))
    if not pairs:
        return row.skip("no provider or no user")
    lines = len(pairs) if row.kind.name == "B_02.01" else 2  # a further user of a contract shares what it costs
    for user, supplier in pairs:
        cost, amount, cost_note = tables.cost(reference, lines)
        claim = f"{user} has the contract {reference} with {supplier.name}"
        statements.buy(
            Purchase(
                where=row.where,
                how="register",
                council=Party(user),
                supplier=supplier,
                cited=Citation(claim, statements.options.grade or "confirmed"),
                contract_reference=reference,
                amount=amount,
                annual_value_gbp=cost,
                framework=says(tables.main.get((reference,)), "overarching") or None,
                note=cost_note or None,
            )
        )
    return None


def _behind_the_group(row: SourceRow, tables: _Register) -> None:
    """What one's own company or service buys to fulfil its contract with the group (B_02.03)."""
    inner, outer = says(row, "reference"), says(row, "linked")
    within = tables.values("B_03.03", inner, "provider") or _of(tables.lines.get(inner, set()))
    beyond = tables.values("B_03.02", outer, "provider") or _of(tables.lines.get(outer, set()))
    tables.report.read += 1
    pairs = [
        (one, two)
        for a in within
        for b in beyond
        if (one := tables.provider(a)) and (two := tables.provider(b)) and one != two
    ]
    if not pairs:
        return row.skip("no provider of one of the two contracts")
    for place, (one, two) in enumerate(pairs):
        claim = f"{one.name} fulfils the contract {inner} with {two.name} under {outer}"
        _between(row, "subcontracts-to", (one, two), claim, tables, rows=int(place == 0))
    return None


def _of(lines: set[tuple[str, str, str]]) -> list[str]:
    return sorted({provider for _, provider, _ in lines} - {""})


def _chain(row: SourceRow, tables: _Register) -> None:
    """A link of a chain of subcontractors, from rank 2 on."""
    rank, report = says(row, "rank").removesuffix(".0"), tables.report
    if rank == "1":
        return row.skip("rank 1: the direct provider, already in B_02.02")
    code, recipient = says(row, "provider"), says(row, "recipient")
    if not recipient and rank.isdigit():
        above = {
            says(other, "provider")
            for other in tables.rows["B_05.02"]
            if other["reference"] == row["reference"]
            and says(other, "rank").removesuffix(".0") == str(int(rank) - 1)
            and says(other, "service_type") == says(row, "service_type")
        }
        if len(above) == 1:
            recipient = above.pop()
            report.guess("recipient of a subcontract not told: the only one of the rank above", row.where)
    if tables.is_person(code) or tables.is_person(recipient):
        return row.skip("the provider is a person: only organisations are taken")
    one, two = tables.provider(recipient), tables.provider(code)
    if one is None or two is None:
        return row.skip("no subcontractor or no recipient")
    claim = f"{two.name} works for {one.name} (rank {rank}) under {row['reference'] or 'a contract'}"
    return _between(row, "subcontracts-to", (one, two), claim, tables)


def _owned(row: SourceRow, parent: str, tables: _Register) -> None:
    if tables.is_person(says(row, "provider")) or tables.is_person(parent):
        return row.skip("the provider is a person: only organisations are taken")
    one, two = tables.provider(says(row, "provider")), tables.provider(parent)
    if one is None or two is None or one == two:
        return row.skip("no parent, or its own parent")
    return _between(row, "owned-by", (one, two), f"{two.name} is the ultimate parent of {one.name}", tables)


def _between(
    row: SourceRow, relation: str, ends: tuple[Party, Party], claim: str, tables: _Register, rows: int = 1
) -> None:
    statements = tables.statements
    cited = Citation(claim, statements.options.grade or "confirmed")
    one, two = ((SUPPLIER, party) for party in ends)
    statements.relations.append(StatedRelation(row.where, relation, one, two, cited, rows=rows))


DORA = Format(
    "dora",
    "a DORA register of information: the workbook, or its CSV files in a folder or ZIP",
    (*DORA_TABLES, PARAMETERS, FILING),
    rows=_register,
    recognise=_fits,
)
