//! The text of the programs: the same functions, each kind with its own beside them.

/// What stands beside the functions.
#[derive(Clone, Copy)]
pub(crate) enum Program {
    /// `#[task]` on each.
    Tasks,
    /// A struct of the arguments of each.
    Structs,
    /// Nothing.
    Plain,
}

impl Program {
    pub(crate) const ALL: [Program; 3] = [Program::Tasks, Program::Structs, Program::Plain];

    /// The name of the program's package.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Program::Tasks => "tasks",
            Program::Structs => "structs",
            Program::Plain => "plain",
        }
    }

    /// A program with that number of functions, which calls each once.
    pub(crate) fn text(self, functions: u64) -> String {
        let items: String = (0..functions).map(|n| self.item(n)).collect();
        let calls: String = (0..functions).map(call).collect();
        format!("{HEAD}{items}{MAIN}{calls}    println!(\"{{sum}}\");\n}}\n")
    }

    fn item(self, n: u64) -> String {
        match self {
            Program::Tasks => format!("#[task]\n{}", function(n)),
            Program::Structs => format!("{}{}", function(n), arguments(n)),
            Program::Plain => function(n),
        }
    }
}

const HEAD: &str = "\
use concurrent_futures::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    pub article: String,
    pub count: u32,
    pub prices: Vec<u64>,
}

";

const MAIN: &str = "\
fn main() {
    let order = Order { article: String::new(), count: 1, prices: vec![1, 2] };
    let mut sum = 0;
";

/// Every other one can fail.
fn function(n: u64) -> String {
    let head = format!("pub fn work_{n}(count: u64, text: &str, order: Order)");
    let sum = format!(
        "count * {} + text.len() as u64 + order.prices.iter().sum::<u64>()",
        n + 1
    );
    if can_fail(n) {
        let more = "let more: u64 = text.parse()?;";
        format!("{head} -> Result<u64, PortableError> {{\n    {more}\n    Ok(more + {sum})\n}}\n\n")
    } else {
        format!("{head} -> u64 {{\n    {sum}\n}}\n\n")
    }
}

/// What a user would write to send a call of the function.
fn arguments(n: u64) -> String {
    let fields = "    pub count: u64,\n    pub text: String,\n    pub order: Order,\n";
    format!("#[derive(Serialize, Deserialize)]\npub struct Work{n} {{\n{fields}}}\n\n")
}

fn call(n: u64) -> String {
    let value = if can_fail(n) { ".unwrap_or(0)" } else { "" };
    format!("    sum += work_{n}({n}, \"7\", order.clone()){value};\n")
}

fn can_fail(n: u64) -> bool {
    !n.is_multiple_of(2)
}
