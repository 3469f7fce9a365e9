//! From a JSON schema to a grammar that llama.cpp holds a model to (GBNF).
//!
//! What judges need and no more: objects all of whose members are required, arrays, strings, whole
//! numbers and strings of a list, truth. Members come in the order of the schema, white space is one
//! space after a comma or colon at most, so that a model cannot write blanks for ever.

use std::fmt::Write as _;

use serde_json::Value;

/// The rule that a grammar begins with.
pub const ROOT: &str = "root";

/// A JSON text of a string, and one of white space. Strings are bounded, so that a model that
/// repeats itself comes to an end.
const COMMON: &str = r#"text ::= "\"" char{0,400} "\""
char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
sp ::= " "?
"#;
/// Levels of objects and arrays inside each other.
const DEPTH_MAX: usize = 8;
/// Entries of an array whose schema names no limit.
const ENTRIES_MAX: u64 = 32;

/// Why no grammar is made of a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A type that is not known here.
    #[error("schemas of type '{0}' are not supported; use object, array, string, integer or enum")]
    Type(String),
    /// Objects and arrays too deep inside each other.
    #[error("the schema is nested too deeply; use at most {DEPTH_MAX} levels")]
    Deep,
    /// An object whose members may be left out, or an array without a schema of its entries.
    #[error("the schema lacks {0}")]
    Lacks(&'static str),
}

/// The grammar of all texts that follow `schema`.
///
/// # Errors
/// When the schema asks for something that is not supported.
pub fn of(schema: &Value) -> Result<String, Error> {
    let mut grammar = format!("{ROOT} ::= ");
    value(&mut grammar, schema, DEPTH_MAX)?;
    grammar.push('\n');
    grammar.push_str(COMMON);
    Ok(grammar)
}

fn value(grammar: &mut String, schema: &Value, depth: usize) -> Result<(), Error> {
    let depth = depth.checked_sub(1).ok_or(Error::Deep)?;
    if let Some(choices) = schema["enum"].as_array() {
        let choices: Vec<String> = choices.iter().map(|one| literal(&one.to_string())).collect();
        // Writing to a string cannot fail, here and below.
        let _ = write!(grammar, "({})", choices.join(" | "));
        return Ok(());
    }
    match schema["type"].as_str() {
        Some("object") => object(grammar, schema, depth),
        Some("array") => array(grammar, schema, depth),
        Some("string") => {
            grammar.push_str("text");
            Ok(())
        }
        Some("integer") => {
            grammar.push_str("\"-\"? (\"0\" | [1-9] [0-9]{0,8})");
            Ok(())
        }
        Some("boolean") => {
            grammar.push_str("(\"true\" | \"false\")");
            Ok(())
        }
        other => Err(Error::Type(other.unwrap_or("none").to_owned())),
    }
}

fn object(grammar: &mut String, schema: &Value, depth: usize) -> Result<(), Error> {
    let members = schema["properties"].as_object().ok_or(Error::Lacks("'properties'"))?;
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    if members.keys().any(|name| !required.iter().any(|one| one == name)) {
        return Err(Error::Lacks("members in 'required': all must be there"));
    }
    grammar.push_str("\"{\" ");
    for (place, (name, schema)) in members.iter().enumerate() {
        if place > 0 {
            grammar.push_str("\",\" sp ");
        }
        let key = Value::String(name.clone()).to_string();
        let _ = write!(grammar, "{} sp ", literal(&(key + ":")));
        value(grammar, schema, depth)?;
        grammar.push(' ');
    }
    grammar.push_str("\"}\"");
    Ok(())
}

fn array(grammar: &mut String, schema: &Value, depth: usize) -> Result<(), Error> {
    let entry = schema.get("items").ok_or(Error::Lacks("'items'"))?;
    let least = schema["minItems"].as_u64().unwrap_or(0).min(ENTRIES_MAX);
    let most = schema["maxItems"].as_u64().unwrap_or(ENTRIES_MAX).clamp(least, ENTRIES_MAX);
    let mut one = String::new();
    value(&mut one, entry, depth)?;
    let further = |from: u64| format!("(\",\" sp {one}){{{from},{}}}", most.saturating_sub(1));
    let entries = match (least, most) {
        (_, 0) => String::new(),
        (0, _) => format!("({one} {})?", further(0)),
        _ => format!("{one} {}", further(least - 1)),
    };
    let _ = write!(grammar, "\"[\" {entries} \"]\"");
    Ok(())
}

/// A text as a grammar quotes it.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_becomes_a_grammar() {
        let schema = json!({
            "type": "object",
            "properties": {
                "level": { "type": "integer", "enum": [1, 2] },
                "quotes": { "type": "array", "items": { "type": "string" }, "maxItems": 2 }
            },
            "required": ["level", "quotes"]
        });
        let grammar = of(&schema).expect("a grammar");
        let root = grammar.lines().next().expect("a rule");
        assert_eq!(
            root,
            r#"root ::= "{" "\"level\":" sp ("1" | "2") "," sp "\"quotes\":" sp "[" (text ("," sp text){0,1})? "]" "}""#
        );
    }

    #[test]
    fn what_no_grammar_is_made_of_is_refused() {
        let deep = (0..9).fold(
            json!({ "type": "string" }),
            |inner, _| json!({ "type": "array", "items": inner }),
        );
        let optional = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        for (schema, error) in [
            (json!({ "type": "null" }), Error::Type("null".to_owned())),
            (json!({}), Error::Type("none".to_owned())),
            (deep, Error::Deep),
            (json!({ "type": "array" }), Error::Lacks("'items'")),
            (json!({ "type": "object" }), Error::Lacks("'properties'")),
            (optional, Error::Lacks("members in 'required': all must be there")),
        ] {
            assert_eq!(of(&schema), Err(error), "{schema}");
        }
    }

    #[test]
    fn quotation_marks_in_a_schema_end_nothing() {
        let grammar = of(&json!({ "enum": ["say \"x\" \\ y"] })).expect("a grammar");
        assert!(
            grammar.starts_with("root ::= (\"\\\"say \\\\\\\"x\\\\\\\" \\\\\\\\ y\\\"\")\n"),
            "{grammar}"
        );
    }
}
