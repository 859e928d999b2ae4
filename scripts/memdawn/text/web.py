# SPDX-License-Identifier: GPL-2.0-only
"""What web pages and their editors make of plain text."""

import html
import re

ENTITY = re.compile(r"&(?:gt|lt|amp|nbsp|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
PAGE = re.compile(r"<(?:br|pre|code|html|p|div|td|span|blockquote)(?:\s[^<>]*)?/?>", re.IGNORECASE)
LINE_TAGS = re.compile(r"<(?:br|/p|/div|/li|/tr|/pre)(?:\s[^<>]*)?/?>(?:\r?\n)?", re.IGNORECASE)
OTHER_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
FORUM_TAGS = re.compile(r"\[/?(?:B|I|U|FONT|COLOR|SIZE|CODE|QUOTE|NOPARSE)(?:=[^\]\n]{0,80})?\]", re.IGNORECASE)
MOST_ESCAPES = 3

# Blanks that aren't blanks, dashes that were a minus, and what has no width.
CHARACTERS = str.maketrans({
    **dict.fromkeys("\xa0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\t", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"), "\xd7": "x",
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\xad", "")})


def plain(text: str) -> str:
    """The text without tags, a page's or a forum's, and entities, with plain blanks and dashes."""
    if PAGE.search(text):
        text = OTHER_TAGS.sub("", LINE_TAGS.sub("\n", text))
    if "[/" in text:
        text = FORUM_TAGS.sub("", text)
    for _ in range(MOST_ESCAPES):           # an editor may have escaped what was escaped already
        if not ENTITY.search(text):
            break
        text = html.unescape(text)
    return text if text.isascii() and "\t" not in text else text.translate(CHARACTERS)
