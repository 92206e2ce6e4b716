"""Functions of address ranges (https://developer.hashicorp.com/terraform/language/functions/cidrsubnet)."""

from typing import TYPE_CHECKING

from isomorph.syntax.hcl.values import HclFault

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network


def _network(text: str) -> "IPv4Network | IPv6Network":
    from ipaddress import ip_network

    try:
        if "/" in text:
            return ip_network(text, strict=False)
    except ValueError:
        pass
    raise HclFault("the text is no range of addresses", "write it as 10.0.0.0/8")


def _host(prefix: str, number: int) -> str:
    network = _network(prefix)
    if not -network.num_addresses <= number < network.num_addresses:
        raise HclFault(f"the range has no address number {number}")
    return str(network[number])


def _mask(prefix: str) -> str:
    network = _network(prefix)
    if network.version == 6:
        raise HclFault("ranges of IPv6 have no netmask")
    return str(network.netmask)


def _subnet(prefix: str, bits: int, number: int) -> str:
    network = _network(prefix)
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen:
        raise HclFault(f"a prefix cannot be extended by {bits} bits to {length}")
    if not 0 <= number < 2**bits:
        raise HclFault(f"{bits} bits hold no number {number}")
    start = network[0] + (number << (network.max_prefixlen - length))
    return f"{start}/{length}"


def _subnets(prefix: str, *bits: int) -> list[str]:
    network = _network(prefix)
    first, end = int(network[0]), int(network[-1])
    result, at = [], first
    for new in bits:
        length = network.prefixlen + new
        if new < 1 or length > network.max_prefixlen:
            raise HclFault(f"a prefix cannot be extended by {new} bits")
        size = 1 << (network.max_prefixlen - length)
        at = (at + size - 1) // size * size
        if at + size - 1 > end:
            raise HclFault("the range is too small for these subnets")
        result.append(f"{network[at - first]}/{length}")
        at += size
    return result


FUNCTIONS = {"cidrhost": _host, "cidrnetmask": _mask, "cidrsubnet": _subnet, "cidrsubnets": _subnets}
