"""Where each field of the model is written for Minikube: as for Kubernetes, but for what one node of its own has no use for."""

from isomorph.platforms.kubernetes.places import PLACES as KUBERNETES
from isomorph.platforms.minikube.support import SUPPORT

FILES = "manifests"

PLACES: dict[str, str] = {row.field: KUBERNETES[row.field] for row in SUPPORT if row.level != "never"}
