"""How far a long answer is: on stderr, after two seconds, and never in the answer itself."""

from __future__ import annotations

import sys
import time

import click

__all__ = ["Progress"]

PATIENCE = 2.0  # seconds before anything is said
OFTEN, SELDOM = 0.5, 10.0  # seconds between two reports: on a terminal, in a log


class Progress:
    """Called with what is done and what there is to do, 0 if nobody knows; says so when it takes long.

    Examples
    --------
    >>> with Progress("roots") as told:
    ...     told(1, 2)
    """

    def __init__(self, what: str) -> None:
        self.what, self.shown = what, False
        self.terminal = sys.stderr.isatty()
        self.next = time.monotonic() + PATIENCE

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown and self.terminal:
            click.echo("\r\x1b[K", nl=False, err=True)

    def __call__(self, done: int, total: int) -> None:
        """Say how far it is, if it is time to."""
        now = time.monotonic()
        if now < self.next:
            return
        self.shown, self.next = True, now + (OFTEN if self.terminal else SELDOM)
        text = f"{self.what}: {100 * done // total} %" if total else f"{self.what}: {done:,}"
        click.echo(f"\r{text}" if self.terminal else text, nl=not self.terminal, err=True)
