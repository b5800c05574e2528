"""Files of other tools as tables: GraphML, node-link JSON, a Backstage catalogue, the JSON of a ServiceNow table."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from riskgraph.importers.source import SourceTable, problem

__all__ = ["catalogue_tables", "configuration_tables", "graph_tables", "is_catalogue", "is_configuration", "is_graph"]


MAX_GRAPH_BYTES = 200 * 1024**2
_HEAD = 65_536
_CATALOGUE = re.compile(r"^apiVersion:\s*[\"']?backstage\.io/", re.MULTILINE)
Things = Iterable[Mapping[str, Any]]


def _head(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        raw = file.read(_HEAD)
    return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace").lstrip()


def is_graph(path: Path) -> bool:
    """Whether a file is GraphML, or JSON with bodies and links as NetworkX, D3 and Cytoscape write them."""
    head = _head(path)
    if head.startswith("<"):
        return "<graphml" in head
    if not head.startswith("{"):
        return False
    keys = set(re.findall(r'"(\w+)"\s*:', head))
    return "nodes" in keys and ({"directed", "multigraph"} <= keys or "elements" in keys or "source" in keys)


def is_catalogue(path: Path) -> bool:
    """Whether a file is the YAML of a Backstage catalogue."""
    return path.suffix.lower() in {".yaml", ".yml"} and bool(_CATALOGUE.search(_head(path)))


def graph_tables(path: Path) -> list[SourceTable]:
    """The bodies and the links of a graph, each with all that it says of them.

    Raises
    ------
    DataError
        If it cannot be read, is too large, holds a DTD, or does not say which way its links run.
    """
    _not_too_big(path, MAX_GRAPH_BYTES)
    bodies, links = _graphml(path) if _head(path).startswith("<") else _node_link(path)
    return [_table("bodies", ("id",), bodies), _table("links", ("from", "to"), links)]


def _graphml(path: Path) -> tuple[Things, Things]:
    text = path.read_bytes()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\x00<\x00!\x00" in text:
        raise problem(path, "dtd", "The file holds a DTD.", "Write it again without one, as Gephi and yEd do.")
    import networkx as nx

    try:
        graph: Any = nx.read_graphml(io.BytesIO(text), force_multigraph=True)
    except RecursionError:
        raise problem(path, "graphml", "It is nested too deeply.", "Export it again as GraphML.") from None
    except Exception as error:  # noqa: BLE001 - whatever the parser stumbles over, the file is at fault
        raise problem(path, "graphml", f"It is no valid GraphML: {_said(error)}.", "Export it again.") from None
    if not graph.is_directed() and graph.number_of_edges():
        raise problem(
            path,
            "no-direction",
            "Its links have no direction: it does not say who depends on whom.",
            'Export it with edgedefault="directed", each link from who depends to who provides.',
        )
    bodies = [{"id": id_, **_flat(values)} for id_, values in graph.nodes(data=True)]
    links = [{"from": one, "to": two, **_flat(values)} for one, two, values in graph.edges(data=True)]
    return bodies, links


def _node_link(path: Path) -> tuple[Things, Things]:
    value = _json(path)
    whole = value["elements"] if isinstance(value.get("elements"), dict) else value
    found = []
    for keys in (("nodes",), ("edges", "links")):
        items: list[Any] = next((whole[key] for key in keys if isinstance(whole.get(key), list)), [])
        found.append([_content(item) for item in items if isinstance(item, dict)])
    bodies, links = found
    if not links and not bodies:
        raise problem(path, "json", "It has no list of links.", "Export it as node-link JSON.")
    if value.get("directed") is False and links:
        raise problem(
            path, "no-direction", "Its links have no direction: it does not say who depends on whom.",
            "Make it from a directed graph, each link from who depends to who provides.",
        )  # fmt: skip
    return [_flat(item) for item in bodies], [
        {"from": item.get("source"), "to": item.get("target")} | _flat(item, {"source", "target"}) for item in links
    ]


def _content(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an item says; Cytoscape puts it one level deeper."""
    inner = item.get("data")
    return inner if isinstance(inner, dict) else item


def _not_too_big(path: Path, most: int) -> None:
    if (size := path.stat().st_size) > most:
        raise problem(path, "too-big", f"The file has {size:,} bytes.", f"Keep it under {most:,}.")


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise problem(path, "json", f"It is no valid JSON: {_said(error)}.", "Export it again.") from None
    return value if isinstance(value, dict) else {}


def _said(error: Exception) -> str:
    return str(error).split("\n")[0].rstrip(".")[:200]


def _flat(values: Mapping[str, Any], without: Iterable[str] = ()) -> dict[str, Any]:
    """What a table can hold: lists joined by `;`, what is deeper left out."""
    found = {}
    for name, value in values.items():
        if name in without or isinstance(value, Mapping) or value is None:
            continue
        found[str(name)] = "; ".join(map(str, value)) if isinstance(value, list | tuple) else value
    return found


def _table(name: str, first: Sequence[str], items: Things) -> SourceTable:
    kept = list(items)
    others = sorted({key for item in kept for key in item} - set(first))
    header = [*first, *others]

    def rows() -> Iterator[tuple[int, list[str]]]:
        yield 0, header
        for number, item in enumerate(kept, 1):
            yield number, [str(item[key]) if item.get(key) is not None else "" for key in header]

    return SourceTable(name, rows)


def is_configuration(path: Path) -> bool:
    """Whether a file is the JSON of a ServiceNow table: records with a `sys_id`, or relations between them."""
    head = _head(path)
    return head.startswith("{") and bool(re.search(r'^\{\s*"(?:records|result)"\s*:\s*\[', head)) and '"sys_id"' in head


def configuration_tables(path: Path) -> list[SourceTable]:
    """The records of a ServiceNow table as a table; of a reference, the name that is shown.

    Raises
    ------
    DataError
        If it is no valid JSON, or too large.
    """
    _not_too_big(path, MAX_GRAPH_BYTES)
    value = _json(path)
    records: list[Any] = next((value[key] for key in ("records", "result") if isinstance(value.get(key), list)), [])
    return [_table(path.stem, (), [_shown(item) for item in records if isinstance(item, dict)])]


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    shown = {}
    for key, value in item.items():
        value = value.get("display_value") or value.get("value") if isinstance(value, Mapping) else value
        shown[key.removesuffix(".name") if key.endswith(".name") else key] = value
    return _flat(shown)


def catalogue_tables(path: Path) -> list[SourceTable]:
    """The entries of a Backstage catalogue as items, and the relations between them.

    Raises
    ------
    DataError
        If it is no valid YAML, or too large.
    """
    _not_too_big(path, MAX_GRAPH_BYTES // 10)
    import yaml

    try:
        found = list(yaml.load_all(path.read_bytes(), Loader=_loader()))
    except (yaml.YAMLError, ValueError, RecursionError, UnicodeError) as error:
        raise problem(path, "yaml", f"It is no valid YAML: {_said(error)}.", "Check the indents.") from None
    entries = [item for item in found if isinstance(item, dict) and isinstance(item.get("metadata"), dict)]
    items: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    offers = {  # who provides an interface
        _ref(api, "api"): _own_ref(entry) for entry in entries for api in _texts(_spec(entry).get("providesApis"))
    }
    for entry in entries:
        meta, spec, own = entry["metadata"], _spec(entry), _own_ref(entry)
        kind = str(entry.get("kind") or "")
        items.append(
            {
                "Sys id": own,
                "Name": meta.get("title") or meta.get("name"),
                "Class": f"{kind} {spec.get('type') or ''}".strip(),
                "Vendor": _vendor(meta),
                "Install status": spec.get("lifecycle"),
            }
        )
        needs = [(ref, "depends on") for ref in _texts(spec.get("dependsOn"))]
        needs += [(_ref(api, "api"), "depends on") for api in _texts(spec.get("consumesApis"))]
        for ref, word in needs:
            ref = _ref(ref, "component")
            relations.append({"Parent": own, "Type": word, "Child": offers.get(ref, ref)})
        relations += [
            {"Parent": _ref(ref, "component"), "Type": "depends on", "Child": own}
            for ref in _texts(spec.get("dependencyOf"))
        ]
    return [_table("items", (), [_flat(item) for item in items]), _table("relations", (), relations)]


def _spec(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = entry.get("spec")
    return spec if isinstance(spec, Mapping) else {}


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _ref(text: str, kind: str) -> str:
    """A reference to an entry, in full: `[kind:][namespace/]name`.

    Examples
    --------
    >>> _ref("Resource:payments-db", "component"), _ref("web/portal", "component")
    ('resource:default/payments-db', 'component:web/portal')
    """
    before, colon, name = text.strip().lower().rpartition(":")
    space, slash, plain = name.rpartition("/")
    return f"{before if colon else kind}:{space if slash else 'default'}/{plain}"


def _own_ref(entry: Mapping[str, Any]) -> str:
    meta = entry["metadata"]
    return _ref(f"{meta.get('namespace') or 'default'}/{meta.get('name')}", str(entry.get("kind") or "").lower())


def _vendor(meta: Mapping[str, Any]) -> str:
    """Who supplies it, as a label or an annotation called vendor, supplier or provider says."""
    for where in ("labels", "annotations"):
        said = meta.get(where)
        for key, value in sorted(said.items()) if isinstance(said, dict) else ():
            if str(key).rpartition("/")[2].lower() in {"vendor", "supplier", "provider"} and isinstance(value, str):
                return value
    return ""


def _loader() -> Any:
    """Plain values only, and no aliases: a few lines of them can stand for more than any memory holds."""
    import yaml

    class Plain(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                raise yaml.YAMLError("it uses aliases (*name), which are not read here")
            return super().compose_node(parent, index)

    return Plain
