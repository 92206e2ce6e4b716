#!/usr/bin/env python3
"""Measure isomorph beside its peers: `run.py [--quick] [--check] [CASE…]`.

Every figure is CPU time of whole processes, medians, and told as a ratio to a peer that ran in turn with it. `--check`
exits 1 where a ratio is over its limit. A peer that is not built (`make engines`) is said to be missing and not measured.
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.inputs import write_compose, write_kubernetes
from benchmarks.measure import median_cpu, peak_memory, run, side_by_side
from tests.engines.build import find_engine

ISOMORPH = str(Path(sys.executable).with_name("isomorph"))


class Result(NamedTuple):
    """One line of the table."""

    case: str
    ratio: float
    limit: float
    cpu: float
    peer: str
    peer_cpu: float
    memory: float


def compare_with(
    case: str, ours: list[str], peer: str, theirs: list[str], limit: float, folder: Path, runs: int
) -> Result:
    """Measure one command of ours against one of a peer."""
    figures = side_by_side({"ours": ours, "theirs": theirs}, folder, runs)
    codes = {each.code for each in figures["ours"]}
    if not codes <= {0, 1}:
        raise SystemExit(f"{case}: {' '.join(ours)} exited with {codes}")
    cpu, peer_cpu = median_cpu(figures["ours"]), median_cpu(figures["theirs"])
    return Result(case, cpu / peer_cpu, limit, cpu, peer, peer_cpu, peak_memory(figures["ours"]))


def start_up(folder: Path, runs: int) -> list[Result]:
    """`isomorph version` against an interpreter that does nothing."""
    bare = [sys.executable, "-c", "pass"]
    many = max(runs, 15)
    isolated = [sys.executable, "-I", "-S", "-c", "pass"]
    ours = [ISOMORPH, "version"]
    return [
        compare_with("isomorph version", ours, "bare interpreter", bare, 3.0, folder, many),
        compare_with("isomorph version", ours, "interpreter, no site (-I -S)", isolated, math.inf, folder, many),
    ]


def diff_against_dyff(folder: Path, runs: int) -> list[Result]:
    """`diff` of 1,000 services and their 2,000 documents, against dyff on the documents and themselves, one tag changed."""
    dyff = find_engine("dyff")
    if dyff is None:
        return missing("diff", "dyff")
    ours = [ISOMORPH, "diff", "compose:compose-1000.yaml", "kubernetes:kubernetes-1000.yaml"]
    theirs = [str(dyff), "between", "kubernetes-1000.yaml", "changed-1000.yaml"]
    return [compare_with("diff, 1,000 services", ours, "dyff between", theirs, 3.0, folder, runs)]


def convert_against_compose(folder: Path, runs: int) -> list[Result]:
    """`convert` of 1,000 services to Kubernetes, against `docker compose config` on the same file."""
    compose = find_engine("docker-compose")
    if compose is None:
        return missing("convert", "docker compose")
    ours = [ISOMORPH, "convert", "compose:compose-1000.yaml", "--to", "kubernetes", "-o", "out/"]
    theirs = [str(compose), "-f", "compose-1000.yaml", "config"]
    return [compare_with("convert, 1,000 services", ours, "docker compose config", theirs, 2.5, folder, runs)]


def growth(folder: Path, runs: int) -> list[Result]:
    """`diff` of 10,000 services against 1,000: ten times the input, so linear is 10."""
    write_compose(folder / "compose-10000.yaml", 10_000)
    write_kubernetes(folder / "kubernetes-10000.yaml", 10_000)
    small = [ISOMORPH, "diff", "compose:compose-1000.yaml", "kubernetes:kubernetes-1000.yaml"]
    large = [ISOMORPH, "diff", "compose:compose-10000.yaml", "kubernetes:kubernetes-10000.yaml"]
    one = median_cpu([run(small, folder) for _ in range(runs)])
    figures = [run(large, folder) for _ in range(max(2, runs // 3))]
    ten = median_cpu(figures)
    return [Result("diff, 10,000 services", ten / one, 12.0, ten, "diff, 1,000 services", one, peak_memory(figures))]


def missing(case: str, peer: str) -> list[Result]:
    """Say that a case could not be measured."""
    print(f"{case}: not measured, {peer} is not built (make engines)", file=sys.stderr)
    return []


CASES: dict[str, Callable[[Path, int], list[Result]]] = {
    "start-up": start_up,
    "diff": diff_against_dyff,
    "convert": convert_against_compose,
    "growth": growth,
}


def print_table(results: list[Result]) -> None:
    """Print one line a case."""
    print(f"{'case':24} {'ratio':>6} {'limit':>5}  {'CPU':>8}  {'beside':30} {'CPU':>8}  {'our peak memory'}")
    for each in results:
        word = "" if each.ratio <= each.limit else "  OVER"
        limit = "-" if math.isinf(each.limit) else f"{each.limit:.1f}"
        print(
            f"{each.case:24} {each.ratio:6.2f} {limit:>5}  {each.cpu:7.3f}s  {each.peer:30} {each.peer_cpu:7.3f}s"
            f"  {each.memory:5.0f} MiB{word}"
        )


def main() -> int:
    """Measure the cases that were asked for."""
    parser = argparse.ArgumentParser(description="Measure isomorph beside its peers.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all where none is named")
    parser.add_argument("--quick", action="store_true", help="three runs of each command instead of seven")
    parser.add_argument("--check", action="store_true", help="exit 1 where a ratio is over its limit")
    arguments = parser.parse_args()
    unknown = [case for case in arguments.cases if case not in CASES]
    if unknown:
        parser.error(f"no case is called {', '.join(unknown)}")
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="isomorph-bench-") as scratch:
        folder = Path(scratch)
        write_compose(folder / "compose-1000.yaml", 1000)
        write_kubernetes(folder / "kubernetes-1000.yaml", 1000)
        write_kubernetes(folder / "changed-1000.yaml", 1000, changed_tag=500)
        for case in arguments.cases or CASES:
            measured = CASES[case](folder, 3 if arguments.quick else 7)
            if arguments.check and any(each.ratio > each.limit for each in measured):
                # A machine's hiccup is no verdict: what is over its limit twice is over it.
                again = CASES[case](folder, 3 if arguments.quick else 7)
                measured = [min(pair) for pair in zip(measured, again, strict=True)]
            results += measured
    print_table(results)
    over = [each for each in results if each.ratio > each.limit]
    return 1 if over and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
