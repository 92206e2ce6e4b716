"""What silence means to OpenShift: what it means to Kubernetes, and under restricted-v2, which is in force unless said."""

from isomorph.platforms.kubernetes.defaults import DEFAULTS as KUBERNETES
from isomorph.platforms.platform import Default

_SCC = (
    "https://github.com/openshift/cluster-kube-apiserver-operator/blob/main/bindata/bootkube/scc-manifests/"
    "0000_20_kube-apiserver-operator_00_scc-restricted-v2.yaml"
)

_OWN: tuple[Default, ...] = (
    Default("security.non-root", "", "true", _SCC),
    Default("security.no-new-privileges", "", "true", _SCC),
    Default("security.capability", "ALL", "drop", _SCC),
)

DEFAULTS: tuple[Default, ...] = (
    *(row for row in KUBERNETES if (row.rule, row.subject) not in {(each.rule, each.subject) for each in _OWN}),
    *_OWN,
)
