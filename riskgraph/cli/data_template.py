"""The word `riskgraph data template`."""

from __future__ import annotations

from pathlib import Path

import click

from riskgraph.cli.options import examples, quoted


@click.command(
    "template",
    epilog=examples(
        "riskgraph data template", "riskgraph data template our-register.xlsx", "riskgraph data template register.csv"
    ),
)
@click.argument("file", type=click.Path(path_type=Path), default=Path("register.xlsx"))
def command(file: Path) -> None:
    """Write an empty register to fill in: FILE.xlsx with drop-downs, or FILE.csv; register.xlsx if left out.

    One row says that one council uses one system of one supplier. The example row is never imported.
    """
    from riskgraph.data.folders import write_file
    from riskgraph.errors import RiskGraphError
    from riskgraph.importers.template import NEEDED, as_csv_template, as_workbook, register_columns

    writers = {".xlsx": as_workbook, ".csv": as_csv_template}
    if file.suffix.lower() not in writers:
        raise RiskGraphError(f"{file} is neither .xlsx nor .csv.", f"Try: riskgraph data template {file.stem}.xlsx")
    if file.exists():
        raise RiskGraphError(f"{file} is there already; nothing was written.", "Name another file.")
    write_file(file, writers[file.suffix.lower()]())
    columns = register_columns()
    needed = [one.header for one in columns if one.field in NEEDED]
    click.echo(
        f"{len(columns)} columns to fill in, written to {file}; only {', '.join(needed[:-1])} and {needed[-1]} are needed."
    )
    if file.suffix.lower() == ".xlsx":
        click.echo("The second sheet says what each column is for. Leave blank what you do not know.")
    else:
        for one in columns:
            choices = f" ({', '.join(one.choices)})" if 0 < len(one.choices) < 10 else ""
            click.echo(f"- {one.header}: {one.says}{choices}")
    name = quoted(str(file))
    click.echo(f"When it is filled in: riskgraph data import {name}  |  riskgraph blast SUPPLIER --data {name}")
