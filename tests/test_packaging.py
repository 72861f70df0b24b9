"""pyproject.toml, constraints.txt, environment.yml, run.py and .ci/run say one and the same thing."""

import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
PIN_LINES = (ROOT / "constraints.txt").read_text().splitlines()
PINS = {canonicalize_name(pin.name): pin for pin in map(Requirement, PIN_LINES[1:])}
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())


def tracked_files():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# What is installed


def test_the_core_needs_nothing_but_the_standard_library():
    assert PROJECT["dependencies"] == []


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_package_of_an_extra_is_pinned_to_a_release_it_allows(extra):
    for wanted in map(Requirement, EXTRAS[extra]):
        pin = PINS[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(next(iter(pin.specifier)).version), wanted


def test_constraints_are_sorted_exact_and_free_of_places_and_hashes():
    assert PIN_LINES[0] == "# Written by `python3 run.py constraints`."
    assert sorted(PINS) == [canonicalize_name(re.split("[=;]", line)[0]) for line in PIN_LINES[1:]]
    for line in PIN_LINES[1:]:
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*(; (sys_platform|os_name) == \"\w+\")?", line), line


def test_every_pinned_release_runs_on_the_very_first_release_of_the_oldest_python():
    """Debian 12 has Python 3.11.2: a release that asks for 3.11.5 would shut its users out."""
    first = PROJECT["requires-python"].removeprefix(">=") + ".0"
    for name, pin in PINS.items():
        found = next(importlib.metadata.distributions(name=name), None)
        if found and found.version in pin.specifier:  # the others are for another system, or not installed
            assert first in SpecifierSet(found.metadata["Requires-Python"] or ""), pin


def test_the_tools_that_run_py_starts_are_in_its_extras():
    names = {canonicalize_name(Requirement(line).name) for extra in EXTRAS.values() for line in extra}
    assert {"jupyterlab", "ipykernel", "pytest", "nbval", "ruff", "mypy"} <= names


# conda and Binder


def pip_lines():
    return next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))


def test_conda_installs_the_same_extras_with_the_same_pins():
    editable = next(line for line in pip_lines() if line.startswith("-e"))
    assert set(editable.removeprefix("-e .[").rstrip("]").split(",")) == set(EXTRAS)
    assert "-c constraints.txt" in pip_lines()
    assert len(pip_lines()) == 2


def test_conda_names_the_project_and_a_python_that_it_and_run_py_accept():
    assert (ENVIRONMENT["name"], ENVIRONMENT["channels"]) == (PROJECT["name"], ["conda-forge"])
    python = next(line for line in ENVIRONMENT["dependencies"] if str(line).startswith("python="))
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))
    assert f"Programming Language :: Python :: {python.removeprefix('python=')}" in PROJECT["classifiers"]


def test_run_py_and_pyproject_name_the_same_oldest_python():
    oldest = re.search(r"OLDEST = \((\d+), (\d+)\)", (ROOT / "run.py").read_text())
    assert PROJECT["requires-python"] == f">={oldest[1]}.{oldest[2]}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == f"{oldest[1]}.{oldest[2]}"


def test_run_py_and_pyproject_name_the_same_extras():
    asked = re.findall(r"\.\[([a-z,]+)\]", (ROOT / "run.py").read_text())
    assert {frozenset(extras.split(",")) for extras in asked} == {frozenset(EXTRAS)}


# The name on PyPI is another project's


def test_no_tracked_file_tells_to_install_the_other_chatkit():
    command = re.compile(rb"pip3? +install +(-\S+ +)*['\"]?chatkit\b")
    assert [path.name for path in tracked_files() if command.search(path.read_bytes())] == []


def test_an_upload_by_accident_is_refused():
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]


# CI


def test_ci_runs_the_tests_by_the_command_of_the_readme():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert any(re.fullmatch(r"python3 run\.py test( -n \d+)?", line) for line in lines)
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README.md yet")
    assert re.search(r"^[$ ]*python3 run\.py test\b", readme.read_text(), re.MULTILINE)


def test_ci_is_a_bash_script_without_a_mistake_of_syntax():
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
    assert (ROOT / ".ci" / "run").read_text().startswith("#!/usr/bin/env bash\n")
