"""`report council`: everything one public body leans on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from riskgraph.analysis.gaps import ask
from riskgraph.analysis.profile import Profile, profile
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.select import Selection
from riskgraph.analysis.single_failures import Leaning, leanings
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, SHARED_SERVICE, Band, FailureKind
from riskgraph.render.blocks import Block, Cell, Heading, Items, Number, Report, Section, Table, Text
from riskgraph.render.gaps import question_text
from riskgraph.render.headline import failing
from riskgraph.render.page import WIDTH, as_text
from riskgraph.render.profile import page
from riskgraph.render.words import (
    area_label,
    capital,
    full_name,
    join,
    kind_word,
    plural,
    row_phrase,
    short_name,
    step_phrase,
    tied,
)
from riskgraph.report.evidence import evidence_section
from riskgraph.report.parts import (
    BAND_WORDS,
    DEPENDENCE_COLUMNS,
    band_counts,
    columns_of,
    contracts_section,
    dependence,
    method_section,
)
from riskgraph.report.pictures import band_bars
from riskgraph.report.registry import Context, report_kind, told
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step

__all__ = ["council_report"]


def _authority(graph: RiskGraph, name: str) -> str:
    return graph.names.resolve(name, frozenset({AUTHORITY}))


def _ask(graph: RiskGraph, _names: tuple[str, ...], asking: Asking) -> Question:
    question = Question.of(graph, **asking)
    if question.selection:
        raise RiskGraphError(
            "The report council is about one council, and no scope.", "Leave --region and the like out."
        )
    return question


@report_kind(
    "council",
    "Everything one council leans on: its own profile.",
    names="one",
    metavar="COUNCIL",
    resolve=_authority,
    ask=_ask,
    examples=(
        "riskgraph report council thanet",
        "riskgraph report council canterbury --format text",
        "riskgraph report council E07000114 --tlp amber --classification OFFICIAL --zip",
    ),
)
def council_report(context: Context) -> Report:
    """The profile of one public body."""
    if context.subject in context.withheld:
        raise RiskGraphError("The council that the report is about cannot be withheld.", "Leave it out of the list.")
    dataset, body = context.graph.dataset, context.subject
    shown = profile(context.graph, body, as_of=context.view.as_of)
    name = short_name(dataset, body)
    leaned = leanings(context.graph, body, **context.asking).leanings
    kinds = context.question.kinds
    named = [leaning for leaning in leaned if leaning.id not in context.withheld]
    sure = [leaning for leaning in leaned if leaning.band is not None and leaning.band <= Band.LIKELY]
    areas = sorted({step.area for step in shown.depends_on if step.area is not None})
    mine = ask(context.graph, selection=Selection(context.graph, members=frozenset({body})))
    questions = [q for whom, found in mine.letters.items() if whom == body for q in found]
    exposures, services = _exposures(context, named), _services(context, shown)
    held = [*shown.depends_on, *_through(context, shown)]
    contracts, contract_rows = contracts_section(context, held, f"of {name} or of a shared service for it")
    widest = max(named, key=lambda leaning: leaning.others, default=None)
    alone = [area for area in areas if len({step.provider for step in shown.depends_on if step.area == area}) == 1]
    things = plural(len(leaned), "body or place", "bodies and places")
    title = f"{name} could be reached, documented or likely, from {len(sure)} of the {things} it leans on"
    if not leaned:
        title = f"0 bodies and places are known that {name} leans on"
    unknown = (
        [f"{plural(len(questions), 'fact')} about these would settle what cannot be ruled out."] if questions else []
    )
    unknown += [question_text(dataset, q) for q in questions[:3] if not context.withheld & {q.dependent, q.provider}]
    unknown.append("What is not listed is not known: a service that is missing here may still have a supplier.")
    listed = join((full_name(dataset, leaning.id) for leaning in sure if leaning.id not in context.withheld), 4)
    evidence, sources = evidence_section(context, {row.id for step in shown.depends_on for row in step.rows})
    return Report(
        "council",
        body.partition(":")[2],
        title,
        "Council profile: everything we lean on",
        shown.view.as_of.isoformat(),
        (
            Number(f"{len(leaned)}", "bodies and places we lean on directly", _kinds(context, leaned)),
            Number(f"{len(sure)}", "of them could reach us, documented or likely", f"if each {failing(kinds)}; " + (band_counts(found.band for found in leaned if found.band is not None) or "none at all")),
            Number(f"{len(alone)}", f"of {plural(len(areas), 'service area')} with one provider only", "as far as this map knows"),
        ),
        _meaning(context, name, shown, widest, listed, len(sure), kinds),
        tuple(unknown),
        (
            "Check this list with those who run the services, and add what is missing.",
            "Write down, for each of them, whom to ring at night.",
            *(["Ask whether data of ended arrangements were returned or destroyed."] if shown.ended else []),
        ),
        (
            "Which of these dependences need a plan for running without them.",
            *(["Whether to renew or replace the contracts that end first."] if contract_rows.rows else []),
            *(["Who answers the open questions, and by when."] if questions else []),
        ),
        (
            _lean_section(context, name, named),
            _service_section(services),
            *_others_section(context, name, shown),
            contracts,
            *_ended_section(context, shown),
            evidence,
            method_section(),
        ),
        as_text(page(shown), WIDTH),
        {"exposures": exposures, "services": services, "contracts": contract_rows, "sources": sources},
        told(context, {**shown.to_dict(), "leanings": [{"id": one.id, "rows": list(one.rows), "band": None if one.band is None else one.band.word, "others": one.others} for one in named]}),
    )  # fmt: skip


def _through(context: Context, shown: Profile) -> list[Step]:
    """What the shared services that it leans on have bought for the same service areas."""
    entities = context.graph.dataset.entities
    leaned = {
        (step.provider, step.area) for step in shown.depends_on if step.relation not in relations_that(Trait.GOVERNS)
    }
    return [
        step
        for step in context.graph.settled(shown.view).steps
        if step.in_force and not step.implied and entities[step.dependent].kind == SHARED_SERVICE
        if (step.dependent, step.area) in leaned
    ]


def _kinds(context: Context, leanings: Sequence[Leaning]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for leaning in leanings:
        counts[context.graph.dataset.entities[leaning.id].kind] += 1
    return join(
        f"{count} {kind_word(kind, count)}" for kind, count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))
    )


def _meaning(
    context: Context,
    name: str,
    shown: Profile,
    widest: Leaning | None,
    listed: str,
    sure: int,
    kinds: Sequence[FailureKind],
) -> tuple[str, ...]:
    if widest is None:
        return (f"Nothing is known of what {name} leans on. That is a gap of the map, not a fact about {name}.",)
    lines = [f"If one of these {failing(kinds)}, {name} could be reached"]
    lines[0] += f", documented or likely, from {listed}." if sure else "; no way is documented or likely in every step."
    if widest.others:
        lines.append(
            f"{full_name(context.graph.dataset, widest.id)} could reach {plural(widest.others, 'other body', 'other bodies')} as well, so help from neighbours may be short."
        )
    if shown.depended_on_by:
        users = {step.dependent for step in shown.depended_on_by if step.relation not in relations_that(Trait.GOVERNS)}
        lines.append(f"{capital(plural(len(users), 'other leans', 'others lean'))} on {name} in turn.")
    return tuple(lines)  # fmt: skip


def _exposures(context: Context, leanings: Sequence[Leaning]) -> Table:
    dataset = context.graph.dataset
    columns = (
        Heading("name", "What we lean on"),
        Heading("sort", "What it is"),
        Heading("services", "For"),
        Heading("band", "Could reach us", "band"),
        Heading("others", "Others it could reach", "number"),
        Heading("id", "Id"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            full_name(dataset, leaning.id),
            kind_word(dataset.entities[leaning.id].kind),
            join(sorted({area_label(step.area) for step in leaning.steps if step.area is not None})),
            "" if leaning.band is None else leaning.band,
            leaning.others,
            leaning.id,
        )
        for leaning in leanings
    ]
    return Table("exposures", "What we lean on, and how surely it could reach us", columns, tuple(rows))


def _services(context: Context, shown: Profile) -> Table:
    columns = (
        *DEPENDENCE_COLUMNS,
        Heading("since", "Since", "date"),
        Heading("until", "Until", "date"),
        Heading("row", "Row"),
    )
    rows: list[tuple[Cell, ...]] = [
        (*dependence(context.graph.dataset, step), step.row.valid_from, step.row.valid_to, step.row.id)
        for step in shown.depends_on
        if step.relation not in relations_that(Trait.GOVERNS) and step.provider not in context.withheld
    ]
    rows.sort(key=lambda row: (row[0], row[1], row[-1]))
    return Table("services", "Each dependence, by service area", columns, tuple(rows))


def _lean_section(context: Context, name: str, leanings: Sequence[Leaning]) -> Section:
    dataset = context.graph.dataset
    blocks: list[Block] = []
    reaching = [leaning for leaning in leanings if leaning.band is not None]
    if reaching:
        order = sorted(reaching, key=lambda leaning: (-leaning.others, leaning.id))[:10]
        rows = [
            (
                full_name(dataset, leaning.id),
                f"{plural(leaning.others, 'other body', 'other bodies')}; {name}: {BAND_WORDS[leaning.band]}",
                [leaning.band] * leaning.others,
            )
            for leaning in order
            if leaning.band is not None
        ]
        same = tied([leaning.others for leaning in order])
        names = join((full_name(dataset, leaning.id) for leaning in order[:same]), 3)
        furthest = plural(order[0].others, "other body", "other bodies")
        title = f"{names} {'reaches' if same == 1 else 'each reach'} furthest: {furthest} besides {name}"
        blocks.append(
            band_bars(
                "radius",
                title,
                "A bar for each of the ten that reach furthest: how many other public bodies could be reached with us.",
                rows,
            )
        )
    blocks.append(columns_of(_exposures(context, leanings), "name", "sort", "services", "band", "others"))
    return Section("who", "What we lean on", tuple(blocks))  # fmt: skip


def _service_section(services: Table) -> Section:
    return Section(
        "services", "By service area", (columns_of(services, "service", "how", "data", "evidence", "since", "until"),)
    )


def _others_section(context: Context, name: str, shown: Profile) -> tuple[Section, ...]:
    dataset = context.graph.dataset
    steps = [
        s
        for s in shown.depended_on_by
        if s.relation not in relations_that(Trait.GOVERNS) and s.dependent not in context.withheld
    ]
    if not steps:
        return ()
    items = tuple(sorted({f"{full_name(dataset, step.dependent)} {step_phrase(dataset, step)}." for step in steps}))
    return (Section("others", f"Who leans on {name}", (Items(items),)),)


def _ended_section(context: Context, shown: Profile) -> tuple[Section, ...]:
    dataset = context.graph.dataset
    ended = [s for s in shown.ended if not context.withheld & {s.dependent, s.provider}]
    if not ended:
        return ()
    items = tuple(
        f"{full_name(dataset, step.dependent)} {row_phrase(dataset, step.row, day_ended=True)}: "
        + {"yes": "data returned or destroyed", "no": "data not returned"}.get(
            step.row.data_returned or "", "not known whether data were returned"
        )
        + "."
        for step in ended
    )
    text = Text(
        "Data left with a former supplier can still be read there. Ask for proof that it was returned or destroyed."
    )
    return (Section("ended", "Ended arrangements", (text, Items(items))),)  # fmt: skip
