"""Score files to the model."""

from pathlib import Path

import pytest

from isomorph.model.application import Definition, Dependency, Extra, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.text import Output
from isomorph.model.workload import (
    Binary,
    Compute,
    Container,
    Exec,
    File,
    Http,
    Kind,
    Mount,
    Port,
    Probe,
    Role,
    Workload,
)
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.score.reader import read
from tests.memory_context import memory_context

HEAD = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\n"
MAIN = "containers:\n  main:\n    image: nginx\n"


def read_text(text: str, **files: str | bytes) -> Definition:
    named = {name.replace("__", "/").replace("_", "."): content for name, content in files.items()}
    return read(Source("score.yaml"), memory_context({"score.yaml": text, **named}))


def workload_of(text: str) -> Workload:
    return read_text(text).application.workloads["web"]


def container_of(lines: str) -> Container:
    return workload_of(HEAD + MAIN + lines).containers["main"]


def test_the_least_that_can_be_said() -> None:
    definition = read_text(HEAD + MAIN)
    workload = Workload("web", names=("web",), containers={"main": Container(image=Image("nginx"))})
    assert definition.application.workloads == {"web": workload}
    assert definition.platform == "score"
    assert definition.sources == ("score.yaml",)
    assert definition.diagnostics == ()


@pytest.mark.parametrize(
    ("lines", "container"),
    [
        ("    command: [/bin/sh]\n    args: []\n", Container(command=("/bin/sh",), args=())),
        # Placeholders are not expanded in arguments; `$$` is a dollar on both reference platforms.
        ("    args: ['$${X} $Y $$(Z) ${A}']\n", Container(args=("${X} $Y $(Z) ${A}",))),
        ("    variables: {A: '1', B: '${metadata.name}-$$x'}\n", Container(variables={"A": "1", "B": "web-$x"})),
        (
            "    resources: {limits: {cpu: '0.5', memory: 1K}, requests: {}}\n",
            Container(compute=Compute(requests={}, limits={"cpu": 500, "memory": 1000})),
        ),
        (
            "    livenessProbe: {exec: {command: [a, '$$b']}}\n",
            Container(liveness=Probe(Exec(("a", "$$b")))),
        ),
        (
            "    readinessProbe: {httpGet: {path: /r, port: 80, scheme: HTTPS, host: h, "
            "httpHeaders: [{name: A, value: b}]}}\n",
            Container(readiness=Probe(Http(80, "/r", "HTTPS", "h", {"A": "b"}))),
        ),
        (
            "    files:\n      /a: {content: 'x ${metadata.name}', mode: '0640'}\n"
            "      /b: {content: '${x}', noExpand: true}\n      /c: {binaryContent: AP8=}\n"
            "      /d: {binaryContent: JHt4fQ==}\n",
            Container(
                files={
                    "/a": File("x web", mode=0o640),
                    "/b": File("${x}"),
                    "/c": File(Binary(b"\x00\xff")),
                    "/d": File("${x}"),  # Bytes that are text; nothing in them is expanded.
                }
            ),
        ),
    ],
)
def test_a_container(lines: str, container: Container) -> None:
    read_container = container_of(lines)
    expected = Container(
        image=Image("nginx"),
        **{field: getattr(container, field) for field in container.__struct_fields__ if field != "image"},
    )
    assert read_container == expected


def test_an_image_that_is_supplied_later() -> None:
    definition = read_text(HEAD + MAIN.replace("nginx", "."))
    assert definition.application.workloads["web"].containers["main"].image is None
    assert [each.code for each in definition.diagnostics] == ["image-supplied-later"]
    assert str(definition.diagnostics[0].origin) == "score.yaml:5:12"


def test_a_placeholder_in_an_argument_is_told() -> None:
    definition = read_text(HEAD + MAIN + "    args: ['${metadata.name}', '$${metadata.name}']\n")
    assert [(each.code, str(each.origin)) for each in definition.diagnostics] == [("ignored", "score.yaml:6:12")]


def test_ports() -> None:
    text = (
        HEAD + MAIN + "service:\n  ports:\n    www: {port: 80, targetPort: 8080}\n    dns: {port: 53, protocol: UDP}\n"
    )
    definition = read_text(text)
    assert definition.application.workloads["web"].ports == {
        "80/tcp": Port(80, 8080, "tcp", "www"),
        "53/udp": Port(53, 53, "udp", "dns"),
    }
    path = ("workloads", "web", "ports", "80/tcp")
    assert str(definition.origins.exact(path)) == "score.yaml:8:5"
    assert str(definition.origins.exact((*path, "target"))) == "score.yaml:8:33"


def test_files_beside_the_score_file() -> None:
    text = HEAD + MAIN + "    files: {/a: {source: a.txt}, /b: {source: b.bin}, /c: {source: c.txt, noExpand: true}}\n"
    definition = read_text(text, a_txt="I am ${metadata.name}\r\n", b_bin=b"\xff", c_txt="${x}")
    container = definition.application.workloads["web"].containers["main"]
    assert container.files == {"/a": File("I am web\r\n"), "/b": File(Binary(b"\xff")), "/c": File("${x}")}
    origin = definition.origins.exact(("workloads", "web", "containers", "main", "files", "/a", "content"))
    assert origin is not None
    assert (str(origin), [str(each) for each in origin.via]) == ("a.txt:1:1", ["score.yaml:6:26"])


def test_a_source_is_relative_to_its_score_file() -> None:
    context = memory_context({"app/score.yaml": HEAD + MAIN + "    files: {/a: {source: a.txt}}\n", "app/a.txt": "hi"})
    application = read(Source("app/score.yaml"), context).application
    assert application.workloads["web"].containers["main"].files == {"/a": File("hi")}


RESOURCES = """\
    variables:
      URL: pg://${resources.db.host}/${resources.db.name}
    volumes:
      /data: {source: "${resources.data}", path: inner, readOnly: true}
      /old: {source: some-volume}
resources:
  db: {type: postgres, params: {size: "${metadata.name}"}, metadata: {annotations: {team: a1}}}
  data: {type: volume}
  bus: {type: amqp, class: large, id: shared.bus}
"""


def test_resources_are_dependencies() -> None:
    definition = read_text(HEAD + MAIN + RESOURCES)
    application = definition.application
    workload = application.workloads["web"]
    container = workload.containers["main"]
    assert workload.dependencies == {
        "db": "postgres.default#web.db",
        "data": "volume.default#web.data",
        "bus": "amqp.large#shared.bus",
    }
    assert application.dependencies["postgres.default#web.db"] == Dependency(
        "postgres", metadata={"annotations": {"team": "a1"}}, parameters={"size": "${metadata.name}"}
    )
    assert application.dependencies["amqp.large#shared.bus"] == Dependency("amqp", class_="large", id="shared.bus")
    host, name = (Output("postgres.default#web.db", output) for output in ("host", "name"))
    assert container.variables == {"URL": ("pg://", host, "/", name)}
    assert container.mounts == {
        "/data": Mount("volume.default#web.data", sub_path="inner", read_only=True),
        "/old": Mount("some-volume"),
    }
    assert application.volumes == {
        "volume.default#web.data": Volume("persistent"),
        "some-volume": Volume("persistent", external=True),
    }
    assert str(definition.origins.exact(("dependencies", "amqp.large#shared.bus"))) == "score.yaml:14:3"


def test_a_shared_resource_is_one() -> None:
    shared = "resources:\n  bus: {type: amqp, id: bus, params: {size: '1'}}\n"
    context = memory_context(
        {
            "a/score.yaml": HEAD.replace("web", "aa") + MAIN + shared,
            "b/score.yaml": HEAD.replace("web", "bb") + MAIN + "resources:\n  queue: {type: amqp, id: bus}\n",
        }
    )
    application = read(Source("."), context).application
    assert application.dependencies == {"amqp.default#bus": Dependency("amqp", id="bus", parameters={"size": "1"})}


def test_a_shared_resource_with_other_params_is_refused() -> None:
    one, other = (f"resources:\n  bus: {{type: amqp, id: bus, params: {{size: '{size}'}}}}\n" for size in (1, 2))
    context = memory_context(
        {
            "a/score.yaml": HEAD.replace("web", "aa") + MAIN + one,
            "b/score.yaml": HEAD.replace("web", "bb") + MAIN + other,
        }
    )
    with pytest.raises(InvalidInput, match=r"b/score\.yaml:7:3: .*other params or metadata than at a/score\.yaml:7:3"):
        read(Source("."), context)


BEFORE = """\
containers:
  migrate: {image: app, before: {main: {ready: complete}}}
  proxy: {image: envoy, before: {main: {ready: healthy}}}
  main: {image: app}
"""


def test_containers_that_come_before_others() -> None:
    containers = workload_of(HEAD + BEFORE).containers
    assert {name: (container.role, container.before) for name, container in containers.items()} == {
        "migrate": (Role.INIT, {"main": "complete"}),
        "proxy": (Role.SIDECAR, {"main": "healthy"}),
        "main": (Role.MAIN, {}),
    }


def test_the_list_form_is_upgraded() -> None:
    lines = (
        "    files:\n    - {target: /a, content: x}\n    volumes:\n    - {target: /d, source: data, readOnly: true}\n"
    )
    definition = read_text(HEAD + MAIN + lines)
    container = definition.application.workloads["web"].containers["main"]
    assert container.files == {"/a": File("x")}
    assert container.mounts == {"/d": Mount("data", read_only=True)}
    assert [(each.code, str(each.origin)) for each in definition.diagnostics] == [
        ("deprecated", "score.yaml:7:5"),
        ("deprecated", "score.yaml:9:5"),
    ]


def test_metadata() -> None:
    text = (
        HEAD.replace("name: web", "name: web, annotations: {k8s.score.dev/kind: StatefulSet}, owner: {team: a}") + MAIN
    )
    definition = read_text(text)
    workload = definition.application.workloads["web"]
    assert workload.annotations == {"k8s.score.dev/kind": "StatefulSet"}
    assert workload.kind is Kind.STATEFUL
    assert [(each.location, each.value) for each in definition.extras] == [(("metadata", "owner"), {"team": "a"})]
    assert all(isinstance(each, Extra) and each.platform == "score" for each in definition.extras)


def test_every_scalar_has_its_own_origin() -> None:
    text = (
        HEAD
        + MAIN
        + "    command: [a, b]\n    variables: {A: x}\n    resources: {limits: {cpu: '1'}}\n    livenessProbe: {exec: "
        "{command: [c]}}\n"
    )
    origins = read_text(text).origins
    base = ("workloads", "web", "containers", "main")
    assert {
        path: str(origins.exact(path))[len("score.yaml:") :]
        for path in (
            ("workloads", "web"),
            base,
            (*base, "image"),
            (*base, "command", "1"),
            (*base, "variables", "A"),
            (*base, "compute", "limits", "cpu"),
            (*base, "liveness", "check"),
        )
    } == {
        ("workloads", "web"): "2:18",
        base: "4:3",
        (*base, "image"): "5:12",
        (*base, "command", "1"): "6:18",
        (*base, "variables", "A"): "7:20",
        (*base, "compute", "limits", "cpu"): "8:31",
        (*base, "liveness", "check"): "9:37",
    }


def test_a_folder_and_a_stream() -> None:
    files = {
        "a/score.yaml": HEAD.replace("web", "aa") + MAIN,
        "b/c/b.score.yaml": HEAD.replace("web", "bb") + MAIN,
        "b/other.yaml": "kind: Pod",
        ".hidden/score.yaml": "- nothing",
    }
    definition = read(Source("."), memory_context(files))
    assert list(definition.application.workloads) == ["aa", "bb"]
    assert definition.sources == ("a/score.yaml", "b/c/b.score.yaml")
    stream = HEAD + MAIN + "---\n" + HEAD.replace("web", "bb") + MAIN
    both = read(Source("-"), memory_context(standard_input=stream))
    assert list(both.application.workloads) == ["web", "bb"]


def test_a_folder_without_the_usual_names() -> None:
    files = {"x/web.yaml": HEAD + MAIN, "x/other.yaml": "kind: Pod"}
    assert read(Source("x"), memory_context(files)).sources == ("x/web.yaml",)
    with pytest.raises(InvalidInput, match="no Score file below y"):
        read(Source("y"), memory_context({"y/other.yaml": "kind: Pod"}))


def test_two_workloads_of_one_name() -> None:
    files = {"a/score.yaml": HEAD + MAIN, "b/score.yaml": HEAD + MAIN}
    with pytest.raises(
        InvalidInput, match=r"b/score\.yaml:2:18: workload web is defined twice, first at a/score\.yaml:2:18"
    ):
        read(Source("."), memory_context(files))


def test_every_real_score_file_is_read(corpus: Path) -> None:
    context = Context(files=LocalFiles([str(corpus)]), engines=LocalEngines())
    files = sorted(str(path) for path in corpus.glob("score-*/**/score*.yaml"))
    assert len(files) > 50
    for file in files:
        definition = read(Source(file), context)
        assert len(definition.application.workloads) == 1
    for sample, count in (("traderx", 10), ("onlineboutique", 11), ("aks-store-demo", 6)):
        definition = read(Source(str(corpus / "score-examples" / "samples" / sample)), context)
        assert len(definition.application.workloads) == count
