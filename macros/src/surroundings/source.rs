//! The tokens of a source file that matter for its structure, with their places.
//!
//! Words, brackets and other signs; comments and literals are left out. The compiler has lexed the
//! file before, so nothing in it is malformed. Its own lexer tells no places of a text.

/// A word, a bracket or another sign.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) text: String,
    /// The line and the column, in characters, both from one.
    pub(super) place: (usize, usize),
}

impl Token {
    pub(super) fn opens(&self) -> bool {
        matches!(&*self.text, "(" | "[" | "{")
    }

    pub(super) fn closes(&self) -> bool {
        matches!(&*self.text, ")" | "]" | "}")
    }
}

/// Reads the tokens of a file.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut source = Source {
        rest: text,
        place: (1, 1),
    };
    let mut tokens = Vec::new();
    while let Some(next) = source.peek(0) {
        let place = source.place;
        match next {
            '/' if source.rest.starts_with("//") => source.skip_while(|next| next != '\n'),
            '/' if source.rest.starts_with("/*") => source.skip_comment(),
            '"' => source.skip_string(),
            '\'' => source.skip_quote(),
            _ if next.is_whitespace() => source.skip(1),
            _ if is_word(next) => {
                let word = source.word();
                if !source.skip_raw_string(&word) && !next.is_ascii_digit() {
                    tokens.push(Token { text: word, place });
                }
            }
            sign => {
                source.skip(1);
                let text = sign.to_string();
                tokens.push(Token { text, place });
            }
        }
    }
    tokens
}

/// What is left of a file, and where that begins.
struct Source<'a> {
    rest: &'a str,
    place: (usize, usize),
}

impl Source<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.chars().nth(ahead)
    }

    fn skip(&mut self, characters: usize) {
        for _ in 0..characters {
            let mut rest = self.rest.chars();
            match rest.next() {
                Some('\n') => self.place = (self.place.0 + 1, 1),
                Some(_) => self.place.1 += 1,
                None => return,
            }
            self.rest = rest.as_str();
        }
    }

    fn skip_while(&mut self, is_part: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&is_part) {
            self.skip(1);
        }
    }

    /// A word, `r#` before it included.
    fn word(&mut self) -> String {
        let start = self.rest;
        if start.starts_with("r#") && self.peek(2).is_some_and(is_word) {
            self.skip(2);
        }
        self.skip_while(is_word);
        start[..start.len() - self.rest.len()].to_owned()
    }

    /// Block comments nest.
    fn skip_comment(&mut self) {
        let mut depth = 0;
        while !self.rest.is_empty() {
            let step = match &self.rest.as_bytes()[..self.rest.len().min(2)] {
                b"/*" => 1,
                b"*/" => -1,
                _ => 0,
            };
            depth += step;
            self.skip(if step == 0 { 1 } else { 2 });
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_string(&mut self) {
        self.skip(1);
        while let Some(next) = self.peek(0) {
            self.skip(if next == '\\' { 2 } else { 1 });
            if next == '"' {
                return;
            }
        }
    }

    /// Skips the text of `r"…"` or `r#"…"#`, if `word` is what such a literal begins with.
    fn skip_raw_string(&mut self, word: &str) -> bool {
        let hashes = self.rest.len() - self.rest.trim_start_matches('#').len();
        if !matches!(word, "r" | "br" | "cr") || self.peek(hashes) != Some('"') {
            return false;
        }
        let end = format!("\"{}", "#".repeat(hashes));
        self.skip(hashes + 1);
        while !self.rest.is_empty() && !self.rest.starts_with(&end) {
            self.skip(1);
        }
        self.skip(hashes + 1);
        true
    }

    /// Skips a character or a lifetime.
    fn skip_quote(&mut self) {
        if self.peek(1) == Some('\\') {
            self.skip(3);
            self.skip_while(|next| next != '\'');
            self.skip(1);
        } else if self.peek(2) == Some('\'') {
            self.skip(3);
        } else {
            self.skip(1);
            self.skip_while(is_word);
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_literals_are_left_out() {
        let text = r###"a // { x
            /* { /* { */ { */ b "{ \" {" c '{' d '\'' e '\u{7b}' f b'{' g r"{\" h r#"{"{"# i
            br##"{"#{"## j 'a k 1.5e3 l 0x1f m c"{" n r#fn o"###;

        let words = words(text)
            .into_iter()
            .filter(|word| word != "." && word != "b");
        assert_eq!(words.collect::<String>(), "acdefghijklmcnr#fno".to_owned());
    }

    #[test]
    fn places_are_counted_in_characters() {
        let places: Vec<_> = tokens("é x\n\t\"é\" y")
            .iter()
            .map(|token| token.place)
            .collect();

        assert_eq!(places, [(1, 1), (1, 3), (2, 6)]);
    }
}
