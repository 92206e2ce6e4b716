"""What policies find: verdicts, places, causes and fingerprints, and that no secret is shown."""

import pytest

from isomorph.drift.finding import Finding, Severity, Verdict
from isomorph.model.secrecy import MASK
from isomorph.project.policy_files import load_packs
from tests.policy.cases import judge, read_policy

COMPOSE = """\
services:
  web:
    image: nginx:1.29
    environment:
      MODE: live
      DATABASE_URL: postgres://shop:hunter2@db/shop
  db:
    image: ${IMAGE}
    cap_add: [NET_BIND_SERVICE, SYS_ADMIN]
  cache:
    image: redis
"""

PORTS = "services: {web: {image: a, ports: ['8080:80']}}"
CHECK = "services: {web: {image: a, healthcheck: {test: [CMD, x]}}}"
MOUNT = "services: {web: {image: a, volumes: ['data:/data']}}\nvolumes: {data: {}}"


def find(policy: str, text: str = COMPOSE, platform: str = "compose", environment: str = "staging") -> list[Finding]:
    return judge(read_policy(policy), text, platform, environment)


def rule(subject: str, require: str, rest: str = "") -> str:
    return f"- name: a\n  description: it is so\n  for: {subject}\n  require: |\n    {require}\n{rest}"


def places(findings: list[Finding]) -> list[str]:
    return [str(finding.sides[0].origin) for finding in findings]


def test_what_is_not_settled_is_unresolved_and_never_guessed() -> None:
    policy = rule("container", 'container.image.repository == "library/nginx"', "  when: container.name == 'db'\n")
    (finding,) = find(policy)
    assert finding.verdict is Verdict.UNRESOLVED
    assert finding.message == "db: whether a holds is unresolved: what it looks at is not settled by the definition."
    assert find(rule("container", "has(container.image)")) == [], "that it is said needs no value"
    where = "  when: container.image.repository == 'library/nginx'\n"
    assert [each.workload for each in find(rule("container", "true", where))] == ["db"], (
        "whether it applies is open, too"
    )


@pytest.mark.parametrize(
    ("image", "unresolved"),
    [
        ("${IMAGE}", {"pinned-image", "pinned-digest", "allowed-registry"}),
        ("ghcr.io/a/b:${TAG}", {"pinned-image", "pinned-digest"}),
        ("ghcr.io/${NAME}:1.0@sha256:0", set()),
        ("${REGISTRY}/a/b:1.0@sha256:0", {"allowed-registry"}),
    ],
)
def test_parts_of_an_image_that_nothing_settles(image: str, unresolved: set[str]) -> None:
    rules = [load_packs()[name] for name in ("pinned-image", "pinned-digest", "allowed-registry")]
    found = judge(rules, f"services: {{web: {{image: '{image}'}}}}", "compose")
    assert {each.rule.removeprefix("policy.") for each in found} == unresolved
    assert {each.verdict for each in found} <= {Verdict.UNRESOLVED}


def test_a_rule_without_an_answer_is_unresolved() -> None:
    found = find(rule("container", 'container.image.tag != "latest"', "  when: container.name == 'cache'\n"))
    assert [(each.workload, each.verdict) for each in found] == [("cache", Verdict.UNRESOLVED)]
    assert "tag is not said here" in found[0].message
    (mixed,) = find(rule("container", "container.image.tag > 5", "  when: container.name == 'web'\n"))
    assert "not of one type" in mixed.message


@pytest.mark.parametrize(
    ("subject", "require", "at", "expected"),
    [
        ("container", 'container.name != "web"', "image", "compose.yaml:3:12"),
        ("container", 'container.name != "web"', "image.digest", "compose.yaml:3:12"),
        ("container", 'container.name != "web"', "variables.MODE", "compose.yaml:5:13"),
        ("container", '!container.security.capabilities_added.exists(each, each == "SYS_ADMIN")',
         "security.capabilities_added", "compose.yaml:9:33"),
        ("variable", 'variable.name != "MODE"', "value", "compose.yaml:5:13"),
        ("workload", 'workload.name != "cache"', "replicas", "compose.yaml:10:3"),
    ],
)  # fmt: skip
def test_a_finding_points_to_the_value_or_what_is_around_it(subject: str, require: str, at: str, expected: str) -> None:
    assert places(find(rule(subject, require, f"  at: {at}\n"))) == [expected]


def test_only_the_elements_that_break_a_rule_are_told() -> None:
    require = '!container.security.capabilities_added.exists(each, each == "SYS_ADMIN")'
    (finding,) = find(rule("container", require, "  at: security.capabilities_added\n"))
    assert finding.sides[0].value == '["SYS_ADMIN"]'


def test_no_secret_is_shown() -> None:
    policy = rule(
        "variable", "false", "  at: value\n  message: 'it is {variable.value}, {container.variables.DATABASE_URL}'\n"
    )
    found = find(policy)
    assert [each.subject for each in found] == ["MODE", "DATABASE_URL"]
    assert found[1].sides[0].value == f"postgres://shop:{MASK}@db/shop"
    assert "hunter2" not in repr(found)
    (named,) = find(policy, "services: {web: {image: a, environment: {API_TOKEN: 'x-${Y}-hunter2'}}}")
    assert named.sides[0].value == MASK
    assert "hunter2" not in repr(named)


def test_a_fingerprint_survives_moved_lines_and_not_another_value() -> None:
    policy = rule("container", "false", "  at: image.tag\n  when: container.name == 'web'\n")
    (before,) = find(policy)
    (moved,) = find(policy, "# A comment.\n" + COMPOSE)
    (changed,) = find(policy, COMPOSE.replace("nginx:1.29", "nginx:1.30"))
    (elsewhere,) = find(policy, environment="production")
    assert before.fingerprint == moved.fingerprint
    assert len({before.fingerprint, changed.fingerprint, elsewhere.fingerprint}) == 3


def test_a_secret_that_changes_is_the_same_finding() -> None:
    policy = rule("variable", "false", "  when: variable.sensitive\n")
    (before,), (after,) = find(policy), find(policy, COMPOSE.replace("hunter2", "hunter3"))
    assert before.fingerprint == after.fingerprint


def test_one_line_is_one_cause_and_two_rules_are_two() -> None:
    text = """\
x-image: &image nginx:1.29
services:
  a: {image: *image}
  b: {image: *image}
"""
    one = rule("container", "false", "  at: image.tag\n")
    found = find(one + one.replace("name: a", "name: b"), text)
    assert [each.rule for each in found] == ["policy.a", "policy.a", "policy.b", "policy.b"]
    assert len({each.cause for each in found}) == 2
    assert found[0].cause == found[1].cause


def test_where_a_rule_holds_and_how_grave_it_is() -> None:
    where = "  environments: {names: [prod*], platforms: [compose]}\n  severity: {local: note, elsewhere: error}\n"
    policy = rule("workload", "workload.name != 'web'", where)
    assert find(policy) == []
    (finding,) = find(policy, environment="production")
    assert (finding.severity, finding.compared_with, finding.between) == (Severity.NOTE, "policy", ())
    (elsewhere,) = find(rule("workload", "workload.name != 'web'", "  severity: {local: note, elsewhere: error}\n"),
                        COMPOSE.replace("${IMAGE}", "db"), "swarm")  # fmt: skip
    assert elsewhere.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("subject", "require", "text", "platform", "subjects"),
    [
        ("port", "port.number != 80", PORTS, "compose", ["80/tcp"]),
        ("port", "port.exposures.all(e, e.kind != 'host')", PORTS, "compose", ["80/tcp"]),
        ("probe", "probe.check.kind != 'exec'", CHECK, "compose", ["readiness"]),
        ("mount", "mount.path != '/data'", MOUNT, "compose", ["/data"]),
        ("secret", "!secret.written", """\
apiVersion: v1
kind: Secret
metadata: {name: api}
stringData: {token: hunter2}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: a, env: [{name: T, valueFrom: {secretKeyRef: {name: api, key: token}}}]}]}
""", "kubernetes", ["api"]),
        ("dependency", "dependency.type != 'postgres'", """\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers: {web: {image: a}}
resources: {db: {type: postgres}}
""", "score", ["db"]),
    ],
)  # fmt: skip
def test_what_rules_can_be_about(subject: str, require: str, text: str, platform: str, subjects: list[str]) -> None:
    found = find(rule(subject, require), text, platform)
    assert [(each.workload, each.subject, each.verdict) for each in found] == [
        ("web", name, Verdict.DRIFT) for name in subjects
    ]
    assert "hunter2" not in repr(found)


def test_answers_that_are_remembered_are_those_that_would_be_given() -> None:
    policy = rule(
        "container", 'has(container.image.tag) && container.image.tag.startsWith("1") && size(container.args) < 2'
    )
    images = ["nginx:1.29", "nginx", "nginx:2", "nginx:1.29@sha256:0", "redis:1.29"]
    texts = [f"    image: {image}\n    command: {command}\n" for image in images for command in ("[]", "[a]", "[a, b]")]
    together = find(policy, "services:\n" + "".join(f"  s{index:02}:\n{text}" for index, text in enumerate(texts)))
    alone = [find(policy, f"services:\n  s{index:02}:\n{text}") for index, text in enumerate(texts)]
    assert [each.workload for each in together] == [each.workload for found in alone for each in found]
    assert 0 < len(together) < len(texts)
