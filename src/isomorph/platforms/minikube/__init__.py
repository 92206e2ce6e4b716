"""Minikube: a Kubernetes cluster of one node on a developer's machine, and what that makes otherwise.

    facts.py      what is so on Minikube and not in other clusters, each with its source: one table for all that tells of it
    reader.py     definition -> model: what Kubernetes' reader does, and what of it Minikube runs only with help
    checks.py     which facts concern a definition
    writer.py     model -> manifests: what Kubernetes' writer does, in Minikube's ways
    support.py, defaults.py  what Minikube can say, and what its silence means

All extras are Kubernetes' own.
"""
