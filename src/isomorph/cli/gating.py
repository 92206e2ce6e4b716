"""What `check` and `baseline` share: the gate of the project that the current folder is in."""

from argparse import Namespace

from isomorph.cli.progress import progress
from isomorph.cli.remarks import print_remarks
from isomorph.drift.finding import Report
from isomorph.drift.image_config import load_image_configs
from isomorph.project.gate import Gate, count_steps, run_gate
from isomorph.project.opening import open_project
from isomorph.project.project_file import Project


def judge_project(arguments: Namespace, *, with_baseline: bool) -> tuple[Project, Report]:
    """Give the project and what its gate finds; remarks are printed, and progress where the work is long."""
    from datetime import date

    project, context = open_project(arguments.image_config)
    gate = Gate(
        project=project,
        today=date.today().isoformat(),
        image_configs=load_image_configs(arguments.image_config, context),
        with_baseline=with_baseline,
    )
    with progress(count_steps(project), quiet=arguments.quiet) as step:
        report = run_gate(gate, context, step)
    shown = [each for each in report.diagnostics if arguments.verbose or each.code not in _OF_NO_ACCOUNT]
    print_remarks(shown, arguments)
    return project, report


_OF_NO_ACCOUNT = frozenset(("detected", "deprecated", "rendered"))
"""Remarks that leave nothing out of the comparison: a gate that is run every day tells them with `--verbose` only."""
