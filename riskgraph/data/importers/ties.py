"""What a tie means: the two ends found or made, the pair allowed, the relation with its sources."""

from __future__ import annotations

from itertools import islice

from riskgraph.data.importers.builder import Builder
from riskgraph.data.importers.facts import Party, Tie
from riskgraph.data.importers.values import slug
from riskgraph.data.names import normalise
from riskgraph.model import AUTHORITY, ENVIRONMENT, SHARED_SERVICE, SUPPLIER, SYSTEM, Entity
from riskgraph.rules import rules

__all__ = ["add_tie", "end_of"]


def add_tie(builder: Builder, tie: Tie) -> None:
    """A relation that the source states as such; one that cannot be is left out, with its reason."""
    report = builder.report
    before = len(builder.entities), len(builder.relations)
    dependent, provider = (end_of(builder, kind, party) for kind, party in (tie.dependent, tie.provider))
    kinds = dependent.partition(":")[0], provider.partition(":")[0]
    relation, values = tie.relation, dict(tie.values)
    if relation == "supplied-by" and kinds[1] in {AUTHORITY, SHARED_SERVICE}:
        relation = "operated-by" if kinds[0] in {SYSTEM, ENVIRONMENT} else "served-by"
        report.guess("supplied by a public body: read as run by it", f"{tie.where}: {tie.claim}")
        if values.pop("access", None):
            report.guess("way in of a body that runs it, not taken: it is inside anyway", f"{tie.where}: {tie.claim}")
    pair = rules().pairs[relation]
    if kinds[0] not in pair.dependents or kinds[1] not in pair.providers or dependent == provider:
        reason = f"{relation} cannot join {kinds[0]} and {kinds[1]}"
        reason = "it joins a body to itself" if dependent == provider else reason
        if tie.rows:
            report.skip(tie.where, reason)
        else:
            report.guess(f"part of a row left out: {reason}", f"{tie.where}: {tie.claim}")
        _forget(builder, *before)
        return
    own = None if tie.url else report.source
    said = [
        builder.source(
            claim=tie.claim, grade=tie.grade, publisher=tie.publisher or own, url=tie.url, published=tie.published
        )
    ]
    said += [
        builder.source(
            claim=item.claim,
            grade=item.grade,
            publisher=item.publisher or (None if item.url else report.source),
            url=item.url,
            published=item.published,
            about=item.about,
        )
        for item in tie.said
    ]
    builder.relate(dependent, relation, provider, values, tuple(said))
    report.kept += tie.rows


def _forget(builder: Builder, entities: int, relations: int) -> None:
    """Bodies and places that only a row that was left out spoke of: those behind the first so many."""
    fresh = list(islice(builder.entities, entities, None))
    if not fresh:
        return
    used = {end for row in islice(builder.relations.values(), relations, None) for end in (row.dependent, row.provider)}
    for id_ in set(fresh) - used:
        del builder.entities[id_], builder.taken[id_]
    builder.services = {name: id_ for name, id_ in builder.services.items() if id_ in builder.entities}


def end_of(builder: Builder, kind: str, party: Party) -> str:
    """A body or place of a kind by its name; of kind "body", a council, supplier or shared service."""
    if kind == AUTHORITY:
        return builder.body(party, None)
    if kind in {SUPPLIER, "body", SHARED_SERVICE}:
        return builder.provider(party, None)
    name, id_, key = party.name, f"{kind}:{slug(party.name)}", normalise(party.name)
    area, data, hosting = builder.harvest.places.get(key, (None, None, None))
    areas = (area,) if area else ()
    old = builder.places.get((kind, key))
    if old is not None:
        name, id_ = old.name, old.id
        for mine, theirs in ((old.service_area, areas), (old.data, data), (old.hosting, hosting)):
            if mine and theirs and mine != theirs:
                builder.report.guess("the map says otherwise of a place: kept", f"{name}: {mine}, not {theirs}")
    return builder.keep(Entity(id_, kind, name, service_area=areas, data=data, hosting=hosting))
