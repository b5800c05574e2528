"""How many suppliers two bodies share, found out without showing each other the lists.

Private set intersection by Diffie and Hellman's exchange (Meadows 1986; Huberman, Franklin and Hogg 1999),
of which only the size is learnt. Each supplier becomes a number in the group of squares modulo a public
prime. Who asks raises his numbers to a secret power; who answers raises those to a secret power of her own
and mixes them, and sends her own numbers raised once. The asker raises hers again and counts how many
numbers agree: he cannot tell which they are, and neither can test a guess, because each number hides
behind a power that only the other knows.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from riskgraph.data.dataset import Dataset
from riskgraph.data.directory import directory
from riskgraph.data.spelling import company_key
from riskgraph.errors import RiskGraphError
from riskgraph.model import SUPPLIER

__all__ = ["Count", "answer", "ask", "count", "data_of", "plain_count", "suppliers_of"]

SHORTEST_LIST = 10  # shorter lists would say which suppliers they are
LONGEST_LIST = 20_000
_SECRET_BITS = 256
# Group 14 of RFC 3526: a safe prime of 2,048 bits
_P = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)
_ASK, _ANSWER = "riskgraph overlap question 1", "riskgraph overlap answer 1"


@dataclass(frozen=True, slots=True)
class Count:
    """What is learnt, by the asker only."""

    shared: int
    mine: int
    theirs: int


def suppliers_of(dataset: Dataset) -> tuple[str, ...]:
    """By what each supplier is recognised: the shipped directory's id, else its number, else its name.

    Only suppliers that a relation leads to are counted, each once.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> "supplier:civica" in suppliers_of(read("seeds"))
    True
    """
    used = {row.provider for row in dataset.relations.values()} | {row.dependent for row in dataset.relations.values()}
    found = set()
    for entity in dataset.entities.values():
        if entity.kind == SUPPLIER and entity.id in used:
            known = directory()
            if entity.company_number in known.numbers:
                found.add(known.numbers[entity.company_number])
            else:
                by_name = known.supplier(entity.name)
                found.add(by_name or entity.company_number or company_key(entity.name))
    return tuple(sorted(found))


def _point(word: str) -> int:
    """A supplier as a square modulo the prime; which power of which other nobody knows."""
    digest = b"".join(hashlib.sha512(f"riskgraph overlap 1|{part}|{word}".encode()).digest() for part in range(5))
    return pow(int.from_bytes(digest) % _P, 2, _P)


def _secret() -> int:
    return secrets.randbits(_SECRET_BITS) | 1 << (_SECRET_BITS - 1)


def _mixed(numbers: Iterable[int]) -> list[str]:
    texts = [f"{number:x}" for number in numbers]
    secrets.SystemRandom().shuffle(texts)
    return texts


def _enough(suppliers: Sequence[str], whose: str) -> None:
    if not SHORTEST_LIST <= len(suppliers) <= LONGEST_LIST:
        raise RiskGraphError(
            f"{whose} has {len(suppliers)} suppliers; between {SHORTEST_LIST} and {LONGEST_LIST:,} are needed.",
            "A short list would give away which suppliers are on it.",
        )


def ask(suppliers: Sequence[str], data: str = "") -> tuple[str, str]:
    """The question to send, and the key to keep.

    Parameters
    ----------
    suppliers
        By what each is recognised; see `suppliers_of`.
    data
        Where they come from; the key remembers it, see `data_of`.

    Returns
    -------
    tuple
        Two JSON texts. The key must never be sent: with it, every number can be tested.

    Raises
    ------
    RiskGraphError
        If the list is too short to hide anything, or too long.
    """
    _enough(suppliers, "Your list")
    secret = _secret()
    numbers = _mixed(pow(_point(word), secret, _P) for word in suppliers)
    check = hashlib.sha256("\n".join(numbers).encode()).hexdigest()
    return _json({"sort": _ASK, "numbers": numbers}), _json({"secret": f"{secret:x}", "question": check, "data": data})


def answer(question: str, suppliers: Sequence[str]) -> str:
    """The answer to a question: it shows neither which suppliers you have nor which are shared.

    Raises
    ------
    RiskGraphError
        If the question is none, or either list is too short to hide anything.
    """
    numbers = _numbers(_load(question, _ASK), "numbers")
    _enough(numbers, "The question")  # type: ignore[arg-type]
    _enough(suppliers, "Your list")
    secret = _secret()
    check = hashlib.sha256("\n".join(f"{n:x}" for n in numbers).encode()).hexdigest()
    mine = _mixed(pow(_point(word), secret, _P) for word in suppliers)
    theirs = _mixed(pow(number, 2 * secret, _P) for number in numbers)
    return _json({"sort": _ANSWER, "question": check, "numbers": mine, "yours_again": theirs})


def count(reply: str, key: str) -> Count:
    """How many suppliers are shared.

    Raises
    ------
    RiskGraphError
        If the answer is none, or belongs to another question than the key.

    Examples
    --------
    >>> mine, theirs = [f"company {n}" for n in range(12)], [f"company {n}" for n in range(9, 21)]
    >>> question, key = ask(mine)
    >>> count(answer(question, theirs), key)
    Count(shared=3, mine=12, theirs=12)
    """
    content = _load(reply, _ANSWER)
    kept = _load(key, None)
    if content.get("question") != kept.get("question"):
        raise RiskGraphError(
            "The answer belongs to another question than this key.", "Use the key kept with the question."
        )
    try:
        secret = int(str(kept.get("secret")), 16)
    except ValueError:
        raise RiskGraphError("The key is none.", "Use the key kept with the question.") from None
    theirs = _numbers(content, "numbers")
    again = set(_numbers(content, "yours_again"))
    both = {pow(number, 2 * secret, _P) for number in theirs}
    return Count(len(both & again), len(again), len(theirs))


def data_of(key: str) -> str:
    """Where the suppliers of a question came from, by its key; empty if the key does not say."""
    return str(_load(key, None).get("data") or "")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=0) + "\n"


def _load(text: str, sort: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or (sort is not None and value.get("sort") != sort):
        raise RiskGraphError("This is no file of an overlap check.", "Use the file exactly as it was sent.")
    return value


def _numbers(content: dict[str, Any], name: str) -> list[int]:
    found = []
    texts = content.get(name)
    for text in texts if isinstance(texts, list) else []:
        try:
            number = int(str(text)[:600], 16)
        except ValueError:
            number = 0
        if not 1 < number < _P - 1:
            raise RiskGraphError("A number in the file is out of range.", "Ask for the file again.")
        found.append(number)
    if not found or len(set(found)) != len(found) or len(found) > LONGEST_LIST:
        raise RiskGraphError("The file holds no numbers, or some twice.", "Ask for the file again.")
    return found


def plain_count(one: Sequence[str], two: Sequence[str]) -> Count:
    """The same count for somebody who may see both lists.

    Examples
    --------
    >>> plain_count(["a", "b"], ["b"])
    Count(shared=1, mine=2, theirs=1)
    """
    return Count(len({*one} & {*two}), len({*one}), len({*two}))
