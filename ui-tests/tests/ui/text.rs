//! The text of an error, taken apart: where it is, of what code, and which of its sentences are
//! ours.
//!
//! ```text
//!   error[E0277]: `File` cannot cross a process boundary        code, headline
//!     --> fail/portable/open_file.rs:22:18                      place
//!      |                  ^^^^ `File` stays in this process     sentence
//!      = note: derive `serde::Serialize` and ..                 sentence
//! ```
//!
//! A sentence is ours if it stands in our sources, whatever stands between its backticks. An error
//! without a code was written by our macros, and all of its headline is ours.

use std::collections::BTreeSet;

/// An error as the compiler printed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Such as `E0277`; empty for what a macro or a lint has to say.
    pub(crate) code: String,
    pub(crate) headline: String,
    /// `file:line:column`, the file without the folders above `fail`.
    pub(crate) place: String,
    pub(crate) text: String,
}

/// The errors in a text that the compiler printed, in their order.
pub(crate) fn refusals(text: &str) -> Vec<Refusal> {
    let mut texts: Vec<String> = Vec::new();
    for line in text.lines() {
        let begins = line.starts_with("error") || line.starts_with("warning");
        if begins || texts.is_empty() {
            texts.push(String::new());
        }
        let last = texts.last_mut().expect("one was pushed");
        last.push_str(line);
        last.push('\n');
    }
    texts.into_iter().filter_map(refusal).collect()
}

/// What one text says, if it is an error that has a place.
fn refusal(text: String) -> Option<Refusal> {
    let (kind, headline) = text.lines().next()?.split_once(": ")?;
    let code = kind.strip_prefix("error")?;
    let place = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("--> "))?;
    let from = place.rfind("fail/").unwrap_or(0);
    Some(Refusal {
        code: code.trim_matches(['[', ']']).to_owned(),
        headline: headline.to_owned(),
        place: place[from..].to_owned(),
        text: text.clone(),
    })
}

impl Refusal {
    /// Leaves the file and the line of its place.
    pub(crate) fn forget_column(&mut self) {
        let line_end = self.place.rfind(':').unwrap_or(self.place.len());
        self.place.truncate(line_end);
    }

    /// Whether this is where, and says what, the expected one does; else what is amiss.
    pub(crate) fn fits(&self, expected: &Self, ours: &str) -> Result<(), String> {
        let said = plain(&self.text);
        let lacks = |sentence: &String| !said.contains(sentence.as_str());
        if (&self.place, &self.code) != (&expected.place, &expected.code) {
            return Err(format!("is at {} ({})", self.place, self.code));
        }
        match expected.sentences(ours).into_iter().find(lacks) {
            Some(sentence) => Err(format!("does not say `{sentence}`")),
            None => Ok(()),
        }
    }

    /// The sentences that stand in our sources, which are given as [`plain`] text.
    pub(crate) fn sentences(&self, ours: &str) -> BTreeSet<String> {
        let is_macros = self.code.is_empty() && !self.headline.starts_with("unused");
        let headline = is_macros.then(|| plain(&self.headline));
        let lines = self.text.lines().filter(|line| !is_source(line));
        let parts = lines.map(sentence);
        let parts = parts.filter(|part| part.split(' ').count() > 2 && ours.contains(part));
        headline.into_iter().chain(parts).collect()
    }
}

/// Whether a line shows a piece of a program.
fn is_source(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_digit()) || line.ends_with(['{', '}', ';', ',', '>'])
}

/// What a line says, without the frame that the compiler draws around it.
fn sentence(line: &str) -> String {
    let bare = line.trim_start_matches(|c: char| " |=^-_+".contains(c) || c.is_ascii_digit());
    let words = ["error", "note: ", "help: "];
    let said = words.iter().find_map(|word| bare.strip_prefix(word));
    let said = said.map_or(bare, |said| {
        said.rsplit_once("]: ").map_or(said, |(_, said)| said)
    });
    plain(said.trim())
}

/// A text with nothing between its backticks, so that the names in it do not matter.
pub(crate) fn plain(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let outside = parts.map(|(place, part)| if place % 2 == 0 { part } else { "_" });
    outside.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str =
        "#[diagnostic::on_unimplemented(message = \"`_` cannot cross a process boundary\")]";

    const TEXT: &str = "\
error[E0277]: `File` cannot cross a process boundary
  --> fail/portable/open_file.rs:22:18
   |
22 |     size::submit(&Far, file).detach();
   |                  ^^^^ whatever the compiler adds
error: a task owns its arguments
 --> fail/task/borrow.rs:6:17
";

    #[test]
    fn an_error_has_a_code_a_place_and_sentences() {
        let found = refusals(TEXT);

        let [of_the_compiler, of_the_macro] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(of_the_compiler.code, "E0277");
        assert_eq!(of_the_compiler.place, "fail/portable/open_file.rs:22:18");
        let sentences = of_the_compiler.sentences(OURS);
        assert!(
            sentences
                .into_iter()
                .eq(["`_` cannot cross a process boundary"])
        );
        let sentences = of_the_macro.sentences(OURS);
        assert!(sentences.into_iter().eq(["a task owns its arguments"]));
    }

    #[test]
    fn an_error_elsewhere_or_without_our_sentence_does_not_fit() {
        let expected = &refusals(TEXT)[0];
        let other = |from: &str, to: &str| refusals(&TEXT.replace(from, to)).remove(0);

        assert!(
            other("whatever the", "what another")
                .fits(expected, OURS)
                .is_ok()
        );
        assert!(
            other("`File` cannot", "`Dir` cannot")
                .fits(expected, OURS)
                .is_ok()
        );
        assert!(
            other("cannot cross", "does not cross")
                .fits(expected, OURS)
                .is_err()
        );
        assert!(other(":22:18", ":22:5").fits(expected, OURS).is_err());
        assert!(other("E0277", "E0308").fits(expected, OURS).is_err());
    }
}
