"""Volumes: keys of stores become files, all else stays a mount."""

import pytest

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.text import ConfigurationValue, InstanceField, SecretValue
from isomorph.model.workload import Binary, File, Mount
from tests.platforms.kubernetes.reading import codes, container_of, documents, extras, pod, read_text

STORES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {a.ini: text, b.ini: more}
binaryData: {c.bin: AAEC, d.txt: aGVsbG8=}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {key.pem: pem}
"""


def files(volume: str, mount: str = "mountPath: /etc/web") -> dict[str, File]:
    definition = read_text(
        documents(STORES, pod(f"volumeMounts: [{{name: v, {mount}}}]", f"volumes: [{{name: v, {volume}}}]"))
    )
    return container_of(definition).files


def mounted(volume: str, mount: str = "mountPath: /data", more: str = "") -> tuple[dict[str, Mount], dict[str, Volume]]:
    texts = [
        pod(f"volumeMounts: [{{name: v, {mount}}}]", f"volumes: [{{name: v, {volume}}}]"),
        *([more] if more else []),
    ]
    definition = read_text(documents(*texts))
    return container_of(definition).mounts, definition.application.volumes


def test_a_config_map_is_a_file_for_each_key() -> None:
    assert files("configMap: {name: conf}") == {
        "/etc/web/a.ini": File("text"),
        "/etc/web/b.ini": File("more"),
        "/etc/web/c.bin": File(Binary(b"\0\1\2")),
        "/etc/web/d.txt": File("hello"),
    }


def test_items_choose_keys_their_paths_and_modes() -> None:
    found = files(
        "configMap: {name: conf, defaultMode: 0444, items: [{key: a.ini, path: x/y.ini}, "
        "{key: b.ini, path: b, mode: 0400}]}"
    )
    assert found == {"/etc/web/x/y.ini": File("text", 0o444), "/etc/web/b": File("more", 0o400)}


def test_a_sub_path_is_one_file_or_a_folder_of_them() -> None:
    assert files("configMap: {name: conf}", "mountPath: /etc/x.ini, subPath: a.ini") == {"/etc/x.ini": File("text")}
    items = "configMap: {name: conf, items: [{key: a.ini, path: d/one}, {key: b.ini, path: d/two}]}"
    assert files(items, "mountPath: /etc, subPath: d") == {"/etc/one": File("text"), "/etc/two": File("more")}


def test_a_secret_is_always_a_reference() -> None:
    found = files("secret: {secretName: keys, defaultMode: 256}", "mountPath: /run, readOnly: true")
    assert found == {"/run/key.pem": File((SecretValue("keys", "key.pem"),), 0o400, read_only=True)}


def test_a_store_that_is_not_defined_is_a_folder_or_the_key_that_is_named() -> None:
    whole = files("configMap: {name: other, optional: true}")
    assert whole == {"/etc/web": File((ConfigurationValue("other", "", True),), folder=True)}
    one = files("secret: {secretName: other}", "mountPath: /k, subPath: key")
    assert one == {"/k": File((SecretValue("other", "key"),))}


def test_projections_are_put_together() -> None:
    found = files(
        "projected: {sources: [{configMap: {name: conf, items: [{key: a.ini, path: a}]}}, {secret: {name: keys}}, "
        "{downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}]}"
    )
    assert found == {
        "/etc/web/a": File("text"),
        "/etc/web/key.pem": File((SecretValue("keys", "key.pem"),)),
        "/etc/web/name": File((InstanceField("name"),)),
    }


def test_where_a_files_content_and_mode_are_written() -> None:
    definition = read_text(
        documents(
            STORES,
            pod(
                "volumeMounts: [{name: v, mountPath: /etc/web}]",
                "volumes: [{name: v, configMap: {name: conf, defaultMode: 0400}}]",
            ),
        )
    )
    path = ("workloads", "web", "containers", "web", "files", "/etc/web/a.ini")
    content, mode = definition.origins.find((*path, "content")), definition.origins.find((*path, "mode"))
    assert content is not None
    assert mode is not None
    assert (content.line, content.via[0].line, mode.line) == (4, 15, 15)


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("emptyDir: {}", Volume("ephemeral")),
        ("emptyDir: {sizeLimit: 1Gi}", Volume("ephemeral", size=1 << 30)),
        ("emptyDir: {medium: Memory, sizeLimit: 64Mi}", Volume("memory", size=64 << 20)),
        ("hostPath: {path: /var/log}", Volume("host", host_path="/var/log")),
        (
            "ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}",
            Volume("ephemeral", size=1 << 30, access=("read-write-once",)),
        ),
        ("nfs: {server: s, path: /}", Volume("persistent", external=True)),
    ],
)
def test_volumes_of_the_pod(volume: str, expected: Volume) -> None:
    mounts, volumes = mounted(volume, "mountPath: /data/, readOnly: true, subPath: a/b")
    assert mounts == {"/data": Mount("web/v", "a/b", True)}
    assert volumes == {"web/v": expected}


def test_claims() -> None:
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
        "spec: {accessModes: [ReadWriteMany, ReadOnlyMany], storageClassName: fast, resources: {requests: {storage: 2Gi}}}\n"
    )
    mounts, volumes = mounted("persistentVolumeClaim: {claimName: data, readOnly: true}", more=claim)
    assert mounts == {"/data": Mount("data", None, True)}
    assert volumes == {
        "data": Volume("persistent", 2 << 30, "fast", ("read-write-many", "read-only-many")),
    }


def test_a_claim_of_somebody_else_is_external() -> None:
    definition = read_text(
        pod(
            "volumeMounts: [{name: v, mountPath: /data}]",
            "volumes: [{name: v, persistentVolumeClaim: {claimName: theirs}}]",
        )
    )
    assert definition.application.volumes == {"theirs": Volume("persistent", external=True)}
    assert codes(definition) == ["missing-reference"]


def test_claim_templates_of_a_stateful_set() -> None:
    definition = read_text(
        pod(
            "volumeMounts: [{name: data, mountPath: /data}]",
            kind="StatefulSet",
            more="volumeClaimTemplates: [{metadata: {name: data}, "
            "spec: {resources: {requests: {storage: 1Gi}}, volumeMode: Block}}]",
        )
    )
    assert container_of(definition).mounts == {"/data": Mount("web/data")}
    assert definition.application.volumes == {"web/data": Volume("persistent", 1 << 30)}
    assert extras(definition) == {("volumes", "web/data", "spec", "volumeMode"): "Block"}


def test_what_nobody_mounts_is_kept() -> None:
    definition = read_text(pod("", "volumes: [{name: v, emptyDir: {}}]"))
    place = ("workloads", "web", "spec", "template", "spec", "volumes", "v")
    assert extras(definition) == {place: {"name": "v", "emptyDir": {}}}


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x"])
def test_paths_may_not_leave_the_volume(path: str) -> None:
    with pytest.raises(InvalidInput, match="leaves the volume"):
        mounted("emptyDir: {}", f"mountPath: /data, subPath: {path}")
    with pytest.raises(InvalidInput, match="leaves the volume"):
        files(f"configMap: {{name: conf, items: [{{key: a.ini, path: {path}}}]}}")
