"""What notebooks show: static tables that say what the results say, and quote what users wrote."""

import html.parser
import json
import math

import haplan
import pytest
from haplan.pages import availability_text, duration_text

VOID = {"br", "hr"}


class Reader(html.parser.HTMLParser):
    """Checks that tags nest, and collects the texts of cells."""

    def __init__(self):
        super().__init__()
        self.open, self.cells, self.tags = [], [], set()

    def handle_starttag(self, tag, attrs):
        assert not attrs, (tag, attrs)
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th", "p", "b", "li"):
            self.cells.append(data.replace("\u00a0", " "))


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    assert not reader.tags & {"script", "style", "iframe", "img"}
    return reader.cells


@pytest.mark.parametrize("verb", ["evaluate", "solve", "drill"])
def test_a_result_shows_itself(verb, examples):
    result = getattr(haplan, verb)(examples / "dify.yaml")
    cells = read(result._repr_html_())
    for name in ("chat", "knowledge", "weather") if verb != "drill" else ("node", "worker-1"):
        assert name in cells
    if verb != "drill":
        for service in result.services.values():
            assert duration_text(service.downtime_seconds_per_year) in cells
            assert service.availability in cells


def test_numbers_and_units_stay_together(examples):
    page = haplan.solve(examples / "dify.yaml")._repr_html_()
    assert "17.2\u00a0min</td>" in page and "76.0\u00a0%" in page and "liveness 3\u00a0s\u00a0\u00d7\u00a01; readiness" in page
    assert "worker-1\u00a0\u00d7\u00a02, worker-2" in page and "<td>common cause api releases</td>" in page


def test_an_infeasible_problem_says_why(examples):
    plan = haplan.solve(examples / "infeasible.yaml")
    assert any(plan.infeasibility.reason in cell for cell in read(plan._repr_html_()))


def test_other_results_show_themselves(examples):
    told = haplan.calibrate(events={"web.crash": "3/90d"}, replicas={"web": 2})
    assert "web" in read(told._repr_html_())
    simulation = haplan.simulate(examples / "web-database.yaml", precision=0.3)
    assert "unavailability" in read(simulation._repr_html_())
    why = haplan.why(examples / "web-database.yaml", "services.shop.unavailability")
    assert "services.shop.unavailability" in read(why._repr_html_())
    assert read(haplan.evaluate(examples / "web-database.yaml").services["shop"].causes._repr_html_())


def test_what_users_wrote_is_quoted(shop, examples):
    evaluation = haplan.evaluate(shop)
    data = evaluation.to_dict()
    data["system"] = data["warnings"] = "<script>alert('&')</script>"
    data["warnings"] = [data["system"]]
    forged = haplan.Evaluation({"json": json.dumps(data), "text": ""})
    assert "<script>" not in forged._repr_html_()
    assert any("<script>alert('&')</script>" in cell for cell in read(forged._repr_html_()))


def test_durations_and_availabilities_are_readable():
    assert [duration_text(s) for s in (0.0, 0.05, 84.8, 119, 1034, 86400, 400000, math.inf)] == [
        "0 s", "50.0 ms", "84.8 s", "119 s", "17.2 min", "24.0 h", "4.63 d", "never",
    ]  # fmt: skip
    assert [availability_text(u) for u in (3.3e-5, 0.001, 0.25, 0.0, 1.0)] == ["99.9967 %", "99.90 %", "75 %", "100 %", "0 %"]
