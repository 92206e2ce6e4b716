job "nightly" {
  type = "batch"

  periodic {
    crons            = ["15 3 * * *"]
    time_zone        = "Europe/Berlin"
    prohibit_overlap = true
  }

  group "report" {
    task "report" {
      driver = "exec"

      config {
        command = "/bin/report"
        args    = ["--day", "yesterday"]
      }

      restart {
        attempts = 2
        mode     = "fail"
      }
    }
  }
}
