"""The words that people write in the columns of a register or a workbook, as the words of the model."""

from __future__ import annotations

import re

from riskgraph.data.importers.facts import Options
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.values import blank, parse_date
from riskgraph.data.names import normalise

__all__ = ["ACCESS", "DATA", "REPLACE", "certificates_of", "grade_of", "hosting_of"]

ACCESS = {
    "none": "none",
    "no": "none",
    "no access": "none",
    "holds our data": "data",
    "data": "data",
    "holds data": "data",
    "remote access": "remote",
    "remote": "remote",
    "remote support": "remote",
    "admin access": "admin",
    "admin": "admin",
    "administrator": "admin",
    "network link": "network",
    "network": "network",
    "vpn": "network",
}
DATA = {
    "none": "none",
    "no": "none",
    "no personal data": "none",
    "personal": "personal",
    "yes": "personal",
    "personal data": "personal",
    "special category": "special",
    "special": "special",
    "sensitive": "special",
    "special category data": "special",
}
REPLACE = {
    "easily": "easily",
    "yes": "easily",
    "with difficulty": "with-difficulty",
    "very hard": "very-hard",
    "no": "no",
}
_SURE = {
    "confirmed": "confirmed",
    "certain": "confirmed",
    "likely": "reported",
    "reported": "reported",
    "probable": "reported",
    "possible": "inferred",
    "inferred": "inferred",
    "guess": "inferred",
    "doubtful": "inferred",
}
_HOSTING = (
    ("own", r"(?:the )?(?:council|own|on[- ]?prem\w*|in[- ]?house|internal)\b.*|us|ourselves|local(?: servers?)?"),
    ("supplier", r"(?:the )?(?:supplier|vendor|provider|saas|hosted|externally hosted|external)\b.*"),
    ("shared", r"shared(?: (?:with|by|environment|hosting|servers?|platform)\b.*)?"),
    (
        "cloud",
        r"(?:public )?cloud\b.*|(?:microsoft )?azure\b.*|aws\b.*|amazon web services\b.*|gcp\b.*|google cloud\b.*",
    ),
)
_NO_CERTIFICATE = frozenset({"none", "no", "no certificate", "none seen", "not certified"})
# between two certificates: a semicolon, or a comma behind a number where no word about the end follows
_BETWEEN = re.compile(r"\s*;\s*|(?<=\d),\s*(?=[A-Za-z])(?!(?:valid|expir|until|to|ends?)\b)", re.IGNORECASE)
_UNTIL = re.compile(r"[\s,:(\-]*(?:\b(?:valid|expir(?:es|y|ing)|until|till|to|on|ends?)\b[\s:]*)*$", re.IGNORECASE)


def hosting_of(text: str) -> tuple[str | None, str | None]:
    """The word of the model, or the name of a place.

    Examples
    --------
    >>> hosting_of("supplier, cloud (London region)"), hosting_of("North Hall Data Centre")
    (('supplier', None), (None, 'North Hall Data Centre'))
    """
    if not text:
        return None, None
    for word, pattern in _HOSTING:
        if re.fullmatch(pattern, text, re.IGNORECASE):
            return word, None
    return None, text


def grade_of(text: str, where: str, options: Options, report: ImportReport) -> str:
    """How sure a row is: in words, or as a letter and a digit; what is not said is counted.

    Examples
    --------
    >>> report = ImportReport("a.csv", "one-sheet")
    >>> grade_of("B2", "row 2", Options(), report), grade_of("", "row 3", Options(), report)
    ('confirmed', 'reported')
    """
    if match := re.fullmatch(r"([A-Fa-f])([1-6])", text):
        return (
            "confirmed" if match[1] in "AaBb" and match[2] in "12" else "reported" if match[2] in "123" else "inferred"
        )
    if text and normalise(text) in _SURE:
        return _SURE[normalise(text)]
    if text:
        report.guess("word that is not known, left blank", f"{where}, how sure: {text!r}")
    if options.grade is None:
        report.guess("how sure is not said: taken as reported (--grade says otherwise)", where)
    return options.grade or "reported"


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
    found: list[tuple[str, str | None]] = []
    for part in _BETWEEN.split(text):
        if blank(part):
            continue
        if normalise(part) in _NO_CERTIFICATE:
            report.guess("said to have no certificate: left blank, as none was seen", f"{where}: {part!r}")
            continue
        name, day = _dated(part)
        if not name:
            report.guess("day without a certificate, left out", f"{where}: {part!r}")
        elif name not in {known for known, _ in found}:
            found.append((name, day))
        else:
            report.guess("certificate named twice in a cell: the first counts", f"{where}: {part!r}")
    first = min((day for _, day in found if day), default=None)
    for name, day in found:
        if day and day != first:
            sort = "certificate that lapses later than another: its day was not taken"
            report.guess(sort, f"{where}: {name!r}, {day}")
    return tuple(name for name, _ in found), first


def _dated(text: str) -> tuple[str, str | None]:
    """A certificate and the day at its end, if there is one; "ISO 27001" ends in none."""
    words = text.split()
    for count in (3, 2, 1):
        tail = " ".join(words[-count:]).strip("(),.")
        if len(tail) > 5 and len(words) >= count and (day := parse_date(tail)):
            return _UNTIL.sub("", " ".join(words[:-count])), day
    return text, None
