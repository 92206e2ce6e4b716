"""From files to one tree: found, parsed, interpolated, extended, included and merged, as docker compose does it.

The order is docker compose's own: in each file variables first, then `extends`, then `include`; then the file is merged
into those before it. Nothing here knows what a service means.
"""

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.compose.environment import Environment, read_environment
from isomorph.platforms.compose.extending import Extender
from isomorph.platforms.compose.interpolation import Substitution
from isomorph.platforms.compose.merging import RESET, merge_documents, name_kind, prune_resets
from isomorph.platforms.compose.paths import folder_of, join_path, rebase_document, relative_folder
from isomorph.platforms.context import Context, Source
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

# https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file, in docker compose's order.
DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = (
    "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml",
)  # fmt: skip

MAXIMUM_INCLUDES = 500
"""Files that one definition may include, directly and through others."""

MAXIMUM_DEPTH = 50
"""Files that may include each other in a chain."""

_SECTIONS = ("services", "volumes", "networks", "configs", "secrets", "models")


class Loader:
    """Reads all files of one definition; `sources` are those read, `unset` the variables nobody sets.

    `substitution` is how variables are put in: platforms of the family have grammars of their own.
    """

    substitution = Substitution

    def __init__(self, context: Context) -> None:
        self.context = context
        self.sources: list[str] = []
        self.unset: dict[str, Origin] = {}
        self.includes = 0
        self.resets = False

    def load(
        self,
        paths: list[str],
        environment: Environment,
        folder: str,
        within: tuple[str, ...] = (),
        origin: Origin | None = None,
    ) -> Mapping:
        """Read files and merge each into those before it; relative paths in the result are seen from `folder`."""
        merged: Mapping | None = None
        for path in paths:
            for root in self.parse(path, environment, "included file" if within else "Compose file", origin):
                Extender(self, environment, path, folder).extend(root)
                included = self.include(root, environment, path, folder, within)
                document = merge_documents(included, root) if included is not None else root
                merged = document if merged is None else merge_documents(merged, document)
        if merged is None or not (merged.entries or within):
            raise InvalidInput("the Compose file is empty", Origin(paths[0]), "it needs at least `services:`")
        if self.resets and not within:
            prune_resets(merged)
        return merged

    def parse(self, path: str, environment: Environment, what: str, origin: Origin | None = None) -> list[Mapping]:
        """Read a file's documents with their variables substituted."""
        try:
            content = self.context.read_input(path, origin, what)
        except InvalidInput as fault:
            raise fault if origin is None else InvalidInput(fault.message, origin, fault.hint) from None
        if path not in self.sources:
            self.sources.append(path)
        self.resets = self.resets or RESET.encode() in content or b"\0" in content
        roots: list[Mapping] = []
        for document in parse_yaml(content, path, Dialect.COMPOSE):
            root = document.root
            if root is None:
                continue
            if b"$" in content:
                substitution = self.substitution(environment.find)
                root = substitution.interpolate_tree(root)
                for name, place in substitution.unset.items():
                    self.unset.setdefault(name, place)
            if not isinstance(root, Mapping):
                raise InvalidInput(f"a Compose file is a mapping, not {name_kind(root)}", root.origin)
            roots.append(root)
        return roots

    def include(
        self, root: Mapping, environment: Environment, path: str, folder: str, within: tuple[str, ...]
    ) -> Mapping | None:
        """Give what a file's `include:` brings, as one tree, after refusing what it defines too."""
        node = root.entries.pop("include", None)
        if node is None:
            return None
        if not isinstance(node, Sequence):
            raise InvalidInput("include must be a list", node.origin, "write `- ` before the file's path")
        gathered: Mapping | None = None
        for item in node:
            included = self.include_one(item, environment, folder, (*within, path))
            _check_conflicts(included, root)
            if gathered is not None:
                _check_conflicts(included, gathered)
            gathered = included if gathered is None else merge_documents(gathered, included)
        return gathered

    def include_one(self, item: Node, environment: Environment, folder: str, within: tuple[str, ...]) -> Mapping:
        """Read one entry of `include:`; its files merge, and its paths are moved to where they are included."""
        self.includes += 1
        if self.includes > MAXIMUM_INCLUDES or len(within) > MAXIMUM_DEPTH:
            limits = f"more than {MAXIMUM_INCLUDES} files are included, or more than {MAXIMUM_DEPTH} in each other"
            raise InvalidInput(limits, item.origin, "include less")
        fields = item.entries if isinstance(item, Mapping) else {"path": item}
        unknown = next((key for key in fields if key not in ("path", "env_file", "project_directory")), None)
        if unknown is not None and isinstance(item, Mapping):
            raise InvalidInput(
                f"unknown field {unknown!r} in include",
                item.keys[unknown].origin,
                "use path, env_file, project_directory",
            )
        paths = [join_path(folder, text) for text in _texts(fields.get("path"))]
        if not paths:
            raise InvalidInput("an entry of include needs a path", item.origin)
        for path in paths:
            if path in within:
                raise InvalidInput(f"{path} includes itself: {' -> '.join((*within, path))}", item.origin, "remove one")
        directory = _texts(fields.get("project_directory"))
        own = join_path(folder, directory[0]) if directory else folder_of(paths[0])
        env_files = tuple(join_path(folder, text) for text in _texts(fields.get("env_file")))
        inner = read_environment(self.context, own, env_files, environment)
        loaded = self.load(paths, inner, own, within, item.origin)
        return rebase_document(loaded, relative_folder(own, folder)) if own != folder else loaded


def _texts(node: Node | None) -> list[str]:
    if isinstance(node, Sequence):
        return [item.text for item in node if isinstance(item, Scalar)]
    return [node.text] if isinstance(node, Scalar) and isinstance(node.value, str) else []


def _check_conflicts(included: Mapping, root: Mapping) -> None:
    """Refuse a name that an included file and the including one both define, unless they say the same."""
    for section in _SECTIONS:
        theirs, ours = included.get(section), root.get(section)
        if not isinstance(theirs, Mapping) or not isinstance(ours, Mapping):
            continue
        for name, node in ours.items():
            other = theirs.get(name)
            if other is not None and other is not node and to_data(other) != to_data(node):
                raise InvalidInput(
                    f"{section}.{name} is defined here and in an included file, at {theirs.keys[name].origin}",
                    ours.keys[name].origin,
                    "rename one, or change the included one in an override file",
                )


def find_files(source: Source, context: Context) -> list[str]:
    """Give the files of a definition: the path itself, or in a folder the default file and its override, then `?file=`."""
    named = list(source.options.get("file", ()))
    path = source.path
    if path == "-" or not _is_folder(context, path):
        return [path, *named]
    present = set(context.files.list_folder(path))
    default = next((name for name in DEFAULT_NAMES if name in present), None)
    if default is None:
        if named:
            return named
        raise InvalidInput(
            f"no Compose file in folder {path}", Origin(path), f"it looks for {', '.join(DEFAULT_NAMES)}"
        )
    found = [join_path(path, default)]
    override = next((name for name in OVERRIDE_NAMES if name in present), None)
    if override is not None and not named:
        found.append(join_path(path, override))
    return found + named


def _is_folder(context: Context, path: str) -> bool:
    return context.files.is_folder(path)


def report_unset(unset: dict[str, Origin]) -> list[Diagnostic]:
    """Give one diagnostic for each variable that nobody sets."""
    return [
        Diagnostic(
            "unset-variable",
            f"variable {name} is not set and has no default: values that need it are not known",
            origin,
        )
        for name, origin in unset.items()
    ]
