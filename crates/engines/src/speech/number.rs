//! Numbers as American English words: "one hundred five", "twenty third", "nineteen oh four".

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [&str; 5] = ["", " thousand", " million", " billion", " trillion"];
/// Longer numbers than this are read digit by digit, as people read account numbers.
const DIGITS_MAX: usize = 15;

/// A whole number's words from its digits; digit by digit when it starts with a nought or is longer
/// than anybody would say in one piece.
pub(super) fn cardinal(digits: &str) -> String {
    if digits.len() > DIGITS_MAX || (digits.len() > 1 && digits.starts_with('0')) {
        return one_by_one(digits);
    }
    digits.parse().map_or_else(|_| one_by_one(digits), words)
}

/// Each digit by itself; whatever is no digit is left out.
pub(super) fn one_by_one(digits: &str) -> String {
    let names = digits.chars().filter_map(|c| c.to_digit(10)).map(|d| ONES[d as usize]);
    names.collect::<Vec<_>>().join(" ")
}

/// "third" for "3"; `None` for what is too long to be a rank.
pub(super) fn ordinal(digits: &str) -> Option<String> {
    let number = digits.parse::<u64>().ok().filter(|_| digits.len() <= DIGITS_MAX)?;
    let cardinal = words(number);
    let (head, last) = match cardinal.rsplit_once(' ') {
        Some((head, last)) => (format!("{head} "), last),
        None => (String::new(), cardinal.as_str()),
    };
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        tens if tens.ends_with('y') => format!("{}ieth", &tens[..tens.len() - 1]),
        other => format!("{other}th"),
    };
    Some(head + &last)
}

/// Four digits the way years are read: "nineteen eighty four", "two thousand five", "twenty ten".
pub(super) fn year(digits: &str) -> String {
    let Ok(number) = digits.parse::<u64>() else { return one_by_one(digits) };
    let (century, rest) = (number / 100, number % 100);
    if digits.len() != 4 || century < 10 || (century.is_multiple_of(10) && rest < 10) {
        return cardinal(digits);
    }
    match rest {
        0 => format!("{} hundred", words(century)),
        1..=9 => format!("{} oh {}", words(century), words(rest)),
        _ => format!("{} {}", words(century), words(rest)),
    }
}

/// The digits of a name, a version or a room: "seven thirty seven", "four oh four", "nineteen".
pub(super) fn label(digits: &str) -> String {
    match digits.as_bytes() {
        [a, b'0', c] if *c != b'0' && *a != b'0' => {
            format!("{} oh {}", ONES[usize::from(a - b'0')], ONES[usize::from(c - b'0')])
        }
        [a, b'1'..=b'9', _] if *a != b'0' => {
            format!("{} {}", ONES[usize::from(a - b'0')], cardinal(&digits[1..]))
        }
        bytes if bytes.len() > 3 => one_by_one(digits),
        _ => cardinal(digits),
    }
}

/// A number with a point: the part before it as a whole, the part behind it digit by digit.
pub(super) fn decimal(whole: &str, fraction: &str) -> String {
    let whole = if whole.is_empty() { "zero".to_owned() } else { cardinal(whole) };
    if fraction.is_empty() { whole } else { format!("{whole} point {}", one_by_one(fraction)) }
}

fn words(number: u64) -> String {
    if number == 0 {
        return ONES[0].to_owned();
    }
    let mut groups = Vec::new();
    let mut rest = number;
    for scale in SCALES {
        let group = rest % 1000;
        if group > 0 {
            groups.push(below_thousand(group) + scale);
        }
        rest /= 1000;
    }
    groups.reverse();
    groups.join(" ")
}

fn below_thousand(number: u64) -> String {
    let mut parts = Vec::new();
    if number >= 100 {
        parts.push(ONES[(number / 100) as usize]);
        parts.push("hundred");
    }
    let rest = number % 100;
    if rest >= 20 {
        parts.push(TENS[(rest / 10) as usize]);
        if !rest.is_multiple_of(10) {
            parts.push(ONES[(rest % 10) as usize]);
        }
    } else if rest > 0 {
        parts.push(ONES[rest as usize]);
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(got: &str, want: &str) {
        assert_eq!(got, want);
    }

    #[test]
    fn whole_numbers_are_read_as_one() {
        check(&cardinal("0"), "zero");
        check(&cardinal("105"), "one hundred five");
        check(
            &cardinal("1234567"),
            "one million two hundred thirty four thousand five hundred sixty seven",
        );
        check(&cardinal("1000000000"), "one billion");
    }

    #[test]
    fn what_nobody_counts_is_read_by_digits() {
        check(&cardinal("007"), "zero zero seven");
        check(&cardinal("1234567890123456"), &one_by_one("1234567890123456"));
        check(&label("5551234"), "five five five one two three four");
    }

    #[test]
    fn ranks_change_their_last_word() {
        check(&ordinal("1").unwrap_or_default(), "first");
        check(&ordinal("12").unwrap_or_default(), "twelfth");
        check(&ordinal("23").unwrap_or_default(), "twenty third");
        check(&ordinal("40").unwrap_or_default(), "fortieth");
        check(&ordinal("1000").unwrap_or_default(), "one thousandth");
    }

    #[test]
    fn years_are_read_in_pairs() {
        check(&year("1984"), "nineteen eighty four");
        check(&year("1904"), "nineteen oh four");
        check(&year("1900"), "nineteen hundred");
        check(&year("2005"), "two thousand five");
        check(&year("2010"), "twenty ten");
        check(&year("2026"), "twenty twenty six");
    }

    #[test]
    fn labels_are_read_as_people_say_them() {
        check(&label("737"), "seven thirty seven");
        check(&label("404"), "four oh four");
        check(&label("500"), "five hundred");
        check(&label("19"), "nineteen");
    }

    #[test]
    fn a_fraction_is_read_digit_by_digit() {
        check(&decimal("3", "14"), "three point one four");
        check(&decimal("", "5"), "zero point five");
        check(&decimal("99", "90"), "ninety nine point nine zero");
    }
}
