"""From a spec to the manifests that a cluster would get, by the real tools: haplan solve, helm template, kustomize."""

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

from command import HAPLAN, haplan

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build" / "tools"

sys.path.insert(0, str(Path(__file__).resolve().parent / "witness"))
import placing  # noqa: E402, F401
import reading  # noqa: E402
import system as model  # noqa: E402


def tool(name, *args, stdin=None, ok=(0,), env=None):
    """Runs a tool of build/tools; what it prints. A tool that is not there is an error: `./dev setup test` makes it.

    env   variables besides those that are set
    """
    path = TOOLS / name
    if not path.exists():
        raise AssertionError(f"{path} is missing: ./dev setup test builds it")
    result = subprocess.run([path, *map(str, args)], input=stdin, capture_output=True, text=True, timeout=600,
                            env={**os.environ, **(env or {})})
    if result.returncode not in ok:
        raise AssertionError(f"{name} {' '.join(map(str, args))}: exit {result.returncode}\n{result.stderr[-4000:]}")
    return result.stdout


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def invalid(text):
    """What kubeconform rejects, and how many objects it looked at."""
    out = json.loads(tool("kubeconform", "-strict", "-summary", "-output", "json", "-schema-location",
                          TOOLS / "schemas" / "{{.ResourceKind}}{{.KindSuffix}}.json", "-", stdin=text, ok=(0, 1)))
    summary = out["summary"]
    return out["resources"], summary["valid"] + summary["invalid"] + summary["errors"], summary["skipped"]


def named(document):
    return f"{document['kind']}/{document['metadata']['name']}"


def bare(component, kind):
    """A workload as somebody deploys it who has no chart: one container, nothing that haplan decides."""
    labels = {"app": component}
    spec = {"selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels},
                         "spec": {"containers": [{"name": component, "image": "example.com/app:1.0"}]}}}
    if kind == "StatefulSet":
        spec["serviceName"] = component
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": component, "labels": labels}, "spec": spec}


class Plan:
    """A solved spec and its manifests.

    layers   texts of layers above the spec
    charts   {release: folder of its chart}
    values   {release: text of the user's own values}
    """

    def __init__(self, folder, spec, layers=(), charts=None, values=None, options=(), helm="helm4"):
        self.folder, self.charts, self.values, self.helm = Path(folder), charts or {}, values or {}, helm
        self.arguments = [spec]
        self.texts = [Path(spec).read_text(encoding="utf-8"), *layers]
        for number, layer in enumerate(layers):
            path = self.folder / f"layer-{number}.yaml"
            path.write_text(layer, encoding="utf-8")
            self.arguments += ["-f", path]
        self.arguments += options
        result = haplan("solve", *self.arguments, "--out", f"json={self.folder}/plan.json", "--out",
                        f"values={self.folder}/values/", "--out", f"patch={self.folder}/patch/")
        if result.returncode != 0:
            raise AssertionError(f"{HAPLAN} solve {spec}: exit {result.returncode}\n{result.stderr}")
        self.notes = result.stderr
        self.result = json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))
        self.system = model.system_of(reading.spec_of(self.texts, plan=json.dumps(self.result)))
        self.components = {name: c for name, c in self.system.components.items() if c.replicated}

    @staticmethod
    def milli(quantity):
        """Thousandths of a Kubernetes quantity, as the spec's own are counted; None stays None."""
        return None if quantity is None else model.ceiling(reading.Reader({}).quantity(str(quantity)) * 1000)

    def mapped(self):
        """{component: release} of what a release deploys."""
        releases = (reading.spec_of(self.texts).get("output") or {}).get("releases") or {}
        return {component: release for release, entry in releases.items() if entry
                for component, workload in (entry.get("map") or {}).items() if workload not in (None, "null")}

    def template(self, release):
        """What helm makes of a release's chart, the user's values and the emitted ones."""
        own = self.folder / f"{release}.own.yaml"
        own.write_text(self.values.get(release, "{}"), encoding="utf-8")
        emitted = self.folder / "values" / f"{release}.values.yaml"
        return tool(self.helm, "template", release, self.charts[release], "--skip-tests", "-f", own, "-f", emitted)

    def bases(self):
        """Manifests of the components that no release deploys, before the patch."""
        mapped = self.mapped()
        return [bare(name, "Deployment" if self.workload(c) == "deployment" else "StatefulSet")
                for name, c in self.components.items() if name not in mapped]

    @staticmethod
    def workload(component):
        return component.entry.get("workload", "deployment" if component.type == "stateless" else "statefulset")

    def manifests(self):
        """All manifests as the cluster gets them: rendered, then patched."""
        texts = [self.template(release) for release in self.charts]
        texts += [yaml.safe_dump(base, sort_keys=False) for base in self.bases()]
        text = "\n---\n".join(texts)
        patch = self.folder / "patch"
        if not (patch / "kustomization.yaml").exists():
            return text
        (patch / "rendered.yaml").write_text(text, encoding="utf-8")
        return tool("kustomize", "build", patch)

    def with_nodes(self, nodes):
        """The plan with other nodes: {component: [node, ...]}."""
        plan = json.loads(json.dumps(self.result))
        for component, names in nodes.items():
            plan["plan"]["components"][component]["nodes"] = names
        return plan

    def evaluated(self, plan):
        """The figures of another plan for the same spec."""
        path = self.folder / "other.json"
        path.write_text(json.dumps(plan), encoding="utf-8")
        result = haplan("evaluate", *self.arguments, "--plan", path, "-o", "json")
        if result.returncode not in (0, 1):
            raise AssertionError(f"evaluate: exit {result.returncode}\n{result.stderr}")
        return json.loads(result.stdout)
