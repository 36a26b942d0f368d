"""One post of 5.0."""

from __future__ import annotations

from crawler.demo.model import Edit, Guest, Post
from crawler.demo.render.markup import esc
from crawler.demo.render.v47.post import Posts47


class Posts50(Posts47):
    """Posts of 5.0. The author stands beside the post, or above it: that is a setting of the forum."""

    def html(self, post: Post) -> str:
        """The post with the anchors before it; unconfirmed: where these stand."""
        n = post.post_id
        first = " data-ips-first-post" if post is post.thread.posts[0] else ""
        solved = " ipsEntry--solved" if post.is_solution else ""
        liked = " ipsEntry--popular" if sum(post.reactions.values()) > 9 else ""
        aside = self.pane(post) if self.forum.site.author_pane else ""
        return (
            f'<a id="findComment-{n}"></a>\n<div id="comment-{n}"></div>\n'
            f'<article id="elComment_{n}" '
            f'class="ipsEntry js-ipsEntry ipsEntry--post{solved}{liked}"{first}>\n{aside}{self.wrap(post)}</article>\n'
        )

    def pane(self, post: Post) -> str:
        """The author beside the post."""
        who, people = post.author, self.skin.people
        stats = "" if isinstance(who, Guest) else f"<li>{self.say('{n} posts', n=who.n_posts)}</li>"
        return (
            '<aside class="ipsEntry__author-column">\n'
            f'<div data-ips-hook="postUserPhoto" class="ipsAvatarStack">{people.avatar(who, "fluid")}</div>\n'
            f'<h3 data-ips-hook="postUsername" class="ipsEntry__username">{people.person(who, colored=True)}</h3>\n'
            f'<div data-ips-hook="postUserGroup" class="ipsEntry__group">{esc(self.words.group(who.group))}</div>\n'
            f'<ul class="ipsEntry__authorStats">{stats}</ul>\n</aside>\n'
        )

    def wrap(self, post: Post) -> str:
        """The element with the machine data, and all that is not the author's pane."""
        n = post.post_id
        return (
            f'<div id="comment-{n}_wrap" data-controller="core.front.core.comment" '
            f'data-feedid="topic-{post.thread.thread_id}" data-commentapp="forums" data-commenttype="forums" '
            f'data-commentid="{n}" data-quotedata="{self.quote_data(post)}" '
            'class="ipsEntry__content js-ipsEntry__content">\n'
            f'{self._header(post)}<div class="ipsEntry__post">\n'
            '<div data-role="commentContent" data-ips-hook="postContent" class="ipsRichText ipsRichText--user" '
            f'data-controller="core.front.core.lightboxedImages">\n{self.skin.body.html(post.body)}\n'
            f"{self.edited(post.edit)}</div>\n{self._signed(post)}</div>\n{self._footer(post)}{self._share_menu(post)}"
            "</div>\n"
        )

    def edited(self, edit: Edit | None) -> str:
        """The edit mark."""
        if edit is None:
            return ""
        words = self.say("Edited {time} by {name}", time=self.skin.people.time(edit.at), name=esc(edit.by))
        reason = f"\n<br>{esc(edit.reason)}" if edit.reason else ""  # unconfirmed: where the reason stands
        return (
            "<p class='i-color_soft i-font-size_-1 ipsEdited' data-excludequote data-el='edited'>\n"
            '<i class="fa-solid fa-pen-to-square i-margin-end_icon"></i>\n'
            f"<strong class='i-font-weight_600'>{words}</strong>{reason}\n</p>\n"
        )

    def _header(self, post: Post) -> str:
        who, people, name = post.author, self.skin.people, ""
        if not self.forum.site.author_pane:
            name = (
                f'<div class="ipsPhotoPanel">{people.avatar(who, "fluid")}<div class="ipsPhotoPanel__text">\n'
                f'<div data-ips-hook="commentUsername" class="ipsEntry__username"><h3>{people.person(who)}</h3>\n'
                f'<span class="ipsEntry__group">{esc(self.words.group(who.group))}</span></div>\n</div></div>\n'
            )
        return (
            '<div class="ipsEntry__header" data-ips-hook="header">\n<div class="ipsEntry__header-align">\n'
            f'{name}<p class="ipsPhotoPanel__secondary"><a href="{self.find_url(post)}" rel="nofollow" '
            f'class="ipsEntry__date">{self.posted(post)}</a></p>\n'
            f'<ul class="ipsBadges">{self._marks(post)}</ul>\n</div>\n</div>\n'
        )

    def _marks(self, post: Post) -> str:
        marks, first = "", post.thread.posts[0]
        if post is not first and post.author == first.author:
            marks += f'<li><span class="ipsBadge ipsBadge--author">{self.say("Author")}</span></li>'
        if post.is_solution:  # unconfirmed: wording and classes of this badge
            marks += f'<li><span class="ipsBadge ipsBadge--positive">{self.say("Solution")}</span></li>'
        return marks

    def _signed(self, post: Post) -> str:
        if isinstance(post.author, Guest) or not post.author.signature:
            return ""
        return (
            '<div data-role="memberSignature" class="ipsEntry__signature"><div class="ipsRichText ipsRichText--user">'
            f"{self.skin.body.html(post.author.signature)}</div></div>\n"
        )

    def _footer(self, post: Post) -> str:
        return (
            '<div class="ipsEntry__footer">\n'
            '<menu class="ipsEntry__controls" data-role="commentControls">'
            f'<li data-ipsquote-editor="topic_comment" data-ipsquote-target="#comment-{post.post_id}">'
            f'<button type="button" data-action="quoteComment">{self.say("Quote")}</button></li></menu>\n'
            f'<div data-controller="core.front.core.reaction" class="ipsReact">\n{self.reactions(post)}</div>\n</div>\n'
        )

    def _share_menu(self, post: Post) -> str:
        n = post.post_id
        return (
            f'<i-dropdown popover id="elShareComment_{n}_menu"><div class="iDropdown">\n'
            f"<h5>{self.say('Link to comment')}</h5>\n"
            f'<input type="text" value="{self.share_url(post)}" class="ipsInput">\n'
            f"<h5>{self.say('Share on other sites')}</h5>\n{self.web_share(post)}</div></i-dropdown>\n"
        )
