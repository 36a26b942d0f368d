"""The replies of the main thread: everything that a post can hold, spread over three pages of 25."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from crawler.demo.model.blocks import (
    Abbreviation,
    Attachment,
    Break,
    Citation,
    Code,
    Embed,
    Emoji,
    Emoticon,
    Heading,
    Image,
    Link,
    ListBlock,
    Mention,
    Paragraph,
    Quote,
    Spoiler,
    Strong,
    Text,
)
from crawler.demo.model.chatter import Talk, line, quote
from crawler.demo.model.forum import Post
from crawler.demo.model.parts import Edit

CODE = """def toll(length, passages):
    # boats below four metres are free
    if length < 4:
        return 0

    return 2 * passages"""


def showcase(talk: Talk, elsewhere: Post) -> Callable[[int], None]:
    """Fill the thread. The result makes one post quote a post that bears a number which is not in the forum."""
    thread = talk.thread
    _page_one_quotes(talk, elsewhere)
    gone = talk.say(*_answer_to_gone(talk, 0))
    _page_one_blocks(talk)
    talk.chat(25 - thread.n_posts)
    _page_two(talk)
    talk.chat(50 - thread.n_posts)
    _page_three(talk)
    talk.chat(63 - thread.n_posts)

    def fill_gap(post_id: int) -> None:
        gone.body = _answer_to_gone(talk, post_id, gone)

    return fill_gap


def _answer_to_gone(talk: Talk, post_id: int, post: Post | None = None) -> tuple[Quote, Paragraph]:
    at = int((talk.thread.posts[1].created_at + timedelta(minutes=5)).timestamp())
    cited = Citation("Bilgewater", 911, at, post_id, talk.thread.thread_id)
    words = Paragraph.of("They will charge the swimmers next, mark my words.")
    reply = post.body[1] if post else line(talk.rng)
    assert isinstance(reply, Paragraph)
    return Quote((words,), cited), reply


def _page_one_quotes(talk: Talk, elsewhere: Post) -> None:
    """Posts 2 to 13: every way of quoting."""
    cast, rng, thread = talk.cast, talk.rng, talk.thread
    opening = thread.posts[0]
    wit = talk.say(
        Paragraph((Text("Two crowns for a rowing boat "), Emoji("😄"), Text(" and none for a tanker."))),
        author=cast.numeric,
    )
    wit.reactions = {"Like": 4, "Haha": 2}
    lead = tuple(block for block in opening.body if isinstance(block, Paragraph))[3:4]
    of_article = talk.say(Quote(lead, opening), line(rng), author=cast.hostile)
    talk.say(Quote((Paragraph.of("The gates will pay for themselves within a year."),), None, "bare"), line(rng))
    talk.say(Quote((Paragraph.of("Free passage, they said."),), None, "bare_label"), line(rng))
    nested = talk.say(quote(of_article), line(rng), author=cast.signed)
    talk.say(quote(wit), line(rng), Quote((of_article.body[-1],), of_article), line(rng), author=cast.thai)
    talk.say(quote(nested), Paragraph.of("Three deep, and still no answer."), author=cast.russian)
    talk.say(quote(elsewhere), Paragraph.of("Somebody said that in another thread already."))
    talk.say(quote(wit, style="import"), line(rng))
    guest = talk.say(author=cast.guest)
    talk.say(quote(guest), line(rng), author=cast.hostile)
    talk.say(quote(wit), author=cast.signed)  # a quote and nothing else


def _page_one_blocks(talk: Talk) -> None:
    """Posts 15 to 24: every kind of block, and edits."""
    cast, rng = talk.cast, talk.rng
    own = talk.say(line(rng), author=cast.numeric)
    own.edit = Edit(own.created_at + timedelta(minutes=7), cast.numeric.name)
    moderated = talk.say(author=cast.hostile)
    moderated.edit = Edit(moderated.created_at + timedelta(hours=3), cast.moderator.name, "Keep it polite & on topic")
    talk.say(
        Paragraph((Mention(cast.hostile), Text(" here is the picture that you asked for."))),
        Image(711, "lock-1911.png"),
        Paragraph.of("And the whole survey:"),
        Attachment(712, "estuary-survey.pdf"),
        author=cast.signed,
    )
    talk.say(Paragraph.of("The council on film:"), Embed("https://video.example/embed/a1b2c3"), line(rng))
    talk.say(
        line(rng),
        Spoiler("Spoiler", (Paragraph.of("The toll house burns down at the end."), ListBlock(((Text("Really."),),)))),
    )
    code = talk.say(Paragraph.of("I worked it out:"), Code(CODE, "python"), author=cast.numeric)
    talk.say(Quote((Code('print("aye <sailor> & crew")', "python"),), code), line(rng))
    lists = talk.say(
        Heading("What we know"),
        ListBlock(((Text("The gates are "), Strong("late"), Text(".")), (Text("The money is gone."),))),
        Heading("What we do not"),
        ListBlock(((Text("Who signed."),), (Text("When they open."),)), ordered=True),
    )
    lists.reactions = {"Thanks": 7}
    talk.say(Quote(lists.body[:2], lists), line(rng))
    talk.say(
        Paragraph.of("เก็บค่าผ่านทางเรือเล็กไม่ยุติธรรมเลยครับ"),
        Paragraph.of("ชาวประมงจะอยู่ได้อย่างไร 🛶"),
        author=cast.thai,
    )


def _page_two(talk: Talk) -> None:
    """Posts 26 and on: quotes across pages, and small print."""
    cast, rng, thread = talk.cast, talk.rng, talk.thread
    on_page_one = thread.posts[15]
    talk.say(quote(on_page_one), line(rng))
    talk.say(
        Paragraph.of("Сначала пристань, потом шлюз, а теперь и вёсла."),
        Paragraph((Text("Кто заплатит за лодку из бумаги? "), Emoji("🤷", as_image=True))),
        author=cast.russian,
    )
    talk.say(
        Paragraph((Text("My boat is made of paper "), Emoticon(":)", "smile"), Text(" so what?"))),
        Paragraph((Text("First line,"), Break(), Text("second line."))),
    )
    talk.say(
        Paragraph(
            (
                Text("They "),
                Abbreviation("wo", "rk", "s", "Repair Committee"),
                Text(" at night, says "),
                Link("https://gazette.example/tide-gates?id=7&lang=en", "the Gazette"),
                Text("."),
            )
        )
    )
    talk.say(Quote((Paragraph.of("ชาวประมงจะอยู่ได้อย่างไร 🛶"),), thread.posts[23]), line(rng), author=cast.signed)
    talk.say(Embed(thread.path), Paragraph.of("We have been here before."))
    talk.say(Spoiler("Hidden <words>", (quote(thread.posts[1]), Paragraph.of("I did not say that."))), line(rng))


def _page_three(talk: Talk) -> None:
    """Posts 51 and on, some months later: quotes of both earlier pages, changed and unchanged."""
    rng, thread = talk.rng, talk.thread
    talk.pause(days=124)
    talk.say(Paragraph.of("So, are the gates finished?"))
    first, second = thread.posts[6], thread.posts[26]
    talk.say(quote(second), line(rng), Quote(first.body[-1:], first), line(rng), author=talk.cast.numeric)
    altered = Paragraph.of("Two crowns for a yacht and none for a tanker, they say.")
    talk.say(Quote((altered,), thread.posts[1]), Paragraph.of("Not quite his words, I admit."))
    talk.say(author=talk.cast.signed).reactions = {"Like": 1}
