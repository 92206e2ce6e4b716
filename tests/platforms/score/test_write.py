"""The model to Score files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Dependency, Extra, Volume
from isomorph.model.image import Build, Image, parse_image
from isomorph.model.text import Address, Output, Placeholder, SecretValue
from isomorph.model.workload import (
    Binary,
    Compute,
    Container,
    Exec,
    File,
    Http,
    Mount,
    Order,
    Port,
    Probe,
    Restart,
    Role,
    Route,
    Workload,
)
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.score.reader import read
from isomorph.platforms.score.write_workload import to_label
from isomorph.platforms.score.writer import write
from tests.memory_context import memory_context


def write_workloads(*workloads: Workload, **shared: object) -> Written:
    application = Application(workloads={each.name: each for each in workloads}, **shared)  # type: ignore[arg-type]
    return write(Definition(application, "compose"), WriteOptions())


def text_of(written: Written) -> str:
    content = written.files[0].content
    assert isinstance(content, str)
    return content


EVERYTHING = Workload(
    "web",
    names=("web",),
    containers={
        "migrate": Container(role=Role.INIT, image=parse_image("app:1"), before={"main": "complete"}),
        "main": Container(
            image=parse_image("ghcr.io/org/app:1@sha256:" + "ab" * 32),
            command=("/bin/sh", "-c"),
            args=("echo $HOME $(date) ${X}",),
            variables={"DB": ("pg://", Output("postgres.default#web.db", "host")), "MONEY": "$5"},
            files={"/a": File("x ${y}\n", mode=0o640), "/b": File(Binary(b"\xff"))},
            mounts={"/data": Mount("volume.default#web.data", sub_path="in", read_only=True)},
            compute=Compute({"cpu": 250}, {"memory": 1 << 28}),
            liveness=Probe(Exec(("true",))),
            readiness=Probe(Http(8080, "/ready", "HTTPS", headers={"A": "b"})),
        ),
    },
    ports={"80/tcp": Port(80, 8080, name="www"), "53/udp": Port(53, 53, "udp")},
    dependencies={"db": "postgres.default#web.db", "data": "volume.default#web.data"},
    annotations={"team": "shop"},
)

SHARED = {
    "dependencies": {
        "postgres.default#web.db": Dependency("postgres", parameters={"version": "15"}),
        "volume.default#web.data": Dependency("volume"),
    },
    "volumes": {"volume.default#web.data": Volume("persistent")},
}

TEXT = """\
apiVersion: score.dev/v1b1
metadata:
  name: web
  annotations:
    team: shop
containers:
  migrate:
    image: app:1
    before:
      main:
        ready: complete
  main:
    image: ghcr.io/org/app:1@sha256:abababababababababababababababababababababababababababababababab
    command:
      - /bin/sh
      - -c
    args:
      - "echo $HOME $$(date) $${X}"
    variables:
      DB: "pg://${resources.db.host}"
      MONEY: $$5
    files:
      /a:
        mode: "0640"
        content: |
          x ${y}
        noExpand: true
      /b:
        binaryContent: /w==
    volumes:
      /data:
        source: "${resources.data}"
        path: in
        readOnly: true
    resources:
      limits:
        memory: 256Mi
      requests:
        cpu: 250m
    livenessProbe:
      exec:
        command:
          - "true"
    readinessProbe:
      httpGet:
        path: /ready
        port: 8080
        scheme: HTTPS
        httpHeaders:
          - name: A
            value: b
service:
  ports:
    www:
      port: 80
      targetPort: 8080
    udp-53:
      port: 53
      protocol: UDP
resources:
  db:
    type: postgres
    params:
      version: "15"
  data:
    type: volume
"""


def test_a_score_file() -> None:
    written = write_workloads(EVERYTHING, **SHARED)
    assert [file.path for file in written.files] == ["score.yaml"]
    assert text_of(written) == TEXT
    assert written.diagnostics == ()


def test_what_is_written_is_read_back() -> None:
    read_back = read(Source("score.yaml"), memory_context({"score.yaml": TEXT})).application.workloads["web"]
    ports = {**EVERYTHING.ports, "53/udp": Port(53, 53, "udp", "udp-53")}  # Score's ports have names.
    assert read_back == replace(EVERYTHING, ports=ports)


LABELS = st.text("abAB_-./ 1", min_size=1, max_size=70)


@given(
    st.builds(
        Workload,
        LABELS,
        containers=st.dictionaries(
            LABELS,
            st.builds(
                Container,
                role=st.sampled_from(Role),
                image=st.none() | st.just(Image("app")),
                mounts=st.dictionaries(LABELS, LABELS.map(Mount), max_size=2),
                variables=st.just({"A": (Placeholder("${A}", "A"),)}),
            ),
            min_size=1,
            max_size=3,
        ),
        ports=st.dictionaries(LABELS, st.builds(Port, st.integers(1, 9), st.integers(1, 9), name=st.none() | LABELS)),
        routes=st.dictionaries(LABELS, st.builds(Route, LABELS, LABELS), max_size=3),
        annotations=st.dictionaries(LABELS, LABELS, max_size=2),
    )
)
def test_whatever_names_there_are_score_reads_what_is_written(workload: Workload) -> None:
    ports = {f"{port.number}/tcp": port for port in workload.ports.values()}  # As every reader keys them.
    text = text_of(write_workloads(replace(workload, ports=ports)))
    again = read(Source("score.yaml"), memory_context({"score.yaml": text})).application
    [read_back] = again.workloads.values()
    assert len(read_back.containers) == len(workload.containers)
    assert {port.number for port in read_back.ports.values()} == {port.number for port in ports.values()}


TEXTS = st.text(st.one_of(st.sampled_from("${}()\\.:#\n\t 'a"), st.characters(exclude_categories=["Cs"])), max_size=20)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="="), min_size=1, max_size=10)
PATHS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10).map("/{}".format)


@given(
    st.builds(
        Container,
        image=st.just(Image("app")),
        command=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
        args=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
        variables=st.dictionaries(NAMES, TEXTS, max_size=3),
        files=st.dictionaries(
            PATHS, TEXTS.map(File) | st.binary(max_size=5).map(lambda data: File(Binary(b"\xff" + data)))
        ),
        liveness=st.none() | st.lists(TEXTS, min_size=1, max_size=3).map(lambda words: Probe(Exec(tuple(words)))),
    )
)
def test_any_text_comes_back(container: Container) -> None:
    workload = Workload("web", names=("web",), containers={"web": container})
    context = memory_context({"score.yaml": text_of(write_workloads(workload))})
    assert read(Source("score.yaml"), context).application.workloads == {"web": workload}


def test_several_workloads_are_several_files() -> None:
    one, other = Workload("aa"), Workload("bb")
    assert [file.path for file in write_workloads(one, other).files] == ["aa/score.yaml", "bb/score.yaml"]


def test_a_variable_of_the_shell_comes_through_a_resource() -> None:
    container = Container(image=Image("app"), variables={"TAG": ("v", Placeholder("${TAG}", "TAG"))})
    text = text_of(write_workloads(Workload("web", containers={"web": container})))
    assert 'TAG: "v${resources.env.TAG}"' in text
    assert text.endswith("resources:\n  env:\n    type: environment\n")


def test_the_resource_of_the_shell_takes_no_others_name() -> None:
    container = Container(image=Image("app"), variables={"TAG": (Placeholder("${TAG}", "TAG"),)})
    taken = Workload("web", containers={"web": container}, dependencies={"env": "redis.default#web.env"})
    text = text_of(write_workloads(taken, dependencies={"redis.default#web.env": Dependency("redis")}))
    assert text.endswith(
        'TAG: "${resources.env-2.TAG}"\nresources:\n  env:\n    type: redis\n  env-2:\n    type: environment\n'
    )
    own = replace(taken, dependencies={"shell": "environment.default#web.shell"})
    text = text_of(write_workloads(own, dependencies={"environment.default#web.shell": Dependency("environment")}))
    assert text.endswith('TAG: "${resources.shell.TAG}"\nresources:\n  shell:\n    type: environment\n')


def test_an_address_is_the_workloads_name() -> None:
    container = Container(image=Image("app"), variables={"URL": ("http://", Address("my_db", "db.local", 80), "/")})
    written = write_workloads(
        Workload("web", containers={"web": container}), Workload("my_db", names=("my_db", "db.local"))
    )
    assert "URL: http://my-db:80/" in text_of(written)
    assert [each.message for each in written.diagnostics if each.code == "renamed"] == [
        "workload my_db is my-db in Score"
    ]


def test_helpers_that_say_no_order_come_in_that_of_a_pod() -> None:
    image = Image("app")
    containers = {
        "one": Container(role=Role.INIT, image=image),
        "two": Container(role=Role.SIDECAR, image=image),
        "main": Container(image=image),
    }
    text = text_of(write_workloads(Workload("web", containers=containers)))
    read_back = read(Source("score.yaml"), memory_context({"score.yaml": text})).application.workloads["web"]
    assert {name: (each.role, each.before) for name, each in read_back.containers.items()} == {
        "one": (Role.INIT, {"two": "complete"}),
        "two": (Role.SIDECAR, {"main": "started"}),
        "main": (Role.MAIN, {}),
    }


def test_a_route_becomes_a_resource() -> None:
    routes = {"a.example/x": Route("a.example", "/x", 80), "b.example/": Route("b.example", "/", 80, tls=True)}
    written = write_workloads(Workload("web", containers={"web": Container(image=Image("a"))}, routes=routes))
    assert text_of(written).endswith(
        "resources:\n  route:\n    type: route\n    params:\n      host: a.example\n      path: /x\n      port: 80\n"
        "  route-2:\n    type: route\n    params:\n      host: b.example\n      path: /\n      port: 80\n"
    )
    assert [(each.code, each.path[-1]) for each in written.diagnostics] == [
        ("approximated", "a.example/x"),
        ("approximated", "b.example/"),
        ("lost", "b.example/"),
    ]


@pytest.mark.parametrize(
    ("container", "lost"),
    [
        (Container(build=Build("./app")), "how the image of web is built"),
        (Container(variables={"A": (SecretValue("s", "k"),)}), "variable A, which holds a value of secret s/k"),
        (Container(files={"/a": File((SecretValue("s", "k"),))}), "file /a, which holds a value of secret s/k"),
        (Container(readiness=Probe(Exec(("a",)), period=1000)), "period of the readiness probe"),
        (Container(stop_grace=1), "stop grace"),
        (Container(files={"/a": File("a", mode=0o4755)}), "mode 4755 of /a"),
        (Container(compute=Compute(limits={"gpu": 1})), "gpu in limits"),
    ],
)
def test_what_score_cannot_say_is_told(container: Container, lost: str) -> None:
    written = write_workloads(Workload("web", containers={"web": container}))
    assert [each.code for each in written.diagnostics] == ["lost"]
    assert lost in written.diagnostics[0].message


def test_what_the_workload_says_of_its_run_is_told() -> None:
    workload = Workload("web", containers={"web": Container(image=Image("a"))}, restart=Restart("always"))
    assert [each.path for each in write_workloads(workload).diagnostics] == [("workloads", "web", "restart")]


def test_metadata_comes_back_and_other_platforms_extras_are_told() -> None:
    workload = Workload("web", containers={"web": Container(image=Image("a"))})
    path = ("workloads", "web")
    extras = (
        Extra("score", path, ("metadata", "owner"), {"team": "a"}),
        Extra("compose", path, ("logging",), {}),
        Extra("compose", path, ("logging",), {}),
    )
    definition = Definition(Application(workloads={"web": workload}), "compose", extras=extras)
    written = write(definition, WriteOptions())
    assert "  owner:\n    team: a\n" in text_of(written)
    assert [(each.code, each.message) for each in written.diagnostics] == [
        ("extra-dropped", "logging of compose (2 times) is not in the output")
    ]


@pytest.mark.parametrize(
    ("name", "label"), [("web", "web"), ("My_Web.1", "my-web-1"), ("a", "a0"), ("_", "x0"), ("-ab-", "ab")]
)
def test_names(name: str, label: str) -> None:
    assert to_label(name) == label


def test_a_long_name_is_cut_with_a_hash() -> None:
    one, other = to_label("x" * 70), to_label("x" * 71)
    assert one.startswith("x" * 54 + "-")
    assert len(one) == len(other) == 63
    assert one != other


def test_real_score_files_come_back_the_same(corpus: Path) -> None:
    context = Context(files=LocalFiles([str(corpus)]), engines=LocalEngines())
    for file in sorted(corpus.glob("score-*/**/score*.yaml")):
        first = read(Source(str(file)), context)
        written = write(first, WriteOptions())
        again = read(Source("score.yaml"), memory_context({"score.yaml": text_of(written)}))
        assert again.application == first.application, file
        assert [each.message for each in written.diagnostics] == [], file


def mounting(name: str, *volumes: str, **changes: object) -> Workload:
    """Give a workload that mounts volumes."""
    mounts = {f"/{index}": Mount(volume) for index, volume in enumerate(volumes)}
    container = Container(image=Image("a"), mounts=mounts)
    return Workload(name, names=(name,), containers={name: container}, **changes)  # type: ignore[arg-type]


def test_what_a_volume_is_stands_in_the_params_of_its_resource() -> None:
    volumes = {
        "data": Volume("persistent", 5 << 30, "fast", ("read-write-once",)),
        "both": Volume("persistent", access=("read-write-once", "read-only-many")),
        "run": Volume("memory", 64 << 20),
        "open": Volume("persistent", Placeholder("var.size")),
    }
    written = write_workloads(mounting("web", *volumes), volumes=volumes)
    assert text_of(written).partition("resources:\n")[2] == (
        "  data:\n    type: volume\n    params:\n      size: 5Gi\n      class: fast\n      access: read-write-once\n"
        "  both:\n    type: volume\n    params:\n      access:\n        - read-write-once\n        - read-only-many\n"
        "  run:\n    type: volume\n    params:\n      kind: memory\n      size: 64Mi\n"
        "  open:\n    type: volume\n"
    )
    assert [(each.code, each.message.partition(" is a param of")[0]) for each in written.diagnostics] == [
        ("approximated", "web: size of volume data"),
        ("approximated", "web: class of volume data"),
        ("approximated", "web: access of volume data"),
        ("approximated", "web: access of volume both"),
        ("approximated", "web: kind of volume run"),
        ("approximated", "web: size of volume run"),
        (
            "lost",
            "web: size of volume open, which is not known yet: a volume is a resource, with size, class, access "
            "and kind as its params",
        ),
    ]


def test_a_volume_that_workloads_share_is_one_resource_by_its_id() -> None:
    volumes = {"My_Files": Volume("persistent"), "own": Volume("persistent")}
    written = write_workloads(mounting("aa", "My_Files", "own"), mounting("bb", "My_Files"), volumes=volumes)
    context = memory_context({file.path: file.content for file in written.files})
    read_back = read(Source("."), context).application
    assert set(read_back.dependencies) == {"volume.default#my-files", "volume.default#aa.own"}
    mounts = [each.containers[key].mounts["/0"].volume for key, each in read_back.workloads.items()]
    assert mounts == ["volume.default#my-files"] * 2


def test_what_is_waited_for_is_a_resource() -> None:
    order = {"My_Db": Order("healthy"), "bb": Order(), "My_Db/helper": Order(), "elsewhere": Order("complete")}
    written = write_workloads(mounting("aa", order=order), mounting("bb"), mounting("My_Db"))
    assert text_of(written).partition("resources:\n")[2] == (
        "  my-db:\n    type: service\n    params:\n      workload: my-db\n      wait: healthy\n"
        "  bb:\n    type: service\n    params:\n      workload: bb\n      wait: started\n"
    )
    told = [(each.code, each.path[-1]) for each in written.diagnostics if each.path[2:3] == ("order",)]
    assert told == [
        ("approximated", "My_Db"),
        ("approximated", "bb"),
        ("lost", "My_Db/helper"),
        ("lost", "elsewhere"),
    ]


def test_a_score_file_with_such_resources_is_written_as_it_is() -> None:
    volumes = {"data": Volume("persistent", 5 << 30, "fast"), "run": Volume("memory")}
    first = write_workloads(mounting("aa", *volumes, order={"bb": Order()}), mounting("bb", "data"), volumes=volumes)
    context = memory_context({file.path: file.content for file in first.files})
    again = write(read(Source("."), context), WriteOptions())
    assert [file.content for file in again.files] == [file.content for file in first.files]
    assert again.diagnostics == ()
