#!/usr/bin/env python3
"""Writes one JSON schema per Kubernetes kind for kubeconform, from the OpenAPI document of k8s.io/kubernetes and from
definitions of custom resources.

usage: schemas.py SWAGGER FOLDER [DEFINITION ...]

FOLDER gets KIND-GROUP-VERSION.json, all in lower case, which is kubeconform's own naming. The schemas are strict: a field
that the API does not know is an error, as it is for `kubectl apply --validate=strict`.
"""

import json
import pathlib
import sys

import yaml

INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"


def strict(node):
    """The same schema, where an object with named fields has no others and an optional field may be null."""
    if isinstance(node, list):
        return [strict(value) for value in node]
    if not isinstance(node, dict):
        return node
    out = {key: strict(value) for key, value in node.items() if not key.startswith("x-kubernetes-")}
    if isinstance(out.get("properties"), dict):
        if not node.get("x-kubernetes-preserve-unknown-fields"):
            out.setdefault("additionalProperties", False)
        required = set(out.get("required", []))
        for name, value in out["properties"].items():
            if name not in required:
                out["properties"][name] = {"anyOf": [value, {"type": "null"}]}
    return out


def reached(name, definitions, seen):
    """All definitions that a definition refers to, itself included."""
    if name in seen:
        return
    seen.add(name)

    def look(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                reached(node["$ref"].rsplit("/", 1)[1], definitions, seen)
            for value in node.values():
                look(value)
        elif isinstance(node, list):
            for value in node:
                look(value)

    look(definitions[name])


def identified(schema, version, kind):
    """The schema of an object of this kind only, so that a wrong pair of apiVersion and kind is no valid document."""
    return {**schema, "properties": {**schema["properties"], "apiVersion": {"enum": [version]}, "kind": {"enum": [kind]}}}


def custom(path, folder):
    """Writes the schemas of a custom resource, one for each version that is served; how many."""
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
    served = [version for version in spec["versions"] if version["served"]]
    for version in served:
        kind = spec["names"]["kind"]
        schema = strict(version["schema"]["openAPIV3Schema"])
        name = f"{kind}-{spec['group'].split('.')[0]}-{version['name']}".lower()
        text = json.dumps(identified(schema, f"{spec['group']}/{version['name']}", kind))
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return len(served)


def main():
    swagger, folder, *resources = map(pathlib.Path, sys.argv[1:])
    original = json.loads(swagger.read_text(encoding="utf-8"))["definitions"]
    definitions = {name: strict(value) for name, value in original.items()}
    definitions[INT_OR_STRING] = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    definitions[QUANTITY] = {"anyOf": [{"type": "string"}, {"type": "number"}]}
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    count = 0
    for name, definition in original.items():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            group = kind["group"].split(".")[0]
            stem = "-".join(part for part in (kind["kind"], group, kind["version"]) if part).lower()
            needed = set()
            reached(name, definitions, needed)
            schema = {**definitions[name], "definitions": {other: definitions[other] for other in sorted(needed)}}
            version = "/".join(part for part in (kind["group"], kind["version"]) if part)
            if {"apiVersion", "kind"} <= set(definition.get("properties", {})):
                schema = identified(schema, version, kind["kind"])
            (folder / f"{stem}.json").write_text(json.dumps(schema), encoding="utf-8")
            count += 1
    count += sum(custom(path, folder) for path in resources)
    print(f"schemas: {count}")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
