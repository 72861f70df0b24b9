"""`chatkit check`: judge any chat server, in any language, by its socket.

A promise is one sentence and a short dialogue (`promises/`). They are played by actors on a stage (`stage`,
`actor`, `participant`), in rooms that run or are started (`rooms`, `process`, `factory`), one after another
(`runner`), and told in words (`report`, `table`). Nothing here knows how a server is built.
"""

from chatkit.check.judging import check
from chatkit.check.outcome import Outcome, Report
from chatkit.check.promise import CannotRun, Level, Promise, Verdict

__all__ = ["CannotRun", "Level", "Outcome", "Promise", "Report", "Verdict", "check"]
