"""Changed files as a diff: what `patch` reads, with secrets masked."""

from isomorph.drift.finding import Environment
from isomorph.model.application import Application, Definition, Secret
from isomorph.model.workload import Container, Workload
from isomorph.report.changes import find_secrets, print_changes
from isomorph.report.terminal import Style

OLD = "a: 1\nb: 2\nDB_PASSWORD: hunter2\nname: hunter2s\nkey: czNjcmV0LXZhbHVl\n"


def test_a_diff_names_the_file_and_shows_what_changes() -> None:
    shown = print_changes([("x/y.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n")], (), Style())
    assert shown == "--- a/x/y.yaml\n+++ b/x/y.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n"


def test_a_file_that_does_not_end_its_last_line_is_shown_so() -> None:
    shown = print_changes([("x", "a", "b")], (), Style())
    assert shown.splitlines()[-2:] == ["+b", "\\ No newline at end of file"]


def test_secrets_around_a_change_are_masked() -> None:
    workload = Workload("web", containers={"web": Container(variables={"API_TOKEN": "hunter2", "MODE": "fast"})})
    secret = Secret(values={"key": "s3cret-value"})
    application = Application(workloads={"web": workload}, secrets={"s": secret})
    secrets = find_secrets([Environment("a", Definition(application, "compose"))])
    assert {"hunter2", "s3cret-value", "czNjcmV0LXZhbHVl"} <= secrets
    assert "fast" not in secrets
    shown = print_changes([("x", OLD, OLD.replace("b: 2", "b: 3"))], secrets, Style())
    assert " DB_PASSWORD: ***\n name: hunter2s\n key: ***\n" in shown


def test_what_a_terminal_would_obey_is_shown_as_a_mark() -> None:
    shown = print_changes([("x\x1b", "a: \x1b[1m\n\tb\n", "a: 1\n\tb\n")], (), Style())
    assert "\x1b" not in shown
    assert " \tb\n" in shown
