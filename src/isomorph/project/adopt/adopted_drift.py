"""What `isomorph init --from` tells of the environments that it took over: which workloads are one, and what still differs.

Workloads that go by other names elsewhere, and were known by their images or by who refers to them, are written into `align`:
so they stay one workload when an image or a reference changes. Nothing here keeps a project from being made.
"""

from isomorph.drift.align import normal_name
from isomorph.drift.declared import OPEN
from isomorph.drift.finding import AlignedWorkload, Environment, Finding
from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.context import Context
from isomorph.project.gate import Gate, compare_environments, open_comparison, read_all, run_gate
from isomorph.project.project_file import Project
from isomorph.report.fold import count_rows, fold, number_of

Aligned = dict[str, dict[str, str]]
"""Common name -> environment -> workload."""


def find_aligned(project: Project, context: Context) -> Aligned:
    """Give the workloads that are one under names that do not show it; nothing where environments cannot be read yet."""
    if len(project.environments) < 2:
        return {}
    try:
        comparison, _ = open_comparison(project, context)
        environments = read_all(project, context)
    except (InvalidInput, UsageError):
        return {}
    named = {each.name: each for each in environments}
    rows = compare_environments(environments, comparison).workloads
    return {
        row.name: dict(row.aliases)
        for row in rows
        if row.name not in comparison.align and len(row.aliases) > 1 and not _show_it(row, named)
    }


def _show_it(row: AlignedWorkload, environments: dict[str, Environment]) -> bool:
    """Tell whether all environments know a workload under one name, its own or one that peers use."""
    names = []
    for environment, key in row.aliases.items():
        workload = environments[environment].definition.application.workloads[key]
        peers = {normal_name(name) for name in workload.names if "." not in name}
        names.append({normal_name(key), normal_name(workload.name), *peers})
    return bool(set.intersection(*names))


def tell_aligned(aligned: Aligned) -> list[str]:
    """Tell what is written into `align`, a line a workload."""
    return [
        f"{name} is one workload: {', '.join(f'{key} in {environment}' for environment, key in keys.items())}"
        for name, keys in aligned.items()
    ]


def tell_drift(project: Project, context: Context, today: str) -> tuple[list[str], bool]:
    """Tell how much differs in a project, and whether anything may; `today` is YYYY-MM-DD."""
    try:
        report = run_gate(Gate(project=project, today=today), context)
    except (InvalidInput, UsageError) as error:
        return [f"isomorph check cannot tell yet what differs: {error}"], True
    found = [finding for finding in report.findings if finding.verdict in OPEN]
    between = [finding for finding in found if finding.compared_with == "pair"]
    generated = [finding for finding in found if finding.compared_with == "generated"]
    if not found:
        return ["nothing differs: isomorph check is silent, and fails as soon as something does"], False
    lines = []
    if len(project.environments) > 1:
        lines.append(f"between the environments: {_count(between)}")
    if generated:
        lines.append(f"between them and what the Score files generate: {_count(generated)}")
    elif project.workloads or any(each.workloads for each in project.environments.values()):
        lines.append("the Score files generate what is there, as far as Score has words for it")
    return lines, True


def _count(findings: list[Finding]) -> str:
    """Count the rows that a report has of findings: `no difference`, `one difference (1 error)`, `12 differences (…)`."""
    counts = count_rows(fold(findings))
    total = sum(counts.values())
    if not total:
        return "no difference"
    said = [number_of(label, number) for label, number in counts.items()]
    return f"{f'{total} differences' if total > 1 else 'one difference'} ({', '.join(said)})"
