"""The table of faults has no gap: every row has its tests, on both engines where it is about the server."""

import faults_table
import pytest
from fault_rows import NOT_OF_THE_SERVER, ROWS

TESTS = faults_table.collect()
OF_THE_SERVER = [row for row in ROWS if row not in NOT_OF_THE_SERVER]


def of(row):
    return [test for test in TESTS if row in test.rows]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_test(row):
    assert of(row), f"nothing holds row {row}: {ROWS[row][0]}"


@pytest.mark.parametrize("row", OF_THE_SERVER)
def test_a_row_about_the_server_is_held_on_both_engines(row):
    assert any(test.is_run_by_engine for test in of(row)), f"row {row}: no test is run on each engine"


def test_no_test_holds_a_row_that_is_not_there():
    assert {row for test in TESTS for row in test.rows} <= ROWS.keys()


def test_the_page_is_what_the_tests_say():
    written = faults_table.PAGE.read_text("utf-8")
    assert written == faults_table.page(TESTS), "write it anew: python3 tests/faults_table.py"
