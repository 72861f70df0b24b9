"""Exercises: an answer is a plain file, graded in a process of its own, with a deadline for each step.

Each exercise is a folder: `task` (what is asked, as short steps), `starter`, `reference`, answers that are
known to be wrong (`wrong_*`, the message that they earn first), and hints. `exercise` finds them, `grading`
starts the process, in which `child` plays the task with an `exam`; `result` tells it, `progress` remembers
it. Nothing here needs more than Python, or knows a notebook.
"""

from chatkit.exercises.exercise import NAMES, Exercise, NoSuchExercise, exercise, exercises
from chatkit.exercises.grading import grade
from chatkit.exercises.progress import Progress
from chatkit.exercises.result import Result

__all__ = ["NAMES", "Exercise", "NoSuchExercise", "Progress", "Result", "exercise", "exercises", "grade"]
