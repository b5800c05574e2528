"""What the verbs of a scenario found out besides, in words."""

from __future__ import annotations

from datetime import date

from riskgraph.analysis.contracts import HeldContract
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import Relation
from riskgraph.render import common as common_words
from riskgraph.render.contracts import against
from riskgraph.render.words import area_label, join, plural, short_name
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.findings import Backup, Finding, Leaving, Merging, Purging, Splitting

__all__ = ["finding_lines"]


def finding_lines(before: Dataset, after: Dataset, finding: Finding, most: int) -> list[str]:
    """A finding as lines of text; at most `most` names in each."""
    if isinstance(finding, Backup):
        return [*common_words.ways(finding.found, 2), *common_words.unknown_lines(finding.found)]
    if isinstance(finding, Leaving):
        return _leaving(before, finding, most)
    if isinstance(finding, Merging):
        return _merging(before, after, finding)
    if isinstance(finding, Splitting):
        return [
            *_taken(finding.taken, short_name(after, finding.into[0]), finding.vesting),
            f"{plural(finding.rows, 'relation')} of {short_name(before, finding.council)}: which of "
            f"{join(short_name(after, one) for one in finding.into)} takes each over is not known, so each may.",
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


def _taken(taken: tuple[str, ...], name: str, vesting: date) -> list[str]:
    """What nobody said and the register has."""
    said = {"name": name, "vesting day": in_words(vesting)}
    return [f"Taken from the register: {join(f'{what}, {said[what]}' for what in taken)}."] if taken else []


def _merging(dataset: Dataset, after: Dataset, finding: Merging) -> list[str]:
    lines = _taken(finding.taken, short_name(after, finding.new), finding.vesting)
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
