"""P(service down) by writing out every combination of working and failed elements.

An element is a component that is not a gate, the switchover of a gate, or a vertex or link of the network. A service's truth table is cut along
its elements, equal halves once; nothing is approximated.
"""


class Structure:
    """The table of one service over the elements it depends on."""

    def __init__(self, system, service):
        self.system = system
        self.elements = elements_of(system, service)
        self.position = {element: i for i, element in enumerate(self.elements)}
        self.ids, self.halves = {}, [None, None]  # ids from 2: 0 and 1 equal False and True
        n = len(self.elements)
        table = tuple(not self.works(service.requires, [bool(s >> i & 1) for i in range(n)]) for s in range(2**n))
        self.root = self.cut(table, n)

    def works(self, requirement, up):
        kind, members = requirement[0], requirement[1]
        if kind == "component":
            c = self.system.components[members]
            if c.gate:
                return self.works(c.gate, up) and self.works(c.depends, up)
            return up[self.position[c.name]] and self.works(c.depends, up)
        if kind == "connected":
            return self.connected(members, up)
        working = sum(self.works(member, up) for member in members)
        if kind == "any":
            switch = requirement[2]
            return working >= 1 and (switch is None or up[self.position[("switch", switch)]])
        return working >= (len(members) if kind == "all" else kind)

    def connected(self, terminals, up):
        """Whether all terminals are up and lie in one piece of what works."""
        works = lambda kind, name: up[self.position["net", kind, name]] if ("net", kind, name) in self.position else True
        network = self.system.network
        pieces = [{name} for name in network.vertices if works("vertices", name)]
        for name, link in network.links.items():
            if works("links", name):
                touched = [piece for piece in pieces if piece & set(link.ends)]
                if len(touched) == 2:
                    pieces = [piece for piece in pieces if piece not in touched] + [set.union(*touched)]
        return any(set(terminals) <= piece for piece in pieces)

    def cut(self, table, n):
        """Id of a table over the first n elements; True and False for constants. Halves: the last element down, up."""
        if all(table):
            return True
        if not any(table):
            return False
        if (table, n) not in self.ids:
            half = len(table) // 2
            down, up = self.cut(table[:half], n - 1), self.cut(table[half:], n - 1)
            if down is up if isinstance(down, bool) or isinstance(up, bool) else down == up:
                return down
            self.ids[table, n] = len(self.halves)
            self.halves.append((n - 1, down, up))
        return self.ids[table, n]

    def down(self, unavailability):
        """P(service down) for independent elements with these unavailabilities (up, down) per element."""
        values = [0.0, 1.0]
        for i, down, up in self.halves[2:]:
            u, a = unavailability[i]
            values.append(u * value_of(values, down) + a * value_of(values, up))
        return float(value_of(values, self.root))

    def up_then_down(self, joint):
        """P(up before, down after); joint[i][x][y] for element i in state x before and y after (0 down, 1 up)."""
        memo = {}

        def walk(before, after):
            if before is True or after is False:
                return 0.0
            if before is False and after is True:
                return 1.0
            if (before, after) not in memo:
                i = max(self.halves[node][0] for node in (before, after) if not isinstance(node, bool))
                sides = [self.halves[node][1:] if not isinstance(node, bool) and self.halves[node][0] == i
                         else (node, node) for node in (before, after)]
                memo[before, after] = sum(joint[i][x][y] * walk(sides[0][x], sides[1][y])
                                          for x in (0, 1) for y in (0, 1) if joint[i][x][y])
            return memo[before, after]

        return walk(self.root, self.root)


def value_of(values, node):
    return float(node) if isinstance(node, bool) else values[node]


def elements_of(system, service):
    found = []

    def walk(requirement):
        if requirement[0] == "component":
            c = system.components[requirement[1]]
            if c.gate:
                walk(c.gate)
            elif c.name not in found:
                found.append(c.name)
            return walk(c.depends)
        if requirement[0] == "connected":
            for kind in ("vertices", "links"):
                for name, place in getattr(system.network, kind).items():
                    if place.modes and ("net", kind, name) not in found:
                        found.append(("net", kind, name))
            return None
        for member in requirement[1]:
            walk(member)
        if requirement[2] is not None and ("switch", requirement[2]) not in found:
            found.append(("switch", requirement[2]))

    walk(service.requires)
    return found
