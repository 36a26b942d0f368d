"""One post: an article with two author panes, its content, reactions and the share menu."""

from __future__ import annotations

from crawler.demo.model import Edit, Guest, Member, Moderation, Post
from crawler.demo.render.markup import attr, esc
from crawler.demo.render.parts import Posts

_ARTICLE = (
    "cPost ipsBox ipsResponsive_pull  ipsComment  ipsComment_parent ipsClearfix ipsClear ipsColumns "
    "ipsColumns_noSpacing ipsColumns_collapsePhone    "
)


class Posts47(Posts):
    """Posts of 4.4-4.7."""

    def html(self, post: Post) -> str:
        """The post with the anchor before it."""
        n = post.post_id
        solved = "ipsComment_solved" if post.is_solution else ""
        return (
            f'<a id="comment-{n}"></a>\n<article  id="elComment_{n}" class="{_ARTICLE}{solved}">\n'
            f"{self._mobile_pane(post)}{self.pane(post)}"
            '\t<div class="ipsColumn ipsColumn_fluid ipsMargin:none">\n'
            f"{self.wrap(post)}"
            "\t</div>\n</article>\n"
        )

    def _posted(self, post: Post) -> str:
        url = self.find_url(post)
        return f"<a href='{url}' rel=\"nofollow\" class='ipsType_blendLinks'>{self.posted(post)}</a>"

    def _badge(self, who: Member | Guest) -> str:
        if isinstance(who, Guest) or not who.is_moderator:
            return ""
        return (
            '<span class="cAuthorPane_badge cAuthorPane_badge--moderator" data-ipsTooltip '
            f'title="{self.say("{name} is a moderator", name=attr(who.name))}"></span>\n'
        )

    def _mobile_pane(self, post: Post) -> str:
        avatar, badge = self.skin.people.avatar(post.author, "large"), self._badge(post.author)
        photo = f'<div class="cAuthorPane_photoWrap">\n{avatar}\n{badge}</div>\n'
        return (
            "\t<div class='cAuthorPane_mobile ipsResponsive_showPhone'>\n"
            f'\t\t<div class="cAuthorPane_photo">\n{photo}\t\t</div>\n\t\t<div class="cAuthorPane_content">\n'
            "\t\t\t<h3 class='ipsType_sectionHead cAuthorPane_author ipsType_break ipsType_blendLinks ipsFlex "
            f"ipsFlex-ai:center'>\n{self.skin.people.person(post.author, colored=True)}\n\t\t\t</h3>\n"
            f"\t\t\t<div class='ipsType_light ipsType_reset'>\n{self._posted(post)}\n\t\t\t</div>\n\t\t</div>\n"
            "\t</div>\n"
        )

    def pane(self, post: Post) -> str:
        """The author beside the post."""
        who = post.author
        group, stats = esc(self.words.group(who.group)), ""
        if isinstance(who, Member):
            posts = self.say("{n} posts", n=who.n_posts)
            if who.color:
                group = f"<span style='color:{who.color}'>{group}</span>"
            stats = (
                "\t\t\t<li data-role='stats' class='ipsMargin_top'>\n\t\t\t\t<ul class=\"ipsList_reset ipsType_light "
                f'cAuthorPane_stats"><li><a href="{self.base}{who.path}content/" rel="nofollow" title="{posts}" '
                f'class="ipsType_blendLinks"><i class="fa fa-comment"></i> {who.n_posts}</a></li></ul>\n\t\t\t</li>\n'
            )
        return (
            "\t<aside class='ipsComment_author cAuthorPane ipsColumn ipsColumn_medium ipsResponsive_hidePhone'>\n"
            "\t\t<h3 class='ipsType_sectionHead cAuthorPane_author ipsType_blendLinks ipsType_break'><strong>"
            f"{self.skin.people.person(who)}</strong>\n\t\t\t</h3>\n\t\t<ul class='cAuthorPane_info ipsList_reset'>\n"
            f"\t\t\t<li data-role='photo' class='cAuthorPane_photo'>\n{self.skin.people.avatar(who, 'large')}\n"
            f"{self._badge(who)}</li>\n"
            f"\t\t\t<li data-role='group'>{group}</li>\n{stats}\t\t</ul>\n\t</aside>\n"
        )

    def wrap(self, post: Post) -> str:
        """The element with the machine data, and all that is not the author's pane."""
        n = post.post_id
        return (
            f"<div id='comment-{n}_wrap' data-controller='core.front.core.comment' data-commentApp='forums' "
            f"data-commentType='forums' data-commentID=\"{n}\" data-quoteData='{self.quote_data(post)}' "
            "class='ipsComment_content ipsType_medium'>\n"
            f"{self._meta(post)}"
            "\t<div class='cPost_contentWrap'>\n"
            f"\t\t<div data-role='commentContent' {self.content_attributes()}>\n{self.skin.body.html(post.body)}\n\n"
            f"{self.edited(post.edit)}"
            f"\t\t</div>\n{self._controls(post)}{self._signature(post)}\t</div>\n{self._share(post)}</div>\n"
        )

    def content_attributes(self) -> str:
        """Attributes of the body."""
        return (
            "class='ipsType_normal ipsType_richText ipsPadding_bottom ipsContained' "
            "data-controller='core.front.core.lightboxedImages'"
        )

    def _meta(self, post: Post) -> str:
        n, badges = post.post_id, ""
        if post is not post.thread.posts[0] and post.author == post.thread.posts[0].author:
            badges += (
                f'<li><strong class="ipsBadge ipsBadge_large ipsComment_authorBadge">{self.say("Author")}</strong></li>'
            )
        if post.is_solution:  # unconfirmed: wording and classes of this badge
            badges += (
                f'<li><strong class="ipsBadge ipsBadge_large ipsBadge_positive">{self.say("Solution")}</strong></li>'
            )
        return (
            '\t<div class="ipsComment_meta ipsType_light ipsFlex ipsFlex-ai:center '
            'ipsFlex-jc:between ipsFlex-fd:row-reverse">\n'
            '\t\t<div class="ipsType_light ipsType_reset ipsType_blendLinks ipsComment_toolWrap">\n'
            '\t\t\t<div class="ipsResponsive_hidePhone ipsComment_badges"><ul class="ipsList_reset ipsFlex">'
            f'{badges}</ul></div>\n\t\t\t<ul class="ipsList_reset ipsComment_tools"><li>'
            f'<a href="#elControls_{n}_menu" class="ipsComment_ellipsis" id="elControls_{n}" '
            f'title="{self.say("More options...")}" '
            f'data-ipsMenu><i class="fa fa-ellipsis-h"></i></a><ul id="elControls_{n}_menu" class="ipsMenu ipsHide">'
            f'<li class="ipsMenu_item"><a href="{self.share_url(post)}" rel="nofollow" '
            f'data-ipsDialog-content="#elShareComment_{n}_menu" id="elSharePost_{n}" data-role="shareComment">'
            f"{self.say('Share')}</a>"
            "</li></ul></li></ul>\n\t\t</div>\n\t\t<div class='ipsType_reset ipsResponsive_hidePhone'>\n"
            f"{self._posted(post)}\n"
            f'\t\t\t<span class="ipsResponsive_hidePhone">\n{self.say("(edited)") if post.edit else ""}\n\t\t\t</span>'
            "\n"
            "\t\t</div>\n\t</div>\n"
        )

    def edited(self, edit: Edit | None) -> str:
        """The edit mark."""
        if edit is None:
            return ""
        words = self.say("Edited {time} by {name}", time=self.skin.people.time(edit.at), name=esc(edit.by))
        reason = f"\n\t\t\t<br>{esc(edit.reason)}" if edit.reason else ""
        return (
            "<span class='ipsType_reset ipsType_medium ipsType_light' data-excludequote>\n"
            f"\t\t\t<strong>{words}</strong>{reason}\n\t\t\t\n\t\t</span>\n"
        )

    def _controls(self, post: Post) -> str:
        n = post.post_id
        return (
            '\t\t<div class="ipsItemControls">\n'
            "\t\t\t<div data-controller='core.front.core.reaction' class='ipsItemControls_right ipsClearfix '>\n"
            f"\t\t\t\t<div class='ipsReact ipsPos_right'>\n{self.reactions(post)}\t\t\t\t</div>\n\t\t\t</div>\n"
            '\t\t\t<ul class="ipsComment_controls ipsClearfix ipsItemControls_left" data-role="commentControls">\n'
            f'\t\t\t\t<li data-ipsQuote-editor="topic_comment" data-ipsQuote-target="#comment-{n}" class="ipsJS_show">'
            f'<a href="#" data-action="quoteComment" data-ipsQuote-singleQuote>{self.say("Quote")}</a></li>\n'
            "\t\t\t</ul>\n\t\t</div>\n"
        )

    def reactions(self, post: Post) -> str:
        """Counts of reactions by kind, and the total."""
        if not post.reactions:
            return '<div class="ipsReact_blurb ipsHide" data-role="reactionBlurb">\n\n</div>\n'
        total = sum(post.reactions.values())
        kinds = "".join(
            f'<li class="ipsReact_reactCount">\n<span data-ipsTooltip title="{attr(name)}">\n<span>\n'
            f'<img src="{self.base}/uploads/reactions/react_{name.lower()}.png" alt="{attr(name)}" loading="lazy">\n'
            "</span>\n"
            f"<span>\n{count}\n</span>\n</span>\n</li>\n"
            for name, count in post.reactions.items()
        )
        return (
            '<div class="ipsReact_reactCountOnly ipsHide" data-role="reactCount"><span data-role="reactCountText">'
            f'{total}</span></div>\n<div class="ipsReact_blurb " data-role="reactionBlurb">\n'
            f'<ul class="ipsReact_reactions">\n{kinds}</ul>\n</div>\n'
        )

    def _signature(self, post: Post) -> str:
        if isinstance(post.author, Guest) or not post.author.signature:
            return ""
        return (
            '\t\t<div data-role="memberSignature" class=" ipsBorder_top ipsPadding_vertical">\n'
            '\t\t\t<div class="ipsType_light ipsType_richText" data-ipsLazyLoad>\n'
            f"{self.skin.body.html(post.author.signature)}\n\t\t\t</div>\n\t\t</div>\n"
        )

    def _share(self, post: Post) -> str:
        n, url = post.post_id, self.share_url(post)
        return (
            f'\t<div class="ipsPadding ipsHide cPostShareMenu" id="elShareComment_{n}_menu">\n'
            f'\t\t<h5 class="ipsType_normal ipsType_reset">{self.say("Link to comment")}</h5>\n'
            f'\t\t<input type="text" value="{url}" class="ipsField_fullWidth">\n'
            f'\t\t<h5 class="ipsType_normal ipsType_reset ipsSpacer_top">{self.say("Share on other sites")}</h5>\n'
            f"{self.web_share(post)}\t</div>\n"
        )

    def web_share(self, post: Post, /) -> str:
        """A button that holds the whole text of the post again."""
        return (
            "\t\t<button class='ipsHide ipsButton ipsButton_small' data-controller='core.front.core.webshare' "
            f"data-role='webShare' data-webShareTitle='{attr(post.thread.title)}' "
            f"data-webShareText='{attr(post.full_text or '')}\n"
            f"' data-webShareUrl='{self.share_url(post)}'>{self.say('More sharing options...')}</button>\n"
        )

    def note(self, kind: str, text: str) -> str:
        """A note between two posts."""
        return (
            f'<ul class="ipsTopicMeta">\n<li class="ipsTopicMeta__item ipsTopicMeta__item--{kind}">\n'
            f"\t{text}\n</li>\n</ul>\n"
        )

    def moderated(self, event: Moderation) -> str:
        """The note of what a moderator did."""
        people = self.skin.people
        return self.note(
            "moderation",
            f'<span class="ipsTopicMeta__time ipsType_light">{people.time(event.at)}</span>\n'
            f'\t<span class="ipsTopicMeta__action">\n{people.person(event.by)} {self.say(event.action)}</span>',
        )
