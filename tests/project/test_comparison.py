"""What `isomorph.yaml` says about comparing: which pairs, which names, and names that mean nothing."""

import pytest

from isomorph.drift.finding import Severity
from isomorph.drift.selection import Selection
from isomorph.model.errors import InvalidInput
from isomorph.project.comparison import Comparison, read_comparison
from isomorph.project.project_file import parse_project
from tests.memory_context import memory_context

ENVIRONMENTS = "environments: {local: {}, staging: {}, production: {}}\n"


def read(text: str) -> Comparison:
    return read_comparison(parse_project((ENVIRONMENTS + text).encode(), ".", memory_context()))


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", [("local", "staging"), ("local", "production"), ("staging", "production")]),
        ("compare: {reference: production}", [("production", "local"), ("production", "staging")]),
        ("compare: [[local, staging], [staging, production]]", [("local", "staging"), ("staging", "production")]),
        ("compare: [[local, staging], [local, staging]]", [("local", "staging")]),
    ],
)
def test_which_pairs_are_compared(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(read(text).pairs) == pairs


def test_all_else() -> None:
    comparison = read(
        """\
align: {cart: {local: carts, production: cart/main}}
expect: [{rule: "scale.*", between: [local, "*"], reason: one on a laptop}]
suppress: [{workload: "legacy-*", subject: cpu, reason: frozen, until: 2027-01-31}]
severity: {compute.limits: note, "image.*": error}
"""
    )
    assert comparison.align == {"cart": {"local": "carts", "production": "cart/main"}}
    (expectation,) = comparison.declared.expectations
    assert (expectation.selection, expectation.reason) == (
        Selection(rule="scale.*", between=("local", "*")),
        "one on a laptop",
    )
    (suppression,) = comparison.declared.suppressions
    assert (suppression.selection, suppression.until) == (Selection(workload="legacy-*", subject="cpu"), "2027-01-31")
    assert str(suppression.origin) == "isomorph.yaml:4:12"
    assert [(each.rule, each.severity) for each in comparison.declared.weights] == [
        ("compute.limits", Severity.NOTE),
        ("image.*", Severity.ERROR),
    ]


def test_what_score_files_generate_has_a_name_too() -> None:
    comparison = read('expect: [{rule: image.tag, between: [local, "local (generated)"], reason: x}]')
    assert comparison.declared.expectations[0].selection.between == ("local", "local (generated)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("compare: {reference: prodution}", "2:22: there is no environment 'prodution' (did you mean production?)"),
        ("compare: [[local, local]]", "2:11: an environment is not compared with itself (name two)"),
        ("align: {a: {lokal: b}}", "2:13: there is no environment 'lokal' (did you mean local?)"),
        ("expect: [{rule: image.tga, reason: x}]", "2:17: there is no rule 'image.tga' (did you mean image.tag?)"),
        (
            "expect: [{rule: 'xyzzy.*', reason: x}]",
            "2:17: there is no rule 'xyzzy.*' (isomorph explain lists them all)",
        ),
        (
            "suppress: [{rule: image.tag, between: [locale, '*'], reason: x}]",
            "2:40: there is no environment 'locale' (did you mean local?)",
        ),
        ("severity: {compute.limit: note}", "2:12: there is no rule 'compute.limit' (did you mean compute.limits?)"),
    ],
)
def test_names_that_mean_nothing(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert str(refused.value) == f"isomorph.yaml:{message}"
