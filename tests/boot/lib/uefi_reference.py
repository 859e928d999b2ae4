# SPDX-License-Identifier: GPL-2.0-only
"""What the real kernel says on a machine with UEFI. The reference logs were made with OVMF 2022.11; each
version has another memory map. With another one the model says what Linux prints (test_model.py holds it
to every reference log), from that firmware's own map and MTRRs."""

import functools
import json

from boot import LINUX, lines_of
from memdawn.model import cmdline, facts, prediction


def firmware_map(lines):
    """The firmware's map as a log has it."""
    return [line for line in lines if line.startswith(" BIOS-e820: ")]


@functools.lru_cache(maxsize=None)
def real_kernel():
    """The image of the kernel whose logs the references are."""
    return facts.image_from_map(LINUX / "layout" / "bootmem.map")


def uefi_reference(path, log):
    """The lines of a reference log, or of one that would have been made with the firmware of `log`."""
    reference = lines_of(path)
    if firmware_map(log) == firmware_map(reference):
        return reference
    case = json.loads(path.with_suffix(".json").read_text(encoding="ascii"))
    cpu = facts.cpu_facts(case["qemu"][case["qemu"].index("-cpu") + 1], facts.mtrr_from_log(log),
                          facts.xsave_from_log(log), facts.WITHOUT_EBDA)
    outcome = prediction.predict(facts.bios_map_from_log(log), cmdline.with_boot_image(case["cmdline"]),
                                 cpu, real_kernel())
    assert outcome.panic is None and outcome.undefined is None
    return outcome.lines
