"""What all modules of one reading share: files, limits, what a state knows, what has been found."""

import posixpath

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.terraform.after import After
from isomorph.platforms.terraform.folder import Folder, read_folder
from isomorph.platforms.terraform.module import CalledModule, Link, Provider, Resource
from isomorph.platforms.terraform.sensitive import Secrets
from isomorph.syntax.hcl.body import Encoded
from isomorph.syntax.hcl.scope import Scope
from isomorph.syntax.hcl.surroundings import Account
from isomorph.syntax.tree import Mapping, Node, Sequence

MOST_TURNS = 300_000
"""Turns of all the loops of a configuration."""
MOST_THINGS = 10_000
"""Instances of resources and modules of a configuration."""
DEEPEST = 20
"""Modules in each other."""


class Evaluation:
    """One reading of a configuration; `open` has what is being evaluated, to tell a circle."""

    def __init__(self, context: Context, root: str, workspace: str, secrets: Secrets, after: After | None) -> None:
        self.context = context
        self.root = root
        self.workspace = workspace
        self.after = after
        self.secrets = secrets
        self.account = Account(MOST_TURNS)
        self.missing: dict[str, Origin] = {}
        self.old_commas: list[Origin] = []
        self.scope = Scope(
            unknown="refuse",
            read_file=self.read_file,
            list_folder=self.list_folder,
            missing=self.missing,
            folder=f"{root}/" if root else "",
            unset={},
            open_blocks={},
            uses={},
        )
        self.open: dict[str, Origin] = {}
        self.unset: dict[str, Origin] = {}
        self.uncounted: dict[str, tuple[Origin, str]] = {}
        self.folders: dict[str, Folder] = {}
        self.resources: list[Resource] = []
        self.modules: list[CalledModule] = []
        self.providers: list[Provider] = []
        self.things = 0

    def find_path(self, path: str, origin: Origin) -> str:
        """Give a path of the configuration from the current folder; what is a path of one machine is not looked for."""
        if "\0" in path or "\\" in path:
            raise InvalidInput(f"{path[:80]!r} is no path", origin, "name a file of the project, from `${path.module}`")
        if is_of_one_machine(path):
            raise FileNotFoundError(path)
        return posixpath.normpath(f"{self.root}/{path}" if self.root else path)

    def read_file(self, path: str, origin: Origin) -> bytes:
        found = self.find_path(path, origin)
        try:
            return self.context.files.read_bytes(found)
        except InvalidInput as error:
            raise InvalidInput(error.message, origin, error.hint) from None

    def list_folder(self, path: str, origin: Origin) -> list[str] | None:
        if is_of_one_machine(path):
            return None
        found = self.find_path(path, origin)
        try:
            return self.context.files.list_folder(found) if self.context.files.is_folder(found) else None
        except InvalidInput as error:
            raise InvalidInput(error.message, origin, error.hint) from None

    def folder(self, path: str, origin: Origin | None = None) -> Folder:
        """Read a folder, once; `origin` is where it is named."""
        known = self.folders.get(path)
        if known is not None:
            return known
        try:
            if not self.context.files.is_folder(path or "."):
                raise InvalidInput(f"there is no folder {path or '.'}", origin or Origin(path or "."), "check the path")
        except InvalidInput as error:
            hint = error.hint or "start in the folder that holds all of it"
            raise InvalidInput(error.message, origin or error.origin, hint) from None
        found = self.folders[path] = read_folder(path, self.context, self.old_commas)
        return found

    def count_thing(self, origin: Origin) -> None:
        self.things += 1
        if self.things > MOST_THINGS:
            raise InvalidInput(f"more than {MOST_THINGS} instances of resources and modules", origin, "make fewer")

    def begin(self, what: str, origin: Origin) -> None:
        """Note that something is being evaluated; raises InvalidInput where it waits for itself."""
        if what in self.open:
            names = list(self.open)
            circle = [*names[names.index(what) :], what]
            raise InvalidInput(f"values wait for each other: {' -> '.join(circle[-10:])}", origin, "cut the circle")
        self.open[what] = origin

    def end(self, what: str) -> None:
        self.open.pop(what, None)

    def links(self, body: Mapping) -> tuple[Link, ...]:
        """Give what the values in a body come from, in the order of their paths."""
        found: dict[Link, None] = {}
        waiting: list[tuple[tuple[str | int, ...], Node]] = [((), body)]
        while waiting:
            path, node = waiting.pop()
            for address, attribute in self.scope.uses.get(node, ()):
                found[Link(path, address, attribute)] = None
            if isinstance(node, Mapping):
                waiting += [((*path, key), each) for key, each in reversed(list(node.items()))]
            elif isinstance(node, Encoded):
                waiting.append((path, node.tree))
            elif isinstance(node, Sequence):
                waiting += [((*path, number), each) for number, each in reversed(list(enumerate(node)))]
        return tuple(found)

    def diagnose(self) -> list[Diagnostic]:
        """Tell what is not known here."""
        told = [
            Diagnostic("unset-variable", f"variable {name} has no value; what depends on it is unresolved", origin)
            for name, origin in self.unset.items()
        ]
        told += [
            Diagnostic("missing-file", f"file {path} {_absence(path)}; what depends on it is unresolved", origin)
            for path, origin in self.missing.items()
        ]
        told += [_tell_uncounted(address, variable, origin) for address, (origin, variable) in self.uncounted.items()]
        told += [
            Diagnostic(
                "known-after-apply", f"how many blocks {kind} there are only an apply tells; one is read", origin
            )
            for origin, kind in self.scope.open_blocks.items()
        ]
        if self.old_commas:
            message = f"a comma after an argument, which Terraform takes no more ({len(self.old_commas)} times)"
            told.append(Diagnostic("deprecated", message, self.old_commas[0]))
        return told


def is_of_one_machine(path: str) -> bool:
    """Tell whether a path is none of the project: one from the root, or from somebody's home."""
    return path.startswith(("/", "~"))


def _tell_uncounted(address: str, variable: str, origin: Origin) -> Diagnostic:
    if variable:
        message = f"how many {address} there are depends on variable {variable}, which has no value; one stands for all"
        return Diagnostic("unset-variable", message, origin)
    message = f"how many {address} there are only an apply tells; one stands for all"
    return Diagnostic("known-after-apply", message, origin)


def _absence(path: str) -> str:
    return "is of one machine, and not read" if is_of_one_machine(path) else "does not exist"
