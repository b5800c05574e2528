"""One question to a service over the network, and the whole answer or none: the only module that opens a connection.

The standard library: certificates are always checked, no cookies, passwords or files with passwords are used, and of
the environment only the proxy that a council's network asks for (and `SSL_CERT_FILE`, its own certificates) counts.
"""

from __future__ import annotations

import queue
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from importlib.metadata import version
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from riskgraph.errors import ServerError

__all__ = ["Answered", "Limits", "NoAnswer", "ask"]

_PIECE = 1 << 16
_MOVED = frozenset({301, 302, 303, 307, 308})
_ABOUT = "supply-chain map for UK local government, open source; one request at a time"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a question may take, how big its answer may be, and how often it may be sent on."""

    silence: float = 60.0  # seconds to connect, and between two pieces
    total: float = 300.0  # seconds
    size: int = 64 * 1024**2  # bytes, unpacked
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer: its status, its headers in small letters, and its unpacked content."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """No whole answer came; asking again may help."""


def ask(url: str, limits: Limits | None = None) -> Answered:
    """The whole answer to one question, whatever its status.

    Raises
    ------
    NoAnswer
        If none came whole and in time.
    ServerError
        If asking again would not help: it is too big, not to be trusted, or sends us elsewhere.
    """
    limits = limits or Limits()
    found: queue.SimpleQueue[Answered | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            found.put(_followed(url, limits, time.monotonic() + limits.total))
        except Exception as error:  # noqa: BLE001 - raised again below, where somebody waits for it
            found.put(error)

    # in a thread, because a server that sends its headers a byte at a time is held up by no other limit
    threading.Thread(target=work, daemon=True).start()
    try:
        answer = found.get(timeout=limits.total)
    except queue.Empty:
        raise NoAnswer(_too_slow(limits)) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _too_slow(limits: Limits) -> str:
    return f"the answer was not whole after {limits.total:g} seconds"


def _followed(url: str, limits: Limits, deadline: float) -> Answered:
    """The answer, where the service sends us to another address of its own as well."""
    here = url
    for _ in range(limits.redirects + 1):
        answer = _once(here, limits, deadline)
        if answer.status not in _MOVED:
            return answer
        said = answer.headers.get("location", "")
        try:
            there = urljoin(here, said)
            elsewhere, host = urlsplit(there)[:2] != urlsplit(url)[:2], urlsplit(there).hostname or there[:80]
        except ValueError:  # no address
            there, elsewhere, host = "", True, repr(said[:80])
        if elsewhere:
            raise ServerError(
                f"{urlsplit(url).hostname} sends us elsewhere, to {host}; nobody was asked there.",
                "Look at the service's own page: it may have moved. A newer riskgraph may know its new address.",
            )
        here = there
    raise ServerError(f"{urlsplit(url).hostname} sends us in a circle.", "Try again tomorrow.")


def _once(url: str, limits: Limits, deadline: float) -> Answered:
    request = Request(  # noqa: S310 - the scheme was judged with the address
        url,
        headers={
            "User-Agent": f"riskgraph/{version('riskgraph')} ({_ABOUT})",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        },
    )
    host = urlsplit(url).hostname
    try:
        with _opener(host == "127.0.0.1").open(request, timeout=limits.silence) as response:
            assert isinstance(response, HTTPResponse)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answered(response.status, headers, _body(response, headers, limits, deadline))
    except TimeoutError:
        raise NoAnswer(f"nothing came for {limits.silence:g} seconds") from None
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise ServerError(
                f"The certificate of {host} is not trusted here: {reason.verify_message}.",
                "If your network looks into encrypted traffic, ask your IT for its certificate and name the file in "
                "SSL_CERT_FILE. riskgraph does not ask without checking.",
            ) from None
        if isinstance(reason, TimeoutError):
            raise NoAnswer(f"nothing came for {limits.silence:g} seconds") from None
        raise NoAnswer(f"the connection failed ({reason or type(reason).__name__})") from None
    except zlib.error:
        raise NoAnswer("the answer is not packed as it says") from None
    except ValueError as error:
        raise NoAnswer(f"the address, or that of the proxy, cannot be asked ({error})") from None


def _opener(local: bool) -> OpenerDirector:
    """Whatever goes out goes through the proxy of the environment; this machine is asked itself."""
    opener = OpenerDirector()
    outside = () if local else (ProxyHandler(), HTTPSHandler(context=ssl.create_default_context()))
    for handler in (HTTPHandler(), *outside):
        opener.add_handler(handler)
    return opener


def _body(response: HTTPResponse, headers: Mapping[str, str], limits: Limits, deadline: float) -> bytes:
    """The whole content, unpacked, or an error: never a part of it."""
    packed = headers.get("content-encoding", "").strip().lower()
    if packed not in {"", "identity", "gzip"}:
        raise NoAnswer(f"the answer is packed in a way that was not asked for ({packed[:20]!r})")
    unpacking = zlib.decompressobj(31) if packed == "gzip" else None
    content, came = bytearray(), 0
    while piece := response.read1(_PIECE):
        came += len(piece)
        room = limits.size - len(content) + 1
        content += unpacking.decompress(piece, room) if unpacking else piece
        if len(content) > limits.size or came > limits.size:
            raise ServerError(
                f"{urlsplit(response.url).hostname} sent more than {limits.size // 1024**2:,} MB in one answer.",
                "Nothing of it was kept. Take the bulk file of the Open Contracting Data Registry for this time.",
            )
        if time.monotonic() > deadline:
            raise NoAnswer(_too_slow(limits))
    announced = headers.get("content-length", "")
    whole = not announced.isdigit() or "transfer-encoding" in headers or came == int(announced)
    if not whole or (unpacking is not None and not unpacking.eof):
        raise NoAnswer("the connection was cut in the middle of the answer")
    return bytes(content)
