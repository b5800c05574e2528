"""Who competes with whom in a market: services that no council chooses, and sellers of work instead of systems.

`national_services.csv` says which services are run by or for central government, each with its source: none of them has
a share of a market. `register/suppliers.csv` says what sort of business a supplier is. Both know them by name, so that
any map may speak of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from riskgraph.assets import shipped_rows
from riskgraph.data.dataset import Dataset
from riskgraph.data.directory import directory
from riskgraph.data.spelling import company_key
from riskgraph.model import SUPPLIER, Entity
from riskgraph.vocabulary import patterns

__all__ = ["does_work", "national_services"]

_SYSTEMS = frozenset({"service", "platform"})  # sorts of business that may sell systems


def national_services(dataset: Dataset) -> Mapping[str, str]:
    """The entities of a map that are a national service, or whose one business it is to run one.

    Returns
    -------
    Mapping
        Id of an entity to the name of the service.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> found = national_services(read("uk"))
    >>> found["system:planning-portal"], found["supplier:portalplanquest"], len(found)
    ('Planning Portal', 'Planning Portal', 7)
    """
    named = _named()
    found = {}
    for entity in dataset.entities.values():
        names = (entity.id.partition(":")[2].replace("-", " "), entity.name, *entity.aliases)
        service = next((named[key] for name in names if (key := company_key(name)) in named), None)
        if service is not None:
            found[entity.id] = service
    return found


def does_work(entity: Entity) -> bool:
    """Whether a supplier is known to sell work, goods or lines instead of systems: by its sort of business, or its name.

    Examples
    --------
    >>> [does_work(Entity(f"supplier:{n}", SUPPLIER, n)) for n in ("Rundles", "Ash Enforcement Agents", "Civica")]
    [True, True, False]
    """
    if entity.kind != SUPPLIER:
        return False
    known = directory()
    kind = known.kinds.get(entity.id) or known.kinds.get(known.keys.get(company_key(entity.name), ""))
    if kind is not None:
        return kind not in _SYSTEMS
    return any(form.search(entity.name) for form, _ in patterns("does work"))


@lru_cache(maxsize=1)
def _named() -> Mapping[str, str]:
    return {
        company_key(name): row["name"]
        for row in shipped_rows("national_services.csv")
        for name in (row["name"], *filter(None, row["names"].split(";")))
    }
