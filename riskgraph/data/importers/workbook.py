"""The workbook of up to six sheets: Organisations, Suppliers, Systems, Shared services, Links, Incidents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from riskgraph.data.importers.areas import area_of_word
from riskgraph.data.importers.facts import Harvest, Options, Party, Tie
from riskgraph.data.importers.headers import Columns, header_score, match_headers
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import NoHeader, Sheet, clean, open_sheets, read_rows
from riskgraph.data.importers.values import blank, parse_date
from riskgraph.data.names import normalise
from riskgraph.errors import RiskGraphError

__all__ = ["read_workbook"]

SHEETS: dict[str, dict[str, tuple[str, ...]]] = {
    "organisations": {
        "name": ("Name", "Organisation"),
        "code": ("GSS code", "Code"),
        "kind": ("Kind",),
        "region": ("Region",),
        "start": ("Start",),
        "end": ("End",),
        "replaced": ("Replaced by",),
        "contact": ("Contact",),
    },
    "suppliers": {
        "name": ("Name", "Supplier"),
        "aliases": ("Aliases", "Other names"),
        "number": ("Company number",),
        "parent": ("Parent", "Parent company"),
        "contact": ("Security contact",),
        "certificates": ("Certificates",),
    },
    "systems": {
        "name": ("Name", "System"),
        "supplier": ("Supplier",),
        "area": ("Service area",),
        "hosting": ("Hosting",),
        "data": ("Data",),
    },
    "shared services": {
        "name": ("Name", "Shared service"),
        "host": ("Host",),
        "members": ("Members",),
        "systems": ("Systems",),
        "operator": ("Operator",),
        "start": ("Start",),
        "end": ("End",),
        "area": ("Service area",),
    },
    "links": {
        "from": ("From",),
        "relationship": ("Relationship",),
        "to": ("To",),
        "channel": ("Channel",),
        "strength": ("Strength",),
        "start": ("Start",),
        "end": ("End",),
        "source": ("Source",),
        "sure": ("How sure",),
        "area": ("Service area",),
    },
    "incidents": {
        "what": ("What", "Incident"),
        "root": ("Root",),
        "known": ("First known",),
        "who": ("Who said",),
        "status": ("Status per council", "Status"),
    },
}
# words of the sheet Links -> the relation, and whether the sentence has to be turned round
_LINKS: dict[str, tuple[str, bool]] = {
    "uses": ("uses", False),
    "provides": ("supplied-by", True),
    "hosts": ("hosted-on", True),
    "operates": ("operated-by", True),
    "develops": ("made-by", True),
    "maintains": ("supplied-by", True),
    "subcontracts to": ("subcontracts-to", False),
    "owned by": ("owned-by", False),
    "member of": ("member-of", False),
    "host of": ("operated-by", True),
    "shares system with": ("linked-to", False),
    "network link": ("linked-to", False),
    "sends data to": ("data-held-by", False),
    "holds data for": ("data-held-by", True),
    "supports service": ("served-by", True),
    "served by": ("served-by", False),
    "supplied by": ("supplied-by", False),
    "hosted on": ("hosted-on", False),
    "operated by": ("operated-by", False),
    "made by": ("made-by", False),
    "instance of": ("instance-of", False),
    "linked to": ("linked-to", False),
}
_SURE = {"confirmed": "confirmed", "likely": "reported", "possible": "inferred"}
_DATA = {"none": "none", "personal": "personal", "special": "special", "special category": "special"}


def _named(path: Path) -> dict[str, Sheet]:
    if path.suffix.lower() not in {".xlsx", ".xlsm"} or not path.is_file():
        return {}
    found = {}
    for sheet in open_sheets(path):
        key = normalise(sheet.name)
        if key in SHEETS or (key := key + "s") in SHEETS:
            found[key] = sheet
    return found


def _fits(path: Path) -> int:
    sheets = _named(path)
    return 40 if "links" in sheets or len(sheets) >= 2 else 0


@dataclass(frozen=True)
class _Row:
    where: str
    columns: Columns
    cells: list[str]

    def __getitem__(self, name: str) -> str:
        text = self.columns.get(self.cells, name)
        return "" if blank(text) else text

    def many(self, name: str) -> list[str]:
        return [part.strip() for part in self[name].split(";") if part.strip()]

    def dates(self) -> dict[str, object]:
        return {"valid_from": parse_date(self["start"]), "valid_to": parse_date(self["end"])}


@importer("workbook", "the workbook of up to six sheets", _fits)
def read_workbook(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read the sheets that are there; the sheet Links says the rest."""
    harvest = Harvest(report, options)
    sheets = _named(path)
    if not sheets:
        raise RiskGraphError(
            f"{path.name} has none of the six sheets.", f"Name them {', '.join(s.title() for s in SHEETS)}."
        )
    rows = {name: list(_rows(name, sheet, report)) for name, sheet in sheets.items()}
    kinds: dict[str, str] = {}
    for name, kind in (("suppliers", "supplier"), ("systems", "system"), ("shared services", "shared-service")):
        for row in rows.get(name, ()):
            kinds[normalise(row["name"])] = kind
    for row in rows.get("organisations", ()):
        report.skip(row.where, "read for its name only: dates and regions of councils come from the register")
    if rows.get("incidents"):
        for row in rows["incidents"]:
            report.skip(row.where, "incidents are not imported: write them with `riskgraph data` tables")
    for row in rows.get("suppliers", ()):
        _supplier(row, options, harvest)
    for row in rows.get("systems", ()):
        _system(row, kinds, options, harvest)
    for row in rows.get("shared services", ()):
        _shared(row, kinds, options, harvest)
    for row in rows.get("links", ()):
        _link(row, kinds, options, harvest)
    return harvest


def _rows(name: str, sheet: Sheet, report: ImportReport) -> Iterator[_Row]:
    fields = SHEETS[name]
    try:
        header, _, rows = read_rows(sheet, lambda cells: header_score(cells, fields))
    except NoHeader:
        report.note(f"Sheet {sheet.name!r} has no header that is known here; it was not read.")
        return
    columns = match_headers(header, fields)
    report.unused_columns += columns.unused
    for text in sheet.notes:
        report.note(text)
    for number, raw in rows:
        cells = [clean(cell) for cell in raw]
        if any(cells):
            report.read += 1
            yield _Row(f"{sheet.name}, row {number}", columns, cells)


def _party(name: str, number: str = "") -> Party:
    return Party(name, (("GB-COH", number),) if number else ())


def _tie(
    row: _Row, relation: str, one: tuple[str, Party], two: tuple[str, Party], options: Options, **more: object
) -> Tie:
    values = more.pop("values", {})
    assert isinstance(values, dict)
    return Tie(
        row.where,
        relation,
        one,
        two,
        values,
        grade=options.grade or "reported",
        claim=f"{one[1].name} {relation.replace('-', ' ')} {two[1].name}",
        rows=0,
    )


def _supplier(row: _Row, options: Options, harvest: Harvest) -> None:
    party = clean_party(row["name"], harvest.report, (("GB-COH", row["number"]),) if row["number"] else ())
    if party is None:
        harvest.report.skip(row.where, "no supplier")
        return
    parent = clean_party(row["parent"], harvest.report) if row["parent"] else None
    harvest.named.append(party)
    harvest.aliases += [(party, alias) for alias in row.many("aliases")]
    if parent and parent.name != party.name:
        harvest.ties.append(_tie(row, "owned-by", ("supplier", party), ("body", parent), options))
    harvest.report.kept += 1


def _system(row: _Row, kinds: dict[str, str], options: Options, harvest: Harvest) -> None:
    supplier = clean_party(row["supplier"], harvest.report) if row["supplier"] else None
    system = ("system", Party(row["name"]))
    if not row["name"]:
        harvest.report.skip(row.where, "no name")
        return
    harvest.places[normalise(row["name"])] = (
        area_of_word(row["area"]) if row["area"] else None,
        _DATA.get(normalise(row["data"])),
        row["hosting"] if row["hosting"] in {"own", "supplier", "shared", "cloud"} else None,
    )
    if supplier:
        kind = kinds.get(normalise(supplier.name), "body")
        harvest.ties.append(
            _tie(row, "supplied-by" if kind != "shared-service" else "operated-by", system, (kind, supplier), options)
        )
    harvest.report.kept += 1


def _shared(row: _Row, kinds: dict[str, str], options: Options, harvest: Harvest) -> None:
    if not row["name"]:
        harvest.report.skip(row.where, "no name")
        return
    body = ("shared-service", Party(row["name"]))
    values = {"service_area": area_of_word(row["area"]) if row["area"] else None, **row.dates()}
    for member in row.many("members"):
        harvest.ties.append(_tie(row, "served-by", ("authority", Party(member)), body, options, values=values))
    if row["host"]:
        harvest.ties.append(
            _tie(row, "hosted-on", body, ("authority", Party(row["host"])), options, values=row.dates())
        )
    if row["operator"]:
        kind = kinds.get(normalise(row["operator"]), "body")
        harvest.ties.append(_tie(row, "operated-by", body, (kind, Party(row["operator"])), options, values=row.dates()))
    for system in row.many("systems"):
        harvest.ties.append(_tie(row, "uses", body, ("system", Party(system)), options, values=row.dates()))
    harvest.report.kept += 1


def _link(row: _Row, kinds: dict[str, str], options: Options, harvest: Harvest) -> None:
    word = normalise(row["relationship"].replace("-", " "))
    if word not in _LINKS:
        harvest.report.skip(row.where, f"the relationship {row['relationship']!r} is not known")
        return
    if not row["from"] or not row["to"]:
        harvest.report.skip(row.where, "one end is missing")
        return
    relation, turned = _LINKS[word]
    one, two = (row["to"], row["from"]) if turned else (row["from"], row["to"])
    ends = [(kinds.get(normalise(name), "body"), Party(name)) for name in (one, two)]
    if (
        relation in {"operated-by", "hosted-on", "supplied-by"}
        and word in {"provides", "maintains"}
        and ends[0][0] == "system"
    ):
        harvest.report.guess("what a supplier provides or maintains is supplied by it", f"{one}: {two}")
    checked = parse_date(row["start"])
    harvest.ties.append(
        Tie(
            row.where,
            relation,
            ends[0],
            ends[1],
            {"service_area": area_of_word(row["area"]) if row["area"] else None, **row.dates()},
            grade=_SURE.get(normalise(row["sure"]), options.grade or "reported"),
            publisher=row["source"] or None,
            published=None,
            claim=f"{row['from']} {row['relationship']} {row['to']}",
        )
    )
    if checked:
        harvest.dates.append(checked)
