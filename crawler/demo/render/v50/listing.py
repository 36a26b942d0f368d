"""Pages of 5.0 that list threads and boards. Attested is the row with its link; the rest is unconfirmed."""

from __future__ import annotations

from crawler.demo.model import Board, Stub, Thread
from crawler.demo.render.markup import abbreviated, esc
from crawler.demo.render.parts import Listings


class Listings50(Listings):
    """Listings of 5.0."""

    def board(self, board: Board, page: int) -> str:
        """A board: its own boards first, then its threads; a category has no threads."""
        rows = "".join(self._board_row(child) for child in self.forum.children(board))
        boards = (
            f'<div class="ipsBox ipsBox--forums"><h2 class="ipsBox__header">{self.say("Forums")}</h2>\n'
            f'<i-data><ol class="ipsData ipsData--table ipsData--forums">\n{rows}</ol></i-data></div>\n'
            if rows
            else ""
        )
        threads = self._threads(board, page) if self.forum.n_listed(board) else ""
        return (
            '<header class="ipsPageHeader ipsBox" data-ips-hook="header">\n'
            f'<h1 data-ips-hook="title" class="ipsPageHeader__title">{esc(board.name)}</h1>\n'
            f'<div class="ipsRichText ipsPageHeader__desc"><p>{esc(board.description)}</p></div>\n</header>\n'
            f"{boards}{threads}"
        )

    def index(self) -> str:
        """The front page: the categories with their boards."""
        sections = "".join(self._category(board) for board in self.forum.children(None))
        return (
            f'<header class="ipsPageHeader"><h1 data-ips-hook="title">{self.say("Forums")}</h1></header>\n'
            f'<section>\n<ol class="ipsForumList">\n{sections}</ol>\n</section>'
        )

    def _category(self, board: Board) -> str:
        rows = "".join(self._board_row(child) for child in self.forum.children(board) or [board])
        return (
            f'<li data-categoryid="{board.forum_id}" class="ipsBox"><h2 class="ipsBox__header">'
            f'<a href="{self.base}{board.path}">{esc(board.name)}</a></h2>\n'
            f'<i-data><ol class="ipsData ipsData--table ipsData--category">\n{rows}</ol></i-data>\n</li>\n'
        )

    def _board_row(self, board: Board) -> str:
        threads, url = self.forum.listed(board), self.base + board.path
        subs = "".join(
            f'<li><a href="{self.base}{child.path}">{esc(child.name)}</a></li>' for child in self.forum.children(board)
        )
        n_posts = sum(thread.n_posts for thread in threads)
        return (
            f'<li class="cForumRow ipsData__item" data-forumid="{board.forum_id}">\n'
            f'<a href="{url}" class="ipsLinkPanel" aria-hidden="true" tabindex="-1"><span>{esc(board.name)}</span></a>'
            "\n"
            '<div class="ipsData__content"><div class="ipsData__main"><h4 class="ipsData__title">'
            f'<a href="{url}">{esc(board.name)}</a></h4>\n<div class="ipsData__desc">{esc(board.description)}</div>\n'
            f'<ul class="ipsSubList">{subs}</ul></div>\n'
            f'<dl class="ipsData__stats"><dt>{abbreviated(n_posts)}</dt><dd>{self.say("posts")}</dd></dl></div>\n</li>'
            "\n"
        )

    def _threads(self, board: Board, page: int) -> str:
        url = self.base + board.path
        above, below = self.pager(board, page, "top"), self.pager(board, page, "bottom")
        rows = "".join(
            self._row(entry) if isinstance(entry, Thread) else self._stub(entry)
            for entry in self.forum.page_entries(board, page)
        )
        return (
            f'<div data-controller="forums.front.forum.forumPage">\n<div class="ipsBox" data-baseurl="{url}" '
            'data-tableid="topics" data-controller="core.global.core.table">\n'
            f'<h2 class="ipsBox__header ipsType_sectionTitle" hidden>{self.heading(board)}</h2>\n'
            f'<div class="ipsButtonBar ipsButtonBar--top"><div data-role="tablePagination">{above}</div></div>\n'
            f'<i-data><ol class="ipsData ipsData--table ipsData--entries" id="elTable_{board.forum_id}" '
            f'data-role="tableRows">\n{rows}</ol></i-data>\n'
            f'<div class="ipsButtonBar ipsButtonBar--bottom"><div data-role="tablePagination">{below}</div></div>\n'
            "</div>\n</div>\n"
        )

    def _row(self, thread: Thread) -> str:
        url, first, last, people = self.base + thread.path, thread.posts[0], thread.posts[-1], self.skin.people
        return (
            f'<li class="ipsData__item" data-rowid="{thread.thread_id}" data-location="" '
            'data-controller="forums.front.forum.topicRow">\n'
            f'<a href="{url}" class="ipsLinkPanel" aria-hidden="true" tabindex="-1"><span>{esc(thread.title)}</span>'
            "</a>\n"
            f'<div class="ipsData__icon">{people.avatar(first.author, "fluid")}</div>\n'
            '<div class="ipsData__content"><div class="ipsData__main">\n<div class="ipsData__title">'
            f'<div class="ipsBadges">{self._badges(thread)}</div>\n<h4><a href="{url}">{esc(thread.title)}</a></h4>'
            "</div>\n"
            f'<div class="ipsData__meta">{self.say("By")} {people.person(first.author)}, '
            f"{people.time(first.created_at)}</div>\n</div>\n"
            f'<ul class="ipsData__stats"><li data-stattype="forums_comments">'
            f'<span class="ipsData__stats-icon" data-stat-value="{abbreviated(thread.n_posts - 1)}"></span>'
            f'<span class="ipsData__stats-label">{abbreviated(thread.n_posts - 1)} {self.say("replies")}</span></li>\n'
            f'<li data-stattype="num_views"><span class="ipsData__stats-label">{abbreviated(thread.n_views)} '
            f"{self.say('views')}</span></li></ul>\n"
            f'<div class="ipsData__last">{people.avatar(last.author, "fluid")}<div class="ipsData__last-text">'
            f'<div class="ipsData__last-primary">{people.person(last.author)}</div>'
            f'<div class="ipsData__last-secondary"><a href="{url}" title="{self.say("Go to last post")}">'
            f"{people.time(last.created_at)}</a></div></div></div>\n</div>\n</li>\n"
        )

    def _badges(self, thread: Thread) -> str:
        badges = (
            ("Locked", "lock", thread.locked),
            ("Pinned", "thumbtack", thread.pinned),
            ("Solved", "check", thread.solved),
        )
        return "".join(
            f'<span class="ipsBadge ipsBadge--icon" data-ipstooltip title="{self.say(title)}">'
            f'<i class="fa-solid fa-{icon}"></i></span>'
            for title, icon, shown in badges
            if shown
        )

    def _stub(self, stub: Stub) -> str:
        url, title = self.base + stub.thread.path, esc(stub.thread.title)
        return (
            f'<li class="ipsData__item ipsData__item--moved" data-rowid="{stub.thread_id}" data-location="">\n'
            f'<a href="{url}" class="ipsLinkPanel" aria-hidden="true" tabindex="-1"><span>{title}</span></a>\n'
            '<div class="ipsData__icon"><i class="fa-solid fa-arrow-left"></i></div>\n'
            f'<div class="ipsData__main"><h4 class="ipsData__title"><a href="{url}" title="{self.say("Moved")}">{title}'
            f'</a></h4><div class="ipsData__meta">{self.skin.people.time(stub.at)}</div></div>\n</li>\n'
        )
