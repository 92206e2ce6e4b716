"""What workloads depend on: resources, in the order of their references, provisioned by template, program or catalogue."""
