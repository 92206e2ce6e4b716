"""Policies asked of texts, as `policy test` asks them."""

from isomorph.drift.finding import Finding
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.table import find_family
from isomorph.policy.rule import Rule
from isomorph.project.policy_cases import FILES, Case, run_case
from isomorph.project.policy_files import compile_rules, parse_policy
from isomorph.project.shape_checks import raise_faults
from tests.policy.examples import CONTAINERS, EXAMPLES, GOOD, MARK, Example

_CHART = {"chart/Chart.yaml": b"apiVersion: v2\nname: web\nversion: 0.1.0\n"}


def read_policy(text: str) -> list[Rule]:
    """Read the text of a policy; raises what is wrong with it."""
    faults: list[InvalidInput] = []
    rules = parse_policy(text.encode("utf-8", "surrogatepass"), "policy.yaml", faults)
    if faults:
        raise_faults(faults)
    return rules


def judge(rules: list[Rule], text: str, platform: str = "kubernetes", environment: str = "production") -> list[Finding]:
    """Give what rules find in a definition."""
    main = FILES.get(platform, "manifests.yaml")
    content = text.encode()
    files = {main: content}
    if platform == "helm":
        files = {**_CHART, "chart/templates/web.yaml": content}
    elif platform == "terraform":
        files = {f"{main}/main.tf": content}
    result = run_case(Case(platform, platform, environment, main, files, (), Origin("test")), compile_rules(rules))
    assert not result.fault, result.fault
    return list(result.found)


def example_of(rule: str, platform: str) -> Example | str:
    """Give what breaks a rule on a platform, or why nothing does."""
    rows = EXAMPLES[rule]
    return rows[platform] if platform in rows else rows[find_family(platform)]


def break_definition(example: Example, platform: str) -> tuple[str, int, int]:
    """Give the bad definition, and the line and column at which the finding is expected."""
    good = GOOD[platform]
    assert good.count(example.good) == 1
    bad = good.replace(example.good, example.bad)
    place = MARK if MARK in bad else example.place or CONTAINERS.get(platform) or CONTAINERS[find_family(platform)]
    start = bad.index(place)
    return bad.replace(MARK, ""), bad.count("\n", 0, start) + 1, start - bad.rfind("\n", 0, start)
