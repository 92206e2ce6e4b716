"""What Minikube can say of the model: what Kubernetes can, but for what a cluster of one node on a laptop has no use for."""

from isomorph.platforms.kubernetes.support import SUPPORT as KUBERNETES
from isomorph.platforms.minikube.facts import BY_ID
from isomorph.platforms.platform import Level, Support

_OWN: tuple[tuple[str, Level, str], ...] = (
    ("volume.class", "never", "storage-class"),
    ("placement.constraint", "never", "node-labels"),
    ("port.exposure.host", "lossy", "node-port"),
    ("port.exposure.load-balancer", "lossy", "node-port"),
)
_BY_FIELD = {field: Support(field, level, BY_ID[fact].says, BY_ID[fact].source) for field, level, fact in _OWN}

SUPPORT: tuple[Support, ...] = tuple(_BY_FIELD.get(row.field, row) for row in KUBERNETES)
