"""What a post's body is made of: blocks that hold inline pieces or other blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from crawler.demo.model.forum import Post
    from crawler.demo.model.parts import Member

Style = Literal["native", "import", "dated", "named", "ips3", "bare", "bare_label"]
"""How a quote is marked up: it is part of what was posted, so that every layout shows the same.

``native``: by the editor since 4.1, with all that is to be known. ``import``: out of an older board, without the
number of the author; ``dated`` and ``named``: with no more than name and time, or name. ``ips3``: as 3.x wrote it, with
name, time and number of the post. ``bare`` is a plain ``div`` in the quote, ``bare_label`` the editor's own form with a
citation that names nobody.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words in bold."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link; addresses that begin with `/` are on the forum itself."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """An emoji, as a character in a ``span`` or as an image with the character as alternative text."""

    char: str
    as_image: bool = False


@dataclass(frozen=True, slots=True)
class Emoticon:
    """An image emoticon of the older kind; ``alt`` is what was typed."""

    alt: str
    file: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A member called by name; ``name`` is the one that was written, where the member may have another by now."""

    member: Member
    name: str | None = None

    @property
    def words(self) -> str:
        """What is to be read."""
        return f"@{self.name or self.member.name}"


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """The acronym plug-in at work: it wraps a part of a word."""

    before: str
    marked: str
    after: str
    title: str


@dataclass(frozen=True, slots=True)
class Break:
    """A line break within a paragraph."""


Inline: TypeAlias = Text | Strong | Link | Emoji | Emoticon | Mention | Abbreviation | Break


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    inlines: tuple[Inline, ...]

    @classmethod
    def of(cls, text: str) -> Paragraph:
        """A paragraph of plain words."""
        return cls((Text(text),))


@dataclass(frozen=True, slots=True)
class Blank:
    """A paragraph that holds only a no-break space, as the editor leaves them between two others."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a post."""

    text: str


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list."""

    items: tuple[tuple[Inline, ...], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A code block."""

    code: str
    lang: str


@dataclass(frozen=True, slots=True)
class Spoiler:
    """Blocks behind a label; the label is the forum's word, not the author's."""

    label: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """An attached image, loaded lazily or at once."""

    file_id: int
    name: str
    lazy: bool = True


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file; its name is part of the text."""

    file_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Embed:
    """Something shown in a frame: a video elsewhere, or (an address that begins with `/`) a thread of the forum."""

    url: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Who is quoted where the post itself is not in the forum any more, or never was."""

    author_name: str
    author_id: int | None = None
    timestamp: int | None = None
    post_id: int | None = None
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote. ``source`` is the post, or what is left to cite of it, or none.

    ``frozen`` is what was to be cited of the post when it was quoted, where that may have changed since; ``version``
    which of its texts was quoted.
    """

    blocks: tuple[Block, ...]
    source: Post | Citation | None = None
    style: Style = "native"
    frozen: Citation | None = None
    version: int = 1
    is_trimmed: bool = False
    is_altered: bool = False


Block: TypeAlias = Paragraph | Blank | Heading | ListBlock | Code | Spoiler | Image | Attachment | Embed | Quote
