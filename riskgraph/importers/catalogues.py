"""What a council lists of its own systems for other ends: a Backstage catalogue, a configuration database.

Both list things and the links between them. A thing of the kinds that the council uses as such (an application,
a service, a website) is used by it; who supplies it and where it runs stand in a column or in a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from riskgraph.data.directory import KnownProduct, directory
from riskgraph.data.spelling import normalise
from riskgraph.importers.columns import TableKind, score_of_headers
from riskgraph.importers.formats import Format
from riskgraph.importers.graph_files import is_catalogue, is_configuration
from riskgraph.importers.graph_links import kinds_of_ends
from riskgraph.importers.rows import SourceRow
from riskgraph.importers.statements import Citation, ListedSystem, Party, StatedRelation, Statements
from riskgraph.importers.words import area_of_title, hosting_of
from riskgraph.importers.workbook_links import End, Kinds, read_links
from riskgraph.model import AUTHORITY, PRODUCT, SUPPLIER, SYSTEM
from riskgraph.vocabulary import headers, patterns, words

__all__ = ["BACKSTAGE", "SERVICENOW"]

_ITEMS = TableKind(
    headers("servicenow", "items"),
    ("name", "kind"),
    whose="council",
    asks="whose systems these are",
    name="items",
    not_taken=("owner",),
    strict=False,
)
_RELATIONS = TableKind(headers("servicenow", "relations"), ("from", "to", "relationship"), name="relations")
_NOT_LISTED = "its kind is not one that a council depends on as such"


def _fits(path: Path) -> int:
    """A table of items has a third column of such a database beside the name and the class."""
    score = max(score_of_headers(path, _RELATIONS), score_of_headers(path, _ITEMS))
    return 60 if is_configuration(path) else score + 10 if score > 2 else 0


def _catalogue(rows: Iterator[SourceRow], statements: Statements) -> None:
    """Things that the council uses, then the links between what is listed."""
    options = statements.options
    kinds: Kinds = {}
    links: list[SourceRow] = []
    for row in rows:
        if row.kind is _RELATIONS:
            links.append(row)
            continue
        council = row["council"] or options.council
        if council:
            _thing(row, council, kinds, statements)
        else:
            row.skip("no council")
    kinds_of_ends(links, kinds, statements)
    users = {stated.provider[1].name: stated.dependent for stated in statements.relations if stated.relation == "uses"}
    read_links([row for row in links if not _between_systems(row, kinds, users, statements)], kinds, statements)


def _thing(row: SourceRow, council: str, kinds: Kinds, statements: Statements) -> None:
    """One thing: what it is, that the council uses it, who supplies it."""
    name, kind = row["name"] or row["id"], _kind(row)
    if not name:
        return row.skip("no name")
    if normalise(row["status"]) in words("configuration item: gone"):
        return row.skip(f"no longer there: {row['status']}")
    if kind is None:
        return row.skip(f"kind that is not known: {row['kind']}")
    if not kind:
        return row.skip(_NOT_LISTED)
    if kind == SYSTEM:
        name = f"{name} ({council})"  # another council's "Finance" is another system
    for key in (row["id"], row["name"]):
        if key:
            kinds[normalise(key)] = kind, name
    if kind != SYSTEM:
        statements.listed.append((kind, Party(name)))
        statements.report.kept += 1
        return None
    _used(row, council, name, statements)
    return None


def _kind(row: SourceRow) -> str | None:
    """The kind of a thing; "" for one that is not taken, none for one that nobody knows."""
    text = normalise(row["kind"].replace("_", " "))
    if not text:
        return SYSTEM
    known = words("class of configuration item")
    if text in known:
        return known[text]
    return next((kind for form, kind in patterns("class of configuration item") if form.search(text)), None)


def _used(row: SourceRow, council: str, name: str, statements: Statements) -> None:
    plain, user, system = row["name"] or row["id"], (AUTHORITY, Party(council)), (SYSTEM, Party(name))
    supplier = row.party("supplier")
    product = _product(plain, supplier)
    only = product.areas[0] if product is not None and len(product.areas) == 1 else None
    area = row.area() or only or (area_of_title(plain) or (None,))[0]
    hosting = hosting_of(row["hosting"], supplier.name if supplier else "")[0]
    grade = statements.options.grade or "reported"
    checked = statements.dated(row.date("checked"), "check of a row", row.where)
    cited = Citation(f"{council} lists {plain} among its systems", grade, None, None, checked)
    statements.systems[normalise(name)] = ListedSystem(area, row.word("data", "personal data"), hosting)
    values = {"service_area": area, "hosting": hosting, "importance": row.word("importance", "importance")}
    statements.relations.append(StatedRelation(row.where, "uses", user, system, cited, values))
    if supplier is None:
        return
    maker = (SUPPLIER, supplier)
    said = cited._replace(claim=f"{council} lists {supplier.name} as the supplier of {plain}")
    if product is None:
        statements.relations.append(StatedRelation(row.where, "supplied-by", system, maker, said, rows=0))
        return
    copied = (PRODUCT, Party(directory().entities[product.id].name, (("id", product.id),)))
    for relation, one, two in (("instance-of", system, copied), ("made-by", copied, maker)):
        statements.relations.append(StatedRelation(row.where, relation, one, two, said, rows=0))


def _product(title: str, supplier: Party | None) -> KnownProduct | None:
    """The product of which a system is a copy, if its supplier is known to make one of that name."""
    id_ = directory().supplier(supplier.name) if supplier else None
    return directory().product(title, id_) if id_ else None


def _between_systems(row: SourceRow, kinds: Kinds, users: Mapping[str, End], statements: Statements) -> bool:
    """Take a link between two systems of one council: it uses both, and the link is a second reason for the other."""
    one, two = (kinds.get(normalise(row[end]), ("", "")) for end in ("from", "to"))
    user = users.get(two[1])
    if user is None or not one[0] == two[0] == SYSTEM:
        return False
    claim = f"{one[1]} {row['relationship'].partition('::')[0].lower() or 'depends on'} {two[1]}"
    if one == two:
        row.skip("a thing that depends on itself")
    else:
        row.guess("a link between two systems of one council: it uses both", claim)
        cited = Citation(claim, statements.options.grade or "reported")
        statements.relations.append(StatedRelation(row.where, "uses", user, (SYSTEM, Party(two[1])), cited))
    return True


BACKSTAGE = Format(
    "backstage",
    "the components, systems and resources of a Backstage catalogue (YAML)",
    (_RELATIONS, _ITEMS),
    rows=_catalogue,
    recognise=lambda path: 60 if is_catalogue(path) else 0,
)
SERVICENOW = Format(
    "servicenow",
    "configuration items of a ServiceNow CMDB, and the relations between them",
    (_RELATIONS, _ITEMS),
    rows=_catalogue,
    recognise=_fits,
)
