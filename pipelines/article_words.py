"""The words by which the marks of news texts are known, in the languages of the papers."""

from __future__ import annotations


def _list(text: str) -> tuple[str, ...]:
    """What stands between the strokes; white space at the edges is no part of it."""
    return tuple(" ".join(entry.split()) for entry in text.split("|") if entry.strip())


MONTHS = _list(
    """
    january jan janvier janv enero ene januar jänner gennaio gen januari janeiro stycznia styczeń января янв
    มกราคม ม.ค. | february feb février fevrier févr fév febrero februar febbraio februari fevereiro fev
    lutego luty февраля фев กุมภาพันธ์ ก.พ. | march mar mars marzo märz maart mrt março marca marzec марта
    мар มีนาคม มี.ค. | april apr avril avr abril abr aprile kwietnia kwiecień апреля апр เมษายน เม.ย. | may
    mai mayo maggio mag mei maio maja maj мая май พฤษภาคม พ.ค. | june jun juin junio juni giugno giu junho
    czerwca czerwiec июня июн มิถุนายน มิ.ย. | july jul juillet juil julio juli luglio lug julho lipca
    lipiec июля июл กรกฎาคม ก.ค. | august aug août aout agosto ago augustus sierpnia sierpień августа авг
    สิงหาคม ส.ค. | september sep sept septembre septiembre settembre set setembro września wrzesień сентября
    сен сент กันยายน ก.ย. | october oct octobre octubre oktober okt ottobre ott outubro out października
    październik октября окт ตุลาคม ต.ค. | november nov novembre noviembre novembro listopada listopad ноября
    ноя พฤศจิกายน พ.ย. | december dec décembre decembre déc diciembre dic dezember dez dicembre dezembro
    grudnia grudzień декабря дек ธันวาคม ธ.ค.
    """
)
"""The names of each month, with blanks between."""

AGENCIES = frozenset(
    _list(
        """
        aa | aap | abc | afp | agence france presse | parisien | dépêche | matin | soir | quotidien | abendblatt
        | tageblatt | anzeiger | kurier | allgemeine | morgenpost | blatt | krant | periódico | correo |
        informador | vanguardia | mattino | secolo | gazzetta | público | jornal | correio | dziennik | kurjer |
        ведомости | правда | вестник | комсомольская | standard | weekly | leader | record | reporter | banner |
        democrat | republican | constitution | register | agence france-presse | al jazeera | anadolu | anadolu
        agency | ani | anp | ansa | antara | ap | apa | aps | associated press | ats | axios | azertac | bbc |
        belga | belta | bernama | bild | bloomberg | cbc | cbs | cna | cnn | coconuts | spiegel | welt | die
        presse | der standard | le soir | le temps | ouest-france | sud ouest | abc news | new york times | new
        york post | los angeles times | usa today | wsj | scmp | nikkei | nikkei asia | mint | the hindu | dawn
        | rappler | tempo | kompas | detik | jakarta globe | khaosod english | prachatai | pattaya one | el
        confidencial | la vanguardia | expresso | g1 | uol | il sole 24 ore | il post | de standaard | trouw |
        het parool | nos | onet | polskie radio | tvn24 | lenta.ru | meduza | rbc | рбк | лента.ру | медуза |
        газета.ru | european pressphoto agency | epa | press association | pa | pa media | press trust of india
        | press trust | ips | inter press service | irin | apn | acn | azerbaijan state news agency | corriere
        della sera | cp | ctk | de telegraaf | de volkskrant | der spiegel | deutsche welle | die welt | die
        zeit | dpa | dw | efe | el mundo | el pais | el país | europa press | focus | folha de s.paulo | france
        24 | france24 | gazeta wyborcza | ians | interfax | irna | itar-tass | jiji | jiji press | khaosod |
        kuna | kyodo | kyodo news | la repubblica | la stampa | le figaro | le monde | lusa | matichon | mcot |
        mena | mti | nbc | nbt | nhk | npr | nrc | nrk | ntb | o globo | pap | pna | politico | pti | rai news |
        reuters | rfe/rl | rfi | ria novosti | ritzau | rtve | rzeczpospolita | sid | sky news | sputnik | stern
        | stt | svt | tass | thai pbs | thairath | the associated press | the canadian press | thomson reuters |
        tna | tnn | ukrinform | unian | upi | vna | vnexpress | voa | wam | xinhua | xinhua news agency | yle |
        yonhap | čtk | известия | интерфакс | коммерсант | коммерсантъ | риа новости | тасс | ข่าวสด | มติชน |
        เดลินิวส์ | ไทยรัฐ | 中新社 | 共同社 | 共同通信 | 新华社 | 时事社 | 時事通信
        """
    )
)
"""Agencies, broadcasters and papers whose names do not say so."""

EDITIONS = frozenset(
    _list(
        """
        online | news | english | agency | international | service | .com | digital | tv | asia | world | staff
        | bureau | television | radio | sport | business | plus | wire | newsroom | español | français | france
        | magazine
        """
    )
)
"""What may stand behind the name of an agency or paper."""

PAPER_WORDS = frozenset(
    _list(
        """
        advertiser | argus | bulletin | chronicle | courant | courier | dagblad | dagens | daily | depeche |
        diario | dispatch | dépêche | echo | examiner | express | figaro | gazeta | gazette | giornale | globe |
        guardian | herald | independent | inquirer | izvestia | journal | kommersant | ledger | mail |
        messaggero | mirror | monde | nachrichten | nation | news | newspaper | newswire | noticias | novosti |
        nyheter | observer | post | pravda | press | presse | rundschau | sentinel | shimbun | star | telegraph
        | times | tribune | wire | zeitung | вести | газета | новости
        """
    )
)
"""Words that names of papers have."""

HOST_WORDS = frozenset(
    _list(
        """
        advertiser | afp | aljazeera | apnews | argus | bangkokpost | bbc | bloomberg | bulletin | chronicle |
        cnn | corriere | courant | courier | dagblad | dagens | daily | dailymail | depeche | diario | dispatch
        | dépêche | elmundo | elpais | examiner | express | figaro | folha | france24 | gazeta | gazette |
        giornale | globo | guardian | herald | huffpost | independent | inquirer | interfax | izvestia |
        jakartapost | journal | khaosod | kommersant | kyodonews | ledger | lefigaro | lemonde | matichon |
        messaggero | monde | nachrichten | nation | nationthailand | news | newspaper | newswire | noticias |
        novosti | nyheter | nytimes | observer | pravda | presse | repubblica | reuters | ria | rundschau | scmp
        | sentinel | shimbun | southchinamorningpost | spiegel | straitstimes | tass | telegraaf | telegraph |
        thairath | theguardian | times | tribune | vnexpress | volkskrant | washingtonpost | welt | wyborcza |
        xinhua | xinhuanet | yonhap | zeitung | вести | газета | новости
        """
    )
)
"""Parts of the host names of papers and agencies."""

HOST_ENDINGS = _list(
    """
    news | times | gazette | herald | tribune | post | journal | telegraph | guardian | nachrichten |
    zeitung | chronicle | daily | observer
    """
)
"""Ends of them."""

NO_PLACES = frozenset(
    _list(
        """
        analysis | breaking | comment | edit | editorial | exclusive | explainer | factbox | fyi | help |
        important | live | nb | news | note | notice | offer | opinion | photos | ps | question | reminder |
        sale | sold | solved | update | updated | urgent | video | wanted | warning | wtb | wts | tldr | faq |
        rules | info | attention | achtung | contact | tickets | place | time | location | price | requirements
        | steps | edit1 | watch
        """
    )
)
"""What stands in capitals before a dash and is no place."""

BY = tuple(
    f"{entry} "
    for entry in _list(
        """
        by | par | von | por | door | di | av | przez | autor | автор | โดย | text by | story by | written by |
        words by | texte par | text von | da | a cura di | tekst
        """
    )
)
"""Before the names of a byline, with a blank behind."""

BY_LABELS = _list(
    """
    by: | author: | writer: | writers: | reporter: | auteur : | auteur: | autor: | autore: | автор: | โดย: |
    ผู้เขียน: | verfasser: | byline: | tekst: | autoren: | auteurs :
    """
)
"""Labels of a byline."""

ROLES = _list(
    """
    staff writer | staff writers | staff reporter | correspondent | editor | senior writer | staff
    """
)
"""What stands beside a name in a byline."""

PUBLISHED = _list(
    """
    published | publié | publie | veröffentlicht | publicado | pubblicato | gepubliceerd | opublikowano |
    опубликовано | เผยแพร่ | first published | posted on | date: | publication date | published on | issued
    on | posted: | datum | fecha | stand:
    """
)
"""Before the day of publication."""

UPDATED = _list(
    """
    updated | last updated | mis à jour | aktualisiert | actualizado | aggiornato | bijgewerkt | обновлено
    """
)
"""Before the day of a change."""

CAPTION_STARTS = _list(
    """
    file photo | photo: | photo : | photo by | photo - | photos: | image: | image caption | caption: |
    picture: | pictured: | foto: | foto - | fotos: | bild: | фото: | ภาพ: | crédit photo | crédit : | photo
    credit | photograph: | photograph by | in this photo | in this file photo | archivfoto | archivbild |
    credit: | image copyright | image source | légende | zdjęcie | fot. | 写真: | 图片 | file - | file – | file
    —
    """
)
"""How captions begin."""

CAPTION_MARKS = _list(
    """
    reuters/ | (ap photo | ap photo/ | (xinhua/ | /xinhua) | / afp) | /afp) | (afp | afp photo | afp/ |
    getty images | (photo by | (photo: | (photo courtesy | (foto: | (file photo | file photo/ | /file photo
    | epa/ | epa-efe | dpa/ | /dpa | (kyodo) | (yonhap) | handout via | /handout | (фото: | /tass | /тасс |
    photo/ | (photo | photograph: | /ap) | / ap) | /bloomberg | (efe/ | /efe | shutterstock | via reuters |
    via ap
    """
)
"""How photographs are credited."""

BARE_CREDITS = _list(
    """
    photo: | photo by | foto: | фото: | credit: | photo credit | image copyright | photo : | reuters/ | (ap
    photo | ap photo/ | getty | afp/ | photograph: | (photo | epa/ | (xinhua/ | image: | bild: | fot.
    """
)
"""How a credit without a caption begins."""

REPORTING = _list(
    """
    additional reporting by | reporting by | with reporting by | with assistance from | with contributions
    from | reported by | reportage de | reportage : | bericht von | berichtet von | reporter: | reporters: |
    reportería de | с участием | reportage von | servizio di | verslag van | report by
    """
)
"""Before the names of reporters."""

EDITING = _list(
    """
    editing by | edited by | editor: | editors: | édité par | edité par | redaktion: | redigiert von |
    edición de | editado por | a cura della redazione di | redactie: | редактор: | redakcja: | editing:
    """
)
"""Before the names of editors."""

WRITING = _list(
    """
    writing by | written by | compiled by | translated by | rédigé par | geschrieben von | traduit par |
    graphics by | graphic by
    """
)
"""Before the names of those who wrote or drew."""

CONTRIBUTED = _list(
    """
    contributed to this report | contributed reporting | contributed to this story | reported from
    """
)
"""Behind the names of reporters."""

SOURCES = _list(
    """
    source: | source : | sources: | via: | read more: | read more at | read the full | full story: | full
    story at | full article: | full article at | story: | link: | original: | original article: | originally
    published | from: | quelle: | fuente: | fonte: | bron: | źródło: | источник: | ที่มา: | 来源： | 来源: | 出典：
    | 出典: | continue reading: | more at | more: | more here: | article: | lire la suite: | lire la suite : |
    lire l’article : | read it here: | here is the link: | seen at | weiterlesen: | leia mais: | leggi: |
    czytaj więcej: | читать далее: | อ่านต่อ: | read on: | continue reading at | source - | source –
    """
)
"""Before the name or the address of the original."""

RIGHTS = _list(
    """
    all rights reserved | tous droits réservés | alle rechte vorbehalten | todos los derechos reservados
    """
)
"""How rights are reserved."""

JUNK = frozenset(
    _list(
        """
        ### | (end) | story highlights | key points | highlights | listen | print | email | comments | related
        stories | related topics | more stories | trending | latest news | embed | recommended | most read | you
        may also like | listen to this article | image | photos | gallery | video | watch | (reuters) | -30- |
        (more to come) | -0- | -ends- | [ends] | advertisement | advertisement - continue reading below |
        anzeige | continue reading | end | enditem | ends | follow us on twitter | more to follow | our
        standards: the thomson reuters trust principles. | publicidad | publicité | read more | reklama |
        related articles | share | share this article | sign up to our newsletter | skip advertisement | story
        continues below | the thomson reuters trust principles
        """
    )
)
"""Lines that sites print between those of an article."""

JUNK_LABELS = _list(
    """
    related news | lire aussi | related stories | related links | more from | on this topic | read the
    original | mehr zum thema | lesen sie | related: | translator: | a version of this article | follow ap |
    (adds | (updates | (refiles | (corrects | (graphic | (this story | this story has been | this article
    was | to contact the | more on this story | subscribe | sign up | click here | listen to this | reading
    time | lesedauer | temps de lecture | tiempo de lectura | the writer is | the author is | illustration:
    | see also | also read | read also | voir aussi | à lire aussi | lea también | leia também | lesen sie
    auch | czytaj też | leggi anche | читайте также | lees ook | don't miss | must read | editor's note |
    newspaper section: | section: | topics: | tags: | keywords: | category: | rubrik: | thema:
    """
)
"""Labels of such lines."""

DAY_FIRST = _list(
    """
    publié | publie | veröffentlicht | publicado | publicada | pubblicato | gepubliceerd | opublikowano |
    опубликовано | เผยแพร่ | fecha | datum | date de publication | actualizado | mis à jour | aggiornato |
    bijgewerkt | aktualisiert | le | am | il | el | op | em | modifié le | data
    """
)
"""How lines begin that write the day before the month."""

HEAD_NOISE = frozenset(
    _list(
        """
        all | world | japan | asia | europe | news | nation | national | politics | business | local | regional
        | video | share | print | email | comments | by | from | text | photo | staff | online | in | and |
        source | opinion | published | updated | last updated | posted | date | first published | issued |
        modified | from our correspondent | our correspondent | วันที่ | le | от | redaktion | redacción |
        redazione | issued on | posted on | published on | listen | save | exclusive | this report by | was
        first published | monday | tuesday | wednesday | thursday | friday | saturday | sunday | mon | tue | wed
        | thu | fri | sat | sun | lundi | mardi | mercredi | jeudi | vendredi | samedi | dimanche | montag |
        dienstag | mittwoch | donnerstag | freitag | samstag | sonntag | lunes | martes | miércoles | jueves |
        viernes | sábado | domingo
        """
    )
)
"""Words of such lines that are neither name, place nor publisher."""
