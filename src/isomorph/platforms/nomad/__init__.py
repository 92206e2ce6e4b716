"""Nomad: jobs in HCL2 or in the API's JSON.

    reader.py         definition -> model: files, variables, the order of the passes
    json_job.py       a job of the API -> the blocks of HCL, so that one reader reads both
    known.py          the fields of each block, by their names in HCL and in the API
    units.py          jobs, groups and tasks -> which of them make a workload, and what that is called
    references.py     what only the running cluster knows: services, `${NOMAD_…}`, and what templates ask for
    env_lines.py      rendered templates -> variables
    reading.py        what one reading gathers: origins, extras, diagnostics; values checked for their type
    draft.py          a workload and a container while they are read
    read_job.py, read_task.py, read_docker.py, read_storage.py, read_network.py, read_services.py,
    read_routes.py, placement.py
                      constructs, one aspect each; docker_run.py: `docker run` under raw_exec
    writer.py         model -> jobs: the order of the passes
    write_*.py        constructs, one aspect each
    support.py, defaults.py  what Nomad can say, and what its silence means

A workload is a group whose tasks share a network, or whose other tasks only serve the main one; else each task is one. Its
name is its group's, `GROUP/TASK` where a group makes several. A port's number for peers is the container's own, since Nomad
picks the one that they connect to; a static port is an exposure of the host.

What the model does not hold is kept as extras, at these places (`path` | `location`). Blocks are plain data: one that may
repeat is a list, labelled ones are a mapping by their labels.

    ("workloads", W)                           | ("job", KEY, …), ("group", KEY, …), ("task", "constraint")
    ("workloads", W)                           | ("service", INDEX, KEY), services in the order in which they are written
    ("workloads", W, "routes")                 | ("service", INDEX, "tags"): all tags of a service that say routes and more
    ("workloads", W, "ports", P)               | (KEY,): keys of the port's block; ("label", LABEL): a further label of it
    ("workloads", W, "containers", C)          | (KEY, …): keys below the task, ("config", KEY), ("driver",)
    ("workloads", W, "containers", C, "variables") | ("template", INDEX, KEY): of a template that sets variables
    ("workloads", W, "containers", C, "files", PATH) | (KEY,): keys of the template that renders the file
    ("workloads", W, "containers", C, "mounts", PATH) | (KEY, …): keys of the `mount` or `volume_mount`; ("options",): of
                                                 an entry of `volumes`; ("source",): what of the task's folder is bound
    ("workloads", W, "containers", C, "readiness" or "liveness") | (KEY,): keys of the check
    ("volumes", V)                             | (KEY,): keys of the group's `volume`; ("label",): its label
    ("secrets", PATH)                          | ("store",): "vault" where it is no variable of Nomad's
"""
