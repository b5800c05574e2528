"""Which way is told first: where a shared service runs the service that is hit, the way leads through it.

A council that "does not even buy from them" is served by a shared service which does. If the map has a row of its own
to the supplier besides, both ways are true; the one through the shared service is told first if it is as sure.
"""

from __future__ import annotations

from collections.abc import Iterable

from riskgraph.analysis.proofs import Proof
from riskgraph.data.dataset import Dataset
from riskgraph.engine import Solution
from riskgraph.harm import HarmNetwork, Part, Place
from riskgraph.model import KINDS, SHARED_SERVICE
from riskgraph.settle import Step

__all__ = ["shared_service_first"]


def shared_service_first(
    harm: HarmNetwork, answer: Solution, dataset: Dataset, lead: Proof, steps: Iterable[Step]
) -> str | None:
    """The shared service through which a body is reached as surely as by its surest proof, in the service that is hit.

    Parameters
    ----------
    lead
        The surest and shortest proof of the body.
    steps
        Steps of which the body is the dependent; others are passed over.

    Returns
    -------
    str or None
        Its id; of several the surest, then the first by id. None where no such way is as sure, or the proof leads
        through one already.

    Examples
    --------
    >>> from riskgraph.analysis.blast import blast, run
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> radius = blast(seeds, "civica", like="data-theft")
    >>> harm = seeds.harm(radius.view, radius.roots)
    >>> kind, hit = radius["authority:thanet"].lead
    >>> shared_service_first(harm, run(harm, radius.roots, radius.kinds), seeds.dataset, hit.proof, harm.steps)
    'shared-service:east-kent-services'
    """
    if any(dataset.entities[via.target].kind == SHARED_SERVICE for via in lead.vias):
        return None
    areas = {via.step.area for via in lead.vias if via.target == lead.body}
    roots = {place.body for root in answer.roots for place in map(harm.places.__getitem__, root)}
    found: list[tuple[int, str]] = []
    for step in steps:
        if step.dependent != lead.body or not step.in_force or step.area not in areas or step.provider in roots:
            continue
        if dataset.entities[step.provider].kind != SHARED_SERVICE:
            continue
        for place in (Place(step.provider, Part.LINE, step.area), Place(step.provider, Part.WHOLE)):
            for kind, level in zip(KINDS, step.levels, strict=True):
                best = None if place not in harm.number else answer.best(harm.state(place, kind))
                if best is not None and max(best[0], level) <= lead.band:
                    found.append((max(best[0], level), step.provider))
    return min(found)[1] if found else None
