"""An entry of a provisioner file whose uri is `terraform://MODULE`.

A resource becomes a module block, its params arguments of the module. Its outputs are those of the last apply, which the
state keeps; before the first one they are what the platform resolves when the output runs: keys of a Secret, or variables
that Compose reads.
"""

import re
from typing import Any

import msgspec

from isomorph.model.application import Secret
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.secrecy import is_secret_name
from isomorph.model.text import Placeholder, SecretValue, Text
from isomorph.platforms.module_sources import is_local
from isomorph.provisioning.contract import Fragments, Module, Parts, Request, Result
from isomorph.provisioning.entry import SHARED_KEYS, Entry, EntryNode
from isomorph.provisioning.references import print_value
from isomorph.provisioning.resolving import secret_key
from isomorph.provisioning.template_data import has_secret_reference
from isomorph.provisioning.terraform.applied import ARGUMENTS, digest_module, read_applied, to_state
from isomorph.provisioning.terraform.sources import check_source, find_folder
from isomorph.syntax.hcl.emit import is_identifier
from isomorph.syntax.tree import Mapping, Scalar, to_data

KEYS = (*SHARED_KEYS, "version", "variables", "outputs", "sensitive")

_OWN = frozenset(("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"))
"""What a module block says for itself; Terraform lets no variable have these names."""
_NOT_IN_BLOCK = re.compile(r"[^A-Za-z0-9]+")


class TerraformProvisioner(Entry, kw_only=True):
    """A module: `renamed` gives the module's output by the resource's, `sensitive` the resource's outputs that are secret."""

    project: str
    permitted: bool = True
    source: str
    version: str = ""
    variables: dict[str, Any] = msgspec.field(default_factory=dict)
    renamed: dict[str, str] = msgspec.field(default_factory=dict)
    sensitive: frozenset[str] = frozenset()

    def provision(self, request: Request) -> Result:
        """Give a module block, and outputs as far as an apply gave them; raises InvalidInput for params that cannot be."""
        if is_local(self.source):
            find_folder(self.project, self.source, self.origin)
        wanted = self._list_wanted(request)
        applied = read_applied(request.state)
        secret = frozenset(
            output
            for output, name in wanted.items()
            if output in self.sensitive or is_secret_name(output) or (name in applied and applied[name].sensitive)
        )
        module = self._make_module(request, wanted, secret)
        before = str(request.state.get(ARGUMENTS, ""))
        state = to_state(request.name, applied, before)
        fragments = Fragments(modules={to_block_name(request.name): module})
        if not before or not all(name in applied for name in wanted.values()):
            return self._give_later(request, wanted, module, state, fragments)
        outputs = {output: applied[name].value for output, name in wanted.items()}
        changed = before != digest_module(module, request.guid)
        return Result(
            outputs=outputs,
            references={output: (SecretValue(request.name, secret_key(output)),) for output in secret},
            state=state,
            secrets=secret,
            fragments=fragments,
            parts=Parts(secrets=_to_secret(request.name, outputs, secret)),
            diagnostics=(self._tell_change(request),) if changed else (),
        )

    def _list_wanted(self, request: Request) -> dict[str, str]:
        """Give the module's output for each output of the resource: those of the entry, else those that are asked for."""
        names = {**dict.fromkeys(self.expected_outputs or ()), **dict.fromkeys(self.renamed)}
        if not names:
            for name in sorted(request.asked):
                if not is_identifier(name):
                    message = f"{name!r}, asked of {request.resource.uid}, is no output of a module"
                    raise InvalidInput(message, request.resource.origin, "check the name, or list `outputs`")
                names[name] = None
        return {name: self.renamed.get(name, name) for name in names}

    def _make_module(self, request: Request, wanted: dict[str, str], secret: frozenset[str]) -> Module:
        resource = request.resource
        for name in resource.parameters:
            if name in self.variables:
                message = f"the param {name!r} is fixed by the provisioner"
                raise InvalidInput(message, resource.origin, "remove it")
            check_argument(name, "param", resource.origin)
        arguments = {**self.variables, **resource.parameters}
        return Module(
            source=self.source,
            version=self.version,
            arguments=arguments,
            outputs=tuple(sorted(set(wanted.values()))),
            sensitive=frozenset(wanted[output] for output in secret),
            secret_arguments=frozenset(
                name
                for name, value in arguments.items()
                if name in request.secret_params or (is_secret_name(name) and value is not None)
            ),
            waiting=bool(request.open_params) or has_secret_reference(resource.parameters),
            permitted=self.permitted,
        )

    def _give_later(
        self, request: Request, wanted: dict[str, str], module: Module, state: dict[str, Any], fragments: Fragments
    ) -> Result:
        """Give references to what the platform resolves when the output runs, and say what must come first."""
        references: dict[str, Text] = {}
        secrets: dict[str, Secret] = {}
        if request.target.family == "compose":
            names = {output: to_variable_name(request.name, output) for output in wanted}
            references = {output: (Placeholder(f"${{{name}}}", name),) for output, name in names.items()}
            where = f"as {', '.join(names.values())} in the environment or in an .env file"
        else:
            keys = {output: secret_key(output) for output in wanted}
            references = {output: (SecretValue(request.name, key),) for output, key in keys.items()}
            secrets = {request.name: Secret({}, external=True)} if wanted else {}
            where = f"as {', '.join(keys.values())} in a Secret {request.name}"
        message = f"{request.resource.uid} is made by {self.uri}"
        if module.waiting:
            message += ", once the resources that its params name are there"
        message += ": generate with --apply"
        if wanted:
            message += f", or apply the root module and put its outputs {where}"
        return Result(
            references=references,
            state=state,
            fragments=fragments,
            parts=Parts(secrets=secrets),
            messages=(message,),
        )

    def _tell_change(self, request: Request) -> Diagnostic:
        uid = request.resource.uid
        message = (
            f"the arguments of {uid} changed since {self.uri} was applied; its outputs are of then, --apply renews them"
        )
        return Diagnostic("assumed", message, request.resource.origin)


def _to_secret(name: str, outputs: dict[str, Any], secret: frozenset[str]) -> dict[str, Secret]:
    values = {secret_key(output): print_value(outputs[output]) for output in outputs if output in secret}
    return {name: Secret({**values}, provisioned=True)} if values else {}


def to_block_name(name: str) -> str:
    """Give the name of a resource's module block, in which no two `_` stand together."""
    words = _NOT_IN_BLOCK.sub("_", name).strip("_") or "resource"
    return words if not words[0].isdigit() else f"_{words}"


def to_variable_name(name: str, output: str) -> str:
    """Name the variable of the environment that gives an output to Compose: `orders-db` and `host` give `ORDERS_DB_HOST`."""
    words = _NOT_IN_BLOCK.sub("_", f"{name}_{output}").strip("_").upper()
    return words if not words[0].isdigit() else f"_{words}"


def check_argument(name: str, what: str, origin: Origin | None) -> None:
    """Refuse a name that is no variable of a module."""
    if name in _OWN or not is_identifier(name):
        reason = "Terraform keeps that name for itself" if name in _OWN else "it is no name in Terraform"
        raise InvalidInput(f"the {what} {name!r} cannot be a variable of a module: {reason}", origin, "rename it")


def read_terraform_provisioner(entry: EntryNode, project: str, permitted: bool = True) -> TerraformProvisioner:
    """Read an entry whose scheme is `terraform`; raises InvalidInput for keys, addresses and names that cannot be."""
    entry.check_keys(KEYS, {})
    head = entry.head()
    source = head["uri"].removeprefix("terraform://").partition("#")[0]
    version = entry.string("version") or ""
    check_source(source, version, entry.node["uri"].origin)
    renamed = _read_outputs(entry)
    named = (*renamed, *(head["expected_outputs"] or ()))
    sensitive = entry.strings("sensitive") or ()
    for name in sensitive:
        if named and name not in named:
            hint = f"its outputs are {', '.join(named)}"
            raise InvalidInput(f"there is no output {name!r} to be sensitive", entry.node["sensitive"].origin, hint)
    for name in head["expected_outputs"] or ():
        if name not in renamed and not is_identifier(name):
            place = entry.node["expected_outputs"].origin
            raise InvalidInput(f"{name!r} is no output of a module", place, f"write `outputs: {{{name}: NAME}}`")
    return TerraformProvisioner(
        **head,
        project=project,
        permitted=permitted,
        source=source,
        version=version,
        variables=_read_variables(entry),
        renamed=renamed,
        sensitive=frozenset(sensitive),
    )


def _read_mapping(entry: EntryNode, key: str) -> Mapping | None:
    node = entry.node.get(key)
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return None
    if not isinstance(node, Mapping):
        raise InvalidInput(f"`{key}` must be a mapping", node.origin, f"write `{key}: {{NAME: VALUE}}`")
    return node


def _read_variables(entry: EntryNode) -> dict[str, Any]:
    node = _read_mapping(entry, "variables")
    variables: dict[str, Any] = {}
    for name, value in node.items() if node else ():
        check_argument(name, "variable", value.origin)
        variables[name] = to_data(value)
    return variables


def _read_outputs(entry: EntryNode) -> dict[str, str]:
    node = _read_mapping(entry, "outputs")
    outputs: dict[str, str] = {}
    for name, value in node.items() if node else ():
        if not isinstance(value, Scalar) or not isinstance(value.value, str) or not is_identifier(value.value):
            raise InvalidInput(f"output {name!r} names no output of a module", value.origin, "write `host: address`")
        outputs[name] = value.value
    return outputs
