"""What the tests of the executable share: running it, and a folder with a small spec for every test."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HAPLAN = os.path.abspath(sys.argv[1])
EXAMPLES = Path(sys.argv[2]).resolve()

SMALL = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: small}
spec:
  objectives:
    site: {availability: 99%}
  components:
    web: {type: stateless, replicas: 1..3, failures: {crash: {mtbf: 10d}}, start: 5s, dependsOn: [payments]}
    payments: {type: external, availability: 99.9%}
  services:
    site: {requires: [web]}
"""


def haplan(*args, stdin=None, env=None, **options):
    """Runs haplan; text in and out unless stdin is bytes."""
    raw = isinstance(stdin, bytes)
    return subprocess.run([HAPLAN, *map(str, args)], input=stdin, capture_output=True, text=not raw,
                          timeout=300, env={**os.environ, "NO_COLOR": "", **(env or {})}, **options)


class InFolder(unittest.TestCase):
    """Every test has an empty folder with a small valid spec beside it."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        self.folder = self.root / "out"
        self.folder.mkdir()
        self.spec = self.root / "small.yaml"
        self.spec.write_text(SMALL)

    def write(self, text, name="spec.yaml"):
        path = self.root / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def rejected(self, text, code, *args):
        """The spec is invalid: exit 3, nothing on stdout, the code on stderr."""
        result = haplan("validate", self.write(text), *args)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertIn(f"error[{code}]", result.stderr)
        self.assertIn(f"help: haplan explain {code}", result.stderr)
        return result.stderr


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
