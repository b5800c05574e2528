"""`report replay`: what the map would have said of an incident, without what the incident taught us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from riskgraph.analysis.blast import BlastRadius
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.replay import Compared, Outcome, Replay, incident_id, replay
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.render.blocks import Block, Cell, Heading, Items, Number, Report, Section, Table, Text
from riskgraph.render.words import join, plural, root_name, sentence, short_name
from riskgraph.report.evidence import evidence_section
from riskgraph.report.exposures import exposures_table, reached_table, services_table
from riskgraph.report.parts import band_counts, columns_of, method_section, routes
from riskgraph.report.registry import Context, report_kind, told

__all__ = ["replay_report"]


def _replay(graph: RiskGraph, incident: str, asking: Asking) -> tuple[Replay, BlastRadius]:
    """The replay, asked as its record says unless something else is asked."""
    record = graph.dataset.incidents[incident]
    if not record.origins:
        raise RiskGraphError(f"No place is recorded where {record.title!r} began.", "Fill in its origins.")
    answer = replay(graph, incident, **asking)
    assert answer.radius is not None  # it has origins, so it was asked
    return answer, answer.radius


def _ask(graph: RiskGraph, names: tuple[str, ...], asking: Asking) -> Question:
    """What the record of the incident says, unless something else is asked."""
    question = _replay(graph, names[0], asking)[1].question
    return replace(question, selection=Question.of(graph, **asking).selection)


@report_kind(
    "replay",
    "What the map would have said of an incident that happened.",
    names="one",
    metavar="INCIDENT",
    resolve=incident_id,
    ask=_ask,
    examples=(
        "riskgraph report replay eks-civica-2024",
        "riskgraph report replay eks-civica-2024 --format text",
        "riskgraph report replay eks-civica-2024 --zip",
    ),
)
def replay_report(context: Context) -> Report:
    """The replay of one incident: asked on its day, without its own evidence, compared with what was recorded."""
    dataset = context.graph.dataset
    if context.withheld:
        raise RiskGraphError(
            "A replay compares names with names.", "Leave --redact out, or report its roots with blast."
        )
    incident = dataset.incidents[context.subject]
    answer, radius = _replay(context.graph, context.subject, {**context.asking, "selection": context.chosen})
    recorded = [one for one in answer.compared if one.effects]
    found, missed = [one.body for one in answer.found], [one.body for one in answer.missed]
    more = [one.body for one in answer.named if one.outcome is not Outcome.HIT]
    table = _table(dataset, recorded)
    exposures, services = exposures_table(context, radius), services_table(context, radius)
    roots = join(root_name(dataset, origin) for origin in incident.origins)
    hit = f"{len(found)} of {plural(len(answer.hits), 'public body', 'public bodies')} hit"
    if not answer.hits:
        hit = f"{plural(len(more), 'public body', 'public bodies')} where nobody else was recorded as hit"
    title = f"The map would have named {hit}: {incident.title}"
    happened = in_words(incident.date_started or incident.date_disclosed or radius.view.as_of)
    summary = [
        f"{title}.",
        f"Asked as of {in_words(radius.view.as_of)}, without what the incident taught us; it began at {roots}.",
        f"Named and hit: {join((short_name(dataset, b) for b in found), 8) or 'none'}.",
        f"Hit, not named: {join((short_name(dataset, b) for b in missed), 8) or 'none'}.",
        f"Named, and not recorded as hit: {len(more)}.",
    ]
    surest = [reach for reach in radius.within(Band.POSSIBLE) if reach.id in set(found)]
    _, picture = routes(radius, surest)
    how: list[Block] = [] if picture is None else [picture]
    how.append(
        Items(tuple(sentence(dataset, reach.lead[1].proof) for reach in surest))
        if surest
        else Text("0 routes were found.")
    )
    evidence, sources = evidence_section(
        context, {row for reach in radius.authorities for hit in reach.kinds.values() for row in hit.proof.rows}
    )
    return Report(
        "replay",
        incident.incident_id,
        title,
        "Incident replay",
        radius.view.as_of.isoformat(),
        (
            Number(f"{len(found)} of {len(answer.hits)}" if answer.hits else "0", "public bodies hit would have been named" if answer.hits else "recorded as hit elsewhere than where it began", band_counts(one.band for one in answer.found if one.band is not None) or "none"),
            Number(f"{len(missed)}", "hit, and not named", "a gap of the map on that day, or a way it does not know"),
            Number(f"{len(more)}", "named, and not recorded as hit", "could be reached is no finding; nobody may have looked"),
        ),
        tuple(part for part in (f"{happened}: {incident.summary or incident.title}", f"The map is asked as it stood without the reports on this incident. It begins at {roots}.") if part),
        (
            *(f"Why {short_name(dataset, body)} was not named: riskgraph why --not {context.graph.names.handle(body)} {context.graph.names.handle(incident.origins[0])}" for body in missed[:4]),
            "Evidence published later about other things is used; riskgraph blast --known-before leaves it out too.",
            "Who was hit and never said so is not recorded.",
        ),
        (*(["Look at each body that was hit and not named, and add the fact that was missing."] if missed else []), "Use the same map to ask what would happen if it came again."),
        ("Which of the ways of this incident are still open today.",),
        (
            Section("who", "Named and hit", (table,)),
            Section("how", "How the map gets there", tuple(how)),
            Section("reached", "Everybody whom the map would have named", (columns_of(reached_table(context, radius), "name", "surest", "route", "services"),)),
            evidence,
            method_section(),
        ),
        "\n".join(summary) + "\n",
        {"exposures": exposures, "services": services, "compared": table, "sources": sources},
        told(context, answer.to_dict()),
    )  # fmt: skip


def _table(dataset: Dataset, recorded: Sequence[Compared]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in sorted(recorded, key=lambda one: short_name(dataset, one.body)):
        effects = join(effect.replace("-", " ") for effect in one.effects)
        named = "it began there" if one.began else "yes" if one.named else "no"
        rows.append((short_name(dataset, one.body), effects, named, "" if one.band is None else one.band, one.body))
    columns = (
        Heading("name", "Who"),
        Heading("recorded", "Recorded"),
        Heading("named", "Named by the map"),
        Heading("band", "How surely", "band"),
        Heading("id", "Id"),
    )
    return Table(
        "compared", "Public bodies recorded as hit", columns, tuple(rows), "0 public bodies are recorded as hit."
    )
