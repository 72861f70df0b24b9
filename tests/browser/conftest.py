"""One browser and one JupyterLab for all tests here; each test gets a page of its own."""

import os
import shutil

import pytest
from labpage import Notebook
from labserver import running_lab
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """Chromium; where there is none the tests are skipped, but never under CI."""
    if not CHROMIUM:
        assert not os.environ.get("CI"), "no Chromium was found"
        pytest.skip("no Chromium was found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    """JupyterLab in a temporary folder."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def page(browser):
    """A page for the tests of one file; an error in its scripts fails them, and so does a call abroad."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
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
