"""A ranking in words."""

from __future__ import annotations

from riskgraph.analysis.rank import Ranking
from riskgraph.analysis.roots import LINE_OF_BUSINESS, RankedRoot
from riskgraph.analysis.together import Combined, JointRanking
from riskgraph.analysis.triage import begins_later
from riskgraph.model import AUTHORITY, Band
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of, failing
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import band_phrase, join, kind_word, plural, root_name, scope_phrase, short_name

__all__ = ["page", "together_page"]

SURPRISES = 3  # pairs named
_UNITS = {
    "authorities": ("public body", "public bodies"),
    "residents": ("person", "people"),
    "services": ("service", "services"),
}
_RANKED_BY = {
    "authorities": "public bodies reached",
    "residents": "people who live in the areas reached (a ceiling, each counted once)",
    "services": "services reached",
    "hidden": "bodies reached that have no relation of their own with it",
}
MORE = 1.05  # a multiplier worth a word


def page(ranking: Ranking, limit: int = 10) -> Page:
    """The worst first: how many could be reached, and what ranks.

    Parameters
    ----------
    limit
        The most roots to name.
    """
    dataset, band, first = ranking.graph.dataset, ranking.band, ranking.first_band
    listed = [row for row in _whole(ranking.rows) if row.authorities[band]]
    shown = listed[:limit]
    date = dates_of(dataset, ranking.question.view)
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    if not shown:
        if unsure := _unsure(ranking):
            return Page(
                f"{unsure} ({date}).{marking}", (), ("riskgraph rank --band not-ruled-out", "riskgraph data ask")
            )
        what = "reach anybody who has no relation of their own with them" if ranking.hidden else "reach anybody"
        later = len(begins_later(dataset, ranking.question.view.as_of))
        what += f"; {plural(later, 'body depends', 'bodies depend')} on something from a later day" if later else ""
        lead = f"0 of {_things(ranking.asked)} {what} ({band_phrase(band)} or surer; {date}).{marking}"
        return Page(lead, (), ("riskgraph rank --band not-ruled-out",))
    worst = shown[0]
    name = _name(ranking, worst)
    sure = worst.measure(ranking.ranked_by, first)
    at, word = (first, "first") if sure and first < band else (band, "first" if first == band else "possibly")
    if band is Band.NOT_RULED_OUT and at is band:
        word = "or not be ruled out"
    less = worst.measure(ranking.ranked_by, band) - sure
    more = f"; {less:,} more {_UNITS[ranking.by][less != 1]} possibly" if at is first and less and first < band else ""
    if ranking.hidden:
        said = f"through {name} without any relation of their own with it"
        line = f"{worst.hidden[at]:,} {_scope(ranking)} could be reached {word} {said}{more}"
    else:
        supposed = f"if {name} {failing(ranking.question.kinds)}"
        line = f"{_amount(ranking, worst, at)} could be reached {word} {supposed}{more}"
    left = len(listed) - len(shown)
    more = f"And {left:,} more: see --format table, --limit, or rank one kind, such as: riskgraph rank supplier"
    blank = sum(1 for row in ranking.rows if row.authorities[Band.NOT_RULED_OUT] > row.authorities[Band.POSSIBLE])
    unknown = f"Not known: blanks in the data could add to what {plural(blank, 'thing')} would reach; count them with --band not-ruled-out."
    other = "riskgraph rank --by residents" if ranking.by != "residents" else "riskgraph rank"
    return Page(
        f"{line}: the worst of {_things(ranking.asked)} ({date}).{marking}",
        (
            *paragraphs(
                f"Ranked by {_RANKED_BY[ranking.ranked_by]}, those {band_phrase(first)} or surer first:"
                if first < band
                else f"Ranked by {_RANKED_BY[ranking.ranked_by]}, {band_phrase(band)} or surer:"
            ),
            Items(tuple(_line(ranking, row) for row in shown), ordered=True),
            *paragraphs(more if left > 0 else "", unknown if band < Band.NOT_RULED_OUT else ""),
        ),
        (
            f"riskgraph blast {ranking.graph.names.handle(worst.root)}",
            other if ranking.hidden else "riskgraph rank --hidden",
        ),
    )


def _unsure(ranking: Ranking) -> str:
    """What nobody can rule out, where nothing is known surely enough to rank; "" where there is nothing either way."""
    at = Band.NOT_RULED_OUT
    rows = [] if ranking.hidden else [row for row in _whole(ranking.rows) if row.authorities[at]]
    if not rows:
        return ""
    worst = max(rows, key=lambda row: (row.authorities[at], row.direct))
    name, some = _name(ranking, worst), worst.authorities[at]
    said = f"{some:,} {_scope(ranking)} cannot be ruled out if {name} {failing(ranking.question.kinds)}"
    surely = f" {band_phrase(ranking.band)}" if ranking.band < Band.POSSIBLE else ""
    return (
        f"Not known: none of {_things(ranking.asked)} is recorded to reach anybody{surely}, for want of what is bought "
        f"or how; {said}, the most of {len(rows):,}"
    )


def _whole(rows: tuple[RankedRoot, ...]) -> list[RankedRoot]:
    """Rows without the lines of an organisation that is listed anyway."""
    organisations = {row.root for row in rows if row.kind != LINE_OF_BUSINESS}
    return [row for row in rows if row.kind != LINE_OF_BUSINESS or row.root.partition("/")[0] not in organisations]


def _name(ranking: Ranking, row: RankedRoot) -> str:
    dataset = ranking.graph.dataset
    return short_name(dataset, row.root) if row.kind == AUTHORITY else root_name(dataset, row.root)


def _scope(ranking: Ranking) -> str:
    """Of how many public bodies an answer speaks."""
    chosen = ranking.question.selection
    if chosen:
        return scope_phrase(chosen, ranking.graph.dataset, ranking.question.view.as_of)
    return f"of {plural(ranking.bodies, 'public body', 'public bodies')}"


def _amount(ranking: Ranking, row: RankedRoot, band: Band) -> str:
    if ranking.by == "residents":
        return f"Up to {row.residents[band]:,} people live in the areas of {row.authorities[band]:,} {_scope(ranking)} that"
    if ranking.by == "services":
        return f"{plural(row.services[band], 'service')} of {row.authorities[band]:,} {_scope(ranking)}"
    return f"{row.authorities[band]:,} {_scope(ranking)}"


def _line(ranking: Ranking, row: RankedRoot) -> str:
    band, first = ranking.band, ranking.first_band
    kind = "line of business" if row.kind == LINE_OF_BUSINESS else kind_word(row.kind)
    parts = [plural(row.authorities[band], "body", "bodies")]
    counts, alone = (row.hidden, " without a relation of their own") if ranking.hidden else (row.authorities, "")
    if first < band:
        less = counts[band] - counts[first]
        parts = [f"{counts[first]:,} first{alone}", *([f"{less:,} more possibly"] if less else [])]
    elif ranking.hidden:
        parts = [f"{plural(counts[band], 'body', 'bodies')}{alone}"]
    if people := row.residents[first] or row.residents[band]:
        parts.append(f"up to {people:,} people")
    parts.append(plural(row.services[band], "service"))
    times = row.multiplier(band)
    if ranking.hidden:
        pass  # said first
    elif times is None:
        parts.append("nobody has a relation of their own with it")
    elif times >= MORE:
        parts.append(f"{times:.1f} times its {plural(row.direct, 'direct user')}")
    return f"{_name(ranking, row)} ({kind}): {', '.join(parts)}."


def _things(count: int) -> str:
    return plural(count, "thing that could fail", "things that could fail")


def together_page(found: JointRanking) -> Page:
    """The sets of roots that together reach most, and how exact that is."""
    dataset = found.graph.dataset
    date = dates_of(dataset, found.question.view)
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    how = f"{band_phrase(found.question.band)} or surer; {date}"
    if not found.rows and found.exact:
        return Page(f"0 sets of {found.size} that could fail reach anybody ({how}).{marking}")
    if not found.rows:
        tried = "There are alternatives, which fail only together, and not every set was tried: others may."
        lead = f"No set of {found.size} that could fail was found to reach anybody ({how}).{marking}"
        return Page(lead, paragraphs(tried))
    best = found.rows[0]
    names = join(root_name(dataset, root) for root in best.roots)
    one, many = _UNITS[found.by]
    up_to = "Up to " if found.by == "residents" else ""
    surprises = [
        f"{join(root_name(dataset, root) for root in row.roots)}: "
        f"{row.surprise:,} more {one if row.surprise == 1 else many}."
        for row in found.surprises[:SURPRISES]
    ]
    none = "No alternatives are recorded in this data, so nothing is reached only because several fail at once."
    whole = f" of {found.question.bodies:,}" if found.by == "authorities" else ""
    noun = one if best.value == 1 and not whole else many
    joined = " together" if len(best.roots) > 1 else ""
    more = "No further one adds anything to that." if len(best.roots) < found.size else ""
    return Page(
        f"{names}{joined} could reach {up_to.lower()}{best.value:,}{whole} {noun} ({date}).{marking}",
        (
            *paragraphs(
                f"Supposed: they {failing(found.question.kinds, 2)}. Counted: {band_phrase(found.question.band)} or surer.",
                _exactness(found),
                more,
            ),
            Items(tuple(_combined(found, row) for row in found.rows), ordered=True),
            *paragraphs("Pairs that together reach what neither reaches alone:" if surprises else ""),
            Items(tuple(surprises)),
            *paragraphs(none if not surprises and found.alternatives == 0 else ""),
        ),
        ("riskgraph blast " + " ".join(found.graph.names.handle(root) for root in best.roots),),
    )


def _exactness(found: JointRanking) -> str:
    if found.exact and found.asked < found.size:
        return f"Exact: there {'is' if found.asked == 1 else 'are'} only {_things(found.asked)}."
    if found.exact:
        return f"Exact: no {found.size} of {_things(found.asked)} reach more."
    if found.bound is not None:
        return (
            f"Found step by step, each time the one that adds most: no {found.size} of {_things(found.asked)} "
            f"reach more than {found.bound:,}."
        )
    return (
        "Found step by step, each time the one that adds most. There are alternatives, which fail only together: "
        "no bound holds, and more may be reached by others."
    )


def _combined(found: JointRanking, row: Combined) -> str:
    dataset = found.graph.dataset
    parts = join(f"{root_name(dataset, root)} {alone:,}" for root, alone in zip(row.roots, row.alone, strict=True))
    more = f"; {row.surprise:,} only because they fail together" if row.surprise else ""
    return f"{row.value:,}: {parts}{more}."
