"""`%load_ext chatkit`: a learner's desk in a notebook, with %%answer, predict, hint, mended and progress.

An answer is graded in a process of its own first, and run in the kernel only if it came to its end there: so
a loop without an end in it cannot hold up the notebook. It runs as a module of its own, just as it was
graded, and what it defines is then known to all cells.
"""

import linecache
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from chatkit.exercises import NoSuchExercise, Progress, Result, exercise, grade
from chatkit.exercises.complaints import ANSWERS, complaint
from chatkit.exercises.prediction import Prediction
from chatkit.exercises.progress import save
from chatkit.panes.predicting import PredictionPane


class Desk:
    """What cells can call; `shell` is IPython's, and the answers are kept in `folder`."""

    def __init__(self, shell: Any, folder: Path) -> None:
        self._shell, self._folder = shell, folder
        self._last = ""  # the exercise that was answered last

    def open(self) -> None:
        """Make the magic and the functions known to the notebook."""
        self._shell.register_magic_function(self.answer, "cell", "answer")
        words = (self.hint, self.mended, self.predict, self.progress)
        self._shell.push({word.__name__: word for word in words})
        self._shell.events.register("post_run_cell", self._may_be_loaded_again)

    def answer(self, line: str, cell: str) -> Result | None:
        """`%%answer NAME`: save this cell as answers/NAME.py, grade it, and run it here if that is safe."""
        name = line.strip()
        try:
            exercise(name)
        except NoSuchExercise as error:
            return print(error)
        self._last = name
        progress = Progress(self._folder)
        try:
            save(self._folder / f"{name}.py", cell)
            result = grade(name, self._folder / f"{name}.py")
        except OSError as error:
            return print(f"Your answer could not be saved in the folder answers: {error.strerror}.")
        except KeyboardInterrupt:
            return print(f"Stopped. Your answer is saved as answers/{name}.py, and not graded.")
        progress.note_answer(name, result.passed)
        if result.passed:
            self._keep(name, cell)
        trouble = self._run(name, cell) if result.read else ""
        result.notes.extend(filter(None, [trouble, progress.trouble]))
        return result

    def hint(self, name: str | int = "", number: int = 0) -> None:
        """Print the next hint of an exercise, by default the last one answered; or hint `number`."""
        if isinstance(name, int):
            return self.hint("", name)
        name = name or self._last
        if not name:
            return print('Which exercise? For instance: hint("lines")')
        try:
            hints = exercise(name).hints
        except NoSuchExercise as error:
            return print(error)
        progress = Progress(self._folder)
        number = min(max(1, number), len(hints)) if number else progress.next_hint(name, len(hints))
        print(f"hint {number} of {len(hints)}: {' '.join(hints[number - 1].split())}")
        if progress.trouble:
            print(progress.trouble)

    def mended(self, name: str) -> ModuleType:
        """Return the learner's answer to an exercise that passed, or the kit's own until one has; say which.

        A scene after an exercise is played with it. Raise NoSuchExercise.
        """
        kept = self._folder / "passed" / f"{name}.py"
        try:
            if Progress(self._folder).passed(exercise(name).name):
                module = _as_module(name, kept.read_text(encoding="utf-8"))
                print("With your own answer:")
                return module
        except OSError:
            pass  # it was taken away
        print("With the kit's own answer, until yours passes; then run from here again:")
        return import_module(f"chatkit.exercises.{name}.reference")

    def progress(self) -> Progress:
        """Show which exercises pass."""
        return Progress(self._folder)

    def predict(self, question: str, *options: str) -> PredictionPane:
        """Ask a question before a run; its `reveal(truth)` afterwards tells who was right."""
        return PredictionPane(Prediction(question, options, Progress(self._folder)))

    def _may_be_loaded_again(self, *_: object) -> None:
        """Have IPython forget that it has loaded us: a cell that runs twice is then not told off."""
        self._shell.extension_manager.loaded.discard("chatkit")
        self._shell.events.unregister("post_run_cell", self._may_be_loaded_again)

    def _keep(self, name: str, cell: str) -> None:
        """Keep what has passed, whatever is tried later; the answer itself is saved already."""
        try:
            save(self._folder / "passed" / f"{name}.py", cell)
        except OSError:
            return  # then only the answer is there

    def _run(self, name: str, cell: str) -> str:
        """Run an answer as a module, and give the notebook what it defines; return what went wrong."""
        try:
            module = _as_module(name, cell)
        except BaseException as error:
            return f"It could not be run in this notebook: {complaint(error)}"
        self._shell.push({key: value for key, value in vars(module).items() if not key.startswith("_")})
        return ""


def _as_module(name: str, code: str) -> ModuleType:
    """Run an answer as a module of its own; raise whatever it raises."""
    file = f"{ANSWERS}{name}.py"
    module = ModuleType(f"answers.{name}")
    module.__file__ = file
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    sys.modules[module.__name__] = module  # where inspect.getsource looks for a class's file
    exec(compile(code, file, "exec", dont_inherit=True), vars(module))
    return module
