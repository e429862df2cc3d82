"""Tables of English words that the offline coordinator reads with: data only, no logic."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(text.split())


# Verbs of everyday human motion, base forms. A word not listed can still be a verb where grammar shows
# it ("a person flibbers"); listing it lets "walk and flibber" be split and "flibber!" be understood.
VERBS = _words(
    """
    accelerate act adjust advance aim amble approach arch arise ascend attack backflip backpedal balance
    bat beat beckon beg begin bend block blow bob bounce bound bow box brace brake breathe bring brush
    cackle carry cartwheel cast catch celebrate change charge chase cheer chop chuckle circle clamber clap
    claw clean climb cling close collapse come continue cool cough crawl creep cross crouch cry curl
    curtsy cut dance dangle dart dash deliver descend describe dip direct dive do dodge drag draw dribble
    drift drink drive drop duck dunk dust eat edge enter examine exercise exit explain extend fall fan
    feint fence fight find finish fire flail flap flex flick fling flip float fly fold follow freeze
    frolic gallop gasp gesture get giggle give glance glide go grab greet grip guard gulp halt hammer hang
    hesitate high-five hit hoist hold hop hover hug hunch hurdle hurl hurry imitate inspect itch jab jig
    jog jostle juggle jump keep kick kiss kneel knock land laugh launch lay lean leap leave let lie lift
    limp look loop lower lunge make march meditate meet mime mimic moonwalk mop motion mount move nod
    observe open pace pack paddle paint pant parry pass pat pause pedal peek peer perch perform pick
    pirouette pitch pivot place play plod plop point polish pose pounce practice prance pray prepare press
    pretend propose protect prowl pull pump punch push put race raise ram reach read rear recover relax
    release repeat rest retreat return reverse ride rise rock roll rotate row rub run rush salute saunter
    scale scamper scoop scoot scramble scratch scrub search serve set shadowbox shake shift shiver shoot
    shout shove show shrug shuffle shut sidestep signal sing sink sip sit skate ski skid skip slap slash
    sleep slice slide slip slouch slow smash sneak sneeze snowboard sob somersault speak spin spread
    spring sprint squat stagger stand start startle stay step stir stomp stoop stop straighten stretch
    stride strike stroke stroll struggle strut stumble surf surrender swat sway sweep swerve swim swing
    swipe swirl switch swivel take talk tap tell thank think throw thrust tilt tip tiptoe toss touch train
    trample travel tread trip trot trudge try tuck tumble turn twirl twist type unfold unscrew vault veer
    wade wait wake walk wander warm wash watch wave weave whirl wiggle wince wipe wobble work wrestle
    write yawn yell
    """
)

# Verbs that start another verb ("starts walking", "begins to run"): they do not end a verb phrase.
CATENATIVES = _words("start begin continue keep stop try pretend prepare get go finish")

# Nouns that name an action and are said with "does": "a cartwheel" -> "does a cartwheel".
DOES_NOUNS = _words(
    """
    arabesque backflip ballet breakdance burpee calisthenics capoeira cartwheel crunch flip frontflip
    gymnastics handspring handstand headstand hip-hop jack judo karate kung-fu moonwalk parkour pilates
    pirouette plank press-up pull-up push-up pushup roundhouse routine salsa sit-up situp somersault
    taekwondo tai-chi tango trick uppercut waltz workout yoga exercise
    """
)
# Those of them that take no article: "does karate".
MASS_ACTIONS = _words(
    "ballet calisthenics capoeira gymnastics hip-hop judo karate kung-fu parkour pilates salsa taekwondo"
    " tai-chi yoga"
)
# Actions of several words that are said with "does" as they stand, singular or plural.
NAMED_ACTIONS = (
    "arm circle", "ballet", "bicycle crunch", "hand stand", "high knee", "hip circle", "jumping jack",
    "karate", "kung fu", "leg raise", "martial art", "mountain climber", "pull up", "push up", "sit up",
    "star jump", "tai chi", "toe touch", "torso twist",
)  # fmt: skip
# Action nouns that are not spelled like their verb.
NOUN_VERBS = {
    "run-up": "run",
    "laughter": "laugh",
    "applause": "clap",
    "greeting": "greet",
    "leaping": "leap",
}

# Words ending in -s after "and" that are things, not verbs: "raises the hands and arms".
THINGS = _words(
    """
    ankles arms backwards bars boxes chests downwards elbows eyes fingers fists feet forwards hands heads
    heels hips inwards knees legs limbs lips outwards palms sides shoulders sideways steps stairs thighs
    this thumbs toes torsos towards upwards wrists always us his is its as yes across afterwards glasses
    """
)

PEOPLE = _words(
    """
    person man woman human character figure guy girl boy lady gentleman actor avatar model somebody
    someone individual dude subject performer people persons men women humans characters figures guys
    actors avatars
    """
)
_OTHERS = _words(
    "dancer fighter boxer player performer stranger friend partner enemy npc kid child athlete opponent clone"
)
#: Who may come in beside the person of a motion, one and several of them.
ANYONE = (PEOPLE | _OTHERS) - _words(
    "people persons men women humans characters figures guys actors avatars somebody someone"
)
CROWDS = frozenset(
    [
        "people",
        *(
            {
                "man": "men",
                "woman": "women",
                "lady": "ladies",
                "child": "children",
                "enemy": "enemies",
                "gentleman": "gentlemen",
            }.get(one, f"{one}s")
            for one in ANYONE
        ),
    ]
)
#: Who moves, but is no human body.
ANIMALS = _words(
    """
    dog puppy cat kitten horse pony cow bull pig sheep goat donkey rabbit mouse rat squirrel bird parrot eagle
    chicken penguin lion tiger wolf fox bear elephant giraffe zebra monkey gorilla snake lizard crocodile
    turtle frog fish shark whale dolphin spider bee butterfly ant dragon dinosaur unicorn
    """
)
PRONOUNS = _words("he she they it i we you somebody someone everybody everyone him her them")
DETERMINERS = _words("a an the one another some this that my your our his her their its any")
AUXILIARIES = _words(
    "is are was were be am will would should shall must can could may might does did do has have had"
)
ADVERBS = _words(
    "also again just now still both first slow fast quick well carefully suddenly backward backwards forward"
    " forwards "
    "up down"
)
MANNER = {
    "slow": "slowly", "quick": "quickly", "fast": "fast", "rapid": "rapidly", "gentle": "gently",
    "careful": "carefully", "happy": "happily", "sad": "sadly", "angry": "angrily",
    "nervous": "nervously", "brisk": "briskly", "energetic": "energetically", "lazy": "lazily",
    "graceful": "gracefully", "calm": "calmly", "sudden": "suddenly", "backward": "backward",
    "backwards": "backwards", "forward": "forward", "sideways": "sideways", "confident": "confidently",
    "quiet": "quietly", "wild": "wildly", "zombie": "like a zombie", "drunk": "drunkenly",
    "drunken": "drunkenly", "limping": "with a limp", "crouched": "in a crouch", "crouching": "in a crouch",
    "sneaky": "in a crouch", "dejected": "dejectedly", "hunched": "hunched",
}  # fmt: skip

# How a question back begins; the thread knows it again by this.
DOUBT = "Do you mean:"

# Words that point at a motion that is there already, or at a part of it.
POINTERS = _words(
    """
    it him her them these those both all every each instead other first second third last part parts
    everything
    order again same rest between backwards reverse longer shorter faster slower further rather better
    """
)

#: What is typed for a word, and the word.
SHORTHAND = {
    "u": "you", "ur": "your", "r": "are", "n": "and", "w/": "with", "w/o": "without", "b4": "before",
    "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "isnt": "isn't", "shouldnt": "shouldn't",
    "mustnt": "mustn't", "cant": "can't", "whats": "what's", "im": "I'm", "lets": "let's",
    "pls": "please", "plz": "please", "w": "with", "smth": "something", "sth": "something", "em": "them",
    "rly": "really", "tho": "though", "bc": "because", "cuz": "because", "fwd": "forward",
    "bwd": "backward", "bkwd": "backward", "wanna": "want to", "gonna": "going to", "ppl": "people",
    "youre": "you're", "hes": "he's", "shes": "she's", "thats": "that's", "wont": "won't",
    "shud": "should", "wud": "would", "cud": "could", "shoulda": "should", "wat": "what", "wen": "when",
    "thru": "through", "th": "the", "alot": "a lot", "abit": "a bit", "lil": "little", "coz": "because",
}  # fmt: skip

ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
    "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9,
    "tenth": 10, "10th": 10, "opening": 1, "initial": 1, "last": -1, "final": -1, "ending": -1,
    "closing": -1, "middle": 0,
}  # fmt: skip

# Spoken file formats -> the names export_motion takes.
FORMATS = {
    "bvh": "bvh", "vrma": "vrma",
    "glb": "glb", "gltf": "glb", "npz": "npz", "npy": "npy", "numpy": "npy", "amass": "npz",
    "mp4": "mp4", "video": "mp4", "movie": "mp4", "gif": "gif", "html": "html", "webpage": "html",
    "viewer": "html", "png": "png", "picture": "png", "image": "png", "fbx": "fbx", "blender": "bvh",
    "unity": "glb", "unreal": "glb",
}  # fmt: skip
EXPORTABLE = ("bvh", "glb", "npz", "npy", "mp4", "gif", "html", "png", "vrma")
MOTION_FILES = (
    "bvh", "npy", "npz", "amc", "asf", "glb", "gltf", "vrma", "vrm", "pkl", "fbx", "c3d", "trc",
)  # fmt: skip

#: Interjections, as patterns: they ask for nothing wherever they stand.
CHATTER = (
    r"[:;]-?[)(]+",
    r"lo+l", r"(?:ha){2,}h?", r"hehe", r"omg", r"btw", r"idk", r"ofc", r"tbh", r"imo", r"rofl", r"lmao",
    r"(?:so )?basically",
    r"xd", r"tysm", r"thx", r"ty", r"yay", r"wow", r"phew", r"dear", r"mate", r"bro", r"dude(?=[,!.]|$)",
    r"if (?:it|that) (?:isn't|is not|wouldn't be) too much (?:trouble|work)", r"if you don't mind",
    r"if you (?:would|could)(?: be so kind)?(?=[,.!?]|$)", r"(?:please )?don't overthink it",
    r"thank(?:s| you)(?: so| very)?(?: much)?(?: in advance)?", r"(?:you know|i mean)(?=[,.!?]|$)",
    r"(?:can|could) you (?:please )?help (?:me|us)(?: out)?(?: with [^,.!?;\n]*)?(?=[?.!,])",
    r"by the way", r"to be honest", r"sorry(?: about that| for .{1,30})?(?=[,.!?]|$)",
)  # fmt: skip
_SAYS = (
    r"(?:is|are|was|were|says?|said|thinks?|does|did"
    r"|(?:loves?|likes?|wants?|needs?|asked)(?! (?:for )?(?:an?|some\w*|two|three|to (?:see|have|get))\b))"
)
#: How a clause or a sentence begins that gives a reason, or tells of the world outside the motion.
REASONS = (
    r"(?:it|this|that)(?:'s| is|'ll be| will be) (?:for|because|what (?:we|i|they|you))",
    r"(?:it's|its|it is|they're|this is) (?:my|me|our|to (?:show|teach|demonstrate))",
    rf"my (?:\w+ ){{1,2}}{_SAYS}", r"my \w+ (?:sprained|hurt|broke|injured|twisted|pulled|has)",
    rf"(?:the |our )?(?:physio|doctor|coach|teacher|client|director|boss|kids|children)s? {_SAYS}",
    r"(?:looks?|feels?) (?:(?:a bit|kind of|so|too|really) )?"
    r"(?:weird|odd|strange|off|wrong|unnatural|funny|silly|stiff)",
    r"(?:it|this|that) (?:looks?|feels?) (?:(?:a bit|kind of|so|too|really) )?(?!like\b)\w+(?=[,.!?;\n]|$)",
    r"because", r"so that (?:i|we|they|the (?:kids|students|viewers?))", r"that's (?:what|how|why)",
    r"(?:i'm|i am|we're|we are) (?:making|writing|working|teaching|doing|preparing|trying|shooting)",
)  # fmt: skip
#: What it is for, at the end of a request.
PURPOSE = (
    r"(?:so (?:that )?(?:i|we|they|you|(?:my|our|the) \w+) (?:can|could)\b[^.!?;\n]*"
    r"|for (?:an?|my|our|the) (?:[\w-]+ ){0,2}(?:slides?|game|class|lesson|thesis|project|presentation|paper"
    r"|homework|trailer|app|study|kids|talk|poster|demo|portfolio|sheet|handout|leaflet|page|book|website"
    r"|blog|course|workshop|video|film|movie|show))"
)
