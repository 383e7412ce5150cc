# SPDX-License-Identifier: MIT
"""The conditions of a C file and what a mutant of one is (mutate.py)."""
import hashlib
import re

OPENERS, CLOSERS = "([{", ")]}"


def masked(text):
    """The text with comments, strings and lines of the preprocessor as blanks of the same length."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:\\\n|[^\n])*'
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S | re.M)


def closing(text, at):
    depth = 0
    for place in range(at, len(text)):
        if text[place] in OPENERS:
            depth += 1
        elif text[place] in CLOSERS:
            depth -= 1
            if depth == 0:
                return place
    raise ValueError("unbalanced")


def for_condition(text, first, last):
    """Between the two semicolons of for (...); None where nothing stands there."""
    depth, stops = 0, []
    for place in range(first, last):
        depth += (text[place] in OPENERS) - (text[place] in CLOSERS)
        if text[place] == ";" and depth == 0:
            stops.append(place)
    begin, end = stops[0] + 1, stops[1]
    return (begin, end) if text[begin:end].strip() else None


def before_question(text, question):
    """Where the condition of a ?: starts: after whatever binds more loosely than ||."""
    depth = 0
    for place in range(question - 1, -1, -1):
        c = text[place]
        if c in CLOSERS:
            depth += 1
        elif c in OPENERS:
            if depth == 0:
                return place + 1
            depth -= 1
        elif depth == 0:
            if c in ",;?:}":
                return place + 1
            if c == "=" and text[place - 1] not in "=!<>" and text[place + 1] != "=":
                return place + 1
            if text.startswith("return", place) and not (text[place - 1].isalnum()):
                return place + len("return")
    return 0


def spans(text):
    """(begin, end) of every condition, in the order of the text."""
    plain, found = masked(text), set()
    for match in re.finditer(r"\b(if|while|for)\s*\(", plain):
        first = match.end() - 1
        last = closing(plain, first)
        span = (first + 1, last)
        if match.group(1) == "for":
            span = for_condition(plain, first + 1, last)
        if span:
            found.add(span)
    for match in re.finditer(r"\?", plain):
        found.add((before_question(plain, match.start()), match.start()))
    return sorted(found)


class Condition:
    """One condition of a file; number counts them over all files, from 0."""

    def __init__(self, path, text, span, number):
        begin, end = span
        inside = text[begin:end]
        self.path, self.whole, self.number = path, text, number
        self.begin = begin + len(inside) - len(inside.lstrip())
        self.end = begin + len(inside.rstrip())
        self.line = text.count("\n", 0, self.begin) + 1
        self.what = " ".join(inside.split())


class Mutant:
    """A condition forced one way; whatever it calls is still called."""

    def __init__(self, condition, truth):
        c = condition
        self.condition, self.path, self.truth, self.what = c, c.path, truth, c.what
        key = f"{c.whole}\0{c.begin}\0{truth}"
        self.key = hashlib.sha256(key.encode()).hexdigest()[:16]

    def text(self):
        c = self.condition
        forced = f"(({c.whole[c.begin:c.end]}) {'|| 1' if self.truth else '&& 0'})"
        return c.whole[:c.begin] + forced + c.whole[c.end:]

    def name(self):
        forced = "true" if self.truth else "false"
        return f"{self.path}:{self.condition.line}: ({self.what}) forced {forced}"


def conditions_of(files):
    found = []
    for path in files:
        with open(path) as source:
            text = source.read()
        for span in spans(text):
            found.append(Condition(path, text, span, len(found)))
    return found


# A byte for false and one for true of every condition, shared by whatever the program forks.
SEEN = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
static unsigned char nowhere[2 * %d];
unsigned char *evident_seen_at = nowhere;
__attribute__((constructor)) static void open_seen(void)
{
    char const *const path = getenv("EVIDENT_SEEN");
    int const file = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
    if (file >= 0 && ftruncate(file, sizeof nowhere) == 0) {
        void *at = mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (at != MAP_FAILED)
            evident_seen_at = at;
    }
}
"""
PRELUDE = """extern unsigned char *evident_seen_at;
static inline int evident_seen(int at, int truth)
{
    evident_seen_at[2 * at + truth] = 1;
    return truth;
}
#line 1
"""


def observed(conditions):
    """The text of a file whose conditions (all of that file) note what they were."""
    text = conditions[0].whole
    put = []
    for c in conditions:
        put += [(c.end, -c.begin, "))"), (c.begin, -c.end, f"evident_seen({c.number}, !!(")]
    for place, _, what in sorted(put, reverse=True):
        text = text[:place] + what + text[place:]
    return PRELUDE + text
