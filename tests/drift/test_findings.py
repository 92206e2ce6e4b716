"""Findings: what names them, what they share, where they point, and how they read."""

from isomorph.drift.compare import compare
from isomorph.drift.finding import Finding, Report, Verdict
from tests.drift.judging import environment, judge, pod, service, shown


def one(report: Report, rule: str) -> Finding:
    (finding,) = [each for each in report.findings if each.rule == rule]
    return finding


def variable(value: str, name: str = "LEVEL", before: str = "") -> str:
    return f"{before}environment:\n  {name}: {value}"


def test_a_fingerprint_does_not_change_when_lines_move_or_sides_swap() -> None:
    kubernetes = pod("env: [{name: LEVEL, value: info}]")
    first = one(judge(service(variable("debug")), kubernetes), "variable.value")
    moved = one(judge("\n\n# moved\n" + service(variable("debug")), kubernetes), "variable.value")
    assert first.sides[0].origin != moved.sides[0].origin
    assert first.fingerprint == moved.fingerprint
    sides = [environment("b", "kubernetes", kubernetes), environment("a", "compose", service(variable("debug")))]
    assert one(compare(sides), "variable.value").fingerprint == first.fingerprint


def test_a_fingerprint_changes_with_the_values_but_not_with_secrets() -> None:
    def fingerprint(name: str, value: str) -> str:
        text = pod(f"env: [{{name: {name}, value: zero}}]")
        return one(judge(service(variable(value, name)), text), "variable.value").fingerprint

    assert fingerprint("LEVEL", "one") != fingerprint("LEVEL", "two")
    assert fingerprint("DB_PASSWORD", "one") == fingerprint("DB_PASSWORD", "two")


def test_findings_from_one_place_share_a_cause() -> None:
    anchored = (
        "x-env: &env\n  LEVEL: debug\nservices:\n"
        "  web:\n    image: shop/web:1\n    environment: *env\n  api:\n    image: shop/api:1\n    environment: *env\n"
        "  apart:\n    image: shop/apart:1\n    environment: {LEVEL: trace}\n"
    )
    info = "env: [{name: LEVEL, value: info}]"
    report = judge(anchored, "---\n".join(pod(info, name) for name in ("web", "api", "apart")))
    causes = {each.workload: each.cause for each in report.findings if each.rule == "variable.value"}
    assert causes["web"] == causes["api"] != causes["apart"]


def test_both_sides_say_where_even_where_one_is_silent() -> None:
    report = judge(service("environment:\n  A: '1'\n"), pod("env: [{name: B, value: '2'}]"))
    missing = next(each for each in report.findings if each.subject == "A")
    said, silent = missing.sides
    assert said.origin is not None
    assert (said.origin.file, said.origin.line) == ("a.yaml", 5)
    assert silent.value is None
    assert silent.origin is not None
    assert silent.origin.file == "b.yaml"


def test_findings_come_in_the_order_of_workloads_and_rules() -> None:
    compose = service("environment: {A: '1'}\nuser: '1'", more="  api:\n    image: shop/api:1\n    user: '2'\n")
    report = judge(compose, pod("env: [{name: A, value: '2'}]") + "---\n" + pod(name="api"))
    drift = [(each.workload, each.rule) for each in report.findings if each.verdict is Verdict.DRIFT]
    assert drift == [("api", "security.user"), ("web", "variable.value"), ("web", "security.user")]


def test_the_container_is_named_only_where_there_are_several() -> None:
    alone = one(judge(service("user: '1'"), pod()), "security.user")
    beside = "  side:\n    image: shop/side:1\n    network_mode: service:web\n"
    kubernetes = pod(more="        - {name: side, image: 'shop/side:1'}\n")
    several = one(judge(service("user: '1'", more=beside), kubernetes), "security.user")
    assert (alone.container, several.container) == ("", "web")


def test_the_summary_counts_every_verdict() -> None:
    report = judge(service("environment: {A: '1', B: '2'}\nrestart: always"), pod("env: [{name: A, value: '3'}]"))
    assert report.summary["drift"] == 1
    assert report.summary["missing"] == 1
    assert report.summary["default"] == 1
    assert report.summary["equal"] > 0
    told = {verdict.value: 0 for verdict in Verdict}
    for finding in report.findings:
        told[finding.verdict.value] += 1
    assert {name: number for name, number in report.summary.items() if name != "equal"} == {
        name: number for name, number in told.items() if name != "equal"
    }


def test_a_definition_does_not_differ_from_itself() -> None:
    text = service("environment: {A: '${A}', URL: 'http://gone:80'}\nuser: '1'\nbuild: .")
    assert shown(judge(text, text, "compose compose")) == []


def test_every_sentence_names_both_environments_and_ends() -> None:
    compose = service(
        "environment: {A: '1', B: '2', T: '${T}'}\nuser: '1'\nrestart: on-failure\nports: ['80:80']\n"
        "healthcheck: {test: [CMD, x], interval: 3s}\ndepends_on: [db]\ncap_add: [SYS_TIME]\ntmpfs: /tmp\n"
        "deploy: {replicas: 2, resources: {limits: {memory: 1G}}}",
        more="  db:\n    image: shop/db:1\n",
    )
    kubernetes = pod("env: [{name: A, value: '2'}, {name: C, value: '3'}, {name: T, value: '4'}]\nargs: [a]")
    report = judge(compose, kubernetes)
    assert len(report.findings) > 10
    for finding in report.findings:
        assert finding.message.endswith("."), finding.message
        assert "{" not in finding.message.replace("${T}", ""), finding.message
        assert " a" in finding.message, finding.message
        assert " b" in finding.message or "only" in finding.message or "unresolved" in finding.verdict.value, (
            finding.message
        )


def test_what_many_workloads_differ_in_alike_has_one_cause() -> None:
    names = ("web", "api", "jobs")
    ours = "services:\n" + "".join(f"  {name}: {{image: 'old.example/{name}:1'}}\n" for name in names)
    theirs = "---\n".join(pod("", name).replace(f"shop/{name}:1", f"new.example/{name}:1") for name in names)
    registries = [each for each in judge(ours, theirs).findings if each.rule == "image.registry"]
    assert len(registries) == 3
    assert len({each.cause for each in registries}) == 1
