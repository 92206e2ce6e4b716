"""One command's whole-process figures, by the operating system's own accounting of the finished process."""

import contextlib
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Figures(NamedTuple):
    """CPU seconds (user and system) and peak memory in MiB of one finished process, and its exit code."""

    cpu: float
    memory: float
    code: int


def run(command: Sequence[str], folder: Path) -> Figures:
    """Run a command to its end in a folder, with its output thrown away."""
    null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    with contextlib.chdir(folder):
        # A fork would count the copying of this process as the command's.
        pid = os.posix_spawnp(command[0], list(command), os.environ, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Figures(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale, os.waitstatus_to_exitcode(status))


def side_by_side(commands: dict[str, Sequence[str]], folder: Path, runs: int) -> dict[str, list[Figures]]:
    """Run commands in turn, A B A B …, after one warm-up each, so that a machine's drift falls on all of them."""
    for command in commands.values():
        run(command, folder)
    figures: dict[str, list[Figures]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            figures[name].append(run(command, folder))
    return figures


def median_cpu(figures: list[Figures]) -> float:
    """Give the median of the CPU seconds."""
    return statistics.median(each.cpu for each in figures)


def peak_memory(figures: list[Figures]) -> float:
    """Give the largest peak of memory, in MiB."""
    return max(each.memory for each in figures)
