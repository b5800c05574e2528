"""What a stated relation means: the two ends found or made, and the relation with its sources."""

from __future__ import annotations

from typing import Any

from riskgraph.importers.assembly import Assembly
from riskgraph.importers.statements import StatedRelation

__all__ = ["add_stated"]


def add_stated(assembly: Assembly, stated: StatedRelation) -> None:
    """A relation that the source states as such; one that cannot be is left out, with its reason."""
    report, mark = assembly.report, assembly.mark()
    dependent, provider = assembly.of_kind(*stated.dependent), assembly.of_kind(*stated.provider)
    values: dict[str, Any] = dict(stated.values)
    cited = [
        said if said.publisher or said.url else said._replace(publisher=report.source)
        for said in (stated.cited, *stated.further)
    ]
    evidence = [assembly.cite(said) for said in cited]
    reason = assembly.relate(dependent, stated.relation, provider, evidence, where=stated.where, **values)
    if not reason:
        report.keep(stated.rows, {dependent, provider})
        return
    if stated.rows:
        report.skip(stated.where, reason, stated.rows)
    else:
        report.guess(f"part of a row left out: {reason}", f"{stated.where}: {stated.cited.claim}")
    assembly.taken_back(mark)
