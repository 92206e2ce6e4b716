"""Bad input: one clear error with a position for every platform, and never anything but an error of ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import PLATFORMS, find_family, load_reader
from tests.memory_context import memory_context

READERS = [platform.name for platform in PLATFORMS if platform.reads]

GOOD = {
    "score": (
        "apiVersion: score.dev/v1b1\nmetadata:\n  name: web\ncontainers:\n  web:\n    image: nginx\n"
        "    variables:\n      A: b\n    files:\n      /x:\n        content: y\nservice:\n  ports:\n    www:\n      port: 80\n"
    ),
    "compose": (
        "services:\n  web:\n    image: nginx:${TAG:-1}\n    environment: [A=b]\n    ports: ['80:8080']\n"
        "    healthcheck:\n      test: exit 0\n      interval: 5s\n    volumes: [data:/data]\nvolumes:\n  data: {}\n"
    ),
    "swarm": (
        "services:\n  web:\n    image: nginx:${TAG:-1}\n    environment: [A=b, 'N={{.Node.Hostname}}']\n"
        "    ports: ['80:8080', {target: 81, published: 81, mode: host}]\n    networks: [front]\n"
        "    healthcheck:\n      test: exit 0\n      interval: 5s\n    volumes: [{type: tmpfs, target: /t}]\n"
        "    deploy:\n      mode: global\n      labels: ['traefik.http.routers.a.rule=Host(`a`)']\n"
        "      placement: {constraints: [node.role == manager]}\n      restart_policy: {condition: any}\n"
        "      resources:\n        reservations: {generic_resources: [{discrete_resource_spec: {kind: a, value: 1}}]}\n"
        "    secrets: [s]\nnetworks:\n  front: {driver: overlay}\nsecrets:\n  s: {external: true}\n"
    ),
    "kubernetes": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels: {a: b}\n"
        "  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n      - name: web\n        image: nginx\n"
        "        resources: {limits: {cpu: 1}}\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
        "spec:\n  selector: {a: b}\n  ports:\n  - port: 80\n"
    ),
    "openshift": (
        "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: web}\nparameters:\n- name: NAME\n  value: web\n"
        "objects:\n- apiVersion: apps.openshift.io/v1\n  kind: DeploymentConfig\n  metadata:\n    name: ${NAME}\n"
        "  spec:\n    replicas: 2\n    selector: {a: b}\n    triggers:\n    - type: ImageChange\n"
        "      imageChangeParams:\n        containerNames: [web]\n        from: {kind: ImageStreamTag, name: 'web:1'}\n"
        "    template:\n      metadata: {labels: {a: b}}\n      spec:\n        containers:\n        - name: web\n"
        "          image: ' '\n- apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n"
        "  spec:\n    selector: {a: b}\n    ports:\n    - port: 80\n- apiVersion: route.openshift.io/v1\n"
        "  kind: Route\n  metadata: {name: web}\n  spec:\n    host: shop.example.com\n    path: /x\n"
        "    to: {kind: Service, name: web, weight: 10}\n    alternateBackends:\n    - {kind: Service, name: web}\n"
        "    port:\n      targetPort: 80\n    tls:\n      termination: edge\n- apiVersion: image.openshift.io/v1\n"
        "  kind: ImageStream\n  metadata: {name: web}\n  spec:\n    tags:\n    - name: '1'\n"
        "      from: {kind: DockerImage, name: quay.io/x/web}\n"
    ),
    # A chart is several files: each begins with a line that names it.
    "helm": (
        "#: Chart.yaml\napiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: part\n  alias: b\n  tags: [x]\n"
        "#: values.yaml\nreplicas: 2\nimage: {repository: nginx, tag: '1'}\nb:\n  port: 80\nglobal: {a: 1}\n"
        '#: values.schema.json\n{"properties": {"replicas":\n{"type": "integer"}}}\n#: .helmignore\n*.bak\n/a/?[x]/\n'
        "#: templates/_a.tpl\n{{- define `labels` }}\na: {{ .Values.image.tag | quote }}\n{{- end }}\n"
        "#: templates/web.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n"
        "spec:\n  replicas: {{ .Values.replicas }}\n  selector:\n    matchLabels: {{ include `labels` . | nindent 6 }}\n"
        "  template:\n    metadata:\n      labels: {{ include `labels` . | nindent 8 }}\n    spec:\n      containers:\n"
        '      - name: web\n        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n'
        "        env:\n        {{- range $k, $v := .Values.global }}\n        - {name: {{ $k }}, value: '{{ $v }}'}\n"
        "        {{- end }}\n#: charts/part/Chart.yaml\nname: part\nversion: 0.1.0\n#: charts/part/templates/a.yaml\n"
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations: {helm.sh/hook: pre-install}\n"
        "spec:\n  selector: {a: '1'}\n  ports:\n  - port: {{ .Values.port }}\n"
    ),
    "nomad": (
        'job "web" {\n  group "web" {\n    count = 2\n    network {\n      mode = "bridge"\n'
        '      port "http" {\n        to = 80\n      }\n    }\n    service {\n      port = "http"\n'
        '      check {\n        type = "http"\n        path = "/"\n        interval = "5s"\n      }\n    }\n'
        '    task "web" {\n      driver = "docker"\n      config {\n        image = "nginx:${1 + 1}"\n'
        '        volumes = ["local/x:/x"]\n      }\n      env {\n        A = "b"\n      }\n      template {\n'
        '        destination = "local/x"\n        data = "{{ env `A` }}"\n      }\n      resources {\n'
        "        memory = 64\n      }\n    }\n  }\n}\n"
    ),
    "marathon": (
        '{\n"id": "/web",\n"cpus": 0.5,\n"mem": 64,\n"env": {\n"A": "b"\n},\n"container": {\n"docker": {\n'
        '"image": "nginx",\n"parameters": [{\n"key": "user",\n"value": "1"\n}]\n},\n"portMappings": [{\n'
        '"containerPort": 80,\n"labels": {\n"VIP_0": "/web:80"\n}\n}],\n"volumes": [{\n"containerPath": "/d",\n'
        '"hostPath": "/e"\n}]\n},\n"healthChecks": [{\n"path": "/",\n"portIndex": 0\n}],\n"instances": 2\n}\n'
    ),
    # A configuration is a folder.
    "terraform": (
        '#: main.tf\nvariable "tag" {\n  type = string\n  default = "1"\n}\nlocals {\n  labels = { a = "b" }\n'
        '  ports = toset(["80"])\n}\nresource "kubernetes_config_map_v1" "settings" {\n  metadata {\n'
        '    name = "settings"\n  }\n  data = { "x" = file("${path.module}/x.txt") }\n}\n'
        'resource "kubernetes_deployment_v1" "web" {\n  metadata {\n    name = "web"\n  }\n  spec {\n    replicas = 2\n'
        "    selector {\n      match_labels = local.labels\n    }\n    template {\n      metadata {\n"
        "        labels = merge(local.labels, { c = upper(var.tag) })\n      }\n      spec {\n        container {\n"
        '          name = "web"\n          image = "nginx:${var.tag}"\n          env {\n            name = "DB"\n'
        "            value = aws_db_instance.db[0].address\n          }\n          env {\n"
        '            name = "PASSWORD"\n            value = random_password.db.result\n          }\n'
        '          dynamic "port" {\n            for_each = local.ports\n            content {\n'
        "              container_port = port.value\n            }\n          }\n          volume_mount {\n"
        '            name = "settings"\n            mount_path = "/etc/web"\n          }\n          liveness_probe {\n'
        '            http_get {\n              path = "/"\n              port = 80\n            }\n          }\n'
        '          resources {\n            limits = { cpu = "1", memory = "64Mi" }\n          }\n        }\n'
        '        volume {\n          name = "settings"\n          config_map {\n'
        "            name = kubernetes_config_map_v1.settings.metadata[0].name\n          }\n        }\n      }\n"
        '    }\n  }\n}\nresource "kubernetes_service_v1" "web" {\n  metadata {\n    name = "web"\n  }\n  spec {\n'
        "    selector = local.labels\n    port {\n      port = 80\n    }\n  }\n}\n"
        'resource "random_password" "db" {\n  length = 16\n}\nresource "aws_db_instance" "db" {\n'
        '  count = var.tag == "0" ? 0 : 1\n  engine = "postgres"\n  engine_version = "15.4"\n'
        '  allocated_storage = 20\n  instance_class = "db.t3.micro"\n  password = random_password.db.result\n}\n'
        'module "part" {\n  source = "./part"\n  size = max(1, 2)\n}\noutput "host" {\n'
        '  value = module.part.size\n}\n#: x.txt\ny\n#: terraform.tfvars\ntag = "1"\n'
        '#: part/main.tf\nvariable "size" {}\noutput "size" {\n  value = var.size\n}\n'
    ),
}


GOOD |= {
    platform: GOOD[find_family(platform)]
    for platform in READERS
    if find_family(platform) in GOOD and platform not in GOOD
}


def read(platform: str, content: bytes) -> Definition:
    if content.startswith(b"#: "):
        parts = [part.partition(b"\n") for part in content[3:].split(b"\n#: ")]
        files = {f"input.yaml/{name.decode()}": text for name, _, text in parts if name}
        return load_reader(platform)(Source("input.yaml"), memory_context(files))
    return load_reader(platform)(Source("input.yaml"), memory_context({"input.yaml": content}))


@pytest.mark.parametrize("platform", READERS)
def test_the_good_input_is_good(platform: str) -> None:
    assert list(read(platform, GOOD[platform].encode()).application.workloads) == ["web"]


BAD = {
    "empty": b"",
    "only a comment": b"# nothing\n",
    "a scalar": b"hello\n",
    "a list": b"- a\n- b\n",
    "null": b"null\n",
    "an unclosed quote": b"a: 'b\n",
    "an unclosed bracket": b"a: [b\n",
    "a tab": b"a:\n\tb: c\n",
    "a duplicate key": b"a: 1\nb: 2\na: 3\n",
    "an unknown alias": b"a: *b\n",
    "an unsafe tag": b"a: !!python/object/apply:os.system [ls]\n",
    "invalid UTF-8": b"a: \xff\xfe\xfa\n",
    "a control character": b"a: \x01\n",
    "an alias bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(12)
    ),
    "deep nesting": b"[" * 5000 + b"]" * 5000,
    "deep blocks": b"".join(b" " * i + b"a:\n" for i in range(600)),
    "binary": bytes(range(256)),
}  # fmt: skip


@pytest.mark.parametrize("platform", READERS)
@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_error_with_a_position(platform: str, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(platform, BAD[name])
    assert caught.value.origin is not None
    assert caught.value.origin.file == "input.yaml"
    assert caught.value.origin.line >= 1
    assert caught.value.message


@pytest.mark.parametrize("platform", READERS)
def test_a_missing_file_is_named(platform: str) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.yaml"):
        load_reader(platform)(Source("nowhere.yaml"), memory_context({}))


def accept_or_refuse(platform: str, content: bytes) -> None:
    """Read; the only exception allowed is InvalidInput, and it must say where."""
    refused: InvalidInput | None = None
    try:
        normalise(read(platform, content))
    except InvalidInput as error:
        refused = error
    assert refused is None or refused.origin is not None


@pytest.mark.parametrize("platform", READERS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_truncated_input_is_read_or_refused(platform: str, data: st.DataObject) -> None:
    good = GOOD[platform].encode()
    accept_or_refuse(platform, good[: data.draw(st.integers(0, len(good)))])


@pytest.mark.parametrize("platform", READERS)
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_value_of_a_wrong_type_is_read_or_refused(platform: str, data: st.DataObject) -> None:
    """Replace the value on one line by something else entirely."""
    lines = GOOD[platform].splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    wrong = data.draw(
        st.sampled_from(
            ["null", "[]", "{}", "[1, [2]]", "{a: {b: c}}", "-1", "1e99", "true", "''", "2020-01-01", "~", "${", "$"]
        )
        | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
    )
    key, sign, _ = lines[index].partition(" = " if " = " in lines[index] else ":")
    lines[index] = f"{key}{sign} {wrong}"
    accept_or_refuse(platform, "\n".join(lines).encode())


@pytest.mark.parametrize("platform", READERS)
@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_lines_dropped_or_repeated_are_read_or_refused(platform: str, data: st.DataObject) -> None:
    lines = GOOD[platform].splitlines()
    chosen = data.draw(st.lists(st.sampled_from(range(len(lines))), min_size=1, max_size=len(lines) + 3))
    accept_or_refuse(platform, "\n".join(lines[index] for index in chosen).encode())


@pytest.mark.parametrize("platform", READERS)
@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_random_bytes_are_refused(platform: str, content: bytes) -> None:
    accept_or_refuse(platform, content)
