"""Secrets in Vault, and the script that starts a server and prepares it."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Address, SecretValue
from isomorph.model.workload import Kind
from isomorph.provisioning.catalogue.server import serve
from isomorph.provisioning.contract import Result
from tests.provisioning.catalogue.realising import realise


def seed_of(result: Result) -> dict[str, str]:
    seed = result.parts.secrets["shop-db"].values["seed"]
    assert isinstance(seed, str)
    loaded: dict[str, str] = json.loads(seed)
    return loaded


def test_what_a_workload_gets() -> None:
    result = realise("vault")
    assert {key: value for key, value in result.outputs.items() if key != "token"} == {
        "url": "http://shop-db:8200",
        "address": "http://shop-db:8200",
        "host": "shop-db",
        "port": 8200,
        "mount": "secret",
        "path": "shop",
        "fields": ["value"],
    }
    assert result.references["url"] == ("http://", Address("shop-db", "shop-db", 8200))
    assert result.references["token"] == (SecretValue("shop-db", "token"),)
    assert result.secrets == {"token"}


def test_the_store_is_seeded_on_every_start() -> None:
    result = realise("vault", params={"keys": ["password", "api-key"], "path": "shop/database"})
    container = result.parts.workloads["shop-db"].containers["shop-db"]
    assert result.parts.workloads["shop-db"].kind is Kind.SERVICE
    assert result.parts.volumes == {}
    assert seed_of(result).keys() == {"password", "api-key"}
    assert container.variables["VAULT_SEED"] == (SecretValue("shop-db", "seed"),)
    assert container.variables["VAULT_SEED_PATH"] == "shop/database"
    assert container.variables["VAULT_TOKEN"] == container.variables["VAULT_DEV_ROOT_TOKEN_ID"]


def test_a_key_more_leaves_the_others_as_they_are() -> None:
    before = realise("vault", params={"keys": ["a"]})
    after = realise("vault", params={"keys": ["b", "a"]}, state=before.state)
    assert seed_of(after)["a"] == seed_of(before)["a"]
    assert after.outputs["token"] == before.outputs["token"]


def test_values_that_are_given() -> None:
    result = realise("vault", params={"values": {"user": "shop", "level": 3}})
    assert seed_of(result) == {"user": "shop", "level": "3"}
    assert result.state["secret_values"] == {}
    both = realise("vault", params={"keys": ["password"], "values": {"user": "shop"}})
    assert both.outputs["fields"] == ["password", "user"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"path": "../sys"}, "param path is '../sys', which is no path in a store"),
        ({"path": "a b"}, "param path is 'a b'"),
        ({"keys": "password"}, "param keys is no list of names"),
        ({"keys": ["a=b"]}, "param keys is no list of names"),
        ({"values": ["a"]}, "param values is no mapping of names to values"),
        ({"values": {"a": {"b": "c"}}}, "param values holds what is no text"),
    ],
)
def test_params_that_mean_nothing(params: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        realise("vault", params=params)
    assert said in str(error.value)


def test_messages_do_not_hold_what_was_given() -> None:
    with pytest.raises(InvalidInput) as error:
        realise("vault", params={"values": {"password": ["hunter2hunter2"]}})
    assert "hunter2" not in str(error.value)


# A server that answers a second after its start, says what it was told, and takes its time to end.
SERVER = """#!/bin/sh
trap 'echo stopped >>log; exit 7' TERM
sleep 1
touch answers
while :; do sleep 0.1; done
"""
PREPARE = """#!/bin/sh
[ -e answers ] || exit 1
cat >>log
"""


def start(folder: Path, server: str = SERVER) -> "subprocess.Popen[bytes]":
    for name, text in (("server", server), ("prepare", PREPARE)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    script = serve("./server", """printf '%s\\n' "$SEED" | ./prepare""")
    environment = {"PATH": os.environ["PATH"], "SEED": 'it\'s a "seed" $HOME'}
    return subprocess.Popen(["sh", "-c", script], cwd=folder, env=environment)


def wait_for(path: Path, text: str) -> None:
    deadline = time.monotonic() + 20
    while not (path.exists() and text in path.read_text()):
        assert time.monotonic() < deadline, f"{text!r} never came"
        time.sleep(0.05)


def test_a_server_is_prepared_and_then_asked_to_stop(tmp_path: Path) -> None:
    process = start(tmp_path)
    try:
        wait_for(tmp_path / "log", "\n")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 7
    finally:
        process.kill()
    assert (tmp_path / "log").read_text() == 'it\'s a "seed" $HOME\nstopped\n'


def test_a_server_that_ends_takes_the_script_with_it(tmp_path: Path) -> None:
    process = start(tmp_path, "#!/bin/sh\nexit 3\n")
    assert process.wait(20) == 1
    assert not (tmp_path / "log").exists()
