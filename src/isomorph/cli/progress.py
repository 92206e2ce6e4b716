"""A line of progress on standard error, where that is a terminal and the work takes long enough to be missed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Step = Callable[[str], None]
"""What the work calls as each of its steps begins, with words for it."""

DELAY = 1.0
"""Seconds before anything is shown: what is done sooner needs no progress."""
INTERVAL = 0.2
_BAR = 20


@contextmanager
def progress(steps: int, *, quiet: bool = False, stream: TextIO | None = None, delay: float = DELAY) -> Iterator[Step]:
    """Give the function that names the step at work; the line is gone when the work is done.

    `steps`: how many there will be. Nothing is shown where `quiet`, or where the stream is no terminal.
    """
    out = stream if stream is not None else sys.stderr
    if quiet or out is None or not out.isatty():
        yield lambda words: None
        return
    import threading

    done = threading.Event()
    words_so_far: list[str] = []

    def step(words: str) -> None:
        words_so_far.append(words)

    def show() -> None:
        if done.wait(delay):
            return
        while True:
            out.write("\r\x1b[2K" + print_line(len(words_so_far), steps, words_so_far[-1] if words_so_far else ""))
            out.flush()
            if done.wait(INTERVAL):
                out.write("\r\x1b[2K")
                out.flush()
                return

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield step
    finally:
        done.set()
        thread.join()


def print_line(step: int, steps: int, words: str) -> str:
    """Write the line: a bar of the steps that are done, and the one at work."""
    from shutil import get_terminal_size

    finished = _BAR * max(0, step - 1) // max(1, steps)
    line = f"[{'#' * finished}{'.' * (_BAR - finished)}] {words}"
    printable = "".join(char if char.isprintable() else "?" for char in line)
    return printable[: max(1, get_terminal_size().columns - 1)]
