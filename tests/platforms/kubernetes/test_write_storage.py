"""The Kubernetes writer: files, stores and volumes."""

import pytest

from isomorph.model.application import Configuration, Secret, Volume
from isomorph.model.text import Address, ConfigurationValue, InstanceField, Placeholder, SecretValue
from isomorph.model.workload import Binary, Container, File, HostPath, Kind, Mount, Port, Workload
from isomorph.platforms.kubernetes.write_files import STORE_LIMIT
from tests.platforms.kubernetes.written import NGINX, application, container, workload


def test_a_file_is_a_key_mounted_on_its_own() -> None:
    output = container(files={"/etc/app/a.conf": File("a = 1\n")})
    assert output.find("ConfigMap", "web-files")["data"] == {"a.conf": "a = 1\n"}
    assert output.container()["volumeMounts"] == [
        {"name": "web-files", "mountPath": "/etc/app/a.conf", "subPath": "a.conf"}
    ]
    assert output.pod()["volumes"] == [{"name": "web-files", "configMap": {"name": "web-files"}}]


def test_files_of_one_basename_do_not_collide() -> None:
    output = container(files={"/a/conf": File("a"), "/b/conf": File("b"), "/c/conf": File("a")})
    data = output.find("ConfigMap", "web-files")["data"]
    mounts = {each["mountPath"]: data[each["subPath"]] for each in output.container()["volumeMounts"]}
    assert mounts == {"/a/conf": "a", "/b/conf": "b", "/c/conf": "a"}
    assert len(data) == 2


def test_bytes_are_binary_data() -> None:
    store = container(files={"/a.bin": File(Binary(b"\0\xff"))}).find("ConfigMap", "web-files")
    assert (store.get("data"), store["binaryData"]) == (None, {"a.bin": "AP8="})


def test_one_mode_is_the_volumes_and_several_are_the_items() -> None:
    volumes = container(files={"/a": File("a", mode=0o640), "/b": File("b", mode=0o640)}).pod()["volumes"]
    items = [{"key": "a", "path": "a"}, {"key": "b", "path": "b"}]
    assert volumes[0]["configMap"] == {"name": "web-files", "defaultMode": 416, "items": items}
    volumes = container(files={"/a": File("a", mode=0o640), "/b": File("b")}).pod()["volumes"]
    assert volumes[0]["configMap"]["items"] == [{"key": "a", "path": "a", "mode": 416}, {"key": "b", "path": "b"}]


def test_one_key_with_two_modes() -> None:
    secret = (SecretValue("db", "pass"),)
    output = container(files={"/a": File(secret, mode=0o400), "/b": File(secret, mode=0o440)})
    assert output.pod()["volumes"][0]["secret"]["items"] == [
        {"key": "pass", "path": "pass", "mode": 0o400},
        {"key": "pass", "path": "pass-0440", "mode": 0o440},
    ]
    assert [each["subPath"] for each in output.container()["volumeMounts"]] == ["pass", "pass-0440"]


def test_a_secret_is_mounted_at_the_same_path() -> None:
    shared = {"secrets": {"db_password": Secret({"db_password": "hunter2"})}}
    output = container(shared=shared, files={"/run/secrets/db_password": File((SecretValue("db_password"),))})
    assert output.find("Secret", "db-password")["stringData"] == {"db_password": "hunter2"}
    assert output.container()["volumeMounts"] == [
        {"name": "db-password", "mountPath": "/run/secrets/db_password", "subPath": "db_password"}
    ]


def test_a_secret_without_a_known_value_is_told_and_not_written() -> None:
    shared = {"secrets": {"db": Secret({"db": None}), "out": Secret(external=True)}}
    output = container(shared=shared, files={"/a": File((SecretValue("db"),)), "/b": File((SecretValue("out"),))})
    assert output.names("Secret") == []
    assert output.codes == ["assumed"]


def test_binary_secrets_are_data() -> None:
    document = container(shared={"secrets": {"s": Secret({"a": "x", "b": Binary(b"\xff")})}}).find("Secret", "s")
    assert (document["stringData"], document["data"]) == ({"a": "x"}, {"b": "/w=="})


def test_a_file_that_a_configuration_holds_comes_from_there() -> None:
    shared = {"configurations": {"nginx_conf": Configuration({"nginx_conf": "worker 1;"})}}
    output = container(shared=shared, files={"/etc/nginx.conf": File("worker 1;")})
    assert output.names("ConfigMap") == ["nginx-conf"]
    assert output.container()["volumeMounts"][0]["subPath"] == "nginx_conf"


def test_references_to_whole_stores_are_folders() -> None:
    output = container(files={"/etc/x": File((ConfigurationValue("x"),), folder=True, mode=0o444)})
    assert output.container()["volumeMounts"] == [{"name": "x", "mountPath": "/etc/x"}]
    assert output.pod()["volumes"] == [{"name": "x", "configMap": {"name": "x", "defaultMode": 0o444}}]


def test_a_field_of_the_instance_is_a_file() -> None:
    output = container(files={"/etc/pod": File((InstanceField("name"),))})
    assert output.pod()["volumes"][0]["downwardAPI"]["items"] == [
        {"path": "pod", "fieldRef": {"fieldPath": "metadata.name"}}
    ]


def test_addresses_in_files_are_spelled_and_what_cannot_stand_there_is_told() -> None:
    web = Workload(
        "web",
        containers={
            "web": Container(
                files={
                    "/a": File(("http://", Address("My_DB", "My_DB", 80), "/$(x)")),
                    "/b": File(("p=", SecretValue("s", "k"))),
                    "/c": File((Placeholder("${X}", "X"),)),
                },
                image=NGINX,
            )
        },
    )
    peer = Workload(
        "My_DB", names=("My_DB",), containers={"db": Container(image=NGINX)}, ports={"80/tcp": Port(80, 80)}
    )
    output = application(web, peer)
    assert output.find("ConfigMap", "web-files")["data"] == {
        "a": "http://my-db:80/$(x)", "b": "p=${secret s/k}", "c": "${X}"
    }  # fmt: skip
    assert output.codes.count("lost") == 2


def test_a_file_that_was_not_there_is_told() -> None:
    output = container(files={"/a": File(HostPath("./a.conf"))})
    assert "volumeMounts" not in output.container()
    assert output.codes == ["lost"]
    assert "./a.conf" in output.told[0][1]


def test_large_files_are_spread_and_too_large_ones_told() -> None:
    half = "x" * (STORE_LIMIT // 2 + 1)
    output = container(files={"/a": File(half), "/b": File(half + "y"), "/c": File("z" * (STORE_LIMIT + 1))})
    assert output.names("ConfigMap") == ["web-files", "web-files-2"]
    assert [each["name"] for each in output.container()["volumeMounts"]] == ["web-files", "web-files-2"]
    assert output.codes == ["lost"]


def checksum(content: str) -> str:
    output = container(files={"/a": File(content)}, variables={"B": (SecretValue("s", "k"),)})
    annotations: dict[str, str] = output.find("Deployment")["spec"]["template"]["metadata"]["annotations"]
    return annotations["checksum/config"]


def test_a_change_of_configuration_rolls_the_pods() -> None:
    assert checksum("1") == checksum("1")
    assert checksum("1") != checksum("2")


def test_a_change_of_a_configuration_that_variables_use_rolls_the_pods() -> None:
    def annotation(level: str) -> str:
        shared = {"configurations": {"settings": Configuration({"level": level})}}
        output = container(shared=shared, variables={"LEVEL": (ConfigurationValue("settings", "level"),)})
        found: str = output.find("Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
        return found

    assert annotation("1") != annotation("2")


def test_secrets_stay_out_of_the_checksum() -> None:
    output = container(
        shared={"secrets": {"s": Secret({"k": "x"})}},
        variables={"A": (SecretValue("s", "k"),)},
        files={"/a": File((SecretValue("s", "k"),))},
    )
    assert "annotations" not in output.find("Deployment")["spec"]["template"]["metadata"]


def test_volumes() -> None:
    output = container(
        shared={
            "volumes": {
                "My_Data": Volume("persistent", size=1 << 30, storage_class="fast", access=("read-write-many",)),
                "web//tmp": Volume("ephemeral", size=1 << 20),
                "web//mem": Volume("memory", size=64 << 20),
                "web//var/log": Volume("host", host_path="/var/log"),
                "there": Volume("persistent", external=True),
            }
        },
        mounts={
            "/data": Mount("My_Data", sub_path="x", read_only=True),
            "/tmp": Mount("web//tmp"),
            "/mem": Mount("web//mem"),
            "/var/log": Mount("web//var/log", read_only=False),
            "/there": Mount("there"),
        },
    )
    assert output.pod()["volumes"] == [
        {"name": "my-data", "persistentVolumeClaim": {"claimName": "my-data"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "1Mi"}},
        {"name": "mem", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
        {"name": "var-log", "hostPath": {"path": "/var/log"}},
        {"name": "there", "persistentVolumeClaim": {"claimName": "there"}},
    ]
    assert output.container()["volumeMounts"][0] == {
        "name": "my-data", "mountPath": "/data", "subPath": "x", "readOnly": True
    }  # fmt: skip
    assert output.names("PersistentVolumeClaim") == ["my-data"]
    assert output.find("PersistentVolumeClaim", "my-data")["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "fast",
    }
    assert set(output.codes) == {"approximated"}


@pytest.mark.parametrize("folder", ["../data", "~/data", "/a/../b", ""])
def test_a_folder_without_an_absolute_path_is_told(folder: str) -> None:
    output = container(shared={"volumes": {"v": Volume("host", host_path=folder)}}, mounts={"/x": Mount("v")})
    assert "volumes" not in output.pod()
    assert output.codes == ["lost"]


def test_a_claim_without_a_size_gets_one_that_is_told() -> None:
    output = container("score", {"volumes": {"v": Volume("persistent")}}, mounts={"/x": Mount("v")})
    spec = output.find("PersistentVolumeClaim", "v")["spec"]
    assert spec == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    assert output.codes == ["assumed"]


def test_a_volume_that_several_mount_is_for_many() -> None:
    pods = [
        Workload(name, containers={"c": Container(image=NGINX, mounts={"/x": Mount("v")})}) for name in ("one", "two")
    ]
    output = application(*pods, volumes={"v": Volume("persistent")})
    assert output.find("PersistentVolumeClaim", "v")["spec"]["accessModes"] == ["ReadWriteMany"]


def test_a_deployment_that_alone_may_mount_its_claim_is_recreated() -> None:
    volume = {"volumes": {"v": Volume("persistent", size=1)}}
    mounts = {"/x": Mount("v")}
    assert container(shared=volume, mounts=mounts).find("Deployment")["spec"]["strategy"] == {"type": "Recreate"}
    assert "strategy" not in container("kubernetes", volume, mounts=mounts).find("Deployment")["spec"]
    many = {"volumes": {"v": Volume("persistent", access=("read-write-many",))}}
    assert "strategy" not in container(shared=many, mounts=mounts).find("Deployment")["spec"]


def test_a_stateful_workloads_own_volume_is_a_template() -> None:
    output = workload(
        kind=Kind.STATEFUL,
        shared={"volumes": {"web/data": Volume("persistent", size=1 << 30)}},
        containers={"web": Container(image=NGINX, mounts={"/data": Mount("web/data")})},
    )
    spec = output.find("StatefulSet")["spec"]
    assert [each["metadata"]["name"] for each in spec["volumeClaimTemplates"]] == ["data"]
    assert "volumes" not in spec["template"]["spec"]
    assert output.names("PersistentVolumeClaim") == []


def test_containers_of_one_pod_share_its_volumes() -> None:
    containers = {
        name: Container(image=NGINX, mounts={"/x": Mount("web/x")}, files={"/a": File("a")}) for name in ("a", "b")
    }
    pod = workload(shared={"volumes": {"web/x": Volume("ephemeral")}}, containers=containers).pod()
    assert sorted(each["name"] for each in pod["volumes"]) == ["web-files", "x"]


def test_stores_that_nobody_uses_are_written_too() -> None:
    output = container(
        shared={"configurations": {"c": Configuration({"a": "b"})}, "secrets": {"s": Secret({"a": "b"})}}
    )
    assert (output.names("ConfigMap"), output.names("Secret")) == (["c"], ["s"])
