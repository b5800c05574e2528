"""The users' words: names, counts, lists, and a proof as one sentence.

Four phrases are fixed: *could be reached*, *may be affected*, *confirmed by the council*, *supplier says*.
Nothing here ever says that a body is compromised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from riskgraph.analysis.answer import as_words
from riskgraph.analysis.measure import counted
from riskgraph.analysis.proofs import Event, Inside, Proof, Together, Via
from riskgraph.analysis.radius import Route
from riskgraph.analysis.roots import area_label, root_name
from riskgraph.analysis.select import Selection
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    PRINCIPAL_COUNCILS,
    PRODUCT,
    SHARED_SERVICE,
    STORE,
    SUPPLIER,
    SYSTEM,
    Band,
    FailureKind,
    Relation,
)
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Assumption, Step

__all__ = [
    "BY_LAW",
    "COUNCILS",
    "EFFECTS",
    "access_phrase",
    "area_label",
    "assumption",
    "band_phrase",
    "bodies",
    "capital",
    "data_of",
    "full_name",
    "join",
    "kind_word",
    "lead",
    "left_out",
    "not_found",
    "plural",
    "root_name",
    "route_phrase",
    "row_phrase",
    "scope_phrase",
    "sentence",
    "short_name",
    "step_phrase",
    "the_region",
    "tied",
]

BY_LAW = "by law, not observed"  # of a row that a class rule made, wherever one that somebody saw says when that was
COUNCILS = PRINCIPAL_COUNCILS
EFFECTS = {  # what an incident meant for a body
    "data-exposed": "its data could be read",
    "service-disrupted": "a service stopped",
    "precautionary-shutdown": "it cut itself off as a precaution",
    "notified": "it was told, or raised its guard",
    "named-but-unaffected": "it was named, but not affected",
}
_CLASSES = {
    "county": ("county", "counties"),
    "district": ("district", "districts"),
    "unitary": ("unitary council", "unitary councils"),
    "metropolitan": ("metropolitan borough", "metropolitan boroughs"),
    "london-borough": ("London borough", "London boroughs"),
    "city-corporation": ("city corporation", "city corporations"),
    "scottish-unitary": ("Scottish council", "Scottish councils"),
    "welsh-unitary": ("Welsh council", "Welsh councils"),
    "ni-district": ("Northern Ireland district", "Northern Ireland districts"),
    "council": ("council", "councils"),
    "combined-authority": ("combined authority", "combined authorities"),
    "regional-authority": ("regional authority", "regional authorities"),
    "fire": ("fire service", "fire services"),
    "police": ("police body", "police bodies"),
    "nhs": ("NHS body", "NHS bodies"),
    "school": ("school", "schools"),
    "national-park": ("national park", "national parks"),
    "group": ("group of bodies", "groups of bodies"),
    "other": ("other public body", "other public bodies"),
}
_KINDS = {
    AUTHORITY: ("public body", "public bodies"),
    SUPPLIER: ("supplier", "suppliers"),
    SHARED_SERVICE: ("shared service", "shared services"),
    ENVIRONMENT: ("shared IT environment", "shared IT environments"),
    SYSTEM: ("system", "systems"),
    PRODUCT: ("product", "products"),
    STORE: ("data store", "data stores"),
}


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun.

    Examples
    --------
    >>> plural(1, "council"), plural(1200, "council"), plural(2, "body", "bodies")
    ('1 council', '1,200 councils', '2 bodies')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def join(items: Iterable[str], most: int | None = None, last: str = "and") -> str:
    """A list in words, cut after `most` with the number left out.

    Examples
    --------
    >>> join(["Canterbury", "Dover", "Thanet"]), join(["a", "b", "c", "d"], most=2)
    ('Canterbury, Dover and Thanet', 'a, b and 2 more')
    """
    listed = list(items)
    if most is not None and len(listed) > most + 1:
        return f"{', '.join(listed[:most])} {last} {len(listed) - most:,} more"
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def capital(words: str) -> str:
    """The words with a capital at the start."""
    return words[:1].upper() + words[1:]


def lead(counts: Sequence[float], whole: float | None = None) -> str:
    """What may be said of the first of some parts, the biggest: "all", "most", "the largest group" or "tied".

    Parameters
    ----------
    counts
        How big the parts are, the biggest first.
    whole
        How much there is in all, if parts overlap or are not all listed; their sum if left out.

    Returns
    -------
    str
        `all` of the whole, `most` (more than half), `the largest group` (more than any other, at most half), or
        `tied`: another is as big, so that nothing may be said of the first alone.

    Examples
    --------
    >>> lead([5]), lead([10, 9]), lead([9, 6, 4]), lead([9, 9, 1]), lead([23, 23], whole=30)
    ('all', 'most', 'the largest group', 'tied', 'tied')
    """
    if len(counts) > 1 and counts[0] == counts[1]:
        return "tied"
    total = sum(counts) if whole is None else whole
    if counts[0] >= total:
        return "all"
    return "most" if 2 * counts[0] > total else "the largest group"


def tied(counts: Sequence[float]) -> int:
    """How many of some parts, the biggest first, are as big as the first.

    Examples
    --------
    >>> tied([23, 23, 4]), tied([5])
    (2, 1)
    """
    return sum(1 for count in counts if count == counts[0])


def full_name(dataset: Dataset, id_: str) -> str:
    """The name of a body or place as the data give it."""
    return dataset.entities[id_].name


def short_name(dataset: Dataset, id_: str) -> str:
    """The usual name: of a council without "Borough Council" and the like; counties say so.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> short_name(seeds, "authority:kensington-and-chelsea"), short_name(seeds, "authority:kent")
    ('Kensington and Chelsea', 'Kent (county)')
    """
    return dataset.usual_name(id_)


def kind_word(kind: str, count: int = 1) -> str:
    """The users' word for a kind of body or place."""
    return _KINDS[kind][0 if count == 1 else 1]


def class_word(authority_type: str | None, count: int) -> str:
    """The users' word for a class of authority."""
    return _CLASSES.get(authority_type or "other", _CLASSES["other"])[0 if count == 1 else 1]


def bodies(dataset: Dataset, ids: Sequence[str]) -> str:
    """How many councils and other public bodies some ids are.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> bodies(read("seeds"), ["authority:dover", "authority:lancashire-fire-and-rescue-service"])
    '1 council and 1 other public body'
    """
    councils = sum(1 for id_ in ids if dataset.entities[id_].authority_type in COUNCILS)
    others = len(ids) - councils
    if not others:
        return plural(councils, "council")
    if not councils:
        return plural(others, "public body", "public bodies")
    return f"{plural(councils, 'council')} and {plural(others, 'other public body', 'other public bodies')}"


def scope_phrase(chosen: Selection, dataset: Dataset, day: date | None = None, *, others: bool = False) -> str:
    """Of whom an answer speaks, with their number, as it follows on a count.

    Parameters
    ----------
    chosen
        Whom the answer is limited to.
    dataset
        The map; its bodies are counted as of `day`, the date of the data if left out.
    others
        Whether public bodies that are no council are told too, where nothing else says how many there are.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> scope_phrase(Selection.of(seeds, members=["Thanet", "Dover"]), seeds.dataset)
    'of your 2 members'
    >>> scope_phrase(Selection.of(seeds, regions=["South East"], areas=["housing"]), seeds.dataset)
    'of 9 councils in the South East, in housing'
    >>> scope_phrase(Selection.of(seeds, classes=["london-borough"]), seeds.dataset)
    'of 7 London boroughs'
    """
    held = counted(dataset, day or dataset.info.day, chosen.holds)
    where = f" in {join(map(the_region, sorted(chosen.regions)), last='or')}" if chosen.regions else ""
    services = f", in {join(area_label(area).lower() for area in sorted(chosen.areas))}" if chosen.areas else ""
    if chosen.members is not None:
        more = where or chosen.classes
        whole = len(held) if more else len(chosen.asked)
        sort = (
            f" that are {join((class_word(one, 2) for one in sorted(chosen.classes)), last='or')}"
            if chosen.classes
            else ""
        )
        return f"of your {plural(whole, 'member')}{sort}{where}{services}"
    if len(chosen.classes) == 1:
        (only,) = chosen.classes
        return f"of {len(held):,} {class_word(only, len(held))}{where}{services}"
    councils = [body for body in held if dataset.entities[body].authority_type in COUNCILS]
    return f"of {bodies(dataset, held if others else councils or held)}{where}{services}"


def the_region(region: str) -> str:
    """A region as it stands in a sentence: the South East, but Wales."""
    points = ("North", "South", "East", "West")
    return f"the {region}" if region.startswith(points) and region != "Northern Ireland" else region


def left_out(dataset: Dataset) -> str:
    """What was not to count of what holds by law; empty if all counts.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from riskgraph.data import read
    >>> left_out(read("seeds")), left_out(replace(read("seeds"), left_out=3))
    ('', 'Left out: 3 class rules, what holds by law and was not observed.')
    """
    count = dataset.left_out
    return f"Left out: {plural(count, 'class rule')}, what holds by law and was not observed." if count else ""


def data_of(dataset: Dataset) -> str:
    """The date of the data; of one's own register on a map, both dates.

    Examples
    --------
    >>> from riskgraph import maps
    >>> data_of(maps.read("seeds")), data_of(maps.read("seeds+one-sheet-register.csv"))
    ('data of 30 November 2026', 'your register of 1 November 2026, seeds map of 30 November 2026')
    """
    if not dataset.laid:
        return f"data of {in_words(dataset.info.as_of)}"
    *own, (name, below) = dataset.laid
    yours = [
        f"your register {title if len(own) > 1 else ''}".rstrip()
        + (f" of {in_words(i.as_of)}" if i.as_of else " (undated)")
        for title, i in own
    ]
    return ", ".join([*yours, f"{'national' if name == 'uk' else name} map of {in_words(below.as_of)}"])


def not_found(chosen: Selection) -> str:
    """Who of a list of members was not found, with near spellings; empty if everybody was.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> not_found(Selection.of(RiskGraph.open("seeds"), members=["Thanet", "Dovr"]))
    '1 name on your list was not found: Dovr (Dover District Council?).'
    """
    lost = chosen.not_found
    if not lost:
        return ""
    named = (f"{one.name} ({one.near[0]}?)" if one.near else one.name for one in lost)
    was = "was" if len(lost) == 1 else "were"
    return f"{plural(len(lost), 'name')} on your list {was} not found: {join(named, 6)}."


def band_phrase(band: Band) -> str:
    """A band as it is said."""
    return "cannot be ruled out" if band is Band.NOT_RULED_OUT else band.word


def assumption(dataset: Dataset, assumed: Assumption) -> str:
    """What was assumed, and from what."""
    source = assumed.source
    where = (
        f"the service area {area_label(source)}"
        if source in rules().areas
        else f"what is known of {full_name(dataset, source)}"
    )
    value = {
        "data": {"personal": "personal data", "special": "special category data", "none": "no personal data"},
        "hosting": {"supplier": "hosted by its maker", "own": "on the user's own servers"},
    }.get(assumed.field, {})
    said = value.get(assumed.value, f"{assumed.field} {assumed.value}")
    return f"assumed from {where}: {said}"


def route_phrase(dataset: Dataset, route: Route, first: str | None) -> str:
    """The kind of way in which a body is reached, with what comes first on it.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds, first = read("seeds"), "shared-service:east-kent-services"
    >>> route_phrase(seeds, Route.DIRECT, None), route_phrase(seeds, Route.SUBCONTRACTOR, first)
    ('direct', 'through East Kent Services (subcontractor)')
    """
    if first is None or route in {Route.DIRECT, Route.PAST, Route.ROOT}:
        return str(route)
    return f"through {short_name(dataset, first)}{' (subcontractor)' * (route is Route.SUBCONTRACTOR)}"


# -- one step ---------------------------------------------------------------------------------------

_ACCESS = {
    "none": "without access",
    "data": "which holds its data",
    "remote": "with remote access",
    "admin": "with administrator access",
    "network": "with a place on its network",
}


def _verb(dataset: Dataset, relation: str, provider: str, past: bool) -> str:
    return rules().pairs[relation].verb(dataset.entities[provider].kind, past)


def row_phrase(dataset: Dataset, row: Relation, *, day_ended: bool = False) -> str:
    """A stated row without its dependent: verb, provider and, in brackets, the service area."""
    provider = full_name(dataset, row.provider)
    area = f" ({area_label(row.service_area)})" if row.service_area else ""
    until = f" until {in_words(row.valid_to)}" if day_ended and row.valid_to else ""
    return f"{_verb(dataset, row.relation, row.provider, day_ended)} {provider}{area}{until}"


def step_phrase(dataset: Dataset, step: Step, *, backwards: bool = False) -> str:
    """A step without its dependent; `backwards` for a link crossed against its row."""
    past = not step.in_force
    if step.made_by is not None:
        product, maker = full_name(dataset, step.row.provider), full_name(dataset, step.provider)
        area = f" ({area_label(step.area)})" if step.area else ""
        how = "hosted by its maker" if step.relation in relations_that(Trait.SERVES) else "made by"
        until = f" until {in_words(step.row.valid_to)}" if past and step.row.valid_to else ""
        return f"{'used' if past else 'uses'} {product}{area}{until}, {how} {maker}"
    if backwards:
        return f"{_verb(dataset, step.relation, step.dependent, False)} {full_name(dataset, step.dependent)}"
    row = step.row
    provider = full_name(dataset, row.provider)
    named = step.area is not None and step.relation in relations_that(Trait.SHOWS_AREA)
    area = f" ({area_label(step.area)})" if named else ""
    until = f" until {in_words(row.valid_to)}" if past and row.valid_to else ""
    return f"{_verb(dataset, row.relation, row.provider, past)} {provider}{area}{until}{access_phrase(step)}"


def access_phrase(step: Step) -> str:
    """What a supplier can reach, after its name, where a row says so."""
    decides = step.row.relation in rules().decided_by("access")
    return f", {_ACCESS[step.access.text]}" if step.access.text and decides else ""


# -- a proof ----------------------------------------------------------------------------------------


def sentence(dataset: Dataset, proof: Proof) -> str:
    """A proof as one sentence, from the body back to the root.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> from riskgraph.analysis.blast import blast
    >>> graph = RiskGraph.open("seeds")
    >>> hit = blast(graph, "rbkc shared it")["authority:westminster"].kinds[FailureKind.INTRUSION]
    >>> sentence(graph.dataset, hit.proof)
    'City of Westminster is hosted on RBKC and Westminster shared IT environment (ICT infrastructure).'
    """
    text = _chain(dataset, proof.events, full_name(dataset, proof.body))
    return text + "."


@as_words.register
def _said(proof: Proof, dataset: Dataset) -> str:
    return sentence(dataset, proof)


def _chain(dataset: Dataset, events: Sequence[Event], subject: str) -> str:
    parts: list[str] = []
    asides: list[str] = []
    for event in reversed(events):
        if isinstance(event, Via):
            backwards = event.step.relation in relations_that(Trait.BOTH_WAYS) and event.source == event.step.dependent
            parts.append(step_phrase(dataset, event.step, backwards=backwards))
            if event.every_line:
                asides.append(f"which line of {full_name(dataset, event.target)} that concerns is not known")
        elif isinstance(event, Together):
            branches = [_chain(dataset, branch, "it") for branch in event.branches]
            parts.append(f"loses all of its alternatives together: {join(branches, last='and also')}")
        elif isinstance(event, Inside):
            aside = _aside(dataset, event)
            if aside is not None:
                asides.append(aside)
    if not parts:
        return f"{subject} is what was asked about"
    text = f"{subject} {parts[0]}"
    for part in parts[1:]:
        text += f", which {part}"
    for aside in dict.fromkeys(asides):
        text += f"; {aside}"
    return text


def _aside(dataset: Dataset, event: Inside) -> str | None:
    """What a rule inside a body adds to the sentence; `None` where it goes without saying."""
    name = full_name(dataset, event.body)
    source, target = event.rule.source, event.rule.target
    if target == "same place" and source == FailureKind.INTRUSION:
        return f"an attacker inside {name} could read, alter or stop what is there"
    if target == "same place":
        return f"what {name} no longer runs may stop"
    if target == "its other services":
        return f"other services of {name} rest on its ICT"
    if target == "its other lines":
        return f"what {name} runs for others rests on its ICT"
    if target == "a row without an area":
        return f"it is not known which line of {name} this is"
    if source == "authority" and target == "its lines":
        return f"an attacker inside {name} could move on to what it runs for others"
    if target == "its line of that area":
        return f"what {name} runs for others in {area_label(event.area)} goes with its own"
    return None
