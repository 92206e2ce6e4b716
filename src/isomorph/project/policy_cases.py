"""Test cases of policies: a definition's text, and the findings that are expected in it, by rule and line.

A case reads nothing but what is written in it, and runs no engine.
"""

from collections.abc import Mapping as Table
from posixpath import dirname

import msgspec

from isomorph.drift.finding import Environment, Finding, Verdict
from isomorph.model.combine import combine
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import normalise
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, EngineResult, Files, Source
from isomorph.platforms.table import BY_NAME, load_reader
from isomorph.policy.rule import PREFIX, Rule
from isomorph.project.policy_files import CASES, LIMITS, PACKS, Policies, compile_rules, load_pack, read_policy_file
from isomorph.project.policy_shape import PACK
from isomorph.project.preview import GeneratedFiles
from isomorph.project.shape_checks import (
    Check,
    check_fields,
    check_text,
    check_texts,
    did_you_mean,
    is_null,
    raise_faults,
    refuse,
)
from isomorph.project.workload_globs import join_path
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

FILES = {
    "compose": "compose.yaml",
    "swarm": "stack.yaml",
    "helm": "chart",
    "nomad": "job.nomad.hcl",
    "marathon": "app.json",
    "terraform": "configuration",
    "score": "score.yaml",
}
"""What the definition of a case is called; elsewhere `manifests.yaml`. Helm's and Terraform's are folders."""

_MAIN_FILES = {"terraform": "configuration/main.tf"}
"""Where the text of a definition goes that is a folder."""


class Expected(msgspec.Struct, frozen=True):
    """A finding that a case expects; what is not said of it is not asked."""

    rule: str
    origin: Origin
    line: int = 0
    column: int = 0
    file: str = ""
    subject: str = ""
    verdict: str = Verdict.DRIFT.value

    def fits(self, finding: Finding, main: str) -> bool:
        """Tell whether a finding is the one."""
        origin = finding.sides[0].origin
        return (
            finding.rule == self.rule
            and finding.verdict.value == self.verdict
            and self.subject in ("", finding.subject)
            and (not self.line or (origin is not None and origin.line == self.line))
            and (not self.column or (origin is not None and origin.column == self.column))
            and (not self.file or (origin is not None and origin.file in (self.file, f"{main}/{self.file}")))
        )

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        return (
            f"{self.rule}{' ' + self.subject if self.subject else ''}{place}{f':{self.column}' if self.column else ''}"
        )


class Case(msgspec.Struct, frozen=True):
    """One case: texts by the paths that they have in it, read as an environment of a platform."""

    name: str
    platform: str
    environment: str
    main: str
    files: dict[str, bytes]
    expected: tuple[Expected, ...]
    origin: Origin
    rules: tuple[str, ...] = ()


class Result(msgspec.Struct, frozen=True):
    """What came of a case: what was expected and not found, found and not expected, and why it could not be read."""

    case: Case
    lacking: tuple[Expected, ...] = ()
    unexpected: tuple[Finding, ...] = ()
    found: tuple[Finding, ...] = ()
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether all was as it is expected."""
        return not (self.lacking or self.unexpected or self.fault)


class CaseFile(msgspec.Struct, frozen=True):
    """The cases of a file, and the policies that they are about."""

    file: str
    cases: tuple[Case, ...]
    policies: Policies


def read_case_file(path: str, context: Context) -> CaseFile:
    """Read a file of cases and its policies; raises InvalidInput or InvalidInputs with all faults."""
    root = parse_one(context.read_input(path, what="test"), path, Dialect.COMPOSE, limits=LIMITS).root
    faults: list[InvalidInput] = []
    if not isinstance(root, Mapping):
        raise InvalidInput(
            "tests of policies are a mapping", root.origin if root else Origin(path), "begin with `cases:`"
        )
    for key, node in root.items():
        check = FILE_KEYS.get(key)
        if check is None:
            hint = did_you_mean(key, list(FILE_KEYS))
            faults.append(InvalidInput(f"a test file has no key {key!r}", root.keys[key].origin, hint))
        elif not is_null(node):
            check(node, key, faults)
    if faults:
        raise_faults(faults)
    policies = _read_policies(root.get("policies"), path, context, faults)
    cases = _read_cases(root.get("cases"), policies, faults)
    if faults:
        raise_faults(faults)
    return CaseFile(path, tuple(cases), policies)


def _read_policies(node: Node | None, path: str, context: Context, faults: list[InvalidInput]) -> Policies:
    """Read the policies that a file of cases is about: those that it names, else the file beside it."""
    named = [item for item in node if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
    rules: list[Rule] = []
    for item in named:
        pack = item.text.removeprefix(PACK)
        if item.text.startswith(PACK) and pack in PACKS:
            rules += load_pack(pack)
        elif item.text.startswith(PACK):
            faults.append(InvalidInput(f"there is no pack {pack!r}", item.origin, did_you_mean(pack, PACKS)))
        else:
            rules += read_policy_file(join_path(dirname(path), item.text), context, faults, item.origin)
    if not named:
        ending = next((each for each in CASES if path.endswith(each)), "")
        beside = path.removesuffix(ending) + ending.removeprefix(".test")
        if not ending or not context.files.is_file(beside):
            hint = "name them: policies: [FILE]"
            raise InvalidInput("there is no policy beside these tests", Origin(path), hint)
        rules += read_policy_file(beside, context, faults)
    if faults:
        raise_faults(faults)
    return compile_rules(rules)


def _check_files(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Mapping):
        refuse(node, where, "a mapping", faults)
        return
    for name, text in node.items():
        if not isinstance(text, Scalar):
            refuse(text, f"{where}.{name}", "a text", faults)


def _check_count(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if (
        not isinstance(node, Scalar)
        or not isinstance(node.value, int)
        or isinstance(node.value, bool)
        or node.value < 1
    ):
        refuse(node, where, "a number from 1", faults)


def _check_verdict(node: Node, where: str, faults: list[InvalidInput]) -> None:
    words = (Verdict.DRIFT.value, Verdict.UNRESOLVED.value)
    if not isinstance(node, Scalar) or node.value not in words:
        faults.append(InvalidInput(f"{where} is no verdict of a policy", node.origin, f"use {' or '.join(words)}"))


FINDING_KEYS: dict[str, Check] = {
    "rule": check_text,
    "line": _check_count,
    "column": _check_count,
    "file": check_text,
    "subject": check_text,
    "verdict": _check_verdict,
}


def _check_findings(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        refuse(node, where, "a list", faults)
        return
    for index, item in enumerate(node):
        if not isinstance(item, Mapping):
            refuse(item, f"{where}[{index}]", "a mapping", faults)
            continue
        check_fields(item, f"{where}[{index}]", FINDING_KEYS, faults)
        if is_null(item.get("rule")):
            faults.append(InvalidInput(f"{where}[{index}] names no rule", item.origin, "write {rule: NAME, line: N}"))


def _check_platform(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Scalar) or node.text not in BY_NAME:
        name = node.text if isinstance(node, Scalar) else ""
        hint = did_you_mean(name, list(BY_NAME))
        faults.append(InvalidInput(f"there is no platform {name!r}", node.origin, hint))


CASE_KEYS: dict[str, Check] = {
    "name": check_text,
    "platform": _check_platform,
    "environment": check_text,
    "definition": check_text,
    "files": _check_files,
    "rules": check_texts,
    "findings": _check_findings,
}


def _check_cases(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        refuse(node, where, "a list", faults)
        return
    for index, item in enumerate(node):
        if not isinstance(item, Mapping):
            refuse(item, f"{where}[{index}]", "a mapping", faults)
            continue
        check_fields(item, f"{where}[{index}]", CASE_KEYS, faults)
        lacking = [key for key in ("name", "platform") if is_null(item.get(key))]
        faults += [InvalidInput(f"{where}[{index}] has no {key}", item.origin, f"add {key}: …") for key in lacking]
        if is_null(item.get("definition")) and is_null(item.get("files")):
            hint = "add definition: |, and its text below"
            faults.append(InvalidInput(f"{where}[{index}] has no definition", item.origin, hint))


FILE_KEYS: dict[str, Check] = {"policies": check_texts, "cases": _check_cases}


def _read_cases(node: Node | None, policies: Policies, faults: list[InvalidInput]) -> list[Case]:
    items = [item for item in node if isinstance(item, Mapping)] if isinstance(node, Sequence) else []
    return [_read_case(item, policies, faults) for item in items]


def _read_case(item: Mapping, policies: Policies, faults: list[InvalidInput]) -> Case:
    platform = _text(item, "platform")
    main = FILES.get(platform, "manifests.yaml")
    given = item.get("files")
    below = given.items() if isinstance(given, Mapping) else ()
    definition = _text(item, "definition")
    folder = main if platform in ("helm", "terraform") or not definition else ""
    if definition and platform == "helm":
        hint = "write files: {Chart.yaml: …, templates/NAME.yaml: …}"
        faults.append(InvalidInput("a chart is several files", item["definition"].origin, hint))
    files = {join_path(folder, name): _content(text) for name, text in below}
    if definition:
        files[_MAIN_FILES.get(platform, main)] = definition.encode("utf-8", "replace")
    rules = tuple(_rule_name(each, policies, faults) for each in _items(item.get("rules")))
    return Case(
        name=_text(item, "name"),
        platform=platform,
        environment=_text(item, "environment") or platform,
        main=main,
        files=files,
        expected=tuple(_read_expected(each, policies, faults) for each in _items(item.get("findings"))),
        origin=item.origin,
        rules=rules,
    )


def _content(node: Node) -> bytes:
    return node.text.encode("utf-8", "replace") if isinstance(node, Scalar) else b""


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _read_expected(item: Node, policies: Policies, faults: list[InvalidInput]) -> Expected:
    assert isinstance(item, Mapping)
    rule = item["rule"]
    return Expected(
        rule=_rule_name(rule, policies, faults),
        origin=item.origin,
        line=int(_text(item, "line") or 0),
        column=int(_text(item, "column") or 0),
        file=_text(item, "file"),
        subject=_text(item, "subject"),
        verdict=_text(item, "verdict") or Verdict.DRIFT.value,
    )


def _rule_name(node: Node, policies: Policies, faults: list[InvalidInput]) -> str:
    name = PREFIX + (node.text if isinstance(node, Scalar) else "").removeprefix(PREFIX)
    if name not in policies.names:
        hint = did_you_mean(name, list(policies.names))
        faults.append(InvalidInput(f"there is no rule {name!r} here", node.origin, hint))
    return name


def _text(node: Mapping, key: str) -> str:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) and value.value is not None else ""


class _NoFiles:
    """A machine without files."""

    def read_bytes(self, path: str) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", path)

    def is_file(self, path: str) -> bool:
        return False

    def is_folder(self, path: str) -> bool:
        return False

    def list_folder(self, path: str) -> list[str]:
        raise FileNotFoundError(2, "No such file or directory", path)


class _NoEngines:
    """A machine without engines."""

    def find(self, name: str) -> str | None:
        return None

    def run(self, name: str, args: list[str], files: Table[str, bytes]) -> EngineResult:
        raise InvalidInput(f"a test case runs no {name}")


def run_case(case: Case, policies: Policies) -> Result:
    """Read the definition of a case, and ask the policies of it."""
    files: Files = GeneratedFiles(_NoFiles(), case.files)
    context = Context(files, _NoEngines())
    try:
        read = load_reader(case.platform)(Source(case.main), context)
    except InvalidInput as fault:
        return Result(case, fault=str(fault))
    definition = normalise(combine([read]))
    environment = Environment(case.environment, definition, ((case.platform, case.main),))
    found = [each for each in policies.judge(environment) if not case.rules or each.rule in case.rules]
    left = list(found)
    lacking = []
    for expected in case.expected:
        fitting = next((each for each in left if expected.fits(each, case.main)), None)
        if fitting is None:
            lacking.append(expected)
        else:
            left.remove(fitting)
    return Result(case, tuple(lacking), tuple(left), tuple(found))
