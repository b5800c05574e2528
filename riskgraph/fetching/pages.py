"""One page of notices as a service sent it: what is in it, and how it goes on."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from riskgraph.fetching.connection import NoAnswer

__all__ = ["NoticePage", "page"]

_OF_A_PACKAGE = frozenset({"uri", "publisher", "version", "publishedDate", "publicationPolicy", "license"})


@dataclass(frozen=True, slots=True)
class NoticePage:
    """The releases of a page, and the question that asks for the next one."""

    releases: tuple[dict[str, Any], ...]
    next: str | None  # the address that the page names for the next one
    no_numbers: int = 0  # amounts that no number can hold, such as 1e9999: they are left out
    not_utf8: bool = False  # some bytes were read as Windows-1252


def page(content: bytes, goes_on: tuple[str, ...] = ()) -> NoticePage:
    r"""Read a page in any of the shapes in which the services send it.

    Parameters
    ----------
    content
        What came.
    goes_on
        The keys that lead to the address of the next page.

    Raises
    ------
    NoAnswer
        If it is no page of notices: an error in words, an HTML page, or not whole.

    Examples
    --------
    >>> found = page(b'{"uri": "x", "releases": [{"ocid": "a", "amount": 1e9999}], "links": {"next": "y"}}', ("links", "next"))
    >>> found.releases, found.next, found.no_numbers
    (({'ocid': 'a', 'amount': None},), 'y', 1)
    >>> page(b'{"results": [{"releases": [{"ocid": "b", "title": "\xa35 caf\xe9"}]}]}').releases
    ({'ocid': 'b', 'title': '£5 café'},)
    >>> page(b'{"error": "busy"}')
    Traceback (most recent call last):
    ...
    riskgraph.fetching.connection.NoAnswer: the answer holds no notices, and is no package of none
    """
    text, not_utf8 = _decoded(content)
    if text.lstrip().startswith("<"):
        raise NoAnswer("an HTML page came instead of notices")
    none: list[str] = []

    def number(digits: str) -> float | None:
        value = float(digits)
        if math.isfinite(value):
            return value
        none.append(digits)
        return None

    try:
        value = json.loads(text, parse_float=number, parse_constant=number)
        releases = tuple(_releases(value))
    except (ValueError, RecursionError):  # of an int with thousands of digits too
        raise NoAnswer("the answer is no whole JSON") from None
    if not releases and not _empty(value):
        raise NoAnswer("the answer holds no notices, and is no package of none")
    following: Any = value
    for key in goes_on:
        following = following.get(key) if isinstance(following, dict) else None
    following = following if isinstance(following, str) and following and goes_on else None
    return NoticePage(releases, following, len(none), not_utf8)


def _releases(value: Any) -> Iterator[dict[str, Any]]:
    """Releases in a package, in packages in a list or in `results`, or bare."""
    if isinstance(value, list):
        for item in value:
            yield from _releases(item)
    elif isinstance(value, dict):
        if "ocid" in value and not isinstance(value.get("releases"), list):
            yield value
        for key in ("releases", "results"):
            if isinstance(value.get(key), list | dict):
                yield from _releases(value[key])


def _empty(value: Any) -> bool:
    """Whether an answer without releases says that there are none, rather than that something is wrong."""
    if isinstance(value, dict):
        return isinstance(value.get("releases", value.get("results")), list) or not _OF_A_PACKAGE.isdisjoint(value)
    return bool(value == [])


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", "replace") for byte in bad), error.end


codecs.register_error("riskgraph-1252", _windows_1252)


def _decoded(content: bytes) -> tuple[str, bool]:
    """The text, and whether bytes that are not UTF-8 were read as Windows-1252."""
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "riskgraph-1252"), True
