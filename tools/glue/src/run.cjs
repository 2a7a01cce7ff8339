/**
 * Runs the tests of the module beside it, as the runner of wasm-bindgen does: the crate wasm-bindgen-test is the other
 * half. Takes a text that the names of the tests must contain.
 */

const filter = process.argv[2] ?? '';

// The module binds the console's functions when it is loaded, so they are replaced before.
global.__wbgtest_og_console_log = console.log;
global.__wbgtest_og_console_error = console.error;
// What they get is shown only of a test that fails.
const METHODS = ['debug', 'log', 'info', 'warn', 'error'];
const captured = {};
for (const method of METHODS) console[method] = (...values) => captured[method]?.(values);
global.__wbg_test_invoke = (test) => test();

const exported = require('./tests.js');

async function main() {
  const context = new exported.WasmBindgenTestContext(false);
  for (const method of METHODS) captured[method] = exported[`__wbgtest_console_${method}`];
  // An export of a test: `__wbgt_`, marks, `_`, the crate, `::`, and the name.
  const tests = Object.keys(exported.__wasm).filter((name) => name.startsWith('__wbgt_') && name.includes('::'));
  const chosen = tests.filter((name) => name.slice(name.indexOf('::') + 2).includes(filter));
  context.include_ignored(false);
  context.filtered_count(tests.length - chosen.length);
  return context.run(chosen.map((name) => exported.__wasm[name]));
}

main().then(
  (passed) => process.exit(passed ? 0 : 1),
  (error) => {
    global.__wbgtest_og_console_error(error);
    process.exit(1);
  },
);
