"""Sections that several kinds of report share, and the words for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from riskgraph.analysis.blast import BlastRadius, Reach, Route
from riskgraph.analysis.contracts import Buyers, contract_of
from riskgraph.data.dataset import Dataset
from riskgraph.dates import first_day, in_words, last_day, months_later
from riskgraph.model import SHARED_SERVICE, Band, FailureKind
from riskgraph.render.blocks import Block, Cell, Items, Picture, Section, Table, Text, headings
from riskgraph.render.gaps import question_text
from riskgraph.render.headline import failing
from riskgraph.render.page import WIDTH, Page, as_text
from riskgraph.render.words import (
    BY_LAW,
    area_label,
    capital,
    full_name,
    join,
    plural,
    root_name,
    sentence,
    short_name,
    step_phrase,
)
from riskgraph.report.pictures import ContractTerm, Lane, Leaf, gantt, lanes
from riskgraph.report.registry import Context
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step, View

__all__ = [
    "BAND_WORDS",
    "DEPENDENCE_COLUMNS",
    "MOST",
    "area_title",
    "band_counts",
    "bands_note",
    "columns_of",
    "contracts_section",
    "dependence",
    "harm_bands",
    "if_failing",
    "method_section",
    "routes",
    "shared_purchases",
    "unknown_lines",
    "unmarked",
]

BAND_WORDS = {
    Band.DOCUMENTED: "documented",
    Band.LIKELY: "likely",
    Band.POSSIBLE: "possible",
    Band.NOT_RULED_OUT: "cannot be ruled out",
}
MOST = 400  # rows of a table on the page; all of them are in the CSV file
BOXES = 40  # above this the councils of one way share a box
WAYS = 24  # ways drawn; the others are counted in one more box


def area_title(area: str | None) -> str:
    """A service area at the head of a row."""
    return "Service area not known" if area is None else rules().areas[area].label


def if_failing(radius: BlastRadius) -> str:
    """What is supposed, such as "if Civica were compromised"."""
    names = join(root_name(radius.graph.dataset, root) for root in radius.roots)
    return f"if {names} {failing(radius.kinds, len(radius.roots))}"


def band_counts(bands: Iterable[Band]) -> str:
    """How many in each band, surest first.

    Examples
    --------
    >>> band_counts([Band.POSSIBLE, Band.LIKELY, Band.POSSIBLE])
    '1 likely, 2 possible'
    """
    counts = Counter(bands)
    return ", ".join(f"{counts[band]:,} {BAND_WORDS[band]}" for band in Band if counts[band])


def bands_note(radius: BlastRadius, reaches: Sequence[Reach]) -> str:
    """How many in each band, or what is known where there are none."""
    if reaches:
        return band_counts(reach.band for reach in reaches)
    if radius.doubtful:
        return f"{len(radius.doubtful):,} cannot be ruled out"
    return "no route was found in this data" if radius.nothing else "only bodies that are not counted"


def harm_bands(radius: BlastRadius) -> dict[FailureKind, list[Band]]:
    """Each kind that was asked about, and the band of every body at which it is possible or surer."""
    return {kind: [reach.kinds[kind].band for reach in radius.within(Band.POSSIBLE, kind)] for kind in radius.kinds}


def unmarked(context: Context, page: Page, width: int | None = WIDTH) -> str:
    """An answer as text, without the marking of the data: the report has its own, which may be higher."""
    marking = context.graph.dataset.info.marking
    return as_text(replace(page, lead=page.lead.removesuffix(f" {marking}") if marking else page.lead), width)


def unknown_lines(radius: BlastRadius) -> list[str]:
    """What is not known, and how many answers would settle it."""
    dataset = radius.graph.dataset
    lines = []
    if radius.doubtful:
        lines.append(
            f"{plural(len(radius.doubtful), 'more body', 'more bodies')} cannot be ruled out, because a fact is missing: "
            f"{join((short_name(dataset, r.id) for r in radius.doubtful), 3)}."
        )
    if radius.questions:
        first = radius.questions[0]
        lines.append(
            f"{plural(len(radius.questions), 'answer')} would settle what cannot be ruled out. The most telling, "
            f"for {full_name(dataset, first.dependent)}: {question_text(dataset, first)}"
        )
    if radius.assumed:
        lines.append(
            f"{plural(radius.assumed, 'step')} {'rests' if radius.assumed == 1 else 'rest'} on a value that was assumed, "
            "such as personal data from the service area."
        )
    if radius.old_rows:
        lines.append(
            f"{plural(len(radius.old_rows), 'fact')} behind this {'was' if len(radius.old_rows) == 1 else 'were'} last evidenced over five years ago."
        )
    if radius.undated_rows:
        lines.append(
            f"{plural(len(radius.undated_rows), 'fact')} behind this {'has' if len(radius.undated_rows) == 1 else 'have'} no dated evidence."
        )
    lines.append("What is not in this map is not known to be safe: a council that is missing may still be reached.")
    return lines


def columns_of(table: Table, *keys: str, caption: str = "", most: int = MOST) -> Table:
    """Some columns of a table, all but those of ids if none is named, for the page."""
    places = [
        place
        for place, column in enumerate(table.columns)
        if column.key in keys or (not keys and column.key not in _IDS)
    ]
    rows = tuple(tuple(row[place] for place in places) for row in table.rows[:most])
    left = len(table.rows) - len(rows)
    note = f"{plural(left, 'more row')} in {table.id}.csv." if left > 0 else ""
    return Table(
        f"{table.id}-page",
        caption or table.caption,
        tuple(table.columns[place] for place in places),
        rows,
        table.empty,
        note,
    )


_IDS = ("id", "row")


Key = tuple[tuple[tuple[str, str], ...], Route]


def _between(dataset: Dataset, reach: Reach) -> tuple[tuple[str, str], ...]:
    """What lies between the root and a body on its surest way, each with the words of its box."""
    found = []
    vias = reach.lead[1].proof.vias
    for number, via in enumerate(vias):
        area = via.step.area
        if number:
            found.append((via.source, full_name(dataset, via.source)))
        elif area is not None:
            found.append((f"{via.source}/{area}", f"{capital(area_label(area))} line"))
        if via.step.made_by is not None:
            product = via.step.row.provider
            found.append((product, full_name(dataset, product)))
    return tuple(dict.fromkeys(found))


def routes(radius: BlastRadius, reaches: Sequence[Reach]) -> tuple[list[tuple[Key, list[Reach]]], Picture | None]:
    """Bodies by the way in which they are reached, surest and biggest first, and the picture of it."""
    dataset = radius.graph.dataset
    grouped: dict[Key, list[Reach]] = defaultdict(list)
    for reach in reaches:
        grouped[_between(dataset, reach), reach.route].append(reach)
    order = sorted(grouped.items(), key=lambda item: (min(r.band for r in item[1]), -len(item[1]), item[0][0]))
    if not order:
        return [], None
    single = len(reaches) + len({step for (between, _), _ in order for step in between}) <= BOXES
    ways = []
    for (between, _), group in order[:WAYS]:
        for leaf in [[reach] for reach in group] if single else [group]:
            best = min(reach.band for reach in leaf)
            worst = max(reach.band for reach in leaf)
            sure = BAND_WORDS[best] + ("" if best is worst else " at best")
            if len(leaf) == 1:
                lines: tuple[str, ...] = (short_name(dataset, leaf[0].id), sure)
            else:
                names = join((short_name(dataset, reach.id) for reach in leaf), 3)
                lines = (f"{len(leaf)} bodies", sure, names)
            ways.append(Lane(between, Leaf(lines, best)))
    rest = sum(len(group) for _, group in order[WAYS:])
    if rest:
        ways.append(Lane((), Leaf((f"{rest} more bodies by {len(order) - WAYS} other ways, in the list below",), None)))
    direct = sum(len(group) for (_, route), group in order if route is Route.DIRECT)
    indirect = len(reaches) - direct
    title = f"{capital(plural(indirect, 'body is', 'bodies are'))} reached through something else, {direct} directly"
    if not indirect:
        title = f"All {direct} are reached directly" if direct > 1 else "The only one is reached directly"
    elif not direct:
        title = f"None is reached directly: all {indirect} through something else"
    description = (
        "Lanes from left to right: what fails, what lies between, and who could be reached. "
        f"{plural(len(order), 'way')} {'is' if len(order) == 1 else 'are'} drawn, surest first. "
        "A thick outline is documented or likely, a broken one possible, a dotted one cannot be ruled out."
    )
    roots = join(root_name(dataset, root) for root in radius.roots)
    return order, lanes("lanes", title, description, roots, ways, "the list of ways below")


def route_items(radius: BlastRadius, order: Sequence[tuple[Key, list[Reach]]]) -> Items:
    """One sentence for each way, for the body that is reached most surely by it, and who else goes this way."""
    dataset = radius.graph.dataset
    items = []
    for _, group in order:
        words = sentence(dataset, group[0].lead[1].proof)
        others = group[1:]
        if others:
            same = join((short_name(dataset, reach.id) for reach in others), 6)
            words += f" In the same way: {same}."
        items.append(f"{words} ({band_counts(r.band for r in group)})")
    return Items(tuple(items))


DEPENDENCE_COLUMNS = headings("service how data evidence")


def dependence(dataset: Dataset, step: Step) -> tuple[str, str, str | None, str]:
    """What one body leans on another for: the cells of `DEPENDENCE_COLUMNS`."""
    how = capital(step_phrase(dataset, step).replace(f" ({area_label(step.area)})", ""))
    return (
        area_title(step.area),
        how,
        step.data.text,
        f"{step.grade.word}, {BY_LAW}" if step.by_law else step.grade.word,
    )


# -- contracts --------------------------------------------------------------------------------------

CONTRACT_COLUMNS = headings(
    "buyer supplier area notice_by end latest_end value_gbp annual_value_gbp reference",
    date="notice_by end latest_end",
    number="value_gbp annual_value_gbp",
    area="Service area",
    notice_by="Last day for notice",
    value_gbp="Value (£)",
    annual_value_gbp="A year (£)",
)


def contracts_table(
    dataset: Dataset, steps: Iterable[Step], as_of: date, caption: str
) -> tuple[Table, list[ContractTerm]]:
    """Contracts among some steps, those that end first at the top; and the same for the calendar."""
    found = {held.row.id: held for step in steps if (held := contract_of(step, as_of)) is not None}
    rows: list[tuple[tuple[str, str, str], tuple[Cell, ...], ContractTerm]] = []
    for held in found.values():
        row, end, notice = held.row, held.ends, held.notice_by
        latest = last_day(row.contract_end_latest) if row.contract_end_latest else None
        buyer, supplier = short_name(dataset, row.dependent), short_name(dataset, row.provider)
        amounts = (row.contract_value_gbp, row.annual_value_gbp)
        value, annual = (None if amount is None else round(float(amount)) for amount in amounts)
        days = (None if notice is None else notice.isoformat(), held.end, row.contract_end_latest)
        cells = (buyer, supplier, area_title(held.area), *days, value, annual, row.contract_reference)
        first = str(notice or end or latest or "9999")
        words = f"ends {in_words(held.end)}" if held.end else "end not known"
        start = first_day(row.valid_from) if row.valid_from else None
        later = latest if latest and (end is None or latest > end) else None
        contract = ContractTerm(f"{buyer}, {area_label(held.area)}", start, end, notice, later, words)
        rows.append(((first, buyer, row.id), cells, contract))
    rows.sort(key=lambda item: item[0])
    yearly = any(held.row.annual_value_gbp is not None for held in found.values())  # a column for what is seldom known
    shown = [number for number, column in enumerate(CONTRACT_COLUMNS) if yearly or column.key != "annual_value_gbp"]
    columns = tuple(CONTRACT_COLUMNS[number] for number in shown)
    table = Table(
        "contracts", caption, columns, tuple(tuple(cells[number] for number in shown) for _, cells, _ in rows)
    )
    return table, [contract for _, _, contract in rows]


def shared_purchases(context: Context, view: View, area: str | None) -> list[Step]:
    """What shared services that the chosen bodies lean on have bought, in a service area or in all."""
    entities, buyers = context.graph.dataset.entities, Buyers(context.graph, view, context.chosen)
    return [
        step
        for step in context.graph.settled(view).steps
        if step.in_force and not step.implied and (area is None or step.area == area)
        if entities[step.dependent].kind == SHARED_SERVICE and step.relation not in relations_that(Trait.GOVERNS)
        if buyers.through(step.dependent)
    ]


def contracts_section(context: Context, radius_steps: Iterable[Step], what: str) -> tuple[Section, Table]:
    """The section on contracts: calendar, then the table, notice dates first."""
    dataset, view = context.graph.dataset, context.view
    steps = [s for s in radius_steps if not s.by_law and not context.withheld & {s.dependent, s.provider}]
    table, contracts = contracts_table(dataset, steps, view.as_of, f"Contracts {what}, those that end first at the top")
    soon = [c for c in contracts if c.end is not None and view.as_of <= c.end <= months_later(view.as_of, 12)]
    known = [c for c in contracts if c.end is not None]
    blocks: list[Block] = []
    if contracts:
        title = (
            f"{plural(len(soon), 'contract is', 'contracts are')} known to end within a year of {in_words(view.as_of)}"
        )
        shown = [c for c in contracts if c.end is not None or c.latest is not None][:20]
        description = (
            "A bar for each contract, from its start to its end; a mark on a bar is the last day for notice, and a line "
            f"that goes on to a circle is the latest end if it is extended. The end is known of {len(known)} of {len(contracts)}."
        )
        if shown:
            blocks.append(gantt("calendar", title, description, shown, view.as_of, table))
        else:
            blocks += [Text(f"{capital(plural(len(contracts), 'contract'))} {what}; the end of none is known."), table]
    else:
        blocks.append(Text(f"0 contracts {what} are in this data. That may be a gap of the map."))
    return Section("contracts", "Contracts, notice dates first", tuple(blocks)), table


# -- gaps and method --------------------------------------------------------------------------------


def method_section() -> Section:
    """What the words mean. The origin of the data is added where the report is written."""
    kinds = tuple(f"{capital(str(kind))}: {kind.effect}." for kind in FailureKind)
    return Section(
        "method",
        "What the words mean",
        (
            Items(
                (
                    "Could be reached: the map holds a way by which harm could travel there. It is no finding that "
                    "anybody is affected; only the council or the supplier can say that.",
                    "Documented: every step is confirmed by evidence, and harm passes each of them.",
                    "Likely: every step is at least reported, or rests on a value assumed from the service area.",
                    "Possible: at least one step is inferred, or harm may pass it but need not.",
                    "Cannot be ruled out: a fact is missing that would settle it.",
                    f"{capital(BY_LAW)}: a rule holds for every body of a class; nobody has seen it of this one.",
                    "Residents: people who live in the area of a council, as a ceiling. Nobody is counted twice.",
                    "Not known is never zero, none or no.",
                )
            ),
            Text("One answer for each kind of harm; kinds are never added up."),
            Items(kinds),
        ),
    )
