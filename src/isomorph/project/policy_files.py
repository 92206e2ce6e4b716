"""The policies that a project names: its own files, and the packs that come with isomorph."""

import os.path
from functools import cache

import msgspec

from isomorph.drift.finding import Environment, Finding, Report, TeamRule
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.policy.expressions import Compiler
from isomorph.policy.judging import Policy, compile_rule, run_policies
from isomorph.policy.rule import Rule
from isomorph.project.policy_shape import PACK, read_rules
from isomorph.project.project_file import Project
from isomorph.project.shape_checks import did_you_mean, is_null, raise_faults
from isomorph.project.workload_globs import find_files, is_pattern
from isomorph.syntax.encoding import decode
from isomorph.syntax.tree import Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import Limits, parse_one

PACKS = ("recommended", "strict")
CASES = (".test.yaml", ".test.yml")
"""How files end that hold test cases, which no pattern of `policy:` means."""

LIMITS = Limits(size=1024 * 1024, depth=20, repeated=10_000)
_FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "policy", "pack")


class Policies(msgspec.Struct, frozen=True):
    """Policies that are ready to be asked, in the order in which they were named."""

    policies: tuple[Policy, ...] = ()
    compiler: Compiler | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that their findings carry."""
        return tuple(each.rule.id for each in self.policies)

    @property
    def rules(self) -> dict[str, Rule]:
        """The rules by those names."""
        return {each.rule.id: each.rule for each in self.policies}

    def add_findings(self, report: Report, environments: list[Environment]) -> Report:
        """Add what policies find in each environment, under the names that workloads have in the report."""
        names = {
            (environment, called): row.name for row in report.workloads for environment, called in row.aliases.items()
        }
        found = [
            _call(finding, names.get((each.name, finding.workload), finding.workload))
            for each in environments
            for finding in self.judge(each)
        ]
        summary = dict(report.summary)
        for finding in found:
            summary[finding.verdict.value] = summary.get(finding.verdict.value, 0) + 1
        declared = tuple(declare(each.rule) for each in self.policies)
        return msgspec.structs.replace(
            report,
            findings=(*report.findings, *found),
            summary=summary,
            team_rules=(*report.team_rules, *declared),
        )

    def judge(self, environment: Environment) -> list[Finding]:
        """Give what policies find in one environment."""
        return run_policies(self.policies, environment, self.compiler) if self.compiler is not None else []


def _call(finding: Finding, name: str) -> Finding:
    """Give a finding under another name of its workload; its fingerprint stays, whatever is aligned with what."""
    if name == finding.workload:
        return finding
    message = f"{name}{finding.message.removeprefix(finding.workload)}"
    return msgspec.structs.replace(finding, workload=name, message=message)


def declare(rule: Rule) -> TeamRule:
    """Give what reports say of a rule."""
    return TeamRule(
        name=rule.id,
        description=rule.description,
        severity=rule.severity,
        mend=rule.mend,
        reference=rule.reference,
    )


def read_policies(project: Project, context: Context) -> Policies:
    """Read and compile what `policy:` names; raises InvalidInput or InvalidInputs with all faults, each at its place."""
    node = project.sections.get("policy")
    faults: list[InvalidInput] = []
    rules: list[Rule] = []
    for item in node if isinstance(node, Sequence) else ():
        if isinstance(item, Scalar):
            rules += _read_named(item, project, context, faults)
    if faults:
        raise_faults(faults)
    return compile_rules(rules)


def compile_rules(rules: list[Rule]) -> Policies:
    """Compile rules; of one name the last counts where it only uses the other, else it is a fault."""
    if not rules:
        return Policies()
    faults: list[InvalidInput] = []
    by_name: dict[str, Rule] = {}
    for rule in rules:
        before = by_name.get(rule.name)
        if before is not None and before.require != rule.require:
            fault = InvalidInput(f"there is a rule {rule.name} already, at {before.origin}", rule.origin, "rename one")
            faults.append(fault)
        by_name[rule.name] = rule
    compiler = Compiler()
    policies = []
    for rule in by_name.values():
        try:
            policies.append(compile_rule(rule, compiler))
        except InvalidInput as fault:
            faults.append(fault)
    if faults:
        raise_faults(faults)
    return Policies(tuple(policies), compiler)


def _read_named(item: Scalar, project: Project, context: Context, faults: list[InvalidInput]) -> list[Rule]:
    text = item.text
    if text.startswith(PACK):
        return _read_packed(text.removeprefix(PACK), item.origin, faults)
    try:
        files = find_policy_files(text, project, context, item.origin)
    except InvalidInput as fault:
        faults.append(fault)
        return []
    return [rule for file in files for rule in read_policy_file(file, context, faults, item.origin)]


def list_files(project: Project, context: Context) -> list[str]:
    """Give the policy files that a project names, packs left out; raises InvalidInput for a pattern without a file."""
    node = project.sections.get("policy")
    named = [item for item in node if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
    own = [item for item in named if not item.text.startswith(PACK)]
    return [file for item in own for file in find_policy_files(item.text, project, context, item.origin)]


def find_policy_files(text: str, project: Project, context: Context, origin: Origin) -> list[str]:
    """Give the files that a path or pattern of `policy:` means; raises InvalidInput where there is none."""
    if not is_pattern(text):
        return [project.with_path(text)]
    found = [file for file in find_files(text, project.root, context, origin) if not file.endswith(CASES)]
    if not found:
        raise InvalidInput(f"no policy matches {text}", origin, "check the path")
    return found


def _read_packed(name: str, origin: Origin, faults: list[InvalidInput]) -> list[Rule]:
    """Give the rules of a pack, or one of its rules."""
    if name in PACKS:
        return list(load_pack(name))
    known = load_packs()
    if name not in known:
        hint = did_you_mean(name, [*PACKS, *known])
        faults.append(InvalidInput(f"isomorph has neither a pack nor a rule {name!r}", origin, hint))
        return []
    return [known[name]]


def read_policy_file(
    path: str, context: Context, faults: list[InvalidInput], origin: Origin | None = None
) -> list[Rule]:
    """Read the rules of a file, adding its faults."""
    try:
        return parse_policy(context.read_input(path, origin, what="policy"), path, faults)
    except InvalidInput as fault:
        faults.append(fault)
        return []


def parse_policy(content: bytes, file: str, faults: list[InvalidInput]) -> list[Rule]:
    """Read the text of a policy file, adding its faults; raises InvalidInput for what is no YAML."""
    root = parse_one(content, file, Dialect.COMPOSE, limits=LIMITS).root
    if root is None or is_null(root):
        return []
    return read_rules(root, decode(content, file).splitlines(), load_packs(), faults)


@cache
def load_pack(name: str) -> tuple[Rule, ...]:
    """Read a pack that comes with isomorph."""
    with open(os.path.join(_FOLDER, f"{name}.yaml"), "rb") as file:
        content = file.read()
    shown = f"{PACK}{name}"
    root = parse_one(content, shown, Dialect.COMPOSE).root
    faults: list[InvalidInput] = []
    rules = read_rules(root, content.decode().splitlines(), {}, faults) if root is not None else []
    if faults:
        raise_faults(faults)
    return tuple(rules)


@cache
def load_packs() -> dict[str, Rule]:
    """Give every rule that comes with isomorph, by name."""
    return {rule.name: rule for name in PACKS for rule in load_pack(name)}
