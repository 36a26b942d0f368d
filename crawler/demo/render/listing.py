"""Pages that list threads and boards."""

from __future__ import annotations

from crawler.demo.model import Board, Forum, Thread
from crawler.demo.render.jsonld import site_scripts
from crawler.demo.render.markup import abbreviated, attr, avatar, esc, person, time
from crawler.demo.render.page import Chrome, document
from crawler.demo.render.pager import pager


def forum_page(forum: Forum, board: Board, page: int, base: str) -> bytes:
    """A listing page of a board: its own boards first, then its threads; a category has no threads."""
    chrome = Chrome(
        site=forum.site,
        base=base,
        title=board.name,
        url=base + board.path,
        controller="forums",
        item_id=board.forum_id,
        page=page,
        n_pages=forum.n_listing_pages(board),
        trail=board.trail[:-1],
        description=board.description,
        scripts=site_scripts(forum, base, board.trail),
        head_links=[("alternate", f"{base}{board.path.rstrip('/')}.xml/")],
    )
    threads = _threads(forum, board, page, base) if forum.listed(board) else ""
    return document(chrome, f"{_header(board)}{_boards(forum, board, base)}{threads}")


def index_page(forum: Forum, base: str) -> bytes:
    """The front page: the categories with their boards."""
    chrome = Chrome(
        site=forum.site,
        base=base,
        title="Forums",
        url=f"{base}/",
        controller="index",
        description=forum.site.description,
        scripts=site_scripts(forum, base, ()),
    )
    sections = "".join(_category(forum, board, base) for board in forum.children(None))
    head = "<div class='ipsPageHeader ipsClearfix'><header><h1 class='ipsType_pageTitle'>Forums</h1></header></div>\n"
    return document(chrome, f"{head}<section><ol class='ipsList_reset cForumList'>\n{sections}</ol></section>")


def _header(board: Board) -> str:
    return (
        '<div class="ipsPageHeader  ipsBox ipsResponsive_pull ipsPadding ipsClearfix">\n<header>\n'
        f"<h1 class=\"ipsType_pageTitle\">{esc(board.name)}</h1>\n<div class='ipsType_richText ipsType_normal'>\n"
        f"<p>\n\t{esc(board.description)}\n</p>\n</div>\n</header>\n</div>\n"
    )


def _category(forum: Forum, board: Board, base: str) -> str:
    rows = "".join(_board_row(forum, child, base) for child in forum.children(board) or [board])
    return (
        f"<li data-categoryid='{board.forum_id}' class='cForumRow ipsBox ipsSpacer_bottom ipsResponsive_pull'>\n"
        '<h2 class="ipsType_sectionTitle ipsType_reset cForumTitle"><a '
        f"href='{base}{board.path}'>{esc(board.name)}</a>"
        f'</h2>\n<ol class="ipsDataList ipsDataList_large ipsDataList_zebra" data-role="forums">\n{rows}</ol>\n</li>\n'
    )


def _boards(forum: Forum, board: Board, base: str) -> str:
    rows = "".join(_board_row(forum, child, base) for child in forum.children(board))
    if not rows:
        return ""
    return (
        '<div class="ipsList_reset cForumList ipsBox ipsSpacer_bottom ipsResponsive_pull" '
        'data-controller="core.global.core.table, forums.front.forum.forumList" data-baseURL="">\n'
        '<h2 class="ipsType_sectionTitle ipsType_reset">Forums</h2>\n'
        f'<ol class="ipsDataList ipsDataList_zebra ipsDataList_large ipsAreaBackground_reset">\n{rows}</ol>\n</div>\n'
    )


def _board_row(forum: Forum, board: Board, base: str) -> str:
    threads = forum.listed(board)
    n_posts = sum(thread.n_posts for thread in threads)
    subs = "".join(f'<li><a href="{base}{child.path}">{esc(child.name)}</a></li>' for child in forum.children(board))
    sub_list = f'<ul class="ipsDataItem_subList ipsList_inline">{subs}</ul>\n' if subs else ""
    last = max(threads, key=lambda thread: thread.posts[-1].timestamp, default=None)
    return (
        f'<li class="cForumRow ipsDataItem ipsDataItem_responsivePhoto  ipsClearfix" data-forumID="{board.forum_id}">\n'
        '<div class="ipsDataItem_icon ipsDataItem_category"><span class="ipsItemStatus ipsItemStatus_large '
        'cForumIcon_normal ipsItemStatus_read"><i class="fa fa-comments"></i></span></div>\n'
        '<div class="ipsDataItem_main">\n<h4 class="ipsDataItem_title ipsType_break">\n'
        f'<a href="{base}{board.path}">{esc(board.name)}</a>\n</h4>\n{sub_list}'
        f'<div class="ipsType_richText ipsDataItem_meta ipsContained">\n<p>\n\t{esc(board.description)}\n</p>\n'
        "</div>\n</div>\n"
        f'<div class="ipsDataItem_stats ipsDataItem_statsLarge">\n<dl>\n<dt class="ipsDataItem_stats_number">'
        f'{abbreviated(n_posts)}</dt>\n<dd class="ipsDataItem_stats_type ipsType_light"> posts</dd>\n</dl>\n</div>\n'
        f"{_board_last(last, base) if last else ''}</li>\n"
    )


def _board_last(thread: Thread, base: str) -> str:
    post, url = thread.posts[-1], base + thread.path
    return (
        f'<ul class="ipsDataItem_lastPoster ipsDataItem_withPhoto">\n<li>{avatar(post.author, base, "tiny")}</li>\n'
        f'<li class="ipsDataItem_lastPoster__title"><a href="{url}" '
        f'title="{attr(thread.title)}">{esc(thread.title)}</a></li>\n'
        f'<li class="ipsType_light ipsType_blendLinks">\nBy {person(post.author, base)}, \n'
        f'<a href="{url}" title="Go to last post">{time(post.created_at)}</a>\n</li>\n</ul>\n'
    )


def _threads(forum: Forum, board: Board, page: int, base: str) -> str:
    url, n = base + board.path, len(forum.listed(board))
    above, below = _pagination(forum, board, page, url, "top"), _pagination(forum, board, page, url, "bottom")
    rows = "".join(_row(thread, base) for thread in forum.page_threads(board, page))
    noun = "topic" if n == 1 else "topics"
    return (
        '<div data-controller="forums.front.forum.forumPage">\n<ul class="ipsToolList ipsToolList_horizontal '
        f'ipsSpacer_both"><li class="ipsToolList_primaryAction"><a href="{url}?do=add" rel="nofollow noindex">'
        "Start new topic</a></li></ul>\n"
        f'<div class="ipsBox ipsResponsive_pull" data-baseurl="{url}" data-resort="listResort" data-tableID="topics" '
        'data-controller="core.global.core.table">\n'
        '<h2 class="ipsType_sectionTitle ipsHide ipsType_medium '
        f'ipsType_reset ipsClear">{n} {noun} in this forum</h2>\n'
        f'<div class="ipsButtonBar ipsPad_half ipsClearfix ipsClear">\n{_sorting(url)}{above}</div>\n'
        f'<ol class="ipsClear ipsDataList cForumTopicTable  cTopicList " id="elTable_{board.forum_id}" '
        f'data-role="tableRows">\n{rows}</ol>\n'
        f'<div class="ipsButtonBar ipsPad_half ipsClearfix ipsClear">\n{below}</div>\n</div>\n</div>\n'
    )


def _pagination(forum: Forum, board: Board, page: int, url: str, place: str) -> str:
    bar = pager(url, page, forum.n_listing_pages(board), per_page=forum.threads_per_page, place=place)
    return f'<div data-role="tablePagination"{"" if bar else " class=ipsHide"}>\n{bar}</div>\n'


def _sorting(url: str) -> str:
    kinds = (("last_post", "Recently Updated"), ("title", "Title"), ("views", "Most Viewed"))
    items = "".join(
        f'<li class="ipsMenu_item" data-ipsMenuValue="{kind}"><a href="{url}?sortby={kind}&amp;sortdirection=desc" '
        f'rel="nofollow">{label}</a></li>\n'
        for kind, label in kinds
    )
    return (
        '<ul class="ipsButtonRow ipsPos_right ipsClearfix"><li><a '
        'href="#" data-role="sortButton" data-ipsMenu>Sort By</a>'
        f'<ul class="ipsMenu ipsMenu_auto ipsMenu_selectable ipsHide">\n{items}</ul></li></ul>\n'
    )


def _row(thread: Thread, base: str) -> str:
    url, first, icons = base + thread.path, thread.posts[0], ""
    if thread.locked:
        icons += (
            '<span>\n<i class="ipsType_medium fa fa-lock" data-ipsTooltip title="This topic is locked"></i>\n</span>\n'
        )
    if thread.pinned:
        icons += (
            '<span><span class="ipsBadge ipsBadge_icon ipsBadge_small ipsBadge_positive" '
            'data-ipsTooltip title="Pinned">'
            '<i class="fa fa-thumb-tack"></i></span></span>\n'
        )
    if thread.solved:
        icons += (
            '<span><span class="ipsBadge ipsBadge_icon ipsBadge_small ipsBadge_positive" '
            'data-ipsTooltip title="Solved">'
            '<i class="fa fa-check"></i></span></span>\n'
        )
    return (
        f'<li class="ipsDataItem ipsDataItem_responsivePhoto     " data-rowID="{thread.thread_id}" data-location="" '
        'data-controller="forums.front.forum.topicRow">\n<div class="ipsDataItem_main">\n'
        f'<h4 class="ipsDataItem_title ipsContained_container">\n{icons}<span class="ipsType_break ipsContained">\n'
        f"<a href='{url}' class='' title='{attr(thread.title)} ' data-ipsHover data-ipsHover-target='{url}?preview=1' "
        f"data-ipsHover-timeout='1.5'>\n<span>\n{esc(thread.title)}\n</span>\n</a>\n</span>\n</h4>\n"
        '<span data-role="activeUsers"></span>\n<div class="ipsDataItem_meta ipsType_reset ipsType_light '
        f'ipsType_blendLinks">\n<span>\nBy \n{person(first.author, base)}, \n</span>{time(first.created_at)}\n'
        "</div>\n</div>\n"
        f"{_stats(thread)}{_last_poster(thread, base)}</li>\n"
    )


def _stats(thread: Thread) -> str:
    return (
        '<ul class="ipsDataItem_stats">\n<li data-statType="forums_comments">\n'
        f'<span class="ipsDataItem_stats_number">{abbreviated(thread.n_posts - 1)}</span>\n'
        '<span class="ipsDataItem_stats_type"> replies</span>\n</li>\n'
        '<li class="ipsType_light" data-statType="num_views">\n'
        f'<span class="ipsDataItem_stats_number">{abbreviated(thread.n_views)}</span>\n'
        '<span class="ipsDataItem_stats_type"> views</span>\n</li>\n</ul>\n'
    )


def _last_poster(thread: Thread, base: str) -> str:
    post = thread.posts[-1]
    return (
        '<ul class="ipsDataItem_lastPoster ipsDataItem_withPhoto ipsType_blendLinks">\n'
        f"<li>{avatar(post.author, base, 'tiny')}</li>\n<li>\n{person(post.author, base)}\n</li>\n"
        f'<li class="ipsType_light">\n<a href="{base}{thread.path}" title="Go to last post" '
        'class="ipsType_blendLinks">\n'
        f"{time(post.created_at)}\n</a>\n</li>\n</ul>\n"
    )
