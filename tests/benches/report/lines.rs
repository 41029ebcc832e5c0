//! What a call costs at several sizes: a line an entrant, both axes logarithmic.
//!
//! Each entrant has a colour, a mark and a dash of its own, and its name
//! where its line ends.

use crate::axis::{self, Axis};
use crate::drawing::{Anchor, Drawing};
use crate::shared::report::Report;
use crate::shared::rounds::{Quartiles, Standing};
use crate::shared::works::Work;

const TITLE: &str = "What a call costs when there are more of them";

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 24.0;
const TOP: f64 = 108.0;
const BOTTOM: f64 = HEIGHT - 54.0;
/// Where a panel begins, how wide its plot is, and the room for names.
const PANELS: [f64; 2] = [LEFT + 36.0, 526.0];
const PLOT: f64 = 270.0;
/// Names do not come nearer to one another than that.
const APART: f64 = 15.0;

/// The picture of all works that were measured at several sizes, if there are any.
pub(crate) fn picture(reports: &[Report], origin: &str) -> Option<String> {
    let panels = ["growth-pending", "growth-submitters"].map(|name| {
        let is_it = |report: &&Report| report.work.name == name;
        reports.iter().filter(is_it).collect::<Vec<_>>()
    });
    let panels = panels.into_iter().filter(|panel| panel.len() > 1);
    let panels: Vec<_> = panels.collect();
    let first = panels.first()?.first()?;
    let costs = panels.iter().flatten().flat_map(|report| spreads(report));
    let costs = costs.map(|cost| first.work.unit.figure_of(cost));
    let vertical = Axis::over(costs, BOTTOM, TOP);
    let mut drawing = Drawing::new(WIDTH);
    drawing.text((LEFT, 32.0), "title", Anchor::Start, TITLE);
    drawing.text((LEFT, 52.0), "small", Anchor::Start, origin);
    for (panel, start) in panels.iter().zip(PANELS) {
        Panel::of(panel, start, &vertical).draw(&mut drawing);
    }
    let descriptions: Vec<String> = panels.iter().flatten().map(|one| one.to_string()).collect();
    Some(drawing.finish(HEIGHT, TITLE, &descriptions.join("; ")))
}

/// The quartiles of everybody.
fn spreads(report: &Report) -> impl Iterator<Item = f64> {
    let quartiles = report.standings.iter().map(Standing::quartiles);
    quartiles.flat_map(|quartiles| [quartiles.lower, quartiles.upper])
}

/// One work, at all its sizes.
struct Panel<'a> {
    work: &'static Work,
    reports: &'a [&'a Report],
    horizontal: Axis,
    vertical: &'a Axis,
    start: f64,
}

impl<'a> Panel<'a> {
    fn of(reports: &'a [&'a Report], start: f64, vertical: &'a Axis) -> Panel<'a> {
        let sizes = reports.iter().filter_map(|report| report.at);
        let sizes = sizes.map(|size| size as f64);
        Panel {
            work: reports[0].work,
            reports,
            horizontal: Axis::over(sizes, start, start + PLOT),
            vertical,
            start,
        }
    }

    fn draw(&self, drawing: &mut Drawing) {
        self.draw_grid(drawing);
        let names: Vec<&str> = self.reports[0]
            .standings
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        for (place, name) in names.iter().enumerate() {
            self.draw_line(drawing, place, name);
        }
        for (place, y) in self.ends(&names) {
            let x = self.start + PLOT + 8.0;
            draw_mark(drawing, (x + 4.0, y - 4.0), place);
            drawing.text((x + 14.0, y), "small", Anchor::Start, names[place]);
        }
    }

    fn draw_grid(&self, drawing: &mut Drawing) {
        let end = self.start + PLOT;
        let heading = (self.start, TOP - 14.0);
        drawing.text(heading, "heading", Anchor::Start, "nanoseconds a call");
        for value in self.vertical.ticks() {
            let y = self.vertical.place(value);
            drawing.line((self.start, y), (end, y), "grid");
            let left = (self.start - 6.0, y + 4.0);
            drawing.text(left, "small", Anchor::End, &axis::label(value));
        }
        for size in self.reports.iter().filter_map(|report| report.at) {
            let x = self.horizontal.place(size as f64);
            drawing.line((x, TOP), (x, BOTTOM), "grid");
            let below = (x, BOTTOM + 18.0);
            drawing.text(below, "small", Anchor::Middle, &axis::label(size as f64));
        }
        let below = (self.start + PLOT / 2.0, BOTTOM + 38.0);
        drawing.text(below, "small", Anchor::Middle, self.work.what);
    }

    fn draw_line(&self, drawing: &mut Drawing, place: usize, name: &str) {
        let points: Vec<_> = self.points(name).collect();
        let middle = |(x, quartiles): &(f64, Quartiles)| (*x, self.height(quartiles.median));
        let middles: Vec<_> = points.iter().map(middle).collect();
        drawing.path(&middles, false, &format!("line line{place}"));
        for (x, Quartiles { lower, upper, .. }) in &points {
            let (from, to) = ((*x, self.height(*lower)), (*x, self.height(*upper)));
            drawing.line(from, to, &format!("line{place} spread"));
        }
        middles
            .into_iter()
            .for_each(|at| draw_mark(drawing, at, place));
    }

    /// Where each size is, and what it costs the entrant of that name.
    fn points(&self, name: &str) -> impl Iterator<Item = (f64, Quartiles)> {
        self.reports.iter().filter_map(move |report| {
            let x = self.horizontal.place(report.at? as f64);
            Some((x, report.standing(name)?.quartiles()))
        })
    }

    fn height(&self, cost: f64) -> f64 {
        self.vertical.place(self.work.unit.figure_of(cost))
    }

    /// Where the names go: at the ends of the lines, but apart from one another.
    fn ends(&self, names: &[&str]) -> Vec<(usize, f64)> {
        let end = |(place, name): (usize, &&str)| {
            let (_, quartiles) = self.points(name).last()?;
            Some((place, self.height(quartiles.median) + 4.0))
        };
        let mut ends: Vec<_> = names.iter().enumerate().filter_map(end).collect();
        ends.sort_by(|one, other| one.1.total_cmp(&other.1));
        let mut free = f64::NEG_INFINITY;
        for (_, y) in &mut ends {
            *y = y.max(free);
            free = *y + APART;
        }
        ends
    }
}

/// A circle, a square, a triangle or a diamond, near enough: by the number of corners.
fn draw_mark(drawing: &mut Drawing, (x, y): (f64, f64), place: usize) {
    let corners: &[(f64, f64)] = match place % 4 {
        0 => &[
            (-4.0, -1.7),
            (-1.7, -4.0),
            (1.7, -4.0),
            (4.0, -1.7),
            (4.0, 1.7),
            (1.7, 4.0),
            (-1.7, 4.0),
            (-4.0, 1.7),
        ],
        1 => &[(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)],
        2 => &[(0.0, -4.5), (4.5, 3.5), (-4.5, 3.5)],
        _ => &[(0.0, -5.0), (4.5, 0.0), (0.0, 5.0), (-4.5, 0.0)],
    };
    let points: Vec<_> = corners
        .iter()
        .map(|corner| (x + corner.0, y + corner.1))
        .collect();
    drawing.path(&points, true, &format!("mark mark{}", place % 4));
}
