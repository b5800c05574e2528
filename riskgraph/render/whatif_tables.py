"""The answer to a scenario as a table, as CSV and as JSON."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.blast import BlastRadius, Reach
from riskgraph.analysis.roots import RankedRoot
from riskgraph.model import Band, FailureKind
from riskgraph.render.findings import Table, finding_tables, finding_value
from riskgraph.render.words import row_phrase, sentence, short_name
from riskgraph.scenario.compare import BeforeAfter, Comparison, Difference, Shift
from riskgraph.scenario.market import MarketChange
from riskgraph.scenario.model import Scenario
from riskgraph.scenario.upstream import CouncilExposure

__all__ = ["csv_rows", "scenario_value", "table_rows", "tables", "to_json"]


def csv_rows(answer: Comparison) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The difference: one row for each question and body, with the bands of each kind before and after.

    Whoever changes has the surest and shortest route in words.
    """
    kinds = answer.kinds
    header = (
        "roots", "id", "name", "what",
        *(f"{kind}_{side}" for kind in kinds for side in ("before", "after")),
        "route_before", "route_after", "how_before", "how_after",
    )  # fmt: skip
    sides = answer.applied.before.dataset, answer.applied.after.dataset
    rows: list[tuple[Any, ...]] = []
    for pair in answer.pairs:
        for one in pair.differences:
            told = one.what is not Shift.STAYS
            how = [
                sentence(dataset, reach.lead[1].proof) if told and reach is not None else None
                for dataset, reach in zip(sides, (one.before, one.after), strict=True)
            ]
            bands = [band for kind in kinds for band in one.bands(kind)]
            rows.append(
                (
                    ";".join(pair.roots),
                    one.body,
                    _name(answer, one.body),
                    str(one.what),
                    *(None if band is None else band.word for band in bands),
                    None if one.before is None else str(one.before.route),
                    None if one.after is None else str(one.after.route),
                    *how,
                )
            )
    return header, rows


def table_rows(answer: Comparison) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The same for a terminal: whoever changes first, with the best band before and after."""
    header = ("if this fails", "name", "what", "before", "after", "route after")
    rows: list[tuple[Any, ...]] = []
    for pair in answer.pairs:
        for one in pair.differences:
            roots = " and ".join(_name(answer, root) for root in pair.roots)
            route = None if one.after is None else str(one.after.route)
            rows.append((roots, _name(answer, one.body), str(one.what), _band(one.before), _band(one.after), route))
    return header, rows


def tables(answer: Comparison) -> list[Table]:
    """Everything for a terminal: the difference, then what the verbs found out."""
    applied = answer.applied
    found = [table_rows(answer), _rows(answer)]
    for finding in applied.findings:
        found += finding_tables(applied.before.dataset, finding)
    return [table for table in found if table[1]] or found[:1]


def _rows(answer: Comparison) -> Table:
    """The rows that end, and those that nobody but the scenario says."""
    applied = answer.applied
    sides = (("ends", applied.before.dataset, applied.ended), ("supposed", applied.after.dataset, applied.supposed))
    rows: list[tuple[Any, ...]] = [
        (what, short_name(dataset, row.dependent), row_phrase(dataset, row), row.id)
        for what, dataset, changed in sides
        for row in changed
    ]
    return ("relation", "name", "says", "row"), rows


def _band(reach: Reach | None) -> str:
    if reach is None:
        return "not reached"
    return "cannot be ruled out" if reach.band.word == "not-ruled-out" else reach.band.word


def _name(answer: Comparison, id_: str) -> str:
    body = id_.partition("/")[0]
    after = answer.applied.after.dataset
    return short_name(after if body in after.entities else answer.applied.before.dataset, body)


def to_json(answer: Comparison) -> dict[str, Any]:
    """The documented form; see docs/whatif.md."""
    applied = answer.applied
    data = applied.before.dataset
    return {
        "schema": 1,
        "data": {
            "title": data.info.title,
            "as_of": data.info.as_of,
            "digest": data.digest,
            "marking": data.info.marking,
        },
        "scenario": scenario_value(answer.scenario),
        "as_of": answer.view.as_of.isoformat(),
        "kinds": [str(kind) for kind in answer.kinds],
        "changed": {
            "digest": applied.after.dataset.digest,
            "ended": sorted(row.id for row in applied.ended),
            "supposed": sorted(row.id for row in applied.supposed),
            "instead": {old: list(new) for old, new in sorted(applied.instead.items())},
        },
        "questions": [_pair(answer, pair) for pair in answer.pairs],
        "services_that_may_stop": [{"body": body, "area": area} for body, area in answer.stops],
        "services_lost_only_together": [{"body": body, "area": area} for body, area in answer.joint],
        "exposures": [_exposure(one) for one in answer.exposures],
        "concentration": [_market(one) for one in answer.markets],
        "worst_touched": _worst(answer),
        "worst_of_all": None if answer.overall is None else [_ranked(row) for row in answer.overall],
        "findings": [finding_value(one) for one in applied.findings],
    }


def scenario_value(scenario: Scenario) -> dict[str, Any]:
    """A scenario as its file says it."""
    return {
        "title": scenario.title,
        "author": scenario.author,
        "date": scenario.date,
        "roots": list(scenario.roots),
        "kinds": [str(kind) for kind in scenario.kinds],
        "like": scenario.like,
        "as_of": scenario.as_of,
        "notes": scenario.notes,
        "changes": [
            {"verb": change.verb, **{key: list(values) for key, values in change.values.items()}}
            for change in scenario.changes
        ],
    }


def _pair(answer: Comparison, pair: BeforeAfter) -> dict[str, Any]:
    return {
        "roots": list(pair.roots),
        "before": _side(pair, pair.before),
        "after": _side(pair, pair.after),
        "others_after": [_side(pair, other) for other in pair.others],
        "differences": [_difference(answer, one) for one in pair.differences],
    }


def _side(pair: BeforeAfter, side: BlastRadius | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "roots": list(side.roots),
        "reached": pair.count(side),
        "not_ruled_out": pair.doubtful(side),
        "services": pair.services(side),
        "residents_at_most": side.residents().people,
    }


def _difference(answer: Comparison, one: Difference) -> dict[str, Any]:
    return {
        "body": one.body,
        "name": _name(answer, one.body),
        "what": str(one.what),
        "before": _reach(one.before),
        "after": _reach(one.after),
    }


def _reach(reach: Reach | None) -> dict[str, Any] | None:
    if reach is None:
        return None
    return {
        "kinds": {str(kind): reach.kinds[kind].band.word for kind in FailureKind if kind in reach.kinds},
        "services": sorted(area or "?" for area in reach.services),
        "route": str(reach.route),
        "through": reach.first,
        "rows": list(reach.lead[1].proof.rows),
    }


def _exposure(one: CouncilExposure) -> dict[str, Any]:
    return {
        "council": one.council,
        "before": {root: band.word for root, band in sorted(one.before.items())},
        "after": {root: band.word for root, band in sorted(one.after.items())},
        "dropped": list(one.dropped),
        "gained": list(one.gained),
        "parts": {old: {root: band.word for root, band in found.items()} for old, found in one.parts.items()},
    }


def _market(one: MarketChange) -> dict[str, Any]:
    return {
        "area": one.area,
        "before": dict(one.before),
        "after": dict(one.after),
        "hhi_by_councils": {"before": one.hhi[0], "after": one.hhi[1]},
    }


def _worst(answer: Comparison) -> dict[str, Any] | None:
    worst = answer.worst
    if worst is None:
        return None
    return {
        side: {"root": radius.roots[0] if radius is not None else None, "reached": pair.count(radius)}
        for side, pair, radius in (("before", worst[0], worst[0].before), ("after", worst[1], worst[1].after))
    }


def _ranked(row: RankedRoot | None) -> dict[str, Any] | None:
    return None if row is None else {"root": row.root, "reached": row.authorities[Band.POSSIBLE]}
