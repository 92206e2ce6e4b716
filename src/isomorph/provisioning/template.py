"""`template://`: a provisioner whose every field is a Go template that gives YAML.

Fields are rendered in the order of the reference tools, each seeing what those before it gave. gotpl renders them; it
is imported, and a field compiled, when one is rendered first.
"""

import posixpath
import re
from collections.abc import Mapping as MappingType
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.table import find_family
from isomorph.provisioning.contract import Fragments, Request, Result, WorkloadService
from isomorph.provisioning.disclosure import collect_secrets, find_disclosures, mask_for, mask_message
from isomorph.provisioning.entry import SHARED_KEYS, Entry, EntryNode, TemplateText
from isomorph.provisioning.template_data import (
    copy_plain,
    has_secret_reference,
    patch_shared,
    to_template_data,
    to_template_services,
)
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect

STATEFUL_FIELDS = ("init", "state", "shared", "outputs")
COMPOSE_FIELDS = ("directories", "files", "networks", "services", "volumes", "models", "info_logs")
KUBERNETES_FIELDS = ("manifests",)

_CHANGING = re.compile(r"\b(?:set|unset|merge|mergeOverwrite|mustMerge|mustMergeOverwrite)\b")
"""Sprig's functions that change the mapping they are given, which may be the caller's."""
_CHANGEABLE = ("Params", "Metadata", "State", "Shared", "WorkloadServices")


def fields_of(platform: str) -> tuple[str, ...]:
    """Give the templates that a provisioner of a platform may have, in the order of their rendering."""
    return STATEFUL_FIELDS + (COMPOSE_FIELDS if platform == "compose" else KUBERNETES_FIELDS)


class Compiler:
    """Compiles the templates of a platform; gotpl and its functions are loaded when the first one is.

    `variables` are what templates see of the environment.
    """

    def __init__(self, platform: str, variables: MappingType[str, str] | None = None) -> None:
        self.platform = find_family(platform)
        self.variables = variables or {}
        self._functions: dict[str, Any] = {}
        self._services: tuple[dict[str, WorkloadService], dict[str, Any]] = ({}, {})

    def to_services(self, services: dict[str, WorkloadService]) -> dict[str, Any]:
        """Give services in the templates' form; as long as all requests of a run hold the same ones, they are made once."""
        if self._services[0] is not services:
            self._services = (services, to_template_services(services))
        return self._services[1]

    def compile(self, text: str, name: str) -> Any:
        """Give a template that renders data; raises gotpl's TemplateSyntaxError."""
        from isomorph.provisioning.template_functions import compile_template, make_functions

        if not self._functions:
            self._functions = make_functions(self.platform, self.variables)
        return compile_template(text, name, self._functions)


class TemplateProvisioner(Entry, kw_only=True):
    """A provisioner made of templates, each compiled when it is rendered first."""

    compiler: Compiler
    templates: dict[str, TemplateText] = msgspec.field(default_factory=dict)
    changes_data: bool = False
    compiled: dict[str, Any] = msgspec.field(default_factory=dict)

    def provision(self, request: Request) -> Result:
        """Render all fields; raises InvalidInput at the line of the template that fails or gives what is no such field."""
        from isomorph.syntax.gotemplate.bounds import TIME_LIMIT, TookTooLong, limit_time

        try:
            with limit_time():
                return self._provision(request)
        except TookTooLong:
            raise InvalidInput(
                f"the templates of {self.uri} took longer than {TIME_LIMIT:g} seconds",
                self.origin,
                "look for a loop that multiplies its own result",
            ) from None

    def _provision(self, request: Request) -> Result:
        data = to_template_data(request, self.compiler.to_services(request.services))
        if self.changes_data:
            data.update({field: copy_plain(data[field]) for field in _CHANGEABLE})
        data["Init"] = self._mapping("init", data, request)
        data["State"] = state = self._mapping("state", data, request)
        shared = self._mapping("shared", data, request)
        data["Shared"] = patch_shared(request.shared, shared)
        outputs = self._mapping("outputs", data, request)
        fragments = self._fragments(data, request)
        secrets = collect_secrets(state, shared, outputs, request.resource.parameters)
        messages = self._messages(data, request)
        return Result(
            outputs=outputs,
            state=state,
            shared=shared,
            fragments=fragments,
            messages=tuple(mask_message(message, secrets) for message in messages),
            diagnostics=find_disclosures(request, fragments, secrets, self.origin),
        )

    def _fragments(self, data: dict[str, Any], request: Request) -> Fragments:
        if self.compiler.platform != "compose":
            return Fragments(manifests=self._manifests(data, request))
        return Fragments(
            folders=self._folders(data, request),
            files=self._files(data, request),
            networks=self._parts("networks", data, request),
            services=self._parts("services", data, request),
            volumes=self._parts("volumes", data, request),
            models=self._parts("models", data, request),
        )

    def _render(self, field: str, data: dict[str, Any], request: Request) -> Node | None:
        """Render a field and parse it; None where there is no template, or nothing in what it gives."""
        template = self.templates.get(field)
        if template is None:
            return None
        from gotpl.errors import TemplateError

        try:
            compiled = self.compiled.get(field)
            if compiled is None:
                compiled = self.compiled[field] = self.compiler.compile(template.text, field)
            text: str = compiled.render(data)
        except TemplateError as error:
            raise self._refuse(field, request, describe_failure(error), template.to_origin(*place_of(error))) from None
        except RecursionError:
            raise self._refuse(field, request, "it is nested too deep", template.origin) from None
        return self._parse(text, field, request, template.origin) if text.strip() else None

    def _parse(self, text: str, field: str, request: Request, origin: Origin) -> Node | None:
        from isomorph.syntax.yaml.read import Limits, parse_one

        try:
            return parse_one(text, field, Dialect.COMPOSE, limits=Limits(repeated=10_000)).root
        except InvalidInput as error:
            line = error.origin.line if error.origin else 1
            message = f"it gives no YAML: {error.message} (line {line} of what it gives)"
            raise self._refuse(field, request, message, origin) from None

    def _refuse(self, field: str, request: Request, message: str, origin: Origin | None = None) -> InvalidInput:
        """Give the error for a field; what is secret in the state does not show in it."""
        template = self.templates.get(field)
        return InvalidInput(
            f"template `{field}` of {self.uri} failed: {mask_for(message, request)}",
            origin or (template.origin if template else self.origin),
        )

    def _node(self, field: str, data: dict[str, Any], request: Request) -> Mapping | None:
        node = self._render(field, data, request)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return None
        if not isinstance(node, Mapping):
            raise self._refuse(field, request, "it must give a mapping")
        return node

    def _mapping(self, field: str, data: dict[str, Any], request: Request) -> dict[str, Any]:
        node = self._node(field, data, request)
        return {} if node is None else {key: to_data(value) for key, value in node.items()}

    def _parts(self, field: str, data: dict[str, Any], request: Request) -> dict[str, Any]:
        """Render named parts of a Compose file: mappings, or null for one that says nothing."""
        parts = self._mapping(field, data, request)
        for name, part in parts.items():
            if part is not None and not isinstance(part, dict):
                raise self._refuse(field, request, f"{name} must be a mapping")
        return {name: part or {} for name, part in parts.items()}

    def _folders(self, data: dict[str, Any], request: Request) -> dict[str, bool]:
        folders: dict[str, bool] = {}
        for path, wanted in self._mapping("directories", data, request).items():
            if not isinstance(wanted, bool):
                raise self._refuse("directories", request, f"{path} must be true (is there) or false (is removed)")
            folders[self._relative(path, "directories", request)] = wanted
        return folders

    def _files(self, data: dict[str, Any], request: Request) -> dict[str, str | None]:
        files: dict[str, str | None] = {}
        node = self._node("files", data, request)
        for path, content in node.items() if node else ():
            if not isinstance(content, Scalar):
                raise self._refuse("files", request, f"{path} must be text, or null for a file that is removed")
            files[self._relative(path, "files", request)] = None if content.value is None else content.text
        return files

    def _relative(self, path: str, field: str, request: Request) -> str:
        try:
            return to_relative_path(path)
        except ValueError as error:
            raise self._refuse(field, request, str(error)) from None

    def _manifests(self, data: dict[str, Any], request: Request) -> tuple[dict[str, Any], ...]:
        node = self._render("manifests", data, request)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if not isinstance(node, Sequence) or not all(isinstance(item, Mapping) for item in node):
            raise self._refuse("manifests", request, "it must give a list of mappings")
        manifests = tuple(to_data(item) for item in node)
        for manifest in manifests:
            if has_secret_reference(manifest):
                message = f"{manifest.get('kind')} holds a secret reference, which only outputs can carry"
                raise self._refuse("manifests", request, message)
        return manifests

    def _messages(self, data: dict[str, Any], request: Request) -> tuple[str, ...]:
        node = self._render("info_logs", data, request) if self.compiler.platform == "compose" else None
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if not isinstance(node, Sequence):
            raise self._refuse("info_logs", request, "it must give a list of strings")
        return tuple(item.text for item in node if isinstance(item, Scalar))


def read_template_provisioner(entry: EntryNode, compiler: Compiler) -> TemplateProvisioner:
    """Read an entry whose scheme is `template`; raises InvalidInput for a key that the platform's templates do not have."""
    fields = fields_of(compiler.platform)
    other = "Kubernetes" if compiler.platform == "compose" else "Compose"
    elsewhere = {
        field: f"only provisioners for {other} have it; these are for {compiler.platform}"
        for field in (*COMPOSE_FIELDS, *KUBERNETES_FIELDS)
        if field not in fields
    }
    entry.check_keys((*SHARED_KEYS, *fields), elsewhere)
    templates = {field: text for field in fields if (text := entry.template(field)) is not None}
    changes = any(_CHANGING.search(template.text) for template in templates.values())
    return TemplateProvisioner(**entry.head(), compiler=compiler, templates=templates, changes_data=changes)


def describe_failure(error: Exception) -> str:
    """Give what gotpl says of a failure without the place, which is said otherwise; `fail` speaks for itself."""
    message = str(getattr(error, "message", "")) or str(error).split(": ", 1)[-1]
    return message.removeprefix("function 'fail' failed: ")


def place_of(error: Exception) -> tuple[int | None, int | None]:
    """Give the line and column of a failure in its template, where it has them."""
    return getattr(error, "line", None), getattr(error, "column", None)


def to_relative_path(path: str) -> str:
    """Clean a path that must stay below its folder; raises ValueError for one that does not."""
    clean = posixpath.normpath(path)
    if not path or "\0" in path or clean.startswith(("/", "../")) or clean in (".", "..") or "\\" in path:
        raise ValueError(f"{path!r} is no path below the folder of mounts")
    return clean
