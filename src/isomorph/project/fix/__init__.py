"""Mending one environment with what another says: edits of the files that people wrote, each tried before it is made."""
