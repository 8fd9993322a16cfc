#!/usr/bin/env python3
"""The charts of specs/charts with the values that haplan emits, through the real tools.

usage: charts_test.py HAPLAN EXAMPLES [unittest arguments]

helm 3 and helm 4 render the same manifests, which are valid for the Kubernetes API (no unknown field), show every
decision of the plan, and pass the linters' checks of high availability but for the conflicts in lint_exceptions.yaml.
"""

import fnmatch
import json
import os
import re
import tempfile
import unittest
from pathlib import Path

import yaml

import ha_rules
from command import EXAMPLES, haplan, main
from decisions import missing
from manifests import Plan, TOOLS, documents, invalid, named, tool

CHARTS = EXAMPLES.parent / "charts"
EXCEPTIONS = yaml.safe_load((Path(__file__).parent / "lint_exceptions.yaml").read_text(encoding="utf-8"))

# The checks of kube-score that have to do with availability; the others are about security and style.
KUBE_SCORE = {
    "container-ephemeral-storage-request-and-limit", "container-resources", "deployment-has-host-podantiaffinity",
    "deployment-has-poddisruptionbudget", "deployment-pod-selector-labels-match-template-metadata-labels",
    "deployment-replicas", "deployment-strategy", "deployment-targeted-by-hpa-does-not-have-replicas-configured",
    "horizontalpodautoscaler-has-target", "horizontalpodautoscaler-replicas", "pod-probes", "pod-probes-identical",
    "pod-topology-spread-constraints", "poddisruptionbudget-has-policy", "service-targets-pod",
    "statefulset-has-host-podantiaffinity", "statefulset-has-poddisruptionbudget", "statefulset-has-servicename",
    "statefulset-pod-selector-labels-match-template-metadata-labels"}


def scored(text):
    """{("kube-score", check, "Kind/name")} of what kube-score warns of or calls critical."""
    out = json.loads(tool("kube-score", "score", "--kubernetes-version", "v1.32", "-o", "json", "-", stdin=text, ok=(0, 1)))
    return {("kube-score", check["check"]["id"], f"{item['type_meta']['kind']}/{item['object_meta']['name']}")
            for item in out for check in item["checks"] or []
            if check["grade"] < 10 and not check["skipped"] and check["check"]["id"] in KUBE_SCORE}


class Kubeconform(unittest.TestCase):
    """That a wrong manifest is noticed."""

    GOOD = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
            "spec": {"minAvailable": "50%", "selector": {"matchLabels": {"app": "web"}}}}

    def rejected(self, **spec):
        text = yaml.safe_dump({**self.GOOD, "spec": {**self.GOOD["spec"], **spec}})
        return bool(invalid(text)[0])

    def test_what_is_right_passes(self):
        self.assertFalse(self.rejected())
        self.assertFalse(self.rejected(minAvailable=1))

    def test_what_is_wrong_does_not(self):
        self.assertTrue(self.rejected(minAvailble=1))
        self.assertTrue(self.rejected(minAvailable=[1]))
        self.assertTrue(self.rejected(selector="web"))


class Chart(unittest.TestCase):
    """A chart of ours, planned and rendered; the classes below say which."""

    @classmethod
    def planned(cls, spec, charts, names, **options):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.plan = Plan(cls.scratch.name, spec, charts=charts, **options)
        cls.names = names
        cls.text = cls.plan.manifests()
        cls.manifests = documents(cls.text)

    def test_both_helms_agree(self):
        for release in self.plan.charts:
            texts = []
            for helm in ("helm3", "helm4"):
                self.plan.helm = helm
                texts.append(documents(self.plan.template(release)))
            self.assertEqual(*texts)
            self.assertTrue(texts[0])

    def test_profile(self):
        """Every binding of the profile has its effect, as `haplan profile check` sees with each helm."""
        for release, chart in self.plan.charts.items():
            for helm in ("helm3", "helm4"):
                folder = self.plan.folder / helm
                folder.mkdir(exist_ok=True)
                (folder / "helm").unlink(missing_ok=True)
                (folder / "helm").symlink_to(TOOLS / helm)
                result = haplan("profile", "check", "--chart", chart, "--profile", self.profile, "--release", release,
                                env={"PATH": f"{folder}:{os.environ['PATH']}"})
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                seen = int(re.search(r"^(\d+) bindings seen", result.stdout, re.MULTILINE).group(1))
                self.assertGreater(seen, 0, release)

    def test_valid(self):
        rejected, looked_at, skipped = invalid(self.text)
        self.assertEqual((rejected, skipped), ([], 0))
        self.assertEqual(looked_at, len(self.manifests))

    def test_decisions(self):
        self.assertEqual(missing(self.plan, self.manifests, self.names), [])

    def test_linters(self):
        """Every finding is in the table of exceptions, and everything in the table is found."""
        found = scored(self.text) | ha_rules.findings(self.manifests)
        bare = {base["metadata"]["name"] for base in self.plan.bases()}  # no chart of ours
        found = {finding for finding in found if finding[2].split("/")[1] not in bare}
        table = [entry for entry in EXCEPTIONS if entry["chart"] == type(self).__name__.lower()]
        allowed = {finding: [entry for entry in table if (entry["tool"], entry["check"]) == finding[:2] and
                             any(fnmatch.fnmatchcase(finding[2], pattern) for pattern in entry["objects"])]
                   for finding in found}
        self.assertEqual(sorted(finding for finding, entries in allowed.items() if not entries), [])
        for entry in table:
            self.assertTrue(entry["why"].strip())
            for pattern in entry["objects"]:
                self.assertTrue(any((entry["tool"], entry["check"]) == finding[:2] and
                                    fnmatch.fnmatchcase(finding[2], pattern) for finding in found), (entry, pattern))


class Platform(Chart):
    profile = CHARTS / "platform" / "profile.yaml"

    @classmethod
    def setUpClass(cls):
        workloads = {"api": "api", "worker": "worker", "web": "web", "plugin": "plugin", "proxy": "proxy",
                     "postgres": "postgresql", "redis": "redis"}
        cls.planned(CHARTS / "platform.yaml", {"platform": CHARTS / "platform"},
                    {component: f"{'StatefulSet' if component in ('postgres', 'redis') else 'Deployment'}/platform-{name}"
                     for component, name in workloads.items()},
                    options=["--profile", cls.profile])


class Scaffold(Chart):
    """What `helm create` makes, with an autoscaler; the database is no chart's."""

    profile = "helm-create"

    LAYER = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: shop}
spec:
  cluster: {nodes: {node: {capacity: {ephemeral-storage: 50Gi}}}}
  workload: {levels: {peak: {share: 20%, rate: 500/s}, quiet: {share: 80%, rate: 100/s}}}
  components:
    web:
      replicas: null
      autoscale: {min: 1..3, max: 6, targetCPUUtilizationPercentage: 60..80}
      throughput: 250/s
      resources: {cpu: 500m, memory: 512Mi, ephemeral-storage: 1Gi}
      limits: {cpu: 1, memory: 512Mi, ephemeral-storage: 2Gi}
      probes:
        liveness: {httpGet: null, tcpSocket: {port: 8080}, failureThreshold: 1..3, terminationGracePeriodSeconds: 1..10}
  output: {releases: {scaffold: {profile: helm-create, map: {web: app}}}}
"""

    @classmethod
    def setUpClass(cls):
        cls.planned(EXAMPLES / "web-database.yaml", {"scaffold": CHARTS / "scaffold"},
                    {"web": "Deployment/scaffold", "database": "StatefulSet/database"}, layers=[cls.LAYER],
                    values={"scaffold": "service: {port: 8080}\n"})


del Chart
if __name__ == "__main__":
    main()
