"""What the software's own words are in a flattened page, in the languages that it ships in.

English, French, Russian and Thai are those of the demo forum too; the others are as the vendor's language packs are
remembered to word them, unconfirmed. Where a page is in none of these words it is read by its structure (`dump_lines`).
"""

from __future__ import annotations

_SPACES = " \t\xa0"


def _list(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()).casefold() for entry in text.split("|") if entry.strip())


LINKS = frozenset(
    _list(
        """
        Link to comment | Link to post | Lien vers le commentaire | Lien vers le message | Ссылка на
        комментарий | Ссылка на сообщение | ลิงก์ไปยังความเห็น | ลิงก์ไปยังความคิดเห็น |
        ลิงค์ไปยังความคิดเห็น | Link zu diesem Kommentar | Link zum Kommentar | Link zum Beitrag | Enlace al
        comentario | Enlace a comentario | Link al commento | Link naar reactie | Link naar bericht | Link
        para o comentário | Link para o post | Odnośnik do komentarza | Link do komentarza
        """
    )
)
"""First label of the share menu below each post."""

SHARES = frozenset(
    _list(
        """
        Share on other sites | Partager sur d’autres sites | Partager sur d'autres sites | Поделиться на
        других сайтах | Поделиться на другие сайты | แบ่งปันไปยังเว็บอื่น | แบ่งปันไปยังเว็บไซต์อื่น |
        แชร์ไปยังเว็บไซต์อื่น | Auf anderen Seiten teilen | Compartir en otros sitios | Condividi su altri
        siti | Delen op andere sites | Compartilhar em outros sites | Partilhar noutros sites | Udostępnij
        na innych stronach
        """
    )
)
"""Second label of the share menu."""

MORE = frozenset(
    _list(
        """
        More sharing options... | Plus de moyens de partager... | Plus d’options de partage... | Другие
        способы поделиться... | Больше способов поделиться... | วิธีแบ่งปันอื่น... | Mehr Optionen zum
        Teilen... | Más opciones para compartir... | Altre opzioni di condivisione... | Meer opties voor
        delen... | Mais opções de compartilhamento... | Więcej opcji udostępniania...
        """
    )
)
"""Third label, where a device can share by itself."""

RECOMMENDED = frozenset(
    _list(
        """
        Recommended Posts | Messages recommandés | Рекомендуемые сообщения | โพสต์แนะนำ | Empfohlene
        Beiträge | Mensajes recomendados | Publicaciones recomendadas | Messaggi raccomandati | Messaggi
        consigliati | Aanbevolen berichten | Posts Recomendados | Mensagens recomendadas | Rekomendowane
        odpowiedzi | Rekomendowane posty
        """
    )
)
"""The heading above the first post."""

GO_TO = frozenset(
    _list(
        """
        Go to this post | Go to solution | Aller à ce message | Перейти к сообщению | ไปที่โพสต์นี้ | Zu
        diesem Beitrag | Ir a este mensaje | Vai al messaggio | Ga naar dit bericht | Ir para este post |
        Idź do tej odpowiedzi
        """
    )
)
"""Below a post that is shown above the first as recommended."""

QUOTES = frozenset(
    _list(
        """
        Quote | Citer | Citation | Цитата | Цитировать | อ้างอิง | Zitat | Zitieren | Citar | Cita |
        Citazione | Citeren | Citaat | Citação | Cytat | Cytuj
        """
    )
)
"""The button below a post, and the heading of a quote that names nobody."""

SPOILERS = frozenset(
    _list(
        """
        Spoiler | Révéler le texte masqué | Révéler le contenu masqué | Скрытый текст | Показать содержимое
        | ข้อความซ่อน | Versteckten Inhalt anzeigen | Ocultar contenido | Mostra contenuto nascosto |
        Verborgen inhoud | Ukryta zawartość | Reveal hidden contents | Hide contents
        """
    )
)
"""The forum's own label of a hidden part."""

POSTED = tuple(
    f"{words} "
    for words in _list(
        """
        Posted | Posté(e) | Posté | Опубликовано | โพสต์เมื่อ | Geschrieben | Veröffentlicht | Publicado |
        Escrito | Inviato | Pubblicato | Inserita | Geplaatst | Postado | Publicado em | Opublikowano |
        Napisano
        """
    )
)
"""What stands before the time of a post."""

EDITED = (
    ("edited", "by"),
    ("modifié", "par"),
    ("изменено", "пользователем"),
    ("แก้ไขเมื่อ", "โดย"),
    ("แก้ไข", "โดย"),
    ("bearbeitet", "von"),
    ("editado", "por"),
    ("modificato", "da"),
    ("bewerkt", "door"),
    ("aangepast", "door"),
    ("edytowane", "przez"),
)
"""An edit mark: what it begins with, and what stands before the name."""

SAID = (
    "said:", "a dit :", "a dit:", "сказал:", "сказала:", "сказал(а):", "กล่าวว่า:", "schrieb:", "sagte:", "dijo:",
    "ha detto:", "ha scritto:", "zei:", "schreef:", "disse:", "napisał:", "napisał(a):", "powiedział:",
)  # fmt: skip
"""How a citation ends."""

SINCE = (
    " ago, ", " heures, ", " minutes, ", " heure, ", " jours, ", " jour, ", " назад, ", " ที่แล้ว ", "ที่แล้ว ", " ago ",
    "just now, ", "à l’instant, ", "à l'instant, ", "только что, ", "gerade eben, ", "now, ", " ore fa, ",
    " minuti fa, ",
    " uur geleden, ", " geleden, ", " horas, ", " hora, ", " minutos, ", " atrás, ", " godzin temu, ", " temu, ",
    " stunden, ", " stunde, ", " minuten, ", " am, ", " pm, ",
)  # fmt: skip
"""What stands between the time of a quoted post, which is told from the moment of quoting, and the author."""

BADGES = frozenset(
    _list(
        """
        Author | Solution | Auteur | Автор | Решение | ผู้เขียน | คำตอบ | Autor | Lösung | Solución | Autore | Soluzione |
        Oplossing | Solução | Rozwiązanie | Moderators | Moderator | Popular Post
        """
    )
)
"""Badges that may stand between the head of a post and its body, as items of a list."""

ENDS = frozenset(
    _list(
        """
        Create an account or sign in to comment | Join the conversation | Go to topic listing | Recently
        Browsing | Reply to this topic | Prendre part à la discussion | Rejoindre la conversation | Créer un
        compte ou se connecter | Aller à la liste des sujets | Вступить в разговор | Присоединяйтесь к
        обсуждению | К списку тем | Перейти к списку тем | ร่วมสนทนา | ไปที่รายการหัวข้อ | Erstelle ein
        Benutzerkonto oder melde dich an | Diskutiere mit | Unirse a la conversación | Crear una cuenta o
        conéctate para comentar | Unisciti alla conversazione | Crea un account o accedi per commentare |
        Doe mee aan het gesprek | Participe da conversa | Crie uma conta ou entre para comentar | Dołącz do
        dyskusji | Jeśli chcesz dodać odpowiedź, zaloguj się
        """
    )
)
"""What follows the last post."""

PAGES = ("page", "страница", "หน้า", "seite", "página", "pagina", "strona")
"""The word before the number of the page, in a pager."""


def label(text: str) -> str:
    """A line as labels are compared: without case, bullets and white space around it."""
    return text.strip(_SPACES).lstrip("*+-•·o×").strip(_SPACES).casefold() if text else ""
