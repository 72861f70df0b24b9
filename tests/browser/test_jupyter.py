"""A pane and JupyterLab: cells that run, keys, saving, loading again, and a kernel that dies."""

import json
import os
import signal

import pytest
from labpage import Notebook
from playwright.sync_api import expect
from talker import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(notebook, lab):
    """The kernel is busy with a cell."""
    (lab.folder / "busy").touch()
    notebook.run(2)
    expect(notebook.prompts.nth(2)).to_have_text("[*]:")
    yield
    (lab.folder / "busy").unlink()
    notebook.until_idle()


@pytest.mark.usefixtures("notebook")
def test_a_kernel_has_ports_that_no_system_gives_to_anybody_else(lab):
    files = [json.loads(each.read_text()) for each in (lab.folder.parent / "runtime").glob("kernel-*.json")]
    ports = [value for file in files for key, value in file.items() if key.endswith("_port")]
    assert len(ports) >= 5
    assert all(15_000 < port < 20_000 for port in ports), ports


def test_nobody_saves_a_notebook_but_who_presses_the_keys(browser, lab):
    """What JupyterLab began to save before the last cell had run would be taken for what a test saves."""

    def writes(request):
        return request.method == "PUT" and alone.name in request.url

    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:  # its clock is its own
        context.set_default_timeout(1000 * PATIENCE)  # milliseconds
        context.clock.install()
        other = context.new_page()
        alone, saves = Notebook(other, lab, lab.write("alone.ipynb", "1")), []
        other.on("request", lambda each: saves.append(each.url) if writes(each) else None)
        alone.run(0)
        expect(alone.prompts).to_have_text("[1]:")
        other.clock.fast_forward("05:00")
        alone.save()
        assert len(saves) == 1


@pytest.mark.fault(45)
@pytest.mark.usefixtures("busy")
def test_while_a_cell_runs_the_pane_goes_on(ada, grace):
    ada.reads("grace has entered the room")
    ada.types("while a cell runs")
    grace.hears("[ada] while a cell runs")
    grace.says("heard")
    ada.reads("while a cell runs", "heard")


def test_keys_typed_in_a_pane_are_the_pane_s_and_saving_still_works(notebook, lab, ada):
    ada.box.press_sequentially("bbddaa")
    expect(ada.box).to_have_value("bbddaa")
    ada.log.press("b")
    ada.pane.get_by_role("button", name="Send").press("b")
    notebook.save()
    saved = json.loads((lab.folder / notebook.name).read_text())
    assert len(saved["cells"]) == len(notebook.cells)
    state = json.dumps(saved["metadata"]["widgets"])
    assert "chatkit-pane" in state  # the pane is saved, and nothing that anybody said or is called
    assert [word for word in ("grace", "while a cell runs", "heard") if word in state] == []


def test_a_page_that_is_loaded_again_shows_everything_again(open_notebook, notebook, ada, grace):
    grace.says("before the page is loaded again")
    ada.reads("before the page is loaded again")
    rows = ada.rows
    notebook.save()
    open_notebook(notebook.name)
    ada.reads("before the page is loaded again")
    assert ada.rows == rows
    ada.types("still here")
    grace.hears("[ada] still here")


@pytest.mark.fault(34)
def test_a_kernel_that_dies_is_noticed_and_so_it_is_by_a_notebook_opened_later(
    open_notebook, notebook, ada, kernel
):
    notebook.save()
    os.kill(kernel[1], signal.SIGKILL)
    ada.is_said_to_be("not connected: run the first cell")
    open_notebook(notebook.name)
    pane = notebook.main.get_by_role("group", name="chat pane").first  # nobody's name is saved
    expect(pane.get_by_role("status")).to_have_text("\u2715 not connected: run the first cell")
