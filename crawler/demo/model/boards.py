"""The boards of the invented forum."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.demo.model.forum import Board


@dataclass(frozen=True, slots=True)
class Boards:
    """The boards: a category, and three boards in it, one of which has a board of its own."""

    square: Board
    news: Board
    regional: Board
    workshop: Board
    table: Board

    @property
    def all(self) -> list[Board]:
        """In the order of the front page."""
        return [self.square, self.news, self.regional, self.workshop, self.table]


def boards() -> Boards:
    """The boards, always the same."""
    square = Board(2, "The Square", "Where the town meets.")
    news = Board(4, "News", "What the papers say.", square)
    return Boards(
        square=square,
        news=news,
        regional=Board(7, "Regional Desk", "Up and down the coast.", news),
        workshop=Board(5, "Workshop & Tools", "How things are made and mended.", square),
        table=Board(9, "Open Table", "Everything else.", square),
    )
