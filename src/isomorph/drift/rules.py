"""The closed table of rules: what each compares, what happens because of it, and how to mend it.

`explain`, the docs and the messages of findings derive from this table. In `differs` and `silent`, `{here}` is the
environment that says something and `{there}` the other.
"""

import msgspec

from isomorph.drift.finding import Severity
from isomorph.drift.rule_texts import TEXTS
from isomorph.drift.severities import DEFAULTS
from isomorph.model.fields import FIELDS


class Rule(msgspec.Struct, frozen=True):
    """One rule of the judge.

    `severity` is how grave it is between environments of one sort (`severities` has the other situations).

    `noun` names what is compared, with `{subject}` where the rule has one; `differs` and `silent` end the sentence of a
    finding: what happens where both sides say different things, and where only one says anything.
    """

    id: str
    title: str
    severity: Severity
    has_subject: bool
    noun: str
    differs: str
    silent: str
    hint: str
    explanation: str
    fields: tuple[str, ...]
    reference: str


_SUBJECTS: dict[str, str] = {
    "workload.missing": "",
    "container.missing": "",
    "workload.kind": "",
    "workload.schedule": "",
    "image.registry": "",
    "image.repository": "",
    "image.tag": "",
    "image.digest": "",
    "image.pull-policy": "",
    "image.build": "",
    "process.command": "",
    "process.args": "",
    "process.workdir": "",
    "process.stop-signal": "",
    "process.stop-grace": "",
    "variable.missing": "the variable",
    "variable.value": "the variable",
    "file.missing": "the path in the container",
    "file.content": "the path in the container",
    "file.mode": "the path in the container",
    "volume.missing": "the path in the container",
    "volume.kind": "the path in the container",
    "volume.size": "the path in the container",
    "volume.class": "the path in the container",
    "volume.access": "the path in the container",
    "volume.read-only": "the path in the container",
    "port.missing": "number/protocol that a peer connects to",
    "port.target": "number/protocol that a peer connects to",
    "port.protocol": "the number",
    "port.exposure": "number/protocol of the container",
    "route.missing": "HOST/PATH",
    "route.host": "HOST/PATH",
    "route.path": "HOST/PATH",
    "route.tls": "HOST/PATH",
    "dns.record": "the name",
    "reference.dangling": "the name or port",
    "probe.missing": "liveness, readiness or startup",
    "probe.check": "liveness, readiness or startup",
    "probe.timing": "the probe and its period, timeout, failures, successes, initial-delay or grace",
    "compute.requests": "cpu, memory or another resource",
    "compute.limits": "cpu, memory or another resource",
    "scale.replicas": "",
    "scale.autoscaling": "min, max or a resource",
    "lifecycle.restart": "",
    "lifecycle.order": "the one waited for",
    "dependency.missing": "the dependency",
    "dependency.type": "the dependency",
    "dependency.version": "the dependency",
    "dependency.parameter": "the dependency and its parameter",
    "security.user": "",
    "security.group": "",
    "security.non-root": "",
    "security.capability": "the capability",
    "security.read-only-root": "",
    "security.privileged": "",
    "security.no-new-privileges": "",
    "security.host-namespace": "the namespace",
    "secret.missing": "the variable or path",
    "secret.exposed": "the variable or path",
    "placement.constraint": "",
    "network.reach": "",
}

SUBJECTS: dict[str, str] = {rule: subject for rule, subject in _SUBJECTS.items() if subject}
"""What the subject of a rule is, for those that have one."""


def _fields_of(rule: str) -> tuple[str, ...]:
    return tuple(name for name, field in FIELDS.items() if rule in field.rules)


RULES: dict[str, Rule] = {
    rule: Rule(
        id=rule,
        title=TEXTS[rule].title,
        severity=DEFAULTS[rule]["alike"],
        has_subject=bool(subject),
        noun=TEXTS[rule].noun,
        differs=TEXTS[rule].differs,
        silent=TEXTS[rule].silent,
        hint=TEXTS[rule].hint,
        explanation=TEXTS[rule].explanation,
        fields=_fields_of(rule),
        reference=TEXTS[rule].reference,
    )
    for rule, subject in _SUBJECTS.items()
}
"""All rules, in the order in which a report tells the findings of a workload."""
