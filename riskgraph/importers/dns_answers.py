"""Answers of the domain name system: which name is an alias of which (CNAME), and who takes a council's mail (MX).

A table of names with their answers, or the lines that `dig` and `host` print. Nothing is looked up here: whoever
makes the file does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from riskgraph.importers.addresses import Sightings, host_and_path, known_body, named_after_another, rule_of
from riskgraph.importers.formats import Format
from riskgraph.importers.rows import SourceRow, TableKind, score_of_headers
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.statements import Party, Statements

__all__ = ["DNS_ANSWERS"]

_TABLE = TableKind.of("dns", required=("host", "type", "answer"), strict=False)


_KINDS = {"CNAME", "MX"}


def _fits(path: Path) -> int:
    """Names, types and answers are common headers: one row has to be an alias or a mail server."""
    score = score_of_headers(path, _TABLE)
    if not score:
        return 0
    rows = (row for sheet in open_sheets(path) for _, row in islice(sheet.rows(), 500))
    return score + 5 if any(_KINDS & {cell.strip().upper() for cell in row} for row in rows) else 0


def _answers(rows: Iterator[SourceRow], statements: Statements) -> None:
    seen = Sightings("Domain name system")
    read = list(rows)
    aliases = {_name(row["answer"]) for row in read if row["type"].upper() == "CNAME"}
    for row in read:
        statements.dated(row.date("checked"), "look-up", row.where)
        reason = _one(row, aliases, seen, statements)
        if reason:
            row.skip(reason)
    seen.state(statements, "the domain name system suggests ({words})")


def _one(row: SourceRow, aliases: set[str], seen: Sightings, statements: Statements) -> str:
    """Take one answer; returns why it is left out, "" if it is not."""
    sort, host, answer = row["type"].upper(), _name(row["host"]), _name(row["answer"])
    if not sort:
        return "line that is no answer"
    if sort not in _KINDS:
        return "record of another kind than CNAME and MX"
    if not host or not answer:
        return "name that is none"
    rule = rule_of(answer)
    if rule is None:
        return "answer that suggests no product"
    whose = _whose(row, host, statements)
    if not whose:
        return "further step of an alias" if host in aliases else "name of no council that is known"
    whose = [(body, party) for body, party in whose if not named_after_another(rule, answer, body, statements)]
    if not whose:
        return "answer that belongs to another body"
    behind = rule_of(host) if rule.hosting == "cloud" else None
    for number, (body, party) in enumerate(whose):
        words, day = f"{host} {sort} {answer}", row.date("checked")
        hosting = (rule.hosting, rule.host) if rule.hosting else None
        for which in (rule, behind) if behind else (rule,):
            counted = number == 0 and which is rule
            seen.add(body, party, which, row.where, words, hosting=hosting, day=day, counted=counted)
    return ""


def _whose(row: SourceRow, host: str, statements: Statements) -> list[tuple[str, Party]]:
    """The councils that a row speaks of: those in its cells, else by the domain of the name."""
    name = row["council"] or statements.options.council or ""
    if name or row["gss"]:
        party = Party(name, (("GSS", row["gss"]),) if row["gss"] else ())
        body = known_body(party, statements)
        return [(body, party)] if body else []
    found = statements.councils.of_host(host) if statements.councils else ()
    return [(id_, Party(name)) for id_, name in found]


def _name(text: str) -> str:
    """A host name in small letters, without the preference of a mail server and the full stop at the end."""
    parts = host_and_path((text.split() or [""])[-1])
    return parts[0] if parts else ""


DNS_ANSWERS = Format(
    "dns",
    "host names with their CNAME and MX answers: a table, or what dig prints",
    (_TABLE,),
    rows=_answers,
    recognise=_fits,
    buyers="known",
)
