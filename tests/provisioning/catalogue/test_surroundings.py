"""Volumes and settings."""

import pytest

from isomorph.model.application import Configuration, Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.text import ConfigurationValue, Placeholder, SecretValue
from isomorph.model.workload import Mount
from tests.provisioning.catalogue.realising import ORDERS, main_file, read_back, realise, run, shop, write

MOUNT = "volumes:\n  /data: {source: '${resources.data}', path: sub, readOnly: true}"


@pytest.mark.parametrize(
    ("params", "volume"),
    [
        ({}, Volume("persistent", size=1 << 30)),
        ({"size": "20Gi", "class": "fast"}, Volume("persistent", size=20 << 30, storage_class="fast")),
        ({"access": "ReadWriteMany"}, Volume("persistent", size=1 << 30, access=("read-write-many",))),
        ({"access": "read-only-many"}, Volume("persistent", size=1 << 30, access=("read-only-many",))),
        (
            {"access": ["ReadWriteOnce", "read-only-many"], "kind": "persistent"},
            Volume("persistent", size=1 << 30, access=("read-write-once", "read-only-many")),
        ),
        ({"kind": "ephemeral"}, Volume("ephemeral")),
        ({"kind": "memory", "size": "64Mi"}, Volume("memory", size=64 << 20)),
    ],
)
def test_volumes(params: dict[str, object], volume: Volume) -> None:
    for platform in ("compose", "kubernetes"):
        result = realise("volume", platform, params=params)
        assert result.parts.volumes == {"shop-db": volume}
        assert result.outputs == {"type": "volume", "source": "shop-db"}


@pytest.mark.parametrize(
    ("size", "expected"),
    [(4096, 4096), ("512Mi", 512 << 20), ("1.5Gi", 1536 << 20), ("5G", 5 * 10**9), ("5k", 5000), ("0.0001k", 1)],
)
def test_sizes(size: object, expected: int) -> None:
    assert realise("volume", params={"size": size}).parts.volumes["shop-db"].size == expected


@pytest.mark.parametrize("size", ["much", "-1", "1 Gi", "1Zi", "Gi", "1.2.3"])
def test_sizes_that_are_none(size: str) -> None:
    with pytest.raises(InvalidInput, match="which is no size"):
        realise("volume", params={"size": size})


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"access": "all"}, "param access is 'all'"),
        ({"access": ["read-write-once", "all"]}, "param access is 'all'"),
        ({"kind": "ephemerol"}, "param kind is 'ephemerol'"),
        ({"kind": "host"}, "there are persistent, ephemeral, memory"),
        ({"kind": "memory", "class": "fast"}, "param class is of a persistent volume, and this one is memory"),
        ({"kind": "ephemeral", "access": "read-write-once"}, "param access is of a persistent volume"),
    ],
)
def test_params_of_a_volume_that_mean_nothing(params: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        realise("volume", params=params)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("platform", "kind", "text"),
    [
        ("compose", "memory", "tmpfs:\n      - /data"),
        ("kubernetes", "ephemeral", "emptyDir: {}"),
        ("kubernetes", "memory", "medium: Memory"),
        ("nomad", "memory", "tmpfs"),
    ],
)
def test_volumes_that_go_with_the_workload(platform: str, kind: str, text: str) -> None:
    mount = "volumes:\n  /data: {source: '${resources.data}'}"
    written = write(platform, shop(f"data: {{type: volume, params: {{kind: {kind}}}}}", more=mount))
    assert text in main_file(written)
    assert "PersistentVolumeClaim" not in main_file(written)


@pytest.mark.parametrize("kind", ["ephemeral", "memory"])
@pytest.mark.parametrize("platform", ["compose", "kubernetes", "nomad", "marathon", "openshift", "swarm", "terraform"])
def test_every_platform_writes_them_or_says_what_it_cannot(platform: str, kind: str) -> None:
    mount = "volumes:\n  /data: {source: '${resources.data}'}"
    written = write(platform, shop(f"data: {{type: volume, params: {{kind: {kind}}}}}", more=mount))
    read = read_back(platform, written).definition.application
    mounts = read.workloads["shop"].containers["shop"].mounts
    found = read.volumes[mounts["/data"].volume].kind if "/data" in mounts else ""
    assert found == kind or [each.code for each in written.diagnostics if each.code in ("lost", "approximated")]


@pytest.mark.parametrize("platform", ["compose", "kubernetes"])
def test_a_mount_is_of_the_volume_that_was_made(platform: str) -> None:
    definition, _ = run(platform, (shop("data: {type: volume, params: {size: 2Gi}}", more=MOUNT),))
    assert definition.application.volumes == {"shop-data": Volume("persistent", size=2 << 30)}
    container = definition.application.workloads["shop"].containers["shop"]
    assert container.mounts == {"/data": Mount("shop-data", "sub", True)}


def test_a_claim_for_a_volume() -> None:
    text = main_file(write("kubernetes", shop("data: {type: volume, params: {size: 2Gi}}", more=MOUNT)))
    assert "kind: PersistentVolumeClaim\nmetadata:\n  name: shop-data\n" in text
    assert "claimName: shop-data" in text
    assert "storage: 2Gi" in text


def test_a_volume_that_workloads_share_may_be_mounted_by_many() -> None:
    mount = "    volumes: {/data: {source: '${resources.data}'}}\n"
    orders = ORDERS.replace(
        "  orders: {image: 'example.com/orders:1'}\n", f"  orders:\n    image: example.com/orders:1\n{mount}"
    )
    both = "data: {type: volume, id: files}"
    text = main_file(write("kubernetes", shop(both, more=MOUNT), f"{orders}resources:\n  {both}\n"))
    assert text.count("claimName: files-volume") == 2
    assert text.count("kind: PersistentVolumeClaim") == 1
    assert "- ReadWriteMany" in text


def test_a_volume_of_dockers_own_on_nomad() -> None:
    text = main_file(write("nomad", shop("data: {type: volume}", more=MOUNT.replace("path: sub, ", ""))))
    assert 'type     = "volume"\n          source   = "shop-data"\n          target   = "/data"' in text
    assert "readonly = true" in text


def test_a_volume_of_marathons_own() -> None:
    text = main_file(write("marathon", shop("data: {type: volume, params: {size: 2Gi}}", more=MOUNT)))
    assert '"persistent": {\n              "size": 2048\n            }' in text


ASKED = frozenset(("LEVEL", "API_TOKEN"))


def test_settings_are_variables_of_the_shell() -> None:
    result = realise("environment", asked=ASKED)
    assert result.outputs == {
        "API_TOKEN": Placeholder("${API_TOKEN}", "API_TOKEN"),
        "LEVEL": Placeholder("${LEVEL}", "LEVEL"),
    }
    assert result.references == {}


@pytest.mark.parametrize("platform", ["nomad", "marathon"])
def test_settings_that_are_secret_are_in_the_store_of_secrets(platform: str) -> None:
    result = realise("environment", platform, asked=ASKED)
    assert result.outputs["LEVEL"] == Placeholder("${LEVEL}", "LEVEL")
    assert result.references == {"API_TOKEN": (SecretValue("environment", "API_TOKEN"),)}
    assert result.parts.secrets == {"environment": Secret({"API_TOKEN": None}, external=True)}


def test_settings_are_in_stores_of_the_cluster() -> None:
    result = realise("environment", "kubernetes", asked=ASKED)
    assert result.references == {
        "API_TOKEN": (SecretValue("environment", "API_TOKEN"),),
        "LEVEL": (ConfigurationValue("environment", "LEVEL"),),
    }
    assert result.parts.secrets == {"environment": Secret({"API_TOKEN": None}, external=True)}
    assert result.parts.configurations == {"environment": Configuration({"LEVEL": None}, external=True)}


def test_nothing_is_asked_for() -> None:
    for platform in ("compose", "kubernetes", "nomad", "marathon"):
        assert realise("environment", platform).outputs == {}
        assert realise("environment", platform).parts.secrets == {}


@pytest.mark.parametrize(("platform", "name"), [("compose", "a-b"), ("compose", "1A"), ("kubernetes", "a b")])
def test_names_that_no_setting_has(platform: str, name: str) -> None:
    with pytest.raises(InvalidInput, match=f"'{name}' was asked of it, which is no name of a setting"):
        realise("environment", platform, asked=frozenset((name,)))


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("compose", ['LEVEL: "${LEVEL}"', 'TOKEN: "${API_TOKEN}"']),
        ("kubernetes", ["configMapKeyRef:", "name: environment", "key: LEVEL", "secretKeyRef:", "key: API_TOKEN"]),
        (
            "nomad",
            [
                'variable "LEVEL" {\n  type = string\n}',
                'LEVEL = "${var.LEVEL}"',
                'TOKEN={{ with nomadVar "nomad/jobs/shop" }}{{ .environment_API_TOKEN | toJSON }}{{ end }}',
            ],
        ),
        (
            "marathon",
            [
                '"LEVEL": "${LEVEL}"',
                '"TOKEN": {\n          "secret": "environment/API_TOKEN"\n        }',
                '"source": "demo/environment-API_TOKEN"',
            ],
        ),
    ],
)
def test_what_is_written_of_settings(platform: str, expected: list[str]) -> None:
    variables = "LEVEL: '${resources.env.LEVEL}'\nTOKEN: '${resources.env.API_TOKEN}'"
    text = main_file(write(platform, shop("env: {type: environment}", variables)))
    assert [each for each in expected if each not in text] == []
    assert "kind: Secret" not in text
    assert "kind: ConfigMap" not in text
