//! Written forms as the words people say for them: times, dates, money, measures, abbreviations,
//! addresses and signs. What comes out has no digits left, only words and punctuation.

mod tables;

use self::tables::{
    Currency, DOTTED, HOST_ENDINGS, MAGNITUDES, MONEY, MONTHS, NUMBERED, SIGNS, TITLES, UNDOTTED,
    UNITS, WEEKDAYS,
};
use super::number;

/// Characters that may stand in front of a word without belonging to it.
const OPENERS: &[char] = &['"', '\'', '“', '‘', '(', '[', '{', '<', '*', '_', '`', '¿', '¡', '«'];
/// Characters that may stand behind a word without belonging to it.
const CLOSERS: &[char] = &[
    '"', '\'', '”', '’', ')', ']', '}', '>', '*', '_', '`', '»', '.', ',', ';', ':', '!', '?', '…',
    '—', '–',
];
/// Addresses longer than this are read as their host alone.
const ADDRESS_CHARS_MAX: usize = 40;

/// One run of characters between spaces, without the punctuation around it.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    lead: &'a str,
    core: &'a str,
    tail: &'a str,
}

impl<'a> Piece<'a> {
    fn new(run: &'a str) -> Self {
        // A sign that means something by itself is a word, however much it looks like punctuation.
        if find(UNDOTTED, run).is_some() {
            return Piece { lead: "", core: run, tail: "" };
        }
        let inner = run.trim_start_matches(OPENERS);
        let mut core = inner.trim_end_matches(CLOSERS);
        // The bracket of a call belongs to its name.
        if core.contains('(') && !core.contains(')') && inner[core.len()..].starts_with(')') {
            core = &inner[..=core.len()];
        }
        let lead = &run[..run.len() - inner.len()];
        Piece { lead, core, tail: &inner[core.len()..] }
    }

    fn dotted(&self) -> bool {
        self.tail.starts_with('.')
    }
}

/// What some pieces at the front of the rest are read as.
struct Reading {
    words: String,
    /// How many pieces it stands for, at least one.
    pieces: usize,
    /// Whether the full stop behind the last one is part of an abbreviation.
    takes_dot: bool,
}

impl Reading {
    fn one(words: impl Into<String>) -> Option<Reading> {
        Reading::of(words, 1)
    }

    fn of(words: impl Into<String>, pieces: usize) -> Option<Reading> {
        Some(Reading { words: words.into(), pieces, takes_dot: false })
    }

    fn abbreviation(words: impl Into<String>) -> Option<Reading> {
        Some(Reading { words: words.into(), pieces: 1, takes_dot: true })
    }
}

/// The words and punctuation that are said for `text`.
pub(super) fn spoken(text: &str) -> String {
    let text = tidy(text);
    let pieces: Vec<Piece<'_>> = text.split_whitespace().map(Piece::new).collect();
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = "";
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let reading = read(&pieces[at..], previous).unwrap_or_else(|| Reading {
            words: plain(piece.core),
            pieces: 1,
            takes_dot: false,
        });
        let last = pieces[at + reading.pieces.max(1) - 1];
        at += reading.pieces.max(1);
        push(&mut out, piece.lead);
        out.push_str(reading.words.trim());
        let ends_here = at == pieces.len();
        let tail = if reading.takes_dot && !ends_here {
            last.tail.strip_prefix('.').unwrap_or(last.tail)
        } else {
            last.tail
        };
        out.extend(tail.chars().filter(|c| !matches!(c, '*' | '_' | '`' | '\'' | '’' | '>')));
        previous = last.core;
    }
    out
}

/// Typographic variants as the one sign that the tables know, and the rest as it is.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '’' | 'ʼ' | '`' | '´' | '‛' => out.push('\''),
            '‐' | '‑' | '‒' | '−' => out.push('-'),
            '―' | '─' => out.push('—'),
            '，' | '、' => out.push_str(", "),
            '。' | '．' => out.push_str(". "),
            '！' => out.push('!'),
            '？' => out.push('?'),
            '：' => out.push(':'),
            '；' => out.push(';'),
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn push(out: &mut String, lead: &str) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.extend(lead.chars().filter(|c| matches!(c, '"' | '“' | '(' | '[' | '{' | '«')));
}

fn read(pieces: &[Piece<'_>], previous: &str) -> Option<Reading> {
    let piece = pieces.first()?;
    if piece.core.is_empty() {
        return None;
    }
    let sure = fixed(pieces)
        .or_else(|| address(piece.core))
        .or_else(|| month_first(pieces))
        .or_else(|| sign_apart(pieces));
    if sure.is_some() || !piece.core.contains(|c: char| c.is_ascii_digit()) {
        return sure;
    }
    clock(pieces)
        .or_else(|| date(piece.core))
        .or_else(|| day_first(pieces, previous))
        .or_else(|| quantity(pieces))
        .or_else(|| figures(piece.core))
}

/// Titles, abbreviations and signs that stand for a fixed word.
fn fixed(pieces: &[Piece<'_>]) -> Option<Reading> {
    let Piece { core, .. } = pieces[0];
    let next = pieces.get(1);
    let before_name = next.is_some_and(|next| next.core.starts_with(char::is_uppercase));
    if before_name && let Some(title) = find(TITLES, core) {
        return Reading::abbreviation(title);
    }
    let before_number =
        next.is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit()));
    if core == "No" && pieces[0].dotted() && before_number {
        return Reading::abbreviation("number");
    }
    if pieces[0].dotted() {
        let lower = core.to_lowercase();
        if let Some(words) = find(DOTTED, &lower).or_else(|| next.and(calendar(core))) {
            return Reading::abbreviation(words);
        }
    }
    if let Some(words) = find(UNDOTTED, core) {
        return Reading::one(words);
    }
    if let Some(value) = next.and_then(|next| roman(next.core))
        && NUMBERED.contains(&core.to_lowercase().as_str())
    {
        return Reading::of(format!("{core} {}", number::cardinal(&value.to_string())), 2);
    }
    None
}

/// "Jan" and "Mon" when written with a full stop.
fn calendar(core: &str) -> Option<&'static str> {
    let short = core.len() >= 3 && core.len() <= 5 && core.starts_with(char::is_uppercase);
    let mut names = MONTHS.iter().chain(&WEEKDAYS);
    names.find(|name| short && name.starts_with(core)).copied()
}

fn month(word: &str) -> Option<&'static str> {
    let whole = MONTHS.iter().find(|name| **name == word);
    let short = || MONTHS.iter().find(|name| word.len() == 3 && name.starts_with(word));
    whole.or_else(short).or((word == "Sept").then_some(&MONTHS[8])).copied()
}

/// "3" or "3rd", as long as a month has such a day, as "third".
fn day(word: &str) -> Option<String> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let suffix = &word[digits.len()..];
    let fits = matches!(suffix, "" | "st" | "nd" | "rd" | "th") && all_digits(digits);
    let value: u8 = digits.parse().ok().filter(|value| fits && (1..=31).contains(value))?;
    number::ordinal(&value.to_string())
}

/// "March 3".
fn month_first(pieces: &[Piece<'_>]) -> Option<Reading> {
    let name = month(pieces[0].core)?;
    let next = pieces.get(1).filter(|_| pieces[0].tail.trim_matches('.').is_empty())?;
    Reading::of(format!("{name} {}", day(next.core)?), 2)
}

/// "3 March", "3rd of March".
fn day_first(pieces: &[Piece<'_>], previous: &str) -> Option<Reading> {
    let day = day(pieces[0].core).filter(|_| pieces[0].tail.is_empty())?;
    let of = usize::from(pieces.get(1)?.core == "of");
    let name = month(pieces.get(1 + of)?.core)?;
    let article = if previous.eq_ignore_ascii_case("the") { "" } else { "the " };
    Reading::of(format!("{article}{day} of {name}"), 2 + of)
}

/// "3:30", "3:30 pm", "3pm", "3 p.m."
fn clock(pieces: &[Piece<'_>]) -> Option<Reading> {
    let core = pieces[0].core;
    let digits = core.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let mut half = half_of_day(&core[digits.len()..]);
    let mut used = 1;
    if half.is_none() && digits == core && pieces[0].tail.is_empty() {
        half = pieces.get(1).and_then(|next| half_of_day(next.core));
        used += usize::from(half.is_some());
    }
    if digits.len() != core.len() && half.is_none() {
        return None;
    }
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, ""));
    let has_minute = minute.len() == 2 && all_digits(minute) && minute < "60";
    let fits = all_digits(hour) && hour.len() <= 2 && hour.parse::<u8>().is_ok_and(|h| h <= 24);
    if !fits || !(has_minute || minute.is_empty() && half.is_some()) {
        return None;
    }
    let hour = number::cardinal(&hour.parse::<u8>().ok()?.to_string());
    let minute = match (minute, half) {
        ("00", None) => " o'clock".to_owned(),
        ("00" | "", Some(_)) => String::new(),
        (minute, _) if minute.starts_with('0') => format!(" oh {}", number::cardinal(&minute[1..])),
        (minute, _) => format!(" {}", number::cardinal(minute)),
    };
    let half = half.map(|half| format!(" {half}")).unwrap_or_default();
    let takes_dot = core.contains('.') || (used == 2 && pieces[1].core.contains('.'));
    Some(Reading { words: format!("{hour}{minute}{half}"), pieces: used, takes_dot })
}

fn half_of_day(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "am" | "a.m" => Some("A.M"),
        "pm" | "p.m" => Some("P.M"),
        _ => None,
    }
}

/// "2024-03-05" and "3/5/2024" (month first, unless that cannot be).
fn date(core: &str) -> Option<Reading> {
    let (year, first, second) = if let Some((year, rest)) = core.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        (year, month, day)
    } else {
        let (first, rest) = core.split_once('/')?;
        let (second, year) = rest.split_once('/')?;
        (year, first, second)
    };
    let fits = year.len() == 4 && [year, first, second].into_iter().all(all_digits);
    let (first, second): (usize, usize) =
        fits.then(|| Some((first.parse().ok()?, second.parse().ok()?)))??;
    let (month, day) = if first <= 12 { (first, second) } else { (second, first) };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let day = number::ordinal(&day.to_string())?;
    Reading::one(format!("{} {day}, {}", MONTHS[month - 1], number::year(year)))
}

/// A number with the signs around it.
#[derive(Debug)]
struct Quantity<'a> {
    minus: bool,
    sign: &'a str,
    whole: String,
    grouped: bool,
    fraction: Option<&'a str>,
    suffix: &'a str,
}

impl<'a> Quantity<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let minus = text.starts_with('-');
        let from = unsigned.find(|c: char| c.is_ascii_digit() || c == '.')?;
        let (sign, rest) = unsigned.split_at(from);
        if !sign.is_empty() && money(sign).is_none() && sign != "#" && sign != "~" {
            return None;
        }
        let number_end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.'))
            .unwrap_or(rest.len());
        let (number, suffix) = rest.split_at(number_end);
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (number, None),
        };
        let grouped = whole.contains(',');
        let groups_fit = whole.split(',').skip(1).all(|group| group.len() == 3);
        let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
        let fits = groups_fit && fraction.is_none_or(all_digits);
        let some = !whole.is_empty() || fraction.is_some();
        (fits && some).then_some(Quantity { minus, sign, whole, grouped, fraction, suffix })
    }

    fn is_one(&self) -> bool {
        self.whole == "1" && self.fraction.is_none()
    }

    /// The number alone.
    fn words(&self) -> String {
        let minus = if self.minus { "minus " } else { "" };
        let words = match self.fraction {
            Some(fraction) => number::decimal(&self.whole, fraction),
            None if self.whole.len() == 4 && !self.grouped && money(self.sign).is_none() => {
                number::year(&self.whole)
            }
            None => number::cardinal(&self.whole),
        };
        format!("{minus}{words}")
    }
}

fn money(sign: &str) -> Option<&'static Currency> {
    MONEY.iter().find(|(text, ..)| *text == sign)
}

/// Numbers with what is counted: money, measures, percentages, ranks, decades, ranges.
fn quantity(pieces: &[Piece<'_>]) -> Option<Reading> {
    let core = pieces[0].core;
    if let Some(reading) = range(pieces) {
        return Some(reading);
    }
    let quantity = Quantity::parse(core)?;
    let next = pieces.get(1).filter(|_| pieces[0].tail.is_empty()).map(|next| next.core);
    if money(quantity.sign).is_some() {
        return amount(&quantity, next);
    }
    let words = quantity.words();
    let lead = match quantity.sign {
        "#" => "number ",
        "~" => "about ",
        _ if core.starts_with('+') => "plus ",
        _ => "",
    };
    if let Some(unit) = unit(quantity.suffix, &quantity) {
        return Reading::one(format!("{lead}{words} {unit}"));
    }
    match quantity.suffix {
        "" => match next
            .filter(|next| !matches!(*next, "+" | "h"))
            .and_then(|next| unit(next, &quantity))
        {
            Some(unit) => Reading::of(format!("{lead}{words} {unit}"), 2),
            None => Reading::one(format!("{lead}{words}")),
        },
        "st" | "nd" | "rd" | "th" => Reading::one(number::ordinal(&quantity.whole)?),
        "s" | "'s" => Reading::one(plural(&words)),
        "M" => Reading::one(format!("{lead}{words} million")),
        "B" | "bn" => Reading::one(format!("{lead}{words} billion")),
        "k" | "K" => Reading::one(format!("{lead}{words} thousand")),
        "x" => Reading::one(format!("{lead}{words} times")),
        _ => None,
    }
}

fn unit(text: &str, quantity: &Quantity<'_>) -> Option<&'static str> {
    let (_, one, many) = UNITS.iter().find(|(unit, ..)| *unit == text)?;
    Some(if quantity.is_one() { one } else { many })
}

/// "USD 500", "€ 20".
fn sign_apart(pieces: &[Piece<'_>]) -> Option<Reading> {
    let next =
        pieces.get(1).filter(|_| pieces[0].tail.is_empty() && money(pieces[0].core).is_some())?;
    let quantity = Quantity::parse(next.core).filter(|quantity| quantity.sign.is_empty())?;
    let behind = pieces.get(2).filter(|_| next.tail.is_empty()).map(|piece| piece.core);
    let reading = amount(&Quantity { sign: pieces[0].core, ..quantity }, behind)?;
    Some(Reading { pieces: reading.pieces + 1, ..reading })
}

/// Money: "$5", "$9.99", "$1.5 million", "£80k".
fn amount(quantity: &Quantity<'_>, next: Option<&str>) -> Option<Reading> {
    let (_, one, many, coin, coins) = *money(quantity.sign)?;
    let attached = find(MAGNITUDES, quantity.suffix);
    let spaced = next.and_then(|next| find(&MAGNITUDES[..5], next));
    if let Some(magnitude) = attached.or(spaced.filter(|_| quantity.suffix.is_empty())) {
        let used = if attached.is_some() { 1 } else { 2 };
        return Reading::of(format!("{} {magnitude} {many}", quantity.words()), used);
    }
    let plus = match quantity.suffix {
        "" => "",
        "+" => " plus",
        _ => return None,
    };
    let minus = if quantity.minus { "minus " } else { "" };
    let whole = number::cardinal(if quantity.whole.is_empty() { "0" } else { &quantity.whole });
    let unit = if quantity.whole == "1" { one } else { many };
    let words = match quantity.fraction {
        Some(fraction) if fraction.len() == 2 && fraction != "00" => {
            let cents = number::cardinal(fraction.trim_start_matches('0'));
            let coin = if fraction == "01" { coin } else { coins };
            if quantity.whole.trim_start_matches('0').is_empty() {
                format!("{cents} {coin}")
            } else {
                format!("{whole} {unit} and {cents} {coin}")
            }
        }
        Some(fraction) if fraction != "00" => {
            format!("{} {many}", number::decimal(&quantity.whole, fraction))
        }
        _ => format!("{whole} {unit}"),
    };
    Reading::one(format!("{minus}{words}{plus}"))
}

/// "5-10", "$80-100k", "10–15%", "2019-2021".
fn range(pieces: &[Piece<'_>]) -> Option<Reading> {
    let (low, high) = pieces[0].core.split_once(['-', '–'])?;
    let (low, high) = (Quantity::parse(low)?, Quantity::parse(high)?);
    let same_kind = high.sign.is_empty() || high.sign == low.sign;
    let phone = low.whole.len() == 3 && high.whole.len() == 4;
    if phone || !same_kind || high.minus || !(low.suffix.is_empty() || low.suffix == high.suffix) {
        return None;
    }
    let mut from = low.words();
    if let Some(magnitude) = find(MAGNITUDES, low.suffix) {
        from = format!("{from} {magnitude}");
    }
    let upper = Quantity { sign: low.sign, ..high };
    let next = pieces.get(1).filter(|_| pieces[0].tail.is_empty()).map(|next| next.core);
    let upper = if money(upper.sign).is_some() {
        amount(&upper, next)?
    } else {
        let unit = unit(upper.suffix, &upper).or_else(|| find(MAGNITUDES, upper.suffix));
        match unit {
            Some(unit) => Reading::one(format!("{} {unit}", upper.words()))?,
            None if upper.suffix.is_empty() => Reading::one(upper.words())?,
            None => return None,
        }
    };
    Reading::of(format!("{from} to {}", upper.words), upper.pieces)
}

/// The other things written with digits: telephone numbers, versions, fractions, names with digits.
fn figures(core: &str) -> Option<Reading> {
    let groups: Vec<&str> = core.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if matches!(lengths[..], [3, 4] | [3, 3, 4]) && groups.iter().all(|group| all_digits(group)) {
        let groups: Vec<String> = groups.iter().map(|group| number::one_by_one(group)).collect();
        return Reading::one(groups.join(", "));
    }
    if let Some((over, under)) =
        core.split_once('/').filter(|(a, b)| all_digits(a) && all_digits(b))
    {
        return Reading::one(fraction(over, under));
    }
    if let Some((left, right)) =
        core.split_once(':').filter(|(a, b)| all_digits(a) && all_digits(b))
    {
        return Reading::one(format!("{} to {}", number::cardinal(left), number::cardinal(right)));
    }
    Reading::one(mixed(core))
}

fn fraction(over: &str, under: &str) -> String {
    let (top, bottom) = (number::cardinal(over), number::cardinal(under));
    let many = if over == "1" { "" } else { "s" };
    match (over, under) {
        ("1", "2") => "one half".to_owned(),
        (_, "4") if over < "4" && over.len() == 1 => format!("{top} quarter{many}"),
        (_, "3" | "5" | "6" | "7" | "8" | "9" | "10")
            if over.len() <= under.len() && over < under || under == "10" && over.len() == 1 =>
        {
            let part = number::ordinal(under).unwrap_or_default();
            format!("{top} {part}{many}")
        }
        _ => format!("{top} {bottom}"),
    }
}

/// Letters, digits and signs in one word: "H1B", "v2.1", "COVID-19", "B2B".
fn mixed(core: &str) -> String {
    let chars: Vec<char> = core.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if digits == 0 {
            let dot = chars[at] == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit);
            match chars[at] {
                '.' if dot && at > 0 => out.push_str(" point "),
                '-' | ',' | '/' | ':' => out.push(' '),
                c => out.push(c),
            }
            at += 1;
            continue;
        }
        let run: String = chars[at..at + digits].iter().collect();
        let suffix: String =
            chars[at + digits..].iter().take_while(|c| c.is_alphabetic()).collect();
        let between_letters = at > 0 && chars[at - 1].is_alphabetic() && !suffix.is_empty();
        let rank =
            number::ordinal(&run).filter(|_| matches!(suffix.as_str(), "st" | "nd" | "rd" | "th"));
        let words = match rank {
            Some(rank) => {
                at += suffix.len();
                rank
            }
            None if run == "2" && between_letters => "to".to_owned(),
            None => number::label(&run),
        };
        out.push_str(&format!(" {words} "));
        at += digits;
    }
    plain(&out)
}

/// An address of the web or of mail, or a file's name.
fn address(core: &str) -> Option<Reading> {
    let bare = core.trim_start_matches("https://").trim_start_matches("http://");
    let stripped = bare.strip_prefix("www.").unwrap_or(bare);
    let host_end = stripped.find(['/', '?', '#']).unwrap_or(stripped.len());
    let (host, path) = stripped.split_at(host_end);
    let ending = host.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let known = ending.is_some_and(|ending| HOST_ENDINGS.contains(&ending.as_str()));
    if !(known || stripped.len() < core.len()) || host.is_empty() {
        return None;
    }
    let path =
        if path.chars().count() > ADDRESS_CHARS_MAX { "" } else { path.trim_end_matches('/') };
    let mut words = String::new();
    for c in host.chars().take(2 * ADDRESS_CHARS_MAX).chain(path.chars()) {
        match c {
            '.' => words.push_str(" dot "),
            '/' => words.push_str(" slash "),
            '-' => words.push_str(" dash "),
            '_' => words.push_str(" underscore "),
            '@' => words.push_str(" at "),
            c if c.is_alphanumeric() => words.push(c),
            _ => words.push(' '),
        }
    }
    Reading::one(words.split_whitespace().map(mixed).collect::<Vec<_>>().join(" "))
}

/// A word as it stands, with signs named, underscores opened and file endings read.
fn plain(core: &str) -> String {
    let initials = core.split('.').all(|part| part.chars().count() <= 2);
    let chars: Vec<char> = core.chars().collect();
    let mut out = String::with_capacity(core.len());
    for (at, &c) in chars.iter().enumerate() {
        let inside = at > 0 && at + 1 < chars.len();
        let letters = inside && chars[at - 1].is_alphanumeric() && chars[at + 1].is_alphanumeric();
        match c {
            '.' if letters && !initials => out.push_str(" dot "),
            '/' | '\\' | '_' | '*' | '^' | '`' | '<' | '>' => out.push(' '),
            '(' | ')' | '[' | ']' | '{' | '}' => out.push(' '),
            c if c.is_alphabetic()
                || matches!(
                    c,
                    '\'' | '-' | '.' | ',' | '…' | ' ' | ':' | ';' | '?' | '!' | '"' | '“' | '”'
                ) =>
            {
                out.push(c);
            }
            c => out.push_str(
                SIGNS.iter().find(|(sign, _)| *sign == c).map_or(" ", |(_, words)| words),
            ),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "nineteen nineties" from "nineteen ninety".
fn plural(words: &str) -> String {
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if words.ends_with('x') => format!("{words}es"),
        None => format!("{words}s"),
    }
}

/// The value of a Roman numeral up to thirty nine, written in capitals.
fn roman(word: &str) -> Option<u32> {
    const TENS: [&str; 4] = ["", "X", "XX", "XXX"];
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    (1..40)
        .find(|value| format!("{}{}", TENS[value / 10], ONES[value % 10]) == word)
        .map(|value| value as u32)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn find(table: &[(&str, &'static str)], key: &str) -> Option<&'static str> {
    table.iter().find(|(text, _)| *text == key).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, said: &str) {
        assert_eq!(spoken(written), said);
    }

    #[test]
    fn plain_words_stay() {
        check("Tell me about yourself.", "Tell me about yourself.");
        check("He said \"no\", didn't he?", "He said \"no\", didn't he?");
        check("", "");
    }

    #[test]
    fn times_are_said_as_on_the_telephone() {
        check("at 10:30 on Monday", "at ten thirty on Monday");
        check("3:05 pm, please", "three oh five P.M, please");
        check("from 9 a.m. to 5pm.", "from nine A.M to five P.M.");
        check("at 12:00", "at twelve o'clock");
    }

    #[test]
    fn dates_are_said_in_words() {
        check("on March 3, 2024,", "on March third, twenty twenty four,");
        check("the 3rd of March", "the third of March");
        check("5 Jan. 2019", "the fifth of January. twenty nineteen");
        check("by 2024-03-05", "by March fifth, twenty twenty four");
        check("12/25/2023", "December twenty fifth, twenty twenty three");
        check("the 1990s", "the nineteen nineties");
    }

    #[test]
    fn money_is_said_with_its_name() {
        check("$9.99", "nine dollars and ninety nine cents");
        check("$1", "one dollar");
        check("£2,500", "two thousand five hundred pounds");
        check("$1.5 million saved", "one point five million dollars saved");
        check("$80-100k", "eighty to one hundred thousand dollars");
        check("€0.50", "fifty cents");
        check("USD 500 or € 2.5 million", "five hundred dollars or two point five million euros");
    }

    #[test]
    fn measures_ranks_and_shares_are_said() {
        check("99.9% uptime", "ninety nine point nine percent uptime");
        check("under 200ms or 5 GB", "under two hundred milliseconds or five gigabytes");
        check(
            "the 21st, 10-15% of 1 km",
            "the twenty first, ten to fifteen percent of one kilometer",
        );
        check("#1 of 1,250", "number one of one thousand two hundred fifty");
        check("1/2 and 3/4, 50/50", "one half and three quarters, fifty fifty");
    }

    #[test]
    fn abbreviations_are_read_out_and_keep_the_end_of_the_sentence() {
        check("Dr. Smith, e.g. today", "Doctor Smith, for example today");
        check("teams, tools, etc.", "teams, tools, et cetera.");
        check("No. 5", "number five");
        check("phase II", "phase two");
        check("I met Jan.", "I met Jan.");
    }

    #[test]
    fn technical_names_are_readable() {
        check("C++ and C#", "C plus plus and C sharp");
        check("H1B, B2B, COVID-19", "H one B, B to B, COVID nineteen");
        check("R&D, CI/CD", "R and D, CI CD");
        check("see https://www.example.com/jobs", "see example dot com slash jobs");
        check("jo.doe@example.org", "jo dot doe at example dot org");
        check("v2.1", "v two point one");
        check("a 2nd-level, 5-year plan", "a second level, five year plan");
        check("Call 415-555-0123", "Call four one five, five five five, zero one two three");
    }

    #[test]
    fn what_cannot_be_said_is_left_out() {
        check("Well done 👍!", "Well done !");
        check("f(x) = y", "f x equals y");
        check("render() failed", "render failed");
    }
}
