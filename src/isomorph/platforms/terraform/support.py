"""What Terraform can say of the model: what its Kubernetes provider can say in objects, and what workloads depend on."""

from isomorph.platforms.kubernetes.support import SUPPORT as KUBERNETES
from isomorph.platforms.platform import Support

_OWN = {
    row.field: row
    for row in (
        Support(
            "dependency",
            "lossy",
            "a dependency is the resource or module that provides it; the name by which a workload knows it is in neither",
            "https://developer.hashicorp.com/terraform/language/modules/syntax",
        ),
    )
}

SUPPORT: tuple[Support, ...] = tuple(_OWN.get(row.field, row) for row in KUBERNETES)
