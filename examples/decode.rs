//! Decodes image files for `./build.sh conformance`. Each line of standard input holds the rows and columns of the
//! result and the path of an image, with tabs between. Each line of output is the path of the file with the pixels, or
//! begins with `refused`.

use std::io::Write;
use std::path::Path;

use recasketch::pixels::{Fit, Pixels};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder for the pixels")?;
    std::fs::create_dir_all(&folder)?;
    let mut output = std::io::stdout().lock();
    for (number, line) in std::io::stdin().lines().enumerate() {
        let line = line?;
        let mut fields = line.splitn(3, '\t');
        let mut field = || fields.next().ok_or("a line has three fields");
        let (rows, columns, path) = (field()?.parse()?, field()?.parse()?, field()?);
        match Pixels::decode(&std::fs::read(path)?, Fit::Squash, rows, columns) {
            Ok(pixels) => {
                let name = Path::new(&folder).join(format!("{number}.rgb"));
                std::fs::write(&name, pixels.rgb())?;
                writeln!(output, "{}", name.display())?;
            }
            Err(error) => writeln!(output, "refused: {error}")?,
        }
        output.flush()?;
    }
    Ok(())
}
