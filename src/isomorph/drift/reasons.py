"""The closed set of reasons for which a difference is expected, and the entries that apply them.

An entry says for which rule and platform a reason holds, and where that is documented. *Cannot say* has no entries of its
own: it follows from the platforms' support tables.
"""

import msgspec

from isomorph.platforms.table import find_family, load_facts

OPEN_NETWORK = "open network"
SERVICE_DISCOVERY = "service discovery"
PLATFORM_DEFAULT = "platform default"
CANNOT_SAY = "cannot say"
NO_EXACT_CONVERSION = "no exact conversion"
INFORMATION = "information"
PROVISIONED = "provisioned"
BUILT_LOCALLY = "built locally"
DECLARED = "declared"

REASONS: dict[str, str] = {
    OPEN_NETWORK: "Peers reach every port of a container here, whether it is declared or not.",
    SERVICE_DISCOVERY: "Each platform has its own name or number for the same peer, and every text that uses it follows.",
    PLATFORM_DEFAULT: "Neither side says it, and the platforms' defaults differ.",
    CANNOT_SAY: "The platform has no way to say it.",
    NO_EXACT_CONVERSION: "The platforms measure it in units that have no exact conversion.",
    INFORMATION: "It is noted for people only and has no effect.",
    PROVISIONED: "A provisioner makes it up: a random name, host or password.",
    BUILT_LOCALLY: "The image is built from source here and pulled there.",
    DECLARED: "The team declared that it is meant to differ.",
}


class Entry(msgspec.Struct, frozen=True):
    """A case in which a difference is expected: the rule, the platform or family whose nature it is (`*`: any), and a source."""

    rule: str
    platform: str
    reason: str
    source: str


ENTRIES: tuple[Entry, ...] = (
    Entry("port.missing", "swarm", OPEN_NETWORK, "https://docs.docker.com/engine/swarm/networking/"),
    Entry("port.missing", "compose", OPEN_NETWORK, "https://docs.docker.com/compose/how-tos/networking/"),
    Entry(
        "port.missing",
        "marathon",
        OPEN_NETWORK,
        "https://mesosphere.github.io/marathon/docs/networking.html",
    ),
    *(
        Entry(rule, "marathon", NO_EXACT_CONVERSION, "https://mesosphere.github.io/marathon/docs/health-checks.html")
        for rule in ("probe.check", "probe.timing")
    ),
    Entry(
        "port.missing",
        "nomad",
        OPEN_NETWORK,
        "https://developer.hashicorp.com/nomad/docs/deploy/task-driver/docker#networking",
    ),
    Entry(
        "probe.timing",
        "nomad",
        NO_EXACT_CONVERSION,
        "https://developer.hashicorp.com/nomad/docs/job-specification/check#failures_before_critical",
    ),
    Entry(
        "port.exposure",
        "nomad",
        SERVICE_DISCOVERY,
        "https://developer.hashicorp.com/nomad/docs/job-specification/network#static",
    ),
    *(
        Entry(
            rule,
            "nomad",
            NO_EXACT_CONVERSION,
            "https://developer.hashicorp.com/nomad/docs/job-specification/resources#cpu",
        )
        for rule in ("compute.requests", "compute.limits")
    ),
    Entry(
        "port.missing",
        "*",
        SERVICE_DISCOVERY,
        "https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service",
    ),
    Entry(
        "port.missing",
        "kubernetes",
        INFORMATION,
        "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports",
    ),
    Entry(
        "image.build",
        "*",
        BUILT_LOCALLY,
        "https://github.com/compose-spec/compose-spec/blob/main/build.md#using-build-and-image",
    ),
    *(
        Entry(
            rule,
            "*",
            PROVISIONED,
            "https://docs.score.dev/docs/score-specification/score-spec-reference/#resources-definition",
        )
        for rule in (
            "variable.value",
            "file.content",
            "process.command",
            "process.args",
            "probe.check",
            "dependency.parameter",
        )
    ),
    *(
        Entry(
            rule,
            "*",
            SERVICE_DISCOVERY,
            "https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource",
        )
        for rule in ("variable.value", "file.content", "process.command", "process.args")
    ),
    *(
        Entry(
            rule,
            "openshift",
            PLATFORM_DEFAULT,
            "https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html",
        )
        for rule in (
            "security.user",
            "security.group",
            "security.non-root",
            "security.no-new-privileges",
            "security.capability",
        )
    ),
    Entry(
        "secret.exposed",
        "compose",
        CANNOT_SAY,
        "https://docs.docker.com/compose/how-tos/environment-variables/set-environment-variables/",
    ),
)


def find_entry(rule: str, platform: str, reason: str) -> Entry | None:
    """Give the entry under which a reason holds for a rule on a platform; the facts of a platform's own table are entries."""
    for entry in ENTRIES:
        if entry.rule == rule and entry.reason == reason and entry.platform in (platform, find_family(platform), "*"):
            return entry
    for fact in load_facts(platform):
        if fact.rule == rule and fact.reason == reason:
            return Entry(rule, platform, reason, fact.source)
    return None
