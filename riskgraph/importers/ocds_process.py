"""One contracting process out of all its releases, put together by field as the standard says.

The newest release that states a field counts; a field that a release leaves out stays as it was, and one that it
sets to null is taken back. Lists of things with an id are put together by that id; other lists, such as the suppliers
of an award, are replaced whole. Awards and contracts also remember which release spoke of them last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from riskgraph.importers.json_objects import as_object, as_objects
from riskgraph.importers.values import clean, parse_date
from riskgraph.vocabulary import words

__all__ = ["ContractingProcess", "ReleaseOrigin", "Tracked", "id_text", "merge_fields", "slim", "unfolded"]

_BY_ID = frozenset({"parties", "documents", "items", "lots", "relatedProcesses", "amendments"})
_ORGANISATION: dict[str, Any] = {"id": None, "name": None, "identifier": None, "additionalIdentifiers": None}
_PERIOD = {"startDate": None, "endDate": None, "maxExtentDate": None, "durationInDays": None}
_VALUE = {"amount": None, "amountGross": None, "currency": None}
_CLASSES = {"classification": None, "additionalClassifications": None}
_CLASSED = {"id": None, "relatedLot": None, **_CLASSES}
_BUYS = {"buyer": _ORGANISATION, "buyers": _ORGANISATION}
_CLOSE = {"endDate": None, "finalStatus": None}
_PAPERS = {"id": None, "url": None, "documentType": None}
_TAKEN: dict[str, Any] = {  # of a release; the rest is never kept
    "ocid": None,
    "id": None,
    "date": None,
    "tag": None,
    "license": None,
    "publisher": {"name": None},
    "buyer": _ORGANISATION,
    "parties": {**_ORGANISATION, "roles": None},
    "relatedProcesses": {"id": None, "relationship": None, "title": None, "identifier": None},
    "tender": {
        "title": None,
        "status": None,
        "contractPeriod": _PERIOD,
        "procuringEntity": _ORGANISATION,
        "lots": {"id": None, "title": None, "status": None, "contractPeriod": _PERIOD},
        "items": _CLASSED,
        **_CLASSES,
    },
    "awards": {
        "id": None,
        "title": None,
        "status": None,
        "suppliers": _ORGANISATION,
        "value": _VALUE,
        "contractPeriod": _PERIOD,
        "documents": _PAPERS,
        "items": _CLASSED,
        "relatedLots": None,
        "subcontracts": None,
        "subcontracting": None,
        **_CLASSES,
        **_BUYS,
    },
    "contracts": {
        "id": None,
        "awardID": None,
        "title": None,
        "status": None,
        "suppliers": _ORGANISATION,
        "value": _VALUE,
        "period": _PERIOD,
        "dateSigned": None,
        "documents": _PAPERS,
        "items": _CLASSED,
        "amendments": {"id": None, "date": None},
        "amendment": {"date": None},  # as the standard had it to 1.0
        "completion": _CLOSE,
        "implementation": _CLOSE,
        "relatedLots": None,
        **_CLASSES,
        **_BUYS,
    },
}


def id_text(value: Any) -> str:
    """A text or a number as text; "" for anything else."""
    if isinstance(value, str):
        return clean(value)
    return str(value) if isinstance(value, int | float) and value == value else ""


def slim(value: Any, taken: Mapping[str, Any] | None = None) -> Any:
    """What of a release is needed, and no more: a release waits on the disk until all of its process are there.

    Examples
    --------
    >>> slim({"ocid": "a", "language": "en", "awards": [{"id": 1, "rationale": "long"}]})
    {'ocid': 'a', 'awards': [{'id': 1}]}
    """
    keys = _TAKEN if taken is None else taken
    if isinstance(value, dict):
        return {
            key: slim(value[key], inner) if inner is not None else value[key]
            for key, inner in keys.items()
            if key in value
        }
    if isinstance(value, list):
        return [slim(item, keys) for item in value if isinstance(item, dict)]
    return value


def merge_fields(old: dict[str, Any], new: Mapping[str, Any]) -> None:
    """Put what a later release says over what was said before.

    Examples
    --------
    >>> held = {"title": "Payroll", "value": {"amount": 5, "currency": "GBP"}, "suppliers": [{"id": 1}], "note": "x"}
    >>> merge_fields(held, {"title": "", "value": {"amount": 7}, "suppliers": [{"id": 2}], "note": None})
    >>> held
    {'title': 'Payroll', 'value': {'amount': 7, 'currency': 'GBP'}, 'suppliers': [{'id': 2}]}
    """
    for key, value in new.items():
        before = old.get(key)
        if value is None:
            old.pop(key, None)
        elif value in ("", [], {}):
            continue  # says nothing, so that it wipes nothing
        elif isinstance(value, dict):
            other = isinstance(before, dict) and {"id"} <= before.keys() & value.keys() and before["id"] != value["id"]
            kept: dict[str, Any] = {} if other or not isinstance(before, dict) else before
            merge_fields(kept, value)
            old[key] = kept
        elif key in _BY_ID and isinstance(value, list):
            old[key] = _by_id(before if isinstance(before, list) else [], value)
        else:
            old[key] = value


def _by_id(before: list[Any], after: Iterable[Any]) -> list[Any]:
    held = {id_text(item.get("id")) or f"#{place}": item for place, item in enumerate(as_objects(before))}
    for place, item in enumerate(as_objects(after)):
        merge_fields(held.setdefault(id_text(item.get("id")) or f"#{place}", {}), item)  # type: ignore[arg-type]
    return list(held.values())


def unfolded(versioned: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The releases that a versioned release was made of: what each of them changed.

    Examples
    --------
    >>> said = [{"releaseID": "b", "releaseDate": "2024-05-01", "releaseTag": ["award"], "value": "cancelled"}]
    >>> unfolded({"ocid": "ocds-1", "awards": [{"id": "1", "status": said}]})
    [{'awards': [{'id': '1', 'status': 'cancelled'}], 'id': 'b', 'date': '2024-05-01', 'tag': ['award']}]
    """
    made: dict[tuple[str, str], Any] = {}
    _collect(versioned, made)
    found = []
    for (day, id_), tag in sorted(made.items(), key=lambda item: item[0]):
        said = _of_version(versioned, (day, id_)) or {}
        found.append({**said, "id": id_, "date": day, "tag": tag})
    return found


def _is_versions(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) and "releaseDate" in v for v in value)


def _version(item: Mapping[str, Any]) -> tuple[str, str]:
    return id_text(item.get("releaseDate")), id_text(item.get("releaseID"))


def _collect(value: Any, made: dict[tuple[str, str], Any]) -> None:
    """Every release that a value of a versioned release speaks of, and its tag."""
    if _is_versions(value):
        made.update({_version(item): item.get("releaseTag") for item in value})
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _collect(inner, made)


def _of_version(value: Any, version: tuple[str, str]) -> Any:
    """What one release said of it; an empty object or list if nothing."""
    if isinstance(value, dict):
        said = {}
        for key, inner in value.items():
            if _is_versions(inner):
                for item in inner:
                    if _version(item) == version:
                        said[key] = item.get("value")
            elif isinstance(inner, dict | list) and (deeper := _of_version(inner, version)):
                said[key] = deeper
        return {"id": value["id"], **said} if said and isinstance(value.get("id"), str | int) else said
    if isinstance(value, list):
        return [said for inner in value if (said := _of_version(inner, version))]
    return None


class ReleaseOrigin(NamedTuple):
    """Where and when something was said last."""

    day: str = ""
    id: str = ""
    publisher: str = ""
    licence: str = ""


@dataclass
class Tracked:
    """An award or a contract, with the release that spoke of it last and the day on which it came to an end."""

    said: dict[str, Any] = field(default_factory=dict)
    origin: ReleaseOrigin = field(default_factory=ReleaseOrigin)
    over: str | None = None

    @property
    def status(self) -> str:
        """Its status, in small letters."""
        return id_text(self.said.get("status")).lower()

    @property
    def closings(self) -> tuple[Mapping[str, Any], ...]:
        """What is said of how a contract came to its end."""
        return as_object(self.said.get("completion")), as_object(self.said.get("implementation"))

    @property
    def ended(self) -> bool:
        """Whether it is said to be at an end."""
        over = words("contract: over", "ocds").keys()
        final = {id_text(one.get("finalStatus")).lower() for one in self.closings}
        return self.status in over or not final.isdisjoint({*over, "cancelled"})

    def add(self, item: Mapping[str, Any], origin: ReleaseOrigin) -> None:
        """What a release says of it."""
        known = {id_text(one.get("id")) for one in as_objects(self.said.get("amendments"))}
        before = self.said.get("amendment")
        before = dict(before) if isinstance(before, dict) else before  # it is changed in place
        merge_fields(self.said, item)
        self.origin = max(self.origin, origin)
        if not self.ended:
            self.over = None
        elif self.over is None:
            changes = [one for one in as_objects(item.get("amendments")) if id_text(one.get("id")) not in known]
            changes += [as_object(item.get("amendment"))] if self.said.get("amendment") != before else []
            days = [day for one in changes if (day := parse_date(id_text(one.get("date"))))]
            self.over = max(days, default=origin.day) or None


_Key = tuple[str, str]  # id, and which of several under one id


class ContractingProcess:
    """Everything that the releases of one process state together.

    Examples
    --------
    >>> process = ContractingProcess("ocds-1")
    >>> process.add({"awards": [{"id": "1", "status": "active", "title": "Payroll"}]}, ReleaseOrigin("2024-03-01"))
    >>> process.add({"awards": [{"id": "1", "status": "cancelled"}]}, ReleaseOrigin("2024-05-01"))
    >>> process.awards["1", ""].said
    {'id': '1', 'status': 'cancelled', 'title': 'Payroll'}
    """

    def __init__(self, ocid: str) -> None:
        self.ocid = ocid
        self.said: dict[str, Any] = {}
        self.awards: dict[_Key, Tracked] = {}
        self.contracts: dict[_Key, Tracked] = {}
        self.unclear: list[str] = []  # days on which a notice ended something, and did not say what
        self.called_off = ReleaseOrigin()  # the release that ended the tender

    def add(self, release: Mapping[str, Any], origin: ReleaseOrigin) -> None:
        """The next release, in the order of their dates."""
        tags = {id_text(tag) for tag in _listed(release.get("tag"))}
        tender, off = as_object(release.get("tender")), words("tender: called off", "ocds")
        status = id_text(tender.get("status")).lower()
        lots = {id_text(lot.get("status")).lower() for lot in as_objects(tender.get("lots"))} - {""}
        if status in off or ("tenderCancellation" in tags and lots <= off.keys()):  # not only some of its lots
            self.called_off = origin
        elif status:
            self.called_off = ReleaseOrigin()
        for held, name, status, tag in (
            (self.awards, "awards", "cancelled", "awardCancellation"),
            (self.contracts, "contracts", "terminated", "contractTermination"),
        ):
            if name in release and release[name] is None:
                held.clear()
            items = as_objects(release.get(name))
            if tag in tags and not items:
                if len(held) == 1:  # it can speak of nothing else
                    items = [{"id": key[0]} for key in held]
                elif not held and len(self.awards) == 1:  # the contract of the one award
                    items = [{"id": key[0], "awardID": key[0]} for key in self.awards]
                elif held or self.awards:
                    self.unclear.append(origin.day)
            if tag in tags:
                items = [{"status": status, **item} for item in items]
            _track(held, items, origin)
        merge_fields(self.said, {key: value for key, value in release.items() if key not in {"awards", "contracts"}})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _track(held: dict[_Key, Tracked], items: Iterable[Mapping[str, Any]], origin: ReleaseOrigin) -> None:
    """Several items of one release under one id are several things: lots that share an id."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for place, item in enumerate(items):
        groups.setdefault(id_text(item.get("id")) or f"#{place + 1}", []).append(item)
    for id_, group in groups.items():
        known = [key for key in held if key[0] == id_]
        if len(group) == 1:
            lot = _lots(group[0])
            for key in [key for key in known if lot and key[1] == lot] or known or [(id_, "")]:
                held.setdefault(key, Tracked()).add(group[0], origin)
            continue
        held.pop((id_, ""), None)
        seen: set[str] = set()
        for place, item in enumerate(group, 1):
            lot = _lots(item) or f"#{place}"
            lot = lot if lot not in seen else f"{lot} #{place}"
            seen.add(lot)
            held.setdefault((id_, lot), Tracked()).add(item, origin)


def _lots(item: Mapping[str, Any]) -> str:
    return ", ".join(sorted(filter(None, map(id_text, _listed(item.get("relatedLots"))))))
