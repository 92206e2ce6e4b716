"""Sealed values open with their key at their place only; the key is made once, outside the project, for its owner."""

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.provisioning.sealing import KEY_SIZE, Key, find_key_file, load_key, refuse_wrong_key

KEY = Key(bytes(range(KEY_SIZE)), "key")
OTHER = Key(bytes(reversed(range(KEY_SIZE))), "other")
PLACE = ("local", "redis.default#cache", "state", "password")
ORIGIN = Origin("state.yaml")


@pytest.fixture
def project(tmp_path: Path) -> str:
    folder = tmp_path / "project"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home")}


@settings(max_examples=50)
@given(st.one_of(st.text(), st.integers(-(2**60), 2**60), st.booleans()), st.lists(st.text(), min_size=1).map(tuple))
def test_what_is_sealed_opens(value: object, place: tuple[str, ...]) -> None:
    assert KEY.unseal(KEY.seal(value, place), place, ORIGIN) == value


def test_a_sealed_value_does_not_show_it() -> None:
    box = KEY.seal("hunter2-hunter2", PLACE)
    assert "hunter2" not in box
    assert box == KEY.seal("hunter2-hunter2", PLACE)
    assert box != KEY.seal("hunter2-hunter2", (*PLACE[:-1], "other"))
    assert box != KEY.seal("hunter2-hunter3", PLACE)


def test_names_of_places_do_not_run_into_each_other() -> None:
    box = KEY.seal("value", ("a", "b/c"))
    with pytest.raises(InvalidInput):
        KEY.unseal(box, ("a/b", "c"), ORIGIN)


@pytest.mark.parametrize(
    ("box", "place", "key"),
    [
        (KEY.seal("value", PLACE), PLACE, OTHER),
        (KEY.seal("value", PLACE), (*PLACE, "deeper"), KEY),
        ("A" + KEY.seal("value", PLACE)[1:], PLACE, KEY),
        (KEY.seal("value", PLACE)[:8], PLACE, KEY),
        ("", PLACE, KEY),
        ("no box at all!", PLACE, KEY),
        ("é", PLACE, KEY),
    ],
    ids=["another key", "another place", "changed", "cut off", "empty", "no base64", "no ASCII"],
)
def test_what_was_tampered_with_does_not_open(box: str, place: tuple[str, ...], key: Key) -> None:
    with pytest.raises(InvalidInput) as refused:
        key.unseal(box, place, ORIGIN)
    assert "redis.default#cache" in str(refused.value)
    assert "value of" in str(refused.value)


def test_the_key_is_made_once_for_its_owner(project: str, variables: dict[str, str]) -> None:
    assert load_key(variables, project, create=False) is None
    made = load_key(variables, project, create=True)
    assert made is not None
    path = find_key_file(variables)
    assert path == f"{variables['HOME']}/.config/isomorph/key"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    assert os.listdir(os.path.dirname(path)) == ["key"]
    again = load_key(variables, project, create=True)
    assert again is not None
    assert again.fingerprint == made.fingerprint
    assert again.unseal(made.seal("value", PLACE), PLACE, ORIGIN) == "value"


def test_runs_at_the_same_time_make_one_key(project: str, variables: dict[str, str]) -> None:
    barrier, fingerprints = threading.Barrier(8), []

    def run() -> None:
        barrier.wait()
        key = load_key(variables, project, create=True)
        assert key is not None
        fingerprints.append(key.fingerprint)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fingerprints) == 8
    assert len(set(fingerprints)) == 1


def test_where_the_key_is() -> None:
    assert find_key_file({"ISOMORPH_KEY_FILE": "/run/key", "HOME": "/h"}) == "/run/key"
    assert find_key_file({"XDG_CONFIG_HOME": "/c", "HOME": "/h"}) == "/c/isomorph/key"
    assert find_key_file({"XDG_CONFIG_HOME": "relative", "HOME": "/h"}) == "/h/.config/isomorph/key"
    with pytest.raises(UsageError, match="ISOMORPH_KEY_FILE"):
        find_key_file({})


def test_a_key_inside_the_project_is_refused(project: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project)
    for path in (f"{project}/key", str(tmp_path / "link" / "key")):
        with pytest.raises(UsageError, match="inside the project"):
            load_key({"ISOMORPH_KEY_FILE": path}, project, create=True)
    assert os.listdir(project) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_is_refused(mode: int, project: str, variables: dict[str, str]) -> None:
    load_key(variables, project, create=True)
    os.chmod(find_key_file(variables), mode)
    with pytest.raises(UsageError, match="chmod 600"):
        load_key(variables, project, create=False)


@pytest.mark.parametrize("text", [b"", b"# only a comment\n", b"not base64 at all!!\n", b"c2hvcnQ=\n", b"\xff\xfe"])
def test_a_file_that_holds_no_key_is_refused(text: bytes, project: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(InvalidInput) as refused:
        load_key({"ISOMORPH_KEY_FILE": str(path)}, project, create=True)
    assert refused.value.origin == Origin(str(path))
    assert path.read_bytes() == text


def test_a_key_does_not_show_itself() -> None:
    assert repr(KEY) == f"Key({KEY.fingerprint})"
    assert KEY.fingerprint != OTHER.fingerprint


def test_another_key_is_one_error_that_names_both() -> None:
    refuse_wrong_key(KEY.fingerprint, KEY, "state.yaml", {"HOME": "/h"})
    with pytest.raises(InvalidInput) as refused:
        refuse_wrong_key(KEY.fingerprint, OTHER, "state.yaml", {"HOME": "/h"})
    for part in (KEY.fingerprint, OTHER.fingerprint, "/h/.config/isomorph/key", "ISOMORPH_KEY_FILE"):
        assert part in str(refused.value)
    with pytest.raises(InvalidInput, match="there is no key at /h/"):
        refuse_wrong_key(KEY.fingerprint, None, "state.yaml", {"HOME": "/h"})
