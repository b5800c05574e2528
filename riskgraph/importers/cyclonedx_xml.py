"""A CycloneDX bill in XML, in the shape that its JSON has: what the reader of bills looks at, and no more.

The standard library's Expat, with everything refused that reaches out of the file or grows in it: a DTD, and so
entities.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from riskgraph.errors import DataError
from riskgraph.importers.source import problem

__all__ = ["bill_of_xml", "is_xml_bill"]

_NAMESPACE = "cyclonedx.org/schema/bom"
_HEAD = 65536
MAX_XML = 64 * 1024**2
DEEPEST_XML = 200
_LISTS = {  # element -> what its parts are called
    "components": "component",
    "services": "service",
    "data": "",  # classifications, or data flows that hold them
    "dependencies": "dependency",
    "compositions": "composition",
}


def is_xml_bill(path: Path) -> bool:
    """Whether a file begins as a CycloneDX bill in XML does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        raw = file.read(_HEAD)
    text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="ignore")
    return text.lstrip("\ufeff \t\r\n").startswith("<") and _NAMESPACE in text


def bill_of_xml(path: Path) -> dict[str, Any]:
    """A bill out of an XML file, as its JSON would say it.

    Raises
    ------
    DataError
        If it is no XML, holds a DTD, is nested too deeply or too big.
    """
    if path.stat().st_size > MAX_XML:
        raise problem(path, "too-big", f"The bill has over {MAX_XML // 1024**2} MB.", "Save it as JSON.")
    bill = _value(_tree(path))
    return bill if isinstance(bill, dict) else {}


def _tree(path: Path) -> Element:
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_XML:
            raise problem(path, "xml", f"It is nested over {DEEPEST_XML} deep.", _AGAIN)
        builder.start(name.rpartition("}")[2], {key.rpartition("}")[2]: text for key, text in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition("}")[2])

    def refuse(*_: Any) -> None:
        raise problem(path, "dtd", "It holds a DTD, which can reach out of the file.", _AGAIN)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        message = f"It is no valid XML: {expat.errors.messages[error.code]}."
        raise problem(path, "xml", message, _AGAIN, error.lineno) from None
    except DataError:
        raise
    except (LookupError, ValueError, UnicodeError):
        raise problem(path, "xml", "It is no valid XML: its encoding is not known.", "Save it as UTF-8.") from None
    return builder.close()


_AGAIN = "Have it written again, or as JSON."


def _value(element: Element) -> Any:
    """An element as an object, a list, or its text."""
    if element.tag in _LISTS:
        return list(_items(element))
    if not len(element) and not element.attrib:
        return (element.text or "").strip()
    found: dict[str, Any] = dict(element.attrib)
    for part in element:
        if part.tag not in found:  # of what comes several times, the first
            found[part.tag] = _value(part)
    return found


def _items(element: Element) -> Iterator[Any]:
    for part in element:
        if element.tag == "data":
            for one in part.iter("classification"):  # 1.4 has it bare, later ones in a data flow
                yield {"classification": (one.text or "").strip(), "flow": one.get("flow", "")}
        elif element.tag == "dependencies" and part.tag == "dependency":
            yield {"ref": part.get("ref", ""), "dependsOn": [one.get("ref", "") for one in part.iter("dependency")][1:]}
        elif part.tag == _LISTS[element.tag]:
            value = _value(part)
            yield value if isinstance(value, dict) else {"name": value}
