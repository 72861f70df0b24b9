"""What outlives a server: lines in a file of SQLite, kept (`History`), and read by anybody (`Archive`).

`store` speaks SQL, `keeper` decides what happens when the disk does not do its part, `schema` opens and
migrates. The server knows none of this: it is handed a `Recorder`.
"""

from chatkit.history.archive import Archive
from chatkit.history.chart import Chart
from chatkit.history.keeper import History
from chatkit.history.line import Line
from chatkit.history.schema import HistoryError

__all__ = ["Archive", "Chart", "History", "HistoryError", "Line"]
