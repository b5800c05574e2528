"""A letter to a supplier, to send as it stands."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable

from riskgraph.analysis.letter import Customer, SupplierLetter
from riskgraph.dates import in_words
from riskgraph.render.blocks import Block, Text
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, paragraphs, spaced
from riskgraph.render.words import bodies, full_name, join, plural

__all__ = ["letter_page"]

CUSTOMERS_NAMED = 60  # of each product; more go into an attached list
_WIDTH = 100


def letter_page(letter: SupplierLetter) -> Page:
    """The letter, below a line that says about whom it is."""
    dataset = letter.graph.dataset
    name, handle = full_name(dataset, letter.supplier), letter.graph.names.handle(letter.supplier)
    known = bodies(dataset, letter.councils)
    lead = f"{known} named in a letter to {name} ({dates_of(dataset, letter.question.view)})."
    now, past = _by_thing(letter, past=False), _by_thing(letter, past=True)
    lines = [
        "",
        f"To: {name}, account manager and security desk",
        "Subject: which councils you serve, what you host and what you hold",
        "",
        "We keep a map of who depends on whom, to warn councils in time. Please answer by e-mail, also in part.",
        "What you do not answer we shall treat as possible.",
        "",
        "1. Which of our councils do you serve? Strike out and add.",
        *(now or ["   We know of none."]),
        "   Please send your whole list of customers among councils and shared services.",
        "",
        f"2. Which of these do you host, and where? Of {plural(len(letter.not_known), 'council')} we do not know.",
        "   For each product: whose servers, which data centre or cloud, in which country, since when.",
        "",
        "3. What way into their networks or systems do you have: none, remote support, administrator, a network link?",
        "",
        "4. What data of theirs do you hold: which kinds, any of special category, about how many people?",
        "   Also of those who have left: what has been returned or destroyed, and what shows it?",
        *past,
        "",
        f"5. Who works for you on this: sub-processors, hosts, support? {_behind(letter)}",
        "",
        "6. If you have an incident: when did you first know, what is affected, is it contained, whom have you told,",
        "   who speaks for you at any hour, and when is the next update?",
        "",
        "Signed: ________  Reply to: ________",
    ]
    handling = _handling(dataset.info.marking)
    attach = f"Attach: riskgraph data ask --letter --root {handle} --format csv --output customers.csv"
    listed = any(line.endswith("attached list.") for line in (*now, *past))
    blocks: tuple[Block, ...] = (*spaced(lines), Text(f"\n{handling}"), *paragraphs(attach if listed else ""))
    return Page(lead, blocks, (f"riskgraph data ask --root {handle}", f"riskgraph calls {handle}"))


def _handling(marking: str) -> str:
    label = marking or "TLP:AMBER"
    return f"{label}. This letter names customers of yours from our records: for {'anyone' if 'CLEAR' in label else 'you and them only'}."


def _by_thing(letter: SupplierLetter, *, past: bool) -> list[str]:
    """A paragraph for each product, and for services, with whom it is known of."""
    dataset = letter.graph.dataset
    things: dict[str, list[Customer]] = defaultdict(list)
    for one in letter.customers:
        if one.past == past and not (past and one.council in letter.councils and one.thing != letter.supplier):
            things[one.thing].append(one)
    made = []
    for thing, some in sorted(things.items(), key=lambda item: (-len({one.council for one in item[1]}), item[0])):
        named = list({one.council: _named(letter, one) for one in sorted(some, key=_through)}.values())
        count = len(named)
        what = "services, or it is not recorded what" if thing == letter.supplier else full_name(dataset, thing)
        if len(named) > CUSTOMERS_NAMED:
            text = f"{what}: the {count:,} in the attached list."
        else:
            text = f"{what}: {join(named)}."
        made.append(textwrap.fill(text, _WIDTH, initial_indent="   - ", subsequent_indent="     "))
    return made


def _through(one: Customer) -> tuple[str, bool, str]:
    """The order in which the last of one council is the one to name: through whom, and the latest end."""
    return one.council, one.through is not None, one.until or ""


def _named(letter: SupplierLetter, one: Customer) -> str:
    dataset = letter.graph.dataset
    through = f" through {dataset.usual_name(one.through)}" if one.through else ""
    ended = f" until {in_words(one.until)}" if one.past and one.until else ""
    return f"{dataset.usual_name(one.council)}{through}{ended}"


def _behind(letter: SupplierLetter) -> str:
    names: Iterable[str] = (full_name(letter.graph.dataset, id_) for id_ in letter.subcontractors)
    return f"We know of {join(names)}." if letter.subcontractors else "We know of none."
