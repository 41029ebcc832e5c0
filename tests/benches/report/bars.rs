//! Ours beside the best peer: a bar a work, on one logarithmic axis.
//!
//! ```text
//!   work                     0.5     1     2     5     ratio
//!   ours · best peer          |      |########|--|     2.10×
//!   ours · best peer         |-|/////|     |     |     0.61×
//! ```
//!
//! A bar begins at 1, where both are equal, and ends at the median of the
//! ratios; its whisker spans the quartiles. Full bars are works in which ours
//! is better, hatched ones those in which the peer is: no colour alone says so.

use crate::axis::{self, Axis};
use crate::drawing::{Anchor, Drawing};
use crate::shared::report::Report;
use crate::shared::rounds::{Quartiles, Standing};
use crate::shared::unit::times;
use crate::shared::works::Group;

const TITLE: &str = "How fast it is, beside the best peer of each work";

const WIDTH: f64 = 960.0;
const LEFT: f64 = 24.0;
/// Between which the bars are.
const PLOT: (f64, f64) = (400.0, 850.0);
/// Where the ratio ends.
const RATIO: f64 = 930.0;
/// Above the first row.
const HEAD: f64 = 118.0;
const ROW: f64 = 38.0;
/// A row of the same work as the one above it.
const SECOND_ROW: f64 = 26.0;
const HEADING: f64 = 30.0;

/// One of ours in one work.
struct Bar<'a> {
    report: &'a Report,
    /// Is it the first of this work, which says what is done?
    is_first: bool,
    ours: &'a Standing,
    best: &'a Standing,
    ratio: Quartiles,
}

/// The picture of all works with peers, if there are any.
pub(crate) fn picture(reports: &[Report], origin: &str) -> Option<String> {
    let groups = [
        ("On threads", bars_of(reports, Group::Threads)),
        ("In processes", bars_of(reports, Group::Processes)),
    ];
    let groups: Vec<_> = groups
        .into_iter()
        .filter(|(_, bars)| !bars.is_empty())
        .collect();
    let all = || groups.iter().flat_map(|(_, bars)| bars);
    all().next()?;
    let axis = Axis::over(all().flat_map(Bar::values), PLOT.0, PLOT.1);
    let mut drawing = Drawing::new(WIDTH);
    let rows = |bars: &Vec<Bar>| HEADING + bars.iter().map(Bar::height).sum::<f64>();
    let bottom = HEAD + groups.iter().map(|(_, bars)| rows(bars)).sum::<f64>();
    draw_head(&mut drawing, origin);
    draw_axis(&mut drawing, &axis, bottom);
    let mut y = HEAD;
    for (heading, bars) in &groups {
        drawing.text((LEFT, y + 20.0), "heading", Anchor::Start, heading);
        y += HEADING;
        for bar in bars {
            bar.draw(&mut drawing, &axis, y);
            y += bar.height();
        }
    }
    let descriptions: Vec<String> = all().map(Bar::description).collect();
    Some(drawing.finish(bottom + 46.0, TITLE, &descriptions.join("; ")))
}

fn bars_of(reports: &[Report], group: Group) -> Vec<Bar<'_>> {
    let reports = reports.iter().filter(|report| report.work.group == group);
    reports.flat_map(bars).collect()
}

fn bars(report: &Report) -> impl Iterator<Item = Bar<'_>> {
    let ours = report.ours().enumerate();
    ours.filter_map(|(place, ours)| Bar::of(report, ours, place == 0))
}

impl<'a> Bar<'a> {
    fn of(report: &'a Report, ours: &'a Standing, is_first: bool) -> Option<Bar<'a>> {
        let best = report.best()?;
        Some(Bar {
            report,
            is_first,
            ours,
            best,
            ratio: ours.ratio_to(best),
        })
    }

    /// All that must be on the axis.
    fn values(&self) -> impl Iterator<Item = f64> {
        [self.ratio.lower, self.ratio.upper, 1.0].into_iter()
    }

    fn height(&self) -> f64 {
        if self.is_first { ROW } else { SECOND_ROW }
    }

    fn draw(&self, drawing: &mut Drawing, axis: &Axis, y: f64) {
        let middle = y + self.height() - 17.0;
        self.draw_words(drawing, middle);
        let place = |value| axis.place(value);
        let is_better = self.ratio.median >= 1.0;
        let class = if is_better { "better" } else { "worse" };
        let end = place(self.ratio.median);
        drawing.block((place(1.0), middle - 7.0), (end, middle + 7.0), class);
        let (lower, upper) = (place(self.ratio.lower), place(self.ratio.upper));
        draw_whisker(drawing, (lower, upper), middle);
    }

    fn draw_words(&self, drawing: &mut Drawing, middle: f64) {
        let (above, below) = (middle - 3.0, middle + 12.0);
        let side = |one: &Standing| format!("{} {}", one.name, self.report.figure(one));
        let sides = format!("{} · {}", side(self.ours), side(self.best));
        let ratio = format!("{}×", times(self.ratio.median));
        drawing.text((RATIO, middle + 4.0), "strong", Anchor::End, &ratio);
        if self.is_first {
            drawing.text((LEFT, above), "", Anchor::Start, self.report.work.what);
            drawing.text((LEFT, below), "small", Anchor::Start, &sides);
        } else {
            drawing.text((LEFT, middle + 4.0), "small", Anchor::Start, &sides);
        }
    }

    fn description(&self) -> String {
        let (name, what) = (&self.ours.name, self.report.work.what);
        let (ratio, best) = (times(self.ratio.median), &self.best.name);
        format!("{what}: {name} {ratio} times {best}")
    }
}

fn draw_head(drawing: &mut Drawing, origin: &str) {
    drawing.text((LEFT, 32.0), "title", Anchor::Start, TITLE);
    drawing.text((LEFT, 52.0), "small", Anchor::Start, origin);
    draw_legend(drawing, 76.0);
    let above = HEAD - 6.0;
    drawing.text((LEFT, above), "small", Anchor::Start, "ours · best peer");
    drawing.text((RATIO, above), "small", Anchor::End, "ratio");
}

fn draw_legend(drawing: &mut Drawing, y: f64) {
    let mut says = |x, text| drawing.text((x, y + 4.0), "small", Anchor::Start, text);
    says(58.0, "ours is better");
    says(194.0, "the peer is better");
    says(346.0, "quartiles of the rounds");
    for (x, class) in [(24.0, "better"), (160.0, "worse")] {
        drawing.block((x, y - 6.0), (x + 26.0, y + 6.0), class);
    }
    draw_whisker(drawing, (312.0, 338.0), y);
}

fn draw_whisker(drawing: &mut Drawing, (lower, upper): (f64, f64), y: f64) {
    drawing.line((lower, y), (upper, y), "whisker");
    for x in [lower, upper] {
        drawing.line((x, y - 4.0), (x, y + 4.0), "whisker");
    }
}

fn draw_axis(drawing: &mut Drawing, axis: &Axis, bottom: f64) {
    for value in axis.ticks() {
        let x = axis.place(value);
        let class = if value == 1.0 { "one" } else { "grid" };
        drawing.line((x, HEAD), (x, bottom + 4.0), class);
        let text = format!("{}×", axis::label(value));
        drawing.text((x, HEAD - 6.0), "small", Anchor::Middle, &text);
        drawing.text((x, bottom + 18.0), "small", Anchor::Middle, &text);
    }
    let below = ((PLOT.0 + PLOT.1) / 2.0, bottom + 36.0);
    let text = "times as good as the best peer";
    drawing.text(below, "small", Anchor::Middle, text);
}
