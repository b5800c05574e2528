"""Measure riskgraph beside its peers and write `benchmarks/RESULTS.md`.

Each contender runs in a process of its own, so that its peak memory is its own. It first gives its result,
which must equal that of riskgraph, and is timed only then. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.generate import SEED, SIZES
from benchmarks.registry import Task, load_tasks

PAGE = Path(__file__).with_name("RESULTS.md")
PEERS = ("numpy", "scipy", "networkx", "rustworkx", "igraph", "networkit", "pandas")
PATIENCE = 900  # seconds for one contender


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=["S", "M"], choices=[*SIZES], help="default: S M")
    parser.add_argument(
        "--tasks", nargs="*", default=[], metavar="WORD", help="only tasks with such a word in their name"
    )
    parser.add_argument("--output", type=Path, default=PAGE, help="default: benchmarks/RESULTS.md")
    parser.add_argument("--memory", type=float, default=0, metavar="GIB", help="the most that one contender may take")
    parser.add_argument("--one", nargs=3, metavar=("TASK", "SIZE", "CONTENDER"), help=argparse.SUPPRESS)
    parser.add_argument("--expect", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    tasks = load_tasks()
    if given.one:
        name, size, contender = given.one
        sys.stdout.write(json.dumps(measure(tasks[name], size, contender, given.expect, given.memory)) + "\n")
        return
    found: dict[str, list[dict[str, Any]]] = {}
    for task in tasks.values():
        if given.tasks and not any(word in task.name for word in given.tasks):
            continue
        for size in task.sizes:
            if size in SIZES and size not in given.sizes:
                continue
            found[f"{task.name}, {size}"] = list(compare(task, size, given.memory))
            given.output.write_text(page(tasks, found), encoding="utf-8")  # what is there is never lost
    sys.stderr.write(f"Written to {given.output.name}.\n")


def compare(task: Task, size: str, memory: float) -> Any:
    """Every contender of a task at a size, each in its own process; ours first, the others checked against it."""
    expected = ""
    for contender in task.of(size):
        sys.stderr.write(f"{task.name}, {size}: {contender.name}\n")
        command = [sys.executable, "-m", "benchmarks", "--one", task.name, size, contender.name]
        command += ["--expect", expected if contender.peer else "", "--memory", str(memory)]
        row: dict[str, Any] = {"task": task.name, "size": size, "name": contender.name}
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            yield {**row, "failed": f"took longer than {PATIENCE} s"}
            continue
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            yield {**row, "failed": f"stopped: {last[:100]}"}
            continue
        row.update(json.loads(done.stdout.splitlines()[-1]))
        if contender.peer and not expected:
            expected = row["result"]
        yield row


def measure(task: Task, size: str, name: str, expect: str, memory: float) -> dict[str, Any]:
    """One contender: its result, then its times."""
    if memory:
        with contextlib.suppress(ImportError):
            import resource

            most = int(memory * (1 << 30))
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    contender = next(one for one in task.of(size) if one.name == name)
    ready = contender.prepare(size)
    begin = spent()
    found = contender.run(ready)
    first = spent() - begin
    result = json.dumps(task.result(found)) if contender.peer else ""
    if expect and result != expect:
        return {"failed": "gives another result, so it was not timed"}
    del found
    times = []
    if first * contender.share(size) ** -1 > 60 or first > 20:  # long runs vary little
        times.append(first)
    else:
        for _ in range(task.repeat):
            begin = spent()
            contender.run(ready)
            times.append(spent() - begin)
    share = contender.share(size)
    return {"result": result, "times": [one / share for one in times], "share": share, "peak": peak()}


def spent() -> float:
    """Seconds of processor time so far, of this process and those that it started.

    Others on the machine do not count; all contenders work on one thread and wait for nothing.
    """
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def peak() -> int | None:
    """The most memory that this process, or one that it started, has taken, in bytes."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


# -- the page -----------------------------------------------------------------------------------------


def page(tasks: dict[str, Task], found: dict[str, list[dict[str, Any]]]) -> str:
    """All results as Markdown."""
    versions = []
    for peer in PEERS:
        with contextlib.suppress(PackageNotFoundError):
            versions.append(f"{peer} {version(peer)}")
    sizes = "; ".join(
        f"{name}: {size.authorities:,} authorities, {size.entities:,} entities, {size.relations:,} relations"
        for name, size in SIZES.items()
    )
    lines = [
        "# What was measured",
        "",
        f"Written by `python -m benchmarks` on {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()} on "
        f"{platform.system()} ({platform.machine()}); {', '.join(versions)}. Seed {SEED}. {sizes}.",
        "",
        "Times are processor time on one thread, because others used the machine too; read ratios, not absolutes. Each "
        "contender ran in a process of its own and was timed only after its result had been found equal. *Scaled* means that a part of the "
        "searches was made and the time scaled up. *Times ours* is the median set against that of the first line.",
    ]
    missed: list[str] = []
    for title, rows in found.items():
        task = tasks[rows[0]["task"]]
        size = rows[0]["size"]
        lines += ["", f"## {title[0].upper()}{title[1:]}", "", task.about, ""]
        lines += ["| | median | least to most | times ours | target | peak memory | |", "|---|---|---|---|---|---|---|"]
        ours = statistics.median(rows[0]["times"]) if "times" in rows[0] else None
        for row in rows:
            target = task.targets.get((size, row["name"]))
            if "failed" in row:
                lines.append(f"| {row['name']} | - | - | - | {target or ''} | - | {row['failed']} |")
                continue
            median = statistics.median(row["times"])
            ratio = median / ours if ours else None
            met = ""
            if target is not None and ratio is not None:
                met = f"{target:g}: {'met' if ratio >= target else 'not met'}"
                if ratio < target:
                    missed.append(f"{title}: {row['name']} takes {ratio:.3g} times as long; {target:g} was the aim.")
            scaled = f"scaled from {row['share']:.3g} of the searches" if row["share"] < 1 else ""
            memory = f"{row['peak'] / (1 << 20):,.0f} MiB" if row["peak"] else "not known"
            lines.append(
                f"| {row['name']} | {shown(median)} | {shown(min(row['times']))} to {shown(max(row['times']))} | "
                f"{'' if ratio is None else f'{ratio:,.1f}' if ratio >= 1 else f'{ratio:.3g}'} | {met} | {memory} | {scaled} |"
            )
    for task in tasks.values():
        lines += growth(task, found, missed)
    lines += ["", "## Aims that were not met", ""]
    lines += [f"- {line}" for line in missed] or ["None of those above."]
    return "\n".join(lines) + "\n"


def growth(task: Task, found: dict[str, list[dict[str, Any]]], missed: list[str]) -> list[str]:
    """How ours grows with the rows: against the floor, and in memory; what misses an aim is added to `missed`."""
    sizes = [size for size in task.rows if "times" in found.get(f"{task.name}, {size}", [{}])[0]]
    if not sizes:
        return []
    lines = ["", f"## Growth: {task.name}", ""]
    lines += ["| rows | riskgraph | a million rows at this pace | the floor | times the floor | peak memory |"]
    lines += ["|---|---|---|---|---|---|"]
    for size in sizes:
        ours, *others = found[f"{task.name}, {size}"]
        time_, memory = statistics.median(ours["times"]), ours["peak"] / (1 << 20) if ours["peak"] else 0
        floor = next((statistics.median(other["times"]) for other in others if "times" in other), None)
        most = task.most_memory.get(size)
        if most and memory > most:
            missed.append(f"{task.name}, {size}: {memory:,.0f} MiB; at most {most:,} was the aim.")
        against = "| - | - " if floor is None else f"| {shown(floor)} | {time_ / floor:.1f} "
        pace = shown(time_ * 1_000_000 / task.rows[size])
        lines.append(f"| {task.rows[size]:,} | {shown(time_)} | {pace} {against}| {memory:,.0f} MiB |")
    return lines


def shown(seconds: float) -> str:
    """A time with two digits that mean something."""
    if seconds >= 10:
        return f"{seconds:,.0f} s"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.{0 if seconds >= 0.01 else 1}f} ms"


if __name__ == "__main__":
    main()
