//! What a pool keeps and forwards of what its workers print and log.

use super::ProcessPoolBuilder;

impl ProcessPoolBuilder {
    /// Keeps the last `lines` lines that a worker wrote to standard error, for the error of the
    /// call that it dies in.
    ///
    /// `lines` is 1,000 at most. Blank lines are left out, and each line is cut after 16 KiB, with
    /// a note. [`WorkerDeath::stderr`](crate::WorkerDeath::stderr) returns them, and the text of
    /// the error shows them, as does that of a pool whose workers end before they are ready. By
    /// default, and with zero, nothing is kept.
    ///
    /// All that workers write still appears on this program's standard error: in the order of each
    /// worker, and before the result of the call that wrote it, while that is being read. But it
    /// passes through this program: the last of it is lost if the program is killed or calls
    /// [`exit`](std::process::exit), and a worker's standard error is no terminal.
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

    /// Forwards what workers log with the `log` crate to the logger of this program.
    ///
    /// A record keeps its level, target, module, file and line. Its text begins with `process 4711:
    /// ` and is cut after 1 MiB, with a note; its key-values are left out. Workers send the levels
    /// that [`log::max_level`] allows when they start. What a call logs is logged before its result
    /// is seen, and before the error if it ends its worker.
    ///
    /// The logger runs on a thread of the pool: a slow one delays results, and workers that log
    /// more than it takes wait for it (backpressure). The worker's logger is installed before its
    /// initializer runs, unless it has one by then: in a worker, do not install another.
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
