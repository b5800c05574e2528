"""What is measured: tasks, each with contenders that must give the same result before they are timed.

A module `benchmarks.task_*` adds its own with `task`; nothing else need know of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import benchmarks

__all__ = ["TASKS", "Contender", "Task", "load_tasks", "task"]


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do a task.

    `prepare` gets the name of the size and returns what `run` gets: it is not timed. `run` is. What it
    returns goes to `result` of the task, which makes of it what is compared (as JSON).
    """

    name: str
    prepare: Callable[[str], Any]
    run: Callable[[Any], Any]
    needs: str = ""  # a package that need not be there
    share: Callable[[str], float] = lambda _: 1.0  # of the work that is really done; the time is scaled up
    sizes: tuple[str, ...] = ()  # those of the task if left out
    peer: bool = True  # its result is compared, and its time set against ours


@dataclass
class Task:
    """Something to measure, at some sizes; the first contender is ours, and the others are compared with it."""

    name: str
    sizes: tuple[str, ...]
    unit: str = "s"
    about: str = ""
    repeat: int = 5
    result: Callable[[Any], Any] = lambda found: found
    contenders: list[Contender] = field(default_factory=list)
    targets: dict[tuple[str, str], float] = field(default_factory=dict)  # (size, peer) -> times faster
    rows: dict[str, int] = field(default_factory=dict)  # of a size, where the growth with them is told
    most_memory: dict[str, int] = field(default_factory=dict)  # size -> MiB that ours may take

    def add(
        self, name: str, prepare: Callable[[str], Any], **given: Any
    ) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
        """Decorate the function that does it."""

        def decorate(run: Callable[[Any], Any]) -> Callable[[Any], Any]:
            self.contenders.append(Contender(name, prepare, run, **given))
            return run

        return decorate

    def of(self, size: str) -> list[Contender]:
        """The contenders at a size whose packages are there."""
        return [
            one
            for one in self.contenders
            if size in (one.sizes or self.sizes) and (not one.needs or find_spec(one.needs) is not None)
        ]


TASKS: dict[str, Task] = {}


def task(name: str, sizes: tuple[str, ...], **given: Any) -> Task:
    """Register a task."""
    TASKS[name] = Task(name, sizes, **given)
    return TASKS[name]


def load_tasks() -> dict[str, Task]:
    """Every task of every module `benchmarks.task_*`, in the order of the modules."""
    for module in sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__)):
        if module.startswith("task_"):
            importlib.import_module(f"benchmarks.{module}")
    return TASKS
