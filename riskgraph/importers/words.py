"""Words that people write in the columns of a register or a workbook, as the words of the model."""

from __future__ import annotations

import re
from functools import lru_cache

from riskgraph.data.directory import directory
from riskgraph.data.spelling import company_key, normalise
from riskgraph.importers.report import ImportReport
from riskgraph.importers.values import parse_date, says_nothing
from riskgraph.vocabulary import pattern, patterns, words

__all__ = [
    "area_of_title",
    "bare_host",
    "certificates_of",
    "grade_of",
    "hosting_of",
    "is_service",
    "runs_at_supplier",
]

# between two certificates: a semicolon, or a comma behind a number where no word about the end follows
_BETWEEN = re.compile(r"\s*;\s*|(?<=\d),\s*(?=[A-Za-z])(?!(?:valid|expir|until|to|ends?)\b)", re.IGNORECASE)
_UNTIL = re.compile(r"[\s,:(\-]*(?:\b(?:valid|expir(?:es|y|ing)|until|till|to|on|ends?)\b[\s:]*)*$", re.IGNORECASE)


@lru_cache(maxsize=16384)
def area_of_title(title: str) -> tuple[str, str] | None:
    """The one area that the words of a title suggest, and the words; none if they suggest two.

    Examples
    --------
    >>> area_of_title("Provision of a Revenues & Benefits system"), area_of_title("Parking and payroll")
    (('revenues-benefits', 'revenues and benefits'), None)
    """
    text = f" {normalise(title)} "
    hits = {area: phrase for phrase, area in words("service area in a title").items() if f" {phrase} " in text}
    return next(iter(hits.items())) if len(hits) == 1 else None


@lru_cache(maxsize=16384)
def is_service(thing: str, area: str | None) -> bool:
    """Whether what is bought is work done by the supplier's own staff and systems, not software to use.

    Examples
    --------
    >>> is_service("Benefits processing", None), is_service("Beds and hoists", "community-equipment")
    (True, True)
    >>> is_service("Modern.gov", "committee-democratic")
    False
    """
    return bool(pattern("thing: a service").search(thing)) or area in words("service area done by somebody")


@lru_cache(maxsize=16384)
def runs_at_supplier(title: str) -> bool:
    """Whether a title says that the supplier runs the software.

    Examples
    --------
    >>> runs_at_supplier("Hosted payroll system (SaaS)")
    True
    """
    return bool(pattern("thing: runs at the supplier").search(title))


def hosting_of(text: str, supplier: str = "") -> tuple[str | None, str | None]:
    """The word of the model, or the name of a place; neither where it says nothing of the kind.

    Parameters
    ----------
    text
        The cell.
    supplier
        Whose system it is: where the cell names it, the supplier hosts.

    Examples
    --------
    >>> hosting_of("supplier, cloud (London region)"), hosting_of("North Hall Data Centre")
    (('supplier', None), (None, 'North Hall Data Centre'))
    >>> hosting_of("Civica cloud", "Civica UK Ltd"), hosting_of("hosted by Dover"), hosting_of("server room")
    (('supplier', None), (None, 'Dover'), (None, None))
    """
    if supplier and any(_is_named(supplier, part) for part in (text, *re.split(r"[,(]", text)[:1])):
        return "supplier", None
    found = next((word for form, word in patterns("hosting") if form.fullmatch(text)), None)
    bare = pattern("hosting: words around a name").sub("", text).strip(" ()")
    if found or not bare or normalise(text) in words("hosting: says nothing"):
        return found, None
    return hosting_of(bare, supplier) if bare != text else (None, text)


def bare_host(text: str) -> str:
    """The name in a text about hosting, without the words around it.

    Examples
    --------
    >>> bare_host("Azure (by Civica)"), bare_host("Capita's cloud"), bare_host("cloud")
    ('civica', 'capita', '')
    """
    around = words("hosting: words around a supplier")
    return " ".join(word for word in normalise(re.sub(r"['\u2019]s\b", "", text)).split() if word not in around)


def _is_named(supplier: str, text: str) -> bool:
    """Whether a text about hosting names a supplier, by any of its known names, and nobody else."""
    known = company_key(supplier)
    for key in (company_key(text), company_key(bare_host(text))):
        ids = [directory().supplier(one) for one in (key, known)]
        if key and (key == known or f"{known} ".startswith(f"{key} ") or (ids[0] and ids[0] == ids[1])):
            return True
    return False


def grade_of(text: str, where: str, usual: str | None, report: ImportReport) -> str:
    """How sure a row is: in words, or as a letter and a digit; what is not said is counted.

    Examples
    --------
    >>> report = ImportReport("a.csv", "one-sheet")
    >>> grade_of("B2", "row 2", None, report), grade_of("", "row 3", None, report)
    ('confirmed', 'reported')
    """
    if match := re.fullmatch(r"([A-Fa-f])([1-6])", text):
        if match[1] in "AaBb" and match[2] in "12":
            return "confirmed"
        return "reported" if match[2] in "123" else "inferred"
    if grade := words("how sure").get(normalise(text)):
        return grade
    if text:
        report.guess("word that is not known, left blank", f"{where}, how sure: {text!r}")
    if usual is None:
        report.guess("how sure is not said: taken as reported (--grade says otherwise)", where)
    return usual or "reported"


def certificates_of(text: str, where: str, report: ImportReport) -> tuple[tuple[str, ...], str | None]:
    """The certificates in a cell, and the first day on which one of them lapses.

    A supplier has one such day in the model: the later ones are counted as not taken.

    Examples
    --------
    >>> report = ImportReport("a.csv", "one-sheet")
    >>> certificates_of("CE+ 2027-03-31; ISO 27001 2028-01-10", "row 2", report)
    (('CE+', 'ISO 27001'), '2027-03-31')
    >>> certificates_of("Cyber Essentials (expires 31 March 2027)", "row 3", report), certificates_of("", "row 4", report)
    ((('Cyber Essentials',), '2027-03-31'), ((), None))
    >>> report.guesses
    {'certificate that lapses later than another: its day was not taken': ["row 2: 'ISO 27001', 2028-01-10"]}
    """
    found: dict[str, str | None] = {}  # certificate -> when it lapses
    for part in _BETWEEN.split(text):
        if says_nothing(part):
            continue
        name, day = _dated(part)
        if normalise(part) in words("certificate: none"):
            report.guess("said to have no certificate: left blank, as none was seen", f"{where}: {part!r}")
        elif not name:
            report.guess("day without a certificate, left out", f"{where}: {part!r}")
        elif name in found:
            report.guess("certificate named twice in a cell: the first counts", f"{where}: {part!r}")
        else:
            found[name] = day
    first = min((day for day in found.values() if day), default=None)
    for name, day in found.items():
        if day and day != first:
            sort = "certificate that lapses later than another: its day was not taken"
            report.guess(sort, f"{where}: {name!r}, {day}")
    return tuple(found), first


def _dated(text: str) -> tuple[str, str | None]:
    """A certificate and the day at its end, if there is one; "ISO 27001" ends in none."""
    parts = text.split()
    for count in (3, 2, 1):
        tail = " ".join(parts[-count:]).strip("(),.")
        if len(tail) > 5 and len(parts) >= count and (day := parse_date(tail)):
            return _UNTIL.sub("", " ".join(parts[:-count])), day
    return text, None
