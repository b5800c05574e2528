"""Changes of places: environments that are segmented, backups, and whether two things are in one place."""

from __future__ import annotations

from riskgraph.analysis.common import common_in
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, ENVIRONMENT, PRODUCT, SHARED_SERVICE, SUPPLIER, SYSTEM
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.dependence import divide, occupancy
from riskgraph.scenario.draft import Draft, verb
from riskgraph.scenario.findings import Backup
from riskgraph.scenario.model import Field
from riskgraph.scenario.ties import AREA

_USABLE = frozenset({SYSTEM, PRODUCT})
_BODIES = frozenset({AUTHORITY, SHARED_SERVICE, SUPPLIER})


@verb(
    "segment",
    Field("environment", "the shared environment"),
    examples=(
        "segment 'RBKC and Westminster shared IT environment'",
        "segment 'RBKC shared IT' --like ransomware --data seeds",
        "segment 'RBKC shared IT' --data seeds --format table",
    ),
)
def _segment(draft: Draft) -> None:
    """Divide a shared environment so that no tenant can be reached from another; who runs it still runs all of it."""
    environment = draft.body("environment", frozenset({ENVIRONMENT}))
    found = occupancy(draft.graph.settled(draft.view)).get(environment)
    if found is None or len(found.tenants) < 2:
        raise RiskGraphError(
            f"{draft.name(environment)} has {'one tenant' if found else 'no tenant'} in this data: nothing to divide.",
            f"See who lives there: riskgraph show {draft.graph.names.handle(environment)}",
        )
    if any(id_.startswith(f"{environment}-part-") for id_ in draft.dataset.entities):
        raise RiskGraphError(f"{draft.name(environment)} is divided already.", "Name another environment.")
    parts = divide(draft.overlay, found)
    draft.ask((environment,), tuple((part,) for part in parts))
    for step in draft.steps:
        if step.in_force and step.dependent == environment and step.relation in relations_that(Trait.OPERATES):
            draft.about(step.provider)


@verb(
    "add-backup",
    Field("council", "whose service it is"),
    Field("main", "the system or product used today"),
    Field("backup", "the system or product that takes over"),
    AREA,
    examples=(
        "add-backup thanet Modern.gov CMIS",
        "add-backup lancashire 'Lancashire Oracle Fusion' pulse-secure --data seeds",
        "add-backup lancashire lancashire-oracle-fusion pulse-secure --like outage --data seeds --format json",
    ),
)
def _add_backup(draft: Draft) -> None:
    """A second system stands ready, so that the service stops only when both stop; data then lie in two places."""
    council, main, backup = draft.body("council", _BODIES), draft.body("main"), draft.body("backup")
    areas = draft.areas()
    if main == backup:
        raise RiskGraphError(f"{draft.name(main)} cannot back itself up.", "Name another system or product.")
    for thing in (main, backup):
        if draft.kind(thing) not in _USABLE:
            raise RiskGraphError(
                f"{draft.name(thing)} is a {draft.kind(thing)}; only systems and products back each other up.",
                _what_is_used(draft, council) if thing == main else "Name a system or product of this data.",
            )
    used = relations_that(Trait.USE)
    ties = [t for t in draft.ties(council, main, areas) if t.row.provider == main and t.row.relation in used]
    if not ties:
        raise draft.no_tie(council, main, areas)
    for tie in ties:
        draft.overlay.back_up(tie.row.id, backup, f"{main.partition(':')[2]} and backup", tie.step.area)
    draft.about(main, backup)
    draft.focus.update(dict.fromkeys(draft.councils([council])))
    draft.findings.append(Backup(common_in(draft.graph, draft.view, main, backup, draft.kinds)))


def _what_is_used(draft: Draft, council: str) -> str:
    uses = relations_that(Trait.USE)
    used = {s.provider for s in draft.steps if s.in_force and s.relation in uses and s.dependent == council}
    names = ", ".join(sorted(draft.name(id_) for id_ in used))
    return f"{draft.name(council)} uses: {names or 'none in this data'}."


@verb(
    "same-place",
    Field("a", "the main system, supplier or place"),
    Field("b", "its backup"),
    examples=(
        "same-place westminster 'kensington and chelsea'",
        "same-place canterbury thanet --data seeds",
        "same-place rochford adur --data seeds --format json",
    ),
)
def _same_place(draft: Draft) -> None:
    """Ask whether one failure could reach two things: yes, no or not known, and through what."""
    a, b = draft.body("a"), draft.body("b")
    draft.findings.append(Backup(common_in(draft.graph, draft.view, a, b, draft.kinds)))
