//! Bytes that are not what a worker says: made by chance, cut short, or with a byte too many. Most
//! are refused, and none of them makes the parent panic.

use std::borrow::Cow;

use super::{
    frame::{Frame, FrameReader, HEADER},
    handshake::{self, tests::welcome},
    identity::Identity,
    logs,
    message::{self, FromParent, FromWorker, ProtocolError},
    record,
};
use crate::{error::TaskError, processes::shared::claims::BatchNumber};

/// How often each is tried; Miri takes its time.
const ROUNDS: usize = if cfg!(miri) { 100 } else { 50_000 };

/// Numbers by chance, the same in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// The bytes with some of them changed, left out or put in.
    fn spoil(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        for _ in 0..self.below(4) {
            let place = self.below(bytes.len() + 1);
            // Numbers at the edge of what there is are the likeliest to do harm.
            let byte = [0, 1, 127, 128, 255, self.next() as u8][self.below(6)];
            match self.below(4) {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, byte),
                2 => bytes[place..]
                    .iter_mut()
                    .take(8)
                    .for_each(|each| *each = byte),
                _ => bytes
                    .get_mut(place)
                    .into_iter()
                    .for_each(|each| *each = byte),
            }
        }
        bytes
    }
}

/// Frames of all kinds that a worker sends, but for results.
fn frames_of_fields() -> Vec<Vec<u8>> {
    let identity = Identity::of_numbers([1, 2]);
    let record = log::Record::builder().file(Some("a.rs")).build();
    vec![
        handshake::hello(&identity, None),
        handshake::hello(&identity, Some(b"bytes")),
        handshake::unready("no licence", true),
        message::started(BatchNumber(7)).to_vec(),
        message::answer_error(BatchNumber(7), 3, &TaskError::encode("no map")),
        message::answer_error(BatchNumber(7), 3, &TaskError::panicked(Box::new(17))),
        logs::frame(&record),
        message::notify().to_vec(),
    ]
}

/// The frame of a result.
fn value() -> Vec<u8> {
    [&message::answer_head(BatchNumber(7), 3, 5)[..], b"value"].concat()
}

/// Frames of all kinds that a worker sends.
fn frames() -> Vec<Vec<u8>> {
    [frames_of_fields(), vec![value()]].concat()
}

/// A whole frame of this body, whose kind is that of `like`.
fn of_kind<'a>(like: &[u8], body: &'a [u8]) -> Frame<'a> {
    let kind = like[4..8].try_into().expect("four bytes");
    Frame {
        kind: u32::from_le_bytes(kind),
        body: Cow::Borrowed(body),
    }
}

/// Whether a message of a worker is refused that has this body, and the kind of `like`.
fn is_refused(like: &[u8], body: &[u8]) -> bool {
    matches!(FromWorker::read(of_kind(like, body)), Err(ProtocolError))
}

/// Reads the bytes as frames, however they come.
fn read_frames(mut bytes: &[u8]) {
    let mut frames = FrameReader::new(1 << 20, message::longest_body);
    while !bytes.is_empty() {
        frames.fill(&mut bytes).expect("slices can be read");
        loop {
            match frames.next() {
                Ok(Some(frame)) => drop(FromWorker::read(frame)),
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

#[test]
fn spoilt_frames_are_refused_or_read() {
    let mut random = Random(11);
    let frames = frames();

    for _ in 0..ROUNDS {
        let count = 1 + random.below(3);
        let some = (0..count).map(|_| frames[random.below(frames.len())].clone());
        let bytes = some.collect::<Vec<_>>().concat();

        read_frames(&random.spoil(bytes));
    }
}

#[test]
fn spoilt_records_are_refused_or_read() {
    let mut random = Random(12);
    let record = |item: usize| [&record::value(BatchNumber(7), item, 3)[..], b"abc"].concat();
    let started = record::started(BatchNumber(7)).to_vec();
    let fine = [started, record(0), record(1), record(2), record(9)].concat();

    for _ in 0..ROUNDS {
        let bytes = random.spoil(fine.clone());

        let mut said = Vec::new();
        if record::read_all(bytes, &mut said).is_ok() {
            let items: u64 = said.iter().map(FromWorker::items).sum();
            assert!(items <= 20, "{said:?}");
        }
    }
}

#[test]
fn a_byte_behind_the_last_field_of_a_frame_is_refused() {
    for frame in frames_of_fields() {
        let body = &frame[HEADER..];

        assert!(!is_refused(&frame, body), "{frame:?}");
        assert!(is_refused(&frame, &[body, &[0]].concat()), "{frame:?}");
    }
}

#[test]
fn a_byte_behind_the_last_field_of_a_parents_frame_is_refused() {
    for frame in [welcome().frame(), message::retire().to_vec()] {
        let body = &frame[HEADER..];
        let longer = [body, &[0]].concat();

        assert!(FromParent::read(&of_kind(&frame, body)).is_ok());
        let read = FromParent::read(&of_kind(&frame, &longer)).err();
        assert_eq!(read, Some(ProtocolError));
    }
}

#[test]
fn a_frame_that_ends_early_is_refused() {
    for frame in frames_of_fields() {
        let body = &frame[HEADER..];
        for len in 0..body.len() {
            assert!(is_refused(&frame, &body[..len]), "{len} of {frame:?}");
        }
    }
    let head = HEADER..value().len() - b"value".len();
    for len in 0..head.len() {
        assert!(is_refused(&value(), &value()[head.clone()][..len]));
    }
}
