"""Numbers and trees as text, in many spellings, drawn at random."""

import json
import random
from fractions import Fraction

class Raw(str):
    """Written as it is: aliases, merge keys, flow fragments."""


def decimal(value):
    """A fraction as an exact decimal, or None."""
    digits = value
    for places in range(13):
        if digits.denominator == 1:
            text = str(digits.numerator).rjust(places + 1, "0")
            return text[:-places] + "." + text[-places:] if places else text
        digits *= 10
    return None

class Spelling:
    """Random choices of one seed; parameters, anchors and fixed decisions gather as they are used."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.json = self.r.random() < 0.12
        self.parameters, self.anchors = {}, {}
        self.fixed = {"components": {}}

    def one(self, *options):
        return self.r.choice(options)

    def often(self, p):
        return self.r.random() < p

    def duration(self, seconds):
        """A spelling of so many seconds."""
        seconds = Fraction(seconds)
        if seconds == 0:
            return self.one("0s", "0", "0ms")
        options = []
        for unit, size in (("ms", Fraction(1, 1000)), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("w", 604800),
                           ("y", 31557600), ("month", 2629800)):
            number = decimal(seconds / size)
            if number and len(number) < 9:
                options.append(f"{number}{unit}")
        if seconds > 60 and seconds.denominator == 1:
            minutes, rest = divmod(int(seconds), 60)
            hours, minutes = divmod(minutes, 60)
            days, hours = divmod(hours, 24) if self.often(0.5) else (0, hours)
            options += ["".join(f"{n}{u}" for n, u in ((days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")) if n)] * 2
        return self.numbered(self.r.choice(options))

    def probability(self, value):
        value = Fraction(value)
        return self.numbered(self.one(decimal(value), decimal(value * 100) + "%"))

    def rate(self, per_second):
        per_second = Fraction(per_second)
        options = [f"{decimal(per_second * size)}/{unit}" for unit, size in
                   (("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("year", 31557600), ("month", 2629800))
                   if decimal(per_second * size) and len(decimal(per_second * size)) < 9]
        return self.numbered(self.r.choice(options))

    def often_fails(self, low=1, high=40):
        """mtbf or rate of a mode."""
        days = self.r.randint(low, high)
        if self.often(0.7):
            return {"mtbf": self.duration(days * 86400)}
        return {"rate": self.one(self.rate(Fraction(days, 31557600)), f"1 per {days}d", f"{days} per 2y",
                                 f"{days}/year")}

    def numbered(self, text):
        """A number, sometimes as a number object or a parameter."""
        if self.often(0.04):
            return {"value": text, "source": {"kind": "assumption"}}
        if self.often(0.04):
            name = f"p{len(self.parameters)}"
            self.parameters[name] = self.one(text, {"value": text})
            return {"param": name}
        return text

    def quantity(self, thousandths):
        return self.one(f"{thousandths}m", decimal(Fraction(thousandths, 1000)))

    def decision(self, path, low, high, spell=str, unit=""):
        """A setting: fixed, or a range that a plan may fix."""
        value = self.r.randint(low, high)
        if self.often(0.75) or low == high:
            return value if not unit else f"{value}{unit}"
        wide = sorted((value, self.r.randint(low, high)))
        text = f"{wide[0]}..{wide[1]}{unit}"
        form = self.one(text, text, {"min": f"{wide[0]}{unit}", "max": f"{wide[1]}{unit}"},
                        {"oneOf": [f"{entry}{unit}" for entry in range(wide[0], wide[1] + 1)]})
        if unit and form == text and self.often(0.5):
            form = f"{wide[0]}{unit}..{wide[1]}{unit}"
        if not unit and isinstance(form, dict):
            form = {key: [int(v) for v in entry] if isinstance(entry, list) else int(entry) for key, entry in form.items()}
        if path and self.often(0.6):
            place = self.fixed
            for key in path[:-1]:
                place = place.setdefault(key, {})
            place[path[-1]] = value if not unit else f"{value}{unit}"
        return form

    def document(self, spec):
        document = {"apiVersion": "haplan.dev/v1alpha1", "kind": "System", "metadata": {"name": "random"}}
        if self.json:
            return json.dumps({**document, "spec": spec}, indent=self.one(None, 2))
        text = "".join(f"{key}: {self.flow(value)}\n" for key, value in document.items())
        if self.anchors:
            text += "x-shared:\n" + "".join(f"  {name}: &{name} {self.flow(value)}\n" for name, value in self.anchors.items())
        return text + "spec:\n" + self.block(spec, 2)

    def block(self, tree, indent):
        lines = []
        for key, value in tree.items():
            head = " " * indent + (key if isinstance(key, Raw) else self.scalar(key)) + ":"
            if isinstance(value, dict) and value and (indent < 4 or self.often(0.4)):
                lines.append(head + self.one("", "   # as it is") + "\n" + self.block(value, indent + 2))
            elif isinstance(value, list) and value and self.often(0.3):
                lines.append(head + "\n" + "".join(f"{' ' * indent}  - {self.flow(entry)}\n" for entry in value))
            else:
                lines.append(f"{head} {self.flow(value)}\n")
        return "".join(lines)

    def flow(self, value):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.scalar(k)}: {self.flow(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.flow(entry) for entry in value) + "]"
        return self.scalar(value)

    def scalar(self, value):
        if isinstance(value, Raw):
            return value
        if value is None:
            return self.one("null", "~")
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str) and (self.often(0.1) and not value.replace(".", "").isdigit()):
            return self.one(f'"{value}"', f"'{value}'")
        return str(value)
