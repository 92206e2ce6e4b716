"""Our own realisations of the types of resources that Score files name."""

from isomorph.provisioning.catalogue.table import CATALOGUE, load_catalogue

__all__ = ("CATALOGUE", "load_catalogue")
