//! An SVG, written by hand: a few shapes, and two sets of colours.
//!
//! Shapes have classes and no colours of their own, so that the picture
//! follows the reader's light or dark mode. It brings its own background:
//! a page whose mode is another than the system's stays readable.

use std::fmt::Write;

/// What has been drawn.
pub(crate) struct Drawing {
    width: f64,
    body: String,
}

/// Which end of a text is where it was put.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Drawing {
    pub(crate) fn new(width: f64) -> Drawing {
        Drawing {
            width,
            body: String::new(),
        }
    }

    pub(crate) fn text(&mut self, (x, y): (f64, f64), class: &str, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        let place = format!(r#"x="{x:.1}" y="{y:.1}" text-anchor="{anchor}""#);
        self.add(&format!(r#"<text {place} class="{class}">{text}</text>"#));
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let ends = format!(r#"x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}""#);
        self.add(&format!(r#"<line {ends} class="{class}"/>"#));
    }

    /// A rectangle between two corners that are given in any order.
    pub(crate) fn block(&mut self, one: (f64, f64), other: (f64, f64), class: &str) {
        let (x, y) = (one.0.min(other.0), one.1.min(other.1));
        let (width, height) = ((one.0 - other.0).abs(), (one.1 - other.1).abs());
        let place = format!(r#"x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}""#);
        self.add(&format!(r#"<rect {place} rx="2" class="{class}"/>"#));
    }

    /// A line through points, or the area within them if the class fills it.
    pub(crate) fn path(&mut self, points: &[(f64, f64)], is_closed: bool, class: &str) {
        let steps = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}"));
        let steps: Vec<String> = steps.collect();
        let end = if is_closed { "Z" } else { "" };
        let steps = steps.join("L");
        self.add(&format!(r#"<path d="M{steps}{end}" class="{class}"/>"#));
    }

    fn add(&mut self, element: &str) {
        writeln!(self.body, "{element}").expect("a string takes all that is written");
    }

    /// The whole file, so high, with a title for those who do not see it.
    pub(crate) fn finish(self, height: f64, title: &str, description: &str) -> String {
        let Drawing { width, body } = self;
        let (title, description) = (escaped(title), escaped(description));
        let (inner_width, inner_height) = (width - 1.0, height - 1.0);
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title description">
<title id="title">{title}</title>
<desc id="description">{description}</desc>
<style>
{STYLE}</style>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-ground"/><line x1="0" y1="0" x2="0" y2="6" class="hatch-line"/></pattern></defs>
<rect x="0.5" y="0.5" width="{inner_width}" height="{inner_height}" rx="8" class="page"/>
{body}</svg>
"#
        )
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}

/// Light, and what is otherwise where it is dark.
const STYLE: &str = "\
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; }
.heading { font-size: 13px; font-weight: 600; }
.strong { font-weight: 600; }
.small { font-size: 11px; fill: #59636e; }
.page { fill: #ffffff; stroke: #d1d9e0; }
.grid { stroke: #e6eaef; }
.one { stroke: #59636e; }
.better { fill: #0969da; }
.worse { fill: url(#hatch); stroke: #bc4c00; }
.hatch-ground { fill: #fff1e5; }
.hatch-line { stroke: #bc4c00; stroke-width: 3; }
.whisker { stroke: #1f2328; stroke-width: 1.5; }
.line { fill: none; stroke-width: 2; }
.line0 { stroke: #0969da; stroke-width: 3; }
.line1 { stroke: #8250df; stroke-width: 3; }
.line2 { stroke: #bc4c00; stroke-dasharray: 7 4; }
.line3 { stroke: #59636e; stroke-dasharray: 2 4; }
.spread { stroke-width: 1.5; stroke-dasharray: none; }
.mark { stroke-width: 1.5; stroke-dasharray: none; }
.mark0 { fill: #0969da; stroke: #0969da; }
.mark1 { fill: #ffffff; stroke: #8250df; }
.mark2 { fill: #bc4c00; stroke: #bc4c00; }
.mark3 { fill: #ffffff; stroke: #59636e; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.small { fill: #9198a1; }
.page { fill: #0d1117; stroke: #3d444d; }
.grid { stroke: #21262d; }
.one { stroke: #9198a1; }
.better { fill: #4493f8; }
.worse { stroke: #f0883e; }
.hatch-ground { fill: #2b1a10; }
.hatch-line { stroke: #f0883e; }
.whisker { stroke: #f0f6fc; }
.line0 { stroke: #4493f8; }
.line1 { stroke: #ab7df8; }
.line2 { stroke: #f0883e; }
.line3 { stroke: #9198a1; }
.mark0 { fill: #4493f8; stroke: #4493f8; }
.mark1 { fill: #0d1117; stroke: #ab7df8; }
.mark2 { fill: #f0883e; stroke: #f0883e; }
.mark3 { fill: #0d1117; stroke: #9198a1; }
}
";
