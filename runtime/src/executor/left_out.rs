//! Names of the executors whose feature is off, so that the compiler says which one that is.

use super::BuildError;

/// What the feature `processes` has: nothing while it is off.
#[cfg(not(all(unix, feature = "processes")))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is in the feature `processes` of `concurrent-futures`, which is off; \
               it asks for a Unix",
    label = "switch it on in `Cargo.toml`: `features = [\"processes\"]`"
)]
pub trait InProcesses<'no> {}

/// What the feature `work-stealing` has: nothing while it is off.
#[cfg(not(feature = "work-stealing"))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is in the feature `work-stealing` of `concurrent-futures`, which is off",
    label = "switch it on in `Cargo.toml`: `features = [\"work-stealing\"]`"
)]
pub trait InWorkStealing<'no> {}

/// Writes a pool without values, and the two ways to make one.
macro_rules! left_out {
    ($pool:ident: $feature:ident) => {
        #[doc(hidden)]
        #[derive(Debug)]
        pub enum $pool {}

        impl $pool {
            #[doc(hidden)]
            pub fn new() -> Result<Self, BuildError>
            where
                for<'no> Self: $feature<'no>,
            {
                unreachable!("the bound does not hold")
            }

            #[doc(hidden)]
            pub fn builder() -> Self
            where
                for<'no> Self: $feature<'no>,
            {
                unreachable!("the bound does not hold")
            }
        }
    };
}

#[cfg(not(all(unix, feature = "processes")))]
left_out!(ProcessPool: InProcesses);
#[cfg(not(feature = "work-stealing"))]
left_out!(WorkStealingPool: InWorkStealing);
