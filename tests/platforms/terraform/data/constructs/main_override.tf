locals {
  replaced = "overridden ${var.region}"
}

resource "terraform_data" "none" {
  input = "still nothing"
}

output "plain" {
  value = upper(local.name)
}
