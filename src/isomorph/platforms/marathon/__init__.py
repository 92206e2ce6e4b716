"""Mesos, as Marathon runs it: applications and pods in groups, in JSON."""
