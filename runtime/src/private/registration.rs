//! How a task registers itself.

use std::marker::PhantomData;

use super::{CodecError, Decoder, Encoder, RunFn};
use crate::{
    portable::Portable,
    task::{Remote, remote},
};

/// The function that runs a task from bytes, if it can: `Runs::<Task>::__TASK_RUN`.
///
/// The compiler prefers the inherent constant, if its bound holds, to that of `StaysHere`.
#[derive(Debug)]
pub struct Runs<T>(PhantomData<fn() -> T>);

impl<T: Remote> Runs<T> {
    /// The function.
    pub const __TASK_RUN: Option<RunFn> = Some(remote::run::<T>);
}

/// A task with a parameter or a result that is not portable.
pub trait StaysHere {
    /// `None`: the task cannot run from bytes.
    const __TASK_RUN: Option<RunFn> = None;
}

impl<T> StaysHere for Runs<T> {}

/// Encodes one argument.
pub fn encode<T: Portable>(
    value: T,
    name: &'static str,
    encoder: &mut Encoder<'_>,
) -> Result<(), CodecError> {
    value
        .encode(encoder)
        .map_err(|error| error.in_argument(name))
}

/// Decodes one argument.
pub fn decode<T: Portable>(name: &'static str, decoder: &mut Decoder<'_>) -> Result<T, CodecError> {
    T::decode(decoder).map_err(|error| error.in_argument(name))
}

/// The location of the attribute in the user's source.
#[doc(hidden)]
#[macro_export]
macro_rules! __place {
    () => {
        $crate::remote::Place {
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        }
    };
}

/// Makes the loader register a task.
#[doc(hidden)]
#[macro_export]
macro_rules! __register {
    ($entry:ident) => {
        const _: () = {
            static REGISTERED: $crate::private::Registered =
                $crate::private::Registered::new(&$entry);

            extern "C" fn enter() {
                REGISTERED.enter();
            }

            #[used]
            #[cfg_attr(
                any(
                    target_os = "linux",
                    target_os = "android",
                    target_os = "dragonfly",
                    target_os = "freebsd",
                    target_os = "haiku",
                    target_os = "illumos",
                    target_os = "netbsd",
                    target_os = "nto",
                    target_os = "openbsd",
                    target_os = "redox",
                    target_os = "vxworks",
                    target_os = "none",
                    target_family = "wasm",
                ),
                unsafe(link_section = ".init_array")
            )]
            #[cfg_attr(
                any(target_os = "macos", target_os = "ios"),
                unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
            )]
            #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            static ENTER: extern "C" fn() = enter;
        };
    };
}
