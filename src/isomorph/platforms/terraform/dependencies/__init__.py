"""What workloads depend on, as Terraform's resources and registry modules say it.

entry.py            what a row of the table says, and how its paths are written
aws.py, azure.py, google.py, neutral.py, modules.py   the rows; table.py finds one
values.py           what stands at a path, versions and sizes in the model's words
gathering.py        servers and what is part of them, put together
"""
