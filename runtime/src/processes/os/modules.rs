//! The modules of this program, as its loader knows them: the program itself first, then its
//! dynamic libraries.
//!
//! A module is loaded at another address with each start, so distances between two modules say
//! nothing. Within one, code always has the same distance from the base. The headers and notes of a
//! module (with the build id, where the linker writes one) identify its build.

use std::{
    ffi::{c_int, c_void},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    slice,
};

#[cfg(target_pointer_width = "64")]
type Header = libc::Elf64_Phdr;
#[cfg(target_pointer_width = "32")]
type Header = libc::Elf32_Phdr;

/// A file that was loaded.
pub(crate) struct Module {
    /// What the loader adds to the addresses in the file.
    base: usize,
    /// The address of its headers, and their bytes.
    pub(crate) place: usize,
    pub(crate) headers: Vec<u8>,
    /// The addresses of its segments.
    loads: Vec<Range<usize>>,
    notes: Vec<u8>,
}

/// All modules that are loaded.
pub(crate) fn all() -> Vec<Module> {
    let mut found: Vec<Module> = Vec::new();
    // SAFETY: `add` is what it takes, and is called with this vector before this returns.
    unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut found).cast()) };
    found
}

/// Adds one module; it stays loaded meanwhile.
unsafe extern "C" fn add(info: *mut libc::dl_phdr_info, _: usize, found: *mut c_void) -> c_int {
    // SAFETY: the loader lends a whole description for the time of this call.
    let info = unsafe { &*info };
    // SAFETY: `all` has handed this vector over, and does not touch it before this returns.
    let found = unsafe { &mut *found.cast::<Vec<Module>>() };
    let count = usize::from(info.dlpi_phnum);
    if info.dlpi_phdr.is_null() {
        return 0;
    }
    // SAFETY: the loader says how many headers there are at this address.
    let headers = unsafe { slice::from_raw_parts(info.dlpi_phdr, count) };
    // SAFETY: headers are numbers without gaps between them.
    let bytes = unsafe { slice::from_raw_parts(info.dlpi_phdr.cast::<u8>(), size_of_val(headers)) };
    found.push(Module::new(info.dlpi_addr as usize, headers, bytes));
    0
}

impl Module {
    fn new(base: usize, headers: &[Header], bytes: &[u8]) -> Self {
        let place = |header: &Header| {
            let start = base.wrapping_add(header.p_vaddr as usize);
            start..start.saturating_add(header.p_memsz as usize)
        };
        let of_kind = |kind| headers.iter().filter(move |header| header.p_type == kind);
        let readable = of_kind(libc::PT_LOAD).filter(|header| header.p_flags & libc::PF_R != 0);
        let readable: Vec<Range<usize>> = readable.map(place).collect();
        let is_loaded = |note: &Range<usize>| {
            let holds = |load: &Range<usize>| load.start <= note.start && note.end <= load.end;
            readable.iter().any(holds)
        };
        let notes = of_kind(libc::PT_NOTE).map(place).filter(is_loaded);
        Self {
            base,
            place: bytes.as_ptr() as usize,
            headers: bytes.to_vec(),
            loads: of_kind(libc::PT_LOAD).map(place).collect(),
            // SAFETY: it lies in a segment that the loader has mapped to be read.
            notes: notes.flat_map(|note| unsafe { copied(note) }).collect(),
        }
    }

    /// Where it begins in memory.
    pub(crate) fn start(&self) -> Option<usize> {
        self.loads.iter().map(|load| load.start).min()
    }

    fn holds(&self, address: usize) -> bool {
        self.loads.iter().any(|load| load.contains(&address))
    }

    /// Whether its notes contain a build id.
    pub(crate) fn has_build_id(&self) -> bool {
        const NT_GNU_BUILD_ID: u32 = 3;
        // Length of the name, length of the number, kind, name.
        let is_build_id = |note: &[u8]| {
            note[..4] == 4_u32.to_ne_bytes()
                && note[8..12] == NT_GNU_BUILD_ID.to_ne_bytes()
                && note[12..] == *b"GNU\0"
        };
        self.notes.windows(16).any(is_build_id)
    }

    /// A number that differs where two builds of a module do.
    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.headers, &self.notes).hash(&mut hasher);
        hasher.finish()
    }
}

/// # Safety
///
/// The range is mapped, and may be read.
unsafe fn copied(range: Range<usize>) -> Vec<u8> {
    let start = std::ptr::with_exposed_provenance(range.start);
    // SAFETY: promised by the caller; any bytes are bytes.
    unsafe { slice::from_raw_parts(start, range.len()) }.to_vec()
}

/// For each address, the build of the module that contains it, and the distance from its base.
pub(crate) fn locate(modules: &[Module], addresses: &[usize]) -> Vec<(u64, usize)> {
    let mut builds = vec![None; modules.len()];
    let locate = |address: &usize| {
        let index = modules.iter().position(|module| module.holds(*address));
        // Code outside of all modules was generated at run time: nothing is known of it.
        index.map_or((0, 0), |index| {
            let module = &modules[index];
            let build = *builds[index].get_or_insert_with(|| module.fingerprint());
            (build, address.wrapping_sub(module.base))
        })
    };
    addresses.iter().map(locate).collect()
}

// Miri has no loader to ask.
#[cfg(all(test, not(loom), not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_two_modules_is_located_in_each() {
        let ours = locate as *const () as usize;
        let theirs = libc::getauxval as *const () as usize;
        let modules = all();
        let place = |address| modules.iter().position(|module| module.holds(address));

        let located = locate(&modules, &[ours, theirs, ours, 1]);

        assert_eq!(place(ours), Some(0), "the program comes first");
        assert_eq!(located[0], located[2]);
        assert_eq!(located[0].1, ours - modules[0].base);
        assert_eq!(located[3], (0, 0));
        if place(theirs) != Some(0) {
            assert_ne!(located[0].0, located[1].0, "each has a build of its own");
        }
    }
}
