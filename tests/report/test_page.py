# SPDX-License-Identifier: GPL-2.0-only
"""The page in a browser: what it shows is what the kernel said."""

import re

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
import pytest

from pictures import MIB, STAGES, go, screen, search, text, view

pytestmark = pytest.mark.xdist_group("report")

def log_numbers(document, pattern):
    """The numbers of the kernel's own lines that match."""
    return [tuple(int(n) for n in match.groups()) for line in document["log"]
            if (match := re.fullmatch(pattern, line["text"]))]


def test_slider_goes_through_the_stages(page, documents):
    """Each stage shows its own text and as many ranges as it has; nothing is free before the
    buddy allocator has anything."""
    assert [stage["name"] for stage in documents[0]["stages"]] == STAGES
    slider = page.find_element(By.ID, "stage")
    slider.send_keys(Keys.HOME)
    for stage in documents[0]["stages"]:
        assert text(page, "#stage-name") == stage["name"] + ":"
        assert stage["meaning"] in text(page, ".stage-text")
        assert stage["function"] in text(page, "#stage-source")
        assert slider.get_attribute("aria-valuetext").startswith(stage["name"])
        free = page.find_elements(By.CSS_SELECTOR, ".range.free")
        assert bool(free) == (stage["name"] in ("buddy", "end")), stage["name"]
        slider.send_keys(Keys.ARROW_RIGHT)
    assert text(page, "#stage-name") == "end:"
    page.find_element(By.ID, "previous").click()
    assert text(page, "#stage-name") == "buddy:"


@pytest.mark.parametrize("address, start, end", [(0x5b00000, 91, 101), (0x74fffff, 108, 117)])
def test_the_odd_holes_are_found(page, address, start, end):
    """A hole that the command line has made: its borders, and who has made it."""
    search(page, hex(address))
    said = text(page, "#inspector")
    assert f"{start * MIB:#010x} – {end * MIB:#010x}" in said
    assert f"{end - start} MiB = " in said and "no memory, or not used" in said
    assert "not in the memory map" in said
    assert re.search(r"parse_memmap_opt\(\), src/arch/i386/firmware/e820/user.c:\d+", said)
    shown = page.find_element(By.CSS_SELECTOR, ".range.chosen")
    assert shown.get_attribute("aria-label").startswith("not in the memory map, ")
    assert shown.find_element(By.TAG_NAME, "rect").rect["height"] > 5


def test_hover(page, documents):
    """The pointer on a range: range, owner, size, the function, with its source."""
    known = next(r for r in documents[0]["stages"][-2]["physical"] if r["start"] == 91 * MIB - 4096
                 or r["end"] == 91 * MIB)
    shown = page.find_element(By.CSS_SELECTOR, f".range[data-start='{known['start']}'] rect")
    ActionChains(page).move_to_element(shown).perform()
    for said in (text(page, "#inspector"), text(page, "#brief")):
        assert known["owner"] in said and "free_all_bootmem()" in said
        assert f"{known['start']:#010x} – {91 * MIB:#010x}" in said
        assert re.search(r"\b7\d\.\d+ MiB", said)
    ActionChains(page).move_to_element(page.find_element(By.TAG_NAME, "h1")).perform()
    assert "New since stage handover" in text(page, "#inspector")


def test_the_reserved_piece_is_the_users(page):
    """memmap=7M$101M."""
    search(page, str(105 * MIB // 4096))
    said = text(page, "#inspector")
    assert f"{101 * MIB:#010x} – {108 * MIB:#010x}" in said
    assert "reserved, says the memory map" in said and "parse_memmap_opt()" in said
    go(page, "raw-map")
    assert "RAM of the memory map" in text(page, "#inspector"), "the firmware knew nothing of it"


def test_search_by_virtual_address_and_by_owner(page, documents):
    """The image's text is where its symbols say; an owner is found by a part of his name."""
    search(page, "0xc1000010")
    said = text(page, "#inspector")
    assert ".text: code" in said and "0x01000000" in said
    assert "TEXT DATA BSS" in text(page, "#results"), "and what lies behind it"
    search(page, "MEM_MAP")
    place = next(int(match[1], 16) for line in documents[0]["log"] if (match := re.search(
        r"node_mem_map ([0-9a-f]{8})$", line["text"])))
    said = text(page, "#inspector")
    assert f"{place - 0xc0000000 & ~0xfff:#010x} – " in said, "in the page that the log says"
    assert "alloc_node_mem_map()" in said and "src/mm/page_alloc/free_area_init.c" in said
    assert page.current_url.endswith("#buddy=MEM_MAP"), "an address that can be kept"
    page.refresh()
    assert text(page, "#inspector") == said
    search(page, "nobody of this name")
    assert "Nothing found" in text(page, "#results")


def test_every_range_can_be_reached(page, documents):
    """However small: search for its address makes it large enough to be hit."""
    stage = next(s for s in documents[0]["stages"] if s["name"] == "handover")
    assert min(r["end"] - r["start"] for r in stage["physical"]) < 64, "there are tiny ones"
    go(page, "handover")
    page.execute_script("document.getElementById('ranges-details').open = true")
    WebDriverWait(page, 10).until(lambda _: page.find_elements(By.CSS_SELECTOR, "table.virtual"))
    for which in ("physical", "virtual"):
        heights = page.execute_script("""
            return [...document.querySelectorAll(`table.${arguments[0]} tbody tr`)].map(row => {
                row.querySelector("button").click();
                const chosen = document.querySelector(".range.chosen rect");
                return [row.innerText, chosen ? chosen.getBoundingClientRect().height : 0];
            });""", which)
        assert len(heights) == len(stage[which])
        assert [row for row, height in heights if height < 4] == []


def test_keyboard_goes_through_the_map(page):
    """Tab gets to a range, arrows to its neighbours, Enter and + zoom, 0 goes back."""
    page.execute_script("document.querySelector('#tools .tool:last-child button:last-child').focus()")
    page.switch_to.active_element.send_keys(Keys.TAB)
    first = page.switch_to.active_element
    assert "range" in first.get_attribute("class") or "cluster" in first.get_attribute("class")
    search(page, "0x5b00000")
    page.execute_script("document.querySelector('.range.chosen').focus()")
    start = page.switch_to.active_element.get_attribute("data-start")
    page.switch_to.active_element.send_keys(Keys.ARROW_UP)
    assert page.switch_to.active_element.get_attribute("data-start") == str(101 * MIB)
    assert "reserved, says the memory map" in text(page, "#inspector")
    page.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    assert page.switch_to.active_element.get_attribute("data-start") == start
    before = view(page)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    zoomed = view(page)
    assert zoomed[1] - zoomed[0] < before[1] - before[0]
    page.switch_to.active_element.send_keys("+")
    nearer = view(page)
    assert nearer[1] - nearer[0] == pytest.approx((zoomed[1] - zoomed[0]) / 2)
    page.switch_to.active_element.send_keys("0")
    assert view(page) == [0, 177 * MIB], "0 to RAM's end"


def test_map_is_to_scale(page, documents):
    """The pixels of the ranges that are high enough, per byte, are the same."""
    stage = next(s for s in documents[0]["stages"] if s["name"] == "buddy")
    ends = {known["start"]: known["end"] for known in stage["physical"]}
    low, high = view(page)
    heights = page.execute_script("""
        return [...document.querySelectorAll('.range[data-column="physical"]')].map(g =>
            [Number(g.dataset.start), Number(g.querySelector("rect").getAttribute("height"))]);""")
    ratios = [(min(ends[start], high) - max(start, low)) / height for start, height in heights if height > 4]
    assert len(ratios) >= 5
    assert max(ratios) / min(ratios) < 1.001


def test_balance_is_the_kernels(page, documents):
    """The sheet on the page, and what the kernel printed of it (memdawn.dump=balance)."""
    said = text(page, "#balance")
    counts = {line["text"].split()[1]: line["text"].split()[2] for line in documents[0]["log"]
              if re.fullmatch(r"balance: (free|reserved|memmap|hole|max_pfn) \d+", line["text"])}
    assert len(counts) == 5
    for ours, kernels in (("free", "free"), ("reserved", "reserved"), ("mem_map", "memmap"),
                          ("no RAM", "hole"), ("max_pfn", "max_pfn")):
        assert re.search(rf"{ours} {counts[kernels]}\b", said), f"{ours} {counts[kernels]}: {said}"
    owners = [re.fullmatch(r"balance: owner (\d+) \[([0-9a-f]+) - [0-9a-f]+\] (.*)", line["text"])
              for line in documents[0]["log"] if line["text"].startswith("balance: owner")]
    assert len(owners) >= 8
    for owner in owners:
        assert f"{owner[3]} 0x{owner[2][-8:]} {owner[1]}" in said
    assert "✓ balanced" in said


def test_free_blocks_are_the_kernels(page, documents):
    """The table, and what the kernel printed of its lists (memdawn.dump=zones)."""
    wanted = log_numbers(documents[0], r"AZ boot DMA o(\d+) nr_free=(\d+).*")
    assert [order for order, _ in wanted] == list(range(11))
    rows = page.execute_script("""
        return [...document.querySelectorAll("#free table")].map(table =>
            [...table.querySelectorAll("tbody tr")].map(row => [...row.cells].map(c => c.innerText.trim())));""")
    count = lambda cell: 0 if cell == "·" else int(cell)
    shown = [sum(count(row[order + 1]) for row in rows[0]) for order in range(11)]
    assert shown == [free for _, free in wanted]
    go(page, "zones")
    assert text(page, "#free").startswith("Not initialised yet (needs mem_init)")


def test_low_memory_limit(page):
    """891 MiB by PAE's layout; here RAM ends before it."""
    said = text(page, "#limit")
    assert "MAXMEM 891.99 MiB 228350" in said and "− 128 MiB" in said
    assert f"low memory ends 0x0b100000 {177 * MIB // 4096} " in said


def test_log_and_its_sources(page, documents):
    """All lines are there, in order; a click goes to the stage, another shows the source."""
    lines = page.execute_script("return [...document.querySelectorAll('#log .text')].map(b => "
                                "[...b.childNodes].pop().textContent)")
    assert lines == [line["text"] or " " for line in documents[0]["log"]]
    assert "ask=</script><b>&amp;" in text(page, "#machine-facts"), "as it was typed"
    index = next(i for i, line in enumerate(lines) if line.startswith("On node 0 totalpages"))
    item = page.find_element(By.CSS_SELECTOR, f"#log li[data-line='{index}']")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", item)
    item.find_element(By.CSS_SELECTOR, ".text").click()
    assert text(page, "#stage-name") == "zones:"
    item.find_element(By.CSS_SELECTOR, ".place").click()
    assert 'printk(KERN_DEBUG "On node %d totalpages' in text(page, "#source-text .hit")
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not page.find_element(By.ID, "source").is_displayed()


def test_a_line_is_explained(page, documents):
    """The ? beside a line tells what it is, with its own numbers; a click on a number marks what it is, one on
    a word tells that; all words stand below."""
    index = next(i for i, line in enumerate(documents[0]["log"]) if line["text"].startswith("On node 0 totalpages"))
    (pages,), *_ = log_numbers(documents[0], r"On node 0 totalpages: (\d+)")
    ask = page.find_element(By.CSS_SELECTOR, f"#log li[data-line='{index}'] .ask")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", ask)
    ask.click()
    assert text(page, "#explanation-title") == documents[0]["log"][index]["text"]
    assert f"RAM in page frames, without the holes: {pages * 4096 >> 20} MB." in text(page, "#explanation .content")
    page.find_element(By.CSS_SELECTOR, "#explanation-title button[title='pages']").click()
    assert "all ranges of early_node_map together" in text(page, "#explanation .hit")
    page.find_element(By.XPATH, "//dialog[@id='explanation']//button[text()='early_node_map']").click()
    assert "The RAM as ranges of page frames" in text(page, "#explanation .content")
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not page.find_element(By.ID, "explanation").is_displayed()
    page.find_element(By.CSS_SELECTOR, "#words-details summary").click()
    words = text(page, "#words")
    assert "pageblock" in words and "1024 page frames in a row, 4 MB" in words
    page.find_element(By.CSS_SELECTOR, "#words-details summary").click()


def test_two_boot_allocators_are_compared(page, documents):
    """The table has both values, the map both machines, with stripes where they differ."""
    said = text(page, "#difference")
    assert "boot allocator bootmem memblock" in said
    only_one = [line["text"] for line in documents[1]["log"] if "memblock" in line["text"]]
    assert only_one and all(line in page.find_element(By.ID, "difference").get_attribute(
        "textContent") for line in only_one)
    page.find_element(By.ID, "beside").click()
    titles = [element.text for element in page.find_elements(By.CSS_SELECTOR, "#tools h3")]
    assert titles == [document["title"] for document in documents]
    assert page.find_elements(By.CSS_SELECTOR, ".differs")
    # mem_map lies in another place; the column of each machine shows its own.
    for column, document in zip(("physical", "other"), documents):
        stage = next(s for s in document["stages"] if s["name"] == "buddy")
        start = next(r["start"] for r in stage["physical"] if r["kind"] == "memmap")
        shown = page.find_elements(By.CSS_SELECTOR, f".range.memmap[data-column='{column}']")
        assert [int(group.get_attribute("data-start")) for group in shown] == [start]


def contrast(one, other):
    """WCAG's contrast of two colours `rgb(r, g, b)`."""
    def light(colour):
        parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
        parts = [n / 12.92 if n <= 0.03928 else ((n + 0.055) / 1.055) ** 2.4 for n in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_sizes_and_schemes(page, width, scheme):
    """No scrolling sideways on a phone; text can be read in either scheme, on every kind."""
    screen(page, width, 844, scheme)
    page.refresh()
    page.execute_script("""
        document.getElementById("ranges-details").open = true;""")
    assert page.execute_script("const root = document.documentElement;"
                               "return root.scrollWidth - root.clientWidth") == 0
    assert page.execute_script("return innerWidth") == width
    style = """
        const of = (selector, name) => getComputedStyle(document.querySelector(selector))[name];
        return [[of("body", "color"), of("body", "backgroundColor")],
                [of(".quiet", "color"), of(".card", "backgroundColor")],
                [of("button.link", "color"), of(".card", "backgroundColor")],
                ...[...document.querySelectorAll(".range:not(.hole)")].filter(g => g.querySelector("text"))
                   .map(g => [getComputedStyle(g.querySelector("text")).fill,
                              getComputedStyle(g.querySelector("rect")).fill])]"""
    pairs = page.execute_script(style)
    assert len(pairs) > 5
    for one, other in pairs:
        assert contrast(one, other) >= 4.5, (one, other)
    dark = contrast(pairs[0][1], "rgb(0, 0, 0)") < 2
    assert dark == (scheme == "dark")


def test_names_for_screen_readers(page):
    """Whatever can be focused or worked has a name."""
    tree = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    worked = [node for node in tree if not node["ignored"] and node["role"]["value"] in (
        "button", "slider", "checkbox", "combobox", "searchbox", "link")]
    assert len(worked) > 40
    assert [node for node in worked if not node.get("name", {}).get("value")] == []


def test_the_page_is_alone(page, made):
    """Nothing is fetched, and the page would not be allowed to."""
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0
    source = (made / "report.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in source
    assert set(re.findall(r"https?://[^\"' <]*", source)) <= {"http://www.w3.org/2000/svg"}
