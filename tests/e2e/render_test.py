#!/usr/bin/env python3
"""The verbs render and profile as a user meets them: a solved plan becomes files without being solved again.

usage: render_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import os
import stat

from command import EXAMPLES, InFolder, haplan, main

CHARTS = EXAMPLES.parent / "charts"
PROFILE = CHARTS / "platform" / "profile.yaml"

# A helm that knows one chart: it prints what its values say, as the chart's template would.
HELM = """\
#!/bin/sh
for word; do values=$word; [ "$word" = -f ] && next=1; done
replicas=$(sed -n 's/^count: //p' "$values")
printf -- '---\\napiVersion: apps/v1\\nkind: Deployment\\nmetadata: {name: %s}\\n' "$2"
printf 'spec:\\n  replicas: %s\\n  template:\\n    metadata: {labels: {app: %s}}\\n' "${FAKE_REPLICAS:-$replicas}" "$2"
printf '    spec: {containers: [{name: web}]}\\n'
"""


class Rendering(InFolder):
    @classmethod
    def setUpClass(cls):
        solved = haplan("solve", CHARTS / "platform.yaml", "--profile", PROFILE, "-o", "json")
        assert solved.returncode == 0, solved.stderr
        cls.platform = solved.stdout
        solved = haplan("solve", EXAMPLES / "dify.yaml", "-o", "json")
        assert solved.returncode == 0, solved.stderr
        cls.dify = solved.stdout

    def render(self, what, plan, *args):
        return haplan("render", what, self.write(plan, "plan.json"), "--profile", PROFILE, *args)

    def tree(self, folder):
        return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*"))
                if path.is_file()}

    def test_a_plan_renders_to_the_very_files_that_solving_writes(self):
        haplan("solve", EXAMPLES / "dify.yaml", "--out", f"values={self.folder}/v/", "--out", f"patch={self.folder}/p/")
        plan = self.write(self.dify, "plan.json")
        for what in ("values", "patch"):
            result = haplan("render", what, plan, "-o", f"{self.folder}/{what}/")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertEqual(self.tree(self.folder / what), self.tree(self.folder / what[0]))

    def test_every_kind_goes_to_stdout_and_to_a_directory_alike(self):
        for what in ("values", "manifests", "patch", "alerts", "chaos"):
            shown = self.render(what, self.dify)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertEqual(self.render(what, self.dify, "-o", f"{self.folder}/{what}").returncode, 0)
            files = self.tree(self.folder / what)
            self.assertGreater(len(files), 0, what)
            for name, text in files.items():
                # stdout is a stream of YAML: the program for Helm is in directories only.
                self.assertEqual(f"# file: {name}\n{text}" in shown.stdout, not name.endswith(".sh"))
                self.assertEqual(text[-1], "\n")

    def test_a_plan_alone_needs_its_spec_as_a_layer(self):
        plan = json.dumps({"plan": json.loads(self.dify)["plan"]})
        result = self.render("values", plan)
        self.assertEqual(result.returncode, 3)
        self.assertIn("error[HA105]", result.stderr)
        again = self.render("values", plan, "-f", EXAMPLES / "dify.yaml")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(again.stdout, self.render("values", self.dify).stdout)

    def test_a_result_carries_the_profiles_that_it_was_solved_with(self):
        plan = self.write(self.platform, "plan.json")
        kept = haplan("render", "values", plan)
        self.assertEqual(kept.returncode, 0, kept.stderr)
        self.assertEqual(kept.stdout, self.render("values", self.platform).stdout)
        self.assertEqual(json.loads(self.platform)["profiles"], {"platform": PROFILE.read_text()})
        self.assertNotIn("profiles", json.loads(self.dify))
        # One that is given is meant.
        other = self.write(PROFILE.read_text().replace("path: .replicas,", "path: .count,"), "other.yaml")
        given = haplan("render", "values", plan, "--profile", other)
        self.assertIn("  count: ", given.stdout)
        self.assertNotIn("  replicas: ", given.stdout)

    def test_a_budget_of_the_chart_is_completed_by_the_patch(self):
        told = "components.redis.budget: the values of platform have no key for unhealthyPodEvictionPolicy"
        terse = self.write(PROFILE.read_text().replace(", unhealthy: unhealthyPodEvictionPolicy", ""), "terse.yaml")
        plan = self.write(self.platform, "plan.json")
        values = haplan("render", "values", plan, "--profile", terse, "--strict")
        self.assertEqual(values.returncode, 1)
        self.assertIn(told, values.stderr)
        self.assertNotIn("unhealthyPodEvictionPolicy", values.stdout)
        shown = haplan("render", "patch", plan, "--profile", terse, "-o", f"{self.folder}/p/")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        files = self.tree(self.folder / "p")
        self.assertIn("  unhealthyPodEvictionPolicy: AlwaysAllow\n", files["PodDisruptionBudget-platform-redis.yaml"])
        self.assertIn("PodDisruptionBudget/platform-redis", files["post-render.sh"])
        self.assertEqual([name for name in self.render("patch", self.platform).stdout.splitlines() if "PodDisr" in name], [])

    def test_a_spec_without_releases_is_told_what_is_missing(self):
        solved = haplan("solve", EXAMPLES / "web-database.yaml", "-o", "json")
        shown = self.render("values", solved.stdout)
        self.assertEqual((shown.returncode, shown.stdout), (0, ""))
        self.assertIn("output.releases says which chart deploys what", shown.stderr)

    def test_a_result_without_a_plan_is_refused(self):
        solved = haplan("solve", EXAMPLES / "infeasible.yaml", "-o", "json")
        result = self.render("values", solved.stdout)
        self.assertEqual(result.returncode, 3)
        self.assertIn("error[HA081]", result.stderr)

    def test_a_stateful_set_does_not_move_though_the_figures_do(self):
        spec = [EXAMPLES / "web-database.yaml", "--set", "components.web.workload=statefulset"]
        for movable in ("true", "false"):
            solved = haplan("solve", *spec, "--set", f"components.web.movable={movable}", "-o", "json")
            self.assertEqual("deployed as a StatefulSet" in solved.stdout, movable == "true")
            told = self.render("patch", solved.stdout).stderr
            self.assertEqual("components.web.movable: the figures let the replicas" in told, movable == "true", told)

    def test_another_format_is_not_taken_for_a_plan(self):
        plan = json.loads(haplan("solve", EXAMPLES / "web-database.yaml", "-o", "json").stdout)
        for key, value in (("formatVersion", "0.9"), ("formatVersion", "2.0"), ("kind", "DrillResult"), ("apiVersion", "v1")):
            result = self.render("patch", json.dumps({**plan, key: value}))
            self.assertEqual((result.returncode, result.stdout), (3, ""), key)
            self.assertIn("error[HA031]", result.stderr)
        self.assertEqual(self.render("patch", json.dumps({**plan, "formatVersion": "1.7"})).returncode, 0)

    def test_one_release_can_be_taken_and_an_unknown_one_is_named(self):
        one = self.render("values", self.dify, "--release", "plugin", "-o", self.folder / "one.yaml")
        self.assertEqual(one.returncode, 0, one.stderr)
        self.assertIn("of release plugin", (self.folder / "one.yaml").read_text())
        wrong = self.render("values", self.dify, "--release", "plugins")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("dify, ingress, plugin", wrong.stderr)

    def test_a_patch_for_one_release_leaves_the_others_out(self):
        both = haplan("solve", CHARTS / "releases.yaml", "-o", "json")
        self.assertEqual(both.returncode, 0, both.stderr)
        self.assertEqual(self.render("patch", both.stdout, "-o", f"{self.folder}/all/").returncode, 0)
        one = self.render("patch", both.stdout, "--release", "front", "-o", f"{self.folder}/front/")
        self.assertEqual(one.returncode, 0, one.stderr)
        self.assertNotIn("is in no release", one.stderr)
        names = [name for name in self.tree(self.folder / "front") if "-" in name and name.endswith(".yaml")]
        self.assertEqual(names, ["Deployment-front-scaffold.yaml", "PodDisruptionBudget-front-scaffold.yaml"])
        everything = self.tree(self.folder / "all")
        for name in names:
            self.assertEqual(everything[name], (self.folder / "front" / name).read_text())
        self.assertIn("Deployment-queue.yaml", everything)

    # Two users of one claim on three nodes.
    CLAIM = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: claims}
spec:
  cluster:
    nodes:
      node: {count: 3, capacity: {cpu: 2}, failures: {reboot: {mtbf: 60d, repair: 5m}}}
  components:
    one: {type: stateless, replicas: 1, resources: {cpu: 500m}, storage: {kind: network, claim: disk, accessMode: MODE},
          failures: {crash: {mtbf: 30d}}, forbid: [node-3]}
    two: {type: stateless, replicas: 1, resources: {cpu: 500m}, storage: {kind: network, claim: CLAIM},
          failures: {crash: {mtbf: 30d}}}
  services: {site: {requires: [one, two]}}
"""

    def claims(self, mode, claim="disk", *args):
        spec = self.write(self.CLAIM.replace("MODE", mode).replace("CLAIM", claim), "claims.yaml")
        solved = haplan("solve", spec, *args, "-o", "json")
        self.assertEqual(solved.returncode, 0, solved.stderr)
        shown = self.render("patch", solved.stdout)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return shown

    def test_users_of_a_claim_are_held_on_one_node_that_all_of_them_may_use(self):
        shown = self.claims("ReadWriteOnce")
        parts = dict(part.split("\n", 1) for part in shown.stdout.split("# file: ")[1:])
        for name in ("one", "two"):
            text = parts[f"Deployment-{name}.yaml"]
            self.assertIn("podAffinity:", text)
            self.assertIn("- one\n                      - two\n", text)
            self.assertIn("- node-1\n                      - node-2\n        pod", text)
            self.assertIn(f"haplan.dev/component: {name}\n    spec:", text)
        self.assertNotIn("not carried", shown.stderr)
        for other in (self.claims("ReadWriteMany"), self.claims("ReadWriteOnce", "own")):
            self.assertNotIn("podAffinity", other.stdout)
            self.assertNotIn("strategy", other.stdout)

    def test_a_claim_whose_users_no_selector_finds_is_told(self):
        layer = self.write("""\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: claims}
spec: {output: {releases: {app: {profile: helm-create, map: {one: app}}}}}
""", "layer.yaml")
        shown = self.claims("ReadWriteOnce", "disk", "-f", layer)
        self.assertEqual(shown.stderr.count("no one selector finds the pods of all its users"), 2, shown.stderr)
        self.assertNotIn("podAffinity", shown.stdout)

    def test_a_claim_whose_users_do_not_fit_wherever_the_first_one_goes_is_told(self):
        told = "chooses the node for all of them"
        for memory, fits in (("1Gi", True), ("3584Mi", False)):
            layer = self.write(f"""\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {{name: claims}}
spec:
  cluster: {{nodes: {{node: {{capacity: {{memory: 4Gi}}}}}}}}
  components:
    two: {{replicas: 2, need: 1, resources: {{memory: 512Mi}}}}
    fill: {{type: stateless, pin: [node-2], resources: {{memory: {memory}}}, failures: {{crash: {{mtbf: 30d}}}}}}
""", "layer.yaml")
            shown = self.claims("ReadWriteOnce", "disk", "-f", layer)
            self.assertEqual(told in shown.stderr, not fits, shown.stderr)
            # One is to spare: where a new one may find no room on the claim's node, an old one goes first.
            two = shown.stdout.split("# file: Deployment-two.yaml")[1].split("# file:")[0]
            self.assertIn("maxSurge: " + ("1" if fits else "0"), two)

    def test_a_claim_of_one_pod_lets_it_go_before_the_next_one_comes(self):
        shown = self.claims("ReadWriteOncePod", "own")
        self.assertIn("maxSurge: 0\n      maxUnavailable: 1\n", shown.stdout)
        self.assertEqual(shown.stdout.count("strategy:"), 1)  # the other one's claim is its own
        self.assertIn("components.one.strategy: an update takes the pod away before it starts another", shown.stderr)
        both = self.claims("ReadWriteOncePod")
        self.assertIn("ReadWriteOncePod lets one pod use the claim, and the plan has 2", both.stderr)

    def test_a_request_above_a_limit_that_stays_is_told(self):
        layer = self.write("""\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: platform}
spec: {components: {postgres: {resources: {memory: 16Gi}, limits: null}}}
""")
        solved = haplan("solve", CHARTS / "platform.yaml", "-f", layer, "--profile", PROFILE, "-o", "json")
        told = "not carried: components.postgres.limits: the chart itself limits memory to 8Gi"
        self.assertIn(told, self.render("values", solved.stdout).stderr)
        self.assertEqual(self.render("values", solved.stdout, "--strict").returncode, 1)
        # In place the user's own limits are known.
        mine = self.write("postgresql: {resources: {limits: {memory: 32Gi}}}\n", "mine.yaml")
        fits = self.render("values", solved.stdout, "--strict", "--in-place", mine)
        self.assertEqual((fits.returncode, fits.stderr), (0, ""))
        mine.write_text("postgresql: {resources: {limits: {memory: 12Gi}}}\n")
        tight = self.render("values", solved.stdout, "--in-place", mine)
        self.assertIn("your values limit memory to 12Gi", tight.stderr)

    def test_an_edited_file_keeps_its_other_lines_and_is_then_up_to_date(self):
        mine = ("# ours\nreplicaCount: 1 # dev\n\nimage:\n  tag: 'v1'\ntolerations:\n- key: gpu\n"
                "resources: {}\n  # limits: none\n")
        file = self.write(mine, "values.yaml")
        place = ("--release", "plugin", "--in-place", file)
        self.assertEqual(self.render("values", self.dify, *place, "--check").returncode, 1)
        self.assertEqual(file.read_text(), mine)
        result = self.render("values", self.dify, *place)
        self.assertEqual(result.returncode, 0, result.stderr)
        edited = file.read_text()
        kept = [line for line in mine.splitlines() if line != "resources: {}"]
        for line in kept:
            self.assertIn(line + "\n", edited)
        self.assertIn("\nresources:\n  requests:\n", edited)
        self.assertNotIn("replaces the whole list", edited)
        self.assertEqual(edited.count("- key: node.kubernetes.io/"), 2 if "tolerationSeconds" in edited else 0)
        self.assertEqual(self.render("values", self.dify, *place, "--check").returncode, 0)
        self.assertEqual(self.render("values", self.dify, *place).returncode, 0)
        self.assertEqual(file.read_text(), edited)

    def test_a_handler_of_the_users_own_gives_way_to_the_planned_one(self):
        mine = self.write("livenessProbe:\n  exec: {command: [old]} # ours\n  periodSeconds: 60\n", "values.yaml")
        result = self.render("values", self.dify, "--release", "plugin", "--in-place", mine)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("  exec: null # ours\n", mine.read_text())
        self.assertEqual(self.render("values", self.dify, "--release", "plugin", "--in-place", mine, "--check").returncode, 0)

    def test_files_that_are_behind_are_named_and_not_written(self):
        self.render("values", self.dify, "-o", f"{self.folder}/v/")
        self.assertEqual(self.render("values", self.dify, "-o", f"{self.folder}/v/", "--check").returncode, 0)
        stale = self.folder / "v" / "plugin.values.yaml"
        stale.write_text("replicaCount: 7\n")
        result = self.render("values", self.dify, "-o", f"{self.folder}/v/", "--check")
        self.assertEqual((result.returncode, stale.read_text()), (1, "replicaCount: 7\n"))
        self.assertIn(f"stale: {stale}", result.stderr)

    def test_what_no_file_carries_fails_only_when_asked(self):
        self.assertEqual(self.render("patch", self.dify).returncode, 0)
        result = self.render("patch", self.dify, "--strict")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not carried: components.postgres.failover: Patroni", result.stderr)
        self.assertEqual(self.render("values", self.platform, "--strict").returncode, 0)

    def test_what_pins_do_not_keep_is_told(self):
        layer = self.write("""\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: shop}
spec:
  components: {web: {placement: pinned, pin: [node-1, node-2], replicas: 3, need: 2}}
  output: {releases: {shop: {profile: helm-create, map: {web: app}}}}
""")
        solved = haplan("solve", EXAMPLES / "web-database.yaml", "-f", layer, "-o", "json")
        self.assertIn(solved.returncode, (0, 1), solved.stderr)
        for what in ("values", "patch"):
            told = self.render(what, solved.stdout).stderr
            self.assertIn("components.web.placement: its nodes do not hold equally many replicas", told)
            self.assertIn("components.web.movable: the figures let the replicas of a lost node start on any other, but node affinity keeps them on 2 nodes", told)

    def test_updates_that_go_below_the_need_or_wait_are_told(self):
        spec = """\
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: tight}
spec:
  objectives: {site: {availability: 90%}}
  cluster: {nodes: {node: {count: 2, capacity: {cpu: 1}, failures: {reboot: {mtbf: 90d, repair: 5m}}}}}
  components:
    web: {type: stateless, WORKLOAD, replicas: 2, need: NEED, resources: {cpu: 600m}, failures: {crash: {mtbf: 30d}}}
  services: {site: {requires: [web]}}
"""
        for workload, need, told in (("statefulset", 2, "an update of a StatefulSet takes a pod away"), ("statefulset", 1, None),
                                     ("deployment", 2, "no node has room for one more"), ("deployment", 1, None)):
            text = spec.replace("WORKLOAD", f"workload: {workload}").replace("NEED", str(need))
            solved = haplan("solve", self.write(text), "-o", "json")
            self.assertEqual(solved.returncode, 0, solved.stderr)
            said = self.render("patch", solved.stdout).stderr
            self.assertEqual("components.web.strategy" in said, told is not None, (workload, need, said))
            self.assertIn(told or "", said)

    def test_carriers_take_objects_that_the_chart_has_no_template_for(self):
        text = self.render("values", self.dify, "--release", "dify", "--carriers").stdout
        self.assertIn("  extraDeploy:\n", text)
        self.assertIn("kind: PodDisruptionBudget", text)

    def test_alerts_burn_at_the_rates_of_the_workbook(self):
        self.render("alerts", self.dify, "-o", f"{self.folder}/a/")
        rules = (self.folder / "a" / "rules.yaml").read_text()
        # 2 % of 30 d in 1 h is 14.4 times the budget of 99.99 %; 5 % in 6 h, 10 % in 1 d and 3 d.
        for rate, long, short in ((14.4, "1h", "5m"), (6, "6h", "30m"), (3, "1d", "2h"), (1, "3d", "6h")):
            for window in (long, short):
                self.assertIn(f'ratio_rate{window}{{service=\\"chat\\",objective=\\"availability\\"}} > ({rate} * 0.0001)', rules)
        self.assertIn('host=\\"tenant-1.dify.local\\"', rules)
        self.assertIn("target: 0.9999\n", (self.folder / "a" / "openslo.yaml").read_text())

    def test_an_experiment_expects_what_the_drill_says(self):
        self.render("chaos", self.dify, "-o", f"{self.folder}/c/")
        drilled = json.loads(haplan("drill", EXAMPLES / "dify.yaml", "--plan", self.write(self.dify, "p.json"),
                                    "-o", "json").stdout)
        worst = next(loss for loss in drilled["losses"] if loss["kind"] == "primary" and loss["subject"] == "postgres")
        self.assertEqual(worst["services"]["chat"]["secondsUntilUp"], 50.0)
        text = (self.folder / "c" / "primary-postgres.yaml").read_text()
        self.assertIn('expected.haplan.dev/chat: "up again after at most 50.0 s, decided by postgres', text)
        self.assertIn("action: \"network-down\"".replace('"', ""), (self.folder / "c" / "node-worker-1.yaml").read_text())

    def test_wrong_combinations_are_usage(self):
        plan = self.write(self.dify, "plan.json")
        for args in (("values", plan, "--check"), ("patch", plan, "--in-place", "v.yaml"), ("value", plan),
                     ("values", plan, "--in-place", "a=x", "--in-place", "y"), ("values",),
                     ("values", plan, "-o", "d/", "--in-place", "v.yaml"), ("patch", plan, "--carriers")):
            self.assertEqual(haplan("render", *args).returncode, 2, args)
        self.assertEqual(haplan("render", "values", "nowhere.json").returncode, 6)
        several = haplan("render", "values", plan, "--in-place", self.write("a: 1\n", "v.yaml"))
        self.assertEqual(several.returncode, 2)
        self.assertIn("RELEASE=", several.stderr)


class Profiles(InFolder):
    def chart(self, template, values="count: 1\n"):
        folder = self.root / "chart"
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        (folder / "Chart.yaml").write_text("name: web\nversion: 1.0.0\n")
        (folder / "values.yaml").write_text(values)
        (folder / "templates" / "web.yaml").write_text(template)
        profile = self.write("""\
chart: {name: web, source: here, versions: '>=1.0.0', verified: 1.0.0}
components:
  web:
    workload: {kind: Deployment, name: '{release}', container: web}
    podSelector: {app: '{release}'}
    bind: {replicas: {path: count, encoding: integer}}
""", "web.yaml")
        return folder, profile

    def check(self, chart, profile, *args, **options):
        return haplan("profile", "check", "--chart", chart, "--profile", profile, *args, **options)

    def test_profiles_are_listed_and_shown(self):
        names = [line.split()[0] for line in haplan("profile", "list").stdout.splitlines()]
        self.assertEqual(len(names), 10)
        for name in names:
            self.assertIn("components:\n", haplan("profile", "show", name).stdout)
        self.assertEqual(haplan("profile", "show", "ingress").returncode, 2)

    def test_a_path_that_no_template_reads_is_wrong_even_in_values(self):
        chart, profile = self.chart("replicas: {{ .Values.number }}\n")
        result = self.check(chart, profile, "--no-helm")
        self.assertEqual(result.returncode, 1)
        self.assertIn("web.replicas: count stands in values.yaml, but no template reads it", result.stdout)
        chart, profile = self.chart("replicas: {{ .Values.count }}\n", "other: 1\n")
        self.assertEqual(self.check(chart, profile, "--no-helm").returncode, 0)

    def test_our_own_charts_are_read_as_their_profiles_say(self):
        for chart, profile in ((CHARTS / "platform", PROFILE), (CHARTS / "scaffold", "helm-create")):
            result = self.check(chart, profile, "--no-helm")
            self.assertEqual(result.returncode, 0, result.stdout)

    def test_what_helm_renders_is_held_against_the_values(self):
        chart, profile = self.chart("replicas: {{ .Values.count }}\n")
        helm = self.write(HELM, "bin-helm")
        (self.root / "bin").mkdir()
        helm = helm.rename(self.root / "bin" / "helm")
        helm.chmod(helm.stat().st_mode | stat.S_IXUSR)
        path = {"PATH": f"{helm.parent}:{os.environ['PATH']}"}
        good = self.check(chart, profile, env=path)
        self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
        self.assertIn("1 bindings seen to have their effect", good.stdout)
        # A template that always writes two replicas: right once, wrong the second time.
        dead = self.check(chart, profile, env={**path, "FAKE_REPLICAS": "2"})
        self.assertEqual(dead.returncode, 1)
        self.assertIn('settings 1.2: spec.replicas is "2", not "3"', dead.stdout)
        self.assertNotIn("settings 1.1", dead.stdout)

    def test_without_helm_the_answer_says_so(self):
        chart, profile = self.chart("replicas: {{ .Values.count }}\n")
        result = self.check(chart, profile, env={"PATH": str(self.folder)})
        self.assertEqual(result.returncode, 0)
        self.assertIn("helm is not on PATH", result.stdout)

    def test_a_chart_of_another_version_or_none_is_told(self):
        chart, profile = self.chart("replicas: {{ .Values.count }}\n")
        (chart / "Chart.yaml").write_text("name: web\nversion: 0.9.0\n")
        self.assertIn("the chart is 0.9.0", self.check(chart, profile, "--no-helm").stdout)
        self.assertEqual(self.check(self.folder, profile).returncode, 6)
        self.assertEqual(haplan("profile", "check", "--chart", chart).returncode, 2)
        self.assertEqual(haplan("profile", "check").returncode, 2)

    def test_a_profile_of_ones_own_takes_part_in_reading_a_spec(self):
        spec = self.write((CHARTS / "platform.yaml").read_text())
        self.assertEqual(haplan("validate", spec).returncode, 3)
        self.assertEqual(haplan("validate", spec, "--profile", PROFILE).returncode, 0)
        broken = self.write(PROFILE.read_text().replace("encoding: integer", "encoding: number"), "broken.yaml")
        result = haplan("validate", spec, "--profile", broken)
        self.assertEqual(result.returncode, 3)
        self.assertIn("error[HA100]", result.stderr)
        self.assertIn("broken.yaml:", result.stderr)


if __name__ == "__main__":
    main()
