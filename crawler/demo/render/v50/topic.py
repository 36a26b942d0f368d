"""A page of a thread of 5.0."""

from __future__ import annotations

from crawler.demo.model import Poll, Post, Thread
from crawler.demo.render.markup import attr, esc
from crawler.demo.render.parts import Topics

_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


class Topics50(Topics):
    """Threads of 5.0."""

    def content(self, thread: Thread, page: int, posts: list[Post]) -> str:
        """Header, poll, the feed of posts between two pagers, and the reply area."""
        url = self.base + thread.path
        last = " data-lastpage" if page == self.forum.n_pages(thread) else ""
        poll = self._poll(thread.poll) if thread.poll else ""
        return (
            f'{self._header(thread)}<div id="comments" data-controller="core.front.core.commentFeed,'
            f'forums.front.topic.view,core.front.core.ignoredComments" data-autopoll data-baseurl="{url}"{last} '
            # unconfirmed: that the feed is named as in 4.x
            f'data-feedid="topic-{thread.thread_id}" class="cTopic ipsBlockSpacer">\n'
            f"{poll}{self._bar(thread, page, 'top')}{self._recommended(thread)}"
            '<div id="elPostFeed" data-role="commentFeed" data-controller="core.front.core.moderation">\n'
            f'<form action="{url}?&amp;csrfKey={_KEY}&amp;do=multimodComment" method="post" data-ipspageaction '
            f'data-role="moderationTools">\n{self.feed(thread, page, posts)}'
            f'<input type="hidden" name="csrfKey" value="{_KEY}"></form>\n</div>\n'
            f"{self._bar(thread, page, 'bottom')}{self._reply_area(thread)}</div>\n"
        )

    def _bar(self, thread: Thread, page: int, place: str) -> str:
        bar = self.pager(thread, page, place)
        return f'<div class="ipsButtonBar ipsButtonBar--{place}">\n{bar}</div>\n' if bar else ""

    def _header(self, thread: Thread) -> str:
        first, people, board = thread.posts[0], self.skin.people, thread.board
        link = f'<a href="{self.base}{board.path}">{esc(board.name)}</a>'
        posted = self.say("{time} in {board}", time=people.time(first.created_at), board=link)
        return (
            '<header class="ipsPageHeader ipsBox" data-ips-hook="header">\n<div class="ipsPageHeader__row">\n'
            '<div class="ipsPageHeader__primary">\n<div class="ipsPageHeader__title">\n'
            f'<h1 data-ips-hook="title"><span>{esc(thread.title)}</span></h1>\n'
            f'<div class="ipsBadges">{self._badges(thread)}</div>\n</div>\n{self._tags(thread)}</div>\n</div>\n'
            f'<div class="ipsPageHeader__row ipsPageHeader__row--footer">\n{people.avatar(first.author, "mini")}\n'
            f'<div class="ipsPhotoPanel__text"><p class="ipsPhotoPanel__primary">{self.say("By")} '
            f'{people.person(first.author)}</p>\n<p class="ipsPhotoPanel__secondary">{posted}</p></div>\n</div>\n'
            "</header>\n"
        )

    def _badges(self, thread: Thread) -> str:
        """Unconfirmed: classes and icons of badges."""
        badges = (
            ("Locked", "lock", "negative", thread.locked and thread.locked_badge),
            ("Pinned", "thumbtack", "positive", thread.pinned),
            ("Solved", "check", "positive", thread.solved),
        )
        return "".join(
            f'<span class="ipsBadge ipsBadge--icon ipsBadge--{kind}" data-ipstooltip title="{self.say(title)}">'
            f'<i class="fa-solid fa-{icon}"></i></span>'
            for title, icon, kind, shown in badges
            if shown
        )

    def _tags(self, thread: Thread) -> str:
        items = "".join(
            f'<li><a href="{self.base}/tags/{attr(tag)}/" class="ipsTags__tag" rel="tag" '
            f'data-tag-label="{attr(tag)}"><span>{esc(tag)}</span></a></li>\n'
            for tag in thread.tags
        )
        return f'<ul class="ipsTags">\n{items}</ul>\n' if items else ""

    def _recommended(self, thread: Thread) -> str:
        """The box of chosen posts, without the containers of real ones."""
        people = self.skin.people
        boxes = "".join(
            f'<div class="ipsBox ipsBox--child" data-commentid="{post.post_id}">\n<h3>{people.person(post.author)}</h3>'
            f"<p>{self.skin.post.posted(post)}</p>\n"
            f'<div class="ipsRichText" data-ipstruncate>{self.skin.body.html(post.body)}</div>\n'
            f"<a href='#findComment-{post.post_id}' data-action='goToComment'>{self.say('Go to this post')}</a>\n"
            "</div>\n"
            for post in thread.recommended
        )
        return (
            '<div data-controller="core.front.core.recommendedComments" '
            f'data-url="{self.base}{thread.path}?recommended=comments" '
            f'class="ipsRecommendedComments"{"" if boxes else " hidden"}>\n<div data-role="recommendedComments">\n'
            f"<h2>{self.say('Recommended Posts')}</h2>\n{boxes}</div>\n</div>\n"
        )

    def _poll(self, poll: Poll) -> str:
        total = max((sum(votes for _, votes in options) for _, options in poll.questions), default=0)
        questions = "".join(self._question(question, options) for question, options in poll.questions)
        return (
            '<section class="ipsBox ipsBox--poll" data-controller="core.front.core.poll">\n'
            f'<h2 class="ipsBox__header">{esc(poll.title)} <span>{self.say("{n} votes", n=total)}</span></h2>\n'
            f'<div data-role="pollContents">\n<ol class="ipsPollList">\n{questions}</ol>\n</div>\n</section>\n'
        )

    def _question(self, question: str, options: list[tuple[str, int]]) -> str:
        rows = "".join(
            f'<li class="i-flex">\n<div class="i-flex_11">{esc(option)}</div>\n'
            f'<div class="i-flex_91"><i class="fa-solid fa-user"></i> {votes}</div>\n</li>\n'
            for option, votes in options
        )
        return f'<li>\n<h3>{esc(question)}</h3>\n<ul class="ipsPollList__choices">\n{rows}</ul>\n</li>\n'

    def _reply_area(self, thread: Thread) -> str:
        words = "This topic is now closed to further replies." if thread.locked else "Join the conversation"
        inner = (
            f'<div class="ipsComposeArea ipsComposeArea--unavailable">{self.say(words)}</div>'
            if thread.locked
            else f"<h2>{self.say(words)}</h2>\n<p>{self.say('You can write now and register later.')} "
            f'<a href="{self.base}/login/">{self.say("Sign in now")}</a></p>\n'
            f'<form class="ipsForm" action="{self.base}{thread.path}" method="post">'
            f'<textarea name="topic_comment_{thread.thread_id}" hidden></textarea></form>'
        )
        return (
            '<div id="replyForm" data-role="replyArea" class="cTopicPostArea ipsBox">\n'
            f'{inner}\n</div>\n<a href="{self.base}{thread.board.path}" rel="parent">'
            f"{self.say('Go to topic listing')}</a>\n"
        )
