"""Words that tell a change of what is there from new motion, and what is asked of the user's helper."""

from __future__ import annotations

import re

from ..sentences.wordlists import POINTERS

OF_THE_MOTION = re.compile(rf"\b(?:{'|'.join(sorted(POINTERS))}|(?:this|that) one)\b")
NEGATION = re.compile(
    r"\b(?:not|no|never|without|nothing)\b|n't\b|(?<!a )\bstop\b(?! *(?:$|[,.;!]|and\b|then\b))"
)
#: What is said of something that is there, and is not what was wanted.
INSTEAD = re.compile(r",? instead\b(?! of\b)|^(?:no|nope|nah)(?:,| no\b| wait\b)")
#: What is to be done for the user, not by the person of a motion: "write me a poem".
FOR_THE_USER = re.compile(
    r"(?:please )?(?:write|tell|sing|draw|paint|book|order|buy|send|translate|explain|read) (?:me|us)\b"
)
#: What a change may begin with before its verb.
OPENING = r"^(?:(?:please|now|ok|okay|and|then|so|but|no|hey|can you|could you|would you)[, ]+)*"
CHANGING = re.compile(
    rf"{OPENING}"
    r"(?:make|change|put|swap|move|skip|keep|repeat|add|insert|remove|delete|replace|use|play|hold|reverse"
    r"|undo|redo|start over"
    r"|merge|blend|rename|export|save|trim|cut|(?:turn|rotate|shift|bring|drag) (?:it|him|her|them"
    r"|everything)|drop|lose"
    r"|loop|mirror|flip|slow|speed|extend|shorten"
    r"|(?:have|let) (?:him|her|it|them|the \w+) (?:look|seem|be|feel|appear|act)"
    r"|i (?:said|meant|mean|asked for|wanted)"
    r"|get rid of|take (?:out|away)|throw (?:out|away)|ditch|bin|trade|exchange"
    r"|(?:have|let) (?:the|his|her|their) (?:left |right )?(?:arms?|hands?|legs?|feet|knees?|head|hips))\b"
)
#: Words of change that nobody who moves does.
ONLY_CHANGING = re.compile(
    rf"{OPENING}"
    r"(?:add|insert|remove|delete|replace|undo|redo|merge|rename|export|save|trim|swap|exchange|get rid of"
    r"|take (?:out|away)|i (?:said|meant|mean|asked for))\b"
)
#: Words of change with which a motion is ordered, too, where there is none yet.
ORDERING = re.compile(r"^(?:please )?(?:make|have|let|keep|hold|move|skip|play)\b")
OF_THE_USER = re.compile(r"\b(?:i|me|we|us)\b")
#: What somebody is to do, in a form that is no change of what they do: "make her wave".
CAUSED = re.compile(
    r"^(?:(?:please|now|ok|okay|and|then|so|hey|can you|could you)[, ]+)*"
    r"(?:make|let) (?:him|her|them|the (?:person|man|woman|guy|girl|boy))"
    r" (?!be\b|look\b|seem\b|feel\b)(?:(?!\b(?:it|that|this|the|again|before|after|instead)\b).)+"
)
#: A noun with a definite word before it: "the wave", "both walks".
DEFINITE = re.compile(r"\b(?:the|both|all|every|that|his|her)(?: the)? ([a-z-]+)\b")
