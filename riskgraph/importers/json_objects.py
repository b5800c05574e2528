"""Big JSON files, object by object: memory holds one object, whatever the file's size.

Our own reader over the standard library's decoder, because the files come in five shapes (a package, an
array, one object, one object a line, objects in a row) and the shape is only known on the way.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from riskgraph.errors import DataError
from riskgraph.importers.source import problem

__all__ = ["as_object", "as_objects", "first_keys", "is_json", "objects"]

_CHUNK = 1 << 18
MAX_OBJECT = 64 * 1024**2
_SPACE = re.compile(r"[\s\x1e\ufeff]*")


_DECODER = json.JSONDecoder()  # NaN, which is no JSON, is met in amounts: whoever wants a number sees that it is none


class _TextWindow:
    """A window that moves over a file."""

    def __init__(self, file: _Letters, path: Path) -> None:
        self.file, self.path, self.text, self.at, self.ended = file, path, "", 0, False
        self.passed = 0  # characters of the file before the window

    def more(self) -> bool:
        chunk = self.file.read(max(_CHUNK, (len(self.text) - self.at) // 2))
        if not chunk:
            self.ended = True
            return False
        self.passed += self.at
        self.text, self.at = self.text[self.at :] + chunk, 0
        if len(self.text) > MAX_OBJECT:
            raise self.too_big()
        return True

    @property
    def place(self) -> int:
        """How many characters of the file lie behind."""
        return self.passed + self.at

    def too_big(self) -> DataError:
        return problem(self.path, "too-big", f"One object has over {MAX_OBJECT // 1024**2} MB.", "Split the file.")

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            assert match is not None
            self.at = match.end()
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, expected: str) -> None:
        if self.peek() not in expected or not self.peek():
            raise self.error(f"{' or '.join(expected)} was expected")
        self.at += 1

    def value(self) -> Any:
        """The next whole value."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if error.pos < len(self.text) - 64 and not error.msg.startswith("Unterminated string"):
                    raise self.error(error.msg, error.pos) from None
                if not self.more():
                    raise self.error(error.msg, error.pos) from None
                continue
            except ValueError as error:
                raise self.error(str(error)) from None
            except RecursionError:
                raise self.error("it is nested too deeply") from None
            if end == len(self.text) and not self.ended and self.text[end - 1] not in '}]"' and self.more():
                continue  # a number may go on
            self.at = end
            return value

    def error(self, what: str, at: int | None = None) -> DataError:
        where = f"character {self.passed + (self.at if at is None else at) + 1:,}"
        return problem(self.path, "json", f"It is no valid JSON at {where}: {what}.", "Fetch the file again.")


class _Letters:
    """The text of a file: UTF-8, or UTF-16 with its mark; what is no UTF-8 is Windows-1252, letter by letter.

    One publisher's file holds both, as it was put together from what others typed.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.repaired = file, 0
        mark = file.read(2)
        file.seek(0)
        self.wide = codecs.getincrementaldecoder("utf-16")() if mark in (b"\xff\xfe", b"\xfe\xff") else None
        self.rest = b""

    def read(self, size: int) -> str:
        """About so many letters; "" at the end."""
        while raw := self.file.read(size):
            if text := self.wide.decode(raw) if self.wide else self._decoded(self.rest + raw, final=False):
                return text
        return self.wide.decode(b"", final=True) if self.wide else self._decoded(self.rest, final=True)

    def _decoded(self, raw: bytes, final: bool) -> str:
        parts = []
        self.rest = b""
        while raw:
            try:
                parts.append(raw.decode())
                break
            except UnicodeDecodeError as error:
                parts.append(raw[: error.start].decode())
                if not final and error.end == len(raw) and error.reason == "unexpected end of data":
                    self.rest = raw[error.start :]
                    break
                wrong = raw[error.start : error.end]
                parts.append(bytes(wrong).decode("cp1252", "replace").replace("\ufffd", " "))
                self.repaired += len(wrong)
                raw = raw[error.end :]
        return "".join(parts)


def objects(
    path: Path, lists: frozenset[str], repaired: list[int] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a file, with the list it stood in ("" for one that stands alone).

    Parameters
    ----------
    path
        The file.
    lists
        Keys at the top whose arrays are given out item by item.
    repaired
        Takes the number of letters that are not UTF-8 and were read as Windows-1252, if there are any.

    Raises
    ------
    DataError
        If it is no valid JSON.
    """
    try:
        with path.open("rb") as file:
            letters = _Letters(file)
            text = _TextWindow(letters, path)
            while start := text.peek():
                if start == "[":
                    for item in _items(text):
                        yield "", item
                elif start == "{":
                    yield from _object(text, lists)
                else:
                    raise text.error("an object or a list was expected")
                if text.peek() == ",":  # objects in a row with commas between them
                    text.take(",")
    except UnicodeDecodeError:
        raise problem(path, "encoding", "It says that it is UTF-16 but is not.", "Save it as UTF-8.") from None
    if letters.repaired and repaired is not None:
        repaired.append(letters.repaired)


def _items(text: _TextWindow) -> Iterator[dict[str, Any]]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        value = text.value()
        if isinstance(value, dict):
            yield value
        if text.peek() == "]":
            text.take("]")
            return
        text.take(",")


def _object(text: _TextWindow, lists: frozenset[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    rest: dict[str, Any] = {}
    held = 0  # characters of what is in memory
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        yield "", rest
        return
    while True:
        key = text.value()
        text.take(":")
        # a record holds releases too: it is whole, unless it is a package, which says no ocid before them
        if key in lists and "ocid" not in rest and text.peek() == "[":
            for item in _items(text):
                yield str(key), item
        else:
            before = text.place
            rest[str(key)] = text.value()
            held += text.place - before
            if held > MAX_OBJECT:
                raise text.too_big()
        if text.peek() == "}":
            text.take("}")
            break
        text.take(",")
    yield "", rest


def is_json(path: Path) -> bool:
    """Whether a file begins as JSON does."""
    return bool(_start(path))


def first_keys(path: Path) -> set[str]:
    """The keys that stand near the start of a JSON file, to tell its format; empty if it is none.

    Only the first 64 kB are looked at.
    """
    return set(re.findall(r'"([A-Za-z]\w*)"\s*:', _start(path)))


def _start(path: Path) -> str:
    """The first 64 kB, if they begin with an object or a list."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        raw = file.read(65536)
    text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="ignore")
    return text if text.lstrip("\ufeff\x1e \t\r\n").startswith(("{", "[")) else ""


def as_objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; none if it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_object(value: Any) -> Mapping[str, Any]:
    """An object; an empty one if it is none."""
    return value if isinstance(value, dict) else {}
