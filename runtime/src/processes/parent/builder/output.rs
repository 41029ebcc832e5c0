//! What a pool keeps and forwards of what its workers print and log.

use super::ProcessPoolBuilder;

impl ProcessPoolBuilder {
    /// Keeps the last lines that a worker wrote to standard error, for the error of the call that it dies in.
    ///
    /// At most so many (and at most 1,000), without blank ones, each cut after 16 KiB, which it says;
    /// [`WorkerDeath::stderr`](crate::WorkerDeath::stderr) gives them, and the text of the error shows them. So does that of a
    /// pool whose workers end before they are ready. By default, and with zero, nothing is kept.
    ///
    /// All that workers write is still seen on this program's standard error: in the order of each, and before the result of
    /// the call that wrote it, as long as somebody reads there. But it passes through this program: the last of it is lost
    /// if that is killed or calls [`exit`](std::process::exit), and to a worker its standard error is no terminal.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{ProcessPool, prelude::*};
    ///
    /// #[task]
    /// fn divide(a: u32, b: u32) -> u32 {
    ///     if b == 0 {
    ///         eprintln!("cannot divide {a} by {b}");
    ///         std::process::exit(3);
    ///     }
    ///     a / b
    /// }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).keep_stderr(5).build()?;
    ///     let error = divide::submit(&pool, 7, 0).result().unwrap_err();
    ///     assert!(error.to_string().ends_with("; it said last: cannot divide 7 by 0"));
    ///     assert_eq!(error.death().map(|death| death.stderr()), Some("cannot divide 7 by 0"));
    ///     Ok(())
    /// }
    /// ```
    pub fn keep_stderr(mut self, lines: usize) -> Self {
        self.output_options.stderr_lines = lines;
        self
    }

    /// Hands what workers log, with the `log` crate, to the logger of this program.
    ///
    /// A record keeps its level, target, module, file and line; its text begins with `process 4711: `, is cut
    /// after 1 MiB, which it says, and its key-values are left out. Which levels workers send is [`log::max_level`] as it is when they start. What a call logs is
    /// logged before its result is seen, and before the error if it ends its worker.
    ///
    /// The logger runs on a thread of the pool: one that takes its time delays results, and workers that log more than it takes wait
    /// for it. The worker's own logger is installed before its initializer runs, unless it has one by then: in a worker leave out what
    /// installs another.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{ProcessPool, prelude::*};
    /// use std::sync::Mutex;
    ///
    /// static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    ///
    /// /// Logs into `LINES`.
    /// struct Lines;
    ///
    /// impl log::Log for Lines {
    ///     fn enabled(&self, _: &log::Metadata<'_>) -> bool { true }
    ///     fn log(&self, record: &log::Record<'_>) {
    ///         LINES.lock().unwrap().push(format!("{} {}", record.level(), record.args()));
    ///     }
    ///     fn flush(&self) {}
    /// }
    ///
    /// #[task]
    /// fn weigh(kilos: u32) -> u32 {
    ///     log::warn!("{kilos} is too much");
    ///     std::process::id()
    /// }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     log::set_logger(&Lines).expect("there is no other");
    ///     log::set_max_level(log::LevelFilter::Info);
    ///     let pool = ProcessPool::builder().workers(1).forward_logs(true).build()?;
    ///     let pid = weigh::submit(&pool, 90).result()?;
    ///     assert_eq!(*LINES.lock().unwrap(), [format!("WARN process {pid}: 90 is too much")]);
    ///     Ok(())
    /// }
    /// ```
    pub fn forward_logs(mut self, forward: bool) -> Self {
        self.output_options.logs = forward;
        self
    }
}
