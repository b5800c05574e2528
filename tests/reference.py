"""The model a second time, as plainly as it can be said.

The package computes its answers with arrays and shortcuts. This file computes the same answers by
applying every rule again and again until nothing changes, so that a mistake in one of the two shows.
It shares no code with the package and is only used by tests. Speed does not matter here; being
obvious does.

Comments name what they follow: "rule 13" is a numbered rule of the fine print of the model, "section
4" a section of the model itself.

Where the fine print leaves a choice and the conformance cases make it, the choice is this:

- A line that fails makes the line without an area fail with "unknown": a place like any other, where
  harm may grow. Any line of a supplier or shared service will do, also one that only harm opened; a
  service of an authority, however, leads only to a line in which the authority provides something.
- Whether another root reaches a root (rule 30) is asked of each place, and a place at which the other
  root itself starts is not reached by it.
- In a replay a month counts as 31 days.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

Tables = dict[str, Any]
"""Name of a file without its ending -> its rows; and ``dataset`` -> its settings."""

KINDS = ("exposure", "tampering", "outage", "intrusion", "exit")
BANDS = ("documented", "likely", "possible", "not-ruled-out")
DOCUMENTED, LIKELY, POSSIBLE, NOT_RULED_OUT = range(4)

# What a cell of the tables and a grade of evidence allow at best (section 5).
BAND_OF_CELL = {
    "yes": DOCUMENTED,
    "onward": DOCUMENTED,
    "possible": POSSIBLE,
    "unknown": NOT_RULED_OUT,
}
BAND_OF_GRADE = {"confirmed": DOCUMENTED, "reported": LIKELY, "inferred": POSSIBLE}

# For these kinds a group of alternatives fails only together (section 4).
TOGETHER = ("outage", "exit", "tampering")

PLACES = ("system", "store", "environment", "product")
NO_AREA = ""

DATASETS = Path(__file__).resolve().parent.parent / "datasets"


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


PROPAGATION = _read_csv(DATASETS / "propagation.csv")
INSIDE = {(row["from"], row["to"], row["where"]): row for row in _read_csv(DATASETS / "inside.csv")}
AREAS = {row["id"]: row for row in _read_csv(DATASETS / "service_areas.csv")}
AGEING = [(int(row["years"]), int(row["grades"])) for row in _read_csv(DATASETS / "ageing.csv")]


def read(folder: Path) -> Tables:
    """Read a data set folder, the register beside it included.

    Parameters
    ----------
    folder : Path
        A folder with ``dataset.toml`` and the CSV files of the data set.

    Returns
    -------
    dict
        ``dataset`` and one list of rows for each CSV file, all values as text.
    """
    tables: Tables = {path.stem: _read_csv(path) for path in sorted(folder.glob("*.csv"))}
    tables["dataset"] = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
    return tables


# --------------------------------------------------------------------------
# Dates and values
# --------------------------------------------------------------------------


def first_day(date: str) -> str:
    """Return the first day that a date may mean; a blank date is open."""
    return {0: "0000-00-00", 4: date + "-01-01", 7: date + "-01"}.get(len(date), date)


def last_day(date: str) -> str:
    """Return the last day that a date may mean, a month counted as 31 days; blank is open.

    No day lies between the 30th and the 31st, so for what begins and ends this is
    the calendar. It shows only where a replay knows what was published by the
    last day of a short month: a month alone is then left out.
    """
    return {0: "9999-99-99", 4: date + "-12-31", 7: date + "-31"}.get(len(date), date)


class Value(NamedTuple):
    """A value of a row and the best band that a step may have if the value decides it."""

    text: str
    band: int


@dataclass(frozen=True)
class Row:
    """A relation that counts in this question, stated or implied."""

    id: str
    relation: str
    dependent: str
    provider: str
    start: str
    end: str
    band: int
    area: Value
    data: Value
    access: Value
    hosting: Value
    alternative: Value
    data_returned: Value
    use: str = ""  # for an implied relation, the row it came from
    only_outage: bool = False  # of an implied relation a stated one has replaced the rest (rule 16)

    def in_force(self, date: str) -> bool:
        return self.start <= date <= self.end

    @property
    def implied(self) -> bool:
        return self.use != ""

    def begun(self, date: str) -> bool:
        return self.start <= date

    @property
    def hops(self) -> int:
        """An implied relation is two rows: the use and the making (section 7)."""
        return 2 if self.implied else 1


class Evidence:
    """What a replay knows, and how sure a row and its values are."""

    def __init__(self, tables: Tables, as_of: str, without: str | None, known_before: str | None) -> None:
        self.items = {item["id"]: item for item in tables["evidence"]}
        self.as_of = as_of
        self.without = without
        self.known_before = known_before
        # Rule 10: no word on the own register means inferred.
        self.register_grade = tables["dataset"].get("own_register") or "inferred"
        self.register_published = str(tables["dataset"]["as_of"])
        self.register_date = last_day(self.register_published)

    def known(self, item: Mapping[str, str]) -> bool:
        """Say whether a replay may use this item (section 6, rules 11 and 33)."""
        if self.without and self.without in item["incident"].split(";"):
            return False
        if self.known_before:
            return bool(item["published"]) and last_day(item["published"]) <= self.known_before
        return True

    def about(self, row: Mapping[str, str], field: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Return what supports and what disputes a field (blank: the relation), known or not."""
        items = [self.items[i] for i in row["evidence"].split(";") if i]
        items = [item for item in items if item["about"] == field]
        supports = [item for item in items if item["stance"] == "supports"]
        disputes = [item for item in items if item["stance"] == "disputes"]
        return supports, disputes

    def ages(self, row: Mapping[str, str]) -> bool:
        """Rule 37: a row that says itself how long it holds does not age."""
        if row["valid_to"]:
            supports, _ = self.about(row, "valid_to")
            if not supports or any(self.known(item) for item in supports):
                return False
        if not all(self.known(item) for item in self.about(row, "")[0]):
            return True  # no item speaks of the end of a contract: it may have come with what is left out
        ends = (row.get("contract_end_latest") or "", row.get("contract_end") or "")
        return not any(end and last_day(end) >= self.as_of for end in ends)

    def aged(self, row: Mapping[str, str], confidence: str, published: str) -> int:
        """Rules 35 and 36: the band that an item allows at best at the date asked."""
        band = BAND_OF_GRADE[confidence]
        if not self.ages(row):
            return band
        if not published:
            return max(band, BAND_OF_GRADE["reported"])
        day = last_day(published)
        lost = [(years, grades) for years, grades in AGEING if f"{int(day[:4]) + years:04}{day[4:]}" < self.as_of]
        return min(band + (max(lost)[1] if lost else 0), BAND_OF_GRADE["inferred"])

    def band(self, row: Mapping[str, str], item: Mapping[str, str]) -> int:
        """The band that an item of evidence of a row allows at best."""
        return self.aged(row, item["confidence"], item["published"])

    def disputed(self, row: Mapping[str, str], band: int, disputes: Iterable[Mapping[str, str]]) -> int:
        """A dispute at least as strong as the support makes it inferred (section 5)."""
        if any(self.band(row, item) <= band for item in disputes if self.known(item)):
            return BAND_OF_GRADE["inferred"]
        return band

    def relation(self, row: Mapping[str, str]) -> int | None:
        """Return the best band of a row, or None if the row is not known in this replay."""
        supports, disputes = self.about(row, "")
        if supports:
            bands = [self.band(row, item) for item in supports if self.known(item)]
            if not bands:
                return None
            band = min(bands)
        else:
            # Rules 9, 10 and 38: the register is the evidence, published on its own date.
            if self.known_before and self.register_date > self.known_before:
                return None
            band = self.aged(row, self.register_grade, self.register_published)
        return self.disputed(row, band, disputes)

    def value(self, row: Mapping[str, str], field: str, relation_band: int) -> Value:
        """Return a value of a row as this replay knows it (rules 6 and 7)."""
        if not row[field]:
            return Value("", relation_band)
        supports, disputes = self.about(row, field)
        band = relation_band
        if supports:
            bands = [self.band(row, item) for item in supports if self.known(item)]
            if not bands:
                return Value("", relation_band)
            band = min(bands)
        return Value(row[field], self.disputed(row, band, disputes))


# --------------------------------------------------------------------------
# Rows
# --------------------------------------------------------------------------


class World:
    """The rows that count at a date in a replay, and the places they join."""

    def __init__(self, tables: Tables, as_of: str, without: str | None, known_before: str | None) -> None:
        self.as_of = as_of
        self.entities: dict[str, dict[str, str]] = {row["id"]: row for row in tables["entities"]}
        self.register: dict[str, dict[str, str]] = {row["id"]: row for row in tables["register"]}
        self.evidence = Evidence(tables, as_of, without, known_before)
        stated = [row for raw in tables["relations"] if (row := self.stated(raw)) is not None]
        rows = stated + self.implied(stated)
        # Section 6: a relation that has not begun carries nothing.
        self.rows = [row for row in rows if row.begun(as_of)]

    def kind(self, entity: str) -> str:
        return self.entities[entity]["kind"]

    def lifetime(self, entity: str) -> tuple[str, str]:
        """Return the first and last day of an authority; of anything else, open bounds."""
        entry = self.register.get(entity, {})
        return first_day(entry.get("valid_from", "")), last_day(entry.get("valid_to", ""))

    def areas_of(self, entity: str) -> list[str]:
        return [area for area in self.entities[entity]["service_area"].split(";") if area]

    def stated(self, raw: Mapping[str, str]) -> Row | None:
        """Return a row as this question knows it, or None if it does not count."""
        band = self.evidence.relation(raw)
        if band is None:
            return None
        values = {
            field: self.evidence.value(raw, field, band)
            for field in (
                "service_area",
                "data",
                "access",
                "hosting",
                "alternative",
                "data_returned",
                "valid_from",
                "valid_to",
            )
        }
        starts = [first_day(values["valid_from"].text)]
        ends = [last_day(values["valid_to"].text)]
        for end in (raw["dependent"], raw["provider"]):
            starts.append(self.lifetime(end)[0])
            ends.append(self.lifetime(end)[1])
        # Rule 12: a window that is empty after cutting does not count at all.
        if max(starts) > min(ends):
            return None
        area = self.settled_area(raw, values["service_area"], band)
        return Row(
            id=raw["id"],
            relation=raw["relation"],
            dependent=raw["dependent"],
            provider=raw["provider"],
            start=max(starts),
            end=min(ends),
            band=band,
            area=area,
            data=self.settled_data(raw, values["data"], area.text),
            access=values["access"],
            hosting=self.settled(raw, "hosting", values["hosting"]),
            alternative=values["alternative"],
            data_returned=values["data_returned"],
        )

    def settled_area(self, raw: Mapping[str, str], stated: Value, relation_band: int) -> Value:
        """Rule 3: the row's area, else the one area of the provider, else of the dependent."""
        if stated.text:
            return stated
        for end in (raw["provider"], raw["dependent"]):
            if self.kind(end) in PLACES and len(self.areas_of(end)) == 1:
                return Value(self.areas_of(end)[0], relation_band)
        return Value(NO_AREA, relation_band)

    def settled(self, raw: Mapping[str, str], field: str, stated: Value) -> Value:
        """Rule 4: the row, else the product or system at either end; the latter is assumed."""
        if stated.text:
            return stated
        for end in (raw["provider"], raw["dependent"]):
            if self.kind(end) in ("product", "system") and self.entities[end][field]:
                return Value(self.entities[end][field], LIKELY)
        return stated

    def settled_data(self, raw: Mapping[str, str], stated: Value, area: str) -> Value:
        """Rule 5: as above, else what the area says; that is assumed too."""
        value = self.settled(raw, "data", stated)
        if not value.text and area and AREAS[area]["data"]:
            return Value(AREAS[area]["data"], LIKELY)
        return value

    def implied(self, stated: Sequence[Row]) -> list[Row]:
        """Return the relations to makers that uses of products imply (rules 15 and 16)."""
        found = []
        for use in stated:
            for making in stated:
                if (use.relation, making.relation) != ("uses", "made-by"):
                    continue
                if use.provider != making.dependent:
                    continue
                start, end = max(use.start, making.start), min(use.end, making.end)
                if use.dependent == making.provider or start > end:
                    continue
                row = replace(
                    use,
                    id=f"{use.id}+{making.id}",
                    relation=implied_relation(use.hosting.text)[0],
                    provider=making.provider,
                    start=start,
                    end=end,
                    band=max(use.band, making.band),
                    use=use.id,
                )
                say_more = [other for other in stated if self.says_more(other, row)]
                replaced = any(other.relation == "served-by" for other in say_more)
                if replaced or (say_more and use.hosting.text == "own"):
                    continue
                only_outage = bool(say_more) and use.hosting.text != "supplier"
                found.append(replace(row, only_outage=only_outage))
        return found

    def says_more(self, stated: Row, implied: Row) -> bool:
        """Rule 16: a stated row that says more, in force, in the area of the use or in none."""
        says_more = stated.relation == "served-by" or (stated.relation == "supplied-by" and stated.access.text != "")
        return (
            says_more
            and stated.dependent == implied.dependent
            and stated.provider == implied.provider
            and stated.area.text in (implied.area.text, NO_AREA)
            and stated.in_force(self.as_of)
        )

    def band(self, row: Row, kind: str) -> int | None:
        """Return the best band in which a row carries a kind, or None if it does not."""
        values = {
            "area": row.area.text,
            "data": row.data.text,
            "access": row.access.text,
            "hosting": row.hosting.text,
        }
        line = self.fitting_line(row, values)
        cell = line[kind]
        if cell == "no":  # Rule 2: a no excludes in every band.
            return None
        bands = [row.band]
        if row.only_outage and (kind != "outage" or not row.in_force(self.as_of)):
            return None  # rule 16
        if not row.in_force(self.as_of):
            # Rule 13: what has ended may still expose what was not given back.
            if kind != "exposure" or line["retains"] != "yes" or row.data_returned.text == "yes":
                return None
            if row.data_returned.text == "no":
                bands.append(row.data_returned.band)
            else:
                cell = "unknown"
        bands.append(BAND_OF_CELL[cell])
        # Rule 1: a value weakens the step if the cell would differ without it.
        weights = {
            "area": row.area.band,
            "data": row.data.band,
            "access": row.access.band,
            "hosting": row.hosting.band,
        }
        for field, weight in weights.items():
            if self.fitting_line(row, values | {field: ""})[kind] != line[kind]:
                bands.append(weight)
        return max(bands)

    def fitting_line(self, row: Row, values: Mapping[str, str]) -> dict[str, str]:
        """Return the first line of the table that fits a row with these values."""
        relation, access = row.relation, values["access"]
        if row.implied:
            relation, access = implied_relation(values["hosting"])
        area = values["area"]
        facts = {
            "provider": self.kind(row.provider),
            "data": values["data"] or "unknown",
            "access": access or "unknown",
            "area": area,
            "enabling": AREAS[area]["enabling"] if area else "no",
        }
        for line in PROPAGATION:
            conditions = [condition.split("=") for condition in line["when"].split()]
            fits = all(facts[name] in words.split("|") for name, words in conditions)
            if line["relation"] == relation and fits:
                return line
        raise LookupError(f"no line of the table fits {row.id} ({relation}, {facts})")


def implied_relation(hosting: str) -> tuple[str, str]:
    """Return the relation and access that using a product implies to its maker (section 2)."""
    if hosting == "supplier":
        return "served-by", ""
    return "supplied-by", "none" if hosting == "own" else ""


def is_enabling(area: str) -> bool:
    """Say whether everything else runs on this service area; no area is not enabling."""
    return bool(area) and AREAS[area]["enabling"] == "yes"


# --------------------------------------------------------------------------
# Places, and the moves between them
# --------------------------------------------------------------------------


class Place(NamedTuple):
    """Where harm may be: a whole body, one of its lines or one of its services (rule 27)."""

    what: str  # "whole", "line" or "service"
    entity: str
    area: str = NO_AREA


class Move(NamedTuple):
    """Harm of one kind at one place brings harm of a kind to another place."""

    source: Place
    kind: str
    target: Place
    new_kind: str
    band: int
    hops: int = 0
    onward: bool = False  # only what is at least likely moves on
    derived: bool = False  # made inside one place, not brought there


class Failing(NamedTuple):
    """One way in which a member of a group fails."""

    source: Place
    kind: str
    band: int
    hops: int


class Member(NamedTuple):
    """A row in a group of alternatives: how sure it is one, and how it fails."""

    band: int
    ways: list[Failing]


class Group(NamedTuple):
    """Uses that back each other up, and where their common failing enters."""

    members: list[Member]
    targets: list[Place]


class Map:
    """All places, moves and groups of alternatives of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lines = {entity: self.lines_of(entity) for entity in world.entities}
        self.services = {entity: self.services_of(entity) for entity in world.entities}
        self.moves: list[Move] = []
        self.groups: list[Group] = []
        grouped = self.add_groups()
        for row in world.rows:
            alone = [kind for kind in KINDS if row.id not in grouped or kind not in TOGETHER]
            self.add_row(row, alone)
        for entity in world.entities:
            self.add_inside(entity)
        for place in self.places():
            self.add_derived(place)

    def lines_of(self, entity: str) -> set[str]:
        """Rule 21: a line for each area in which a body provides something, and one without."""
        if self.world.kind(entity) not in ("supplier", "shared-service", "authority"):
            return set()
        areas = {NO_AREA}
        for row in self.world.rows:
            ties = ("linked-to", "owned-by", "member-of")
            if row.provider == entity and row.relation not in ties:
                areas.update(self.provider_areas(row))
        return areas

    def services_of(self, entity: str) -> set[str]:
        """Rule 20: a service for each area in which an authority depends on something now."""
        if self.world.kind(entity) != "authority":
            return set()
        return {
            row.area.text
            for row in self.world.rows
            if row.dependent == entity
            and row.in_force(self.world.as_of)
            and row.relation not in ("linked-to", "member-of")
        }

    def provider_areas(self, row: Row) -> list[str]:
        """Return the areas of the lines of its provider on which a row hangs."""
        if row.relation == "made-by":
            return self.world.areas_of(row.dependent) or [NO_AREA]
        return [row.area.text]

    def sources(self, row: Row) -> list[Place]:
        """Return the places whose harm a row carries: lines, or the whole provider."""
        if row.relation in ("linked-to", "owned-by") or not self.lines[row.provider]:
            return [Place("whole", row.provider)]
        return [Place("line", row.provider, area) for area in self.provider_areas(row)]

    def targets(self, row: Row) -> list[tuple[Place, int]]:
        """Return the places a row brings harm to, each with the best band (section 4)."""
        dependent, area = row.dependent, row.area.text
        kind = self.world.kind(dependent)
        if row.relation in ("linked-to", "owned-by") or kind in PLACES:
            return [(Place("whole", dependent), DOCUMENTED)]
        if kind == "authority":  # Rule 22: without an area this is the service without an area.
            return [(Place("service", dependent, area), DOCUMENTED)]
        if is_enabling(area):  # Rule 23
            return [(Place("whole", dependent), DOCUMENTED)]
        if area:
            return [(Place("line", dependent, area), DOCUMENTED)]
        if row.relation in ("supplied-by", "subcontracts-to"):
            return [(Place("line", dependent, each), POSSIBLE) for each in self.lines[dependent]]
        return [(Place("whole", dependent), DOCUMENTED)]  # Rule 23

    def add_row(self, row: Row, kinds: Iterable[str]) -> None:
        """Add what a row carries by itself."""
        for kind in kinds:
            band = self.world.band(row, kind)
            if band is None:
                continue
            if row.relation == "owned-by" and self.world.kind(row.provider) == "authority":
                continue  # rule 26, see add_owned
            for source in self.sources(row):
                for target, target_band in self.targets(row):
                    best = max(band, target_band)
                    self.add_crossing(row, source, target, kind, best)
                    if row.relation == "linked-to":  # a link is crossed both ways
                        self.add_crossing(row, target, source, kind, best)

    def add_crossing(self, row: Row, source: Place, target: Place, kind: str, band: int) -> None:
        # Rule 25: an attacker leaves an authority over a link only if likely inside it.
        onward = row.relation == "linked-to" and self.world.kind(source.entity) == "authority"
        self.moves.append(Move(source, kind, target, kind, band, row.hops, onward))

    def add_owned(self, roots: Iterable[str], kinds: Iterable[str]) -> None:
        """Rule 26: what an authority owns falls with it only if it is a root, as was asked."""
        for row in self.world.rows:
            owner_is_authority = self.world.kind(row.provider) == "authority"
            if row.relation == "owned-by" and owner_is_authority and row.provider in roots:
                for kind in kinds:
                    band = self.world.band(row, kind)
                    if band is not None:
                        source = Place("whole", row.provider)
                        target = Place("whole", row.dependent)
                        self.moves.append(Move(source, kind, target, kind, band, row.hops))

    def add_groups(self) -> set[str]:
        """Add the groups of alternatives (rules 17, 18); return the rows they speak for."""
        world = self.world
        groups: dict[tuple[str, str, str], list[Row]] = {}
        for row in world.rows:
            if row.relation == "uses" and row.alternative.text and row.in_force(world.as_of):
                key = (row.dependent, row.area.text, row.alternative.text)
                groups.setdefault(key, []).append(row)
        grouped: set[str] = set()
        for uses in groups.values():
            members = []
            for use in uses:
                rows = [use, *[row for row in world.rows if row.use == use.id]]
                grouped.update(row.id for row in rows)
                ways = [way for row in rows for way in self.ways(row)]
                members.append(Member(max(use.band, use.alternative.band), ways))
            self.groups.append(Group(members, [place for place, _ in self.targets(uses[0])]))
        return grouped

    def ways(self, row: Row) -> list[Failing]:
        """Return how a member of a group fails by its own row or by an implied one.

        By rule 18 what is supplied without an area is possible at best, but it
        enters where the use does.
        """
        worst_target = max(band for _, band in self.targets(row))
        return [
            Failing(source, kind, max(band, worst_target), row.hops)
            for kind in TOGETHER
            if (band := self.world.band(row, kind)) is not None
            for source in self.sources(row)
        ]

    def add_inside(self, entity: str) -> None:
        """Add how harm travels inside one body, by the table of that name."""
        kind = self.world.kind(entity)
        whole, no_area = Place("whole", entity), Place("line", entity, NO_AREA)
        if self.lines[entity]:
            # A row without an area hangs on the line without an area. Whether that fails with
            # any other line, one that only harm opened included, is not known.
            for area in AREAS:
                line = Place("line", entity, area)
                self.add_inside_moves("a line", "a row without an area", line, no_area)
        lines = [Place("line", entity, area) for area in sorted(self.lines[entity])]
        if kind in ("supplier", "shared-service"):
            for line in lines:
                self.add_inside_moves("organisation", "its lines", whole, line)
        if kind != "authority":
            return
        for line in lines:
            self.add_inside_moves("authority", "its lines", whole, line)
        for service in self.all_services(entity):
            self.add_inside_moves("its service", "authority", service, whole)
            for line in lines:
                # Rule 22: the service without an area leads to no line.
                if service.area and service.area == line.area:
                    self.add_inside_moves("its service", "its line of that area", service, line)
                elif is_enabling(service.area):
                    self.add_inside_moves("its enabling service", "its other lines", service, line)
            if is_enabling(service.area):
                for area in sorted(self.services[entity] - {service.area}):
                    other = Place("service", entity, area)
                    self.add_inside_moves("its enabling service", "its other services", service, other)

    def add_inside_moves(self, name: str, to: str, source: Place, target: Place) -> None:
        cells = INSIDE[name, to, ""]
        for kind in KINDS:
            if cells[kind] != "no":
                band, onward = BAND_OF_CELL[cells[kind]], cells[kind] == "onward"
                self.moves.append(Move(source, kind, target, kind, band, onward=onward))

    def add_derived(self, place: Place) -> None:
        """Add what harm of one kind makes of itself in the place where it is (rule 27)."""
        for (name, to, where), cells in INSIDE.items():
            kind = self.world.kind(place.entity)
            if to != "same place" or (where and kind not in where.split("|")):
                continue
            for new in KINDS:
                if cells[new]:
                    band = BAND_OF_CELL[cells[new]]
                    self.moves.append(Move(place, name, place, new, band, derived=True))

    def all_services(self, entity: str) -> list[Place]:
        """Return the services of an authority, those known only from ended rows too."""
        areas = {
            target.area
            for row in self.world.rows
            for target, _ in self.targets(row)
            if row.dependent == entity and target.what == "service" and row.relation != "member-of"
        }
        return [Place("service", entity, area) for area in sorted(areas)]

    def places(self) -> list[Place]:
        """Return every place that there is, in order."""
        found = {Place("whole", entity) for entity in self.world.entities}
        for entity, areas in self.lines.items():
            found.update(Place("line", entity, area) for area in areas)
        for move in self.moves:
            found.update((move.source, move.target))
        for group in self.groups:
            found.update(group.targets)
        return sorted(found)

    def start(self, root: str) -> set[Place]:
        """Return the places that fail at the start (rules 24 and 29)."""
        entity, _, area = root.partition("/")
        if area:
            return {Place("line", entity, area)}
        found = {Place("whole", entity)}
        found.update(Place("line", entity, area) for area in self.lines[entity])
        found.update(Place("service", entity, area) for area in self.services[entity])
        return found


# --------------------------------------------------------------------------
# The fixed point
# --------------------------------------------------------------------------

State = dict[tuple[Place, str], int]
"""Where harm is, of which kind, and by how many hops at the least."""


def solve(world: World, roots: Sequence[str], kinds: Sequence[str]) -> list[State]:
    """Return the state of each band: apply every rule until nothing changes.

    Parameters
    ----------
    world : World
        The rows that count.
    roots : sequence of str
        What fails at the start, together.
    kinds : sequence of str
        The kinds in which it fails.

    Returns
    -------
    list of dict
        For each of the four bands, place and kind -> hops.
    """
    map_ = Map(world)
    map_.add_owned(roots, kinds)
    alone = {root: solve(world, [root], kinds) for root in roots} if len(roots) > 1 else {}
    starts = {root: map_.start(root) for root in roots}

    def may_derive(move: Move, band: int) -> bool:
        """Rules 29 and 30: nothing is derived at a root, but by its leaving or another root."""
        at_root = any(move.source in starts[root] for root in roots)
        if not at_root or move.kind == "exit":
            return True
        others = [root for root in roots if move.source not in starts[root]]
        return any((move.source, move.kind) in alone[other][band] for other in others)

    states: list[State] = []
    for band in range(len(BANDS)):
        state: State = {(place, kind): 0 for root in roots for place in starts[root] for kind in kinds}
        changed = True
        while changed:
            changed = False
            for move in map_.moves:
                if move.band > band or (move.derived and not may_derive(move, band)):
                    continue
                # Rule 25: in the wider bands an attacker moves on from where one is likely.
                before = states[LIKELY] if move.onward and band > LIKELY else state
                hops = before.get((move.source, move.kind))
                if hops is not None:
                    changed |= lower(state, move.target, move.new_kind, hops + move.hops)
            for group in map_.groups:
                for kind in TOGETHER:
                    hops = group_hops(group, kind, band, state)
                    if hops is not None:
                        for target in group.targets:
                            changed |= lower(state, target, kind, hops)
        states.append(state)
    return states


def lower(state: State, place: Place, kind: str, hops: int) -> bool:
    """Note harm at a place by so many hops, and say whether that is news."""
    old = state.get((place, kind))
    if old is not None and old <= hops:
        return False
    state[place, kind] = hops
    return True


def group_hops(group: Group, kind: str, band: int, state: State) -> int | None:
    """Return the hops by which a group fails in a band, or None (rules 17 to 19)."""

    def member_hops(member: Member) -> int | None:
        found = [
            state[way.source, way.kind] + way.hops
            for way in member.ways
            if way.kind == kind and way.band <= band and (way.source, way.kind) in state
        ]
        return min(found, default=None)

    # Section 5: who counts as an alternative at all in this band.
    worst = {DOCUMENTED: POSSIBLE, LIKELY: LIKELY}.get(band, DOCUMENTED)
    qualified = [member for member in group.members if member.band <= worst]
    if not qualified:  # then each row stands alone
        alone = [member_hops(member) for member in group.members]
        return min((hops for hops in alone if hops is not None), default=None)
    together = [member_hops(member) for member in qualified]
    failed = [hops for hops in together if hops is not None]
    return max(failed) if len(failed) == len(qualified) else None


# --------------------------------------------------------------------------
# The answer
# --------------------------------------------------------------------------


def answer(
    tables: Tables,
    *,
    roots: Sequence[str],
    kinds: Sequence[str],
    as_of: str,
    without: str | None = None,
    known_before: str | None = None,
) -> dict[str, Any]:
    """Say which authorities could be reached, and how surely.

    Parameters
    ----------
    tables : dict
        A data set, as `read` returns it.
    roots : sequence of str
        Entities, or lines such as ``supplier:capita/pensions``, that fail together.
    kinds : sequence of str
        The failure kinds asked about.
    as_of : str
        The day of the question.
    without : str, optional
        An incident whose own reporting is left out.
    known_before : str, optional
        A day; what was published later, or is undated, is left out.

    Returns
    -------
    dict
        ``authorities``, ``abolished``, ``groups`` and ``ring``, in the shape of
        the ``expected.json`` of the conformance cases.
    """
    world = World(tables, as_of, without, known_before)
    states = solve(world, roots, kinds)
    shelves: dict[str, Any] = {"authorities": {}, "abolished": {}, "groups": {}}
    for entity in sorted(world.entities):
        if world.kind(entity) == "authority":
            found = answer_for(entity, states)
            if entity in roots:
                found["root"] = True
            if found["kinds"] or entity in roots:
                shelves[shelf(world, entity)][entity] = found
    ring = {BANDS[band]: ring_of(world, states[band]) for band in (DOCUMENTED, LIKELY, POSSIBLE)}
    return {**shelves, "ring": ring}


def answer_for(entity: str, states: Sequence[State]) -> dict[str, Any]:
    """Return the kinds and services of one authority, each in its best band (rule 34)."""
    kinds: dict[str, Any] = {}
    services: dict[str, dict[str, str]] = {}
    for band, state in enumerate(states):
        for (place, kind), hops in state.items():
            if place.entity != entity:
                continue
            if place.what == "whole":
                kinds.setdefault(kind, {"band": BANDS[band], "hops": hops})
            elif place.what == "service":
                services.setdefault(place.area or "?", {}).setdefault(kind, BANDS[band])
    sorted_services = {area: dict(sorted(found.items())) for area, found in sorted(services.items())}
    return {"kinds": dict(sorted(kinds.items())), "services": sorted_services}


def shelf(world: World, entity: str) -> str:
    """Rule 14: groups first, then what does not exist at the date, then authorities."""
    if world.entities[entity]["authority_type"] == "group":
        return "groups"
    start, end = world.lifetime(entity)
    return "authorities" if start <= world.as_of <= end else "abolished"


def ring_of(world: World, state: State) -> list[str]:
    """Rule 31: authorities not reached that live where an attacker is, or are linked to it."""
    intruded = {place for place, kind in state if kind == "intrusion"}
    reached = {place.entity for place, _ in state if place.what == "whole"}
    found = set()
    for row in world.rows:
        if not row.in_force(world.as_of):
            continue
        ties: list[tuple[str, Place]] = []
        if row.relation == "linked-to":
            ties.append((row.dependent, Place("whole", row.provider)))
            ties.append((row.provider, Place("whole", row.dependent)))
        elif row.relation == "hosted-on" and world.kind(row.provider) == "environment":
            ties.append((row.dependent, Place("whole", row.provider)))
        elif row.relation in ("hosted-on", "served-by") and world.kind(row.provider) == "shared-service":
            ties.append((row.dependent, Place("line", row.provider, row.area.text)))
        for entity, other in ties:
            if (
                other in intruded
                and entity not in reached
                and world.kind(entity) == "authority"
                and world.entities[entity]["authority_type"] != "group"
            ):
                found.add(entity)
    return sorted(found)
