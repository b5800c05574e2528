"""What is withheld stands nowhere: canary names, looked for in every file in every encoding."""

from __future__ import annotations

import base64
import io
import json
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

import pytest
from reporting import seeds, uk

from riskgraph.analysis.blast import blast
from riskgraph.data import Dataset
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.report import Bundle, ReportOptions, make
from riskgraph.report import bundle as module
from riskgraph.report.leaks import Needles, leaks, readings
from riskgraph.report.redact import redact

BODIES = ("authority:thanet", "authority:canterbury", "shared-service:east-kent-services")
ROOT = "supplier:civica"


def token(number: int) -> str:
    return f"Zq{uuid.uuid5(uuid.NAMESPACE_OID, str(number)).hex[:12]}xv"


def with_canaries(dataset: Dataset, bodies: tuple[str, ...] = BODIES) -> tuple[Dataset, dict[str, list[str]]]:
    """A map in which every text that could name some bodies is a token of its own: ids, names, codes, rows, evidence."""
    number = iter(range(100_000))
    tokens: dict[str, list[str]] = {body: [] for body in bodies}

    def new(body: str) -> str:
        tokens[body].append(token(next(number)))
        return tokens[body][-1]

    ids = {body: f"{body.partition(':')[0]}:{new(body).lower()}" for body in bodies}
    entities, register, relations, evidence = {}, {}, {}, {}
    for id_, entity in dataset.entities.items():
        if id_ in ids:
            entity = replace(
                entity, id=ids[id_], name=f"{new(id_)} Council", aliases=(new(id_),), note=new(id_), gss_code=new(id_),
                website=f"https://{new(id_)}.example",
            )  # fmt: skip
        entities[entity.id] = entity
    for id_, entry in dataset.register.items():
        if id_ in ids:
            entry = replace(
                entry, id=ids[id_], name=new(id_), short_name=new(id_), gss_code=new(id_), population=123_457
            )
        register[entry.id] = entry
    first: dict[str, str] = {}
    for row in dataset.relations.values():
        touched = [body for body in (row.dependent, row.provider) if body in ids]
        if touched:
            body = touched[0]
            row = replace(
                row, id=f"{new(body)}.row", dependent=ids.get(row.dependent, row.dependent),
                provider=ids.get(row.provider, row.provider), note=f"with {new(body)}", contract_reference=new(body),
                framework=new(body), contract_value_gbp=None,
            )  # fmt: skip
            first |= dict.fromkeys(row.evidence, body)
        relations[row.id] = row
    for item in dataset.evidence.values():
        if item.id in first:
            body = first[item.id]
            item = replace(
                item, url=f"https://e.example/{new(body)}", publisher=new(body), claim=f"{new(body)} uses it"
            )
        evidence[item.id] = item
    effects = tuple(
        replace(effect, organisation=ids.get(effect.organisation, effect.organisation)) for effect in dataset.effects
    )
    incidents = {}
    for incident in dataset.incidents.values():
        origins = tuple(
            ids.get(o.partition("/")[0], o.partition("/")[0]) + o.partition("/")[1] + o.partition("/")[2]
            for o in incident.origins
        )
        incidents[incident.incident_id] = replace(incident, origins=origins, title=f"Attack on {new(bodies[0])}")
    changed = replace(
        dataset, entities=entities, register=register, relations=relations, evidence=evidence, effects=effects,
        incidents=incidents, info=replace(dataset.info, title=f"Map of {register[ids[bodies[0]]].short_name}", marking="TLP:AMBER"),
    )  # fmt: skip
    return changed, {ids[body]: found for body, found in tokens.items()}


def found_in(files: Mapping[str, bytes], tokens: list[str]) -> list[tuple[str, str, str]]:
    """Tokens in any reading of any file: as they are, folded, as a start of eight letters, as a name-made id."""
    forms: dict[str, str] = {}
    for word in tokens:
        forms |= {word.casefold(): word, word[:10].casefold(): word}
        for space in (uuid.NAMESPACE_URL, uuid.NAMESPACE_DNS, uuid.NAMESPACE_OID):
            forms[str(uuid.uuid5(space, word))] = word
    return [
        (file, how, forms[form])
        for file, data in files.items()
        for how, text in readings(data)
        for form in forms
        if form in text.casefold()
    ]


def made(options: ReportOptions, names: tuple[str, ...] = (ROOT,), kind: str = "blast") -> tuple[Bundle, list[str]]:
    dataset, tokens = with_canaries(seeds())
    by_old = dict(zip(BODIES, tokens, strict=True))
    redacted = tuple(by_old.get(name, name) for name in options.redact)
    asked = tuple(by_old.get(name, name) for name in names)
    bundle = make(RiskGraph(dataset), kind, asked, replace(options, redact=redacted, data="canaries"))
    return bundle, [word for words in tokens.values() for word in words]


CASES = {
    "anonymous": (ReportOptions(anonymous=True), (ROOT,), "blast"),
    "redacted": (ReportOptions(redact=BODIES), (ROOT,), "blast"),
    "root": (ReportOptions(redact=BODIES), ("shared-service:east-kent-services",), "blast"),
    "root-anonymous": (ReportOptions(anonymous=True), ("shared-service:east-kent-services",), "blast"),
    "supplier": (ReportOptions(redact=BODIES), (ROOT,), "supplier"),
    "neighbour": (ReportOptions(redact=BODIES), ("authority:dover",), "council"),
    "overview": (ReportOptions(redact=BODIES), (), "overview"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_withheld_name_stands_nowhere(case: str) -> None:
    options, names, kind = CASES[case]
    bundle, tokens = made(options, names, kind)
    assert len(tokens) > 100
    everything = {**bundle.files, "archive.zip": bundle.zip(), bundle.name: bundle.name.encode()}
    assert found_in(everything, tokens) == []
    assert "123,457" not in bundle.files["report.html"].decode()
    assert b"123457" not in bundle.files["report.json"]


def test_without_redaction_the_canaries_are_there() -> None:
    bundle, tokens = made(ReportOptions())
    assert {file for file, _, _ in found_in(bundle.files, tokens)} >= {
        "report.html", "report.json", "exposures.csv", "services.csv", "summary.txt", "calls.html",
    }  # fmt: skip


@pytest.mark.parametrize(
    "hide",
    [
        pytest.param(lambda name: name.encode(), id="plain"),
        pytest.param(lambda name: name.upper().replace(" ", "_").encode(), id="slug"),
        pytest.param(lambda name: base64.b64encode(name.encode()), id="base64"),
        pytest.param(
            lambda name: json.dumps("".join(f"\\u{ord(c):04x}" for c in name)).replace("\\\\", "\\").encode(), id="json"
        ),
        pytest.param(lambda name: "".join(f"&#{ord(c)};" for c in name).encode(), id="html"),
        pytest.param(lambda name: quote(name, safe="").replace("l", "%6c").encode(), id="address"),
        pytest.param(lambda name: name.encode("utf-16-le"), id="utf-16"),
        pytest.param(lambda name: "\u200b".join(name).encode(), id="zero-width"),
        pytest.param(lambda name: packed(name), id="zip"),
    ],
)
def test_a_planted_name_is_found(hide) -> None:  # type: ignore[no-untyped-def]
    name = "Zellingham Vale Council"
    files = {"a.html": b"<p>nothing</p>", "b.json": b"{} " + hide(name) if hide(name)[:2] != b"PK" else hide(name)}
    assert {leak.file for leak in leaks(files, Needles({name}))} == {"b.json"}
    assert leaks({"a.html": b"<p>Zellingham</p>"}, Needles({name})) == []


def packed(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.txt", name)
    return out.getvalue()


def test_nothing_is_written_when_the_last_gate_finds_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """One name left in on purpose: a redaction that forgets the names of bodies."""
    honest = redact

    def forgetful(dataset, hidden, as_of, *, classes=False):  # type: ignore[no-untyped-def]
        result = honest(dataset, hidden, as_of, classes=classes)
        new = result.ids["authority:thanet"]
        entities = {
            **result.dataset.entities,
            new: replace(result.dataset.entities[new], name="Thanet District Council"),
        }
        return replace(result, dataset=replace(result.dataset, entities=entities))

    monkeypatch.setattr(module, "redact", forgetful)
    with pytest.raises(RiskGraphError, match="nothing was written"):
        make("seeds", "blast", ["authority:dover", ROOT], ReportOptions(redact=("thanet",)))


def test_another_name_changes_nothing() -> None:
    """Neither names nor their order can be read from the numbers that stand for them."""
    dataset, tokens = with_canaries(seeds())
    dataset = replace(dataset, info=replace(dataset.info, title="A map"))
    thanet, canterbury, _ = tokens
    entities, register = dict(dataset.entities), dict(dataset.register)
    for body, letter in ((thanet, "Aa"), (canterbury, "Zz")):
        entities[body] = replace(entities[body], name=f"{letter} Council", aliases=(), note=None)
        register[body] = replace(register[body], name=f"{letter} Council", short_name=letter, population=1)
    options = ReportOptions(redact=tuple(tokens), data="canaries")
    one = make(RiskGraph(dataset), "blast", (ROOT,), options)
    two = make(RiskGraph(replace(dataset, entities=entities, register=register)), "blast", (ROOT,), options)
    assert one.files == two.files


def test_redaction_keeps_the_answer() -> None:
    """Withholding names changes nobody's band."""
    full = make(uk(), "blast", ["civica"], ReportOptions(data="uk"))
    bulletin = make(uk(), "blast", ["civica"], ReportOptions(data="uk", anonymous=True))
    first, more = full.report.numbers[0].figure, full.report.numbers[0].note.partition(" ")[0]
    assert bulletin.report.numbers[0].figure == str(int(first) + int(more))
    assert full.report.title == bulletin.report.title
    assert bulletin.report.answer["reached"] == len(blast(uk(), "civica").within())


def test_a_bulletin_has_no_row_for_one_body() -> None:
    bulletin = make(uk(), "blast", ["civica"], ReportOptions(anonymous=True, data="uk"))
    assert all(row[0] in {"class", "region"} for row in bulletin.report.tables["exposures"].rows)
    assert "calls.html" not in bulletin.files and "contracts.csv" not in bulletin.files
    assert not [
        word
        for word in ("Thanet", "Gloucester", "East Kent", "E07000114")
        if word.encode() in bulletin.files["report.html"]
    ]


def test_namesakes_are_withheld_too() -> None:
    found = redact(uk().dataset, ["authority:kent"], uk().dataset.info.day)
    names = {uk().dataset.entities[id_].name for id_ in found.hidden}
    assert "Kent County Council" in names
    assert all(
        "kent" in f"{name} {id_}".casefold() for name, id_ in ((uk().dataset.entities[i].name, i) for i in found.hidden)
    )


def test_no_digest_of_the_full_map_is_told() -> None:
    bundle = make(uk(), "blast", ["civica"], ReportOptions(anonymous=True, data="uk"))
    origin = json.loads(bundle.files["report.json"])["provenance"]
    assert origin["data_digest"] == "withheld"
    assert uk().dataset.digest not in bundle.files["report.html"].decode()
