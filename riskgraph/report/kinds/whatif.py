"""`report whatif`: what a change would do, before and after."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from riskgraph.analysis.question import Asking, Question
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.render.blocks import Block, Cell, Items, Number, Report, Section, Table, Text, headings
from riskgraph.render.headline import failing
from riskgraph.render.whatif import change_phrase, page
from riskgraph.render.words import area_label, capital, join, plural, root_name, sentence, short_name
from riskgraph.report.evidence import evidence_section
from riskgraph.report.parts import area_title, columns_of, contracts_section, method_section, unmarked
from riskgraph.report.pictures import bars
from riskgraph.report.registry import Context, report_kind, told
from riskgraph.scenario.compare import BeforeAfter, Comparison, Shift, compare, name_of
from riskgraph.scenario.files import read, shipped_scenarios

__all__ = ["whatif_report"]


def _scenario(_graph: RiskGraph, name: str) -> str:
    return name if Path(name).is_file() or name in shipped_scenarios() else str(read(name))


def _ask(graph: RiskGraph, names: tuple[str, ...], asking: Asking) -> Question:
    """What the scenario asks, unless something else is asked."""
    if asking.get("without") or asking.get("known_before"):
        raise RiskGraphError("A what-if stands on all that is known.", "Leave --without and --known-before out.")
    scenario = read(names[0])
    own: Asking = {"kinds": scenario.kinds or None, "like": scenario.like, "as_of": scenario.as_of or None}
    if asking.get("like"):
        own["kinds"] = None
    asked: Asking = {**own, **asking}
    return Question.of(graph, scenario.roots, **asked)


@report_kind(
    "whatif",
    "What a change would do, before and after: a saved scenario, or a shipped example.",
    names="one",
    metavar="SCENARIO",
    resolve=_scenario,
    ask=_ask,
    examples=(
        "riskgraph report whatif leave-east-kent-services",
        "riskgraph report whatif switch-revenues --format text",
        "riskgraph report whatif segment-west-london --zip",
    ),
)
def whatif_report(context: Context) -> Report:
    """The report on one scenario."""
    if context.withheld:
        raise RiskGraphError("A scenario names the bodies that it changes.", "Leave --redact out.")
    asked, scenario = context.question, read(context.subject)
    kinds = () if asked.like else asked.kinds
    scenario = replace(scenario, kinds=kinds, like=asked.like, as_of=asked.view.as_of.isoformat())
    answer = compare(context.graph, scenario, selection=context.chosen)
    dataset = answer.applied.after.dataset
    words = unmarked(context, page(answer), None).replace("`", "").splitlines()
    title = words[0].rpartition(" (data of ")[0] or words[0].rstrip(".")
    rows = [line for line in words if line.startswith(("- Ends:", "- Moves:", "- New:"))]
    moved = tuple(line.removeprefix("- ") for line in rows)
    differences, stops = _differences(answer), _stops(answer)
    contracts, contract_rows = contracts_section(
        context,
        [step for step in context.graph.settled(answer.view).steps if step.dependent in answer.applied.focus],
        "of the councils that it is about",
    )
    first = max(answer.pairs, key=lambda pair: abs(pair.count(pair.after) - pair.count(pair.before)), default=None)
    suspected = next((line for line in words if line.startswith("Not known:")), "")
    changed = [answer.applied.before.dataset.relations.get(id_) for id_ in sorted(_rows(answer))]
    leaves = sum(len(pair.of(Shift.LEAVES)) for pair in answer.pairs)
    joins = sum(len(pair.of(Shift.JOINS)) for pair in answer.pairs)
    evidence, sources = evidence_section(context, [row.id for row in changed if row is not None])
    return Report(
        "whatif",
        Path(context.subject).stem,
        title,
        "What-if, before and after",
        answer.view.as_of.isoformat(),
        (
            Number(*_count(answer, first)),
            Number(f"{leaves} and {joins}", "bodies leave, and bodies join", "over all that was asked; how surely they are reached can change besides"),
            Number(f"{len(answer.stops)}", f"service{'s' if len(answer.stops) != 1 else ''} may stop", "unless something takes the place of what runs them"),
        ),
        tuple(capital(line.removeprefix("- ")) for line in words[1:] if line not in rows and not line.startswith(("Not known:", "Try next:", "Route:")))[:5],
        (
            *([capital(part.strip().rstrip(".")) + "." for part in suspected.removeprefix("Not known:").split(";")] if suspected else []),
            "A scenario is a supposition: what it adds is in no register, and costs and dates are not weighed.",
            "What is not in this map is not known to be safe.",
        ),
        (
            "Check the facts that the change touches with those who run the services.",
            *(["Find what takes the place of each service that may stop."] if stops.rows else []),
            "Ask the same again on the day before the decision: the data will have moved on.",
        ),
        (
            "Whether to go on with this change.",
            *(["What must be in place first, so that no service stops."] if stops.rows else []),
            *(["Whether data that stay behind are returned or destroyed, and who proves it."] if leaves else []),
        ),
        (
            Section("supposed", "What is supposed", (Items(tuple(capital(change_phrase(answer, change)) + "." for change in answer.scenario.changes) or (f"Lost together: {join(root_name(dataset, root) for root in answer.applied.lost)}.",)), *([Items(moved)] if moved else []))),
            _compared(answer, differences),
            *([Section("services", "Services that may stop", (stops,))] if stops.rows else []),
            *_market_section(answer),
            contracts,
            evidence,
            method_section(),
        ),
        "\n".join(words) + "\n",
        {"exposures": differences, "services": stops, "contracts": contract_rows, "sources": sources},
        told(context, answer.to_dict()),
    )  # fmt: skip


def _count(answer: Comparison, pair: BeforeAfter | None) -> tuple[str, str, str]:
    if pair is None:
        return "None", "was asked to fail", "the scenario changes nothing that could reach a council"
    before, after = pair.count(pair.before), pair.count(pair.after)
    if not before and not after and answer.exposures:
        exposure = answer.exposures[0]
        was, now = exposure.counts
        figure = f"{was:,} to {now:,}" if was else f"{now:,}"
        return (
            figure,
            f"bodies and places could reach {name_of(answer.applied, exposure.council)}",
            "before and after" if was else "after",
        )
    roots = join(_root(answer, root) for root in pair.roots)
    supposed = f"if {roots} {failing(answer.kinds, len(pair.roots))}"
    if pair.before is None:
        return f"{after:,}", "could be reached", supposed
    return f"{before:,} to {after:,}", "could be reached, before and after", supposed


def _root(answer: Comparison, root: str) -> str:
    for graph in (answer.applied.before, answer.applied.after):
        if root.partition("/")[0] in graph.dataset.entities:
            return root_name(graph.dataset, root)
    return root


def _rows(answer: Comparison) -> set[str]:
    """Rows on the ways that lead to bodies for which something changes."""
    sides = (
        side
        for pair in answer.pairs
        for one in pair.differences
        if one.what is not Shift.STAYS
        for side in (one.before, one.after)
    )
    return {row for side in sides if side is not None for row in side.lead[1].proof.rows}  # fmt: skip


def _differences(answer: Comparison) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for pair in answer.pairs:
        roots = join(_root(answer, root) for root in pair.roots)
        for one in sorted(
            pair.differences, key=lambda one: (list(Shift).index(one.what), name_of(answer.applied, one.body))
        ):
            before: Cell = "" if one.before is None else one.before.band
            after: Cell = "" if one.after is None else one.after.band
            rows.append((roots, name_of(answer.applied, one.body), str(one.what), before, after, one.body))
    columns = headings(
        "root name what before after id", band="before after", root="If this failed", name="Who", what="What changes"
    )
    return Table("exposures", "Every body that could be reached, before and after", columns, tuple(rows))  # fmt: skip


def _stops(answer: Comparison) -> Table:
    rows = tuple(
        (name_of(answer.applied, body), area_title(area), area or "?", body)
        for body, area in answer.stops
    )  # fmt: skip
    columns = headings("name service area id", name="Who")
    return Table("services", "Services that lose what runs them", columns, rows)


def _compared(answer: Comparison, differences: Table) -> Section:
    blocks: list[Block] = []
    rows = []
    for pair in answer.pairs[:8]:
        roots = join(_root(answer, root) for root in pair.roots)
        for when, side, shade in (("before", pair.before, "grey"), ("after", pair.after, "dark")):
            if side is not None:
                count = pair.count(side)
                rows.append((f"{roots}, {when}", plural(count, "body", "bodies"), [(count, shade, "")]))
    if rows and any(part[2][0][0] for part in rows):
        changed = [
            p
            for p in answer.pairs
            if p.before is not None and p.after is not None and p.count(p.before) != p.count(p.after)
        ]
        title = "How many could be reached does not change; who, and how surely, may"
        if changed:
            roots = join(_root(answer, root) for root in changed[0].roots)
            title = f"If {roots} failed: {changed[0].count(changed[0].before)} before, {changed[0].count(changed[0].after)} after"
        blocks.append(
            bars(
                "pairs",
                title,
                "Two bars for each that is asked to fail: bodies that could be reached, grey before and dark after.",
                rows,
            )
        )
    moved = tuple(row for row in differences.rows if row[2] != str(Shift.STAYS))
    caption = "Bodies for which something changes"
    changed_rows = replace(differences, id="changed", rows=moved, empty="Nothing changes for anybody.")
    blocks.append(columns_of(changed_rows, caption=caption))
    routes = []
    for pair in answer.pairs:
        for one in pair.of(Shift.JOINS, Shift.LEAVES, Shift.REROUTED)[:3]:
            before = (
                "no way"
                if one.before is None
                else sentence(answer.applied.before.dataset, one.before.lead[1].proof).rstrip(".")
            )
            after = (
                "no way"
                if one.after is None
                else sentence(answer.applied.after.dataset, one.after.lead[1].proof).rstrip(".")
            )
            routes.append(f"{name_of(answer.applied, one.body)}: before, {before}; after, {after}.")
    if routes:
        blocks += [Text("How, for the first of them:"), Items(tuple(routes[:9]))]
    return Section("who", "Before and after", tuple(blocks))  # fmt: skip


def _market_section(answer: Comparison) -> tuple[Section, ...]:
    """Councils for each supplier in the service areas that are touched."""
    dataset = answer.applied.after.dataset
    old = answer.applied.before.dataset
    rows: list[tuple[Cell, ...]] = [
        (
            f"{area_title(market.area)}, {market.trade}",
            short_name(dataset if owner in dataset.entities else old, owner),
            market.before.get(owner, 0),
            market.after.get(owner, 0),
        )
        for market in answer.markets
        for owner in market.changed
    ]
    if not rows:
        return ()
    columns = headings(
        "service supplier before after", number="before after", before="Councils before", after="Councils after"
    )
    table = Table(
        "markets",
        f"Councils for each supplier, where that changes: {join(dict.fromkeys(area_label(m.area) for m in answer.markets if m.changed))}",
        columns,
        tuple(rows),
    )
    return (Section("markets", "Who would serve how many", (table,)),)  # fmt: skip
