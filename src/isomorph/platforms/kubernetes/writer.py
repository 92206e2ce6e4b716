"""A definition to Kubernetes manifests: one file of documents, as an operator would write them.

The passes: names for every object (peers' texts need them), the Pods with all their texts, then what leads to the Pods
(Services know by then which names and ports are used), and last what a Kubernetes definition said besides.
"""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.workload import Kind
from isomorph.platforms.jobs import find_jobs
from isomorph.platforms.kubernetes.write_draft import PLATFORM, Document, Draft, Peer, name_peers
from isomorph.platforms.kubernetes.write_extras import (
    Constructs,
    find_http_routes,
    find_kept_services,
    find_secret_volumes,
    join_documents,
    restore,
    to_namespace,
)
from isomorph.platforms.kubernetes.write_files import index_contents, write_stores
from isomorph.platforms.kubernetes.write_network import write_services
from isomorph.platforms.kubernetes.write_routes import write_routes
from isomorph.platforms.kubernetes.write_storage import count_mounting, write_claims
from isomorph.platforms.kubernetes.write_workload import (
    Pod,
    place_ports,
    write_autoscaler,
    write_controller,
    write_pod,
)
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.silence import find_silence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_documents

FILE = "manifests.yaml"


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write manifests; what Kubernetes cannot say, or says only nearly, is told in the diagnostics."""
    documents, draft = to_documents(definition, options)
    if options.finish is not None:
        documents = options.finish(documents)
    return Written((OutputFile(FILE, emit(documents, options)),), draft.finish())


def emit(documents: list[Document], options: WriteOptions) -> str:
    """Give the text of manifests, in the style that was asked for."""
    if options.style != "kyaml":
        return emit_documents(documents, Dialect.KUBERNETES, header=options.header)
    from isomorph.syntax.yaml.kyaml import emit_kyaml

    return emit_kyaml(documents, header=options.header)


class Habits(msgspec.Struct, frozen=True):
    """What a platform of the family writes in its own way.

    `write_routes` gives the objects of a workload's routes; `adapt` changes what was written, once all that Kubernetes
    itself knows is in it, and gives further documents.
    """

    write_routes: Callable[[Draft, str, Peer, Document], list[Document]] = write_routes
    adapt: Callable[[Draft, Constructs], list[Document]] | None = None


def to_documents(
    definition: Definition,
    options: WriteOptions,
    habits: Habits = Habits(),  # noqa: B008 (it never changes)
) -> tuple[list[Document], Draft]:
    """Give the documents as plain data, in the order in which they can be applied."""
    workloads = definition.application.workloads
    jobs = find_jobs(workloads)
    if jobs:
        workloads = {
            key: replace(workload, kind=Kind.JOB) if key in jobs else workload for key, workload in workloads.items()
        }
        definition = replace(definition, application=replace(definition.application, workloads=workloads))
    draft = _start(definition, options)
    silence = find_silence(definition.platform, PLATFORM)
    constructs = Constructs()
    pods: dict[str, Pod] = {}
    claimed: dict[str, dict[str | None, None]] = {}
    templates: set[str] = set()
    for key, peer in draft.peers.items():
        pod = pods[key] = write_pod(draft, key, peer, silence)
        templates.update(pod.templates)
        for claim in pod.claims:
            claimed.setdefault(claim, {})[peer.namespace] = None
        _tell_losses(draft, key, peer, jobs)
    for key, peer in draft.peers.items():
        place_ports(draft, peer, pods[key])
    body: list[Document] = []
    for key, peer in draft.peers.items():
        body += _write_objects(draft, key, peer, pods[key], constructs, habits)
    head: list[Document] = []
    for path, document in write_stores(draft):
        constructs.by_path.setdefault(path, []).append(document)
        head.append(document)
    for volume, document in write_claims(draft, claimed, templates):
        constructs.by_path.setdefault(("volumes", volume), []).append(document)
        head.append(document)
    _tell_dependencies(draft)
    first, last = restore(draft, definition.extras, constructs)
    if habits.adapt is not None:
        last = [*last, *habits.adapt(draft, constructs)]
    documents = join_documents(draft, first, [*head, *body, *last])
    return [*to_namespace(draft, documents), *documents], draft


def _start(definition: Definition, options: WriteOptions) -> Draft:
    """Give a draft that knows what every object is called, and what of the definition's own is written back."""
    draft = Draft(definition, options)
    draft.http_routes = find_http_routes(definition.extras)
    draft.kept_services = find_kept_services(definition.extras)
    draft.secret_volumes = find_secret_volumes(definition.extras)
    name_peers(draft)
    draft.mounting = count_mounting(definition.application)
    index_contents(draft)
    return draft


def _write_objects(
    draft: Draft, key: str, peer: Peer, pod: Pod, constructs: Constructs, habits: Habits
) -> list[Document]:
    """Give the documents of one workload, and note where its extras belong."""
    services = write_services(draft, key, peer, pod.labels)
    controller = write_controller(draft, key, peer, pod)
    others = [*write_autoscaler(draft, key, peer, pod.labels), *habits.write_routes(draft, key, peer, pod.labels)]
    constructs.by_path["workloads", key] = [controller]
    for name, container in pod.containers.items():
        constructs.containers[key, name] = container
    for document in (*services, *others):
        constructs.objects.setdefault((key, document["kind"]), []).append(document)
    constructs.pod_volumes.update(pod.volumes)
    for volume, template in pod.templates.items():
        constructs.by_path["volumes", volume] = [template]
    return [*pod.objects, *services, controller, *others]


def _tell_losses(draft: Draft, key: str, peer: Peer, settled: set[str]) -> None:
    """Tell what Kubernetes has no words for."""
    workload = peer.workload
    path = ("workloads", key)
    if workload.order:
        draft.tell(
            "lost",
            "Kubernetes starts workloads in no order: each must wait for its peers itself, or fail until they are there",
            (*path, "order"),
        )
    if workload.networks is not None:
        draft.tell("lost", "named networks are not written: every Pod reaches every other", (*path, "networks"))
    if key in settled:
        draft.tell("approximated", "what ends by itself and offers no port is a Job", (*path, "restart"))


def _tell_dependencies(draft: Draft) -> None:
    for uid, dependency in draft.application.dependencies.items():
        if dependency.realisation is None or dependency.realisation not in draft.peers:
            draft.tell(
                "lost", f"a {dependency.type} is needed, and nothing here provides it", ("dependencies", uid), uid
            )
