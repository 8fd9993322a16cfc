"""The reference system: a plan, why it is so, and what is left of the downtime.

usage: first_plan.py SPEC
"""

from __future__ import annotations

import sys

import haplan


def main(path: str) -> None:
    spec = haplan.load(path)
    plan = haplan.solve(spec)
    print(f"{plan.system}: {plan.status}, met: {plan.met}")
    for component in plan.components.values():
        count = f"{component.autoscale.min} to {component.autoscale.max}" if component.autoscale else component.replicas
        print(f"  {component.name}: {count} on {', '.join(sorted(set(component.nodes)))}")
    for service in plan.services.values():
        worst = max(service.causes, key=lambda cause: cause.unavailability)
        minutes = service.downtime_seconds_per_year / 60
        print(f"  {service.name}: {minutes:.1f} min a year, most of it {worst.subject} {worst.mode}")


if __name__ == "__main__":
    main(sys.argv[1])
