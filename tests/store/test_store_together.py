"""Many at once, and a writer killed: one place is given once, and nothing acknowledged is lost."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from store_desk import CONSENT, FACTS, begin, do, enrol, kept, write

from trialwright.conduct.outcome import Refusal
from trialwright.ledger.kinds import Refused
from trialwright.store import Kept, Store, check_file, check_store, entries, open_ledger, trial
from trialwright.store.queue import Queue

FORK = multiprocessing.get_context("fork")  # a child is a process of its own, and starts in a millisecond


def fourteen_enrolled(path: Path | str) -> Store:
    store = begin(path)
    with store.batch():
        for n in range(14):
            kept(do(store, enrol(f"S-{n:03}"), f"e{n}", about=f"S-{n:03}"))
    return store


def test_the_15th_place_goes_to_exactly_one_of_8_threads(where: Path | str) -> None:
    with fourteen_enrolled(where) as store:
        start = threading.Barrier(8)

        def ask(n: int) -> Kept | Refusal:
            start.wait()
            return do(store, enrol(f"S-1{n:02}"), f"race{n}", about=f"S-1{n:02}")

        with ThreadPoolExecutor(8) as people:
            answers = list(people.map(ask, range(8)))
        assert [type(answer) for answer in answers].count(Kept) == 1
        assert len(trial(store).enrolled) == 15
        assert sum(isinstance(entry.what, Refused) for entry in entries(store)) == 7
        assert check_store(store).ok


def ask_for_a_place(path: Path | str, code: str, start: Any) -> None:
    """A process's whole life; its exit code is the answer."""
    with open_ledger(path) as store:
        start.wait()
        answer = do(store, enrol(code), f"race-{code}", about=code)
    os._exit(0 if isinstance(answer, Kept) else 1)


def test_the_15th_place_goes_to_exactly_one_of_8_processes(where: Path | str) -> None:
    fourteen_enrolled(where).close()
    start = FORK.Barrier(8)
    people = [FORK.Process(target=ask_for_a_place, args=(where, f"S-1{n:02}", start)) for n in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(person.exitcode for person in people) == [0] + [1] * 7
    with open_ledger(where) as store:
        assert len(trial(store).enrolled) == 15
        assert sum(isinstance(entry.what, Refused) for entry in entries(store)) == 7
        assert check_store(store).ok


def test_the_same_click_from_8_threads_is_one_entry(where: Path | str) -> None:
    with begin(where) as store, ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: do(store, write(CONSENT), "click"), range(8)))
        assert all(answer == answers[0] for answer in answers)
        assert trial(store).size == 2


def test_readers_and_a_writer_get_along(where: Path | str) -> None:
    with begin(where) as store:
        stop = threading.Event()
        sizes: list[int] = []

        def look() -> None:
            while not stop.is_set():
                now = trial(store)
                assert len(list(now.by_id)) == len(list(now.originals)) == now.size
                sizes.append(now.size)

        with ThreadPoolExecutor(2) as readers:
            looking = [readers.submit(look) for _ in range(2)]
            for n in range(40):
                do(store, write(FACTS), f"f{n}")
            stop.set()
        for each in looking:
            each.result()
        assert trial(store).size == 41
        assert sizes


def write_until_killed(path: Path | str, life: int, acknowledged: int) -> None:
    """A writer's whole life: act after act, and each answer told down a pipe once it is there."""
    with open_ledger(path) as store:
        for n in range(100_000):
            answer = kept(do(store, write(CONSENT, FACTS), f"life{life}-{n}"))
            os.write(acknowledged, answer.entries[0].id.encode() + b"\n")


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed_100_times(where: Path | str) -> None:
    """kill -9 at a moment nobody chose; what was told was acknowledged, and must be there and verify."""
    begin(where).close()
    acknowledged: list[str] = []
    for life in range(100):
        read, told = os.pipe()
        writer = FORK.Process(target=write_until_killed, args=(where, life, told))
        writer.start()
        os.close(told)
        with os.fdopen(read) as answers:
            acknowledged.append(answers.readline().strip())
            time.sleep(0.001 * (life * 7 % 20))
            writer.kill()
            acknowledged += answers.read().split()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
    assert len(acknowledged) >= 100
    found = check_file(where)
    assert found.ok
    with open_ledger(where) as store:
        there = {entry.id for entry in entries(store)}
        assert set(acknowledged) <= there
        firsts = {id for id in there if id.startswith("life") and "." not in id}
        assert {f"{id}.2" for id in firsts} <= there, "an act is there whole or not at all"
        kept(do(store, write(FACTS), "after"))


def test_the_queue_serves_in_the_order_of_asking() -> None:
    queue, order, asked = Queue(), list[int](), list[threading.Thread]()

    def ask(n: int) -> None:
        with queue:
            order.append(n)

    with queue:
        for n in range(20):
            asked.append(threading.Thread(target=ask, args=(n,)))
            asked[-1].start()
            while queue.waiting <= n:
                time.sleep(0.0001)
        with queue:
            assert order == [], "the holder may enter again, and nobody slips in between"
    for thread in asked:
        thread.join()
    assert order == list(range(20))
