# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the pictures have in common."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
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


def screen(browser, width, height, scheme="light"):
    """Sets the window's size and the reader's colour scheme."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"}]})
