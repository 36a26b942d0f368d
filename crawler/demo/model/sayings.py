"""What is in posts besides talk and quotes, in known proportions."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from crawler.demo.model.blocks import (
    Abbreviation,
    Attachment,
    Block,
    Break,
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
    Spoiler,
    Strong,
    Text,
)
from crawler.demo.model.decks import Deck
from crawler.demo.model.parts import Member
from crawler.demo.model.words import paragraph, sentence

_THAI = (
    "ท่าเรือเก่าปิดมาหลายปีแล้วครับ",
    "น้ำขึ้นทุกปี แต่ประตูน้ำยังไม่เสร็จ",
    "ใครจะเป็นคนจ่ายค่าซ่อมสะพาน",
    "ชาวประมงไม่เคยได้รับคำตอบเลย",
    "ขอบคุณสำหรับข้อมูลนะครับ มีประโยชน์มาก",
)
_RUSSIAN = (
    "Старый причал закрыли ещё прошлой весной.",
    "Никто не знает, куда делись деньги на шлюз.",
    "Лодочников опять забыли спросить.",
    "Вода поднимается каждый год, а насосы стоят.",
    "Спасибо, это многое объясняет.",
)
_FRENCH = (
    "Le vieux quai est fermé depuis l’an dernier.",
    "Personne n’a demandé leur avis aux pêcheurs.",
    "On verra bien si les portes tiennent cet hiver.",
    "Merci, voilà qui est plus clair.",
)
_CODE = "def tide(hour):\n    # twice a day\n    if hour < 6:\n        return 1\n\n    return 2 * hour"

_LABELS = ("Spoiler", "The end of the film")

KINDS: dict[str, int] = {
    "plain": 66,
    "image": 4,
    "attachment": 2,
    "video": 2,
    "card": 1,
    "mention": 4,
    "spoiler": 3,
    "code": 2,
    "list": 3,
    "emoji": 4,
    "emoticon": 3,
    "abbreviation": 2,
    "link": 4,
}
"""What a post holds besides its talk, of 100 posts."""


class Sayings:
    """Makes the blocks of posts. ``members`` are those who are called by name, ``path`` gives a thread's address."""

    def __init__(self, rng: Random, members: tuple[Member, ...], path: Callable[[], str]) -> None:
        self._rng = rng
        self._members = members
        self._path = path
        self._kinds = Deck(rng, KINDS)
        self._n_files = 1000

    def talk(self) -> list[Block]:
        """One or two paragraphs; the first is long enough to be quoted."""
        rng = self._rng
        blocks: list[Block] = [Paragraph.of(f"{sentence(rng)} {sentence(rng)}")]
        if rng.random() < 0.4:
            blocks.append(Paragraph.of(paragraph(rng)))
        return blocks

    def foreign(self, lang: str) -> Paragraph:
        """A sentence in another script or language."""
        return Paragraph.of(self._rng.choice({"th": _THAI, "ru": _RUSSIAN}.get(lang, _FRENCH)))

    def extra(self) -> list[Block]:
        """Something besides talk; most often nothing."""
        kind = self._kinds.draw()
        if kind == "plain":
            return []
        inline = self._inline(kind)
        return [inline] if inline else self._blocks(kind)

    def _inline(self, kind: str) -> Paragraph | None:
        rng = self._rng
        match kind:
            case "mention":
                return Paragraph((Mention(rng.choice(self._members)), Text(" may know more about it.")))
            case "emoji":
                return Paragraph((Text("Well "), Emoji(rng.choice("😄🤷🛶🌊"), as_image=rng.random() < 0.5)))
            case "emoticon":
                return Paragraph((Text("So be it "), Emoticon(":)", "smile"), Break(), Text("or not.")))
            case "abbreviation":
                return Paragraph((Text("The "), Abbreviation("net", "wo", "rk", "Water Office"), Text(" is down.")))
            case "link":
                link = Link(f"https://gazette.example/{rng.randint(1, 999)}?a=1&b=2", "the Gazette")
                return Paragraph((Text("As "), link, Text(" wrote, "), Strong("twice"), Text(".")))
        return None

    def _blocks(self, kind: str) -> list[Block]:
        rng = self._rng
        self._n_files += 1
        n = self._n_files
        items = ((Text("first "), Strong("this")), (Text("then that"),))
        made: dict[str, Callable[[], list[Block]]] = {
            "image": lambda: [Image(n, f"quay-{n}.png", lazy=rng.random() < 0.8)],
            "attachment": lambda: [Attachment(n, f"minutes-{n}.pdf")],
            "video": lambda: [Embed(f"https://video.example/embed/{n}")],
            "card": lambda: [Embed(self._path())],
            "spoiler": lambda: [Spoiler(rng.choice(_LABELS), (Paragraph.of(sentence(rng)),))],
            "code": lambda: [Code(_CODE, "python")],
            "list": lambda: [Heading("In short"), ListBlock(items, ordered=rng.random() < 0.5)],
        }
        return made[kind]()


def report(rng: Random, title: str) -> tuple[Block, ...]:
    """An invented agency report: headline, byline, photo, dateline, text, credits."""
    writer = rng.choice(("Mira Halloran", "Josef Tandy", "Ruth Vane"))
    place = rng.choice(("PORT ASTER", "NORTH QUAY", "SALTMARSH"))
    body = [Paragraph.of(paragraph(rng)) for _ in range(rng.randint(2, 5))]
    lead = f"{place} (Northwind News) - {sentence(rng)} {sentence(rng)}"
    return (
        Paragraph((Strong(title),)),
        Paragraph.of(f"By {writer}"),
        Image(rng.randint(100, 999), "northwind.jpg"),
        Paragraph.of(lead),
        *body,
        Paragraph.of(f"(Reporting by {writer}; Editing by Owen Castle)"),
    )
