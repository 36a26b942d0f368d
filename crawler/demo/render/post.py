"""One post: an article with two author panes, its content, reactions and the share menu."""

from __future__ import annotations

from datetime import datetime

from crawler.demo.model import Edit, Guest, Member, Post
from crawler.demo.render.body import blocks_html
from crawler.demo.render.markup import attr, avatar, data, esc, person, time

_ARTICLE = (
    "cPost ipsBox ipsResponsive_pull  ipsComment  ipsComment_parent ipsClearfix ipsClear ipsColumns "
    "ipsColumns_noSpacing ipsColumns_collapsePhone    "
)


def post_html(post: Post, base: str) -> str:
    """The post with the anchor before it."""
    n = post.post_id
    solved = "ipsComment_solved" if post.is_solution else ""
    return (
        f'<a id="comment-{n}"></a>\n<article  id="elComment_{n}" class="{_ARTICLE}{solved}">\n'
        f"{_mobile_pane(post, base)}{_pane(post, base)}"
        '\t<div class="ipsColumn ipsColumn_fluid ipsMargin:none">\n'
        f"{_wrap(post, base)}"
        "\t</div>\n</article>\n"
    )


def quote_data(post: Post) -> str:
    """The machine data of a post, as JSON in an attribute."""
    return data(
        {
            "userid": post.author_id,
            "username": post.author.name,
            "timestamp": post.timestamp,
            "contentapp": "forums",
            "contenttype": "forums",
            "contentid": post.thread.thread_id,
            "contentclass": "forums_Topic",
            "contentcommentid": post.post_id,
        }
    )


def _share_url(post: Post, base: str) -> str:
    """The first post is shared by the thread's own address; every other by one that robots may not ask."""
    url = base + post.thread.path
    if post is post.thread.posts[0]:
        return url
    return f"{url}?do=findComment&amp;comment={post.post_id}"


def _posted(post: Post, base: str) -> str:
    url = f"{base}{post.thread.path}?do=findComment&amp;comment={post.post_id}"
    return f"<a href='{url}' rel=\"nofollow\" class='ipsType_blendLinks'>Posted {time(post.created_at)}</a>"


def _badge(who: Member | Guest) -> str:
    if isinstance(who, Guest) or not who.is_moderator:
        return ""
    return (
        '<span class="cAuthorPane_badge cAuthorPane_badge--moderator" data-ipsTooltip '
        f'title="{attr(who.name)} is a moderator"></span>\n'
    )


def _mobile_pane(post: Post, base: str) -> str:
    photo = f'<div class="cAuthorPane_photoWrap">\n{avatar(post.author, base, "large")}\n{_badge(post.author)}</div>\n'
    return (
        "\t<div class='cAuthorPane_mobile ipsResponsive_showPhone'>\n"
        f'\t\t<div class="cAuthorPane_photo">\n{photo}\t\t</div>\n\t\t<div class="cAuthorPane_content">\n'
        "\t\t\t<h3 class='ipsType_sectionHead cAuthorPane_author ipsType_break ipsType_blendLinks ipsFlex "
        f"ipsFlex-ai:center'>\n{person(post.author, base, colored=True)}\n\t\t\t</h3>\n"
        f"\t\t\t<div class='ipsType_light ipsType_reset'>\n{_posted(post, base)}\n\t\t\t</div>\n\t\t</div>\n\t</div>\n"
    )


def _pane(post: Post, base: str) -> str:
    who = post.author
    group, stats = esc(who.group), ""
    if isinstance(who, Member):
        if who.color:
            group = f"<span style='color:{who.color}'>{group}</span>"
        stats = (
            "\t\t\t<li data-role='stats' class='ipsMargin_top'>\n\t\t\t\t<ul class=\"ipsList_reset ipsType_light "
            f'cAuthorPane_stats"><li><a href="{base}{who.path}content/" rel="nofollow" title="{who.n_posts} posts" '
            f'class="ipsType_blendLinks"><i class="fa fa-comment"></i> {who.n_posts}</a></li></ul>\n\t\t\t</li>\n'
        )
    return (
        "\t<aside class='ipsComment_author cAuthorPane ipsColumn ipsColumn_medium ipsResponsive_hidePhone'>\n"
        "\t\t<h3 class='ipsType_sectionHead cAuthorPane_author ipsType_blendLinks ipsType_break'><strong>"
        f"{person(who, base)}</strong>\n\t\t\t</h3>\n\t\t<ul class='cAuthorPane_info ipsList_reset'>\n"
        f"\t\t\t<li data-role='photo' class='cAuthorPane_photo'>\n{avatar(who, base, 'large')}\n{_badge(who)}</li>\n"
        f"\t\t\t<li data-role='group'>{group}</li>\n{stats}\t\t</ul>\n\t</aside>\n"
    )


def _wrap(post: Post, base: str) -> str:
    n = post.post_id
    return (
        f"<div id='comment-{n}_wrap' data-controller='core.front.core.comment' data-commentApp='forums' "
        f"data-commentType='forums' data-commentID=\"{n}\" data-quoteData='{quote_data(post)}' "
        "class='ipsComment_content ipsType_medium'>\n"
        f"{_meta(post, base)}"
        "\t<div class='cPost_contentWrap'>\n"
        "\t\t<div data-role='commentContent' class='ipsType_normal ipsType_richText ipsPadding_bottom ipsContained' "
        f"data-controller='core.front.core.lightboxedImages'>\n{blocks_html(post.body, base)}\n\n{_edited(post.edit)}"
        f"\t\t</div>\n{_controls(post, base)}{_signature(post, base)}\t</div>\n{_share(post, base)}</div>\n"
    )


def _meta(post: Post, base: str) -> str:
    n, badges = post.post_id, ""
    if post is not post.thread.posts[0] and post.author == post.thread.posts[0].author:
        badges += '<li><strong class="ipsBadge ipsBadge_large ipsComment_authorBadge">Author</strong></li>'
    if post.is_solution:  # unconfirmed: wording and classes of this badge
        badges += '<li><strong class="ipsBadge ipsBadge_large ipsBadge_positive">Solution</strong></li>'
    return (
        '\t<div class="ipsComment_meta ipsType_light ipsFlex ipsFlex-ai:center '
        'ipsFlex-jc:between ipsFlex-fd:row-reverse">\n'
        '\t\t<div class="ipsType_light ipsType_reset ipsType_blendLinks ipsComment_toolWrap">\n'
        '\t\t\t<div class="ipsResponsive_hidePhone ipsComment_badges"><ul class="ipsList_reset ipsFlex">'
        f'{badges}</ul></div>\n\t\t\t<ul class="ipsList_reset ipsComment_tools"><li>'
        f'<a href="#elControls_{n}_menu" class="ipsComment_ellipsis" id="elControls_{n}" title="More options..." '
        f'data-ipsMenu><i class="fa fa-ellipsis-h"></i></a><ul id="elControls_{n}_menu" class="ipsMenu ipsHide">'
        f'<li class="ipsMenu_item"><a href="{_share_url(post, base)}" rel="nofollow" '
        f'data-ipsDialog-content="#elShareComment_{n}_menu" id="elSharePost_{n}" data-role="shareComment">Share</a>'
        "</li></ul></li></ul>\n\t\t</div>\n\t\t<div class='ipsType_reset ipsResponsive_hidePhone'>\n"
        f"{_posted(post, base)}\n"
        f'\t\t\t<span class="ipsResponsive_hidePhone">\n{"(edited)" if post.edit else ""}\n\t\t\t</span>\n'
        "\t\t</div>\n\t</div>\n"
    )


def _edited(edit: Edit | None) -> str:
    if edit is None:
        return ""
    reason = f"\n\t\t\t<br>{esc(edit.reason)}" if edit.reason else ""
    return (
        "<span class='ipsType_reset ipsType_medium ipsType_light' data-excludequote>\n"
        f"\t\t\t<strong>Edited {time(edit.at)} by {esc(edit.by)}</strong>{reason}\n\t\t\t\n\t\t</span>\n"
    )


def _controls(post: Post, base: str) -> str:
    n = post.post_id
    return (
        '\t\t<div class="ipsItemControls">\n'
        "\t\t\t<div data-controller='core.front.core.reaction' class='ipsItemControls_right ipsClearfix '>\n"
        f"\t\t\t\t<div class='ipsReact ipsPos_right'>\n{_reactions(post, base)}\t\t\t\t</div>\n\t\t\t</div>\n"
        '\t\t\t<ul class="ipsComment_controls ipsClearfix ipsItemControls_left" data-role="commentControls">\n'
        f'\t\t\t\t<li data-ipsQuote-editor="topic_comment" data-ipsQuote-target="#comment-{n}" class="ipsJS_show">'
        '<a href="#" data-action="quoteComment" data-ipsQuote-singleQuote>Quote</a></li>\n'
        "\t\t\t</ul>\n\t\t</div>\n"
    )


def _reactions(post: Post, base: str) -> str:
    if not post.reactions:
        return '<div class="ipsReact_blurb ipsHide" data-role="reactionBlurb">\n\n</div>\n'
    total = sum(post.reactions.values())
    kinds = "".join(
        f'<li class="ipsReact_reactCount">\n<span data-ipsTooltip title="{attr(name)}">\n<span>\n'
        f'<img src="{base}/uploads/reactions/react_{name.lower()}.png" alt="{attr(name)}" loading="lazy">\n</span>\n'
        f"<span>\n{count}\n</span>\n</span>\n</li>\n"
        for name, count in post.reactions.items()
    )
    return (
        '<div class="ipsReact_reactCountOnly ipsHide" data-role="reactCount"><span data-role="reactCountText">'
        f'{total}</span></div>\n<div class="ipsReact_blurb " data-role="reactionBlurb">\n'
        f'<ul class="ipsReact_reactions">\n{kinds}</ul>\n</div>\n'
    )


def _signature(post: Post, base: str) -> str:
    if isinstance(post.author, Guest) or not post.author.signature:
        return ""
    return (
        '\t\t<div data-role="memberSignature" class=" ipsBorder_top ipsPadding_vertical">\n'
        '\t\t\t<div class="ipsType_light ipsType_richText" data-ipsLazyLoad>\n'
        f"{blocks_html(post.author.signature, base)}\n\t\t\t</div>\n\t\t</div>\n"
    )


def _share(post: Post, base: str) -> str:
    n, url = post.post_id, _share_url(post, base)
    return (
        f'\t<div class="ipsPadding ipsHide cPostShareMenu" id="elShareComment_{n}_menu">\n'
        '\t\t<h5 class="ipsType_normal ipsType_reset">Link to comment</h5>\n'
        f'\t\t<input type="text" value="{url}" class="ipsField_fullWidth">\n'
        '\t\t<h5 class="ipsType_normal ipsType_reset ipsSpacer_top">Share on other sites</h5>\n'
        "\t\t<button class='ipsHide ipsButton ipsButton_small' data-controller='core.front.core.webshare' "
        f"data-role='webShare' data-webShareTitle='{attr(post.thread.title)}' "
        f"data-webShareText='{attr(post.full_text or '')}\n"
        f"' data-webShareUrl='{url}'>More sharing options...</button>\n"
        "\t</div>\n"
    )


def later(gap_days: int) -> str:
    """The note between two posts with a long silence between them; empty for a short one."""
    if gap_days < 14:
        return ""
    span = f"{gap_days // 365} years" if gap_days >= 730 else f"{gap_days // 30} months"
    span = span if gap_days >= 60 else f"{gap_days // 7} weeks"
    return (
        '<ul class="ipsTopicMeta">\n<li class="ipsTopicMeta__item ipsTopicMeta__item--time">\n'
        f"\t{span} later...\n</li>\n</ul>\n"
    )


def moderated(at: datetime, by: Member, action: str, base: str) -> str:
    """The note of what a moderator did."""
    return (
        '<ul class="ipsTopicMeta">\n<li class="ipsTopicMeta__item ipsTopicMeta__item--moderation">\n'
        f'\t<span class="ipsTopicMeta__time ipsType_light">{time(at)}</span>\n'
        f'\t<span class="ipsTopicMeta__action">\n{person(by, base)} {esc(action)}</span>\n</li>\n</ul>\n'
    )
