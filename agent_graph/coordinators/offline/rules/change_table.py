"""The phrases of changes, in the notation of `phrases.py`, and the builder of each group."""

from __future__ import annotations

from ..sentences.phrases import Row, rows
from . import change_builders as to

#: The pose somebody stays in, for how much longer, and that the motion ends with it.
POSE = (
    "[(sat|seated|sitting|lying|lain|kneeling|crouching|crouched|standing|bent|bowed)] [<@>] [(down"
    "|still|put|there|like <mark>|in place|in that pose|in that position|that way|up)] [there]"
)
MORE = "[(another|a further|an extra|an additional|about)]"
THERE = "[at the [very] end]"
PAUSE = (
    "[a|an|another|1] [short|little|small|brief|tiny|quick] [short|little|small]"
    " (pause|break|rest|stop|gap|beat|breather)"
)
PUT = "[(put|add|insert|leave|stick|have|give|include|pop|throw|squeeze|want)] [in]"
CURVES = "(curve|curves|bend|bends|veer|veers|arc|arcs|swerve|swerves|drift|drifts)"
SLIGHTLY = "[gently|slightly|softly|gradually|slowly|gentle|slight|soft|wide|smooth|a bit|a little]"
ROUND = "<round:(?:anti|counter)[ -]?clockwise|clockwise>"
SIZE = "<size:height|size|depth|width|strength|force|power>"
#: That something is to be done anew.
AGAIN = (
    "((try|do|redo|make|have|give) [only|just] [<mark>] [only|just]"
    " [again|once more|another (go|try|shot|take)] [differently|another way]|another (go|try|shot|take)"
    "|<mark> again [differently|another way])"
)

#: What may be seen where one part goes over into the next.
SEAM = "transition|join|changeover|switch|jerk|glitch|pop|snap|hitch|stutter|jolt|twitch|seam|cut|break"

CHANGES: tuple[Row, ...] = (
    *rows(
        to.counted,
        "[only] <figure> <how:more|less|fewer|extra> [times] [<@>]",
        "<how:cut|drop|remove|delete|skip|lose|take off|take away|take out|knock off> <figure> [of] [<@>]"
        " [times]",
        "[only] <figure> <times:of> <@>",
        "[only] [the] <figure> [of] <@> [times]",
        "<@> [only] <figure> <times:times>",
        "<figure> <times:times> <@>",
        "[only|to|back to] <figure> [times] [for <@>] [only]",
        "<@> [only|to] <figure>",
        "(cut|reduce|change|raise|bring) <@> [down|up] to <figure> [times]",
        "[add|do|have|put] <how:another> [one] [<@>]",
        "<how:half|2 times> (as many|the number of) [<@>]",
        "(cut|reduce) <@> [down] to <how:half> [as many]",
        "<how:double|halve> <@>",
        "<how:fewer|less> <@>",
        "<figure> of <each:each>",
        "[do] <each:each> <figure> <times:times>",
    ),
    *rows(
        to.counted,
        "[<@>] [only] <figure> <unit:degrees|metres|meters|m|steps?|paces> [far] [only]",
        "[<@>] <figure> <unit:degrees|metres|meters|m|steps?|paces> <how:more|less|fewer>",
        "[<@>] <figure> <how:more|less|fewer> <unit:degrees|metres|meters|m|steps?|paces>",
        "<how:more|less|fewer> <unit:steps>",
        "(cut|reduce|change|raise|bring|set|stretch|extend|lengthen|shorten) <@> [down|up|out] to <figure>"
        " <unit:degrees|metres|meters|m|steps?>",
        "<how:shorten|reduce|cut|extend|lengthen> <@> by <figure> <unit:degrees|metres|meters|m|steps?>",
        "[only] <figure> <unit:degrees> <@>",
    ),
    *rows(
        to.one_more_after,
        "[add|do|have|put] (another|1 more) [one] [right|directly|straight] (after|behind|following) <other>",
        "[add|do|have|put] (another|1 more) [one] (right|directly|straight) (after|afterwards|behind)",
    ),
    *rows(
        to.on_sides,
        "[<@>] [<figure>] [<other>] <sides:(?:left|right)(?: (?:then |and )*(?:left|right))+>",
    ),
    *rows(
        to.turned, "[<@>] [only] [a|an] <share:quarter|half|full|whole> [turn]", "<@> [only] <share:half> way"
    ),
    *rows(
        to.paced,
        "[<@>] <how:faster|slower|quicker|more slowly|more quickly|slow down|speed up|half(?: the)? speed"
        "|double(?: the)? speed|less fast|slowly|quickly>",
        "<how:slower|faster|quicker> <@>",
        "<how:slow|speed> <@> (down|up)",
        "<how:slow|speed> (down|up) <@>",
        "[<@>] <how:half|2 times> as <pace:fast|slow|quick>",
    ),
    *rows(
        to.scaled,
        "[<@>] [at|to|by|with] <factor> [of] [(the|its)] [original|normal|current|usual] (speed|pace|tempo)"
        " [(on|for|of|in) <after>]",
        "(speed|pace|tempo) [(of|on|for)] [<@>] [up] [at|to|by] <factor> [(on|for|of|in) <after>]",
        "<how:speed|slow> [<@>] (up|down) [<after>] [by] <factor>",
        "<how:speed|slow> [<@>] (up|down) [<after>] by a factor of <bare:\\d+(?:\\.\\d+)?>",
        "[<@>] <factor> [(as|the)] <how:faster|quicker|slower|fast|quick|slow>",
        "<@> at <factor>",
    ),
    *rows(
        to.lengthened,
        "[<@>] <how:longer|shorter> [by] [<seconds>]",
        "[<@>] <seconds> <how:longer|shorter>",
        "<how:longer|shorter> <@>",
        "[<@>] <how:half|2 times> as long [<after>]",
        "[only] [<@>] [for|exactly] <seconds> [long|<each:each>]",
        "[<@>] (longer|shorter) exactly <seconds>",
        "(stretch|shorten|lengthen|extend|cut) <@> [down|out] to <seconds>",
        "(cut|chop|reduce|shorten) <@> [down] (in|by) <how:half>",
        "(squeeze|fit|compress|squash|cram|condense|shrink|pack) <@> [down] (in|into|to) <seconds>",
    ),
    *rows(
        to.copied_to_other,
        "after <@> [the] same [again] [with|on|to] [the] <side:left|right|other|opposite> [<limb>]",
        "[and] then [do] [the] [same] [thing|motion] [with|on|to] [the|his|her]"
        " <side:left|right|other|opposite> [<limb>] [the same|again]",
        "[the] <side:other|opposite|left|right> [<limb>] (too|also|as well)",
    ),
    *rows(
        to.copied_so,
        "[and] (then|afterwards|next|finally) [<@>] (again|once more|[the] same [thing|motion] [again"
        "|once more]) [only] <how:faster|slower|quicker|backwards?|in reverse>",
        "(repeat|copy) <@> [again|once more] [only] <how:faster|slower|quicker|backwards?|in reverse>",
    ),
    *rows(
        to.sided,
        "[<@>] [only] [with|on|to] [the|his|her] <side:left|right|other|opposite> [<limb>] [only]",
        "[<@>] [with] <side:both> [<limb>]",
        "[do] [the] same [thing|again] [with|on|to] [the|his|her] <side:left|right|other|opposite> [<limb>]",
        "[<after>] [a|the] <side:left|right> <how:handed> [<@>] [version|one|person|guy|man|woman]",
        "[make] [<after>] (a|an|the) <side:left|right> <@>",
        "[<@>] [with] <side:both> [of] [the|his|her] [<limb>] [up|raised|in the air]",
    ),
    *rows(
        to.headed,
        "[<@>] [to the] <way:backwards?|forwards?|sideways>",
        "[<@>] [in|to] [the] <way:other|opposite> (way|direction) [round|around]",
    ),
    *rows(
        to.circled,
        "[go|walk|run|do] [<@>] <how:bigger|larger|wider|smaller|tighter|narrower> round-path [and|but]"
        f" [go|walk|run] [{ROUND}]",
        f"[go|walk|run|do] {ROUND} [instead]",
        f"<@> {ROUND} [instead]",
    ),
    *rows(
        to.enlarged,
        "[<@>] <how:higher|bigger|larger|deeper|wider|further|farther|harder|stronger|smaller|shallower"
        "|gentler|softer|lower>",
        "[<@>] <how:(?:less|not so|not as) (?:big|high|deep|wide|hard|strong|far)>",
        "<how:higher|bigger|larger|deeper|wider|harder|stronger|smaller|shallower|gentler|softer> <@>",
        f"(change|adjust|alter) the {SIZE} of <@> [<after>] [be]"
        " <how:higher|bigger|larger|deeper|wider|harder|stronger|smaller|shallower|gentler|softer|lower>",
        f"<how:increase|raise|boost|reduce|lower|decrease> the {SIZE} (of|on|in|for) <@>",
        f"<how:more|less> {SIZE} (on|in|for|to) <@>",
        f"<how:increase|raise|boost|reduce|lower|decrease> <@> {SIZE}",
    ),
    *rows(
        to.deleted,
        "(drop|remove|delete|skip|lose|scrap|cut|erase|omit|cut out|take out|take away|get rid of|leave out"
        "|no|without) <@> [out] [part]",
        "<@> (gone|out|away)",
    ),
    *rows(to.kept, "(only|just|keep only|keep just) <@>", "(delete|remove) everything (except|but) <@>"),
    *rows(to.played_backwards, "reverse <@>"),
    *rows(
        to.made_anew,
        "(redo|regenerate|retry|remake|vary|try|reroll) [just|only] <@> [differently|again|only]",
        f"(i don't|i dont|i do not|not|i'm not|im not|i am not) (like|happy with|sure about|keen on|sold on"
        f"|a fan of) [how|the way|what] [the] <@> [looks|look|turned out|came out|is|goes|moves] {AGAIN}",
        f"<@> (looks|look|feels|seems|came out|turned out) [a bit|kind of|pretty] (odd|weird|wrong|off|bad"
        f"|strange|funny|unnatural|stiff|not right|terrible|awful) {AGAIN}",
        "(give|have) <@> another (go|try|shot|take)",
        "another (go|try|shot|take) (at|of|on|for) <@>",
    ),
    *rows(to.mirrored, "(mirror|flip) <@> [only|horizontally]"),
    *rows(
        to.moved,
        "[move|put|bring|shift] <@> [go] [to|at|in|as] [the] [very] <extreme:first|last|end|start|beginning"
        "|front>",
        "[move|put|bring|shift] <@> [go] <side:before|after> <other>",
    ),
    *rows(
        to.copied,
        "[repeat] <@> [again|once more] at the [very] <extreme:end|start|beginning>",
        "[repeat] <@> again <side:before|after> <other>",
    ),
    *rows(
        to.together,
        "[do] [both|<@>] (at the same time|together|simultaneously|at once) [instead]",
        "<@> [to] [happen|happens|come|comes] (while|during|as) <other> [instead]",
        "(while|during) <@> [to] [also] <other>",
        "(combine|merge|overlap|layer) <@> [together|into 1]",
    ),
    *rows(
        to.smoothed,
        f"(smooth|soften|smoothen|blend|ease|fix) [out|over] [the] [{SEAM}]"
        " [between|of|from|where|when|in]"
        " <@> [goes|turns|changes|moves|leads|and] [(to|into) <other>] [out|over|together]",
        f"(smooth|soften|smoothen|fix) [out|over] [the] ({SEAM}) [out]",
        "(there|theres|there's|i see) [is] [a|an|some|this]"
        f" [weird|odd|ugly|strange|bad|little|sudden|visible] ({SEAM})"
        " (where|when|between|from|as) <@> [goes|turns|changes|moves|leads|switches] [(to|into|and) <other>]",
        f"[the] ({SEAM}) (between|from|of) <@> [(to|into) <other>] [looks|feels]"
        " (jerky|abrupt|rough|sudden|harsh|not smooth|choppy|smooth|smoother|softer)",
    ),
    *rows(
        to.held,
        "hold <@> [for] [a moment|a while|<seconds>] [there|at the (bottom|top|end)]",
        f"(stay|stays|remain|keep|wait|hold|freeze) {POSE} [for] {MORE} <seconds> [more|longer|extra|further]"
        f" {THERE}",
        f"(stay|stays|remain|keep) {POSE} {MORE} <seconds> [more|longer] {THERE}",
        "(keep|hold) [the] <held:(?:(?:left|right) )?(?:arm|hand|leg|foot|fist|knee)> [up|out|there|raised]"
        f" [for] [another] <seconds> [more|longer|extra] {THERE}",
    ),
    *rows(
        to.paused,
        f"(stay|stays|remain|keep|wait|hold|stand) {POSE} [for] {MORE} <seconds> [more|longer]"
        " [right|just] <side:before> <other>",
        f"{PUT} {PAUSE} [(of|for) <seconds>] [in] [right|just|directly] <side:before|after|between> <other>",
        f"{PUT} {PAUSE} [(of|for) <seconds>] [in] [right] at the [very] <extreme:end|start|beginning>",
        f"{PUT} {PAUSE} [in] [right] at the [very] <extreme:end|start|beginning> [for|exactly] <seconds>",
        f"{PUT} {PAUSE} [in] [right|just|directly] <side:before|after|between> <other>"
        " [for|exactly] <seconds>",
        f"{PUT} [a] <seconds> [long] (pause|break|rest|stop|gap|wait) [in] [right|just|directly]"
        " <side:before|after|between> <other>",
        f"{PUT} [a] <seconds> [long] (pause|break|rest|stop|gap|wait) [in] [right] at the [very]"
        " <extreme:end|start|beginning>",
        "(stand|wait|stop|pause|idle) [<@>] [there|still|around] [for] [another] <seconds> [more|longer]"
        " at the [very] <extreme:end>",
        "<@> [there|still] [for] [another] <seconds> (more|longer) at the [very] <extreme:end>",
    ),
    *rows(
        to.curved,
        f"[have|make|let|get|want] (the|his|her) (path|route|way) [to] {CURVES} {SLIGHTLY} [off] [to the|to]"
        f" <side:left|right> {SLIGHTLY}",
        f"(curve|bend|arc|veer) <@> {SLIGHTLY} [off] [to the|to] <side:left|right> {SLIGHTLY}",
        f"(bend|curve|arc|turn) the (path|route|way) {SLIGHTLY} [off] [to the|to] <side:left|right>"
        f" {SLIGHTLY}",
        f"[<@>] [follow|go|goes|move] (in|along|on|into|with) (a|an) {SLIGHTLY} (curve|arc|bend)"
        " [off] [to the|to] <side:left|right>",
        f"[make|have|let] [<@>] {CURVES} {SLIGHTLY} [off] [to the|to] <side:left|right> {SLIGHTLY}",
    ),
    *rows(
        to.returned,
        "[and] [then] (come|go|walk|return|head|run|move|get|end up|finish|end|wind up) [all the way]"
        " [back|back again] [to|at|in] <home>",
        "[and] [then] <@> [all the way] back [to|at|in] <home>",
        "[and] then [all the way] back to [the] (start|beginning)",
    ),
    *rows(to.halfway, "[go|come|meet] [me] (halfway|half way|midway) [back]"),
    *rows(
        to.split,
        "split <@> [(in|into) [2] [half|halves]] [with] [the first|1|one] [half|part] [of <mark>]"
        " <side:before> <other> [and|with] [the other|the second|1|one|the rest|the other half] [half|part]"
        " [of <mark>] after [<mark>]",
        "(put|move|do|have) [(1|the second|the other|the last)] half of <@> <side:before|after> <other>",
    ),
    *rows(
        to.styled,
        "[<@>] [more] <style>",
        "[the|same] [same] (guy|person|man|woman|one|motion|thing) [more] <style>",
        "more <style> [in|to] [<@>]",
        "not [so|too|that] <was:\\w+> [more] <style>",
    ),
    *rows(to.swapped, "(swap|switch|exchange) <@> [around|places|round]", "<@> (swap|change|trade) places"),
    *rows(
        to.brought_back,
        "(bring|put|take|get|have|want|add|restore|give) <gone> back [in]"
        " [at the [very] <extreme:end|start|beginning>]",
        "(bring|put) back <gone> [at the [very] <extreme:end|start|beginning>]",
        "(the|that|those|his|her) <gone> back [in]",
        "(restore|readd|re-add) <gone>",
    ),
    *rows(
        to.becomes,
        "(make|change|turn) <@> [in|into|to|be] <new>",
        "<@> (becomes|become|into) <new>",
        "<@> <new:an? .+> [instead]",
        "(don't|dont|do not|not) <@> <new>",
    ),
)
