"""The closed table of rules: what each compares, how grave it is, what happens because of it, and how to mend it.

`explain`, the docs and the messages of findings derive from this table. In `differs` and `silent`, `{here}` is the
environment that says something and `{there}` the other.
"""

import msgspec

from isomorph.drift.finding import Severity
from isomorph.drift.rule_texts import TEXTS
from isomorph.model.fields import FIELDS

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Rule(msgspec.Struct, frozen=True):
    """One rule of the judge.

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


_SEVERITIES: dict[str, tuple[Severity, str]] = {
    "workload.missing": (ERROR, ""),
    "container.missing": (ERROR, ""),
    "workload.kind": (WARNING, ""),
    "workload.schedule": (ERROR, ""),
    "image.registry": (WARNING, ""),
    "image.repository": (ERROR, ""),
    "image.tag": (ERROR, ""),
    "image.digest": (ERROR, ""),
    "image.pull-policy": (NOTE, ""),
    "image.build": (NOTE, ""),
    "process.command": (ERROR, ""),
    "process.args": (ERROR, ""),
    "process.workdir": (WARNING, ""),
    "process.stop-signal": (WARNING, ""),
    "process.stop-grace": (NOTE, ""),
    "variable.missing": (ERROR, "the variable"),
    "variable.value": (ERROR, "the variable"),
    "file.missing": (ERROR, "the path in the container"),
    "file.content": (ERROR, "the path in the container"),
    "file.mode": (WARNING, "the path in the container"),
    "volume.missing": (ERROR, "the path in the container"),
    "volume.kind": (ERROR, "the path in the container"),
    "volume.size": (WARNING, "the path in the container"),
    "volume.class": (NOTE, "the path in the container"),
    "volume.access": (WARNING, "the path in the container"),
    "volume.read-only": (WARNING, "the path in the container"),
    "port.missing": (ERROR, "number/protocol that a peer connects to"),
    "port.target": (ERROR, "number/protocol that a peer connects to"),
    "port.protocol": (ERROR, "the number"),
    "port.exposure": (WARNING, "number/protocol of the container"),
    "route.missing": (ERROR, "HOST/PATH"),
    "route.host": (ERROR, "HOST/PATH"),
    "route.path": (ERROR, "HOST/PATH"),
    "route.tls": (ERROR, "HOST/PATH"),
    "dns.record": (ERROR, "the name"),
    "reference.dangling": (ERROR, "the name or port"),
    "probe.missing": (WARNING, "liveness, readiness or startup"),
    "probe.check": (WARNING, "liveness, readiness or startup"),
    "probe.timing": (NOTE, "the probe and its period, timeout, failures, successes, initial-delay or grace"),
    "compute.requests": (NOTE, "cpu, memory or another resource"),
    "compute.limits": (WARNING, "cpu, memory or another resource"),
    "scale.replicas": (WARNING, ""),
    "scale.autoscaling": (WARNING, "min, max or a resource"),
    "lifecycle.restart": (WARNING, ""),
    "lifecycle.order": (WARNING, "the one waited for"),
    "dependency.missing": (ERROR, "the dependency"),
    "dependency.type": (ERROR, "the dependency"),
    "dependency.version": (WARNING, "the dependency"),
    "dependency.parameter": (WARNING, "the dependency and its parameter"),
    "security.user": (WARNING, ""),
    "security.group": (NOTE, ""),
    "security.non-root": (WARNING, ""),
    "security.capability": (WARNING, "the capability"),
    "security.read-only-root": (WARNING, ""),
    "security.privileged": (ERROR, ""),
    "security.no-new-privileges": (WARNING, ""),
    "security.host-namespace": (ERROR, "the namespace"),
    "secret.missing": (ERROR, "the variable or path"),
    "secret.exposed": (ERROR, "the variable or path"),
    "placement.constraint": (NOTE, ""),
    "network.reach": (WARNING, ""),
}

SUBJECTS: dict[str, str] = {rule: subject for rule, (_severity, subject) in _SEVERITIES.items() if subject}
"""What the subject of a rule is, for those that have one."""


def _fields_of(rule: str) -> tuple[str, ...]:
    return tuple(name for name, field in FIELDS.items() if rule in field.rules)


RULES: dict[str, Rule] = {
    rule: Rule(
        id=rule,
        title=TEXTS[rule].title,
        severity=severity,
        has_subject=bool(subject),
        noun=TEXTS[rule].noun,
        differs=TEXTS[rule].differs,
        silent=TEXTS[rule].silent,
        hint=TEXTS[rule].hint,
        explanation=TEXTS[rule].explanation,
        fields=_fields_of(rule),
        reference=TEXTS[rule].reference,
    )
    for rule, (severity, subject) in _SEVERITIES.items()
}
"""All rules, in the order in which a report tells the findings of a workload."""
