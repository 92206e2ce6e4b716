"""HCL as Terraform reads it: plain data to text."""
