"""What only the image knows, from an engine's inspection and from Dockerfiles."""

import json
from typing import Any

import pytest

from isomorph.drift.image_config import ImageConfig, ImageConfigs, load_image_configs, read_dockerfile
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Build, parse_image
from isomorph.model.origin import Origin
from isomorph.model.workload import Container, Exec, Probe
from isomorph.syntax.dockerfile import parse_dockerfile
from tests.memory_context import memory_context

INSPECTED: dict[str, Any] = {
    "Id": "sha256:1",
    "RepoTags": ["redis:7", "registry.example.com/cache/redis:7"],
    "RepoDigests": ["redis@sha256:" + "ab" * 32],
    "Config": {
        "User": "999:1000",
        "ExposedPorts": {"6379/tcp": {}},
        "Env": ["PATH=/bin", "EMPTY="],
        "Cmd": ["redis-server"],
        "Entrypoint": ["docker-entrypoint.sh"],
        "WorkingDir": "/data",
        "Healthcheck": {"Test": ["CMD-SHELL", "redis-cli ping"], "Interval": 5_000_000_000, "Retries": 4},
        "StopSignal": "SIGINT",
    },
}


def inspected(*items: dict[str, Any], one: bool = False) -> ImageConfigs:
    data = json.dumps(items[0] if one else list(items), indent=1)
    return load_image_configs(["image.json"], memory_context({"image.json": data}))


def built(dockerfile: str, build: Build | None = None, *, folder: str = ".", more: str = "") -> ImageConfig | None:
    files = {"shop/app/Dockerfile" if folder == "shop" else "app/Dockerfile": dockerfile}
    if more:
        files["image.json"] = more
    configs = load_image_configs(["image.json"] if more else [], memory_context(files))
    return configs.config_of(Container(build=build or Build(context="./app")), folder)


@pytest.mark.parametrize("one", [True, False])
def test_an_inspection_says_all(one: bool) -> None:
    config = inspected(INSPECTED, one=one).find(parse_image("redis:7"))
    assert config is not None
    assert (config.command, config.args) == (("docker-entrypoint.sh",), ("redis-server",))
    assert (config.user, config.group, config.workdir, config.ports) == ("999", "1000", "/data", ("6379/tcp",))
    assert (config.env, config.stop_signal) == ({"PATH": "/bin", "EMPTY": ""}, "SIGINT")
    assert config.healthcheck == Probe(Exec(("/bin/sh", "-c", "redis-cli ping")), period=5_000, failures=4)
    assert str(config.origin) == "image.json:1:1"


@pytest.mark.parametrize(
    ("image", "found"),
    [
        ("redis:7", True),
        ("docker.io/library/redis:7", True),
        ("registry.example.com/cache/redis:7", True),
        ("redis@sha256:" + "ab" * 32, True),
        ("redis:7@sha256:" + "ab" * 32, True),
        ("redis", False),
        ("redis:8", False),
        ("redis:7@sha256:" + "cd" * 32, False),
    ],
)
def test_images_are_found_by_their_complete_names(image: str, found: bool) -> None:
    assert (inspected(INSPECTED).find(parse_image(image)) is not None) is found


def test_what_an_inspection_leaves_out_is_known_to_be_empty() -> None:
    config = inspected({"RepoTags": ["a:1"], "Config": {"Cmd": None, "User": ""}}).find(parse_image("a:1"))
    assert config is not None
    assert (config.command, config.args, config.user, config.workdir, config.ports) == ((), (), "", "/", ())
    assert config.healthcheck == Probe(disabled=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "this is no image configuration"),
        ("[1]", "this is no image configuration"),
        ('[{"State": {}, "Config": {}}]', "this image configuration says no RepoTags and no RepoDigests"),
        ('[{"RepoTags": ["<none>:<none>"]}]', "this image configuration says no RepoTags and no RepoDigests"),
        ('[{"RepoTags": ["a"], "Config": 3}]', "`Config` of this image configuration is no mapping"),
    ],
)
def test_what_is_no_inspection_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_image_configs(["x.json"], memory_context({"x.json": text}))
    assert caught.value.message == message
    assert str(caught.value.origin).startswith("x.json:")


def test_broken_json_is_refused_with_its_position() -> None:
    with pytest.raises(InvalidInput) as caught:
        load_image_configs(["x.json"], memory_context({"x.json": '[{"RepoTags": ["a"'}))
    assert str(caught.value.origin).startswith("x.json:1:")


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"image configuration none\.json does not exist"):
        load_image_configs(["none.json"], memory_context({}))


def test_a_dockerfile_is_followed_to_its_last_stage() -> None:
    config = built(
        "ARG TAG=3\n"
        "FROM golang AS build\nUSER builder\n"
        "FROM scratch\n"
        "ARG UID=1000\nENV HOME=/srv PORT=8080\nENV OLD some value\n"
        "WORKDIR $HOME\nWORKDIR app\nUSER ${UID}:2000\nEXPOSE $PORT 53/UDP\nSTOPSIGNAL SIGQUIT\n"
        'ENTRYPOINT ["/app", "--serve"]\nCMD --port $PORT\n'
        'HEALTHCHECK --interval=1m30s --timeout=500ms --start-period=0s --retries=2 CMD ["/app", "ping"]\n'
    )
    assert config is not None
    assert config.command == ("/app", "--serve")
    assert config.args == ("/bin/sh", "-c", "--port $PORT")
    assert (config.user, config.group, config.workdir) == ("1000", "2000", "/srv/app")
    assert (config.ports, config.stop_signal) == (("8080/tcp", "53/udp"), "SIGQUIT")
    assert config.env == {"HOME": "/srv", "PORT": "8080", "OLD": "some value"}
    assert config.healthcheck == Probe(Exec(("/app", "ping")), period=90_000, timeout=500, failures=2)
    assert str(config.origin) == "app/Dockerfile:4:1"


def test_a_target_and_arguments_of_the_build_decide() -> None:
    dockerfile = "FROM alpine AS one\nARG WHO=a\nUSER $WHO\nFROM one AS two\nWORKDIR /two\nFROM one AS three\nUSER z\n"
    config = built(dockerfile, Build(context="app", target="two", args={"WHO": "b"}))
    assert config is not None
    assert (config.user, config.workdir, config.command) == ("b", "/two", None)
    assert built(dockerfile, Build(context="app", target="none")) is None


def test_an_argument_that_the_build_does_not_set_stays_unknown() -> None:
    config = built("FROM scratch\nARG WHO\nUSER $WHO\nWORKDIR /x\n")
    assert config is not None
    assert (config.user, config.workdir) == (None, "/x")


def test_a_base_that_was_inspected_is_inherited() -> None:
    config = built('FROM redis:7\nCMD ["x"]\n', more=json.dumps([INSPECTED]))
    assert config is not None
    assert (config.command, config.args, config.user) == (("docker-entrypoint.sh",), ("x",), "999")
    config = built("FROM redis:7\nENTRYPOINT x\n", more=json.dumps([INSPECTED]))
    assert config is not None
    assert (config.command, config.args) == (("/bin/sh", "-c", "x"), ())


def test_a_base_that_is_not_known_leaves_what_the_file_does_not_say_unknown() -> None:
    config = built("FROM node:20\nUSER node\n")
    assert config is not None
    assert (config.user, config.command, config.args, config.workdir, config.healthcheck) == (
        "node",
        None,
        None,
        None,
        None,
    )


def test_the_context_is_seen_from_the_folder_of_the_definition() -> None:
    config = built("FROM scratch\nUSER u\n", folder="shop")
    assert config is not None
    assert config.user == "u"


@pytest.mark.parametrize(
    "build",
    [
        Build(context="nowhere"),
        Build(context="../../outside"),
        Build(context="https://github.com/example/app.git"),
        Build(context="app", dockerfile="Other"),
        Build(),
    ],
)
def test_a_build_that_cannot_be_read_tells_nothing(build: Build) -> None:
    assert built("FROM scratch\n", build) is None


def test_an_inspection_wins_over_a_build() -> None:
    files = {"app/Dockerfile": "FROM scratch\nUSER built\n", "image.json": json.dumps(INSPECTED)}
    configs = load_image_configs(["image.json"], memory_context(files))
    container = Container(image=parse_image("redis:7"), build=Build(context="app"))
    config = configs.config_of(container)
    assert config is not None
    assert config.user == "999"


def test_each_field_of_a_dockerfile_has_the_place_of_its_instruction() -> None:
    text = 'FROM scratch AS base\nUSER 1000\n\nFROM base\nENTRYPOINT ["/bin/web"]\n'
    config = read_dockerfile(parse_dockerfile(text, "Dockerfile"), ImageConfigs({}), None, {})
    assert config is not None
    assert config.origin_of("user") == Origin("Dockerfile", 2, 1)
    assert config.origin_of("command") == Origin("Dockerfile", 5, 1)
    assert config.origin_of("workdir") == Origin("Dockerfile", 4, 1), "not said: the stage"
