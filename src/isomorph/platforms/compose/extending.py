"""`extends`: a service that starts from another, of the same file or of another one."""

from typing import TYPE_CHECKING

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.compose.environment import Environment
from isomorph.platforms.compose.merging import merge_services
from isomorph.platforms.compose.paths import folder_of, join_path, rebase_service, relative_folder
from isomorph.syntax.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from isomorph.platforms.compose.loading import Loader


MAXIMUM_CHAIN = 100
"""Services that may extend each other in a chain."""


class Extender:
    """Extends the services of one file. Relative paths in the file are seen from `folder`."""

    def __init__(
        self,
        loader: "Loader",
        environment: Environment,
        path: str,
        folder: str,
        chain: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.loader = loader
        self.environment = environment
        self.path = path
        self.folder = folder
        self.chain = chain

    def extend(self, root: Mapping) -> None:
        """Replace every service that extends another by the two merged."""
        services = root.get("services")
        if not isinstance(services, Mapping):
            return
        for name in list(services.entries):
            self.extend_service(name, services, self.chain)

    def extend_service(self, name: str, services: Mapping, chain: tuple[tuple[str, str], ...]) -> Node:
        """Give a service after what it extends was merged in; raises InvalidInput for circles and unknown services."""
        service = services.entries[name]
        reference = service.entries.get("extends") if isinstance(service, Mapping) else None
        if reference is None or not isinstance(service, Mapping):
            return service
        key = (self.path, name)
        if key in chain:
            circle = " -> ".join(f"{name} in {path}" for path, name in (*chain, key))
            raise InvalidInput(f"service {name} extends itself: {circle}", reference.origin, "remove one `extends`")
        if len(chain) >= MAXIMUM_CHAIN:
            raise InvalidInput(f"more than {MAXIMUM_CHAIN} services extend each other", reference.origin, "extend less")
        base_name, file, origin = _read_reference(reference)
        if file is None:
            if base_name not in services:
                raise _unknown(name, base_name, self.path, services, origin)
            base = self.extend_service(base_name, services, (*chain, key))
        else:
            base = self.find_elsewhere(name, base_name, join_path(self.folder, file), origin, (*chain, key))
        own = Mapping(service.origin, {k: v for k, v in service.items() if k != "extends"}, service.keys, service.tag)
        merged = merge_services(base, own)
        services.entries[name] = merged
        return merged

    def find_elsewhere(
        self, name: str, base_name: str, path: str, origin: Origin, chain: tuple[tuple[str, str], ...]
    ) -> Node:
        """Give a service of another file, its paths moved to where this file sees them."""
        folder = folder_of(path)
        for root in self.loader.parse(path, self.environment, "extended file", origin):
            services = root.get("services")
            if not isinstance(services, Mapping) or base_name not in services:
                known = services if isinstance(services, Mapping) else Mapping(root.origin, {}, {})
                raise _unknown(name, base_name, path, known, origin)
            base = Extender(self.loader, self.environment, path, folder, chain).extend_service(
                base_name, services, chain
            )
            if isinstance(base, Mapping) and folder != self.folder:
                return rebase_service(base, relative_folder(folder, self.folder))
            return base
        raise InvalidInput(f"extended file {path} is empty", origin)


def _read_reference(node: Node) -> tuple[str, str | None, Origin]:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.text, None, node.origin
    service = node.get("service") if isinstance(node, Mapping) else None
    if not isinstance(service, Scalar):
        raise InvalidInput("extends needs the name of a service", node.origin, "write `extends: {service: NAME}`")
    file = node.get("file") if isinstance(node, Mapping) else None
    return service.text, file.text if isinstance(file, Scalar) and file.value is not None else None, service.origin


def _unknown(name: str, base: str, path: str, services: Mapping, origin: Origin) -> InvalidInput:
    from difflib import get_close_matches

    close = get_close_matches(base, services.entries, 1)
    return InvalidInput(
        f"service {name} extends {base}, which {path} does not define",
        origin,
        f"did you mean {close[0]}?" if close else f"it defines {', '.join(list(services.entries)[:10]) or 'none'}",
    )
