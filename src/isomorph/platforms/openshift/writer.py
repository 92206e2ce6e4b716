"""A definition to OpenShift manifests: what Kubernetes' writer writes, with Routes, and fit for restricted-v2."""

from msgspec.structs import replace

from isomorph.model.application import Definition, Extra
from isomorph.model.image import Image, parse_image
from isomorph.platforms.kubernetes.write_draft import Document, Draft
from isomorph.platforms.kubernetes.write_extras import Constructs, in_namespace, put
from isomorph.platforms.kubernetes.writer import Habits, emit
from isomorph.platforms.kubernetes.writer import to_documents as to_kubernetes
from isomorph.platforms.openshift.keeping import PLATFORM
from isomorph.platforms.openshift.write_restricted import hold
from isomorph.platforms.openshift.write_routes import RouteWriter
from isomorph.platforms.platform import OutputFile, WriteOptions, Written

FILE = "manifests.yaml"


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write manifests; what OpenShift cannot say, says only nearly, or refuses to run, is told in the diagnostics."""
    documents, draft = to_documents(definition, options)
    if options.finish is not None:
        documents = options.finish(documents)
    return Written((OutputFile(FILE, emit(documents, options)),), draft.finish())


def to_documents(definition: Definition, options: WriteOptions) -> tuple[list[Document], Draft]:
    """Give the documents as plain data, in the order in which they can be applied."""
    native = definition.platform == PLATFORM
    own = tuple(extra for extra in definition.extras if extra.platform == PLATFORM)
    routes = RouteWriter(own, native)
    definition = routes.take_hosts(_with_own_images(definition, own))

    def adapt(draft: Draft, constructs: Constructs) -> list[Document]:
        documents = _restore(draft, own, constructs)
        for key in draft.peers:
            (controller,) = constructs.by_path["workloads", key]
            names = {
                str(document["name"]): name
                for (workload, name), document in constructs.containers.items()
                if workload == key
            }
            hold(draft, key, controller, names, native)
        return documents

    options = replace(options, restores=options.restores | {PLATFORM})
    return to_kubernetes(definition, options, Habits(routes.write, adapt))


def _with_own_images(definition: Definition, extras: tuple[Extra, ...]) -> Definition:
    """Put back what stood where an ImageStream's image goes: the trigger, which is put back, too, puts that in again."""
    workloads = dict(definition.application.workloads)
    for extra in extras:
        workload = workloads.get(extra.path[1]) if extra.location == ("image",) else None
        container = workload.containers.get(extra.path[3]) if workload is not None else None
        if workload is not None and container is not None:
            text = str(extra.value)
            image = parse_image(text) if text.strip() else Image(text)
            containers = {**workload.containers, extra.path[3]: replace(container, image=image)}
            workloads[extra.path[1]] = replace(workload, containers=containers)
    return replace(definition, application=replace(definition.application, workloads=workloads))


def _restore(draft: Draft, extras: tuple[Extra, ...], constructs: Constructs) -> list[Document]:
    """Put back what an OpenShift definition said; gives the whole documents."""
    documents: list[Document] = []
    for extra in extras:
        if not extra.path:
            documents.append(in_namespace(draft, extra.value, given=not extra.location))
        elif extra.location == ("kind",):
            _to_deployment_config(extra.path[1], constructs)
        elif not _restore_one(extra, constructs):
            place = ".".join(str(key) for key in extra.location)
            draft.tell("lost", f"{place} has no place in what was written", extra.path)
    return documents


def _restore_one(extra: Extra, constructs: Constructs) -> bool:
    path, location = extra.path, extra.location
    if location == ("image",):
        return True  # Put back before anything was written.
    if location[:1] == ("Route",):
        if len(location) == 2:
            return True  # The name, which its writer gave it.
        for document in constructs.objects.get((path[1], "Route"), ()):
            if document["metadata"]["name"] == location[1]:
                return put(document, location[2:], extra.value)
        return False
    targets = constructs.by_path.get(path[:2])
    return bool(targets) and all(put(target, location, extra.value) for target in targets or ())


def _to_deployment_config(key: str, constructs: Constructs) -> None:
    """Turn a Deployment into the DeploymentConfig that it was read from."""
    for document in constructs.by_path.get(("workloads", key), ()):
        if document["kind"] != "Deployment":
            continue
        document["apiVersion"], document["kind"] = "apps.openshift.io/v1", "DeploymentConfig"
        spec = document["spec"]
        spec["selector"] = spec["selector"]["matchLabels"]
        for scaler in constructs.objects.get((key, "HorizontalPodAutoscaler"), ()):
            scaler["spec"]["scaleTargetRef"].update(apiVersion=document["apiVersion"], kind=document["kind"])
