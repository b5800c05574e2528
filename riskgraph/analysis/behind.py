"""Who stands behind what a body uses: its supplier, the supplier's owner, and whoever comes after them."""

from __future__ import annotations

from collections import defaultdict

from riskgraph.graph import RiskGraph
from riskgraph.model import ORGANISATIONS, PRODUCT, STORE, SYSTEM
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step, View

__all__ = ["MARKET", "Behind"]

MARKET = relations_that(Trait.MARKET)
_BEHIND = relations_that(Trait.BEHIND)
_NO_STEP = frozenset({SYSTEM, PRODUCT, STORE})


class Behind:
    """Who stands behind a system or product, and who behind a supplier, at a date."""

    def __init__(self, graph: RiskGraph, view: View) -> None:
        self.graph, self.view = graph, view
        self.kind = {entity.id: entity.kind for entity in graph.dataset.entities.values()}
        self.steps: dict[str, list[Step]] = defaultdict(list)
        self._next: dict[tuple[str, str | None], frozenset[str]] = {}
        for step in graph.settled(view).steps:
            if step.in_force and not step.implied:
                self.steps[step.dependent].append(step)

    def sells(self, step: Step, area: str | None = None) -> bool:
        """Whether a step is a purchase in a market: stated, in force, and in its service area if one is given."""
        return step.in_force and not step.implied and step.relation in MARKET and area in {None, step.area}

    def organisations(self, step: Step) -> set[str]:
        """The organisations behind one step of an authority: its suppliers in a market."""
        provider = step.provider
        if self.kind[provider] in ORGANISATIONS:
            return {provider}
        if self.kind[provider] == PRODUCT:
            return self._of(provider, Trait.MAKES)
        if self.kind[provider] == SYSTEM:
            found = self._of(provider, Trait.OPERATES) or self._of(provider, Trait.SUPPLIES)
            products = [s.provider for s in self.steps.get(provider, ()) if s.relation in relations_that(Trait.COPY)]
            return found or {maker for product in products for maker in self._of(product, Trait.MAKES)}
        return self._of(provider, Trait.OPERATES)

    def _of(self, place: str, trait: Trait) -> set[str]:
        return {step.provider for step in self.steps.get(place, ()) if step.relation in relations_that(trait)}

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

    def next(self, provider: str, area: str | None) -> frozenset[str]:
        """Organisations and environments one step behind a provider, in an area or for all that it does.

        Systems, products and stores on the way are no step of their own. What is in no area, or in an area that
        everything else rests on (ICT, networks, hosting), stands behind every area.
        """
        if (provider, area) not in self._next:
            found, waiting, seen = set(), [provider], {provider}
            while waiting:
                for step in self.steps.get(waiting.pop(), ()):
                    if step.relation not in _BEHIND or step.provider in seen:
                        continue
                    if area is not None and step.area not in {None, area} and not rules().enabling(step.area):
                        continue
                    seen.add(step.provider)
                    if self.kind[step.provider] in _NO_STEP:
                        waiting.append(step.provider)
                    else:
                        found.add(step.provider)
            self._next[provider, area] = frozenset(found)
        return self._next[provider, area]
