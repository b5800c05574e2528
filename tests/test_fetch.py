"""News from public services: every fault is played by a server on this machine, in a time of its own."""

from __future__ import annotations

import ast
import contextlib
import gzip
import hashlib
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from riskgraph.cli import main
from riskgraph.data import folders, read, write
from riskgraph.errors import DataError, MissingFile, RiskGraphError, ServerError
from riskgraph.fetching import (
    Choice,
    Gathered,
    Reporter,
    Taken,
    gather,
    locked,
    named_sources,
    planned,
    source,
    take_in,
)
from riskgraph.fetching.asking import TRIES, Clock
from riskgraph.fetching.connection import Limits, NoAnswer, ask
from riskgraph.fetching.gathering import MOST_DIVISIONS, MOST_PAGES
from riskgraph.fetching.pages import page
from riskgraph.fetching.sources import Window, mirror
from riskgraph.fetching.spool import SPOOL

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 5, 3, 0, tzinfo=UTC).timestamp()
FAST = Limits(silence=5, total=10, size=2_000_000)
FTS = source("find-a-tender")

# -- the service -------------------------------------------------------------------------------------


def release(
    number: int, when: str, council: str = "Thanet District Council", thing: str = "Parking system"
) -> dict[str, Any]:
    """One award, as Find a Tender publishes it; invented."""
    return {
        "ocid": f"ocds-h6vhtk-{number:06}",
        "id": f"{number:06}-2026",
        "date": f"{when}Z",
        "tag": ["award", "contract"],
        "buyer": {"id": "B", "name": council},
        "parties": [
            {"id": "B", "name": council, "roles": ["buyer"]},
            {"id": "S", "name": "Civica UK Limited", "identifier": {"scheme": "GB-COH", "id": "01628868"}},
        ],
        "tender": {"title": f"{thing} {number}", "classification": {"scheme": "CPV", "id": "48000000"}},
        "awards": [
            {
                "id": "1",
                "status": "active",
                "suppliers": [{"id": "S", "name": "Civica UK Limited"}],
                "contractPeriod": {"startDate": "2026-01-01T00:00:00Z", "endDate": "2028-12-31T00:00:00Z"},
                "value": {"amount": 1000 + number, "currency": "GBP"},
            }
        ],
    }


COUNCILS = [
    f"{name} Council"
    for name in (
        "Thanet District",
        "Dover District",
        "Ashford Borough",
        "Canterbury City",
        "Swale Borough",
        "Kent County",
    )
]
DAYS = ("2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04")
NOTICES = [
    release(100 * day + n, f"{DAYS[day]}T{3 * n + 1:02}:30:00", COUNCILS[(day + n) % len(COUNCILS)])
    for day in range(len(DAYS))
    for n in range(7)
]

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Service:
    """A service like Find a Tender: windows, a cursor, small pages, and faults at the requests that are named."""

    notices: list[dict[str, Any]] = field(default_factory=lambda: list(NOTICES))
    full: int = 3
    faults: dict[int, Callable[[Service, Any], Answer | None]] = field(default_factory=dict)
    every: Callable[[Service, Any], Answer | None] | None = None
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str, handler: Any) -> Answer | None:
        self.asked.append(path)
        self.headers.append(dict(handler.headers.items()))
        fault = self.faults.get(len(self.asked), self.every)
        return fault(self, handler) if fault else self.usual(path)

    def usual(self, path: str) -> Answer:
        return 200, {"Content-Type": "application/json"}, json.dumps(self.package(path)).encode()

    def package(self, path: str) -> dict[str, Any]:
        query = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
        since, until = query["updatedFrom"], query["updatedTo"]
        found = [one for one in self.notices if since <= one["date"].removesuffix("Z") <= until]
        at = int(query.get("cursor", "0"))
        more = at + self.full < len(found)
        query["cursor"] = str(at + self.full)
        following = "&".join(f"{key}={value}" for key, value in query.items())
        links = {"links": {"next": f"{self.address}?{following}"}} if more else {}
        return {"uri": "x", "publisher": {"name": "x"}, "releases": found[at : at + self.full], **links}


@contextlib.contextmanager
def served(service: Service) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError):
                answer = service.answer(self.path, self)
                if answer is None:  # the fault has written what there is
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.address = f"http://127.0.0.1:{server.server_address[1]}/notices"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class FakeTime:
    """A clock that only waiting moves."""

    at: float = NOW
    slept: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.sleep, random.Random(1))  # noqa: S311 - chance in waiting

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= 400
        self.slept.append(seconds)
        self.at += seconds


SMALL = replace(FTS, full=3)


@dataclass
class Run:
    """One run: what came, and what it made."""

    came: Gathered
    taken: Taken

    @property
    def notices(self) -> int:
        """All so far, each once."""
        return self.taken.notices[self.came.source.name]


def run(folder: Path, service: Service, of: FakeTime | None = None, **more: Any) -> Run:
    asked = {"since": date(2026, 11, 1), "choice": Choice("all"), **more}
    source_ = asked.pop("source", SMALL)
    limits = asked.pop("limits", FAST)
    clock = (of or FakeTime()).clock()
    with locked(folder):
        came = gather(folder, source_, address=service.address, clock=clock, limits=limits, **asked)
        return Run(came, take_in(folder, today=clock.today()))


def content(folder: Path) -> dict[str, str]:
    """The map, file by file."""
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.glob("*.*")) if one.is_file()
    }


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here tears the power out."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The map of a run in which nothing went wrong."""
    folder = tmp_path_factory.mktemp("undisturbed") / "map"
    with served(Service()) as service:
        found = run(folder, service)
    assert found.notices == len(NOTICES)
    assert len(read(folder).relations) >= 6
    return content(folder)


# -- a run -------------------------------------------------------------------------------------------


def test_a_run_asks_by_windows_of_a_day_and_says_who_asks(tmp_path: Path) -> None:
    with served(Service()) as service:
        found = run(tmp_path / "map", service)
    assert (found.came.first, found.came.last, found.came.releases) == (date(2026, 11, 1), date(2026, 11, 5), 28)
    first = parse_qs(urlsplit(service.asked[0]).query)
    assert first == {"limit": ["100"], "updatedFrom": ["2026-11-01T00:00:00"], "updatedTo": ["2026-11-02T00:00:00"]}
    assert not any("stages" in path or "Z" in path for path in service.asked)
    assert len(service.asked) == len(set(service.asked)) == 4 * 3 + 1
    for headers in service.headers:
        assert headers["User-Agent"].startswith("riskgraph/")
        assert {"Authorization", "Cookie"}.isdisjoint(headers)


def test_the_evidence_is_the_notice_with_its_day(tmp_path: Path) -> None:
    with served(Service()) as service:
        run(tmp_path / "map", service)
    said = [
        item
        for item in read(tmp_path / "map").evidence.values()
        if item.about is None and "awarded" in (item.claim or "")
    ]
    assert {item.published for item in said} == set(DAYS)
    assert "https://www.find-tender.service.gov.uk/Notice/000000-2026" in {item.url for item in said}


def test_the_next_run_asks_only_for_what_is_new_with_a_day_of_overlap(tmp_path: Path) -> None:
    of = FakeTime()
    with served(Service()) as service:
        run(tmp_path / "map", service, of)
        before, count = content(tmp_path / "map"), len(service.asked)
        of.at += 86_400
        service.notices.append(release(900, "2026-11-05T09:00:00", "Medway Council"))
        found = run(tmp_path / "map", service, of, since=None, choice=None)
        assert found.came.first == date(2026, 11, 4)
        assert "updatedFrom=2026-11-04" in service.asked[count]
        assert content(tmp_path / "map") != before
        assert "authority:medway" in {row.dependent for row in read(tmp_path / "map").relations.values()}
        before = content(tmp_path / "map")
        assert run(tmp_path / "map", service, of, since=None, choice=None).taken.written == ()
    assert content(tmp_path / "map") == before


def test_several_runs_make_the_map_of_one(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    with served(Service()) as service:
        for day in range(1, 6):
            run(tmp_path / "map", service, until=date(2026, 11, day), since=date(2026, 11, day))
    assert content(tmp_path / "map") == undisturbed


def test_only_councils_are_taken_unless_told_otherwise(tmp_path: Path) -> None:
    notices = [
        release(1, "2026-11-02T10:00:00"),
        release(2, "2026-11-02T11:10:00", "Kent Fire and Rescue Service"),
        release(3, "2026-11-02T12:20:00", "Invented Widgets Agency"),
    ]
    taken = {}
    with served(Service(notices)) as service:
        for buyers in ("councils", "known", "all"):
            folder = tmp_path / buyers
            run(folder, service, choice=Choice(buyers))
            taken[buyers] = {row.dependent for row in read(folder).relations.values() if row.dependent[:4] == "auth"}
            pages = list((folder / SPOOL / FTS.name).glob("*.json.gz"))
            assert sum(len(page(gzip.decompress(one.read_bytes())).releases) for one in pages) == 3  # whole pages
    assert taken["councils"] == {"authority:thanet"}
    assert len(taken["known"]) == 2
    assert len(taken["all"]) == 3


def test_codes_and_areas_choose_what_is_taken_and_are_remembered(tmp_path: Path) -> None:
    waste = release(2, "2026-11-02T11:00:00", "Dover District Council")
    waste["tender"] = {"title": "Waste vehicles", "classification": {"scheme": "CPV", "id": "34144510"}}
    revenues = release(3, "2026-11-02T12:00:00", "Swale Borough Council")
    revenues["tender"]["title"] = "Revenues and benefits system"
    with served(Service([release(1, "2026-11-02T10:00:00"), waste, revenues])) as service:
        run(tmp_path / "cpv", service, choice=Choice(cpv=("48", "72")))
        run(tmp_path / "area", service, choice=Choice(areas=("revenues-benefits",)))
        again = run(tmp_path / "area", service, since=None, choice=None)
    assert again.came.choice == Choice(areas=("revenues-benefits",))
    assert {r.dependent for r in read(tmp_path / "cpv").relations.values()} & {"authority:dover"} == set()
    assert {r.dependent for r in read(tmp_path / "cpv").relations.values()} >= {"authority:thanet", "authority:swale"}
    dependents = {r.dependent for r in read(tmp_path / "area").relations.values()}
    assert {id_ for id_ in dependents if id_.startswith("authority")} == {"authority:swale"}


def test_where_nothing_is_for_the_map_none_is_written(tmp_path: Path) -> None:
    with served(Service([release(1, "2026-11-02T10:00:00", "Invented Widgets Agency")])) as service:
        found = run(tmp_path / "map", service, choice=Choice())
        assert found.taken.written == ()
        assert found.taken.after is None
        service.notices = []
        assert run(tmp_path / "other", service).notices == 0
    assert not (tmp_path / "map" / "dataset.toml").exists()
    assert not (tmp_path / "other" / "dataset.toml").exists()


def test_a_month_and_one_sort_of_notice_is_asked_in_scotland(tmp_path: Path) -> None:
    def answer(service: Service, _: Any) -> Answer:
        kind = parse_qs(urlsplit(service.asked[-1]).query)["noticeType"][0]
        package: dict[str, Any] = {"uri": "x", "publisher": {"name": "x"}}  # metadata, no releases
        if kind == "103":
            package["releases"] = [release(1, "2026-10-02T10:00:00", "Aberdeen City Council")]
        return 200, {}, json.dumps(package).encode()

    scotland = source("public-contracts-scotland")
    with served(Service(every=answer)) as service:
        found = run(tmp_path / "map", service, source=scotland, since=date(2026, 10, 20))
    assert len(service.asked) == 2 * len(scotland.each["noticeType"])
    assert "/notices?outputType=0&dateFrom=10-2026&noticeType=3" in service.asked
    assert found.notices == 1


# -- faults ------------------------------------------------------------------------------------------


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[Service, Any], Answer]:
    return lambda *_: (code, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def sends(body: bytes, **headers: str) -> Callable[[Service, Any], Answer]:
    return status(200, body, **headers)


def cut(service: Service, _: Any) -> Answer:
    _, headers, body = service.usual(service.asked[-1])
    return 200, {**headers, "Content-Length": str(len(body) + 100)}, body


def cut_gzip(service: Service, _: Any) -> Answer:
    body = gzip.compress(service.usual(service.asked[-1])[2])[:-12]
    return 200, {"Content-Encoding": "gzip"}, body


def without_links(service: Service, _: Any) -> Answer:
    package = service.package(service.asked[-1])
    package.pop("links", None)
    return 200, {}, json.dumps(package).encode()


def gone(_: Service, handler: Any) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


PASSING = {
    "429 in plain text without Retry-After": (status(429, b"12 request limit in 2 minute exceeded"), (10, 15)),
    "429 with Retry-After": (status(429, b"slow down", Retry_After="120"), (120, 120)),
    "429 until a moment": (status(429, Retry_After="Thu, 05 Nov 2026 03:01:30 GMT"), (60, 90)),
    "503": (status(503), (10, 15)),
    "504": (status(504, b"<html>gateway</html>"), (10, 15)),
    "an HTML page with 200": (sends(b"<!doctype html><p>Maintenance", Content_Type="text/html"), (10, 15)),
    "an empty answer": (sends(b""), (10, 15)),
    "an error in JSON": (sends(b'{"message": "busy"}'), (10, 15)),
    "half a page": (sends(b'{"uri": "x", "releases": [{"ocid": "a", '), (10, 15)),
    "a cut connection": (cut, (10, 15)),
    "a cut and packed page": (cut_gzip, (10, 15)),
    "a page that is not packed as it says": (sends(b'{"releases": []}', Content_Encoding="gzip"), (10, 15)),
    "429 with a Retry-After that is no number": (status(429, Retry_After="\u00b2"), (10, 15)),
    "a server that goes away": (gone, (10, 15)),
}


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("place", [1, 6])
def test_a_fault_that_passes_leaves_no_trace(
    fault: str, place: int, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    plays, (least, most) = PASSING[fault]
    of = FakeTime()
    with served(Service(faults={place: plays})) as service:
        run(tmp_path / "map", service, of)
    waited = [pause for pause in of.slept if least <= pause <= most]
    assert waited
    assert content(tmp_path / "map") == undisturbed


def test_contracts_finder_is_left_alone_for_five_minutes_after_403(tmp_path: Path) -> None:
    def renamed(service: Service, _: Any) -> Answer:
        return service.usual(
            service.asked[-1].replace("publishedFrom", "updatedFrom").replace("publishedTo", "updatedTo")
        )

    finder, of = replace(source("contracts-finder"), full=3), FakeTime()
    with served(Service(faults={2: status(403)}, every=renamed)) as service:
        run(tmp_path / "map", service, of, source=finder)
    assert 300 in of.slept


def test_403_of_another_service_stops_at_once(tmp_path: Path) -> None:
    of = FakeTime()
    with served(Service(faults={2: status(403)})) as service, pytest.raises(ServerError, match="403"):
        run(tmp_path / "map", service, of)
    assert of.slept == []
    assert len(service.asked) == 2


def test_never_more_than_twelve_requests_in_two_minutes_over_runs_too(tmp_path: Path) -> None:
    of, times = FakeTime(), []

    def answer(service: Service, _: Any) -> Answer:
        times.append(of.at)
        return service.usual(service.asked[-1])

    with served(Service(every=answer)) as service:
        for _ in range(3):
            run(tmp_path / "map", service, of)
    assert len(times) == 3 * 13
    assert all(later - first >= 120 for first, later in zip(times, times[12:], strict=False))


def test_waiting_doubles_up_to_five_minutes_and_ends(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    of = FakeTime()
    folder = tmp_path / "map"
    with served(Service(every=status(503))) as service:
        with pytest.raises(ServerError, match=f"no answer in {TRIES} tries: status 503") as raised:
            run(folder, service, of)
        assert len(service.asked) == TRIES
        assert "again later" in raised.value.fix
        assert [base <= pause <= 1.5 * base for base, pause in zip((10, 20, 40, 80, 160), of.slept, strict=True)]
        assert all(
            base <= pause <= min(1.5 * base, 300) for base, pause in zip((10, 20, 40, 80, 160), of.slept, strict=True)
        )
        assert content(folder) == {}
        service.every = None
        run(folder, service, of)
    assert content(folder) == undisturbed


def test_a_service_that_wants_us_back_tomorrow_is_asked_tomorrow(tmp_path: Path) -> None:
    of = FakeTime()
    told = pytest.raises(ServerError, match="come back in 24 hours")
    with served(Service(every=status(429, Retry_After="86400"))) as service, told:
        run(tmp_path / "map", service, of)
    assert of.slept == []


@pytest.mark.parametrize("after", [1, 2, 3, 5, 9, 12])
def test_a_run_that_stops_anywhere_goes_on_from_there(after: int, tmp_path: Path, undisturbed: dict[str, str]) -> None:
    folder, of = tmp_path / "map", FakeTime()
    with served(Service(faults={n: status(503) for n in range(after + 1, after + TRIES + 1)})) as service:
        with pytest.raises(ServerError):
            run(folder, service, of)
        assert content(folder) == {}
        came = service.asked[:after]
        service.faults, service.asked = {}, []
        run(folder, service, of, since=None)
        assert not set(came) & set(service.asked), "a page that came is not asked for again"
    assert content(folder) == undisturbed


def test_a_map_stays_as_it_was_when_a_source_fails(tmp_path: Path) -> None:
    folder, of = tmp_path / "map", FakeTime()
    with served(Service()) as service:
        run(folder, service, of)
        before = content(folder)
        service.every = status(500)
        with pytest.raises(ServerError):
            run(folder, service, of, since=None)
    assert content(folder) == before


def test_a_cursor_that_is_too_old_starts_its_window_again(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    folder, of = tmp_path / "map", FakeTime()
    with served(Service(faults={n: status(503) for n in range(3, 3 + TRIES)})) as service:
        with pytest.raises(ServerError):
            run(folder, service, of)
        service.faults, service.asked = {1: status(400, b"cursor expired")}, []
        run(folder, service, of)
        assert "cursor=6" in service.asked[0]
        assert "cursor" not in service.asked[1]
    assert content(folder) == undisturbed


def test_a_full_page_without_a_next_link_is_asked_in_smaller_windows(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    folder = tmp_path / "map"
    with served(Service(every=without_links)) as service:
        found = run(folder, service)
        assert found.notices == len(NOTICES)
        assert any("updatedTo=2026-11-01T12%3A00%3A00" in path for path in service.asked)
        assert content(folder) == undisturbed
    with served(Service(every=without_links)) as service:  # the same, and stopped in the middle of it
        service.faults = {n: status(503) for n in range(9, 9 + TRIES)}
        folder = tmp_path / "stopped"
        with pytest.raises(ServerError):
            run(folder, service)
        service.faults = {}
        run(folder, service)
    assert content(folder) == undisturbed


def test_a_minute_that_stays_full_is_told(tmp_path: Path) -> None:
    burst = [release(n, "2026-11-02T10:00:30") for n in range(5)]
    with served(Service(burst, every=without_links)) as service:
        found = run(tmp_path / "map", service)
    assert any("some may be missing" in note for note in found.came.notes)
    assert len(service.asked) < 40


def test_a_service_that_is_full_at_any_time_is_not_asked_for_ever(tmp_path: Path) -> None:
    def always_full(*_: Any) -> Answer:
        return 200, {}, json.dumps({"releases": NOTICES[:3]}).encode()

    full = pytest.raises(ServerError, match="full or repeated pages for however short a time")
    with served(Service(every=always_full)) as service, full:
        run(tmp_path / "map", service)
    assert len(service.asked) < 3 * MOST_DIVISIONS


def test_an_endless_cursor_is_noticed_by_the_same_page(tmp_path: Path) -> None:
    def endless(service: Service, _: Any) -> Answer:
        return 200, {}, json.dumps({"releases": NOTICES[:3], "links": {"next": service.address + "?cursor=1"}}).encode()

    circle = pytest.raises(ServerError, match="the same page again for 1 November 2026")
    with served(Service(every=endless)) as service, circle:
        run(tmp_path / "map", service)
    assert len(service.asked) < 3 * MOST_DIVISIONS


def test_a_cursor_that_goes_in_a_circle_is_not_needed_in_smaller_windows(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    def circle(service: Service, _: Any) -> Answer:
        return service.usual(service.asked[-1].replace("cursor=", "lost="))

    with served(Service(every=circle)) as service:
        run(tmp_path / "map", service)
    assert content(tmp_path / "map") == undisturbed


def test_a_mirror_that_a_map_brings_along_is_said_and_judged(tmp_path: Path) -> None:
    said: list[str] = []
    with served(Service()) as service:
        run(tmp_path / "map", service, reporter=Reporter(say=said.append))
        assert said == [f"Find a Tender: {service.address} is asked in its place."]
    state = tmp_path / "map" / SPOOL / FTS.name / "state.json"
    state.write_text(state.read_text().replace(service.address, "http://elsewhere.example/notices"))
    with pytest.raises(RiskGraphError, match="no address to ask"):
        gather(tmp_path / "map", SMALL, clock=FakeTime().clock())


def test_a_cursor_without_an_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(service: Service, _: Any) -> Answer:
        n = len(service.asked)
        return (
            200,
            {},
            json.dumps({"releases": [release(n, "2026-11-01T10:00:00")], "links": {"next": f"?cursor={n}"}}).encode(),
        )

    assert MOST_PAGES * FTS.full >= 50_000
    monkeypatch.setattr("riskgraph.fetching.gathering.MOST_PAGES", 5)
    with served(Service(every=endless)) as service, pytest.raises(ServerError, match="still goes on after 5 pages"):
        run(tmp_path / "map", service)
    assert len(service.asked) == 6


@pytest.mark.parametrize("link", ["https://[::1", "?" + "a=1&" * 60, "?cursor=\ud800"])
def test_a_next_link_that_cannot_be_asked_divides_the_window(
    link: str, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    def broken(service: Service, _: Any) -> Answer:
        package = service.package(service.asked[-1])
        if "links" in package:
            package["links"] = {"next": link}
        return 200, {}, json.dumps(package).encode()

    with served(Service(every=broken)) as service:
        run(tmp_path / "map", service)
    assert content(tmp_path / "map") == undisturbed


def test_a_clock_that_ran_ahead_once_loses_nothing(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    day = 24 * 3600
    with served(Service(notices=NOTICES[:14])) as service:
        run(tmp_path / "map", service, FakeTime(NOW + 400 * day))
    with served(Service()) as service:
        found = run(tmp_path / "map", service, since=None)
    assert content(tmp_path / "map") == undisturbed
    assert found.came.first == date(2026, 11, 2)  # the last day on which there was something
    assert "clock" in found.came.notes[0]
    with served(Service()) as service:
        again = run(tmp_path / "map", service, FakeTime(NOW + day), since=None)
    assert again.came.first == date(2026, 11, 4)


def test_a_next_link_never_leads_elsewhere(tmp_path: Path) -> None:
    def abroad(service: Service, _: Any) -> Answer:
        package = service.package(service.asked[-1])
        if "links" in package:
            package["links"]["next"] = "https://elsewhere.example/steal?" + package["links"]["next"].partition("?")[2]
        return 200, {}, json.dumps(package).encode()

    with served(Service(every=abroad)) as service:
        assert run(tmp_path / "map", service).notices == len(NOTICES)


def test_the_same_release_twice_is_one(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    with served(Service([one for one in NOTICES for _ in range(2)])) as service:
        found = run(tmp_path / "map", service)
    assert (found.came.releases, found.notices) == (2 * len(NOTICES), len(NOTICES))
    assert content(tmp_path / "map") == undisturbed


def test_packages_in_results_are_read(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    def wrapped(service: Service, _: Any) -> Answer:
        package = service.package(service.asked[-1])
        links = {"links": package.pop("links")} if "links" in package else {}
        inner = [{**package, "releases": [one]} for one in package["releases"]]
        return 200, {}, json.dumps({"results": inner, **links}).encode()

    with served(Service(every=wrapped)) as service:
        run(tmp_path / "map", service)
    assert content(tmp_path / "map") == undisturbed


def test_an_amount_that_no_number_holds_is_left_out_and_told(tmp_path: Path) -> None:
    body = json.dumps({"releases": [release(1, "2026-11-02T10:00:00")]}).replace("1001", "1e9999").encode()
    with served(Service(every=sends(body))) as service:
        found = run(tmp_path / "map", service)
    assert any("1e9999" in note for note in found.came.notes)
    assert {row.contract_value_gbp for row in read(tmp_path / "map").relations.values()} == {None}


def test_bytes_that_are_not_utf8_are_read_and_told(tmp_path: Path) -> None:
    one = release(1, "2026-11-02T10:00:00", "Invented Café Council")
    body = json.dumps({"releases": [one]}, ensure_ascii=False).replace("Parking", "Parking €5 –").encode("cp1252")
    with served(Service(every=sends(body))) as service:
        found = run(tmp_path / "map", service)
    assert any("Windows-1252" in note for note in found.came.notes)
    data = read(tmp_path / "map")
    assert "Invented Café Council" in {entity.name for entity in data.entities.values()}
    assert any("€5 –" in (item.claim or "") for item in data.evidence.values())


def test_half_of_a_character_makes_no_half_map(tmp_path: Path) -> None:
    body = json.dumps({"releases": [release(1, "2026-11-02T10:00:00", "Odd \ud800 Council")]}).encode()
    with served(Service(every=sends(body))) as service:
        run(tmp_path / "map", service)
    assert read(tmp_path / "map").relations


# -- the connection ----------------------------------------------------------------------------------


def trickle(_: Service, handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    with contextlib.suppress(OSError):
        for _step in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.02)


def slow_headers(_: Service, handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    with contextlib.suppress(OSError):
        for _step in range(200):
            handler.wfile.write(b"x")
            time.sleep(0.02)


def silent(_: Service, __: Any) -> None:
    time.sleep(0.6)


@pytest.mark.parametrize("fault", [trickle, slow_headers, silent])
def test_a_slow_answer_has_a_total_time_limit(fault: Callable[[Service, Any], None]) -> None:
    began = time.monotonic()
    with served(Service(every=fault)) as service, pytest.raises(NoAnswer):
        ask(service.address, Limits(silence=0.3, total=0.4))
    assert time.monotonic() - began < 3


def test_a_huge_page_is_not_read_to_its_end(tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * 5_000_000)
    for body, headers in ((b" " * 3_000_000, {}), (bomb, {"Content_Encoding": "gzip"})):
        too_big = pytest.raises(ServerError, match="sent more than 1 MB in one answer")
        with served(Service(every=sends(body, **headers))) as service, too_big:
            run(tmp_path / "map", service, limits=replace(FAST, size=1_500_000))
        assert len(service.asked) == 1
    assert not list((tmp_path / "map" / SPOOL / FTS.name).glob("*.gz"))


def test_a_packed_page_is_unpacked(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    def packed(service: Service, _: Any) -> Answer:
        return 200, {"Content-Encoding": "gzip"}, gzip.compress(service.usual(service.asked[-1])[2])

    with served(Service(every=packed)) as service:
        run(tmp_path / "map", service)
        assert service.headers[0]["Accept-Encoding"] == "gzip"
    assert content(tmp_path / "map") == undisturbed


def test_a_packing_that_was_not_asked_for_is_no_answer() -> None:
    with served(Service(every=sends(b"??", Content_Encoding="br"))) as service, pytest.raises(NoAnswer, match="'br'"):
        ask(service.address, FAST)


@pytest.mark.parametrize(
    "there",
    [
        "https://elsewhere.example/x",
        "http://127.0.0.1:1/x",
        "file:///etc/hostname",
        "https://127.0.0.1/x",
        "https://[::1",
    ],
)
def test_a_redirect_to_elsewhere_is_refused(there: str, tmp_path: Path) -> None:
    elsewhere = pytest.raises(ServerError, match="elsewhere")
    with served(Service(every=status(302, Location=there))) as service, elsewhere:
        run(tmp_path / "map", service)
    assert len(service.asked) == 1


def test_a_redirect_at_home_is_followed_a_few_times(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    def moved(service: Service, _: Any) -> Answer:
        path = service.asked[-1]
        return (
            service.usual(path)
            if path.startswith("/new")
            else (301, {"Location": path.replace("/notices", "/new")}, b"")
        )

    with served(Service(every=moved)) as service:
        run(tmp_path / "map", service)
    assert content(tmp_path / "map") == undisturbed
    with served(Service(every=status(307, Location="/notices"))) as service, pytest.raises(ServerError, match="circle"):
        ask(service.address, FAST)
    assert len(service.asked) == 4


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NoAnswer, match="the connection failed"):
            ask(f"http://127.0.0.1:{taken.getsockname()[1]}/", FAST)


def test_this_machine_is_asked_without_the_proxy_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with served(Service(every=sends(b"[]"))) as service:
        assert ask(service.address, FAST).body == b"[]"


def test_others_are_asked_through_the_proxy_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    class Seen(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            lines.append(self.requestline)
            self.send_error(502)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    lines: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Seen)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(NoAnswer):
            ask("https://notices.example/x", FAST)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert lines == ["CONNECT notices.example:443 HTTP/1.1"] or lines == ["CONNECT notices.example:443 HTTP/1.0"]


@pytest.mark.parametrize(
    "address",
    ["http://example.org/x", "ftp://example.org", "file:///etc/passwd", "https://", "https://user:secret@example.org/x",
     "https://example.org/x?key=1", "http://localhost/x", "https://example.org:99999/x", "notices"],
)  # fmt: skip
def test_only_https_or_this_machine_may_stand_in(address: str) -> None:
    with pytest.raises(RiskGraphError):
        mirror(address)


def test_the_address_is_always_checked_for_its_certificate() -> None:
    import ssl

    from riskgraph.fetching import connection

    handler = next(one for one in vars(connection._opener(False))["handlers"] if type(one).__name__ == "HTTPSHandler")
    context = handler._context
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


# -- the spool ---------------------------------------------------------------------------------------


def test_a_page_that_was_damaged_is_asked_for_again(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    folder, of = tmp_path / "map", FakeTime()
    with served(Service(faults={n: status(503) for n in range(8, 8 + TRIES)})) as service:
        with pytest.raises(ServerError):
            run(folder, service, of)
        pages = sorted((folder / SPOOL / FTS.name).glob("*.json.gz"))
        pages[0].write_bytes(gzip.compress(b'{"releases": []}'))
        pages[4].write_bytes(b"half")
        service.faults = {}
        run(folder, service, of)
    assert content(folder) == undisturbed


def test_a_state_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    place = tmp_path / "map" / SPOOL / FTS.name
    place.mkdir(parents=True)
    for text in ("", "[]", '{"schema": 1}', '{"schema": 2, "windows": {}}', "\x00"):
        (place / "state.json").write_text(text)
        with pytest.raises(DataError, match="Remove the folder"):
            planned(tmp_path / "map", FTS, FakeTime().clock())


def test_a_state_cannot_name_a_page_elsewhere(tmp_path: Path) -> None:
    folder, of = tmp_path / "map", FakeTime()
    with served(Service(faults={n: status(503) for n in range(3, 3 + TRIES)})) as service, pytest.raises(ServerError):
        run(folder, service, of)
    state = folder / SPOOL / FTS.name / "state.json"
    file = next(p["file"] for w in json.loads(state.read_text())["windows"].values() for p in w["pages"])
    state.write_text(state.read_text().replace(file, "../../../outside.json.gz"))
    with pytest.raises(DataError):
        planned(folder, FTS, of.clock())


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    with locked(tmp_path / "map"), pytest.raises(RiskGraphError, match="Another run"), locked(tmp_path / "map"):
        pass
    with locked(tmp_path / "map"):
        pass


def test_the_first_run_says_from_which_day(tmp_path: Path) -> None:
    with pytest.raises(RiskGraphError, match="from which day") as raised:
        planned(tmp_path / "map", FTS, FakeTime().clock())
    assert raised.value.fix.endswith("--since 2026-10-05")


def test_nothing_older_than_the_service_is_asked(tmp_path: Path) -> None:
    ahead = planned(tmp_path, FTS, FakeTime().clock(), date(1999, 1, 1), date(2021, 1, 3))
    assert (ahead.first, ahead.windows) == (date(2021, 1, 1), 3)
    for since, until in ((date(2026, 11, 6), None), (date(2026, 11, 3), date(2026, 11, 2)), (None, date(2027, 1, 1))):
        with pytest.raises(RiskGraphError):
            planned(tmp_path, FTS, FakeTime().clock(), since, until)


def test_a_shipped_map_is_never_written_to() -> None:
    with pytest.raises(RiskGraphError, match="ships with riskgraph"):
        gather(ROOT / "datasets" / "seeds", FTS, since=date(2026, 11, 1), clock=FakeTime().clock())
    assert not (ROOT / "datasets" / "seeds" / SPOOL).exists()


# -- the words ---------------------------------------------------------------------------------------


def typed(*words: str) -> Any:
    return CliRunner().invoke(main, words, catch_exceptions=False)


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def live() -> Iterator[Service]:
    """The service with notices of yesterday, by the clock of this machine: for the command line."""
    day = date.fromordinal(today().toordinal() - 1).isoformat()
    with served(Service([release(n, f"{day}T10:0{n}:00", COUNCILS[n]) for n in range(3)], full=100)) as service:
        yield service


def test_fetch_then_refresh_every_night(live: Service, tmp_path: Path) -> None:
    folder = str(tmp_path / "our map")
    since = date.fromordinal(today().toordinal() - 2).isoformat()
    first = typed("data", "fetch", "find-a-tender", "--to", folder, "--since", since, "--address", live.address)
    assert first.exit_code == 0, first.stderr
    assert first.stdout.startswith("Find a Tender, ")
    assert "3 notices in 3 pages. Of 3 so far, 3 awards of principal councils are in the map." in first.stdout
    assert f'riskgraph data refresh "{folder}"' in first.stdout
    assert "at least 3 requests" in first.stderr

    night = typed("data", "refresh", folder)
    assert night.exit_code == 0, night.stderr
    assert night.stdout.startswith("Nothing new: ")

    live.notices.append(release(9, live.notices[0]["date"].removesuffix("Z"), "Medway Council", "Benefits processing"))
    night = typed("data", "refresh", folder)
    assert night.exit_code == 0, night.stderr
    assert "Medway" in night.stdout.splitlines()[0]
    assert "newly exposed" in night.stdout
    assert "Medway" in typed("blast", "civica", "--data", folder).stdout

    live.notices.append(
        release(
            8, live.notices[0]["date"].removesuffix("Z"), "Tonbridge and Malling Borough Council", "Benefits processing"
        )
    )
    value = json.loads(typed("data", "refresh", folder, "--format", "json").stdout)
    assert value["sources"][0]["source"] == "find-a-tender"
    assert value["failed"] == []
    assert "authority:tonbridge-and-malling" in {row["id"] for row in value["changes"]["tables"]["bands"]} | {
        body for row in value["changes"]["tables"]["answers"] for body in row["newly"]
    }


def test_refresh_takes_the_others_when_one_source_fails(live: Service, tmp_path: Path) -> None:
    folder = str(tmp_path / "map")
    since = date.fromordinal(today().toordinal() - 1).isoformat()
    assert (
        typed("data", "fetch", "find-a-tender", "--to", folder, "--since", since, "--address", live.address).exit_code
        == 0
    )

    def finder(service: Service, _: Any) -> Answer:
        if "published" in service.asked[-1]:
            return 418, {}, b"no"
        return service.usual(service.asked[-1])

    live.every = finder
    failed = typed("data", "fetch", "contracts-finder", "--to", folder, "--since", since, "--address", live.address)
    assert failed.exit_code == 4
    assert "status 418 (no)" in failed.stderr
    live.notices.append(release(9, live.notices[0]["date"].removesuffix("Z"), "Medway Council"))
    assert [one.name for one in named_sources(Path(folder))] == ["find-a-tender", "contracts-finder"]
    night = typed("data", "refresh", folder)
    assert night.exit_code == 4
    assert "Medway" in night.stdout
    assert "Not fetched, and kept as it was: contracts-finder." in night.stdout
    assert "Error: Contracts Finder answers with status 418" in night.stderr
    assert (
        json.loads(typed("data", "refresh", folder, "--format", "json").stdout)["failed"][0]["source"]
        == "contracts-finder"
    )


def test_the_plan_asks_nothing(tmp_path: Path) -> None:
    said = typed(
        "data",
        "fetch",
        "find-a-tender",
        "--to",
        str(tmp_path / "map"),
        "--since",
        "2025-01-01",
        "--until",
        "2025-01-31",
        "--plan",
    )
    assert "at least 31 requests, at least 4 minutes (no more than 12 in 120 seconds)" in " ".join(said.stdout.split())
    assert not (tmp_path / "map").exists()
    long = typed("data", "fetch", "find-a-tender", "--to", "m", "--since", "2022-01-01", "--until", "2025-01", "--plan")
    assert "bulk file" in long.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("fetch", "companies-house", "--to", "m"), 2, "Use one of: find-a-tender"),
        (("fetch", "sell2wales", "--to", "m"), 2, "from which day"),
        (("fetch", "sell2wales", "--to", "m", "--since", "soon"), 2, "Write a date as"),
        (("fetch", "sell2wales", "--to", "m", "--since", "2025-01-01", "--cpv", "x"), 2, "no CPV code"),
        (("fetch", "sell2wales", "--to", "m", "--since", "2025-01-01", "--area", "dragons"), 2, "no service area"),
        (("fetch", "sell2wales", "--to", "m", "--since", "2025-01-01", "--address", "http://x.example"), 2, "begins with https"),
        (("refresh", "nowhere"), 4, "Begin with: riskgraph data fetch find-a-tender --to nowhere --since"),
    ],
)  # fmt: skip
def test_wrong_use_says_what_to_do(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = typed("data", *words)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr


# -- nobody else uses the network --------------------------------------------------------------------

NETWORK = {"socket", "ssl", "http", "urllib.request", "urllib.error", "httpx", "requests", "urllib3", "aiohttp", "ftplib",
           "smtplib", "imaplib", "poplib", "telnetlib", "asyncio", "socketserver", "xmlrpc", "webbrowser"}  # fmt: skip


def network_imports(text: str) -> set[str]:
    found = set()
    for step in ast.walk(ast.parse(text)):
        names = [alias.name for alias in step.names] if isinstance(step, ast.Import) else []
        if isinstance(step, ast.ImportFrom) and step.module and not step.level:
            names = [step.module, *(f"{step.module}.{alias.name}" for alias in step.names)]
        found |= {name for name in names if name in NETWORK or name.partition(".")[0] in NETWORK}
    return found


def test_only_one_module_of_the_house_can_open_a_connection() -> None:
    using = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "riskgraph").rglob("*.py")
        if network_imports(path.read_text(encoding="utf-8"))
    }
    assert using == {"riskgraph/fetching/connection.py"}
    assert network_imports("def f():\n    from urllib import request") == {"urllib.request"}


def test_no_other_word_opens_a_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("somebody opened a connection")

    monkeypatch.chdir(tmp_path)
    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse, raising=False)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    plan = ("--since", "2025-01-01", "--until", "2025-01-02", "--plan")
    for words in (
        ("blast", "civica", "--data", "seeds"),
        ("show", "thanet", "--data", "seeds"),
        ("data", "check", "--data", "seeds"),
        ("data", "import", "one-sheet-register.csv", "--to", "ours"),
        ("data", "diff", "seeds", "ours"),
        ("report", "blast", "civica", "--data", "seeds", "--output", "page"),
        ("atlas", "--data", "seeds", "--output", "atlas.html"),
        ("data", "fetch", "--help"),
        ("data", "fetch", "find-a-tender", "--to", "ours", *plan),
    ):
        assert typed(*words).exit_code == 0, words
    assert typed("data", "refresh", "ours").exit_code == 4


def test_progress_is_told_window_by_window(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    said: list[str] = []
    reporter = Reporter(lambda done, total: told.append((done, total)), said.append)
    with served(Service(faults={2: status(503)})) as service:
        run(tmp_path / "map", service, reporter=reporter)
    assert told == [(n, 5) for n in range(5)]
    assert len(said) == 2
    assert said[1].startswith("Find a Tender: status 503. Asking again in 1")


def test_a_map_without_a_source_names_none(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="names no source"):
        named_sources(tmp_path)


# -- the map is one's own rows, and all notices ------------------------------------------------------


def dependents(folder: Path) -> set[str]:
    return {row.dependent for row in read(folder).relations.values() if row.dependent.startswith("authority")}


def test_an_amended_contract_has_its_last_dates_and_a_cancelled_one_is_gone(tmp_path: Path) -> None:
    of, folder = FakeTime(), tmp_path / "map"
    notices = [release(1, "2026-11-02T10:00:00"), release(2, "2026-11-02T11:00:00", "Dover District Council")]
    with served(Service(notices)) as service:
        run(folder, service, of)
        assert dependents(folder) == {"authority:thanet", "authority:dover"}
        of.at += 2 * 86_400
        longer, over = (json.loads(json.dumps(one)) for one in notices)
        longer |= {"id": "000011-2026", "date": "2026-11-06T10:00:00Z"}
        longer["awards"][0]["contractPeriod"]["endDate"] = "2031-12-31T00:00:00Z"
        over |= {"id": "000012-2026", "date": "2026-11-06T11:00:00Z"}
        over["awards"][0]["status"] = "cancelled"
        service.notices += [longer, over]
        found = run(folder, service, of, since=None)
    assert found.notices == 4
    rows = [row for row in read(folder).relations.values() if row.dependent.startswith("authority")]
    assert {row.valid_to or row.contract_end for row in rows if row.dependent == "authority:thanet"} == {"2031-12-31"}
    once = tmp_path / "once"
    with served(Service([*notices, longer, over])) as service:
        run(once, service, of)
    assert content(once) == content(folder)


def with_own(folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "own.csv"
    sheet.write_text("Council,System,Supplier,Hosted by\nMedway Council,Alpha,Alder Ltd,supplier\n")
    assert typed("data", "import", str(sheet), "--to", str(folder), "--as-of", "2026-10-01").exit_code == 0


def test_ones_own_rows_are_never_touched(tmp_path: Path) -> None:
    of, folder = FakeTime(), tmp_path / "map"
    with_own(folder, tmp_path)
    own = read(folder)
    with served(Service([release(1, "2026-11-02T10:00:00")])) as service:
        run(folder, service, of)
        assert dependents(folder) == {"authority:medway", "authority:thanet"}
        service.notices = []
        of.at += 2 * 86_400
        run(folder, service, of, since=date(2026, 11, 1))
    left = read(folder)
    assert (left.relations, left.entities, left.evidence) == (own.relations, own.entities, own.evidence)
    assert left.info.title == own.info.title


def test_a_row_that_somebody_changed_stays_and_one_taken_away_does_not_come_back(tmp_path: Path) -> None:
    of, folder = FakeTime(), tmp_path / "map"
    notices = [release(n, f"2026-11-02T1{n}:00:00", COUNCILS[n]) for n in range(3)]
    with served(Service(notices)) as service:
        run(folder, service, of)
        data = read(folder)
        changed, gone, *_ = sorted(id_ for id_, row in data.relations.items() if row.dependent.startswith("authority"))
        mine = replace(data.relations[changed], note="checked with the council")
        kept = {id_: row for id_, row in data.relations.items() if id_ != gone} | {changed: mine}
        write(replace(data, relations=kept), folder)
        for night in range(2):
            of.at += 86_400
            notices.append(release(20 + night, f"2026-11-05T1{night}:00:00", "Medway Council"))
            run(folder, service, of, since=None)
            after = read(folder)
            assert str(after.relations[changed].note).count("checked with the council; contract: ") == 1, night
            assert gone not in after.relations, night
            assert "authority:medway" in dependents(folder)


def test_the_order_of_the_sources_plays_no_part_and_a_failing_one_keeps_its_rows(tmp_path: Path) -> None:
    other = replace(SMALL, name="contracts-finder", title="Contracts Finder")
    theirs = [release(50, "2026-11-02T10:00:00", "Medway Council"), release(51, "2026-11-03T10:00:00", COUNCILS[0])]
    maps = []
    for place, order in enumerate(((SMALL, other), (other, SMALL))):
        folder = tmp_path / str(place)
        with served(Service()) as one, served(Service(theirs)) as two:
            for which in order:
                run(folder, one if which is SMALL else two, source=which)
            maps.append({name: seen for name, seen in content(folder).items() if name != "dataset.toml"})
            one.faults = {n: status(503) for n in range(len(one.asked) + 2, len(one.asked) + 2 + TRIES)}
            with pytest.raises(ServerError):
                run(folder, one, source=SMALL)
            run(folder, two, source=other)
        assert {name: seen for name, seen in content(folder).items() if name != "dataset.toml"} == maps[-1]
    assert maps[0] == maps[1]


def test_a_list_of_fetched_rows_that_was_changed_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "map"
    with served(Service()) as service:
        run(folder, service)
        before = content(folder)
        for text in ("", "table,id\n", "table,id,digest\nrelations,x\n", 'table,id,digest\n"'):
            (folder / "fetched.csv").write_text(text)
            with pytest.raises(DataError, match=r"Remove .*fetched\.csv"):
                run(folder, service)
    assert {name: seen for name, seen in content(folder).items() if name != "fetched.csv"} == {
        name: seen for name, seen in before.items() if name != "fetched.csv"
    }


def test_the_spool_holds_no_page_twice(tmp_path: Path) -> None:
    of, folder = FakeTime(), tmp_path / "map"
    with served(Service()) as service:
        for _ in range(3):
            run(folder, service, of, since=date(2026, 11, 1))
            of.at += 3600
    pages = list((folder / SPOOL / FTS.name).glob("*.json.gz"))
    assert len(pages) == 4 * 3 + 1
    assert sum(len(page(gzip.decompress(one.read_bytes())).releases) for one in pages) == len(NOTICES)


def test_a_run_that_is_interrupted_while_it_waits_goes_on_from_there(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    class Leaving(FakeTime):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    folder = tmp_path / "map"
    with served(Service(faults={6: status(503)})) as service:
        with pytest.raises(KeyboardInterrupt):
            run(folder, service, Leaving())
        came, service.asked = service.asked[:5], []
        run(folder, service, since=None)
        assert not set(came) & set(service.asked)
    assert content(folder) == undisturbed


def test_what_came_is_taken_in_later_if_the_map_could_not_be_written(
    tmp_path: Path, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: Any) -> None:
        raise RiskGraphError("map cannot be written: no space.", "Check the disk.")

    folder = tmp_path / "map"
    with served(Service()) as service:
        with monkeypatch.context() as broken:
            broken.setattr("riskgraph.fetching.taking_in.write", full_disk)
            with pytest.raises(RiskGraphError, match="no space"):
                run(folder, service)
        assert content(folder) == {}
        service.asked = []
        run(folder, service, since=None)
        assert len(service.asked) == 1, "only today, which is not over, is asked again"
    assert content(folder) == undisturbed


def test_a_broken_map_is_told_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "map"
    with served(Service()) as service:
        run(folder, service)
        (folder / "relations.csv").write_text("id,dependent\nx,y\n")
        before = content(folder)
        with pytest.raises(DataError):
            run(folder, service)
    assert content(folder) == before


def test_who_is_who_is_decided_once_for_a_map(live: Service, tmp_path: Path) -> None:
    live.notices = [{**one, "buyer": {"id": "B", "name": "Thanat Distrct Cncl"}} for one in live.notices]
    for one in live.notices:
        one["parties"][0]["name"] = "Thanat Distrct Cncl"
    folder, sheet = tmp_path / "map", tmp_path / "decisions.csv"
    since = date.fromordinal(today().toordinal() - 1).isoformat()
    words = ("data", "fetch", "find-a-tender", "--to", str(folder))
    first = typed(*words, "--since", since, "--address", live.address)
    assert "No map was written" in first.stdout
    assert "buyer is not in the register of authorities" in first.stdout
    spool = str(folder / SPOOL / "find-a-tender")
    assert typed("data", "match", spool, "--format", "csv", "--output", str(sheet)).exit_code == 0
    assert "Thanat Distrct Cncl" in sheet.read_text(encoding="utf-8-sig")
    sheet.write_text("kind,name,rows,decision\nauthority,Thanat Distrct Cncl,3,authority:nobody\n")
    assert typed(*words, "--decisions", str(sheet)).exit_code == 3
    sheet.write_text("kind,name,rows,decision\nauthority,Thanat Distrct Cncl,3,authority:thanet\n")
    assert typed(*words, "--decisions", str(sheet)).exit_code == 0
    assert dependents(folder) == {"authority:thanet"}
    sheet.unlink()
    assert typed("data", "refresh", str(folder)).exit_code == 0
    assert dependents(folder) == {"authority:thanet"}


@given(st.binary(max_size=80), st.integers(0, 400), st.integers(0, 3))
def test_whatever_comes_is_a_page_or_no_answer(junk: bytes, at: int, how: int) -> None:
    good = json.dumps({"uri": "x", "results": [{"releases": [release(1, "2026-11-02T10:00:00")]}]}).encode()
    came = (junk, good[:at] + junk, good[:at] + junk + good[at:], junk + good)[how]
    with contextlib.suppress(NoAnswer):
        found = page(came, ("links", "next"))
        assert all("ocid" in one for one in found.releases)
        json.dumps(found.releases, allow_nan=False)


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"releases":' * 5_000, b'{"releases": [{"ocid": "a", "n": ' + b"9" * 10_000 + b"}]}", b"null", b"7",
     b'"x"', b"{}", b"\xff\xfe{\x00}\x00", b'{"releases": "none"}', b'{"results": {"error": 1}}'],
)  # fmt: skip
def test_hostile_pages_are_no_answer(body: bytes) -> None:
    with pytest.raises(NoAnswer):
        page(body, ("links", "next"))


@given(st.integers(0, 86_400), st.integers(1, 40 * 86_400))
def test_halves_of_a_window_leave_no_moment_out(begin: int, length: int) -> None:
    start = datetime(2026, 3, 28) + timedelta(seconds=begin)  # noqa: DTZ001 - the service's own clock
    whole = Window(start, start + timedelta(seconds=length), "3")
    parts = whole.halves()
    assert bool(parts) == (length > 60)
    if parts:
        first, second = parts
        assert (first.start, first.end, second.end) == (whole.start, second.start, whole.end)
        assert first.start < first.end < second.end
    assert Window.of(whole.key) == whole


@pytest.mark.parametrize("at", [1, 2, 3, 28, 29, 33, 36])
def test_a_run_that_is_killed_at_any_write_goes_on_from_there(
    at: int, tmp_path: Path, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put, count = folders._put, [0]

    def killed(*args: Any, **more: Any) -> None:
        count[0] += 1
        if count[0] == at:
            raise KeyboardInterrupt
        put(*args, **more)

    folder = tmp_path / "map"
    with served(Service()) as service:
        with monkeypatch.context() as broken:
            broken.setattr(folders, "_put", killed)
            with pytest.raises(KeyboardInterrupt):
                run(folder, service)
        assert content(folder) in ({}, undisturbed)
        run(folder, service)
    assert content(folder) == undisturbed
