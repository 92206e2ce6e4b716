"""What one environment takes over from another when it is promoted: what runs, and how it is set; not how much, nor where."""

from isomorph.drift.finding import Finding

TAKEN = ("image.", "process.", "variable.", "file.")
"""What begins the rules of what is taken. Replicas, compute, probes, ports, routes, storage stay an environment's own."""


def is_taken(finding: Finding) -> bool:
    """Tell whether a finding is about an image or a setting."""
    return finding.rule.startswith(TAKEN)
