"""Which language a message is in, as far as it matters: whether it is English at all."""

from __future__ import annotations

import re
import unicodedata

#: Small words that are common in a language and are no English words.
_SMALL_WORDS = {
    "German": "ich du er sie es und der das ein eine einen mit nach dann nicht bitte soll geht läuft"
    " springt winkt"
    " mach mache lass zwei vorwärts rückwärts schneller langsamer person wird auf den dem von zum zur",
    "French": "le les une un des et puis avec dans pas il elle fait marche saute court personne homme"
    " femme plus"
    " vite lentement vers droite gauche assied qui est",
    "Spanish": "el la los una un y luego con por no ella persona hombre mujer camina salta corre"
    " saluda adelante"
    " atrás más rápido lento hacia que se derecha izquierda haz",
    "Portuguese": "o um uma e depois com não ele ela pessoa homem mulher anda pula corre acena para"
    " frente trás mais"
    " rápido devagar faça",
    "Italian": "il lo la una un e poi con non lei persona uomo donna cammina salta corre saluta avanti"
    " indietro più"
    " veloce lento verso destra sinistra che si",
    "Dutch": "de het een en dan met niet hij zij loopt springt rent zwaait persoon man vrouw sneller"
    " langzamer naar"
    " voren achteren maak laat",
    "Polish": "i potem nie się na do idzie skacze biegnie osoba mężczyzna kobieta szybciej wolniej"
    " macha proszę",
    "Turkish": "ve sonra bir kişi adam kadın yürür koşar zıplar el sallar daha hızlı yavaş lütfen",
}
#: Words of the lists above that are English too, or nearly: they prove nothing.
_SHARED = frozenset("man person no an on do e o i a y la se es den die el plus en is not he de".split())  # noqa: SIM905
_SCRIPTS = {
    "CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean",
    "CYRILLIC": "Russian or a related language", "ARABIC": "Arabic", "HEBREW": "Hebrew", "GREEK": "Greek",
    "DEVANAGARI": "Hindi", "THAI": "Thai",
}  # fmt: skip
_TABLES = {language: frozenset(words.split()) - _SHARED for language, words in _SMALL_WORDS.items()}
_ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "then",
        "of",
        "to",
        "in",
        "on",
        "at",
        "with",
        "for",
        "it",
        "he",
        "she",
        "they",
        "is",
        "are",
        "was",
        "make",
        "person",
        "someone",
        "walks",
        "walk",
        "jump",
        "jumps",
        "wave",
        "waves",
        "please",
        "can",
        "you",
        "first",
        "second",
        "last",
        "part",
        "do",
        "now",
        "left",
        "right",
        "up",
        "down",
    ]
)


def foreign_language(text: str) -> str | None:
    """The language of a message by its English name; None for English and for what cannot be told."""
    letters = [char for char in text if char.isalpha()]
    for script, language in _SCRIPTS.items():
        share = sum(script in unicodedata.name(char, "") for char in letters)
        if letters and share > len(letters) / 2:
            return language
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {language: sum(word in table for word in words) for language, table in _TABLES.items()}
    best = max(counts, key=lambda language: counts[language])
    english = sum(word in _ENGLISH for word in words)
    enough = counts[best] >= 2 and counts[best] > 2 * english and counts[best] >= len(words) / 3
    return best if enough else None
