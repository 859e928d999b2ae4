# SPDX-License-Identifier: GPL-2.0-only
"""Where Linux itself fails: hangs, reboots, or says nothing of use. Here the reason is said,
with the numbers and what would help, and the machine stops or goes on. (CPUs that cannot run
the kernel at all: test_early.py; exceptions: test_faults.py.)"""

import re

import pytest

from boot import BUILD, LINUX, ROOT, assert_same, boot, boot_well, failure, lines_of, words
from memdawn.emulators import machine as machines, runner
from memdawn.logs import bootlog
from screen import running

PLAIN = LINUX / "bootmem" / "pc-2048M.log"


def with_words(cmdline, mem=2048, **more):
    """A machine with further words on the default command line."""
    machine = machines.Machine(mem=mem, **more)
    machine.cmdline = f"{machine.cmdline} {cmdline}"
    return machine


def ours(log, *patterns):
    """The line of ours (or a panic's) that matches all patterns."""
    found = [line for line in log if line.startswith((bootlog.OURS, "Kernel panic"))
             and all(re.search(pattern, line) for pattern in patterns)]
    assert found, f"no line with {patterns} among:\n" + "\n".join(log)
    return found[0]


def boot_to_panic(machine, *patterns):
    """The log of a boot that has to end in a panic whose line matches the patterns."""
    result = boot(machine)
    assert result.outcome == runner.Outcome.PANIC, failure(result)
    panic = [line for line in result.log if runner.PANIC_LINE.match(line)]
    assert len(panic) == 1, failure(result)
    for pattern in patterns:
        assert re.search(pattern, panic[0]), panic[0]
    return result.log


def assert_as_if_not_given(log, cmdline):
    """The boot went on as if the refused words had not been there: the span of the same
    machine without them, but for the command line and what follows from its length."""
    want, _ = bootlog.masked(lines_of(PLAIN), bootlog.MASKS)
    have, _ = bootlog.masked(bootlog.span(log), bootlog.MASKS)
    want = [line + f" {cmdline}" if line.startswith("Kernel command line: ") else line
            for line in want]
    assert_same(have, want, f"with {cmdline} refused")


def test_too_little_memory_for_the_loader():
    """-m 16: GRUB cannot load the image; the entry says how much is needed."""
    result = boot(machines.Machine(mem=16))
    assert result.outcome == runner.Outcome.ENDED, failure(result)
    assert "GRUB could not load the kernel: too little memory" in result.serial
    assert "the machine needs at least 20 MiB" in result.serial
    assert "20 MiB or more" in result.reason


def test_too_little_memory_for_a_module(tmp_path):
    """A RAM disk that doesn't fit: what is said is how much would do, and that is no lie."""
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(30 << 20))
    result = boot(machines.Machine(mem=44, modules=[(str(disk), "initrd")]))
    assert result.outcome == runner.Outcome.ENDED, failure(result)
    needed = re.search(r"could not load the kernel's modules: too little memory \(.*: (\d+) MiB or more",
                       result.reason)
    assert needed, result.reason
    log = boot_well(machines.Machine(mem=int(needed[1]), modules=[(str(disk), "initrd")]))
    assert any(line.startswith("Freeing initrd memory: 30720k") for line in log)


def test_module_for_which_no_memory_will_do(tmp_path):
    """A RAM disk larger than half of low memory can be: no size is advised."""
    disk = tmp_path / "disk"
    with open(disk, "wb") as file:
        file.truncate(500 << 20)
    assert "no machine will do" in machines.Machine(modules=[(disk, "initrd")]).memory_needed()


def test_too_little_memory_in_the_menu(tmp_path):
    """The same in the menu, on the screen as well."""
    with running(machines.Machine(mem=16), BUILD / "memdawn.iso", tmp_path) as guest:
        guest.wait_for(r"GNU GRUB")
        guest.type("\r")
        guest.wait_for(r"Press a key to return to the menu")
        guest.wait_for_screen(r"GRUB could not load the kernel: too little memory(?s:.*)"
                              r"the machine needs at least 20 MiB of RAM")


def test_what_grub_says_is_needed_is_enough():
    """The number in the menu's message is no lie."""
    boot_well(machines.Machine(mem=20))


def test_image_outside_ram():
    """mem=16M: Linux unmaps itself and triple faults."""
    boot_to_panic(with_words("mem=16M"), r"RAM ends at 16384 kB", r"kernel lies at 16384 kB to \d+ kB",
                  r"give it more memory")


@pytest.mark.parametrize("word", ["mem=0", "mem=abc"])
def test_mem_is_refused(word):
    """Linux panics: no space for page tables. Here the word is refused, the boot goes on."""
    log = boot_well(with_words(word))
    ours(log, re.escape(word), "ignored")
    assert_as_if_not_given(log, word)


@pytest.mark.parametrize("words, entries", [
    ("memmap=exactmap", 0), ("memmap=exactmap memmap=1023M@1M", 1)])
def test_map_without_two_entries(words, entries):
    """The same panic as Linux's, with the reason."""
    log = boot_to_panic(with_words(words), r": Invalid user supplied memory map$")
    ours(log, rf"leaves {entries} entries", r"at least 2 are needed", r"for example")


GIGABYTE = "memmap=exactmap memmap=640K@0 memmap=1023M@1M"


def test_memmap_names_low_memory_that_is_not_there():
    """Linux dies of a NULL pointer. The size that is advised is one with which this map boots, if
    only without the contents of high memory."""
    log = boot_to_panic(with_words(GIGABYTE, mem=512), r"memmap= has low memory that this machine does not: ",
                        rf" {(0x37bfe - 0x20000) * 4} kB between 0x20000000 and 0x37bfe000;")
    needed = re.search(r"give the emulator at least -m (\d+)", "\n".join(log))
    log = boot_well(with_words(GIGABYTE, mem=int(needed[1])))
    ours(log, r"of high memory in 1 range\(s\) are not there: struct pages and free lists only")


def test_memmap_names_what_the_firmware_has_reserved():
    """The firmware's tables lie in RAM: whoever wants all of it may have it, as in Linux."""
    log = boot_well(with_words(GIGABYTE, mem=1024))
    assert not any("not there" in line for line in log)


def test_memmap_names_too_much():
    """No RAM at all above 64 MiB, up to the end of what can be addressed: said, and not used."""
    boot_to_panic(with_words("memmap=0xffffffffffffffff@0", mem=64),
                  r"memmap= has low memory that this machine does not")
    log = boot_well(with_words("memmap=0xfffffffffffffffe@0", words=words("memdawn.selftest=pkmap")))
    ours(log, r"high memory 80000000 - fffc0000 is not there")
    assert "ok 1 pkmap # SKIP the given memory map has high memory that this machine does not" in log


def test_memmap_names_what_the_firmware_does_not():
    """RAM of which the firmware says nothing, but which is there (a module plugged in at 4 GiB, as
    QEMU's firmware has it): it is used as any other."""
    dimm = ["-m", "512,slots=2,maxmem=4G", "-object", "memory-backend-ram,id=more,size=256M",
            "-device", "pc-dimm,memdev=more"]
    log = boot_well(with_words("memmap=256M@4G", mem=512, qemu_args=dimm,
                               words=words("memdawn.selftest=fill,pkmap")))
    assert not any("not there" in line for line in log)
    assert {"ok 1 fill", "ok 2 pkmap"} <= set(log)


@pytest.mark.parametrize("name", ["bootmem", "bootmem-2.4", "early_res", "memblock"])
def test_ram_in_the_last_page(name):
    """A byte of RAM just below 2^64: it is in no whole page frame, and isn't page frame 0 either."""
    plain, odd = (boot_well(with_words(cmdline, mem=64, words=words(f"memdawn.bootalloc={name}",
                                                                    "memdawn.dump=balance")))
                  for cmdline in ("mem=64M", "mem=64M memmap=1@0xfffffffffffffffe"))
    for pattern in ("memdawn: boot complete", "balance: hole", "balance: max_pfn"):
        assert [line for line in odd if line.startswith(pattern)] == [
            line for line in plain if line.startswith(pattern)], pattern


def test_initrd_in_the_last_page(tmp_path):
    """A RAM disk can't be put where it would go beyond the last address."""
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(9000))
    log = boot_well(with_words("memmap=1@0xfffffffffffffffe", mem=64, modules=[(str(disk), "initrd")],
                              words=words("memdawn.initrd=0xfffffffffffff000")))
    ours(log, r"the RAM disk can't go to fffffffffffff000 - f{16}: not RAM")


@pytest.mark.parametrize("word", ["vmalloc=0", "vmalloc=1G"])
def test_vmalloc_is_refused(word):
    """Linux dies in mem_init, or of low memory that has wrapped around."""
    log = boot_well(with_words(word))
    ours(log, r"vmalloc= of \d+ kB is refused", r"\d+ kB to \d+ kB are possible")
    assert_as_if_not_given(log, word)


def test_no_room_for_mem_map():
    """64 MB below, RAM up to 8.5 GB: the panic says what is needed and what is free."""
    machine = with_words("memmap=exactmap memmap=640K@0 memmap=63M@1M memmap=4608M@4G", mem=9216)
    log = boot_to_panic(machine, r"no room for mem_map: \d+ kB in one piece are needed")
    panic = next(line for line in log if runner.PANIC_LINE.match(line))
    needed = int(re.search(r"(\d+) kB in one piece", panic)[1])
    # Up to 8704 MiB, and the page frames' number rounded up to blocks of 1024.
    assert needed == 8704 * 256 * 32 // 1024
    free = [int(number) for number in re.findall(r"(\d+) kB", panic)]
    assert any(number < 64 * 1024 for number in free), panic


def test_too_many_entries():
    """More than 128 entries: Linux's line for each lost one, and ours with how much and where."""
    words = " ".join(f"memmap=4K${at}M" for at in range(26, 26 + 128))
    log = boot_well(with_words(words, mem=4096))
    lost = [line for line in log if line == "Ooops! Too many entries in the memory map!"]
    assert lost
    told = [line for line in log if line.startswith("memdawn: e820: ") and "lost" in line]
    assert told and len(told) >= 1
    # 8 entries of the BIOS come first; the first one for which there is no room is known.
    bios = sum(1 for line in log if line.startswith(" BIOS-e820: "))
    first = (26 + 128 - bios) << 20
    assert f"{first:016x} - {first + 4096:016x}" in told[0], told[0]


@pytest.mark.parametrize("cpu, without", [
    ("qemu64,-pge", ()), ("qemu64,-mtrr", (r"MTRR ", r"  [0-9A-F]{5}-", r"  \d (base|disabled)"))])
def test_features_that_are_not_needed(cpu, without):
    """No PGE, no MTRR: the same boot, without what the feature would have said. (Without NX
    and without PSE there are references.)"""
    want, _ = bootlog.masked(lines_of(LINUX / "bootmem" / "pc-1024M.log"), bootlog.MASKS)
    want = [line for line in want if not any(re.match(pattern, line) for pattern in without)]
    have, _ = bootlog.masked(bootlog.span(boot_well(machines.Machine(mem=1024, cpu=cpu))),
                             bootlog.MASKS)
    assert_same(have, want, cpu)


def test_misspelt_words():
    """hihgmem=512M does nothing: what is like one of our parameters is named with the one that is
    meant, after the memory part of the log; each parameter that the kernel has is known."""
    log = boot_well(with_words("hihgmem=512M root=/dev/sda1 frobnicate=1 -- memm=1",
                               words=("memdawn.exit", "memdawn.dump=balance", "memdawn.selftst",
                                      "memdawn.nonsense=1")))
    assert [line for line in log if "memdawn: options: memdawn." in line and " is not known" in line] == [
        "memdawn: options: memdawn.selftst is not known, the nearest that is: memdawn.selftest",
        "memdawn: options: memdawn.nonsense is not known, see README.md"]
    end = log.index(bootlog.SPAN_LAST)
    assert [line for line in log if "command line: " in line and line.startswith(bootlog.OURS)] == [
        "memdawn: command line: hihgmem=512M is not known, the nearest that is: highmem",
        "memdawn: command line: frobnicate=1 is not known: Linux would hand it to init"]
    assert log[end + 1].startswith("memdawn: command line: hihgmem=512M ")
    parameters = re.findall(r'^\t\{ "([\w.]+)", \w+ \},$',
                            (ROOT / "src/init/param_table.c").read_text(encoding="ascii"), re.M)
    assert len(parameters) > 30
    in_test = re.search(r"params\[\] = \{(.*?)\};",
                        (ROOT / "tests/host/test_unknown_words.c").read_text(encoding="ascii"), re.S)
    assert sorted(re.findall(r'"([\w.]+)"', in_test[1])) == sorted(parameters)


def test_endless_memtest(tmp_path):
    """memtest=0xffffffff would take years: it is said how many passes and how long, and a key ends it;
    Linux's lines are what they are for as many passes as there were."""
    machine, disc = with_words("memtest=0xffffffff", mem=64, words=()), tmp_path / "disc.iso"
    machine.make_disc(BUILD / "memdawn.iso", disc)
    with running(machine, disc, tmp_path) as guest:
        said = guest.wait_for(r"memdawn: memtest: (\d+) passes; one takes about (\d+) (ms|s), all of "
                              r"them about (\d+) (\w+); a key ends it\n(.*\n){3}")
        guest.type("x")
        log = runner.kernel_log(guest.wait_for(r"memdawn> "))
    passes, one, unit, everything, years = re.search(
        r"memtest: (\d+) passes; one takes about (\d+) (\w+), all of them about (\d+) (\w+);", said).groups()
    assert (passes, years) == ("4294967295", "years")
    milliseconds = int(one) * (1000 if unit == "s" else 1)
    year = 365 * 24 * 3600 * 1000
    assert abs(int(everything) - int(passes) * milliseconds // year) <= int(passes) * 500 // year + 1
    done = int(re.search(r"ended by a key after (\d+) passes", "\n".join(log))[1])
    # The same pieces for each pass, and a last one that wipes.
    start, end = log.index("early_memtest: # of tests: 4294967295"), log.index(
        "early_memtest: wipe out test pattern from memory")
    tested = [line for line in log[start + 1:end] if not line.startswith(bootlog.OURS)]
    pieces = [line for line in tested if line.endswith(" pattern 0000000000000000")]
    pieces = pieces[:next((i for i, line in enumerate(pieces) if i and line == pieces[0]), None)]
    assert len(tested) == done * len(pieces) and len(pieces) > 1
    assert log[end + 1:end + 1 + len(pieces)] == pieces
    assert runner.END_LINE.match(next(line for line in log if "boot complete" in line))


class WithoutSerialPort(machines.Machine):
    """Machines of today have none."""

    def qemu_command(self, disc, qmp=None, serial="stdio"):
        return super().qemu_command(disc, qmp, "none")


def test_panic_without_a_serial_port(tmp_path):
    """Before the screen's console is there, the words of the boot menu name the serial port alone."""
    machine = WithoutSerialPort(mem=64, words=())
    machine.cmdline = f"console=tty0 {machine.cmdline} memmap=exactmap"
    machine.make_disc(BUILD / "memdawn.iso", tmp_path / "disc.iso")
    with running(machine, tmp_path / "disc.iso", tmp_path) as guest:
        guest.wait_for_screen("Kernel panic - not syncing: Invalid user supplied memory map")
