"""Secrets that are made in the cluster from a store outside: their names and keys are known, their values are not."""

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment
from isomorph.model.application import Definition, Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import normalise
from isomorph.model.origin import Path
from isomorph.model.text import SecretValue
from isomorph.model.workload import File
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_reader, load_writer
from tests.drift.judging import SHOWN, judge, shown, tell
from tests.memory_context import memory_context
from tests.platforms.kubernetes.reading import codes, container_of, documents, extras, pod, read_text
from tests.platforms.kubernetes.written import Output


def external(spec: str, name: str = "db", version: str = "v1", kind: str = "ExternalSecret") -> str:
    """Give an object of External Secrets Operator; the spec is YAML in flow style, inside braces."""
    return (
        f"apiVersion: external-secrets.io/{version}\nkind: {kind}\nmetadata: {{name: {name}}}\n"
        f"spec: {{secretStoreRef: {{name: vault}}, {spec}}}\n"
    )


def secret_class(provider: str, parameters: str, more: str = "") -> str:
    """Give a SecretProviderClass `files`; the parameters are lines of YAML, indented by four."""
    return (
        "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: files}\n"
        f"spec:\n  provider: {provider}\n  parameters:\n{parameters}{more}"
    )


MOUNTED = pod(
    "volumeMounts: [{name: store, mountPath: /mnt, readOnly: true}]",
    "volumes: [{name: store, csi: {driver: secrets-store.csi.k8s.io, readOnly: true, "
    "volumeAttributes: {secretProviderClass: files}}}]",
)


def place(definition: Definition, path: Path) -> tuple[int, int]:
    """Give the line and column of a place."""
    origin = definition.origins.exact(path)
    assert origin is not None
    return origin.line, origin.column


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_an_external_secret_is_a_secret_of_known_keys(version: str) -> None:
    made = external(
        "target: {name: made}, data: [{secretKey: pass, remoteRef: {key: a/b, property: p}}]", version=version
    )
    definition = read_text(documents(made, pod("envFrom: [{secretRef: {name: made}}]")))
    assert definition.application.secrets == {"made": Secret({"pass": None}, external=True)}
    assert container_of(definition).variables == {"pass": (SecretValue("made", "pass"),)}
    assert container_of(definition).variables_from == ()
    assert codes(definition) == []
    assert place(definition, ("workloads", "web", "containers", "web", "variables", "pass")) == (4, 80)


def test_an_external_secret_has_its_own_name_where_no_target_is_named() -> None:
    reference = "env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: pass}}}]"
    definition = read_text(documents(external("data: [{secretKey: pass, remoteRef: {key: a}}]"), pod(reference)))
    assert container_of(definition).variables == {"P": (SecretValue("db", "pass"),)}
    assert codes(definition) == []


def test_a_key_that_an_external_secret_does_not_make_is_missing() -> None:
    reference = "env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: other}}}]"
    definition = read_text(documents(external("data: [{secretKey: pass, remoteRef: {key: a}}]"), pod(reference)))
    assert codes(definition) == ["missing-reference"]


def test_of_all_that_is_at_a_path_every_key_may_be_named() -> None:
    text = documents(
        external("dataFrom: [{extract: {key: a}}]"),
        pod(
            "env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: any}}}], envFrom: [{secretRef: {name: db}}],"
            "volumeMounts: [{name: s, mountPath: /s}, {name: s, mountPath: /one, subPath: any}]",
            "volumes: [{name: s, secret: {secretName: db}}]",
        ),
    )
    container = container_of(read_text(text))
    assert container.variables == {"P": (SecretValue("db", "any"),)}
    assert container.variables_from == (SecretValue("db"),)
    assert container.files["/s"] == File((SecretValue("db"),), folder=True)
    assert container.files["/one"].content == (SecretValue("db", "any"),)
    assert codes(read_text(text)) == []


def test_the_keys_of_a_template_stand_in_place_of_those_of_the_store() -> None:
    data = "data: [{secretKey: pass, remoteRef: {key: a}}]"
    template = "target: {template: {data: {url: 'x://{{ .pass }}@db', host: db}}}"
    definition = read_text(external(f"{template}, {data}"))
    assert definition.application.secrets["db"].values == {"url": None, "host": "db"}
    merged = template.replace("template: {", "template: {mergePolicy: Merge, ")
    assert set(read_text(external(f"{merged}, {data}")).application.secrets["db"].values) == {"pass", "url", "host"}


def test_the_keys_of_a_template_elsewhere_are_known_where_they_are_named() -> None:
    named = "target: {template: {templateFrom: [{configMap: {name: t, items: [{key: app.conf}]}}]}}"
    reference = "env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: KEY}}}]".replace("KEY", "app.conf")
    assert codes(read_text(documents(external(named), pod(reference)))) == []
    assert codes(read_text(documents(external(named), pod(reference.replace("app.conf", "x"))))) == [
        "missing-reference"
    ]


def test_a_cluster_external_secret_is_there_in_every_namespace() -> None:
    inner = "externalSecretSpec: {target: {name: made}, data: [{secretKey: pass, remoteRef: {key: a}}]}"
    web = pod("envFrom: [{secretRef: {name: made}}]").replace("{name: web}\nspec", "{name: web, namespace: shop}\nspec")
    definition = read_text(documents(external(inner, kind="ClusterExternalSecret"), web))
    assert container_of(definition).variables == {"pass": (SecretValue("made", "pass"),)}
    assert codes(definition) == []


@pytest.mark.parametrize("kind", ["VaultStaticSecret", "VaultDynamicSecret"])
def test_what_the_vault_operator_copies_is_a_secret_of_unknown_keys(kind: str) -> None:
    made = (
        f"apiVersion: secrets.hashicorp.com/v1beta1\nkind: {kind}\nmetadata: {{name: x}}\n"
        "spec: {mount: kv, path: shop, destination: {name: made, create: true}}\n"
    )
    definition = read_text(documents(made, pod("envFrom: [{secretRef: {name: made}}]")))
    assert container_of(definition).variables_from == (SecretValue("made"),)
    assert codes(definition) == []


def test_a_sealed_secret_is_a_secret_of_known_keys() -> None:
    sealed = (
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\n"
        "spec: {encryptedData: {pass: AgBy}, template: {data: {host: db}}}\n"
    )
    definition = read_text(documents(sealed, pod("envFrom: [{secretRef: {name: db}}]")))
    assert definition.application.secrets == {"db": Secret({"pass": None, "host": "db"}, external=True)}
    assert set(container_of(definition).variables) == {"pass", "host"}
    assert codes(definition) == []


VAULT = "    objects: |\n      - objectName: api-key\n        secretPath: kv/data/shop\n        filePermission: 0400\n"
AZURE = "    objects: |\n      array:\n        - |\n          objectName: key\n          objectAlias: api-key\n"
AWS = "    objects: |\n      - objectName: shop/db\n        jmesPath: [{path: key, objectAlias: api-key}]\n"
GCP = "    secrets: |\n      - resourceName: projects/1/secrets/key/versions/1\n        path: api-key\n"


@pytest.mark.parametrize(
    ("provider", "parameters", "files", "line", "column"),
    [
        ("vault", VAULT, ["api-key"], 8, 9),
        ("azure", AZURE, ["api-key"], 10, 11),
        ("aws", AWS, ["shop_db", "api-key"], 9, 20),
        ("gcp", GCP, ["api-key"], 8, 9),
    ],
)
def test_a_provider_class_names_files(provider: str, parameters: str, files: list[str], line: int, column: int) -> None:
    definition = read_text(documents(secret_class(provider, parameters), MOUNTED))
    assert list(container_of(definition).files) == [f"/mnt/{name}" for name in files]
    file = container_of(definition).files["/mnt/api-key"]
    assert file.content == (SecretValue("files", "api-key"),)
    assert file.mode == (0o400 if provider == "vault" else None)
    content = ("workloads", "web", "containers", "web", "files", "/mnt/api-key", "content")
    found = place(definition, content)
    assert found[0] == line
    assert provider == "aws" or found[1] == column
    assert codes(definition) == []


def test_a_provider_class_keeps_secrets() -> None:
    more = "  secretObjects: [{secretName: synced, type: Opaque, data: [{objectName: api-key, key: KEY}]}]\n"
    web = pod("envFrom: [{secretRef: {name: synced}}]")
    definition = read_text(documents(secret_class("vault", VAULT, more), web))
    assert container_of(definition).variables == {"KEY": (SecretValue("synced", "KEY"),)}
    assert codes(definition) == []


def test_a_class_that_is_not_here_is_missing_and_mounted_whole() -> None:
    definition = read_text(MOUNTED)
    assert container_of(definition).files == {"/mnt": File((SecretValue("files"),), folder=True, read_only=True)}
    assert codes(definition) == ["missing-reference"]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (external("data: [{remoteRef: {key: a}}]"), "a.yaml:4:46", "secretKey"),
        (external("data: [{secretKey: a}]"), "a.yaml:4:46", "comes from nowhere"),
        (external("data: [{secretKey: a, remoteRef: {property: a}}]"), "a.yaml:4:72", "no `key`"),
        (external("data: text"), "a.yaml:4:45", "must be a list"),
        (secret_class("vault", "    objects: |\n      - objectName: [\n"), "a.yaml:9:", "`objects` is no YAML"),
        (secret_class("vault", "    objects: |\n      - secretPath: a\n"), "a.yaml:8:9", "no `objectName`"),
        (secret_class("vault", "    objects: |\n      - objectName: ../a\n"), "a.yaml:8:9", "leaves the volume"),
        (secret_class("vault", VAULT.replace("0400", "rw")), "a.yaml:10:25", "permission bits"),
        (secret_class("vault", "    objects: text\n"), "a.yaml:7:", "holds no list"),
    ],
)
def test_what_the_operators_would_refuse_is_refused_where_it_stands(text: str, where: str, what: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_text(text)
    assert str(caught.value.origin).startswith(where)
    assert what in caught.value.message


def test_what_makes_a_secret_is_written_back_and_no_secret_beside_it() -> None:
    text = documents(
        external("data: [{secretKey: pass, remoteRef: {key: a}}]"),
        secret_class("vault", VAULT),
        pod(
            "envFrom: [{secretRef: {name: db}}], volumeMounts: [{name: store, mountPath: /mnt}]",
            "volumes: [{name: store, csi: {driver: secrets-store.csi.k8s.io, "
            "volumeAttributes: {secretProviderClass: files}}}]",
        ),
    )
    definition = read_text(text)
    output = Output(definition)
    assert [each["kind"] for each in output.documents] == ["Deployment", "ExternalSecret", "SecretProviderClass"]
    assert output.told == []
    source = {"driver": "secrets-store.csi.k8s.io", "volumeAttributes": {"secretProviderClass": "files"}}
    assert output.pod()["volumes"] == [{"name": "files", "csi": source}]
    assert output.container()["volumeMounts"] == [{"name": "files", "mountPath": "/mnt/api-key", "subPath": "api-key"}]
    assert extras(definition)["secrets", "files", "csi"] == source


def test_keys_from_outside_join_a_secret_that_is_there() -> None:
    plain = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {user: shop}\n"
    made = external("target: {creationPolicy: Merge}, data: [{secretKey: pass, remoteRef: {key: a}}]")
    definition = read_text(documents(plain, made, pod("envFrom: [{secretRef: {name: db}}]")))
    assert definition.application.secrets == {"db": Secret({"pass": None, "user": "shop"})}
    output = Output(definition)
    assert output.find("Secret", "db")["stringData"] == {"user": "shop"}
    assert output.told == []


ESO = external("data: [{secretKey: pass, remoteRef: {key: a}}, {secretKey: user, remoteRef: {key: b}}]")
OF_ALL = documents(
    ESO,
    external("target: {template: {data: {HOST: db.local}}}", name="plain"),
    secret_class("vault", VAULT),
    pod(
        "envFrom: [{secretRef: {name: db}}, {secretRef: {name: plain}}], volumeMounts: [{name: store, mountPath: /mnt}]",
        "volumes: [{name: store, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: files}}}]",
    ),
)


@pytest.mark.parametrize(
    ("old", "new", "told", "origin"),
    [
        (", {secretKey: user, remoteRef: {key: b}}", "", "missing secret.missing user: *** | -", "a.yaml:4:98"),
        ("objectName: api-key", "objectName: key", "missing secret.missing /mnt/api-key: *** | -", "a.yaml:25:238"),
        ("filePermission: 0400", "filePermission: 0444", "drift file.mode /mnt/api-key: 0400 | 0444", "a.yaml:20:25"),
        ("HOST: db.local", "HOST: db.other", "drift variable.value HOST: *** | ***", "a.yaml:9:66"),
    ],
)
def test_a_change_to_what_makes_a_secret_is_found(old: str, new: str, told: str, origin: str) -> None:
    report = judge(OF_ALL, OF_ALL.replace(old, new), "kubernetes kubernetes")
    found = {tell(each): str(each.sides[0].origin) for each in report.findings if each.verdict in SHOWN}
    assert told in found, found
    assert found[told].startswith(origin)


def test_where_outside_a_value_is_kept_is_each_environments_own() -> None:
    other = OF_ALL.replace("remoteRef: {key: a}", "remoteRef: {key: production/a}")
    assert other != OF_ALL
    assert shown(judge(OF_ALL, other, "kubernetes kubernetes")) == []


def test_a_plain_value_elsewhere_is_exposed_and_not_shown() -> None:
    compose = "services: {web: {image: 'web:1', environment: {pass: hunter2}}}\n"
    report = judge(documents(ESO, pod("env: [{name: pass, valueFrom: {secretKeyRef: {name: db, key: pass}}}]")), compose,
                   "kubernetes compose")  # fmt: skip
    assert shown(report, "secret.") == ["drift secret.exposed pass: *** | ***"]
    assert "hunter2" not in str(report.findings)


@pytest.mark.parametrize("platform", ["compose", "nomad", "marathon", "terraform"])
def test_elsewhere_it_is_a_secret_that_is_to_be_supplied(platform: str) -> None:
    definition = read_text(documents(ESO, pod("envFrom: [{secretRef: {name: db}}]")))
    written = load_writer(platform)(normalise(definition), WriteOptions(name="shop"))
    context = memory_context({file.path: file.content for file in written.files})
    path = "." if written.files[0].in_folder else written.files[0].path
    there = normalise(load_reader(platform)(Source(path), context))
    findings = compare([Environment("k8s", normalise(definition)), Environment(platform, there)]).findings
    assert [tell(each) for each in findings if each.verdict in SHOWN] == []
    told = any(each.code in ("assumed", "approximated") for each in written.diagnostics)
    assert told is ("ExternalSecret" not in str(written.files)), "Terraform's provider makes it as it is"
