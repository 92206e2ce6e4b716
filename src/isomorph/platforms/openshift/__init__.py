"""OpenShift: Kubernetes with Routes, DeploymentConfigs, ImageStreams, Templates, and who may run as whom.

    reader.py       definition -> model: what Kubernetes' reader does, between what comes before and after it
    templates.py    a Template and its parameters -> the objects that `oc process` makes of it
    parameters.py   the values of parameters, and what stays unresolved
    deployments.py  DeploymentConfigs as the Kubernetes reader takes them
    images.py       images that come from an ImageStream
    routes.py       Routes
    known.py        the kinds and fields of each construct
    trees.py        copies of trees with something changed in them
    keeping.py      what only OpenShift understands, kept beside the model
    writer.py       model -> manifests: what Kubernetes' writer does, and what OpenShift says in its own way
    write_routes.py Routes
    restricted.py   the rules of the security context constraint restricted-v2, as a table
    write_restricted.py  what was written, held to those rules
    support.py, defaults.py  what OpenShift can say, and what its silence means

What Kubernetes understands, too, is kept as Kubernetes' extras; these are tagged `openshift` (`path` | `location`):

    ()                                         | (KIND,)                  a whole document, in `value`
    ("workloads", W)                           | ("kind",)                "DeploymentConfig"
    ("workloads", W)                           | ("spec", "strategy"), ("spec", "triggers"), ("spec", "test")
    ("workloads", W)                           | ("Route", NAME, …): keys below that Route
    ("workloads", W, "routes", KEY)            | ("Route", NAME)          the Route that a way in was read from; `value` is
                                                 True where another workload has the Route's own backend
    ("workloads", W, "containers", C)          | ("image",)               what stood where an ImageStream's image goes
"""
