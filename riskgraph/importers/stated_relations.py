"""What a stated relation means: the two ends found or made, the pair allowed, the relation with its sources."""

from __future__ import annotations

from typing import Any

from riskgraph.importers.assembly import Assembly
from riskgraph.importers.statements import StatedRelation
from riskgraph.model import AUTHORITY, ENVIRONMENT, SHARED_SERVICE, SYSTEM
from riskgraph.rules import rules

__all__ = ["add_stated"]


def add_stated(assembly: Assembly, stated: StatedRelation) -> None:
    """A relation that the source states as such; one that cannot be is left out, with its reason."""
    report = assembly.report
    before = len(assembly.entities), len(assembly.relations)
    dependent, provider = assembly.of_kind(*stated.dependent), assembly.of_kind(*stated.provider)
    kinds = dependent.partition(":")[0], provider.partition(":")[0]
    values: dict[str, Any] = dict(stated.values)
    relation, row = stated.relation, f"{stated.where}: {stated.cited.claim}"
    if relation == "supplied-by" and kinds[1] in {AUTHORITY, SHARED_SERVICE}:
        relation = "operated-by" if kinds[0] in {SYSTEM, ENVIRONMENT} else "served-by"
        report.guess("supplied by a public body: read as run by it", row)
        if values.pop("access", None):
            report.guess("way in of a body that runs it, not taken: it is inside anyway", row)
    pair = rules().pairs[relation]
    if kinds[0] not in pair.dependents or kinds[1] not in pair.providers or dependent == provider:
        reason = f"{relation} cannot join {kinds[0]} and {kinds[1]}"
        reason = "it joins a body to itself" if dependent == provider else reason
        if stated.rows:
            report.skip(stated.where, reason)
        else:
            report.guess(f"part of a row left out: {reason}", row)
        assembly.taken_back(*before)
        return
    cited = [
        said if said.publisher or said.url else said._replace(publisher=report.source)
        for said in (stated.cited, *stated.further)
    ]
    assembly.relate(dependent, relation, provider, [assembly.cite(said) for said in cited], **values)
    report.kept += stated.rows
