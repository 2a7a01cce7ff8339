#![no_main]

libfuzzer_sys::fuzz_target!(init: recasketch_fuzz::prepare(), |data: &[u8]| {
    recasketch_fuzz::run(recasketch_fuzz::list, data);
});
