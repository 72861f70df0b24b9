"""What is written arrives whole, also where somebody else has said that writing must not wait."""

import os
import threading

import pytest
from talker import PATIENCE

from chatkit.cli.writing import write_all


@pytest.mark.parametrize("waits", [True, False])
def test_all_is_written_whoever_shares_the_pipe(waits):
    data, read, (source, target) = os.urandom(1_000_000), [], os.pipe()
    os.set_blocking(target, waits)

    def reads():
        with open(source, "rb") as pipe:
            read.append(pipe.read())

    reader = threading.Thread(target=reads)
    reader.start()
    write_all(target, data)
    os.close(target)
    reader.join(PATIENCE)
    assert read == [data]
