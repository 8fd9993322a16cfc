#!/usr/bin/env python3
"""Patches that Helm itself applies: the program beside them as post-renderer of Helm 3, the directory as plugin of Helm 4.

usage: post_render_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import os
import tempfile
import unittest
from pathlib import Path

from command import EXAMPLES, haplan, main
from decisions import missing
from manifests import TOOLS, Plan, documents, tool

CHARTS = EXAMPLES.parent / "charts"
RELEASES = ("back", "front")


class PostRendered(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        cls.plan = Plan(cls.folder, CHARTS / "releases.yaml")
        for release in RELEASES:
            result = haplan("render", "patch", cls.folder / "plan.json", "--release", release,
                            "-o", f"{cls.folder}/for/{release}/")
            assert result.returncode == 0, result.stderr
        # Helm's own folders are scratch as well: plugins of this user are no part of the test.
        cls.env = {"PATH": f"{TOOLS}:{os.environ['PATH']}", **{
            f"HELM_{name}_HOME": str(cls.folder / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}}
        for release in RELEASES:
            tool("helm4", "plugin", "install", cls.folder / "for" / release, env=cls.env)

    def rendered(self, helm, release, name=None, ok=(0,)):
        """What Helm makes of a release with its patch; `name` is what the user calls the release."""
        how = {"helm3": ["--post-renderer", "sh", "--post-renderer-args", self.folder / "for" / release / "post-render.sh"],
               "helm4": ["--post-renderer", f"haplan-{release}"]}[helm]
        return tool(helm, "template", name or release, CHARTS / "scaffold", "--skip-tests", "-f",
                    self.folder / "values" / f"{release}.values.yaml", *how, env=self.env, ok=ok)

    def test_every_decision_is_in_what_helm_deploys(self):
        names = {release: f"Deployment/{release}-scaffold" for release in RELEASES}
        for helm in ("helm3", "helm4"):
            manifests = [d for release in RELEASES for d in documents(self.rendered(helm, release))]
            self.plan.components = {name: c for name, c in self.plan.components.items() if name in names}
            self.assertEqual(missing(self.plan, manifests, names), [], helm)
            budgets = [d["metadata"]["name"] for d in manifests if d["kind"] == "PodDisruptionBudget"]
            # Once each: a release that made another's budget would take it away from it.
            self.assertEqual(sorted(budgets), ["back-scaffold", "front-scaffold"], helm)

    def test_a_patch_whose_workload_is_not_there_fails(self):
        for helm in ("helm3", "helm4"):
            self.rendered(helm, "front", name="fronts", ok=(1,))


if __name__ == "__main__":
    main()
