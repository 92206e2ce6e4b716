terraform {
  required_version = ">= 1.4"
}

locals {
  name      = "${var.region}-${local.suffix}"
  suffix    = lower("PROD")
  both      = { for key, value in var.tags : upper(key) => "${key}=${value}" if key != "level" }
  grouped   = { for each in var.database.replicas : each.size => each.zone... }
  doubled   = [for index, zone in tolist(var.zones) : "${index}:${zone}"]
  first     = var.zones == toset([]) ? "none" : sort(var.zones)[0]
  zones     = var.database.replicas[*].zone
  old_zones = var.database.replicas.*.zone
  chosen    = var.replicas > 1 ? "many" : var.replicas == 1 ? "one" : "none"
  mixed     = var.given_as_option ? 80 : "auto"
  text      = <<-EOT
    name: ${local.name}
    %{~for zone in var.zones~}

      - ${zone}%{if zone == "a"} (first)%{endif}
    %{~endfor~}

    end
  EOT
  nested    = { list = [{ a = [local.name] }], "quoted key" = true, (var.region) = null }
  operators = [1 + 2 * 3, 7 % 3, -(2 - 5), 7 / 2, !true || 1 < 2 && 2 >= 2, "a" == "a", 1 != 2]
  picked    = try(var.untyped.c, var.untyped.a[1], "neither")
  possible  = [can(var.untyped.c), can(var.untyped.a)]
  escaped   = "$${name} %%{if} \"q\" \\ \u00e9\t."
  path      = [path.module, path.root, terraform.workspace]
  values = [var.tags, var.zones, var.database, var.pair, var.nothing, var.from_shell, var.from_file, var.automatic,
  var.untyped, var.given_as_option]
  replaced = "base"
}

resource "terraform_data" "single" {
  input = {
    name = local.name
    text = local.text
  }
}

resource "terraform_data" "counted" {
  count = var.replicas + 1
  input = "${local.name}-${count.index}"
}

resource "terraform_data" "mapped" {
  for_each = merge(var.tags, { "odd \"key\"" = "x" })
  input    = [each.key, each.value]
}

resource "terraform_data" "named" {
  for_each         = var.zones
  input            = each.value == each.key
  triggers_replace = [terraform_data.single.input.name, terraform_data.counted[0].input]
  depends_on       = [terraform_data.mapped]

  lifecycle {
    ignore_changes = [input]
  }

  provisioner "local-exec" {
    command = "echo ${self.input}"
  }
}

resource "terraform_data" "none" {
  count = 0
  input = "nothing"
}

resource "terraform_data" "references" {
  input = {
    list     = terraform_data.counted[*].input
    map      = { for key, one in terraform_data.mapped : key => one.input[1] }
    indexed  = terraform_data.mapped["team"].input
    length   = length(terraform_data.none)
    one      = one(terraform_data.none[*].input)
    module   = module.service.url
    counted  = module.counted[1].url
    mapped   = module.mapped["x"].deep.name
    all      = module.counted[*].url
    by_key   = { for key, each in module.mapped : key => each.url }
    inner    = module.service.deep
    replaced = local.replaced
    json     = terraform_data.from_json.input
  }
}

resource "terraform_data" "unknown" {
  input = {
    id     = terraform_data.single.id
    text   = "id=${terraform_data.single.id};"
    output = module.service.id
    known  = "k"
  }
}

module "service" {
  source = "./modules/service"
  name   = local.name
  ports  = [80, "443"]
  id     = terraform_data.single.id
}

module "counted" {
  source = "./modules/service"
  count  = 2
  name   = "c${count.index}"
}

module "mapped" {
  source   = "./modules/service"
  for_each = { x = { size = 1 }, y = { size = 2 } }
  name     = each.key
  options  = each.value
}

output "plain" {
  value = local.name
}

output "url" {
  value       = module.service.url
  description = "The URL"
}

output "unknown" {
  value = terraform_data.single.id
}

moved {
  from = terraform_data.old
  to   = terraform_data.single
}

check "name" {
  assert {
    condition     = local.name != ""
    error_message = "It has a name."
  }
}
