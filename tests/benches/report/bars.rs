//! Ours beside the best peer: a bar a work, on one logarithmic axis.
//!
//! ```text
//!   work                     0.5     1     2     5     ratio
//!   ours · best peer          |      |########|--| |>  2.10×  goal not met
//!                             |      |     |     |            2.5
//! ```
//!
//! A bar begins at 1, where both are equal, and ends at the median of the
//! ratios; its whisker spans the quartiles. Full bars have met their goal,
//! hatched ones have not: no colour alone says so.

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
const PLOT: (f64, f64) = (372.0, 730.0);
/// Where the ratio ends, and where the goal begins.
const RATIO: f64 = 792.0;
const GOAL: f64 = 806.0;
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
    goal: Option<Goal>,
}

struct Goal {
    ratio: f64,
    text: String,
    is_met: bool,
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
        let goal = report.work.goal_of(&ours.name).and_then(|goal| {
            Some(Goal {
                ratio: goal.ratio(report)?,
                text: goal.text(report.work.unit),
                is_met: goal.is_met(ours, report),
            })
        });
        Some(Bar {
            report,
            is_first,
            ours,
            best,
            ratio: ours.ratio_to(best),
            goal,
        })
    }

    /// All that must be on the axis.
    fn values(&self) -> impl Iterator<Item = f64> {
        let goal = self.goal.iter().map(|goal| goal.ratio);
        [self.ratio.lower, self.ratio.upper, 1.0]
            .into_iter()
            .chain(goal)
    }

    fn height(&self) -> f64 {
        if self.is_first { ROW } else { SECOND_ROW }
    }

    fn draw(&self, drawing: &mut Drawing, axis: &Axis, y: f64) {
        let middle = y + self.height() - 17.0;
        self.draw_words(drawing, middle);
        let place = |value| axis.place(value);
        let class = match &self.goal {
            None => "free",
            Some(goal) if goal.is_met => "met",
            Some(_) => "missed",
        };
        let end = place(self.ratio.median);
        drawing.block((place(1.0), middle - 7.0), (end, middle + 7.0), class);
        let (lower, upper) = (place(self.ratio.lower), place(self.ratio.upper));
        draw_whisker(drawing, (lower, upper), middle);
        if let Some(goal) = &self.goal {
            draw_goal(drawing, (place(goal.ratio), middle));
        }
    }

    fn draw_words(&self, drawing: &mut Drawing, middle: f64) {
        let (above, below) = (middle - 3.0, middle + 12.0);
        let side = |one: &Standing| format!("{} {}", one.name, self.report.figure(one));
        let sides = format!("{} · {}", side(self.ours), side(self.best));
        let ratio = format!("{}×", times(self.ratio.median));
        drawing.text((RATIO, middle + 4.0), "strong", Anchor::End, &ratio);
        let goal = self.goal.as_ref().map(|goal| match goal.is_met {
            true => ("✓ goal met", goal.text.as_str()),
            false => ("✗ goal not met", goal.text.as_str()),
        });
        let (verdict, goal) = goal.unwrap_or_default();
        if self.is_first {
            drawing.text((LEFT, above), "", Anchor::Start, self.report.work.what);
            drawing.text((LEFT, below), "small", Anchor::Start, &sides);
            drawing.text((GOAL, above), "", Anchor::Start, verdict);
            drawing.text((GOAL, below), "small", Anchor::Start, goal);
        } else {
            drawing.text((LEFT, middle + 4.0), "small", Anchor::Start, &sides);
            drawing.text((GOAL, middle + 4.0), "", Anchor::Start, verdict);
        }
    }

    fn description(&self) -> String {
        let verdict = self.goal.as_ref().map_or("", |goal| match goal.is_met {
            true => ", goal met",
            false => ", goal not met",
        });
        let (name, what) = (&self.ours.name, self.report.work.what);
        let (ratio, best) = (times(self.ratio.median), &self.best.name);
        format!("{what}: {name} {ratio} times {best}{verdict}")
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
    says(58.0, "goal met");
    says(164.0, "goal not met");
    says(290.0, "no goal");
    says(388.0, "where the goal is");
    says(546.0, "quartiles of the rounds");
    says(722.0, "right of 1×: ours is better");
    for (x, class) in [(24.0, "met"), (130.0, "missed"), (256.0, "free")] {
        drawing.block((x, y - 6.0), (x + 26.0, y + 6.0), class);
    }
    draw_goal(drawing, (372.0, y + 2.0));
    draw_whisker(drawing, (512.0, 538.0), y);
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

/// A line across the bar with a pennant on top, so that it hides no bar.
fn draw_goal(drawing: &mut Drawing, (x, y): (f64, f64)) {
    drawing.line((x, y - 11.0), (x, y + 11.0), "goal");
    let pennant = [(x, y - 16.0), (x + 8.0, y - 12.5), (x, y - 9.0)];
    drawing.path(&pennant, true, "pennant");
}
