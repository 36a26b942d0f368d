"""Pages without content: errors and walls."""

from __future__ import annotations

from crawler.demo.model import Board
from crawler.demo.render.markup import esc
from crawler.demo.render.parts import Notices


class Notices47(Notices):
    """Errors and walls of 4.4-4.7."""

    def error(self, words: str, code: str) -> str:
        """The forum's error page; the code is part of the text."""
        return (
            '<section id="elError" class="ipsType_center">\n<div class="ipsPad">\n'
            '<i class="ipsType_huge fa fa-exclamation-circle">'
            f'</i>\n<div id="elErrorMessage" class="ipsType_large ipsPos_center">\n{words}\n</div>\n'
            f'<p class="ipsType_light ipsType_large">{self.say("Error code: {code}", code=code)}</p>\n'
            f'<p><a href="{self.base}/contact/" class="ipsButton">{self.say("Contact Us")}</a></p>\n</div>\n</section>'
        )

    def login(self) -> str:
        """The sign-in form in the place of the content."""
        form = self.skin.frame.sign_in("elSignInForm", "elSignInForm_submit").replace(" ipsHide", "")
        return (
            f'<div class="ipsPos_center ipsBox ipsPadding">\n<h1 class="ipsType_pageTitle">{self.say("Sign In")}</h1>\n'
            f'<p class="ipsMessage ipsMessage_warning">{self.say("You must sign in to see this page.")}</p>\n'
            f"{form}</div>"
        )

    def age_gate(self) -> str:
        """Unconfirmed markup: the question for the reader's age; the cookie `ips4_hasAcceptedAge` keeps the answer."""
        return (
            '<div class="ipsBox ipsPadding ipsType_center" data-role="ageGate">\n'
            f'<h1 class="ipsType_pageTitle">{self.say("How old are you?")}'
            f'</h1>\n<form action="{self.base}/" method="post"><input type="hidden" name="ips4_hasAcceptedAge" '
            'value="1">'
            f'<button type="submit" class="ipsButton">{self.say("I am 18 or older")}</button></form>\n</div>'
            "<script>var gate = {cookie: 'ips4_hasAcceptedAge'};</script>"
        )

    def offline(self) -> bytes:
        """Unconfirmed markup: the board is closed for work; a page of its own, without header."""
        return (
            "<!DOCTYPE "
            f'html>\n<html lang="{self.words.tag}"><head><meta charset="utf-8">'
            f"<title>{esc(self.forum.site.name)}</title></head>\n"
            "<body class='ipsApp ipsApp_front ipsLayout_minimal' data-pageApp='core' data-pageController='offline'>\n"
            f'<div id="ipsLayout_contentArea"><h1 class="ipsType_pageTitle">{self.say("Site Offline")}</h1>\n'
            f'<div class="ipsType_richText"><p>{self.say("We are mending the nets and will be back soon.")}</p></div>\n'
            f'<p><a href="{self.base}/login/">{self.say("Sign In")}</a></p></div>\n'
            "<p id='elCopyright'><a title='Invision Community' href='https://www.invisioncommunity.com/'>"
            f"{self.say('Powered by Invision Community')}</a></p>\n</body></html>"
        ).encode()

    def ban(self) -> str:
        """The forum refuses this reader for good; unconfirmed: that the page bears no error code."""
        return (
            '<section class="ipsType_center ipsPad">\n<i class="ipsType_huge fa fa-lock"></i>\n'
            f'<p class="ipsType_large">{self.say("Sorry, you have been banned from this community")}</p>\n</section>'
        )

    def password(self, board: Board) -> str:
        """The question for a board's password; unconfirmed markup."""
        return (
            f'<div class="ipsBox ipsPadding ipsType_center">\n<h1 class="ipsType_pageTitle">{esc(board.name)}</h1>\n'
            f'<p class="ipsType_large">{self.say("This forum is protected by a password.")}</p>\n'
            f'<form action="{self.base}{board.path}" method="post">'
            '<input type="hidden" name="password_submitted" value="1">'
            '<input type="password" name="password"><button type="submit" class="ipsButton">&rarr;</button></form>\n'
            "</div>"
        )
