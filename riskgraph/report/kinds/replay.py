"""`report replay`: what the map would have said of an incident, without what the incident taught us."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words, last_day
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band, Incident
from riskgraph.render.words import join, plural, root_name, sentence, short_name
from riskgraph.report.content import Block, Cell, Column, Items, Number, Report, Section, Table, Text
from riskgraph.report.evidence import evidence_section
from riskgraph.report.exposures import columns_of, exposures_table, services_table
from riskgraph.report.kinds.blast import blast_answer
from riskgraph.report.parts import band_counts, method_section, routes
from riskgraph.report.registry import Context, report_kind

__all__ = ["replay_report"]

_LIKE = {"confidentiality": "exposure", "integrity": "tampering", "availability": "outage"}


def _incident(graph: RiskGraph, name: str) -> str:
    incidents = graph.dataset.incidents
    if name not in incidents:
        listed = ", ".join(sorted(incidents)) or "none is recorded"
        raise RiskGraphError(f"There is no incident {name!r} in this data.", f"Give one of: {listed}.")
    return name


@report_kind(
    "replay",
    "What the map would have said of an incident that happened.",
    names="one",
    metavar="INCIDENT",
    resolve=_incident,
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
    incident = dataset.incidents[context.names[0]]
    if not incident.origins:
        raise RiskGraphError(f"No place is recorded where {incident.title!r} began.", "Fill in its origins.")
    question = _question(context, incident)
    radius = context.chosen.apply(blast(context.graph, incident.origins, **question))
    reached = {reach.id: reach for reach in radius.within(Band.POSSIBLE)}
    recorded = _recorded(dataset, incident, context)
    found = [body for body in recorded if body in reached]
    missed = [body for body in recorded if body not in reached]
    more = [body for body, reach in reached.items() if body not in recorded and not reach.root]
    table = _table(dataset, radius, recorded)
    exposures, services = exposures_table(context, radius), services_table(context, radius)
    roots = join(root_name(dataset, origin) for origin in incident.origins)
    title = f"The map would have named {len(found)} of {plural(len(recorded), 'public body', 'public bodies')} hit: {incident.title}"
    happened = in_words(incident.date_started or incident.date_disclosed or radius.view.as_of)
    summary = [
        f"{title}.",
        f"Asked as of {in_words(radius.view.as_of)}, without what the incident taught us; it began at {roots}.",
        f"Named and hit: {join((short_name(dataset, b) for b in found), 8) or 'none'}.",
        f"Hit, not named: {join((short_name(dataset, b) for b in missed), 8) or 'none'}.",
        f"Named, and not recorded as hit: {len(more)}.",
    ]
    surest = [reach for reach in radius.within(Band.POSSIBLE) if reach.id in recorded]
    _, picture = routes(radius, [reach for reach in surest if not reach.root])
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
            Number(f"{len(found)} of {len(recorded)}", "public bodies hit would have been named", band_counts(reached[b].band for b in found) or "none"),
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
            Section("reached", "Everybody whom the map would have named", (columns_of(exposures, "name", "surest", "route", "services"),)),
            evidence,
            method_section(),
        ),
        "\n".join(summary) + "\n",
        {"exposures": exposures, "services": services, "compared": table, "sources": sources},
        blast_answer(context, radius),
    )  # fmt: skip


def _question(context: Context, incident: Incident) -> dict[str, Any]:
    """On the day of the incident, without its evidence, for the kinds of harm that it did."""
    given = {key: value for key, value in context.question.items() if value and (key, value) != ("like", "compromise")}
    when = incident.date_started or incident.date_disclosed
    kinds = tuple(_LIKE[word] for word in incident.impact if word in _LIKE)
    question: dict[str, Any] = {"without": (incident.incident_id,)}
    if when is not None:
        question["as_of"] = last_day(when).isoformat()
    if kinds:
        question["kinds"] = (*kinds, "intrusion")
    return {**question, **given}


def _recorded(dataset: Dataset, incident: Incident, context: Context) -> dict[str, str]:
    """Public bodies with a part in the incident, and which part."""
    return {
        effect.organisation: effect.effect
        for effect in dataset.effects
        if effect.incident_id == incident.incident_id
        and dataset.entities[effect.organisation].kind == AUTHORITY
        and dataset.entities[effect.organisation].authority_type != "group"
        and context.chosen.holds(effect.organisation)
    }


def _table(dataset: Dataset, radius: BlastRadius, recorded: dict[str, str]) -> Table:
    reached = {reach.id: reach for reach in radius.authorities}
    rows: list[tuple[Cell, ...]] = []
    for body, effect in sorted(recorded.items(), key=lambda item: short_name(dataset, item[0])):
        reach = reached.get(body)
        named = "yes" if reach is not None and reach.band <= Band.POSSIBLE else "no"
        band: Cell = "" if reach is None else reach.band
        rows.append((short_name(dataset, body), effect.replace("-", " "), named, band, body))
    columns = (
        Column("name", "Who"),
        Column("recorded", "Recorded"),
        Column("named", "Named by the map"),
        Column("band", "How surely", "band"),
        Column("id", "Id"),
    )
    return Table(
        "compared", "Public bodies recorded as hit", columns, tuple(rows), "0 public bodies are recorded as hit."
    )
