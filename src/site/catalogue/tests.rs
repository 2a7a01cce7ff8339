//! Catalogues as people write them.

use super::*;

fn read(text: &str) -> Catalogue {
    Catalogue::parse(Path::new("list.csv"), text.as_bytes()).unwrap()
}

fn refused(text: &str) -> String {
    Catalogue::parse(Path::new("list.csv"), text.as_bytes()).unwrap_err().to_string()
}

/// Lines that are left out, and the beginning of each reason.
fn left_out(text: &str) -> Vec<(u64, String)> {
    read(text).left_out
}

#[test]
fn every_form_of_the_same_catalogue_is_the_same() {
    let plain = read("uid,name,category,tags,author,licence\na1,One,A|B,red|old,Ann,CC0\n");
    assert_eq!(plain.models.len(), 1);
    let model = &plain.models[0];
    assert_eq!(
        (&*model.uid, &*model.name, &*model.author, &*model.licence),
        ("a1", "One", "Ann", "CC0")
    );
    assert_eq!(
        (&model.categories[..], &model.tags[..]),
        (&["A".into(), "B".into()][..], &["red".into(), "old".into()][..])
    );
    for text in [
        "UID,Name,Category,TAGS,Author,Licence\na1,One,A|B,red|old,Ann,CC0\n",
        " uid , name, category, tags, author, licence\na1, One, A | B, red | old, Ann, CC0\n",
        "uid, name, category, tags, author, licence\na1, \"One\", \"A|B\", red|old, Ann, CC0\n",
        "uid,name,category,tags,author,license\na1,One,A|B,red|old,Ann,CC0\n",
        "id,name,category,tags,author,licence\na1,One,A|B,red|old,Ann,CC0\n",
        "licence;author;tags;category;name;uid\nCC0;Ann;red|old;A|B;One;a1\n",
        "sep=;\r\nuid;name;category;tags;author;licence\r\na1;One;A|B;red|old;Ann;CC0\r\n",
        "uid\tname\tcategory\ttags\tauthor\tlicence\na1\tOne\tA|B\tred|old\tAnn\tCC0",
        "\u{feff}uid,name,category,tags,author,licence\r\n\r\na1,One,A|B,red|old,Ann,CC0\r\n,,,,,\r\n",
        "\"uid\",\"name\",\"category\",\"tags\",\"author\",\"licence\",\n\"a1\",\"One\",\"A|B\",\"red|old\",\"Ann\",\"CC0\",\n",
    ] {
        assert_eq!(read(text), plain, "{text}");
        for (mark, unit) in
            [(b"\xff\xfe", u16::to_le_bytes as fn(u16) -> [u8; 2]), (b"\xfe\xff", u16::to_be_bytes)]
        {
            let text = text.trim_start_matches('\u{feff}');
            let bytes: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
            let marked = [&mark[..], &bytes].concat();
            for bytes in [&bytes, &marked] {
                let read = Catalogue::parse(Path::new("list.csv"), bytes).unwrap();
                assert_eq!(read, plain, "UTF-16 {text}");
            }
        }
    }
}

#[test]
fn short_rows_rows_of_nothing_and_an_id_beside_a_uid() {
    let short =
        read("uid,name,category,tags,author,licence\na1,One,chairs,red,Ann,CC0\na2,Two\na3\n");
    let names: Vec<&str> = short.models.iter().map(|model| &*model.name).collect();
    assert_eq!((names, short.left_out.len()), (vec!["One", "Two", "a3"], 0));
    assert_eq!(short.models[1].licence, "");
    let empty = read("uid,name,category\na1,One,chairs\n,,\n\n , ,\na2,Two,chairs\n,,,,,,\n");
    assert_eq!((empty.models.len(), empty.left_out.len()), (2, 0));
    for text in ["id,uid,name\n1,a1,One\n2,a2,Two\n", "uid,id,name\na1,1,One\na2,2,Two\n"] {
        let both = read(text);
        let uids: Vec<&str> = both.models.iter().map(|model| &*model.uid).collect();
        assert_eq!((uids, both.unused), (vec!["a1", "a2"], vec!["id".to_owned()]), "{text}");
    }
}

#[test]
fn any_text_is_an_id_but_for_none_too_long_ones_and_control_characters() {
    let long = "x".repeat(LONGEST_UID);
    let odd = [
        "a/b",
        "..",
        "../../x",
        "a b",
        "é椅🪑",
        "https://x.example/?a=1#2",
        ".hidden",
        "CON",
        "\u{202e}x",
        &long,
    ];
    let rows: String = odd.iter().map(|uid| format!("\"{uid}\",One\n")).collect();
    let read = read(&format!("uid,name\n{rows}"));
    let uids: Vec<&str> = read.models.iter().map(|model| &*model.uid).collect();
    assert_eq!((uids, read.left_out), (odd.to_vec(), vec![]));
    let wrong =
        left_out(&format!("uid,name\n,One\n{long}x,Two\na\0b,Three\na\u{1b}[31m,Four\nok,Five\n"));
    assert_eq!(
        wrong,
        [
            (2, "it has no uid".to_owned()),
            (3, "its uid has 1001 letters, more than 1000".to_owned()),
            (4, "its uid \"a\\0b\" holds a control character".to_owned()),
            (5, "its uid \"a\\u{1b}[31m\" holds a control character".to_owned()),
        ]
    );
}

#[test]
fn rows_that_are_wrong_are_told_by_their_lines_and_the_others_stay() {
    let text = "uid,name\na1,One\n\"a2\",\"Two\nlines\"\na1,Again\n,Nobody\na3,Three, old\na4,Four\na1,Once more\n";
    let read = read(text);
    let uids: Vec<&str> = read.models.iter().map(|model| &*model.uid).collect();
    assert_eq!(uids, ["a1", "a2", "a4"]);
    let reasons: Vec<(u64, &str)> =
        read.left_out.iter().map(|(line, reason)| (*line, &**reason)).collect();
    assert_eq!(
        reasons,
        [
            (5, "its uid 'a1' is that of line 2"),
            (6, "it has no uid"),
            (7, "3 values for 2 columns; put quotes around a text that holds the separator"),
            (9, "its uid 'a1' is that of line 2"),
        ]
    );
    let said = read.whole(Path::new("list.csv")).unwrap_err().to_string();
    assert!(
        said.contains(
            "every row to be right in list.csv, found 4 that are not, the first line 5: its uid"
        ),
        "{said}"
    );
}

#[test]
fn what_is_no_catalogue_is_refused_with_what_came() {
    for (text, sentence) in [
        ("name,author\nchair,me\n", "a column `uid` in list.csv, found the columns name, author;"),
        ("a1\na2\n", "found the columns a1;"),
        ("PK\u{3}\u{4}", "found a workbook"),
    ] {
        let said = refused(text);
        assert!(said.contains(sentence), "{said}");
    }
    for (text, sentence) in [
        ("", "expected at least one model in list.csv, found none;"),
        ("uid,name\n", "found none;"),
        ("uid,name\n,One\n", "found none; line 2: it has no uid"),
    ] {
        let said = read(text).some(Path::new("list.csv")).unwrap_err().to_string();
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn links_are_escaped_and_columns_that_mean_nothing_are_named() {
    let read = read(
        "uid,URL,Author URL,thumbnail-url,colour,notes,,likes\n\
         a,https://x.example/my chair.html?q=a|b,https://x.example/%20,\"https://x.example/a \"\"b\"\".jpg\",red,x,,1,\n",
    );
    assert_eq!(read.left_out, []);
    let model = &read.models[0];
    assert_eq!(model.url.as_deref(), Some("https://x.example/my%20chair.html?q=a%7Cb"));
    assert_eq!(model.facts.author_url.as_deref(), Some("https://x.example/%20"));
    assert_eq!(model.facts.thumbnail_url.as_deref(), Some("https://x.example/a%20%22b%22.jpg"));
    assert_eq!(model.facts.likes, Some(1));
    assert_eq!(read.unused, ["colour", "notes"]);
}

#[test]
fn the_files_that_broke_it_are_read() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    if !cases.is_dir() {
        println!("skipped: ../shared/cases is not there");
        return;
    }
    for entry in std::fs::read_dir(&cases).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let models = read_csv(&path).unwrap();
        let found: Vec<(&str, &str)> =
            models.iter().map(|model| (&*model.uid, &*model.name)).collect();
        assert_eq!(found, [("a1", "One"), ("a2", "Two")], "{}", path.display());
        let licences: Vec<&str> = models.iter().map(|model| &*model.licence).collect();
        let expected = match path.file_name().and_then(|name| name.to_str()) {
            Some("license.csv") => ["CC BY 4.0", "CC0"],
            Some("spaces.csv") => ["CC0", "CC0"],
            Some("short-rows.csv") => ["CC0", ""],
            _ => ["", ""],
        };
        assert_eq!(licences, expected, "{}", path.display());
    }
}

#[test]
fn what_is_written_is_read_again() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("catalogue.csv");
    let model = Model {
        uid: "a/\"b\", c".to_owned(),
        name: "One\nand; two".to_owned(),
        author: "sep=;".to_owned(),
        categories: vec!["A".to_owned(), "B, C".to_owned()],
        url: Some("https://x.example/".to_owned()),
        ..Model::default()
    };
    write_csv(&path, std::slice::from_ref(&model)).unwrap();
    assert_eq!(read_csv(&path).unwrap(), [model]);
}
