"""What is written as Compose is read back as what it was."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Volume
from isomorph.model.image import Build, Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import (
    Binary,
    Compute,
    Container,
    Exec,
    Exposure,
    File,
    Mount,
    Order,
    Port,
    Probe,
    Restart,
    Role,
    Scale,
    Security,
    Workload,
)
from isomorph.platforms.compose.reader import read
from isomorph.platforms.compose.writer import write
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context

TEXTS = st.text(st.one_of(st.sampled_from("${}()\\:#\n\t 'a"), st.characters(exclude_categories=["Cs"])), max_size=20)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="="), min_size=1, max_size=10)
WORDS = st.text("abc_-.$ {}", min_size=1, max_size=10)
PATHS = st.text("ab./$ {}", min_size=1, max_size=8).map(lambda text: f"/{text.strip('/')}x")
VECTORS = st.none() | st.lists(TEXTS, max_size=3).map(tuple)
DURATIONS = st.none() | st.integers(1, 10**6)
FLAGS = st.none() | st.booleans()

CONTAINERS = st.builds(
    Container,
    image=st.just(Image("app", tag="1")),
    pull_policy=st.sampled_from([None, "always", "missing", "never"]),
    command=VECTORS,
    args=st.none() | st.lists(TEXTS, min_size=1, max_size=3).map(tuple),  # An empty one is none to Compose.
    workdir=st.none() | PATHS,
    variables=st.dictionaries(NAMES, TEXTS, max_size=3),
    files=st.dictionaries(PATHS, st.builds(File, TEXTS, mode=st.none() | st.integers(0, 0o7777)), max_size=3),
    mounts=st.dictionaries(
        PATHS,
        st.builds(Mount, st.sampled_from(["data", "more"]), sub_path=st.none() | WORDS, read_only=FLAGS),
        max_size=2,
    ),
    readiness=st.none()
    | st.builds(
        Probe,
        st.lists(TEXTS, min_size=1, max_size=3).map(lambda words: Exec(tuple(words))),
        period=DURATIONS,
        timeout=DURATIONS,
        grace=DURATIONS,
        failures=st.none() | st.integers(1, 9),
    ),
    compute=st.builds(
        Compute,
        requests=st.none() | st.fixed_dictionaries({"cpu": st.integers(1, 9999)}),
        limits=st.none() | st.fixed_dictionaries({"memory": st.integers(1, 2**40)}),
    ),
    security=st.builds(Security, read_only_root=FLAGS, privileged=FLAGS, no_new_privileges=FLAGS),
    stop_signal=st.sampled_from([None, "SIGINT"]),
    stop_grace=DURATIONS,
)


def round_trip(application: Application, platform: str = "compose") -> Application:
    """Write and read back what came from Compose, where silence stays silence."""
    written = write(normalise(Definition(application, platform)), WriteOptions())
    context = memory_context({file.path: file.content for file in written.files})
    return normalise(read(Source(written.files[0].path), context)).application


def same_but_for_silence(workload: Workload) -> Workload:
    """Give a workload as Compose says it: a mount that may be written to is not told from one that says nothing."""
    containers = {
        key: replace(
            container,
            mounts={
                path: replace(mount, read_only=mount.read_only if mount.sub_path or mount.read_only else None)
                for path, mount in container.mounts.items()
            },
        )
        for key, container in workload.containers.items()
    }
    return replace(workload, containers=containers)


@given(CONTAINERS)
def test_any_container_comes_back(container: Container) -> None:
    volumes = {"data": Volume("persistent"), "more": Volume("persistent")}
    workload = Workload("web", names=("web",), containers={"web": container})
    read_back = round_trip(Application(workloads={"web": workload}, volumes=volumes))
    assert same_but_for_silence(read_back.workloads["web"]) == same_but_for_silence(workload)


def workloads() -> list[Any]:
    image = Image("app")
    one = {"web": Container(image=image)}
    several = {"web": Container(image=image), "proxy": Container(image=Image("envoy"))}
    helpers = {
        "migrate": Container(role=Role.INIT, image=image),
        "proxy": Container(role=Role.SIDECAR, image=image, before={"main": "healthy"}, readiness=Probe(Exec(("a",)))),
        "main": Container(image=image, readiness=Probe(Exec(("a",)))),
    }
    return [
        Workload("web", names=("web",), containers=one),
        Workload("web", names=("web",), containers={"main": Container(image=image)}),
        Workload("web", names=("web", "www", "api.example"), containers=one),
        Workload("web", names=("web",), containers=several, ports={"80/tcp": Port(80, 80)}, restart=Restart("always")),
        Workload("web", names=("web",), containers=helpers, scale=Scale(2), restart=Restart("on-failure", 3)),
        Workload("web", names=("web",), containers=one, networks=("back", "front")),
        Workload("web", names=("web",), containers=one, networks=()),
        Workload("web", names=("web",), containers=one, host_namespaces=("network", "pid", "ipc")),
        Workload("web", names=("web",), containers=one, labels={"a": "$b"}, annotations={"c": "d: e"}),
        Workload(
            "web",
            names=("web",),
            containers={"web": Container(build=Build("./app", "Dev", "test", {"A": "$1", "B": None}))},
        ),
        Workload(
            "web",
            names=("web",),
            containers=one,
            ports={
                "80/tcp": Port(80, 80, exposures=(Exposure("host", 8080), Exposure("host", 1, "127.0.0.1"))),
                "53/udp": Port(53, 53, "udp", exposures=(Exposure("host"),)),
                "9/tcp": Port(9, 9),
            },
        ),
        Workload(
            "web", names=("web",), containers={"web": Container(image=image, files={"/b": File(Binary(b"\xff"))})}
        ),
        Workload("ns/web", names=("ns-web", "web"), containers={"web": Container(image=image)}),
    ]


@pytest.mark.parametrize("workload", workloads())
def test_a_workload_comes_back(workload: Workload) -> None:
    assert round_trip(Application(workloads={workload.name: workload})).workloads == {workload.name: workload}


def test_order_comes_back_even_behind_a_holder() -> None:
    image = Image("app")
    helpers = {"migrate": Container(role=Role.INIT, image=image), "main": Container(image=image)}
    db = Workload("db", names=("db",), containers=helpers)
    order = {"db": Order("healthy"), "cache": Order("started", required=False)}
    web = Workload("web", names=("web",), containers={"web": Container(image=image)}, order=order)
    cache = Workload("cache", names=("cache",), containers={"cache": Container(image=image)})
    application = Application(workloads={"db": db, "web": web, "cache": cache})
    assert round_trip(application).workloads == application.workloads


@pytest.mark.parametrize(
    "volume",
    [
        Volume("persistent"),
        Volume("persistent", external=True),
        Volume("ephemeral"),
        Volume("memory", size=5),
        Volume("host", host_path="/srv"),
    ],
)
def test_a_shared_volume_comes_back(volume: Volume) -> None:
    container = Container(image=Image("app"), mounts={"/d": Mount("data")})
    workload = Workload("web", names=("web",), containers={"web": container, "more": container})
    application = Application(workloads={"web": workload}, volumes={"data": volume})
    assert round_trip(application) == application


def test_what_the_shell_settles_is_left_to_it_wherever_it_stands() -> None:
    text = """\
services:
  web:
    image: app:${TAG}
    working_dir: /srv/${NAME}
    user: ${NAME}
    environment:
      A: ${TAG}-$${TAG}
    volumes:
      - ${FOLDER}/in:/data
    labels:
      open: ${NAME}
      meant: $${NAME_} $$HOME
"""
    definition = normalise(read(Source("compose.yaml"), memory_context({"compose.yaml": text})))
    written = write(definition, WriteOptions()).files[0].content
    assert isinstance(written, str)
    for line in ('image: "app:${TAG}"', "/srv/${NAME}", 'user: "${NAME}"', "${TAG}-$${TAG}", "${FOLDER}/in:/data"):
        assert line in written
    again = normalise(read(Source("compose.yaml"), memory_context({"compose.yaml": written})))
    assert again.application == definition.application
