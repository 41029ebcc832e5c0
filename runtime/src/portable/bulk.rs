//! Values that need no codec: strings, paths, plain numbers, and vectors of them.
//!
//! They are recognised by their type, at compile time, and sent as the bytes that they consist of.
//! A result `Ok(bytes)` is recognised too, one level deep; a vector inside of a struct goes through
//! the codec.
//!
//! Numbers are sent in this machine's layout: both processes must run on machines of one kind (byte
//! order, size of `usize`); the executor that connects them ensures that.

use std::any::{Any, TypeId};
#[cfg(unix)]
use std::{ffi::OsString, path::PathBuf};

use bytemuck::Pod;

use super::{
    codec::CodecError,
    parts::{Bulk, Decoder, Encoder},
};

impl<N: Pod + Send + Sync> Bulk for Vec<N> {
    fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        if !bytes.len().is_multiple_of(size_of::<N>()) {
            return Err(CodecError::new("its bytes are no whole number of elements"));
        }
        let mut numbers = vec![N::zeroed(); bytes.len() / size_of::<N>()];
        bytemuck::cast_slice_mut(&mut numbers).copy_from_slice(bytes);
        Ok(numbers)
    }
}

impl Bulk for String {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let text = str::from_utf8(bytes).map_err(|_| CodecError::new("its bytes are no UTF-8"))?;
        Ok(text.to_owned())
    }
}

// On other systems serde writes them, which refuses a path that is not Unicode.
#[cfg(unix)]
mod unix {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};

    use super::{Bulk, CodecError, OsString, PathBuf};

    impl Bulk for OsString {
        fn bytes(&self) -> &[u8] {
            self.as_os_str().as_bytes()
        }

        fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
            Ok(OsString::from_vec(bytes.to_vec()))
        }
    }

    impl Bulk for PathBuf {
        fn bytes(&self) -> &[u8] {
            self.as_os_str().as_bytes()
        }

        fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
            OsString::from_bytes(bytes).map(PathBuf::from)
        }
    }
}

/// Runs `$try` for each type that is bulk, until one of them is the type asked for.
macro_rules! first_of_bulk_types {
    ($try:ident) => {
        $try!(
            String,
            Vec<u8>,
            Vec<i8>,
            Vec<u16>,
            Vec<i16>,
            Vec<u32>,
            Vec<i32>,
            Vec<u64>,
            Vec<i64>,
            Vec<u128>,
            Vec<i128>,
            Vec<usize>,
            Vec<isize>,
            Vec<f32>,
            Vec<f64>,
        );
        #[cfg(unix)]
        $try!(PathBuf, OsString,);
    };
}

/// The same for each plain number.
macro_rules! first_of_numbers {
    ($try:ident) => {
        $try!(
            u16, i16, u32, i32, u64, i64, u128, i128, usize, isize, f32, f64,
        );
    };
}

/// Encodes the value if it is bulk; else gives it back.
#[inline]
pub(super) fn encode<T: 'static>(value: T, encoder: &mut Encoder<'_>) -> Option<T> {
    macro_rules! encode_number {
        ($($ty:ty),* $(,)?) => {$(
            if TypeId::of::<T>() == TypeId::of::<$ty>() {
                return match same::<T, $ty>(value) {
                    Ok(number) => {
                        encoder.write_raw(bytemuck::bytes_of(&number));
                        None
                    }
                    Err(value) => Some(value),
                };
            }
        )*};
    }
    first_of_numbers!(encode_number);
    macro_rules! encode_as {
        ($($ty:ty),* $(,)?) => {$(
            if TypeId::of::<T>() == TypeId::of::<$ty>() {
                return match same::<T, $ty>(value) {
                    Ok(bulk) => {
                        encoder.write_bulk(bulk);
                        None
                    }
                    Err(value) => Some(value),
                };
            }
        )*};
    }
    first_of_bulk_types!(encode_as);
    Some(value)
}

/// Decodes a value if its type is bulk.
#[inline]
pub(super) fn decode<T: 'static>(decoder: &mut Decoder<'_>) -> Option<Result<T, CodecError>> {
    macro_rules! decode_number {
        ($($ty:ty),* $(,)?) => {$(
            if TypeId::of::<T>() == TypeId::of::<$ty>() {
                return match decoder.read_raw().map(<$ty>::from_ne_bytes) {
                    Ok(number) => same::<$ty, T>(number).ok().map(Ok),
                    Err(error) => Some(Err(error)),
                };
            }
        )*};
    }
    first_of_numbers!(decode_number);
    macro_rules! decode_as {
        ($($ty:ty),* $(,)?) => {$(
            if TypeId::of::<T>() == TypeId::of::<$ty>() {
                return match decoder.read_bulk::<$ty>() {
                    Ok(bulk) => same::<$ty, T>(bulk).ok().map(Ok),
                    Err(error) => Some(Err(error)),
                };
            }
        )*};
    }
    first_of_bulk_types!(decode_as);
    None
}

/// The value as a `B`, if that is what an `A` is.
#[inline]
fn same<A: 'static, B: 'static>(value: A) -> Result<B, A> {
    let mut value = Some(value);
    let same = (&mut value as &mut dyn Any).downcast_mut::<Option<B>>();
    match same.and_then(Option::take) {
        Some(same) => Ok(same),
        None => Err(value.expect("only a `B` is taken out")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::{Parts, Portable};

    /// The value after its way through bytes, and how many of them lay apart.
    fn through<T: Portable>(value: T) -> (T, usize) {
        let mut parts = Parts::new();
        parts.add(|encoder| value.encode(encoder)).unwrap();
        let part = parts.iter().next().unwrap();
        let apart = part.pieces().skip(1).map(<[u8]>::len).sum();
        let bytes = part.to_vec();
        let value = Decoder::whole(&bytes, |decoder| T::decode(decoder)).unwrap();
        (value, apart)
    }

    #[test]
    fn long_strings_and_numbers_lie_apart() {
        let (text, numbers) = ("é".repeat(4096), vec![f64::MIN_POSITIVE; 1024]);

        assert_eq!(through(text.clone()), (text, 8192));
        assert_eq!(through(numbers.clone()), (numbers, 8192));
    }

    #[test]
    fn short_ones_stay_in_line() {
        assert_eq!(through("é".to_owned()), ("é".to_owned(), 0));
        assert_eq!(through(Vec::<u128>::new()), (Vec::new(), 0));
        assert_eq!(through(vec![u128::MAX, 1]), (vec![u128::MAX, 1], 0));
    }

    #[test]
    fn numbers_travel_as_they_lie() {
        assert_eq!(through(u64::MAX), (u64::MAX, 0));
        assert_eq!(through(i16::MIN), (i16::MIN, 0));
        assert_eq!(through(-0.1_f64), (-0.1, 0));
        assert_eq!(through(u128::MAX - 1), (u128::MAX - 1, 0));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_crosses() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(OsString::from_vec(vec![b'/', 0xff, b'a']));

        assert_eq!(through(path.clone()), (path, 0));
    }

    #[test]
    fn what_serde_knows_goes_through_the_codec() {
        let value = (
            7_u8,
            Some(vec!["a".to_owned()]),
            Some(Some(())),
            [1.5_f32; 3],
        );

        assert_eq!(through(value.clone()), (value, 0));
    }
}
