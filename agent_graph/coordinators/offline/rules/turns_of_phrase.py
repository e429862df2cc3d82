"""Everyday turns of phrase, and the plain words that are read for them: "hang a left" is "turn left"."""

from __future__ import annotations

import re
from collections.abc import Callable

from .....motion_models.english.inflections import third_person
from ..sentences.framing import COUNT
from ..sentences.wordlists import PEOPLE

_ONWARDS = r"(?= *(?:$|[,.;!?\n]|(?:and|then|at|after|before|in|here|there|again)\b))"
_UNIT = r"(?:met(?:er|re)s?|m|steps?|seconds?|secs?|feet)"
_WHOSE = r"(?:(?:the|his|her|their|my|one's) )?"
_OF_LEG = r"(?:leg|knee|foot|ankle|hip|thigh|calf|toe)"
_SORE = (
    r"(?:hurts?|hurting|is hurt|injured|bad|sore|aches?|aching|broken|sprained|twisted|lame|stiff|painful"
    r"|in pain)"
)
_BLOW = r"(?:jab|cross|hook|uppercut|duck|kick|punch)"
_NOTHING_TAKEN = r"(?:(?!\b(?:pick|grab|tak|carr|hold a)).)*?"
_SOMEBODY = rf"(?:{'|'.join(sorted(PEOPLE, key=len, reverse=True))})"
_MOOD = (
    r"(?:tired|exhausted|sad|angry|happy|nervous|scared|excited|drunk|bored|sleepy|proud|shy|old"
    r"|injured|hurt)"
)
#: How somebody feels who does what was said before: "he sits down, exhausted".
_MOODS = {
    "exhausted|tired|worn out": "tiredly", "angry|furious|mad|annoyed": "angrily", "sad|depressed": "sadly",
    "happy": "happily", "nervous": "nervously", "scared|afraid|frightened": "fearfully", "proud": "proudly",
    "excited": "excitedly",
}  # fmt: skip
#: How somebody stays, and the part that led there.
_STAYS = {
    "seated|sitting(?: down)?|in the (?:chair|seat)": "sitting",
    "kneeling|on (?:his|her|their|the) knees?|on one knee": "kneeling",
    "lying(?: down)?": "lying",
    "crouched|crouching|squatting|in the (?:squat|crouch)": "crouching",
}
_GENTLY = r"(?:(?:please|pls|plz|and|now|ok|okay|then)[, ]+)*"
#: Everyday turns of phrase, and the words that are read for them.
_PLAINLY: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(said, re.IGNORECASE), plain)
    for said, plain in (
        (r"\bon (?:the |his |her |my )?(?:\w+ )?side \((left|right)\)", r"on the \1 side"),
        (r"\b(raise|lift)(s?) (hand|arm|leg|knee)(?=$|[,.;]| (?:and|then|up)\b)", r"\1\2 the \3"),
        (
            r"(?:^|(?<=, )|(?<=then )|(?<=and ))(left|right) (foot|leg|hand) (kick|punch|wave)(?=$|[,.;]|"
            r" (?:and|then)\b)",
            r"\3 with the \1 \2",
        ),
        (r"\bcomes? in (walk|runn?|jogg?|limp|skipp?)ing\b", lambda found: f"{_base(found[1])}s in"),
        (
            r"^(?:can|could|may) (?:we|i) (?:please )?(?:get|have|see) (?=(?:an?|some|two|three) \w+"
            r" \w+)(.*?)\??$",
            r"\1",
        ),
        (r"\b(change|replace|remove|delete|redo|make) (?:no\.?|nr\.?|number|#) ?(\d)\b", r"\1 part \2"),
        (
            r"^one (?:person|man|woman|guy) (.+?) (?:up )?(?:to|towards) another(?: one| person)?,? and"
            r" (?:then )?they (\w+)\b"
            r"(.*)$",
            lambda found: (
                f"two people: one {found[1]}, then {third_person(found[2])}{found[3]}, the other"
                f" {third_person(found[2])}{found[3]}"
            ),
        ),
        (
            rf"\b(?:hang|take|make|bang)(s?) an? (?:(sharp|quick|slow) )?(left|right)(?: turn)?{_ONWARDS}",
            r"turn\1 \3 \2",
        ),
        (rf"\b(?:hang|tak|mak|bang)ing an? (left|right)(?: turn)?{_ONWARDS}", r"turning \1"),
        (rf"\b({_BLOW}) (?={_BLOW}\b)", r"\1, "),
        (r"\b(left|right) (?:cross|straight)\b", r"punch with the \1 hand"),
        (r"\b(left|right) (jab|uppercut)\b", r"\2 with the \1 hand"),
        (r"\b((?:throw|land|do)\w*) (?:an? |the )?(left|right) hook\b", r"\1 a hook with the \2 hand"),
        (r"\b(?:an? |the )?(left|right) hook\b", r"throw a hook with the \1 hand"),
        (r"\b((?:throw|land)(?:s|ing)?) a cross\b", r"\1 a straight punch with the right hand"),
        (
            r"\b(jabs?(?:,| and| then)* |hooks?(?:,| and| then)* )cross\b(?! (?:the|his|her)\b)",
            r"\1punch with the right hand",
        ),
        (
            r"\b(limp(?:s|ing)?)(?: along| forwards?)?[,.;]? (?:(?:because|since|as|cause|coz|like|with)"
            rf" )?{_WHOSE}"
            rf"(left|right) {_OF_LEG}(?: is| was)? {_SORE}\b",
            r"\1 with the \2 leg",
        ),
        (
            rf"\bwith an? {_SORE} (left|right) {_OF_LEG} (limp(?:s|ing)?)\b(?: along)?",
            r"\2 with the \1 leg",
        ),
        (
            rf"\bwalk(s|ing)?(?: along| forwards?)? (?:with|on) an? {_SORE} (left|right) {_OF_LEG}\b",
            r"limp\1 with the \2 leg",
        ),
        (
            r"^for (?:an?|my|our|the|this) (?:[\w-]+ ){0,3}(?:game|film|movie|video|project|class|animation"
            r"|story|lesson),? (?=(?:i|we|can|could|please|show|make|an?)\b)",
            "",
        ),
        (
            r"\bfor (?:my|our|the|an?) (?:[\w-]+ ){0,3}(?:game|film|movie|video|project|class|animation|story"
            r"|comic)(?= (?:that|who|which)\b)",
            "",
        ),
        (r"^(?:an? )?(zombie|robot|ninja|ghost|monster)s?[!.]+(?= \w+ing\b)", r"a \1"),
        (
            r"\b(?:an? )?(?:one|single)[- ]leg(?:ged)? (?:stand|stance|balance)"
            r"(?:,? (?:on )?(?:the )?(left|right)(?: (?:leg|side|foot|one))?)\b",
            r"stand on the \1 leg",
        ),
        (r"\b(?:an? )?(?:one|single)[- ]leg(?:ged)? (?:stand|stance|balance)\b", "stand on one leg"),
        (r"\bsit[- ]to[- ]stands?\b", "sit down and stand up"),
        (
            r",? (?:but|and) (?:leave|keep) (?:the )?(?:[\w-]+ ){1,3}?(?:as (?:it|they|is|are)\b[^,.;]*|alone"
            r"|the same|untouched|unchanged|at (?:the )?(?:normal|same|usual|old|its) (?:speed|pace))"
            r"(?=$|[,.;!])",
            "",
        ),
        (r"\bbow and arrow (?:shot|shoot(?:ing)?)\b", "shoot a bow"),
        (
            r",? (?:after|during|before|for) (?:his|her|their|the) (?:performance|show|work(?:out)?)"
            r"(?=$|[,.!?])",
            "",
        ),
        (
            r"^(?:no,? )?(?:an? )?(zig-?zag|square|triangle|circle|rectangle|figure (?:of )?(?:eight|8))"
            r"(?: path)?(?=,? (?:instead|rather|please)\b)",
            r"in a \1",
        ),
        (r"(?<=\w )(?<!\ban )(?<!\bthe )inbetween(?=$|[.,!?]| the\b| them\b)", "in between"),
        (r"\b(hold (?:the|that|this) (?:\w+ )?(?:pose|position))(?= (?:\d+|\w+) more s)", r"\1 for"),
        (r"(?<=, )have(?= (?:him|her|them)\b)", "let"),
        (r"\bcarr(?:y|ies) on(?: going)?\b(?! with\b)", "keep going"),
        (
            rf"^{_GENTLY}(?:(?:let|have|make) (?:him|her|them) |(?:he|she|they)(?: should)? )?(put|set|lay"
            r"|place"
            r"|drop)s? (it|them|that) (?P<back>(?:back )?(?:down|away|back))(?: again)?,? (?:after(?:wards?)?"
            r"|at the end|then|in the end)\b(?:,? (?P<manner>\w+ly))?",
            r"then \1 \2 \g<back> \g<manner>",
        ),
        (
            r"^(?:please |and |make (?:him|her|them) |have (?:him|her|them) |let (?:him|her|them)"
            r" )*(?:veer|drift"
            r"|swerve|bear|curve|angle)s?(?: off)?(?: slightly| a (?:bit|little))?(?: to)?(?: the)? (left"
            r"|right)"
            r"(?: slightly| a (?:bit|little))? (?:at|near|toward|towards) the (?:very )?end$",
            r"then turn slightly \1",
        ),
        (
            rf"^((?:and |ok |so )*(?:then|after that|next|afterwards|finally)\b.*?{COUNT}) more ({_UNIT})\b",
            r"\1 \2",
        ),
        (
            rf"^(?:and|plus|another|then)?,? ?(?:another )?({COUNT}) more ({_UNIT}) (forwards?|backwards?"
            r"|straight"
            r" ahead|on)$",
            r"then walk \1 \2 \3",
        ),
        (r"\bthen straight (?:on|ahead|forward)(?= for\b)", "then walk straight ahead"),
        (
            r"\bcoming (?:straight |right )?(?:at|towards?|for) (?:me|us|you|the camera|the viewer)\b",
            "walking forward",
        ),
        (
            rf"^(?:(?:like|about|around|maybe|roughly|for|say|~) ?)*({COUNT}) ?(s|secs?|seconds?),"
            r" (?:just |of |with )?(?=\w+ing\b)",
            r"for \1 seconds ",
        ),
        (
            r"\bin a circle((?: to the (?:left|right))?),? (radius|diameter)(?: of)? (?:maybe|about"
            r"|around|roughly|like|say)"
            rf" ({COUNT}) ?(m|met(?:er|re)s?)\b",
            r"in a circle\1, \2 \3 \4",
        ),
        (
            rf"\bin a circle(?:,| with| of)*(?: a)? ({COUNT}) ?(m|met(?:er|re)s?) (radius|diameter)",
            r"in a circle with a \3 of \1 \2",
        ),
        (
            rf"\bin an? ({COUNT})[- ]?(m|met(?:er|re)s?) (radius|diameter) circle",
            r"in a circle with a \3 of \1 \2",
        ),
        (
            r"(?:^|(?<=and then )|(?<=and )|(?<=, )|(?<=[.;!] ))(?:now |please )?(?:start|make|do|try|show"
            r" me) something"
            r" (?:new|else|different)\s*[:,-]\s*(?:with )?(\w+)",
            r"\1",
        ),
        (r"\bwait(s?) (?:for )?(?:a few|some|several) seconds\b", r"wait\1 for 3 seconds"),
        (
            r"\b((?:rais|lift)\w* (?:up )?(?:the|his|her|their|both|one|an?) (?:\w+ )?(?:hands?|arms?"
            r"|legs?|foot|knee)"
            rf"\b[^,.;]*),? (?:and |then )*wait(s?) (?:for |about |around )*({COUNT} seconds?)"
            r"(?=.*\b(?:put|lower)s? (?:it|them)\b)",
            r"\1, hold\2 it for \3",
        ),
        (
            r"\b((?:rais|lift|hold)\w* (?:up )?(?:the|his|her|their|both|one|an?) (?:\w+ )?(?:hands?|arms?"
            r"|legs?|foot|knee)"
            rf"\b{_NOTHING_TAKEN})\bput(s?) (it|them) (?:back )?down\b",
            r"\1lower\2 \3",
        ),
        *(
            (
                r"(\w\w)(?<!not), (?:and |all )?(?:very |so |really |totally |completely"
                rf" )?(?:{words})(?=$|[.!;])",
                rf"\1 {manner}",
            )
            for words, manner in _MOODS.items()
        ),
        (
            r"^(?!.*\?$)(?:(?:so|ok|okay|hi|hello|well|hey|basically)[, ]+|my \w+ (?:says|said|wants|told"
            r" me)(?: that)? "
            r"|for (?:school|class|work|my \w+),? )*i (?:have|need|got|want|am supposed|'m supposed|gotta"
            r"|must) (?:to"
            r" )?(?:animate|make|create|show"
            r"|generate|model)(?: a clip of)? (someone|somebody|an? |the |people)",
            r"\1",
        ),
        (
            rf"(?:^|(?<=[:,;.] )|(?<=then )|(?<=and ))({COUNT}) ?(?:seconds?|secs?|s) (?:of"
            r" )?(\w+ing\b(?! (?:long|pause|break"
            r"|wait)\b)(?:(?! (?:and|then|while|before|after)\b)[^,.;:])*)",
            r"\2 for \1 seconds",
        ),
        (rf"\b({COUNT}) ?(?:repetitions|reps?|repeats)\b(?! of\b)", r"\1 times"),
        (rf"\b(?!one )({COUNT}) time(?=$|[,.;!]| (?:and|then)\b)", r"\1 times"),
        (r"\b(?:ha(?:s|ve|ving)|tak(?:es|e|ing)) a seat\b", "sits down"),
        (rf"(\bfor {COUNT} ?(?:seconds?|secs?|s)\b.*\bfor ({COUNT}))$", r"\1 seconds"),
        (
            r"\b((?:hop|jump|balance|stand|skip)s?) on ((?:the|your|his|her) (?:left|right) (?:foot|leg"
            r"|one)\b[^.;]*?),?"
            r" (?:and )?then on\b"
            rf"(?= (?:the|your|his|her) (?:left|right) \w+ (?:{COUNT}|twice|once))",
            r"\1 on \2 and then \1 on",
        ),
        (
            r"(?:^|(?<=, )|(?<=and )|(?<=then ))fac(e|es) (left|right)(?=$|[,.;!]| (?:and|then)\b)",
            r"turn to the \2",
        ),
        (r"\bi (?:just|only|really|simply) want\b", "i want"),
        (r"^(?:the )?([a-z][\w ]*)(?:-+>|=+>|→) ?([a-z][\w ]+)$", r"change the \1 to \2"),
        (
            rf"\blike (?={COUNT}[ -]?(?:s|secs?|seconds?|m|met(?:er|re)s?|steps?|minutes?|degrees)\b)",
            "about ",
        ),
        (rf"\blike (?={COUNT} times\b)", ""),
        (
            rf"^{_GENTLY}(?:(?:have|let|make) (?:him|her|them|the \w+) )?repeat"
            rf" (?:it|this|that|these|everything|the whole (?:thing|motion)) (?:(?P<n>{COUNT}) times|twice),?"
            r" with (?:an? )?(?:short |brief |little |small )?"
            rf"(?:(?P<s>{COUNT}) ?(?:-|s\b|secs?\b|seconds?\b)[ -]*(?:second )?)?"
            r"(?:pause|rest|break|hold)s? (?:of (?P<t>\d+) ?s\w* )?"
            r"(?:each time|(?:in )?between(?: \w+)*|after each(?: \w+)?|every time)[.!]*$",
            lambda found: (
                f"add a pause of {found['s'] or found['t'] or '1'} seconds at the end and then"
                f" repeat everything {found['n'] or '2'} times"
            ),
        ),
        (
            rf"^({COUNT}) (?:reps|repetitions|times|sets) of (the (?:first|second|third|last"
            r"|1st|2nd|3rd))"
            r"(?: (?:exercise|part|move|one|action|thing))?\b",
            r"do \2 part \1 times",
        ),
        *(
            (
                rf"^{_GENTLY}(?:(?:he|she|they) (?:should|must|has to|have to|needs to|can)|(?:can|could)"
                r" (?:he|she|they)|(?:let|have"
                r"|make) (?:him|her|them)"
                rf") (?:stay|remain|keep|rest|wait)s? (?:{stays})(?: there)? (?:for )?(?:about )?({COUNT}"
                r" ?(?:s|secs?|seconds?)\b)"
                r"(?:,? (?:and )?(?:then |only then )?(?:before|until|till) (?:(?:he|she|they) )?(?:gets?"
                r"|getting|stands?"
                r"|standing|ris(?:es|ing)|comes?|coming)(?: back)?(?: up)?(?: again)?)?[.!?]*$",
                rf"hold the {pose} for \1",
            )
            for stays, pose in _STAYS.items()
        ),
        (r"^(?:let'?s|let us) (?:call|name) ", "call "),
        (
            r"^(?:can|could|may) (?:i|we) (?:please )?(?:have|get)"
            r" (?:it |this )?(?:the |an? |as an? |as |in )?"
            r"(bvh|glb|npz|npy|mp4|gif|html|png|vrma)(?: file)?(?: please| pls)?\?*$",
            r"save it as \1",
        ),
        (r"\b([a-z]{3,}?)\1{2,}\b", lambda found: ", ".join([found[1]] * (len(found[0]) // len(found[1])))),
        (
            r"^(?:flip|mirror|turn|switch) (?:it|this|that) (?:around |over )?so (?:that )?(?:it'?s|it is)"
            r" (?:with |on )?"
            r"(the (?:left|right) \w+)",
            r"do it with \1",
        ),
        (
            r"^wrong (?:way|direction|side)[!,. ]+(?:it |that )?(?:should|must|has to) (?:be|go) (?:a |to"
            r" the )?"
            r"(left|right)(?: turn)?\b",
            r"the turn should be to the \1",
        ),
        (
            r"^(?:please )?(?:play|run|show|rewind) (it|this|that|everything|it all|the whole (?:thing"
            r"|motion|clip))"
            r" (?:backwards?|in reverse|reversed)(?=$|[,.!])",
            r"reverse \1",
        ),
        (r"\b(push|sit|pull|chin|press)[ -]?ups\b", r"\1-ups"),
        (r"\b(push|pull|chin|press)up\b", r"\1-up"),
        (
            r"^(?:please )?swap (?:out )?(the \w+) for (an? \w+|\w+),? and (?:swap (?:out )?)?(the \w+)"
            r" for (.+)$",
            r"replace \1 with \2 and replace \3 with \4",
        ),
        (r"\b(scratch|shake|tilt|bow|lower|raise|lift|drop)(e?s|ing)? head\b", r"\1\2 the head"),
        (
            r"(?:^|(?<=: )|(?<=, ))(left|right|both) (arms?|legs?|hands?) (?:raised"
            r"|lifted)\b(?P<how>[^.,;]*)"
            rf"(?:, held (?:for )?(?P<held>{COUNT} ?(?:seconds?|secs?|s)\b))?(?P<down>,? (?:and )?(?:then"
            r" )?lowered\b)?",
            lambda found: (
                f"raise {'' if found[1].lower() == 'both' else 'the '}{found[1]} {found[2]}{found['how']}"
                + (f", hold it for {found['held']}" if found["held"] else "")
                + (
                    f", lower {'' if found[1].lower() == 'both' else 'the '}{found[1]} {found[2]}"
                    if found["down"]
                    else ""
                )
            ),
        ),
        (rf"^([\w -]+)[.,] ({COUNT})[.,] (?:slow|slowly)[.!]*$", r"\1, \2 times, slowly"),
        (rf"^([\w -]+)[.,] ({COUNT})[.,] (?:fast|quick|quickly)[.!]*$", r"\1, \2 times, quickly"),
        (r"\bgo(e?s)? away(?=$|[.,;!])", lambda found: f"walk{'s' if found[1] else ''} away"),
        (
            r"\b(on the (?:ground|floor)|down|to (?:his|her|their) knees) (?:exhausted|worn out)(?=$|[.!,])",
            r"\1 tiredly",
        ),
        (r"^my \w+ (?:can'?t|cannot|can not) (?:follow|keep up)\b[^,.;!]*[,.;!] *", ""),
        (r"\btake (the [\w -]+?) at (?=(?:half|double|twice) (?:the )?(?:speed|pace))", r"play \1 at "),
        (
            r"\b(replace|change|remove|delete|swap|repeat) what (?:he|she|they) (?:does|do|did) (?:at the"
            r" end|last)"
            r"(?: (?:by|for|into))?\b",
            lambda found: (
                f"{found[1]} the last part" + (" with" if re.search(r"\b(?:by|for|into)$", found[0]) else "")
            ),
        ),
        (
            r"\b(?:then )?(?:swap|switch|change)(?:s|es)? (?:over )?to the other(?: \w+)?(?= (?:\d+|\w+)"
            r" times\b)",
            "then the same on the other side",
        ),
        (r"^(?:an? )?(left|right) (arm|leg|knee|hand) (raise|lift|swing)s?\b", r"\3 the \1 \2"),
        (r"\bneck tilts? (?:to the )?(left|right)\b", r"tilt the neck to the \1"),
        (r"(?<!a )(?<!one )\bstep(s?) (?:in|inside)(?=$|[,.!])", r"walk\1 in"),
        (r"\bexplode(s?) into an? (\w+)", r"\2\1"),
        (r"\bslow(s?) (?:down )?to an? (jog|walk|run|trot)\b", r"\2\1"),
        (r"\b(a (?:short |brief |little |quick )?rest) standing\b", r"\1"),
        (r"^(make|animate|show me|do) (?=(?:horse|dog|cat|bird|cow|lion|elephant|monkey)s?\b)", r"\1 a "),
        (
            r"^(?:he|she|they) looks? too (?:\w+),? (?:i|we) want (?:a |an )?(?:more )?(\w+) (walk|run"
            r"|jump|dance|wave|bow)$",
            r"make the \2 \1",
        ),
        (
            r"^keep (the|his|her) ((?:left |right )?(?:arm|hand|leg)) (?:up|raised)(?: there)? for"
            r" (?:around |about )?"
            rf"({COUNT} ?(?:s|secs?|seconds?)),? (?:and )?then (?:bring|put|lower|let) it (?:back )?down("
            r" \w+ly)?",
            r"hold it there for \3 and then he lowers \1 \2\4",
        ),
        (r"\benuf\b", "enough"),
        (r"\bbackwords\b", "backwards"),
        (r"^t[ -]?pose\b", "t-pose"),
        (r"\ba lively\b", "an energetic"),
        (r"\b(?:lively|livelier)\b", "energetic"),
        (
            r"\bleave(s?)(?= (?:to|on) the (?:left|right)\b)",
            r"walk\1 away",
        ),
        (rf"\b(march\w*(?: on the spot| in place)?) for ({COUNT}) (?:counts|beats)\b", r"\1 \2 steps"),
        (rf"^(?!.*(?:^|[.,;] )\d+[.)] )(.*[.,]) ({COUNT})(?=[.!]*$)", r"\1 \2 times"),
        (rf"^(\w+)[.,] ({COUNT})[.,] (slow|quick|deep) ones\b", r"\1, \2 times, \3ly"),
        (rf"({COUNT} times)[.,;] (slow|fast|quick|deep) ones\b", r"\1, \2ly"),
        (
            rf"^i (?:can )?(?:only )?count(?:ed)? (?:only |just )?{COUNT} (\w+)"
            r"(?:,? (?:can|could) you (?:check|recount|verify|count)\b[^,.;]*)?[.!?]*$",
            r"how many \1 are there?",
        ),
        (r"\bthe getting up\b", "the standing up"),
        (
            rf"^(?:idle|idling),? (?:(?:like|about|around|for) )*({COUNT}) ?(?:s|secs?|seconds?),?"
            r" (\w+ing\b.*)$",
            r"\2 for \1 seconds",
        ),
        (r"\ba couple of times\b", "2 times"),
        (r"\ba few times\b", "3 times"),
        (r"^air guitar(?: solo)?(?=[!.]*$)", "play the air guitar"),
        (
            rf"\b({COUNT})[- ]?(?:degrees?|°|deg) turn(?:s)?((?: to)?(?: the)? (?:left|right))?",
            r"turn\2 \1 degrees",
        ),
        (
            rf"(\bturns? (?:left|right|around)[^,.;]*,) ({COUNT}) (steps?|paces?)(?=$|[,.;]| (?:forwards?"
            r"|ahead|and|then)\b)",
            r"\1 walk \2 \3",
        ),
        (rf"\bhold(s?) (?=(?:about )?{COUNT} ?(?:s|secs?|seconds?)\b)", r"hold\1 for "),
        (
            r",? (?:can|could) (?:you|u) (?:please )?(?:animate|make|do|show|create) (?:that|this|it)(?:"
            r" please| for me)?\??$",
            "",
        ),
        (
            r"^(?!make|switch|swap|change|remove|leave|add|put|let|have|no\b|delete|move|cut|slow|speed)"
            r"(?P<a>[^,.;]+), (?:but )?(?P<who>he|she|they|the \w+) (?P<b>\w+s?\b[^,.;]*?) first[.!]*$",
            r"\g<who> \g<b>, then \g<a>",
        ),
        (r"^(?:let|make|have) the (\w+ing) be an? ", r"the \1 should be a "),
        (r"\bi(?:'d| would) rather (?:have|see)\b", "i want"),
        (
            rf"\?,? ({COUNT}) (slow|fast|quick|deep|small|big)? ?ones(?: please| pls)?[.!]*$",
            r", \2ly, \1 times",
        ),
        (r"\bmust to\b", "must"),
        (r", after (?=(?:he|she|they) (?:is|are) \w+ing\b)", ", then "),
        (
            rf"^((?:(?:an?|the|my|some) )?(?:\w+ )?{_SOMEBODY}) (?:he|she|they)"
            r" (?!(?:is|was|should|has|had|knows?|likes?|loves?|wants?|sees?|meets?|hates?)\b)(?=\w)",
            r"\1 ",
        ),
        (
            rf"^(?:(?:an?|the|some) )?({_SOMEBODY}) (?:is|feels|looks) (?:very |so |really"
            rf" )?({_MOOD})[.,;:]+ (?:and )?(?:he |she |they )?"
            r"(\w+s\b)",
            r"a \2 \1 \3",
        ),
        (
            r"\b(walk|pac|march|runn?|stroll)(e?s|ing|e)? up and down(?! (?:the|a|some)\b)",
            r"\1\2 back and forth",
        ),
        (r"\bput(s|ting)? down (it|them)\b", r"put\1 \2 down"),
        (rf"\?,? ((?:(?:slow|slowly|fast|quickly|quick|gently),? )?(?:{COUNT} times)?)[.!]*$", r", \1"),
        (r"\b(?:put|do|have) (an? [\w ]+?) there(?: instead)?$", r"add \1 at the end"),
        (rf"([,.]) (?:like|about|maybe|say) ({COUNT})(?=$|[,.;!](?!\d))", r"\1 \2 times"),
        (
            r"\b((?:rais|lift|stretch)\w* (?:up )?(?:the|his|her|their|both|one|an?) (?:\w+ )?(?:hands?"
            r"|arms?|legs?|foot"
            r"|knees?)\b.*?,? (?:and |then )*hold(?:s)?) (?:it|them)(?: (?:up|there|up there|like that|in"
            r" the air))?"
            rf"(?= for {COUNT})",
            r"\1 it",
        ),
        (
            r"\b((?:rais|lift|stretch)\w* (?:up )?(?:the|his|her|their|both|one|an?) (?:\w+ )?(?:hands?"
            r"|arms?|legs?|foot"
            rf"|knees?)\b{_NOTHING_TAKEN})\bbring(s?) (it|them) (?:back )?down\b",
            r"\1lower\2 \3",
        ),
        (
            r", (?:as )?(?:an? )?(?:balance|stretching|strength|warm-?up|rehab|core|yoga) (?:exercise"
            r"|drill)$",
            "",
        ),
        (r"\bgive (?:it|him|her|them) an? ([a-z]+) (?:mood|feel|feeling|vibe|touch|look)\b", r"make it \1"),
        (
            r"\b(one|an?) (leg|foot|hand|arm|knee) \((?:with |on )?(?:the |his |her )?(left|right)(?: one|"
            r" leg| foot| hand| arm)?\)",
            r"the \3 \2",
        ),
        (r"\bgoes (?:through|thru) (it|the door|there)\b", r"walks through \1"),
        (r"\bgo(ing)? (?:through|thru) (it|the door|there)\b", r"walk\1 through \2"),
        (
            r"\b(sad|sadder|sadly|depressed|defeated|dejected|tired|exhausted|gloomy)"
            r"((?: walk)?)((?:[.,]? (?:and |with )?(?:dragging (?:his |her |the )?feet|(?:(?:his|her|the)"
            r" )?(?:head|shoulders|arms) (?:down|hanging|hung|low|drooping|slumped"
            r"|dropped|hang|droop|slump)(?: (?:down|low))?))+)(?=$|[,.;!])",
            r"\1\2",
        ),
        (
            r"^(?:and )?after (?:that|this|it),? (?:the |do the )?same (?:thing |again |one )?(on|with|to)\b",
            r"then the same \1",
        ),
        (r"^count (?:the|his|her|all the|my) (?:reps|repetitions|times)\b[^,.;]*$", "how many times?"),
        (
            r"^(?:swap|switch|change|reverse) the order(?: of (?:them|those|it))?[:,;.]* ((?:the )?\w+)"
            r" (?:comes|goes|is|should"
            r" (?:come|go|be)) first$",
            r"move the \1 to the start",
        ),
        (
            r"^(?:(?:ok|okay|perfect|great|now|and|then|please|so)[, ]+)*finish (?:it )?(?:off )?(?:with"
            r"|on) (an? [\w ]+)$",
            r"add \1 at the end",
        ),
        (
            r"^(?:(?:ok|okay|perfect|great|now|and|then|please|so)[, ]+)*finish (?:it )?(?:off )?(?:with"
            r"|by|on) (\w+)",
            r"at the end \1",
        ),
    )
)


def _base(stem: str) -> str:
    """'runn' -> 'run'."""
    return re.sub(r"([gnp])\1$", r"\1", stem)


def said_plainly(message: str) -> str:
    """The message in plain words."""
    for pattern, plain in _PLAINLY:
        if (said := pattern.sub(plain, message)) != message:
            message = re.sub(r" +(?=[ ,.;!?])", "", said).strip(" ")
    return message
