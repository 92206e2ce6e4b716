"""Secrets of a store outside are read as references on every platform of Kubernetes' family."""

import pytest

from isomorph.model.application import Definition
from isomorph.model.text import SecretValue
from isomorph.platforms.context import Source
from isomorph.platforms.table import PLATFORMS, find_family, load_reader
from tests.memory_context import memory_context

FAMILY = [row.name for row in PLATFORMS if find_family(row.name) == "kubernetes"]

MANIFEST = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data:
    - {secretKey: password, remoteRef: {key: shop/db, property: password}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/agent-inject-secret-token: secret/data/shop
    spec:
      containers:
        - name: web
          image: nginx:1.29
          env:
            - name: DB_PASSWORD
              valueFrom: {secretKeyRef: {name: db, key: password}}
"""
TERRAFORM = """\
resource "kubernetes_manifest" "db" {
  manifest = yamldecode(file("db.yaml"))
}

resource "kubernetes_manifest" "web" {
  manifest = yamldecode(file("web.yaml"))
}
"""


def read(platform: str) -> Definition:
    secret, _, deployment = MANIFEST.partition("---\n")
    files: dict[str, str | bytes] = {"it.yaml": MANIFEST}
    if platform == "helm":
        files = {"it.yaml/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n"}
        files["it.yaml/templates/all.yaml"] = MANIFEST
    elif platform == "terraform":
        files = {"it.yaml/main.tf": TERRAFORM, "it.yaml/db.yaml": secret, "it.yaml/web.yaml": deployment}
    return load_reader(platform)(Source("it.yaml"), memory_context(files))


@pytest.mark.parametrize("platform", FAMILY)
def test_what_a_store_keeps_is_a_reference(platform: str) -> None:
    definition = read(platform)
    (container,) = definition.application.workloads["web"].containers.values()
    assert container.variables["DB_PASSWORD"] == (SecretValue("db", "password"),)
    assert definition.application.secrets["db"].values == {"password": None}
    assert definition.application.secrets["db"].external
    assert "/vault/secrets/token" in container.files
    assert not [each for each in definition.diagnostics if each.code == "missing-reference"]
