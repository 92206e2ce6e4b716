"""Routes as they are written for what other platforms say of ways in."""

import pytest

from isomorph.model.application import Application, Definition
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Port, Route, Workload
from isomorph.platforms.kubernetes.reader import read as read_kubernetes
from isomorph.platforms.openshift.writer import to_documents
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context, source
from tests.platforms.kubernetes.reading import documents as join
from tests.platforms.kubernetes.reading import pod, service


def write(*routes: Route, platform: str = "compose") -> tuple[list[dict[str, object]], list[tuple[str, str]]]:
    """Write a workload with these ways in; gives the specs of its Routes, and what was told."""
    web = Workload(
        "web",
        names=("web",),
        ports={"80/tcp": Port(80, 8080)},
        routes={f"{route.host}{route.path}": route for route in routes},
        containers={"web": Container(image=Image("web", tag="1"))},
    )
    definition = normalise(Definition(Application(workloads={"web": web}), platform))
    documents, draft = to_documents(definition, WriteOptions())
    found = [each for each in documents if each["kind"] == "Route"]
    assert len({each["metadata"]["name"] for each in found}) == len(routes)
    return [each["spec"] for each in found], [(each.code, each.message) for each in draft.finish()]


BACK = {"to": {"kind": "Service", "name": "web"}, "port": {"targetPort": 8080}}


def test_one_a_host_and_path() -> None:
    specs, told = write(Route("a.b", "/", 80), Route("a.b", "/api", 80), Route("c.d", "/", None))
    assert specs == [{"host": "a.b", **BACK}, {"host": "a.b", "path": "/api", **BACK}, {"host": "c.d", **BACK}]
    assert told == []


def test_tls_ends_at_the_edge() -> None:
    specs, told = write(Route("a.b", "/", 80, tls=True, tls_secret="cert"))
    assert specs[0]["tls"] == {
        "termination": "edge",
        "insecureEdgeTerminationPolicy": "Redirect",
        "externalCertificate": {"name": "cert"},
    }
    assert told == []


def test_a_wildcard() -> None:
    specs, _ = write(Route("*.example.com", "/", 80))
    assert (specs[0]["host"], specs[0]["wildcardPolicy"]) == ("wildcard.example.com", "Subdomain")


@pytest.mark.parametrize(
    ("route", "path", "message"),
    [
        (Route("a.b", "/x", 80, "exact"), "/x", "web: a Route takes every path below its own, too"),
        (Route("a.b", "/x/.*", 80, "regex"), "/x/", "web: a Route knows no patterns of paths: it takes all below /x/"),
        (Route("a.b", "/(a|b)", 80, "regex"), None, "web: a Route knows no patterns of paths: it takes all below /"),
    ],
)
def test_paths_are_prefixes(route: Route, path: str | None, message: str) -> None:
    specs, told = write(route)
    assert specs[0].get("path") == path
    assert told == [("approximated", message)]


@pytest.mark.parametrize(("host", "code"), [("", "approximated"), ("a b", "lost"), ("x_y.z", "lost")])
def test_hosts_that_a_route_cannot_have(host: str, code: str) -> None:
    specs, told = write(Route(host, "/", 80))
    assert "host" not in specs[0]
    assert [each for each, _ in told] == [code]


INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: way, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}}
spec:
  ingressClassName: nginx
  rules:
  - host: a.b
    http: {paths: [{path: /x, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""


def test_what_only_an_ingress_says_is_told_as_lost() -> None:
    text = join(pod("ports: [{containerPort: 8080}]"), service("{port: 80, targetPort: 8080}"), INGRESS)
    definition = read_kubernetes(source("a.yaml"), memory_context({"a.yaml": text}))
    documents, draft = to_documents(normalise(definition), WriteOptions())
    (route,) = [each for each in documents if each["kind"] == "Route"]
    assert route["spec"]["path"] == "/x"
    assert not [each for each in documents if each["kind"] == "Ingress"]
    lost = [each.message for each in draft.finish() if each.code == "lost"]
    assert [message.partition(" has no")[0] for message in lost] == [
        "web: Ingress.way.spec.ingressClassName",
        "web: Ingress.way.metadata.annotations.nginx.ingress.kubernetes.io/rewrite-target",
    ]
