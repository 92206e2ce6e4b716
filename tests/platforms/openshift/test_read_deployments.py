"""DeploymentConfigs, images that ImageStreams supply, and the kinds that are kept."""

import pytest

from isomorph.model.image import Image
from isomorph.model.workload import Kind
from tests.platforms.openshift.openshift_texts import documents, extras, find, pods, read_text, told

TRIGGERS = (
    "triggers: [{type: ConfigChange}, {type: ImageChange, imageChangeParams: {automatic: true, containerNames: [web],"
    " from: {kind: ImageStreamTag, name: 'web:1'}}}]"
)
BUILD = (
    "apiVersion: build.openshift.io/v1\nkind: BuildConfig\nmetadata: {name: make}\n"
    "spec: {output: {to: {kind: ImageStreamTag, name: 'web:1'}}}\n"
)


def stream(spec: str, name: str = "web") -> str:
    return f"apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


TAGGED = stream("tags: [{name: '1', from: {kind: DockerImage, name: 'quay.io/shop/web:1.4'}}]")
CONFIG = pods(
    kind="DeploymentConfig", container="image: ' '", spec=f"replicas: 2, strategy: {{type: Recreate}}, {TRIGGERS}"
)


@pytest.mark.parametrize("version", ["apps.openshift.io/v1", "v1"])
def test_a_deployment_config_is_a_service_and_comes_back(version: str) -> None:
    definition = read_text(CONFIG.replace("apps.openshift.io/v1", version))
    workload = definition.application.workloads["web"]
    assert (workload.kind, workload.scale.replicas) == (Kind.SERVICE, 2)
    written = find(documents(definition), "DeploymentConfig")
    assert written["apiVersion"] == "apps.openshift.io/v1"
    assert written["spec"]["strategy"] == {"type": "Recreate"}
    assert [each["type"] for each in written["spec"]["triggers"]] == ["ConfigChange", "ImageChange"]
    assert written["spec"]["selector"].items() <= written["spec"]["template"]["metadata"]["labels"].items()
    assert written["spec"]["template"]["spec"]["containers"][0]["image"] == " "


def test_test_and_hooks_are_kept() -> None:
    pod = "execNewPod: {command: [x], containerName: web}"
    hook = f"strategy: {{type: Rolling, rollingParams: {{pre: {{failurePolicy: Abort, {pod}}}}}}}"
    definition = read_text(pods(kind="DeploymentConfig", container="image: 'web:1'", spec=f"test: true, {hook}"))
    kept = extras(definition)
    assert kept["workloads", "web", "spec", "test"] is True
    spec = find(documents(definition), "DeploymentConfig")["spec"]
    assert (spec["test"], spec["strategy"]) == (True, kept["workloads", "web", "spec", "strategy"])


def test_its_autoscaler_follows_it() -> None:
    scaler = (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
        "spec: {scaleTargetRef: {apiVersion: apps.openshift.io/v1, kind: DeploymentConfig, name: web}, maxReplicas: 4}\n"
    )
    definition = read_text(CONFIG, scaler)
    assert definition.application.workloads["web"].scale.maximum == 4
    target = find(documents(definition), "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "apps.openshift.io/v1", "kind": "DeploymentConfig", "name": "web"}


def test_an_image_from_a_stream_that_is_not_known_here() -> None:
    definition = read_text(CONFIG, stream(""), BUILD)
    assert definition.application.workloads["web"].containers["web"].image is None
    assert told(definition) == [
        (
            "image-supplied-later",
            "the image of container web comes from the ImageStreamTag web:1, which BuildConfig make builds;"
            " which image that is, only the cluster knows",
        ),
        ("not-modelled", "BuildConfig make builds an image; it is kept, and not compared"),
    ]


CHAIN = stream(
    "tags: [{name: '1', from: {kind: ImageStreamTag, name: stable}},"
    " {name: stable, from: {kind: DockerImage, name: 'quay.io/shop/web:1.4'}}]"
)
LOOP = stream("tags: [{name: '1', from: {kind: ImageStreamTag, name: '1'}}]")


@pytest.mark.parametrize(
    "text", [TAGGED, CHAIN, stream("dockerImageRepository: quay.io/shop/web").replace("web}", "web}", 1)]
)
def test_an_image_that_the_stream_says(text: str) -> None:
    definition = read_text(CONFIG, text)
    image = definition.application.workloads["web"].containers["web"].image
    assert image is not None
    assert (image.registry, image.repository) == ("quay.io", "shop/web")
    origin = definition.origins.find(("workloads", "web", "containers", "web", "image"))
    assert origin is not None
    assert origin.line > CONFIG.count("\n")
    assert origin.via[-1].line <= CONFIG.count("\n")


def test_a_tag_that_leads_to_itself_is_not_known() -> None:
    assert read_text(CONFIG, LOOP).application.workloads["web"].containers["web"].image is None


ANNOTATION = """[{"from": {"kind": "ImageStreamTag", "name": "web:1"%s}, "fieldPath": "%s"%s}]"""
BY_NAME = r"spec.template.spec.containers[?(@.name==\"web\")].image"


@pytest.mark.parametrize(
    ("annotation", "repository"),
    [
        (ANNOTATION % ("", BY_NAME, ""), "shop/web"),
        (ANNOTATION % ("", "spec.template.spec.containers[0].image", ""), "shop/web"),
        (ANNOTATION % ("", BY_NAME, ', "paused": true'), "other"),
        (ANNOTATION % ("", "spec.template.spec.containers[7].image", ""), "other"),
    ],
)
def test_the_annotation_of_a_plain_deployment(annotation: str, repository: str) -> None:
    said = f"annotations: {{image.openshift.io/triggers: '{annotation}'}}"
    definition = read_text(pods(container="image: 'other:1'", metadata=said), TAGGED)
    image = definition.application.workloads["web"].containers["web"].image
    assert image is not None
    assert image.repository == repository
    written = find(documents(definition), "Deployment")
    assert written["spec"]["template"]["spec"]["containers"][0]["image"] == "other:1"
    assert written["metadata"]["annotations"]["image.openshift.io/triggers"] == annotation


@pytest.mark.parametrize("annotation", ["[", "{}", '[{"from": 1}]', '["x"]'])
def test_an_annotation_that_says_nothing_is_passed_over_as_openshift_does(annotation: str) -> None:
    said = f"annotations: {{image.openshift.io/triggers: '{annotation}'}}"
    definition = read_text(pods(container="image: 'other:1'", metadata=said))
    assert definition.application.workloads["web"].containers["web"].image == Image("other", tag="1")
    assert [code for code, _ in told(definition)] == ["ignored"]


@pytest.mark.parametrize(
    ("metadata", "spec", "registry"),
    [
        ("annotations: {alpha.image.policy.openshift.io/resolve-names: '*'}", "", "quay.io"),
        ("", "lookupPolicy: {local: true}, ", "quay.io"),
        ("", "", None),
    ],
)
def test_names_that_are_looked_up(metadata: str, spec: str, registry: str | None) -> None:
    held = stream(spec + "tags: [{name: '1', from: {kind: DockerImage, name: 'quay.io/shop/web:1.4'}}]")
    definition = read_text(pods(container="image: 'web:1'", metadata=metadata), held)
    image = definition.application.workloads["web"].containers["web"].image
    assert image is not None
    assert image.registry == registry


KEPT = """\
apiVersion: security.openshift.io/v1
kind: SecurityContextConstraints
metadata: {name: mine}
allowPrivilegedContainer: true
---
apiVersion: project.openshift.io/v1
kind: Project
metadata: {name: shop}
---
apiVersion: v1
kind: ProjectRequest
metadata: {name: shop}
---
apiVersion: authorization.openshift.io/v1
kind: RoleBinding
metadata: {name: edit}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: view}
"""


def test_what_says_nothing_about_workloads_is_kept_and_written_again() -> None:
    definition = read_text(KEPT, CONFIG.replace("' '", "'web:1'").replace(TRIGGERS, "triggers: []"), namespace="here")
    assert [code for code, _ in told(definition)] == ["not-modelled", "unknown-kind", "unknown-kind"]
    written = {(each["apiVersion"], each["kind"]): each["metadata"].get("namespace") for each in documents(definition)}
    assert {
        ("security.openshift.io/v1", "SecurityContextConstraints"),
        ("project.openshift.io/v1", "Project"),
        ("project.openshift.io/v1", "ProjectRequest"),
        ("authorization.openshift.io/v1", "RoleBinding"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    } <= written.keys()
    assert find(documents(definition), "DeploymentConfig")["spec"]["triggers"] == []


def test_a_misspelt_field_of_a_deployment_config_is_told() -> None:
    definition = read_text(pods(kind="DeploymentConfig", container="image: 'web:1'", spec="trigger: []"))
    assert [code for code, _ in told(definition)] == ["unknown-field"]
    assert "did you mean `triggers`?" in told(definition)[0][1]
