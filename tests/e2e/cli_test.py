#!/usr/bin/env python3
"""The executable as a user meets it: streams, exit codes, and what goes wrong.

usage: cli_test.py HAPLAN EXAMPLES [unittest arguments]
"""

import ctypes
import json
import os
import pty
import resource
import signal
import stat
import subprocess
import time
import unittest
from pathlib import Path

from command import EXAMPLES, HAPLAN, SMALL, InFolder, haplan, main


class Usage(InFolder):
    def test_help_starts_with_two_examples_on_stdout(self):
        for args in (["--help"], ["validate", "--help"], ["evaluate", "--help"]):
            result = haplan(*args)
            self.assertEqual(result.returncode, 0)
            self.assertEqual(result.stderr, "")
            lines = result.stdout.splitlines()
            self.assertEqual(lines[0], "Examples:")
            self.assertTrue(lines[1].startswith("  haplan ") and lines[2].startswith("  haplan "))

    def test_an_unknown_verb_is_a_usage_error_with_the_nearest_one(self):
        result = haplan("evalaute", self.spec)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn('did you mean "evaluate"?', result.stderr)

    def test_mistakes_on_the_command_line_exit_with_2(self):
        for args in ([], ["validate"], ["validate", "--nope", self.spec],
                     ["evaluate", self.spec, "--out", "json"],
                     ["evaluate", self.spec, "--out", "jsn=x"],
                     ["evaluate", self.spec, "--out", "json=x", "--out", "text=x"],
                     ["validate", "-", "-f", "-"], ["validate", self.spec, "--set", "x"],
                     ["explain", "HA999"]):
            result = haplan(*args)
            self.assertEqual((result.returncode, result.stdout), (2, ""), args)
            self.assertNotEqual(result.stderr, "")

    def test_an_unknown_option_is_answered_with_the_nearest_one(self):
        for args, answer in ((["--ouput", "x"], 'unknown option "--ouput": did you mean "--output"?'),
                             (["--scenrio=x"], 'unknown option "--scenrio": did you mean "--scenario"?'),
                             (["more.yaml"], 'unexpected argument "more.yaml"')):
            result = haplan("evaluate", self.spec, *args)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertEqual(result.stderr.splitlines()[0], f"haplan: {answer}")

    def test_threads_are_a_number_of_both_verbs(self):
        for verb in ("solve", "evaluate"):
            self.assertEqual(haplan(verb, self.spec, "--threads", "2").returncode, 0)
            for wrong in ("0", "-1", "x", "1.5"):
                result = haplan(verb, self.spec, "--threads", wrong)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(f'--threads takes a number of threads, at least 1, not "{wrong}"',
                              result.stderr)

    def test_limits_are_positive_and_a_bare_time_is_one_of_seconds(self):
        for limit in ("10", "10s", "1e1", "0.2m"):
            self.assertEqual(haplan("solve", self.spec, "--time-limit", limit).returncode, 0, limit)
        for args in (("--time-limit", "0"), ("--time-limit", "-1"), ("--time-limit", "10 parsecs"),
                     ("--time-limit", ""), ("--work-limit", ""), ("--threads", ""),
                     ("--scenario", ""), ("--plan", ""), ("--work-limit", "0"), ("--work-limit", "-1"), ("--work-limit", "1.5")):
            result = haplan("solve", self.spec, *args)
            self.assertEqual((result.returncode, result.stdout), (2, ""), args)
            self.assertIn(args[0], result.stderr)

    def test_version_and_explain_print_to_stdout(self):
        self.assertRegex(haplan("version").stdout, r"^haplan \d+\.\d+\.\d+\n$")
        self.assertTrue(haplan("explain", "ha003").stdout.startswith("HA003: "))

    def test_output_mentions_only_verbs_that_exist(self):
        listed = haplan("--help").stdout
        for verb in ("report", "diff"):
            self.assertNotRegex(listed, rf"\b{verb}\b")

    def test_the_schema_is_json(self):
        result = haplan("schema")
        self.assertEqual(result.returncode, 0)
        self.assertIn("draft-07", json.loads(result.stdout)["$schema"])


class InvalidSpecs(InFolder):
    def test_unknown_key(self):
        said = self.rejected(SMALL.replace("replicas", "replica"), "HA001")
        self.assertIn('did you mean "replicas"?', said)
        self.assertIn("spec.yaml:8:28: ", said)

    def test_bad_unit(self):
        self.rejected(SMALL.replace("start: 5s", "start: 5 parsecs"), "HA015")

    def test_cyclic_dependency(self):
        said = self.rejected(SMALL.replace("99.9%}", "99.9%, dependsOn: [web]}"), "HA051")
        self.assertIn("payments -> web -> payments", said)

    def test_need_above_the_maximum(self):
        self.rejected(SMALL.replace("replicas: 1..3", "replicas: 1..3, need: 4"), "HA059")

    def test_unsatisfiable_pin(self):
        text = SMALL.replace("  components:", "  cluster: {nodes: {n: {count: 2}}}\n  components:")
        self.rejected(text.replace("start: 5s", "start: 5s, pin: [n-1], forbid: [n]"), "HA054")

    def test_impossible_capacity(self):
        text = SMALL.replace("  components:",
                             "  cluster: {nodes: {n: {capacity: {cpu: 2}}}}\n  components:")
        self.rejected(text.replace("start: 5s", "start: 5s, resources: {cpu: 2500m}"), "HA060")

    def test_alias_bomb(self):
        bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for i in range(1, 12):
            bomb += f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]\n"
        self.rejected(bomb, "HA011")

    def test_empty_file(self):
        self.rejected("", "HA007")
        self.rejected("# nothing\n", "HA007")

    def test_binary_file(self):
        self.rejected(Path(HAPLAN).read_bytes()[:100_000], "HA008")

    def test_file_of_20_MB(self):
        self.rejected(SMALL + "#" + "x" * 20_000_000 + "\n", "HA009")

    def test_every_mistake_at_once_and_at_most_twenty_shown(self):
        text = SMALL
        for i in range(30):
            text = text.replace("  services:", f"    c{i}: {{type: stateless, dependsOn: [nil{i}]}}\n  services:")
        said = self.rejected(text, "HA003")
        self.assertEqual(said.count("error[HA003]"), 20)
        self.assertIn("10 more", said)

    def test_hostile_bytes_reach_no_terminal(self):
        said = self.rejected(SMALL.replace("[payments]", '["\\e[2J"]'), "HA003")
        self.assertNotIn("\x1b", said)

    def test_an_unknown_component_is_told_with_its_list_and_the_nearest_name(self):
        said = self.rejected(SMALL.replace("[payments]", "[paymnets]"), "HA003")
        self.assertIn('error[HA003]: unknown component "paymnets" in dependsOn\n', said)
        caret = said.splitlines()[3]
        self.assertTrue(caret.endswith('^~~~~~~~ did you mean "payments"?'), said)
        self.assertEqual(caret.index("^"), said.splitlines()[2].index("paymnets"))

    def test_a_tab_that_indents_is_named_at_its_place(self):
        said = self.rejected(SMALL.replace("    web: {", "\tweb: {"), "HA006")
        self.assertIn("spec.yaml:8:1: error[HA006]: not YAML: a tab indents this line", said)

    def test_endless_brackets_are_told_at_the_first(self):
        said = self.rejected("a: " + "[" * 100_000, "HA006")
        self.assertIn("spec.yaml:1:4: error[HA006]: not YAML: this bracket is never closed", said)
        said = self.rejected("a: " + "[" * 100_000 + "]" * 100_000, "HA010")
        self.assertIn("spec.yaml:1:67: error[HA010]", said)

    def test_diagnostics_as_json_go_to_stdout(self):
        result = haplan("validate", self.write(SMALL.replace("[payments]", "[paymnets]")), "-o", "json")
        self.assertEqual((result.returncode, result.stderr), (3, ""))
        document = json.loads(result.stdout)
        self.assertFalse(document["valid"])
        self.assertEqual(document["diagnostics"][0]["code"], "HA003")
        self.assertEqual(document["diagnostics"][0]["line"], 8)

    def test_an_unreadable_spec_is_an_input_error(self):
        for path in (self.root / "absent.yaml", self.folder):
            result = haplan("validate", path)
            self.assertEqual((result.returncode, result.stdout), (6, ""))
            self.assertIn("cannot read", result.stderr)


class Layers(InFolder):
    def test_layers_sets_scenarios_and_stdin(self):
        more = self.write("spec: {components: {web: {replicas: 2}}}\n", "more.yaml")
        result = haplan("validate", "-", "-f", more, stdin=SMALL)
        self.assertIn("0 open settings", result.stdout)
        result = haplan("validate", self.spec, "--set", "components.web.replicas=1..2")
        self.assertIn("1 open setting\n", result.stdout)
        result = haplan("validate", self.spec, "--scenario", "worts", "--set",
                        "scenarios.worst.components.web.replicas=1")
        self.assertEqual(result.returncode, 3)
        self.assertIn('--scenario:1:1: error[HA033]: unknown scenario "worts"\n'
                      '  |\n1 | worts\n  | ^~~~~ did you mean "worst"?', result.stderr)

    def test_a_mistake_is_told_in_the_layer_that_makes_it(self):
        base = self.write(SMALL.replace("start: 5s", "start: 5"), "base.yaml")
        more = self.write("spec:\n  components:\n    web: {shutdown: 2, dependsOn: [nil]}\n", "more.yaml")
        said = haplan("validate", "-f", base, "-f", more).stderr
        self.assertIn("base.yaml:8:", said)
        self.assertIn("more.yaml:3:21: error[HA015]", said)
        found = json.loads(haplan("validate", self.spec, "-f", self.write(
            "spec:\n  components:\n    web: {dependsOn: [nil]}\n", "last.yaml"), "-o", "json").stdout)
        self.assertEqual([(one["file"].split("/")[-1], one["line"], one["column"], one["code"])
                          for one in found["diagnostics"]], [("last.yaml", 3, 23, "HA003")])

    def test_a_mistake_in_a_set_is_shown_there(self):
        result = haplan("validate", self.spec, "--set", "components.web.dependsOn=[nil]")
        self.assertEqual(result.returncode, 3)
        self.assertIn("--set 1:1:", result.stderr)


class Outputs(InFolder):
    def files(self):
        return sorted(path.name for path in self.folder.rglob("*"))

    def test_every_format_is_written_and_nothing_else(self):
        out = self.folder
        result = haplan("evaluate", self.spec, "-o", "json", "--out", f"json={out}/r.json",
                        "--out", f"text={out}/r.txt", "--out", f"patch={out}/patch")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((out / "r.json").read_text(), result.stdout)
        self.assertIn("small", (out / "r.txt").read_text())
        self.assertTrue((out / "patch" / "kustomization.yaml").is_file())
        self.assertEqual([name for name in self.files() if name.startswith(".")], [])
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE((out / "r.json").stat().st_mode), 0o666 & ~mask)

    def test_an_unwritable_path_is_refused_before_any_work(self):
        for path in (self.folder / "absent" / "r.json", self.spec / "r.json", self.folder):
            result = haplan("evaluate", self.spec, "--out", f"json={path}")
            self.assertEqual((result.returncode, result.stdout), (6, ""), path)
            self.assertIn("cannot write", result.stderr)
        self.assertEqual(self.files(), [])

    def test_a_folder_without_permission_is_refused(self):
        def without_override():  # or root may write anywhere
            if os.geteuid() == 0:
                pr_capbset_drop, cap_dac_override = 24, 1
                ctypes.CDLL(None).prctl(pr_capbset_drop, cap_dac_override, 0, 0, 0)

        self.folder.chmod(0o500)
        result = haplan("evaluate", self.spec, "--out", f"json={self.folder}/r.json",
                        preexec_fn=without_override)
        self.folder.chmod(0o700)
        self.assertEqual(result.returncode, 6)
        self.assertIn("Permission denied", result.stderr)
        self.assertEqual(self.files(), [])

    def test_a_file_size_limit_leaves_no_file(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

        (self.folder / "old.json").write_text("old")
        result = haplan("evaluate", self.spec, "--out", f"text={self.folder}/r.txt",
                        "--out", f"json={self.folder}/old.json", preexec_fn=limit)
        self.assertEqual(result.returncode, 6, result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertEqual(self.files(), ["old.json"])
        self.assertEqual((self.folder / "old.json").read_text(), "old")

    def test_a_file_size_limit_leaves_no_folder(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

        result = haplan("evaluate", self.spec, "--out", f"patch={self.folder}/a/b", preexec_fn=limit)
        self.assertEqual(result.returncode, 6, result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertEqual(self.files(), [])

    def test_a_folder_that_cannot_be_is_refused_before_any_work(self):
        for path in (f"{self.spec}/patch", f"{self.spec}/a/b", f"{self.spec}/"):
            for format_ in ("patch", "values"):
                result = haplan("evaluate", self.spec, "--out", f"{format_}={path}/")
                self.assertEqual((result.returncode, result.stdout), (6, ""), path)
                self.assertRegex(result.stderr, "^haplan: cannot (write|create)")

    def test_a_reader_that_leaves_is_no_mistake(self):
        for args in (["schema"], ["--help"], ["validate", self.spec], ["evaluate", self.spec],
                     ["solve", self.spec, "--out", f"json={self.folder}/r.json"]):
            reader, writer = os.pipe()
            os.close(reader)
            result = subprocess.run([HAPLAN, *map(str, args)], stdout=writer, stderr=subprocess.PIPE,
                                    text=True, timeout=300)
            os.close(writer)
            self.assertEqual(result.returncode, 128 + signal.SIGPIPE, args)
            self.assertEqual([line for line in result.stderr.splitlines() if "haplan:" in line], [])
        self.assertEqual(self.files(), [])

    def test_a_closed_stdout_is_an_output_error(self):
        for args in (["version"], ["evaluate", self.spec, "--out", f"json={self.folder}/r.json"]):
            result = subprocess.run([HAPLAN, *map(str, args)], stderr=subprocess.PIPE, text=True,
                                    timeout=300, preexec_fn=lambda: os.close(1))
            self.assertEqual(result.returncode, 6, args)
            self.assertIn("cannot write to stdout: Bad file descriptor", result.stderr)
        self.assertEqual(self.files(), [])

    def test_an_interrupt_while_writing_leaves_no_file(self):
        pipe = self.folder / "pipe"  # nobody reads it, so writing waits
        os.mkfifo(pipe)
        process = subprocess.Popen([HAPLAN, "evaluate", self.spec, "--out", f"json={pipe}",
                                    "--out", f"text={self.folder}/r.txt"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()  # the result is shown, only files are left
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted; no file was written", said)
        self.assertEqual(self.files(), ["pipe"])

    def test_a_note_is_told_once_wherever_it_applies(self):
        out = self.folder / "values"
        result = haplan("evaluate", EXAMPLES / "dify.yaml", "-o", "values", "--out", f"values={out}/",
                        "--out", f"patch={self.folder}/patch")
        notes = [line for line in result.stderr.splitlines()
                 if line.startswith(("note: ", "not carried: "))]
        self.assertTrue(notes)
        self.assertEqual(len(notes), len(set(notes)))

    def test_a_full_disk_leaves_no_file(self):
        libc = ctypes.CDLL(None, use_errno=True)
        mounted = os.geteuid() == 0 and libc.mount(
            b"none", os.fsencode(self.folder), b"tmpfs", 0, b"size=4k") == 0
        if not mounted:  # no right to mount: the device that is always full
            result = haplan("evaluate", self.spec, "--out", "json=/dev/full")
            self.assertEqual(result.returncode, 6, result.stderr)
            self.assertIn("No space left", result.stderr)
            return
        self.addCleanup(libc.umount2, os.fsencode(self.folder), 0)
        (self.folder / "full").write_bytes(b"x" * 4096)
        result = haplan("evaluate", self.spec, "--out", f"json={self.folder}/r.json")
        self.assertEqual(result.returncode, 6, result.stderr)
        self.assertIn("No space left on device", result.stderr)
        self.assertEqual(self.files(), ["full"])

    def test_a_full_stdout_is_an_output_error(self):
        for verb in ("version", "validate", "evaluate"):
            with open("/dev/full", "w") as full:
                args = [] if verb == "version" else [str(self.spec)]
                result = subprocess.run([HAPLAN, verb, *args], stdout=full, stderr=subprocess.PIPE,
                                        text=True, timeout=300)
            self.assertEqual(result.returncode, 6, verb)
            self.assertIn("No space left on device", result.stderr)

    def test_a_device_is_written_to_and_not_replaced(self):
        result = haplan("evaluate", self.spec, "--out", "json=/dev/full")
        self.assertEqual(result.returncode, 6)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))
        self.assertEqual(haplan("evaluate", self.spec, "--out", "json=/dev/null").returncode, 0)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_a_symbolic_link_keeps_pointing_at_the_written_file(self):
        target = self.root / "target.json"
        target.write_text("old")
        link = self.folder / "link.json"
        link.symlink_to(target)
        self.assertEqual(haplan("evaluate", self.spec, "--out", f"json={link}").returncode, 0)
        self.assertTrue(link.is_symlink())
        self.assertNotEqual(target.read_text(), "old")

    def test_it_works_from_an_empty_folder(self):
        result = haplan("evaluate", self.spec, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)


class Results(InFolder):
    def test_evaluate_tells_by_its_exit_code_whether_objectives_are_met(self):
        self.assertEqual(haplan("evaluate", self.spec).returncode, 0)
        missed = haplan("evaluate", self.spec, "--set", "objectives.site.availability=99.99%")
        self.assertEqual(missed.returncode, 1)
        self.assertNotEqual(missed.stdout, "")


    def test_a_result_without_a_plan_is_no_plan(self):
        for text in ('{"apiVersion": "haplan.dev/v1alpha1"}', '{"plan": null}'):
            result = haplan("evaluate", self.spec, "--plan", self.write(text, "plan.json"))
            self.assertEqual((result.returncode, result.stdout), (3, ""))
            self.assertIn("HA081", result.stderr)

    def test_the_next_command_goes_on_with_what_this_one_was_given(self):
        layer = self.write("spec: {components: {web: {start: 4s}}}", "a layer.yaml")
        given = ["-f", layer, "--set", "components.web.shutdown=1s"]
        again = f"{self.spec} -f '{layer}' --set components.web.shutdown=1s"
        for verb, end in (("solve", " --plan plan.json"), ("drill", " -o json")):
            last = haplan(verb, self.spec, *given).stdout.splitlines()[-1]
            self.assertEqual(last, f"  haplan {'evaluate' if verb == 'solve' else verb} {again}{end}")
        plan = self.root / "plan.json"
        haplan("solve", self.spec, "--out", f"json={plan}")
        for verb, last in (("evaluate", f"drill {self.spec} --plan {plan}"),
                           ("drill", f"drill {self.spec} --plan {plan} -o json")):
            page = haplan(verb, self.spec, "--plan", plan).stdout
            self.assertEqual(page.splitlines()[-1], f"  haplan {last}")

    def test_a_plan_that_does_not_fit_is_invalid(self):
        plan = self.write('{"components": {"web": {"replicas": 7}}}', "plan.json")
        result = haplan("evaluate", self.spec, "--plan", plan)
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn("HA081", result.stderr)


    def test_every_example_evaluates(self):
        for path in sorted(EXAMPLES.glob("*.yaml")):
            result = haplan("evaluate", path, "-o", "json")
            self.assertIn(result.returncode, (0, 1), f"{path}: {result.stderr}")
            self.assertEqual(json.loads(result.stdout)["status"], "evaluated")


    def test_a_scenario_changes_the_figures(self):
        path = EXAMPLES / "three-zones.yaml"
        figure = [json.loads(haplan("evaluate", path, "-o", "json", *args).stdout)["services"]["orders"]
                  ["unavailability"]["value"] for args in ([], ["--scenario", "lose-zone-a"])]
        self.assertGreater(figure[1], figure[0])


class Terminals(InFolder):
    def on_terminal(self, *args, env=None):
        """stdout of haplan when it is a terminal."""
        master, slave = pty.openpty()
        process = subprocess.Popen([HAPLAN, *map(str, args)], stdout=slave, stderr=subprocess.DEVNULL,
                                   env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **(env or {})})
        os.close(slave)
        out = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:
                break
            if not piece:
                break
            out += piece
        process.wait(timeout=300)
        os.close(master)
        return out

    def test_colour_is_for_terminals_that_want_it(self):
        self.assertIn(b"\x1b[", self.on_terminal("evaluate", self.spec))
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn(b"\x1b[", self.on_terminal("evaluate", self.spec, env=env))
        self.assertNotIn(b"\x1b[", self.on_terminal("evaluate", self.spec, "--no-color"))
        self.assertNotIn("\x1b[", haplan("evaluate", self.spec).stdout)
        self.assertIn("\x1b[", haplan("evaluate", self.spec, "--color").stdout)


if __name__ == "__main__":
    main()
