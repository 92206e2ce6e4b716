"""What tests of the writer share: models of one workload, and the documents that they become."""

from typing import Any

from isomorph.model.application import Application, Definition
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Workload
from isomorph.platforms.kubernetes.writer import to_documents
from isomorph.platforms.platform import WriteOptions

Document = dict[str, Any]

NGINX = Image("nginx", tag="1")


class Output:
    """The documents of a definition by kind and name, and the diagnostics as (code, message)."""

    def __init__(self, definition: Definition, options: WriteOptions | None = None) -> None:
        self.documents, draft = to_documents(
            normalise(definition, resolve_configurations=False), options or WriteOptions()
        )
        self.told = [(each.code, each.message) for each in draft.finish()]

    def find(self, kind: str, name: str = "web") -> Document:
        """Give the one document of a kind and name."""
        (found,) = [each for each in self.documents if each["kind"] == kind and each["metadata"]["name"] == name]
        return found

    def names(self, kind: str) -> list[str]:
        """Give the names of the documents of a kind."""
        return [each["metadata"]["name"] for each in self.documents if each["kind"] == kind]

    def pod(self, name: str = "web", kind: str = "Deployment") -> Document:
        """Give the spec of a workload's pods."""
        spec: Document = self.find(kind, name)["spec"]
        if kind == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        pod: Document = spec["template"]["spec"]
        return pod

    def container(self, name: str = "web", number: int = 0) -> Document:
        """Give a container of a Deployment."""
        found: Document = self.pod(name)["containers"][number]
        return found

    @property
    def codes(self) -> list[str]:
        """Give the codes of all that was told."""
        return [code for code, _ in self.told]


def workload(platform: str = "compose", shared: dict[str, Any] | None = None, **said: Any) -> Output:
    """Write a definition of one workload `web`."""
    fields = {"name": "web", "names": ("web",), "containers": {"web": Container(image=NGINX)}, **said}
    application = Application(name="shop", workloads={fields["name"]: Workload(**fields)}, **(shared or {}))
    return Output(Definition(application, platform))


def container(platform: str = "compose", shared: dict[str, Any] | None = None, **said: Any) -> Output:
    """Write a definition of one workload `web` with one container."""
    return workload(platform, shared, containers={"web": Container(**{"image": NGINX, **said})})


def application(*workloads: Workload, platform: str = "compose", **shared: Any) -> Output:
    """Write a definition of several workloads."""
    made = Application(name="shop", workloads={each.name: each for each in workloads}, **shared)
    return Output(Definition(made, platform))
