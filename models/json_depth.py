"""How deep JSON is nested, found without recursion and before anything parses it."""

import re

# A text, so that brackets in it do not count; or a bracket. A text without an end runs to the last byte: matched
# otherwise, each of its quotes would be tried as the beginning of another, in quadratic time.
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


def is_too_deep(text: bytes, depth_max: int) -> bool:
    """Whether arrays and objects are nested more than `depth_max` deep. Text that is no JSON may give either answer."""
    if text.count(b"[") + text.count(b"{") <= depth_max:
        return False
    depth = 0
    for token in TOKEN.finditer(text):
        bracket = token[0]
        if bracket in b"[{":
            depth += 1
            if depth > depth_max:
                return True
        elif bracket in b"]}":
            depth -= 1
    return False
