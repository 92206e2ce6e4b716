"""The judge: what differs between definitions, why, and whether it matters."""
