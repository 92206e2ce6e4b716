"""Every fault of a Score file at once, each at its place and in words that say what to do."""

import pytest

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.platforms.context import Source
from isomorph.platforms.score.reader import read
from tests.memory_context import memory_context

FAULTY = """\
apiVersion: score.dev/v1b2
metadata:
  name: My_Workload
  annotations:
    team: 7
contaners: {}
containers:
  web_1:
    image: nginx
  web:
    imag: nginx
    command: sleep
    variables:
      PORT: 8080
      "A=B": x
    files:
      /both: {content: a, source: b}
      /mode: {content: a, mode: "999"}
    livenessProbe: {}
    readinessProbe:
      httpGet: {path: /, port: 99999, scheme: http}
    resources:
      limits: {cpu: 1, memory: 10Q}
service:
  ports:
    www: {port: 80, protocol: tcp}
resources:
  db: {class: x}
"""

FAULTS = """\
score.yaml:1:13: apiVersion: 'score.dev/v1b2' is not allowed (this version reads score.dev/v1b1)
score.yaml:3:9: metadata.name: 'My_Workload' is not allowed (use 2 to 63 of a-z, 0-9 and '-', neither first nor last a '-')
score.yaml:5:11: metadata.annotations.team must be a string, not a number (write it in quotes: "7")
score.yaml:6:1: the Score file has no field 'contaners' (did you mean containers?)
score.yaml:8:3: containers: the name 'web_1' is not allowed (use 2 to 63 of a-z, 0-9 and '-', neither first nor last a '-')
score.yaml:11:5: containers.web has no field 'imag' (did you mean image?)
score.yaml:11:5: containers.web lacks 'image' (add image)
score.yaml:12:14: containers.web.command must be a list, not a string
score.yaml:14:13: containers.web.variables.PORT must be a string, not a number (write it in quotes: "8080")
score.yaml:15:7: containers.web.variables: the name 'A=B' is not allowed (a variable's name is not empty and has no '=')
score.yaml:17:14: containers.web.files./both must have exactly one of content, binaryContent and source
score.yaml:18:33: containers.web.files./mode.mode: '999' is not allowed (write three octal digits after an optional 0: "0644")
score.yaml:19:20: containers.web.livenessProbe must have httpGet or exec
score.yaml:21:32: containers.web.readinessProbe.httpGet.port must be from 1 to 65535, not 99999
score.yaml:21:47: containers.web.readinessProbe.httpGet.scheme must be HTTP or HTTPS, not 'http' (did you mean HTTP?)
score.yaml:23:21: containers.web.resources.limits.cpu must be a string, not a number (write it in quotes: "1")
score.yaml:23:32: containers.web.resources.limits.memory: '10Q' is not allowed (bytes with or without a unit: "125M", "1.5Gi")
score.yaml:26:31: service.ports.www.protocol must be TCP or UDP, not 'tcp' (did you mean TCP?)
score.yaml:28:7: resources.db lacks 'type' (add type)
score.yaml:28:15: resources.db.class: 'x' is not allowed (use 2 to 63 letters, digits and '-')
"""


def fault_of(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(Source("score.yaml"), memory_context({"score.yaml": text}))
    return caught.value


def test_all_faults_are_told_at_once() -> None:
    fault = fault_of(FAULTY)
    assert isinstance(fault, InvalidInputs)
    assert str(fault).splitlines() == FAULTS.splitlines()


MINIMAL = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers:\n  main:\n    image: nginx\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "score.yaml:1:1: the file is empty (a Score file starts with apiVersion: score.dev/v1b1)"),
        ("- a", "score.yaml:1:1: a Score file is a mapping"),
        ("containers", "score.yaml:1:1: a Score file is a mapping"),
        ("{}", "lacks 'apiVersion'"),
        ("containers: {}\nmetadata: {name: ab}\napiVersion: score.dev/v1b1\n", "containers must not be empty"),
        (MINIMAL + "    variables:\n", "containers.main.variables must be a mapping, not nothing"),
        (MINIMAL + "    command: [1]\n", "containers.main.command.0 must be a string, not a number"),
        (MINIMAL + "    before: {other: {ready: started}}\n", "6:14: before: there is no container 'other'"),
        (MINIMAL + "    before: {main: {ready: started}}\n", "come before each other in a circle"),
        (MINIMAL + "    variables: {A: '${db.host}'}\n", "6:20: placeholder ${db.host}: unknown root 'db'"),
        (MINIMAL + "    files: {/a: {source: missing.txt}}\n", "6:26: file missing.txt does not exist"),
        (MINIMAL + "    files: {/a: {source: ../../secret}}\n", "outside the project"),
        (MINIMAL + "    files: {/a: {binaryContent: '%%'}}\n", "6:33: binaryContent is not base64"),
        (MINIMAL + "    files:\n    - {content: a}\n", "an entry of the list form needs a target"),
        (
            MINIMAL + "    files:\n    - {target: /a, content: a}\n    - {target: /a, content: b}\n",
            "/a is a target twice",
        ),
        (
            MINIMAL + "service: {ports: {aa: {port: 80}, bb: {port: 80, targetPort: 81}}}\n",
            "port 80/tcp is offered twice, by aa and bb",
        ),
        (MINIMAL + "    resources: {limits: {memory: .nan}}\n", "score.yaml:6"),
    ],
)
def test_a_fault(text: str, message: str) -> None:
    assert message in str(fault_of(text))
