"""Where each field of the model is written in a chart: where its template has it, as Kubernetes calls it, or a value does."""

from isomorph.platforms.kubernetes.places import PLACES as KUBERNETES

FILES = "templates or values"

PLACES: dict[str, str] = KUBERNETES
