"""Whatever holds the files (packed, an archive, a folder), what is in them is imported as one, and every file is told."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from riskgraph.cli import main
from riskgraph.data import read
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.importers import ImportOptions, detect, import_file, opening, read_together

HEADER = "Body Name,Payment Date,Net Amount,Supplier Name\n"
APRIL = HEADER + "Dover,30/04/2025,1200.10,Civica UK Ltd\nDover,30/04/2025,50,Idox Software Ltd\n"
MAY = HEADER + "Dover,31/05/2025,800.15,Civica UK Ltd\nThanet,31/05/2025,70,Civica UK Ltd\n"
JUNE = HEADER + "Dover,30/06/2025,-0.25,Civica UK Ltd\n"
MONTHS = {"2025/april.csv": APRIL, "2025/may.csv": MAY, "june.csv": JUNE}
REGISTER = "Council,Contract Title,Supplier Name,Start Date,End Date\nDover,Payroll,Kerbside Digital Ltd,01/04/2025,31/03/2030\n"

Files = Mapping[str, str | bytes]


def as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def folder(where: Path, files: Files) -> Path:
    for name, content in files.items():
        file = where / "spend" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(as_bytes(content))
    return where / "spend"


def packed_folder(where: Path, files: Files) -> Path:
    return folder(where, {f"{name}.gz": gzip.compress(as_bytes(content)) for name, content in files.items()})


def zipped(where: Path, files: Files) -> Path:
    with zipfile.ZipFile(where / "spend.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, as_bytes(content))
    return where / "spend.zip"


def tarred(mode: str, name: str) -> Callable[[Path, Files], Path]:
    def make(where: Path, files: Files) -> Path:
        with tarfile.open(where / name, mode) as archive:  # type: ignore[call-overload]
            for inner, content in files.items():
                member = tarfile.TarInfo(inner)
                member.size = len(as_bytes(content))
                archive.addfile(member, io.BytesIO(as_bytes(content)))
        return where / name

    return make


def zip_in_a_folder(where: Path, files: Files) -> Path:
    return folder(where, {"all.zip": zipped(where, files).read_bytes()})


HOLDERS: dict[str, Callable[[Path, Files], Path]] = {
    "folder": folder,
    "folder of gz": packed_folder,
    "zip": zipped,
    "tar": tarred("w:", "spend.tar"),
    "tar.gz": tarred("w:gz", "spend.tar.gz"),
    "tgz": tarred("w:gz", "spend.tgz"),
    "zip in a folder": zip_in_a_folder,
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_monthly_files_make_one_sum_whatever_holds_them(tmp_path: Path, holder: str) -> None:
    alone = tmp_path / "year.csv"
    alone.write_text(APRIL + MAY.removeprefix(HEADER) + JUNE.removeprefix(HEADER), encoding="utf-8")
    expected, _ = import_file(alone)
    path = HOLDERS[holder](tmp_path, MONTHS)
    assert detect(path).name == "spending"
    data, report = import_file(path)
    assert {id_: (row.valid_from, row.valid_to) for id_, row in data.relations.items()} == {
        id_: (row.valid_from, row.valid_to) for id_, row in expected.relations.items()
    }
    claims = {item.claim for item in data.evidence.values()}
    assert "Dover paid Civica UK Ltd 3 times, GBP 2000.00, from 2025-04 to 2025-06" in claims
    assert claims == {item.claim for item in expected.evidence.values()}
    assert (report.read, report.kept, report.balanced, report.format) == (5, 5, True, "spending")
    assert len([name for name in report.files if name.rpartition("/")[2].startswith(("april", "may", "june"))]) == 3
    assert set(report.files.values()) == {"spending"}


@pytest.mark.parametrize("name", ["year.csv.gz", "year.CSV.GZ", "year.gz"])
def test_a_packed_file_reads_like_the_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "year.csv").write_text(APRIL, encoding="utf-8")
    (tmp_path / name).write_bytes(gzip.compress(APRIL.encode()))
    (data, report), (expected, _) = import_file(tmp_path / name), import_file(tmp_path / "year.csv")
    assert set(data.relations) == set(expected.relations)
    assert report.source == name
    assert report.files == {}  # a file is no folder of files


def test_a_row_is_told_with_the_file_that_it_stands_in(tmp_path: Path) -> None:
    files = {
        "a/april.csv": APRIL + "Dover,30/04/2025,much,Civica UK Ltd\n",
        "may.csv": MAY + "Dover,soon,1,Civica UK Ltd\n",
    }
    _, report = import_file(zipped(tmp_path, files))
    told = sorted(place for places in report.skipped.values() for place in places)
    assert [place.partition(":")[0] for place in told] == ["a/april.csv, row 4", "may.csv, row 4"]


def test_every_file_is_told_also_those_that_are_not_taken(tmp_path: Path) -> None:
    files: Files = {
        **MONTHS, "README.md": "# Spending", "docs/LICENCE.txt": "Open Government Licence", "again.csv": JUNE,
        "letter.pdf": b"%PDF-1.7\x00\x00", "old.csv": "Colour,Shape\nred,round\n", ".DS_Store": b"\x00\x01",
        "picture.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00",
    }  # fmt: skip
    _, report = import_file(folder(tmp_path, files))
    assert set(report.files) == set(files)
    assert {name for name, said in report.files.items() if said == "spending"} == {
        "2025/april.csv",
        "2025/may.csv",
        "again.csv",
    }
    assert report.files["june.csv"] == "not taken: the same as again.csv"
    assert report.files["old.csv"] == "not taken: of no format that is known here"
    assert report.files["README.md"] == report.files["docs/LICENCE.txt"] == "not taken: a document, no data"
    assert report.read == 5
    told = " ".join(report.notes)
    assert all(name in told for name in files)


def test_files_of_several_formats_become_one_map(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"spend.csv": APRIL, "register.csv": REGISTER})
    data, report = import_file(path)
    assert report.format == "contracts and spending"
    assert len(data.relations) == 3
    assert set(data.relations) >= {"dover.supplied-by.civica", "dover.supplied-by.idox.electoral"}
    assert report.read == report.kept == 3
    assert report.added["relations"] == len(data.relations)
    only, said = import_file(path, format="spending")
    assert set(only.relations) == {"dover.supplied-by.civica", "dover.supplied-by.idox.electoral"}
    assert said.files["register.csv"] == "not taken: not of the format spending"


def test_tables_without_headers_in_an_archive_take_the_columns_that_are_said(tmp_path: Path) -> None:
    rows = {"a.csv": "Dover,30/04/2025,10,Civica UK Ltd\n", "b.csv": "Dover,31/05/2025,20,Civica UK Ltd\n"}
    options = ImportOptions(columns=("Body Name", "Payment Date", "Net Amount", "Supplier Name"))
    data, _ = import_file(zipped(tmp_path, rows), options, format="spending")
    assert [item.claim for item in data.evidence.values() if "paid" in str(item.claim)] == [
        "Dover paid Civica UK Ltd 2 times, GBP 30, from 2025-04 to 2025-05"
    ]


@pytest.mark.parametrize("holder", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "a/../../../evil.csv", "...", "con.csv"]
)
def test_a_name_in_an_archive_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holder: str, name: str
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    path = HOLDERS[holder](tmp_path, {name: APRIL})
    before = {file for file in tmp_path.rglob("*") if file.is_file()}
    written: list[str] = []
    kept = opening._Opening._spooled

    def watched(self: opening._Opening, *args: object, **more: object) -> Path:
        made = kept(self, *args, **more)  # type: ignore[arg-type]
        written.append(os.path.realpath(made))
        return made

    monkeypatch.setattr(opening._Opening, "_spooled", watched)
    data, _ = import_file(path, format="spending")
    assert "dover.supplied-by.civica" in data.relations
    assert written
    assert all(place.startswith(f"{os.path.realpath(room)}{os.sep}riskgraph-") for place in written)
    assert {file for file in tmp_path.rglob("*") if file.is_file()} == before  # and nothing is left behind


def test_links_and_devices_in_a_tar_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(APRIL, encoding="utf-8")
    path = tmp_path / "spend.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind, target in (
            ("link.csv", tarfile.SYMTYPE, str(secret)),
            ("hard.csv", tarfile.LNKTYPE, "june.csv"),
            ("pipe.csv", tarfile.FIFOTYPE, ""),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member)
        member = tarfile.TarInfo("june.csv")
        member.size = len(MAY)
        archive.addfile(member, io.BytesIO(MAY.encode()))
    _, report = import_file(path)
    assert report.files == {
        "june.csv": "spending", "link.csv": "not taken: not a file", "hard.csv": "not taken: not a file", "pipe.csv": "not taken: not a file",
    }  # fmt: skip


def bomb(where: Path) -> Path:
    content = HEADER.encode() + b"Dover,30/04/2025,1,Civica UK Ltd\n" * 60_000
    return zipped(where, {"a.csv": content})


def packed_bomb(where: Path) -> Path:
    (where / "a.csv.gz").write_bytes(gzip.compress(b"0" * 3_000_000))
    return where / "a.csv.gz"


def packed_tar_bomb(where: Path) -> Path:
    return HOLDERS["tar.gz"](where, {"a.csv": b"0" * 3_000_000})


def long_name_bomb(where: Path) -> Path:
    member = tarfile.TarInfo("a.csv")
    member.type, member.size = tarfile.XHDTYPE, 2_000_000_000
    (where / "a.tar").write_bytes(member.tobuf() + b"0" * 10_000)
    return where / "a.tar"


def doll(where: Path) -> Path:
    path = zipped(where, {"a.csv": APRIL})
    for depth in range(5):
        path = zipped(where, {f"{depth}.zip": path.read_bytes()})
    return path


def many(where: Path) -> Path:
    return zipped(where, {f"{number}.csv": "a,b\n" for number in range(60)})


def locked(where: Path) -> Path:
    path = zipped(where, {"a.csv": APRIL})
    raw = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(sign) + place] |= 1
    path.write_bytes(raw)
    return path


def cut_off(where: Path) -> Path:
    (where / "a.csv.gz").write_bytes(gzip.compress(os.urandom(40_000))[:-20_000])
    return where / "a.csv.gz"


def spoilt(where: Path) -> Path:
    path = zipped(where, {"a.csv": os.urandom(4000)})
    raw = bytearray(path.read_bytes())
    raw[200] ^= 255
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (bomb, "bomb"), (packed_bomb, "bomb"), (packed_tar_bomb, "bomb"), (long_name_bomb, "packed"), (doll, "nested"),
        (many, "files"), (locked, "locked"), (cut_off, "packed"), (spoilt, "packed"),
    ],
)  # fmt: skip
def test_an_archive_made_to_do_harm_or_broken_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path], rule: str
) -> None:
    monkeypatch.setattr(opening, "ALWAYS_ALLOWED", 1_000_000)
    monkeypatch.setattr(opening, "MOST_FILES", 50)
    path = make(tmp_path)
    with pytest.raises(DataError) as caught:
        import_file(path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.rule) == (path.name, rule)
    assert problem.message.endswith(".")
    assert problem.fix


def test_what_comes_out_is_bounded_however_well_it_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_UNPACKED", 200_000)
    files = {f"{number}.csv": os.urandom(90_000) for number in range(3)}
    with pytest.raises(DataError, match="Unpacked it has more than"):
        import_file(zipped(tmp_path, files))


@pytest.mark.parametrize("sign", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh91AY", b"\xfd7zXZ\x00"])
def test_an_archive_that_is_not_read_here_is_named(tmp_path: Path, sign: bytes) -> None:
    path = tmp_path / "spend.bin"
    path.write_bytes(sign + b"\x00" * 100)
    with pytest.raises(RiskGraphError, match=r"is packed with .*\nUnpack it"):
        import_file(path)


def test_a_map_is_no_source(tmp_path: Path) -> None:
    for path in (zipped(tmp_path, {"dataset.toml": "title = 'x'"}), folder(tmp_path, {"dataset.toml": "title = 'x'"})):
        with pytest.raises(RiskGraphError, match=r"holds a map.*\n.*--data"):
            import_file(path)


def test_an_archive_with_nothing_to_read_says_what_it_held(tmp_path: Path) -> None:
    with pytest.raises(
        RiskGraphError,
        match=r"spend.zip holds no file that can be read \(README.md: a document, no data; x.csv: of no format",
    ):
        import_file(zipped(tmp_path, {"README.md": "x", "x.csv": "Colour,Shape\nred,round\n"}))


def test_the_command_tells_the_files(tmp_path: Path) -> None:
    path = zipped(tmp_path, {**MONTHS, "README.md": "x"})
    said = CliRunner().invoke(main, ["data", "import", str(path), "--to", str(tmp_path / "map")]).output
    assert "Read as spending: 2025/april.csv, 2025/may.csv, june.csv." in said
    assert "Not taken, a document, no data: README.md." in said


def test_files_that_are_named_one_after_the_other_add_to_each_other(tmp_path: Path) -> None:
    expected, _ = import_file(zipped(tmp_path, {**MONTHS, "register.csv": REGISTER}))
    files = [*(folder(tmp_path, {**MONTHS, "register.csv": REGISTER}) / name for name in (*MONTHS, "register.csv"))]
    assert [len(group) for group in read_together(files)] == [3, 1]
    for order in (files, files[::-1]):
        shutil.rmtree(tmp_path / "map", ignore_errors=True)
        words = ["data", "import", *map(str, order), "--to", str(tmp_path / "map"), "--format", "json"]
        said = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).output)
        assert sorted(one["source"] for one in said["files"]) == ["april.csv, june.csv, may.csv", "register.csv"]
        made = read(tmp_path / "map")
        assert set(made.relations) == set(expected.relations)
        claims = [str(item.claim) for item in made.evidence.values()]
        assert "Dover paid Civica UK Ltd 3 times, GBP 2000.00, from 2025-04 to 2025-06" in claims


def test_a_file_that_cannot_be_read_does_not_pull_the_others_along(tmp_path: Path) -> None:
    files = [
        *(folder(tmp_path, {**MONTHS, "x.csv": "Colour,Shape\nred,round\n"}) / name for name in (*MONTHS, "x.csv"))
    ]
    assert [len(group) for group in read_together(files)] == [3, 1]
    assert [len(group) for group in read_together(files, "spending")] == [3, 1]
    with pytest.raises(RiskGraphError, match=r"x\.csv"):
        import_file(read_together(files)[1])
