//! Bytes made by chance, read as what a worker says: none of them makes the parent panic.

use super::{
    frame::FrameReader,
    identity::Identity,
    message::{self, FromWorker},
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

/// Frames of all kinds that a worker sends.
fn frames() -> Vec<Vec<u8>> {
    let identity = Identity::of_numbers([1, 2, 3]);
    let value = [&message::answer_head(BatchNumber(7), 3, 5)[..], b"value"].concat();
    vec![
        message::hello(&identity, None),
        message::hello(&identity, Some(b"bytes")),
        message::unready("no licence", true),
        message::started(BatchNumber(7)).to_vec(),
        message::answer_error(BatchNumber(7), 3, &TaskError::encode("no map")),
        message::answer_error(BatchNumber(7), 3, &TaskError::panicked(Box::new(17))),
        message::notify().to_vec(),
        value,
    ]
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
