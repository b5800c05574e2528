"""Who is affected, in words: people on record, staff, residents as a ceiling."""

from __future__ import annotations

from riskgraph.analysis.affected import Affected
from riskgraph.data.dataset import Dataset
from riskgraph.render.incident_words import note_words
from riskgraph.render.words import join, plural, short_name

__all__ = ["affected_lines", "residents_words"]


def affected_lines(dataset: Dataset, found: Affected, *, named: bool = True, notes: int = 2) -> list[str]:
    """Sentences about who is affected, those on record first.

    Parameters
    ----------
    named
        Whether bodies and incidents may be named.
    notes
        The most incidents.

    Examples
    --------
    >>> from riskgraph.analysis.affected import affected_by
    >>> from riskgraph.analysis.blast import blast
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> radius = blast(seeds, "lancashire oracle fusion", like="data-theft")
    >>> print(affected_lines(seeds.dataset, affected_by(radius))[-1])
    Staff of these 3 bodies; how many is not known.
    """
    recorded = [note_words(dataset, note) for note in found.recorded[:notes]] if named else []
    return [*recorded, *(line for line in (_staff(dataset, found, named), residents_words(found)) if line)]


def residents_words(found: Affected) -> str:
    """Residents as a ceiling; nothing where nobody's residents are hit."""
    living = found.residents
    if not living.areas:
        return ""
    areas = "1 area" if living.areas == 1 else f"{living.areas:,} areas"
    unknown = f"; residents of {len(living.unknown)} are not known" if living.unknown else ""
    return f"At most {living.people:,} people live in the {areas} (a ceiling, not people affected{unknown})."


def _staff(dataset: Dataset, found: Affected, named: bool) -> str:
    if not found.staff:
        return ""
    if found.only_staff:
        these = "this body" if len(found.staff) == 1 else f"these {len(found.staff)} bodies"
        return f"Staff of {these}; how many is not known."
    names = f": {join((short_name(dataset, body) for body in found.staff), 4)}" if named else ""
    return f"Only staff at {plural(len(found.staff), 'body', 'bodies')} more{names}."
