"""What `fix` and `promote` share: the edits shown as a diff, written where that was asked for, and what is left to people."""

import os.path
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from isomorph.cli.arguments import Parser, print_result, wants_colour
from isomorph.cli.progress import progress
from isomorph.cli.remarks import print_message, print_remarks
from isomorph.cli.reporting import add_threshold, exit_code
from isomorph.drift.baseline import REASON as NOTED
from isomorph.drift.finding import Finding, Severity
from isomorph.drift.image_config import load_image_configs
from isomorph.drift.rules import RULES
from isomorph.drift.selection import fits
from isomorph.model.errors import UsageError
from isomorph.project.fix.fixing import ByHand, Fixed, fix
from isomorph.project.fix.rewriting import rewrite
from isomorph.project.fix.trials import Workshop
from isomorph.project.fix.workshop import Pair, open_workshop
from isomorph.project.opening import open_project
from isomorph.project.shape_checks import did_you_mean
from isomorph.report.changes import find_secrets, print_changes
from isomorph.report.terminal import Style, count

_NAMES = 4
"""Workloads that one line names."""


def add_mending(parser: Parser) -> None:
    """Add the options of verbs that edit an environment."""
    parser.add_argument(
        "--workload", action="append", default=[], metavar="NAME", help="only of this workload; a pattern (may repeat)"
    )
    parser.add_argument("--write", action="store_true", help="write the files; without it they are only shown")
    add_threshold(parser)


def run_mending(
    arguments: Namespace, source: str, target: str, wanted: Callable[[Finding], bool], *, with_baseline: bool = False
) -> int:
    """Mend what is wanted; gives 1 where something at or above the threshold is left.

    `with_baseline`: what stands in the baseline is let alone.
    """
    from datetime import date

    project, context = open_project(arguments.image_config)
    pair = Pair(
        project=project,
        source=source,
        target=target,
        today=date.today().isoformat(),
        image_configs=load_image_configs(arguments.image_config, context),
        with_baseline=with_baseline,
    )

    def is_wanted(finding: Finding) -> bool:
        return wanted(finding) and _is_of(finding.workload, arguments.workload)

    with progress(2, quiet=arguments.quiet) as step:
        workshop = open_workshop(pair, context, step)
        _check_workloads(workshop, arguments.workload)
        step("mending")
        fixed = fix(workshop, is_wanted)
    if arguments.write:
        rewrite(fixed.files)
    _print_fixed(fixed, arguments)
    report = fixed.sides.report
    print_remarks(report.diagnostics, arguments)
    left = replace(report, findings=tuple(each for each in report.findings if is_wanted(each)))
    return exit_code(left, Severity(arguments.fail_on), arguments.strict)


def check_rules(patterns: list[str]) -> None:
    """Raise UsageError for a rule that there is not, with the nearest that there is."""
    for pattern in patterns:
        if not any(fits(pattern, rule) for rule in RULES):
            hint = did_you_mean(pattern, tuple(RULES))
            raise UsageError(f"there is no rule {pattern!r}{f'; {hint}' if hint else ''}")


def _check_workloads(workshop: Workshop, patterns: list[str]) -> None:
    names = [row.name for row in workshop.compare({}).report.workloads] if patterns else []
    for pattern in patterns:
        if not any(fits(pattern, name) for name in names):
            hint = did_you_mean(pattern, names)
            raise UsageError(f"there is no workload {pattern!r}{f'; {hint}' if hint else ''}")


def _is_of(workload: str, patterns: list[str]) -> bool:
    return not patterns or any(fits(pattern, workload) for pattern in patterns)


def _print_fixed(fixed: Fixed, arguments: Namespace) -> None:
    """Print the diff as the result, and on standard error what was done and what is left."""
    style = Style(wants_colour(arguments.color, sys.stdout))
    secrets = find_secrets((fixed.sides.source, fixed.sides.target))
    files = [(os.path.normpath(file.path), file.old, file.new) for file in fixed.files]
    print_result(print_changes(files, secrets, style))
    sys.stdout.flush()
    if arguments.quiet:
        if fixed.by_hand:  # The exit code says that something is left: not to say what would be no answer.
            print_message(f"{count(len(fixed.by_hand), 'finding')} left to you (without -q they are told)")
        return
    for group in _by_cause(fixed.by_hand):
        print_message(_describe(group, fixed))
    print_message(_sum_up(fixed, written=arguments.write))


def _by_cause(by_hand: Sequence[ByHand]) -> list[list[ByHand]]:
    """Group what is left to people: what has one cause, and is left for one reason, is told once."""
    groups: dict[tuple[str, ...], list[ByHand]] = {}
    for each in by_hand:
        finding = each.finding
        groups.setdefault((finding.cause, finding.rule, finding.subject, each.reason), []).append(each)
    return list(groups.values())


def _describe(group: list[ByHand], fixed: Fixed) -> str:
    """Write one line about what people must mend: where, what, why it is theirs, how, and what the other side has where."""
    left = group[0]
    source, target = fixed.sides.of(left.finding)
    finding = left.finding
    place = f"{target.origin}: " if target.origin is not None else ""
    other = f" ({source.environment}: {source.origin})" if source.origin is not None else ""
    hint = f" To mend it: {finding.hint.removesuffix('.')}." if finding.hint else ""
    names = list(
        dict.fromkeys(each.finding.workload for each in group[1:] if each.finding.workload != finding.workload)
    )
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    alike = f" The same of {', '.join(names[:_NAMES])}{more}." if names else ""
    return f"{place}by hand: {finding.message.removesuffix('.')}. Not done: {left.reason}.{hint}{alike}{other}"


def _noted(fixed: Fixed) -> str:
    """Say what is let alone because it stands in the baseline."""
    noted = [each for each in fixed.sides.report.findings if each.reason == NOTED]
    return f"; {count(len(noted), 'finding')} of the baseline are let alone (--no-baseline)" if noted else ""


def _sum_up(fixed: Fixed, *, written: bool) -> str:
    number = len(fixed.mended)
    left = f"; {count(len(fixed.by_hand), 'finding')} left to you" if fixed.by_hand else ""
    if not number:
        return f"nothing is mended{left}" if left else f"{fixed.sides.target.name} has nothing to mend{_noted(fixed)}"
    files = count(len(fixed.files), "file")
    if written:
        return f"mended {count(number, 'finding')} in {files}{left}"
    return f"{count(number, 'finding')} can be mended in {files}: --write does it{left}"
