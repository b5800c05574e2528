"""A ranking in words, as a table and as CSV."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.rank import LINE, RankedRoot, Ranking
from riskgraph.analysis.together import JointRanking
from riskgraph.dates import in_words
from riskgraph.model import AUTHORITY, Band, FailureKind
from riskgraph.render.blast import failing
from riskgraph.render.words import band_phrase, join, kind_word, plural, root_name, short_name

__all__ = ["csv_rows", "table_rows", "text", "together_rows", "together_text"]

NAMES = 3
_UNITS = {
    "authorities": ("public body", "public bodies"),
    "residents": ("person", "people"),
    "services": ("service", "services"),
}
MORE = 1.05  # a multiplier worth a word


def text(ranking: Ranking, limit: int = 10) -> str:
    """The worst first: how many could be reached, and what ranks.

    Parameters
    ----------
    limit
        The most roots to name.
    """
    dataset, band = ranking.graph.dataset, ranking.band
    listed = [row for row in _whole(ranking.rows) if row.authorities[band]]
    shown = listed[:limit]
    date = f"as of {in_words(ranking.view.as_of)}" if ranking.view.as_of != dataset.info.day else "data of"
    date = f"{date} {in_words(dataset.info.as_of)}" if date == "data of" else date
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    if not shown:
        what = "reach anybody who has no relation of their own with them" if ranking.hidden else "reach anybody"
        return (
            f"0 of {_things(ranking.asked)} {what} ({band_phrase(band)} or surer; {date}).{marking}\n"
            "Try next: riskgraph rank --band not-ruled-out\n"
        )
    worst = shown[0]
    name = _name(ranking, worst)
    if ranking.hidden:
        count = plural(worst.hidden[band], "public body", "public bodies")
        line = (
            f"{count} of {ranking.bodies:,} could be reached through {name} without any relation of their own with it"
        )
        ranks = "bodies reached that have no relation of their own with it"
    else:
        line = f"{_amount(ranking, worst)} could be reached if {name} {failing(ranking.kinds)}"
        ranks = {
            "authorities": "public bodies reached",
            "residents": "people who live in the areas reached (a ceiling, each counted once)",
            "services": "services reached",
        }[ranking.by]
    lines = [f"{line}: the worst of {_things(ranking.asked)} ({date}).{marking}"]
    lines.append(f"Ranked by {ranks}, {band_phrase(band)} or surer:")
    lines += [f"{place}. {_line(ranking, row)}" for place, row in enumerate(shown, 1)]
    left = len(listed) - len(shown)
    if left > 0:
        lines.append(
            f"And {left:,} more: see --format table, --limit, or rank one kind, such as: riskgraph rank supplier"
        )
    blank = sum(1 for row in ranking.rows if row.authorities[Band.NOT_RULED_OUT] > row.authorities[Band.POSSIBLE])
    if band < Band.NOT_RULED_OUT:
        lines.append(
            f"Not known: blanks in the data could add to what {plural(blank, 'thing')} would reach; count them with --band not-ruled-out."
        )
    handle = ranking.graph.names.handle(worst.root)
    other = "riskgraph rank --by residents" if ranking.hidden or ranking.by != "residents" else "riskgraph rank"
    lines.append(f"Try next: riskgraph blast {handle}  |  {other if ranking.hidden else 'riskgraph rank --hidden'}")
    return "\n".join(lines) + "\n"


def _whole(rows: tuple[RankedRoot, ...]) -> list[RankedRoot]:
    """Rows without the lines of an organisation that is listed anyway."""
    organisations = {row.root for row in rows if row.kind != LINE}
    return [row for row in rows if row.kind != LINE or row.root.partition("/")[0] not in organisations]


def _name(ranking: Ranking, row: RankedRoot) -> str:
    dataset = ranking.graph.dataset
    return short_name(dataset, row.root) if row.kind == AUTHORITY else root_name(dataset, row.root)


def _amount(ranking: Ranking, row: RankedRoot) -> str:
    band = ranking.band
    if ranking.by == "residents":
        bodies = f"{row.authorities[band]:,} of {plural(ranking.bodies, 'public body', 'public bodies')}"
        return f"Up to {row.residents[band]:,} people live in the areas of {bodies} that"
    if ranking.by == "services":
        services = plural(row.services[band], "service")
        return f"{services} of {plural(row.authorities[band], 'public body', 'public bodies')}"
    return f"{row.authorities[band]:,} of {plural(ranking.bodies, 'public body', 'public bodies')}"


def _line(ranking: Ranking, row: RankedRoot) -> str:
    band = ranking.band
    kind = "line of business" if row.kind == LINE else kind_word(row.kind)
    parts = [plural(row.authorities[band], "body", "bodies")]
    if row.residents[band]:
        parts.append(f"up to {row.residents[band]:,} people")
    parts.append(plural(row.services[band], "service"))
    times = row.multiplier(band)
    if times is None:
        parts.append("nobody has a relation of their own with it")
    elif times >= MORE:
        parts.append(f"{times:.1f} times its {plural(row.direct, 'direct user')}")
    return f"{_name(ranking, row)} ({kind}): {', '.join(parts)}."


def _things(count: int) -> str:
    return plural(count, "thing that could fail", "things that could fail")


HEADER = (
    "rank", "root", "name", "kind",
    *(f"authorities_{band.word}" for band in Band),
    *(f"residents_at_most_{band.word}" for band in Band),
    *(f"services_{band.word}" for band in Band),
    "direct_users", "multiplier",
    *(f"without_relation_{band.word}" for band in Band),
    *(f"{kind}_{band.word}" for kind in FailureKind for band in Band),
)  # fmt: skip


def csv_rows(ranking: Ranking) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every root that reaches anybody, with the numbers of every band and kind."""
    rows: list[tuple[Any, ...]] = []
    for place, row in enumerate(ranking.rows, 1):
        times = row.multiplier(ranking.band)
        kinds = [count for kind in FailureKind for count in row.by_kind.get(kind, (0,) * len(Band))]
        rows.append(
            (
                place,
                row.root,
                root_name(ranking.graph.dataset, row.root),
                row.kind,
                *row.authorities,
                *row.residents,
                *row.services,
                row.direct,
                None if times is None else round(times, 2),
                *row.hidden,
                *kinds,
            )
        )
    return HEADER, rows


def table_rows(ranking: Ranking) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The same for a terminal: the numbers of the band that ranks."""
    kinds = [kind for kind in FailureKind if any(kind in row.by_kind for row in ranking.rows)]
    band = ranking.band
    header = ("name", "kind", "bodies", *map(str, kinds), "people", "services", "direct users", "without relation")
    rows = [
        (
            _name(ranking, row),
            row.kind,
            row.authorities[band],
            *(row.by_kind.get(kind, (0,) * len(Band))[band] for kind in kinds),
            row.residents[band],
            row.services[band],
            row.direct,
            row.hidden[band],
        )
        for row in ranking.rows
    ]
    return header, rows


def together_text(found: JointRanking) -> str:
    """The sets of roots that together reach most, and how exact that is."""
    dataset = found.graph.dataset
    date = f"data of {in_words(dataset.info.as_of)}"
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    if not found.rows:
        how = f"{band_phrase(found.band)} or surer; {date}"
        if found.exact:
            return f"0 sets of {found.size} that could fail reach anybody ({how}).{marking}\n"
        return (
            f"No set of {found.size} that could fail was found to reach anybody ({how}).{marking}\n"
            "There are alternatives, which fail only together, and not every set was tried: others may.\n"
        )
    best = found.rows[0]
    names = join(root_name(dataset, root) for root in best.roots)
    one, many = _UNITS[found.by]
    up_to = "Up to " if found.by == "residents" else ""
    lines = [
        f"{up_to}{plural(best.value, one, many)} could be reached if {names} {failing(found.kinds, len(best.roots))} "
        f"({band_phrase(found.band)} or surer; {date}).{marking}"
    ]
    if found.exact and found.asked < found.size:
        lines.append(f"Exact: there {'is' if found.asked == 1 else 'are'} only {_things(found.asked)}.")
    elif found.exact:
        lines.append(f"Exact: no {found.size} of {_things(found.asked)} reach more.")
    elif found.bound is not None:
        lines.append(
            f"Found step by step, each time the one that adds most: no {found.size} of {_things(found.asked)} "
            f"reach more than {found.bound:,}."
        )
    else:
        lines.append(
            "Found step by step, each time the one that adds most. There are alternatives, which fail only together: "
            "no bound holds, and more may be reached by others."
        )
    if len(best.roots) < found.size:
        lines.append("No further one adds anything to that.")
    for place, row in enumerate(found.rows, 1):
        parts = join(f"{root_name(dataset, root)} {alone:,}" for root, alone in zip(row.roots, row.alone, strict=True))
        more = f"; {row.surprise:,} only because they fail together" if row.surprise else ""
        lines.append(f"{place}. {row.value:,}: {parts}{more}.")
    if found.surprises:
        lines.append("Pairs that together reach what neither reaches alone:")
        for row in found.surprises[:NAMES]:
            pair = join(root_name(dataset, root) for root in row.roots)
            lines.append(f"- {pair}: {row.surprise:,} more {one if row.surprise == 1 else many}.")
    elif found.alternatives == 0:
        lines.append(
            "No alternatives are recorded in this data, so nothing is reached only because several fail at once."
        )
    roots = " ".join(found.graph.names.handle(root) for root in best.roots)
    lines.append(f"Try next: riskgraph blast {roots}")
    return "\n".join(lines) + "\n"


def together_rows(found: JointRanking) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """One row for each set of roots, the worst first; then the pairs that surprise."""
    dataset = found.graph.dataset
    header = ("list", "roots", "names", found.by, "alone", "only_together")
    rows = [
        (
            name,
            ";".join(row.roots),
            join(root_name(dataset, root) for root in row.roots),
            row.value,
            ";".join(map(str, row.alone)),
            row.surprise,
        )
        for name, listed in (("worst", found.rows), ("surprise", found.surprises))
        for row in listed
    ]
    return header, rows
