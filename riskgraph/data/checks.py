"""The named checks of a data set: a decorator registers each with its severity.

`schema.csv` has already judged every cell by itself when these run; they judge what cells and rows
say together.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from riskgraph.data.dataset import TABLES, Dataset
from riskgraph.data.files import nearest
from riskgraph.dates import first_day, last_day
from riskgraph.errors import Problem
from riskgraph.model import AUTHORITY, ORGANISATIONS, PRODUCT
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.schema import schema

__all__ = ["CHECKS", "Check", "run_checks"]

Rows = Mapping[str, Mapping[Any, int]]  # table -> key of a record -> row number
Finding = tuple[str, Any, str | None, str, str]  # table, key, column, message, fix


@dataclass(frozen=True, slots=True)
class Check:
    """One named check."""

    name: str
    severity: Literal["error", "warning"]
    function: Callable[[Dataset], Iterator[Finding]]

    @property
    def describes(self) -> str:
        """What it looks for: the first line of its docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


CHECKS: dict[str, Check] = {}


def check(
    name: str, severity: Literal["error", "warning"] = "error"
) -> Callable[[Callable[[Dataset], Iterator[Finding]]], Callable[[Dataset], Iterator[Finding]]]:
    """Register a check under a name."""

    def register(function: Callable[[Dataset], Iterator[Finding]]) -> Callable[[Dataset], Iterator[Finding]]:
        CHECKS[name] = Check(name, severity, function)
        return function

    return register


def run_checks(dataset: Dataset, rows: Rows) -> list[Problem]:
    """Run every check; `rows` tells in which row of its file each record stands."""
    return [
        Problem(TABLES[table].file, rows.get(table, {}).get(key), column, named.name, message, fix, named.severity)
        for named in CHECKS.values()
        for table, key, column, message, fix in named.function(dataset)
    ]


@check("dangling-reference")
def _dangling(dataset: Dataset) -> Iterator[Finding]:
    """Something is referred to that is not there."""
    targets: dict[str, Mapping[str, Any]] = {
        "entities": dataset.entities,
        "relations": dataset.relations,
        "evidence": dataset.evidence,
        "incidents": dataset.incidents,
        "authorities": dataset.register,
        "service_areas": rules().areas,
    }
    sources: dict[str, Mapping[Any, Any]] = {
        "entities": dataset.entities,
        "relations": dataset.relations,
        "evidence": dataset.evidence,
        "incidents": dataset.incidents,
        "incident_effects": {effect: effect for effect in dataset.effects},
        "class_rules": dataset.class_rules,
        "questions": dataset.questions,
    }
    if dataset.own_register_file:
        sources["authorities"] = dataset.register
    for table, records in sources.items():
        for column in schema()[table].values():
            if column.type not in {"ref", "refs"}:
                continue
            places = [targets[name] for name in column.allowed]
            known = places[0] if len(places) == 1 else {key: None for place in places for key in place}
            for key, record in records.items():
                value = getattr(record, column.name)
                for target in value if column.many else (value,):
                    if target is None or target in known or _is_line(dataset, column.name, target):
                        continue
                    what = " or ".join(column.allowed).replace("service_areas", "service areas")
                    yield (
                        table,
                        key,
                        column.name,
                        f"{target!r} is not among the {what}.",
                        nearest(target, list(known)) if len(known) < 100_000 else "Add it.",
                    )


def _is_line(dataset: Dataset, column: str, target: str) -> bool:
    body, slash, area = target.partition("/")
    return column == "origins" and bool(slash) and body in dataset.entities and area in rules().areas


@check("id-kind")
def _id_kind(dataset: Dataset) -> Iterator[Finding]:
    """The id of an entity begins with another kind than its own."""
    for entity in dataset.entities.values():
        kind = entity.id.partition(":")[0]
        if kind != entity.kind:
            fix = f"Write {entity.kind}:{entity.id.partition(':')[2]}, or change the kind."
            yield "entities", entity.id, "id", f"The id says {kind}, the kind says {entity.kind}.", fix


@check("forbidden-pair")
def _pairs(dataset: Dataset) -> Iterator[Finding]:
    """A relation joins two kinds that it may not join."""
    for row in dataset.relations.values():
        pair = rules().pairs[row.relation]
        dependent, provider = dataset.entities.get(row.dependent), dataset.entities.get(row.provider)
        if dependent is None or provider is None:
            continue
        for end, allowed, column in ((dependent, pair.dependents, "dependent"), (provider, pair.providers, "provider")):
            if end.kind not in allowed:
                message = f"{row.relation} cannot have {end.kind} as its {column}."
                fix = f"Allowed are: {', '.join(sorted(allowed))}."
                if row.relation in relations_that(Trait.HOSTS) and column == "dependent" and end.kind == "supplier":
                    fix = "Give the row to the system, environment or shared service that rests on the host."
                yield "relations", row.id, column, message, fix
    for rule in dataset.class_rules.values():
        pair, provider = rules().pairs[rule.relation], dataset.entities.get(rule.provider)
        if AUTHORITY not in pair.dependents:
            message = f"{rule.relation} cannot have {AUTHORITY} as its dependent, and a rule holds for public bodies."
            fix = (
                f"Use one of: {', '.join(word for word, one in rules().pairs.items() if AUTHORITY in one.dependents)}."
            )
            yield "class_rules", rule.id, "relation", message, fix
        elif provider is not None and provider.kind not in pair.providers:
            message = f"{rule.relation} cannot have {provider.kind} as its provider."
            yield "class_rules", rule.id, "provider", message, f"Allowed are: {', '.join(sorted(pair.providers))}."


@check("self-loop")
def _self_loops(dataset: Dataset) -> Iterator[Finding]:
    """A body depends on itself."""
    for row in dataset.relations.values():
        if row.dependent == row.provider:
            yield "relations", row.id, "provider", f"{row.dependent} cannot depend on itself.", "Remove the row."


@check("date-order")
def _date_order(dataset: Dataset) -> Iterator[Finding]:
    """Something ends before it begins."""
    tables: dict[str, Mapping[str, Any]] = {"relations": dataset.relations, "class_rules": dataset.class_rules}
    if dataset.own_register_file:
        tables["authorities"] = dataset.register
    for table, records in tables.items():
        for key, row in records.items():
            if row.valid_from and row.valid_to and last_day(row.valid_to) < first_day(row.valid_from):
                message = f"It ends ({row.valid_to}) before it begins ({row.valid_from})."
                yield table, key, "valid_to", message, "Correct one of the two dates."


@check("contract-date-order", "warning")
def _contract_dates(dataset: Dataset) -> Iterator[Finding]:
    """A contract ends before the relation begins, or later than it could with every extension."""
    for row in dataset.relations.values():
        if row.contract_end is None:
            continue
        if row.valid_from and last_day(row.contract_end) < first_day(row.valid_from):
            message = f"The contract ends ({row.contract_end}) before the relation begins ({row.valid_from})."
            yield "relations", row.id, "contract_end", message, "Correct one of the two dates."
        if row.contract_end_latest and last_day(row.contract_end_latest) < last_day(row.contract_end):
            message = f"Its latest end ({row.contract_end_latest}) comes before its end ({row.contract_end})."
            yield "relations", row.id, "contract_end_latest", message, "Correct one of the two dates."


@check("field-without-meaning", "warning")
def _meaningless(dataset: Dataset) -> Iterator[Finding]:
    """A field is filled on a kind of row that does not use it."""
    used = relations_that(Trait.USE)
    meant = {"alternative": used, "hosting": used, "access": rules().decided_by("access")}
    for row in dataset.relations.values():
        for column, relations in meant.items():
            if getattr(row, column) and row.relation not in relations:
                message = f"{column} says nothing on a {row.relation} row."
                yield "relations", row.id, column, message, f"It belongs on {', '.join(sorted(relations))} rows."


@check("lonely-alternative", "warning")
def _lonely(dataset: Dataset) -> Iterator[Finding]:
    """A group of alternatives has one member only."""
    groups: dict[tuple[str, str | None, str], list[str]] = defaultdict(list)
    for row in dataset.relations.values():
        if row.alternative and row.relation in relations_that(Trait.USE):
            groups[row.dependent, row.service_area, row.alternative].append(row.id)
    for (_, _, name), members in groups.items():
        if len(members) == 1:
            message = f"The group of alternatives {name!r} has one member only, so nothing backs it up."
            yield "relations", members[0], "alternative", message, "Add the other member, or leave the cell blank."


@check("never-in-force", "warning")
def _never(dataset: Dataset) -> Iterator[Finding]:
    """A relation lies outside the lifetime of one of its bodies, so it never counts."""
    for row in dataset.relations.values():
        for body in (row.dependent, row.provider):
            entry = dataset.register.get(body)
            if entry is None:
                continue
            late = entry.valid_to and row.valid_from and last_day(entry.valid_to) < first_day(row.valid_from)
            early = entry.valid_from and row.valid_to and last_day(row.valid_to) < first_day(entry.valid_from)
            if late or early:
                message = f"It lies outside the lifetime of {body}, so it never counts."
                yield "relations", row.id, "valid_from" if late else "valid_to", message, "Check the dates."


@check("relation-twice", "warning")
def _twice(dataset: Dataset) -> Iterator[Finding]:
    """Two rows say the same of the same two bodies, area and dates; what a class rule made gives way to a row."""
    seen: dict[tuple[str | None, ...], str] = {}
    for row in dataset.relations.values():
        if row.by_law:
            continue
        key = (
            row.dependent,
            row.relation,
            row.provider,
            row.service_area,
            row.valid_from,
            row.valid_to,
            row.alternative,
        )
        if key in seen:
            message = f"It says the same as {seen[key]}."
            yield "relations", row.id, "id", message, "Join the two rows, with the evidence of both."
        seen.setdefault(key, row.id)


@check("evidence-unused", "warning")
def _unused(dataset: Dataset) -> Iterator[Finding]:
    """An item of evidence stands in no relation."""
    used = {item for row in dataset.relations.values() for item in row.evidence}
    for key in dataset.evidence:
        if key not in used:
            yield "evidence", key, "id", "No relation refers to it.", "Name it in the evidence column of a relation."


@check("evidence-about-blank", "warning")
def _about_blank(dataset: Dataset) -> Iterator[Finding]:
    """Evidence is about a field that is blank in the row, so it is ignored."""
    for row in dataset.relations.values():
        for item in row.evidence:
            source = dataset.evidence.get(item)
            if source and source.about and getattr(row, source.about) is None:
                message = f"{item} is about {source.about}, which is blank here, so it is ignored."
                yield "relations", row.id, source.about, message, "Fill in the value, or take the item away."


@check("published-later", "warning")
def _published_later(dataset: Dataset) -> Iterator[Finding]:
    """Evidence was published after the date of the data."""
    for item in dataset.evidence.values():
        if item.published and first_day(item.published) > dataset.info.day:
            message = f"It was published {item.published}, after the date of the data ({dataset.info.as_of})."
            yield "evidence", item.id, "published", message, "Correct the date, or as_of in dataset.toml."


@check("not-in-register", "warning")
def _not_in_register(dataset: Dataset) -> Iterator[Finding]:
    """A council with a GSS code is not in the register, so its dates and residents are not known."""
    for entity in dataset.entities.values():
        if entity.kind == AUTHORITY and entity.gss_code and entity.id not in dataset.register:
            message = f"{entity.id} is not in the register of authorities, so its residents are not known."
            yield "entities", entity.id, "id", message, "Use the id of the register."


@check("several-areas", "warning")
def _several_areas(dataset: Dataset) -> Iterator[Finding]:
    """A body or place other than a product names several service areas, so it gives none to its rows."""
    for entity in dataset.entities.values():
        if entity.kind in ORGANISATIONS and entity.service_area:
            message = "The area of an organisation is not used: its lines come from its relations."
            yield "entities", entity.id, "service_area", message, "Put the area on its relations."
        elif len(entity.service_area) > 1 and entity.kind != PRODUCT:
            message = "With several service areas it gives none to rows without one."
            yield "entities", entity.id, "service_area", message, "Name one, or put the area on its relations."


@check("same-code", "warning")
def _same_code(dataset: Dataset) -> Iterator[Finding]:
    """Two entities carry the same official number."""
    for column in ("gss_code", "company_number"):
        seen: dict[str, str] = {}
        for entity in dataset.entities.values():
            code = getattr(entity, column)
            if code and code in seen:
                message = f"{seen[code]} has the same {column}, {code}."
                yield "entities", entity.id, column, message, "Join the two, or correct one."
            if code:
                seen.setdefault(code, entity.id)


@check("mixed-script", "warning")
def _mixed_script(dataset: Dataset) -> Iterator[Finding]:
    """A name mixes alphabets, as look-alike names do."""
    for entity in dataset.entities.values():
        if entity.name.isascii():
            continue
        scripts = {unicodedata.name(c, "?").split()[0] for c in entity.name if c.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
            message = f"The name mixes {' and '.join(sorted(scripts))} letters."
            yield "entities", entity.id, "name", message, "Type the name anew."


@check("same-name", "warning")
def _same_name(dataset: Dataset) -> Iterator[Finding]:
    """Two entities of one kind have the same name but for capitals and punctuation."""
    seen: dict[tuple[str, str], str] = {}
    for entity in dataset.entities.values():
        key = entity.kind, re.sub(r"\W+", " ", entity.name.casefold()).strip()
        if key in seen:
            message = f"{seen[key]} has the same name."
            yield "entities", entity.id, "name", message, "Join the two, or tell them apart by name."
        seen.setdefault(key, entity.id)
