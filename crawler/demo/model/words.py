"""Readable sentences from small word lists, chosen by a seeded generator."""

from __future__ import annotations

from random import Random

_WHO = (
    "the harbour board",
    "my neighbour",
    "the port authority",
    "a cousin of mine",
    "the ferry company",
    "our old teacher",
    "the town council",
    "the night watch",
    "the fish market",
    "the union",
    "the inspector",
    "a lorry driver",
)
_DID = (
    "promised",
    "forgot",
    "explained",
    "measured",
    "painted over",
    "postponed",
    "counted twice",
    "argued about",
    "paid for",
    "published",
    "laughed at",
    "signed off",
)
_WHAT = (
    "the new tide gates",
    "the winter timetable",
    "the toll on small boats",
    "the broken crane",
    "last year's budget",
    "the map of the estuary",
    "the pumping station",
    "the repair of the quay",
    "those warning lights",
    "the survey",
    "the insurance",
    "the old lock",
)
_WHEN = (
    "before the storm",
    "in the spring",
    "without telling anybody",
    "for the third time",
    "on a Sunday",
    "after the meeting",
    "while it rained",
    "during the holidays",
    "at a bad moment",
    "as far as I know",
)
_OPINION = (
    "I am not convinced",
    "That is good news",
    "Nobody will miss it",
    "It could have been worse",
    "I would not bet on it",
    "We shall see next year",
    "Somebody ought to ask them",
    "That makes sense to me",
    "The figures do not add up",
    "I stand by what I said",
)
_WHY = (
    "because the money is gone",
    "since the water rises every year",
    "although the plans looked fine",
    "and the fishermen know it",
    "but that is only my view",
    "if the weather holds",
    "now that the engineers have left",
    "whatever the paper says",
)


def sentence(rng: Random) -> str:
    """One sentence."""
    if rng.random() < 0.4:
        return f"{rng.choice(_OPINION)}, {rng.choice(_WHY)}."
    words = f"{rng.choice(_WHO)} {rng.choice(_DID)} {rng.choice(_WHAT)} {rng.choice(_WHEN)}"
    return f"{words[0].upper()}{words[1:]}{rng.choice('..!?')}"


def paragraph(rng: Random) -> str:
    """One to four sentences."""
    return " ".join(sentence(rng) for _ in range(rng.randint(1, 4)))


def paragraphs(rng: Random) -> list[str]:
    """One to three paragraphs."""
    return [paragraph(rng) for _ in range(rng.randint(1, 3))]
