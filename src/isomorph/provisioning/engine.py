"""Resources, each in its turn, given to the first provisioner that matches: what they make, and what the state keeps of it.

A provisioner matches by type, then by class and id where it names them; the first in the order given wins. A resource keeps
its guid and the state that its provisioner gave, and is given it again. All share one state, into which each patches its part.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from isomorph.model.application import Application, Definition
from isomorph.model.errors import Diagnostic, EngineFailed, InvalidInput
from isomorph.provisioning.contract import (
    Fragments,
    Provisioner,
    Realised,
    Request,
    Resource,
    Result,
    ServicePort,
    Target,
    WorkloadService,
)
from isomorph.provisioning.ordering import order_resources
from isomorph.provisioning.references import (
    Reference,
    find_asked,
    find_metadata,
    find_resource,
    parse_references,
    placeholder_error,
    print_value,
    substitute,
    suggest,
)
from isomorph.provisioning.resolving import (
    find_output,
    find_secrets,
    is_secret_output,
    list_outputs,
    mark_references,
    secret_values,
    to_plain,
)
from isomorph.provisioning.uids import Declared, list_resources

_NOT_IN_NAME = re.compile(r"[^a-z0-9]+")
_DEEPEST = 100  # Collections in one another, as in any YAML that is read.


class Kept(msgspec.Struct, frozen=True):
    """What the state holds of a resource: its guid, the uri of its provisioner, that one's state, and its first workload."""

    guid: str
    provisioner: str = ""
    state: dict[str, Any] = {}
    workload: str = ""


class Provisioned(msgspec.Struct, frozen=True):
    """All resources with what was made of them, in the order of their making, and the state they share now."""

    resources: dict[str, Realised] = {}
    shared: dict[str, Any] = {}
    diagnostics: tuple[Diagnostic, ...] = ()
    messages: tuple[str, ...] = ()


class Catalogue:
    """Provisioners, found in a time that does not grow with their number."""

    __slots__ = ("_first", "_provisioners", "_types")

    def __init__(self, provisioners: Iterable[Provisioner]) -> None:
        self._provisioners = tuple(provisioners)
        self._first: dict[tuple[str, str | None, str | None], int] = {}
        self._types: dict[str, list[int]] = {}
        for index, one in enumerate(self._provisioners):
            self._first.setdefault((one.type, one.class_, one.id), index)
            self._types.setdefault(one.type, []).append(index)

    def match(self, resource: Resource) -> Provisioner:
        """Give the first provisioner that matches; raises InvalidInput that says which types and classes there are."""
        type_, first = resource.type, self._first
        found = [
            first[key]
            for class_ in (None, resource.class_)
            for id_ in (None, resource.id)
            if (key := (type_, class_, id_)) in first
        ]
        if not found:
            raise self._no_match(resource)
        return self._provisioners[min(found)]

    def _no_match(self, resource: Resource) -> InvalidInput:
        same = [self._provisioners[index] for index in self._types.get(resource.type, ())]
        if not same:
            hint = suggest(resource.type, self._types, "provisioned types are")
            return InvalidInput(
                f"resource {resource.uid}: no provisioner for type {resource.type!r}", resource.origin, hint
            )
        offered = dict.fromkeys(
            f"class {one.class_ or 'any'}{f' with id {one.id}' if one.id is not None else ''}" for one in same
        )
        return InvalidInput(
            f"resource {resource.uid}: no provisioner of type {resource.type} for class {resource.class_!r} "
            f"and id {resource.id!r}",
            resource.origin,
            suggest(f"class {resource.class_}", offered, "there are"),
        )


def provision(
    definition: Definition,
    provisioners: Iterable[Provisioner],
    target: Target,
    *,
    kept: Mapping[str, Kept] | None = None,
    shared: Mapping[str, Any] | None = None,
    replace_changed: bool = False,
    make_guid: Callable[[], str] | None = None,
) -> Provisioned:
    """Provision every resource of a definition, each after those that its params refer to.

    `kept` and `shared` are what an earlier run left; they are not changed. `replace_changed` lets a resource whose
    provisioner is another one now begin anew. Raises InvalidInput for what the definition gets wrong, and what
    provisioners raise, with the resource's uid.
    """
    declared = list_resources(definition, {uid: one.workload for uid, one in (kept or {}).items()})
    run = _Run(
        Catalogue(provisioners),
        target,
        list_services(definition.application, target),
        find_asked(definition, declared),
        kept or {},
        patch_state({}, shared or {}),
        replace_changed,
        make_guid or random_guid,
    )
    order = order_resources(declared)
    # Whatever has no provisioner is told before the first one runs, for programs cannot be taken back.
    chosen = {uid: run.choose(declared[uid].resource) for uid in order}
    for uid in order:
        run.provision(declared[uid], chosen[uid])
    return Provisioned(run.realised, run.shared, tuple(run.diagnostics), tuple(run.messages))


class _Run:
    """One provisioning: what was made so far."""

    __slots__ = (
        "asked",
        "catalogue",
        "diagnostics",
        "kept",
        "make_guid",
        "messages",
        "names",
        "realised",
        "replace_changed",
        "services",
        "shared",
        "target",
    )

    def __init__(
        self,
        catalogue: Catalogue,
        target: Target,
        services: dict[str, WorkloadService],
        asked: Mapping[str, frozenset[str]],
        kept: Mapping[str, Kept],
        shared: dict[str, Any],
        replace_changed: bool,
        make_guid: Callable[[], str],
    ) -> None:
        self.catalogue = catalogue
        self.target = target
        self.services = services
        self.asked = asked
        self.kept = kept
        self.shared = shared
        self.replace_changed = replace_changed
        self.make_guid = make_guid
        self.names = {*services, *(str(each.state.get("name")) for each in kept.values() if each.state.get("name"))}
        self.realised: dict[str, Realised] = {}
        self.diagnostics: list[Diagnostic] = []
        self.messages: list[str] = []

    def choose(self, resource: Resource) -> Provisioner:
        """Find the provisioner of a resource, which must be the one that made it before."""
        provisioner = self.catalogue.match(resource)
        self.diagnostics.extend(_check_params(resource, provisioner))
        kept = self.kept.get(resource.uid)
        if kept and kept.provisioner and kept.provisioner != provisioner.uri and not self.replace_changed:
            raise InvalidInput(
                f"resource {resource.uid} was provisioned by {kept.provisioner}, and {provisioner.uri} matches it now",
                resource.origin,
                "put the old provisioner first again, or take the resource out of the state to begin anew",
            )
        return provisioner

    def provision(self, declared: Declared, provisioner: Provisioner) -> None:
        """Provision one resource, those that it refers to being there."""
        resource, held = self._resolve(declared)
        kept = self.kept.get(resource.uid)
        guid = kept.guid if kept and kept.guid else self.make_guid()
        state = kept.state if kept and kept.provisioner in ("", provisioner.uri) else {}
        request = Request(
            resource=resource,
            guid=guid,
            target=self.target,
            state=state,
            shared=self.shared,
            services=self.services,
            asked=self.asked.get(resource.uid, frozenset()),
            name=self._take_name(resource, state),
            secret_params=frozenset(held.secret),
            open_params=frozenset(held.open),
        )
        result = _call(provisioner, request)
        _check_outputs(resource, provisioner, result)
        if result.shared:
            patch_state(self.shared, result.shared)
        self.diagnostics.extend(result.diagnostics)
        self.messages.extend(result.messages)
        self.realised[resource.uid] = Realised(
            resource=resource,
            guid=guid,
            provisioner=provisioner.uri,
            result=result,
            secrets=find_secrets(result.outputs, result.secrets, tuple(held.values)),
        )

    def _take_name(self, resource: Resource, state: Mapping[str, Any]) -> str:
        """Give a name for what realises a resource: the one it has, else one of the workload's and its own that is free."""
        known = state.get("name")
        if isinstance(known, str) and known:
            return known
        own = resource.id.startswith(f"{resource.workload}.")
        words = resource.id if own else f"{resource.id}-{resource.type}"
        name = wanted = _NOT_IN_NAME.sub("-", words.lower()).strip("-") or resource.type
        number = 1
        while name in self.names:
            number += 1
            name = f"{wanted}-{number}"
        self.names.add(name)
        return name

    def _resolve(self, declared: Declared) -> "tuple[Resource, _Held]":
        """Give a resource with its params resolved, and what they hold now."""
        resource, held = declared.resource, _Held()
        if not resource.parameters:
            return resource, held

        def change(text: str, place: tuple[str, ...]) -> str:
            return "".join(
                part if isinstance(part, str) else self._find_value(part, declared, place, held)
                for part in parse_references(text)
            )

        parameters = substitute(resource.parameters, change)
        if parameters is resource.parameters:
            return resource, held
        return msgspec.structs.replace(resource, parameters=parameters), held

    def _find_value(self, reference: Reference, declared: Declared, place: tuple[str, ...], held: "_Held") -> str:
        uid = find_resource(reference, declared, place)
        path = reference.path[2:]
        try:
            if not uid:
                return print_value(find_metadata(reference, declared.scope))
            if not path:
                outputs = ", ".join(list_outputs(self.realised[uid].result)) or "it has none"
                raise LookupError(f"{uid} is a resource, and no text", f"name an output of it: {outputs}")
            value = find_output(self.realised[uid], path)
        except LookupError as error:
            message, hint = error.args
            raise placeholder_error(reference, message, declared, place, hint) from None
        if is_secret_output(self.realised[uid], path):
            held.values.extend(secret_values(value))
            held.secret.add(place[1])
        if not isinstance(value, str) and mark_references(value) != value:
            held.open.add(place[1])
        return to_plain(value)


class _Held:
    """What the params of a resource hold of other resources: secret values, and the params with a secret or open output."""

    __slots__ = ("open", "secret", "values")

    def __init__(self) -> None:
        self.values: list[str] = []
        self.secret: set[str] = set()
        self.open: set[str] = set()


def _call(provisioner: Provisioner, request: Request) -> Result:
    """Ask a provisioner; what it raises names the resource, and stands where the provisioner or the resource does."""
    resource = request.resource
    try:
        result = provisioner.provision(request)
        for name, said in (("outputs", result.outputs), ("state", result.state), ("shared state", result.shared)):
            if said and not is_shallow(said):
                raise InvalidInput(f"the {name} that {provisioner.uri} gave are nested deeper than {_DEEPEST}")
        return result
    except InvalidInput as error:
        origin = error.origin or provisioner.origin or resource.origin
        raise InvalidInput(f"resource {resource.uid}: {error.message}", origin, error.hint) from error
    except EngineFailed as error:
        raise EngineFailed(f"resource {resource.uid}: {error}") from error


def is_shallow(data: Any) -> bool:
    """Tell whether plain data nests no deeper than definitions may."""
    level = [data]
    for _ in range(_DEEPEST + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return True
    return False


def _check_params(resource: Resource, provisioner: Provisioner) -> list[Diagnostic]:
    """Tell params that the provisioner does not say it takes; it gets them all the same.

    The reference tools take `supported_params` for information, and files in use leave out params that they read.
    """
    supported = provisioner.supported_params
    if supported is None:
        return []
    return [
        Diagnostic(
            "unknown-field",
            f"resource {resource.uid} has a param {name!r}, which its provisioner may not know: "
            f"{suggest(name, supported, f'{provisioner.uri} takes')}",
            resource.origin,
        )
        for name in resource.parameters
        if name not in supported
    ]


def _check_outputs(resource: Resource, provisioner: Provisioner, result: Result) -> None:
    """Refuse a result without the outputs that the provisioner says it gives."""
    given = list_outputs(result)
    missing = [name for name in provisioner.expected_outputs or () if name not in given]
    if missing:
        raise InvalidInput(
            f"resource {resource.uid}: {provisioner.uri} gave no output {', '.join(missing)}",
            provisioner.origin or resource.origin,
            f"it gave {', '.join(given) or 'none'}; correct its outputs or its expected_outputs",
        )


def patch_state(state: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Merge a patch into a state, in place: mappings into mappings, null deletes, everything else replaces.

    What is put in is a copy, so that later patches change nobody's own. The rule is that of JSON Merge Patch (RFC 7396).
    """
    for key, value in patch.items():
        if value is None:
            state.pop(key, None)
        elif isinstance(value, Mapping):
            known = state.get(key)
            state[key] = patch_state(known if isinstance(known, dict) else {}, value)
        elif isinstance(value, list):
            state[key] = _copy_list(value)
        else:
            state[key] = value
    return state


def _copy_list(items: list[Any]) -> list[Any]:
    return [
        _copy_list(item) if isinstance(item, list) else _copy_mapping(item) if isinstance(item, Mapping) else item
        for item in items
    ]


def _copy_mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Copy plain data below a list: nothing is deleted in it, for a list is replaced whole."""
    return {
        key: _copy_list(value)
        if isinstance(value, list)
        else _copy_mapping(value)
        if isinstance(value, Mapping)
        else value
        for key, value in mapping.items()
    }


def list_services(application: Application, target: Target) -> dict[str, WorkloadService]:
    """Give how peers reach each workload on the target: the service's name, and ports by name (else by number)."""
    services: dict[str, WorkloadService] = {}
    for key, workload in application.workloads.items():
        ports: dict[str, ServicePort] = {}
        for port in workload.ports.values():
            if port.offered:
                name = port.name or str(port.number)
                ports[name] = ServicePort(name, port.number, port.target, port.protocol.upper())
        # Where a workload's service has a name of its own, it comes after the workload's; Compose has no such thing.
        own = target.family == "compose" or not workload.names
        services[key] = WorkloadService(workload.name if own else workload.names[-1], ports)
    return services


def merge_fragments(realised: Iterable[Realised]) -> Fragments:
    """Join the fragments of all resources in their order: what has one name is one thing, and the last to say it counts.

    Manifests are one by API group, kind, namespace and name. Takes time in proportion to the fragments.
    """
    merged = Fragments(services={}, networks={}, volumes={}, models={}, folders={}, files={}, modules={})
    manifests: dict[object, dict[str, Any]] = {}
    for one in realised:
        fragments = one.result.fragments
        for field in ("services", "networks", "volumes", "models", "folders", "files", "modules"):
            part = getattr(fragments, field)
            if part:
                getattr(merged, field).update(part)
        for manifest in fragments.manifests:
            manifests[_identify(manifest, len(manifests))] = manifest
    return msgspec.structs.replace(merged, manifests=tuple(manifests.values()))


def _identify(manifest: dict[str, Any], number: int) -> object:
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not isinstance(metadata, dict):
        return number  # Without a name (generateName, a list) nothing is the same.
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    return group, str(manifest.get("kind")), str(metadata.get("namespace", "")), name


def random_guid() -> str:
    """Give a new random identifier, a version 4 UUID as RFC 9562 spells it."""
    from secrets import token_bytes

    data = bytearray(token_bytes(16))
    data[6] = data[6] & 0x0F | 0x40
    data[8] = data[8] & 0x3F | 0x80
    digits = data.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
