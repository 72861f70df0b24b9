"""A large paste: all of it goes out in its order, or none of it, and a person is told."""

import asyncio

import pytest
from helm import chat, people, room

from chatkit.outgoing import MOST

pytestmark = pytest.mark.usefixtures("nothing_left")


def lines(count):
    return [f"line {number}" for number in range(count)]


def test_of_a_paste_that_is_too_large_nothing_is_taken_and_that_is_said():
    async def run(server, linus):
        async with chat(server.address) as ada:
            await ada.is_in()
            await ada.pastes("\n".join(lines(MOST + 1)))
            await ada.sees("1,001 lines were pasted", "none was taken")
            await ada.enters("hello")
            assert (await asyncio.to_thread(linus.hears_until, "[ada] hello"))[-2:] == [
                "* ada has entered the room",
                "[ada] hello",
            ]

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_a_paste_that_fits_goes_out_whole():
    async def run(server, linus):
        async with chat(server.address) as ada:
            await ada.is_in()
            await ada.pastes("\n".join(lines(MOST)))
            await ada.sees(f"Send these {MOST} lines")
            await ada.types("", "enter")
            said = await asyncio.to_thread(linus.hears_until, f"[ada] line {MOST - 1}")
            assert said[-MOST:] == [f"[ada] {line}" for line in lines(MOST)]

    with room() as server, people(server, "linus") as (linus,):
        asyncio.run(run(server, linus))


def test_a_paste_for_which_there_is_no_space_any_more_is_not_taken_in_part():
    async def run(server):
        async with chat(server.address) as ada:
            await ada.is_in()
            await asyncio.to_thread(server.stop)
            await ada.is_soon("waiting")
            await ada.pastes("\n".join(lines(600)))
            await ada.sees("Send these 600 lines")
            for line in lines(500):
                ada.app.visit.enter(line)
            await ada.types("", "enter")
            await ada.sees("600 lines were pasted", "no more than 500")
            assert len(ada.app.visit.kept) == 500

    with room() as server:
        asyncio.run(run(server))
