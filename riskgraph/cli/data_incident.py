"""The word `riskgraph data incident`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskgraph.cli.answers import answers

if TYPE_CHECKING:
    from riskgraph.analysis.data_answers import RecordedIncident
    from riskgraph.cli.answers import Made


@answers(
    "incident",
    "riskgraph data incident quenby-2026 --data one-sheet-register.csv --to our-map "
    "--title 'Quenby Software reports an intrusion' --origin 'Quenby Software' --began 2026-11-20",
    "riskgraph data incident quenby-2026 --data one-sheet-register.csv --to our-map --title 'Forms are down' "
    "--status 'Saltmere: service disrupted' --said-by Saltmere --said-at '2026-11-20 14:30'",
    "riskgraph data incident wave-2026 --data seeds --to our-map --title 'A wave on websites' --began 2026-11",
    data=False,
)
@click.argument("name", metavar="NAME")
@click.option(
    "--data", required=True, envvar="RISKGRAPH_DATA", show_envvar=True, metavar="PATH", help="Your own data set."
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Leave --data as it is and write a new data set into this folder.",
)
@click.option("--title", metavar="TEXT", help="What happened, in one line; needed the first time.")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="NAME",
    help="Where it began, as narrowly as is known; may be repeated.",
)
@click.option("--began", metavar="DATE", help="Day, month or year in which it began.")
@click.option("--public", metavar="DATE", help="Day, month or year in which it became public.")
@click.option("--mechanism", metavar="WORD", help="How it came about, such as ransomware or fire.")
@click.option(
    "--impact", multiple=True, metavar="WORD", help="What was harmed: confidentiality, integrity or availability."
)
@click.option("--summary", metavar="TEXT", help="What is known, in your own words.")
@click.option(
    "--status",
    multiple=True,
    metavar="'BODY: WORDS'",
    help="data exposed, service disrupted, precautionary shutdown, notified, or named but unaffected; may be repeated.",
)
@click.option("--via", metavar="TEXT", help="What the status came through.")
@click.option("--people", type=click.IntRange(0), metavar="N", help="People affected at that body, as published.")
@click.option("--state", metavar="WORD", help="suspected, confirmed, contained, precaution or ruled out.")
@click.option(
    "--audience",
    multiple=True,
    metavar="WORD",
    help="Who could see it: insider, internal roles, public or attacker; may be repeated.",
)
@click.option(
    "--subjects",
    multiple=True,
    metavar="WORD",
    help="Whose data: staff, residents, service users, pupils, pension members or contacts; may be repeated.",
)
@click.option("--service", "services", multiple=True, metavar="AREA", help="Service that it struck; may be repeated.")
@click.option("--cost", type=click.IntRange(0), metavar="POUNDS", help="Cost of the whole incident, as published.")
@click.option("--said-by", metavar="NAME", help="Who says so: the supplier, the council itself, somebody else.")
@click.option("--said-at", metavar="TIME", help="When it was said, as '2026-11-20 14:30' or a date.")
@click.option("--source", metavar="ADDRESS", help="Where it can be read.")
@click.option(
    "--confidence",
    type=click.Choice(["confirmed", "reported", "inferred"]),
    help="How sure.  [default: confirmed if a body speaks of itself, else reported]",
)
@click.option(
    "--aware", multiple=True, metavar="'BODY: TIME'", help="When a body became aware, as 'Saltmere: 2026-11-20 14:30'."
)
def command(
    name: str,
    data: str,
    to: Path | None,
    origins: tuple[str, ...],
    people: int | None,
    **given: Any,
) -> Made[RecordedIncident]:
    """Record an incident as it unfolds: what is said, by whom, when, and where it can be read.

    NAME is a short name such as quenby-2026. What is not given stays as it was, and saying the same again changes
    nothing. What the supplier says and what a council found are two rows: one call for each.
    """
    from riskgraph.analysis.data_answers import RecordedIncident
    from riskgraph.data import canonical
    from riskgraph.data.folders import update_folder, write_folder
    from riskgraph.data.incident import Statement, own_folder, record
    from riskgraph.maps import read
    from riskgraph.render.incident import page

    folder = None if to else own_folder(data)
    found = record(read(data), name, Statement(origins=origins, people=people, **given))
    if to:
        write_folder(to, canonical(found.dataset))
    elif folder is not None and found.rows:
        content = canonical(found.dataset)
        update_folder(folder, {name: content[name] for name in ("incidents.csv", "incident_effects.csv")})
    for sentence in found.taken:
        click.echo(sentence, err=True)
    answer = RecordedIncident.of(found, str(to or data))
    return answer, lambda: page(answer)
