"""Comparing two short texts, for tests of the judge: each finding as `VERDICT RULE SUBJECT: a | b`."""

from collections.abc import Mapping

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Report, Verdict
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from tests.memory_context import memory_context

SHOWN = (Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED)


def environment(name: str, platform: str, text: str, files: Mapping[str, str] | None = None) -> Environment:
    """Read one text; further files are found beside it."""
    file = f"{name}.yaml"
    definition = load_reader(platform)(Source(file), memory_context({file: text, **(files or {})}))
    return Environment(name, normalise(definition), ((platform, file),))


def judge(
    one: str, other: str, platforms: str = "compose kubernetes", files: Mapping[str, str] | None = None
) -> Report:
    """Compare two texts, as environments `a` and `b`."""
    first, second = platforms.split()
    return compare([environment("a", first, one, files), environment("b", second, other, files)])


def tell(finding: Finding) -> str:
    """Put a finding into one line."""
    values = " | ".join("-" if side.value is None else side.value for side in finding.sides)
    where = f"{finding.container} " if finding.container else ""
    subject = f" {finding.subject}" if finding.subject else ""
    return f"{finding.verdict.value} {where}{finding.rule}{subject}: {values}"


def shown(report: Report, rule: str = "") -> list[str]:
    """Give what is always shown, of the rules that start as given."""
    return [tell(each) for each in report.findings if each.verdict in SHOWN and each.rule.startswith(rule)]


def told(report: Report, rule: str) -> list[str]:
    """Give all findings of the rules that start as given, expected and default ones too."""
    return [tell(each) for each in report.findings if each.rule.startswith(rule)]


def reason(report: Report, rule: str) -> str:
    """Give the reason of the first finding of a rule, without its detail."""
    return next(each.reason or "" for each in report.findings if each.rule == rule).partition(":")[0]


def message(report: Report, rule: str) -> str:
    """Give the sentence of the first finding of a rule."""
    return next(each.message for each in report.findings if each.rule == rule)


def service(body: str, name: str = "web", more: str = "") -> str:
    """Write a Compose file of one service; `body` is its lines in flow or block style, `more` what follows."""
    return f"services:\n  {name}:\n    image: shop/{name}:1\n{_indent(body, 4)}{more}"


def pod(body: str = "", name: str = "web", spec: str = "", more: str = "") -> str:
    """Write a Deployment of one container; `body` is lines of the container, `spec` of the pod, `more` further documents."""
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\nspec:\n"
        f"  selector:\n    matchLabels: {{app: {name}}}\n  template:\n    metadata:\n      labels: {{app: {name}}}\n"
        f"    spec:\n{_indent(spec, 6)}      containers:\n        - name: {name}\n          image: shop/{name}:1\n"
        f"{_indent(body, 10)}{more}"
    )


def kubernetes_service(name: str, ports: str, more: str = "", kind: str = "ClusterIP", selects: str = "") -> str:
    """Write a Service; `ports` as `80:8080` pairs, `more` further documents."""
    lines = "".join(
        f"    - {{name: p{port.split(':')[0]}, port: {port.split(':')[0]}, targetPort: {port.split(':')[-1]}}}\n"
        for port in ports.split()
    )
    return (
        f"---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  type: {kind}\n"
        f"  selector: {{app: {selects or name}}}\n  ports:\n{lines}{more}"
    )


def _indent(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in text.strip("\n").splitlines()) if text else ""


def job(group: str, config: str = "", name: str = "web", task: str = "") -> str:
    """Write a job of Nomad; `group` is lines of its group, `config` of its task's configuration, `task` of the task."""
    return (
        f'job "{name}" {{\n  group "{name}" {{\n{_indent(group, 4)}    task "{name}" {{\n      driver = "docker"\n'
        f'      config {{\n        image = "shop/{name}:1"\n{_indent(config, 8)}      }}\n{_indent(task, 6)}    }}\n  }}\n}}\n'
    )
