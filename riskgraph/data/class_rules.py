"""Rules that hold for a whole class of public bodies, and the rows that they make.

A rule of law ("every registration officer sends the register to ...") is one line of `class_rules.csv`. When a map is
asked, it becomes a row of every body of its classes, which counts where nobody has observed the same. Such a row
rests on one item of evidence, named after the rule (`Relation.rule`); it is in no file: reading the rule makes it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from riskgraph.data.dataset import Dataset
from riskgraph.dates import first_day, last_day
from riskgraph.model import AUTHORITY, RULE, ClassRule

__all__ = ["expanded", "without_rules"]


def expanded(dataset: Dataset) -> Dataset:
    """A data set with the rows that its class rules make; itself, if there are none or they are made already.

    What was observed decides (`riskgraph.settle`): where a row of a body with the same relation and provider counts, in
    that service area or in none, the row that a rule made does not, though the other may have ended.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> expanded(seeds) is seeds
    True
    """
    if dataset.expanded or not dataset.class_rules:
        return dataset
    made = {row.id: row for rule in dataset.class_rules.values() for row in map(rule.row, _bodies(dataset, rule))}
    used = {row.rule for row in made.values()}
    items = {rule.evidence.id: rule.evidence for rule in dataset.class_rules.values() if rule.id in used}
    return replace(
        dataset,
        relations=dict(sorted({**made, **dataset.relations}.items())),
        evidence=dict(sorted({**dataset.evidence, **items}.items())),
        expanded=True,
    )


def without_rules(dataset: Dataset) -> Dataset:
    """A data set with what was observed only: neither class rules nor rows that they made.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> without_rules(seeds) is seeds
    True
    """
    rows = {id_: row for id_, row in dataset.relations.items() if not row.by_law}
    rules = {row.rule for row in dataset.relations.values()} - {None} | dataset.class_rules.keys()
    if not rules:
        return dataset
    evidence = {id_: item for id_, item in dataset.evidence.items() if not id_.startswith(RULE)}
    return replace(dataset, relations=rows, evidence=evidence, class_rules={}, expanded=False, left_out=len(rules))


def _bodies(dataset: Dataset, rule: ClassRule) -> Iterator[str]:
    """The bodies of the map for which a rule holds at some time of their existence."""
    for entity in dataset.entities.values():
        if entity.kind != AUTHORITY or entity.id == rule.provider:
            continue
        entry = dataset.register.get(entity.id)
        if ((entry and entry.kind) or entity.authority_type) not in rule.who:
            continue
        if rule.nation and (entry is None or entry.nation not in rule.nation):
            continue
        if entry is not None:
            late = entry.valid_to and rule.valid_from and last_day(entry.valid_to) < first_day(rule.valid_from)
            early = entry.valid_from and rule.valid_to and last_day(rule.valid_to) < first_day(entry.valid_from)
            if late or early:
                continue
        yield entity.id
