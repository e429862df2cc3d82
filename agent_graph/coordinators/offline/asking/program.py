"""What is true of this program and of every motion: the questions about it, by their words, and the"
" answers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .....motion_models.motion.features import FPS
from .....motion_models.motion.skeleton import N_JOINTS
from .....tools.arguments.fields import MAX_SECONDS
from .....tools.schemas import MAX_SEGMENTS
from ..rules.beyond import answered
from ..sentences.requests import About
from ..sentences.wordlists import EXPORTABLE

#: Answers to questions that are told apart by how they begin.
FACTS: Mapping[About, str] = {
    "who": "I am the built-in coordinator of motion-agent: a program that reads requests, no chat model.",
    "limits": (
        f"One part lasts up to {MAX_SECONDS:g} seconds, and a motion is made of up to {MAX_SEGMENTS} parts at"
        " once; more can be added to it."
    ),
    "rates": f"Motions have {FPS:g} frames a second and {N_JOINTS} joints.",
    "people": (
        "Yes, several people can stand in one scene, each with a motion of their own; they do not touch. "
        'Say "two people: one punches, the other ducks".'
    ),
    "undoing": 'Yes: say "undo" once for each step, "undo 2 steps", or "go back to the first version".',
    "why": 'I cannot tell why. Say "do it again" for another version, or "undo" to go back.',
    "touching": "People of a scene do not touch: each has a motion of their own.",
    "judging": (
        "I cannot judge whether a movement is good or bad for a body, or well done. I can measure it: ask"
        ' "how far do the knees bend?", "how far does he lean?" or "how fast is it?".'
    ),
}
#: Programs that motions are opened in.
_OPENED_IN = (
    r"(?:unreal(?: engine)?|ue[45]?|unity(?: ?3d)?|blender|maya|3ds ?max|cinema ?4d|c4d|godot|houdini"
    r"|motionbuilder|roblox(?: studio)?|vrchat|iclone|daz|after effects|premiere|game engines?)"
)
_FILE_TYPE = r"(?:bvh|glb|gltf|npz|npy|mp4|gif|html|png|vrma|vrm|fbx|usdz?|obj|c3d|abc|alembic)"
#: Questions about the program as (words that are searched, the answer); one question may ask for several.
_OF_THE_PROGRAM: tuple[tuple[str, str], ...] = (
    (
        r"(?:is|are) (?:it|this|that|you|they|motion-agent|the (?:program|tool|app|software|agent|motions?))"
        r"(?: \w+){0,2} (?:free|gratis|paid|for free|free to use)\b(?! of)"
        r"|\b(?:costs?|price[sd]?|pricing|licen[cs](?:e[sd]?|ing)|royalt(?:y|ies)|royalty-free"
        r"|copyright(?:s|ed)?|subscriptions?|commercial(?:ly)?|open[- ]source)\b"
        r"|who owns\b|(?:allowed|permission|may i|can (?:i|we)) (?:to )?(?:use|sell|publish|share"
        r"|post) (?:it|this|that"
        r"|these|those|them|the \w+) (?:in|for|on|at|with)\b (?!.*\bphone)"
        r"|^(?:do|must|can|may) i (?:have to |need to )?(?:pay|sell)\b|\bpay (?:for|to)\b|\b(?:sell"
        r"|publish|monetise|monetize)\b"
        r"|^how much (?:is (?:it|this|that)$|money\b|.*\bpay\b)",
        "motion-agent is free, at work as well: its licence is MIT. The README and the file LICENSE say more,"
        " also of the recordings it learned from.",
    ),
    (
        r"\b(?:graphics? ?cards?|video cards?|gpus?|cuda|nvidia|rtx|vram|(?:much|gb|of) (?:ram"
        r"|memory)|cpu|processor|hardware"
        r"|specs|requirements|(?:gaming|beefy|strong|powerful|fast|good|fancy|special|expensive|old|weak)"
        r" (?:pc|computer|laptop|machine))\b",
        "No graphics card is needed: the model that ships runs on the processor of an ordinary laptop.",
    ),
    (
        r"\b(?:internet|wi-?fi|(?:work|run|use|available|be|go|stay)s? (?:\w+ )?(?:offline|online)|offline"
        r"|(?:network|web|internet|online) (?:connection|access)|(?:be|is it|am i) connected"
        r"|(?:need|without) an? connection|in the cloud)\b",
        "No network is needed to make motion: all runs on the computer it is installed on, unless somebody"
        " chose a hosted language model as its coordinator.",
    ),
    (
        r"\b(?:privacy|private|confidential|upload(?:s|ed|ing)? (?:my|our|it|this|anything|everything|data)"
        r"|(?:my|our) (?:data|chats?|messages|words)|who (?:can|could) (?:see|read))\b",
        "What you say and make stays on the computer it runs on, unless somebody chose a hosted language"
        " model as its coordinator.",
    ),
    (
        r"\b(?:accounts?|sign(?:ing)? (?:up|in)|log ?(?:in|on)|logging in|regist(?:er|ration)|passwords?"
        r"|(?:api|licen[cs]e|access)[- ]keys?|(?:need|have|get|without) an? key)\b",
        "No account and no key is needed; only a server that somebody protects, or a hosted language model"
        " as coordinator, asks for a key.",
    ),
    (
        r"\b(?:install(?:s|ed|ing|ation)?|set(?:ting)? (?:it|this|that|everything|motion-agent) up"
        r"|set-?up|(?:get|getting) started|need to (?:run|use|start) (?:it|this|that)"
        r"|download (?:it|this|the (?:program|app|tool|software)|something|anything)|python|docker|pip)\b",
        'In a clone of the repository, "make run" sets everything up; Python 3.11 or newer is needed, and the'
        " README says more.",
    ),
    (
        r"\b(?:mac(?:os|books?|s)?|osx|os x|apple (?:computers?|silicon|laptops?)|linux|ubuntu"
        r"|chromebooks?|operating systems?"
        r"|(?:on|for|with|under|use|supports?|or) windows|windows (?:\d+|pc|version|computer|laptop|or)"
        r"|(?:on|for|with|need|own) (?:my|an?|any|every|this) (?:\w+ ){0,2}(?:laptops?|computers?|pcs?))\b",
        "It is a program for computers with Python 3.11 or newer. It is tried on Linux; macOS and Windows"
        " were not tried.",
    ),
    (
        r"^(?!.*\b(?:talk|call|hold|answer|pick|look|text)(?:s|ing)?\b)"
        r".*\b(?:(?:on|from|with|use|for|in) (?:my|an?|the|any|his|her) (?:\w+ )?(?:phones?"
        r"|smartphones?|mobiles?"
        r"|iphones?|ipads?|tablets?)|android|ios|iphones?|ipads?|mobile (?:app|version|phone|device)s?"
        r"|(?:an|the|phone) app|app store|play store)\b",
        "It does not run on a phone itself: it is a program for a computer. The page of `motion-agent ui`"
        " and the HTML files it writes fit the browser of a phone.",
    ),
    (
        r"\bhow (?:long|much time|quick(?:ly)?|fast) (?:(?:does|do|will|would|can|is) )?(?:\w+ ){0,3}"
        r"(?:to (?:make|generate|create|render|produce|compute|process|load)|take you|(?:are|can|do) you"
        r"(?: make| generate)?$|(?:making|generating|rendering|creating))",
        "A motion of 10 seconds takes about a second on two cores of a processor, and some seconds more the"
        " first time.",
    ),
    (
        r"\b(?:chat ?gpt|gpt-?\d?|claude|gemini|llms?|(?:language|ai|neural|which"
        r"|what) (?:\w+ )?(?:models?|networks?|ai)"
        r"|artificial intelligence|machine learning|trained on|a real (?:person|human))\b(?!.*\blook)",
        "A small network that ships with motion-agent makes the motion; it was trained on recordings"
        " of moving"
        " people. I read what you say by rules and a small network, and am no chat model.",
    ),
    (
        r"\b(?:which|what|other|many|more|any) (?:\w+ )?languages?\b|\b(?:speak|understand|read|write|talk"
        r"|type"
        r"|ask|reply|answer)\b.*\b(?:english|german|french|spanish|italian|portuguese|dutch"
        r"|polish|turkish"
        r"|chinese|mandarin|japanese|korean|russian|arabic|hindi|(?:my|another|a foreign|other)"
        r" languages?)\b",
        "I read English only. With a language model as coordinator (`--coordinator`, see the README) the same"
        " program is spoken to in any language that model knows.",
    ),
    (
        r"\b(?:do|will|can) (?:you|it) (?:still )?(?:remember|forget|keep|store)\b"
        r"|\b(?:will|do|can) i lose\b|\bcome back (?:later|tomorrow)\b|\bsaved automatically\b",
        'Motions stay in their conversation: "list my motions" names them. Save as a file what you'
        " want to keep.",
    ),
    (
        r"\b(?:my|our) (?:own )?(?:\w+ )?(?:character|avatar|model|rig|mesh|skeleton|metahuman)s?\b"
        r"|\bretarget\w*"
        r"|\b(?:another|different|custom|own) (?:character|avatar|rig|skeleton|body)\b|\bmixamo\b",
        "The files hold a human skeleton with its movement: save it as bvh or glb and put it on your own"
        " character with the retargeting of Blender, Unity or Unreal.",
    ),
)
_PROGRAM = tuple((re.compile(words), said) for words, said in _OF_THE_PROGRAM)
_FORMATS = re.compile(
    rf"\b(?:work|open|import|load|use|used|using|drop|throw|paste|upload|read|compatible|supports?"
    rf"|go|play|edit|bring|get"
    rf"|put|move|be)"
    rf"(?:s|ed)?\b.*\b{_OPENED_IN}\b"
    rf"|\b(?:{_OPENED_IN}|{_FILE_TYPE})\b.*\b(?:compatible|files?|support(?:ed|s)?|open|formats?"
    rf"|import|export)\b"
    rf"|^(?:can|could|does|do|will|is|what about)\b.*\b{_FILE_TYPE}\b"
    r"|\b(?:which|what) (?:file )?(?:formats?|file types?|files?)\b"
)
#: Openings of a wish: no question about the program, whatever words it holds.
_WISHED = re.compile(r"(?:(?:can|could|would|will) (?:you|we|he|she|they|someone)|let|make|have)\b")


def of_the_program(words: str) -> str:
    """The answer to a question about this program or about what no motion has; "" where it asks neither.

    words: a question in lower case without its opening and its last marks.
    """
    if _WISHED.match(words):
        told = []
    else:
        told = [said for pattern, said in _PROGRAM if pattern.search(words)]
        told += [formats(words)] if _FORMATS.search(words) else []
    return " ".join(filter(None, [*told, answered(words)]))


def formats(asked: str) -> str:
    """Which files are written and who opens them; names what is asked for and not written."""
    known = f'I can write {", ".join(EXPORTABLE)}; say for example "save it as bvh".'
    missing = [name for name in ("fbx", "usd", "obj", "vrm", "c3d") if re.search(rf"\b{name}\b", asked)]
    if missing:
        return (
            f"I cannot write {' or '.join(missing)}. {known} Blender opens bvh and glb and can write others."
        )
    return f"{known} Blender opens bvh and glb, Unity and Unreal open glb."
