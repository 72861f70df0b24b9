"""One JupyterLab for all tests here; a browser, a page and a notebook for each file of them."""

import os

import pytest
from chromium import ARGUMENTS, CHROMIUM
from labpage import Notebook
from labserver import LOGS, running_lab
from playwright.sync_api import sync_playwright
from talker import PATIENCE, Talker

ROOM = """
import os
from pathlib import Path
from chatkit.lab import open_room
from chatkit.panes import ChatPane
room = open_room()
ada = ChatPane(*room.address, "ada")
Path("room").write_text(f"{room.address[1]} {os.getpid()}")
ada
"""
BUSY = """
import time
while Path("busy").exists():
    time.sleep(0.01)
"""
ABROAD = """
port = Path("abroad")
ChatPane("127.0.0.1", int(port.read_text()), "linus") if port.exists() else None
"""

CONSOLE = []  # what the pages have said there


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Show beside what failed what JupyterLab and the page have said last: nobody can ask them later."""
    report = yield
    if report.failed:
        report.sections.append(("console of the page", "\n".join(CONSOLE[-40:])))
        report.sections += [(str(log), log.read_text(errors="replace")[-6000:]) for log in LOGS]
    return report


@pytest.fixture(scope="session")
def chromium():
    """Where Chromium is; where there is none the tests are skipped, but never under CI."""
    if not CHROMIUM:
        assert not os.environ.get("CI"), "no Chromium was found"
        pytest.skip("no Chromium was found")
    return CHROMIUM


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    """JupyterLab in a temporary folder."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def browser(chromium):
    """Chromium, for one file of tests: Playwright has an event loop, which must not outlive them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser):
    """A page for the tests of one file; an error in pane.js fails them, and so does a call abroad."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(1000 * PATIENCE)  # milliseconds
    page, wrong = context.new_page(), []
    page.on("console", lambda message: CONSOLE.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(str(error)) if "blob:" in error.stack else None)
    page.on("request", lambda request: wrong.append(request.url) if is_abroad(request.url) else None)
    yield page
    context.close()
    assert wrong == []


def is_abroad(url):
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


@pytest.fixture(scope="module")
def open_notebook(page, lab):
    """`open_notebook(name)` opens it in the page."""
    return lambda name: Notebook(page, lab, name)


@pytest.fixture(scope="module")
def notebook(request, lab, open_notebook):
    """A notebook with a room and ada's pane in it, twice."""
    notebook = open_notebook(lab.write(f"{request.module.__name__}.ipynb", ROOM, "ada", BUSY, ABROAD))
    notebook.run_all()
    return notebook


@pytest.fixture
def ada(notebook):
    """The first of the two views of ada's pane."""
    return notebook.pane("ada", 0)


@pytest.fixture
def kernel(lab):
    """The kernel's room and its process."""
    port, process = (lab.folder / "room").read_text().split()
    return ("127.0.0.1", int(port)), int(process)


@pytest.fixture
def grace(kernel):
    grace = Talker(kernel[0], "grace")
    yield grace
    grace.leaves()
