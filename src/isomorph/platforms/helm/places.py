"""Where each field of the model is written in a chart: where its template has it, as Kubernetes calls it, or a value does."""

from isomorph.platforms.kubernetes.places import PLACES as KUBERNETES

FILES = "the chart's templates, or the values that they take"

PLACES: dict[str, str] = KUBERNETES
