"""`report supplier`: who leans on one supplier, for what, and what it leans on itself."""

from __future__ import annotations

from collections import defaultdict

from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.market import SupplyChain
from riskgraph.analysis.profile import Profile, profile
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band
from riskgraph.render.blocks import Block, Cell, Heading, Items, Number, Report, Section, Table, Text
from riskgraph.render.headline import failing
from riskgraph.render.page import WIDTH, as_text
from riskgraph.render.profile import page
from riskgraph.render.words import (
    area_label,
    capital,
    full_name,
    join,
    kind_word,
    lead,
    plural,
    short_name,
    step_phrase,
)
from riskgraph.report.evidence import evidence_section
from riskgraph.report.exposures import exposures_table, reached_table
from riskgraph.report.parts import (
    DEPENDENCE_COLUMNS,
    area_title,
    bands_note,
    columns_of,
    contracts_section,
    dependence,
    method_section,
    unknown_lines,
)
from riskgraph.report.pictures import bars
from riskgraph.report.registry import Context, report_kind, told
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step

__all__ = ["supplier_report"]


def _whole(graph: RiskGraph, name: str) -> str:
    """A body, whatever line of it was named."""
    return graph.names.resolve(name).partition("/")[0]


@report_kind(
    "supplier",
    "Who leans on one supplier or shared service, for what, and what it leans on.",
    names="one",
    metavar="SUPPLIER",
    resolve=_whole,
    examples=(
        "riskgraph report supplier civica",
        "riskgraph report supplier 'East Kent Services' --format text",
        "riskgraph report supplier capita --region 'South East' --zip",
    ),
)
def supplier_report(context: Context) -> Report:
    """The profile of a supplier, a shared service or anything else that others lean on."""
    (body,) = context.question.roots
    shown = profile(context.graph, body, as_of=context.view.as_of)
    radius = blast(context.graph, context.question)
    dataset, name = context.graph.dataset, full_name(context.graph.dataset, body)
    held = context.chosen.holds
    users = [
        step
        for step in shown.depended_on_by
        if step.relation in relations_that(Trait.LEANS)
        and (dataset.entities[step.dependent].kind != AUTHORITY or held(step.dependent))
    ]
    bodies = {step.dependent for step in users if dataset.entities[step.dependent].kind == AUTHORITY}
    lines: dict[str | None, set[str]] = defaultdict(set)
    for step in users:
        if step.dependent in bodies:
            lines[step.area].add(step.dependent)
    order = sorted(lines.items(), key=lambda item: (-len(item[1]), item[0] is None, item[0] or ""))
    present = radius.within()
    past = radius.past
    services, exposures = _services(context, users), exposures_table(context, radius)
    contracts, contract_rows = contracts_section(context, [*users, *_bought(context, shown)], f"with {name}")
    biggest = ""
    if order:
        word = lead([len(found) for _, found in order], len(bodies))
        word = {"the largest group": "more than for anything else", "tied": ""}.get(word, word)
        biggest = f", {word} for {area_label(order[0][0])}" if word in {"all", "most"} else ""
        if word.startswith("more"):
            biggest = f", {len(order[0][1])} for {area_label(order[0][0])}, {word}"
    evidence, sources = evidence_section(context, {row.id for step in users for row in step.rows})
    return Report(
        "supplier",
        body.partition(":")[2],
        f"{capital(plural(len(bodies), 'public body leans', 'public bodies lean'))} on {name} directly{biggest}",
        "Supplier profile",
        shown.view.as_of.isoformat(),
        (
            Number(f"{len(bodies):,}", "public bodies lean on it directly", f"in {plural(len(lines), 'service area')}; through others, more"),
            Number(f"{len(present):,}", f"could be reached if it {failing(radius.kinds)}", bands_note(radius, present)),
            Number(f"{len(past):,}", "past customers whose data may still be held", "by this supplier, or by one that it could reach, as far as this map knows"),
        ),
        _meaning(context, shown, radius, name, order),
        tuple(unknown_lines(radius)),
        (
            f"Ask {name} for the name and number of its security desk, day and night.",
            "Ask whom it leans on itself: hosts, subcontractors, parent.",
            *(["Ask past customers for proof that their data were returned or destroyed."] if past else []),
        ),
        (
            "What to do without it, service by service, and for how long that can be borne.",
            "Which clauses on security, notice and exit the next contract must have.",
        ),
        (
            _lines_section(name, order, services),
            _below(context, shown, name),
            Section("reached", f"Who could be reached if it {failing(radius.kinds)}", (columns_of(reached_table(context, radius), "name", "surest", "route", "services", "standing"),)),
            contracts,
            evidence,
            method_section(),
        ),
        as_text(page(shown, side=False), WIDTH),
        {"exposures": exposures, "services": services, "contracts": contract_rows, "sources": sources},
        told(context, shown.to_dict()),
    )  # fmt: skip


def _meaning(
    context: Context, shown: Profile, radius: BlastRadius, name: str, order: list[tuple[str | None, set[str]]]
) -> tuple[str, ...]:
    dataset = context.graph.dataset
    lines = []
    if order:
        parts = join((f"{area_label(area)} ({len(found)})" for area, found in order), 4)
        lines.append(f"By service area: {parts}.")
    else:
        lines.append(f"No public body is known to lean on {name} directly. That may be a gap of the map.")
    below = sorted(
        {step.provider for step in shown.depends_on if step.relation not in relations_that(Trait.GOVERNS)}
        - context.withheld
    )
    if below:
        lines.append(f"{name} leans on {join((full_name(dataset, body) for body in below), 4)} in turn.")
    else:
        lines.append(f"What {name} leans on itself is not known.")
    surest = list(radius.within(Band.DOCUMENTED))
    if surest:
        names = join((short_name(dataset, reach.id) for reach in surest), 5)
        lines.append(f"The dependence of {plural(len(surest), 'body', 'bodies')} is documented in every step: {names}.")
    return tuple(lines)


def _bought(context: Context, shown: Profile) -> list[Step]:
    """Uses of what the supplier makes or runs: their contracts are contracts with it."""
    chain, held = SupplyChain(context.graph, shown.view), context.chosen.holds
    kinds = {entity.id: entity.kind for entity in context.graph.dataset.entities.values()}
    return [
        step
        for step in context.graph.settled(shown.view).steps
        if step.in_force and not step.implied and step.relation in relations_that(Trait.USE, Trait.HOSTS)
        if shown.entity.id in chain.organisations(step)
        if kinds[step.dependent] != AUTHORITY or held(step.dependent)
    ]


def _services(context: Context, users: list[Step]) -> Table:
    dataset = context.graph.dataset
    columns = (
        Heading("name", "Who"),
        Heading("sort", "What it is"),
        *DEPENDENCE_COLUMNS,
        Heading("until", "Until", "date"),
        Heading("id", "Id"),
    )
    rows: list[tuple[tuple[str, ...], tuple[Cell, ...]]] = []
    for step in users:
        if step.dependent not in context.withheld:
            name, sort = short_name(dataset, step.dependent), kind_word(dataset.entities[step.dependent].kind)
            what = dependence(dataset, step)
            cells = (name, sort, *what, step.row.valid_to, step.dependent)
            rows.append(((what[0], name, what[1], step.row.id), cells))
    rows.sort(key=lambda item: item[0])
    return Table("services", "Who leans on it directly, by service area", columns, tuple(cells for _, cells in rows))


def _lines_section(name: str, order: list[tuple[str | None, set[str]]], services: Table) -> Section:
    blocks: list[Block] = []
    if order:
        rows = [
            (area_title(area), plural(len(found), "public body", "public bodies"), [(len(found), "dark", "")])
            for area, found in order
        ]
        title = f"{area_title(order[0][0])} is the biggest line of {name}: {plural(len(order[0][1]), 'public body', 'public bodies')}"
        if len(order) > 1 and len(order[0][1]) == len(order[1][1]):
            title = f"{plural(len(order), 'service area')} rest on {name}"
        blocks.append(
            bars("lines", title, "A bar for each service area: public bodies that lean on it directly.", rows)
        )
    blocks.append(columns_of(services, "name", "service", "how", "data", "evidence"))
    return Section("who", "Who leans on it, and for what", tuple(blocks))


def _below(context: Context, shown: Profile, name: str) -> Section:
    dataset = context.graph.dataset
    items = sorted(
        {
            f"{name} {step_phrase(dataset, step)}, {step.grade.word}."
            for step in shown.depends_on
            if step.relation not in relations_that(Trait.GOVERNS) and step.provider not in context.withheld
        }
    )
    if not items:
        return Section("below", "What it leans on", (Text("Not known. Ask for hosts, subcontractors and parent."),))
    return Section("below", "What it leans on", (Items(tuple(items)),))
