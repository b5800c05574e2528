"""What the verbs of a scenario found out besides, in words and as plain values."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.contracts import HeldContract
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import Relation
from riskgraph.render import common as common_words
from riskgraph.render.contracts import against
from riskgraph.render.words import area_label, join, plural, short_name
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.findings import Backup, Finding, Leaving, Merging, Purging, Splitting

__all__ = ["Table", "finding_lines", "finding_tables", "finding_value"]

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""A header and rows."""


def finding_lines(before: Dataset, after: Dataset, finding: Finding, most: int) -> list[str]:
    """A finding as lines of text; at most `most` names in each."""
    if isinstance(finding, Backup):
        return [*common_words.ways(finding.found, 2), *common_words.unknown_lines(finding.found)]
    if isinstance(finding, Leaving):
        return _leaving(before, finding, most)
    if isinstance(finding, Merging):
        return _merging(before, finding)
    if isinstance(finding, Splitting):
        return [
            f"{plural(finding.rows, 'relation')} of {short_name(before, finding.council)}: which of "
            f"{join(short_name(after, one) for one in finding.into)} takes each over is not known, so each may."
        ]
    assert isinstance(finding, Purging)
    done = f"Data back or destroyed: {plural(len(finding.done), 'relation')}"
    if not finding.in_use:
        return [f"{done}; nothing of theirs is in use there besides."]
    return [f"{done}. {plural(len(finding.in_use), 'relation')} still in use: data there stay until they end."]


def _leaving(dataset: Dataset, finding: Leaving, most: int) -> list[str]:
    areas = list(dict.fromkeys(area_label(area) for area, _ in finding.replace))
    lines = [f"To replace: {plural(len(areas), 'service area')}: {join(areas, most)}."]
    if finding.contracts:
        rows = [dataset.relations[id_] for id_ in finding.contracts]
        service = short_name(dataset, finding.service)
        lines.append(f"Bought in the name of {service}: {join((_contract(dataset, row) for row in rows), most)}.")
    remain = []
    rows = [dataset.relations[id_] for id_ in finding.ties]
    back = [row for row in rows if row.provider == finding.council]
    member = [row for row in rows if row.relation in relations_that(Trait.GOVERNS)]
    data = len(rows) - len(back) - len(member)
    if back:
        remain.append(
            f"{short_name(dataset, finding.service)} leans on the council itself ({plural(len(back), 'row')})"
        )
    if member:
        remain.append("membership")
    if data:
        remain.append(f"data of {plural(data, 'relation')} may stay behind")
    if finding.direct:
        remain.append(f"its own dealings with {join((short_name(dataset, one) for one in finding.direct), most)}")
    if remain:
        lines.append(f"Ties that remain: {'; '.join(remain)}.")
    return lines


def _contract(dataset: Dataset, row: Relation) -> str:
    end = row.ends
    area = f" ({area_label(row.service_area)})" if row.service_area else ""
    return f"{short_name(dataset, row.provider)}{area}{f' until {in_words(end)}' if end else ', end not known'}"


def _merging(dataset: Dataset, finding: Merging) -> list[str]:
    lines = []
    if finding.duplicates:
        order = sorted(finding.duplicates.items(), key=lambda item: (-len(item[1]), item[0]))
        shown = [
            f"{area_label(area)} ({join((short_name(dataset, one) for one in providers), 3)})"
            for area, providers in order
        ]
        noun = plural(len(order), "service area")
        lines.append(f"Duplicated: {noun} with more than one provider: {join(shown, 3)}.")
    lines.append(f"Contracts against vesting day, {in_words(finding.vesting)}: {against(finding.contracts)}")
    early = [one for one in finding.contracts if one.vesting in {"before", "extendable"} and not one.passed]
    late = [one for one in finding.contracts if one.vesting == "after"]
    for title, group in (("Ends first", early), ("Runs on", late)):
        if group:
            more = f"; and {len(group) - 3} more" if len(group) > 3 else ""
            lines.append(f"{title}: {'; '.join(_against(dataset, one) for one in group[:3])}{more}.")
    if finding.internal:
        verb = "falls" if len(finding.internal) == 1 else "fall"
        lines.append(f"{plural(len(finding.internal), 'relation')} between the councils {verb} away.")
    if finding.residents is not None:
        lines.append(f"Up to {finding.residents:,} people live in the area of the new council.")
    return lines


def _against(dataset: Dataset, one: HeldContract) -> str:
    end = in_words(one.end) if one.end else "end not known"
    return f"{short_name(dataset, one.row.dependent)} with {short_name(dataset, one.row.provider)}, {end}"


_VESTING = {
    "before": "ends before",
    "extendable": "ends before unless extended",
    "after": "runs on",
    None: "end not known",
}


# -- as tables --------------------------------------------------------------------------------------


def finding_tables(before: Dataset, finding: Finding) -> list[Table]:
    """A finding as complete tables: what is duplicated, which contracts end when, what is shared."""
    if isinstance(finding, Merging):
        duplicates = [
            (area_label(area), short_name(before, one), join(short_name(before, council) for council in who))
            for area, providers in finding.duplicates.items()
            for one, who in providers.items()
        ]
        contracts = [
            (
                one.end,
                _VESTING[one.vesting],
                short_name(before, one.row.dependent),
                short_name(before, one.row.provider),
                area_label(one.area),
                one.row.contract_reference,
                one.row.notice_days,
            )
            for one in finding.contracts
        ]
        return [
            (("duplicated", "provider", "councils"), duplicates),
            (("contract ends", "vesting day", "council", "provider", "area", "reference", "notice days"), contracts),
        ]
    if isinstance(finding, Leaving):
        replace = [(area_label(area), short_name(before, one)) for area, one in finding.replace]
        rows = [before.relations[id_] for id_ in finding.contracts]
        held = [(row.ends, short_name(before, row.provider), area_label(row.service_area)) for row in rows]
        return [(("to replace", "today"), replace), (("contract ends", "contract of the service with", "area"), held)]
    if isinstance(finding, Backup):
        return [finding.found.table()]
    return []


# -- as plain values --------------------------------------------------------------------------------


def finding_value(finding: Finding) -> dict[str, Any]:
    """A finding for programs: ids, no words."""
    if isinstance(finding, Backup):
        return {"finding": "same-place", **finding.found.to_dict()}
    if isinstance(finding, Leaving):
        return {
            "finding": "leaving",
            "council": finding.council,
            "service": finding.service,
            "replace": [{"area": area, "provider": provider} for area, provider in finding.replace],
            "contracts": list(finding.contracts),
            "ties": list(finding.ties),
            "direct": list(finding.direct),
        }
    if isinstance(finding, Merging):
        return {
            "finding": "merging",
            "councils": list(finding.councils),
            "new": finding.new,
            "vesting_day": finding.vesting.isoformat(),
            "duplicates": {
                area: {one: list(who) for one, who in found.items()} for area, found in finding.duplicates.items()
            },
            "contracts": [_contract_value(one) for one in finding.contracts],
            "internal": list(finding.internal),
            "residents_at_most": finding.residents,
        }
    if isinstance(finding, Splitting):
        return {
            "finding": "splitting",
            "council": finding.council,
            "into": list(finding.into),
            "vesting_day": finding.vesting.isoformat(),
            "rows": finding.rows,
        }
    assert isinstance(finding, Purging)
    return {"finding": "purging", "done": list(finding.done), "in_use": list(finding.in_use)}


def _contract_value(one: HeldContract) -> dict[str, Any]:
    row = one.row
    return {
        "row": row.id,
        "council": row.dependent,
        "supplier": row.provider,
        "reference": row.contract_reference,
        "value_gbp": None if row.contract_value_gbp is None else str(row.contract_value_gbp),
        "end": one.end,
        "passed": one.passed,
        "against_vesting_day": one.vesting,
    }
