"""Reads a spec: YAML to a tree of texts, layers over each other, and every notation to an exact fraction.

Written from the language reference alone. It expects valid specs: what is wrong raises some exception.
"""

import copy
import json
import re
from fractions import Fraction

import yaml

SECONDS = {"ns": Fraction(1, 10**9), "us": Fraction(1, 10**6), "ms": Fraction(1, 1000), "s": Fraction(1),
           "m": Fraction(60), "h": Fraction(3600), "d": Fraction(86400), "w": Fraction(7 * 86400),
           "y": Fraction(36525 * 864), "year": Fraction(36525 * 864), "month": Fraction(36525 * 864, 12)}
SUFFIXES = {"": 1, "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "k": 10**3,
            "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18, "Ki": 2**10, "Mi": 2**20,
            "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
UNIT = "|".join(sorted(SECONDS, key=len, reverse=True))


class Texts(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer,
            yaml.constructor.SafeConstructor, yaml.resolver.BaseResolver):
    """A loader for which every scalar is a text, but null and the merge key."""

    def __init__(self, stream):
        yaml.reader.Reader.__init__(self, stream)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)
        yaml.composer.Composer.__init__(self)
        yaml.constructor.SafeConstructor.__init__(self)
        yaml.resolver.BaseResolver.__init__(self)


Texts.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("^<<$"), ["<"])
Texts.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:~|null|)$"), ["~", "n", ""])


def tree_of(text):
    return yaml.load(text, Loader=Texts)


def merged(below, above):
    """`above` over `below`: maps merge, everything else replaces, null deletes."""
    if not isinstance(above, dict):
        return copy.deepcopy(above)
    result = copy.deepcopy(below) if isinstance(below, dict) else {}
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def spec_of(texts, sets=(), scenario=None, plan=None):
    """The tree under `spec` after all layers, settings, a scenario and a plan (itself a text)."""
    document = tree_of(texts[0])
    for text in texts[1:]:
        document = merged(document, tree_of(text))
    if scenario:
        document["spec"] = merged(document["spec"], document["spec"]["scenarios"][scenario])
    for setting in sets:
        path, _, value = setting.partition("=")
        patch = tree_of(value)
        for key in reversed(path.split(".")):
            patch = {key: patch}
        if path.split(".")[0] not in ("spec", "metadata"):
            patch = {"spec": patch}
        document = merged(document, patch)
    spec = document["spec"]
    if plan is not None:
        chosen = tree_of(plan)
        spec["plan"] = chosen.get("plan", chosen)
    chosen = spec.pop("plan", None)
    pick_variants(spec, chosen or {})
    return with_plan(spec, chosen) if chosen else spec


def pick_variants(spec, plan):
    """Every component as the variant that runs: what the plan says, else the first in natural order."""
    for name, component in spec.get("components", {}).items():
        ways = component.pop("variants", None)
        if not ways:
            continue
        running = ((plan.get("components") or {}).get(name) or {}).pop("variants", None)
        way = next(v for v, n in running.items() if int(n) > 0) if running else min(ways, key=natural)
        laid = over(component, ways[way])
        if running and laid["type"] != "external" and "autoscale" not in laid:
            laid["replicas"] = running[way]
        spec["components"][name] = laid


ONE_OF = {"availability": ["failures", "mtbf"], "failures": ["availability"], "mtbf": ["availability", "rate"], "rate": ["mtbf"],
          "replicas": ["autoscale"], "autoscale": ["replicas"]}


def over(below, above):
    """A variant's fields over its component's; saying a thing in one way takes back the other way."""
    if not isinstance(above, dict) or not isinstance(below, dict):
        return copy.deepcopy(above)
    result = dict(below)
    for key, value in above.items():
        for other in ONE_OF.get(key, []):
            result.pop(other, None)
        if value is None:
            result.pop(key, None)
        else:
            result[key] = over(result.get(key, {} if isinstance(value, dict) else None), value)
    return result


def with_plan(spec, plan):
    """The decisions of a plan written over the ranges; `nodes` stays beside the component's fields."""
    patch = json.loads(json.dumps(plan))
    return merged(spec, patch)


class Reader:
    """Numbers of one spec: resolves parameters and number objects first."""

    def __init__(self, spec):
        self.parameters = spec.get("parameters") or {}

    def text(self, value):
        while isinstance(value, dict):
            if "param" in value:
                value = self.parameters[value["param"]]
            else:
                value = value["value"]
        return str(value).strip()

    def duration(self, value):
        text = self.text(value)
        if fraction_or_none(text) == 0:
            return Fraction(0)
        parts = re.findall(rf"(\d+(?:\.\d+)?)\s*({UNIT})", text)
        assert re.fullmatch(rf"(?:\s*\d+(?:\.\d+)?\s*(?:{UNIT}))+", text), text
        return sum(Fraction(number) * SECONDS[unit] for number, unit in parts)

    def rate(self, value):
        text = self.text(value)
        if "per" in text:
            count, span = text.split("per")
            return Fraction(count.strip()) / self.duration(span.strip())
        count, unit = text.split("/")
        return Fraction(count.strip()) / SECONDS[unit.strip()]

    def probability(self, value):
        text = self.text(value)
        if text.endswith("%"):
            return Fraction(text[:-1].strip()) / 100
        return Fraction(text)

    def number(self, value):
        return Fraction(self.text(value))

    def quantity(self, value):
        number, suffix = re.fullmatch(r"([0-9.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)", self.text(value)).groups()
        return Fraction(number) * SUFFIXES[suffix]

    def rate_of(self, mode):
        return 1 / self.duration(mode["mtbf"]) if "mtbf" in mode else self.rate(mode["rate"])

    def choices(self, value, parse):
        """All values of what may be a decision, ascending."""
        if isinstance(value, dict) and "oneOf" in value:
            return sorted({parse(entry) for entry in value["oneOf"]})
        if isinstance(value, dict) and "min" in value:
            low, high = parse(value["min"]), parse(value["max"])
            unit = re.sub(r"[0-9.]", "", self.text(value["min"]))
            step = parse(value["step"]) if "step" in value else parse("1" + unit)
            return steps(low, high, step)
        if not isinstance(value, dict) and ".." in str(value):
            low, high = str(value).split("..")
            unit = re.sub(r"[0-9.\s]", "", high)
            low = low.strip()
            if unit and not re.search(r"[a-z%]", low):
                low += unit
            return steps(parse(low), parse(high.strip()), parse("1" + unit))
        return [parse(value)]

    def chosen(self, value, parse, standard=None):
        """A decision that is still open takes the value nearest to its default, or the lowest without one."""
        values = self.choices(value, parse)
        if standard is None:
            return values[0]
        return min(values, key=lambda entry: (abs(entry - standard), entry))


def steps(low, high, step):
    values = []
    while low <= high:
        values.append(low)
        low += step
    return values


def fraction_or_none(text):
    try:
        return Fraction(text)
    except ValueError:
        return None


def natural(name):
    """Natural order: digits compare as numbers."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", name)]
