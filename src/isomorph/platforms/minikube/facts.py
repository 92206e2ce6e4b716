"""What is so on Minikube and not in other clusters: the reasons of findings, and of what reader and writer tell."""

from isomorph.platforms.platform import Nature

_DOCS = "https://minikube.sigs.k8s.io/docs/"
_HANDBOOK = f"{_DOCS}handbook/"

STORAGE_CLASS = "standard"
"""The one storage class, of the provisioner k8s.io/minikube-hostpath."""
INGRESS_CLASS = "nginx"
"""The class of the Ingress controller that the addon brings."""
NODE_PORTS = range(30000, 32768)
CPUS = 2_000
"""Millicores that `minikube start` grants where nobody says otherwise."""
CLOUD_ANNOTATIONS = (
    "alb.ingress.kubernetes.io/",
    "cloud.google.com/",
    "networking.gke.io/",
    "service.beta.kubernetes.io/",
    "service.kubernetes.io/ibm-",
)
"""How annotations begin that only a cloud's controllers read."""

FACTS: tuple[Nature, ...] = (
    Nature(
        "node-port",
        "Minikube has no load balancer: `minikube service NAME` leads to a port of its node",
        f"{_HANDBOOK}accessing/#nodeport-access",
        rule="port.exposure",
        here="node",
        there="load-balancer|host",
        reason="service discovery",
    ),
    Nature(
        "tunnel",
        "on Minikube a Service of type LoadBalancer has no address until `minikube tunnel` runs",
        f"{_HANDBOOK}accessing/#loadbalancer-access",
        rule="port.exposure",
        here="load-balancer|",
        there="*|",
    ),
    Nature(
        "loaded-policy",
        "Minikube runs what `minikube image load` or `docker-env` put into its node, and asks no registry",
        f"{_HANDBOOK}pushing/#effect-of-imagepullpolicy",
        rule="image.pull-policy",
        here="never",
        there="|always|missing",
        reason="built locally",
    ),
    Nature(
        "found-policy",
        "on Minikube an image that was loaded into its node is taken before a registry is asked",
        f"{_HANDBOOK}pushing/#effect-of-imagepullpolicy",
        rule="image.pull-policy",
        here="missing",
        there="",
        reason="built locally",
    ),
    *(
        Nature(
            f"loaded-{part}",
            "Minikube runs an image that was built here and loaded into its node, whatever its registry and tag",
            f"{_HANDBOOK}pushing/",
            rule=f"image.{part}",
            here="*|",
            there="*|",
            when="image.pull-policy=never",
            same_name=part == "repository",
            reason="built locally",
        )
        for part in ("registry", "repository", "tag", "digest")
    ),
    Nature(
        "never-pulled",
        "`Never` holds on Minikube, where the image is loaded into the node; on other clusters a Pod with it fails with "
        "ErrImageNeverPull wherever the image is not there already",
        "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
        rule="image.pull-policy",
        here="never",
        there="never",
        alike=True,
    ),
    Nature(
        "node-folder",
        "a folder of the machine is one of Minikube's node, which has what `minikube mount` brings; elsewhere it is one of "
        "whichever node a Pod runs on",
        f"{_HANDBOOK}mount/",
        rule="volume.kind",
        here="host",
        there="host",
        alike=True,
    ),
    Nature(
        "asks-a-registry",
        "Minikube takes what was loaded into its node, where `Always` asks a registry each time",
        f"{_HANDBOOK}pushing/#effect-of-imagepullpolicy",
        rule="image.pull-policy",
        here="missing",
        there="always",
    ),
    Nature(
        "one-node",
        "Minikube has one node, unless `--nodes` says otherwise: more instances share its CPUs and fail together",
        f"{_DOCS}tutorials/multi_node/",
        rule="scale.replicas",
        here="*|",
        there="*|",
    ),
    Nature(
        "metrics",
        "on Minikube nothing is scaled without the addon metrics-server",
        f"{_HANDBOOK}addons/",
        rule="scale.autoscaling",
        here="*|",
        there="*|",
    ),
    *(
        Nature(
            f"ingress-{rule.partition('.')[2]}",
            "on Minikube routes need the addon ingress, and their hosts an entry in /etc/hosts or the addon ingress-dns",
            f"{_HANDBOOK}addons/ingress-dns/",
            rule=rule,
            here="*|",
            there="*|",
        )
        for rule in ("route.missing", "route.host", "route.tls")
    ),
    *(
        Nature(
            f"capacity-{kind}",
            "Minikube's one node has 2 CPUs, unless `minikube start --cpus` says otherwise, and shares the machine's memory",
            f"{_DOCS}commands/start/",
            rule=f"compute.{kind}",
            here="*|",
            there="*|",
        )
        for kind in ("requests", "limits")
    ),
    Nature(
        "folder-access",
        "volumes on Minikube are folders of its one node, which any Pod may write to, whatever the access asked for",
        f"{_HANDBOOK}persistent_volumes/",
        rule="volume.access",
        here="*|",
        there="*|",
    ),
    Nature(
        "storage-class",
        f"Minikube has one storage class, `{STORAGE_CLASS}`; a claim of another stays pending",
        f"{_HANDBOOK}persistent_volumes/",
    ),
    Nature(
        "ingress-addon",
        "Ingresses are served by the addon ingress: `minikube addons enable ingress`",
        f"{_DOCS}tutorials/nginx_tcp_udp_ingress/",
    ),
    Nature(
        "gateway",
        "Minikube brings no Gateway API: its kinds and a controller are to be installed",
        "https://gateway-api.sigs.k8s.io/guides/#installing-gateway-api",
    ),
    Nature(
        "node-labels",
        "Minikube's one node has the labels of its system only: a Pod that asks for others stays pending",
        "https://kubernetes.io/docs/reference/labels-annotations-taints/",
    ),
    Nature(
        "loaded-image",
        "the image is to be loaded into the node: `minikube image load`, or built there with `minikube image build`",
        f"{_HANDBOOK}pushing/",
    ),
    Nature(
        "mounted-folder",
        "the folder is one of Minikube's node: `minikube mount` brings one of the machine",
        f"{_HANDBOOK}mount/",
    ),
    Nature(
        "apart",
        "Pods that must not share a node cannot be more than one on Minikube's",
        f"{_DOCS}tutorials/multi_node/",
    ),
    Nature(
        "cpus", "Minikube's node has 2 CPUs, unless `minikube start --cpus` says otherwise", f"{_DOCS}commands/start/"
    ),
    Nature("no-cloud", "Minikube has no cloud whose controllers would read this", f"{_HANDBOOK}accessing/"),
)

BY_ID: dict[str, Nature] = {fact.id: fact for fact in FACTS}


def says(fact: str) -> str:
    """Give the sentence of a fact."""
    return BY_ID[fact].says
