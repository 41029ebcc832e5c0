//! Python's executors, in a script beside this file.
//!
//! One Python lives as long as its work is measured, and is asked for a turn
//! at a time. Without `python3` it takes no part, and a line says so. It makes
//! a part of the calls alone: a call takes no less when there are more.

use crate::peers::Peer;
use crate::relay::Plan;
use crate::shared::rounds::{Entrant, Role};
use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/benches/compare/peers/python.py"
);

/// What a Python runs calls on.
#[derive(Clone, Copy)]
pub(crate) enum Workers {
    Threads,
    Processes,
}

/// A Python that runs turns until this is dropped.
pub(crate) struct Python {
    workers: Workers,
    child: Child,
    pipes: RefCell<Pipes>,
}

struct Pipes {
    /// Python leaves when this is closed.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts `python3`, if it is there and can run the script.
    pub(crate) fn start(workers: Workers) -> Option<Python> {
        let python = Python::try_start(workers);
        if python.is_none() {
            println!("`python3` is not there: {} takes no part", workers.name());
        }
        python
    }

    fn try_start(workers: Workers) -> Option<Python> {
        let mut command = Command::new("python3");
        command.arg(SCRIPT).arg(workers.name());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().ok()?;
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let questions = child.stdin.take();
        let pipes = RefCell::new(Pipes { questions, answers });
        let python = Python {
            workers,
            child,
            pipes,
        };
        let ready = python.pipes.borrow_mut().answer() == "ready";
        ready.then_some(python)
    }

    /// Takes turns at what `question` asks for, each of which must answer `expected`.
    pub(crate) fn entrant(self, question: &str, expected: u64) -> Entrant<'static> {
        let question = question.to_owned();
        Entrant {
            name: self.name(),
            role: Role::Peer,
            turn: Box::new(move || {
                let (seconds, found) = self.ask(&question);
                assert_eq!(found, expected, "Python answered something else");
                seconds
            }),
        }
    }

    /// One turn: the seconds that it took, and a number to check.
    fn ask(&self, question: &str) -> (f64, u64) {
        let answer = self.pipes.borrow_mut().ask(question);
        let numbers = answer.split_once(' ').map(|(seconds, number)| {
            let seconds = seconds.parse().expect("the first is a number of seconds");
            (seconds, number.parse().expect("the second is a number"))
        });
        numbers.expect("Python answers with two numbers")
    }
}

impl Workers {
    /// The name of its executor, which is also what the script is told.
    fn name(self) -> &'static str {
        match self {
            Workers::Threads => "ThreadPoolExecutor",
            Workers::Processes => "ProcessPoolExecutor",
        }
    }
}

impl Pipes {
    fn ask(&mut self, question: &str) -> String {
        let questions = self.questions.as_mut().expect("they are still open");
        writeln!(questions, "{question}").expect("Python listens");
        self.answer()
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.expect("Python prints text");
        line.trim().to_owned()
    }
}

impl Peer for Python {
    fn name(&self) -> &'static str {
        self.workers.name()
    }

    fn fit(&self, plan: Plan) -> Plan {
        match (self.workers, plan.in_flight) {
            (Workers::Processes, 1) => plan,
            (Workers::Processes, _) | (Workers::Threads, 1) => plan.a_part(10),
            (Workers::Threads, _) => plan.a_part(50),
        }
    }

    fn relay(&self, plan: Plan) -> u64 {
        self.timed(plan).1
    }

    fn timed(&self, plan: Plan) -> (f64, u64) {
        self.ask(&format!("relay {} {}", plan.calls, plan.in_flight))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.pipes.get_mut().questions.take());
        // That it ends is all that is asked of it.
        let _ = self.child.wait();
    }
}
