"""The tree of replies, as a list of lines: each post under the one that it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def outline(parents: Mapping[int, int | None], order: Sequence[int]) -> list[tuple[int, int]]:
    """Posts with their depths, each behind the post that it answers; ``order`` is that of time.

    A post whose parent is not in ``order``, or that is its own ancestor, stands at depth 0. It takes no recursion: a
    chain of replies may be as long as a thread.

    >>> outline({1: None, 2: 1, 3: None, 4: 2}, [1, 2, 3, 4])
    [(1, 0), (2, 1), (4, 2), (3, 0)]
    """
    children: dict[int | None, list[int]] = {}
    for post in order:
        parent = parents.get(post)
        children.setdefault(parent if parent in parents and parent != post else None, []).append(post)
    found: list[tuple[int, int]] = []
    seen: set[int] = set()

    def walk(roots: list[int]) -> None:
        stack = [(post, 0) for post in reversed(roots)]
        while stack:
            post, depth = stack.pop()
            if post in seen:
                continue
            seen.add(post)
            found.append((post, depth))
            stack += [(child, depth + 1) for child in reversed(children.get(post, []))]

    walk(children.get(None, []))
    for post in order:  # posts that answer each other in a ring
        if post not in seen:
            walk([post])
    return found
