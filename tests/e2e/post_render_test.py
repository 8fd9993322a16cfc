#!/usr/bin/env python3
"""Patches that Helm itself applies: the program beside them as post-renderer of Helm 3, the directory as plugin of Helm 4.

usage: post_render_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

from command import EXAMPLES, HAPLAN, haplan, main
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


class Readme(unittest.TestCase):
    """The loop that the README shows, line by line, but for `helm upgrade`, which wants a cluster: `helm template` stands for it."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "haplan").symlink_to(HAPLAN)
        (self.folder / "bin" / "helm").symlink_to(TOOLS / "helm3")
        text = (EXAMPLES.parents[1] / "README.md").read_text(encoding="utf-8")
        self.spec = next(block for block in text.split("```yaml\n")[1:] if "name: shop}" in block).split("```")[0]
        loop = next(block for block in text.split("```sh\n")[1:] if "helm upgrade" in block).split("```")[0]
        self.lines = loop.replace("\\\n", " ").replace("helm upgrade --install", "helm template").splitlines()

    def run_line(self, line):
        path = f"{self.folder}/bin:{TOOLS}:{os.environ['PATH']}"
        return subprocess.run(["sh", "-c", line], cwd=self.folder, capture_output=True, text=True, timeout=300,
                              env={**os.environ, "PATH": path})

    def test_every_line_does_what_it_says(self):
        (self.folder / "shop.yaml").write_text(self.spec, encoding="utf-8")
        (self.folder / "mine.yaml").write_text("image: {tag: v7}  # ours\n", encoding="utf-8")
        for line in self.lines[:-1]:
            result = self.run_line(line)
            self.assertEqual(result.returncode, 0, (line, result.stdout[-2000:], result.stderr))
            if line.startswith("helm template"):
                planned = haplan("solve", self.folder / "shop.yaml", "-o", "json").stdout
                replicas = yaml.safe_load(planned)["plan"]["components"]["web"]["replicas"]
                deployment = next(d for d in documents(result.stdout) if d["kind"] == "Deployment")
                self.assertEqual(deployment["spec"]["replicas"], replicas)
                self.assertIn(":v7", deployment["spec"]["template"]["spec"]["containers"][0]["image"])
        self.assertIn("--check", self.lines[-1])
        self.assertEqual(self.run_line(self.lines[-1]).returncode, 1)
        self.assertEqual(self.run_line(self.lines[-1].replace("--check", "")).returncode, 0)
        self.assertEqual(self.run_line(self.lines[-1]).returncode, 0)
        self.assertIn("image: {tag: v7}  # ours\n", (self.folder / "mine.yaml").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
