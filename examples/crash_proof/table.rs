//! What became of each call, as a table; in colour on a terminal.

use std::env;
use std::fmt;
use std::io::{IsTerminal, stdout};

use concurrent_futures::{Future, TaskError};

use crate::end::End;
use crate::tasks::Answer;

const RED: u8 = 31;
const GREEN: u8 = 32;
const GREY: u8 = 90;

/// One call.
pub(crate) struct Row {
    name: String,
    planned: End,
    pub(crate) end: End,
    /// The process that ran it, where that is known.
    pub(crate) pid: Option<u32>,
    pub(crate) error: Option<TaskError>,
}

impl Row {
    pub(crate) fn new(planned: End, future: Future<Answer>) -> Self {
        // The name of a task is its path; here its last part says enough.
        let name = future.name().rsplit("::").next().unwrap_or_default();
        let name = name.to_owned();
        let error = future.exception();
        let (end, pid) = End::of(future.result());
        Self {
            name,
            planned,
            end,
            pid,
            error,
        }
    }

    pub(crate) fn is_as_planned(&self) -> bool {
        self.end == self.planned
    }

    pub(crate) fn mark(&self) -> String {
        match self.end.is_value() {
            true => painted(GREEN, "✓"),
            false => painted(RED, "✗"),
        }
    }

    /// The process, and what became of it.
    fn process(&self) -> String {
        let pid = self.pid.map(|pid| pid.to_string());
        match self.end.is_fatal() {
            true => format!("{:>7} †", pid.unwrap_or_default()),
            false => format!("{:>7}", pid.unwrap_or_default()),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, process) = (&self.name, self.process());
        let end = format!("{:<40}", self.end.to_string());
        let end = match self.end.is_value() {
            true => end,
            false => painted(RED, &end),
        };
        writeln!(f, "  {} {name:<20}  {end}  {process}", self.mark())?;
        if !self.is_as_planned() {
            writeln!(f, "    {:<20}  planned: {}", "", self.planned)?;
        }
        Ok(())
    }
}

/// All of them.
pub(crate) struct Table<'a>(pub(crate) &'a [Row]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = painted(GREY, &"─".repeat(75));
        let legend = painted(GREY, "† died with its call");
        writeln!(f, "    {:<20}  {:<40}  process", "call", "how it ended")?;
        writeln!(f, "  {line}")?;
        self.0.iter().try_for_each(|row| row.fmt(f))?;
        writeln!(f, "  {line}\n  {:<55}{legend}", "")
    }
}

/// In this colour, on a terminal.
fn painted(colour: u8, text: &str) -> String {
    let is_seen = stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    match is_seen {
        true => format!("\x1b[{colour}m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}
