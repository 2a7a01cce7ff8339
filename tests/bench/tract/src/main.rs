//! `tract-alone NETWORK IMAGE FEATURES THREADS`: writes the features once; then each line that comes in is
//! answered with the milliseconds of one more run.

use std::io::Write;
use std::time::Instant;

use tract_alone::Engine;
use tract_linalg::multithread::{Executor, set_default_executor};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [network, image, features, threads] = arguments.as_slice() else {
        return Err("expected NETWORK IMAGE FEATURES THREADS".into());
    };
    let threads: usize = threads.parse()?;
    if threads > 1 {
        set_default_executor(Executor::multithread(threads));
    }
    let engine = Engine::new(&std::fs::read(network)?, &std::fs::read(image)?)?;
    let bytes: Vec<u8> = engine.features()?.into_iter().flat_map(f32::to_le_bytes).collect();
    std::fs::write(features, bytes)?;
    println!("ready");
    for line in std::io::stdin().lines() {
        line?;
        let start = Instant::now();
        engine.features()?;
        println!("{}", start.elapsed().as_secs_f64() * 1e3);
        std::io::stdout().flush()?;
    }
    Ok(())
}
