"""Service areas in people's words: what a pick list says, and what a title suggests."""

from __future__ import annotations

import re
from functools import lru_cache

from riskgraph.data.names import normalise
from riskgraph.rules import rules

__all__ = ["area_of_title", "area_of_word", "is_service", "runs_at_supplier"]

# what stands in columns for the service area -> the area
_WORDS = {
    "revenues-benefits": "revenues|benefits|revenues and council tax|council tax|business rates|council tax and benefits|housing benefit",
    "social-care": "adult social care|childrens social care|adults social care|childrens services|adult services|adults|children",
    "housing": "housing management|housing options|homelessness|housing options and homelessness|repairs|tenancy",
    "hr-payroll": "hr|payroll|human resources|hr payroll",
    "pensions": "pension|pension administration",
    "electoral": "elections|electoral services|electoral registration",
    "education-schools": "education|schools|school admissions|education and schools admissions|admissions",
    "health": "public health",
    "parking-enforcement": "parking|parking services|civil enforcement",
    "payments-income": "payments|income management|cash receipting|income",
    "libraries-leisure": "libraries|leisure|library|museums|culture",
    "regulatory-licensing": "licensing|environmental health|trading standards|licensing and environmental health|regulatory services|registrars",
    "printing-mail": "printing|print|mail|post|print and post",
    "planning-building-control": "planning|building control|development management|land charges",
    "committee-democratic": "democratic services|committees|legal and democratic|committee management|governance",
    "customer-digital": "customer services|website|crm|customer contact|customer contact and web forms|contact centre|digital",
    "finance-erp": "finance|erp|accounting|finance and procurement|general ledger",
    "highways-assets": "highways|asset management|property|highways and parking|street lighting",
    "waste-streetscene": "waste|street scene|waste and street scene|refuse|recycling",
    "procurement": "procurement|e procurement|contracts",
    "legal-audit": "legal|audit|internal audit|legal services",
    "data-gis": "gis|mapping|data|business intelligence",
    "ict-infrastructure": "ict|it|corporate it|corporate it and network|information technology|it infrastructure|digital and it|technology",
    "hosting-cloud": "hosting|cloud|data centre",
    "network-connectivity": "network|wan|telephony|telecoms|connectivity|broadband",
    "cyber-security": "security|cyber|cyber security|it security",
    "emergency-services": "fire|police|control room|emergency planning",
    "community-equipment": "community equipment|telecare",
}
# phrases in a title that leave little doubt; longer ones first
_TITLE = {
    "revenues-benefits": "revenues and benefits|council tax|business rates|housing benefit|non domestic rates",
    "social-care": "social care case management|adult social care|childrens social care|social care",
    "housing": "housing management|housing repairs|homelessness|choice based lettings|housing system",
    "hr-payroll": "payroll|hr system|human resources|recruitment system",
    "pensions": "pension administration|pensions administration|pension fund",
    "electoral": "electoral|elections",
    "education-schools": "school admissions|schools management information",
    "parking-enforcement": "parking",
    "payments-income": "income management|cash receipting|payment processing|card payments",
    "libraries-leisure": "library management|libraries|leisure management",
    "planning-building-control": "building control|planning system|land charges|planning applications",
    "committee-democratic": "committee management|democratic services",
    "customer-digital": "customer relationship management|contact centre|web chat|website",
    "finance-erp": "finance system|financial management system|enterprise resource planning|erp",
    "highways-assets": "highways management|highways asset|street lighting",
    "waste-streetscene": "waste management system|waste collection",
    "data-gis": "gis|geographic information",
    "hosting-cloud": "hosting|cloud hosting|data centre|backup",
    "network-connectivity": "wide area network|wan|telephony|broadband|network services",
    "cyber-security": "firewall|cyber security|penetration testing|security operations",
    "community-equipment": "community equipment",
    "printing-mail": "print and post|printing and mailing|hybrid mail",
}
_PHRASES = tuple((area, phrase) for area, phrases in _TITLE.items() for phrase in phrases.split("|"))
_SERVICE = re.compile(
    r"\b(?:managed services?|outsourc\w*|bureau|processing|hosted services?|hosting|print(?:ing)? (?:and|&) (?:post|mail\w*)|"
    r"enforcement agents?|service desk|help ?desk|collection services?|monitor(?:ed|ing) services?|backup service|"
    r"run by|operated by|equipment store|call handling)\b",
    re.IGNORECASE,
)
_AT_SUPPLIER = re.compile(r"\b(?:saas|software as a service|hosted|cloud[- ]based|cloud[- ]hosted)\b", re.IGNORECASE)
# what is done for a body in these areas is done by somebody, whatever it is called
_DONE_BY_SOMEBODY = frozenset({"community-equipment", "printing-mail", "forensics"})


@lru_cache(maxsize=4096)
def area_of_word(text: str) -> str | None:
    """The service area of a cell of a pick list, by id, label or usual word; nothing near is taken.

    Examples
    --------
    >>> area_of_word("Revenues & Benefits"), area_of_word("Adult Social Care"), area_of_word("Place")
    ('revenues-benefits', 'social-care', None)
    """
    return _by_word().get(normalise(text.replace("-", " ")))


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    found = {}
    for area, words in _WORDS.items():
        for word in words.split("|"):
            found[word] = area
    for entry in rules().areas.values():
        found[normalise(entry.label)] = found[entry.id.replace("-", " ")] = entry.id
    return found


@lru_cache(maxsize=16384)
def area_of_title(title: str) -> tuple[str, str] | None:
    """The one area that the words of a title suggest, and the words; none if they suggest two.

    Examples
    --------
    >>> area_of_title("Provision of a Revenues & Benefits system"), area_of_title("Parking and payroll")
    (('revenues-benefits', 'revenues and benefits'), None)
    """
    text = f" {normalise(title)} "
    hits = {area: phrase for area, phrase in _PHRASES if f" {phrase} " in text}
    return next(iter(hits.items())) if len(hits) == 1 else None


def is_service(thing: str, area: str | None) -> bool:
    """Whether what is bought is work done by the supplier's own staff and systems, not software to use.

    Examples
    --------
    >>> is_service("Benefits processing", None), is_service("Beds and hoists", "community-equipment")
    (True, True)
    >>> is_service("Modern.gov", "committee-democratic")
    False
    """
    return bool(_SERVICE.search(thing)) or area in _DONE_BY_SOMEBODY


def runs_at_supplier(title: str) -> bool:
    """Whether a title says that the supplier runs the software.

    Examples
    --------
    >>> runs_at_supplier("Hosted payroll system (SaaS)")
    True
    """
    return bool(_AT_SUPPLIER.search(title))
