"""A Minikube definition to the model: manifests or a kustomization as Kubernetes' reader reads them.

What is written for Minikube is Kubernetes; what of it runs there only with help, or not at all, is told.
"""

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.platforms.context import Context, Source
from isomorph.platforms.kubernetes.reader import read as read_kubernetes
from isomorph.platforms.minikube.checks import check

PLATFORM = "minikube"


def read(source: Source, context: Context) -> Definition:
    """Read manifests as `kubectl apply` takes them; raises InvalidInput for what the API server could not take."""
    definition = replace(read_kubernetes(source, context), platform=PLATFORM)
    return replace(definition, diagnostics=(*definition.diagnostics, *check(definition)))
