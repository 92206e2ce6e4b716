"""A server of its own for each resource: one container with storage, a password made up once, and a check that it serves."""

from collections.abc import Mapping

import msgspec

from isomorph.model.application import Secret, Volume
from isomorph.model.image import Image, parse_image
from isomorph.model.text import Address, SecretValue, Text
from isomorph.model.workload import (
    Compute,
    Container,
    Exec,
    Exposure,
    Kind,
    Mount,
    Port,
    Probe,
    Restart,
    Security,
    Workload,
)
from isomorph.provisioning.catalogue.declaration import (
    PASSWORD_LENGTH,
    Declaration,
    Draw,
    fill,
    keep_secret,
    published_port,
    shorten,
    size_param,
    tag_param,
    to_identifier,
)
from isomorph.provisioning.contract import Parts, Request, Result

MEBIBYTE = 1 << 20
GIBIBYTE = 1 << 30
_LONGEST_LABEL = 63
PUBLISH = "compose.score.dev/publish-port"
"""The annotation by which the reference tool for Compose is asked to publish a port of the machine."""


def shell(script: str) -> tuple[str, ...]:
    """Give the command that runs a script; what Kubernetes would not expand in a check, the shell does."""
    return ("sh", "-c", script)


def grant(memory: int) -> Compute:
    """Give what a server is granted, in bytes of memory."""
    return Compute(requests={"memory": memory})


def serve(server: str, prepare: str) -> str:
    """Give the script that starts a server, prepares it as soon as it answers, and ends with it.

    The shell stands between, so it hands on what asks the server to stop; `wait` returns at a signal, too.
    """
    return f"""trap 'kill -TERM "$server" 2>/dev/null' TERM INT
{server} &
server=$!
until {prepare} >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || exit 1
  sleep 1
done
while kill -0 "$server" 2>/dev/null; do wait "$server"; done
"""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A type of resource that a server of its own realises.

    In `variables` and `outputs` words in braces stand for what is known of the instance: `name`, `host`, `address` (host and
    port), `identifier`, `database`, `username`, and the keys of `secrets` (key -> length). `ports` are by their names,
    the first is the server's own. Where `start` is given it replaces the image's entrypoint; a script, as is `check`.
    `grace` is how long the first start may take, in milliseconds. `memory` is what it takes, in bytes: some platforms hold
    to a default that is too small for it whoever asks for nothing.
    """

    type: str
    description: str
    image: str
    version: str
    suffix: str = ""
    ports: dict[str, int]
    publishes: dict[str, str] = {}  # annotation -> the port that it publishes, beside the server's own
    data: str
    secrets: dict[str, int] = msgspec.field(default_factory=lambda: {"password": PASSWORD_LENGTH})
    database: str = "{identifier}"
    username: str = "{identifier}"
    longest: int = 63  # characters of a user's name
    variables: dict[str, str] = {}
    start: str = ""
    check: str
    grace: int = 60_000
    memory: int = 512 * MEBIBYTE
    user: str | None = None
    outputs: dict[str, str | int]

    def declare(self) -> Declaration:
        """Give the entry of the catalogue."""
        return Declaration(
            type=self.type,
            description=self.description,
            params=("version", "size"),
            outputs=tuple(self.outputs),
            realise=self.realise,
        )

    def realise(self, request: Request, draw: Draw) -> Result:
        """Make the server of a resource, as it was before where it was made already."""
        name = request.name
        made = {key: keep_secret(request, key, draw, length) for key, length in self.secrets.items()}
        known = self._name_within(request)
        plain: dict[str, Text] = {**known, "host": name, "address": f"{name}:{self._port}", **made}
        words: dict[str, Text] = {
            **known,
            "host": (Address(name, name),),
            "address": (Address(name, name, self._port),),
            **{key: (SecretValue(name, key),) for key in made},
        }
        outputs = {key: fill(said, plain) if isinstance(said, str) else said for key, said in self.outputs.items()}
        texts = {key: fill(said, words) for key, said in self.outputs.items() if isinstance(said, str)}
        references: dict[str, Text] = {key: text for key, text in texts.items() if not isinstance(text, str)}
        volume = Volume("persistent", size=size_param(request, "size", GIBIBYTE))
        return Result(
            outputs=outputs,
            references=references,
            state={"name": name, "database": known["database"], "username": known["username"], **made},
            secrets=frozenset(key for key, text in references.items() if _holds_secret(text)),
            parts=Parts(
                workloads={name: self._to_workload(request, words)},
                volumes={_volume_name(name): volume},
                secrets={name: Secret(dict(made), provisioned=True)},
                waits={name: "healthy"},
            ),
        )

    @property
    def _port(self) -> int:
        return next(iter(self.ports.values()))

    def _name_within(self, request: Request) -> dict[str, str]:
        """Give the names that do not change once they were given: of the database and of its user."""
        name = request.name
        known = {"name": shorten(name, _LONGEST_LABEL, "-"), "identifier": to_identifier(name, self.longest)}
        for key, phrase in (("database", self.database), ("username", self.username)):
            before = request.state.get(key)
            known[key] = before if isinstance(before, str) and before else str(fill(phrase, known))
        return known

    def _to_workload(self, request: Request, words: Mapping[str, Text]) -> Workload:
        name = request.name
        probe = Probe(Exec(shell(self.check)), period=5_000, timeout=10_000, failures=12, grace=self.grace)
        container = Container(
            image=self._find_image(request),
            command=shell(self.start) if self.start else None,
            variables={variable: fill(phrase, words) for variable, phrase in self.variables.items()},
            mounts={self.data: Mount(_volume_name(name))},
            readiness=probe,
            compute=grant(self.memory),
            security=Security(user=self.user),
        )
        return Workload(
            name,
            kind=Kind.STATEFUL,
            containers={name: container},
            ports=self._find_ports(request),
            names=(name,),
            restart=Restart("always"),
        )

    def _find_image(self, request: Request) -> Image:
        return parse_image(f"{self.image}:{tag_param(request, self.version, self.suffix)}")

    def _find_ports(self, request: Request) -> dict[str, Port]:
        published: dict[str, int] = {}
        for annotation, port in {PUBLISH: next(iter(self.ports)), **self.publishes}.items():
            number = published_port(request, annotation)
            if number is not None:
                published[port] = number
        several = len(self.ports) > 1
        return {
            f"{number}/tcp": Port(
                number,
                number,
                name=port if several else None,
                exposures=(Exposure("host", published[port]),) if port in published else (),
            )
            for port, number in self.ports.items()
        }


def _holds_secret(text: Text) -> bool:
    return any(isinstance(part, SecretValue) for part in text)


def _volume_name(name: str) -> str:
    return f"{name}/data"
