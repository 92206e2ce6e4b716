"""A row of the table of dependencies: where in a resource's arguments and attributes the model's words stand.

Paths are names of arguments and blocks, apart by dots; of several blocks the first is meant, and `*` is all of them, or all
values of a map. `a|b`: the first that is there.
"""

from typing import Any

import msgspec

GIB = 1 << 30
MIB = 1 << 20

SERVER = "server"
AROUND = "around"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What resources of a kind, or calls of a module, are to workloads.

    `kinds` are types of resources, or sources of modules (without `//` and what follows it). `type` is the dependency's;
    where the engine decides it, `engine` is its path and `engines` has the types by how engines begin, the first that fits.
    `parameters` has the paths of parameters by the model's words (`database`, `username`, `port`, `tls`, `charset`,
    `collation`, `extensions`, `flags`, …); `fixed` those that are so for every resource of the kind, `unsaid` those that
    hold where nothing is said, `ports` the port by types where those differ.
    `flags` are given as the path of the names, `=`, and that of the values. `outputs` has the
    paths of what workloads use: `host`, `port`, `endpoint` (host and port), `url`, `name`, `password`, ….
    A row with `joins` is part of what the arguments at those paths lead to: its parameters are added to that one's.
    """

    kinds: tuple[str, ...]
    type: str = ""
    engine: str = ""
    engines: dict[str, str] = {}
    name: str = "name"
    version: str = ""
    storage: str = ""
    unit: int = GIB
    size: str = ""
    parameters: dict[str, str] = {}
    fixed: dict[str, Any] = {}
    unsaid: dict[str, Any] = {}
    ports: dict[str, int] = {}
    outputs: dict[str, str] = {}
    joins: str = ""

    def paths(self) -> list[str]:
        """Give every path into arguments, each alone."""
        found = [self.engine, self.name, self.version, self.storage, self.size, self.joins, *self.parameters.values()]
        return [path for each in found for path in each.replace("=", "|").split("|") if path]
