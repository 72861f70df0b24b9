"""A prediction: a choice that is made before the run, and held against what really happened.

Who has not chosen is not told: neither somebody in a hurry, nor a notebook that runs unattended. A choice is
kept with the progress, so it outlives the kernel. This file knows no widget.
"""

from chatkit.exercises.progress import Progress

NOT_YET = "Choose above first, then run this cell again."


class Prediction:
    """A `question`, what can be answered, and what was `chosen`; empty while nothing is."""

    def __init__(self, question: str, options: tuple[str, ...], progress: Progress) -> None:
        if len(set(options)) < 2 or len(set(options)) < len(options):
            raise ValueError("a prediction needs two answers or more, all different")
        self.question, self.options, self._progress = question, options, progress
        kept = progress.choice(question)
        self.chosen = kept if kept in options else ""
        self.revealed = False
        self._happened: str | None = None  # for a cell that runs again, only the first time counts

    def choose(self, option: str) -> None:
        """Choose one of the options; raise ValueError if it is none of them, or too late."""
        if option not in self.options:
            raise ValueError(f"{option!r} is none of the answers: {', '.join(self.options)}")
        if self.revealed:
            raise ValueError("it has happened already: run the cell with the question again to choose anew")
        self.chosen = option
        self._progress.choose(self.question, option)

    def verdict(self, truth: object) -> str:
        """Hold the choice against what happened: a value, or a function that says it."""
        if self._happened is None:
            self._happened = str(truth() if callable(truth) else truth)
        if not self.chosen:
            return NOT_YET
        self.revealed = True
        if self._happened == self.chosen:
            return f'You predicted "{self.chosen}", and so it is.'
        beyond = "" if self._happened in self.options else ", which is none of the answers"
        return f'You predicted "{self.chosen}". What happened: "{self._happened}"{beyond}.'

    @property
    def text(self) -> str:
        """The question and the answers as plain lines, the chosen one marked."""
        rows = [f"  ({'x' if option == self.chosen else ' '}) {option}" for option in self.options]
        return "\n".join([self.question, *rows, *([] if self.chosen else ["  nothing chosen yet"])])
