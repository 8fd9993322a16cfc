"""Run by an interpreter that has nothing but an installed wheel, in a folder of its own.

usage: wheel_check.py SPEC
"""

import pathlib
import subprocess
import sys
import sysconfig

import haplan

plan = haplan.solve(sys.argv[1])
assert plan.optimal and plan.met, plan
package = pathlib.Path(haplan.__file__).parent
assert (package / "py.typed").exists() and (package / "_core.pyi").exists()
executable = pathlib.Path(sysconfig.get_path("scripts")) / "haplan"
said = subprocess.run([executable, "version"], capture_output=True, text=True, check=True).stdout
assert haplan.__version__ in said, said
solved = subprocess.run([executable, "solve", sys.argv[1], "-o", "json"], capture_output=True, text=True, check=True)
assert solved.stdout == plan.to_json()
print(f"haplan {haplan.__version__} in {package}")
