"""The committed sample reports: `python tools/samples.py` shows what would change, `--accept` writes it.

They are a showroom and a gold file: whoever changes a word of a report sees it here, and in the diff of a commit.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from riskgraph.graph import RiskGraph
from riskgraph.report import Bundle, ReportOptions, make

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "reports" / "samples"
MADE = {
    "blast": ("blast", ["east kent services"], ReportOptions(data="uk", author="Kent WARP (sample)")),
    "bulletin": ("blast", ["capita"], ReportOptions(data="uk", anonymous=True)),
    "council": ("council", ["thanet"], ReportOptions(data="uk")),
    "supplier": ("supplier", ["east kent services"], ReportOptions(data="uk")),
    "overview": ("overview", [], ReportOptions(data="uk", asking={"regions": ["Wales"]})),
    "whatif": ("whatif", ["leave-east-kent-services"], ReportOptions(data="uk")),
    "concentration": (
        "concentration",
        ["libraries-leisure"],
        ReportOptions(data="uk", asking={"regions": ["Scotland"]}),
    ),
    "replay": ("replay", ["eks-civica-2024"], ReportOptions(data="uk")),
}


def made() -> dict[str, Bundle]:
    """One report of each kind, from the shipped map."""
    graph = RiskGraph.open("uk")
    return {name: make(graph, kind, names, options) for name, (kind, names, options) in MADE.items()}


def differences(bundles: dict[str, Bundle]) -> dict[Path, bytes | None]:
    """Files that differ from what is committed, with what they should be; `None` where there should be none."""
    wanted = {SAMPLES / name / file: data for name, bundle in bundles.items() for file, data in bundle.files.items()}
    there = {path for path in SAMPLES.glob("*/*") if path.is_file()}
    gone: dict[Path, bytes | None] = dict.fromkeys(sorted(there - wanted.keys()))
    changed = {path: data for path, data in sorted(wanted.items()) if path not in there or path.read_bytes() != data}
    return {**gone, **changed}


def main(accept: bool) -> int:
    """Show the differences, or accept them; 1 if there are any that were not accepted."""
    changed = differences(made())
    for path, data in changed.items():
        name = str(path.relative_to(ROOT))
        if accept:
            path.parent.mkdir(parents=True, exist_ok=True)
            if data is None:
                path.unlink()
            else:
                path.write_bytes(data)
            print(f"written: {name}")
            continue
        old = path.read_text("utf-8").splitlines() if path.is_file() else []
        new = [] if data is None else data.decode("utf-8").splitlines()
        print("\n".join(list(difflib.unified_diff(old, new, name, f"{name}, made now", lineterm="", n=0))[:40]))
    print(f"{len(changed)} files {'written' if accept else 'would change'}")
    return 0 if accept or not changed else 1


if __name__ == "__main__":
    sys.exit(main("--accept" in sys.argv[1:]))
