"""`report overview`: the worst roots of a region or a WARP, who leans on whom, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from riskgraph.analysis.blast import blast
from riskgraph.analysis.changes import changes
from riskgraph.analysis.gaps import Gaps, gaps
from riskgraph.analysis.market import market_in
from riskgraph.analysis.measure import counted
from riskgraph.analysis.select import Selection
from riskgraph.analysis.single_failures import SingleFailure, separate_failures, worst_failures
from riskgraph.dates import in_words
from riskgraph.errors import RiskGraphError
from riskgraph.model import Band, FailureKind
from riskgraph.render.blocks import Block, Cell, Number, Picture, Report, Section, Table, Text, headings
from riskgraph.render.gaps import gaps_page
from riskgraph.render.words import capital, full_name, join, kind_word, plural, scope_phrase, short_name, tied
from riskgraph.report.evidence import evidence_section
from riskgraph.report.parts import (
    area_title,
    band_counts,
    columns_of,
    contracts_section,
    method_section,
    shared_purchases,
)
from riskgraph.report.pictures import band_bars, bars
from riskgraph.report.registry import Context, ask_about, report_kind, told
from riskgraph.rules import Trait, relations_that, rules

__all__ = ["overview_report"]

SHOWN = 12  # of all roots, the worst
FEWEST_KNOWN = 3  # councils with a known supplier that make a market worth a bar
MATRIX = (60, 12)  # councils and suppliers that still make a readable matrix


@report_kind(
    "overview",
    "The worst single failures for a region or a WARP, and what is not known.",
    names="none",
    metavar="",
    ask=ask_about,
    since=True,
    examples=(
        "riskgraph report overview --region 'South East'",
        "riskgraph report overview --region Wales --format text",
        "riskgraph report overview --class county --zip",
    ),
)
def overview_report(context: Context) -> Report:
    """The overview of a selection of public bodies."""
    chosen, dataset = context.chosen, context.graph.dataset
    view = context.view
    members = frozenset(counted(dataset, view.as_of, chosen.holds))
    if not members:
        raise RiskGraphError("No public body is within this selection.", "Choose another region, class or list.")
    single = worst_failures(context.graph, limit=SHOWN, **context.asking)
    worst, tried = single.failures, single.tried
    where = _where(chosen)
    found = gaps(context.graph, selection=chosen)
    blank = sum(coverage.blank for coverage in found.fields.values())
    silent = [body for body in found.silent if body in members]
    table = _roots_table(context, worst)
    steps = [
        s
        for s in context.graph.settled(view).steps
        if s.in_force and s.dependent in members and s.relation not in relations_that(Trait.GOVERNS)
    ]
    contracts, contract_rows = contracts_section(
        context, [s for s in steps if not s.implied] + shared_purchases(context, view, None), f"of {where}"
    )
    top = worst[0] if worst else None
    title = _title(context, worst, where, len(members), blank)
    three = _separate(context, worst)
    summary = [f"{title}."]
    summary += [
        f"{n}. {full_name(dataset, w.id)}: {len(w.bands)} ({band_counts(w.bands)})."
        for n, w in enumerate(worst[:8], 1)
        if w.id not in context.withheld
    ]
    summary.append(gaps_page(found).lead)
    evidence, sources = evidence_section(context, {row.id for step in steps for row in step.rows})
    return Report(
        "overview",
        re.sub(r"^[\d,]+ councils in (the )?", "", where),
        title,
        f"Overview: {where}",
        view.as_of.isoformat(),
        (
            Number(f"{len(members):,}", f"public bodies of {where}", f"of {len(silent):,} nothing is known that they lean on"),
            Number(f"{len(top.bands) if top else 0:,}", "could be reached by the worst single failure", band_counts(top.bands) if top else "none found"),
            Number(f"{blank:,}", "blanks that matter", f"in {plural(found.rows, 'row')} in force"),
        ),
        _meaning(context, worst, tried, members, three),
        (
            f"{plural(blank, 'blank')} in the data could change these numbers; riskgraph data ask writes the questions.",
            f"{plural(len(silent), 'public body has', 'public bodies have')} no dependence in this data at all: {join((short_name(dataset, b) for b in silent if b not in context.withheld), 4) or 'none'}.",
            f"{plural(len(found.old), 'row')} {'was' if len(found.old) == 1 else 'were'} last evidenced over five years ago.",
            "What is not in this map is not known to be safe.",
        ),
        (
            "Write down the security desk of each of the worst, day and night.",
            "Mail the open questions to the bodies that can answer them.",
            "Practise the worst of these as an exercise.",
        ),
        (
            "Which of these failures the members prepare for together.",
            "Which facts to collect before the next overview, and who does.",
        ),
        (
            _worst_section(context, worst, table, members),
            *_matrix_section(context, worst, members),
            *_changes_section(context, worst, members),
            *_markets_section(context, chosen),
            contracts,
            _gaps_section(context, found, members),
            evidence,
            method_section(),
        ),
        "\n".join(summary) + "\n",
        {"exposures": table, "services": _members_table(context, found, members), "contracts": contract_rows, "sources": sources},
        told(context, single.to_dict()),
    )  # fmt: skip


def _where(chosen: Selection) -> str:
    phrase = scope_phrase(replace(chosen, areas=frozenset()), chosen.graph.dataset)
    return (
        phrase.removeprefix("of ")
        if chosen.classes or chosen.regions or chosen.members is not None
        else "the whole map"
    )


def _title(context: Context, worst: Sequence[SingleFailure], where: str, members: int, blank: int) -> str:
    """Which root reaches most, or which are alike in that."""
    if not worst:
        unsure = f"; {plural(blank, 'blank')} in the data could hide some" if blank else ""
        return f"0 single failures are known that could reach {where}{unsure}"
    sure = {w.id: sum(band <= Band.LIKELY for band in w.bands) for w in worst}
    how = " first" if max(sure.values()) else ""
    sizes = sure if how else {w.id: len(w.bands) for w in worst}
    order = sorted(worst, key=lambda w: -sizes[w.id])
    first = order[: tied([sizes[w.id] for w in order])]
    names = join((full_name(context.graph.dataset, w.id) for w in first), 3)
    reach = "could reach" if len(first) == 1 else "could each reach"
    least = "than anything else" if len(first) == 1 else "than anything else besides"
    return f"{names} {reach} more public bodies of {where}{how} {least}: {sizes[first[0].id]} of {members}"


def _separate(context: Context, worst: Sequence[SingleFailure]) -> list[SingleFailure]:
    """The three worst that are failures of their own: none could itself be reached from another."""
    named = {w.id: w for w in worst if w.id not in context.withheld}
    kinds = context.question.kinds
    return [named[root] for root in separate_failures(context.graph, context.view, kinds, list(named), 3)]


def _roots_table(context: Context, worst: Sequence[SingleFailure]) -> Table:
    dataset = context.graph.dataset
    columns = headings(
        "name sort reached documented likely possible stops residents id",
        number="reached documented likely possible stops residents",
        name="If this failed",
        sort="What it is",
        reached="Could be reached",
        stops="Services could stop",
        residents="Residents, at most",
    )
    rows: list[tuple[Cell, ...]] = []
    for w in worst:
        if w.id in context.withheld:
            continue
        stops = w.radius.within(Band.POSSIBLE, FailureKind.OUTAGE)
        counts = (w.bands.count(band) for band in list(Band)[:3])
        sort = kind_word(dataset.entities[w.id].kind)
        rows.append((full_name(dataset, w.id), sort, len(w.bands), *counts, len(stops), w.residents, w.id))
    return Table("exposures", "The worst single failures, by how many could be reached", columns, tuple(rows))


def _members_table(context: Context, found: Gaps, members: frozenset[str]) -> Table:
    columns = headings(
        "name rows blanks old id",
        number="rows blanks old",
        name="Who",
        rows="Rows in force",
        blanks="Blanks that matter",
        old="Over five years old",
    )
    dataset = context.graph.dataset
    rows = tuple(
        (short_name(dataset, body), *found.by_body.get(body, (0, 0, 0)), body)
        for body in sorted(members - context.withheld, key=lambda body: (-found.by_body.get(body, (0, 0, 0))[1], body))
    )
    return Table("services", "What is known of each public body, most blanks first", columns, rows)


def _meaning(
    context: Context,
    worst: Sequence[SingleFailure],
    tried: int,
    members: frozenset[str],
    three: Sequence[SingleFailure],
) -> tuple[str, ...]:
    dataset = context.graph.dataset
    named = [w for w in worst if w.id not in context.withheld]
    if not named:
        return ("No way by which one failure could reach these bodies was found. That may be a gap of the map.",)
    lines = []
    if len(three) > 1:
        radius = blast(context.graph, replace(context.question, roots=tuple(w.id for w in three)))
        lines.append(
            f"The {'three' if len(three) == 3 else 'two'} separate failures that could reach most are "
            f"{join(full_name(dataset, w.id) for w in three)}, none of which could be reached from another; "
            f"together they could reach {len(radius.within())} of {len(members)}."
        )
    surest = sorted(named, key=lambda w: (-w.sure, w.id))
    surest = surest[: tied([w.sure for w in surest])]
    if surest[0].sure:
        names = join((full_name(dataset, w.id) for w in surest), 3)
        each = " each" if surest[1:] else ""
        lines.append(f"{names} could most surely: {surest[0].sure} are documented or likely{each}.")
    lines.append(
        f"Of {tried:,} things that could fail, this ranks the worst by the number of public bodies that could be reached, not by how likely the failure is."
    )
    return tuple(lines)  # fmt: skip


def _worst_section(context: Context, worst: Sequence[SingleFailure], table: Table, members: frozenset[str]) -> Section:
    dataset = context.graph.dataset
    blocks: list[Block] = []
    named = [w for w in worst if w.id not in context.withheld]
    if named:
        rows = [
            (full_name(dataset, w.id), f"{len(w.bands)} of {len(members)}: {band_counts(w.bands)}", w.bands)
            for w in named[:10]
        ]
        title = f"{full_name(dataset, named[0].id)} could reach {len(named[0].bands)} of {len(members)}"
        blocks.append(
            band_bars(
                "worst",
                title,
                "A bar for each of the ten worst single failures: public bodies that could be reached, dark documented, medium likely, light possible.",
                rows,
            )
        )
    return Section("who", "The worst single failures", (*blocks, columns_of(table)))  # fmt: skip


def _matrix_section(context: Context, worst: Sequence[SingleFailure], members: frozenset[str]) -> tuple[Section, ...]:
    """Councils by suppliers: what could reach whom, and how surely."""
    dataset = context.graph.dataset
    heads = [w for w in worst if w.id not in context.withheld][: MATRIX[1]]
    bands = {w.id: {r.id: r.band for r in w.radius.within()} for w in heads}
    rows = [body for body in members - context.withheld if any(body in bands[w.id] for w in heads)]
    if not heads or not rows:
        return ()
    if len(rows) > MATRIX[0]:
        text = f"{len(rows)} bodies are too many for one readable matrix: choose a region or a class to get it."
        return (Section("matrix", "Who could be reached by which", (Text(text),)),)
    rows.sort(
        key=lambda body: (-sum(4 - bands[w.id][body] for w in heads if body in bands[w.id]), short_name(dataset, body))
    )
    most = len([w for w in heads if rows[0] in bands[w.id]])
    picture = Picture(
        "matrix",
        "matrix",
        f"{short_name(dataset, rows[0])} could be reached by {most} of these {len(heads)}",
        "A row for each public body, a column for each failure; a square is documented, a triangle likely, a circle "
        "possible, and an empty cell means that no route was found in this data.",
        heads=("Public body", *(full_name(dataset, w.id) for w in heads)),
        cells=tuple((short_name(dataset, body), tuple(bands[w.id].get(body) for w in heads)) for body in rows),
    )
    return (Section("matrix", "Who could be reached by which", (picture,)),)  # fmt: skip


def _markets_section(context: Context, chosen: Selection) -> tuple[Section, ...]:
    """One bar of 100% for each service area: the largest supplier dark, the others grey."""
    rows, dataset = [], context.graph.dataset
    view = context.view
    for area in rules().areas:
        found = market_in(context.graph, view, [area], chosen)
        if found.known < FEWEST_KNOWN or found.shares[0].supplier in context.withheld:
            continue
        parts = [
            (share.councils / found.known, "grey" if number else "dark", "")
            for number, share in enumerate(found.shares)
        ]
        largest = found.shares[0].councils / found.known
        words = f"{full_name(dataset, found.shares[0].supplier)} {largest:.0%}, of {found.known} councils whose supplier is known"
        rows.append((largest, (area_title(area), words, parts)))
    if not rows:
        return ()
    rows.sort(key=lambda row: -row[0])
    same = tied([round(largest, 9) for largest, _ in rows])
    name, words, _ = rows[0][1]
    title = f"{name} is the most concentrated: {words.partition(',')[0]}"
    if same > 1:
        title = f"{capital(join((row[0] for _, row in rows[:same]), 3))} are the most concentrated: {rows[0][0]:.0%} with the largest"
    text = "One bar of 100% for each service area with at least three councils whose supplier is known: the largest supplier dark, each of the others grey."
    return (
        Section(
            "markets", "How the services are shared", (bars("markets-bars", title, text, [row for _, row in rows]),)
        ),
    )


def _changes_section(context: Context, worst: Sequence[SingleFailure], members: frozenset[str]) -> tuple[Section, ...]:
    """What has changed since an earlier map: for the worst roots, and in the rows."""
    if context.since is None:
        return ()
    dataset, old = context.graph.dataset, context.since.dataset
    found = changes(context.since, context.graph, [w.id for w in worst if w.id in old.entities])
    rows: list[tuple[Cell, ...]] = []
    for answer in found.answers:
        newly = [short_name(dataset, body) for body in answer.newly if body in members]
        gone = [short_name(old, body) for body in answer.no_longer if body in members or body not in dataset.entities]
        surer, less = (len({one.body for one in moved} & members) for moved in (answer.surer, answer.less_sure))
        name = full_name(dataset if answer.root in dataset.entities else old, answer.root)
        rows.append((name, join(newly, 6) or "nobody", join(gone, 6) or "nobody", surer, less))
    counts = [
        plural(sum(len(ids) for ids in part.values()), "row") + f" {word}"
        for part, word in (
            (found.rows.added, "added"),
            (found.rows.removed, "removed"),
            (found.rows.changed, "changed"),
        )
    ]
    columns = headings(
        "name newly gone surer less",
        number="surer less",
        name="If this failed",
        newly="Newly reached",
        gone="No longer reached",
        surer="Surer now",
        less="Less sure now",
    )
    new = [w for w in worst if w.id not in old.entities]
    blocks: list[Block] = [Text(f"Since the map of {in_words(old.info.as_of)}: {join(counts)}.")]
    if new:
        names = join(full_name(dataset, w.id) for w in new)
        blocks.append(Text(f"Not in the earlier map: {names}."))
    blocks.append(Table("changes", "The worst single failures, then and now", columns, tuple(rows)))
    return (Section("changes", "What has changed since last time", tuple(blocks)),)


def _gaps_section(context: Context, found: Gaps, members: frozenset[str]) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (capital(field), coverage.rows, coverage.known, coverage.assumed, coverage.blank)
        for field, coverage in found.fields.items()
    ]
    fields = Table(
        "coverage",
        "How often a value that matters is known",
        headings(
            "field rows known assumed blank",
            number="rows known assumed blank",
            field="Value",
            rows="Rows on which it matters",
        ),
        tuple(rows),
    )
    table = columns_of(_members_table(context, found, members), most=40)
    return Section("coverage", "Where the map is thin", (fields, table))
