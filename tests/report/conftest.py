# SPDX-License-Identifier: GPL-2.0-only
"""Two boots of one machine, with two boot allocators, collected once for all tests; the page
made of them; a browser."""

import json
import pathlib
import subprocess
import sys

import pytest
from selenium import webdriver

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

MIB = 1 << 20
# A map with two holes that no machine has: 91 to 101 MiB, 108 to 117 MiB; between them a piece
# that is reserved. The last word is there for the page's sake: it has to show it as it is.
WORDS = ("memmap=exactmap memmap=640K@0 memmap=90M@1M memmap=7M$101M memmap=60M@117M "
         "ask=</script><b>&amp;")
KERNEL_WORDS = "memdawn.dump=balance,zones"


def run(command, *arguments, status=0, **more):
    """One of the scripts; its exit status is as expected."""
    done = subprocess.run([ROOT / "scripts" / command, *map(str, arguments)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          stdin=subprocess.DEVNULL, **more)
    assert done.returncode == status, f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="session", name="made")
def fixture_made(tmp_path_factory):
    """The directory with report.html and documents.json."""
    directory = tmp_path_factory.mktemp("report")
    run("make-report", "--mem", 256, "--bootalloc", "bootmem memblock", "--cmdline", WORDS,
        "--words", KERNEL_WORDS, "--json", directory / "documents.json",
        "-o", directory / "report.html")
    return directory


@pytest.fixture(scope="session", name="documents")
def fixture_documents(made):
    """What was collected."""
    return json.loads((made / "documents.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session", name="browser")
def fixture_browser():
    """Headless Chromium that has no network."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--force-prefers-reduced-motion", "--disable-background-networking"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(
        "/usr/bin/chromedriver") if hasattr(webdriver, "ChromeService") else
        webdriver.chrome.service.Service("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})
    yield driver
    driver.quit()


def screen(browser, width, height, scheme="light"):
    """Sets the window's size and the reader's colour scheme."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"}]})


@pytest.fixture(name="page")
def fixture_page(browser, made):
    """The page, freshly opened at its default stage; no test may leave a console message."""
    screen(browser, 1280, 900)
    browser.get("about:blank")
    browser.get(f"file://{made}/report.html")
    yield browser
    assert browser.get_log("browser") == []
