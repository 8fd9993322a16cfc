#!/usr/bin/env python3
"""haplan why and haplan explain on every example: values are those of evaluate to the last digit, parts add up to wholes.

usage: why_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import json
import math
import re
import unittest

from command import EXAMPLES, InFolder, haplan, main

SPECS = sorted(path.name for path in EXAMPLES.glob("*.yaml"))
YEAR = 365.25 * 86400
LISTED = {"node", "subject", "mode", "kind", "component", "objective"}


def near(a, b, relative=1e-9):
    return a == b or abs(a - b) <= relative * max(abs(a), abs(b))


def step(at, word):
    """A key of an object, an index, or the element of a list that carries a name."""
    if isinstance(at, dict):
        return at[word]
    if word.isdigit():
        return at[int(word)]
    return next(one for one in at if any(one.get(key) == word for key in LISTED))


def at_path(result, path):
    """What the result of evaluate has at a path; KeyError where it has nothing."""
    words = path.split(".")
    at = result["plan"] if words[0] in ("components", "cluster") else result
    for word in words:
        at = step(at, word)
    return at


def scalars(at, path):
    """Paths of all single values below."""
    if isinstance(at, dict):
        for key, value in at.items():
            yield from scalars(value, f"{path}.{key}")
    elif not isinstance(at, list):
        yield path, at


class Examples(InFolder):
    results = {}
    explanations = {}

    def result(self, spec):
        if spec not in self.results:
            run = haplan("evaluate", EXAMPLES / spec, "-o", "json")
            self.assertIn(run.returncode, (0, 1), run.stderr)
            self.results[spec] = json.loads(run.stdout)
        return self.results[spec]

    def answers(self, spec):
        if spec not in self.explanations:
            run = haplan("explain", EXAMPLES / spec, "-o", "json")
            self.assertEqual((run.returncode, run.stderr), (0, ""), spec)
            self.explanations[spec] = json.loads(run.stdout)["answers"]
        return self.explanations[spec]

    def why(self, path, spec, *args):
        run = haplan("why", path, EXAMPLES / spec, "-o", "json", *args)
        self.assertEqual((run.returncode, run.stderr), (0, ""), path)
        return json.loads(run.stdout)

    def each(self, ending=""):
        for spec in SPECS:
            for path, answer in self.answers(spec).items():
                if path.endswith(ending):
                    with self.subTest(spec=spec, path=path):
                        yield spec, path, answer

    def adds_up(self, working, field, total):
        self.assertTrue(near(math.fsum(row.get(field, 0) for row in working["rows"]), total))

    def test_every_figure_of_every_service_is_explained(self):
        wanted = {"unavailability", "availability", "downtime", "textbook", "guaranteed", "values-only",
                  "outage-frequency", "mean-outage", "causes", "birnbaum", "criticality", "risk-achievement-worth",
                  "risk-reduction-worth", "fussell-vesely", "cut-sets", "recovery-time", "node-loss", "loss-drill",
                  "error-ratio", "response-time", "data-loss", "window", "objective"}
        for spec in SPECS:
            for service in self.result(spec)["services"]:
                found = {answer["figure"] for path, answer in self.answers(spec).items()
                         if path.startswith(f"services.{service}.")}
                self.assertEqual(found, wanted, (spec, service))

    def test_values_are_those_of_evaluate_to_the_last_digit(self):
        compared = 0
        for spec, path, answer in self.each():
            try:
                value = at_path(self.result(spec), path)
            except (KeyError, StopIteration):
                continue
            if isinstance(value, dict):
                if "method" not in value:
                    continue
                self.assertEqual(answer["estimate"], value)
                value = value["value"]
            if isinstance(value, list) and (not value or not isinstance(value[0], str)):
                continue
            self.assertEqual(answer["value"], value)
            compared += 1
        self.assertGreater(compared, 200)

    def test_a_single_value_of_the_result_can_be_asked_for_by_its_path(self):
        spec = "web-database.yaml"
        result = self.result(spec)
        service = sorted(result["services"])[0]
        paths = dict(scalars(result["services"][service], f"services.{service}"))
        paths.update(scalars(result["plan"], "plan"))
        self.assertGreater(len(paths), 30)
        for path, value in paths.items():
            with self.subTest(path=path):
                self.assertEqual(self.why(path, spec)["value"], value)
        cause = result["services"][service]["causes"][0]
        found = self.why(f"services.{service}.causes[0].unavailability", spec)
        self.assertEqual(found["value"], cause["unavailability"])

    def test_text_shows_the_value_with_all_its_digits(self):
        for spec in SPECS:
            for service, figures in self.result(spec)["services"].items():
                run = haplan("why", f"services.{service}.unavailability", EXAMPLES / spec)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                shown = re.match(r"services\.\S+ = (\S+)", run.stdout).group(1)
                self.assertEqual(float(shown), figures["unavailability"]["value"])
                self.assertLessEqual(max(len(line) for line in run.stdout.splitlines() if "haplan why" not in line), 100)

    def test_situations_levels_and_causes_add_up_to_the_unavailability(self):
        for spec, path, answer in self.each(".unavailability"):
            if not path.startswith("services."):
                continue
            workings, u = answer["workings"], answer["value"]
            self.adds_up(workings["situations"], "contribution", u)
            self.adds_up(workings["causes"], "share", u)
            self.assertTrue(near(math.fsum(row["weight"] for row in workings["situations"]["rows"]), 1))
            for row in workings["situations"]["rows"]:
                self.assertTrue(near(row["weight"] * row["down"], row["contribution"]))
            if "loadLevels" in workings:
                self.adds_up(workings["loadLevels"], "contribution", u)

    def test_events_add_up_to_the_outage_frequency(self):
        for spec, path, answer in self.each(".outagesPerYear"):
            self.adds_up(answer["workings"]["events"], "outagesPerYear", answer["value"])

    def test_requests_that_fail_add_up_to_the_error_ratio(self):
        for spec, path, answer in self.each(".errorRatio"):
            levels = answer["workings"]["loadLevels"]
            self.adds_up(levels, "failed", answer["value"])
            terms = answer["workings"].get("misrouted", {"rows": []})["rows"]
            for term in terms:
                self.assertTrue(term["failed"] <= term["ratePerSecond"] * term["share"] * term["windowSeconds"] *
                                (1 + 1e-12))
            total = math.fsum(term["failed"] for term in terms)
            self.assertTrue(near(math.fsum(level["misrouted"] for level in levels["rows"]), total))

    def test_outages_in_a_window_add_up_to_its_mean_downtime(self):
        for spec, path, answer in self.each(".window"):
            service = path.split(".")[1]
            working = answer["workings"]["outages"]
            figures = self.result(spec)["services"][service]
            mean = figures["window"]["meanDowntimeSeconds"]
            self.assertTrue(near(working["results"]["meanDowntimeSeconds"], mean))
            rows = working["rows"]
            self.assertTrue(near(rows[0]["downtimeSeconds"], mean))
            # Every outage is at least 0 s long: as many as the outage frequency says, but for the grid; where much is
            # down at once, outages that several failures make in turn count as several.
            length = working["results"]["windowSeconds"]
            several = 0.1 * figures["unavailability"]["value"]
            self.assertTrue(abs(rows[0]["outages"] / (figures["outagesPerYear"] * length / 31557600) - 1) < 0.01 + several)
            for name in ("outages", "downtimeSeconds"):
                values = [row[name] for row in rows]
                self.assertEqual(values, sorted(values, reverse=True))

    def test_steps_add_up_to_outages_and_outages_to_a_replicas_unavailability(self):
        steps = ["detect", "stop", "start", "ready", "backOff", "repair"]
        for spec, path, answer in self.each(".replica"):
            if not answer["workings"]:
                continue
            working = answer["workings"]["modes"]
            total = 0.0
            for row in working["rows"]:
                self.assertTrue(near(sum(row.get(f"{name}Seconds", 0) for name in steps), row["outageSeconds"]))
                total += row["ratePerSecond"] * row["outageSeconds"]
            self.assertTrue(near(total / (1 + total), answer["value"]))
            # The same number, from another part of the engine.
            component = path.split(".")[1]
            for figures in self.result(spec)["services"].values():
                for element in figures["importance"]:
                    if (element["kind"], element["subject"]) == ("replica", component):
                        self.assertEqual(answer["value"], element["unavailability"])

    def test_losses_of_a_primary_add_up_to_its_failovers(self):
        seen = 0
        for spec, path, answer in self.each(".failoverUnavailability"):
            if "losses" not in answer["workings"]:
                continue
            rows = answer["workings"]["losses"]["rows"]
            load = math.fsum(row["ratePerSecond"] * row["outageSeconds"] for row in rows)
            self.assertTrue(near(load / (1 + load), answer["value"]))
            for figures in self.result(spec)["services"].values():
                for element in figures["importance"]:
                    if (element["kind"], element["subject"]) == ("failover", path.split(".")[1]):
                        self.assertEqual(answer["value"], element["unavailability"])
                        seen += 1
        self.assertGreater(seen, 0)

    def test_failures_of_a_node_add_up(self):
        for spec in SPECS:
            for path, answer in self.answers(spec).items():
                if not path.startswith(("cluster.nodes.", "cluster.domains.")) or "modes" not in answer["workings"]:
                    continue
                load = math.fsum(row["ratePerSecond"] * row["repairSeconds"]
                                 for row in answer["workings"]["modes"]["rows"])
                self.assertTrue(near(load / (1 + load), answer["value"]), path)

    def test_the_worst_recovery_is_the_worst_of_its_modes_and_the_sum_of_its_steps(self):
        for spec, path, answer in self.each(".recovery"):
            if not path.startswith("services.") or answer["value"] is None:
                continue
            rows = answer["workings"]["modes"]["rows"]
            for row in rows:
                self.assertTrue(near(sum(row.get(f"{name}Seconds", 0) for name in ("detect", "stop", "start", "ready")),
                                     row["worstSeconds"]))
            worst = self.result(spec)["services"][path.split(".")[1]]["recovery"]["worstSeconds"]
            self.assertEqual((answer["value"], max(row["worstSeconds"] for row in rows)), (worst, worst))

    def test_the_steps_of_rescheduling_add_up(self):
        for spec, path, answer in self.each(".rescheduling"):
            if answer["value"] is None:
                continue
            working = answer["workings"]["steps"]
            self.adds_up(working, "meanSeconds", answer["value"])
            self.adds_up(working, "worstSeconds", working["results"]["worstReschedulingDelaySeconds"])

    def test_losses_are_those_of_evaluate(self):
        for spec, path, answer in self.each(".nodeLosses"):
            losses = self.result(spec)["services"][path.split(".")[1]]["nodeLosses"]
            rows = answer["workings"]["losses"]["rows"]
            # No number where the service is down before: peak needs more replicas than there may be.
            self.assertEqual(sorted(str(row["untilUpSeconds"]) for row in rows),
                             sorted(str(loss["secondsUntilUp"]) for loss in losses))
            for loss in losses:
                self.assertEqual(loss["secondsUntilUp"] is None, loss["alreadyDown"])

    def test_next_paths_are_known(self):
        for spec in SPECS:
            known = set(self.answers(spec))
            asked = {path for answer in known for path in self.answers(spec)[answer]["next"]}
            for path in sorted(asked - known):
                self.why(path, spec)

    def test_every_answer_names_its_figure_its_formula_and_its_source(self):
        for spec, path, answer in self.each():
            for field in ("title", "definition", "formula", "source", "shown"):
                self.assertTrue(answer[field])
            self.assertRegex(answer["source"], r"^specs/MODEL\.md [1-6]")


class Decisions(InFolder):
    def test_a_setting_says_what_binds_it_and_what_one_step_would_do(self):
        spec = EXAMPLES / "dify.yaml"
        plan = self.folder / "plan.json"
        self.assertEqual(haplan("solve", spec, "--out", f"json={plan}").returncode, 0)
        solved = json.loads(plan.read_text())

        def notes(path):
            run = haplan("why", path, spec, "--plan", plan, "-o", "json")
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            return json.loads(run.stdout)["notes"]

        for sentence in solved["binding"]:
            component = sentence.split()[0]
            if component not in solved["plan"]["components"]:
                continue  # about the whole plan
            count = "autoscale.min" if "autoscale" in solved["plan"]["components"][component] else "replicas"
            self.assertIn(f"Binds: {sentence}.", notes(f"components.{component}.{count}"))
        period = solved["plan"]["components"]["api"]["probes"]["liveness"]["periodSeconds"]
        said = notes("components.api.probes.liveness.periodSeconds")
        self.assertIn(f"Decided: {period} of 1..10. Its default is 10.", said)
        gentler = next(note for note in said if note.startswith(f"With {period + 1} instead"))
        # The witness: the same plan with that one setting.
        solved["plan"]["components"]["api"]["probes"]["liveness"]["periodSeconds"] = period + 1
        changed = self.folder / "changed.json"
        changed.write_text(json.dumps(solved))
        checks = json.loads(haplan("evaluate", spec, "--plan", changed, "-o", "json").stdout)["objectives"]
        missed = [check for check in checks if not check["met"]]
        self.assertEqual("every objective is met" in gentler, not missed)
        if missed:
            self.assertIn(f"{missed[0]['service']} {missed[0]['objective']} ", gentler)

    def test_without_a_plan_a_count_says_how_to_learn_what_binds(self):
        run = haplan("why", "components.web.replicas", self.spec)
        self.assertEqual(run.returncode, 0)
        self.assertIn("--out json=plan.json", " ".join(run.stdout.split()))


class Mistakes(InFolder):
    def test_an_unknown_path_is_answered_with_the_nearest_one(self):
        for path, meant in [("services.site.unavailabilty", "services.site.unavailability"),
                            ("services.sit.unavailability", "services.site.unavailability"),
                            ("services.site.errorRato", "services.site.errorRatio"),
                            ("components.web.replica.x.y", None), ("service", None), ("...", None), ("[[[", None),
                            ("services.site.unavailability.middle", None),
                            ("services.site.causes.nobody", None), ("services.site.loss.planet", None),
                            ("components.payments.replicas", None)]:
            with self.subTest(path=path):
                run = haplan("why", path, self.spec)
                self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
                self.assertIn("nothing is known as", run.stderr)
                if meant:
                    self.assertIn(f'did you mean "{meant}"?', run.stderr)

    def test_control_bytes_in_a_path_are_not_passed_on(self):
        run = haplan("why", "services.\x1b[31m", self.spec)
        self.assertEqual(run.returncode, 2)
        self.assertNotIn("\x1b", run.stderr)

    def test_why_needs_a_path_and_a_spec(self):
        self.assertEqual(haplan("why").returncode, 2)
        self.assertEqual(haplan("why", "services.site.unavailability").returncode, 2)
        self.assertEqual(haplan("why", "headroom", self.root / "lost.yaml").returncode, 6)
        self.assertEqual(haplan("explain", self.root / "lost.yaml").returncode, 6)
        self.assertEqual(haplan("explain", self.write("a: b\n")).returncode, 3)

    def test_explain_of_nothing_known_suggests(self):
        run = haplan("explain", "birnbuam")
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertIn('did you mean "birnbaum"?', run.stderr)


class Glossary(InFolder):
    def figures(self):
        run = haplan("explain", "-o", "json")
        self.assertEqual(run.returncode, 0)
        return json.loads(run.stdout)["figures"]

    def test_the_reference_has_the_same_table(self):
        text = (EXAMPLES.parent / "README.md").read_text()
        section = text.split("## Figures\n")[1].split("\n## ")[0]
        rows = [[cell.strip() for cell in line.strip("|").split("|")]
                for line in section.splitlines() if line.startswith("| `")]
        self.assertEqual(rows, [[f"`{one['figure']}`", one["title"], f"`{one['formula']}`", one["shown"]]
                                for one in self.figures()])

    def test_sources_exist(self):
        root = EXAMPLES.parent.parent
        references = (root / "REFERENCES.md").read_text()
        for one in self.figures():
            place = one["source"].split(", ")[-1]
            self.assertTrue((root / place).is_dir() or list((root / place).parent.glob(f"{place.split('/')[-1]}.?pp")),
                            one["source"])
            for key in re.findall(r"\[\w+\]", one["source"]):
                self.assertIn(key, references)

    def test_every_figure_is_explained_by_its_name_and_by_its_title(self):
        listed = haplan("explain").stdout
        names = [one["figure"] for one in self.figures()]
        self.assertEqual(len(names), len(set(names)))
        for one in self.figures():
            run = haplan("explain", one["figure"])
            self.assertEqual(run.returncode, 0)
            self.assertEqual(run.stdout, haplan("explain", one["title"].upper()).stdout)
            self.assertIn(" ".join(one["definition"].split()), " ".join(run.stdout.split()))
            self.assertIn(one["figure"], listed)
            self.assertEqual(json.loads(haplan("explain", one["figure"], "-o", "json").stdout), one)

    def test_the_fields_that_a_figure_is_shown_as_are_fields_of_the_result(self):
        run = haplan("evaluate", EXAMPLES / "dify.yaml", "-o", "json")
        service = next(iter(json.loads(run.stdout)["services"].values()))
        for one in self.figures():
            for field in re.findall(r"services\.NAME\.(\w+)", one["shown"]):
                self.assertIn(field, service, one["figure"])


if __name__ == "__main__":
    main()
