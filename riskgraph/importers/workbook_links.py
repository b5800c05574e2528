"""The sheet Links of a workbook: what each word between two names means in the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from riskgraph.data.directory import directory
from riskgraph.data.spelling import company_key, normalise
from riskgraph.dates import first_day, last_day
from riskgraph.importers.rows import SourceRow
from riskgraph.importers.statements import Citation, ListedSystem, Party, StatedRelation, Statements
from riskgraph.importers.values import redacted, web_address
from riskgraph.model import AUTHORITY, ENVIRONMENT, PRODUCT, SHARED_SERVICE, SUPPLIER, SYSTEM, Grade
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.vocabulary import words

__all__ = ["End", "Kinds", "councils_of", "known_company", "listed", "read_links"]

End = tuple[str, Party]  # kind and name of one end of a relation
Kinds = dict[str, tuple[str, str]]  # name, normalised -> kind and name under which the workbook lists it
_TURNED = " (turned round)"  # of a word whose sentence names the provider first
_READ_AS_SUPPLY = {"provides", "maintains", "supports", "licenses", "licences"}
# ends that can only be one sort of thing: relation -> kind of the dependent, kind of the provider
_ONLY = {"uses": ("body", SYSTEM), "made-by": (PRODUCT, "body"), "instance-of": (SYSTEM, PRODUCT)}
_PLACES = {SYSTEM, ENVIRONMENT, SHARED_SERVICE}
_SAYS_THE_SAME = {("linked-to", "network"), ("data-held-by", "data")}


def listed(name: str, kinds: Kinds, otherwise: str = "body") -> End:
    """Kind and name of what a cell names, as the workbook lists it.

    Examples
    --------
    >>> kinds = {"kerbside": ("supplier", "Kerbside Digital"), "kerbside digital": ("supplier", "Kerbside Digital")}
    >>> listed("Kerbside Ltd", kinds)[1].name, listed("Dover", kinds, "authority")[0]
    ('Kerbside Digital', 'authority')
    """
    kind, found = kinds.get(normalise(name)) or kinds.get(company_key(name)) or (otherwise, name)
    return kind, Party(found)


def known_company(kind: str, name: str) -> End:
    """Kind and name of what no sheet lists: a supplier or shared service, if the shipped directory knows it.

    Examples
    --------
    >>> known_company("body", "Civica UK Ltd")[0], known_company("authority", "Dover")[0]
    ('supplier', 'authority')
    """
    if kind in {"body", AUTHORITY}:
        if directory().supplier(name):
            kind = SUPPLIER
        elif directory().service(name):
            kind = SHARED_SERVICE
    return kind, Party(name)


@dataclass(frozen=True)
class _StandBy:
    """One system stands by for another."""

    row: SourceRow
    spare: End
    main: End
    stated: StatedRelation  # its dates, area and source


def councils_of(rows: Sequence[SourceRow], companies: set[str]) -> list[str]:
    """Names that use or are served, and neither provide anything nor look like a company: councils, known or not."""
    said = [(_relation(row) or ("", False), row["from"], row["to"]) for row in rows]
    providers = {company_key(one if turned else two) for (relation, turned), one, two in said if relation != "uses"}
    found = []
    for (relation, turned), one, two in said:
        name = two if turned else one
        key = company_key(name)
        if relation in {"uses", "served-by"} and key not in providers | companies and key == normalise(name):
            kind, _ = known_company("body", name)
            found += [name] if kind == "body" and name and not redacted(name) else []
    return found


def _word(row: SourceRow) -> str:
    """The word between the two; of a word and its reverse, as in "Runs on::Runs", the first."""
    return normalise(row["relationship"].partition("::")[0].replace("-", " ").replace("_", " ")).removeprefix("is ")


def _relation(row: SourceRow) -> tuple[str, bool] | None:
    """The relation that the word of a row means, and whether its sentence has to be turned round."""
    meaning = words("relationship", row.statements.report.format).get(_word(row))
    return (meaning.removesuffix(_TURNED), meaning.endswith(_TURNED)) if meaning else None


def read_links(rows: Sequence[SourceRow], kinds: Kinds, statements: Statements) -> None:
    """Every row as relations; the backups last, because they concern whoever uses what they back up."""
    backups: list[_StandBy] = []
    _used_systems(rows, kinds)
    for row in rows:
        _link(row, kinds, statements, backups)
    _agree(statements)
    _back_up(backups, statements)


def _used_systems(rows: Sequence[SourceRow], kinds: Kinds) -> None:
    """What is used is a system in every row, whatever the order: also where it is supplied or hosted."""
    found = []
    for row in rows:
        relation, turned = _relation(row) or ("", False)
        name = row["from" if turned else "to"]
        if relation != "uses" or not name or redacted(name) or known_company(*_bare(listed(name, kinds)))[0] != "body":
            continue
        if row["to" if turned else "from"]:
            found.append((row, name))
    for row, name in found:
        row.guess("listed on no sheet: read as a system", name)
        kinds.setdefault(normalise(name), (SYSTEM, name))


def _bare(end: End) -> tuple[str, str]:
    return end[0], end[1].name


def _link(row: SourceRow, kinds: Kinds, statements: Statements, backups: list[_StandBy]) -> None:
    report, meaning = statements.report, _relation(row)
    if meaning is None:
        return row.skip(f"the relationship {row['relationship']!r} is not known")
    if not row["from"] or not row["to"]:
        return row.skip("one end is missing")
    if redacted(row["from"]) or redacted(row["to"]):
        report.redacted += 1
        return row.skip("a name is redacted: who it is is not known")
    one, two = (kinds.get(normalise(row[end]), ("", row[end]))[1] for end in ("from", "to"))
    claim = f"{one} {row['relationship'].partition('::')[0] or 'depends on'} {two}"
    relation, ends = _meant(row, kinds, *meaning, claim)
    if not relation:
        kinds_ = " and ".join("a name that nobody knows" if kind == "body" else f"a {kind}" for kind, _ in ends)
        return row.skip(f"nothing says what a link between {kinds_} means")
    checked, (start, end) = statements.dated(row.date("checked"), "check of a row", row.where), row.dates()
    values: dict[str, object] = {"service_area": row.area(), "valid_from": start, "valid_to": end}
    access = row.word("channel", "access")
    if access and relation == "supplied-by":
        values["access"] = access
    elif access and (relation, access) not in _SAYS_THE_SAME:
        row.guess("channel not taken: only who supplies has one", row["channel"])
    url = web_address(row["source"])
    cited = Citation(claim, row.grade(), url, None if url else row["source"] or None, checked)
    stated = StatedRelation(row.where, relation, *ends, cited, values)
    if relation == "backup":
        backups.append(_StandBy(row, *ends, stated))
    elif relation == "made-by" and ends[0][0] == SYSTEM:
        product = (PRODUCT, Party(f"{ends[0][1].name} (software)"))
        report.guess("what is developed is the software of which the system is one copy", claim)
        statements.relations.append(replace(stated, relation="instance-of", provider=product))
        statements.relations.append(replace(stated, dependent=product, rows=0))
    else:
        statements.relations.append(stated)
    return None


def _meant(row: SourceRow, kinds: Kinds, relation: str, turned: bool, claim: str) -> tuple[str, tuple[End, End]]:
    """The relation between what the two ends are, and the ends, the dependent first."""
    report = row.statements.report
    one, two = (listed(row[name], kinds) for name in (("to", "from") if turned else ("from", "to")))
    if relation == "uses":
        two = known_company(two[0], two[1].name)
    if relation == "depends":
        relation, one, two = _leans_on(row, one, two, claim)
        return relation, (one, two)
    if relation == "managed":
        relation = "operated-by" if one[0] in _PLACES else "served-by"
        report.guess(f"manages: read as {relation.replace('-', ' ')}", claim)
    if relation == "uses" and two[0] in {SUPPLIER, SHARED_SERVICE}:
        relation = "supplied-by" if two[0] == SUPPLIER else "served-by"
        report.guess(f"uses a company or a service: read as {relation.replace('-', ' ')}", claim)
    if one[0] == SYSTEM and _word(row) in _READ_AS_SUPPLY:
        report.guess("what a supplier provides, maintains or licenses is supplied by it", claim)
    only = (SYSTEM, SYSTEM) if relation == "backup" else _ONLY.get(relation, ("body", "body"))
    return relation, (_end(row, one, only[0]), _end(row, two, only[1]))


def _leans_on(row: SourceRow, one: End, two: End, claim: str) -> tuple[str, End, End]:
    """The first relation by which the one can depend on the other; "" if there is none."""
    if one[0] == SUPPLIER and two[0] == AUTHORITY:
        row.guess("a link from a company to a council: the council depends on the company", claim)
        one, two = two, one
    known = relations_that(Trait.LEANS, Trait.MAKES)
    fits = (name for name, pair in rules().pairs.items() if one[0] in pair.dependents and two[0] in pair.providers)
    return next((name for name in fits if name in known), ""), one, two


def _end(row: SourceRow, end: End, only: str) -> End:
    kind, party = end
    if kind == "body" and only != "body":
        row.guess(f"listed on no sheet: read as a {only}", party.name)
        kind = only
    return kind, party


def _agree(statements: Statements) -> None:
    """What a row of Links says of a system and its supplier holds for the row of Systems about the two."""
    relations = statements.relations
    said = {_pair(stated): stated for stated in reversed(relations) if stated.rows and stated.values.get("access")}
    for place, stated in enumerate(relations):
        better = said.get(_pair(stated))
        if stated.rows == 0 and stated.relation == "supplied-by" and better is not None:
            further = (*stated.further, better.cited._replace(about="access"))
            relations[place] = replace(stated, values=better.values, further=further)


def _pair(stated: StatedRelation) -> tuple[str, str, str]:
    return stated.relation, normalise(stated.dependent[1].name), company_key(stated.provider[1].name)


def _back_up(backups: Sequence[_StandBy], statements: Statements) -> None:
    """Whoever uses the one uses the other beside it: both rows get the name of one group of alternatives."""
    systems = [b for b in backups if b.spare[0] == b.main[0] == SYSTEM and _name(b.spare) != _name(b.main)]
    systems.sort(key=lambda b: (b.main[1].name, b.spare[1].name, str(replace(b.stated, where=""))))
    groups = _groups(systems)
    users: dict[str, list[int]] = defaultdict(list)  # system -> places of the rows that say who uses it
    for place, stated in enumerate(statements.relations):
        if stated.relation == "uses":
            users[_name(stated.provider)].append(place)
    used: set[str] = set()
    changed = True
    while changed:  # what backs up a backup has users only when the backup has
        changed = False
        for backup in systems:
            spares: dict[End, list[int]] = defaultdict(list)  # who uses the spare one already
            for place in users[_name(backup.spare)]:
                spares[statements.relations[place].dependent].append(place)
            for place in users[_name(backup.main)]:
                stated = statements.relations[place]
                if not _meet(stated, backup.stated):
                    continue
                used.add(backup.row.where)
                before = len(statements.relations)
                changed |= _beside(place, backup, groups[_name(backup.main)], spares[stated.dependent], statements)
                for added in range(before, len(statements.relations)):
                    users[_name(backup.spare)].append(added)
                    spares[stated.dependent].append(added)
    for backup in backups:
        if backup.row.where in used:
            statements.report.kept += 1
        elif backup in systems:
            statements.report.skip(
                backup.row.where, "nobody here uses what it backs up while it does: it would protect nobody"
            )
        else:
            statements.report.skip(backup.row.where, "only one system can be the backup of another")


def _meet(one: StatedRelation, two: StatedRelation) -> bool:
    """Whether two rows hold at the same time; an unknown bound is open."""
    starts = [first_day(str(day)) for stated in (one, two) if (day := stated.values.get("valid_from"))]
    ends = [last_day(str(day)) for stated in (one, two) if (day := stated.values.get("valid_to"))]
    return not starts or not ends or max(starts) <= min(ends)


@lru_cache(maxsize=65_536)
def _name(end: End) -> str:
    return normalise(end[1].name)


def _groups(backups: Sequence[_StandBy]) -> dict[str, str]:
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


def _beside(place: int, backup: _StandBy, group: str, spares: Sequence[int], statements: Statements) -> bool:
    """Give one user of a system its backup; answers whether that was news."""
    relations, stated = statements.relations, backup.stated
    main = relations[place]
    group = str(main.values.get("alternative") or group)
    areas = [statements.systems.get(_name(end), ListedSystem()).area for end in (backup.main, backup.spare)]
    area = main.values.get("service_area") or stated.values["service_area"] or areas[0] or areas[1]
    together = {"service_area": area, "alternative": group}
    about = stated.cited._replace(about="alternative")
    grouped = relations[place] = _grouped(main, together, about)
    for other in spares:
        before = relations[other]
        if before.values.get("service_area") in {None, area} and before.values.get("alternative") in {None, group}:
            relations[other] = _grouped(before, together, about)
            return grouped != main or relations[other] != before
    dates = {name: stated.values[name] or main.values.get(name) for name in ("valid_from", "valid_to")}
    cited = stated.cited._replace(grade=max(main.cited.grade, stated.cited.grade, key=Grade.of))
    row = replace(stated, relation="uses", dependent=main.dependent, provider=backup.spare)
    relations.append(replace(row, values={**together, **dates}, cited=cited, rows=0))
    return True


def _grouped(stated: StatedRelation, together: dict[str, object], about: Citation) -> StatedRelation:
    further = stated.further if about in stated.further else (*stated.further, about)
    return replace(stated, values={**stated.values, **together}, further=further)
