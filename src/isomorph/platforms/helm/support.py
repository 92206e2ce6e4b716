"""What a chart can say of the model, and why not: a template can write whatever a manifest says, and nothing besides.

Source: helm.sh/docs/chart_template_guide.
"""

from isomorph.platforms.kubernetes.support import SUPPORT as SUPPORT
