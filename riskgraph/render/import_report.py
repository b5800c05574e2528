"""What an import says: what came and of which day, what is doubtful first, and what to ask the new map."""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from riskgraph.data.dataset import Dataset
from riskgraph.data.directory import directory
from riskgraph.data.joining import Conflict
from riskgraph.data.names import Names
from riskgraph.data.spelling import company_key
from riskgraph.dates import first_day, in_words, last_day
from riskgraph.importers.report import IMPOSSIBLE, LATER, DateFrom, ImportReport, MoneyColumn
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER
from riskgraph.render.imports import contradictions_told
from riskgraph.render.words import join, plural
from riskgraph.rules import Trait, relations_that

__all__ = ["first_questions", "import_text", "nothing_kept"]

_SHOWN = 3  # examples of a sort
_NAMED = 3  # bodies whose file it is, by name
_LOSES = ("left blank", "left out", "not taken", "counted apart")  # sorts of guess by which something is lost
_FIRST = (IMPOSSIBLE, LATER)


def import_text(reports: Sequence[ImportReport], dataset: Dataset, where: str | None) -> str:
    """What was read, kept, skipped and guessed, file by file; and three questions for the map, if it was written."""
    read, kept = sum(r.read for r in reports), sum(r.kept for r in reports)
    (one,) = reports if len(reports) == 1 else (None,)
    lines = [
        f"{plural(read, 'row')} read, {kept:,} kept, {read - kept:,} left out{_whose(reports, dataset)}: "
        f"{len(dataset.entities):,} bodies and places, {plural(len(dataset.records('relations')), 'relation')} in all "
        f"({f'data of {in_words(dataset.info.as_of)}'}{_why(one) if one else ''})."
    ]
    for report in reports:
        lines += ["", *_one_report(report, dataset, alone=one is not None), *_contradictions(dataset, report.conflicts)]
    lines += ["", f"Written to {where}." if where else "Nothing was written: add --to FOLDER, or --into a data set."]
    if any(r.unmatched_councils or r.unmatched_suppliers for r in reports):
        lines.append("Names that nobody knew: decide who they are with `riskgraph data match`.")
    if where:
        lines += ["Ask it:", *(f"  {command}" for command in first_questions(reports, dataset, where))]
    return "\n".join(lines) + "\n"


def nothing_kept(reports: Sequence[ImportReport]) -> tuple[str, str]:
    """Why there is nothing to write, with the reasons counted, and what to do."""
    lines = [f"Nothing was kept of {join(report.source for report in reports)}, so nothing was written."]
    for report in reports:
        lines.append(f"{report.source} ({report.format}): {plural(report.read, 'row')} read.")
        lines += [f"- {text}" for text in report.first]
        lines += _left_out(report)
    columns = "; --columns says what the columns are" if any(report.columns for report in reports) else ""
    return "\n".join(lines), f"Run it without --to to see the whole report{columns}."


def _left_out(report: ImportReport) -> Iterator[str]:
    """Rows left out by their reason, most first."""
    for reason, count in sorted(report.skipped_count.items(), key=lambda item: (-item[1], item[0])):
        yield f"- Left out, {reason}: {plural(count, 'row')} ({join(report.skipped[reason], _SHOWN)})."


def _whose(reports: Sequence[ImportReport], dataset: Dataset) -> str:
    """Of which public bodies the rows speak."""
    spoken = {id_ for report in reports for id_ in report.spoken_of}
    services = {id_ for id_ in spoken if id_.startswith(SHARED_SERVICE)}
    found = {id_ for id_ in spoken if id_.startswith(AUTHORITY)}
    members = (row.dependent for row in dataset.relations.values() if row.provider in services)
    found |= {id_ for id_ in members if id_.startswith(AUTHORITY)}
    if not found:
        return ""
    if len(found) > _NAMED:
        return f", of {len(found):,} public bodies"
    return f", of {join(sorted(dataset.usual_name(id_) for id_ in found))}"


def _why(report: ImportReport) -> str:
    """Why the data are of that day; loud where nothing in the file says so."""
    if report.as_of_from is DateFrom.KNOWN:
        return f", the latest {report.as_of_what}"
    if report.as_of_from is DateFrom.STARTS:
        return " by the latest start until today; nothing in the file says when it was made: --as-of DATE does"
    if report.as_of_from is DateFrom.NOTHING:
        return " for want of a better; nothing in the file says when it was made: --as-of DATE does"
    return ""


def _one_report(report: ImportReport, dataset: Dataset, *, alone: bool) -> Iterator[str]:
    of = f"data of {in_words(report.as_of or dataset.info.as_of)}{_why(report)}"
    counts = "" if alone else f" {plural(report.read, 'row')} read, {report.kept:,} kept; {of}."
    yield f"{report.source} ({report.format}):{counts}"
    yield from (f"- First: {text}" for text in report.first)
    others = ((fit, name) for name, fit in report.fits.items() if name != report.format)
    fit, other = max(others, key=lambda one: (one[0], one[1]), default=(0, ""))
    if fit and fit >= report.fits.get(report.format, 0) - 1:
        yield f"- Read as {report.format}, though nearly as much of it fits {other}: --from {other} reads it so."
    added = report.added
    if added:
        yield (
            f"- New: {added['entities']:,} bodies and places, {plural(added['relations'], 'relation')}, "
            f"{plural(added['evidence'], 'item')} of evidence{_incidents(added)}."
        )
    if report.money is not None:
        yield from _money(report.money)
    yield from _likely(report)
    lost = [sort for sort in report.guess_count if sort in _FIRST or any(word in sort for word in _LOSES)]
    lost.sort(key=lambda sort: (sort not in _FIRST, "date" not in sort and "value" not in sort, sort))
    for sort in lost:
        most = len(report.guesses[sort]) if sort in _FIRST else _SHOWN
        yield f"- Doubtful, {sort}: {plural(report.guess_count[sort], 'time')} ({join(report.guesses[sort], most)})."
    yield from _left_out(report)
    if report.redacted:
        yield f"- Suppliers redacted: {plural(report.redacted, 'row')}; nobody is made of them."
    yield from _names("Councils not in the register", report.unmatched_councils)
    named = {
        company_key(name) for e in dataset.entities.values() if e.kind == SUPPLIER for name in (e.name, *e.aliases)
    }
    new, out = Counter[str](), Counter[str]()
    for name, rows in report.unmatched_suppliers.items():
        (new if company_key(name) in named else out)[name] = rows
    yield from _names("Suppliers new to the map, known by name only", new)
    yield from _names("Suppliers that nobody knows, not taken", out)
    yield from _names("Identifiers that are none", report.bad_identifiers)
    for sort, count in sorted(report.guess_count.items()):
        if sort not in lost:
            yield f"- Guess, {sort}: {plural(count, 'time')} ({join(report.guesses[sort], _SHOWN)})."
    if report.unused_columns:
        yield f"- Columns not taken: {join(report.unused_columns, 12)}."
    yield from (f"- {note}" for note in report.notes[:12])


def _likely(report: ImportReport) -> Iterator[str]:
    """Names that likely mean somebody known and were not joined, since likeness joins nothing: those of most rows first."""
    rows = report.unmatched_suppliers + report.unmatched_councils
    names = sorted((name for name, some in report.likely.items() if some), key=lambda name: (-rows[name], name))
    if names:
        shown = join((f"{name!r}: {report.likely[name][0].name}?" for name in names), 6)
        one = (
            "looks like somebody who is known, and stands" if len(names) == 1 else "look like somebody known, and stand"
        )
        yield f"- Doubtful, {plural(len(names), 'name')} that {one} apart ({shown}); `riskgraph data match` asks."


def _money(money: MoneyColumn) -> Iterator[str]:
    """How much of the column is in the map, to the penny, and why the rest is not; other currencies apart."""
    of = f"- Money: {_pounds(money.kept)} of {_pounds(money.total)} in the column {money.column!r} is in the map"
    reasons = sorted(money.left_out.items(), key=lambda item: (-abs(item[1]), item[0]))
    reasons = [(reason, amount) for reason, amount in reasons if amount]
    yield f"{of}; {_pounds(money.total - money.kept)} is not:" if reasons else f"{of}."
    yield from (f"  - {_pounds(amount)}: {reason}." for reason, amount in reasons)
    for code, (cells, amount) in sorted(money.currencies.items()):
        yield f"- Another currency, never added to pounds: {code} {amount:,.2f} in {plural(cells, 'cell')}."
    if money.unread:
        seen = sorted(money.unread, key=lambda text: (-money.unread[text], text))
        counted = plural(sum(money.unread.values()), "cell")
        yield f"- Doubtful, no amount in the column {money.column!r}: {counted} ({join(map(repr, seen), _SHOWN)})."


def _pounds(amount: Decimal) -> str:
    """An amount to the penny, or as exactly as the file has it.

    Examples
    --------
    >>> _pounds(Decimal("1234.5")), _pounds(Decimal("-3")), _pounds(Decimal("0.125"))
    ('\u00a31,234.50', '-\u00a33.00', '\u00a30.125')
    """
    exponent = amount.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{'-' if amount < 0 else ''}\u00a3{abs(amount):,.{places}f}"


def _incidents(added: Mapping[str, int]) -> str:
    """New incidents, for a source that tells of any."""
    incidents, effects = added.get("incidents", 0), added.get("incident_effects", 0)
    if not incidents and not effects:
        return ""
    return f", {plural(incidents, 'incident')}, {plural(effects, 'effect')} of incidents"


def _names(label: str, names: Counter[str]) -> Iterator[str]:
    if names:
        ordered = sorted(names, key=lambda name: (-names[name], name))
        yield f"- {label}: {len(names):,} ({join(ordered, 6)})."


def _contradictions(data: Dataset, found: Sequence[Conflict]) -> list[str]:
    told = contradictions_told(data, found)
    if not told:
        return []
    more = [f"  - and {len(told) - 20:,} more: --format json has all"] if len(told) > 20 else []
    head = f"- {plural(len(told), 'contradiction')}, each kept with both sources."
    return [head, *(f"  - {one}" for one in told[:20]), *more]


def first_questions(reports: Sequence[ImportReport], dataset: Dataset, where: str) -> tuple[str, ...]:
    """Three commands to ask the new map first, each of which works as printed.

    Parameters
    ----------
    reports
        What the import did: only what the files speak of is asked about.
    dataset
        The new map.
    where
        The folder that it was written to.
    """
    spoken: Counter[str] = Counter()
    money: defaultdict[str, Decimal] = defaultdict(Decimal)
    for report in reports:
        spoken.update({id_: rows for id_, rows in report.spoken_of.items() if id_ in dataset.entities})
        for id_, amount in (report.money.suppliers if report.money else {}).items():
            money[id_] += amount
    leaning: defaultdict[str, set[str]] = defaultdict(set)
    for row in dataset.relations.values():
        if row.dependent.startswith((AUTHORITY, SHARED_SERVICE)):
            leaning[row.provider].add(row.dependent)
    handle = Names(dataset).handle

    def weight(id_: str) -> tuple[object, ...]:
        known = id_ in directory().entities
        return id_.startswith(SUPPLIER), known, len(leaning[id_]), money[id_], spoken[id_], leaning[id_] != set()

    asked = []
    roots = [id_ for id_ in spoken if id_.startswith(SUPPLIER)] or sorted(leaning) or sorted(dataset.entities)
    if roots:
        asked.append(f"blast {handle(max(sorted(roots), key=weight))}")
    leans, day = relations_that(Trait.LEANS), dataset.info.day
    ends = (
        row.contract_end_latest or row.contract_end or row.valid_to
        for row in dataset.relations.values()
        if row.relation in leans and not (row.valid_from and first_day(row.valid_from) > day)
    )
    if any(end and last_day(end) > day for end in ends):
        asked.append("contracts")
    bodies = [id_ for id_ in spoken if id_.startswith(AUTHORITY)]
    if bodies:
        asked.append(f"show {handle(max(sorted(bodies), key=lambda id_: spoken[id_]))}")
    asked += ["data gaps", "rank", "data check"]
    said = ((*command.split(" "), "--data", where) for command in asked[:3])
    return tuple(f"riskgraph {shlex.join(command)}" for command in said)
