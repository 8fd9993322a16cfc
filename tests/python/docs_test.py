"""Documentation: every public name has some, and every number says its unit."""

import dataclasses
import importlib
import inspect
import pkgutil
import re

import haplan
import pytest

# What draws is behind the classes of haplan.plots.
MODULES = sorted(one.name for one in pkgutil.iter_modules(haplan.__path__, "haplan.") if "._" not in one.name)

# A name that says its unit, or that it has none ...
NAMED = re.compile(
    r"(^|_)(seconds|minutes|per_\w+|bytes|millicores|percentage|share|shares|ratio|probability|unavailability"
    r"|availability|replicas|worth|importance|quantiles?)(_|$)"
)
# ... or words that do.
TOLD = re.compile(
    r"\[[^\]]+\]|\bunits?\b|in \(0, 1\)|probabilit|unavailab|share|relative|\bfactor\b|\bnumber\b|how many|how often|\bP\(|fussell|margin", re.I
)


def public(module):
    for name in getattr(module, "__all__", ()):
        thing = getattr(module, name)
        if getattr(thing, "__module__", "").startswith("haplan") and (inspect.isclass(thing) or inspect.isfunction(thing)):
            yield name, thing


def members(kind):
    for name, member in vars(kind).items():
        if isinstance(member, (staticmethod, classmethod)):
            member = member.__func__
        if not name.startswith("_") and (inspect.isfunction(member) or hasattr(member, "fget") or hasattr(member, "func")):
            yield name, member


def function_of(member):
    return getattr(member, "fget", None) or getattr(member, "func", None) or member


def entries(text):
    """Name to description, of the sections of a NumPy docstring; names may share a line."""
    found = {}
    names, lines = [], []
    for line in [*inspect.cleandoc(text or "").splitlines(), "end :"]:
        head = re.match(r"^(\*?\w+(?:, \*?\w+)*)(?: :.*)?$", line)
        if head and not line.startswith(" "):
            found.update({one.strip("* "): " ".join(lines) for one in names})
            names, lines = head.group(1).split(","), [line]
        else:
            lines.append(line)
    return found


def is_number(hint):
    """Whether an annotation, which is a text, speaks of numbers with a fraction."""
    return re.search(r"\bfloat\b", str(hint)) is not None


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_has_a_docstring(module):
    loaded = importlib.import_module(module)
    assert loaded.__doc__
    for name, thing in public(loaded):
        assert thing.__doc__ and thing.__doc__.strip(), name
        if inspect.isclass(thing):
            for member, what in members(thing):
                doc = function_of(what).__doc__
                assert doc and doc.strip(), f"{name}.{member}"


@pytest.mark.parametrize("module", MODULES)
def test_every_parameter_of_a_function_is_told(module):
    for name, thing in public(importlib.import_module(module)):
        if not inspect.isfunction(thing):
            continue
        told = entries(thing.__doc__)
        parameters = inspect.signature(thing).parameters
        if len(parameters) > 2:
            missing = [one for one in parameters if one not in told]
            assert not missing, f"{name}: {missing}"


@pytest.mark.parametrize("module", MODULES)
def test_every_number_says_its_unit(module):
    for name, thing in public(importlib.import_module(module)):
        asked = {}
        functions = {name: thing} if inspect.isfunction(thing) else {f"{name}.{one}": function_of(what) for one, what in members(thing)}
        if dataclasses.is_dataclass(thing):
            for one in dataclasses.fields(thing):
                asked[f"{name}.{one.name}"] = (one.name, one.type, thing.__doc__)
        for where, function in functions.items():
            for one, hint in function.__annotations__.items():
                number = where.rpartition(".")[2] if one == "return" else one
                asked[f"{where}({one})"] = (number, hint, function.__doc__)
        for where, (number, hint, doc) in asked.items():
            if is_number(hint) and not NAMED.search(number):
                told = entries(doc).get(number, inspect.cleandoc(doc or ""))
                assert TOLD.search(told), f"{where}: {told!r}"
