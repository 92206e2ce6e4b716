"""Texts of several lines, and variables that stand elsewhere than in the container, are mended in the place that they have."""

import pytest

from tests.project.test_transplanting import deployment, mend


def job(template: str) -> str:
    return (
        'job "a" {\n  group "web" {\n    task "web" {\n      driver = "docker"\n      config {\n        image = "nginx:1.29"\n'
        f"      }}\n      template {{\n{template}      }}\n    }}\n  }}\n}}\n"
    )


INI = job('        destination = "local/app.ini"\n        data        = <<EOT\n[web]\ntheme = dark\nlevel = 1\nEOT\n')
LINES = job(
    '        destination = "local/env"\n        env         = true\n        data        = <<EOT\nA=1\nB=2\nEOT\n'
)
MANIFESTS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  LEVEL: info
  MODE: fast
  app.ini: |
    [web]
    theme = dark
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: nginx:1.29
      envFrom: [{configMapRef: {name: settings}}]
      volumeMounts: [{name: settings, mountPath: /etc/app}]
  volumes:
    - name: settings
      configMap: {name: settings, items: [{key: app.ini, path: app.ini}]}
"""
CONFIGURATION = """\
resource "kubernetes_config_map_v1" "settings" {
  metadata {
    name = "settings"
  }
  data = {
    LEVEL = "info"
    MODE  = "fast"
    "app.ini" = <<-EOT
      [web]
        theme = dark
      level = 1
    EOT
  }
}
""" + deployment("""\
          env_from {
            config_map_ref {
              name = "settings"
            }
          }
          volume_mount {
            name       = "settings"
            mount_path = "/etc/app/app.ini"
            sub_path   = "app.ini"
          }
        }
        volume {
          name = "settings"
          config_map {
            name = "settings"
          }
""")
SUFFIXES = {"nomad": "nomad.hcl", "kubernetes": "yaml", "terraform": "tf"}


@pytest.mark.parametrize(
    ("platform", "text", "old", "new"),
    [
        ("nomad", INI, "theme = dark", "theme = light"),
        ("nomad", INI, "theme = dark\nlevel = 1\n", "theme = light\n"),
        ("nomad", LINES, "B=2", "B=3"),
        ("nomad", LINES, "B=2\n", ""),
        ("kubernetes", MANIFESTS, "  MODE: fast\n", ""),
        ("kubernetes", MANIFESTS, "    theme = dark\n", "    theme = light\n    more = 1\n"),
        ("terraform", CONFIGURATION, '    MODE  = "fast"\n', ""),
        ("terraform", CONFIGURATION, "        theme = dark\n", "        theme = light\n        more = 1\n"),
        ("terraform", CONFIGURATION, "      level = 1\n", ""),
    ],
)
def test_it_is_as_it_was(platform: str, text: str, old: str, new: str) -> None:
    assert text.count(old) == 1
    fixed, mended = mend(platform, text, text.replace(old, new), SUFFIXES[platform])
    assert ([each.reason for each in fixed.by_hand], mended) == ([], text)
