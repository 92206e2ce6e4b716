"""Why a diagnostic or an expected difference matters, what to do about it, and where that is documented.

What each means stands where it is made: `model/errors.CODES`, `drift/reasons.REASONS`.
"""

import msgspec


class Advice(msgspec.Struct, frozen=True):
    """Why it matters, what to do, and a public reference where there is one."""

    matters: str
    do: str
    reference: str = ""


_K8S = "https://kubernetes.io/docs/"
_COMPOSE = "https://docs.docker.com/compose/"
_HELM = "https://helm.sh/docs/"
_SPEC = "https://github.com/compose-spec/compose-spec/blob/main/"
_SCORE = "https://docs.score.dev/docs/score-specification/score-spec-reference/"
_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"

CODE_TEXTS: dict[str, Advice] = {
    "not-modelled": Advice(
        "It is neither compared with other platforms nor written for them; written for its own platform, it is still there.",
        "nothing, unless the other environment relies on it: then say its equivalent there by hand",
    ),
    "unknown-field": Advice(
        "Most often a spelling mistake or a field in the wrong place: the platform leaves it out or refuses the file.",
        "correct the spelling or the indentation, or take the field out",
        f"{_K8S}reference/using-api/api-concepts/#field-validation",
    ),
    "unknown-kind": Advice(
        "A custom resource may start, change or expose workloads in ways that are not seen here.",
        "nothing, if it says nothing about workloads; else compare the objects that its operator makes",
        f"{_K8S}concepts/extend-kubernetes/api-extension/custom-resources/",
    ),
    "unset-variable": Advice(
        "Compose puts nothing in its place, Terraform and Nomad refuse to run; a comparison cannot tell what it would be.",
        "set it in the env or variables file that the environment takes, or give it a default",
        f"{_COMPOSE}how-tos/environment-variables/variable-interpolation/",
    ),
    "known-after-apply": Advice(
        "What depends on it is not compared, so drift in it goes unseen; --strict fails on it.",
        "give a state or a plan besides the configuration, or write the value down where it is known",
        "https://developer.hashicorp.com/terraform/language/expressions/references#values-not-yet-known",
    ),
    "missing-file": Advice(
        "The platform starts without what the file says, or refuses to start.",
        "add the file, correct its path, or check that it is not left out by .gitignore",
        f"{_SPEC}05-services.md#env_file",
    ),
    "missing-reference": Advice(
        "The Pod stays in an error state, or the service does not start, unless something else makes what is named.",
        "define it, correct the name, or mark it as external or optional where the platform can say so",
        f"{_K8S}concepts/configuration/configmap/",
    ),
    "image-supplied-later": Advice(
        "The image is not compared, since it is not known before the deployment.",
        "name it in the definition; for a Score file `isomorph generate --image` can, which leaves the file as it is",
        f"{_SCORE}#container-definition",
    ),
    "selects-nothing": Advice(
        "Requests to it find no endpoint, and an autoscaler scales nothing: often a label that was renamed on one side.",
        "make the selector and the labels of the workload the same, or take the object out",
        f"{_K8S}concepts/overview/working-with-objects/labels/#label-selectors",
    ),
    "ambiguous": Advice(
        "Choosing one could be wrong, so what depends on the choice is not compared.",
        "name the one that is meant: an entry file, a profile, a kind, or a more exact selector",
        f"{_COMPOSE}how-tos/multiple-compose-files/",
    ),
    "ignored": Advice(
        "Whoever wrote it expects it to work, and it does not: a limit that holds nothing back, an order that is not kept.",
        "take it out, or say it in the way that this platform heeds",
        f"{_SPEC}deploy.md",
    ),
    "deprecated": Advice(
        "A later version of the platform refuses the old form.",
        "write the successor that the message names",
        f"{_K8S}reference/using-api/deprecation-guide/",
    ),
    "engine-missing": Advice(
        "Nothing of this input is compared or converted.",
        "install the engine that the message names, or give its output instead of its input",
        f"{_HELM}intro/install/",
    ),
    "engine-failed": Advice(
        "Nothing of this input is compared or converted; a deployment would most often fail in the same way.",
        "mend what the engine says; its own message is in the diagnostic",
        f"{_HELM}chart_template_guide/debugging/",
    ),
    "rendered": Advice(
        "What was compared is what the chart makes of these values, release name and cluster version, and of no others.",
        "nothing; give the values of the environment if others are meant",
        f"{_HELM}helm/helm_template/",
    ),
    "detected": Advice(
        "A file that fits two platforms may be read as the wrong one.",
        "nothing, if it is right; else name the platform before the path, as in `swarm:stack.yaml`",
        f"{_SPEC}03-compose-file.md",
    ),
    "lost": Advice(
        "The workload runs without it on the target, which the comparison of the two does not hold against it.",
        "see `isomorph platforms NAME` for what the target can say, and provide the rest outside the definition",
    ),
    "approximated": Advice(
        "It behaves a little differently from the source: later, coarser, or by another means.",
        "read what the message says was written, and change it on the target if that is not enough",
    ),
    "assumed": Advice(
        "A default that was chosen to be harmless may not be what the workload needs.",
        "say the value in the source",
        f"{_K8S}concepts/configuration/overview/",
    ),
    "refused": Advice(
        "The output is right for another setup of the platform, and is turned away by this one.",
        "change the workload as the message says, or have the platform allow it",
        f"{_K8S}concepts/security/pod-security-standards/",
    ),
    "renamed": Advice(
        "Texts that name it are changed with it; scripts and people outside the definition still use the old name.",
        "use a name that both platforms allow: small letters, digits and hyphens, at most 63",
        f"{_K8S}concepts/overview/working-with-objects/names/",
    ),
    "extra-dropped": Advice(
        "What the setting did on its own platform does not happen on the target.",
        "nothing, if it only concerns the source platform; else say its equivalent on the target by hand",
        f"{_SPEC}11-extension.md",
    ),
    "secret-in-clear": Advice(
        "Whoever can read the output or its history can read the secret.",
        "list the output as a secret where the provisioner is declared, and change the secret if it was committed",
        "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    ),
    "workload-changed": Advice(
        "What was provisioned for the old name, such as a database and its password, is kept for the new one.",
        "nothing, if it is the same workload; else give it another name, so that it gets resources of its own",
        f"{_SCORE}#resources-definition",
    ),
    "unused-resource": Advice(
        "What was provisioned goes on running, costs money and holds data until somebody removes it.",
        "run `isomorph generate --prune` once the data is no longer needed",
        f"{_SCORE}#resources-definition",
    ),
    "ambiguous-alignment": Advice(
        "Their contents are not compared, and each is told as missing on the other side.",
        "say which two belong together under `align` in isomorph.yaml, or give them one name",
        f"{_K8S}concepts/overview/working-with-objects/common-labels/",
    ),
    "suppression-expired": Advice(
        "A date was set so that somebody looks again; until then the check may fail on what was hidden.",
        "mend the difference, or set a new `until` and say in `reason` why",
        _SARIF,
    ),
    "declaration-unused": Advice(
        "It hides nothing now, and would hide a new difference of the same kind without anybody noticing.",
        "take it out of isomorph.yaml, or correct the workload, rule or subject that it names",
        _SARIF,
    ),
    "baseline-outdated": Advice(
        "It does no harm: an entry that nothing fits hides nothing. Only the very same difference, come back, would be excused.",
        "nothing now; once `isomorph check` tells nothing new, `isomorph baseline write` leaves out what is gone",
        _SARIF,
    ),
    "image-config": Advice(
        "The command, user, ports and health check of an image count where a definition says nothing; they are those of "
        "the image that was given, which may be another one than that of the registry.",
        "give the configuration of the image that is deployed, or pin the image by its digest",
        "https://github.com/opencontainers/image-spec/blob/main/config.md",
    ),
}

REASON_TEXTS: dict[str, Advice] = {
    "open network": Advice(
        "A Compose file that declares no port still offers all of them, and a Service with one is no drift from it.",
        "nothing; declare the port on both (`expose` in Compose) to have its number compared",
        f"{_COMPOSE}how-tos/networking/",
    ),
    "service discovery": Advice(
        "Addresses are compared by the workload and port that they lead to; the name in them is each platform's own.",
        "nothing, as long as the address leads to the workload; `reference.dangling` tells when it does not",
        f"{_K8S}concepts/services-networking/dns-pod-service/",
    ),
    "platform default": Advice(
        "Nobody decided it, and it may surprise: Compose gives a process 10 seconds to stop, Kubernetes 30.",
        "say the value on both sides if the workload depends on it",
        f"{_K8S}concepts/workloads/pods/pod-lifecycle/#pod-termination",
    ),
    "cannot say": Advice(
        "What one platform has no word for cannot be mended in its definition; it is provided elsewhere, or not at all.",
        "nothing in the definition; `isomorph platforms NAME` tells what each platform can say and where that is documented",
        f"{_SPEC}05-services.md",
    ),
    "no exact conversion": Advice(
        "Values that differ by rounding mean the same; CPU in MHz, for one, is another number of cores on each machine.",
        "nothing; check once that the order of magnitude is right",
        "https://developer.hashicorp.com/nomad/docs/job-specification/resources#cpu",
    ),
    "information": Advice(
        "It documents and decides nothing: a `containerPort` opens no port, and its absence closes none.",
        "nothing; keep it right for the people who read it",
        f"{_K8S}reference/kubernetes-api/workload-resources/pod-v1/#ports",
    ),
    "provisioned": Advice(
        "Each environment has its own database, host and password, and that they differ is the point of it.",
        "nothing; write `${resources.NAME.OUTPUT}` in the Score file instead of a value",
        f"{_SCORE}#resources-definition",
    ),
    "built locally": Advice(
        "Code that is being worked on is built on the developer's machine; elsewhere the image of a registry runs.",
        "nothing; name the image beside `build` so that its repository is compared",
        f"{_SPEC}build.md#using-build-and-image",
    ),
    "declared": Advice(
        "The team has decided it, with a reason that can be read in isomorph.yaml; it fails no check.",
        "nothing; take the `expect` out of isomorph.yaml when it is no longer meant",
        _SARIF,
    ),
}
