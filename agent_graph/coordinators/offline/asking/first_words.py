"""Which messages are questions, and what they ask for by their first words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..sentences.requests import About, Question
from ..sentences.wordlists import CROWDS, PEOPLE, PRONOUNS
from .program import of_the_program
from .telling import is_of_measure, measurable

_OPENERS = (
    r"(?:(?:and|so|but|ok|okay|hmm|well|um|wait|sorry|(?:hi|hello|hey)(?: there)?|please|now|just|only"
    r"|(?:don't|do not|dont) (?:change|touch|do) (?:anything|it)|no changes)[, !.]+)*"
    r"(?:(?:i )?(?:forgot|have forgotten|(?:can't|cannot|don't|do not|dont|cant) (?:remember|recall)|wonder)"
    r" (?=what|how|which|who|where|when|why)|remind me (?:of )?(?=what|how|which|who))?"
)
_OF_PART = (
    r"(?: (?:is|was|does|will|are|do|has|of))*(?P<part>(?: (?!in total|altogether|overall|all in all|in all"
    r"|in (?:secs?|seconds|minutes|frames)|now|last\b|take\b|run\b|be\b|long\b)[\w-]+)*)"
)
_ASKING = re.compile(
    rf"^{_OPENERS}(?:which|what|what's|whats|how|why|who|who's|whose|when|where|where's|is|are|was"
    rf"|were|does|did|isn't"
    r"|aren't|doesn't|didn't|wasn't|has|have you|have i|had|do (?:they|you|i|we)|am i"
    r"|(?:would|should|will|must|might) (?:i|it|this|that|these|those|his|her|he|she|they|the|there)\b"
    r"(?! (?:\w+ ){0,3}(?:be (?:possible|ok|okay|nice|cool|great)|please)\b)"
    r"|if\b.*,? (?:(?:and|so|then) )?(?:what|how|which|do|does|is|are|would|will|can|could|must|should)"
    r" (?:i|it|this|that|he|she|they|the|there|would|do|does|should|can|could|must|might|exactly|words?)\b"
    r"|(?:by|for|from|to|with|until|on|after) (?:how|what|which)\b"
    rf"|(?:would|should|do|did) (?:(?:real|most|normal|many) )?(?:{'|'.join(sorted(CROWDS))}|anyone|anybody)"
    r"|tell me (?:what"
    r"|which|how|why|when|where|if|whether)"
    r"|do (?:his|her|their|the) (?:feet|hands|arms|legs|knees|people|parts|fingers)|with which|in which|at"
    r" what|at which|from which|for how long|can it|(?:can|could|may) (?:i|we|there)"
    r"|(?:can|could) (?:it|this|the (?:program|tool|app|software|agent|model|ai|thing)"
    r"|motion-agent) (?:\w+ )?"
    r"(?:do|make|show|animate|generate|handle|read|write|open|work|run|save|export)"
    r"|would (?:an?|my|our)|(?:the )?(?:longest|shortest|fastest|slowest) (?:part|bit|one|section|move)"
    r"|read (?:it|them|me|back|out)|(?:can|could) you tell me|must i"
    r"|(?:if|suppose|supposing|say|would it be possible)\b.*\b(?:(?:would|will|do|did|must|should|can) i"
    r" (?:have|need|start|lose|say|ask)|(?:what|how) (?:would|do|should|could) i))\b",
    re.IGNORECASE,
)
#: Orders to measure: "tell me his top speed", "count the steps".
_MEASURING = re.compile(
    rf"^{_OPENERS}(?:can you |could you )?(?:tell me|give me|measure|count)"
    r" (?:the|his|her|its|their|all)\b",
    re.IGNORECASE,
)
#: Questions in form that ask for a motion: "how about a wave?", "what if he jumps?", "why not let him sit?"
_WISHES = re.compile(
    rf"^{_OPENERS}(?:how about|what about|what if(?! (?:i|we)\b)|why not|why don't (?:you|we)"
    r"|(?:what|how) would(?! (?:i|we|you|one|it|that|this|happen|be)\b)"
    r"|(?:can|could|would|will|may) (?:you|u|we|i) (?:please |maybe |also |just |still )*(?:show"
    r"|make|do|have|let"
    r"|create|generate|animate|give|add|put|change|turn|remove|replace|get|see|swap|move|speed|slow"
    r"|mirror|flip"
    r"|loop|repeat|save|export|download|rename|call|cut|trim|delete|shorten|lengthen|extend|insert"
    r"|rotate|reverse"
    r"|play|start|combine|join|watch|try|take|keep|bring|(?:undo|redo|go back)(?! (?:more|several"
    r"|two|three)))"
    r"\b(?! (?:me |us )?(?:how|what|which|when|where|if)\b)"
    r"|is it possible to (?:see|have|make|get)|is there a way to (?:make|have))\b",
    re.IGNORECASE,
)
#: What the user wants to do with a motion elsewhere: "can I put it on my own character?".
_OF_THE_USER = re.compile(
    r"(?:can|could|may) (?:i|we) (?:also |then )?(?:put|use|play|move|bring) (?:it|this|that|them"
    r"|these|the \w+)\b"
)
_POSSIBLE = re.compile(r"is (?:it possible|there a way) to\b")
#: A wish for somebody who is not there yet: "could somebody wave with the left hand?".
_WISHED_OF = re.compile(
    rf"^{_OPENERS}(?:can|could|would|will) (?:somebody|someone|one of them) (?:please )?\w+", re.IGNORECASE
)
#: What is asked, and of which part, by its first words; the exact before the vague. What is measured stands
#: in `asking/wordings.py`, and comes between these and `_BY_WORDS`.
_ABOUT: tuple[tuple[About, str], ...] = (
    (
        "limits",
        r"how long (?:can|could|may) (?:an?|the|one|it|this|that|my|motions?|clips?|animations?|sequences?)\b"
        r"|(?:is|are) there (?:an? |any )?(?:[a-z]+ )?limits?\b"
        r"|what(?:'?s| is| are) the (?:longest|max(?:imum)?|limits?)\b"
        r"(?!.*\b(?:part|speed|height|pace|angle)\b)(?=.*\b(?:motion|clip|animation|length|duration"
        r"|long|limits?)\b)",
    ),
    (
        "name",
        r"(?:which|what) (?:version|motion|one|clip)(?: \w+)? (?:am i|are we|is (?:this|it|that"
        r"|shown|current))\b"
        r"|(?:what|what'?s|which|how) (?!(?:do|can|should|to)\b)(?!.*\b(?:they|these|those|their"
        r"|versions)\b).*"
        r"\b(?:names?|named|call(?:ed)?)\b(?! (?:the|an?|my)\b)",
    ),
    (
        "length",
        r"what (?:does|did|do|will) \w+ do (?P<part>(?:very )?first|last)$",
    ),
    (
        "length",
        r"(?!.*\b(?:in the air|airborne|off the (?:ground|floor)|on one (?:leg|foot))\b)"
        r"(?:how (?:long|many seconds)(?! (?:in|into|before|until|till)\b)|what(?:'s| is) the length)\b"
        rf"{_OF_PART}",
    ),
    (
        "rates",
        r".*\b(?:frames? (?:per|a) second|fps|frame rate|joint count|how many (?:joints|bones))",
    ),
    (
        "touching",
        r"do they (?:\w+ )?touch\b|.*\b(?:touch(?:es|ing)?"
        r"|hold(?:ing)? hands(?: with)?) (?:each other|one another)",
    ),
    (
        "people",
        r"(?:can|could|may) there (?:also )?be (?:more than one|two|several|multiple|other|more|a second"
        r"|another)\b|"
        r"(?:can|could) (?:it|this|you|the \w+) (?:\w+ )?(?:do|make|show|animate|handle|have) (?:two"
        r"|several|more|many"
        r"|2|multiple) people\b|how many people can"
        rf"|how (?:do|can|could|would|should|to)\b.*\b(?:two|three|several|more|multiple|another|second|2|3)"
        rf" (?:{'|'.join(sorted(CROWDS | PEOPLE))})\b"
        r"|(?:does|do|can|could|will|is) (?:it|you|this|i|we) (?:\w+ ){0,4}"
        rf"(?:more than one|(?:only|just) (?:\w+ )?one|several|multiple) (?:{'|'.join(sorted(PEOPLE))})\b",
    ),
    (
        "able",
        r"(?:(?:do|does) (?:you|it|he|she|they) (?:know(?: how to)?|support|have)"
        r"|(?:are you|is it|is (?:he|she|the \w+)) able to|(?:can|could) (?:it|this|this thing|motion-agent"
        r"|the (?:program|tool|app|software|agent|model|ai|thing)) (?:also |even )*(?:do|make|show"
        r"|animate|generate)"
        r"|is (?:it|there) (?:possible to|a way to|a chance to|any way to) (?:do|animate))"
        r" (?P<part>(?!(?:what|who|where|when|why|if|whether)\b).+)",
    ),
    (
        "judging",
        r".*\b(?:bad|good|great|safe|unsafe|dangerous|harmful|healthy|unhealthy|risky|ok|okay|fine|hard|tough"
        r"|suitable|right|stressful|too (?:hard|much|difficult)) (?:for|on|to do (?:for|with)) (?:\w+ ){0,3}?"
        r"(?:knees?|backs?|spine|hips?|shoulders?|neck|ankles?|wrists?|joints?|body|health|beginners?|kids?"
        r"|child(?:ren)?|patients?|seniors|elderly|someone|anyone|people|me|us)\b"
        r"|(?!who\b).*\b(?:hurt(?:s|ing)?|injur\w+|damag\w+|strain\w*|safe(?:ly)?|dangerous|harmful|ergonomic"
        r"|(?:un)?healthy)\b|.*\b(?:correct|good|proper|right|bad|wrong|poor) (?:form|technique|posture)\b"
        r"|(?:is|are|does|how) .*\b(?:form|technique|posture)\b.*\b(?:ok|okay|good|right|correct"
        r"|fine|bad|wrong)\b"
        r"|would (?:an?|my|our|the) (?:\w+ ){0,2}(?:approve|like|agree|be happy|say|recommend|accept)\b",
    ),
    (
        "versions",
        r"how many (?:\w+ )?(?:versions|motions|animations|clips|takes|variants|variations)\b"
        r"|(?:do|did|have) (?:you|we|i) (?:still )?(?:keep|have"
        r"|got|kept) (?:the )?"
        r"(?:old|older|earlier|previous|first|other|original)\b|(?:what|which|how)\b.*\b(?:they"
        r"|these|those|all"
        r"|versions|motions|clips)"
        r" (?:\w+ )?(?:called|named)\b|what(?:'s| are| is) (?:all )?(?:their|the|my) (?:\w+ )?names\b",
    ),
    (
        "headcount",
        rf"how many (?:\w+ )?(?:{'|'.join(sorted(CROWDS))}|of them)\b(?=.*\b(?:are|is|do|in|see"
        rf"|there|here|have)\b)"
        r"(?!.*\b(?:can|could|at once|max\w*)\b)"
        r"|(?:is|are) (?:it|they|there) (?:only |just |really )*(?:one|two|three|four|\d)(?: of them)?$"
        rf"|(?:is|are) there (?:only |just )?(?:one|two|three|four|more than one"
        rf"|a second) (?:{'|'.join(sorted(PEOPLE))})",
    ),
    (
        "longest",
        r"(?:which|what)(?:'s| is| was)? (?:of (?:them|the \w+) )?(?:the )?(?P<side>longest"
        r"|shortest)\b(?!.*\b(?:can|"
        r"possible|you make|steps?|strides?)\b)(?P<part>)"
        r"|(?:(?:which|what) (?:part|bit|one|section|segment|move|action|piece|step|movement"
        r"|exercise)s?\b.*|^)"
        r"(?:the )?(?P<extent>longest|shortest|longer|shorter|most time|least time|most of the time)\b",
    ),
    (
        "pauses",
        r"(?:is|are|was|were) there (?:a|an|any|some|no) (?:\w+ )?(?:pauses?|breaks?|stops?|rests?"
        r"|waits?|gaps?)\b"
        r"|(?:does|do|did) (?:it|he|she|they|the \w+) (?:ever |really |also )*(?:pause|stop|rest"
        r"|wait|stand still"
        r"|freeze|hold still)\b(?! (?:to|at the (?:end|last))\b)"
        r"|(?:when|where) (?:is|are) the (?:pauses?|breaks?|stops?)\b",
    ),
    (
        "longer",
        r"(?:is|was|does|takes?) (?P<part>.+?) (?:take |last )?(?P<side>longer|shorter) than (?P<than>.+)",
    ),
    (
        "order",
        r"(?:does|did|do|is|are|was|were|will) (?P<part>(?!(?:there|you|i|we)\b|\w+ (?:\w+er|better"
        r"|worse)\b).+?)(?: come| go| be| happen| start)? (?:before or after|after or"
        r" before) (?P<than>.+)"
        r"|(?:what|which)(?: one| part| of them)?(?:'s| is| was| comes| came| happens| goes)? (?:the"
        r" )?first[,:]? "
        r"(?P<one>.+) or (?P<other>.+)",
    ),
    (
        "undoing",
        r"(?:can|could|may|how do|how can) i (?:undo|redo|go back)"
        r"|(?:(?:if|when|after|once|suppose)\b.*\b)?(?:can|could|may|will) i (?:\w+ )?(?:undo\b|redo\b|go"
        r" back\b"
        r"|(?:get|bring|have|take|put) (?:it|that|this|them|the \w+(?: \w+)?) back\b)",
    ),
    (
        "change",
        r"(?:what|which)\b(?: \w+){0,2} (?:have|has|did|was|were|is) (?:you |it |i |we )?"
        r"(?:just |exactly |actually )*(?:changed?|edit(?:ed)?|different|altered|modif(?:y|ied)|new)\b"
        r"|what(?:'s| has| is)? (?:just |exactly )*(?:changed|different)\b"
        r"|(?:tell|show) me what (?:you|has|have|was|is)? ?(?:just )?(?:changed?|did)\b",
    ),
    (
        "parts",
        r"read\b|how many (?:different )?(?:parts|segments|actions|things|moves)\b"
        r"|what(?: are|'s) the (?:steps|parts|order)|what did you (?:understand|get|hear|take)\b",
    ),
    ("why", r"why\b|how come\b"),
)
_BY_WORDS: tuple[tuple[About, str], ...] = (
    ("count", r"how (?:many|often)(?: times)?\b(?! (?:metres|meters|degrees|people))(?P<part>.*)"),
    ("next", r"what(?:'?s| is| comes| happens| does \w+ do) (?P<side>between)(?P<part> .+ and .+)"),
    (
        "next",
        r"what (?:comes|happens|is|follows|does \w+ do)(?: right| next)* (?P<side>after|before)"
        r"(?P<part> (?!(?:it|that|this|the )?(?:second|\d)).+)",
    ),
    ("measure", r"how (?:far|fast|high|deep|low|quick|many (?:metres|meters|degrees))\b"),
    ("who", r"who (?:are|made|built|wrote|created|develop|is (?:this|behind|talking|speaking)|am i)"),
    ("files", r"where\b.*\b(?:file|files|save|saved|export|path|it|that)\b"),
    ("formats", r"(?:which|what) (?:file )?(?:formats?|files?)\b"),
    ("truth", r"(?:is|are|was|were|does|did|do|isn't|doesn't|didn't)\b"),
)
#: Questions whose first words tell all: no reader knows them better.
EXACT = frozenset((*(about for about, _ in _ABOUT if about != "why"), "program", "count", "next", "measure"))


def is_question(text: str) -> bool:
    """Whether a message asks for an answer, not for a motion or a change."""
    text = text.strip()
    if _WISHES.match(text):
        words = bare(text)
        asks = _OF_THE_USER.match(words) or _POSSIBLE.match(words)
        return asks is not None and bool(of_the_program(words))
    if _WISHED_OF.match(text):
        return False
    wants = _MEASURING.match(text) is not None or text.endswith("?")
    return _ASKING.match(text) is not None or (wants and measurable(text))


def asked(text: str) -> Question | None:
    """What a question is about by its words, and the part it names; None where they do not tell."""
    words = bare(text)
    if of_the_program(words):
        return Question("program", words)
    return _matched(_ABOUT, text) or _of_measure(text) or _matched(_BY_WORDS, text)


def by_words(text: str) -> Question | None:
    """What a question is about by its first words, where nothing is measured for it."""
    return _matched(_BY_WORDS, text)


def _of_measure(text: str) -> Question | None:
    text = _WHERE_IN_TIME.sub("when", text)
    return Question("measure", text.strip()) if is_of_measure(text) else None


def _matched(kinds: Sequence[tuple[About, str]], text: str) -> Question | None:
    words = bare(text)
    for about, pattern in kinds:
        if match := re.match(pattern, words):
            said = match.groupdict()
            part = _DOER.sub("", (said.get("part") or "").strip()) if about in EXACT else words
            side = said.get("side") or said.get("extent") or ""
            part = f"{part} than {said['than']}" if said.get("than") else part
            part = f"{said['one']} than {said['other']}" if said.get("one") else part
            return Question(about, "" if _WHOLE.fullmatch(part) else part, side)
    return None


def bare(text: str) -> str:
    """The words of a question, in lower case."""
    return re.sub(rf"^{_OPENERS}", "", text.strip().lower()).strip(" ?!.")


_PEOPLE = "|".join(sorted(PEOPLE | PRONOUNS))
_DOER = re.compile(rf"^(?:the )?(?:{_PEOPLE}) (?=\w)")
#: Where something that is done starts is asked of its time.
_WHERE_IN_TIME = re.compile(
    rf"^where(?= (?:does|do|did) (?:the|his|her|that) (?!(?:{_PEOPLE})\b)(?:[\w-]+ ){{1,3}}"
    r"(?:start|begin|end|stop|finish))",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?:it|(?:this|that|the)(?: whole)?)? ?(?:thing|motion|clip|animation|one)?")
