"""Which purchases of a source are wanted: of whom, and about what."""

from __future__ import annotations

import re
from collections.abc import Callable

from riskgraph.data.directory import directory
from riskgraph.data.scope_words import areas_of
from riskgraph.errors import RiskGraphError
from riskgraph.importers.statements import ImportOptions, Purchase
from riskgraph.rules import rules

__all__ = ["about", "chosen_areas", "chosen_codes"]


def about(options: ImportOptions, buyers: Callable[[Purchase], str]) -> Callable[[Purchase], str]:
    """Why a purchase is refused where only some codes, areas or buyers are wanted; "" if it is not."""
    areas = frozenset(options.areas)

    def refuses(purchase: Purchase) -> str:
        if options.cpv and not any(code.startswith(options.cpv) for code in purchase.cpv):
            return "CPV code is not one of those that were chosen"
        if areas and areas.isdisjoint(_areas(purchase)):
            return "service area is not one of those that were chosen, as far as the title and the supplier tell"
        return buyers(purchase)

    return refuses


def _areas(purchase: Purchase) -> set[str]:
    """The service areas that the title, the product in it or the supplier speak of."""
    known = directory().supplier(purchase.supplier.name)
    product = directory().product(purchase.thing or "", known) if known else None
    found = {purchase.area or "", directory().only_area.get(known or "", "")}
    return (found | set(product.areas if product else ())) - {""}


def chosen_codes(text: str) -> tuple[str, ...]:
    """Beginnings of CPV codes as somebody typed them; none for "all".

    Raises
    ------
    RiskGraphError
        If they are none.

    Examples
    --------
    >>> chosen_codes("48, 72000000-5"), chosen_codes("all")
    (('48', '72'), ())
    """
    found = []
    for part in filter(None, re.split(r"[,;\s]+", text.strip())):
        if part.lower() == "all":
            continue
        match = re.fullmatch(r"(\d{2,8})(?:-\d)?", part, re.ASCII)
        if match is None:
            raise RiskGraphError(f"{part[:40]!r} is no CPV code, nor the beginning of one.", "Such as: --cpv 48,72")
        digits = match[1]
        found.append(digits.rstrip("0").ljust(2, "0") if len(digits) == 8 else digits)
    return tuple(sorted(set(found)))


def chosen_areas(names: tuple[str, ...]) -> tuple[str, ...]:
    """Service areas as somebody typed them; none for "all".

    Raises
    ------
    RiskGraphError
        If one is none.

    Examples
    --------
    >>> chosen_areas(("revenues-benefits",)), chosen_areas(("all",))
    (('revenues-benefits',), ())
    """
    found: set[str] = set()
    for name in names:
        if name.lower() == "all":
            continue
        meant = areas_of(name)
        if not meant:
            raise RiskGraphError(
                f"{name[:40]!r} is no service area.", f"Use one of: {', '.join(sorted(rules().areas))}."
            )
        found.update(meant)
    return tuple(sorted(found))
