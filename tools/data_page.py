"""The counts of `docs/data.md`: each block between its two markers is made from the shipped maps, the rest is by hand.

A block begins with `<!-- made: NAME -->` and ends with `<!-- /made -->`; NAME is a function below. What stands outside
is judgement: it holds no number that new data would change.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from riskgraph.analysis.area_coverage import Uses
from riskgraph.analysis.measure import is_council
from riskgraph.api import RiskMap, load
from riskgraph.dates import in_words, last_day
from riskgraph.evidence import Weighed, last_evidenced
from riskgraph.model import AUTHORITY, PRODUCT, SUPPLIER, Evidence, Grade, Relation
from riskgraph.render.words import area_label, class_word, full_name, join, kind_word, plural
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ROOT / "datasets" / "uk" / "left_out.csv"
# how a publisher's name tells what sort of source it is; the first that fits, else it was collected by hand
LAYERS = (
    ("payments", re.compile(r"spending|expenditure|payments? over", re.I)),
    ("contract awards and sales", re.compile(r"contracts finder|find a tender|d3 ?tenders|g-cloud|contracts? register", re.I)),
    (
        "public code and class-wide lists",
        re.compile(
            r"democracy club|libraries hacked|scraper|source\b|open source|UKBinCollectionData|hacs_|UKPlanning|"
            r"planning-applications|PortalPlanQuest|planning data|Government Digital Service|Data to Insight|WhichMIS|"
            r"Improvement Service|LocalGov Drupal|Open Referral|Open Council Data|Open Systems Lab",
            re.I,
        ),
    ),
)  # fmt: skip
HAND = "collected by hand: committee papers, notices, news, suppliers' pages"
BLOCKS: dict[str, Callable[[], Iterable[str]]] = {}


def block(function: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Register a block by its name."""
    BLOCKS[function.__name__.strip("_").replace("_", "-")] = function
    return function


def data_page(text: str) -> str:
    """The page with its blocks made anew."""

    def made(found: re.Match[str]) -> str:
        return "\n".join([found[1], *wrapped(BLOCKS[found[2]]()), found[3]])

    return re.sub(r"(<!-- made: ([a-z-]+) -->)\n.*?(<!-- /made -->)", made, text, flags=re.DOTALL)


def wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Paragraphs in lines of the house's length; tables and lists as they are."""
    for line in lines:
        yield from [line] if line[:1] in {"|", "-", ""} else wrap(line, 116, break_on_hyphens=False)


# -- what is asked ------------------------------------------------------------------------------------


@cache
def uk() -> RiskMap:
    """The national map."""
    return load("uk")


@cache
def rows() -> tuple[Relation, ...]:
    """Every row that was observed."""
    return tuple(row for row in uk().dataset.relations.values() if not row.by_law)


@cache
def in_force() -> tuple[Step, ...]:
    """Every row that was observed and is in force at the date of the data."""
    graph = uk().graph
    return tuple(s for s in graph.settled(graph.view()).steps if s.in_force and not s.implied and not s.row.by_law)


def items(row: Relation, about: str | None = None) -> list[Evidence]:
    """What supports a row, or one of its values."""
    found = (uk().dataset.evidence[id_] for id_ in row.evidence)
    return [item for item in found if item.about == about and item.stance == "supports"]


def cited() -> list[Evidence]:
    """Every item of evidence of a row that was observed."""
    used = {id_ for row in rows() for id_ in row.evidence}
    return [item for id_, item in uk().dataset.evidence.items() if id_ in used]


def table(heads: str, lines: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """The lines of a table."""
    columns = heads.split("|")
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for line in lines:
        yield f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in line)} |"


def said(*sentences: str) -> str:
    """One paragraph."""
    return " ".join(filter(None, sentences))


# -- blocks -------------------------------------------------------------------------------------------


@block
def _date() -> Iterator[str]:
    yield f"All counts are made from the shipped files; the date of the data is {in_words(uk().dataset.info.as_of)}."


@block
def _contents() -> Iterator[str]:
    seeds, dataset = load("seeds").dataset, uk().dataset
    kinds = Counter(one.kind for one in dataset.entities.values())
    told = ", ".join(f"{count:,} {kind_word(kind, count)}" for kind, count in kinds.most_common())
    addresses = len({item.url for item in cited() if item.url})
    yield from table(
        " |`uk`|`seeds`",
        [
            ("bodies and places", f"{len(dataset.entities):,}: {told}", len(seeds.entities)),
            ("relations", len(rows()), len(seeds.relations)),
            ("evidence", f"{len(cited()):,} items from {addresses:,} addresses", len(seeds.evidence)),
            (
                "incidents, effects",
                f"{len(dataset.incidents):,}, {len(dataset.effects):,}",
                f"{len(seeds.incidents)}, {len(seeds.effects)}",
            ),
        ],
    )
    bodies = [one for one in dataset.entities.values() if one.kind == AUTHORITY]
    registered = sum(one.id in dataset.register for one in bodies)
    groups = sum(one.authority_type == "group" for one in bodies)
    tied = {end for row in rows() for end in (row.dependent, row.provider)}
    loose = [one for one in bodies if one.id not in tied]
    yield ""
    yield said(
        f"Of the {len(bodies):,} authorities {registered:,} stand in the register; the other {len(bodies) - registered:,}",
        f"are trusts, schools, parks, pension funds and the like, {groups:,} of them groups that a source names only",
        f'together ("all schools in Northern Ireland"). {len(loose):,} authorities have no relation:',
        f"{sum(one.id in dataset.register for one in loose):,} of the register, kept so that a question about them gets",
        "an answer, and the rest named by an incident only.",
    )


@block
def _relations() -> Iterator[str]:
    best: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows():
        grade = min((item.grade for item in items(row)), default=uk().dataset.info.register_grade)
        best[row.relation][grade.word] += 1
    words = [grade.word for grade in Grade if grade.word != "unknown"]
    order = sorted(best, key=lambda one: (-best[one].total(), one))
    lines: list[list[str | int]] = [[one, best[one].total(), *(best[one][word] for word in words)] for one in order]
    yield from table("relation|rows|" + "|".join(words), lines)
    grades, about = Counter(i.confidence for i in cited()), Counter(i.about or "the relation" for i in cited())
    disputes = sum(item.stance == "disputes" for item in cited())
    single = sum(len(items(row)) == 1 for row in rows())
    yield ""
    yield said(
        "The grade is that of the row's best support, before it ages. Of the evidence",
        join(f"{count:,} items are {grade}" for grade, count in grades.most_common()) + ". What they are about:",
        join(f"{field.replace('_', ' ')} {count:,}" for field, count in about.most_common()) + ".",
        f"Items that dispute: {disputes:,}. Rows that rest on a single item: {single:,}.",
    )
    view = uk().graph.view()
    steps = [s for s in uk().graph.settled(view).steps if not s.implied and not s.row.by_law]
    force = sum(step.in_force for step in steps)
    lawful = sum(row.by_law for row in uk().dataset.relations.values())
    yield ""
    yield said(
        f"{force:,} relations are in force at the date of the data, {len(steps) - force:,} have ended, by",
        "their own date or because the body is gone, and",
        f"{len(rows()) - len(steps):,} have not begun or do not count.",
        f"Class rules add {lawful:,} rows that hold by law and were not observed; they are in none of these counts."
        if lawful
        else "",
    )


def layer(item: Evidence) -> str:
    """What sort of source an item is from."""
    return next((name for name, form in LAYERS if form.search(item.publisher or "")), HAND)


@block
def _layers() -> Iterator[str]:
    counts: Counter[str] = Counter()
    for row in rows():
        sorts = {layer(item) for item in items(row)}
        counts[HAND if HAND in sorts or not sorts else sorts.pop() if len(sorts) == 1 else "two or more of these"] += 1
    good = {
        "public code and class-wide lists": "whole classes, mostly public front ends",
        "payments": "that a supplier was paid; not for what",
        "contract awards and sales": "contracts; in force as long as the contract",
        "two or more of these": "the same, twice told",
        HAND: "outsourcing, shared services, hosting: what the model is for",
    }
    names = {name: name if name == HAND else f"{name}{'' if name.startswith('two') else ' only'}" for name in good}
    yield from table("rows|known from|what they are good for", [(counts[n], names[n], good[n]) for n in good])


@block
def _coverage() -> Iterator[str]:
    found = uk().coverage()
    yield said(
        f"Of the {found.of} councils that exist, the map knows something of {len(found.anything.known)}, and saw it since",
        f"{found.since} at {len(found.anything.seen)}. That is breadth, not depth: in each service area the councils of",
        f"which it is known who provides anything (of {found.of}), those of them seen since {found.since}, and of how many",
        "uses of products and systems it is known who hosts. The same for any map and scope: `riskgraph list coverage`.",
    )
    yield ""
    lines = []
    for area in found.order:
        one, uses = found.areas[area], found.hosting.get(area, Uses())
        lines.append((area_label(area), len(one.known), len(one.seen), uses.uses, uses.hosting, uses.assumed))
    sums = found.uses
    yield from table(
        f"service area|councils known|seen since {found.since}|uses|host known|host assumed",
        [*lines, ("**all areas, and none named**", len(found.anything.known), len(found.anything.seen), sums.uses, sums.hosting, sums.assumed)],
    )  # fmt: skip
    yield ""
    heads = "class|councils|areas known, middle council|best known: councils in its three best areas"
    lines2 = []
    for kind, councils in found.councils.items():
        inside = set(councils)
        per_body = sorted(sum(body in one.known for one in found.areas.values()) for body in councils)
        best = sorted(found.areas, key=lambda area: (-len(found.areas[area].known & inside), area))[:3]
        told = ", ".join(f"{area_label(area)} {len(found.areas[area].known & inside)}" for area in best)
        lines2.append((class_word(kind, 2), len(councils), per_body[len(per_body) // 2], told))
    yield from table(heads, lines2)
    if found.apart:
        yield ""
        yield "Counted apart, for it tells nothing of a council's own choice:"
        yield ""
        for thing in found.apart:
            where = f" ({area_label(thing.area)})" if thing.area else ""
            how = (
                "by law, not observed"
                if thing.law
                else f"nation-wide, {len(thing.councils.seen)} seen since {found.since}"
            )
            yield f"- {full_name(uk().dataset, thing.provider)}{where}: {plural(len(thing.councils.known), 'council')}, {how}"
    yield ""
    leaning = {s.dependent for s in in_force() if s.relation in relations_that(Trait.LEANS)}
    bodies: dict[str, list[str]] = defaultdict(list)
    for body, entry in uk().dataset.register.items():
        if entry.exists(uk().dataset.info.day):
            bodies[uk().dataset.entities[body].authority_type or ""].append(body)
    others = join(
        f"{sum(body in leaning for body in bodies[kind])} of {len(bodies[kind])} {class_word(kind, 2)}"
        for kind in ("police", "fire", "combined-authority")
    )
    yield f'Of the other bodies in the register {others} have a row in force. "No route was found" is therefore mostly a statement about this map.'


@block
def _blanks() -> Iterator[str]:
    gaps = uk().gaps()
    lines = [(field, one.rows, one.known, one.assumed, one.blank) for field, one in gaps.fields.items()]
    yield from table("value|rows in force on which it matters|known|assumed|blank", lines)
    never = {
        "an alternative": sum(row.alternative is not None for row in rows()),
        "a word on returned data": sum(row.data_returned is not None for row in rows()),
        "a notice period": sum(row.notice_days is not None for row in rows()),
    }
    yield ""
    yield said(
        f"The service area is blank on {gaps.without_area:,} rows in force. Rows with",
        join(f"{what}: {count:,}" for what, count in never.items()) + ".",
    )


@block
def _age() -> Iterator[str]:
    dataset, view = uk().dataset, uk().graph.view()
    weighed = Weighed(dataset, view)
    since, old = uk().coverage().since, view.as_of.year - 10
    before = f"before {old}"
    buckets: Counter[str] = Counter()
    strong = 0
    openly = [step for step in in_force() if step.row.valid_to is None]
    for step in openly:
        seen = last_evidenced(dataset, step.row, view)
        year = None if seen is None else last_day(seen).year
        name = (
            "no date" if year is None else f"since {since}" if year >= since else before if year < old else f"{old} to {since - 1}"
        )  # fmt: skip
        buckets[name] += 1
        grade = weighed.grade(step.row)
        strong += name == before and grade is not None and grade < Grade.INFERRED
    order = (f"since {since}", f"{old} to {since - 1}", before, "no date")
    yield from table("open rows last seen|rows", [(name, buckets[name]) for name in order])
    undated = Counter(item.confidence for item in cited() if item.published is None)
    only = sum(all(item.published is None for item in items(row)) for row in rows() if items(row))
    abolished = sum(
        (entry := dataset.register.get(row.dependent)) is not None and not entry.exists(view.as_of) for row in rows()
    )
    yield ""
    yield said(
        f"{sum(row.valid_to is None for row in rows()):,} rows have no known end and",
        f"{sum(row.valid_from is None for row in rows()):,} no known start. Of the open rows last seen {before},",
        f"{strong:,} count above *possible*.",
        f"{sum(undated.values()):,} items of evidence have no date",
        f"({join(f'{count:,} {grade}' for grade, count in undated.most_common())}): they count as reported at best.",
        f"For {only:,} rows no source has a date; a strict replay cannot use them. {abolished:,} rows belong to councils",
        "that have been abolished; nothing passes to a successor unless a source says so.",
    )
    aged = Counter(s.provider for s in openly if weighed.old(s.row)).most_common(3)
    told = join(f"{count:,} about {full_name(dataset, id_)}" for id_, count in aged)
    yield ""
    yield f"{sum(weighed.old(step.row) for step in openly):,} open rows were last seen more than five years ago; most of one thing: {told}."


@block
def _contracts() -> Iterator[str]:
    day = uk().dataset.info.day
    late = [
        row
        for row in rows()
        if row.ends is not None and row.contract_end_latest and last_day(row.contract_end_latest) > day
    ]
    yield said(
        f"{sum(bool(row.contract_reference) for row in rows()):,} rows have a reference,",
        f"{sum(row.contract_value_gbp is not None for row in rows()):,} a value,",
        f"{sum(bool(row.contract_end_latest) for row in rows()):,} a published end,",
        f"{sum(bool(row.framework) for row in rows()):,} a framework. {len(late):,} rows of",
        f"{len({row.dependent for row in late}):,} bodies have a contract that ends after the date of the data.",
    )


@block
def _suppliers() -> Iterator[str]:
    dataset, graph = uk().dataset, uk().graph
    users: dict[str, set[str]] = defaultdict(set)
    areas: dict[str, Counter[str]] = defaultdict(Counter)
    for step in graph.settled(graph.view()).steps:
        if not step.in_force or step.row.by_law or dataset.entities[step.provider].kind != SUPPLIER:
            continue
        if is_council(dataset, step.dependent) and step.relation in relations_that(Trait.LEANS):
            users[step.provider].add(step.dependent)
            if step.area:
                areas[step.provider][step.area] += 1
    order = sorted(users, key=lambda one: (-len(users[one]), one))[:15]
    best = {one: ", ".join(area_label(area) for area, _ in areas[one].most_common(3)) for one in order}
    yield from table(
        "supplier|councils|mostly for", [(dataset.usual_name(one), len(users[one]), best[one]) for one in order]
    )
    suppliers = [one for one in dataset.entities.values() if one.kind == SUPPLIER]
    products = [one for one in dataset.entities.values() if one.kind == PRODUCT]
    made = {row.dependent for row in rows() if row.relation in relations_that(Trait.MAKES)}
    yield ""
    yield said(
        "Councils in force, directly or by a product of theirs, over all layers.",
        f"{sum(bool(one.aliases) for one in suppliers):,} of {len(suppliers):,} suppliers have other names.",
        f"{sum(one.id not in made for one in products):,} of {len(products):,} products have no maker, because nobody confirmed one;",
        f"{sum(one.data is not None for one in products):,} say what data every copy holds, {sum(one.hosting is not None for one in products):,}",
        "where every copy runs.",
    )  # fmt: skip


@block
def _incidents() -> Iterator[str]:
    only = sum(bool(items(row)) and all(item.incident for item in items(row)) for row in rows())
    data = [row for row in rows() if row.data is not None]
    blank = sum(bool(items(row, "data")) and all(item.incident for item in items(row, "data")) for row in data)
    yield f"{only:,} rows are known only from the coverage of an incident, and {blank:,} of the {len(data):,} filled `data` cells; a replay of that incident leaves them out."


@block
def _terms() -> Iterator[str]:
    counts = Counter(item.licence or "not stated, or nobody looked" for item in cited())
    lines = [(terms, count) for terms, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    yield from table("terms of the source, as it travels with each item|items", lines)


@block
def _left_out() -> Iterator[str]:
    if not LEFT_OUT.exists():
        yield "Nothing is listed as left out."
        return
    with LEFT_OUT.open(encoding="utf-8", newline="") as file:
        left = list(csv.DictReader(file))
    yield f"{len(left):,} statements were left out, each with its reason, in `datasets/uk/left_out.csv`."
    yield ""
    lines: list[tuple[str, int, str]] = []
    for reason, some in groupby(sorted(left, key=lambda row: row["reason"]), key=lambda row: row["reason"]):
        sources = Counter(row["source"] or "not named" for row in some)
        told = ", ".join(
            f"{source} {count:,}" for source, count in sorted(sources.items(), key=lambda p: (-p[1], p[0]))
        )
        lines.append((reason, sources.total(), told))
    lines.sort(key=lambda line: (-line[1], line[0]))
    yield from table("reason|statements|from", lines)


@block
def _register() -> Iterator[str]:
    dataset = uk().dataset
    entries = list(dataset.register.items())
    today = [id_ for id_, entry in entries if entry.exists(dataset.info.day)]
    kinds = Counter(
        "district" if is_council(dataset, id_) else str(dataset.entities[id_].authority_type) for id_ in today
    )
    told = join(
        f"{count:,} {'councils' if kind == 'district' else class_word(kind, count)}"
        for kind, count in kinds.most_common()
    )
    aliases = (ROOT / "datasets" / "register" / "aliases.csv").read_text(encoding="utf-8").count("\n") - 1
    planned = sum(entry.planned_end is not None for _, entry in entries)
    yield said(
        f"{len(entries):,} bodies: of today {told}, and",
        f"{len(entries) - len(today):,} that were abolished, with their successors. {planned:,} have a planned end. Residents are known",
        f"for {sum(entry.population is not None for _, entry in entries):,}. {aliases:,} aliases, no two bodies with the same one.",
    )  # fmt: skip
