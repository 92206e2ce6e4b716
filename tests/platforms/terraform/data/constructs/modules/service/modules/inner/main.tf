variable "name" {}

output "name" {
  value = "inner ${var.name}"
}

output "read" {
  value = trimspace(file("${path.module}/note.txt"))
}
