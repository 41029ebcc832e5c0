//! Records: the messages in the ring. Short results, and that a batch was started.
//!
//! ```text
//!   | length of the result, 4 | item, 4 | number of the batch, 8 | the result |
//! ```
//!
//! Consecutive results of one batch are read as one answer, so that many small ones are cheap.

use super::message::{Answer, AnswerBody, FromWorker, ProtocolError, Slab};
use crate::processes::shared::claims::{BatchNumber, MAX_ITEMS};

/// The size of what stands before a result.
pub(crate) const HEAD: usize = 16;

/// Instead of an item: the batch was started.
const STARTED: u32 = u32::MAX;

/// The head of the result of this item.
pub(crate) fn value(number: BatchNumber, item: usize, len: usize) -> [u8; HEAD] {
    head(len as u32, item as u32, number)
}

/// The record that says that a batch was started.
pub(crate) fn started(number: BatchNumber) -> [u8; HEAD] {
    head(0, STARTED, number)
}

fn head(len: u32, item: u32, number: BatchNumber) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&len.to_le_bytes());
    head[4..8].copy_from_slice(&item.to_le_bytes());
    head[8..].copy_from_slice(&number.0.to_le_bytes());
    head
}

/// One record.
struct RingRecord {
    item: u32,
    number: BatchNumber,
    /// Where the next record begins.
    end: usize,
}

/// The length of the result whose head begins `bytes`; `None` if the head is not complete.
pub(crate) fn len(bytes: &[u8]) -> Option<usize> {
    let len = u32::from_le_bytes(*bytes.first_chunk()?);
    usize::try_from(len).ok()
}

fn read(slab: &[u8], start: usize) -> Option<RingRecord> {
    let bytes = slab.get(start..)?;
    let len = len(bytes)?;
    let item = bytes.get(4..)?.first_chunk()?;
    let number = bytes.get(8..)?.first_chunk()?;
    let item = u32::from_le_bytes(*item);
    let is_item = item == STARTED || (item as usize) < MAX_ITEMS;
    is_item.then_some(RingRecord {
        item,
        number: BatchNumber(u64::from_le_bytes(*number)),
        end: (start + HEAD)
            .checked_add(len)
            .filter(|end| *end <= slab.len())?,
    })
}

/// The messages of the records in a slab.
pub(crate) fn read_all(slab: Vec<u8>, said: &mut Vec<FromWorker>) -> Result<(), ProtocolError> {
    let slab = Slab::new(slab);
    let mut start = 0;
    while start < slab.len() {
        let first = read(&slab, start).ok_or(ProtocolError)?;
        if first.item == STARTED {
            said.push(FromWorker::Started(first.number));
            start = first.end;
            continue;
        }
        let begin = start;
        start = first.end;
        let mut next = first.item + 1;
        while let Some(record) = read(&slab, start)
            && (record.item, record.number) == (next, first.number)
        {
            start = record.end;
            next += 1;
        }
        said.push(FromWorker::Answer(Answer {
            number: first.number,
            items: first.item as usize..next as usize,
            body: AnswerBody::Values {
                slab: slab.clone(),
                start: begin,
            },
        }));
    }
    Ok(())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn record(number: u64, item: usize, result: &[u8]) -> Vec<u8> {
        [&value(BatchNumber(number), item, result.len())[..], result].concat()
    }

    #[test]
    fn results_of_one_batch_are_read_as_one() {
        let slab = [
            started(BatchNumber(5)).to_vec(),
            record(5, 0, b"a"),
            record(5, 1, b""),
            record(6, 2, b"c"),
        ];
        let mut said = Vec::new();

        read_all(slab.concat(), &mut said).expect("these are records");

        let items = said.iter().map(|message| match message {
            FromWorker::Answer(answer) => (answer.number.0, answer.items.clone()),
            FromWorker::Started(number) => (number.0, 0..0),
            _ => unreachable!("there is no other record"),
        });
        let items: Vec<_> = items.collect();
        assert_eq!(items, [(5, 0..0), (5, 0..2), (6, 2..3)]);
    }

    #[test]
    fn what_is_cut_off_makes_no_sense() {
        let whole = record(1, 0, b"result");

        for len in 1..whole.len() {
            assert!(read_all(whole[..len].to_vec(), &mut Vec::new()).is_err());
        }
    }
}
