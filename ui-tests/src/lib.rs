//! What the compiler says of code that uses the library, right and wrong.
