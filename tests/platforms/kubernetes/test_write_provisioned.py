"""What provisioning makes, as manifests: secrets that were made up, databases with storage, fragments, the namespace."""

from typing import Any

import pytest
from msgspec.structs import replace

from isomorph.model.application import Application, Configuration, Definition, Extra, Secret, Volume
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import Address, ConfigurationValue, Output, Part, Placeholder, SecretValue, make_text
from isomorph.model.workload import Binary, Container, File, Kind, Mount, Port, Route, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.kubernetes.reader import read
from isomorph.platforms.kubernetes.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context
from tests.platforms.kubernetes.written import NGINX, Document, application, container, workload
from tests.platforms.kubernetes.written import Output as Written
from tests.provisioned import DATA, PASSWORD, shop

MARK = {"dev.isomorph/provisioned": "true"}


def text_of(definition: Definition, options: WriteOptions | None = None) -> str:
    """Write a definition as the text of its one file."""
    (file,) = write(normalise(definition, resolve_configurations=False), options or WriteOptions()).files
    assert isinstance(file.content, str)
    return file.content


def read_back(definition: Definition) -> Definition:
    return read(Source("manifests.yaml"), memory_context({"manifests.yaml": text_of(definition)}))


def test_a_secret_that_was_made_up_says_so_and_is_read_as_such() -> None:
    back = read_back(shop())
    assert Written(shop()).find("Secret", "orders-db")["metadata"]["annotations"] == MARK
    assert back.application.secrets["orders-db"] == Secret(
        {"username": "orders", "password": PASSWORD}, provisioned=True
    )
    assert [extra for extra in back.extras if extra.path[:1] == ("secrets",)] == []


def test_a_secret_that_was_given_says_nothing() -> None:
    store = container(shared={"secrets": {"s": Secret({"k": "v"})}}).find("Secret", "s")
    assert "annotations" not in store["metadata"]


def test_a_mark_with_another_value_is_an_annotation_like_any() -> None:
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, annotations: {dev.isomorph/provisioned: 'no'}}\n"
        "stringData: {k: v}\n"
    )
    back = read(Source("s.yaml"), memory_context({"s.yaml": text}))
    assert back.application.secrets == {"s": Secret({"k": "v"})}
    assert [extra.location for extra in back.extras] == [("metadata", "annotations", "dev.isomorph/provisioned")]


@pytest.mark.parametrize(
    "value", ["$(HOME) $$ ${x} $", "two\nlines\n", " 007", "1e3", "yes", "0o17", "'\"\\", "é\u2028"]
)
def test_a_secrets_value_is_the_same_when_it_is_read(value: str) -> None:
    assert read_back(shop(password=value)).application.secrets["orders-db"].values["password"] == value


def test_texts_that_mix_literals_addresses_and_secrets_come_back_in_the_same_parts() -> None:
    back = normalise(read_back(shop())).application.workloads["orders"].containers["main"].variables
    made = shop().application.workloads["orders"].containers["main"].variables
    assert (back["DB_URL"], back["DB_PASSWORD"]) == (made["DB_URL"], made["DB_PASSWORD"])


def test_a_file_with_a_secret_in_it_is_a_secret_of_the_workloads_own() -> None:
    output = Written(shop(password="hunter2"))
    assert output.find("Secret", "orders-secret-files") == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "orders-secret-files", "annotations": MARK},
        "stringData": {"app.conf": "[db]\nhost = orders-db:5432\npassword = hunter2\n"},
    }
    assert output.names("ConfigMap") == []
    assert output.container("orders")["volumeMounts"] == [
        {"name": "orders-secret-files", "mountPath": "/etc/orders/app.conf", "subPath": "app.conf"}
    ]
    (volume,) = output.pod("orders")["volumes"]
    assert volume["secret"]["secretName"] == "orders-secret-files"
    assert volume["secret"]["defaultMode"] == 0o440
    assert output.told == []


def files(secrets: dict[str, Secret], *texts: tuple[Part, ...] | str) -> Written:
    """Write containers that have a file each, all at one path."""
    containers = {
        f"c{number}": Container(image=NGINX, files={"/etc/app.conf": File(text)}) for number, text in enumerate(texts)
    }
    return workload(shared={"secrets": secrets}, containers=containers)


def test_files_of_given_secrets_are_no_made_up_secret() -> None:
    output = files({"s": Secret({"k": "hunter2"})}, ("p=", SecretValue("s", "k")))
    assert "annotations" not in output.find("Secret", "web-secret-files")["metadata"]


@pytest.mark.parametrize("secret", [None, Secret({"k": None}), Secret(external=True), Secret({"k": Binary(b"\xff")})])
def test_a_file_with_a_secret_that_is_not_known_is_told(secret: Secret | None) -> None:
    output = files({"s": secret} if secret else {}, ("p=", SecretValue("s", "k")))
    assert "web-secret-files" not in output.names("Secret")
    assert "lost" in output.codes


def test_different_files_at_one_path_of_several_containers_are_different_keys() -> None:
    secrets = {"s": Secret({"k": "hunter2"})}
    texts = [(f"{number}=", SecretValue("s", "k")) for number in range(3)]
    for output, kind, field in (
        (files(secrets, *texts), "Secret", "stringData"),
        (files({}, "0=hunter2", "1=hunter2", "2=hunter2"), "ConfigMap", "data"),
    ):
        (store,) = [each for each in output.documents if each["kind"] == kind and "files" in each["metadata"]["name"]]
        mounts = [output.container(number=number)["volumeMounts"][0]["subPath"] for number in range(3)]
        assert [store[field][key] for key in mounts] == ["0=hunter2", "1=hunter2", "2=hunter2"]


def test_a_secrets_name_that_is_taken_is_not_taken_again() -> None:
    secrets = {"s": Secret({"k": "hunter2"}), "web-secret-files": Secret({"app.conf": "other"})}
    output = files(secrets, ("p=", SecretValue("s", "k")), (SecretValue("web-secret-files", "app.conf"),))
    own = [name for name in output.names("Secret") if name.startswith("web-secret-files")]
    assert len(own) == 2
    assert output.find("Secret", "web-secret-files")["stringData"] == {"app.conf": "other"}


def test_secrets_in_files_stay_out_of_the_checksum() -> None:
    template = Written(shop()).find("Deployment", "orders")["spec"]["template"]
    assert "annotations" not in template["metadata"]


def test_a_database_claims_storage_for_each_instance() -> None:
    output = Written(shop())
    stateful = output.find("StatefulSet", "orders-db")["spec"]
    assert stateful["volumeClaimTemplates"] == [
        {
            "metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    ]
    pod = stateful["template"]["spec"]
    assert pod["containers"][0]["volumeMounts"] == [{"name": "data", "mountPath": DATA}]
    assert "volumes" not in pod
    assert output.names("PersistentVolumeClaim") == []
    assert output.find("Service", "orders-db")["spec"]["clusterIP"] == "None"
    assert stateful["serviceName"] == "orders-db"
    assert output.told == []


def test_sizes_that_were_not_given_are_told_once() -> None:
    output = Written(shop(5, size=None))
    assert output.told == [
        (
            "assumed",
            "orders-db-data, orders1-db-data, orders2-db-data, orders3-db-data and 1 more:"
            " a claim needs a size, and none was given: 1Gi",
        )
    ]


def test_a_volume_that_others_mount_too_is_a_claim_of_its_own() -> None:
    mounting = Container(image=NGINX, mounts={"/x": Mount("v")})
    pods = [
        Workload("one", kind=Kind.STATEFUL, containers={"c": mounting}),
        Workload("two", containers={"c": mounting}),
    ]
    output = application(*pods, platform="score", volumes={"v": Volume("persistent", size=1)})
    assert output.names("PersistentVolumeClaim") == ["v"]
    assert "volumeClaimTemplates" not in output.find("StatefulSet", "one")["spec"]


def test_a_stateful_set_that_was_read_keeps_its_claim() -> None:
    mounting = Container(image=NGINX, mounts={"/x": Mount("v")})
    output = workload(
        "kubernetes",
        {"volumes": {"v": Volume("persistent", size=1)}},
        kind=Kind.STATEFUL,
        containers={"web": mounting},
    )
    assert output.names("PersistentVolumeClaim") == ["v"]
    assert "volumeClaimTemplates" not in output.find("StatefulSet")["spec"]


def test_a_stateful_workloads_mapped_port_is_not_that_of_a_headless_service() -> None:
    output = workload("score", kind=Kind.STATEFUL, ports={"80/tcp": Port(80, 8080)})
    assert "clusterIP" not in output.find("Service")["spec"]
    assert output.find("Service", "web-headless")["spec"]["clusterIP"] == "None"
    assert output.find("StatefulSet")["spec"]["serviceName"] == "web-headless"


NAMED: dict[str, Any] = {"names": ("web", "front"), "annotations": {"k8s.score.dev/service-name": "front"}}


def test_a_service_is_called_as_the_workload_asks() -> None:
    ports = {"80/tcp": Port(80, 8080, name="web"), "53/udp": Port(53, 53, "udp", name="dns")}
    output = workload("score", ports=ports, routes={"a/": Route("a", "/", 80)}, **NAMED)
    assert output.names("Service") == ["front"]
    assert output.find("Service", "front")["spec"]["ports"] == [
        {"name": "web", "port": 80, "targetPort": 8080},
        {"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP"},
    ]
    (path,) = output.find("Ingress")["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["name"] == "front"


def test_peers_that_use_the_workloads_own_name_find_a_service_of_it() -> None:
    peer = Workload("peer", containers={"c": Container(image=NGINX, variables={"URL": "http://web:80"})})
    web = Workload("web", containers={"c": Container(image=NGINX)}, ports={"80/tcp": Port(80, 8080)}, **NAMED)
    output = application(web, peer, platform="score")
    assert output.names("Service") == ["front", "web"]
    assert output.container("peer")["env"] == [{"name": "URL", "value": "http://web:80"}]


def test_routes_come_back_as_they_were() -> None:
    (ingress,) = [each for each in Written(shop()).documents if each["kind"] == "Ingress"]
    assert "tls" not in ingress["spec"]
    assert [
        (rule["host"], path["path"], path["pathType"], path["backend"]["service"])
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    ] == [
        ("orders.example.com", "/", "Prefix", {"name": "orders", "port": {"number": 80}}),
        ("orders.example.com", "/admin", "Exact", {"name": "orders", "port": {"number": 81}}),
        ("orders.example.org", "/api", "Prefix", {"name": "orders", "port": {"number": 80}}),
    ]
    assert read_back(shop()).application.workloads["orders"].routes == shop().application.workloads["orders"].routes


def given(*manifests: Document, definition: Definition | None = None, options: WriteOptions | None = None) -> Written:
    """Write a definition together with what provisioners gave as it is."""
    extras = tuple(Extra("kubernetes", (), (), manifest) for manifest in manifests)
    return Written(replace(definition or shop(), extras=extras), options)


def manifest(kind: str, name: str, version: str = "v1", **more: Any) -> Document:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **more}


def test_what_provisioners_gave_is_written_as_it_is_and_first() -> None:
    manifests = [
        manifest("Job", "j", "batch/v1", spec={"z": 1, "a": [None, True]}),
        manifest("Secret", "s", data={"x": "eA=="}),
    ]
    output = given(*manifests)
    assert output.documents[:2] == manifests
    assert list(output.documents[0]["spec"]) == ["z", "a"]
    assert output.documents[2:] == Written(shop()).documents


def test_what_provisioners_gave_moves_to_the_namespace_that_was_asked_for() -> None:
    elsewhere = manifest("ConfigMap", "c")
    elsewhere["metadata"]["namespace"] = "other"
    output = given(
        elsewhere,
        manifest("ClusterRole", "r", "rbac.authorization.k8s.io/v1"),
        manifest("Service", "s"),
        options=WriteOptions(namespace="shop"),
    )
    assert [each["metadata"].get("namespace") for each in output.documents[:3]] == ["shop", None, "shop"]
    assert {each["metadata"]["namespace"] for each in output.documents[3:]} == {"shop"}
    assert elsewhere["metadata"]["namespace"] == "other"


def test_an_object_is_written_once() -> None:
    older, newer = manifest("ConfigMap", "c", data={"a": "1"}), manifest("ConfigMap", "c", data={"a": "2"})
    output = given(older, manifest("ConfigMap", "d"), newer, manifest("Service", "orders-db"))
    assert output.documents[:2] == [manifest("ConfigMap", "d"), newer]
    assert output.find("Service", "orders-db")["spec"]["clusterIP"] == "None"
    assert output.told == [
        ("lost", "the Service orders-db of a provisioner is not written: a workload's has the same name")
    ]


def test_one_kind_of_two_groups_is_two_objects() -> None:
    one, other = manifest("Service", "x"), manifest("Service", "x", "serving.knative.dev/v1")
    assert given(one, other).documents[:2] == [one, other]


def test_the_namespace_is_written_where_it_is_asked_for() -> None:
    asked = WriteOptions(namespace="prod", generate_namespace=True)
    first = Written(shop(), asked).documents[0]
    assert (first["kind"], first["metadata"]["name"]) == ("Namespace", "prod")
    assert Written(shop(), WriteOptions(namespace="prod")).names("Namespace") == []
    assert Written(shop(), WriteOptions(generate_namespace=True)).names("Namespace") == []
    own = manifest("Namespace", "prod", labels={})
    assert given(own, options=asked).documents[0] == own
    assert given(own, options=asked).names("Namespace") == ["prod"]


def test_what_was_written_is_handed_over_before_it_becomes_text() -> None:
    seen: list[list[Document]] = []

    def finish(documents: list[Document]) -> list[Document]:
        seen.append(documents)
        return [manifest("ConfigMap", "only")]

    assert text_of(shop(), WriteOptions(finish=finish)) == "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: only\n"
    assert seen == [Written(shop()).documents]


@pytest.mark.parametrize(
    ("tag", "written", "codes"),
    [
        (("v", ConfigurationValue("versions", "web")), "nginx:v2", []),
        ((Address("web", "web"),), "nginx:web", []),
        (("v", Placeholder("${TAG}", "TAG")), "nginx:v${TAG}", ["lost"]),
        ((Output("dns", "host"),), "nginx:${resources.dns.host}", ["lost"]),
        ((SecretValue("s", "k"),), "nginx:${secret s/k}", ["lost"]),
    ],
)
def test_references_in_an_image(tag: tuple[Part, ...], written: str, codes: list[str]) -> None:
    shared = {"configurations": {"versions": Configuration({"web": "2"})}, "secrets": {"s": Secret({"k": "hunter2"})}}
    output = container(shared=shared, image=Image("nginx", tag=make_text(tag)))
    assert output.container()["image"] == written
    assert output.codes == codes


def test_thousands_of_fragments_and_databases_are_written() -> None:
    manifests = [manifest("ConfigMap", f"c{number}") for number in range(3000)]
    output = given(*manifests, definition=shop(300))
    assert len(output.documents) == 3000 + 300 * 7
    assert len({(each["kind"], each["metadata"]["name"]) for each in output.documents}) == len(output.documents)


def test_an_application_without_anything_is_only_what_was_given() -> None:
    only = manifest("ConfigMap", "c")
    definition = Definition(Application(), "score", extras=(Extra("kubernetes", (), (), only),))
    assert Written(definition).documents == [only]
