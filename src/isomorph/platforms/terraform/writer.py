"""A definition to a Terraform configuration: workloads through the Kubernetes provider, dependencies as modules.

One file has all of it, so that what is gone from a definition is gone from its folder, too: Terraform reads every file there.
It says which provider, and not how to reach a cluster: that belongs in a file beside it, which nobody but its author writes.
Values of secrets are variables; with `secrets` those that are known are in a file that Terraform reads by itself.
"""

from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Definition, Extra
from isomorph.model.errors import Diagnostic
from isomorph.model.text import Text
from isomorph.platforms.kubernetes.write_draft import Draft
from isomorph.platforms.kubernetes.write_text import plain
from isomorph.platforms.kubernetes.writer import to_documents
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.terraform.kubernetes_names import MANIFEST, PROVIDER, RESOURCES, resource_of
from isomorph.platforms.terraform.write_blocks import NotSayable, to_body, to_manifest
from isomorph.platforms.terraform.write_marks import Marks
from isomorph.platforms.terraform.write_modules import Call, name_modules, write_call, write_modules
from isomorph.platforms.terraform.write_names import Document, References, UniqueLabels, identity, to_label
from isomorph.platforms.terraform.write_variables import Opening, Variables, find_open, open_document
from isomorph.syntax.hcl.emit import Block, emit_hcl

FILE = "main.tf"
PLATFORM = "terraform"
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
    "kubernetes_persistent_volume_claim_v1": {"wait_until_bound": False},
    "kubernetes_job_v1": {"wait_for_completion": False},
}


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a configuration; what cannot be said, or only nearly, is told in the diagnostics."""
    marks, variables = Marks(definition), Variables()
    dependencies = find_open(definition.application)
    modules = name_modules(dependencies)
    opening = Opening(definition, marks, variables, modules)
    restores = options.restores | {PLATFORM}
    documents, draft = to_documents(opening.open(), replace(options, restores=restores))
    if options.finish is not None:
        documents = options.finish(documents)
    opening.settle(lambda text: _spell(draft, text))
    kept = Kept(definition)
    resources = _write_resources(documents, marks, variables, kept)
    kept.tell_rest(draft)
    if marks.changed:
        draft.tell("approximated", "Terraform changes texts that are not in Unicode's form C to that", ())
    calls = [
        Call(modules[uid], dependency, tuple(sorted(opening.used.get(uid, ()))))
        for uid, dependency in dependencies.items()
    ]
    called = [block for call in calls for block in write_call(call, variables)]
    for uid, call in zip(dependencies, calls, strict=True):
        _tell_call(draft, uid, call)
    text = emit_hcl([_REQUIRED, *variables.to_blocks(), *called, *resources], header=options.header)
    files = [OutputFile(FILE, text, in_folder=True)]
    files += [OutputFile(path, content) for path, content in write_modules(calls).items()]
    known = {name: each.value for name, each in variables.found.items() if each.secret and each.value is not None}
    if options.secrets and known:
        files.append(OutputFile(SECRETS, emit_hcl([known]), SECRET_MODE))
        files.append(OutputFile(".gitignore", f"# Secrets are in no repository.\n{SECRETS}\n"))
    return Written(tuple(files), (*draft.finish(), *_tell_variables(variables, given=options.secrets)))


def _spell(draft: Draft, text: Text) -> str:
    return plain(draft, text, ())


class Kept:
    """The arguments of resources that are Terraform's own (`wait_for_rollout`), by the addresses that had them."""

    def __init__(self, definition: Definition) -> None:
        self._arguments: dict[str, dict[str, Any]] = {}
        self._left: dict[str, Extra] = {}
        for extra in definition.extras:
            if extra.platform == PLATFORM and extra.location[:1] == ("resources",):
                address = str(extra.location[1])
                self._left[address] = extra
                if len(extra.location) == 3 and isinstance(extra.value, bool):
                    self._arguments.setdefault(address, {})[str(extra.location[2])] = extra.value

    def take(self, address: str) -> dict[str, Any]:
        """Give the arguments that a resource of this address had."""
        self._left.pop(address, None)
        return self._arguments.get(address, {})

    def tell_rest(self, draft: Draft) -> None:
        """Tell the resources that are not written: what they say is in no definition of workloads."""
        for address, extra in self._left.items():
            draft.tell("extra-dropped", "what is no workload of Kubernetes is not in the output", extra.path, address)


def _write_resources(documents: list[Document], marks: Marks, variables: Variables, kept: Kept) -> list[Block]:
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
    return [
        _to_resource(resource, label, references.link(document), marks, kept.take(f"{resource}.{label}"))
        for resource, label, document in named
    ]


def _find_resource(document: Document, marks: Marks) -> str:
    """Give the resource that can say all that an object says."""
    resource = resource_of(document.get("apiVersion"), document.get("kind"))
    if resource is not None:
        try:
            to_body(_without_head(document), RESOURCES[resource].of, marks)
        except NotSayable:
            return MANIFEST
    return resource or MANIFEST


def _to_resource(resource: str, label: str, document: Document, marks: Marks, kept: dict[str, Any]) -> Block:
    if resource == MANIFEST:
        return Block("resource", (MANIFEST, label), [{"manifest": to_manifest(_as_kubernetes(document), marks)}])
    body = to_body(_without_head(document), RESOURCES[resource].of, marks)
    own = {**_WAITS.get(resource, {}), **kept}
    return Block("resource", (resource, label), [*body, own] if own else body)


def _as_kubernetes(document: Document) -> Document:
    """Give an object as Kubernetes has it; the values of a Secret are texts there under another name."""
    if document.get("kind") != "Secret":
        return document
    renamed = {"data": "stringData", "binaryData": "data"}
    return {renamed.get(key, key): value for key, value in document.items()}


def _without_head(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in ("apiVersion", "kind")}


def _tell_call(draft: Draft, uid: str, call: Call) -> None:
    """Tell that a module provides nothing by itself, and what no argument of one can be called."""
    path = ("dependencies", uid)
    message = f"{call.folder} creates no {call.dependency.type}: what workloads use of it is given to it by variables"
    draft.tell("assumed", message, path, call.label)
    for name in call.unsaid():
        draft.tell("lost", f"the parameter {name} cannot be an argument of a module", path, call.label)


def _tell_variables(variables: Variables, *, given: bool) -> list[Diagnostic]:
    """Tell which variables whoever applies the output must set."""
    unset = [name for name, each in variables.found.items() if each.value is None or not given]
    if not unset:
        return []
    message = f"what applies this sets its variables, as TF_VAR_NAME or in a .tfvars file: {', '.join(unset)}"
    return [Diagnostic("assumed", message)]
