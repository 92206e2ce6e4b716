"""Volumes that Docker keeps: under names that it takes, and those of two volumes are two."""

import re

from isomorph.model.application import Volume
from isomorph.model.workload import Mount
from tests.platforms.nomad.writing import one, write_all

DOCKER_TAKES = re.compile(
    r"[a-zA-Z0-9][a-zA-Z0-9_.-]+"
)  # https://github.com/moby/moby volume/names: RestrictedNamePattern


def sources(*names: str, platform: str = "model") -> list[str]:
    """Give what the mounts of one container call volumes of these names."""
    mounts = {f"/data/{number}": Mount(name) for number, name in enumerate(names)}
    volumes = {name: Volume("persistent") for name in names}
    written = write_all(one(mounts=mounts), platform=platform, volumes=volumes)
    text = written.files[0].content
    assert isinstance(text, str)
    return re.findall(r'source = "(.*)"', text)


def test_names_are_ones_that_docker_takes() -> None:
    found = sources("shop-db/data", "shop-db-data", "x", "/", "plain_1.0")
    assert found == ["shop-db-data", "shop-db-data-2", "volume-x", "volume", "plain_1.0"]
    assert all(DOCKER_TAKES.fullmatch(name) for name in found)


def test_one_volume_has_one_name_in_all_jobs() -> None:
    data = {"data/a b": Volume("persistent")}
    written = write_all(
        one("aa", mounts={"/one": Mount("data/a b")}), one("bb", mounts={"/two": Mount("data/a b")}), volumes=data
    )
    assert all('source = "data-a-b"' in str(file.content) for file in written.files)


def test_what_nomad_called_it_stays() -> None:
    assert sources("x", platform="nomad") == ["x"]
