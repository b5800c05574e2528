"""The last gate: whether a name that is withheld stands in a file after all, in any encoding."""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

__all__ = ["Leak", "Needles", "leaks"]

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Leak:
    """A withheld name in a file, and how it was hidden there."""

    file: str
    how: str


class Needles:
    """Names to look for, as sequences of words: case, hyphens, spaces and punctuation do not hide one.

    Examples
    --------
    >>> Needles({"East Kent Services"}).found("see east-kent-services.html")
    True
    >>> Needles({"Bath"}).found("a bathtub")
    False
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.sequences = {words for name in names if (words := tuple(_WORD.findall(_fold(name))))}
        self.firsts: dict[str, set[int]] = {}
        for words in self.sequences:
            self.firsts.setdefault(words[0], set()).add(len(words))

    def found(self, text: str, fewest: int = 1) -> bool:
        """Whether one of the names stands in a text.

        Parameters
        ----------
        fewest
            Only names of at least so many words: "Reading" is a council and a word.
        """
        words = _WORD.findall(_fold(text))
        for place, word in enumerate(words):
            for length in self.firsts.get(word, ()):
                if length >= fewest and tuple(words[place : place + length]) in self.sequences:
                    return True
        return False


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def leaks(files: Mapping[str, bytes], needles: Needles, fewest: int = 2) -> list[Leak]:
    """Withheld names in files or their names, in plain text or any usual encoding.

    Parameters
    ----------
    fewest
        Names of fewer words are not looked for, because common words are names too.

    Examples
    --------
    >>> import base64
    >>> hidden = base64.b64encode(b"Thanet District Council")
    >>> leaks({"a.html": b"data:" + hidden}, Needles({"Thanet District Council"}))
    [Leak(file='a.html', how='base64')]
    """
    found = []
    for name, data in sorted(files.items()):
        if needles.found(name, fewest):
            found.append(Leak(name, "file name"))
        found += [Leak(name, how) for how, text in readings(data) if needles.found(text, fewest)]
    return found


def readings(data: bytes, depth: int = 3) -> Iterator[tuple[str, str]]:
    """Every text that some bytes may be read as: plain, unescaped, decoded, unpacked."""
    if data[:4] == b"PK\x03\x04" and depth:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield "name in the archive", member
                yield from readings(archive.read(member), depth - 1)
        return
    text = data.decode("utf-8", "replace")
    yield "plain", text
    if b"\0" in data:
        for start in (0, 1):
            yield "UTF-16", data[start:].decode("utf-16-le", "replace")
    seen = {text}
    for how, decoded in (
        ("HTML", html.unescape(text)),
        ("address", unquote_plus(text)),
        ("JSON", _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)),
        ("JSON in HTML", _ESCAPE.sub(lambda match: chr(int(match[1], 16)), html.unescape(text))),
        ("reversed", text[::-1]),
    ):
        if decoded not in seen:
            seen.add(decoded)
            yield how, decoded
    if depth:
        for chunk in _BASE64.findall(data):
            try:
                inner = base64.b64decode(chunk.replace(b"-", b"+").replace(b"_", b"/") + b"==")
            except binascii.Error:
                continue
            for _, decoded in readings(inner, 0):
                yield "base64", decoded


def strict_json(text: str) -> object:
    """JSON as it was written by us: no key twice, no NaN.

    Raises
    ------
    ValueError
        If it is no such JSON.

    Examples
    --------
    >>> strict_json('{"a": 1}')
    {'a': 1}
    """

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        if len({key for key, _ in items}) < len(items):
            raise ValueError("a key stands there twice")
        return dict(items)

    def refuse(word: str) -> object:
        raise ValueError(f"{word} is no number")

    return json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
