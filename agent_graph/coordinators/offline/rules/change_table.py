"""The phrases of changes, in the notation of `phrases.py`, and the builder of each group."""

from __future__ import annotations

from ..sentences.phrases import Row, rows
from . import change_builders as to

#: What may be seen where one part goes over into the next.
SEAM = "transition|join|changeover|switch|jerk|glitch|pop|snap|hitch|stutter|jolt|twitch|seam|cut|break"

CHANGES: tuple[Row, ...] = (
    *rows(
        to.counted,
        "[only] <figure> <how:more|less|fewer|extra> [times] [<@>]",
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
        "(cut|reduce|change|raise|bring|set) <@> [down|up] to <figure> <unit:degrees|metres|meters|m|steps?>",
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
        to.lengthened,
        "[<@>] <how:longer|shorter> [by] [<seconds>]",
        "[<@>] <seconds> <how:longer|shorter>",
        "<how:longer|shorter> <@>",
        "[<@>] <how:half|2 times> as long [<after>]",
        "[<@>] [for|exactly] <seconds> [long|<each:each>]",
        "[<@>] (longer|shorter) exactly <seconds>",
        "(stretch|shorten|lengthen|extend|cut) <@> [down|out] to <seconds>",
    ),
    *rows(
        to.copied_to_other,
        "after <@> [the] same [again] [with|on|to] [the] <side:left|right|other|opposite> [<limb>]",
        "[and] then [the same] [with|on|to] [the] <side:left|right|other|opposite> [<limb>] [the same|again]",
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
        "<side:left|right> <how:handed> [<@>]",
    ),
    *rows(
        to.headed,
        "[<@>] [to the] <way:backwards?|forwards?|sideways>",
        "[<@>] [in|to] [the] <way:other|opposite> (way|direction) [round|around]",
    ),
    *rows(
        to.enlarged,
        "[<@>] <how:higher|bigger|larger|deeper|wider|further|farther|harder|stronger|smaller|shallower"
        "|gentler|softer>",
        "[<@>] <how:(?:less|not so|not as) (?:big|high|deep|wide|hard|strong|far)>",
    ),
    *rows(
        to.deleted,
        "(drop|remove|delete|skip|lose|scrap|cut|erase|omit|cut out|take out|take away|get rid of|leave out"
        "|no|without) <@> [out] [part]",
        "<@> (gone|out|away)",
    ),
    *rows(to.kept, "(only|just|keep only|keep just) <@>", "(delete|remove) everything (except|but) <@>"),
    *rows(to.played_backwards, "reverse <@>"),
    *rows(to.made_anew, "(redo|regenerate|retry|remake|vary) <@> [differently]"),
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
        "<@> [happen|happens|come|comes] (while|during) <other> [instead]",
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
    *rows(to.held, "hold <@> [for] [a moment|a while|<seconds>] [there|at the (bottom|top|end)]"),
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
