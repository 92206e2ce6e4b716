"""What OpenShift can say of the model: what Kubernetes can, but for what its projects decide themselves."""

from isomorph.platforms.kubernetes.support import SUPPORT as KUBERNETES
from isomorph.platforms.platform import Support

_SCC = "https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html"

_OWNERSHIP = "https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/volume_linux.go"

_BUILDS = "https://docs.openshift.com/container-platform/latest/cicd/builds/understanding-buildconfigs.html"

_OWN = {
    row.field: row
    for row in (
        Support(
            "image.build",
            "never",
            "a BuildConfig builds from a repository, and is kept as it is; none is made of a folder here",
            _BUILDS,
        ),
        Support(
            "file.mode",
            "lossy",
            "the group that a project gives its Pods' volumes may read every file: 0400 becomes 0440 under restricted-v2",
            _OWNERSHIP,
        ),
        Support(
            "security.user",
            "lossy",
            "a project gives its Pods a user of its own range under restricted-v2; only root is written, for anyuid",
            _SCC,
        ),
        Support(
            "security.group",
            "lossy",
            "under restricted-v2 Pods run in group 0, whatever the image says",
            _SCC,
        ),
    )
}

SUPPORT: tuple[Support, ...] = tuple(_OWN.get(row.field, row) for row in KUBERNETES)
