"""Kubernetes to Kubernetes: what the model does not hold stands again where it stood, and nothing is written twice."""

from typing import Any

import pytest
import yaml

from isomorph.model.application import Application, Definition, Extra
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.kubernetes.reader import read
from isomorph.platforms.kubernetes.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context

Documents = dict[tuple[str, str], dict[str, Any]]


def rewrite(text: str) -> tuple[Documents, list[str], str]:
    """Read manifests and write them again; gives documents by kind and name, the codes of what was told, and the text."""
    definition = read(Source("in.yaml"), memory_context({"in.yaml": text}))
    written = write(normalise(definition, resolve_configurations=False), WriteOptions())
    content = written.files[0].content
    assert isinstance(content, str)
    documents = [document for document in yaml.safe_load_all(content) if document]
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in documents}
    assert len(by_name) == len(documents), "a document twice"
    return by_name, [each.code for each in written.diagnostics], content


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {note: x}}
spec:
  minReadySeconds: 5
  strategy: {rollingUpdate: {maxSurge: 1}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: robot
      tolerations: [{key: a, operator: Exists}]
      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
      securityContext: {fsGroup: 5, runAsUser: 1000}
      containers:
      - name: web
        image: nginx:1
        lifecycle: {preStop: {exec: {command: [sleep, '1']}}}
        terminationMessagePolicy: FallbackToLogsOnError
        livenessProbe: {tcpSocket: {port: 80}, terminationGracePeriodSeconds: 3}
        volumeMounts: [{name: data, mountPath: /data, mountPropagation: HostToContainer}, {name: nfs, mountPath: /nfs}]
        ports: [{containerPort: 8080}]
      volumes:
      - {name: data, hostPath: {path: /srv, type: Directory}}
      - {name: nfs, nfs: {server: nas, path: /x}}
"""
SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {a: b}}
spec:
  internalTrafficPolicy: Local
  sessionAffinity: ClientIP
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080, appProtocol: http}]
"""


def test_what_a_controller_said_besides_is_restored() -> None:
    documents, codes, _ = rewrite(DEPLOYMENT)
    spec = documents["Deployment", "web"]["spec"]
    assert (spec["minReadySeconds"], spec["strategy"]) == (5, {"rollingUpdate": {"maxSurge": 1}})
    pod = spec["template"]["spec"]
    assert pod["serviceAccountName"] == "robot"
    assert pod["tolerations"] == [{"key": "a", "operator": "Exists"}]
    assert "podAntiAffinity" in pod["affinity"]
    assert pod["securityContext"] == {"fsGroup": 5}
    container = pod["containers"][0]
    assert container["securityContext"] == {"runAsUser": 1000}
    assert container["lifecycle"] == {"preStop": {"exec": {"command": ["sleep", "1"]}}}
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
    assert container["livenessProbe"] == {"tcpSocket": {"port": 80}, "terminationGracePeriodSeconds": 3}
    assert container["volumeMounts"][0]["mountPropagation"] == "HostToContainer"
    assert pod["volumes"] == [
        {"name": "data", "hostPath": {"path": "/srv", "type": "Directory"}},
        {"name": "nfs", "nfs": {"server": "nas", "path": "/x"}},
    ]
    assert codes == []


def test_what_a_service_said_besides_is_restored() -> None:
    documents, codes, _ = rewrite(DEPLOYMENT + SERVICE)
    service = documents["Service", "web"]
    assert service["metadata"]["annotations"] == {"a": "b"}
    assert (service["spec"]["internalTrafficPolicy"], service["spec"]["sessionAffinity"]) == ("Local", "ClientIP")
    assert service["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": 8080, "appProtocol": "http"}]
    assert codes == []


AUTOSCALER = """\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web-scaler}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 5
  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
  metrics:
  - {type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 1k}}}
  - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
"""


def test_an_autoscaler_keeps_its_name_and_its_other_metrics_in_their_order() -> None:
    documents, codes, _ = rewrite(DEPLOYMENT + AUTOSCALER)
    spec = documents["HorizontalPodAutoscaler", "web-scaler"]["spec"]
    assert spec["behavior"] == {"scaleDown": {"stabilizationWindowSeconds": 60}}
    assert [metric["type"] for metric in spec["metrics"]] == ["Pods", "Resource"]
    assert codes == []


INGRESS = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}}
spec:
  ingressClassName: nginx
  rules:
  - host: a.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
ROUTE = """\
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop-route}
spec:
  parentRefs: [{name: outside}]
  hostnames: [a.example.com, b.example.com]
  rules:
  - matches: [{path: {type: PathPrefix, value: /x}}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: other, port: 80}}}]
    backendRefs: [{name: web, port: 80}]
"""


def test_an_ingress_keeps_its_name_class_and_annotations() -> None:
    documents, codes, _ = rewrite(DEPLOYMENT + SERVICE + INGRESS)
    ingress = documents["Ingress", "shop"]
    assert ingress["metadata"]["annotations"] == {"nginx.ingress.kubernetes.io/rewrite-target": "/"}
    assert ingress["spec"]["ingressClassName"] == "nginx"
    assert codes == []


def test_an_http_route_stays_one() -> None:
    documents, codes, _ = rewrite(DEPLOYMENT + SERVICE + ROUTE)
    spec = documents["HTTPRoute", "shop-route"]["spec"]
    assert spec["parentRefs"] == [{"name": "outside"}]
    assert spec["hostnames"] == ["a.example.com", "b.example.com"]
    assert spec["rules"][0]["filters"][0]["type"] == "RequestMirror"
    assert spec["rules"][0]["backendRefs"] == [{"name": "web", "port": 80}]
    assert codes == []


WHOLE = """\
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: Service
metadata: {name: www}
spec: {type: ExternalName, externalName: web.default.svc.cluster.local}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {a: b}}
immutable: true
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: tls}
type: kubernetes.io/tls
data: {tls.crt: eA==, tls.key: eQ==}
"""


def test_documents_that_say_nothing_about_workloads_are_restored_whole() -> None:
    documents, codes, text = rewrite(DEPLOYMENT + SERVICE + WHOLE)
    assert documents["PodDisruptionBudget", "web"]["spec"]["minAvailable"] == 1
    assert documents["Service", "www"]["spec"]["type"] == "ExternalName"
    assert documents["ConfigMap", "settings"]["immutable"] is True
    assert documents["ConfigMap", "settings"]["metadata"]["labels"] == {"a": "b"}
    assert documents["Secret", "tls"]["type"] == "kubernetes.io/tls"
    assert text.startswith("apiVersion: v1\nkind: Namespace\n")
    assert codes == []


SHARED = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: canary}
spec:
  selector: {matchLabels: {app: web, track: canary}}
  template:
    metadata: {labels: {app: web, track: canary}}
    spec: {containers: [{name: web, image: 'nginx:2'}]}
"""


def test_a_service_that_leads_to_several_workloads_still_does() -> None:
    documents, _, text = rewrite(DEPLOYMENT + SERVICE + SHARED)
    assert [name for kind, name in documents if kind == "Service"] == ["web"]
    assert documents["Service", "web"]["spec"]["selector"] == {"app": "web"}
    again, _, _ = rewrite(text)
    assert again["Service", "web"]["spec"]["selector"] == {"app": "web"}


TWO_SPACES = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: NAMESPACE}
data: {level: NAMESPACE}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NAMESPACE}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1
        env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: NAMESPACE}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


def test_objects_of_one_name_stay_in_their_namespaces() -> None:
    text = TWO_SPACES.replace("NAMESPACE", "one") + TWO_SPACES.replace("NAMESPACE", "two")
    definition = read(Source("in.yaml"), memory_context({"in.yaml": text}))
    written = write(normalise(definition, resolve_configurations=False), WriteOptions())
    content = written.files[0].content
    assert isinstance(content, str)
    documents = list(yaml.safe_load_all(content))
    places = sorted((each["kind"], each["metadata"]["name"], each["metadata"]["namespace"]) for each in documents)
    assert places == [
        ("ConfigMap", "settings", "one"), ("ConfigMap", "settings", "two"),
        ("Deployment", "web", "one"), ("Deployment", "web", "two"),
        ("Service", "web", "one"), ("Service", "web", "two"),
    ]  # fmt: skip
    for each in documents:
        if each["kind"] == "ConfigMap":
            assert each["data"]["level"] == each["metadata"]["namespace"]
    assert written.diagnostics == ()


STATEFUL = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db-headless
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: db}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, volumeMode: Filesystem}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - {name: db, image: 'postgres:15', volumeMounts: [{name: data, mountPath: /data}], ports: [{containerPort: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: db-headless}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
"""


def test_a_stateful_set_keeps_both_its_services_and_its_claims() -> None:
    documents, codes, _ = rewrite(STATEFUL)
    spec = documents["StatefulSet", "db"]["spec"]
    assert (spec["serviceName"], spec["podManagementPolicy"]) == ("db-headless", "Parallel")
    claim = spec["volumeClaimTemplates"][0]
    assert (claim["metadata"], claim["spec"]["volumeMode"]) == ({"name": "data"}, "Filesystem")
    assert documents["Service", "db-headless"]["spec"]["clusterIP"] == "None"
    assert "clusterIP" not in documents["Service", "db"]["spec"]
    assert codes == []


CRON = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec: {restartPolicy: Never, priorityClassName: low, containers: [{name: nightly, image: 'busybox:1'}]}
"""


def test_a_scheduled_jobs_own_settings_are_restored() -> None:
    documents, codes, _ = rewrite(CRON)
    spec = documents["CronJob", "nightly"]["spec"]
    job = spec["jobTemplate"]["spec"]
    assert (spec["concurrencyPolicy"], job["backoffLimit"]) == ("Forbid", 2)
    assert job["template"]["spec"]["priorityClassName"] == "low"
    assert codes == []


@pytest.mark.parametrize(
    "text", [DEPLOYMENT + SERVICE + AUTOSCALER + INGRESS + WHOLE, DEPLOYMENT + SERVICE + ROUTE, STATEFUL, CRON]
)
def test_a_second_writing_changes_nothing(text: str) -> None:
    _, _, once = rewrite(text)
    _, _, twice = rewrite(once)
    assert once == twice


def test_what_another_platform_said_is_told_once_for_all_places() -> None:
    workloads = {name: Workload(name, containers={name: Container(image=Image("a"))}) for name in ("a", "b")}
    extras = tuple(
        Extra("compose", ("workloads", name, "containers", name), ("logging", "driver"), "json-file")
        for name in workloads
    )
    written = write(Definition(Application(workloads=workloads), "compose", extras=extras), WriteOptions())
    assert [(each.code, each.message) for each in written.diagnostics] == [
        ("extra-dropped", "a, b: `logging.driver` is Compose's own and is not in the output")
    ]


def test_a_restart_policy_of_one_container_is_lost() -> None:
    containers = {name: Container(image=Image("a")) for name in ("web", "once")}
    workloads = {
        "web": Workload("web", containers=containers),
        "alone": Workload("alone", containers={"alone": Container(image=Image("a"))}),
    }
    extras = (
        Extra("compose", ("workloads", "web", "containers", "once"), ("restart",), "no"),
        Extra("compose", ("workloads", "web", "containers", "web"), ("deploy", "restart_policy"), {"condition": "any"}),
        Extra("compose", ("workloads", "alone", "containers", "alone"), ("restart",), "${POLICY}"),
    )
    written = write(Definition(Application(workloads=workloads), "compose", extras=extras), WriteOptions())
    assert {(each.code, each.message) for each in written.diagnostics} == {
        ("lost", "web: once: its own restart policy, no: a Pod has one for all its containers"),
        ("lost", "web: web: its own restart policy, any: a Pod has one for all its containers"),
        ("extra-dropped", "alone: `restart` is Compose's own and is not in the output"),
    }


def test_an_extra_without_a_place_is_told() -> None:
    extra = Extra("kubernetes", ("workloads", "gone"), ("spec", "paused"), True)
    written = write(Definition(Application(), "kubernetes", extras=(extra,)), WriteOptions())
    assert [(each.code, each.message) for each in written.diagnostics] == [
        ("lost", "gone: spec.paused has no place in what was written")
    ]
