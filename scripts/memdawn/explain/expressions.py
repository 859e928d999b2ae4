# SPDX-License-Identifier: GPL-2.0-only
"""The expressions of explanations: integers, names, + - * / % << >> < > <= >= == !=, parentheses, and
min(), max(), pow2() (the highest power of two that isn't larger). A name may have a part: line.number; of
line.number|line.number the first that is known counts.

src/monitor/explain.c and scripts/report/explain.js work them out in the same way."""

import re
from collections.abc import Callable

TOKEN = re.compile(r"\s*(0x[0-9a-f]+|\d+|[A-Za-z_]\w*(?:\.\w+(?:\|\w+\.\w+)*)?|<<|>>|<=|>=|==|!=|[-+*/%<>(),])")
WIDTH = 64
LARGEST_DIVISOR = 1 << 32
LEVELS = (("==", "!=", "<", ">", "<=", ">="), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))

# What a name stands for; None: it isn't known here.
Values = Callable[[str], int | None]


class Malformed(Exception):
    """This is no expression."""


class Unknown(Exception):
    """A name's value isn't known here, or a number is divided by zero."""


def tokens_of(text: str) -> list[str]:
    """An expression's words. Raises Malformed."""
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if not match:
            raise Malformed(f"{text!r}: what is {text[at:]!r}?")
        found.append(match[1])
        at = match.end()
    return found


def names_in(text: str) -> list[str]:
    """The names that an expression has, without the functions'."""
    return [name for token in tokens_of(text) if token[0].isalpha() and token not in FUNCTIONS
            for name in token.split("|")]


def pow2(value: int) -> int:
    """The highest power of two that isn't larger."""
    return 1 << value.bit_length() - 1 if value > 0 else 0


FUNCTIONS: dict[str, Callable[..., int]] = {"min": min, "max": max, "pow2": pow2}


def apply(operator: str, left: int, right: int) -> int:
    """Two numbers' result; divisions are C's, toward zero."""
    if operator in ("<<", ">>") and not 0 <= right < WIDTH:
        raise Unknown("a shift by more than a number has bits")
    if operator in ("/", "%"):
        if not 0 < abs(right) < LARGEST_DIVISOR:
            raise Unknown("a division by zero, or by more than the kernel can")
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "<<": left.__lshift__,
            ">>": left.__rshift__, "<": left.__lt__, ">": left.__gt__, "<=": left.__le__,
            ">=": left.__ge__, "==": left.__eq__, "!=": left.__ne__}[operator](right)


class Reader:
    """Works an expression out while it is read."""

    def __init__(self, text: str, values: Values) -> None:
        self.text, self.values = text, values
        self.rest = tokens_of(text)

    def next(self, *wanted: str) -> str | None:
        """The next word, if it is one of these (or any)."""
        if self.rest and (not wanted or self.rest[0] in wanted):
            return self.rest.pop(0)
        return None

    def level(self, number: int = 0) -> int:
        """Operators of this rank and higher ones."""
        if number == len(LEVELS):
            return self.operand()
        value = self.level(number + 1)
        while (operator := self.next(*LEVELS[number])):
            value = int(apply(operator, value, self.level(number + 1)))
        return value

    def arguments(self) -> list[int]:
        """What stands in parentheses."""
        found = [self.level()]
        while self.next(","):
            found.append(self.level())
        if not self.next(")"):
            raise Malformed(f"{self.text!r}: a parenthesis isn't closed")
        return found

    def operand(self) -> int:
        """A number, a name, a call, or something in parentheses."""
        token = self.next()
        if token is None or not (token == "(" or token[0].isalnum()):
            raise Malformed(f"{self.text!r}: a number is missing")
        if token == "(":
            return self.arguments()[0]
        if token[0].isdigit():
            return int(token, 0)
        if token in FUNCTIONS and self.next("("):
            return FUNCTIONS[token](*self.arguments())
        value = next((value for name in token.split("|") if (value := self.values(name)) is not None), None)
        if value is None:
            raise Unknown(token)
        return value


def value_of(text: str, values: Values) -> int:
    """An expression's value. Raises Malformed or Unknown."""
    reader = Reader(text, values)
    value = reader.level()
    if reader.rest:
        raise Malformed(f"{text!r}: what is {reader.rest[0]!r}?")
    return value
