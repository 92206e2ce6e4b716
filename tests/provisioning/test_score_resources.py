"""What a definition says of storage and order comes through its Score files to what is generated from them."""

import pytest

from isomorph.model.application import Application, Definition, Volume
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Mount, Order, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_reader, load_writer
from isomorph.provisioning.assembling import assemble
from isomorph.provisioning.catalogue import load_catalogue
from isomorph.provisioning.contract import Target
from isomorph.provisioning.engine import provision
from tests.memory_context import memory_context


def through_score(application: Application, platform: str) -> Application:
    """Write Score files, and give the application that is generated from them for a platform."""
    written = load_writer("score")(Definition(application, platform), WriteOptions())
    files = {file.path: file.content for file in written.files}
    read = load_reader("score")(Source("."), memory_context(files))
    made = provision(read, load_catalogue(platform, "x".ljust), Target(platform, project="demo"))
    return normalise(assemble(read, made.resources, platform)).application


def to_application(volumes: dict[str, Volume], order: dict[str, Order]) -> Application:
    """Give two workloads: the first mounts all volumes and waits for the second, which mounts the first volume, too."""
    mounts = {f"/{name}": Mount(name) for name in volumes}
    web = Workload("web", names=("web",), containers={"web": Container(image=Image("web"), mounts=mounts)}, order=order)
    first = dict(list(mounts.items())[:1])
    jobs = Workload("jobs", names=("jobs",), containers={"jobs": Container(image=Image("jobs"), mounts=first)})
    return Application(workloads={"web": web, "jobs": jobs}, volumes=volumes)


VOLUMES = {
    "shared": Volume("persistent", 3 << 30, "fast", ("read-write-many",)),
    "several": Volume("persistent", 1 << 40, access=("read-write-once", "read-only-many")),
    "run": Volume("memory", 10**6),
    "scratch": Volume("ephemeral"),
}


@pytest.mark.parametrize("platform", ["compose", "kubernetes", "nomad", "marathon", "swarm", "terraform"])
def test_storage_is_the_same(platform: str) -> None:
    made = through_score(to_application(VOLUMES, {}), platform)
    mounts = made.workloads["web"].containers["web"].mounts
    assert {path[1:]: made.volumes[mount.volume] for path, mount in mounts.items()} == VOLUMES
    assert made.workloads["jobs"].containers["jobs"].mounts["/shared"].volume == mounts["/shared"].volume


@pytest.mark.parametrize("condition", ["started", "healthy", "complete"])
@pytest.mark.parametrize("platform", ["compose", "marathon"])
def test_order_is_the_same(platform: str, condition: str) -> None:
    order = {"jobs": Order(condition)}
    assert through_score(to_application({}, order), platform).workloads["web"].order == order
