//! How much memory a process holds, as the system tells it.

/// The number of bytes of memory that this process holds: its resident set.
pub(crate) fn own_memory() -> Option<u64> {
    memory_of("self")
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn memory_of(process: &str) -> Option<u64> {
    let pages = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let resident: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    Some(resident * rustix::param::page_size() as u64)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn memory_of(_: &str) -> Option<u64> {
    None
}

/// `id (name) state parent ... resident ...`: the name may hold anything.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn memory_and_stop_of(process: u32) -> Option<(u64, bool)> {
    let stat = std::fs::read(format!("/proc/{process}/stat")).ok()?;
    let end_of_name = stat.iter().rposition(|byte| *byte == b')')?;
    let fields = std::str::from_utf8(stat.get(end_of_name + 2..)?).ok()?;
    let mut fields = fields.split(' ');
    let is_stopped = fields.next()? == "T";
    let resident: u64 = fields.nth(20)?.parse().ok()?;
    Some((resident * rustix::param::page_size() as u64, is_stopped))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn memory_and_stop_of(_: u32) -> Option<(u64, bool)> {
    None
}
