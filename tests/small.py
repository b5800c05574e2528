"""A small invented data set that tests bend and break."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "dataset.toml": 'title = "Small"\nas_of = "2024-06-30"\nlicence = "CC0"\nattribution = "invented"\nmarking = ""\nown_register = "confirmed"\n',
    "entities.csv": (
        "id,kind,name,aliases,authority_type,gss_code,company_number,parent_note,service_area,data,hosting,website,note\n"
        "authority:ashby,authority,Ashby,,district,,,,,,,,\n"
        "authority:bexton,authority,Bexton,,district,,,,,,,,\n"
        "shared-service:both,shared-service,Both Together,,,,,,,,,,\n"
        "supplier:orbit,supplier,Orbit,Orbit Ltd,,,,,,,,,\n"
    ),
    "relations.csv": (
        "id,dependent,relation,provider,service_area,data,access,hosting,alternative,data_returned,valid_from,valid_to,"
        "contract_reference,contract_value_gbp,contract_end_latest,notice_days,framework,evidence,note\n"
        "r1,authority:ashby,served-by,shared-service:both,housing,personal,,,,,2020,,,,,,,e1,\n"
        "r2,authority:bexton,served-by,shared-service:both,housing,,,,,,,,,,,,,,\n"
        "r3,shared-service:both,subcontracts-to,supplier:orbit,housing,personal,,,,,,,C-1,1200.50,2026,90,,e1,\n"
    ),
    "evidence.csv": (
        "id,url,publisher,published,retrieved,confidence,stance,about,claim,incident\n"
        "e1,https://example.org/1,invented,2021-05,2024-06-30,confirmed,supports,,invented,\n"
    ),
    "register.csv": (
        "id,gss_code,name,kind,nation,region,parent_county,valid_from,valid_to,successors,population,status\n"
        "authority:ashby,,Ashby,district,England,South East,,,,,1000,current\n"
        "authority:bexton,,Bexton,district,England,South East,,,,,2000,current\n"
    ),
}


def write_small(folder: Path, **changed: str | bytes | None) -> Path:
    """Write the set into a folder; `relations_csv="..."` replaces a file, None leaves it out."""
    for name, content in FILES.items():
        new = changed.get(name.replace(".", "_"), content)
        if new is not None:
            (folder / name).write_bytes(new if isinstance(new, bytes) else new.encode("utf-8"))
    return folder


def with_row(file: str, row: str) -> dict[str, str]:
    """One more row at the end of a file."""
    return {file.replace(".", "_"): FILES[file] + row + "\n"}


def replaced(file: str, old: str, new: str) -> dict[str, str]:
    """A file with a part of its text replaced."""
    assert old in FILES[file]
    return {file.replace(".", "_"): FILES[file].replace(old, new)}
