"""Where replicas may be: headroom, capacity, spread rules, and all placements that they allow."""

import itertools
import math

def headroom(system, placement):
    """Whether the movable replicas of every single node fit on the others."""
    if not system.cluster.nodes:
        return True
    replicated = [c for c in system.components.values() if c.replicated]
    totals = [sum(c.n[l] for c in replicated) for l in range(len(system.levels))]
    l = totals.index(max(totals))
    where = {c.name: placement[c.name][:c.n[l]] for c in replicated}
    return all(refuge(system, where, node) for node in range(len(system.cluster.nodes)))


def once(system, c):
    """Whether all users of the component's claim share one node."""
    return bool(c.claim) and system.claims[c.claim].once


def refuge(system, where, lost):
    groups, stay = [], {}
    for name, nodes in where.items():
        c = system.components[name]
        moving = nodes.count(lost) if c.movable else 0
        stay[name] = [node for node in nodes if node != lost]
        if moving:
            groups.append((c, moving))
    shared = {}
    singles = []
    for c, moving in groups:
        if once(system, c):
            shared.setdefault(c.claim, []).append((c, moving))
        else:
            singles.append((c, moving))
    units = [[(c, moving)] for c, moving in singles] + list(shared.values())
    options = []
    for unit in units:
        allowed = set.intersection(*(set(c.allowed) for c, _ in unit)) - {lost}
        if len(unit) > 1 or once(system, unit[0][0]):
            options.append([{c.name: [node] * moving for c, moving in unit} for node in sorted(allowed)])
        else:
            c, moving = unit[0]
            options.append([{c.name: list(nodes)} for nodes in itertools.combinations_with_replacement(sorted(allowed), moving)
                            if spread_ok(system, c, stay[c.name] + list(nodes), lost)])
    for choice in itertools.product(*options):
        after = {name: list(nodes) for name, nodes in stay.items()}
        for part in choice:
            for name, nodes in part.items():
                after[name] += nodes
        if fits(system, after, {node for part in choice for nodes in part.values() for node in nodes}):
            return True
    return False


def spread_ok(system, c, nodes, without=None):
    if not c.hard or once(system, c):
        return True
    domain = lambda i: (i if c.over == "node" else
                        next((d.name for d in system.cluster.nodes[i].above if d.level == c.over), None))
    counts = {domain(i): 0 for i in c.allowed if i != without and domain(i) is not None}
    for node in nodes:
        if domain(node) is None:
            return False
        counts[domain(node)] = counts.get(domain(node), 0) + 1
    return not counts or max(counts.values()) - min(counts.values()) <= c.skew


def fits(system, where, only=None):
    """Whether what is asked of every node (or of some nodes only) is there."""
    for i, node in enumerate(system.cluster.nodes):
        if not node.capacity or only is not None and i not in only:
            continue
        used = {}
        for name, nodes in where.items():
            for key, value in {**system.components[name].requests, "pods": 1000}.items():
                used[key] = used.get(key, 0) + value * nodes.count(i)
        for key, value in used.items():
            if value > node.capacity.get(key, math.inf if key in ("cpu", "memory", "pods") else 0):
                return False
    return True

def placements(system, fixed, limit):
    """All placements under the rules (each family of counts once), or None when there are more than `limit`.

    fixed: {component: nodes} of pinned components."""
    units, seen = [], set()
    for name, c in system.components.items():
        if not c.replicated or name in seen:
            continue
        if once(system, c):
            users = system.claims[c.claim].users
            common = set.intersection(*(set(user.allowed) for user in users))
            options = [{user.name: [i] * max(user.n) for user in users} for i in sorted(common)]
            held = [user for user in users if user.name in fixed]
            options = [o for o in options if all(o[user.name] == fixed[user.name] for user in held)]
            seen.update(user.name for user in users)
        elif name in fixed:
            options = [{name: fixed[name]}]
        else:
            options = [{name: nodes} for nodes in orders(system, c)]
        units.append(options)
    if math.prod(len(options) for options in units) > limit:
        return None
    result = []
    for choice in itertools.product(*units):
        where = {name: nodes for part in choice for name, nodes in part.items()}
        if all(fits(system, {name: nodes[:system.components[name].n[l]] for name, nodes in where.items()})
               for l in range(len(system.levels))):
            result.append(where)
    return result


def orders(system, c):
    seen, result = set(), []
    counts = sorted(set(c.n))
    for nodes in itertools.product(c.allowed, repeat=max(c.n)):
        key = tuple(tuple(nodes[:count].count(i) for i in c.allowed) for count in counts)
        if key not in seen and all(spread_ok(system, c, nodes[:count]) for count in counts):
            seen.add(key)
            result.append(list(nodes))
    return result
