"""HCL as Nomad and Terraform read it: text to evaluated trees with positions, and plain data to text.

read.py             read_body(content, file, scope): text -> Body
body.py             Body and Block: what a text says; Interpolated and text_of for what is not settled
scope.py            Scope: values given to variables, further roots, files
variables.py        `variable`, `locals`; read_variable_file
cursor.py, parse*.py   text -> expressions.py, the syntax
evaluate.py, functions/, types.py   syntax -> values.py
nodes.py            values -> trees that know where they were written
emit.py             plain data -> text
"""
