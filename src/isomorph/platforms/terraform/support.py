"""What Terraform can say of the model: what its Kubernetes provider can say in objects, and what workloads depend on."""

from isomorph.platforms.kubernetes.support import SUPPORT as KUBERNETES
from isomorph.platforms.platform import Support

_OWN = {row.field: row for row in (Support("dependency", "full"),)}

SUPPORT: tuple[Support, ...] = tuple(_OWN.get(row.field, row) for row in KUBERNETES)
