"""The phrases of changes, in the notation of `phrases.py`, and the builder of each group."""

from __future__ import annotations

from ..sentences.phrases import Row, rows
from . import change_builders as to

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
        "<how:another> [one] [<@>]",
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
        "<@> (at the same time|together|simultaneously|at once)",
        "<@> while <other> [instead]",
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
        "(bring|put|take|get) <gone> back [in] [at the [very] <extreme:end|start|beginning>]",
        "(bring|put) back <gone> [at the [very] <extreme:end|start|beginning>]",
        "(the|that|those|his|her) <gone> back [in]",
    ),
    *rows(
        to.becomes,
        "(make|change|turn) <@> [in|into|to|be] <new>",
        "<@> (becomes|become|into) <new>",
        "<@> <new:an? .+> [instead]",
        "(don't|dont|do not|not) <@> <new>",
    ),
)
