"""Provisioners in memory, and definitions read from Score texts."""

from collections.abc import Callable
from typing import Any

from isomorph.model.application import Definition
from isomorph.model.origin import Origin
from isomorph.platforms.context import Source
from isomorph.platforms.score.reader import read
from isomorph.provisioning.contract import Request, Result
from tests.memory_context import memory_context

HEAD = "apiVersion: score.dev/v1b1\nmetadata: {name: web, annotations: {example.com/team: shop}, tier: 2}\n"
MAIN = "containers:\n  main:\n    image: nginx\n"


class Given:
    """A provisioner that gives what a function says, and keeps what it was asked."""

    def __init__(
        self,
        type_: str,
        give: Callable[[Request], Result] | dict[str, Any] | None = None,
        *,
        class_: str | None = None,
        id_: str | None = None,
        uri: str = "",
        params: tuple[str, ...] | None = None,
        outputs: tuple[str, ...] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        self.uri = uri or f"memory://{type_}"
        self.type = type_
        self.class_ = class_
        self.id = id_
        self.description = ""
        self.supported_params = params
        self.expected_outputs = outputs
        self.origin: Origin | None = Origin("memory.provisioners.yaml", 7, 3)
        self.asked: list[Request] = []
        self._give = give
        self._secrets = frozenset(secrets)

    def provision(self, request: Request) -> Result:
        """Give the result."""
        self.asked.append(request)
        if callable(self._give):
            return self._give(request)
        return Result(outputs=self._give or {}, secrets=self._secrets)


def read_score(*texts: str) -> Definition:
    """Read workloads, each from a text of its own, `a.score.yaml` the first."""
    files: dict[str, str | bytes] = {f"{chr(97 + index)}.score.yaml": text for index, text in enumerate(texts)}
    return read(Source("."), memory_context(files))


def web(resources: str, container: str = "") -> Definition:
    """Read one workload, `web`, with these resources and lines of its container."""
    return read_score(web_text(resources, container))


def web_text(resources: str, container: str = "", name: str = "web") -> str:
    """Give the text of a workload with resources."""
    lines = "".join(f"  {line}\n" for line in resources.strip("\n").split("\n")) if resources else ""
    return HEAD.replace("name: web", f"name: {name}") + MAIN + container + (f"resources:\n{lines}" if lines else "")
