"""A page of a thread."""

from __future__ import annotations

from crawler.demo.model import Forum, Poll, Post, Thread
from crawler.demo.render.body import blocks_html
from crawler.demo.render.jsonld import topic_scripts
from crawler.demo.render.markup import attr, avatar, esc, person, time
from crawler.demo.render.page import Chrome, document
from crawler.demo.render.pager import pager
from crawler.demo.render.post import later, moderated, post_html


def topic_page(forum: Forum, thread: Thread, page: int, base: str) -> bytes:
    """The page of that number, from 1; links point below ``base``, which has no slash at its end."""
    posts = forum.page_posts(thread, page)
    return document(topic_chrome(forum, thread, page, base), topic_content(forum, thread, page, base, posts))


def topic_chrome(forum: Forum, thread: Thread, page: int, base: str) -> Chrome:
    """What the page of a thread says outside its content."""
    return Chrome(
        site=forum.site,
        base=base,
        title=thread.title,
        url=base + thread.path,
        controller="topic",
        item_id=thread.thread_id,
        page=page,
        n_pages=forum.n_pages(thread),
        trail=thread.board.trail,
        description=(thread.posts[0].text or "").split("\n")[0][:160],
        scripts=topic_scripts(forum, thread, page, base),
    )


def topic_content(forum: Forum, thread: Thread, page: int, base: str, posts: list[Post]) -> str:
    """Header, poll, the feed of posts between two pagers, and the reply area."""
    url = base + thread.path
    above, below = _pagination(forum, thread, page, url, "top"), _pagination(forum, thread, page, url, "bottom")
    last = " data-lastPage" if page == forum.n_pages(thread) else ""
    poll = _poll(thread.poll) if thread.poll else ""  # unconfirmed: whether it stands on every page, or on the first
    return (
        f"{_header(thread, base)}\n{_tools(thread, base)}"
        '<div id="comments" data-controller="core.front.core.commentFeed,forums.front.topic.view, '
        f'core.front.core.ignoredComments" data-autoPoll data-baseURL="{url}"{last} '
        f'data-feedID="topic-{thread.thread_id}" class="cTopic ipsClear ipsSpacer_top">\n'
        f"{poll}{above}{_recommended(thread, base)}"
        '<div id="elPostFeed" data-role="commentFeed" data-controller="core.front.core.moderation">\n'
        f'<form action="{url}?csrfKey=0f1e2d3c4b5a69788796a5b4c3d2e1f0&amp;do=multimodComment" method="post" '
        'data-ipsPageAction data-role="moderationTools">\n'
        f"{_feed(forum, thread, page, base, posts)}"
        '<input type="hidden" name="csrfKey" value="0f1e2d3c4b5a69788796a5b4c3d2e1f0"></form>\n</div>\n'
        f"{below}{_reply_area(thread, base)}</div>\n{_parent(thread, base)}"
    )


def _pagination(forum: Forum, thread: Thread, page: int, url: str, place: str) -> str:
    bar = pager(url, page, forum.n_pages(thread), per_page=forum.posts_per_page, anchor="#comments", place=place)
    return f'<div class="ipsBox ipsResponsive_pull ipsPadding:half ipsClearfix">\n{bar}</div>\n' if bar else ""


def _feed(forum: Forum, thread: Thread, page: int, base: str, posts: list[Post]) -> str:
    parts: list[str] = []
    events = sorted(thread.log, key=lambda event: event.at)
    final = page == forum.n_pages(thread)
    for post in posts:
        previous = thread.posts[thread.posts.index(post) - 1] if post is not thread.posts[0] else None
        since = previous.created_at if previous else None
        due = [event for event in events if since and since <= event.at < post.created_at]
        parts += [moderated(event.at, event.by, event.action, base) for event in due]
        parts += [later((post.created_at - since).days)] if since else []
        parts.append(post_html(post, base))
    if final and posts:
        parts += [
            moderated(event.at, event.by, event.action, base) for event in events if event.at >= posts[-1].created_at
        ]
    return "".join(parts)


def _badge(title: str, icon: str, kind: str) -> str:
    return (
        f"<span><span class='ipsBadge ipsBadge_icon ipsBadge_{kind}' data-ipsTooltip title='{title}'>"
        f"<i class='fa fa-{icon}'></i></span></span>\n"
    )


def _header(thread: Thread, base: str) -> str:
    first, badges = thread.posts[0], ""
    if thread.locked and thread.locked_badge:
        badges += _badge("Locked", "lock", "negative")
    if thread.pinned:
        badges += _badge("Pinned", "thumb-tack", "positive")
    if thread.solved:
        badges += _badge("Solved", "check", "positive")
    return (
        '<div class="ipsPageHeader ipsResponsive_pull ipsBox ipsPadding sm:ipsPadding:half ipsMargin_bottom">\n'
        '<div class="ipsFlex ipsFlex-ai:center ipsFlex-fw:wrap ipsGap:4">\n<div class="ipsFlex-flex:11">\n'
        f"<h1 class='ipsType_pageTitle ipsContained_container'>\n{badges}"
        f"<span class='ipsType_break ipsContained'>\n<span>{esc(thread.title)}</span>\n</span>\n</h1>\n"
        f"{_tags(thread, base)}</div>\n</div>\n<hr class='ipsHr'>\n"
        "<div class='ipsPageHeader__meta ipsFlex ipsFlex-jc:between'>\n<div class='ipsFlex-flex:11'>\n"
        "<div class='ipsPhotoPanel ipsPhotoPanel_mini ipsPhotoPanel_notPhone ipsClearfix'>\n"
        f"{avatar(first.author, base, 'mini')}\n<div>\n<p class='ipsType_reset ipsType_blendLinks'>\n"
        f"<span class='ipsType_normal'>\n<strong>By {person(first.author, base)}</strong><br>\n"
        f"<span class='ipsType_light'>{time(first.created_at)} in <a href=\"{base}{thread.board.path}\">"
        f"{esc(thread.board.name)}</a></span>\n</span>\n</p>\n</div>\n</div>\n</div>\n"
        f"{_share(thread, base)}</div>\n</div>\n"
    )


def _tags(thread: Thread, base: str) -> str:
    if not thread.tags:
        return ""
    items = "".join(
        f'<li>\n<a href="{base}/tags/{attr(tag)}/" class=\'ipsTag\' title="Find other content tagged with '
        f'\'{attr(tag)}\'" rel="tag" data-tag-label="{attr(tag)}"><span>{esc(tag)}</span></a>\n</li>\n'
        for tag in thread.tags
    )
    return f"<ul class='ipsTags ipsList_inline '>\n{items}</ul>\n"


def _share(thread: Thread, base: str) -> str:
    title, url = attr(thread.title), base + thread.path
    return (
        '<div class="ipsFlex-flex:01 ipsResponsive_hidePhone">\n<div class="ipsShareLinks">\n'
        '<div class="ipsPadding ipsMenu ipsMenu_auto ipsHide" data-controller="core.front.core.sharelink">\n'
        "<button class='ipsHide ipsButton ipsButton_verySmall' data-controller='core.front.core.webshare' "
        f"data-role='webShare' data-webShareTitle='{title}' data-webShareText='{title}' data-webShareUrl='{url}'>"
        "More sharing options...</button>\n</div>\n"
        f'<div data-followApp="forums" data-followArea="topic" data-followID="{thread.thread_id}">\n'
        f'<a href="{base}/login/" rel="nofollow" class="ipsFollow ipsButton_disabled" data-role="followButton">'
        '<span>Followers</span>\n<span class="ipsCommentCount">0</span></a>\n</div>\n</div>\n</div>\n'
    )


def _tools(thread: Thread, base: str) -> str:
    reply = (
        ""
        if thread.locked
        else '<li class="ipsToolList_primaryAction">\n<span data-controller="forums.front.topic.reply">'
        '<a href="#replyForm" rel="nofollow" data-action="replyToTopic">Reply to this topic</a></span>\n</li>\n'
    )
    return (
        '<div class="ipsClearfix">\n<ul class="ipsToolList ipsToolList_horizontal ipsClearfix ipsSpacer_both ">\n'
        f"{reply}"
        f'<li class="ipsResponsive_hidePhone"><a href="{base}{thread.board.path}?do=add" rel="nofollow" '
        'title="Start a new topic in this forum">Start new topic</a></li>\n</ul>\n</div>\n'
    )


def _recommended(thread: Thread, base: str) -> str:
    """The box of chosen posts: hidden and empty on most threads, and a repetition of real posts on the others."""
    boxes = "".join(
        f'<div class="ipsBox ipsBox--child ipsPadding ipsMargin_bottom" data-commentID="{post.post_id}">\n'
        f"<div class='ipsPhotoPanel ipsPhotoPanel_mini'>\n{avatar(post.author, base, 'mini')}\n<div>\n"
        f"<h3 class='ipsType_reset'>{person(post.author, base)}</h3>\n<p class='ipsType_reset ipsType_light'>"
        f"Posted {time(post.created_at)}</p>\n</div>\n</div>\n<div class='ipsType_richText ipsType_normal' "
        f"data-ipsTruncate>\n{blocks_html(post.body, base)}\n</div>\n"
        f"<a href='#comment-{post.post_id}' data-action='goToComment'>Go to this post</a>\n</div>\n"
        for post in thread.recommended
    )
    hidden = "" if boxes else "ipsHide"
    return (
        '<div data-controller="core.front.core.recommendedComments" '
        f'data-url="{base}{thread.path}?recommended=comments" '
        f'class="ipsRecommendedComments {hidden}">\n<div data-role="recommendedComments">\n'
        '<h2 class="ipsType_sectionHead ipsType_large ipsType_bold ipsMargin_bottom">Recommended Posts</h2>\n'
        f"{boxes}</div>\n</div>\n"
    )


def _poll(poll: Poll) -> str:
    total = max((sum(votes for _, votes in options) for _, options in poll.questions), default=0)
    questions = "".join(_question(question, options) for question, options in poll.questions)
    return (
        '<section class="ipsBox ipsResponsive_pull cPoll ipsSpacer_bottom" data-controller="core.front.core.poll">\n'
        f'<h2 class="ipsType_sectionTitle ipsType_reset">{esc(poll.title)} '
        f'<span class="ipsType_small ipsType_light">{total} votes</span></h2>\n'
        f'<div class="ipsPadding ipsClearfix" data-role="pollContents">\n<ol class="ipsList_reset cPollList">\n'
        f"{questions}</ol>\n</div>\n</section>\n"
    )


def _question(question: str, options: list[tuple[str, int]]) -> str:
    total = sum(votes for _, votes in options) or 1
    rows = "".join(
        '<li class="ipsGrid ipsGrid_collapsePhone">\n<div class="ipsGrid_span4 ipsType_right ipsType_richText '
        f'ipsType_break">\n{esc(option)}\n</div>\n<div class="ipsGrid_span7"><span class="cPollVoteBar">'
        f"<span style='width: {100 * votes // total}%' data-votes='{100 * votes / total:.2f}%'></span></span></div>\n"
        f'<div class="ipsGrid_span1 ipsType_small">\n<i class="fa fa-user"></i> {votes}\n</div>\n</li>\n'
        for option, votes in options
    )
    return (
        f'<li>\n<h3 class="ipsType_sectionHead">{esc(question)}</h3>\n'
        f'<ul class="ipsList_reset cPollList_choices">\n{rows}</ul>\n</li>\n'
    )


def _reply_area(thread: Thread, base: str) -> str:
    if thread.locked:
        return (
            '<a id="replyForm"></a>\n<div data-role="replyArea" class="cTopicPostArea ipsBox '
            "ipsResponsive_pull ipsPadding "
            'cTopicPostArea_noSize ipsSpacer_top">\n<div class="ipsComposeArea ipsComposeArea_withPhoto '
            'ipsComposeArea_unavailable ipsClearfix">\n<div class="ipsComposeArea_editor"><div '
            'class="ipsComposeArea_dummy"><span class="ipsType_warning"><i class="fa fa-warning"></i> '
            "This topic is now closed to further replies. </span></div></div>\n</div>\n</div>\n"
        )
    return (
        '<a id="replyForm"></a>\n<div data-role="replyArea" class="cTopicPostArea ipsBox '
        "ipsResponsive_pull ipsPadding  "
        'ipsSpacer_top">\n<div class="ipsPadding_bottom cGuestTeaser">\n'
        '<h2 class="ipsType_pageTitle">Join the conversation</h2>\n<p class="ipsType_normal ipsType_reset">'
        'You can write now and register later. <a class="ipsType_brandedLink" '
        f'href="{base}/login/">Sign in now</a></p>\n'
        f'</div>\n<form accept-charset="utf-8" class="ipsForm ipsForm_vertical" action="{base}{thread.path}" '
        f'method="post"><div class="ipsType_normal ipsType_richText ipsType_break" data-ipsEditor>'
        f'<textarea name="topic_comment_{thread.thread_id}" class="ipsHide"></textarea></div></form>\n</div>\n'
    )


def _parent(thread: Thread, base: str) -> str:
    board = thread.board
    return (
        '<div class="ipsPager ipsSpacer_top">\n<div class="ipsPager_prev">\n'
        f'<a href="{base}{board.path}" title="Go to {attr(board.name)}" rel="parent">'
        '<span class="ipsPager_type">Go to topic listing</span></a>\n</div>\n</div>\n'
    )
