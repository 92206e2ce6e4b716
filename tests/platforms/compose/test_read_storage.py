"""Files of the project, configs, secrets and volumes."""

import pytest

from isomorph.model.application import Configuration, Definition, Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import ConfigurationValue, Placeholder, SecretValue
from isomorph.model.workload import Binary, File, HostPath, Mount
from isomorph.platforms.compose import read_storage
from isomorph.platforms.compose.reader import read
from tests.memory_context import memory_context, source


def read_project(text: str, files: dict[str, str | bytes] | None = None, **environment: str) -> Definition:
    context = memory_context({"shop/compose.yaml": text, **(files or {})}, environment=environment)
    return read(source("shop/compose.yaml"), context)


def files_of(definition: Definition) -> dict[str, File]:
    return definition.application.workloads["web"].containers["web"].files


def mounts_of(definition: Definition) -> dict[str, Mount]:
    return definition.application.workloads["web"].containers["web"].mounts


def web_with(volumes: str, rest: str = "") -> str:
    return f"services:\n  web:\n    image: web\n    volumes: {volumes}\n{rest}"


def test_a_bound_file_of_the_project_is_a_file() -> None:
    definition = read_project(web_with("['./a.conf:/etc/a.conf:ro', './b.bin:/b']"), {
        "shop/a.conf": "text $A\n", "shop/b.bin": b"\xff\x00"})  # fmt: skip
    assert files_of(definition) == {
        "/etc/a.conf": File("text $A\n", read_only=True),
        "/b": File(Binary(b"\xff\x00")),
    }
    place = ("workloads", "web", "containers", "web", "files", "/etc/a.conf")
    bind = Origin("shop/compose.yaml", 4, 15)
    assert definition.origins.exact(place) == bind
    assert definition.origins.exact((*place, "content")) == Origin("shop/a.conf").through(bind)


def test_a_bound_folder_of_the_project_is_its_files() -> None:
    definition = read_project(web_with("['./conf:/etc/web/']"), {"shop/conf/a": "1", "shop/conf/sub/b": "2"})
    assert files_of(definition) == {"/etc/web/a": File("1"), "/etc/web/sub/b": File("2")}
    assert mounts_of(definition) == {}


def test_a_bound_folder_with_too_many_files_is_one_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_storage, "MAXIMUM_FILES", 2)
    many: dict[str, str | bytes] = {f"shop/conf/{name}": "x" for name in "abc"}
    definition = read_project(web_with("['./conf:/etc/web']"), many)
    assert files_of(definition) == {"/etc/web": File(HostPath("./conf"), folder=True)}


def test_a_file_that_is_too_large_stays_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_storage, "MAXIMUM_FILE_SIZE", 3)
    definition = read_project(web_with("['./a:/a', './b:/b']"), {"shop/a": "123", "shop/b": "1234"})
    assert files_of(definition) == {"/a": File("123"), "/b": File(HostPath("./b"))}


def test_all_bound_files_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_storage, "MAXIMUM_TOTAL_SIZE", 5)
    definition = read_project(web_with("['./a:/a', './b:/b', './a:/c']"), {"shop/a": "123", "shop/b": "456"})
    assert files_of(definition) == {"/a": File("123"), "/b": File(HostPath("./b")), "/c": File("123")}


def test_a_bound_path_that_is_not_there_is_told() -> None:
    definition = read_project(web_with("['./a.conf:/a', './folder:/b', './c.d/:/c']"))
    assert files_of(definition) == {
        "/a": File(HostPath("./a.conf")),
        "/b": File(HostPath("./folder"), folder=True),
        "/c": File(HostPath("./c.d/"), folder=True),
    }
    assert [(each.code, each.origin and each.origin.column) for each in definition.diagnostics] == [
        ("missing-file", 15),
        ("missing-file", 30),
        ("missing-file", 45),
    ]


def test_paths_outside_the_project_are_the_hosts() -> None:
    definition = read_project(web_with("[/var/run/docker.sock:/s, ../up:/up, ~/home:/home, '${ROOT}/x:/x']"))
    assert {name: mount.volume for name, mount in mounts_of(definition).items()} == {
        "/s": "web/s", "/up": "web/up", "/home": "web/home", "/x": "web/x"}  # fmt: skip
    assert [volume.host_path for volume in definition.application.volumes.values()] == [
        "/var/run/docker.sock", "../up", "~/home", "${ROOT}/x"]  # fmt: skip
    assert {volume.kind for volume in definition.application.volumes.values()} == {"host"}


def test_sources_that_are_not_settled_and_dollars_that_are_meant() -> None:
    definition = read_project(
        web_with(
            "['${A:-}vol${B}:/b', '${C}:/c:ro', 'data:/${UNSET}/d', 'data:/$${x', './$${y}:/y']", "volumes: {data: }\n"
        )
    )
    assert mounts_of(definition) == {
        "/b": Mount("vol${B}"),
        "/c": Mount("web/c", read_only=True),
        "/${UNSET}/d": Mount("data"),
        "/${x": Mount("data"),
    }
    assert definition.application.volumes["vol${B}"] == Volume("persistent")
    assert definition.application.volumes["web/c"] == Volume("host", host_path="${C}")
    assert files_of(definition) == {"/y": File(HostPath("./${y}"), folder=True)}


def test_named_anonymous_and_memory_volumes() -> None:
    definition = read_project(
        web_with(
            "['data:/data:ro', /anonymous, {type: tmpfs, target: /memory, tmpfs: {size: 1m}},"
            " {type: volume, source: data, target: /sub, volume: {subpath: a}}]",
            "    tmpfs: ['/tmp:size=64m,ro', '/run']\nvolumes: {data: , elsewhere: {external: true},"
            " memory: {driver_opts: {type: tmpfs, device: tmpfs, o: 'size=1k'}},"
            " folder: {driver_opts: {type: none, o: bind, device: /srv}}}\n",
        )
    )
    assert mounts_of(definition) == {
        "/data": Mount("data", read_only=True),
        "/anonymous": Mount("web/anonymous"),
        "/memory": Mount("web/memory"),
        "/sub": Mount("data", sub_path="a"),
        "/tmp": Mount("web/tmp", read_only=True),
        "/run": Mount("web/run"),
    }
    assert definition.application.volumes == {
        "data": Volume("persistent"),
        "elsewhere": Volume("persistent", external=True),
        "memory": Volume("memory", size=1024),
        "folder": Volume("host", host_path="/srv"),
        "web/anonymous": Volume("ephemeral"),
        "web/memory": Volume("memory", size=1048576),
        "web/tmp": Volume("memory", size=64 * 1048576),
        "web/run": Volume("memory"),
    }


def test_configs_are_files_with_their_text() -> None:
    definition = read_project(
        "services:\n  web:\n    image: web\n    configs:\n      - inline\n"
        "      - {source: inline, target: /etc/a, mode: 0440}\n      - from-file\n      - outside\n      - variable\n"
        "configs:\n  inline:\n    content: a $$b ${C}\n  from-file: {file: ./f}\n  outside: {external: true}\n"
        "  variable: {environment: V}\n  unused: {content: u}\n",
        {"shop/f": "of the file"},
        V="of the shell",
    )
    unset = ("a $b ", Placeholder("${C}", "C"))
    assert files_of(definition) == {
        "/inline": File(unset),
        "/etc/a": File(unset, mode=0o440),
        "/from-file": File("of the file"),
        "/outside": File((ConfigurationValue("outside"),)),
        "/variable": File("of the shell"),
    }
    assert definition.application.configurations == {
        "outside": Configuration(external=True),
        "unused": Configuration({"unused": "u"}),
    }
    place = ("workloads", "web", "containers", "web", "files", "/inline", "content")
    used = Origin("shop/compose.yaml", 5, 9)
    assert definition.origins.exact(place) == Origin("shop/compose.yaml", 12, 14).through(used)


def test_secrets_stay_references_and_their_values_are_kept_apart() -> None:
    definition = read_project(
        "services: {web: {image: web, secrets: [token, {source: token, target: t, mode: 256}, {source: key, target: /k}]}}\n"
        "secrets: {token: {file: token.txt}, key: {environment: KEY}, far: {external: true}}\n",
        {"shop/token.txt": "s3cret"},
    )
    assert files_of(definition) == {
        "/run/secrets/token": File((SecretValue("token"),)),
        "/run/secrets/t": File((SecretValue("token"),), mode=0o400),
        "/k": File((SecretValue("key"),)),
    }
    assert definition.application.secrets == {
        "token": Secret({"": "s3cret"}),
        "key": Secret({"": (Placeholder("${KEY}", "KEY"),)}),
        "far": Secret(external=True),
    }


def test_nothing_outside_the_readable_folders_is_read() -> None:
    text = "services: {web: {image: web, env_file: ../../etc/passwd, configs: [c]}}\nconfigs: {c: {file: ../../x}}\n"
    definition = read_project(text)
    assert [each.code for each in definition.diagnostics] == ["missing-file", "missing-file"]
    assert "outside the project" in definition.diagnostics[0].message + definition.diagnostics[1].message
    for reference in ("include: [../../x.yaml]\n", "services: {web: {extends: {file: ../../x.yaml, service: y}}}\n"):
        with pytest.raises(InvalidInput, match="outside the project") as caught:
            read_project(reference)
        assert caught.value.origin is not None
        assert caught.value.origin.file == "shop/compose.yaml"
