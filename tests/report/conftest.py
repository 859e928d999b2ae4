# SPDX-License-Identifier: GPL-2.0-only
"""Two boots of one machine, with two boot allocators, collected once for all tests; the page
made of them; a browser."""

import json

import pytest
from selenium import webdriver

from pictures import KERNEL_WORDS, WORDS, run, screen


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
    driver.set_script_timeout(600)      # for hangs alone: a busy machine is slow
    driver.set_page_load_timeout(600)
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})
    yield driver
    driver.quit()


@pytest.fixture(name="page")
def fixture_page(browser, made):
    """The page, freshly opened at its default stage; no test may leave a console message."""
    screen(browser, 1280, 900)
    browser.get("about:blank")
    browser.get(f"file://{made}/report.html")
    yield browser
    assert browser.get_log("browser") == []
