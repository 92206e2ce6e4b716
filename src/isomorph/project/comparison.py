"""What `isomorph.yaml` says about comparing its environments: which pairs, what is one, what is meant, what is how grave."""

from itertools import combinations

import msgspec

from isomorph.drift.align import Declared as Aligned
from isomorph.drift.declared import Declared, Expectation, Suppression, Weight
from isomorph.drift.finding import GENERATED, Severity
from isomorph.drift.rules import RULES
from isomorph.drift.selection import ANY, Selection, fits
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.project.project_file import Project
from isomorph.project.shape_checks import did_you_mean, is_null, raise_faults
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

Pairs = tuple[tuple[str, str], ...]


class Comparison(msgspec.Struct, frozen=True):
    """The pairs of environments that are compared, names that mean one, and what the team declared of the drift."""

    pairs: Pairs
    align: Aligned = {}
    declared: Declared = Declared()


def read_comparison(project: Project, policies: tuple[str, ...] = ()) -> Comparison:
    """Read the sections; raises InvalidInputs for names that mean nothing, each with the nearest that does.

    `policies` are the rules that the project's policies add, such as `policy.pinned-image`.
    """
    reader = _Reader(project, (*RULES, *policies))
    comparison = Comparison(
        pairs=reader.read_pairs(),
        align=reader.read_align(),
        declared=Declared(reader.read_expectations(), reader.read_suppressions(), reader.read_weights()),
    )
    if reader.faults:
        raise_faults(reader.faults)
    return comparison


class _Reader:
    """Reads sections whose shape is right; the names in them may still mean nothing."""

    def __init__(self, project: Project, rules: tuple[str, ...]) -> None:
        self.project = project
        self.rules = rules
        self.environments = list(project.environments)
        self.faults: list[InvalidInput] = []

    def read_pairs(self) -> Pairs:
        node = self.project.sections.get("compare")
        if isinstance(node, Sequence):
            pairs = [self._names(item) for item in node if isinstance(item, Sequence)]
            return tuple(dict.fromkeys((pair[0], pair[1]) for pair in pairs if len(pair) == 2))
        reference = node.get("reference") if isinstance(node, Mapping) else None
        if isinstance(reference, Scalar) and not is_null(reference):
            name = reference.text
            self._check_environment(name, reference.origin)
            return tuple((name, each) for each in self.environments if each != name)
        return tuple(combinations(self.environments, 2))

    def _names(self, node: Sequence) -> list[str]:
        names = []
        for item in node:
            if isinstance(item, Scalar):
                self._check_environment(item.text, item.origin)
                names.append(item.text)
        if len(names) == 2 and names[0] == names[1]:
            self.faults.append(InvalidInput("an environment is not compared with itself", node.origin, "name two"))
        return names

    def _check_environment(self, name: str, origin: Origin) -> None:
        if name not in self.project.environments:
            hint = did_you_mean(name, self.environments)
            self.faults.append(InvalidInput(f"there is no environment {name!r}", origin, hint))

    def read_align(self) -> dict[str, dict[str, str]]:
        node = self.project.sections.get("align")
        found: dict[str, dict[str, str]] = {}
        for name, names in node.items() if isinstance(node, Mapping) else ():
            if not isinstance(names, Mapping):
                continue
            found[name] = {}
            for environment, called in names.items():
                self._check_environment(environment, names.keys[environment].origin)
                if isinstance(called, Scalar):
                    found[name][environment] = called.text
        return found

    def read_expectations(self) -> tuple[Expectation, ...]:
        return tuple(
            Expectation(self._selection(each), _text(each, "reason"), each.origin) for each in self._entries("expect")
        )

    def read_suppressions(self) -> tuple[Suppression, ...]:
        return tuple(
            Suppression(self._selection(each), _text(each, "reason"), each.origin, _text(each, "until"))
            for each in self._entries("suppress")
        )

    def _entries(self, section: str) -> list[Mapping]:
        node = self.project.sections.get(section)
        return [item for item in node if isinstance(item, Mapping)] if isinstance(node, Sequence) else []

    def _selection(self, node: Mapping) -> Selection:
        rule = node.get("rule")
        if isinstance(rule, Scalar) and not is_null(rule):
            self._check_rule(rule.text, rule.origin)
        between = node.get("between")
        return Selection(
            rule=_text(node, "rule") or ANY,
            workload=_text(node, "workload") or ANY,
            container=_text(node, "container") or ANY,
            subject=_text(node, "subject") or ANY,
            between=self._patterns(between) if isinstance(between, Sequence) else None,
        )

    def _patterns(self, node: Sequence) -> tuple[str, ...]:
        known = [*self.environments, *(f"{name}{GENERATED}" for name in self.environments)]
        for item in node:
            if isinstance(item, Scalar) and not any(fits(item.text, name) for name in known):
                self._check_environment(item.text, item.origin)
        return tuple(item.text for item in node if isinstance(item, Scalar))

    def read_weights(self) -> tuple[Weight, ...]:
        node = self.project.sections.get("severity")
        weights: list[Weight] = []
        for rule, value in node.items() if isinstance(node, Mapping) else ():
            self._check_rule(rule, node.keys[rule].origin if isinstance(node, Mapping) else value.origin)
            if isinstance(value, Scalar):
                weights.append(Weight(rule, Severity(value.text)))
        return tuple(weights)

    def _check_rule(self, pattern: str, origin: Origin) -> None:
        if not any(fits(pattern, rule) for rule in self.rules):
            self.faults.append(InvalidInput(f"there is no rule {pattern!r}", origin, _nearest(pattern, self.rules)))


def _nearest(name: str, rules: tuple[str, ...]) -> str:
    hint = did_you_mean(name, rules)
    return hint if hint.startswith("did") else "isomorph explain lists them all"


def _text(node: Mapping, key: str) -> str:
    value: Node | None = node.get(key)
    return value.text if isinstance(value, Scalar) and value.value is not None else ""
