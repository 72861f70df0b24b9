"""The question before a run: buttons to choose with, where there is a browser, and the same as text.

A thin view of a `Prediction`, which decides and remembers. A click only stores a choice.
"""

from html import escape
from typing import Any

import ipywidgets

from chatkit.exercises.prediction import Prediction


class PredictionPane(ipywidgets.VBox):
    """Show `prediction`; `choose` is the click's twin for scripts, and `reveal` tells what happened."""

    def __init__(self, prediction: Prediction) -> None:
        self.prediction = prediction
        self._buttons = ipywidgets.RadioButtons(
            options=prediction.options,
            value=prediction.chosen or None,
            layout=ipywidgets.Layout(width="auto"),
        )
        self._buttons.observe(self._clicked, "value")
        super().__init__([ipywidgets.HTML(f"<b>{escape(prediction.question)}</b>"), self._buttons])

    def choose(self, option: str) -> None:
        """Choose an answer, as a click does; raise ValueError if there is none such, or it is too late."""
        self.prediction.choose(option)
        self._buttons.value = option

    def reveal(self, truth: object) -> None:
        """Print the choice and what really happened: `truth` is a value, or a function that returns it.

        What it returns is compared, as text, with the answers.
        """
        print(self.prediction.verdict(truth))
        self._buttons.disabled = self.prediction.revealed

    def __repr__(self) -> str:
        return self.prediction.text

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """Keep all of the text: ipywidgets would cut it off after 110 letters."""
        return {**super()._repr_mimebundle_(**options), "text/plain": self.prediction.text}

    def _clicked(self, change: dict[str, Any]) -> None:
        if change["new"] and not self.prediction.revealed and change["new"] != self.prediction.chosen:
            self.prediction.choose(change["new"])
