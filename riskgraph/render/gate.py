"""The answer of `gate`: clean, unknown or blocked, and why."""

from __future__ import annotations

from riskgraph.analysis.answer import as_words
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, full_name, join, plural, root_name, short_name
from riskgraph.scenario.gate import Gate, GateVerdict, LimitFinding, MissingFact

__all__ = ["page", "question"]

_WORD = {GateVerdict.CLEAN: "ok", GateVerdict.UNKNOWN: "NOT KNOWN", GateVerdict.BLOCKED: "BROKEN"}


@as_words.register
def question(missing: MissingFact, dataset: Dataset) -> str:
    """A missing fact as a question to put to the supplier, or to whoever wrote the draft."""
    award = missing.placed.award
    supplier = full_name(dataset, missing.placed.supplier)
    for_ = f" for {area_label(award.service_area)}"
    return {
        "access": f"What way into the buyer's systems or data would {supplier} have{for_}: none, holds data, remote, administrator, or the network?",
        "data": f"What data would lie with {supplier}{for_}: none, personal, or special category?",
        "hosting": f"Who would run the servers{for_}: the buyer, {supplier}, a shared service or a cloud host?",
        "host": f"Who would hold the servers and the data{for_}, and where?",
        "subcontractors": f"Who else would work on it for {supplier}? Nobody is an answer too.",
        "subcontractor_access": "What way in would the subcontractors have: none, holds data, remote, administrator, or the network?",
        "start": "On which day does it start?",
        "end": "On which day does it end, extensions included?",
    }[missing.fact]


def page(gate: Gate) -> Page:
    """The verdict first, then each limit, the new single points of failure, and the questions."""
    dataset = gate.placed.dataset
    blocks: list[Block] = [Items(tuple(_finding(dataset, one) for one in gate.findings))]
    if gate.single_points:
        points = tuple(
            f"if {full_name(dataset, about)} fails, {plural(len(services), 'service')} of "
            f"{short_name(dataset, buyer)} may stop: {join(area_label(None if a == '?' else a) for a in services)}."
            for about, buyer, services in gate.single_points[:5]
        )
        more = len(gate.single_points) - 5
        blocks += [Text("New single points of failure:"), Items(points)]
        blocks += paragraphs(f"  ... and {more} more: --format json." if more > 0 else "")
    if gate.questions:
        good = " (with good answers the draft is clean)" if gate.clean_if_good else ""
        asked = tuple(question(MissingFact(fact, gate.placed), dataset) for fact in gate.questions)
        blocks += [Text(f"{plural(len(asked), 'question')} to put before signing{good}:"), Items(asked, ordered=True)]
    if gate.placed.ended:
        old = "returned" if gate.placed.award.old_data_returned == "yes" else "not known to be returned"
        blocks.append(Text(f"It ends {plural(len(gate.placed.ended), 'row')} of the map; the data there is {old}."))
    handle = gate.graph.names.handle(gate.placed.supplier) if _known(gate) else gate.placed.buyers[0].partition(":")[2]
    return Page(_headline(gate), tuple(blocks), (f"riskgraph show {handle}", "riskgraph gate --help"))


def _known(gate: Gate) -> bool:
    return gate.placed.supplier in gate.graph.dataset.entities


def _headline(gate: Gate) -> str:
    broken, limits = len(gate.broken), len(gate.findings)
    title = gate.placed.award.title
    when = f"as of {in_words(gate.question.view.as_of)}; data of {in_words(gate.graph.dataset.info.as_of)}"
    said = f"{broken} of {plural(limits, 'limit')} {'is' if broken == 1 else 'are'} broken"
    if gate.verdict is GateVerdict.UNKNOWN:
        said += f", {plural(len(gate.questions), 'answer')} {'is' if len(gate.questions) == 1 else 'are'} missing"
    return f"{said}: {gate.verdict}. {title} ({when})."


def _finding(dataset: Dataset, one: LimitFinding) -> str:
    most, mark = one.limit.most, _WORD[one.verdict]
    if one.after is None:
        if one.limit.name == "years":
            return f"{mark}: how long it lasts is not known; the limit is {most:g} years. {one.limit.why}"
        return (
            f"not judged: of {plural(one.known, 'council')} a supplier is known in this area, "
            f"and a share is judged from {one.limit.known:g} on."
        )
    assert one.before is not None and one.at_worst is not None
    worst = ""
    if one.verdict is GateVerdict.UNKNOWN:
        worst = f" ({_number(one, one.at_worst)} if every answer is bad)"
    why = "" if one.verdict is GateVerdict.CLEAN else f" {one.limit.why}"
    if one.verdict is GateVerdict.CLEAN and one.after > most:
        why = " It was over the limit before, and the award adds nothing."
    return f"{mark}: {_about(dataset, one)}{worst}; the limit is {_number(one, most)}.{why}"


def _number(one: LimitFinding, number: float) -> str:
    if one.limit.name == "share":
        return f"{number:.0f}%"
    if one.limit.name == "years":
        return f"{number:g} years"
    return f"{number:g}"


def _about(dataset: Dataset, one: LimitFinding) -> str:
    after, before = one.after or 0.0, one.before or 0.0
    if one.limit.name == "radius":
        through = root_name(dataset, one.about)
        return f"{plural(round(after), 'public body', 'public bodies')} could be reached through {through}, {before:g} before"
    if one.limit.name == "services":
        if not one.buyer:
            return "nothing stops more services of the buyer than before"
        return (
            f"{plural(round(after), 'service')} of {short_name(dataset, one.buyer)} could stop if "
            f"{full_name(dataset, one.about)} alone failed, {before:g} before"
        )
    if one.limit.name == "share":
        name = full_name(dataset, one.about)
        return f"{name} and its group would have {after:.0f}% of the {one.trade} of this area, by the {one.known} councils known, {before:.0f}% before"
    if after > one.limit.most and f"{after:.1f}" == f"{one.limit.most:.1f}":
        return f"it lasts a little more than {one.limit.most:g} years"
    return f"it lasts {after:.1f} years"
