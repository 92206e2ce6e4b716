"""Requests for provisioners under test, and reading provisioners out of text."""

from typing import Any

from isomorph.platforms.context import Files
from isomorph.provisioning.command import Commands
from isomorph.provisioning.contract import Request, Resource, ServicePort, Target, WorkloadService
from isomorph.provisioning.files import FileProvisioner, Loading, read_provisioners

GUID = "0b1f3a52-8f7e-4d0c-9a55-3c1d2e4f5a6b"

SERVICES = {
    "shop": WorkloadService("shop-svc", {"web": ServicePort("web", 80, 8080)}),
    "backend": WorkloadService(
        "backend-svc", {"web": ServicePort("web", 80, 8080), "90": ServicePort("90", 81, 90, "UDP")}
    ),
}


def make_request(platform: str = "compose", type_: str = "thing", **changes: Any) -> Request:
    """Give a request for a resource `db` of workload `shop`; `params` and `metadata` are those of the resource."""
    resource = Resource(
        uid=f"{type_}.default#shop.db",
        type=type_,
        id=changes.pop("id", "shop.db"),
        workload="shop",
        parameters=changes.pop("params", {}),
        metadata=changes.pop("metadata", {}),
    )
    target = Target(platform, project="project", namespace="prod" if platform != "compose" else "", mounts="./mounts")
    return Request(**{"resource": resource, "guid": GUID, "target": target, "services": SERVICES, **changes})


def read_one(text: str, platform: str = "compose", commands: Commands | None = None) -> FileProvisioner:
    """Read the only provisioner of a text, as the file `p.provisioners.yaml`."""
    found = read_provisioners(text, "p.provisioners.yaml", Loading(platform, commands))
    assert len(found) == 1
    return found[0]


class TextFiles:
    """Files that are texts in memory."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def read_bytes(self, path: str) -> bytes:
        try:
            return self.texts[path].encode()
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory", path) from None

    def is_file(self, path: str) -> bool:
        return path in self.texts

    def is_folder(self, path: str) -> bool:
        return any(name.startswith(f"{path}/") for name in self.texts)

    def list_folder(self, path: str) -> list[str]:
        return sorted({name[len(path) + 1 :].split("/")[0] for name in self.texts if name.startswith(f"{path}/")})


_check: type[Files] = TextFiles
