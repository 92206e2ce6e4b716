"""Names that a platform's discovery gives of its own accord: on another platform peers have that one's, and none is lost."""

_DOMAINS = (
    # https://docs.d2iq.com/mesosphere/dcos/latest/networking/load-balancing-vips/
    ".l4lb.thisdcos.directory",
    # https://developer.hashicorp.com/consul/docs/discover/service/static
    ".service.consul",
    ".virtual.consul",
)


def is_given(name: str) -> bool:
    """Tell whether a name is one that a platform gives to every workload, and nobody has to ask for."""
    return name.lower().endswith(_DOMAINS)
