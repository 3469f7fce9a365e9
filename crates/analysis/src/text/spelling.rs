//! One spelling for words that British and American English spell differently.
//!
//! The result is for comparing, never for showing: "analyse" and "analyze" both become "analyze",
//! and a word that is no variant ("rise") may become one that does not exist ("rize"), the same for
//! the lists it is compared with.

/// Stems in which British "our" is American "or".
const OUR: &[&str] = &[
    "behaviour",
    "colour",
    "endeavour",
    "favour",
    "flavour",
    "harbour",
    "honour",
    "humour",
    "labour",
    "neighbour",
    "rigour",
    "rumour",
    "vigour",
];

/// Whole words that differ in some other way.
const PAIRS: &[(&str, &str)] = &[
    ("amongst", "among"),
    ("burnt", "burned"),
    ("catalogue", "catalog"),
    ("centre", "center"),
    ("centred", "centered"),
    ("centres", "centers"),
    ("cheque", "check"),
    ("cheques", "checks"),
    ("defence", "defense"),
    ("dialogue", "dialog"),
    ("dreamt", "dreamed"),
    ("enrol", "enroll"),
    ("enrolment", "enrollment"),
    ("fulfil", "fulfill"),
    ("grey", "gray"),
    ("judgement", "judgment"),
    ("leant", "leaned"),
    ("learnt", "learned"),
    ("licence", "license"),
    ("litre", "liter"),
    ("litres", "liters"),
    ("maths", "math"),
    ("metre", "meter"),
    ("metres", "meters"),
    ("mum", "mom"),
    ("offence", "offense"),
    ("practise", "practice"),
    ("practised", "practiced"),
    ("practising", "practicing"),
    ("programme", "program"),
    ("programmes", "programs"),
    ("sceptical", "skeptical"),
    ("smelt", "smelled"),
    ("spelt", "spelled"),
    ("spilt", "spilled"),
    ("spoilt", "spoiled"),
    ("theatre", "theater"),
    ("towards", "toward"),
    ("whilst", "while"),
    // Typed without the apostrophe.
    ("arent", "aren't"),
    ("cant", "can't"),
    ("couldnt", "couldn't"),
    ("didnt", "didn't"),
    ("doesnt", "doesn't"),
    ("dont", "don't"),
    ("hadnt", "hadn't"),
    ("havent", "haven't"),
    ("im", "i'm"),
    ("isnt", "isn't"),
    ("ive", "i've"),
    ("shouldnt", "shouldn't"),
    ("thats", "that's"),
    ("wasnt", "wasn't"),
    ("werent", "weren't"),
    ("weve", "we've"),
    ("wouldnt", "wouldn't"),
];

/// The spelling under which a lower-case word is compared.
#[must_use]
pub fn normal(key: &str) -> String {
    if let Some((_, american)) = PAIRS.iter().find(|(british, _)| *british == key) {
        return (*american).to_owned();
    }
    let mut text = key.to_owned();
    if let Some(stem) = OUR.iter().find(|stem| text.contains(**stem)) {
        text = text.replacen(stem, &stem.replace("our", "or"), 1);
    }
    let chars = text.chars().count();
    for (from, to) in ENDINGS {
        if chars > from.len() + 1 && text.ends_with(from) {
            text.truncate(text.len() - from.len());
            text.push_str(to);
            break;
        }
    }
    text
}

/// Endings that differ, the longest first.
const ENDINGS: &[(&str, &str)] = &[
    ("isations", "izations"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ises", "izes"),
    ("ised", "ized"),
    ("iser", "izer"),
    ("ise", "ize"),
    ("ysing", "yzing"),
    ("ysed", "yzed"),
    ("yse", "yze"),
    ("elling", "eling"),
    ("elled", "eled"),
    ("eller", "eler"),
];

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn both_spellings_become_one() {
        for (british, american) in [
            ("organised", "organized"),
            ("prioritisation", "prioritization"),
            ("analysed", "analyzed"),
            ("behaviours", "behaviors"),
            ("cancelled", "canceled"),
            ("modelling", "modeling"),
            ("programme", "program"),
            ("learnt", "learned"),
            ("practised", "practiced"),
            ("centre", "center"),
        ] {
            assert_eq!(normal(british), normal(american), "{british}");
        }
    }

    #[test]
    fn different_words_stay_different() {
        assert_ne!(normal("four"), normal("for"));
        assert_ne!(normal("filled"), normal("filed"));
        assert_ne!(normal("your"), normal("yor"));
    }
}
