database = {
  engine   = "postgres"
  replicas = [{ zone = "a" }, { zone = "b", size = "large" }]
  unknown  = "dropped"
}
from_file = "tfvars"
automatic = "first"
nothing   = null
