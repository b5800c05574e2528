"""The word `riskgraph data overlap`."""

from __future__ import annotations

from pathlib import Path

import click

from riskgraph.cli.answers import ANSWER_FORMATS
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
@click.option("--data", metavar="PATH", help="Your data set.  [default: uk; with --keep, that of the question]")
@click.option("--with", "other", metavar="PATH", help="Another data set that you may see yourself: count at once.")
@click.option("--keep", type=click.Path(path_type=Path), metavar="FILE", help="Where your key is kept; never send it.")
@output_options(*ANSWER_FORMATS)
def command(file: Path | None, data: str | None, other: str | None, keep: Path | None, output: Output) -> None:
    """Learn how many suppliers you share with another officer, and nothing else, by exchanging two small files.

    You: without FILE, make the question with --keep and --output, and send it. They: give it as FILE, with
    their --data and --output, and send the answer back. You: give the answer as FILE with the same --keep.
    docs/import.md says what this protects against, and what not.
    """
    from riskgraph.analysis.data_answers import SupplierOverlap
    from riskgraph.data.folders import write_file
    from riskgraph.data.overlap import Count, answer, ask, count, data_of, plain_count, suppliers_of
    from riskgraph.errors import MissingFile, RiskGraphError
    from riskgraph.graph import RiskGraph
    from riskgraph.maps import read
    from riskgraph.render.imports import overlap_page
    from riskgraph.render.writers import write

    def show(found: Count, where: str, private: bool) -> None:
        overlap = SupplierOverlap.of(RiskGraph.open(where), found, private=private)
        output.write(write(overlap, lambda: overlap_page(overlap), output.format))

    ours = data or "uk"
    if other is not None:
        show(plain_count(suppliers_of(read(ours)), suppliers_of(read(other))), ours, private=False)
        return
    if file is None:
        if keep is None or output.path == "-":
            raise RiskGraphError(
                "A question needs a place for itself and one for its key.", "Add --keep KEY --output FILE."
            )
        if keep.exists():
            raise RiskGraphError(f"{keep} is there already.", "Name another file, or remove it: a key is used once.")
        question, key = ask(suppliers_of(read(ours)), str(Path(ours).resolve()) if Path(ours).exists() else ours)
        write_file(keep, key.encode(), private=True)
        try:
            output.write(question)
        except BaseException:  # a key without its question only stands in the way
            keep.unlink(missing_ok=True)
            raise
        click.echo(f"Send {output.path}; keep {keep} to yourself.", err=True)
        return
    if not file.is_file():
        raise MissingFile(f"There is no file {file}.", "Check the path.")
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    if keep is not None:
        if not keep.is_file():
            raise MissingFile(f"There is no key {keep}.", "Give the key kept when the question was made.")
        kept = keep.read_text(encoding="utf-8", errors="replace")
        show(count(text, kept), data or data_of(kept) or "uk", private=True)
        return
    if output.path == "-":
        raise RiskGraphError("The answer needs a file.", "Add --output FILE; to read an answer, add --keep KEY.")
    output.write(answer(text, suppliers_of(read(ours))))
