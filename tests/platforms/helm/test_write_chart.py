"""Charts as they are written: what is a value and what is not, what tells of it, and what a chart must not do."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from isomorph.model.application import Application, Configuration, Definition, Extra, Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.text import Address, ConfigurationValue, SecretValue
from isomorph.model.workload import Compute, Container, File, Http, Kind, Mount, Port, Probe, Route, Scale, Workload
from isomorph.platforms.helm.writer import write_chart
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.project.placing import place_files
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.platforms.helm.rendered import SECRET, meant, plain, render, values_of, write

NGINX = Image("nginx", tag="1.27")
PASSWORD = "hunter2-and-more"


def web(**said: Any) -> Workload:
    """Give the workload of most tests, with more said of it."""
    container = {"image": NGINX, **said.pop("container", {})}
    return Workload(
        **{
            "name": "web",
            "names": ("web",),
            "containers": {"web": Container(**container)},
            "ports": {"80/tcp": Port(80, 8080)},
            **said,
        }
    )


def define(*workloads: Workload, extras: tuple[Extra, ...] = (), **shared: Any) -> Definition:
    made = Application(name="shop", workloads={each.name: each for each in workloads}, **shared)
    return Definition(made, "compose", extras=extras)


def text(files: dict[str, OutputFile], path: str) -> str:
    content = files[path].content
    assert isinstance(content, str)
    return content


def data(files: dict[str, OutputFile], path: str) -> Any:
    return to_data(parse_one(text(files, path).encode(), path, Dialect.KUBERNETES).root)


def with_values(files: dict[str, OutputFile], values: str) -> dict[str, OutputFile]:
    return {**files, "mine.yaml": OutputFile("mine.yaml", values)}


def test_what_people_set_is_a_value() -> None:
    probe = Probe(Http(8080, "/health"), period=5_000)
    compute = Compute(requests={"cpu": 100}, limits={"memory": 1 << 28})
    container = {"variables": {"LEVEL": "info"}, "readiness": probe, "compute": compute}
    files = write({"": define(web(container=container, scale=Scale(replicas=2)))})
    values = data(files, "values.yaml")["web"]
    assert values["image"] == {"repository": "nginx", "tag": "1.27", "pullPolicy": ""}
    assert values["replicas"] == 2
    assert values["env"] == {"LEVEL": "info"}
    assert values["resources"] == {"requests": {"cpu": "100m"}, "limits": {"memory": "256Mi"}}
    assert values["readinessProbe"]["httpGet"] == {"path": "/health", "port": 8080}
    assert values["service"] == {"type": "ClusterIP", "port": 80}


def test_a_route_is_an_ingress_that_can_be_switched_off() -> None:
    routes = {"shop.example.com/": Route("shop.example.com", "/", 80, tls=True, tls_secret="cert")}
    files = write({"": define(web(routes=routes))})
    ingress = data(files, "values.yaml")["web"]["ingress"]
    assert ingress["enabled"] is True
    assert ingress["hosts"] == [{"host": "shop.example.com", "paths": [{"path": "/", "pathType": "Prefix"}]}]
    assert ingress["tls"] == [{"hosts": ["shop.example.com"], "secretName": "cert"}]
    off = with_values(files, "web: {ingress: {enabled: false}}\n")
    assert {each["kind"] for each in render(off, ("mine.yaml",))} == {"Deployment", "Service"}


def test_an_autoscaler_takes_the_place_of_replicas() -> None:
    files = write({"": define(web(scale=Scale(replicas=2, minimum=2, maximum=9, targets={"cpu": 70})))})
    scaling = data(files, "values.yaml")["web"]["autoscaling"]
    assert scaling == {
        "enabled": True,
        "maxReplicas": 9,
        "minReplicas": 2,
        "targetCPUUtilizationPercentage": 70,
    }
    deployment, _, _ = sorted(render(files), key=lambda each: str(each["kind"]))
    assert "replicas" not in deployment["spec"]
    off = render(with_values(files, "web: {autoscaling: {enabled: false}}\n"), ("mine.yaml",))
    assert {each["kind"]: each["spec"].get("replicas") for each in off} == {"Deployment": 2, "Service": None}


def test_storage_has_its_size_and_class_as_values() -> None:
    volumes = {"data": Volume("persistent", size=5 << 30, storage_class="fast", access=("read-write-once",))}
    files = write({"": define(web(container={"mounts": {"/data": Mount("data")}}), volumes=volumes)})
    said = {"size": "5Gi", "storageClass": "fast", "accessModes": ["ReadWriteOnce"]}
    assert data(files, "values.yaml")["persistence"]["data"] == said


def test_names_do_not_depend_on_the_release_since_peers_use_them() -> None:
    user = web(
        name="user", names=("user",), container={"variables": {"URL": ("http://", Address("web", "web", 80), "/")}}
    )
    files = write({"": define(web(), user)})
    found = {(each["kind"], each["metadata"]["name"]): each for each in render(files)}
    assert ("Service", "web") in found
    (variable,) = found["Deployment", "user"]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert variable == {"name": "URL", "value": "http://web:80/"}


def test_selectors_are_the_same_with_every_version_and_release() -> None:
    files = write({"": define(web())})
    newer = OutputFile("Chart.yaml", text(files, "Chart.yaml").replace("0.1.0", "7.0.0"))
    for each in (files, {**files, "Chart.yaml": newer}):
        deployment = next(each for each in render(each) if each["kind"] == "Deployment")
        assert deployment["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "web"}
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert set(labels) == {f"app.kubernetes.io/{key}" for key in ("name", "instance", "managed-by", "part-of")}
        assert deployment["metadata"]["labels"]["helm.sh/chart"].startswith("shop-")


def test_objects_are_in_the_namespace_of_the_release() -> None:
    definition = define(web())
    options = replace(SECRET, namespace="staging")
    files = write({"": definition}, options)
    assert {each["metadata"]["namespace"] for each in render(files, namespace="live")} == {"live"}
    assert plain(render(files, namespace="staging"), "staging") == plain(meant(definition, options), "staging")


def test_each_environment_may_have_a_namespace_of_its_own() -> None:
    definition = define(web())
    options = {name: replace(SECRET, namespace=name) for name in ("staging", "production")}
    files = {file.path: file for file in write_chart(dict.fromkeys(options, definition), options).files}
    assert data(files, "values-production.yaml") == {}
    for name, each in options.items():
        assert plain(render(files, namespace=name), name) == plain(meant(definition, each), name)


def test_workloads_of_several_namespaces_stay_in_them() -> None:
    one, other = (web(namespace=name) for name in ("one", "other"))
    application = Application(name="shop", workloads={"web": one, "other/web": replace(other, name="other/web")})
    definition = Definition(application, "kubernetes")
    files = write({"": definition})
    assert plain(render(files, namespace="third"), "third") == plain(meant(definition))
    assert {each["metadata"]["namespace"] for each in render(files)} == {"one", "other"}


def test_what_runs_already_keeps_its_selector() -> None:
    options = replace(SECRET, known_as={"web": "web-1234"})
    files = write({"": define(web())}, options)
    deployment = next(each for each in render(files) if each["kind"] == "Deployment")
    assert deployment["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/instance": "web-1234"}
    assert deployment["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/instance"] == "web-1234"


@pytest.mark.parametrize("output", ["chart", "chart/", "deploy/chart"])
def test_a_chart_is_a_folder_however_it_is_named(output: str) -> None:
    written = write_chart({"": define(web())}, SECRET)
    places = place_files(written.files, output)
    assert places[0] == f"{output.rstrip('/')}/Chart.yaml"
    assert all(place.startswith(f"{output.rstrip('/')}/") for place in places)


def test_a_file_of_several_lines_is_a_file_of_the_chart() -> None:
    content = "server {\n  listen {{ port }};\n}\n"
    files = write({"": define(web(container={"files": {"/etc/nginx/nginx.conf": File(content)}}))})
    assert text(files, "files/web-files/nginx.conf") == content
    store = next(each for each in render(files) if each["kind"] == "ConfigMap")
    assert store["data"] == {"nginx.conf": content}


def test_a_change_of_configuration_rolls_the_pods() -> None:
    configurations = {"settings": Configuration({"level": "info"})}
    variables = {"LEVEL": (ConfigurationValue("settings", "level"),)}
    files = write({"": define(web(container={"variables": variables}), configurations=configurations)})

    def checksum(values: str) -> str:
        found = render(with_values(files, values), ("mine.yaml",))
        deployment = next(each for each in found if each["kind"] == "Deployment")
        return str(deployment["spec"]["template"]["metadata"]["annotations"]["checksum/config"])

    assert checksum("{}\n") == checksum("web: {replicas: 3}\n")
    assert checksum("{}\n") != checksum("config: {settings: {level: debug}}\n")


def secretive() -> Definition:
    variables = {"PASSWORD": (SecretValue("db", "password"),)}
    return define(web(container={"variables": variables}), secrets={"db": Secret({"password": PASSWORD})})


def test_secrets_are_only_in_a_file_that_is_not_committed() -> None:
    files = write({"": secretive()})
    assert [path for path in files if PASSWORD in text(files, path)] == ["secrets/values.yaml"]
    assert files["secrets/values.yaml"].mode == 0o600
    assert "*" in text(files, "secrets/.gitignore").splitlines()
    assert "/secrets/" in text(files, ".helmignore").splitlines()


def test_a_secret_is_there_with_its_values_and_stays_without() -> None:
    files = write({"": secretive()})
    assert not [each for each in render(files) if each["kind"] == "Secret"]
    (secret,) = [each for each in render(files, ("secrets/values.yaml",)) if each["kind"] == "Secret"]
    assert secret["stringData"] == {"password": PASSWORD}
    assert secret["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_without_being_asked_values_of_secrets_are_written_nowhere() -> None:
    written = write_chart({"": secretive()}, WriteOptions())
    assert not [file.path for file in written.files if PASSWORD in str(file.content)]
    assert ("assumed", True) in [(each.code, "Secrets" in each.message) for each in written.diagnostics]


def test_secrets_of_one_environment_are_not_in_the_file_of_another() -> None:
    files = write({"staging": secretive(), "production": define(web())})
    assert "secrets/values-production.yaml" not in files
    assert PASSWORD in text(files, "secrets/values-staging.yaml")


def test_other_environments_say_only_what_differs() -> None:
    here = define(web(container={"variables": {"LEVEL": "debug", "SAME": "x", "ONLY": "here"}}))
    there = define(web(container={"variables": {"LEVEL": "info", "SAME": "x"}}, scale=Scale(replicas=5)))
    files = write({"staging": here, "production": there})
    assert data(files, "values-production.yaml") == {"web": {"replicas": 5, "env": {"LEVEL": "info", "ONLY": None}}}
    assert "values-staging.yaml" not in files


def test_a_workload_of_one_environment_is_switched_on_there() -> None:
    mail = web(name="mail", names=("mail",))
    files = write({"staging": define(web()), "production": define(web(), mail)})
    assert data(files, "values-production.yaml") == {"mail": {"enabled": True}}
    assert data(files, "values.yaml")["mail"]["image"]["repository"] == "nginx"


def test_a_container_of_one_environment_is_switched_on_there() -> None:
    both = {"web": Container(image=NGINX), "proxy": Container(image=Image("envoy", tag="1"))}
    files = write({"staging": define(web()), "production": define(web(containers=both))})
    assert data(files, "values-production.yaml") == {"web": {"containers": {"proxy": {"enabled": True}}}}


def test_a_controller_may_be_of_another_kind() -> None:
    definitions = {"staging": define(web()), "production": define(web(kind=Kind.DAEMON))}
    files = write(definitions)
    for name, definition in definitions.items():
        assert plain(render(files, values_of(files, name))) == plain(meant(definition))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("web: {replica: 2}", "replica"),
        ("web: {replicas: two}", "replicas"),
        ("web: {env: {PORT: 8080}}", "PORT"),
        ("web: {service: {port: 70000}}", "port"),
        ("web: {service: {type: Loadbalancer}}", "type"),
        ("wep: {}", "wep"),
    ],
)
def test_the_schema_refuses_what_means_nothing(values: str, message: str) -> None:
    files = with_values(write({"": define(web())}), values + "\n")
    with pytest.raises(InvalidInput, match=message):
        render(files, ("mine.yaml",))


def test_the_schema_takes_what_charts_share() -> None:
    values = (
        "global: {anything: [1]}\nnameOverride: x\nimagePullSecrets: [{name: pull}]\nweb: {podAnnotations: {a: b}}\n"
    )
    files = with_values(write({"": define(web())}), values)
    deployment = next(each for each in render(files, ("mine.yaml",)) if each["kind"] == "Deployment")
    assert deployment["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "pull"}]
    assert deployment["spec"]["template"]["metadata"]["annotations"] == {"a": "b"}


def test_the_schema_describes_every_value_that_there_is() -> None:
    files = write({"staging": define(web()), "production": define(web(), web(name="mail", names=("mail",)))})
    schema = json.loads(text(files, "values.schema.json"))

    def check(values: Any, node: Any) -> None:
        if isinstance(values, dict) and "properties" in node:
            assert set(values) <= set(node["properties"])
            for key, value in values.items():
                check(value, node["properties"][key])

    check(data(files, "values.yaml"), schema)
    assert schema["properties"]["web"]["additionalProperties"] is False


def test_great_numbers_stay_numbers() -> None:
    compute = Compute(limits={"memory": 1_000_000, "nvidia.com/gpu": 2_000_000})
    one = define(web(container={"compute": compute, "variables": {"LIMIT": "1000000"}}))
    other = define(web(scale=Scale(replicas=3_000_000)))
    files = write({"one": one, "other": other})
    assert plain(render(files)) == plain(meant(one))
    assert plain(render(files, values_of(files, "other"))) == plain(meant(other))


def test_the_test_connects_to_every_service() -> None:
    mail = web(name="mail", names=("mail",), ports={"25/tcp": Port(25, 2525, name="smtp"), "26/tcp": Port(26, 26)})
    udp = web(name="dns", names=("dns",), ports={"53/udp": Port(53, 53, "udp")})
    test = text(write({"": define(web(), mail, udp)}), "templates/tests/test-connection.yaml")
    assert "nc -z -w 10 web {{ int64 .Values.web.service.port }}" in test
    assert "nc -z -w 10 mail {{ int64 .Values.mail.service.ports.smtp }}" in test
    assert "dns" not in test
    assert "helm.sh/hook: test" in test


def test_notes_tell_where_it_is_and_what_it_needs() -> None:
    routes = {"shop.example.com/": Route("shop.example.com", "/", 80)}
    workload = replace(secretive().application.workloads["web"], routes=routes)
    definition = define(workload, secrets={"db": Secret({"password": PASSWORD})})
    notes = text(write({"": definition}), "templates/NOTES.txt")
    assert "{{- range .Values.web.ingress.hosts }}" in notes
    assert "The Secret db must be there" in notes


def test_the_chart_has_the_version_of_its_one_image() -> None:
    chart = data(write({"": define(web())}), "Chart.yaml")
    assert chart["apiVersion"] == "v2"
    assert (chart["name"], chart["version"], chart["appVersion"]) == ("shop", "0.1.0", "1.27")
    two = define(web(), web(name="db", names=("db",), container={"image": Image("redis", tag="7")}))
    assert data(write({"": two}), "Chart.yaml")["appVersion"] == "0.1.0"


KIND = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.example.com"},
    "spec": {"group": "example.com"},
}
HOOK = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "migrate", "annotations": {"helm.sh/hook": "post-upgrade"}},
    "spec": {},
}


def test_kinds_are_installed_before_what_uses_them() -> None:
    extra = Extra("kubernetes", (), ("CustomResourceDefinition",), KIND)
    files = write({"": define(web(), extras=(extra,))})
    assert data(files, "crds/things.example.com-customresourcedefinition.yaml") == KIND


def test_what_only_a_chart_has_is_written_back() -> None:
    extra = Extra("helm", (), ("Job",), HOOK)
    written = write_chart({"": define(web(), extras=(extra,))}, SECRET)
    files = {file.path: file for file in written.files}
    assert "helm.sh/hook: post-upgrade" in text(files, "templates/migrate-job.yaml")
    assert "extra-dropped" not in [each.code for each in written.diagnostics]


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "..", "a/b", "system:node", "{{ fail }}", "\n"])
def test_names_lead_nowhere_else(name: str) -> None:
    kept = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": {"../x": "a\nb\n", name: "c\nd\n"},
    }
    files = write({"": define(web(), extras=(Extra("kubernetes", (), ("ConfigMap",), kept),))})
    for path in files:
        assert not path.startswith("/")
        assert not {"..", ""} & set(path.split("/"))
    (store,) = [each for each in render(files) if each["kind"] == "ConfigMap"]
    assert (store["metadata"]["name"], store["data"]) == (name, kept["data"])


HOSTILE = ["$(reboot)", "x; reboot", "{{ fail `no` }}", "a\u2028evil: true", "a\nevil: true"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_never_code(name: str) -> None:
    ports = [{"port": 80}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": ports}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": {"a": "b"}}
    extras = tuple(Extra("kubernetes", (), (kind,), each) for kind, each in (("Service", service), ("Secret", secret)))
    files = write({"": define(web(), extras=extras)})
    assert name not in text(files, "templates/tests/test-connection.yaml")
    assert "{{ fail" not in text(files, "templates/NOTES.txt")
    assert "evil" not in data(files, "values.yaml")
    found = {each["kind"]: each for each in render(files, ("secrets/values.yaml",)) if each["metadata"]["name"] == name}
    assert found["Secret"]["stringData"] == {"a": "b"}
    assert found["Service"]["spec"]["ports"] == ports


def test_names_that_become_the_same_value_stay_apart() -> None:
    containers = {name: Container(image=Image(name, tag="1")) for name in ("main", "a-b", "a--b")}
    files = write({"": define(web(containers=containers))})
    assert set(data(files, "values.yaml")["web"]["containers"]) == {"aB", "aB2"}
    deployment = next(each for each in render(files) if each["kind"] == "Deployment")
    images = {each["name"]: each["image"] for each in deployment["spec"]["template"]["spec"]["containers"]}
    assert images == {name: f"{name}:1" for name in containers}
