"""The application under eight users who post forms, and its pages on a large ledger; client and server share the cores.

    python benchmarks/web.py DIR [SECONDS]

DIR is a simulated trial, such as `trialwright demo --no-serve` or `many_entries.py` writes; a copy of it is served. The
aims: a form posted in 250 ms or less for 99 of 100, a casebook's page in 150 ms or less for 95 of 100.
"""

import http.client
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

USERS = 8
PASSWORD = "cells for everybody"
CODES = ("wang", "li", "zhao")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Browser:
    """One user: a connection, cookies, and forms filled in as the page gives them."""

    def __init__(self, url: str, code: str) -> None:
        self.host = urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.get("/log-in/")
        answer = self.post("/log-in/", self.hidden(page) | {"username": code, "password": PASSWORD})
        assert answer == 302, f"log-in answered {answer}"

    def get(self, path: str) -> str:
        status, body = self._ask("GET", path)
        assert status == 200, (status, path)
        return body

    def post(self, path: str, typed: dict[str, str]) -> int:
        return self._ask("POST", path, urlencode(typed))[0]

    @staticmethod
    def hidden(page: str) -> dict[str, str]:
        main = page[page.index("<main") :]
        return {name: unescape(value) for name, value in HIDDEN.findall(main)}

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Origin": f"http://{self.host}", "Host": self.host}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, text


def shares(times: list[float]) -> str:
    ordered = sorted(times)
    picked = {share: ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.95, 0.99)}
    return "  ".join(f"p{share * 100:.0f} {value * 1000:6.0f} ms" for share, value in picked.items())


def post_forms(url: str, people: list[str], seconds: float) -> list[float]:
    """Everybody posts contacts about everybody as fast as the pages come; gives how long each post took."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        browser, rng = Browser(url, CODES[number % len(CODES)]), random.Random(number)
        while time.perf_counter() < until:
            address = f"/about/{rng.choice(people)}/acts/contact/"
            typed = Browser.hidden(browser.get(address))
            typed.pop("seen", None)  # people post about the same few participants far more often than on a ward
            typed |= {"on": "2026-06-20", "time": "", "w.alive": "yes", "w.how": "telephone"}
            begun = time.perf_counter()
            status = browser.post(address, typed)
            times.append(time.perf_counter() - begun)
            assert status == 302, status

    threads = [threading.Thread(target=work, args=(number,)) for number in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def read_pages(url: str, people: list[str], rounds: int = 60) -> dict[str, list[float]]:
    browser, found = Browser(url, "wang"), {"home": [], "casebook": []}
    browser.get("/")
    for number in range(rounds):
        for name, path in (("home", "/"), ("casebook", f"/participants/{people[number % len(people)]}/")):
            begun = time.perf_counter()
            browser.get(path)
            found[name].append(time.perf_counter() - begun)
    return found


def living(directory: Path) -> list[str]:
    from trialwright.store.directory import open_trial

    with open_trial(directory, read_only=True) as opened:
        books = opened.trial().enrolled
        return [book.code for book in books if not book.death and not book.withdrawal and not book.lost]


def main(directory: Path, seconds: float) -> None:
    people = living(directory)[:200]
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "trial"
        shutil.copytree(directory, copy, ignore=shutil.ignore_patterns("site.*", "practice"))
        command = [sys.executable, "-m", "trialwright", "serve", str(copy), "--port", "0", "--json"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert server.stdout is not None
        try:
            url = json.loads("".join(server.stdout.readline() for _ in range(3)))["url"].rstrip("/")
            time.sleep(3)
            for name, times in read_pages(url, people).items():
                print(f"{name:10} {shares(times)}  ({len(times)} pages)")
            times = post_forms(url, people, seconds)
            told = f"({len(times)} posts by {USERS} users, {len(times) / seconds:.0f} a second)"
            print(f"{'form':10} {shares(times)}  {told}")
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 20)
