"""Markings: the Traffic Light Protocol label, the government classification, the exempt paragraph.

The label is mandatory. It is never below what the data say, and above only where somebody asks for it.
Source of the labels and their colours: FIRST, Traffic Light Protocol 2.0, as the MISP taxonomy gives it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from riskgraph.errors import RiskGraphError

__all__ = ["CLASSIFICATIONS", "Marking", "Tlp", "calls_marking", "mark"]

CLASSIFICATIONS = ("OFFICIAL", "OFFICIAL-SENSITIVE")


class Tlp(IntEnum):
    """A Traffic Light Protocol 2.0 label; a greater one may go to fewer people."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @property
    def label(self) -> str:
        """The label as it is printed.

        Examples
        --------
        >>> Tlp.AMBER_STRICT.label
        'TLP:AMBER+STRICT'
        """
        return f"TLP:{self.name.replace('_', '+')}"

    @property
    def audience(self) -> str:
        """Who may receive it, in words."""
        return _AUDIENCE[self]

    @classmethod
    def of(cls, text: str) -> Tlp:
        """The label of a text such as "amber+strict" or "TLP:AMBER".

        Raises
        ------
        RiskGraphError
            If it is no label of version 2.0.

        Examples
        --------
        >>> Tlp.of("tlp:amber")
        <Tlp.AMBER: 2>
        """
        word = text.strip().upper().removeprefix("TLP:").replace("+", "_").replace("WHITE", "CLEAR")
        if word not in cls.__members__:
            labels = ", ".join(label.label for label in cls)
            raise RiskGraphError(f"{text!r} is no label of the Traffic Light Protocol.", f"Use one of: {labels}.")
        return cls[word]


_AUDIENCE = {
    Tlp.CLEAR: "may be passed on to anyone",
    Tlp.GREEN: "may be passed on within the community, not on a public channel",
    Tlp.AMBER: "may be passed on within your organisation and to its clients, to those who need to know",
    Tlp.AMBER_STRICT: "may be passed on within your organisation only, to those who need to know",
    Tlp.RED: "is for the named recipients only",
}


@dataclass(frozen=True, slots=True)
class Marking:
    """What stands at the head and foot of every page and in every file."""

    tlp: Tlp
    classification: str = ""  # OFFICIAL, OFFICIAL-SENSITIVE or nothing
    exempt: str = ""  # the words of the line on publication, such as "paragraph 3 of Schedule 12A ..."
    permission: str = ""  # who allowed a lower label than the data have

    @property
    def words(self) -> str:
        """Label and classification in one line."""
        return " ".join(part for part in (self.tlp.label, self.classification) if part)

    @property
    def slug(self) -> str:
        """The label for a file name."""
        return self.tlp.label.replace(":", "-")

    def to_dict(self) -> dict[str, str]:
        """The marking as plain values; separate markings are separate fields."""
        return {
            "tlp": self.tlp.label,
            "classification": self.classification,
            "exempt": self.exempt,
            "permission": self.permission,
        }


def mark(
    data: str,
    default: Tlp,
    wanted: str | None = None,
    *,
    anonymous: bool = False,
    classification: str | None = None,
    exempt: str = "",
    permission: str = "",
) -> Marking:
    """The marking of a report.

    Parameters
    ----------
    data
        The marking that the data set states; empty if it states none.
    default
        The label of this kind of report where the data state none.
    wanted
        The label that was asked for, if any.
    anonymous
        Whether all names of public bodies are withheld: a bulletin may then be GREEN.
    classification
        OFFICIAL or OFFICIAL-SENSITIVE; if left out, what the data state.
    exempt
        The words of the line on publication.
    permission
        Who allowed a lower label than that of the data.

    Raises
    ------
    RiskGraphError
        If a label is not known, or is below that of the data and nobody allowed it.

    Examples
    --------
    >>> mark("TLP:CLEAR", Tlp.AMBER).words, mark("", Tlp.AMBER).words
    ('TLP:CLEAR', 'TLP:AMBER')
    >>> mark("TLP:AMBER", Tlp.AMBER, "green")
    Traceback (most recent call last):
    ...
    riskgraph.errors.RiskGraphError: TLP:GREEN is below the marking of the data, TLP:AMBER.
    Ask the source, then name who allowed it: --permission "name, date".
    """
    stated, stated_class = _stated(data)
    floor = default if stated is None else stated
    if anonymous and floor is Tlp.AMBER:
        floor = Tlp.GREEN
    label = floor if wanted is None else Tlp.of(wanted)
    if label < floor and not permission:
        origin = "the marking of the data" if stated is not None else "the default for data without a marking"
        raise RiskGraphError(
            f"{label.label} is below {origin}, {floor.label}.",
            'Ask the source, then name who allowed it: --permission "name, date".',
        )
    if classification is not None and classification not in ("", *CLASSIFICATIONS):
        raise RiskGraphError(
            f"{classification!r} is no classification.", f"Use one of: {', '.join(CLASSIFICATIONS)}; or leave it out."
        )
    lower = classification is not None and _rank(classification) < _rank(stated_class)
    if lower and not permission:
        raise RiskGraphError(
            f"The data are marked {stated_class}.", 'Name who allowed less: --permission "name, date".'
        )
    chosen = stated_class if classification is None else classification
    return Marking(label, chosen, " ".join(exempt.split()), permission if label < floor or lower else "")


def calls_marking(report: Marking) -> Marking:
    """The marking of the call sheet, which fills with names and numbers: AMBER+STRICT at least."""
    return Marking(
        max(report.tlp, Tlp.AMBER_STRICT), report.classification or "OFFICIAL", report.exempt, report.permission
    )


def _rank(classification: str) -> int:
    return ("", *CLASSIFICATIONS).index(classification)


def _stated(data: str) -> tuple[Tlp | None, str]:
    """Label and classification that a data set states."""
    found = re.search(r"TLP:\s?([A-Z]+(?:\+[A-Z]+)?)", data, re.IGNORECASE)
    classes = [word for word in reversed(CLASSIFICATIONS) if word in data.upper()]
    return (Tlp.of(found[1]) if found else None), (classes[0] if classes else "")
