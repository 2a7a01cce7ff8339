//! Foreign collections of images, where they lie beside the project: nothing panics, good images
//! decode, and bad ones are refused. Skips, and says so, on a machine that has none.

use std::path::{Path, PathBuf};

use recasketch::error::Error;
use recasketch::pixels::{Fit, Pixels};

/// The files below `../shared/robustness/FOLDER` with one of the endings.
fn files(folder: &str, endings: &[&str]) -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/robustness").join(folder);
    if !root.is_dir() {
        println!("skipped: {} is not on this machine", root.display());
        return None;
    }
    let (mut found, mut folders) = (Vec::new(), vec![root]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let ending = path
                .extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or_default()
                .to_lowercase();
            match path.is_dir() {
                true => folders.push(path),
                false if endings.contains(&&*ending) => found.push(path),
                false => {}
            }
        }
    }
    assert!(!found.is_empty());
    found.sort();
    Some(found)
}

fn decode(path: &Path) -> Result<Pixels, Error> {
    Pixels::decode(&std::fs::read(path).unwrap(), Fit::Crop, 224, 224)
}

#[test]
fn the_png_suite_decodes_but_for_its_damaged_files() {
    let Some(files) = files("pngsuite", &["png"]) else { return };
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match decode(&path) {
            Ok(pixels) => assert_eq!(pixels.rgb().len(), 3 * 224 * 224),
            Err(error) => {
                // The suite's damaged files begin with x; bugfixes/ holds further ones.
                let damaged = name.starts_with('x') || path.to_string_lossy().contains("bugfixes");
                assert!(
                    damaged && matches!(error, Error::Image(_) | Error::UnsupportedImage(_)),
                    "{name}: {error}"
                );
            }
        }
    }
}

#[test]
fn eight_orientations_of_a_photograph_look_the_same() {
    for shape in ["Landscape", "Portrait"] {
        let Some(files) = files("exif_orientation", &["jpg"]) else { return };
        let of_shape = files.iter().filter(|path| path.to_string_lossy().contains(shape));
        let pixels: Vec<Pixels> = of_shape.map(|path| decode(path).unwrap()).collect();
        assert_eq!(pixels.len(), 9);
        // Each photograph bears its number, so they are alike but not equal; a wrong turn differs by 40 and more.
        for turned in &pixels[1..] {
            let difference = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b));
            let total: f64 = pixels[0].rgb().iter().zip(turned.rgb()).map(difference).sum();
            let mean = total / pixels[0].rgb().len() as f64;
            assert!(mean < 15.0, "{shape} differs by {mean}");
        }
    }
}

#[test]
fn the_image_crates_own_images_never_panic_and_mostly_decode() {
    let Some(files) = files("image_rs", &["png", "jpg", "jpeg", "gif", "webp", "bmp"]) else {
        return;
    };
    let (mut decoded, mut refused) = (0, Vec::new());
    for path in &files {
        match decode(path) {
            Ok(_) => decoded += 1,
            Err(error) => refused.push(format!("{}: {error}", path.display())),
        }
    }
    println!("{decoded} decoded, {} refused:\n{}", refused.len(), refused.join("\n"));
    assert!(decoded > files.len() * 3 / 4, "{refused:#?}");
}
