"""Resources that run workloads.

open_values.py   what only an apply or a variable tells, carried through readers of other platforms' trees
joining.py       definitions that those readers give, joined to the reading
object_fields.py the names that the Kubernetes provider has for fields of the API, and their types; one table
objects.py       kubernetes_* resources and manifests as the objects of the API, by kubernetes_names.py
releases.py      helm_release
docker.py        docker_container
nomad.py         nomad_job
tables.py        bodies and encoded documents, field by field
ecs.py, ecs_containers.py, cloud_run.py, container_apps.py   services of the three large clouds
"""
