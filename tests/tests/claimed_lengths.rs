//! A length that hostile bytes claim is not memory that is asked for.
//!
//! One test alone, since it looks at what the whole program allocates.

#[expect(unsafe_code, reason = "sees what the system's allocator is asked for")]
#[path = "claimed_lengths/largest.rs"]
mod largest;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use concurrent_futures::{PortableError, task};
use largest::largest_request;
use tests::elsewhere::entry_of;

/// Serde trusts a claim for a mebibyte of elements, of which a hash table makes a little more.
const SMALL: usize = 4 << 20;

/// Tasks that take one argument each, and the entries of all.
macro_rules! entries_of_takers {
    ($($name:ident: $ty:ty;)*) => {{
        $(
            #[task]
            fn $name(value: $ty) {
                drop(value);
            }
        )*
        [$(entry_of::<$name>()),*]
    }};
}

/// A head of these bytes, which claims to be as long as it is.
fn part(head: &[u8]) -> Vec<u8> {
    let mut bytes = postcard::to_stdvec(&head.len()).unwrap();
    bytes.extend_from_slice(head);
    bytes
}

#[test]
fn a_claimed_length_is_not_allocated() {
    let entries = entries_of_takers! {
        bytes: Vec<u8>;
        wide: Vec<u128>;
        text: String;
        path: std::path::PathBuf;
        texts: Vec<String>;
        arrays: Vec<[u64; 32]>;
        boxed: Box<[u64]>;
        ring: VecDeque<u64>;
        map: HashMap<u64, u64>;
        tree: BTreeMap<u64, String>;
        set: HashSet<String>;
        nested: Vec<Vec<Vec<u8>>>;
        error: PortableError;
        optional: Option<Vec<u8>>;
    };
    let lens = [1 << 24, 1 << 32, 1 << 60, u64::MAX / 16, u64::MAX];

    for entry in entries {
        for len in lens {
            let claimed = postcard::to_stdvec(&len).unwrap();
            let optional = [&[1][..], &claimed].concat();
            let after_a_text = [&[0][..], &claimed].concat();
            for head in [claimed, optional, after_a_text] {
                largest::forget();
                // Some of these bytes are a value, in another reading than was meant.
                let _ = (entry.run(&part(&head)), entry.run(&head));
                let largest = largest_request();
                assert!(
                    largest < SMALL,
                    "{entry:?}: {largest} bytes for a claim of {len}"
                );
            }
        }
    }
}
