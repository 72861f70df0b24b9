"""What people type into a shell: `chatkit serve` (`serve`), `chatkit join` (`join`), `chatkit check`.

`program` reads the command's name, `answers` reads addresses and names. A person's conversation is `typed`,
with its `screen`, `editor` and `keys`; a script's is `piped`; where a terminal cannot do more, it is `plain`.
"""

from chatkit.cli.program import main

__all__ = ["main"]
