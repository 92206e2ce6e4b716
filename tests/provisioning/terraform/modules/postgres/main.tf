# A role and a database of its own on a server that is there, by nothing but Terraform's built-in provider and psql.

variable "server" {
  type = object({ host = string, port = number, socket = string, admin = string, psql = string })
}

variable "name" {
  type = string
}

variable "owner_comment" {
  type    = string
  default = ""
}

resource "terraform_data" "password" {
  input = uuid()

  lifecycle {
    ignore_changes = [input]
  }
}

locals {
  username = "${var.name}_user"
  password = sensitive(terraform_data.password.output)
}

resource "terraform_data" "database" {
  input = var.name

  provisioner "local-exec" {
    command     = "\"$PSQL\" -X -q -d postgres -v ON_ERROR_STOP=1 -v name=\"$NAME\" -v username=\"$USERNAME\" -v password=\"$SECRET\" -f create.sql"
    working_dir = path.module
    environment = {
      PGHOST   = var.server.socket
      PGPORT   = var.server.port
      PGUSER   = var.server.admin
      PSQL     = var.server.psql
      NAME     = var.name
      USERNAME = local.username
      SECRET   = local.password
    }
  }
}

resource "terraform_data" "comment" {
  triggers_replace = [var.owner_comment, terraform_data.database.id]
}

output "address" {
  value      = var.server.host
  depends_on = [terraform_data.database]
}

output "port" {
  value = var.server.port
}

output "name" {
  value = var.name
}

output "username" {
  value = local.username
}

output "master_password" {
  value     = local.password
  sensitive = true
}
