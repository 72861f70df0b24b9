"""What must survive what: each row of the table, and the tests that hold it, found by their marks.

A test says which rows it holds by `@pytest.mark.fault(6)`; this file reads the marks from the source, so it
sees tests that are not run here too. `python3 tests/faults_table.py` writes docs/faults.md anew.
"""

import ast
from pathlib import Path
from typing import NamedTuple

from fault_rows import ROWS

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "faults.md"
HEAD = """\
# What must survive what

Each fault that a client, a network, a machine or a crash can bring, what chatkit does about it, and the
tests that hold it: `python3 run.py test -m fault` runs them all. Where the server is concerned, a row is held
on both engines. This page is written by `python3 tests/faults_table.py`; a test fails when a row has no test,
and when the page is stale.
"""


class Test(NamedTuple):
    """One test that holds some rows."""

    name: str
    path: Path
    rows: tuple[int, ...]
    needs: tuple[str, ...]  # the fixtures it asks for by name

    @property
    def is_run_by_engine(self) -> bool:
        """Whether it runs once on each engine: it needs the fixture `engine`, at first or second hand."""
        known = fixtures(TESTS / "conftest.py") | fixtures(self.path)
        wanted, seen = list(self.needs), set()
        while wanted:
            fixture = wanted.pop()
            wanted += () if fixture in seen else known.get(fixture, ())
            seen.add(fixture)
        return "engine" in seen


def marks(function: ast.FunctionDef, name: str) -> list[ast.Call]:
    """Return the decorators of `function` that end in `name`, as calls."""
    calls = [each if isinstance(each, ast.Call) else ast.Call(each) for each in function.decorator_list]
    return [call for call in calls if ast.unparse(call.func).endswith(f".{name}")]


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]


def arguments(function: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(each.arg for each in function.args.args)


def fixtures(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the fixtures of a file, and what each needs."""
    return {each.name: arguments(each) for each in functions(path) if marks(each, "fixture")}


def collect() -> list[Test]:
    """Return every test that holds a row, in the order of their files."""
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        if "mark.fault" not in path.read_text("utf-8"):
            continue
        for function in functions(path):
            rows = [ast.literal_eval(row) for call in marks(function, "fault") for row in call.args]
            if rows:
                found.append(Test(function.name, path, tuple(rows), arguments(function)))
    return found


def page(tests: list[Test]) -> str:
    """Return docs/faults.md."""
    lines = [HEAD]
    for number, (fault, does) in ROWS.items():
        lines += [f"## {number}. {fault}", "", does, ""]
        lines += [f"* `{each.path.stem}`: {words(each)}" for each in tests if number in each.rows]
        lines += [""]
    return "\n".join(lines[:-1]) + "\n"


def words(test: Test) -> str:
    return test.name.removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page(collect()), "utf-8")
