# Keeps a text, and says it again; what it keeps is made anew for another `kind`.

variable "text" {
  type    = string
  default = ""
}

variable "kind" {
  type    = string
  default = "plain"
}

variable "fails" {
  type    = bool
  default = false
}

resource "terraform_data" "note" {
  input            = var.text
  triggers_replace = var.kind
}

resource "terraform_data" "check" {
  count = var.fails ? 1 : 0
  input = var.text

  provisioner "local-exec" {
    command = "echo cannot keep $NOTE >&2; exit 3"
    environment = {
      NOTE = nonsensitive(var.text)
    }
  }
}

output "text" {
  value = nonsensitive(terraform_data.note.output)
}

output "token" {
  value     = sensitive("token-of-${terraform_data.note.output}")
  sensitive = true
}

output "nothing" {
  value = null
}

output "facts" {
  value = { kind = var.kind, length = length(terraform_data.note.output), hidden = false }
}
