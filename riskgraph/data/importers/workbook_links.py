"""The sheet Links of a workbook: what each word between two names means in the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from riskgraph.data.importers.facts import Harvest, Options, Party, Said, Tie
from riskgraph.data.importers.values import company_key, redacted, web_address
from riskgraph.data.importers.words import ACCESS
from riskgraph.data.importers.workbook_rows import Kinds, Row, known_company, listed
from riskgraph.data.names import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.model import ENVIRONMENT, PRODUCT, SHARED_SERVICE, SUPPLIER, SYSTEM, Grade

__all__ = ["councils_of", "read_links"]

# words of the sheet -> the relation, and whether the sentence has to be turned round
_WORDS: dict[str, tuple[str, bool]] = {
    "uses": ("uses", False),
    "used by": ("uses", True),
    "provides": ("supplied-by", True),
    "provided by": ("supplied-by", False),
    "supplies": ("supplied-by", True),
    "supplied by": ("supplied-by", False),
    "maintains": ("supplied-by", True),
    "maintained by": ("supplied-by", False),
    "supports": ("supplied-by", True),
    "supported by": ("supplied-by", False),
    "licenses": ("supplied-by", True),
    "licences": ("supplied-by", True),
    "licensed by": ("supplied-by", False),
    "hosts": ("hosted-on", True),
    "hosted on": ("hosted-on", False),
    "hosted by": ("hosted-on", False),
    "operates": ("operated-by", True),
    "operated by": ("operated-by", False),
    "host of": ("operated-by", True),
    "manages": ("managed", True),
    "managed by": ("managed", False),
    "develops": ("made-by", True),
    "developed by": ("made-by", False),
    "made by": ("made-by", False),
    "subcontracts to": ("subcontracts-to", False),
    "owned by": ("owned-by", False),
    "owns": ("owned-by", True),
    "member of": ("member-of", False),
    "shares system with": ("linked-to", False),
    "network link": ("linked-to", False),
    "linked to": ("linked-to", False),
    "sends data to": ("data-held-by", False),
    "holds data for": ("data-held-by", True),
    "supports service": ("served-by", True),
    "serves": ("served-by", True),
    "served by": ("served-by", False),
    "instance of": ("instance-of", False),
    "backup for": ("backup", False),
    "backed up by": ("backup", True),
}
_READ_AS_SUPPLY = {"provides", "maintains", "supports", "licenses", "licences"}
# ends that can only be one sort of thing: relation -> kind of the dependent, kind of the provider
_ONLY = {"uses": ("body", SYSTEM), "made-by": (PRODUCT, "body"), "instance-of": (SYSTEM, PRODUCT)}
_PLACES = {SYSTEM, ENVIRONMENT, SHARED_SERVICE}
_SAYS_THE_SAME = {("linked-to", "network"), ("data-held-by", "data")}
End = tuple[str, Party]


@dataclass(frozen=True)
class _Backup:
    """One system stands by for another."""

    row: Row
    spare: End
    main: End
    tie: Tie  # its dates, area and source


def councils_of(rows: Sequence[Row], companies: set[str]) -> list[str]:
    """Names that use or are served, and neither provide anything nor look like a company: councils, known or not."""
    said = [(_WORDS.get(_word(row), ("", False)), row["from"], row["to"]) for row in rows]
    providers = {company_key(one if turned else two) for (relation, turned), one, two in said if relation != "uses"}
    found = []
    for (relation, turned), one, two in said:
        name = two if turned else one
        key = company_key(name)
        if relation in {"uses", "served-by"} and key not in providers | companies and key == normalise(name):
            kind, _ = known_company("body", name)
            found += [name] if kind == "body" and name and not redacted(name) else []
    return found


def _word(row: Row) -> str:
    return normalise(row["relationship"].replace("-", " ")).removeprefix("is ")


def read_links(rows: Sequence[Row], kinds: Kinds, options: Options, harvest: Harvest) -> None:
    """Every row as relations; the backups last, because they concern whoever uses what they back up."""
    backups: list[_Backup] = []
    for row in rows:
        _link(row, kinds, options, harvest, backups)
    _agree(harvest)
    _back_up(backups, harvest)


def _link(row: Row, kinds: Kinds, options: Options, harvest: Harvest, backups: list[_Backup]) -> None:
    word = _word(row)
    if word not in _WORDS:
        row.report.skip(row.where, f"the relationship {row['relationship']!r} is not known")
        return
    if not row["from"] or not row["to"]:
        row.report.skip(row.where, "one end is missing")
        return
    if redacted(row["from"]) or redacted(row["to"]):
        row.report.redacted += 1
        row.report.skip(row.where, "a name is redacted: who it is is not known")
        return
    relation, turned = _WORDS[word]
    names = (row["to"], row["from"]) if turned else (row["from"], row["to"])
    known = [listed(name, kinds) for name in names]
    if relation == "uses":
        known[1] = known_company(*known[1])
    one, two = (kind for kind, _ in known)
    claim = f"{row['from']} {row['relationship']} {row['to']}"
    if relation == "managed":
        relation = "operated-by" if one in _PLACES else "served-by"
        row.report.guess(f"manages: read as {relation.replace('-', ' ')}", claim)
    if relation == "uses" and two in {SUPPLIER, SHARED_SERVICE}:
        relation = "supplied-by" if two == SUPPLIER else "served-by"
        row.report.guess(f"uses a company or a service: read as {relation.replace('-', ' ')}", claim)
    if word in _READ_AS_SUPPLY and one == SYSTEM:
        row.report.guess("what a supplier provides, maintains or licenses is supplied by it", claim)
    expected = (SYSTEM, SYSTEM) if relation == "backup" else _ONLY.get(relation, ("body", "body"))
    ends = [_end(row, *end, only) for end, only in zip(known, expected, strict=True)]
    checked = row.date("checked")
    if checked:
        harvest.dates.append(checked)
    values: dict[str, object] = {"service_area": row.area(), **row.dates()}
    access = row.word("channel", ACCESS)
    if access and relation == "supplied-by":
        values["access"] = access
    elif access and (relation, access) not in _SAYS_THE_SAME:
        row.report.guess("channel not taken: only who supplies has one", f"{row.where}: {row['channel']}")
    url = web_address(row["source"])
    tie = Tie(
        row.where,
        relation,
        ends[0],
        ends[1],
        values,
        grade=row.grade(options),
        url=url,
        publisher=None if url else row["source"] or None,
        published=checked,
        claim=claim,
    )
    if relation == "backup":
        backups.append(_Backup(row, ends[0], ends[1], tie))
    elif relation == "made-by" and ends[0][0] == SYSTEM:
        product = (PRODUCT, Party(f"{ends[0][1].name} (software)"))
        row.report.guess("what is developed is the software of which the system is one copy", claim)
        harvest.ties.append(replace(tie, relation="instance-of", provider=product))
        harvest.ties.append(replace(tie, dependent=product, rows=0))
    else:
        harvest.ties.append(tie)


def _end(row: Row, kind: str, name: str, only: str) -> End:
    if kind == "body" and only != "body":
        row.report.guess(f"listed on no sheet: read as a {only}", f"{row.where}: {name}")
        kind = only
    return kind, Party(name)


def _agree(harvest: Harvest) -> None:
    """What a row of Links says of a system and its supplier holds for the row of Systems about the two."""
    said = {_pair(tie): tie for tie in reversed(harvest.ties) if tie.rows and tie.values.get("access")}
    for place, tie in enumerate(harvest.ties):
        better = said.get(_pair(tie))
        if tie.rows == 0 and tie.relation == "supplied-by" and better is not None:
            more = Said("access", better.claim, better.grade, better.url, better.publisher, better.published)
            harvest.ties[place] = replace(tie, values=better.values, said=(*tie.said, more))


def _pair(tie: Tie) -> tuple[str, str, str]:
    return tie.relation, normalise(tie.dependent[1].name), company_key(tie.provider[1].name)


def _back_up(backups: Sequence[_Backup], harvest: Harvest) -> None:
    """Whoever uses the one uses the other beside it: both rows get the name of one group of alternatives."""
    systems = [b for b in backups if b.spare[0] == b.main[0] == SYSTEM and _name(b.spare) != _name(b.main)]
    systems.sort(key=lambda b: (b.main[1].name, b.spare[1].name, str(replace(b.tie, where=""))))
    groups = _groups(systems)
    users: dict[str, list[int]] = defaultdict(list)  # system -> places of the rows that say who uses it
    for place, tie in enumerate(harvest.ties):
        if tie.relation == "uses":
            users[_name(tie.provider)].append(place)
    used: set[str] = set()
    changed = True
    while changed:  # what backs up a backup has users only when the backup has
        changed = False
        for backup in systems:
            spares: dict[End, list[int]] = defaultdict(list)  # who uses the spare one already
            for place in users[_name(backup.spare)]:
                spares[harvest.ties[place].dependent].append(place)
            for place in users[_name(backup.main)]:
                tie = harvest.ties[place]
                if not _meet(tie, backup.tie):
                    continue
                used.add(backup.row.where)
                before = len(harvest.ties)
                changed |= _beside(place, backup, groups[_name(backup.main)], spares[tie.dependent], harvest)
                for added in range(before, len(harvest.ties)):
                    users[_name(backup.spare)].append(added)
                    spares[tie.dependent].append(added)
    for backup in backups:
        if backup.row.where in used:
            harvest.report.kept += 1
        elif backup in systems:
            harvest.report.skip(
                backup.row.where, "nobody here uses what it backs up while it does: it would protect nobody"
            )
        else:
            harvest.report.skip(backup.row.where, "only one system can be the backup of another")


def _meet(one: Tie, two: Tie) -> bool:
    """Whether two rows hold at the same time; an unknown bound is open."""
    starts = [first_day(str(day)) for tie in (one, two) if (day := tie.values.get("valid_from"))]
    ends = [last_day(str(day)) for tie in (one, two) if (day := tie.values.get("valid_to"))]
    return not starts or not ends or max(starts) <= min(ends)


@lru_cache(maxsize=65_536)
def _name(end: End) -> str:
    return normalise(end[1].name)


def _groups(backups: Sequence[_Backup]) -> dict[str, str]:
    """System that is backed up -> group of alternatives, named after what all others in it stand by for."""
    mains: dict[str, str] = {}
    for backup in backups:
        mains.setdefault(_name(backup.spare), backup.main[1].name)
    groups = {}
    for name in sorted({backup.main[1].name for backup in backups}):
        chain = [name]
        while (further := mains.get(normalise(chain[-1]))) and further not in chain:
            chain.append(further)
        ring = chain[chain.index(further) :] if further else chain[-1:]
        groups[normalise(name)] = f"{min(ring)} and its backup"
    return groups


def _beside(place: int, backup: _Backup, group: str, spares: Sequence[int], harvest: Harvest) -> bool:
    """Give one user of a system its backup; answers whether that was news."""
    main, stated = harvest.ties[place], backup.tie
    group = str(main.values.get("alternative") or group)
    areas = [harvest.places.get(_name(end), (None, None, None))[0] for end in (backup.main, backup.spare)]
    area = main.values.get("service_area") or stated.values["service_area"] or areas[0] or areas[1]
    together = {"service_area": area, "alternative": group}
    about = Said("alternative", stated.claim, stated.grade, stated.url, stated.publisher, stated.published)
    grouped = _grouped(main, together, about)
    harvest.ties[place] = grouped
    for other in spares:
        tie = harvest.ties[other]
        if tie.values.get("service_area") in {None, area} and tie.values.get("alternative") in {None, group}:
            harvest.ties[other] = _grouped(tie, together, about)
            return grouped != main or harvest.ties[other] != tie
    dates = {name: stated.values[name] or main.values.get(name) for name in ("valid_from", "valid_to")}
    weaker = max(main.grade, stated.grade, key=Grade.of)
    row = replace(stated, relation="uses", dependent=main.dependent, provider=backup.spare)
    harvest.ties.append(replace(row, values={**together, **dates}, grade=weaker, rows=0))
    return True


def _grouped(tie: Tie, together: dict[str, object], about: Said) -> Tie:
    said = tie.said if about in tie.said else (*tie.said, about)
    return replace(tie, values={**tie.values, **together}, said=said)
