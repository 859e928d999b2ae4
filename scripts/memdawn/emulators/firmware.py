# SPDX-License-Identifier: GPL-2.0-only
"""The firmware that a machine starts with: QEMU's own BIOS, or UEFI, which is a file of flash memory with
code and one with variables."""

import dataclasses
import os

BIOS = "bios"
NAMES = (BIOS, "uefi", "uefi32")
ARCHITECTURES = {"x64": "uefi", "ia32": "uefi32"}       # as reference cases call them

# (code, variables) by name. The first are Debian's; Fedora's, Arch's and openSUSE's have not been tried.
PLACES = {
    "uefi": (("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
             ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
             ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
             ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
             ("/usr/share/qemu/ovmf-x86_64-4m-code.bin", "/usr/share/qemu/ovmf-x86_64-4m-vars.bin")),
    "uefi32": (("/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF32_VARS_4M.fd"),
               ("/usr/share/OVMF/OVMF32_CODE_4M.fd", "/usr/share/OVMF/OVMF32_VARS_4M.fd"),
               ("/usr/share/edk2/ovmf-ia32/OVMF_CODE.fd", "/usr/share/edk2/ovmf-ia32/OVMF_VARS.fd"),
               ("/usr/share/edk2/ia32/OVMF_CODE.4m.fd", "/usr/share/edk2/ia32/OVMF_VARS.4m.fd"),
               ("/usr/share/qemu/ovmf-ia32-code.bin", "/usr/share/qemu/ovmf-ia32-vars.bin")),
}


@dataclasses.dataclass(frozen=True)
class Flash:
    """UEFI firmware. The variables are the run's own: QEMU keeps what is written to them in a file
    that goes with it."""
    code: str
    variables: str

    @property
    def is_there(self) -> bool:
        """Are both files there?"""
        return os.path.isfile(self.code) and os.path.isfile(self.variables)

    @property
    def wants_smm(self) -> bool:
        """Does the code run in system management mode, which only the board q35 has? Code that can do
        Secure Boot does. (Secure Boot is off: no keys are in the variables.)"""
        return "secboot" in os.path.basename(self.code)

    def qemu_args(self) -> list[str]:
        """QEMU's arguments that put it in."""
        return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={self.code}",
                "-drive", f"if=pflash,format=raw,unit=1,snapshot=on,file={self.variables}"]


def find(name: str) -> Flash | None:
    """The flash memory of one of NAMES, where it is looked for first if it is nowhere; None for the BIOS."""
    if name == BIOS:
        return None
    places = [Flash(*place) for place in PLACES[name]]
    return next((place for place in places if place.is_there), places[0])
