"""Pages that list threads and boards."""

from __future__ import annotations

from crawler.demo.model import Board, Stub, Thread
from crawler.demo.render.markup import abbreviated, attr, esc
from crawler.demo.render.parts import Listings


class Listings47(Listings):
    """Listings of 4.4-4.7."""

    def board(self, board: Board, page: int) -> str:
        """A board: its own boards first, then its threads; a category has no threads."""
        threads = self._threads(board, page) if self.forum.n_listed(board) else ""
        return f"{self._header(board)}{self._boards(board)}{threads}"

    def index(self) -> str:
        """The front page: the categories with their boards."""
        sections = "".join(self._category(board) for board in self.forum.children(None))
        head = (
            "<div class='ipsPageHeader ipsClearfix'><header><h1 class='ipsType_pageTitle'>"
            f"{self.say('Forums')}</h1></header></div>\n"
        )
        return f"{head}<section><ol class='ipsList_reset cForumList'>\n{sections}</ol></section>"

    def _header(self, board: Board) -> str:
        return (
            '<div class="ipsPageHeader  ipsBox ipsResponsive_pull ipsPadding ipsClearfix">\n<header>\n'
            f"<h1 class=\"ipsType_pageTitle\">{esc(board.name)}</h1>\n<div class='ipsType_richText ipsType_normal'>\n"
            f"<p>\n\t{esc(board.description)}\n</p>\n</div>\n</header>\n</div>\n"
        )

    def _category(self, board: Board) -> str:
        rows = "".join(self._board_row(child) for child in self.forum.children(board) or [board])
        return (
            f"<li data-categoryid='{board.forum_id}' class='cForumRow ipsBox ipsSpacer_bottom ipsResponsive_pull'>\n"
            '<h2 class="ipsType_sectionTitle ipsType_reset cForumTitle"><a '
            f"href='{self.base}{board.path}'>{esc(board.name)}</a>"
            f'</h2>\n<ol class="ipsDataList ipsDataList_large ipsDataList_zebra" data-role="forums">\n{rows}</ol>\n'
            "</li>\n"
        )

    def _boards(self, board: Board) -> str:
        rows = "".join(self._board_row(child) for child in self.forum.children(board))
        if not rows:
            return ""
        return (
            '<div class="ipsList_reset cForumList ipsBox ipsSpacer_bottom ipsResponsive_pull" '
            'data-controller="core.global.core.table, forums.front.forum.forumList" data-baseURL="">\n'
            f'<h2 class="ipsType_sectionTitle ipsType_reset">{self.say("Forums")}</h2>\n'
            f'<ol class="ipsDataList ipsDataList_zebra ipsDataList_large ipsAreaBackground_reset">\n{rows}</ol>\n'
            "</div>\n"
        )

    def _board_row(self, board: Board) -> str:
        threads = self.forum.listed(board)
        n_posts = sum(thread.n_posts for thread in threads)
        children = self.forum.children(board)
        subs = "".join(f'<li><a href="{self.base}{child.path}">{esc(child.name)}</a></li>' for child in children)
        sub_list = f'<ul class="ipsDataItem_subList ipsList_inline">{subs}</ul>\n' if subs else ""
        last = max(threads, key=lambda thread: thread.posts[-1].timestamp, default=None)
        return (
            '<li class="cForumRow ipsDataItem ipsDataItem_responsivePhoto  ipsClearfix" '
            f'data-forumID="{board.forum_id}">\n'
            '<div class="ipsDataItem_icon ipsDataItem_category"><span class="ipsItemStatus ipsItemStatus_large '
            'cForumIcon_normal ipsItemStatus_read"><i class="fa fa-comments"></i></span></div>\n'
            '<div class="ipsDataItem_main">\n<h4 class="ipsDataItem_title ipsType_break">\n'
            f'<a href="{self.base}{board.path}">{esc(board.name)}</a>\n</h4>\n{sub_list}'
            f'<div class="ipsType_richText ipsDataItem_meta ipsContained">\n<p>\n\t{esc(board.description)}\n</p>\n'
            "</div>\n</div>\n"
            '<div class="ipsDataItem_stats ipsDataItem_statsLarge">\n<dl>\n<dt class="ipsDataItem_stats_number">'
            f'{abbreviated(n_posts)}</dt>\n<dd class="ipsDataItem_stats_type ipsType_light"> {self.say("posts")}</dd>\n'
            "</dl>\n</div>\n"
            f"{self._board_last(last) if last else ''}</li>\n"
        )

    def _board_last(self, thread: Thread) -> str:
        post, url = thread.posts[-1], self.base + thread.path
        return (
            '<ul class="ipsDataItem_lastPoster ipsDataItem_withPhoto">\n<li>'
            f"{self.skin.people.avatar(post.author, 'tiny')}</li>\n"
            f'<li class="ipsDataItem_lastPoster__title"><a href="{url}" '
            f'title="{attr(thread.title)}">{esc(thread.title)}</a></li>\n'
            f'<li class="ipsType_light ipsType_blendLinks">\n{self.say("By")} {self.skin.people.person(post.author)}, '
            "\n"
            f'<a href="{url}" title="{self.say("Go to last post")}">{self.skin.people.time(post.created_at)}</a>\n'
            "</li>\n</ul>\n"
        )

    def _threads(self, board: Board, page: int) -> str:
        url = self.base + board.path
        above, below = self._pagination(board, page, "top"), self._pagination(board, page, "bottom")
        rows = "".join(self.entry(entry) for entry in self.forum.page_entries(board, page))
        return (
            '<div data-controller="forums.front.forum.forumPage">\n<ul class="ipsToolList ipsToolList_horizontal '
            f'ipsSpacer_both"><li class="ipsToolList_primaryAction"><a href="{url}?do=add" rel="nofollow noindex">'
            f"{self.say('Start new topic')}</a></li></ul>\n"
            f'<div class="ipsBox ipsResponsive_pull" data-baseurl="{url}" data-resort="listResort" '
            'data-tableID="topics" '
            'data-controller="core.global.core.table">\n'
            '<h2 class="ipsType_sectionTitle ipsHide ipsType_medium '
            f'ipsType_reset ipsClear">{self.heading(board)}</h2>\n'
            f'<div class="ipsButtonBar ipsPad_half ipsClearfix ipsClear">\n{self._sorting(url)}{above}</div>\n'
            f'<ol class="ipsClear ipsDataList cForumTopicTable  cTopicList " id="elTable_{board.forum_id}" '
            f'data-role="tableRows">\n{rows}</ol>\n'
            f'<div class="ipsButtonBar ipsPad_half ipsClearfix ipsClear">\n{below}</div>\n</div>\n</div>\n'
        )

    def _pagination(self, board: Board, page: int, place: str) -> str:
        bar = self.pager(board, page, place)
        return f'<div data-role="tablePagination"{"" if bar else " class=ipsHide"}>\n{bar}</div>\n'

    def _sorting(self, url: str) -> str:
        kinds = (("last_post", "Recently Updated"), ("title", "Title"), ("views", "Most Viewed"))
        items = "".join(
            f'<li class="ipsMenu_item" data-ipsMenuValue="{kind}"><a href="{url}?sortby={kind}&amp;sortdirection=desc" '
            f'rel="nofollow">{self.say(label)}</a></li>\n'
            for kind, label in kinds
        )
        return (
            '<ul class="ipsButtonRow ipsPos_right ipsClearfix"><li><a '
            f'href="#" data-role="sortButton" data-ipsMenu>{self.say("Sort By")}</a>'
            f'<ul class="ipsMenu ipsMenu_auto ipsMenu_selectable ipsHide">\n{items}</ul></li></ul>\n'
        )

    def entry(self, entry: Thread | Stub) -> str:
        """A row: a thread, or where one was moved to."""
        return self._row(entry) if isinstance(entry, Thread) else self._stub(entry)

    def _stub(self, stub: Stub) -> str:
        """Unconfirmed: what is left of a moved thread; a row with a number of its own that links the thread."""
        url, title = self.base + stub.thread.path, stub.thread.title
        return (
            f'<li class="ipsDataItem ipsDataItem_responsivePhoto     " data-rowID="{stub.thread_id}" data-location="" '
            'data-controller="forums.front.forum.topicRow">\n<div class="ipsDataItem_icon ipsPos_top">'
            '<i class="fa fa-arrow-left ipsType_large"></i></div>\n<div class="ipsDataItem_main">\n'
            '<h4 class="ipsDataItem_title ipsContained_container">\n<span class="ipsType_break ipsContained">\n'
            f"<a href='{url}' title='{self.say('Moved')}'>\n{esc(title)}\n</a>\n</span>\n</h4>\n"
            f'<div class="ipsDataItem_meta ipsType_reset ipsType_light">{self.skin.people.time(stub.at)}</div>\n'
            "</div>\n</li>\n"
        )

    def _icons(self, thread: Thread) -> str:
        icons = ""
        if thread.locked:
            icons += (
                '<span>\n<i class="ipsType_medium fa fa-lock" data-ipsTooltip '
                f'title="{self.say("This topic is locked")}"></i>\n</span>\n'
            )
        badges = (("Pinned", "thumb-tack", thread.pinned), ("Solved", "check", thread.solved))
        icons += "".join(
            '<span><span class="ipsBadge ipsBadge_icon ipsBadge_small ipsBadge_positive" '
            f'data-ipsTooltip title="{self.say(title)}"><i class="fa fa-{icon}"></i></span></span>\n'
            for title, icon, shown in badges
            if shown
        )
        return icons

    def _row(self, thread: Thread) -> str:
        url, first, icons = self.base + thread.path, thread.posts[0], self._icons(thread)
        return (
            f'<li class="ipsDataItem ipsDataItem_responsivePhoto     " data-rowID="{thread.thread_id}" '
            'data-location="" '
            'data-controller="forums.front.forum.topicRow">\n<div class="ipsDataItem_main">\n'
            f'<h4 class="ipsDataItem_title ipsContained_container">\n{icons}<span class="ipsType_break ipsContained">\n'
            f"<a href='{url}' class='' title='{attr(thread.title)} ' data-ipsHover "
            f"data-ipsHover-target='{url}?preview=1' "
            f"data-ipsHover-timeout='1.5'>\n<span>\n{esc(thread.title)}\n</span>\n</a>\n</span>\n</h4>\n"
            '<span data-role="activeUsers"></span>\n<div class="ipsDataItem_meta ipsType_reset ipsType_light '
            f'ipsType_blendLinks">\n<span>\n{self.say("By")} \n{self.skin.people.person(first.author)}, \n</span>'
            f"{self.skin.people.time(first.created_at)}\n"
            "</div>\n</div>\n"
            f"{self._stats(thread)}{self._last_poster(thread)}</li>\n"
        )

    def _stats(self, thread: Thread) -> str:
        return (
            '<ul class="ipsDataItem_stats">\n<li data-statType="forums_comments">\n'
            f'<span class="ipsDataItem_stats_number">{abbreviated(thread.n_posts - 1)}</span>\n'
            f'<span class="ipsDataItem_stats_type"> {self.say("replies")}</span>\n</li>\n'
            '<li class="ipsType_light" data-statType="num_views">\n'
            f'<span class="ipsDataItem_stats_number">{abbreviated(thread.n_views)}</span>\n'
            f'<span class="ipsDataItem_stats_type"> {self.say("views")}</span>\n</li>\n</ul>\n'
        )

    def _last_poster(self, thread: Thread) -> str:
        post = thread.posts[-1]
        return (
            '<ul class="ipsDataItem_lastPoster ipsDataItem_withPhoto ipsType_blendLinks">\n'
            f"<li>{self.skin.people.avatar(post.author, 'tiny')}</li>\n<li>\n{self.skin.people.person(post.author)}\n"
            "</li>\n"
            f'<li class="ipsType_light">\n<a href="{self.base}{thread.path}" title="{self.say("Go to last post")}" '
            'class="ipsType_blendLinks">\n'
            f"{self.skin.people.time(post.created_at)}\n</a>\n</li>\n</ul>\n"
        )
