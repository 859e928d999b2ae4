# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the pictures have in common."""

import contextlib
import pathlib
import subprocess

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MIB = 1 << 20
# A map with two holes that no machine has: 91 to 101 MiB, 108 to 117 MiB; between them a piece
# that is reserved. The last word is there for the page's sake: it has to show it as it is.
WORDS = ("memmap=exactmap memmap=640K@0 memmap=90M@1M memmap=7M$101M memmap=60M@117M "
         "ask=</script><b>&amp;")
KERNEL_WORDS = "memdawn.dump=balance,zones"
STAGES = ["raw-map", "sanitized", "user-map", "trimmed", "low-limit", "mapped", "reserved",
          "boot-allocator", "zones", "handover", "buddy", "end"]


def run(command, *arguments, status=0, **more):
    """One of the scripts; its exit status is as expected."""
    done = subprocess.run([ROOT / "scripts" / command, *map(str, arguments)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          stdin=subprocess.DEVNULL, **more)
    assert done.returncode == status, f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}"
    return done


@contextlib.contextmanager
def chromium():
    """A headless Chromium that remembers console messages."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--force-prefers-reduced-motion", "--disable-background-networking"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(
        "/usr/bin/chromedriver") if hasattr(webdriver, "ChromeService") else
        webdriver.chrome.service.Service("/usr/bin/chromedriver"))
    driver.set_script_timeout(600)      # for hangs alone: a busy machine is slow
    driver.set_page_load_timeout(600)
    try:
        yield driver
    finally:
        driver.quit()


def screen(browser, width, height, scheme="light"):
    """Sets the window's size and the reader's colour scheme."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"}]})


def text(page, selector):
    """What an element says: blanks joined, the narrow ones inside numbers left out."""
    return " ".join(page.find_element(By.CSS_SELECTOR, selector).text.replace("\u202f", "").split())


def search(page, words):
    """Types into the search field and sends it."""
    field = page.find_element(By.ID, "search")
    field.clear()
    field.send_keys(words, Keys.ENTER)


def view(page, column="physical"):
    """The addresses between which a column shows its memory."""
    shown = page.find_element(By.CSS_SELECTOR, f"g[data-column='{column}'][data-view]")
    return [float(address) for address in shown.get_attribute("data-view").split()]


def go(page, stage):
    """Moves the slider to a stage with the keyboard."""
    slider = page.find_element(By.ID, "stage")
    slider.send_keys(Keys.HOME)
    for _ in range(STAGES.index(stage)):
        slider.send_keys(Keys.ARROW_RIGHT)
    assert text(page, "#stage-name") == stage + ":"
