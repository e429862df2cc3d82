"""Sentences that are neither a motion nor an edit: talk, questions, history, names and files.

A phrase must be the whole directive, so that "repeat the wave" is an edit and "a person repeats a wave" is a
motion.
"""

from __future__ import annotations

import re

from ..sentences.grammar import Verbs
from ..sentences.phrases import Build, Row, first_match, part_words, rows
from ..sentences.requests import (
    Describe,
    Export,
    Intent,
    Join,
    ListMotions,
    NameIt,
    Question,
    Social,
    Travel,
    Unable,
)
from ..sentences.text import strip_politeness
from ..sentences.wordlists import FORMATS, ORDINALS
from .changes import read_changes
from .edit_phrases import EDITS

Said = dict[str, str]


def read_directive(sentence: str, verbs: Verbs) -> Intent | None:
    """The request a sentence is, when it is a directive; None when it may be a motion."""
    asked = sentence.strip(" ,.!?")
    plain = strip_politeness(asked).strip(" ,.!?")
    for text in dict.fromkeys((asked, plain, verbs.with_definite_names(plain))):
        request = first_match(DIRECTIVES, text, verbs)
        if request is not None:
            return request
    changes = [] if plain.startswith("for ") else read_changes(plain, (), verbs) or []
    return changes[0] if len(changes) == 1 and changes[0].kind in _OF_ANY_MOTION else None


#: Changes that are one whatever the motion shows: "make it slower".
_OF_ANY_MOTION = ("speed", "longer", "shorter", "duration", "mirror", "swap", "regenerate")


def _always(request: Intent) -> Build:
    return lambda said, verbs: request


def _describe(said: Said, verbs: Verbs) -> Intent:
    return Describe(part_words(said))


def _length(said: Said, verbs: Verbs) -> Intent:
    return Question("length", part_words(said))


def _moment(said: Said, verbs: Verbs) -> Intent | None:
    figure = re.search(r"\d+(?:[.,]\d+)?", said.get("new", ""))
    return Question("moment", figure[0].replace(",", ".")) if figure else None


def _travel(said: Said, verbs: Verbs) -> Intent:
    return Travel("restore", said["version"].lower(), before="before" in said, without="lack" in said)


def formats_in(words: str) -> tuple[str, ...]:
    """The formats that words name, as `export_motion` takes them."""
    found = re.findall(rf"\b(?:{'|'.join(FORMATS)})\b", words.lower())
    return tuple(dict.fromkeys(FORMATS[word] for word in found))


def _formats(said: Said, verbs: Verbs) -> Intent:
    return Export(formats_in(said["formats"]), part_words(said))


def _export(said: Said, verbs: Verbs) -> Intent:
    return Export((), part_words(said))


#: What goes on after a name, and is no part of it: "intro and then start something new".
_ANOTHER_ORDER = re.compile(
    r"\b(?:and|then)(?: then| now| please)? (?:start|make|do|create|show|save|export|give|let|have|add"
    r"|write|send"
    r"|delete|remove|undo|mirror|slow|speed)\b \w",
    re.IGNORECASE,
)


_PART_CALLED = re.compile(
    rf"(?:the|that|this) (?:(?:{'|'.join(ORDINALS)}) (?:one|move)s?|(?:\w+ )?(?:bit|part|piece|section"
    r"|segment)s?)"
    r" (?:to |as )?['\"]?(.+?)['\"]?",
    re.IGNORECASE,
)


def _name(said: Said, verbs: Verbs) -> Intent | None:
    bare = re.sub(r"^(?:as |my |the |our |an? )+", "", said["name"].strip(" \"'"), flags=re.IGNORECASE)
    if _ANOTHER_ORDER.search(bare):
        return None
    if part := _PART_CALLED.fullmatch(f"{said.get('part', '')} {bare}".strip()):
        return Unable("naming one part", f'say "call it {part[1]}" for the whole motion')
    name = re.sub(r",? (?:please|pls|thanks)$", "", bare.strip(" \"'.,!"), flags=re.IGNORECASE)[:60].strip()
    return NameIt(name, part_words(said)) if name else None


def _in_order(said: Said, verbs: Verbs) -> Intent | None:
    """'put A before B', of two motions in memory."""
    first, second = verbs.named_motion(said["a"]), verbs.named_motion(said["b"])
    if not first or not second:
        return None
    order = (first, second) if said["side"].lower() == "before" else (second, first)
    return Join(tuple(name.lower() for name in order))


def _join(said: Said, verbs: Verbs) -> Intent | None:
    if re.fullmatch(
        r"(?:the two|them|both)(?: (?:of them|motions|clips))?(?: into one(?: \w+)?)?", said["part"].lower()
    ):
        return Join(("both",))
    targets = re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|with|to)\s+", said["part"].lower())
    return Join(tuple(filter(None, targets))) if len(targets) > 1 else None


_PRAISE = (
    "(ok|okay|haha|brilliant|excellent|fantastic|sweet|neat|great|perfect|nice|cool|good|awesome|wow"
    "|super|fine|lovely|amazing|yes|yeah)"
)
_TALK = (
    *rows(
        _always(Social("hello")),
        "(hi|hello|hey|hiya|howdy|greetings|good morning|good afternoon|good evening|good day) [there"
        "|everyone]",
    ),
    *rows(
        _always(Social("thanks")),
        f"[{_PRAISE}] [,] [{_PRAISE}] [,] (thanks|thank you|thx|cheers) [<any>]",
    ),
    *rows(
        _always(Social("bye")),
        "(bye|goodbye|bye bye|see you [later]|good night|that's all|that is all|quit|exit)",
    ),
    *rows(
        _always(Social("fine")),
        "(ok|okay|cool|great|nice|perfect|good|awesome|wow|yes|no|sure|fine|well done|looks good|lovely"
        "|amazing)",
        "i (like|love) (it|this|that) [<any>]",
        "(sorry|oops|whoops|ups) [,] (wrong (window|chat|tab|person|place)|not for you|my bad)",
        f"[{_PRAISE}] [,] {_PRAISE}",
        "(that|this|it|that's|it's) [is|looks|was] [very|really|so] (good|great|nice|fine|perfect|cool"
        "|wonderful|awesome)",
    ),
)

_QUESTIONS = (
    *rows(
        _always(Question("abilities")),
        "(what|which) [else] (can|do|could) (you|i|we) (do|make|ask|say|know|generate|understand|offer)"
        " [<any>]",
        "(what|which) [kind of|kinds of|other] (actions|moves|motions|movements|things|commands|tricks)"
        " (do you|can you|can i|are available|are supported|are known|are there) [<any>]",
        "help [me]",
        "(it's|its|it is|this is) my first (time|visit|try) [<any>]",
        "(i'm|im|i am) new [here|to this|at this]",
        "(who|what) are you",
        "how (do|does|can|should) (i|this|it|you|one) <any>",
        "(show|list|tell) [me] [your|the|all] [known] (repertoire|abilities|actions [you know])",
    ),
    *rows(
        _length,
        "(what's|what is|tell me) (the|its) (length|duration) [of <part>]",
    ),
    *rows(
        _moment,
        "what (happens|is happening|happened|is shown|does <who> do) (at|after) [second] <new>",
    ),
    *rows(
        _length,
        "(what's|what is|what happens in|what is in) <segment>",
    ),
    *rows(
        _always(Question("parts")),
        "how many (parts|segments|steps|actions) [(does|are|has) <any>]",
        "(what are|show [me]|list|tell me|which are) (the|its|all) (parts|segments|steps|timeline) [of"
        " <any>]",
        "[the] timeline",
    ),
    *rows(
        _always(Question("name")),
        "(what's|what is) (its|the) (name|id) [of <any>]",
        "(what|how) is <it> called",
    ),
    *rows(
        _always(ListMotions()),
        "(list|show|display|what are|which are) [me] [all] [of] [my|the|our|your|all|these|existing|saved]"
        " (motions|animations|clips|library) [<any>]",
        "(what|which) (motions|animations|clips) (do|have|did|are|exist) <any>",
        "what (have|did) (you|we|i) (make|made|create|created|generate|generated|done) [<any>]",
    ),
    *rows(
        _always(Describe(interpret=True)),
        "(why|when|where) <any> (person|he|she|they|it|motion) [<any>]",
        "[<any>] (scenario|scenarios|explanation|explanations|reason|reasons|situations|interpretation)"
        " [<any>]",
    ),
    *rows(
        _describe,
        "(what|what's) [is|was|are|does|did] <who> (doing|do|does|show|shows|showing|about) [<any>]",
        "(what's|what is|what does|what) (happening|happen|happens) [in <part>]",
        "(describe|caption|explain|summarize|summarise|narrate|analyze|analyse) [to me] [<ref>] [in words|to"
        " me]",
        "(what|which) [kind of|type of|sort of] (motion|action|movement|activity) is <part>",
        "what (do|can) you see [<any>]",
        "(what|what's) [is] (in it|in this|in that|it|this|that|the motion|in the file|the file|in the"
        " motion)",
        "tell me (about|what) <part>",
        "(is|are|does|did|was) (he|she|they|it|someone|the person|the man|the woman|the figure) <any>",
    ),
)

_HISTORY = (
    *rows(
        _always(Travel("undo")),
        "undo [it|that|this|(the|my) last <any>|last <any>]",
        "revert [it|that|this|the last <any>]",
        "(take it back|take that back|cancel that|go back|step back|go back one step|never mind|nevermind)",
    ),
    *rows(_always(Travel("redo")), "redo [it|that|this|the [last] (change|edit|undo)]", "undo the undo"),
    *rows(
        _travel,
        "(go back|come back|get back|bring back|take me back|switch back|change back|roll back|return"
        "|revert|back"
        "|restore|reset|give me back|i want back|put back) [it] [to] [the|my] (version|one|motion|take|state)"
        " [(that|which) (had|has|was|is)] <lack:without|with no> [the|that|any|a|my] <version>",
        "(bring|get|put|take|give me|want) back [the|my] (version|one|motion|take) [we had|i had|from]"
        " <before:before|prior to> <version>",
        "(go back|come back|get back|switch back|change back|roll back|return|revert|back|restore|reset"
        "|switch) [it] [to]"
        " [the|my] [version|one|motion|state|what it was|how it was] <before:before|prior to> <version>",
        "(go back|come back|get back|switch back|change back|roll back|return|revert|back|reset|switch) to"
        " <version>",
        "(restore|take|pick|select|choose|continue with|work on|use)"
        " <version:(?:the(?! other)|my|version|motion|number|original|previous|m\\w*\\d\\w*)\\b.*>",
    ),
)

_FILES_AND_NAMES = (
    *rows(
        _formats,
        "(save|export|download|write|convert|output|store|render|send|give|get|put) [me] [<motion>] [out] [as"
        "|to|in|into|for]"
        " [a|an|the] <formats> [please] [to <any>]",
        "[and] [as|in|to] [a|an|the] <formats> [please|too|as well]",
    ),
    *rows(
        _export,
        "(save|export|download) [<motion>] [to] [a] [disk|file|files]",
        "(save|export|download) <motion> as [a] (file|files)",
    ),
    *rows(
        _name,
        "(call|name|rename|label|title) <motion> [to|as] <name>",
        "(remember|save|store|keep) <motion> (as|under) [the name] <name>",
        "[it|that|this] [is] (named|called|titled) <name>",
        "(its|the) name (is|shall be|should be|will be) <name>",
    ),
    *rows(_in_order, "(put|play|place) <a:.+?> <side:before|after|behind> <b:.+?>"),
    *rows(
        _join,
        "(combine|join|concatenate|merge|chain|connect|stitch|link|glue) [together] <part> [together|into one"
        " [<any>]]",
        "put <part> together",
    ),
)

DIRECTIVES: tuple[Row, ...] = (*_TALK, *_QUESTIONS, *_HISTORY, *_FILES_AND_NAMES, *EDITS)
