"""Which language a message is in, as far as it matters, and how to say in it that only English is read."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from .....motion_models.english.inflections import lemmas_by_kind

#: Words that are common in requests of a language: small ones, and those of moving and changing.
_COMMON = {
    "German": """
        ich du er sie es wir und der das ein eine einen einem einer mit nach dann nicht bitte soll sollen
        geht gehen gehe läuft laufen laufe springt springen spring hüpft hüpfen winkt winken sitzt setzt
        setzen steht dreht drehen hebt heben wirft werfen tritt kniet kriecht tanzt tanzen verbeugt fällt
        mach mache machen lass zwei drei zwei vorwärts rückwärts schneller langsamer höher länger kürzer
        wird auf dem von zum zur über links rechts mann frau kind jemand hände hand arm bein füße noch
        einmal mal wieder ohne teil letzten ersten zuerst danach während sekunden schritte lösche entferne
        ersetze wiederhole spiegle rückgängig speichern kannst zeig hin und ist hoch runter
        """,
    "French": """
        le les un une des du et puis avec dans pas elle il fait fais faites marche marcher court courir
        saute sauter personne homme femme enfant plus vite lentement lent rapide vers droite gauche assied
        assoit lève danse qui est après avant pendant sans deux trois fois supprime enlève remplace ajoute
        répète inverse recule avance tourne tombe frappe lance salue dernière première partie bras jambe
        main pied stp svp veux voudrais peux encore annule enregistre seconde secondes secondes pas tout
        peu sur aussi mouvement
        """,
    "Spanish": """
        el los las un una unos y luego después con por pero ella él persona hombre mujer niño niña alguien
        camina caminar anda salta saltar corre correr saluda agacha gira baila sienta levanta lanza patea
        cae adelante atrás más menos rápido lento despacio hacia que se derecha izquierda haz hazlo quita
        borra añade agrega repite cambia deshacer guarda veces dos tres primera última parte mano brazo
        pierna pie segundos pasos por favor quiero puedes también mientras círculo otra vez sin del al
        como
        """,
    "Portuguese": """
        o os um uma e depois com não ele ela pessoa homem mulher criança alguém anda andar caminha pula
        pular salta corre correr acena dança senta levanta gira cai chuta para frente trás mais menos
        rápido devagar lento faça faz remova apague adicione repita troque desfazer salve vezes dois duas
        três primeira última parte mão braço perna pé segundos passos quero pode você também enquanto
        direita esquerda do da no na seu
        """,
    "Italian": """
        il lo gli i un una uno e poi con non lei lui persona uomo donna bambino qualcuno cammina camminare
        salta saltare corre correre saluta balla siede alza gira cade calcia lancia avanti indietro più
        meno veloce lento piano verso destra sinistra che si fai fallo fa togli elimina aggiungi ripeti
        cambia annulla salva volte due tre prima ultima parte mano braccio gamba piede secondi passi per
        favore voglio puoi anche mentre dopo
        """,
    "Dutch": """
        het een en dan met niet hij zij loopt lopen springt springen rent zwaait danst gaat zit persoon
        vrouw kind iemand sneller langzamer naar voren achteren maak laat twee drie keer links rechts
        verwijder herhaal nog eens graag ook
        """,
    "Polish": "i potem nie się na idzie skacze biegnie osoba mężczyzna kobieta szybciej wolniej macha proszę",
    "Turkish": "ve sonra bir kişi adam kadın yürür koşar zıplar sallar daha hızlı yavaş lütfen",
}
_SCRIPTS = {
    "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "CJK": "Chinese", "HANGUL": "Korean",
    "CYRILLIC": "Russian or a related language", "ARABIC": "Arabic", "HEBREW": "Hebrew", "GREEK": "Greek",
    "DEVANAGARI": "Hindi", "THAI": "Thai",
}  # fmt: skip
#: What is answered in a language, so that who wrote in it understands it.
_SAID = {
    "German": "Das sieht nach Deutsch aus; ich lese nur Englisch. Bitte auf Englisch, zum Beispiel: {}.",
    "French": "Cela ressemble à du français ; je ne lis que l'anglais. En anglais, par exemple : {}.",
    "Spanish": "Esto parece español; solo leo inglés. Dígalo en inglés, por ejemplo: {}.",
    "Portuguese": "Isto parece português; só leio inglês. Diga em inglês, por exemplo: {}.",
    "Italian": "Sembra italiano; leggo solo l'inglese. Ditelo in inglese, per esempio: {}.",
    "Chinese": "这看起来是中文；我只能读英文。请用英文说，例如：{}。",
    "Japanese": "日本語のようですが、英語しか読めません。英語で書いてください。例：{}",
}
_EXAMPLE = '"a person walks forward, then waves"'
#: English words that are in no dictionary as themselves, and what is typed for them.
_SMALL_ENGLISH = frozenset(
    """
    a i the an and then of to in on at with for it he she they him her them his their is are was were be
    or but not no if as by from into this that these those you me my we us our what which who how when
    where why please pls thx can could would should will u ur plz ok okay im its dont doesnt isnt wanna
    gonna gimme hmm um uh yes hi
    """.split()  # noqa: SIM905
)


@cache
def _tables() -> dict[str, frozenset[str]]:
    """The common words of each language that are no English ones."""
    return {
        language: frozenset(word for word in words.split() if not _is_english(word))
        for language, words in _COMMON.items()
    }


def foreign_language(text: str) -> str | None:
    """The language of a message by its English name; None for English and for what cannot be told."""
    letters = [char for char in text if char.isalpha()]
    names = [unicodedata.name(char, "") for char in letters]
    if sum(not name.startswith("LATIN") for name in names) > len(names) / 2:
        found = (told for script, told in _SCRIPTS.items() if any(script in name for name in names))
        return next(found, None)
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {language: sum(word in table for word in words) for language, table in _tables().items()}
    best = max(counts, key=lambda language: counts[language])
    strange = sum(not _is_english(word) for word in words)
    enough = counts[best] >= (1 if len(words) < 4 else 2) and 2 * strange >= len(words)
    return best if words and enough else None


def said_in(language: str) -> str:
    """That only English is read: in the language itself, where it is a common one, and in English."""
    english = f"That looks like {language}; I read English only."
    own = _SAID.get(language)
    return (
        f"{own.format(_EXAMPLE)} ({english})" if own else f"{english} Say it in English, such as {_EXAMPLE}."
    )


def _is_english(word: str) -> bool:
    return word in _SMALL_ENGLISH or (word.isascii() and bool(lemmas_by_kind(word)))
