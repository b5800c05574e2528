"""Who stands behind what a body uses: its supplier, the supplier's owner, and whoever comes after them."""

from __future__ import annotations

from collections import defaultdict

from riskgraph.graph import RiskGraph
from riskgraph.model import ORGANISATIONS, PRODUCT, SYSTEM
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step, View

__all__ = ["Behind"]

_BEHIND = relations_that(Trait.BEHIND)


class Behind:
    """Who stands behind a system or product, and who behind a supplier, at a date."""

    def __init__(self, graph: RiskGraph, view: View) -> None:
        self.graph, self.view = graph, view
        self.kind = {entity.id: entity.kind for entity in graph.dataset.entities.values()}
        self.steps: dict[str, list[Step]] = defaultdict(list)
        for step in graph.settled(view).steps:
            if step.in_force and not step.implied:
                self.steps[step.dependent].append(step)

    def organisations(self, step: Step) -> set[str]:
        """The organisations behind one step of an authority: its suppliers in a market."""
        provider = step.provider
        if self.kind[provider] in ORGANISATIONS:
            return {provider}
        if self.kind[provider] == PRODUCT:
            return self._of(provider, Trait.MAKES)
        if self.kind[provider] == SYSTEM:
            found = self._of(provider, Trait.OPERATES) or self._of(provider, Trait.SUPPLIES)
            products = [s.provider for s in self.steps[provider] if s.relation in relations_that(Trait.COPY)]
            return found or {maker for product in products for maker in self._of(product, Trait.MAKES)}
        return self._of(provider, Trait.OPERATES)

    def _of(self, place: str, trait: Trait) -> set[str]:
        return {step.provider for step in self.steps[place] if step.relation in relations_that(trait)}

    def parents(self) -> dict[str, str]:
        """Supplier to its ultimate owner at the date; those without an owner on record are left out."""
        owner: dict[str, str] = {}
        for body, steps in self.steps.items():
            owners = sorted(step.provider for step in steps if step.relation in relations_that(Trait.OWNS))
            if owners:
                owner[body] = owners[0]
        ultimate = {}
        for body in owner:
            at, seen = body, [body]
            while at in owner and owner[at] not in seen:
                at = owner[at]
                seen.append(at)
            ring = seen[seen.index(owner[at]) :] if at in owner else [at]  # owners of each other: the first by name
            ultimate[body] = min(ring)
        return ultimate

    def next(self, provider: str, area: str | None) -> set[str]:
        """Whoever stands one step behind a provider, in an area or without one."""
        return {
            step.provider
            for step in self.steps[provider]
            if step.relation in _BEHIND and (area is None or step.area in {None, area})
        }
