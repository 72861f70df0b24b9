"""Grade a folder of servers: judge each entry of it with one command, and keep a row for each in a CSV file.

A server that cannot be judged gets a row that says why, and the next one is judged all the same.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chatkit.cells import as_cell
from chatkit.check.judging import command_venue
from chatkit.check.outcome import Report
from chatkit.check.promise import CannotRun, Promise, Verdict
from chatkit.check.report import as_text
from chatkit.check.runner import judge
from chatkit.check.words import as_name

COLUMNS = ("submission", "result", *Verdict, "seconds", "broken promises", "why")


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of one submission: a report, or why there is none."""

    submission: Path
    report: Report | None
    why: str = ""

    @property
    def name(self) -> str:
        """What the submission is called, in words that can be shown and written anywhere."""
        return as_name(self.submission.name)

    @property
    def result(self) -> str:
        """One word or three: kept, broken, could not run."""
        if self.report is None:
            return "could not run"
        return "kept" if self.report.ok else "broken"

    @property
    def reason(self) -> str:
        """Why there is no report, in one line: the first and the last line of what there is to say."""
        lines = [line for line in self.why.splitlines() if line.strip()]
        return " ".join(lines[:1] + lines[1:][-1:])

    def row(self) -> dict[str, str]:
        """Return this grade as a row of the CSV file."""
        row = {"submission": as_cell(self.name), "result": self.result, "why": as_cell(self.reason)}
        if report := self.report:
            row |= {verdict: str(len(report.named(verdict))) for verdict in Verdict}
            row |= {"seconds": f"{report.seconds:.1f}", "broken promises": " ".join(report.broken)}
        return row

    def text(self) -> str:
        """Return what to tell its author."""
        return (
            f"{as_text(self.report)}\n" if self.report else f"{as_name(str(self.submission))}: {self.why}\n"
        )


def submissions(folder: Path) -> list[Path]:
    """Return the entries of a folder in order, but the hidden ones; raise `CannotRun` if there are none."""
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
    except OSError as error:
        raise CannotRun(f"cannot read the folder {folder}: {error.strerror}") from error
    if not found:
        raise CannotRun(f"the folder {folder} is empty: put one file or folder for each server into it")
    return found


def grade_all(
    folder: Path,
    words: list[str],
    promises: list[Promise],
    *,
    patience: float,
    start_within: float,
    told: Callable[[str], None],
) -> Iterator[Grade]:
    """Judge each entry of `folder` by `promises`; `{file}` in the command's words becomes its path."""
    if not any("{file}" in word for word in words):
        raise CannotRun("the command has no {file} in it, so it would start the same server each time")
    found = submissions(folder)
    for number, path in enumerate(found, 1):
        command = [word.replace("{file}", str(path)) for word in words]
        try:
            report = judge(command_venue(command, start_within), promises, patience=patience)
            grade = Grade(path, report)
        except CannotRun as error:
            grade = Grade(path, None, str(error))
        summary = grade.report.summary() if grade.report else grade.reason
        told(f"{number}/{len(found)}  {grade.name}  {grade.result}: {summary}")
        yield grade


def write_csv(grades: list[Grade], path: Path) -> None:
    """Write one row a submission; spreadsheets open it as it is."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(grade.row() for grade in grades)


def write_texts(grades: list[Grade], folder: Path) -> None:
    """Write each report as a text of its own, to be handed back to its author."""
    folder.mkdir(parents=True, exist_ok=True)
    for grade in grades:
        (folder / f"{grade.submission.name}.txt").write_text(grade.text(), encoding="utf-8")
