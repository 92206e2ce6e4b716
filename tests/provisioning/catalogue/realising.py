"""Resources of one small definition, made by the catalogue, written for a platform and read back."""

from typing import Any

from msgspec.structs import replace

from isomorph.drift.finding import Environment
from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.table import load_reader, load_writer
from isomorph.provisioning.assembling import assemble
from isomorph.provisioning.catalogue import load_catalogue
from isomorph.provisioning.catalogue.declaration import Draw
from isomorph.provisioning.contract import Request, Resource, Result, ServicePort, Target, WorkloadService
from isomorph.provisioning.engine import Kept, Provisioned, provision
from tests.memory_context import memory_context
from tests.provisioning.provisioners import read_score

SERVICES = {
    "shop": WorkloadService("shop", {"web": ServicePort("web", 80, 8080), "9000": ServicePort("9000", 9000, 9000)}),
    "orders": WorkloadService("orders", {"api": ServicePort("api", 80, 5000), "debug": ServicePort("debug", 81, 81)}),
}

HEAD = "apiVersion: score.dev/v1b1\nmetadata: {name: shop}\n"
SERVICE = "service:\n  ports:\n    web: {port: 80, targetPort: 8080}\n"
ORDERS = (
    "apiVersion: score.dev/v1b1\nmetadata: {name: orders}\n"
    "service:\n  ports:\n    api: {port: 80, targetPort: 5000}\n"
    "containers:\n  orders: {image: 'example.com/orders:1'}\n"
)


class Drawing:
    """A source of secrets that can be told from each other: every one begins with its number."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def __call__(self, length: int) -> str:
        self.drawn.append(f"Drawn{len(self.drawn)}".ljust(length, "x"))
        return self.drawn[-1]


def ask(type_: str, platform: str = "compose", draw: Draw | None = None, **changes: Any) -> Request:
    """Give a request for the resource `db` of the workload `shop`; `params` and `metadata` are those of the resource."""
    own = f"shop.{changes.pop('resource', 'db')}"
    id_ = changes.pop("id", own)
    resource = Resource(
        uid=f"{type_}.default#{id_}",
        type=type_,
        id=id_,
        workload="shop",
        parameters=changes.pop("params", {}),
        metadata=changes.pop("metadata", {}),
    )
    known = {"guid": "g", "target": Target(platform), "services": SERVICES, "name": own.replace(".", "-"), **changes}
    return Request(resource=resource, **known)


def realise(type_: str, platform: str = "compose", draw: Draw | None = None, **changes: Any) -> Result:
    """Give what the catalogue makes of a resource; see `ask`."""
    provisioners = load_catalogue(platform, draw or Drawing())
    chosen = next(each for each in provisioners if each.type == type_)
    return chosen.provision(ask(type_, platform, **changes))


def shop(resources: str, variables: str = "", more: str = "") -> str:
    """Give the Score file of a workload: its resources, and variables, as lines of YAML; `more` is lines of its container."""

    def indent(lines: str, by: int) -> str:
        return "".join(f"{' ' * by}{line}\n" for line in lines.strip("\n").split("\n")) if lines else ""

    held = f"    variables:\n{indent(variables, 6)}" if variables else ""
    container = f"containers:\n  shop:\n    image: example.com/shop:1\n{held}{indent(more, 4)}"
    return f"{HEAD}{SERVICE}{container}resources:\n{indent(resources, 2)}"


def run(
    platform: str, texts: tuple[str, ...], draw: Draw | None = None, kept: dict[str, Kept] | None = None, **shared: Any
) -> tuple[Definition, Provisioned]:
    """Read Score files and provision them; gives the definition, all resources in it, and what was provisioned."""
    definition = read_score(*texts)
    provisioned = provision(
        definition,
        load_catalogue(platform, draw or Drawing()),
        Target(platform, project="demo"),
        kept=kept,
        shared=shared,
    )
    return assemble(definition, provisioned.resources, platform), provisioned


def write(platform: str, *texts: str, draw: Draw | None = None) -> Written:
    """Give the platform's files for Score files, the values of secrets among them."""
    definition, _ = run(platform, texts, draw)
    return load_writer(platform)(definition, WriteOptions(name="demo", secrets=True))


def read_back(platform: str, written: Written) -> Environment:
    """Read what was written, as an environment of the platform's name."""
    files = {file.path: file.content for file in written.files}
    main = "." if platform == "nomad" or written.files[0].in_folder else written.files[0].path
    definition = load_reader(platform)(Source(main), memory_context(files))
    return Environment(platform, normalise(replace(definition, platform=platform)), ())


def main_file(written: Written) -> str:
    """Give the text of the main file."""
    content = written.files[0].content
    assert isinstance(content, str)
    return content
