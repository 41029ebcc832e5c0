//! The contact sheet: a card for each file, on a dark table.
//!
//! ```text
//!   headline
//!   .---------. .---------. .---------.
//!   | picture | | picture | |  mark   |
//!   |         | |         | |  reason |
//!   |  name   | |  name   | |  name   |
//!   '---------' '---------' '---------'
//! ```
//!
//! It shows nothing of when and where it was made, so the same files make the
//! same sheet.

mod marks;
mod words;

use image::RgbImage;

use crate::canvas::{Area, Canvas, Font, disc};
use crate::colour::{Colour, WHITE};
use crate::decode::Thumbnail;
use crate::limits::{Bytes, Limits, Seconds};
use crate::reason::{Kind, Reason};

/// The longest side of a thumbnail.
pub(crate) const SIDE: u32 = 144;

const COLUMNS: usize = 6;
const PADDING: u32 = 8;
const GAP: u32 = 12;
const MARGIN: u32 = 24;
const HEADER: u32 = 88;
const DOT: u32 = 12;
const LINE: u32 = 18;
const CARD: (u32, u32) = (SIDE + 2 * PADDING, SIDE + 3 * PADDING + 2 * LINE);

const TABLE: Colour = Colour::hex(0x15181e);
const PAPER: Colour = Colour::hex(0x22262f);
const TEXT: Colour = Colour::hex(0xe9ecf1);
const PALE: Colour = Colour::hex(0x8d96a5);

/// The width and height of a picture, or why there is none.
pub(crate) type End = Result<(u32, u32), Kind>;

/// A file, and what became of it.
pub(crate) struct Card {
    pub(crate) name: String,
    /// The size of the file in bytes.
    pub(crate) size: u64,
    pub(crate) outcome: Result<Thumbnail, Reason>,
}

impl Card {
    pub(crate) fn end(&self) -> End {
        match &self.outcome {
            Ok(thumbnail) => Ok(thumbnail.original),
            Err(reason) => Err(reason.kind),
        }
    }

    /// What stands below the name.
    fn size(&self) -> String {
        match self.end() {
            Ok((width, height)) => format!("{width} × {height}"),
            Err(_) => Bytes(self.size).to_string(),
        }
    }
}

pub(crate) fn draw(cards: &[Card], limits: Limits) -> RgbImage {
    let columns = cards.len().clamp(COLUMNS - 2, COLUMNS);
    let rows = cards.len().div_ceil(columns) as u32;
    let width = 2 * MARGIN + columns as u32 * (CARD.0 + GAP) - GAP;
    let height = HEADER + rows * (CARD.1 + GAP) - GAP + MARGIN;
    let mut canvas = Canvas::new(width, height, TABLE);
    draw_header(&mut canvas, cards, limits);
    for (place, card) in cards.iter().enumerate() {
        let (column, row) = ((place % columns) as u32, (place / columns) as u32);
        let area = Area {
            x: MARGIN + column * (CARD.0 + GAP),
            y: HEADER + row * (CARD.1 + GAP),
            width: CARD.0,
            height: CARD.1,
        };
        draw_card(&mut canvas, area, card);
    }
    canvas.0
}

fn draw_header(canvas: &mut Canvas, cards: &[Card], limits: Limits) {
    let failures = cards.iter().filter(|card| card.outcome.is_err()).count();
    let pictures = cards.len() - failures;
    let title = format!(
        "{}, {}",
        words::counted(pictures, "picture"),
        words::counted(failures, "failure")
    );
    let (time, memory) = (Seconds(limits.time), Bytes(limits.memory));
    let rules = format!("each file decoded in a worker process, within {time} and {memory}");
    canvas.write((MARGIN, 20), Font::LARGE, TEXT, &title);
    canvas.write((MARGIN, 52), Font::PLAIN, PALE, &rules);
    draw_legend(canvas, cards, MARGIN + Font::LARGE.width_of(&title));
}

/// A dot and a word for each reason, at the right, if there is room beside the title.
fn draw_legend(canvas: &mut Canvas, cards: &[Card], title_end: u32) {
    let counts = Kind::ALL.map(|(kind, word)| {
        let count = cards.iter().filter(|card| card.end() == Err(kind));
        (kind, count.count(), word)
    });
    let entries = counts.into_iter().filter(|(_, count, _)| *count > 0);
    let mut right = canvas.0.width() - MARGIN;
    for (kind, count, word) in entries.rev() {
        let text = format!("{count} {word}");
        let Some(left) = right.checked_sub(Font::PLAIN.width_of(&text) + 3 * DOT / 2) else {
            return;
        };
        if left < title_end + 2 * DOT {
            return;
        }
        let dot = Area {
            x: left,
            y: 24,
            width: DOT,
            height: DOT,
        };
        canvas.fill(dot, marks::colour(kind), disc(dot.middle(), 5.0));
        canvas.write((left + 3 * DOT / 2, 22), Font::PLAIN, TEXT, &text);
        right = left.saturating_sub(3 * DOT / 2);
    }
}

fn draw_card(canvas: &mut Canvas, area: Area, card: &Card) {
    let picture = Area {
        x: area.x + PADDING,
        y: area.y + PADDING,
        width: SIDE,
        height: SIDE,
    };
    match &card.outcome {
        Ok(thumbnail) => {
            canvas.fill(area, PAPER, area.rounded(8.0));
            canvas.lay(picture, &thumbnail.picture());
        }
        Err(reason) => draw_failure(canvas, area, picture, reason),
    }
    let mut line = Area {
        y: picture.y + SIDE + PADDING,
        height: LINE,
        ..picture
    };
    let most = (SIDE / Font::PLAIN.letter_width()) as usize;
    let name = words::shortened(&card.name, most);
    canvas.write_centred(line, Font::PLAIN, TEXT, &name);
    line.y += LINE;
    canvas.write_centred(line, Font::PLAIN, PALE, &card.size());
}

fn draw_failure(canvas: &mut Canvas, area: Area, picture: Area, reason: &Reason) {
    let ink = marks::colour(reason.kind);
    let paper = TABLE.mix(ink, 0.2);
    canvas.fill(area, ink.mix(paper, 0.35), area.rounded(8.0));
    let inside = area.rounded(8.0);
    canvas.fill(area, paper, move |place| inside(place) + 1.5);
    let mark = Area {
        y: picture.y + 4,
        height: 60,
        ..picture
    };
    marks::draw(canvas, mark, reason.kind, ink, paper);

    let most = (SIDE / Font::BOLD.letter_width()) as usize - 1;
    let mut line = Area {
        y: mark.y + mark.height + 6,
        height: LINE,
        ..picture
    };
    for text in words::wrapped(&reason.text, most, 4) {
        canvas.write_centred(line, Font::BOLD, ink.mix(WHITE, 0.35), &text);
        line.y += LINE;
    }
}
