"""Kubernetes: manifests, and kustomizations by way of `kubectl kustomize`.

    reader.py         definition -> model: the order of the passes
    documents.py      files -> objects with their kind, name and namespace
    kustomize.py      a kustomization -> objects, built by kubectl on a copy
    kustomizations.py the files that a kustomization is made of
    provenance.py     where each value of a built object was really written
    patches.py        the patches of kustomizations, as places of values
    transformers.py   the fields by which a kustomization makes values itself
    known.py          the fields of each construct
    fields.py         the values of fields, checked for their type
    reading.py        what one reading gathers: origins, extras, diagnostics
    stores.py         ConfigMap, Secret, PersistentVolumeClaim
    external_secrets.py  ExternalSecret, SealedSecret and their like -> secrets of known keys
    csi_secrets.py    SecretProviderClass -> files that are secrets
    vault_agent.py    annotations for the Vault Agent Injector -> files that are secrets, or hold some
    controllers.py    Deployment … CronJob, Pod -> workloads
    placement.py      node selectors and affinity -> constraints
    containers.py     containers, their resources and security
    variables.py      env, envFrom, $(VAR)
    service_links.py  the variables that Services make
    volumes.py        volumes and mounts -> files and mounts
    probes.py         probes
    services.py       Services joined to workloads: ports, names, exposures
    routes.py         Ingress and Gateway API routes
    scaling.py        HorizontalPodAutoscaler
    quantities.py     resource quantities
    writer.py         model -> manifests: the order of the passes
    write_draft.py    what one writing gathers, and what every object is called
    write_text.py     texts: escapes, references, peers' addresses
    write_container.py, write_probes.py, write_files.py, write_storage.py, write_network.py, write_routes.py,
    write_workload.py constructs, one aspect each
    write_extras.py   what a definition said besides, put back where it stood
    names.py          names that the API takes
    support.py, defaults.py  what Kubernetes can say, and what its silence means

What the model does not hold is kept as extras, at these places (`path` | `location`):

    ()                                         | (KIND,)                  a whole document, in `value`
    ("workloads", W)                           | keys below the controller's document; those of the pod below
                                                 ("spec", "template"), or ("spec", "jobTemplate", "spec", "template")
                                                 for a CronJob; a Pod is kept as if it had a template
    ("workloads", W)                           | ("Service", NAME, …), ("HorizontalPodAutoscaler", NAME, …),
                                                 ("Ingress", NAME, …), ("HTTPRoute", NAME, …), ("GRPCRoute", NAME, …):
                                                 keys below that document
    ("workloads", W, "containers", C)          | keys below the container; an item of a list with names by its name:
                                                 ("volumeMounts", PATH), ("envFrom", NAME, "prefix")
    ("workloads", W, "containers", C, "liveness") | keys below the probe
    ("volumes", V)                             | keys below the claim or the volume; ("source",): the volume's whole source
    ("configurations", N), ("secrets", N)      | keys below the ConfigMap or Secret
    ("secrets", N)                             | ("csi",): the source of the volume that mounts what a store outside holds
"""
