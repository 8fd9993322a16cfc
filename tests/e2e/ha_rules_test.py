#!/usr/bin/env python3
"""That the linters' checks in ha_rules find what they name, and nothing else.

usage: ha_rules_test.py [unittest arguments]
"""

import copy
import unittest

import ha_rules

LABELS = {"app": "web"}
WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": LABELS},
       "spec": {"replicas": 3, "selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": {
           "restartPolicy": "Always",
           "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
           "containers": [{"name": "web", "image": "example.com:5000/web:1.2", "imagePullPolicy": "Always",
                           "ports": [{"name": "http", "containerPort": 8080}],
                           "livenessProbe": {"tcpSocket": {"port": "http"}},
                           "readinessProbe": {"httpGet": {"path": "/", "port": 8080}}}]}}}}
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
           "spec": {"selector": LABELS, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}}
SCALER = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
          "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                   "minReplicas": 3, "maxReplicas": 9}}
INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"},
           "spec": {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}},
                    "rules": [{"http": {"paths": [{"backend": {"service": {"name": "web", "port": {"name": "http"}}}}]}}]}}
POD, CONTAINER = "spec.template.spec", "spec.template.spec.containers.0"

# check: (object, place, value); None takes the place away.
BROKEN = {
    "latest-tag": [(WEB, f"{CONTAINER}.image", image) for image in ("web", "example.com:5000/web", "a/web:latest")],
    "tagNotSpecified": [(WEB, f"{CONTAINER}.image", image) for image in ("web", "a/web:latest")],
    "pullPolicyNotAlways": [(WEB, f"{CONTAINER}.imagePullPolicy", policy) for policy in (None, "IfNotPresent")],
    "invalid-target-ports": [(WEB, f"{CONTAINER}.ports.0.name", "Web_1"), (WEB, f"{CONTAINER}.ports.0.name", "80"),
                             (SERVICE, "spec.ports.0.targetPort", "a--b"), (SERVICE, "spec.ports.0.targetPort", 70000)],
    "minimum-three-replicas": [(WEB, "spec.replicas", 2), (WEB, "spec.replicas", None)],
    "hpa-minimum-three-replicas": [(SCALER, "spec.minReplicas", 2), (SCALER, "spec.minReplicas", None)],
    "dangling-horizontalpodautoscaler": [(SCALER, "spec.scaleTargetRef.name", "other"),
                                         (SCALER, "spec.scaleTargetRef.kind", "StatefulSet")],
    "dangling-ingress": [(INGRESS, "spec.defaultBackend.service.name", "other"),
                         (INGRESS, "spec.rules.0.http.paths.0.backend.service.port.name", "https")],
    "no-liveness-probe": [(WEB, f"{CONTAINER}.livenessProbe", None)],
    "no-readiness-probe": [(WEB, f"{CONTAINER}.readinessProbe", None)],
    "no-rolling-update-strategy": [(WEB, "spec.strategy", {"type": "Recreate"})],
    "no-node-affinity": [(WEB, f"{POD}.affinity", None), (WEB, f"{POD}.affinity", {"podAffinity": {}})],
    "priority-class-name": [(WEB, f"{POD}.priorityClassName", "mine")],
    "restart-policy": [(WEB, f"{POD}.restartPolicy", None), (WEB, f"{POD}.restartPolicy", "Never")],
}


def found(changed=None, place=None, value=None):
    """The checks that fail with one place of one object changed."""
    objects = copy.deepcopy([WEB, SERVICE, SCALER, INGRESS])
    if changed:
        at = objects[[WEB, SERVICE, SCALER, INGRESS].index(changed)]
        *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
        for step in way:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return {check for _, check, _ in ha_rules.findings(objects)} & BROKEN.keys()


class Rules(unittest.TestCase):
    def test_what_is_right_passes(self):
        self.assertEqual(found(), set())

    def test_what_is_wrong_is_found(self):
        for check, changes in BROKEN.items():
            for change in changes:
                self.assertIn(check, found(*change), (check, *change[1:]))

    def test_names_are_distinct(self):
        self.assertFalse(ha_rules.KUBE_LINTER.keys() & ha_rules.POLARIS.keys())


if __name__ == "__main__":
    unittest.main(verbosity=2)
