# SPDX-License-Identifier: GPL-2.0-only
"""scripts/build/check-lint and check-linux-names: do they find what they are there for?"""

import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPDX = "// SPDX-License-Identifier: GPL-2.0-only\n"


@pytest.fixture
def tree(tmp_path):
    """The sources and the build's scripts, to plant faults in."""
    for folder in ("src", "include", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder,
                        ignore=shutil.ignore_patterns("__pycache__", ".mypy_cache"))
    return tmp_path


def complaints(tree, check):
    """What a check says of a tree, line by line; it must have failed."""
    done = subprocess.run([tree / "scripts" / "build" / check], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return (done.stderr + done.stdout).splitlines()


def test_lint(tree):
    """One fault of each kind, and no other complaint."""
    def plant(name, text):
        (tree / name).write_text(text, encoding="utf-8")

    plant("src/lib/upward.c", SPDX + "#include <mm/balance.h>\n")
    plant("src/lib/blanks.c", SPDX + "int a; \n")
    plant("src/lib/licence.c", "int a;\n")
    plant("src/lib/style.c", "/* SPDX-License-Identifier: GPL-2.0-only */\n")
    plant("src/lib/long.c", SPDX + "int a;\n" * 900)
    plant("scripts/unquoted", "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-only\nrm $1\n")
    plant("scripts/unused.py", '# SPDX-License-Identifier: GPL-2.0-only\n"""."""\nimport os\n')
    plant("scripts/wrong_type.py", '# SPDX-License-Identifier: GPL-2.0-only\n"""."""\nA: int = "a"\n')
    said = "\n".join(complaints(tree, "check-lint"))
    for want in ("src/lib/upward.c:2:#include <mm/balance.h>: against the direction",
                 "src/lib/blanks.c:2:int a; : blanks at the end", "src/lib/licence.c: no SPDX line",
                 "src/lib/style.c: the first line begins with // SPDX", "src/lib/long.c: longer than 900 lines",
                 "Double quote to prevent globbing", "unused.py:3:1: 'os' imported but unused",
                 'wrong_type.py:3: error: Incompatible types in assignment'):
        assert want in said, f"not said: {want}\n{said}"


@pytest.mark.parametrize("name, reference, want", [
    ("src/mm/elsewhere.c", "mm/page_alloc.c:bad_range", "stands in Linux's mm/page_alloc.c"),
    ("src/mm/page_alloc.c", "mm/page_alloc.c:bad_range", None),
    ("src/mm/page_alloc/elsewhere.c", "mm/page_alloc.c:bad_range", None),
    ("src/arch/i386/mm/pgtable.c", "arch/x86/mm/pgtable_32.c:set_pte_vaddr", None),
    ("src/arch/i386/mm/elsewhere.c", "arch/x86/mm/init_32.c:mem_init", "stands in Linux's arch/x86/mm/init_32.c"),
])
def test_linux_names(tree, name, reference, want):
    """A function is looked for where Linux has it: in a file, or a folder, of that name."""
    path = tree / name
    before = path.read_text(encoding="utf-8") if path.exists() else SPDX
    path.write_text(f"{before}/* Linux: {reference}, v2.6.34. */\n", encoding="utf-8")
    (tree / "src" / "mm" / "nowhere.c").write_text(f"{SPDX}/* Linux: mm/filemap.c:f, v2.6.34 */\n", encoding="utf-8")
    said = complaints(tree, "check-linux-names")
    mine = [line for line in said if line.startswith(f"{name}:")]
    assert len(said) == 1 + len(mine)
    assert len(mine) == (want is not None) and all(want in line for line in mine)


def test_linux_names_exceptions(tree):
    """An exception that nothing needs is a complaint, and so are more than there may be."""
    check = tree / "scripts" / "build" / "check-linux-names"
    text = check.read_text(encoding="utf-8")
    rows = "".join(f'    "src/none{number}.c": (("mm/none.c",), ""),\n' for number in range(40))
    check.write_text(text.replace("\n}\n", f"\n{rows}}}\n", 1),
                     encoding="utf-8")
    said = complaints(tree, "check-linux-names")
    assert sum("no reference needs the exception" in line for line in said) == 40
    assert sum("exceptions, more than 40" in line for line in said) == 1
