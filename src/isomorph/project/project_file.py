"""`isomorph.yaml`: what a project consists of. The workloads' Score files, and its environments.

Paths in it are relative to its folder; here they are relative to the current folder, as everything that reads wants them.
"""

import os.path
from posixpath import normpath

import msgspec

from isomorph.model.errors import Diagnostic, InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, Source
from isomorph.platforms.table import BY_NAME, load_function
from isomorph.project.builds import NamedBuild, read_builds
from isomorph.project.definitions import NamedDefinition, parse_definition
from isomorph.project.project_shape import check_shape
from isomorph.project.root import NAMED_PATHS, PROJECT_FILE, find_root, rename_files
from isomorph.project.shape_checks import did_you_mean, is_null, raise_faults
from isomorph.project.workload_globs import find_files, is_pattern, join_path
from isomorph.provisioning.sources import FileSource, parse_source
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

PATH_OPTIONS = ("file", "env-file", "param-file", "values", "var-file", "overrides-file")
"""Options of definitions whose values are paths."""

SECTIONS = ("compare", "align", "expect", "suppress", "severity", "policy")
"""What the file says about comparing its environments."""


class Listed(msgspec.Struct, frozen=True):
    """A path or other source that a list of the project file names, and where."""

    text: str
    origin: Origin


class ProjectEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """An environment: the definitions that form it, and what generates them. `places` are those of the definitions.

    `workloads` are Score files of this environment only, `builds` how it builds images.
    """

    name: str
    origin: Origin
    definitions: tuple[NamedDefinition, ...] = ()
    places: tuple[Origin, ...] = ()
    provisioners: tuple[Listed, ...] = ()
    workloads: tuple[str, ...] = ()
    overrides: tuple[Listed, ...] = ()
    builds: tuple[NamedBuild, ...] = ()
    patch_templates: tuple[Listed, ...] = ()
    namespace: str = ""


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What a project file says. `root` is its folder, relative to the current one; `workloads` are files or folders.

    A file that an environment names as its own is none of the project's, whatever the project's patterns match.
    `sections` are the nodes of what it says about comparing, by key.
    """

    root: str
    file: str
    name: str = ""
    workloads: tuple[str, ...] = ()
    environments: dict[str, ProjectEnvironment] = {}
    provisioners: tuple[Listed, ...] = ()
    patch_templates: tuple[Listed, ...] = ()
    default_provisioners: bool = True
    sections: dict[str, Node] = {}
    diagnostics: tuple[Diagnostic, ...] = ()

    def environment_of(self, name: str) -> ProjectEnvironment:
        """Give an environment; raises UsageError that names the nearest, or all of them."""
        environment = self.environments.get(name)
        if environment is None:
            known = list(self.environments)
            hint = did_you_mean(name, known) if known else "it has none yet: isomorph init --from DEFINITION adds one"
            raise UsageError(f"{self.file} has no environment {name!r}; {hint}")
        return environment

    def workloads_of(self, environment: ProjectEnvironment) -> tuple[str, ...]:
        """Give the Score files of an environment: the project's and its own."""
        return tuple(sorted({*self.workloads, *environment.workloads}))

    def with_path(self, path: str) -> str:
        """Give a path that is relative to the project as one relative to the current folder."""
        return _join(self.root, path)


def find_project(path: str = ".") -> str | None:
    """Give the folder, relative to the current one, of the project that a path belongs to; None without `isomorph.yaml`."""
    root = find_root(path)
    if root is None or not os.path.isfile(os.path.join(root, PROJECT_FILE)):
        return None
    return os.path.relpath(root)


def read_project(root: str, context: Context) -> Project | None:
    """Read the project file of a folder; None where there is none. Raises InvalidInputs with all its faults."""
    file = join_path(root, PROJECT_FILE)
    if not context.files.is_file(file):
        return None
    return parse_project(context.read_input(file, what="project file"), root, context)


def parse_project(content: bytes, root: str, context: Context) -> Project:
    """Read the text of the project file of a folder."""
    file = join_path(root, PROJECT_FILE)
    node = parse_one(content, file, Dialect.COMPOSE).root
    if node is None or is_null(node):
        return Project(root=root, file=file)
    return _Reader(root, file, context).read(check_shape(node))


class _Reader:
    """Reads a file whose shape is right; what its texts mean may still be wrong."""

    def __init__(self, root: str, file: str, context: Context) -> None:
        self.root = root
        self.file = file
        self.context = context
        self.faults: list[InvalidInput] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self, top: Mapping) -> Project:
        default = top.get("default-provisioners")
        environments = self.read_environments(top.get("environments"))
        own = frozenset(path for environment in environments.values() for path in environment.workloads)
        project = Project(
            root=self.root,
            file=self.file,
            name=_text(top, "name"),
            workloads=self.leave_out(self.read_workloads(top.get("workloads")), own),
            environments=environments,
            provisioners=self.read_sources(top.get("provisioners")),
            patch_templates=self.read_sources(top.get("patch-templates")),
            default_provisioners=not (isinstance(default, Scalar) and default.value is False),
            sections={key: node for key in SECTIONS if (node := top.get(key)) is not None and not is_null(node)},
            diagnostics=tuple(self.diagnostics),
        )
        if self.faults:
            raise_faults(self.faults)
        return project

    def leave_out(self, workloads: tuple[str, ...], own: frozenset[str]) -> tuple[str, ...]:
        """Give the project's Score files without those that are an environment's own; a folder with such is its files."""
        if not own:
            return workloads
        list_files = load_function("score", "reader", "list_files")
        holders = {folder for path in own for folder in _list_folders(path)}
        files: list[str] = []
        for path in workloads:
            files += list_files(Source(path), self.context) if path in holders else [path]
        return tuple(path for path in files if own.isdisjoint((path, *_list_folders(path))))

    def read_environments(self, node: Node | None) -> dict[str, ProjectEnvironment]:
        if not isinstance(node, Mapping):
            return {}
        return {name: self.read_environment(name, each, node.keys.get(name) or each) for name, each in node.items()}

    def read_environment(self, name: str, node: Node, key: Node) -> ProjectEnvironment:
        if not isinstance(node, Mapping):
            return ProjectEnvironment(name=name, origin=key.origin)
        definitions = [
            (definition, item.origin)
            for item in _items(node.get("definitions"))
            if (definition := self.read_definition(name, item)) is not None
        ]
        return ProjectEnvironment(
            name=name,
            origin=key.origin,
            definitions=tuple(definition for definition, _ in definitions),
            places=tuple(place for _, place in definitions),
            provisioners=self.read_sources(node.get("provisioners")),
            workloads=self.read_workloads(node.get("workloads")),
            builds=read_builds(node.get("builds"), self.root),
            overrides=tuple(
                Listed(_join(self.root, item.text), item.origin)
                for item in _items(node.get("overrides"))
                if isinstance(item, Scalar)
            ),
            patch_templates=self.read_sources(node.get("patch-templates")),
            namespace=_text(node, "namespace"),
        )

    def read_definition(self, environment: str, node: Node) -> NamedDefinition | None:
        """Read one definition, its paths made relative to the current folder; None where it means nothing."""
        text = node.text if isinstance(node, Scalar) else ""
        if isinstance(node, Mapping):
            text, platform = _text(node, "definition"), _text(node, "platform")
            if platform and platform not in BY_NAME:
                place = node["platform"].origin
                message = f"there is no platform {platform!r}"
                self.faults.append(InvalidInput(message, place, did_you_mean(platform, list(BY_NAME))))
                return None
            text = f"{platform}:{text}" if platform else text
        try:
            named = parse_definition(text)
        except UsageError as error:
            self.faults.append(InvalidInput(str(error), node.origin))
            return None
        if named.name is not None:
            hint = f"leave {named.name}= out"
            message = f"the definition {text!r} names an environment, and is one of {environment}"
            self.faults.append(InvalidInput(message, node.origin, hint))
        elif named.path == "-":
            self.faults.append(InvalidInput("standard input is no part of a project", node.origin, "name a file"))
        return NamedDefinition(
            _join(self.root, named.path),
            environment,
            named.platform,
            {key: tuple(self.to_option(key, value) for value in values) for key, values in named.options.items()},
        )

    def to_option(self, key: str, value: str) -> str:
        """Give the value of an option, its paths made relative to the current folder."""
        if key in PATH_OPTIONS:
            return _join(self.root, value)
        return rename_files(value, lambda path: _join(self.root, path)) if key == NAMED_PATHS else value

    def read_sources(self, node: Node | None) -> tuple[Listed, ...]:
        """Read a list of sources; files by their paths from the current folder."""
        found: list[Listed] = []
        for item in _items(node):
            text = item.text if isinstance(item, Scalar) else ""
            try:
                source = parse_source(text)
            except UsageError as error:
                self.faults.append(InvalidInput(str(error), item.origin))
                continue
            if isinstance(source, FileSource):
                if source.path == "-":
                    fault = InvalidInput("standard input is no part of a project", item.origin, "name a file")
                    self.faults.append(fault)
                text = _join(self.root, source.path)
            found.append(Listed(text, item.origin))
        return tuple(found)

    def read_workloads(self, node: Node | None) -> tuple[str, ...]:
        """Give the files that the patterns match, and each path that is none as it is: whoever reads it says it is not there."""
        found: set[str] = set()
        for item in _items(node):
            text = item.text if isinstance(item, Scalar) else ""
            if not is_pattern(text):
                found.add(normpath(_join(self.root, text)))
                continue
            try:
                files = find_files(text, self.root, self.context, item.origin)
            except InvalidInput as fault:
                self.faults.append(fault)
                continue
            if not files:
                self.diagnostics.append(Diagnostic("missing-file", f"no file matches {text}", item.origin))
            found.update(files)
        return tuple(sorted(found))


def target_of(environment: ProjectEnvironment, context: Context) -> tuple[NamedDefinition, str]:
    """Give the definition of an environment that can be generated, the first such, and its platform.

    A definition that does not say its platform counts where its content does. Raises InvalidInput where there is none.
    """
    for definition in environment.definitions:
        platform = definition.platform or _detect(definition.path, context)
        if platform is not None and platform != "score" and BY_NAME[platform].writes:
            return definition, platform
    hint = 'add one, such as "compose:compose.yaml"'
    if not environment.definitions:
        raise InvalidInput(f"environment {environment.name} names no definition", environment.origin, hint)
    raise InvalidInput(
        f"environment {environment.name} has no definition of a platform that can be generated",
        environment.places[0],
        hint + ", or say its platform before a colon",
    )


def platform_of(environment: ProjectEnvironment, context: Context) -> str:
    """Give the platform that an environment is generated for."""
    return target_of(environment, context)[1]


def _detect(path: str, context: Context) -> str | None:
    from isomorph.platforms.detection import detect_platform

    try:
        return detect_platform(path, context)
    except (InvalidInput, UsageError, OSError):
        return None


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _text(node: Mapping, key: str) -> str:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) and isinstance(value.value, str) else ""


def _list_folders(path: str) -> list[str]:
    """Give the folders that a path is in, the nearest first."""
    return ["/".join(path.split("/")[:count]) or "/" for count in range(path.count("/"), 0, -1)] + ["."]


def _join(root: str, path: str) -> str:
    return path if root in ("", ".") or path.startswith("/") else normpath(f"{root}/{path}")
