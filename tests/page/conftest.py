# SPDX-License-Identifier: GPL-2.0-only
"""Where the packages are; a browser with the page."""

import pathlib
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS.parent / "scripts"), str(TESTS / "report")]

from pictures import chromium, screen  # noqa: E402


@pytest.fixture(scope="module", name="browser")
def fixture_browser():
    """Headless Chromium."""
    with chromium() as driver:
        driver.set_script_timeout(120)
        yield driver


@pytest.fixture(name="page")
def fixture_page(browser):
    """A browser in which no test may leave a console message."""
    screen(browser, 1280, 900)
    browser.get("about:blank")
    yield browser
    assert browser.get_log("browser") == []
