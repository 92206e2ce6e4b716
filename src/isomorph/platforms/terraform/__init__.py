"""Terraform: configurations, plans and states.

root.py             a definition to its evaluated module (module.py)
folder.py           the files of a folder to blocks; json_syntax.py, overriding.py
given.py            what is given to variables
frame.py            one instance of a module while it is evaluated; evaluation.py has what all of them share
names.py, expansion.py, ordering.py, variables.py, bodies.py   what an expression may name, and how it is evaluated
encoded.py          texts in JSON or YAML to what they say
after.py            plans and states; sensitive.py
reader.py           the evaluated module to the model: read_workloads.py, read_dependencies.py
workloads/          resources that run workloads, by kind
kubernetes_names.py how the Kubernetes provider calls what Kubernetes has, for both ways
writer.py           the model to a configuration, by Kubernetes' objects: write_blocks.py (objects to blocks), write_names.py
                    (labels, references between resources), write_variables.py and write_marks.py (secrets, what is not
                    settled), write_modules.py (dependencies)
"""
