"""What silence means to Minikube: what it means to Kubernetes, and that a claim without a class is of the one there is."""

from isomorph.platforms.kubernetes.defaults import DEFAULTS as KUBERNETES
from isomorph.platforms.minikube.facts import BY_ID, STORAGE_CLASS
from isomorph.platforms.platform import Default

DEFAULTS: tuple[Default, ...] = (
    *KUBERNETES,
    Default("volume.class", "", STORAGE_CLASS, BY_ID["storage-class"].source),
)
