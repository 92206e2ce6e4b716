"""HCL as Nomad and Terraform read it: text to evaluated trees with positions, and plain data to text.

body.py          Body and Block: what a text says; Interpolated and text_of for what is not settled
scope.py         Scope: values given to variables, further roots, files
read.py          read_body(content, file, scope): text -> Body
emit.py          plain data -> text
"""
