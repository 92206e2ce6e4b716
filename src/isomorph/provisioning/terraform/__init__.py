"""`terraform://`: resources realised by modules of Terraform or OpenTofu.

sources.py      what a module's address may be
provisioner.py  an entry of a provisioner file: a resource becomes a module block, its outputs what an apply gave
root_module.py  the module blocks of a run, as the file that Terraform is given
applying.py     running Terraform on it, where the caller says so
applied.py      what an apply gave, kept for the next run
"""
