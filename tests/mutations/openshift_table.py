"""Injected changes and harmless rewrites of an OpenShift template, as `table.py` and `rewrites.py` have them for others."""

from tests.mutations.rewrites import REWRITES as ALL_REWRITES
from tests.mutations.rewrites import Rewrite
from tests.mutations.table import MUTATIONS as ALL_MUTATIONS
from tests.mutations.table import Mutation

FILE = "openshift.yaml"

#: What restricted-v2 imposes anyway, so that leaving it out of a Kubernetes definition changes nothing here.
IMPOSED = {("security.capability", "ALL"), ("security.no-new-privileges", "")}


def _change(rule: str, subject: str, old: str, new: str, at: str, **more: object) -> Mutation:
    return Mutation(FILE, rule, subject, old, new, at, **more)  # type: ignore[arg-type]


def _rewrite(name: str, old: str, new: str) -> Rewrite:
    return Rewrite(FILE, name, old, new)


KUBERNETES = tuple(
    mutation
    for mutation in ALL_MUTATIONS
    if mutation.file.startswith("kubernetes") and (mutation.rule, mutation.subject) not in IMPOSED
)
"""The changes of Kubernetes' definitions, which are OpenShift's, too."""

KUBERNETES_REWRITES = tuple(rewrite for rewrite in ALL_REWRITES if rewrite.file.startswith("kubernetes"))

_ADMIN = """  - apiVersion: route.openshift.io/v1
    kind: Route
    metadata:
      name: admin
    spec:
      to: {kind: Service, name: web}
      port: {targetPort: admin}
"""
_SHOP = "shop.example.com/shop"

MUTATIONS: tuple[Mutation, ...] = (
    _change("image.tag", "", 'value: "1.4.2"', 'value: "1.4.3"', 'value: "1.4.3"'),
    _change("image.repository", "", "shop/web:${TAG}", "shop/site:${TAG}", "shop/site"),
    _change("image.tag", "", "shop/api:2.0", "shop/api:2.1", "shop/api:2.1", workload="api", container="api"),
    _change("image.tag", "", '"api:stable"', '"api:next"', 'api:3.0"', workload="api", container="api"),
    _change("scale.replicas", "", 'value: "2"', 'value: "3"', 'value: "3"', container=""),
    _change("scale.replicas", "", "replicas: ${{COUNT}}", "replicas: 5", "replicas: 5", container=""),
    _change("variable.value", "LOG_LEVEL", "value: info", "value: debug", "value: debug"),
    _change("variable.value", "SESSION_KEY", "value: ${SESSION_KEY}", "value: fixed", "value: fixed"),
    _change("variable.value", "API_URL", "api:9000/v1", "api:9000/v2", "api:9000/v2"),
    _change("port.target", "80/tcp", "targetPort: main", "targetPort: 8081", "targetPort: main", container=""),
    _change("probe.check", "readiness", "path: /ready", "path: /health", "path: /health"),
    _change("compute.limits", "memory", "memory: 256Mi", "memory: 512Mi", "memory: 512Mi"),
    _change("route.host", _SHOP, "value: shop.example.com", "value: www.example.com", "www.example.com", container=""),
    _change("route.path", _SHOP, "path: /shop", "path: /store", "path: /store", container=""),
    _change(
        "route.tls",
        _SHOP,
        "      tls:\n        termination: edge\n        externalCertificate: {name: shop-cert}\n",
        "",
        "tls:",
        container="",
    ),
    _change("route.missing", "${host of Route admin}/", _ADMIN, "", "port: {targetPort: admin}", container=""),
)

_REPLICAS = "replicas: ${{COUNT}}"
_WEB = "    kind: Route\n    metadata:\n      name: web"
_STABLE = 'from: {kind: DockerImage, name: "ghcr.io/shop/api:2.0"}'
_BY_WAY_OF_ANOTHER = f"from: {{kind: ImageStreamTag, name: two}}\n        - name: two\n          {_STABLE}"

REWRITES: tuple[Rewrite, ...] = (
    _rewrite("a number as it is", _REPLICAS, "replicas: 2"),
    _rewrite("a port by its number", "targetPort: http", "targetPort: 8080"),
    _rewrite("a port by its number in quotes", "targetPort: http", 'targetPort: "8080"'),
    _rewrite("the weight of silence", ", weight: 100}", "}"),
    _rewrite("the policy of silence", "path: /shop", "path: /shop\n      wildcardPolicy: None"),
    _rewrite("a Service as silence means it", "to: {kind: Service, name: web}", "to: {name: web}"),
    _rewrite("the old API of a Route", f"route.openshift.io/v1\n{_WEB}", f"v1\n{_WEB}"),
    _rewrite("the old API of an ImageStream", "image.openshift.io/v1\n", "v1\n"),
    _rewrite("a tag by way of another", _STABLE, _BY_WAY_OF_ANOTHER),
    _rewrite("another way of rolling out", "type: Rolling", "type: Recreate"),
    _rewrite("a namespace that is dropped", "name: admin\n    spec", "name: admin\n      namespace: elsewhere\n    spec"),
    _rewrite("an image that the trigger replaces", 'image: " "', 'image: "api:old"'),
    _rewrite("what users are told", "parameters:\n", "message: done\nparameters:\n"),
    _rewrite("what a parameter is for", "  - name: TAG\n", "  - name: TAG\n    description: of web\n"),
    _rewrite("a parameter that nobody uses", "parameters:\n", "parameters:\n  - {name: UNUSED, required: true}\n"),
    _rewrite("a random value of another shape", "{16}", "{32}"),
)  # fmt: skip
