//! Tables for the README, one a group of works.
//!
//! Where ours stands beside peers, a row is one of ours in one work. Where
//! only sizes differ, a row is a size and a column an entrant.

use crate::shared::report::Report;
use crate::shared::rounds::{Quartiles, Standing};
use crate::shared::unit::{grouped, times};
use crate::shared::works::Group;

/// All that there is to show, as Markdown.
pub(crate) fn of(reports: &[Report]) -> String {
    let beside_peers = [
        (Group::Threads, "work | ours | best peer"),
        (Group::Processes, "work | ours | best peer"),
        (Group::Chunks, "work | choosing | best fixed"),
    ];
    let beside_peers = beside_peers
        .into_iter()
        .filter_map(|(group, head)| compared(&of_group(reports, group), head));
    let names = ["wait-first", "growth-pending", "growth-submitters"];
    let by_size = names.into_iter().filter_map(|name| {
        let is_it = |report: &&Report| report.work.name == name;
        grown(&reports.iter().filter(is_it).collect::<Vec<_>>())
    });
    beside_peers.chain(by_size).collect()
}

fn of_group(reports: &[Report], group: Group) -> Vec<&Report> {
    let belongs = |report: &&Report| report.work.group == group;
    reports.iter().filter(belongs).collect()
}

fn compared(reports: &[&Report], head: &str) -> Option<String> {
    let rows: String = reports.iter().flat_map(|report| rows(report)).collect();
    let head = format!("\n| {head} | ratio (quartiles) | goal |\n|---|---|---|---|---|\n");
    (!rows.is_empty()).then(|| head + &rows)
}

/// A row for each of ours.
fn rows<'a>(report: &'a Report) -> impl Iterator<Item = String> + 'a {
    report.ours().map(|ours| row(report, ours))
}

fn row(report: &Report, ours: &Standing) -> String {
    let best = report.best().map_or("none".into(), |best| {
        format!("{} ({})", report.figure(best), best.name)
    });
    let ratio = report
        .best()
        .map_or(String::new(), |best| ratio(ours, best));
    let goal = report
        .verdict(ours)
        .map_or(String::new(), |(goal, is_met)| {
            let verdict = if is_met { "" } else { ": not yet met" };
            format!("{goal}{verdict}")
        });
    let (what, figure) = (what(report, ours), report.figure(ours));
    format!("| {what} | {figure} | {best} | {ratio} | {goal} |\n")
}

/// What was done, and on which of ours if there are several.
fn what(report: &Report, ours: &Standing) -> String {
    let what = report.work.what;
    match report.ours().count() {
        1 => what.to_owned(),
        _ => format!("{what}, `{}`", ours.name),
    }
}

fn ratio(ours: &Standing, best: &Standing) -> String {
    let Quartiles {
        lower,
        median,
        upper,
    } = ours.ratio_to(best);
    let [lower, median, upper] = [lower, median, upper].map(times);
    format!("**{median}** ({lower}–{upper})")
}

/// A row for each size.
fn grown(reports: &[&Report]) -> Option<String> {
    let first = reports.first()?;
    let what = first.work.what;
    let columns = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut head = vec![first.at.map_or("work", |_| what).to_owned()];
    head.extend(first.standings.iter().map(|standing| standing.name.clone()));
    let rule = format!("|{}\n", "---|".repeat(head.len()));
    let rows = reports.iter().map(|report| {
        let mut row = vec![report.at.map_or(what.to_owned(), grouped)];
        let figures = report.standings.iter();
        row.extend(figures.map(|standing| report.figure(standing)));
        columns(row)
    });
    let rows: String = rows.collect();
    Some(format!("\n{}{rule}{rows}", columns(head)))
}
