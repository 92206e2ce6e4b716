"""Diagnostics as lines."""

from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin
from isomorph.report.diagnostics_text import print_diagnostics
from isomorph.report.terminal import Style

PLAIN = Style(False, 100)


def lost(name: str, line: int, what: str = "liveness probe: Docker restarts nothing") -> Diagnostic:
    return Diagnostic("lost", f"{name}: {what}", Origin("score.yaml", line, 5))


def test_one_line_each() -> None:
    diagnostics = [Diagnostic("unset-variable", "TAG is not set", Origin("compose.yaml", 9, 3)), lost("web", 3)]
    assert print_diagnostics(diagnostics, PLAIN).splitlines() == [
        "compose.yaml:9:3: TAG is not set [unset-variable]",
        "score.yaml:3:5: web: liveness probe: Docker restarts nothing [lost]",
    ]


def test_the_same_of_several_workloads_is_one_line() -> None:
    diagnostics = [lost(name, line) for line, name in enumerate(("a", "b", "c", "d", "e"), 1)]
    assert print_diagnostics(diagnostics, PLAIN) == (
        "score.yaml:1:5: a, b, c and 2 more: liveness probe: Docker restarts nothing (and in 4 more places) [lost]\n"
    )
    assert "a, b, c, d, e: " in print_diagnostics(diagnostics, PLAIN, verbose=True)
    assert "(also score.yaml:2:5, score.yaml:3:5" in print_diagnostics(diagnostics, PLAIN, verbose=True)


def test_not_more_than_can_be_read() -> None:
    diagnostics = [lost("web", number, f"thing {number}") for number in range(1, 21)]
    lines = print_diagnostics(diagnostics, PLAIN).splitlines()
    assert len(lines) == 9
    assert lines[-1] == "12 more like this [lost] (-v shows them)"
    assert len(print_diagnostics(diagnostics, PLAIN, verbose=True).splitlines()) == 20


def test_what_changes_nothing_is_counted() -> None:
    diagnostics = [Diagnostic("not-modelled", f"x-{number}") for number in range(3)] + [Diagnostic("ignored", "links")]
    assert print_diagnostics(diagnostics, PLAIN) == "4 more remarks: 3 not-modelled, 1 ignored (-v shows them)\n"
    assert "x-2 [not-modelled]" in print_diagnostics(diagnostics, PLAIN, verbose=True)


def test_nothing_is_nothing() -> None:
    assert print_diagnostics([], PLAIN) == ""


def test_input_cannot_write_to_the_terminal() -> None:
    assert "\x1b" not in print_diagnostics([Diagnostic("lost", "a\x1b[2J", Origin("\x1b.yaml"))], PLAIN)
