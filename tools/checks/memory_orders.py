# SPDX-License-Identifier: Apache-2.0
"""Every atomic operation spells its memory order.

Reads text, not types. So it is sure of what it can see in one line of C++ and silent about the
rest. Its limits:
  - a method called load, store, exchange, compare_exchange_* or fetch_* is taken for an atomic's,
    whatever the object is; an order may be a name that contains "order", as in `load(order)`;
  - operators (++, +=, =) and conversions (`if (x_)`, `return x_;`, `x_ == 1`) are seen for what the
    same file declares as std::atomic or std::atomic_flag: under its name alone if that ends in "_"
    or is declared nowhere else, behind "." or "->" otherwise;
  - `return x_;` is not looked at in a file where some function returns a reference to an atomic;
  - it sees nothing through typedefs, `auto&`, pointers to atomics (`*p = 1`), macros, or a
    conversion in a function's argument (which may as well bind a reference).
"""

import re

_METHOD = re.compile(
    r"(?:\.|->)\s*(?:template\s+)?"
    r"(load|store|exchange|compare_exchange_(?:weak|strong)|fetch_\w+|test_and_set)\s*\("
)
_FREE = re.compile(
    r"\b(atomic_(?:thread_fence|signal_fence|load|store|exchange|compare_exchange_(?:weak|strong)"
    r"|fetch_\w+|flag_\w+))\s*\("
)
_SYNC = re.compile(r"\b(__sync_\w+)\s*\(")
_DECLARATION = re.compile(r"\bstd::atomic(?:_flag\b|_\w+\b|\s*<)")
_NAME = re.compile(r"\s*(const\b|&)?\s*([A-Za-z_]\w*)\s*(?=[;={(,)\[:]|ABSL_|HAMMERLOCK_)")
_INDEX = r"(?:\s*\[[^\[\]]*\])*"


def blank(text):
    """The text with comments and literals turned into spaces; every line keeps its place."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
        re.DOTALL,
    )
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def _closing(text, start, pair="()"):
    """The index after the bracket that closes the one before `start`; -1 if none does."""
    depth = 1
    for i in range(start, len(text)):
        if text[i] == pair[0]:
            depth += 1
        elif text[i] == pair[1]:
            depth -= 1
            if depth == 0:
                return i + 1
    return -1


def _orders(arguments):
    return len(re.findall(r"memory_order|\b\w*order\w*\b", arguments.replace("std::", "")))


def _calls(code):
    for match in _METHOD.finditer(code):
        name = match.group(1)
        count = _orders(code[match.end() : _closing(code, match.end())])
        if count == 0:
            yield match.start(1), "%s() without its memory order" % name
        elif count == 1 and name.startswith("compare_exchange"):
            yield match.start(1), "%s() without the memory order of its failure" % name
    for match in _FREE.finditer(code):
        name = match.group(1)
        if not _orders(code[match.end() : _closing(code, match.end())]):
            yield match.start(1), "%s() without its memory order" % name
    for match in _SYNC.finditer(code):
        yield match.start(1), "%s() has no memory order to spell: use std::atomic" % match.group(1)


def _declared(code):
    """{name: where} of the std::atomic objects and references that this text declares."""
    names = {}
    for match in _DECLARATION.finditer(code):
        end = match.end()
        if code[end - 1] == "<":
            end = _closing(code, end, "<>")
        name = _NAME.match(code, end) if end > 0 else None
        if name:
            names.setdefault(name.group(2), set()).add(name.start(2))
    return names


def _declared_otherwise(code, name, places):
    """Whether the text declares the name as something else too (`Node* next = ...`)."""
    for match in re.finditer(r"[\w>*&]\s*[\s*&]\s*(%s)\s*[;={(,)\[:]" % re.escape(name), code):
        word = re.search(r"(\w+)\W*$", code[: match.start(1)])
        if match.start(1) not in places and not (word and word.group(1) in {"return", "co_return"}):
            if not re.search(r"[-+!=<|&]\s*$|(?:&&|\|\|)\s*$", code[: match.start(1)]):
                return True
    return False


def _returns_references(code):
    """Whether a function of this text returns a reference to an atomic: `return x_;` may be it."""
    for match in _DECLARATION.finditer(code):
        end = match.end()
        if code[end - 1] == "<":
            end = _closing(code, end, "<>")
        if end > 0 and re.match(r"\s*&\s*[\w:]+\s*\(", code[end:]):
            return True
    return False


def _operators(code):
    returned = r"!$" if _returns_references(code) else r"(?:\breturn|!)$"
    for name, places in _declared(code).items():
        alone = name.endswith("_") or not _declared_otherwise(code, name, places)
        word = r"\b%s\b%s" % (re.escape(name), _INDEX)
        for match in re.finditer(word, code):
            before = code[: match.start()].rstrip()
            after = code[match.end() :].lstrip()
            member = before.endswith((".", "->"))
            if match.start() in places or not (alone or member):
                continue
            if after.startswith((".", "->", "(", "{")):  # a method call, an initializer
                continue
            # What stands before the whole expression: `++node->next`, `!this->held_`.
            whole = re.sub(r"(?:[\w\]\)]+(?:\[[^\[\]]*\])?\s*(?:\.|->)\s*)+$", "", before).rstrip()
            if whole.endswith(("++", "--")) or after.startswith(("++", "--")):
                yield match.start(), "%s: ++ and -- spell no memory order" % name
            elif re.match(r"(?:[-+|&^])=", after):
                yield match.start(), "%s: %s spells no memory order" % (name, after[:2])
            elif re.match(r"=[^=]", after):
                yield match.start(), "%s: = spells no memory order" % name
            elif re.match(r"[=!]=|<[^<]|>[^>]", after) or re.search(r"[=!<>]=$", whole):
                yield match.start(), "%s: a comparison reads it without a memory order" % name
            elif re.search(returned, whole) and re.match(r"[;)&|?]", after):
                yield match.start(), "%s: is read without a memory order" % name
            elif re.search(r"\b(?:if|while|switch)\s*\($", whole) and after.startswith(")"):
                yield match.start(), "%s: is read without a memory order" % name
            elif re.search(r"[^=!<>]=$", whole) and after.startswith(";") and not re.search(
                r"&\s*\w+\s*=$", whole
            ):
                yield match.start(), "%s: is read without a memory order" % name


def check(text):
    """[(line, message)] of what is wrong in a file's text."""
    code = blank(text)
    found = sorted(set(_calls(code)) | set(_operators(code)))
    return [(code.count("\n", 0, where) + 1, message) for where, message in found]
