"""How grave a finding is by default: one table, a row a rule, a column a situation.

The situations are three. *Laptop*: one of the environments is for a developer's machine (Docker Compose, Minikube), and it is
the one that does not say it; *nearby*: one of them is, in any other way; *alike*: both are, or neither is.
A limit or a probe that a laptop does without is a note; between staging and production it is how deployments fail.
"""

from typing import Literal

from isomorph.drift.finding import Severity

Situation = Literal["laptop", "nearby", "alike"]
SITUATIONS: dict[Situation, str] = {
    "laptop": "said elsewhere, and not on a developer's machine (Docker Compose, Minikube)",
    "nearby": "differs otherwise between a developer's machine and elsewhere",
    "alike": "both environments are of one sort: a developer's machine, or none",
}

_LETTERS = {"e": Severity.ERROR, "w": Severity.WARNING, "n": Severity.NOTE}

_TABLE = """
    workload.missing            w e e
    container.missing           n w e
    workload.kind               n w w
    workload.schedule           n w e
    image.registry              n n w
    image.repository            e e e
    image.tag                   w w e
    image.digest                n n e
    image.pull-policy           n n n
    image.build                 n n n
    process.command             e e e
    process.args                e e e
    process.workdir             w w w
    process.stop-signal         n w w
    process.stop-grace          n n n
    variable.missing            e e e
    variable.value              e e e
    file.missing                e e e
    file.content                e e e
    file.mode                   n w w
    volume.missing              w e e
    volume.kind                 n w e
    volume.size                 n n w
    volume.class                n n n
    volume.access               n n w
    volume.read-only            w w w
    port.missing                e e e
    port.target                 e e e
    port.protocol               e e e
    port.exposure               n w w
    route.missing               n w e
    route.host                  n w e
    route.path                  w e e
    route.tls                   n w e
    dns.record                  e e e
    reference.dangling          e e e
    probe.missing               n w w
    probe.check                 n w w
    probe.timing                n n n
    compute.requests            n n n
    compute.limits              n n w
    scale.replicas              n n w
    scale.autoscaling           n n w
    lifecycle.restart           n w w
    lifecycle.order             w w w
    dependency.missing          e e e
    dependency.type             e e e
    dependency.version          w w e
    dependency.parameter        n w w
    security.user               n w w
    security.group              n n n
    security.non-root           n w w
    security.capability         n w w
    security.read-only-root     n w w
    security.privileged         e e e
    security.no-new-privileges  n w w
    security.host-namespace     e e e
    secret.missing              e e e
    secret.exposed              w w e
    placement.constraint        n n n
    network.reach               n w w
"""

DEFAULTS: dict[str, dict[Situation, Severity]] = {
    rule: {situation: _LETTERS[letter] for situation, letter in zip(SITUATIONS, letters, strict=True)}
    for rule, *letters in map(str.split, _TABLE.strip().splitlines())
}
"""The severity of every rule of the judge, by situation."""


def find_situation(local: tuple[bool, bool], said: tuple[bool, bool]) -> Situation:
    """Tell the situation of a finding: which sides are a developer's machine, and which of them say anything."""
    if local[0] == local[1]:
        return "alike"
    silent_laptop = any(here and not speaks for here, speaks in zip(local, said, strict=True))
    return "laptop" if silent_laptop and any(said) else "nearby"


def weigh_rule(rule: str, local: tuple[bool, bool], said: tuple[bool, bool]) -> Severity:
    """Give the severity of a finding under a rule of the judge."""
    return DEFAULTS[rule][find_situation(local, said)]
