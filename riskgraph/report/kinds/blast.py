"""`report blast`: the blast radius of one root or several."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from riskgraph.analysis.affected import affected_by
from riskgraph.analysis.blast import BlastRadius, Reach, blast
from riskgraph.analysis.calls import call_sheet
from riskgraph.analysis.market import SupplyChain
from riskgraph.analysis.measure import own_bands
from riskgraph.analysis.triage import Tier
from riskgraph.dates import moment
from riskgraph.model import Band, FailureKind
from riskgraph.render.blast import page, triage
from riskgraph.render.blocks import Block, Number, Report, Section, Table, Text
from riskgraph.render.headline import finding
from riskgraph.render.incident_words import note_words
from riskgraph.render.words import capital, join, lead, plural, root_name, short_name, tied
from riskgraph.report.calls import call_table
from riskgraph.report.evidence import evidence_section
from riskgraph.report.exposures import every_band, exposures_table, reached_table, services_table, withheld_bands
from riskgraph.report.kinds.bulletin import bulletin
from riskgraph.report.parts import (
    MOST,
    area_title,
    band_counts,
    columns_of,
    contracts_section,
    harm_bands,
    if_failing,
    method_section,
    route_items,
    routes,
    unknown_lines,
    unmarked,
)
from riskgraph.report.pictures import band_bars, tiles
from riskgraph.report.registry import Context, report_kind, told
from riskgraph.rules import rules
from riskgraph.settle import Step

__all__ = ["blast_report"]

TIER_NOTES = {  # what stands beside the first number, in the order of triage
    Tier.FIRST: "first",
    Tier.PRECAUTION: "as a precaution",
    Tier.POSSIBLE: "more possibly",
    Tier.ALTERED: "only if software were altered",
    Tier.UNRECORDED: "more depend on it, not recorded for what or how",
    Tier.PAST: "more in the past",
}


@report_kind(
    "blast",
    "Who could be reached if ROOT failed: the report for the first hour.",
    anonymous=True,
    explorer=True,
    examples=(
        "riskgraph report blast civica",
        "riskgraph report blast 'East Kent Services' --like ransomware --zip",
        "riskgraph report blast capita --region 'South East' --anonymous --format text",
    ),
)
def blast_report(context: Context) -> Report:
    """The report on one what-if."""
    radius = blast(context.graph, context.question)
    if context.anonymous:
        return bulletin(context, radius)
    present = radius.within()
    dataset = radius.graph.dataset
    roots = join(root_name(dataset, root) for root in radius.roots)
    exposures, services = exposures_table(context, radius), services_table(context, radius)
    steps = _steps(radius)
    contracts, contract_rows = contracts_section(context, steps, "in the radius")
    sheet = call_sheet(radius, 9)
    evidence, sources = evidence_section(
        context, {row for reach in radius.authorities for h in reach.kinds.values() for row in h.proof.rows}
    )
    return Report(
        "blast",
        "-".join(root.partition(":")[2].replace("/", "-") for root in radius.roots)[:60],
        finding(radius, named=not context.withheld),
        "Blast radius",
        radius.view.as_of.isoformat(),
        numbers(radius, present),
        meaning(radius, context.withheld),
        tuple(unknown_lines(radius)),
        _now(context, radius, present),
        _decisions(radius, present, roots, deadline(context)),
        (
            _who(context, radius, present),
            *_how(context, radius, present),
            _services(context, radius, present, services),
            contracts,
            evidence,
            method_section(),
        ),
        unmarked(context, page(radius)),
        {"exposures": exposures, "services": services, "contracts": contract_rows, "sources": sources},
        _answer(context, radius),
        call_table(context, sheet),
        f"Who to ring, in what order, {if_failing(radius)}",
    )  # fmt: skip


def _answer(context: Context, radius: BlastRadius) -> dict[str, object]:
    """The answer for programs; of bodies without a name only how many there are in each band."""
    value = told(context, every_band(radius).to_dict())
    if context.withheld:
        value["withheld"] = {band.word: count for band, count in withheld_bands(context, radius)}
    return value


def _steps(radius: BlastRadius) -> list[Step]:
    """Steps in which the roots, or what they make or run, provide something to somebody who is reached."""
    reached = {reach.id for reach in radius.authorities}
    roots = {root.partition("/")[0]: root.partition("/")[2] for root in radius.roots}
    chain = SupplyChain(radius.graph, radius.view)
    return [
        step
        for step in radius.graph.settled(radius.view).steps
        if step.dependent in reached
        and not step.implied
        and any(roots.get(body, "-") in {"", step.area} for body in (step.provider, *chain.organisations(step)))
    ]


def numbers(radius: BlastRadius, present: Sequence[Reach]) -> tuple[Number, Number, Number]:
    """Councils, who is affected at them, services."""
    tiers = radius.tiers
    lead = Tier.FIRST if tiers[Tier.FIRST] else Tier.POSSIBLE
    less = [f"{len(tiers[tier]):,} {word}" for tier, word in TIER_NOTES.items() if tier is not lead and tiers[tier]]
    councils = Number(
        f"{len(tiers[lead]):,}" if tiers[lead] or radius.nothing else "Not known",
        f"of {plural(radius.question.bodies, 'public body', 'public bodies')} could be reached"
        + (" first" if lead is Tier.FIRST else " possibly" if tiers[lead] else ""),
        "; ".join(less) or "nobody besides",
    )
    asked = FailureKind.OUTAGE if FailureKind.OUTAGE in radius.kinds else radius.kinds[0]
    by_area = areas_hit(present, asked)
    personal = [area for area in by_area if area is not None and rules().areas[area].data is not None]
    what = {
        FailureKind.OUTAGE: "could stop somewhere",
        FailureKind.EXPOSURE: "have data that could be read",
        FailureKind.EXIT: "would lose a provider",
    }.get(asked, "could be altered or entered")
    return (
        councils,
        _affected(radius, present),
        Number(
            f"{len(by_area):,}",
            f"service area{'s' if len(by_area) != 1 else ''} {what}",
            f"{len(personal)} of them hold personal data as a rule" if personal else "none holds personal data as a rule",
        ),
    )  # fmt: skip


def _affected(radius: BlastRadius, present: Sequence[Reach]) -> Number:
    """People on record where nobody else is reached, staff where only theirs is hit, else residents as a ceiling."""
    band = radius.first_band if radius.tiers[Tier.FIRST] else Band.POSSIBLE
    found, dataset = affected_by(radius, band), radius.graph.dataset
    recorded = next((note for note in found.recorded if note.people is not None), None)
    if recorded is not None and not present:
        return Number(f"About {recorded.people:,}", "people, as recorded", note_words(dataset, recorded))
    if found.only_staff:
        return Number("Staff", "of these bodies; how many is not known", "only services of staff are hit, as a rule")
    living = found.residents
    unknown = f"; not known for {len(living.unknown)}" if living.unknown else ""
    staff = f"; at {plural(len(found.staff), 'body', 'bodies')} more only staff" if found.staff else ""
    return Number(
        _people(living.people) if living.areas else "Not known",
        "residents, at most",
        f"a ceiling: everyone who lives in {plural(living.areas, 'area')}, each counted once{unknown}{staff}; "
        "not people affected",
    )


def _people(people: int) -> str:
    """A ceiling in few digits; rounded up, so that it stays one.

    Examples
    --------
    >>> _people(418_969), _people(64_444_786)
    ('418,969', '64.5 million')
    """
    return f"{people:,}" if people < 1_000_000 else f"{-(-people // 100_000) / 10:g} million"


def areas_hit(reaches: Sequence[Reach], kind: FailureKind) -> dict[str | None, list[Band]]:
    """Service area to the bands in which its services are hit in one kind, each its own; most often hit first."""
    found: dict[str | None, list[Band]] = defaultdict(list)
    for reach in reaches:
        for area, band in own_bands(reach.services, Band.POSSIBLE, {kind}).items():
            found[area].append(band)
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0] is None, item[0] or ""))
    return dict(order)


def meaning(radius: BlastRadius, withheld: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What it means: a sentence for each tier of the triage that holds anybody."""
    dataset, tiers = radius.graph.dataset, radius.tiers
    if radius.nothing and not any(tiers.values()):
        return ("No way by which harm could travel to a council was found in this data. That is no proof of safety.",)
    lines = [block.words for block in triage(radius, withheld=withheld) if isinstance(block, Text)]
    if first := [body for body in tiers[Tier.FIRST] if body not in withheld]:
        lines.insert(1, f"They are {join((short_name(dataset, body) for body in first), 10)}.")
    return tuple(lines) or (
        "Only bodies are reached that are not counted: they no longer exist, or are groups of bodies.",
    )


def _now(context: Context, radius: BlastRadius, present: Sequence[Reach]) -> tuple[str, ...]:
    dataset = context.graph.dataset
    if not present:
        return (
            "Ask the councils that you would expect here whether they lean on it, and add what they say.",
            "Look at what is missing: riskgraph data gaps.",
        )
    roots = join(root_name(dataset, root) for root in radius.roots)
    surest = radius.tiers[Tier.FIRST] or radius.tiers[Tier.POSSIBLE]
    first = join((short_name(dataset, body) for body in surest if body not in context.withheld), 5)
    carriers = sorted({reach.first for reach in present if reach.first is not None} - context.withheld)
    lines = [
        f"Ring {roots}: what is hit, since when, whose data, what is cut off. The call sheet has the order.",
        f"Ring those who are first: {first}. Ask what they see and what they have cut off.",
    ]
    if any(FailureKind.INTRUSION in reach.kinds for reach in present):
        lines.append("Find the links and accounts by which it reaches into networks, and who can close them at night.")
    if carriers:
        lines.append(f"Tell those in between: {join((short_name(dataset, body) for body in carriers), 4)}.")
    lines.append("Say only what is confirmed; a route in this map is no finding.")
    return tuple(lines)


def _decisions(radius: BlastRadius, present: Sequence[Reach], roots: str, clock: str | None) -> tuple[str, ...]:
    lines = []
    if any(FailureKind.INTRUSION in reach.kinds for reach in present):
        lines.append(f"Whether to cut the links with {roots} until it gives assurance, and who may decide that.")
    if any(FailureKind.OUTAGE in reach.kinds for reach in present):
        lines.append("Which services to run by hand first, and for how many days that can be borne.")
    if any(FailureKind.EXPOSURE in reach.kinds for reach in present):
        lines.append(
            "Whether to report to the Information Commissioner as a precaution: for each council the 72 hours run "
            + ("from the moment it is aware." if clock is None else f"out; {clock}.")
        )
    if radius.past:
        lines.append("Whether to ask for proof that the data of past customers were returned or destroyed.")
    lines.append("Who speaks for the councils, and when the next update is due.")
    return tuple(lines[:5])


# -- sections ---------------------------------------------------------------------------------------


def _who(context: Context, radius: BlastRadius, present: Sequence[Reach]) -> Section:
    dataset = context.graph.dataset
    blocks: list[Block] = []
    exposures = reached_table(context, radius)
    if len(present) > 1:
        blocks.append(_sure_bars(radius, present))
    picture = tiles(
        "map",
        _where(context, present),
        "One tile of equal size for each council, laid out so that neighbours lie near each other; the place of a "
        "tile is no exact place. White letters on dark are documented, bold ones in a thick frame likely, pale tiles possible; white ones mean that no route was found.",
        {id_: short_name(dataset, id_) for id_ in dataset.register if id_ in dataset.entities},
        {reach.id: reach.band for reach in present},
    )
    if picture is not None and len(present) > 2 and not context.withheld:
        blocks.append(picture)
    kinds = [str(kind) for kind in radius.kinds]
    standing = ["standing"] if any(row[-1] != "reached" for row in exposures.rows[:MOST]) else []
    blocks.append(columns_of(exposures, "name", "surest", *kinds, "route", *standing))
    return Section("who", "Who could be reached", tuple(blocks))


def _where(context: Context, present: Sequence[Reach]) -> str:
    """In how many regions they are, and where most of them."""
    regions: Counter[str] = Counter()
    for reach in present:
        entry = context.graph.dataset.register.get(reach.id)
        place = (entry.region or entry.nation) if entry is not None else None
        if place is not None:
            regions[place] += 1
    if not regions:
        return "On the map"
    order = sorted(regions.items(), key=lambda item: (-item[1], item[0]))
    first, count = order[0]
    if len(regions) == 1:
        return f"All are in one region: {first}"
    counts = [count for _, count in order]
    where = {
        "most": f"most in {first} ({count})",
        "the largest group": f"more in {first} ({count}) than in any other",
        "tied": f"{count} in each of {join((name for name, _ in order[: tied(counts)]), 4)}",
    }[lead(counts)]
    return f"They are in {len(regions)} regions and nations, {where}"


def _sure_bars(radius: BlastRadius, present: Sequence[Reach]) -> Block:
    """One bar for each kind of harm, surest part first: how many bodies, how surely."""
    found = sorted(harm_bands(radius).items(), key=lambda item: -len(item[1]))
    rows = [(capital(kind.effect), band_counts(bands) or "none", bands) for kind, bands in found]
    sure = sum(1 for reach in present if reach.band <= Band.LIKELY)
    title = f"{sure} of {len(present)} are documented or likely; the others are possible"
    if sure == len(present):
        title = f"All {len(present)} are documented or likely"
    return band_bars(
        "sure",
        title,
        "A bar for each kind of harm: dark documented, medium likely, light possible. The numbers stand beside it.",
        rows,
    )


def _how(context: Context, radius: BlastRadius, present: Sequence[Reach]) -> tuple[Section, ...]:
    named = [
        reach
        for reach in present
        if not context.withheld & {reach.id, *(body for via in reach.lead[1].proof.vias for body in (via.source,))}
    ]
    order, picture = routes(radius, named)
    if picture is None:
        return ()
    blocks: list[Block] = [
        picture,
        Text(f"{capital(plural(len(order), 'way'))}, in words:"),
        route_items(radius, order),
    ]
    if len(named) < len(present):
        blocks.append(
            Text(f"{plural(len(present) - len(named), 'body is', 'bodies are')} left out, because names are withheld.")
        )
    return (Section("how", "How it reaches them", tuple(blocks)),)  # fmt: skip


def deadline(context: Context) -> str | None:
    """When the 72 hours end, if it was said when they began (UK GDPR, article 33; hours by the same clock)."""
    if context.aware is None:
        return None
    end = context.aware + timedelta(hours=72)
    return f"aware at {moment(context.aware)}, they end at {moment(end)}"


def _services(context: Context, radius: BlastRadius, present: Sequence[Reach], services: Table) -> Section:
    blocks: list[Block] = []
    by_kind = {kind: areas for kind in FailureKind if (areas := areas_hit(present, kind))}
    told: list[FailureKind] = [kind for kind in (FailureKind.OUTAGE, FailureKind.EXPOSURE) if kind in by_kind]
    told = told or list(by_kind)
    for kind in told:
        rows = [
            (area_title(area) + _data_word(area), band_counts(bands), bands) for area, bands in by_kind[kind].items()
        ]
        first, most = next(iter(by_kind[kind].items()))
        others = sum(len(bands) == len(most) for bands in by_kind[kind].values()) - 1
        where = area_title(first) + (f" and {plural(others, 'other')}" if others else "")
        blocks.append(
            band_bars(
                f"areas-{kind}",
                f"{capital(kind.effect)}: most often {where}, at {plural(len(most), 'body', 'bodies')}",
                "A bar for each service area: the number of bodies at which that could happen to the service itself, dark "
                "documented, medium likely, light possible. In brackets, the data that lie there as a rule.",
                rows,
            )
        )
    exposed = radius.within(Band.POSSIBLE, FailureKind.EXPOSURE)
    if exposed:
        blocks.append(
            Text(
                f"Personal data of {plural(len(exposed), 'body', 'bodies')} could be read. Each of them has a clock of its own: "
                "72 hours from the moment it is aware of a breach, unless a risk to people is unlikely. Write down that moment."
                + (f" {capital(clock)}." if (clock := deadline(context)) is not None else "")
            )
        )
    if len(services.rows) <= 60:
        blocks.append(columns_of(services, "name", "service", "data", *(str(kind) for kind in radius.kinds)))
    else:
        blocks.append(Text(f"All {len(services.rows):,} services by body are in services.csv."))
    return Section("services", "What could happen to services and data", tuple(blocks))  # fmt: skip


def _data_word(area: str | None) -> str:
    data = None if area is None else rules().areas[area].data
    return {"personal": " (personal data)", "special": " (special category data)"}.get(data or "", "")
