"""Policy files: what is right, what is refused at its place with the nearest valid name, and what hostile ones cannot do."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from isomorph import policy
from isomorph.drift.finding import Severity
from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.policy.expressions import LONGEST, Compiler, Scene, Unanswered
from isomorph.policy.judging import compile_rule
from isomorph.policy.words import SUBJECTS
from isomorph.project.policy_files import compile_rules, load_packs, read_policies
from isomorph.project.policy_shape import RULE_KEYS, USE_KEYS
from isomorph.project.project_file import parse_project
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.memory_context import memory_context
from tests.policy.cases import read_policy
from tests.policy.examples import MARK

SCHEMA = json.loads(Path(policy.__path__[0], "policy-v1.schema.json").read_text())
HEAD = "- {name: a, description: b, for: container"
BLOCK = "- name: a\n  description: b\n  for: container\n  require: |\n"

RIGHT = [
    "",
    "[]",
    f"{HEAD}, require: 'true'}}",
    f"{HEAD}, require: 'true', severity: {{local: note, elsewhere: error}}, at: image.tag, when: null}}",
    f"{HEAD}, require: 'container.name in parameters.x', parameters: {{x: [a, b]}}}}",
    f"{HEAD}, require: 'true', environments: [prod*]}}",
    f"{HEAD}, require: 'true', environments: {{names: [a], platforms: [nomad, kube*]}}}}",
    "- {use: replicas, severity: error, parameters: {least: 3}}",
    "- {use: 'isomorph:pinned-image'}",
    "- {use: pinned-image, parameters: {moving: []}}",
    "- {use: 'isomorph:allowed-registry', parameters: {registries: [ghcr.io]}}",
]
WRONG = [
    ("▸{}", "a policy is a list of rules (begin with `- name: …`)"),
    ("[▸x]", "[0] must be a mapping, not a text"),
    ("- ▸" + HEAD[2:] + "}", "this rule has no require"),
    (f"{HEAD}, ▸requires: 'true'}}", "[0] has no key 'requires' (did you mean require?)"),
    ("- {name: ▸A b, description: b, for: container, require: 'true'}", "[0].name: 'A b' is not allowed"),
    ("- {name: a, description: b, for: ▸contianer, require: 'true'}", "[0].for: a rule is about one thing of the model (did"),
    (f"{HEAD}, require: ▸true}}", "[0].require must be a text, not true or false"),
    (f"{HEAD}, require: 'true', severity: ▸fatal}}", "[0].severity is no severity (use error, warning, note)"),
    (f"{HEAD}, require: 'true', severity: {{▸laptop: note}}}}", "[0].severity has no key 'laptop'"),
    (f"{HEAD}, require: 'true', parameters: {{x: ▸{{}}}}}}", "[0].parameters.x is no parameter"),
    (f"{HEAD}, require: 'true', environments: ▸prod}}", "[0].environments must be a list of texts"),
    ("- {use: pinned-image, ▸message: x}", "[0] has no key 'message'"),
    ("- {use: replicas, parameters: {▸lest: 1}}", "replicas has no parameter 'lest' (did you mean least?)"),
    ("- {use: replicas, parameters: {least: ▸'2'}}", "replicas: parameter least must be a whole number, not a text"),
    ("- {use: replicas, parameters: {least: ▸true}}", "replicas: parameter least must be a whole number, not true or false"),
    ("- {use: allowed-registry, parameters: {registries: ▸ghcr.io}}", "allowed-registry: parameter registries must be a list of"),
    ("- {use: pinned-image, parameters: {moving: ▸[latest, 1]}}", "pinned-image: parameter moving must be a list of texts"),
]  # fmt: skip
BEYOND_THE_SCHEMA = [
    ("- {use: ▸pinned-imgae}", "isomorph has no rule 'pinned-imgae' (did you mean pinned-image?)"),
    (f"{HEAD}, require: 'true', at: ▸image.tga}}", "image has no word 'tga' (did you mean tag?)"),
    (f"{HEAD}, require: 'true', at: ▸image.tag.x}}", "tag has no word 'x' (end at tag)"),
    (f"{HEAD}, require: 'true', message: ▸'{{contaner.name}}'}}", "this rule knows no 'contaner' (did you mean container?)"),
    (f"{HEAD}, require: 'true', message: ▸'{{parameters.x}}'}}", "this rule has no parameter 'x'"),
    (f"{HEAD}, require: 'true', environments: {{platforms: [▸nomda]}}}}", "there is no platform 'nomda' (did you mean nomad?)"),
    (f"{HEAD}, require: container.image.▸tga != 'x'}}", "image has no word 'tga' (did you mean tag?)"),
    (f"{HEAD}, require: 'has(▸contaner.image)'}}", "rule has no word 'contaner' (did you mean container?)"),
    (f"{HEAD}, require: 'container.name == parameters.▸x'}}", "rule's parameters has no word 'x'"),
    (f"{HEAD}, require: 'workload.ports.all(k, workload.ports[k].number > 1) && ▸port.number > 1'}}", "rule has no word 'port'"),
    (f"{HEAD}, require: 'workload.placement.all(each, each.▸atribute == \"os\")'}}", "each has no word 'atribute'"),
    (f"{HEAD}, require: 'container.name ==▸'}}", "this is no expression in CEL: mismatched input '<EOF>'"),
    (f"{HEAD}, require: 'container.name.foo▸()'}}", "this is no expression in CEL: undeclared reference to 'foo'"),
    (f"{HEAD}, require: '▸size(container.args)'}}", "the expression does not give true or false"),
    (BLOCK + "    true\n      && container.image.▸tga == 'x'\n", "image has no word 'tga'"),
    (BLOCK + "    true &&\n      ▸) 1\n", "this is no expression in CEL"),
    (f"{HEAD}, require: 'true'}}\n- ▸{HEAD[2:]}, require: 'false'}}", "there is a rule a already"),
]  # fmt: skip
HOSTILE = [
    ("(" * 900 + "true" + ")" * 900, "nested too deeply"),
    ("true || " * LONGEST + "true", "at most 2000 characters"),
    ("size('a'" + " + 'a'" * 40 + ") > 0", "at most 16 sums"),
    ("workload.names.map(n, n).size() > 0", "policies have no map"),
    ("workload.names.all(n, size([n].filter(m, true)) + 1 > 0)", "nothing is added up within all"),
    ("__import__('os').system('true') == 0", "no expression in CEL"),
    ("container.name.__class__ == 'x'", "no word '__class__'"),
    ("open('/etc/passwd') == ''", "no expression in CEL"),
    ("'${x}' == \"", "no expression in CEL"),
    ("\x00", ""),
]


def place_of(text: str) -> str:
    """Give the place of the mark in a text."""
    before = text[: text.index(MARK)]
    return f"policy.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def refuse(text: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        compile_rules(read_policy(text))
    return str(refused.value)


def to_plain(text: str) -> Any:
    return to_data(parse_one(text, "policy.yaml", Dialect.COMPOSE).root)


@pytest.mark.parametrize("text", RIGHT)
def test_right_files_are_read_and_the_schema_accepts_them(text: str) -> None:
    compile_rules(read_policy(text))
    assert jsonschema_rs.is_valid(SCHEMA, to_plain(text))


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_files_are_refused_and_so_says_the_schema(text: str, message: str) -> None:
    assert f"{place_of(text)}: {message}" in refuse(text.replace(MARK, ""))
    assert not jsonschema_rs.is_valid(SCHEMA, to_plain(text.replace(MARK, "")))


@pytest.mark.parametrize(("text", "message"), BEYOND_THE_SCHEMA)
def test_what_no_schema_can_say_is_refused_too(text: str, message: str) -> None:
    assert f"{place_of(text)}: {message}" in refuse(text.replace(MARK, ""))


def test_the_schema_has_the_same_keys() -> None:
    assert set(SCHEMA["$defs"]["rule"]["properties"]) == set(RULE_KEYS)
    assert set(SCHEMA["$defs"]["use"]["properties"]) == set(USE_KEYS)
    assert set(SCHEMA["$defs"]["rule"]["properties"]["for"]["enum"]) == set(SUBJECTS)


def test_the_schema_knows_the_parameters_of_the_rules_that_come_with_isomorph() -> None:
    told = {
        (each["if"]["properties"]["use"]["enum"][0], name): SCHEMA["$defs"][value["$ref"].rpartition("/")[2]]["type"]
        for each in SCHEMA["$defs"]["use"]["allOf"]
        for name, value in each["then"]["properties"]["parameters"]["properties"].items()
    }
    assert told == {
        (rule.name, name): {list: "array", int: "integer"}[type(value)]
        for rule in load_packs().values()
        for name, value in rule.parameters.items()
    }


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidInputs) as refused:
        read_policy("- {use: nothing-such}\n- {nome: x}\n")
    assert [str(fault.origin) for fault in refused.value.faults] == ["policy.yaml:1:9", "policy.yaml:2:4"]


@pytest.mark.parametrize(("expression", "message"), HOSTILE)
def test_hostile_expressions_are_refused(expression: str, message: str) -> None:
    assert message in refuse(f"{HEAD}, require: {json.dumps(expression)}}}")


def test_an_expression_that_takes_too_long_is_stopped() -> None:
    nested = "workload.names.all(a, workload.names.all(b, workload.names.all(c, a != b || b != c || true)))"
    (rule,) = read_policy(f'{HEAD}, require: "{nested}"}}')
    compiler = Compiler()
    compiled = compile_rule(rule, compiler)
    many = Scene(compiler, {"workload": {"names": ["x"] * 1000}})
    with pytest.raises(Unanswered, match="too many steps"):
        many.ask(compiled.require)


def test_a_pattern_is_matched_in_linear_time() -> None:
    (rule,) = read_policy(f"""{HEAD}, require: "!container.name.matches('(a+)+$')"}}""")
    compiler = Compiler()
    compiled = compile_rule(rule, compiler)
    assert Scene(compiler, {"container": {"name": "a" * 4000 + "b"}}).ask(compiled.require)


def test_packs_files_and_patterns_that_a_project_names() -> None:
    files = {
        "policy/a.yaml": f"{HEAD}, require: 'true'}}",
        "policy/b.yaml": "- {use: pinned-image, severity: note}",
        "policy/b.test.yaml": "cases: []",
    }
    context = memory_context(files)
    text = b"policy: ['isomorph:recommended', 'isomorph:read-only-root', 'policy/*.yaml']"
    rules = read_policies(parse_project(text, ".", context), context).rules
    assert {"policy.a", "policy.read-only-root", "policy.memory-limit"} <= set(rules)
    assert rules["policy.pinned-image"].severity is Severity.NOTE


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (
            "isomorph:recomended",
            "1:10: isomorph has neither a pack nor a rule 'recomended' (did you mean recommended?)",
        ),
        ("policy/x.yaml", "policy policy/x.yaml does not exist"),
        ("nothing/*.yaml", "1:10: no policy matches nothing/*.yaml"),
        ("../*.yaml", "leads out of the project"),
        ("../x.yaml", "outside the project"),
    ],
)
def test_what_is_not_there_is_told_at_its_place(named: str, message: str) -> None:
    context = memory_context({"isomorph.yaml": ""})
    project = parse_project(f"policy: ['{named}']".encode(), ".", context)
    with pytest.raises(InvalidInput) as refused:
        read_policies(project, context)
    assert message in str(refused.value)
