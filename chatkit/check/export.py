"""A report for programs: JSON for whoever grades, and the JUnit XML that build servers read.

In both a noted promise counts as kept, and one that was not judged or not measured as skipped.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as Xml

from chatkit.check.grading import Grade
from chatkit.check.outcome import Outcome, Report
from chatkit.check.promise import Level, Verdict
from chatkit.check.report import failure_lines

# What XML 1.0 cannot hold, even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(report: Report) -> str:
    """Return a report as JSON text."""
    content = {
        "server": report.server,
        "ok": report.ok,
        "seconds": round(report.seconds, 3),
        "counts": {verdict: len(report.named(verdict)) for verdict in Verdict},
        "promises": [_plain(outcome) for outcome in report.outcomes],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def as_junit(report: Report) -> str:
    """Return a report as JUnit XML: a suite for each level, a test case for each promise."""
    root = Xml.Element("testsuites", name="chatkit check", time=f"{report.seconds:.3f}")
    for level in Level:
        outcomes = [o for o in report.outcomes if o.promise.level is level]
        if outcomes:
            root.append(_suite(level, outcomes))
    return _xml(root)


def grades_as_junit(grades: list[Grade]) -> str:
    """Return a folder's grades as JUnit XML: a suite for each submission."""
    root = Xml.Element("testsuites", name="chatkit check")
    for grade in grades:
        name = grade.name
        if grade.report:
            root.append(_suite(name, grade.report.outcomes))
        else:
            suite = Xml.SubElement(root, "testsuite", name=name, tests="1", failures="0", errors="1")
            case = Xml.SubElement(suite, "testcase", classname=name, name="it runs")
            Xml.SubElement(case, "error", message=grade.why)
    return _xml(root)


def _xml(root: Xml.Element) -> str:
    Xml.indent(root)
    return _NOT_XML.sub("\ufffd", Xml.tostring(root, encoding="unicode", xml_declaration=True)) + "\n"


def _plain(outcome: Outcome) -> dict[str, Any]:
    promise, failure = outcome.promise, outcome.failure
    plain: dict[str, Any] = {
        "name": promise.name,
        "level": promise.level,
        "sentence": promise.sentence,
        "verdict": outcome.verdict,
        "seconds": round(outcome.seconds, 3),
        "about": promise.hint,
        "lesson": promise.lesson,
        "notes": outcome.notes,
        "why": outcome.why,
    }
    if failure:
        plain |= {"done": failure.done, "failed": failure.failed}
        plain |= {"expected": failure.expected, "got": failure.got}
    if outcome.timeline:
        plain["timeline"] = [
            {"time": round(event.time, 4), "who": event.who, "what": str(event)}
            for event in outcome.timeline.events[:200]
        ]
    return plain


def _suite(name: str, outcomes: list[Outcome]) -> Xml.Element:
    skipped = sum(o.verdict in (Verdict.NOT_JUDGED, Verdict.NOT_MEASURED) for o in outcomes)
    suite = Xml.Element(
        "testsuite",
        name=name,
        tests=str(len(outcomes)),
        failures=str(sum(o.verdict is Verdict.BROKEN for o in outcomes)),
        errors="0",
        skipped=str(skipped),
        time=f"{sum(o.seconds for o in outcomes):.3f}",
    )
    for outcome in outcomes:
        suite.append(_case(name, outcome))
    return suite


def _case(suite: str, outcome: Outcome) -> Xml.Element:
    case = Xml.Element("testcase", classname=suite, name=outcome.name, time=f"{outcome.seconds:.3f}")
    if outcome.failure:
        failure = Xml.SubElement(case, "failure", message=outcome.promise.sentence)
        failure.text = "\n".join(failure_lines(outcome))
    elif outcome.why:
        Xml.SubElement(case, "skipped", message=outcome.why)
    if outcome.notes:
        Xml.SubElement(case, "system-out").text = "\n".join(outcome.notes)
    return case
