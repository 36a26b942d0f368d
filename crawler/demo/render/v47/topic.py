"""A page of a thread."""

from __future__ import annotations

from crawler.demo.model import Poll, Post, Thread
from crawler.demo.render.markup import attr, esc
from crawler.demo.render.parts import Topics

FIND = "Find other content tagged with '{tag}'"


class Topics47(Topics):
    """Threads of 4.4-4.7."""

    def content(self, thread: Thread, page: int, posts: list[Post]) -> str:
        """Header, poll, the feed of posts between two pagers, and the reply area."""
        url = self.base + thread.path
        above, below = self._pagination(thread, page, "top"), self._pagination(thread, page, "bottom")
        last = " data-lastPage" if page == self.forum.n_pages(thread) else ""
        # unconfirmed: whether the poll stands on every page, or on the first
        poll = self.poll(thread.poll) if thread.poll else ""
        return (
            f"{self._header(thread)}\n{self._tools(thread)}"
            '<div id="comments" data-controller="core.front.core.commentFeed,forums.front.topic.view, '
            f'core.front.core.ignoredComments" data-autoPoll data-baseURL="{url}"{last} '
            f'data-feedID="topic-{thread.thread_id}" class="cTopic ipsClear ipsSpacer_top">\n'
            f"{poll}{above}{self._recommended(thread)}"
            '<div id="elPostFeed" data-role="commentFeed" data-controller="core.front.core.moderation">\n'
            f'<form action="{url}?csrfKey=0f1e2d3c4b5a69788796a5b4c3d2e1f0&amp;do=multimodComment" method="post" '
            'data-ipsPageAction data-role="moderationTools">\n'
            f"{self.feed(thread, page, posts)}"
            '<input type="hidden" name="csrfKey" value="0f1e2d3c4b5a69788796a5b4c3d2e1f0"></form>\n</div>\n'
            f"{below}{self._reply_area(thread)}</div>\n{self._parent(thread)}"
        )

    def _pagination(self, thread: Thread, page: int, place: str) -> str:
        bar = self.pager(thread, page, place)
        return f'<div class="ipsBox ipsResponsive_pull ipsPadding:half ipsClearfix">\n{bar}</div>\n' if bar else ""

    def _badge(self, title: str, icon: str, kind: str) -> str:
        return (
            f"<span><span class='ipsBadge ipsBadge_icon ipsBadge_{kind}' data-ipsTooltip title='{title}'>"
            f"<i class='fa fa-{icon}'></i></span></span>\n"
        )

    def _header(self, thread: Thread) -> str:
        first, badges, board = thread.posts[0], "", thread.board
        link = f'<a href="{self.base}{board.path}">{esc(board.name)}</a>'
        posted = self.say("{time} in {board}", time=self.skin.people.time(first.created_at), board=link)
        if thread.locked and thread.locked_badge:
            badges += self._badge(self.say("Locked"), "lock", "negative")
        if thread.pinned:
            badges += self._badge(self.say("Pinned"), "thumb-tack", "positive")
        if thread.solved:
            badges += self._badge(self.say("Solved"), "check", "positive")
        return (
            '<div class="ipsPageHeader ipsResponsive_pull ipsBox ipsPadding sm:ipsPadding:half ipsMargin_bottom">\n'
            '<div class="ipsFlex ipsFlex-ai:center ipsFlex-fw:wrap ipsGap:4">\n<div class="ipsFlex-flex:11">\n'
            f"<h1 class='ipsType_pageTitle ipsContained_container'>\n{badges}"
            f"<span class='ipsType_break ipsContained'>\n<span>{esc(thread.title)}</span>\n</span>\n</h1>\n"
            f"{self._tags(thread)}</div>\n</div>\n<hr class='ipsHr'>\n"
            "<div class='ipsPageHeader__meta ipsFlex ipsFlex-jc:between'>\n<div class='ipsFlex-flex:11'>\n"
            "<div class='ipsPhotoPanel ipsPhotoPanel_mini ipsPhotoPanel_notPhone ipsClearfix'>\n"
            f"{self.skin.people.avatar(first.author, 'mini')}\n<div>\n<p class='ipsType_reset ipsType_blendLinks'>\n"
            f"<span class='ipsType_normal'>\n<strong>{self.say('By')} {self.skin.people.person(first.author)}</strong>"
            "<br>\n"
            f"<span class='ipsType_light'>{posted}</span>\n</span>\n</p>\n</div>\n</div>\n</div>\n"
            f"{self._share(thread)}</div>\n</div>\n"
        )

    def _tags(self, thread: Thread) -> str:
        if not thread.tags:
            return ""
        items = "".join(
            f'<li>\n<a href="{self.base}/tags/{attr(tag)}/" class=\'ipsTag\' title="'
            f'{self.say(FIND, tag=attr(tag))}" rel="tag" data-tag-label="{attr(tag)}"><span>{esc(tag)}</span></a>\n'
            "</li>\n"
            for tag in thread.tags
        )
        return f"<ul class='ipsTags ipsList_inline '>\n{items}</ul>\n"

    def _share(self, thread: Thread) -> str:
        title, url = attr(thread.title), self.base + thread.path
        return (
            '<div class="ipsFlex-flex:01 ipsResponsive_hidePhone">\n<div class="ipsShareLinks">\n'
            '<div class="ipsPadding ipsMenu ipsMenu_auto ipsHide" data-controller="core.front.core.sharelink">\n'
            "<button class='ipsHide ipsButton ipsButton_verySmall' data-controller='core.front.core.webshare' "
            f"data-role='webShare' data-webShareTitle='{title}' data-webShareText='{title}' data-webShareUrl='{url}'>"
            f"{self.say('More sharing options...')}</button>\n</div>\n"
            f'<div data-followApp="forums" data-followArea="topic" data-followID="{thread.thread_id}">\n'
            f'<a href="{self.base}/login/" rel="nofollow" class="ipsFollow ipsButton_disabled" '
            'data-role="followButton">'
            f'<span>{self.say("Followers")}</span>\n<span class="ipsCommentCount">0</span></a>\n</div>\n</div>\n</div>'
            "\n"
        )

    def _tools(self, thread: Thread) -> str:
        reply = (
            ""
            if thread.locked
            else '<li class="ipsToolList_primaryAction">\n<span data-controller="forums.front.topic.reply">'
            f'<a href="#replyForm" rel="nofollow" data-action="replyToTopic">{self.say("Reply to this topic")}</a>'
            "</span>\n</li>\n"
        )
        return (
            '<div class="ipsClearfix">\n<ul class="ipsToolList ipsToolList_horizontal ipsClearfix ipsSpacer_both ">\n'
            f"{reply}"
            f'<li class="ipsResponsive_hidePhone"><a href="{self.base}{thread.board.path}?do=add" rel="nofollow" '
            f'title="{self.say("Start a new topic in this forum")}">{self.say("Start new topic")}</a></li>\n</ul>\n'
            "</div>\n"
        )

    def _recommended(self, thread: Thread) -> str:
        """The box of chosen posts: hidden and empty on most threads, and a repetition of real posts on the others."""
        boxes = "".join(
            f'<div class="ipsBox ipsBox--child ipsPadding ipsMargin_bottom" data-commentID="{post.post_id}">\n'
            f"<div class='ipsPhotoPanel ipsPhotoPanel_mini'>\n{self.skin.people.avatar(post.author, 'mini')}\n<div>\n"
            f"<h3 class='ipsType_reset'>{self.skin.people.person(post.author)}</h3>\n<p class='ipsType_reset "
            "ipsType_light'>"
            f"{self.say('Posted {time}', time=self.skin.people.time(post.created_at))}</p>\n</div>\n</div>\n<div "
            "class='ipsType_richText ipsType_normal' "
            f"data-ipsTruncate>\n{self.skin.body.html(post.body)}\n</div>\n"
            f"<a href='#comment-{post.post_id}' data-action='goToComment'>{self.say('Go to this post')}</a>\n</div>\n"
            for post in thread.recommended
        )
        hidden = "" if boxes else "ipsHide"
        return (
            '<div data-controller="core.front.core.recommendedComments" '
            f'data-url="{self.base}{thread.path}?recommended=comments" '
            f'class="ipsRecommendedComments {hidden}">\n<div data-role="recommendedComments">\n'
            '<h2 class="ipsType_sectionHead ipsType_large ipsType_bold ipsMargin_bottom">'
            f"{self.say('Recommended Posts')}</h2>\n"
            f"{boxes}</div>\n</div>\n"
        )

    def poll(self, poll: Poll) -> str:
        """The questions with their results."""
        total = max((sum(votes for _, votes in options) for _, options in poll.questions), default=0)
        questions = "".join(self._question(question, options) for question, options in poll.questions)
        return (
            '<section class="ipsBox ipsResponsive_pull cPoll ipsSpacer_bottom" '
            'data-controller="core.front.core.poll">\n'
            f'<h2 class="ipsType_sectionTitle ipsType_reset">{esc(poll.title)} '
            f'<span class="ipsType_small ipsType_light">{self.say("{n} votes", n=total)}</span></h2>\n'
            '<div class="ipsPadding ipsClearfix" data-role="pollContents">\n<ol class="ipsList_reset cPollList">\n'
            f"{questions}</ol>\n</div>\n</section>\n"
        )

    def _question(self, question: str, options: list[tuple[str, int]]) -> str:
        total = sum(votes for _, votes in options) or 1
        rows = "".join(
            '<li class="ipsGrid ipsGrid_collapsePhone">\n<div class="ipsGrid_span4 ipsType_right ipsType_richText '
            f'ipsType_break">\n{esc(option)}\n</div>\n<div class="ipsGrid_span7"><span class="cPollVoteBar">'
            f"<span style='width: {100 * votes // total}%' data-votes='{100 * votes / total:.2f}%'></span></span>"
            "</div>\n"
            f'<div class="ipsGrid_span1 ipsType_small">\n<i class="fa fa-user"></i> {votes}\n</div>\n</li>\n'
            for option, votes in options
        )
        return (
            f'<li>\n<h3 class="ipsType_sectionHead">{esc(question)}</h3>\n'
            f'<ul class="ipsList_reset cPollList_choices">\n{rows}</ul>\n</li>\n'
        )

    def _reply_area(self, thread: Thread) -> str:
        if thread.locked:
            return (
                '<a id="replyForm"></a>\n<div data-role="replyArea" class="cTopicPostArea ipsBox '
                "ipsResponsive_pull ipsPadding "
                'cTopicPostArea_noSize ipsSpacer_top">\n<div class="ipsComposeArea ipsComposeArea_withPhoto '
                'ipsComposeArea_unavailable ipsClearfix">\n<div class="ipsComposeArea_editor"><div '
                'class="ipsComposeArea_dummy"><span class="ipsType_warning"><i class="fa fa-warning"></i> '
                f"{self.say('This topic is now closed to further replies.')} </span></div></div>\n</div>\n</div>\n"
            )
        return (
            '<a id="replyForm"></a>\n<div data-role="replyArea" class="cTopicPostArea ipsBox '
            "ipsResponsive_pull ipsPadding  "
            'ipsSpacer_top">\n<div class="ipsPadding_bottom cGuestTeaser">\n'
            f'<h2 class="ipsType_pageTitle">{self.say("Join the conversation")}</h2>\n<p class="ipsType_normal '
            'ipsType_reset">'
            f'{self.say("You can write now and register later.")} <a class="ipsType_brandedLink" '
            f'href="{self.base}/login/">{self.say("Sign in now")}</a></p>\n'
            f'</div>\n<form accept-charset="utf-8" class="ipsForm ipsForm_vertical" action="{self.base}{thread.path}" '
            'method="post"><div class="ipsType_normal ipsType_richText ipsType_break" data-ipsEditor>'
            f'<textarea name="topic_comment_{thread.thread_id}" class="ipsHide"></textarea></div></form>\n</div>\n'
        )

    def _parent(self, thread: Thread) -> str:
        board = thread.board
        return (
            '<div class="ipsPager ipsSpacer_top">\n<div class="ipsPager_prev">\n'
            f'<a href="{self.base}{board.path}" title="{self.say("Go to {board}", board=attr(board.name))}" '
            'rel="parent">'
            f'<span class="ipsPager_type">{self.say("Go to topic listing")}</span></a>\n</div>\n</div>\n'
        )
