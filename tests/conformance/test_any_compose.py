"""Compose files made at random from every spelling: docker compose and we read the same, and refuse the same."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_reader
from tests.conformance.compose_projection import project_engine, project_model
from tests.conformance.conftest import ComposeConfig, ComposeRefused

pytestmark = pytest.mark.engine

SHELL = {"SET": "value", "EMPTY": "", "PORT": "8088", "WORDS": "two words", "SIGN": "a=b:c#d"}

TEXTS = ["plain", "$SET", "${SET}", "x${SET}y", "$SET-$EMPTY.", "${UNSET:-d}", "${UNSET-d}", "${EMPTY:-d}", "${EMPTY-d}",
         "${SET:+r}", "${UNSET+r}", "${EMPTY:+r}", "${EMPTY+r}", "${SET:?no}", "${UNSET:-${SET}}", "${UNSET:-${U2:-deep}}",
         "${UNSET:-a:b}", "${UNSET:-}", "$$SET", "$$${SET}", "$$$$", "${UNSET:-$$}", "${WORDS}", "${SIGN}", "a b", "'", '"',
         "#", "é", "line\nline", "no", "012", "1e3", "${UNSET:-x}${SET}", "${SET:-${UNSET:?no}}", "${UNSET:+x}", "$SET$SET",
         "${_U:-_}", "{{.Name}}", "\\$SET", "${UNSET:-a}b}"]  # fmt: skip
WRONG_TEXTS = ["${UNSET:?no}", "${EMPTY:?no}", "${UNSET?no}", "${", "${SET", "${}", "${1A}", "${a b}", "a$"]

PORTS: list[Any] = [80, "80", "8080:80", "127.0.0.1:8001:81", "127.0.0.1::82", "9090-9091:8080-8081", "3000-3002",
         "53:53/udp", "53/udp", "54:54/tcp", "[::1]:83:83", "${PORT}:84", "${UNSET:-85}:85", {"target": 86},
         {"target": 87, "published": "8087", "protocol": "udp", "mode": "host", "host_ip": "127.0.0.1"},
         {"target": 88, "published": 8088}, {"target": "89"}, "0.0.0.0:90:90", {"name": "web", "target": 91}]  # fmt: skip
WRONG_PORTS: list[Any] = [
    "a:80",
    "70000:80",
    "80:70000",
    "",
    "1:2:3:4",
    "80/xyz",
    "9090-9091:8080-8082",
    {"published": 1},
]

VOLUMES: list[Any] = ["data:/data", "data:/read:ro", "/anonymous", "./app:/app", "./app:/app-read:ro", ".:/all",
           "./file.txt:/etc/file.txt", "./absent:/absent", "/abs:/abs", "/abs:/abs-rw:rw", "data:/nocopy:nocopy",
           "./app/:/slash/", "${SET}:/set", "../up:/up", "data:/z:z",
           {"type": "volume", "source": "data", "target": "/long", "read_only": True, "volume": {"nocopy": True}},
           {"type": "volume", "target": "/long-anonymous"},
           {"type": "volume", "source": "data", "target": "/sub", "volume": {"subpath": "inner"}},
           {"type": "tmpfs", "target": "/memory", "tmpfs": {"size": 1048576}},
           {"type": "bind", "source": "./app", "target": "/bind", "bind": {"create_host_path": False}}]  # fmt: skip
WRONG_VOLUMES: list[Any] = ["undefined:/x", {"type": "strange", "target": "/x"}, {"source": "data", "target": "/x"}, 5]

CHECKS: list[Any] = [{"test": ["CMD", "true"]}, {"test": "exit $$SET"}, {"test": ["CMD-SHELL", "a | b"]}, {"disable": True},
          {"test": ["NONE"]}, {"test": ["CMD", "a"], "interval": "1m30s", "timeout": "10s", "retries": 3},
          {"test": "x", "start_period": "1.5s", "interval": "500ms"}, {"test": "x", "interval": "1h1m1s"},
          {"interval": "5s"}, {"test": ["CMD", "${SET}"], "retries": "4"}, {"test": "x", "interval": "2m"}]  # fmt: skip
WRONG_CHECKS: list[Any] = [{"test": ["true"]}, {"test": "x", "interval": "fast"}, {"test": "x", "retries": "many"},
                {"test": "x", "period": "1s"}, {"test": "x", "interval": "90"}]  # fmt: skip

COMMANDS: list[Any] = ["run", "run 'two words' \"and $$SET\"", "sh -c \"echo ${SET} 'in'\"", "a\\ b", "", [], ["a", "b c"],
            ["${UNSET:-x}", "$$y", ""], None, "a  b\tc", "a #b", "a\nb",
            "--flag='x y'z", 'say "a \\"b\\""', "a | b && c"]  # fmt: skip
WRONG_COMMANDS: list[Any] = ["say 'unterminated", {"a": "b"}]

LIMITS: list[Any] = [{"limits": {"cpus": "0.5", "memory": "64M"}}, {"limits": {"cpus": 1.25, "memory": "1g"}},
          {"limits": {"memory": "512kb"}, "reservations": {"memory": "1024"}}, {"limits": {"memory": "0.5gb"}},
          {"reservations": {"cpus": "0.001"}}]  # fmt: skip
WRONG_LIMITS: list[Any] = [{"limits": {"memory": "64Mi"}}, {"limits": {"cpus": "many"}}, {"limits": {"memory": "x"}}]


def mostly(right: list[Any], wrong: list[Any]) -> st.SearchStrategy[Any]:
    """Draw what is right twenty times as often as what is wrong."""
    return st.integers(0, 20).flatmap(lambda roll: st.sampled_from(wrong if roll == 20 else right))


texts = mostly(TEXTS, WRONG_TEXTS)
names = st.sampled_from(["A", "B_C", "d.e", "SET", "UNSET", "EMPTY"])
values = st.one_of(texts, st.sampled_from([None, 1, 0, 1.5, True, False, "", 1.50, 1000000, 0.1]))
environments = st.one_of(
    st.dictionaries(names, values, max_size=4),
    st.lists(st.one_of(st.tuples(names, texts).map("=".join), names), max_size=4, unique=True),
)
images = st.sampled_from(["nginx", "nginx:1", "host:5000/a/b@sha256:" + "0" * 64, "${SET}:${UNSET:-1}"])
sayings: dict[str, st.SearchStrategy[Any]] = {
    "environment": environments,
    "command": mostly(COMMANDS, WRONG_COMMANDS),
    "entrypoint": mostly(COMMANDS, WRONG_COMMANDS),
    "ports": st.lists(mostly(PORTS, WRONG_PORTS), max_size=3),
    "expose": st.lists(st.sampled_from([95, "96", "97-98", "99/udp"]), max_size=2),
    "volumes": st.lists(mostly(VOLUMES, WRONG_VOLUMES), max_size=3),
    "tmpfs": st.sampled_from(["/t", ["/t", "/u:size=1m,mode=1777"], []]),
    "healthcheck": mostly(CHECKS, WRONG_CHECKS),
    "deploy": mostly(LIMITS, WRONG_LIMITS).map(lambda limits: {"resources": limits}),
}
services = st.fixed_dictionaries({"image": images}, optional=sayings)
overrides = st.fixed_dictionaries({}, optional={"image": images, **sayings})
projects = st.fixed_dictionaries({
    "name": st.just("shop"),
    "services": st.dictionaries(st.sampled_from(["web", "db", "no"]), services, min_size=1, max_size=2),
    "volumes": st.just({"data": None, "value": {"labels": {"a": "b"}}}),
})  # fmt: skip


def make_project(folder: Path, *projects: Any) -> list[str]:
    """Write a project and what overrides it, with a few files beside it; give the Compose files' paths."""
    files = [folder / f"compose-{index}.yaml" for index in range(len(projects))]
    for file, project in zip(files, projects, strict=True):
        file.write_text(yaml.safe_dump(project, allow_unicode=True, sort_keys=False))
    (folder / "app" / "inner").mkdir(parents=True)
    (folder / "app" / "inner" / "deep.txt").write_text("deep $SET")
    (folder / "file.txt").write_text("${SET}\n")
    return [str(file) for file in files]


def assert_same_reading(compose_config: ComposeConfig, *projects: Any) -> None:
    """Have both read a project and its overrides: the same services, or both refuse it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "project"
        folder.mkdir()
        files = make_project(folder, *projects)
        try:
            theirs = project_engine(compose_config(folder, *files, environment=SHELL), folder)
        except ComposeRefused as refused:
            with pytest.raises((InvalidInput, InvalidInputs)):
                pytest.fail(f"docker compose: {refused}\nours: {read_ours(folder, files)}")
        else:
            assert read_ours(folder, files) == theirs


def read_ours(folder: Path, files: list[str]) -> Any:
    """Read a project in the same shell."""
    shell = {**SHELL, "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    context = Context(LocalFiles([str(folder)]), LocalEngines(), shell)
    definition = load_reader("compose")(Source(files[0], {"file": tuple(files[1:])}), context)
    return project_model(definition, {file: Path(file).read_text().splitlines() for file in files}, folder)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(projects)
def test_any_project_is_read_alike(compose_config: ComposeConfig, project: Any) -> None:
    assert_same_reading(compose_config, project)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(services, overrides)
def test_any_override_is_read_alike(compose_config: ComposeConfig, base: Any, override: Any) -> None:
    project = {"name": "shop", "services": {"web": base}, "volumes": {"data": None, "value": None}}
    assert_same_reading(compose_config, project, {"services": {"web": override}})


SPELLINGS: list[tuple[str, Any]] = [
    *[("environment", {"A": text}) for text in [*TEXTS, *WRONG_TEXTS]],
    *[("ports", [port]) for port in [*PORTS, *WRONG_PORTS]],
    *[("volumes", [volume]) for volume in [*VOLUMES, *WRONG_VOLUMES]],
    *[("healthcheck", check) for check in [*CHECKS, *WRONG_CHECKS]],
    *[("command", command) for command in [*COMMANDS, *WRONG_COMMANDS]],
    *[("entrypoint", command) for command in [*COMMANDS, *WRONG_COMMANDS]],
    *[("deploy", {"resources": limits}) for limits in [*LIMITS, *WRONG_LIMITS]],
]


@pytest.mark.parametrize(("key", "value"), SPELLINGS, ids=lambda part: str(part)[:60])
def test_every_spelling_is_read_alike(compose_config: ComposeConfig, key: str, value: Any) -> None:
    project = {
        "name": "shop",
        "services": {"web": {"image": "nginx", key: value}},
        "volumes": {"data": None, "value": None},
    }
    assert_same_reading(compose_config, project)
