variable "name" {
  type = string
}

variable "ports" {
  type    = list(number)
  default = [8080]
}

variable "options" {
  type = object({
    size   = optional(number, 5)
    labels = optional(map(string), { app = "default" })
  })
  default = {}
}

variable "id" {
  default = null
}

locals {
  name = "svc-${var.name}"
}

resource "terraform_data" "port" {
  for_each = toset([for port in var.ports : tostring(port)])
  input    = { name = local.name, port = tonumber(each.value), size = var.options.size, labels = var.options.labels }
}

module "inner" {
  source = "./modules/inner"
  name   = local.name
}

output "url" {
  value = "http://${local.name}:${var.ports[0]}"
}

output "deep" {
  value = { name = module.inner.name, path = path.module, read = module.inner.read }
}

output "id" {
  value = var.id
}
