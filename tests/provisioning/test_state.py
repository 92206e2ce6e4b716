"""The state's file: legible, whole, the same for the same state, and without a secret in the clear."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.provisioning.atomic import read_if_there, write_atomically
from isomorph.provisioning.locking import StateLocked
from isomorph.provisioning.sealing import KEY_SIZE, Key, Sealed
from isomorph.provisioning.secrecy import find_all_secrets, iterate_leaves, value_at
from isomorph.provisioning.state import (
    EnvironmentState,
    ResourceState,
    State,
    WorkloadState,
    find_changes,
    find_unused,
    forget_workloads,
    known_secrets,
    prune,
    rename_workload,
)
from isomorph.provisioning.state_file import (
    STATE_FILE,
    lock_state,
    parse_state,
    print_state,
    read_state,
    unseal_state,
    write_state,
)

KEY = Key(bytes(range(KEY_SIZE)), "key")
PASSWORD = "dXt7Kq-correct-horse"


def make_resource(place: str = "cart.db", users: tuple[str, ...] = ("cart",), **fields: Any) -> ResourceState:
    """Make a database's state with a password."""
    given_: dict[str, Any] = {
        "guid": f"guid-of-{place}",
        "type": "postgres",
        "id": place,
        "workload": "cart",
        "users": users,
        "provisioner": "template://postgres",
        "parameters": "sha256:00",
        "state": {"password": PASSWORD, "name": "db-1"},
        "outputs": {"host": "pg", "port": 5432, "url": f"postgres://u:{PASSWORD}@pg", "deep": [{"a/b~c": PASSWORD}]},
        "secrets": frozenset({("state", "password"), ("outputs", "url"), ("outputs", "deep", "0", "a/b~c")}),
    }
    return ResourceState(**{**given_, **fields})


def make_environment(*resources: ResourceState, **fields: Any) -> EnvironmentState:
    given_: dict[str, Any] = {
        "platform": "compose",
        "workloads": {"cart": WorkloadState("cart/score.yaml", "sha256:11"), "web": WorkloadState("web.yaml")},
        "resources": {f"{one.type}.default#{one.id}": one for one in resources or (make_resource(),)},
        "shared": {"brokers": {"main": {"token": PASSWORD, "size": 3}}},
        "shared_secrets": frozenset({("brokers", "main", "token")}),
    }
    return EnvironmentState(**{**given_, **fields})


STATE = State("shop", {"local": make_environment(), "production": make_environment(platform="kubernetes")})


@pytest.fixture
def project(tmp_path: Path) -> str:
    folder = tmp_path / "project"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home")}


def state_path(project: str) -> Path:
    return Path(project, STATE_FILE)


def test_what_is_written_is_read(project: str, variables: dict[str, str]) -> None:
    assert write_state(project, STATE, variables)
    found = read_state(project, variables)
    assert found.environments == STATE.environments
    assert found.project == "shop"
    assert read_state(project, variables) == found


def test_no_state_yet_is_an_empty_one_and_makes_no_key(project: str, variables: dict[str, str], tmp_path: Path) -> None:
    assert read_state(project, variables) == State()
    plain = make_environment(
        make_resource(state={}, outputs={}, secrets=frozenset()), shared={}, shared_secrets=frozenset()
    )
    write_state(project, State("shop", {"local": plain}), variables)
    assert read_state(project, variables) == State("shop", {"local": plain})
    assert not (tmp_path / "home").exists()


def test_no_secret_is_in_the_file(project: str, variables: dict[str, str]) -> None:
    write_state(project, STATE, variables)
    assert PASSWORD.encode() not in state_path(project).read_bytes()
    assert stat.S_IMODE(state_path(project).stat().st_mode) == 0o600
    assert os.listdir(state_path(project).parent) == ["state.yaml"]


def test_a_secret_without_a_key_is_never_printed() -> None:
    with pytest.raises(ValueError, match="no key"):
        print_state(STATE, None)


def test_a_stranger_can_read_it(project: str, variables: dict[str, str]) -> None:
    write_state(project, STATE, variables)
    text = state_path(project).read_text()
    head = text[: text.index("{\n")]
    assert head.startswith("# What isomorph has provisioned")
    data = yaml.safe_load(text)
    assert data["schema"] == "isomorph.state/v1"
    # Every field of the file is a word of the comments or of the language of resources.
    said = set(head.replace("`", " ").replace(":", " ").replace(";", " ").replace(",", " ").split())
    resource = data["environments"]["local"]["resources"]["postgres.default#cart.db"]
    assert set(resource) - {"type", "class", "id"} <= said
    assert set(data["environments"]["local"]) - {"platform"} <= said
    assert resource["outputs"] == {"host": "pg", "port": 5432, "url": "(sealed)", "deep": [{"a/b~c": "(sealed)"}]}
    assert set(resource["sealed"]) == {"/state/password", "/outputs/url", "/outputs/deep/0/a~1b~0c"}


def test_the_same_state_is_the_same_file(project: str, variables: dict[str, str]) -> None:
    write_state(project, STATE, variables)
    before = state_path(project).read_bytes()
    inode = state_path(project).stat().st_ino
    assert not write_state(project, read_state(project, variables), variables)
    assert state_path(project).stat().st_ino == inode
    environments = dict(reversed(STATE.environments.items()))
    assert print_state(msgspec.structs.replace(STATE, environments=environments), KEY) == print_state(STATE, KEY)
    assert state_path(project).read_bytes() == before


def test_a_change_of_one_environment_leaves_the_other(project: str, variables: dict[str, str]) -> None:
    write_state(project, STATE, variables)
    before = json.loads(state_path(project).read_text().partition("\n{")[2].join(("{", "")))
    state = read_state(project, variables).with_environment("local", make_environment(make_resource("web.db")))
    write_state(project, state, variables)
    after = json.loads(state_path(project).read_text().partition("\n{")[2].join(("{", "")))
    assert after["environments"]["production"] == before["environments"]["production"]
    assert after["environments"]["local"] != before["environments"]["local"]
    assert list(read_state(project, variables).environments["local"].resources) == ["postgres.default#web.db"]


def test_without_the_key_what_is_not_secret_is_read(project: str, variables: dict[str, str], tmp_path: Path) -> None:
    write_state(project, STATE, variables)
    elsewhere = {"HOME": str(tmp_path / "another")}
    with pytest.raises(InvalidInput, match="sealed with the key"):
        read_state(project, elsewhere)
    sealed = read_state(project, elsewhere, unseal=False)
    resource = sealed.environments["local"].resources["postgres.default#cart.db"]
    assert resource.outputs["host"] == "pg"
    assert isinstance(resource.outputs["url"], Sealed)
    assert repr(resource.outputs["url"]) == "Sealed"
    assert not (tmp_path / "another").exists()


def test_what_stays_sealed_is_written_as_it_was() -> None:
    text = print_state(STATE, KEY)
    assert print_state(parse_state(text, "s"), None) == text
    assert unseal_state(parse_state(text, "s"), KEY, "s").environments == STATE.environments


def test_another_key_neither_reads_nor_writes(project: str, variables: dict[str, str], tmp_path: Path) -> None:
    write_state(project, STATE, variables)
    state, before = read_state(project, variables), state_path(project).read_bytes()
    other = {"HOME": str(tmp_path / "another")}
    write_state(str(tmp_path / "elsewhere"), STATE, other)
    for act in (lambda: read_state(project, other), lambda: write_state(project, state, other)):
        with pytest.raises(InvalidInput, match="ISOMORPH_KEY_FILE"):
            act()
    assert state_path(project).read_bytes() == before


def test_a_sealed_value_moved_to_another_place_is_refused(project: str, variables: dict[str, str]) -> None:
    write_state(project, STATE, variables)
    text = state_path(project).read_text()
    data = yaml.safe_load(text)
    local, production = (data["environments"][name]["resources"] for name in ("local", "production"))
    local["postgres.default#cart.db"]["sealed"] = production["postgres.default#cart.db"]["sealed"]
    state_path(project).write_text(json.dumps(data))
    with pytest.raises(InvalidInput, match=r"postgres\.default#cart\.db .* was changed or moved"):
        read_state(project, variables)


def test_it_may_be_edited_as_yaml() -> None:
    text = """\
# by hand
schema: isomorph.state/v1
environments:
  local:
    platform: compose
    resources:
      dns.default#web.dns: {guid: g, type: dns, class: default, id: web.dns, workload: web, provisioner: p, users: [web]}
"""
    environment = parse_state(text.encode(), "s").environments["local"]
    assert environment.resources["dns.default#web.dns"].users == ("web",)


BROKEN = [
    ("", "1:1", "no state"),
    ("[]\n", "1:1", "no state"),
    ("schema: isomorph.state/v2\nnovelty: 1\n", "1:1", "update isomorph"),
    ("schema: other\n", "1:1", "isomorph.state/v1"),
    ("project: shop\n", "1:1", "missing required field `schema`"),
    ("schema: isomorph.state/v1\nnovelty: 1\n", "1:1", "unknown field `novelty`"),
    ("schema: isomorph.state/v1\nproject: [1]\n", "2:10", "Expected `str`"),
    ("schema: isomorph.state/v1\nenvironments:\n  a: {platform: x, shared: 3}\n", "3:28", "Expected `object`"),
    (
        "schema: isomorph.state/v1\nenvironments:\n  a:\n    platform: x\n    resources:\n      r: {guid: 5}\n",
        "6:17",
        "Expected `str`",
    ),
    ('{"schema": "isomorph.state/v1",\n<<<<<<< ours\n', "2:1", "not merged"),
    ('{"schema": "isomorph.state/v1"', "1:1", "not closed"),
    ("schema: isomorph.state/v1\nenvironments: {a: {platform: x, sealed: {/b: xyz}}}\n", "1:1", "has no"),
    ("schema: isomorph.state/v1\nenvironments: {a: {platform: x, shared: {b: c}, sealed: {/b: x}}}\n", "1:1", "has no"),
]


@pytest.mark.parametrize(("text", "place", "message"), BROKEN)
def test_a_broken_state_says_where(text: str, place: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_state(text.encode(), "state.yaml")
    assert message in str(refused.value)
    assert str(refused.value).startswith(f"state.yaml:{place}:")


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe\x00", b"#", b"# a\n" * 9])
def test_a_hostile_state_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_state(text, "state.yaml")


def test_a_write_that_fails_leaves_the_old_state(
    project: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(project, STATE, variables)
    before = state_path(project).read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fail)
            with pytest.raises(UsageError, match="No space left"):
                write_state(project, State("other"), variables)
        assert state_path(project).read_bytes() == before
        assert os.listdir(state_path(project).parent) == ["state.yaml"]


def test_the_content_is_on_the_disk_before_it_has_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def watch(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any) -> None:
            calls.append(name)
            real(*arguments)

        monkeypatch.setattr(os, name, call)

    watch("fsync")
    watch("replace")
    assert write_atomically(str(tmp_path / "file"), b"x")
    assert calls == ["fsync", "replace", "fsync"]


def test_links_do_not_lead_out_of_the_project(project: str, variables: dict[str, str], tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    os.symlink(outside, Path(project, ".isomorph"))
    with pytest.raises(UsageError, match="leads out of the project"):
        write_state(project, STATE, variables)
    assert os.listdir(outside) == []
    os.unlink(Path(project, ".isomorph"))
    os.mkdir(Path(project, ".isomorph"))
    (outside / "secret").write_text("precious")
    os.symlink(outside / "secret", state_path(project))
    with pytest.raises(InvalidInput, match="is a link"):
        read_state(project, variables)


def test_the_state_is_locked_inside_the_project(project: str, tmp_path: Path) -> None:
    with lock_state(project):
        assert os.listdir(Path(project, ".isomorph")) == ["state.yaml.lock"]
        with pytest.raises(StateLocked, match=r"state\.yaml is in use by process"), lock_state(project):
            pytest.fail("both hold it")
    os.symlink(tmp_path, Path(project, ".isomorph"))
    with pytest.raises(UsageError, match="leads out of the project"), lock_state(project):
        pytest.fail("held")


def test_what_is_heavy_is_loaded_where_it_is_used() -> None:
    """Reading a state without secrets, and naming sources, load neither ciphers nor the network."""
    code = (
        "import sys\n"
        "from isomorph.provisioning import locking, sources, state_file\n"
        "state_file.parse_state(b'{\"schema\": \"isomorph.state/v1\"}', 's')\n"
        "sources.parse_source('https://h/x')\n"
        "heavy = {'cryptography', 'urllib.request', 'subprocess', 'tempfile', 'socket', 'gotpl', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match="not a regular file"):
        read_if_there(str(tmp_path / "pipe"))
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(InvalidInput, match="larger than 10 bytes"):
        read_if_there(str(tmp_path / "large"), 10)


# Workloads that come, move and go.


def test_changes_of_workloads_are_noticed() -> None:
    environment = make_environment(
        workloads={name: WorkloadState(f"{name}.yaml") for name in ("same", "moved", "gone", "old", "away", "dropped")}
    )
    found = {
        "same": "same.yaml",
        "moved": "new/moved.yaml",
        "new": "old.yaml",
        "one": "dropped.yaml",
        "two": "dropped.yaml",
    }
    changes = find_changes(environment, found, lambda file: file != "gone.yaml")
    assert [str(change) for change in changes] == [
        "workload moved moved from moved.yaml to new/moved.yaml",
        "workload gone is gone with its file gone.yaml",
        "workload old of old.yaml is now called new",
        "dropped.yaml no longer holds workload dropped",
    ]
    assert find_changes(environment, {}, lambda file: True) == ()


def test_what_nothing_uses_is_found_and_pruned() -> None:
    own = make_resource("cart.db", ("cart",), shared_keys=("brokers", "own"))
    shared = make_resource("main", ("cart", "web"), shared_keys=("brokers",))
    environment = make_environment(own, shared, shared={"brokers": {"main": {"token": "x"}}, "own": 1, "other": 2})
    assert find_unused(environment) == ()
    after = forget_workloads(environment, ["cart"])
    assert find_unused(after) == ("postgres.default#cart.db",)
    pruned = prune(after, find_unused(after))
    assert list(pruned.resources) == ["postgres.default#main"]
    assert pruned.resources["postgres.default#main"].users == ("web",)
    assert pruned.shared == {"brokers": {"main": {"token": "x"}}, "other": 2}
    assert pruned.shared_secrets == environment.shared_secrets
    everything = prune(pruned, ["postgres.default#main", "unknown"])
    assert everything.shared == {"other": 2}
    assert everything.shared_secrets == frozenset()


def test_a_renamed_workload_keeps_what_it_has() -> None:
    shared = make_resource("main", ("cart", "web"))
    environment = make_environment(make_resource(), shared, make_resource("cartel.db", ("web",), workload="web"))
    after = rename_workload(environment, "cart", "basket")
    assert list(after.workloads) == ["basket", "web"]
    assert list(after.resources) == [
        "postgres.default#basket.db",
        "postgres.default#main",
        "postgres.default#cartel.db",
    ]
    own = after.resources["postgres.default#basket.db"]
    assert (own.guid, own.id, own.users, own.state) == (
        "guid-of-cart.db",
        "basket.db",
        ("basket",),
        {"password": PASSWORD, "name": "db-1"},
    )
    assert after.resources["postgres.default#main"].users == ("basket", "web")
    for old, new in (("cart", "web"), ("unknown", "new")):
        with pytest.raises(UsageError):
            rename_workload(environment, old, new)


# What is secret.

NOT_SECRET = {
    "host": "redis-BiDfY0",
    "service": "redis-workload-one-89c38b36",
    "guid": "4a4c8473-dc3b-4cd7-bc86-ec4eb1c2edac",
    "database": "db-CRkkDuwl",
    "username": "default",
    "port": 5432,
    "region": "us-east-1",
    "url": "http://dnsabcdef.localhost:8080/path",
    "passport": "x",
    "monkey": "k",
    "partition_key": "id",
    "reference_password": "\U0001f510\U0001f4acpg_password\U0001f4ac\U0001f510",
    "empty_password": "",
    "no_password": None,
    "has_password": True,
    "words": "instanceServiceName aLongerName ThisIsHTTPServerName UPPERCASELETTERS",
    "image": "mirror.gcr.io/redis:7-alpine",
}
SECRET = {
    "password": "x",
    "rootPassword": "y",
    "MONGO_INITDB_ROOT_PASSWORD": "z",
    "secret_key": "minio",
    "access_key_id": "minio",
    "secretKey": "k",
    "APIKey": "k",
    "pin": 1234,
    "auth_token": "t",
    "value": "1k5wgq93qEdrhiPb",
    "letters": "UPuSprMcUfuFAuQjalAr",
    "erlangCookie": "x",
    "hexadecimal": "9f86d081884c7d659a2feaa0c55ad015",
    "connection": "mongodb://user:pw@host:27017/",
    "odbc": "Server=tcp:mssql;User Id=sa;Password=x;",
    "certificate": "-----BEGIN RSA PRIVATE KEY-----\n",
    "nested": {"credentials": {"a": ["b"]}},
}


def test_what_looks_secret() -> None:
    said = {"outputs": {**NOT_SECRET, **SECRET}}
    found = find_all_secrets(said, frozenset(), set())
    assert {place[1] for place in found} == set(SECRET)


def test_what_holds_a_secret_is_secret() -> None:
    known: set[str] = set()
    said = {"outputs": {"named": "plain words", "line": "say plain words", "exact": "plain words", "user": "root"}}
    assert find_all_secrets(said, frozenset({("outputs", "named")}), known) == {
        ("outputs", "named"),
        ("outputs", "exact"),
        ("outputs", "line"),
    }
    assert known == {"plain words"}
    assert find_all_secrets({"state": {"copy": "plain words"}}, frozenset(), known) == {("state", "copy")}
    assert known_secrets(make_environment()) == {PASSWORD, f"postgres://u:{PASSWORD}@pg"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=4), st.randoms(use_true_random=False))
def test_any_values_are_kept(data: dict[str, Any], random: Any) -> None:
    places = frozenset(("outputs", *place) for place, _ in iterate_leaves(data) if random.random() < 0.5)
    resource = make_resource(state={}, outputs=data, secrets=places)
    state = State("p", {"e": make_environment(resource, shared={}, shared_secrets=frozenset())})
    text = print_state(state, KEY)
    assert unseal_state(parse_state(text, "s"), KEY, "s").environments == state.environments
    for place in places:
        assert value_at(
            parse_state(text, "s").environments["e"].resources["postgres.default#cart.db"].outputs, place[1:]
        ).box
