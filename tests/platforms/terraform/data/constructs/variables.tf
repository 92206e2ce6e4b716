variable "region" {
  type    = string
  default = "eu"
}

variable "replicas" {
  type    = number
  default = 1
}

variable "tags" {
  type    = map(string)
  default = { team = "a", level = 1 }
}

variable "zones" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "database" {
  type = object({
    engine   = string
    version  = optional(string, "15")
    storage  = optional(number, -1)
    flags    = optional(map(string), {})
    backup   = optional(object({ days = number }))
    replicas = list(object({ zone = string, size = optional(string, "small") }))
  })
}

variable "pair" {
  type    = tuple([string, number])
  default = ["x", "7"]
}

variable "nothing" {
  type     = string
  default  = "something"
  nullable = false
}

variable "from_shell" {
  type    = list(string)
  default = []
}

variable "from_file" {
  type = string
}

variable "automatic" {
  type    = string
  default = "not this"
}

variable "untyped" {
  default = { a = [1, "2", true], b = null }
}

variable "given_as_option" {
  type    = bool
  default = false

  validation {
    condition     = var.given_as_option || !var.given_as_option
    error_message = "It is one of the two."
  }
}
