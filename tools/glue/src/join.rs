//! Joins the page's scripts with the modules that they import, so that a browser asks for few files.
//!
//! Each module becomes a function that returns its exports, in the order in which the modules need each other. The
//! sources keep to a part of JavaScript that this needs: imports at the top, no cycles, no exported variable that
//! changes, no `await` outside functions. Other imports and exports are refused with their file and line.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::Failure;

/// The modules that the first script imports. The other scripts of the same window share them.
const COMMON: &str = "common.js";

/// The sources, and the scripts that are made of them.
pub(crate) struct Sources<'a> {
    /// Folders of modules; a file of an earlier one counts.
    pub(crate) folders: &'a [&'a Path],
    /// Modules that stay files of their own.
    pub(crate) apart: &'a [&'a str],
}

/// The scripts of one window, by name. If there are several, `common.js` is among them.
pub(crate) fn scripts(
    sources: &Sources<'_>,
    entries: &[&str],
) -> Result<Vec<(String, String)>, Failure> {
    let Some((&first, others)) = entries.split_first() else { return Ok(Vec::new()) };
    let mut modules = BTreeMap::new();
    for entry in entries {
        sources.read(entry, &mut Vec::new(), &mut modules)?;
    }
    let needed = |entry: &str| {
        let mut order = Vec::new();
        needed(&modules, entry, &mut order);
        order.retain(|name| !entries.contains(&name.as_str()));
        order
    };
    let own = needed(first);
    if others.is_empty() {
        return Ok(vec![(first.to_owned(), script(&modules, &own, first, &[]))]);
    }
    let mut made = vec![
        (COMMON.to_owned(), common(&modules, &own)),
        (first.to_owned(), script(&modules, &[], first, &own)),
    ];
    for &entry in others {
        let mut order = needed(entry);
        order.retain(|name| !own.contains(name));
        made.push((entry.to_owned(), script(&modules, &order, entry, &own)));
    }
    Ok(made)
}

/// A module: its imports, the names that it exports, and its text without both.
#[derive(Debug, Default, PartialEq)]
struct Module {
    imports: Vec<Import>,
    /// The exported name, and the name within the module.
    exports: Vec<(String, String)>,
    text: String,
    /// The text with its exports, for a script that others import.
    exporting: String,
}

#[derive(Debug, PartialEq)]
struct Import {
    /// The module's path within the page.
    from: String,
    /// What the names are bound to: a pattern such as `{ a, b: c }`, or one name for all exports.
    pattern: String,
}

impl Sources<'_> {
    /// Reads a module and those that it imports.
    fn read(
        &self,
        name: &str,
        path: &mut Vec<String>,
        modules: &mut BTreeMap<String, Module>,
    ) -> Result<(), Failure> {
        if path.iter().any(|above| above == name) {
            return Err(format!("{} import each other", path.join(" and ")).into());
        }
        if modules.contains_key(name) || self.apart.contains(&name) {
            return Ok(());
        }
        let file = self.folders.iter().map(|folder| folder.join(name)).find(|file| file.exists());
        let file = file.ok_or_else(|| format!("{name} is imported and missing"))?;
        let module = Module::parse(name, &std::fs::read_to_string(file)?)?;
        path.push(name.to_owned());
        for import in &module.imports {
            self.read(&import.from, path, modules)?;
        }
        path.pop();
        modules.insert(name.to_owned(), module);
        Ok(())
    }
}

/// Adds a module after those that it imports.
fn needed(modules: &BTreeMap<String, Module>, name: &str, order: &mut Vec<String>) {
    let Some(module) = modules.get(name) else { return };
    if order.iter().any(|added| added == name) {
        return;
    }
    for import in &module.imports {
        needed(modules, &import.from, order);
    }
    order.push(name.to_owned());
}

/// The script that exports modules for the others.
fn common(modules: &BTreeMap<String, Module>, own: &[String]) -> String {
    let mut text = outside(modules, own, None, &[]);
    own.iter().for_each(|name| wrap(&mut text, name, &modules[name]));
    let names: Vec<String> = own.iter().map(|name| bound(name)).collect();
    text + &format!("\nexport {{ {} }};\n", names.join(", "))
}

/// An entry with its modules. Those in `shared` come from `common.js`.
fn script(
    modules: &BTreeMap<String, Module>,
    own: &[String],
    entry: &str,
    shared: &[String],
) -> String {
    let mut text = outside(modules, own, Some(entry), shared);
    own.iter().for_each(|name| wrap(&mut text, name, &modules[name]));
    let module = &modules[entry];
    text.push('\n');
    bind(&mut text, module);
    text + &module.exporting
}

/// The imports of what is not in the script.
fn outside(
    modules: &BTreeMap<String, Module>,
    own: &[String],
    entry: Option<&str>,
    shared: &[String],
) -> String {
    let all = own.iter().map(String::as_str).chain(entry);
    let mut used: Vec<&str> =
        all.flat_map(|name| &modules[name].imports).map(|import| import.from.as_str()).collect();
    used.sort_unstable();
    used.dedup();
    used.retain(|name| !own.iter().any(|own| own == name));
    let (common, apart): (Vec<&str>, Vec<&str>) =
        used.into_iter().partition(|name| shared.iter().any(|shared| shared == name));
    let mut text = String::new();
    if !common.is_empty() {
        let names: Vec<String> = common.into_iter().map(bound).collect();
        let _ = writeln!(text, "import {{ {} }} from './{COMMON}';", names.join(", "));
    }
    for name in apart {
        let _ = writeln!(text, "import * as {} from './{name}';", bound(name));
    }
    text
}

/// Adds a module as a function that returns its exports.
fn wrap(text: &mut String, name: &str, module: &Module) {
    let _ = writeln!(text, "\n// {name}\nconst {} = (() => {{", bound(name));
    bind(text, module);
    text.push_str(&module.text);
    let exports: Vec<String> = module
        .exports
        .iter()
        .map(|(out, own)| if out == own { out.clone() } else { format!("{out}: {own}") })
        .collect();
    let _ = writeln!(text, "return {{ {} }};\n}})();", exports.join(", "));
}

/// Binds the names that a module imports.
fn bind(text: &mut String, module: &Module) {
    for Import { from, pattern } in &module.imports {
        let _ = writeln!(text, "const {pattern} = {};", bound(from));
    }
}

/// The variable of a module: `engine/site.js` is `$engine_site`.
fn bound(name: &str) -> String {
    let name = name.trim_end_matches(".js");
    format!("${}", name.replace(['/', '-', '.'], "_"))
}

impl Module {
    /// Takes imports and exports out of a module's text.
    fn parse(name: &str, source: &str) -> Result<Module, Failure> {
        // A module finds its neighbours by its own address, which is not the script's.
        let own_address = format!("new URL('{name}', import.meta.url).href");
        let mut module = Module::default();
        let mut lines = source.lines().enumerate();
        while let Some((at, line)) = lines.next() {
            let refuse = |why: &str| format!("{name}:{}: {why}: {line}", at + 1);
            let is_whole: fn(&str) -> bool = match line {
                _ if line.starts_with("import ") || line.starts_with("export {") => {
                    |statement| statement.ends_with(';')
                }
                _ if line.starts_with("export const {") => |statement| statement.contains('}'),
                _ => |_| true,
            };
            let mut statement = line.to_owned();
            while !is_whole(&statement) {
                let (_, next) = lines.next().ok_or_else(|| refuse("it does not end"))?;
                statement.push(' ');
                statement.push_str(next.trim());
            }
            if let Some(import) = statement.strip_prefix("import ") {
                let import = Import::parse(name, import)
                    .ok_or_else(|| refuse("no import that can be joined"))?;
                module.imports.push(import);
                continue;
            }
            let exports = match statement.strip_prefix("export ") {
                Some(declared) => {
                    exported(declared).ok_or_else(|| refuse("no export that can be joined"))?
                }
                None if line.starts_with("await ") => {
                    return Err(refuse("no statement that can be joined").into());
                }
                None => Vec::new(),
            };
            module.exports.extend(exports);
            let text = statement.replace("import.meta.url", &own_address);
            let _ = writeln!(module.exporting, "{text}");
            if !text.starts_with("export {") {
                let _ = writeln!(module.text, "{}", text.trim_start_matches("export "));
            }
        }
        Ok(module)
    }
}

impl Import {
    /// Parses `{ a, b as c } from './site.js';`, also with a default before it, and `* as all from './en.js';`.
    fn parse(importer: &str, statement: &str) -> Option<Import> {
        let (what, from) = statement.strip_suffix("';")?.split_once(" from '")?;
        let from = resolved(importer, from)?;
        if let Some(all) = what.strip_prefix("* as ") {
            return Some(Import { from, pattern: all.to_owned() });
        }
        let (default, names) = match what.split_once('{') {
            Some((default, names)) => {
                (default.trim_end_matches([' ', ',']), names.strip_suffix('}')?)
            }
            None => (what, ""),
        };
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let names = names.map(|name| name.replace(" as ", ": "));
        let default = (!default.is_empty()).then(|| format!("default: {default}"));
        let pattern: Vec<String> = default.into_iter().chain(names).collect();
        Some(Import { from, pattern: format!("{{ {} }}", pattern.join(", ")) })
    }
}

/// The names that a declaration after `export` exports.
fn exported(declared: &str) -> Option<Vec<(String, String)>> {
    if let Some(list) = declared.strip_prefix('{') {
        let names = list.strip_suffix("};")?.split(',').map(str::trim);
        let pair = |name: &str| match name.split_once(" as ") {
            Some((own, out)) => (out.to_owned(), own.to_owned()),
            None => (name.to_owned(), name.to_owned()),
        };
        return Some(names.filter(|name| !name.is_empty()).map(pair).collect());
    }
    if let Some(pattern) = declared.strip_prefix("const {") {
        let names = pattern.split_once('}')?.0.split(',').map(str::trim);
        return Some(
            names.filter(|name| !name.is_empty()).map(|name| (name.into(), name.into())).collect(),
        );
    }
    let name = ["const ", "function ", "async function ", "class "]
        .iter()
        .find_map(|word| declared.strip_prefix(word))?;
    let end =
        name.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$')?;
    let name = &name[..end];
    (!name.is_empty()).then(|| vec![(name.to_owned(), name.to_owned())])
}

/// The path within the page of a module that another one imports by a relative path.
fn resolved(importer: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = importer.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    path.starts_with('.').then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_from_its_importer() {
        assert_eq!(resolved("page/query.js", "../engine/site.js").unwrap(), "engine/site.js");
        assert_eq!(resolved("app.js", "./begin.js").unwrap(), "begin.js");
        assert_eq!(resolved("app.js", "../begin.js"), None);
        assert_eq!(resolved("app.js", "library"), None);
    }

    #[test]
    fn imports_and_exports_become_names() {
        let module = Module::parse(
            "page/a.js",
            "import { one, two as second } from './b.js';\nimport * as all from '../c.js';\n\
             import init, {\n  three,\n} from './d.js';\nexport const four = new URL('.', import.meta.url);\n\
             export const {\n  five,\n  six,\n} = all;\nasync function seven() {}\nexport { seven as default };\n",
        )
        .unwrap();
        let bound: Vec<(&str, &str)> =
            module.imports.iter().map(|import| (&*import.from, &*import.pattern)).collect();
        assert_eq!(
            bound,
            [
                ("page/b.js", "{ one, two: second }"),
                ("c.js", "all"),
                ("page/d.js", "{ default: init, three }")
            ]
        );
        let exports: Vec<&str> = module.exports.iter().map(|(out, _)| &**out).collect();
        assert_eq!(exports, ["four", "five", "six", "default"]);
        assert_eq!(
            module.text,
            "const four = new URL('.', new URL('page/a.js', import.meta.url).href);\n\
             const { five, six, } = all;\nasync function seven() {}\n"
        );
        assert!(module.exporting.ends_with("export { seven as default };\n"));
    }

    #[test]
    fn what_cannot_be_joined_is_refused_with_its_line() {
        for (source, why) in [
            ("\nexport let a = 1;", "a.js:2: no export that can be joined: export let a = 1;"),
            (
                "export * from './b.js';",
                "a.js:1: no export that can be joined: export * from './b.js';",
            ),
            ("import 'b';", "a.js:1: no import that can be joined: import 'b';"),
            (
                "import { a } from 'library';",
                "a.js:1: no import that can be joined: import { a } from 'library';",
            ),
            ("await a();", "a.js:1: no statement that can be joined: await a();"),
            ("import {", "a.js:1: it does not end: import {"),
        ] {
            assert_eq!(Module::parse("a.js", source).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn scripts_of_a_window_share_what_the_first_one_imports() {
        let folder = crate::Folder::beside(&std::env::temp_dir().join("glue")).unwrap();
        for (name, text) in [
            ("first.js", "import { a } from './a.js';\nexport const first = a;\n"),
            (
                "second.js",
                "import { a } from './a.js';\nimport { b } from './b.js';\nimport { first } from './first.js';\n",
            ),
            ("a.js", "import { settings } from './settings.js';\nexport const a = settings;\n"),
            ("b.js", "import { a } from './a.js';\nexport const b = a;\n"),
        ] {
            std::fs::write(folder.0.join(name), text).unwrap();
        }
        let sources = Sources { folders: &[&folder.0], apart: &["settings.js"] };
        let made = scripts(&sources, &["first.js", "second.js"]).unwrap();
        let expected = [
            (
                "common.js",
                "import * as $settings from './settings.js';\n\n// a.js\nconst $a = (() => {\n\
              const { settings } = $settings;\nconst a = settings;\nreturn { a };\n})();\n\nexport { $a };\n",
            ),
            (
                "first.js",
                "import { $a } from './common.js';\n\nconst { a } = $a;\nexport const first = a;\n",
            ),
            (
                "second.js",
                "import { $a } from './common.js';\nimport * as $first from './first.js';\n\n// b.js\n\
              const $b = (() => {\nconst { a } = $a;\nconst b = a;\nreturn { b };\n})();\n\n\
              const { a } = $a;\nconst { b } = $b;\nconst { first } = $first;\n",
            ),
        ];
        for ((name, text), (expected_name, expected)) in made.iter().zip(expected) {
            assert_eq!((&**name, &**text), (expected_name, expected));
        }
        let [(name, text)] = &scripts(&sources, &["b.js"]).unwrap()[..] else {
            panic!("one script")
        };
        assert_eq!(name, "b.js");
        assert!(text.ends_with("const { a } = $a;\nexport const b = a;\n"), "{text}");
        std::fs::write(folder.0.join("a.js"), "import { b } from './b.js';\n").unwrap();
        let error = scripts(&sources, &["second.js"]).unwrap_err().to_string();
        assert_eq!(error, "second.js and a.js and b.js import each other");
    }
}
