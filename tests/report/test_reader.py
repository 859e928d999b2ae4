# SPDX-License-Identifier: GPL-2.0-only
"""What a reader comes across on the page: its words, its colours, its units, and screens of all sizes."""

import json
import re
import subprocess

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
import pytest

from pictures import MIB, ROOT, STAGES, go, run, screen, search, text

pytestmark = pytest.mark.xdist_group("report")

# What JavaScript makes of a value that isn't there.
NO_WORDS = r"\bnull\b|undefined|\bNaN\b|\[object|Infinity"
# What is wrong in the page but its data, its scripts, and what it quotes from the kernel, attributes and all.
WRONG = """
    const wrong = what => {
        const copy = document.querySelector(what).cloneNode(true);
        for (const quoted of copy.querySelectorAll("script, style, #source-text, #log .text, #machine-facts, del, ins"))
            quoted.remove();
        const said = copy.outerHTML;
        return [...said.matchAll(new RegExp(arguments[0], "g"))].map(m => said.slice(Math.max(0, m.index - 80), m.index + 40));
    };
"""
# At this stage: looks up each range, zone and area, by its name, its addresses and its row in the tables; looks
# from the pointer's side; opens each source. Returns how much was looked up, and what was said wrongly.
LOOK_UP_ALL = WRONG + """
    const found = new Set(wrong("html"));
    const seen = window.seenSources ||= new Set();
    let count = 0;
    const check = what => {
        count++;
        for (const part of ["#inspector", "#brief", "#results", "#canvas", "#source"])
            for (const words of wrong(part))
                found.add(`${what}: ${words}`);
    };
    const field = document.getElementById("search"), form = document.getElementById("search-form");
    const look = words => {
        field.value = words;
        form.requestSubmit();
        check(`search ${words}`);
    };
    const rows = [...document.querySelectorAll("#ranges tbody tr")];
    for (const row of rows) {
        row.querySelector("button").click();
        check(row.textContent);
        for (const details of document.querySelectorAll("#inspector details"))
            details.open = true;
        for (const source of document.querySelectorAll("#inspector dd button.mono"))
            if (!seen.has(source.textContent)) {
                seen.add(source.textContent);
                source.click();
                check(`source of ${row.textContent}`);
                document.getElementById("source").close();
            }
    }
    const [places, owners] = [0, 3].map(column => rows.map(row => row.cells[column].textContent.trim()));
    for (const words of new Set([...owners, ...places, "zones", "DMA", "normal", "HighMem", "lowmem", "vmalloc",
                         "pkmap", "fixmap", "0", "4096", "99999999", "0xffffffffffff", "nobody of this name"]))
        look(words);
    for (const part of document.querySelectorAll(".part")) {
        part.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        check(`part ${part.dataset.part}`);
    }
    for (const range of document.querySelectorAll(".range")) {
        range.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        check(`pointer on ${range.getAttribute("aria-label")}`);
    }
    field.value = "";
    form.requestSubmit();
    return [rows.length, count, [...found].slice(0, 20)];
"""


# What the page is given of a stage's state.
SHOWN = ("balance", "freelist", "zones", "layout", "buddyinfo")


def jump(page, index):
    """Goes to a stage by its number, faster than with the slider."""
    page.execute_script("document.querySelectorAll('#stage-names li')[arguments[0]].click()", index)


def tables(page):
    """Shows the tables of all ranges."""
    page.execute_script("document.getElementById('ranges-details').open = true")
    WebDriverWait(page, 10).until(lambda _: page.find_elements(By.CSS_SELECTOR, "#ranges table"))


@pytest.mark.parametrize("machine, first", [(0, 0), (1, STAGES.index("reserved"))])
def test_everything_is_said_in_words(page, documents, machine, first):
    """Every range, zone and area, looked up in each way at every stage: no word of JavaScript's for a value that
    isn't there, in no text and no attribute. The boot allocators differ from one stage on."""
    tables(page)
    page.execute_script("""
        const select = document.getElementById("machine");
        select.value = arguments[0];
        select.dispatchEvent(new Event("change"));""", str(machine))
    for index, stage in list(enumerate(documents[machine]["stages"]))[first:]:
        jump(page, index)
        assert text(page, "#stage-name") == stage["name"] + ":"
        rows, looked, wrong = page.execute_script(LOOK_UP_ALL, NO_WORDS)
        assert rows == len(stage["physical"]) + len(stage["virtual"])
        assert looked > 2.5 * rows
        assert wrong == [], stage["name"]


def test_every_stage_of_both_machines_is_said_in_words(page):
    """The same with both machines in the map, where there is one pointer for two columns."""
    page.find_element(By.ID, "beside").click()
    for index in range(len(STAGES)):
        jump(page, index)
        assert page.execute_script(WRONG + """
            return [...document.querySelectorAll(".range")].flatMap(range => {
                range.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
                return [...wrong("#inspector"), ...wrong("#brief")];
            }).concat(wrong("html"));""", NO_WORDS) == []


def test_the_documents_types(documents, tmp_path):
    """What is collected is what document.d.ts says, which is what the page's scripts are checked against. (A part
    of it: tsc is slow with a large one.)"""
    parts = [{**document, "stages": [
        {**stage, "state": {name: stage["state"][name] for name in SHOWN}}
        for stage in document["stages"] if stage["name"] in ("low-limit", "buddy")],
              "events": document["events"][:30], "log": document["log"][-30:],
              "sources": dict(list(document["sources"].items())[:2])} for document in documents]
    report = ROOT / "scripts" / "report"
    made = tmp_path / "made.ts"
    made.write_text(f"""import {{ Document }} from "{report}/document";
        type Collected = Omit<Document, "glue">;
        function check<T extends Collected>(document: T): T {{ return document; }}
        {"".join(f"check({json.dumps(part)});" for part in parts)}
        """, encoding="utf-8")
    done = subprocess.run(["tsc", "--strict", "--noEmit", "--target", "es2022", "--moduleResolution", "node",
                           made], check=False, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout[:2000]


@pytest.mark.parametrize("words", ["mem_map", "mem map", "MEM-MAP"])
def test_names_are_found_as_people_write_them(page, words):
    """Underlines, blanks and capitals make no difference."""
    search(page, words)
    assert text(page, "#inspector").startswith("mem_map Range 0x")


def test_zones_are_found(page, documents):
    """A zone by its name: its borders and its counts; before there are zones, the stage that has them."""
    stage = next(s for s in documents[0]["stages"] if s["name"] == "buddy")
    for zone in stage["state"]["zones"]["data"]:
        for words in (zone["name"], f"zone {zone['name'].lower()}", f"ZONE_{zone['name'].upper()}"):
            search(page, words)
            said = text(page, "#inspector")
            assert said.startswith(f"Zone {zone['name']} Range {zone['start_pfn'] << 12:#010x} – "
                                   f"{zone['end_pfn'] << 12:#010x}"), words
            assert f"Spanned {zone['spanned']} " in said and f"Present {zone['present']} " in said
            assert f"Free {zone['free']} pages" in said
            assert page.find_element(By.CSS_SELECTOR, ".part.chosen").get_attribute("data-part") == zone["name"]
    search(page, "zones")
    assert all(f"zone {zone['name']}, " in text(page, "#results") for zone in stage["state"]["zones"]["data"])
    go(page, "sanitized")
    search(page, "ZONE_NORMAL")
    assert "Nothing found for “ZONE_NORMAL” at stage sanitized. There is at stage zones." in text(page, "#results")
    page.find_element(By.CSS_SELECTOR, "#results button").click()
    assert text(page, "#stage-name") == "zones:" and text(page, "#inspector").startswith("Zone Normal")


def test_parts_stand_beside_the_columns(page, documents):
    """Each zone and each area has its strip, from its first address to its last; a click tells of it."""
    stage = next(s for s in documents[0]["stages"] if s["name"] == "buddy")
    wanted = {zone["name"]: (zone["end_pfn"] - zone["start_pfn"]) * 4096 for zone in stage["state"]["zones"]["data"]}
    wanted |= {area["name"]: area["end"] - area["start"] for area in stage["state"]["layout"]["data"]["areas"]
               if area["name"] in ("lowmem", "vmalloc", "pkmap", "fixmap", "boot")}
    shown = {part.get_attribute("data-part"): part.get_attribute("aria-label")
             for part in page.find_elements(By.CSS_SELECTOR, ".part")}
    assert shown.keys() == wanted.keys()
    low = f"lowmem · {wanted['lowmem'] // MIB} MiB"
    assert shown["lowmem"] == low
    page.find_element(By.CSS_SELECTOR, ".part[data-part='lowmem'] rect").click()
    said = text(page, "#inspector")
    assert said.startswith(f"lowmem Range 0xc0000000 – {0xc0000000 + wanted['lowmem']:#x}") and "Pieces " in said
    page.switch_to.active_element.send_keys("0")


def test_a_colour_means_one_thing(page):
    """No two kinds look the same, in neither scheme; the bars of free blocks have the colour of what is free."""
    for scheme in ("light", "dark"):
        screen(page, 1280, 900, scheme)
        colours = page.execute_script("""
            const looks = kind => {
                const box = document.body.appendChild(document.createElement("span"));
                box.className = "swatch k-" + kind;
                const { backgroundColor, backgroundImage } = getComputedStyle(box);
                box.remove();
                return backgroundColor + backgroundImage;
            };
            return Object.fromEntries(["free", "ram", "kept", "memmap", "in-use", "firmware", "devices", "hole",
                "lowmem", "image", "vmalloc", "pkmap", "fixmap"].map(kind => [kind, looks(kind)]));""")
        assert len(set(colours.values())) == len(colours), colours
    assert page.execute_script("""
        return [...document.querySelectorAll("td .bar")].every(bar => bar.classList.contains("k-free"))""")


def test_one_unit(page, documents):
    """Sizes are KiB or MiB, never GiB or what the log has; the limit and the area say the same."""
    tables(page)
    for index in range(len(STAGES)):
        jump(page, index)
        said = [text(page, selector) for selector in ("#legend", "#inspector", "#ranges", "#free", "#balance", "#limit")]
        said += page.execute_script("return [...document.querySelectorAll('[data-key]')].map(e => e.ariaLabel)")
        assert not [words for words in said if re.search(r"\d ?([TG]i?B|[kM]B)\b", words)]
        assert any(re.search(r"\d MiB\b", words) for words in said)
    lines = [line["text"] for line in documents[0]["log"] if re.search(r"\d+MB LOWMEM", line["text"])]
    area = page.find_element(By.CSS_SELECTOR, ".part[data-part='lowmem']").get_attribute("aria-label")
    assert lines and f"{area.split()[-2].split('.')[0]}MB LOWMEM" in lines[0]
    assert "MB are KiB and MiB" in text(page, "#log-section")


def test_small_ranges_are_explained(page):
    """The number in a circle: beside the map, and at each."""
    assert "A number in a circle: so many ranges that are too thin" in text(page, ".map .hint")
    for cluster in page.find_elements(By.CSS_SELECTOR, ".cluster"):
        count = cluster.find_element(By.TAG_NAME, "text").text
        title = cluster.find_element(By.TAG_NAME, "title").get_attribute("textContent")
        assert title.startswith(f"Zoom to {count} small range")


def test_present_is_explained(page, documents):
    """More pages may be free than present: the share of mem_map is said."""
    stage = next(s for s in documents[0]["stages"] if s["name"] == "buddy")
    said = text(page, "#free")
    for zone in stage["state"]["zones"]["data"]:
        share = stage["state"]["balance"]["data"]["zones"][zone["name"]]
        assert f"Zone {zone['name']}: {zone['free']} pages free" in said
        assert f"present: {zone['present']}, and {share} for mem_map" in said
    assert "so more pages can be free than are present" in said


@pytest.mark.parametrize("address, says", [
    (0xfffc0000, "no RAM: the flash chip with the firmware's own code"),
    (0x9fc00, "RAM that the BIOS keeps for its data"),
    (0xf0000, "no RAM: the screen's memory, the BIOS and other ROMs"),
    (0xffff000, "the end of RAM, which the firmware keeps for its tables"),
    (0xa0000, "no RAM: the screen's memory"),
    (0x20000000, "no RAM: the PCI hole"),
    (0xfd00000000, "no RAM: the last 12 GiB below 1 TiB"),
])
def test_what_is_no_ram_is_explained(page, documents, address, says):
    """What the firmware's map calls it, and why it is so; in the legend apart from RAM that is reserved."""
    go(page, "raw-map")
    entries = documents[0]["stages"][0]["state"]["raw_e820"]["data"]["entries"]
    if address > 1 << 32 and address >= entries[-1]["end"]:
        pytest.skip("this QEMU reserves nothing below 1 TiB")
    search(page, f"phys {address:#x}")
    said = text(page, "#inspector")
    assert says.lower() in said.lower()
    called = [entry["name"] for entry in entries if entry["start"] <= address < entry["end"]]
    if called:
        assert f"The memory map calls it “{called[0]}”" in said
        assert ("addresses for devices" in said) == says.startswith("no RAM")
    without = sum(entry["end"] - entry["start"] for entry in entries
                  if entry["name"] == "reserved" and (entry["start"] >= 1 << 32 or 0xf0000 <= entry["start"] < MIB
                                                      or entry["start"] >= 0xff000000))
    shown = f"{without // MIB}.{without % MIB * 100 // MIB:02}".rstrip("0").rstrip(".")
    assert f"reserved, but no RAM: addresses for devices {shown} MiB" in text(page, "#legend")


def test_what_the_user_reserves_is_his(page):
    """memmap=7M$101M is not the firmware's."""
    search(page, hex(105 * MIB))
    assert "The command line (mem= or memmap=) wants it so" in text(page, "#inspector")


@pytest.mark.parametrize("length, step, says", [
    (10 * MIB, {"what": "not used:", "why": "by highmem=512M", "pfn": 91 * MIB >> 12, "bytes": None, "pages": 2560},
     "It lies above the last page frame that is used (by highmem=512M)."),
    (0xc00, None, "A piece of a page frame: the kernel uses whole ones only."),
])
def test_ram_that_is_not_used(page, documents, tmp_path, length, step, says):
    """Why the kernel does without it. (This machine uses all: one of its holes is called RAM instead.)"""
    changed = json.loads(json.dumps(documents[0]))
    stage = changed["stages"][STAGES.index("buddy")]
    index = next(i for i, known in enumerate(stage["physical"]) if known["start"] == 91 * MIB)
    unused = {**stage["physical"][index], "end": 91 * MIB + length, "owner": "RAM that the kernel does not use",
              "event": None}
    stage["physical"][index:index + 1] = [unused] + [{**stage["physical"][index], "start": unused["end"]}] * (
        unused["end"] < stage["physical"][index]["end"])
    stage["state"]["layout"]["data"]["derivation"]["steps"] += [step] if step else []
    (tmp_path / "changed.json").write_text(json.dumps([changed]), encoding="utf-8")
    run("make-report", "--from", tmp_path / "changed.json", "-o", tmp_path / "page.html")
    page.get(f"file://{tmp_path}/page.html#buddy={91 * MIB:#x}")
    assert says in text(page, "#inspector")


def test_a_source_is_a_whole_function(page, documents):
    """The box shows the function with its comment, as the file has it, and marks the line."""
    def shown():
        return page.execute_script("return [...document.querySelectorAll('#source-text .line')].map(e => e.innerText)")
    index = next(i for i, line in enumerate(documents[0]["log"]) if line["text"].startswith("BIOS-provided"))
    call = documents[0]["log"][index]["calls"][0]
    page.execute_script("document.querySelector(arguments[0]).click()", f"#log li[data-line='{index}'] .place")
    lines = (ROOT / call["file"]).read_text(encoding="utf-8").splitlines()
    numbers = [int(line.split()[0]) for line in shown()]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)) and call["line"] in numbers
    assert lines[numbers[0] - 1].startswith("/*") and lines[numbers[-1] - 1] == "}"
    assert not any(line.startswith("}") for line in lines[numbers[0]:numbers[-1] - 1]), "one function, no more"
    places = page.execute_script("""
        return [...document.querySelectorAll("#source-text .line")].map(line => [line.getBoundingClientRect().top,
            line.querySelector("code").getBoundingClientRect().left, line.querySelector("code").textContent]);""")
    assert [code if code != " " else "" for _, _, code in places] == lines[numbers[0] - 1:numbers[-1]]
    assert all(one[0] + 10 < other[0] for one, other in zip(places, places[1:])), "each on a line of its own"
    assert len({left for _, left, _ in places}) == 1
    assert any(f"{call['function']}(" in lines[number - 1] for number in numbers)
    assert page.find_element(By.CSS_SELECTOR, "#source-text .hit").text.split()[0] == str(call["line"])
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    for index, milestone in enumerate(documents[0]["stages"]):
        jump(page, index)
        page.find_element(By.CSS_SELECTOR, "#stage-source button").click()
        assert f"{milestone['function']}(" in text(page, "#source-text .hit"), milestone["name"]
        assert shown()[0].split()[1].startswith("/*")
        page.switch_to.active_element.send_keys(Keys.ESCAPE)


@pytest.mark.parametrize("width", [1280, 1920, 2560])
def test_wide_screens_are_used(page, width):
    """No line of the log is broken; the page is as wide as the screen."""
    screen(page, width, width * 9 // 16)
    broken = page.execute_script("""
        const height = document.querySelector("#log li:not(:has(.mark))").getBoundingClientRect().height;
        return [...document.querySelectorAll("#log li:not(:has(.mark))")]
            .filter(line => line.getBoundingClientRect().height > height * 1.4).map(line => line.innerText);""")
    assert broken == []
    boxes = page.execute_script("""
        return [...document.querySelectorAll("main, .panels")].map(e => e.getBoundingClientRect().width);""")
    assert min(boxes) > width * 0.94
    # Most lines can be read without scrolling.
    room, lengths = page.execute_script("""
        return [document.getElementById("log").clientWidth,
            [...document.querySelectorAll("#log .text")].map(e => e.getBoundingClientRect().width + 90)];""")
    assert sum(length > room for length in lengths) < len(lengths) * (0.25 if width == 1280 else 0.1)


def test_a_phone_reaches_everything(page):
    """Orders 0 to 10, the zones' names, the whole log: on 390 pixels."""
    screen(page, 390, 844)
    page.refresh()
    rows = page.execute_script("""
        return [...document.querySelectorAll("#free table")].map(table => [...table.querySelectorAll("tbody tr")]
            .map(row => [row.cells[0].innerText, Math.max(...[...row.cells].map(c => c.getBoundingClientRect().right))]));""")
    for table in rows:
        assert [name for name, _ in table] == [*map(str, range(11)), "Pages"]
        assert max(right for _, right in table) <= 390
    names = page.execute_script("""
        return [...document.querySelectorAll(".part")].map(part => [part.dataset.part,
            part.querySelector("text") ? part.querySelector("text").textContent : "",
            part.getBoundingClientRect().left, part.getBoundingClientRect().right]);""")
    assert all(left >= 0 and right <= 390 for _, _, left, right in names)
    assert any(shown.startswith("Normal") for _, shown, _, _ in names)
    assert page.execute_script("return getComputedStyle(document.querySelector('#log .place')).position") == "static"
    screen(page, 1280, 900)
    assert len(page.find_elements(By.CSS_SELECTOR, "#free table:first-of-type thead th")) > 12


def test_addresses_that_make_no_sense(page):
    """A page's address that was cut or mistyped: the page is there all the same."""
    start = page.current_url.split("#", maxsplit=1)[0]
    for words in ("#%zz", "#buddy=%E0%A4", "#nowhere=", "#=mem_map", "#zones=<b>"):
        page.get("about:blank")
        page.get(start + words)
        assert text(page, "#stage-name") in ("buddy:", "zones:"), words
        assert page.find_elements(By.CSS_SELECTOR, ".range")
    assert "“<b>”" in text(page, "#results")
