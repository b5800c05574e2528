"""The word `riskgraph data overlap`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from riskgraph.cli.options import Output, examples, output_options


@click.command(
    "overlap",
    epilog=examples(
        "riskgraph data overlap --data one-sheet-register.csv --keep our.key --output question.json",
        "riskgraph data overlap --data uk --keep our.key --output question.json",
        "riskgraph data overlap --data seeds --with uk",
    ),
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--data", default="uk", metavar="PATH", help="Your data set.  [default: uk]")
@click.option("--with", "other", metavar="PATH", help="Another data set that you may see yourself: count at once.")
@click.option("--keep", type=click.Path(path_type=Path), metavar="FILE", help="Where your key is kept; never send it.")
@output_options("text", "json")
def command(file: Path | None, data: str, other: str | None, keep: Path | None, output: Output) -> None:
    """Learn how many suppliers you share with another officer, and nothing else, by exchanging two small files.

    You: without FILE, make the question with --keep and --output, and send it. They: give it as FILE, with
    their --data and --output, and send the answer back. You: give the answer as FILE with the same --keep.
    docs/import.md says what this protects against, and what not.
    """
    from riskgraph.data.overlap import Count, answer, ask, count, plain_count, suppliers_of
    from riskgraph.errors import MissingFile, RiskGraphError
    from riskgraph.opening import open_dataset
    from riskgraph.render.imports import count_text
    from riskgraph.render.tables import as_json

    def show(found: Count, private: bool) -> None:
        output.write(as_json(found.to_dict()) if output.format == "json" else count_text(found, private))

    if other is not None:
        show(plain_count(suppliers_of(open_dataset(data)), suppliers_of(open_dataset(other))), private=False)
        return
    if file is None:
        if keep is None or output.path == "-":
            raise RiskGraphError(
                "A question needs a place for itself and one for its key.", "Add --keep KEY --output FILE."
            )
        if keep.exists():
            raise RiskGraphError(f"{keep} is there already.", "Name another file, or remove it: a key is used once.")
        question, key = ask(suppliers_of(open_dataset(data)))
        _write_key(keep, key)
        output.write(question)
        click.echo(f"Send {output.path}; keep {keep} to yourself.", err=True)
        return
    if not file.is_file():
        raise MissingFile(f"There is no file {file}.", "Check the path.")
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    if keep is not None:
        if not keep.is_file():
            raise MissingFile(f"There is no key {keep}.", "Give the key kept when the question was made.")
        show(count(text, keep.read_text(encoding="utf-8")), private=True)
        return
    if output.path == "-":
        raise RiskGraphError("The answer needs a file.", "Add --output FILE; to read an answer, add --keep KEY.")
    output.write(answer(text, suppliers_of(open_dataset(data))))


def _write_key(path: Path, key: str) -> None:
    """Write a key that only its owner can read."""
    from riskgraph.errors import RiskGraphError

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise RiskGraphError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key)
