"""A specification built in Python, with a mistake that is told, and a surface over two of its numbers."""

from __future__ import annotations

import datetime
from typing import Any

import haplan
import numpy

DAY = datetime.timedelta(days=1)


def shop(*, requires: str = "web") -> dict[str, Any]:
    return {
        "apiVersion": "haplan.dev/v1alpha1",
        "kind": "System",
        "metadata": {"name": "shop"},
        "spec": {
            "objectives": {"checkout": {"availability": "99.95%"}},
            "cluster": {
                "nodes": {
                    "worker": {
                        "count": 3,
                        "capacity": {"cpu": 4, "memory": "16Gi"},
                        "failures": {"reboot": {"mtbf": 90 * DAY, "repair": "5m"}},
                    }
                }
            },
            "components": {
                "web": {
                    "type": "stateless",
                    "replicas": 2,
                    "resources": {"cpu": "500m", "memory": "512Mi"},
                    "start": "3s",
                    "failures": {"crash": {"mtbf": 30 * DAY, "detection": "exit"}},
                }
            },
            "services": {"checkout": {"requires": [requires]}},
        },
    }


def main() -> None:
    try:
        haplan.load(shop(requires="wbe"))
    except haplan.SpecError as error:
        for found in error.diagnostics:
            print(found)
    days = numpy.geomspace(1, 100, 50)
    surface = haplan.sweep(
        haplan.load(shop()),
        {
            "components.web.failures.crash.mtbf": days[:, None] * 86400,
            "components.web.start": numpy.linspace(1, 300, 40),
        },
    )
    worst = surface["checkout"]["unavailability"].max() * 525960
    print(f"{surface.shape[0]} x {surface.shape[1]} points, at worst {worst:.3g} min a year")


if __name__ == "__main__":
    main()
