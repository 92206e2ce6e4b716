"""The gate: all that `isomorph.yaml` names, compared, with what the team declared, and with the baseline.

Nothing is written and no program runs but the named engines: a provisioner's outputs are those of the state.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from isomorph.drift.align import Declared as Aligned
from isomorph.drift.baseline import apply_baseline, parse_baseline
from isomorph.drift.causes import share_causes
from isomorph.drift.compare import compare
from isomorph.drift.declared import OPEN, apply_declared
from isomorph.drift.finding import Environment, Report, Verdict
from isomorph.drift.image_facts import ImageSource
from isomorph.model.errors import UsageError
from isomorph.platforms.context import Context
from isomorph.project.comparison import Comparison, read_comparison
from isomorph.project.environments import in_namespace, read_environment, settle_platform
from isomorph.project.preview import preview
from isomorph.project.project_file import Project, ProjectEnvironment
from isomorph.project.provided import align_servers
from isomorph.project.settling import settle

if TYPE_CHECKING:
    from isomorph.project.policy_files import Policies

BASELINE_FILE = ".isomorph/baseline.yaml"

_MEND_GENERATED = "write it in the Score file if it is meant; if not, take it back"

Step = Callable[[str], None]
"""Is told what begins."""


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate is asked: the project, the day (YYYY-MM-DD) on which it is, and what settles images.

    `with_baseline`: what stands in the baseline is suppressed.
    """

    project: Project
    today: str
    image_configs: ImageSource | None = None
    with_baseline: bool = True


def run_gate(gate: Gate, context: Context, step: Step = lambda words: None) -> Report:
    """Give the report of everything that the project names; raises what reading raises, UsageError without environments."""
    project = gate.project
    comparison, policies = open_comparison(project, context)
    environments = read_all(project, context, step)
    step("comparing")
    report = compare_environments(environments, comparison, gate.image_configs)
    for environment in environments:
        step(f"generating {environment.name}")
        report = add_generated(report, environment, project, context)
    if policies:
        step("asking policies")
        report = policies.add_findings(report, environments)
    report = msgspec.structs.replace(report, diagnostics=(*project.diagnostics, *report.diagnostics))
    report = apply_declared(report, comparison.declared, gate.today)
    if not gate.with_baseline:
        return report
    file = project.with_path(BASELINE_FILE)
    if not context.files.is_file(file):
        return report
    return apply_baseline(report, parse_baseline(context.read_input(file, what="baseline"), file))


def count_steps(project: Project) -> int:
    """Tell how many steps `run_gate` names: each definition read, each environment generated, comparing, and policies."""
    compared = [each for each in project.environments.values() if each.definitions]
    read = sum(len(each.definitions) for each in compared)
    return read + len(compared) + 1 + ("policy" in project.sections)


def open_comparison(project: Project, context: Context) -> "tuple[Comparison, Policies | None]":
    """Read what a project says of comparing, and the policies whose rules that may name."""
    policies = _open_policies(project, context)
    return read_comparison(project, policies.names if policies else ()), policies


def _open_policies(project: Project, context: Context) -> "Policies | None":
    """Read the policies that a project names; None where it names none, so that nothing of them is imported."""
    if "policy" not in project.sections:
        return None
    from isomorph.project.policy_files import read_policies

    return read_policies(project, context)


def read_all(project: Project, context: Context, step: Step = lambda words: None) -> list[Environment]:
    """Read the environments of a project, in the order in which they are written."""
    found = [read_one(each, context, step) for each in project.environments.values() if each.definitions]
    if not found:
        raise UsageError(f"{project.file} names no definitions to compare: isomorph init --from DEFINITION adds them")
    return found


def read_one(environment: ProjectEnvironment, context: Context, step: Step = lambda words: None) -> Environment:
    """Read the definitions of one environment of a project, in its namespace."""
    settled = [settle_platform(each, context) for each in environment.definitions]
    members = [(in_namespace(each, platform, environment.namespace), platform) for each, platform in settled]
    return read_environment(environment.name, members, context, step)


def add_generated(report: Report, environment: Environment, project: Project, context: Context) -> Report:
    """Add what differs between an environment and what its Score files generate now: somebody edited what was generated."""
    generated = preview(project, project.environment_of(environment.name), context)
    return report if generated is None else compare_generated(report, environment, generated)


def compare_generated(report: Report, environment: Environment, generated: Environment) -> Report:
    """Add what differs between an environment and what was generated for it."""
    found = compare_with_generated(report, environment, generated)
    shown = share_causes([each for each in found.findings if each.verdict in OPEN], report.findings)
    counted = {name: number for name, number in found.summary.items() if name != Verdict.EXPECTED.value}
    return msgspec.structs.replace(
        report,
        findings=(
            *report.findings,
            *(msgspec.structs.replace(each, compared_with="generated", hint=_MEND_GENERATED) for each in shown),
        ),
        summary={name: number + counted.get(name, 0) for name, number in report.summary.items()},
    )


def compare_with_generated(report: Report, environment: Environment, generated: Environment) -> Report:
    """Compare an environment with what was generated for it, alone; `report` tells which workloads are one."""
    aligned = {
        **_align_generated(report, environment, generated),
        **align_servers(report.workloads, environment, generated),
    }
    return compare([environment, settle(environment, generated, aligned)], align=aligned)


def _align_generated(report: Report, environment: Environment, generated: Environment) -> Aligned:
    """Give the workloads that the Score files call otherwise than an environment: as another does, or all in common."""
    own, others = (each.definition.application.workloads for each in (environment, generated))
    aligned: dict[str, dict[str, str]] = {}
    for row in report.workloads:
        key = row.aliases.get(environment.name)
        if key is None or key in others:
            continue
        names = (name for name in (row.name, *row.aliases.values()) if name in others and name not in own)
        name = next(names, None)
        if name is not None:
            aligned[row.name] = {environment.name: key, generated.name: name}
    return aligned


def compare_environments(
    environments: list[Environment], comparison: Comparison, image_configs: ImageSource | None = None
) -> Report:
    """Compare the pairs that are asked for; an environment without definitions is in none."""
    there = {environment.name for environment in environments}
    pairs = [pair for pair in comparison.pairs if there.issuperset(pair)]
    return compare(environments, image_configs=image_configs, align=comparison.align, pairs=pairs)
