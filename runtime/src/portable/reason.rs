//! Why a value refused to be serialized, in its own words.
//!
//! postcard drops the text of an error that a `Serialize` impl returns. So a value that failed is
//! serialized once more, by a serializer that discards the bytes and keeps the error.

use std::fmt;

use serde::{
    Serialize, Serializer,
    ser::{
        Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use super::stack::{StackLimit, TOO_DEEP};

/// The error text of the value's `Serialize` impl; `None` if it succeeds this time.
pub(super) fn reason<T: Serialize>(value: &T) -> Option<String> {
    let nowhere = Discard(StackLimit::of_this_thread());
    nowhere.take(value).err().map(|ReasonText(text)| text)
}

/// The text of an error.
#[derive(Debug)]
struct ReasonText(String);

impl Error for ReasonText {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self(text.to_string())
    }
}

impl std::error::Error for ReasonText {}

impl fmt::Display for ReasonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A serializer that discards all values.
#[derive(Clone, Copy)]
struct Discard(StackLimit);

impl Discard {
    fn take<T: Serialize + ?Sized>(self, value: &T) -> Discarded {
        if self.0.is_reached() {
            return Err(ReasonText(TOO_DEEP.to_owned()));
        }
        value.serialize(self)
    }
}

type Discarded = Result<(), ReasonText>;
type DiscardInside = Result<Discard, ReasonText>;

macro_rules! take {
    ($($method:ident($($ty:ty),*);)*) => {$(
        fn $method(self, $(_: $ty),*) -> Discarded {
            Ok(())
        }
    )*};
}

macro_rules! open {
    ($($method:ident($($ty:ty),*);)*) => {$(
        fn $method(self, $(_: $ty),*) -> DiscardInside {
            Ok(self)
        }
    )*};
}

impl Serializer for Discard {
    type Ok = ();
    type Error = ReasonText;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    take! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    open! {
        serialize_seq(Option<usize>);
        serialize_tuple(usize);
        serialize_tuple_struct(&'static str, usize);
        serialize_tuple_variant(&'static str, u32, &'static str, usize);
        serialize_map(Option<usize>);
        serialize_struct(&'static str, usize);
        serialize_struct_variant(&'static str, u32, &'static str, usize);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Discarded {
        self.take(value)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Discarded {
        self.take(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Discarded {
        self.take(value)
    }

    // As postcard's, to take the path that failed.
    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! compound {
    ($($compound:ident: $method:ident($($key:ty)?);)*) => {$(
        impl $compound for Discard {
            type Ok = ();
            type Error = ReasonText;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Discarded {
                self.take(value)
            }

            fn end(self) -> Discarded {
                Ok(())
            }
        }
    )*};
}

compound! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(&'static str);
    SerializeStructVariant: serialize_field(&'static str);
}

impl SerializeMap for Discard {
    type Ok = ();
    type Error = ReasonText;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Discarded {
        self.take(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Discarded {
        self.take(value)
    }

    fn end(self) -> Discarded {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    /// Refuses to be written.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    struct Mute;

    impl Serialize for Mute {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("I have nothing to say"))
        }
    }

    #[derive(Serialize)]
    enum Shape {
        Newtype(Mute),
        Tuple(u8, Mute),
        Struct { inner: Mute },
    }

    #[derive(Serialize)]
    struct Pair(u8, Mute);

    #[derive(Serialize)]
    struct Named {
        first: (u8, char, f64, Option<()>),
        inner: Mute,
    }

    #[test]
    fn the_words_come_from_wherever_they_are_said() {
        let named = Named {
            first: (1, 'a', 1.5, None),
            inner: Mute,
        };
        let words = [
            reason(&Mute),
            reason(&Some(Mute)),
            reason(&vec![Mute]),
            reason(&(1, Mute)),
            reason(&BTreeMap::from([(1, Mute)])),
            reason(&BTreeMap::from([(Mute, 1)])),
            reason(&Pair(1, Mute)),
            reason(&named),
            reason(&Shape::Newtype(Mute)),
            reason(&Shape::Tuple(1, Mute)),
            reason(&Shape::Struct { inner: Mute }),
        ];

        for words in words {
            assert_eq!(words.as_deref(), Some("I have nothing to say"));
        }
        assert_eq!(reason(&"all is said"), None);
    }
}
