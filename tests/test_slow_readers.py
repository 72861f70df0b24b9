"""Who reads on for a while between two cells of a lesson sees what those see who do not."""

import rerun


def outputs(cells):
    return [output.get("text") or output.data["text/plain"] for cell in cells for output in cell.outputs]


def test_a_limit_of_seconds_does_not_end_who_sits_there_while_one_reads():
    (path,) = (each for each in rerun.NOTEBOOKS if each.name.startswith("07"))
    notebook = rerun.read(path)
    needed = ("%load_ext", "def wire_of_linus", "%%answer", "yours")
    notebook.cells = [
        cell for cell in rerun.code_cells(notebook) if any(word in cell.source for word in needed)
    ]
    committed = outputs(notebook.cells[-2:])
    assert outputs(rerun.run(notebook, pause=4.0)[0].cells[-2:]) == committed
