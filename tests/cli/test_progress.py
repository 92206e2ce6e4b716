"""Progress: a line on a terminal when the work is long, and nothing anywhere else."""

import io
import time

import pytest

from isomorph.cli.progress import print_line, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_long_work_on_a_terminal_shows_its_steps_and_leaves_nothing() -> None:
    out = Terminal()
    with progress(2, stream=out, delay=0.0) as step:
        step("reading a.yaml")
        deadline = time.monotonic() + 5
        while "reading a.yaml" not in out.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "reading a.yaml" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[2K")


def test_short_work_shows_nothing() -> None:
    out = Terminal()
    with progress(1, stream=out) as step:
        step("reading a.yaml")
    assert out.getvalue() == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_nothing_is_shown_to_a_file_or_when_it_is_to_be_quiet(quiet: bool) -> None:
    out = Terminal() if quiet else io.StringIO()
    with progress(1, quiet=quiet, stream=out, delay=0.0) as step:
        step("reading a.yaml")
        time.sleep(0.05)
    assert out.getvalue() == ""


def test_an_error_ends_the_line_too() -> None:
    out = Terminal()

    def fail() -> None:
        with progress(1, stream=out, delay=0.0) as step:
            step("reading")
            time.sleep(0.05)
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert out.getvalue().endswith("\r\x1b[2K")


def test_the_line_fits_and_holds_no_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert print_line(2, 4, "reading \x1b[31m" + "x" * 90) == "[#####...............] reading ?[31mxxx"
