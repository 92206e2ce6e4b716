"""Pandoc for container workloads, with a judge."""

__version__ = "0.1.0"
