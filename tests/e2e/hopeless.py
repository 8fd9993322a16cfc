"""Specs without a plan, each for another reason, and what is said of them."""

CLUSTER = """  cluster:
    nodes:
      node: {count: 3, capacity: {cpu: 4, memory: 16Gi}, failures: {crash: {mtbf: 60d, repair: 30m}}}
"""
WEB = """    web:
      type: stateless
      replicas: 1..3
      resources: {cpu: 500m, memory: 512Mi}
      start: 5s
      failures: {crash: {mtbf: 14d}, hang: {mtbf: 60d, detection: liveness}}
      probes:
        liveness: {httpGet: {path: /h, port: 80}, periodSeconds: 1..10}
        readiness: {httpGet: {path: /h, port: 80}}
"""
DATABASE = """    db:
      type: primary-replica
      replicas: 1..3
      storage: local
      start: 10s
      failures: {crash: {mtbf: 90d}}
      failover: {controller: patroni, ttl: 20..30s, retryTimeout: 5s}
"""


def spec(objectives, components, cluster=CLUSTER, workload=""):
    return ("apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: hopeless}\nspec:\n"
            f"  objectives:\n    shop: {{{objectives}}}\n{cluster}{workload}  components:\n{components}"
            "  services:\n    shop: {requires: [web]}\n")


def external(name, availability):
    return f"    {name}: {{type: external, availability: {availability}}}\n"


def level(rate):
    return f"  workload: {{levels: {{normal: {{share: 100%, rate: {rate}/s}}}}}}\n"


def loaded(service_time):
    return WEB + f"      throughput: 10/s\n      serviceTime: {service_time}\n"


# Name: the spec, phrases of the reason, causes (kind and subject), phrases of what would have to change.
SPECS = {
    "one vendor": (spec("availability: 99.99%", WEB + "      dependsOn: [pay]\n" + external("pay", "99.9%")),
                   ["at best shop availability 99.9 %"], [("external", "pay")],
                   ["pay at 99.9905 % instead of 99.9 %, or another vendor"]),
    "two vendors": (spec("availability: 99.99%", WEB + "      dependsOn: [pay, mail]\n"
                         + external("pay", "99.993%") + external("mail", "99.993%")),
                    ["99.986 %"], [("external", "mail"), ("external", "pay")], ["mail at", "pay at"]),
    "two vendors behind a gate": (
        spec("availability: 99.99999%", WEB + "      dependsOn: [{any: [pay, mail]}]\n"
             + external("pay", "99.9%") + external("mail", "99.9%")),
        ["99.9999 %"], [("external", "mail"), ("external", "pay")], ["or another vendor"]),
    "releases": (spec("availability: 99.99%", WEB + "      releases: {every: 7d, failureRate: 20%, restore: 10m}\n"),
                 ["at best"], [("common_cause", "web")], ["bad releases of web that cost at most"]),
    "slow start": (spec("recoveryTime: 20s", WEB.replace("start: 5s", "start: 25s")),
                   ["start 25.0 s", "stop or start alone exceeds"], [],
                   ["terminationGracePeriodSeconds of web", "faster start of web"]),
    "grace period": (spec("recoveryTime: 20s", WEB), ["stop 30.0 s", "stop alone exceeds"], [],
                     ["terminationGracePeriodSeconds of web"]),
    "one replica": (spec("loss: {node: 30s}", WEB.replace("1..3", "1")),
                    ["losing node-1 moves web", "node detection"], [],
                    ["components.web.replicas 2 (now fixed at 1)"]),
    "slow failover": (spec("loss: {node: 30s}", WEB + "      dependsOn: [db]\n" + DATABASE),
                      ["makes db fail over, at worst in 40.0 s"], [], ["failover of db"]),
    "lag": (spec("dataLoss: 0s, loss: {node: 60s}", WEB + "      dependsOn: [db]\n" + DATABASE
                 + "      replication: {mode: async, lag: 2s}\n"),
            ["not together: shop loss.node 60 s; shop dataLoss 0 s"], [],
            ["replication of db with mode sync"]),
    "packing": (spec("availability: 99%", WEB.replace("1..3", "3..6").replace("512Mi", "9Gi")
                     + "      dependsOn: [big]\n    big: {type: stateless, replicas: 2, "
                     "resources: {memory: 8Gi}, failures: {crash: {mtbf: 30d}}}\n"),
                ["2 replicas of big and 3 replicas of web do not fit", "no node has 8.00 Gi memory left for big"],
                [], ["larger nodes"]),
    "too little in sum": (spec("availability: 99%", WEB.replace("1..3", "8..12").replace("500m", "2")),
                          ["request 16 cpu together, and all nodes have 12 cpu"], [], ["4 cpu more"]),
    "pins": (spec("availability: 99%", WEB.replace("1..3", "4").replace("start: 5s", "start: 5s\n      pin: node-1")
                  .replace("500m", "2")),
             ["4 replicas of web cannot be placed even on empty nodes", "leave 1 node"], [], ["for web"]),
    "narrow range": (spec("availability: 99.999%", WEB.replace("1..3", "1")), ["at best shop availability 99.992 %"],
                     [("node", "node-1")], ["components.web.replicas 2 (now fixed at 1)"]),
    "errors": (spec("errorRate: 0.0001%", WEB), ["replicas that traffic does not avoid yet", "most of it web"], [],
               ["a readiness probe of web"]),
    "slow service": (spec("responseTime: 200ms", loaded("300ms"), workload=level(20)),
                     ["the service times on the path alone are web 300 ms"], [], ["shorter serviceTime of web"]),
    "waiting": (spec("responseTime: 150ms", loaded("100ms"), workload=level(26)), ["the rest is waiting"], [],
                ["components.web.replicas 4 (now 1 to 3)"]),
    "no room": (spec("availability: 99.9999%", WEB.replace("1..3", "1..6").replace("512Mi", "12Gi")
                     + "    big: {type: stateless, replicas: 2, resources: {memory: 12Gi}, "
                     "failures: {crash: {mtbf: 30d}}}\n"),
                ["at best"], [("node", "node-3")], ["more room on the nodes, for web 2"]),
    "shared disk": (spec("availability: 99.999%", WEB.replace("start: 5s", "start: 5s\n      storage: {claim: files, "
                                                             "failures: {disk: {mtbf: 365d, repair: 4h}}}")),
                    ["at best"], [("claim", "files")], ["storage of its own for every replica"]),
}
