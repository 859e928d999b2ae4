# SPDX-License-Identifier: GPL-2.0-only
"""The page in a browser: the kernel boots in it, and what is drawn is what the kernel says."""

import contextlib
import functools
import http.server
import json
import re
import threading
import time
import urllib.parse

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
import pytest

from memdawn.logs import bootlog
from page_machine import BUILD, ROOT
from pictures import screen, search, text

pytestmark = pytest.mark.xdist_group("page")

PAGE = f"file://{BUILD}/memdawn.html"
PATIENCE = 240
PROMPT = "The boot is over: the kernel waits for a command."


def until(page, what, so):
    """Waits until `so()`; `what` is what is waited for."""
    end = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < end, f"waited for {what}: {text(page, '#condition')}"
        time.sleep(0.05)


def condition(page, wanted):
    """Waits for the machine's condition."""
    until(page, wanted, lambda: wanted in text(page, "#condition"))


def opened(page, **address):
    """Opens the page at an address, anew."""
    page.get("about:blank")
    page.get(PAGE + ("#" + urllib.parse.urlencode(address) if address else ""))
    until(page, "the machine", lambda: "unpacked" not in text(page, "#condition"))


def booted(page, **address):
    """Opens the page and boots to the prompt."""
    opened(page, **{"machine": "pc", "ram": 64, **address})
    page.find_element(By.ID, "finish").click()
    condition(page, PROMPT)


def terminal(page):
    """What stands in the terminal, as a screen reader has it."""
    return [line.get_attribute("textContent").replace("\u00a0", " ").rstrip() for line in
            page.find_elements(By.CSS_SELECTOR, ".xterm-accessibility-tree > div")]


def type_line(page, line):
    """Types a command and waits for its end."""
    page.find_element(By.CSS_SELECTOR, ".xterm-helper-textarea").send_keys(line + Keys.ENTER)
    until(page, f"the answer to {line}", lambda: [said for said in terminal(page) if said][-1:] ==
          ["memdawn>"] and any(said.endswith(f"> {line}") for said in terminal(page)))
    condition(page, PROMPT)


def drawn_buddyinfo(page):
    """The table of free blocks: zone to order to blocks, of all types."""
    return page.execute_script("""
        const found = {};
        for (const title of document.querySelectorAll('#free h3')) {
            const rows = title.parentElement.querySelectorAll('table');
            let table = title.nextElementSibling;
            while (!table.querySelector('table')) table = table.nextElementSibling;
            const counts = Array(11).fill(0);
            for (const row of table.querySelectorAll('tbody tr'))
                [...row.querySelectorAll('td')].slice(1, 12).forEach((cell, order) => {
                    counts[order] += Number(cell.textContent.replace(/\\D/g, '')); });
            found[title.textContent.match(/Zone (\\w+)/)[1]] = counts;
        }
        return found;""")


@contextlib.contextmanager
def served():
    """build/page on a web server; yields the address and the list of what is asked for."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        """Remembers what was asked for."""

        def log_request(self, code="-", size="-"):
            asked.append((self.path, int(code)))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(
            Handler, directory=str(BUILD / "page"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


def test_reaches_the_prompt(page):
    """From a file, without a network; every milestone is there, and the log is Linux's."""
    reference = ROOT / "tests" / "linux" / "bootmem" / "pc-1024M-cpu-qemu32.log"
    page.execute_cdp_cmd("Network.enable", {})
    page.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})
    booted(page, machine="pc-1024M-cpu-qemu32")
    page.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    log = page.execute_script("""return [...document.querySelectorAll('#log li .text')].map(line =>
        line.lastChild.textContent.trimEnd() || '')""")
    difference, _ = bootlog.compare(log, [line.rstrip() for line in
                                          reference.read_text(encoding="latin-1").splitlines()])
    assert not difference, "\n".join(difference)
    names = [item.get_attribute("textContent") for item in
             page.find_elements(By.CSS_SELECTOR, "#stage-names li:not(.ahead)")]
    assert len(names) == 19 and names[-1] == "now"


@pytest.mark.parametrize("name, verdict", [
    ("pc-1024M-cpu-qemu32", "Equal: all "), ("pc-128M", "what this page's processor lacks (NX, MTRRs).")])
def test_beside_the_real_kernel(page, name, verdict):
    """The page compares as scripts/logdiff does; what differs is the processor."""
    booted(page, machine=name)
    until(page, "the comparison", lambda: verdict in text(page, "#real"))
    assert ": all of them are" in text(page, "#real") or verdict.startswith("Equal")


def test_from_a_web_server(page):
    """It asks for its own parts alone, once each, and runs."""
    with served() as (address, asked):
        page.get(address + "#machine=pc&ram=64&at=zones")
        condition(page, "stands at zones")
    own = {f"/{path.name}" for path in (BUILD / "page").iterdir()}
    assert [found for found in asked if found[1] != 200] == []
    assert {path for path, _ in asked} <= own | {"/"}
    assert len(asked) == len(set(asked)) == 7


def test_next_back_and_again(page):
    """Next runs to one milestone; what was seen can be seen again; the machine is taken back by a new boot."""
    opened(page, machine="pc", ram=64)
    for name in ("paging", "raw-map", "sanitized"):
        page.find_element(By.ID, "next").click()
        condition(page, f"stands at {name}.")
        assert text(page, "#stage-name") == f"{name}:"
    page.find_element(By.ID, "previous").click()
    assert text(page, "#stage-name") == "raw-map:"
    assert "You look at raw-map, as it was." in text(page, "#condition")
    page.find_element(By.ID, "rewind").click()
    until(page, "the new boot", lambda: text(page, "#condition") == "The machine stands at raw-map.")
    assert len(page.find_elements(By.CSS_SELECTOR, "#stage-names li:not(.ahead)")) == 3


def test_play(page):
    """Goes by itself, and stands when it is told to."""
    opened(page, machine="pc", ram=64)
    page.execute_script("document.getElementById('speed').selectedIndex = 0")
    page.find_element(By.ID, "play").click()
    until(page, "some steps", lambda: len(page.find_elements(
        By.CSS_SELECTOR, "#stage-names li:not(.ahead)")) > 4)
    page.find_element(By.ID, "play").click()
    time.sleep(1)
    stands = text(page, "#condition")
    time.sleep(1.5)
    assert text(page, "#condition") == stands and stands.startswith("The machine stands at ")


def test_what_is_typed_is_drawn(page):
    """buddyinfo as the kernel says it is the table; a block that is taken is gone from it."""
    booted(page, ram=1024)
    before = drawn_buddyinfo(page)
    type_line(page, "alloc 3 highuser")
    pfn = next(int(m[1]) for line in terminal(page) if (m := re.search(r"page frame (\d+), order 3", line)))
    type_line(page, "buddyinfo")
    said = {m[1]: [int(n) for n in m[2].split()] for line in terminal(page) if
            (m := re.match(r"Node 0, zone +(\w+)((?: +\d+){11})", line))}
    assert said == drawn_buddyinfo(page) != before
    search(page, f"pfn {pfn}")
    assert "in use, 1 reference" in text(page, "#frame")
    type_line(page, f"free {pfn}")
    assert drawn_buddyinfo(page) == before
    assert "free, in the block" in text(page, "#frame")


def test_a_function_by_its_name(page):
    """A name of the kernel's is an address; where it lies, its page frame says whose it is."""
    opened(page, machine="pc", ram=64, at="buddy", find="start_kernel")
    condition(page, "stands at buddy")
    until(page, "what was searched", lambda: "Address 0xc10" in text(page, "#results"))
    assert ".init" in text(page, "#results")
    assert "reserved since the boot: TEXT DATA BSS" in text(page, "#frame")
    search(page, "toString")
    assert "Nothing found" in text(page, "#results")


def test_a_fault_that_ends_the_emulator(page):
    """It is said, and the page boots again."""
    booted(page)
    page.find_element(By.CSS_SELECTOR, ".xterm-helper-textarea").send_keys("oops stack" + Keys.ENTER)
    condition(page, "The emulator could not go on")
    page.find_element(By.ID, "rewind").click()
    condition(page, PROMPT)


@pytest.mark.parametrize("kind", ["null", "ud", "bug"])
def test_a_fault_that_the_kernel_reports(page, kind):
    """The kernel has panicked: the page says so, and what was found stays."""
    booted(page)
    page.find_element(By.CSS_SELECTOR, ".xterm-helper-textarea").send_keys(f"oops {kind}" + Keys.ENTER)
    condition(page, "The kernel has panicked")
    # Of the trace the last rows can be seen: how many come after its heading depends on the image.
    until(page, "the trace", lambda: any(re.search(r"\[<c[0-9a-f]{7}>\] \w+\+0x", line)
                                         for line in terminal(page)))


def test_reboot(page):
    """There is no firmware to go to."""
    booted(page)
    page.find_element(By.CSS_SELECTOR, ".xterm-helper-textarea").send_keys("reboot" + Keys.ENTER)
    condition(page, "The machine was reset.")


@pytest.mark.parametrize("address", [
    {"machine": "</script><script>alert(1)</script>", "ram": "1e99", "at": "__proto__"},
    {"machine": "constructor", "words": "</title><img src=x onerror=alert(1)>\x00\r\n", "alloc": "toString"},
    {"machine": "own", "map": "0-ffffffffffffffff usable,zzz,</script>", "find": "<b>"},
    {"machine": "own", "map": "0-9fc00 usable,100000-8000000 usable,<img src=x onerror=alert(1)>"},
    {"tour": "-1", "at": "nowhere"}, {"tour": "99999"}, {"machine": "", "ram": "-5", "at": "now" * 1000},
])
def test_hostile_addresses(page, address):
    """Whatever is in the address, the page stands, and nothing of it becomes a part of the page."""
    page.get(PAGE + "#" + urllib.parse.urlencode(address))
    until(page, "the machine", lambda: "unpacked" not in text(page, "#condition"))
    until(page, "an end", lambda: "runs" not in text(page, "#condition"))
    assert page.execute_script("return document.querySelectorAll('img, iframe').length") == 0
    said = text(page, "#condition")
    assert "stands at" in said or "RAM" in said or said == PROMPT, said


@pytest.mark.parametrize("given, wanted", [
    ("", "needs RAM"), ("x" * 300000, "needs RAM"), ("</textarea><script>alert(1)</script>", "needs RAM"),
    ("0-1000 usable\n0x100000-0xZZ usable", "Not understood: 0x100000-0xZZ usable"),
    ("0-9fc00 usable\n100000-fffffff000 usable", "larger than the emulator's memory")])
def test_hostile_maps(page, given, wanted):
    """What can't be a machine is refused in words."""
    opened(page, machine="pc", ram=64)
    page.execute_script("""const map = document.getElementById('choose-map');
        map.value = arguments[0]; map.dispatchEvent(new Event('input'));""", given)
    assert wanted in text(page, "#choose-says")
    assert page.find_element(By.ID, "choose-boot").is_enabled() == ("larger" in wanted)


def test_a_log_as_map(page):
    """A boot log that is pasted is a machine."""
    log = (ROOT / "tests" / "linux" / "bootmem" / "pc-128M.log").read_text(encoding="latin-1")
    opened(page, machine="pc", ram=64)
    page.execute_script("""const map = document.getElementById('choose-map');
        map.value = arguments[0]; map.dispatchEvent(new Event('input'));
        document.getElementById('choose-boot').click();""", log)
    until(page, "the machine", lambda: "a map of your own" in text(page, "#machine-title"))
    page.find_element(By.ID, "finish").click()
    condition(page, PROMPT)
    assert "last_pfn = 0x7fe0 " in text(page, "#log")


def test_two_machines(page):
    """Both go on together, and their difference is shown."""
    opened(page, **{"machine": "pc", "ram": 256, "with.machine": "pc", "with.ram": 256,
                    "with.alloc": "memblock", "at": "buddy"})
    condition(page, "stands at buddy")
    until(page, "the other", lambda: "memblock" in text(page, "#difference"))
    page.find_element(By.ID, "beside").click()
    assert len(page.find_elements(By.CSS_SELECTOR, ".differs")) > 0
    page.execute_script("document.getElementById('choose').open = true")
    page.find_element(By.ID, "alone").click()
    until(page, "one machine", lambda: not page.find_element(By.ID, "machine").is_displayed())


@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
def test_nothing_is_wider_than_the_screen(page, width):
    """At every width, with the tour open."""
    screen(page, width, 900)
    opened(page, tour=2)
    condition(page, "stands at raw-map")
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_painted_before_the_machine(page):
    """The page has its words before anything is unpacked, and its parts are gone from it after that."""
    page.get(PAGE)
    painted = page.execute_script("""return performance.getEntriesByName('first-contentful-paint')[0]?.startTime
        ?? -1""")
    condition(page, "stands at loaded")
    assert painted < page.execute_script("return performance.now()")
    assert page.find_elements(By.CSS_SELECTOR, "script[id^='part-']") == []


def test_the_keyboard_alone(page):
    """From the slider to the prompt's commands, without a mouse; each field has a name."""
    opened(page, machine="pc", ram=64)
    page.find_element(By.ID, "stage").send_keys(Keys.ARROW_RIGHT)
    condition(page, "stands at paging")
    page.find_element(By.ID, "finish").send_keys(Keys.ENTER)
    condition(page, PROMPT)
    page.find_element(By.XPATH, "//div[@id='commands']/button[text()='buddyinfo']").send_keys(Keys.ENTER)
    until(page, "the answer", lambda: any("zone      DMA" in line for line in terminal(page)))
    nameless = page.execute_script("""return [...document.querySelectorAll('input, select, textarea, button')]
        .filter(field => !(field.labels?.length || field.ariaLabel || field.textContent.trim()))
        .map(field => field.outerHTML)""")
    assert nameless == []


def test_notices(page):
    """The licences of what comes with the page are in it."""
    page.get(PAGE)
    words = page.find_element(By.CSS_SELECTOR, ".notices").get_attribute("textContent")
    lock = json.loads((ROOT / "page" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in filter(None, lock):
        assert f"{name.removeprefix('node_modules/')} {lock[name]['version']}" in words
    assert words.count("Copyright") >= 2
    condition(page, "stands at loaded")
