"""The table of dependencies: one row a kind of resource, or a module of the registry."""

from isomorph.platforms.terraform.dependencies.aws import AWS
from isomorph.platforms.terraform.dependencies.azure import AZURE
from isomorph.platforms.terraform.dependencies.entry import Entry
from isomorph.platforms.terraform.dependencies.google import GOOGLE
from isomorph.platforms.terraform.dependencies.modules import MODULES
from isomorph.platforms.terraform.dependencies.neutral import NEUTRAL

RESOURCES: tuple[Entry, ...] = (*AWS, *AZURE, *GOOGLE, *NEUTRAL)

_BY_KIND = {kind: entry for entry in RESOURCES for kind in entry.kinds}
_BY_SOURCE = {kind: entry for entry in MODULES for kind in entry.kinds}
_REGISTRY = ("registry.terraform.io/", "registry.opentofu.org/")
_GITHUB = ("git::https://github.com/", "git::ssh://git@github.com/", "github.com/", "git@github.com:")


def find_resource(kind: str) -> Entry | None:
    """Give the row of a type of resource."""
    return _BY_KIND.get(kind)


def find_module(source: str) -> Entry | None:
    """Give the row of a module by its source: an address in the registry, or its repository."""
    source = source.partition("?")[0]
    for host in _REGISTRY:
        source = source.removeprefix(host)
    for host in _GITHUB:
        if source.startswith(host):
            source = _of_repository(source.removeprefix(host))
            break
    head, _, below = source.partition("//")
    found = _BY_SOURCE.get(source) or _BY_SOURCE.get(f"{head}//{below}")
    return found if found is not None or below else _BY_SOURCE.get(head)


def _of_repository(path: str) -> str:
    """Give the registry's address of a repository: `OWNER/terraform-PROVIDER-NAME` is `OWNER/NAME/PROVIDER`."""
    head, _, below = path.partition("//")
    owner, _, name = head.removesuffix(".git").partition("/")
    words = name.split("-", 2)
    if len(words) < 3 or words[0] != "terraform":
        return path
    return f"{owner}/{words[2]}/{words[1]}" + (f"//{below}" if below else "")
