"""`report concentration`: how unevenly a service area, or a region, is shared between suppliers."""

from __future__ import annotations

from dataclasses import replace

from riskgraph.analysis.concentration import concentration
from riskgraph.analysis.hhi import Index
from riskgraph.analysis.market import MOST_RANKS, Market
from riskgraph.analysis.question import Asking
from riskgraph.analysis.select import Selection
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.render.blocks import Block, Cell, Heading, Number, Report, Section, Table, Text, headings
from riskgraph.render.concentration import apart, band_sentences, bounded, concentration_page, headline, market_name
from riskgraph.render.words import area_label, capital, full_name, join, plural, short_name, tied
from riskgraph.report.evidence import evidence_section
from riskgraph.report.parts import columns_of, contracts_section, method_section, shared_purchases, unmarked
from riskgraph.report.pictures import bars
from riskgraph.report.registry import Context, ask_about, report_kind, told
from riskgraph.rules import rules

__all__ = ["concentration_report"]


def _area(graph: RiskGraph, name: str) -> str:
    (area,) = Selection.of(graph, areas=[name]).areas
    return area


@report_kind(
    "concentration",
    "How unevenly a service area is shared between suppliers.",
    names="one",
    metavar="AREA",
    resolve=_area,
    ask=ask_about,
    examples=(
        "riskgraph report concentration revenues-benefits",
        "riskgraph report concentration 'Elections and registration' --format text",
        "riskgraph report concentration libraries-leisure --region Scotland --zip",
    ),
)
def concentration_report(context: Context) -> Report:
    """The report on one market."""
    dataset, area = context.graph.dataset, context.subject
    chosen = context.chosen
    asking: Asking = {**context.asking, "selection": replace(chosen, areas=frozenset())}
    answer = concentration(context.graph, area, **asking)
    found, view = answer.lead, answer.question.view
    known = found.known
    if not found.shares:
        raise RiskGraphError(
            f"No supplier of {area_label(area)} is known here.", "Choose another area or region, or fill the gap."
        )
    top, index = found.shares[0], found.by("councils")
    assert index is not None
    share = top.councils / known
    name = full_name(dataset, top.supplier)
    title = " ".join(filter(None, headline(answer))).removesuffix(".")
    suppliers, members = _suppliers(context, found), _members(context, found)
    steps = [
        s for s in context.graph.settled(view).steps if s.in_force and s.area == area and s.dependent in found.served
    ]
    contracts, contract_rows = contracts_section(
        context,
        [s for s in steps if not s.implied] + shared_purchases(context, view, area),
        f"for {area_label(area)}",
    )
    evidence, sources = evidence_section(context, {row.id for step in steps for row in step.rows})
    return Report(
        "concentration",
        area,
        title,
        "Supplier concentration",
        view.as_of.isoformat(),
        (
            Number(f"{share:.0%}", f"with the largest, {name}", f"{top.reach} of {known} councils whose supplier is known"),
            Number(f"{index.effective:.1f}", "suppliers of equal size would be as uneven", f"there are {len(found.shares)} known"),
            Number(f"{known} of {len(found.bodies)}", "councils whose supplier is known", "the others could change every figure"),
        ),
        (*_meaning(area, index), *apart(answer)),
        (
            f"Who serves {plural(len(found.unknown), 'council')} of {len(found.bodies)} is not known.",
            f"With what is not known the index lies between {index.low:,.0f} and {index.high:,.0f}.",
            f"A contract's value is on record for {found.valued['value']} of {len(found.bodies)} councils, in a year for {found.valued['annual_value']}.",
            f"An owner is on record for {answer.owned} of {plural(len(answer.market.shares), 'supplier')}.",
            "These figures speak of market power. Whether one failure reaches many is another question: riskgraph report blast.",
        ),
        ("Ask the councils that are not known who serves them.", "Look at the contracts that end first: that is when the market can move."),
        ("Whether the next procurement should weigh how many neighbours a supplier has already.", "Who prepares, with whom, for the failure of the largest."),
        (
            _shares_section(context, found, suppliers),
            *_owners_section(context, found),
            _figures_section(found),
            _ranks_section(context, answer.market),
            contracts,
            Section("members", "Who is served by whom", (members,)),
            evidence,
            method_section(),
        ),
        unmarked(context, concentration_page(answer)),
        {"exposures": suppliers, "services": members, "contracts": contract_rows, "sources": sources},
        told(context, answer.to_dict()),
    )  # fmt: skip


def _meaning(area: str, index: Index) -> tuple[str, ...]:
    data = rules().areas[area].data
    lines = [
        f"By councils, the Herfindahl-Hirschman index (HHI) is {index.hhi:,.0f} of 10,000.",
        *band_sentences(index),
        "With few councils such an index is lumpy: read the number of councils and the largest share first.",
    ]
    if data is not None:
        lines.append(f"These services hold {'special category' if data == 'special' else 'personal'} data as a rule.")
    return tuple(lines)


def _suppliers(context: Context, found: Market) -> Table:
    dataset = context.graph.dataset
    rows: list[tuple[Cell, ...]] = [
        (
            full_name(dataset, share.supplier),
            share.reach,
            round(100 * share.councils / found.known, 1),
            round(share.residents),
            None if share.value_gbp is None else round(float(share.value_gbp)),
            share.supplier,
        )
        for share in found.shares
        if share.supplier not in context.withheld
    ]
    columns = headings(
        "name councils share residents value_gbp id",
        number="councils share residents value_gbp",
        name="Supplier",
        share="Share, %",
        value_gbp="Contract value (£)",
    )
    return Table("exposures", "Every supplier, by councils", columns, tuple(rows))


def _members(context: Context, found: Market) -> Table:
    dataset = context.graph.dataset
    served: dict[str, list[str]] = {body: [] for body in found.bodies}
    for share in found.shares:
        for body in share.authorities:
            served[body].append(
                "withheld" if share.supplier in context.withheld else full_name(dataset, share.supplier)
            )
    rows: list[tuple[Cell, ...]] = [
        (short_name(dataset, body), join(served[body]) or None, body)
        for body in sorted(found.bodies, key=lambda body: short_name(dataset, body))
        if body not in context.withheld
    ]
    columns = headings("name supplier id", name="Council")
    return Table("services", "Councils and who serves them", columns, tuple(rows))  # fmt: skip


def _shares_section(context: Context, found: Market, suppliers: Table) -> Section:
    dataset = context.graph.dataset
    top = found.shares[:3]
    parts = [(share.councils, "dark" if number == 0 else "grey", "") for number, share in enumerate(found.shares)]
    largest = ", ".join(f"{full_name(dataset, s.supplier)} {s.councils / found.known:.0%}" for s in top)
    blocks: list[Block] = [
        bars(
            "share",
            f"The three largest have {sum(s.councils for s in top) / found.known:.0%} of {market_name(found)}",
            "One bar of 100%: the largest supplier dark, each of the others grey.",
            [
                (
                    capital(market_name(found)),
                    f"{largest}; {len(found.shares)} suppliers of {found.known} councils",
                    parts,
                )
            ],
        ),
        bars(
            "suppliers",
            f"{full_name(dataset, top[0].supplier)} serves {plural(top[0].reach, 'council')}",
            "A bar for each of the ten largest suppliers: the councils that it serves, wholly or in part.",
            [
                (full_name(dataset, s.supplier), plural(s.reach, "council"), [(s.reach, "dark", "")])
                for s in found.shares[:10]
                if s.supplier not in context.withheld
            ],
        ),
        columns_of(suppliers),
    ]
    return Section("who", "Who shares this market", tuple(blocks))  # fmt: skip


def _owners_section(context: Context, found: Market) -> tuple[Section, ...]:
    """The same by ultimate owner, where that differs."""
    dataset = context.graph.dataset
    if {share.supplier for share in found.owners} == {share.supplier for share in found.shares}:
        return ()
    rows: list[tuple[Cell, ...]] = [
        (full_name(dataset, s.supplier), s.reach, round(100 * s.councils / found.known, 1))
        for s in found.owners[:15]
        if s.supplier not in context.withheld
    ]
    columns = headings("name councils share", number="councils share", name="Owner", share="Share, %")
    table = Table("owners", "Suppliers rolled up to their ultimate owner", columns, tuple(rows))
    same = found.owners[: tied([round(share.councils, 9) for share in found.owners])]
    named = [share for share in same if share.supplier not in context.withheld]
    reach = join([plural(share.reach, "council") for share in named], 3)
    names = capital(join((full_name(dataset, share.supplier) for share in named), 3))
    owner = "is the largest owner" if len(same) == 1 else "are the largest owners, alike in share"
    text = Text(f"{names} {owner}, with {reach}.") if named else Text("The largest owner is withheld.")
    return (Section("owners", "By ultimate owner", (text, table)),)


def _figures_section(found: Market) -> Section:
    """Each figure with the least and the most that it could be."""
    rows: list[tuple[Cell, ...]] = []
    for label, measure, owners in (
        ("By councils", "councils", False),
        ("By residents", "residents", False),
        ("By value of whole contracts", "value", False),
        ("By value in a year", "annual_value", False),
        ("By councils, rolled up to owners", "councils", True),
    ):
        one = found.by(measure, owners=owners)
        if one is not None:
            figures = [bounded(one, name, "%") for name in ("largest", "three", "five")]
            rows.append((label, f"{one.known:.0f}%", *figures, bounded(one, "hhi"), bounded(one, "effective")))
    columns = headings(
        "measure known largest three five hhi effective",
        three="Three largest",
        five="Five largest",
        hhi="HHI",
        effective="Equal suppliers",
    )
    table = Table(
        "figures",
        "How uneven it is: of what is known, and between what it lies whatever the unknown ones use",
        columns,
        tuple(rows),
    )
    text = Text("By value there is no least and most: what the other councils pay has no size that anybody knows.")
    return Section("figures", "Every figure and its bounds", (table, text) if found.by("value") or found.by("annual_value") else (table,))  # fmt: skip


def _ranks_section(context: Context, found: Market) -> Section:
    """Who is leaned on directly and through others."""
    dataset = context.graph.dataset
    rows: list[tuple[Cell, ...]] = [
        (full_name(dataset, rank.provider), *rank.within)
        for rank in found.ranks[:15]
        if rank.provider not in context.withheld
    ]
    columns = (
        Heading("name", "Provider"),
        *(Heading(f"within_{n}", f"Within {plural(n, 'step')}", "number") for n in range(1, MOST_RANKS + 1)),
    )
    table = Table(
        "ranks", "Councils that lean on it, directly or through others; the fifteen widest", columns, tuple(rows)
    )
    text = Text(
        "A council counts for everybody that it leans on, so these counts overlap and are no shares of a whole."
    )
    return Section("ranks", "At every rank", (table, text))
