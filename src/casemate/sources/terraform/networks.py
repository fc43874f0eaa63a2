"""Terraform's functions of network addresses."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from casemate.model.value import (
    Items,
    Literal,
    Value,
)
from casemate.sources.terraform.arguments import (
    integer_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.location import Span


def subnet(prefix: str, bits: int, number: int) -> str:
    """The `number`-th part of a network cut into parts by `bits` more bits."""
    network = ipaddress.ip_network(prefix, strict=False)
    length = network.prefixlen + bits
    if not bits >= 0 or length > network.max_prefixlen or not 0 <= number < 1 << bits:
        raise ValueError
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{type(network.network_address)(start)}/{length}"


def cidr_subnet(arguments: Sequence[Value], at: Span) -> Value:
    """`cidrsubnet(prefix, bits, number)`."""
    return Literal(subnet(text_of(arguments[0]), integer_of(arguments[1]), integer_of(arguments[2])), at)


def cidr_subnets(arguments: Sequence[Value], at: Span) -> Value:
    """`cidrsubnets(prefix, bits…)`: one after the other."""
    network = ipaddress.ip_network(text_of(arguments[0]), strict=False)
    position, found = int(network.network_address), list[Value]()
    for argument in arguments[1:]:
        length = network.prefixlen + integer_of(argument)
        size = 1 << (network.max_prefixlen - length)
        position = -(-position // size) * size
        found.append(Literal(f"{type(network.network_address)(position)}/{length}", at))
        position += size
    return Items(found, at)


def cidr_host(arguments: Sequence[Value], at: Span) -> Value:
    """`cidrhost(prefix, number)`."""
    return Literal(str(ipaddress.ip_network(text_of(arguments[0]), strict=False)[integer_of(arguments[1])]), at)


def cidr_mask(text: str) -> str:
    """`cidrnetmask(prefix)`, of a known text."""
    return str(ipaddress.ip_network(text, strict=False).netmask)
