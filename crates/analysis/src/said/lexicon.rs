//! Lists of words by what they show of the word beside them. Written for this project.

use crate::text::lexicon::words;

words! {
    /// Subjects of a clause that begins.
    SUBJECTS: "i we you they he she it i'm i'd i've i'll we'd we're we've we'll they'd they're he'd
        he's she'd she's it's it'd that's there there's nobody everybody everyone somebody
        someone people you'd you're you've who"
}

words! {
    /// What stands for a person or thing, or opens its name, after a verb.
    OBJECTS: "it him her them me us this that these those mine his hers theirs yours ours everyone
        everybody most many any all other others"
}

words! {
    /// After these "like" compares: how something looks, or something of a kind.
    BEFORE_LIKENESS: "look looks looked looking feel feels felt feeling sound sounds sounded seem seems seemed
        smell smells smelled smelt taste tasted act acts acted behave behaved treat treated
        works worked something anything nothing things thing stuff somebody someone anybody
        nobody people more less much exactly unlike quite always not never"
}

words! {
    /// After these "like" is a verb.
    BEFORE_LIKING: "i we you they who would i'd we'd you'd they'd he'd she'd who'd do don't did didn't
        doesn't does wouldn't will won't might may really also still to can could nobody people
        everybody"
}

words! {
    /// With these a speaker is quoted.
    QUOTE_STARTS: "no yes yeah okay ok oh hey what why how where well either i we you i'm we're you're
        let's guys wait sorry are is do can it's that's come look right hang whatever"
}

words! {
    /// Between these and what they lead to "like" does nothing.
    LEADING: "and but or because for in on at with from through about after then just of by to so
        basically actually literally took take takes a an the my our this kind was were be been
        had have has got is it's i'm"
}

words! {
    /// Before these "well" says how or how far.
    AFTER_HOW_WELL: "done known over before past said aware ahead beyond under above below into worth paid
        looked made built played meant liked used enough explained organised organized prepared
        received within after away"
}

words! {
    /// Before these a "so" that ends has its own meaning.
    BEFORE_ENDING_SO: "or think thought hope hoped say said says do did does doing done tell told guess even if
        more not believe suppose just been me us is was it"
}

words! {
    /// After these somebody is said to know.
    BEFORE_KNOWING: "do did if as let would to don't didn't once when what how whether until before must
        should might may can everything all than people will think wherever whatever who
        somebody someone anyone anybody one far things"
}

words! {
    /// Before these there is something that is known.
    AFTER_KNOWING: "how what who where when why whether that him about nothing more as this these those them
        exactly enough much too better which of"
}

words! {
    /// Words that are followed by a kind of something.
    BEFORE_KIND: "what which other same right wrong certain different of particular special new only very
        whatever"
}

words! {
    /// Words that set what is so against what was thought, said or feared.
    CONTRAST: "but though although whether thought supposed expected nobody never not hardly what
        instead however turned question anyone anybody even rather who see than"
}

words! {
    /// Doubled, these say more than once.
    MEANT_TWICE: "very really so long many far much no yes yeah yep bye ha never too big more again now
        well okay ok please thanks every all just up down hello hey come go wait right oh quite
        always only even still"
}

words! {
    /// Doubled without a pause, these are grammar ("had had", "that that").
    GRAMMAR_TWICE: "had that is was her"
}

words! {
    /// Words before a hyphen that are whole ("well-").
    COMPOUNDED: "well part half self long short high low full non co ex anti multi semi"
}

words! {
    /// Days and months.
    DAYS: "monday tuesday wednesday thursday friday saturday sunday january february march april
        may june july august september october november december"
}

words! {
    /// Whose.
    POSSESSIVES: "my your his her our their its"
}

words! {
    /// Articles and pointers.
    ARTICLES: "the a an this that these those"
}

words! {
    /// Small prepositions.
    PREPOSITIONS: "in on at to for from with by of about into"
}

words! {
    /// The first words of fillers by which something may be put right.
    EDITING: "i well actually"
}

words! {
    /// Finite forms of which one may take the place of another.
    AUXILIARIES: "am is are was were have has had do does did will would can could shall should may might
        must"
}

words! {
    /// Words that end no clause, and begin none.
    OPEN_ENDS: "the a an to of in on at by for from with into about my our his their your its was were
        is are am be been have has had will would could should can may might must very really
        not"
}

words! {
    /// Subjects, without what is drawn together with them.
    PRONOUNS: "i we you they he she it there"
}

words! {
    /// Words that may stand before the first one without leading to it.
    OPENERS: "um uh er erm hm hmm mm ah oh ooh okay ok yes yeah right well sure and so"
}

words! {
    /// Numbers in words.
    NUMBERS: "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
        ninety hundred thousand half"
}
