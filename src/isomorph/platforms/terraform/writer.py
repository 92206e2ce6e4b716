"""A definition to a Terraform configuration: workloads through the Kubernetes provider, dependencies as modules.

One file has all of it, so that what is gone from a definition is gone from its folder, too: Terraform reads every file there.
It says which provider, and not how to reach a cluster: that belongs in a file beside it, which nobody but its author writes.
Values of secrets are variables; with `secrets` those that are known are in a file that Terraform reads by itself.
"""

from typing import Any

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.text import Text
from isomorph.platforms.kubernetes.write_draft import Draft
from isomorph.platforms.kubernetes.write_text import plain
from isomorph.platforms.kubernetes.writer import to_documents
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.terraform.kubernetes_names import MANIFEST, PROVIDER, RESOURCES, resource_of
from isomorph.platforms.terraform.write_blocks import NotSayable, to_body, to_manifest
from isomorph.platforms.terraform.write_marks import Marks
from isomorph.platforms.terraform.write_modules import list_unsaid, name_modules, source_of, write_module
from isomorph.platforms.terraform.write_names import Document, References, UniqueLabels, identity, to_label
from isomorph.platforms.terraform.write_variables import Opening, Variables, find_open, open_document
from isomorph.syntax.hcl.emit import Block, emit_hcl

FILE = "main.tf"
SECRETS = "secrets.auto.tfvars"
SECRET_MODE = 0o600

_VERSION = "~> 2.38"
_REQUIRED = Block(
    "terraform",
    (),
    [Block("required_providers", (), [{"kubernetes": {"source": PROVIDER, "version": _VERSION}}])],
)

#: What the provider waits for unless told not to, where waiting for it is no part of what a definition says: a claim
#: that is bound when its first Pod comes would never be, and a job may take longer than the minute that is given.
_WAITS: dict[str, dict[str, Any]] = {
    "PersistentVolumeClaim": {"wait_until_bound": False},
    "Job": {"wait_for_completion": False},
}


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a configuration; what cannot be said, or only nearly, is told in the diagnostics."""
    marks, variables = Marks(definition), Variables()
    dependencies = find_open(definition.application)
    modules = name_modules(dependencies)
    opening = Opening(definition, marks, variables, modules)
    documents, draft = to_documents(opening.open(), options)
    if options.finish is not None:
        documents = options.finish(documents)
    opening.settle(lambda text: _spell(draft, text))
    resources = _write_resources(documents, marks, variables)
    called: list[Block] = []
    for uid, dependency in dependencies.items():
        outputs = sorted({*dependency.outputs, *opening.used.get(uid, ())})
        _tell_module(draft, uid, modules[uid], definition)
        called += write_module(modules[uid], dependency, outputs, variables)
    text = emit_hcl([_REQUIRED, *variables.to_blocks(), *called, *resources], header=options.header)
    files = [OutputFile(FILE, text, in_folder=True)]
    known = {name: each.value for name, each in variables.found.items() if each.secret and each.value is not None}
    if options.secrets and known:
        files.append(OutputFile(SECRETS, emit_hcl([known]), SECRET_MODE))
    return Written(tuple(files), (*draft.finish(), *_tell_variables(variables, given=options.secrets)))


def _spell(draft: Draft, text: Text) -> str:
    return plain(draft, text, ())


def _write_resources(documents: list[Document], marks: Marks, variables: Variables) -> list[Block]:
    """Give a resource for each object: the provider's own for its kind, else one that takes whole manifests."""
    opened = [open_document(each, marks, variables) if each.get("kind") == "Secret" else each for each in documents]
    labels, references = UniqueLabels(), References()
    named: list[tuple[str, str, Document]] = []
    for document in opened:
        resource = _find_resource(document, marks)
        kind, namespace, name = identity(document)
        own = to_label(name, "object")
        several = to_label(f"{namespace}_{name}", "object")
        if resource == MANIFEST:
            label = labels.take(MANIFEST, own, to_label(f"{name}_{kind.lower()}", "object"), several)
            references.add((kind, namespace, name), f"{MANIFEST}.{label}.manifest.metadata.name")
        else:
            label = labels.take(resource, own, several)
            references.add((kind, namespace, name), f"{resource}.{label}.metadata[0].name")
        named.append((resource, label, document))
    return [_to_resource(resource, label, references.link(document), marks) for resource, label, document in named]


def _find_resource(document: Document, marks: Marks) -> str:
    """Give the resource that can say all that an object says."""
    resource = resource_of(document.get("apiVersion"), document.get("kind"))
    if resource is not None:
        try:
            to_body(_without_head(document), RESOURCES[resource].of, marks)
        except NotSayable:
            return MANIFEST
    return resource or MANIFEST


def _to_resource(resource: str, label: str, document: Document, marks: Marks) -> Block:
    if resource == MANIFEST:
        return Block("resource", (MANIFEST, label), [{"manifest": to_manifest(_as_kubernetes(document), marks)}])
    body = to_body(_without_head(document), RESOURCES[resource].of, marks)
    waits = _WAITS.get(str(document["kind"]))
    return Block("resource", (resource, label), [*body, waits] if waits else body)


def _as_kubernetes(document: Document) -> Document:
    """Give an object as Kubernetes has it; the values of a Secret are texts there under another name."""
    if document.get("kind") != "Secret":
        return document
    renamed = {"data": "stringData", "binaryData": "data"}
    return {renamed.get(key, key): value for key, value in document.items()}


def _without_head(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in ("apiVersion", "kind")}


def _tell_module(draft: Draft, uid: str, label: str, definition: Definition) -> None:
    """Tell where a dependency's module is looked for, and what no argument of one can be called."""
    dependency = definition.application.dependencies[uid]
    path = ("dependencies", uid)
    draft.tell("assumed", f"module {label} is taken from {source_of(dependency)}, which is to be there", path)
    for name in list_unsaid(dependency):
        draft.tell("lost", f"the parameter {name} is no name of an argument of a module", path)


def _tell_variables(variables: Variables, *, given: bool) -> list[Diagnostic]:
    """Tell which variables whoever applies the output must set."""
    unset = [name for name, each in variables.found.items() if each.value is None or not given]
    if not unset:
        return []
    message = f"what applies this sets its variables, as TF_VAR_NAME or in a .tfvars file: {', '.join(unset)}"
    return [Diagnostic("assumed", message)]
