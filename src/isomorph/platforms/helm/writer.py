"""Definitions to a Helm chart: the objects that Kubernetes' writer gives, with what is set at installation as values.

One chart is for all environments: what is the same in all of them stands in its templates, what differs is a value. The
first environment's values are the chart's own, and each other has a file that holds only what differs. So that rendering
the chart with an environment's values gives the very objects of that environment.

Objects keep the names that the definition gives them, whatever a release is called, since peers find each other by them.
They are in the release's namespace, unless a definition has several.

Values of secrets are in no file of the chart but in `secrets/`, which neither git nor a packed chart holds. A Secret is
only rendered with its values, and stays in the cluster on an upgrade without them.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.platforms.helm.write_lift import Lift, to_camel, values_path
from isomorph.platforms.helm.write_nodes import escape, guard, print_template
from isomorph.platforms.helm.write_objects import Place, write_object
from isomorph.platforms.helm.write_pod import CHECKSUM
from isomorph.platforms.helm.write_rows import ROWS
from isomorph.platforms.helm.write_sections import CONTROLLERS, RELEASE_NAMESPACE, Piece, arrange, collect, mapping_at
from isomorph.platforms.helm.write_stores import Stores, write_config_map, write_secret
from isomorph.platforms.helm.write_surroundings import (
    IGNORED,
    VERSION,
    Way,
    is_own_test,
    print_chart,
    print_named,
    print_notes,
    print_test,
)
from isomorph.platforms.helm.write_values import Values
from isomorph.platforms.kubernetes.names import is_label, is_label_value, to_label
from isomorph.platforms.kubernetes.write_draft import Document
from isomorph.platforms.kubernetes.writer import to_documents
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml

PLATFORM = "helm"
MAIN = "Chart.yaml"
SECRET_MODE = 0o600


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a chart for one environment; what Kubernetes cannot say, or says only nearly, is told in the diagnostics."""
    return write_chart({"": definition}, options)


def values_file(environment: str) -> str:
    """Give the path in the chart of an environment's values."""
    return f"values-{environment}.yaml"


def write_chart(definitions: Mapping[str, Definition], options: WriteOptions | Mapping[str, WriteOptions]) -> Written:
    """Write one chart for several environments, of which the first has the chart's own values.

    Each environment but the first has a file `values-NAME.yaml`; where there is one only, its name is not said.
    """
    by_name = {name: options if isinstance(options, WriteOptions) else options[name] for name in definitions}
    told: dict[Diagnostic, None] = {}
    documents: dict[str, list[Document]] = {}
    for name, definition in definitions.items():
        documents[name] = _to_documents(definition, by_name[name], told)
    first = next(iter(definitions))
    application = definitions[first].application
    name = to_label(by_name[first].name or application.name or "app")
    chart = _Chart(name, tuple(definitions))
    chart.write(collect(documents))
    files = chart.finish(by_name[first])
    if chart.stores.secrets.rows and not by_name[first].secrets:
        message = (
            "the values of Secrets are in no file: give them in one of your own (secrets: in values.yaml names them)"
        )
        told[Diagnostic("assumed", message)] = None
    return Written(tuple(files), tuple(told))


def _to_documents(definition: Definition, options: WriteOptions, told: dict[Diagnostic, None]) -> list[Document]:
    """Give the objects of an environment, the namespace of most of them being the release's."""
    restores = options.restores | {PLATFORM}
    documents, draft = to_documents(definition, replace(options, generate_namespace=False, restores=restores))
    kept = [each.value for each in definition.extras if each.platform == PLATFORM and not each.path]
    documents = [*documents, *(each for each in kept if isinstance(each, dict))]
    if options.finish is not None:
        documents = options.finish(documents)
    documents = [each for each in documents if not is_own_test(each)]
    told.update(dict.fromkeys(draft.finish()))
    namespace = options.namespace or definition.application.namespace or _only_namespace(documents)
    if options.generate_namespace and namespace:
        _tell_namespace(namespace, told)
    placed: list[Document] = []
    for document in documents:
        copy: Document = _copy(document)
        metadata = copy.get("metadata")
        if isinstance(metadata, dict):
            if namespace and copy.get("kind") == "Namespace" and metadata.get("name") == namespace:
                _tell_namespace(namespace, told)
                continue
            if namespace and metadata.get("namespace") == namespace:
                metadata["namespace"] = RELEASE_NAMESPACE
        placed.append(copy)
    return placed


def _tell_namespace(name: str, told: dict[Diagnostic, None]) -> None:
    """Tell that the release's own namespace is not in the chart: it must be there before its first object."""
    message = f"the namespace {name} is no part of the chart: helm install --create-namespace makes it"
    told[Diagnostic("approximated", message)] = None


def _only_namespace(documents: list[Document]) -> str:
    found = {str(mapping_at(document, "metadata").get("namespace") or "") for document in documents} - {""}
    return found.pop() if len(found) == 1 else ""


def _copy(value: Any) -> Any:
    """Give plain data that shares nothing."""
    if isinstance(value, dict):
        return {str(key): _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list | tuple) else value


class _Chart:
    """The chart that is being written."""

    def __init__(self, name: str, environments: tuple[str, ...]) -> None:
        self.name = name
        self.environments = environments
        self.values = Values(environments)
        self.lift = Lift(self.values)
        self.stores = Stores(environments)
        self.templates: dict[str, str] = {}
        self.conditions: dict[int, str] = {}
        self.ways: list[Way] = []
        self.routes: list[tuple[str, str]] = []
        self.workloads: list[str] = []
        self.versions: set[str] = set()
        self.config_maps: dict[str, Piece] = {}
        self.scalers: dict[int, Piece] = {}

    def write(self, pieces: list[Piece]) -> None:
        """Write the template of each object."""
        arrange(pieces)
        for text in ("nameOverride", "fullnameOverride"):
            self.values.rows[(text,)] = ROWS["image.tag"]
        self.values.put(("imagePullSecrets",), {name: [] for name in self.environments}, ROWS["imagePullSecrets"])
        self.config_maps = {piece.name: piece for piece in pieces if piece.kind == "ConfigMap" and not piece.namespace}
        self.scalers = {
            id(piece.owner): piece
            for piece in pieces
            if piece.kind == "HorizontalPodAutoscaler" and piece.owner is not None
        }
        for piece in (*(each for each in pieces if each.kind in CONTROLLERS), *pieces):
            if id(piece) not in self.conditions:
                self._write(piece)

    def _write(self, piece: Piece) -> None:
        self.conditions[id(piece)] = condition = self._condition(piece)
        if piece.kind in CONTROLLERS:
            self.workloads.append(piece.name)
        if (
            piece.kind == "CustomResourceDefinition"
            and not condition
            and len({str(v) for v in piece.views.values()}) == 1
        ):
            text = emit_yaml(piece.first, dialect=Dialect.KUBERNETES)
            self.templates[f"crds/{piece.file.removeprefix('templates/')}"] = text
            return
        section = piece.owner.root if piece.owner is not None else piece.root
        place = Place(self.name, piece.root, section, self._checksum(piece), self._scaled(piece))
        if piece.kind == "ConfigMap":
            node = write_config_map(self.lift, place, piece.views, self.stores, piece.name)
        elif piece.kind == "Secret":
            node, given = write_secret(self.lift, place, piece.views, self.stores, piece.name)
            condition = given or condition
        else:
            node = write_object(self.lift, place, piece.views)
        text = print_template(node)
        self.templates[piece.file] = guard(text, condition) if condition else text
        self._note(piece, condition)

    def _condition(self, piece: Piece) -> str:
        """Give the condition under which an object is there; empty where every environment has it."""
        if piece.kind in ("Ingress", "HorizontalPodAutoscaler") and piece.owner is not None:
            own = self.lift.switch((*piece.root, "enabled"), piece.views)
            if len(piece.owner.views) < len(self.environments) and piece.views.keys() <= piece.owner.views.keys():
                return f"and {values_path((*piece.owner.root, 'enabled'))} {own}"
            return own
        if len(piece.views) == len(self.environments):
            return ""
        if piece.kind in CONTROLLERS:
            self.values.comment(piece.root, f"{piece.name}, a {piece.kind}.")
            return self.lift.switch((*piece.root, "enabled"), piece.views)
        if piece.owner is not None and piece.owner.views.keys() == piece.views.keys():
            return self.conditions[id(piece.owner)]
        if piece.kind == "Secret":
            return ""
        self.values.comment(("objects",), "Objects that not every environment has.")
        name = piece.file.removeprefix("templates/").removesuffix(".yaml")
        return self.lift.switch(("objects", to_camel(name)), piece.views)

    def _checksum(self, piece: Piece) -> str:
        """Give the expression of what a workload's configuration hashes to, where its Pods say such a hash."""
        if piece.kind not in CONTROLLERS:
            return ""
        used: dict[str, None] = {}
        for document in piece.views.values():
            template = _pod_template(document)
            if CHECKSUM not in mapping_at(template, "metadata", "annotations"):
                return ""
            used.update(dict.fromkeys(_config_maps(template.get("spec"))))
        files = [self.config_maps[name].file for name in used if name in self.config_maps]
        if not files:
            return ""
        parts = [f'include (print $.Template.BasePath "/{file.removeprefix("templates/")}") .' for file in files]
        joined = parts[0] if len(parts) == 1 else f"print ({') ('.join(parts)})"
        return f"{joined} | sha256sum"

    def _scaled(self, piece: Piece) -> tuple[str, ...]:
        scaler = self.scalers.get(id(piece))
        return (*scaler.root, "enabled") if scaler is not None else ()

    def _note(self, piece: Piece, condition: str) -> None:
        """Note what the notes and the test tell of."""
        root = piece.root
        if piece.kind in CONTROLLERS:
            self.values.comment(root, f"{piece.name}, a {piece.kind}.")
            tag = self.values.trees[self.environments[0]].get(root[0], {}).get("image", {})
            self.versions.add(str(tag.get("tag", "")) if isinstance(tag, dict) else "")
        elif piece.kind == "Ingress" and (*root, "hosts") in self.values.rows:
            self.routes.append((values_path(root), condition))
        elif piece.kind == "Service" and not piece.namespace and is_label(piece.name):
            found = [path for path in self.values.rows if path[:-1] in (root, (*root, "ports")) and "port" in path[-1]]
            found += [path for path in self.values.rows if path[:-1] == (*root, "ports")]
            ports = mapping_at(piece.first, "spec").get("ports")
            if found and isinstance(ports, list) and ports[0].get("protocol", "TCP") == "TCP":
                self.ways.append(Way(piece.name, f"int64 {values_path(found[0])}", condition))

    def finish(self, options: WriteOptions) -> list[OutputFile]:
        """Give the files of the chart, the main one first."""
        names = ", ".join(self.workloads[:4]) + (" …" if len(self.workloads) > 4 else "")
        version = self.versions.pop() if len(self.versions) == 1 else ""
        version = version if version and is_label_value(version) else VERSION
        description = f"The workloads of {self.name}: {names}" if names else f"The objects of {self.name}"
        files = {
            MAIN: print_chart(self.name, version, description, options.header),
            "values.yaml": self.values.print(_header(self.name, self.environments)),
            **{values_file(name): _print_differences(self.values, name) for name in self.environments[1:]},
            "values.schema.json": _print_schema(self.values),
            ".helmignore": IGNORED,
            "templates/_helpers.tpl": print_named(self.name),
            **self.templates,
            **self.stores.files,
        }
        hidden = {values_path(path): escape(name) for path, name in self.stores.named.items()}
        files["templates/NOTES.txt"] = print_notes(self.name, self.ways, self.routes, hidden)
        if self.ways:
            files["templates/tests/test-connection.yaml"] = print_test(self.name, self.ways)
        written = [OutputFile(path, content, in_folder=path == MAIN) for path, content in files.items()]
        return written + (_print_secrets(self.stores.secrets) if options.secrets else [])


def _header(name: str, environments: tuple[str, ...]) -> str:
    said = f"Values of the chart {name}."
    if len(environments) > 1:
        others = ", ".join(environments[1:])
        said += f" They are those of {environments[0]}; the files of {others} hold only what differs from these."
    return (
        f"{said}\n\nObjects have fixed names, whatever the release is called, since workloads find each other by them:"
        "\ninstall it once in a namespace."
    )


def _print_differences(values: Values, environment: str) -> str:
    header = f"What {environment} says otherwise than values.yaml."
    return emit_yaml(values.differences(environment), dialect=Dialect.KUBERNETES, header=header)


def _print_schema(values: Values) -> str:
    from json import dumps

    return dumps(values.schema(), indent=2, ensure_ascii=False) + "\n"


def _print_secrets(secrets: Values) -> list[OutputFile]:
    """Give the files with values of secrets, which git and packed charts leave out."""
    written: list[OutputFile] = []
    for name, tree in secrets.trees.items():
        if any(tree.values()):
            path = f"secrets/{values_file(name) if name else 'values.yaml'}"
            header = "Values of secrets, for whoever installs the chart: helm install -f this file. Not for git."
            text = emit_yaml(tree, dialect=Dialect.KUBERNETES, header=header)
            written.append(OutputFile(path, text, SECRET_MODE))
    if written:
        written.append(OutputFile("secrets/.gitignore", "# Secrets are in no repository.\n*\n"))
    return written


def _pod_template(document: Document) -> Document:
    jobs = ("jobTemplate", "spec") if document.get("kind") == "CronJob" else ()
    return mapping_at(document, "spec", *jobs, "template")


def _config_maps(value: Any) -> list[str]:
    """Give the names of the ConfigMaps that a Pod refers to."""
    found: list[str] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("configMap", "configMapRef", "configMapKeyRef") and isinstance(inner, dict):
                found.append(str(inner.get("name", "")))
            else:
                found += _config_maps(inner)
    elif isinstance(value, list):
        for inner in value:
            found += _config_maps(inner)
    return found
