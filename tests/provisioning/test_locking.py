"""One run at a time; a run that was killed holds nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from isomorph.model.errors import UsageError
from isomorph.provisioning.locking import Holder, StateLocked, hold_lock

HOLD = """
import sys
from isomorph.provisioning.locking import hold_lock
with hold_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def state(tmp_path: Path) -> str:
    return str(tmp_path / ".isomorph" / "state.yaml")


def hold_elsewhere(state: str) -> "subprocess.Popen[str]":
    """Start a process that holds the lock until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_is_told_who_holds_the_state(state: str) -> None:
    with hold_elsewhere(state) as process:
        with pytest.raises(StateLocked) as refused, hold_lock(state):
            pytest.fail("both hold it")
        process.communicate()
    assert f"process {process.pid}" in str(refused.value)
    assert "since 20" in str(refused.value)
    assert refused.value.exit_code == 3
    with hold_lock(state):
        pass


def test_in_one_process_too(state: str) -> None:
    with hold_lock(state), pytest.raises(StateLocked), hold_lock(state):
        pytest.fail("both hold it")


def test_a_run_that_was_killed_holds_nothing(state: str) -> None:
    with hold_elsewhere(state) as process:
        os.kill(process.pid, signal.SIGKILL)
    assert os.path.exists(f"{state}.lock")
    with hold_lock(state) as holder:
        assert holder.process == os.getpid()
        assert msgspec.json.decode(Path(f"{state}.lock").read_bytes(), type=Holder) == holder
    assert not os.path.exists(f"{state}.lock")


def test_a_run_may_wait_for_another(state: str) -> None:
    with hold_elsewhere(state) as process:
        assert process.stdin is not None
        threading.Timer(0.2, process.stdin.close).start()
        with hold_lock(state, wait=30):
            assert process.wait(30) == 0


def test_the_lock_ends_with_an_error(state: str) -> None:
    with pytest.raises(KeyError), hold_lock(state):
        raise KeyError
    assert not os.path.exists(os.path.dirname(state))


def test_many_runs_one_after_the_other(state: str) -> None:
    """No two hold it at once, although each removes the file that the others wait for."""
    inside, most, failures = 0, 0, []

    def run() -> None:
        nonlocal inside, most
        try:
            for _ in range(5):
                with hold_lock(state, wait=60):
                    inside += 1
                    most = max(most, inside)
                    time.sleep(0.001)
                    inside -= 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert most == 1


@pytest.mark.parametrize("content", [b"", b"nonsense", b'{"process": "x"}', b"\xff" * 9000])
def test_a_holder_who_says_nothing_is_another_run(state: str, content: bytes) -> None:
    with hold_lock(state):
        Path(f"{state}.lock").write_bytes(content)
        with pytest.raises(StateLocked, match="in use by another run of isomorph"), hold_lock(state):
            pytest.fail("both hold it")


def test_a_link_is_not_followed(state: str, tmp_path: Path) -> None:
    os.mkdir(os.path.dirname(state))
    (tmp_path / "precious").write_text("precious")
    os.symlink(tmp_path / "precious", f"{state}.lock")
    with pytest.raises(UsageError, match="cannot be made"), hold_lock(state):
        pytest.fail("held")
    assert (tmp_path / "precious").read_text() == "precious"
