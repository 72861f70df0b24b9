"""Medians, ratios and verdicts come out right, and everybody who reads them is told what they rest on."""

import json
import sys
from io import StringIO

import pytest

from chatkit.bench.contestants import CONTESTANTS
from chatkit.bench.goals import GOALS, Goal
from chatkit.bench.progress import Progress
from chatkit.bench.results import Results, Verdict
from chatkit.bench.runner import Measurement
from chatkit.bench.scenarios import GROWTH, SCENARIOS
from chatkit.bench.summary import ratio, summarize
from chatkit.check.promise import CannotRun

SCENARIO = SCENARIOS["all-to-all-200"]


def measured(server, rate, cpu=0.1, busy=1.0, scenario="all-to-all-200", faults=None, trouble="", **figures):
    span = {"seconds": 2.0, "server": 2.0 * busy, "own": 1.0, "others": 0.5, "stolen": 0.0}
    figures = {"rate": rate, "cpu": cpu, "turn_p50": 0.1, **figures}
    return Measurement(scenario, server, figures, span, faults or {"lost": 0}, trouble)


def compared(ours, theirs, figure="rate"):
    found = summarize([*ours, *theirs])
    return ratio(found["all-to-all-200", "selectors"], found["all-to-all-200", "ncat"], figure)


def test_the_median_counts():
    found = summarize([measured("ncat", rate) for rate in (90, 10, 20)])
    assert found["all-to-all-200", "ncat"].figures["rate"] == 20


def test_rates_are_compared_where_both_servers_were_the_limit():
    ours = [measured("selectors", rate) for rate in (900, 800, 100)]
    theirs = [measured("ncat", rate) for rate in (400, 100, 200)]
    assert compared(ours, theirs) == (4.0, False)


@pytest.mark.parametrize(("ours_busy", "their_busy"), [(0.5, 1.0), (1.0, 0.5), (0.2, 0.2)])
def test_cpu_seconds_decide_where_one_was_held_back(ours_busy, their_busy):
    ours = [measured("selectors", 500, cpu=0.05, busy=ours_busy)]
    theirs = [measured("ncat", 400, cpu=0.3, busy=their_busy)]
    assert compared(ours, theirs) == (pytest.approx(6.0), True)


def test_other_figures_are_compared_as_they_are():
    ours, theirs = [measured("selectors", 1, p50=0.001)], [measured("ncat", 1, p50=0.04, busy=0.1)]
    assert compared(ours, theirs, "p50") == (pytest.approx(0.025), False)


def test_what_was_not_measured_has_no_ratio():
    empty = Measurement("all-to-all-200", "ncat", {}, None, {}, "it would not start")
    assert compared([measured("selectors", 5)], [empty]) == (None, False)


def test_a_goal_is_met_not_met_or_not_measured():
    found = [measured("selectors", 1000), measured("ncat", 400), measured("ngircd", 500)]
    verdicts = {each.goal.peer: each for each in Results(found, [SCENARIO]).verdicts}
    assert verdicts["ncat"].word == "met"  # 2.5 of 2.4
    assert verdicts["ngircd"].word == "not met"  # 2 of 4
    assert verdicts["inspircd"].word == "not measured"
    assert verdicts["ncat"].measured == 2.5


def test_a_missed_goal_a_wrong_line_and_a_trouble_are_not_good():
    goals = [
        measured(peer, 10) for peer in ("asyncio by line", "asyncio by chunk", "ncat", "ngircd", "inspircd")
    ]
    assert Results([measured("selectors", 1000), *goals], [SCENARIO]).good
    assert not Results([measured("selectors", 100), *goals], [SCENARIO]).good
    assert not Results([measured("selectors", 1000, faults={"lost": 1}), *goals], [SCENARIO]).good
    assert not Results([measured("selectors", 1000, trouble="it stood still"), *goals], [SCENARIO]).good


def test_a_goal_that_is_only_tried_for_is_no_failure():
    assert any(goal.tried_for for goal in GOALS)
    found = [measured("threads", 100), measured("selectors", 1000), measured("asyncio by line", 1)]
    found += [measured(peer, 10) for peer in ("asyncio by chunk", "ncat", "ngircd", "inspircd")]
    results = Results(found, [SCENARIO])
    assert "not met" in [each.word for each in results.verdicts if each.goal.tried_for]
    assert results.good


@pytest.mark.parametrize(
    ("at_least", "value", "met"), [(True, 2.0, True), (True, 2.1, False), (False, 2.0, True)]
)
def test_a_bound_itself_is_good_enough(at_least, value, met):
    verdict = Verdict(Goal("threads", "memory", "bytes", at_least, value), 2.0, False)
    assert verdict.word == ("met" if met else "not met")


def test_who_was_not_cut_in_any_run_is_counted():
    runs = [measured("threads", 1, scenario="one-stalled", sleepers=3.0, cut=cut) for cut in (3.0, 1.0, 3.0)]
    assert summarize(runs)["one-stalled", "threads"].figures["uncut"] == 2


def test_the_table_shows_ratios_wrong_lines_and_who_is_missing():
    found = [measured("selectors", 1000), measured("ncat", 400, faults={"lost": 7}, trouble="it hung up")]
    shown = str(Results(found, [SCENARIO], missing=["inspircd", "ngircd"]))
    row = next(line.split() for line in shown.splitlines() if line.strip().startswith("ncat "))
    assert row == ["ncat", "400", "0.100", "-", "2.50x", "7", "1.00", "0.50", "0.25"]
    assert "ncat: it hung up" in shown
    assert "not installed: inspircd, ngircd" in shown
    assert "other programs kept 0.25 cores busy" in shown
    assert "measured 2.5x" in shown


def test_the_table_marks_what_cpu_seconds_decided():
    found = [measured("selectors", 1000, cpu=0.1, busy=0.4), measured("ncat", 900, cpu=0.4)]
    shown = str(Results(found, [SCENARIO]))
    assert "4.00xc" in shown
    assert "c: one of the two servers used less than 0.85 of a core" in shown


def test_a_short_form_says_so_and_judges_no_goal():
    shown = str(Results([measured("selectors", 1)], [SCENARIO.quickly()], comparable=False))
    assert "a short form" in shown
    assert "goals\n" not in shown


def test_as_json_it_is_all_there():
    found = [measured("selectors", 1000), measured("ncat", 400)]
    whole = json.loads(Results(found, [SCENARIO], missing=["ngircd"]).as_json())
    assert whole["missing"] == ["ngircd"]
    assert [each["figures"]["rate"] for each in whole["measurements"]] == [1000, 400]
    goal = next(each for each in whole["goals"] if each["peer"] == "ncat")
    assert (goal["measured"], goal["verdict"]) == (2.5, "met")


def test_in_a_notebook_it_is_a_table_and_every_text_is_only_text():
    page = Results([measured("<b>ncat</b>", 400)], [SCENARIO])._repr_html_()
    assert "<table>" in page
    assert "&lt;b&gt;ncat" in page
    assert "<b>" not in page


def test_the_picture_has_bars_for_scenarios_and_lines_for_growth():
    pytest.importorskip("matplotlib")
    growing = [each for each in GROWTH.values() if each.grows == "clients"]
    found = [measured("selectors", 1, scenario=each.name) for each in growing]
    figure = Results([measured("selectors", 9), measured("ncat", 3), *found], [SCENARIO, *growing]).figure()
    bars, lines = figure.axes
    assert [bar.get_width() for bar in bars.patches] == [3, 9]
    assert list(lines.lines[0].get_xdata()) == [10, 30, 100, 300, 1000, 3000]


def test_without_matplotlib_a_picture_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(CannotRun, match="a picture needs matplotlib"):
        Results([], []).figure()
    assert "<table>" in Results([measured("ncat", 400)], [SCENARIO])._repr_html_()


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(stream):
    progress = Progress(stream)
    progress(SCENARIO, CONTESTANTS["ncat"], 1, 4)
    progress.end()
    shown = stream.getvalue()
    if stream.isatty():
        assert "[######" in shown
        assert "1/4" in shown
        assert "\n" not in shown
    else:
        assert shown == "2 of 4  all-to-all-200: ncat\n"


def test_every_goal_is_about_a_scenario_and_servers_that_take_part():
    for goal in GOALS:
        takes_part = SCENARIOS[goal.scenario].contestants or tuple(CONTESTANTS)
        assert goal.engine in takes_part
        assert not goal.peer or goal.peer in takes_part
