/**
 * The worker: loads the data of the site that it is a file of (site.js), then answers one request at a time.
 *
 * It says `manifest`, `progress`, `checking` and `ready`, or `failed` with why (failure.js); then for each
 * request `answer`, `refused` (this request cannot be answered), or `died` (nothing can any more). It asks the page by
 * `show` for what an `<img>` makes of an image, and answers `alive` at any time with the same word.
 */

import { Catalogue } from './engine/catalogue.js';
import { Cells } from './engine/cells.js';
import { Broken, breakOf, Decoder } from './engine/decode.js';
import { compare, download, fetchSmall, isHtml, length, parse } from './engine/download.js';
import { Failure } from './engine/failure.js';
import { keeping, keepOnly } from './engine/keep.js';
import { NetworkReader } from './engine/reading.js';
import { selfTest } from './engine/self-test.js';
import { pageFile, VERSION } from './engine/site.js';
import { WorkerPool, workersHere } from './engine/worker-pool.js';
import { modules } from './modules.js';

const MANIFEST = 'manifest.json';
/** The module's JavaScript half; both are files of this version of the page. */
const GLUE = './recasketch.js';
/** What is loaded: the page's module, and what a manifest names; a catalogue in cells is fetched as it is needed. */
const named = (manifest) => ['wasm', ...data(manifest)];
const data = (manifest) => ['network', 'embeddings', manifest.cells ? 'cells' : 'catalogue'];

/** The smallest module with a relaxed instruction: `f32x4.relaxed_madd` of zeros. */
// biome-ignore format: bytes
const RELAXED = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0,
  253, 15, 253, 133, 2, 11,
);

/**
 * What loading leaves behind: the module's functions, the recommender, whether its embeddings have all levels, what
 * decodes, the pool that embeds, the catalogue, the wasm's memory, and the milliseconds from having all bytes to being
 * ready.
 */
const loading = load();

/** The images that were embedded last: by what the page calls them their features, and what they cost. */
const embedded = new Map();

/** How many: as many as are searched together, and a few more. */
const EMBEDDED = 16;

loading.catch((error) => {
  postMessage({ type: 'failed', failure: told(error) });
});

/** Images that the page's `<img>` was asked to show, and what to call with each. @type {Map<number, (image: ImageData | null) => void>} */
const awaited = new Map();
let images = 0;

/** What the page's `<img>` makes of an image, or null. @param {Blob} image @returns {Promise<ImageData | null>} */
function askPage(image) {
  images += 1;
  postMessage({ type: 'show', of: images, image });
  return new Promise((resolve) => awaited.set(images, resolve));
}

/** Ends with the last of what has the recommender to itself. */
let turn = Promise.resolve();

/** Does something once all before it is done: a recommender that is refined in the middle of a request has two indexes. */
function inTurn(act) {
  const done = turn.then(act);
  turn = done.catch(() => {});
  return done;
}

self.onmessage = async ({ data: request }) => {
  if (request.type === 'alive') return postMessage(request);
  if (request.type === 'shown') return awaited.get(request.of)(request.image);
  const engine = await loading;
  try {
    postMessage({ type: 'answer', id: request.id, answer: await inTurn(() => answer(engine, request)) });
  } catch (error) {
    postMessage(refusal(request.id, error));
  }
};

async function load() {
  const manifest = checked(parse(MANIFEST, await fetchSmall(MANIFEST, 'no-cache')));
  postMessage({ type: 'manifest', models: manifest.models, samples: samples(manifest) });
  // The page's folder is another one when any of its files is; the module is kept by its own content.
  const withModule = ({ file, sha256, ...named }) => {
    const kept = `module-${sha256.slice(0, 16)}.wasm`;
    return { ...manifest, wasm: [{ ...named, sha256, file: pageFile(file), kept }] };
  };
  if (modules.relaxed && WebAssembly.validate(RELAXED)) {
    try {
      return await start(withModule(modules.relaxed));
    } catch (error) {
      console.error(error); // the plain module may do better; what is not the module's fault comes again
    }
  }
  return start(withModule(modules.plain));
}

/** Loads all that is named and proves it, with helpers that end where it fails. */
async function start(manifest) {
  const pool = new WorkerPool(workersHere());
  try {
    return await startWith(pool, manifest);
  } catch (error) {
    pool.dismiss();
    throw error;
  }
}

async function startWith(pool, manifest) {
  const digest = self.crypto?.subtle ? digestOfBrowser : null; // missing on plain http
  // The page answers from the first level; the other levels load behind it.
  const beginning = { ...manifest, embeddings: manifest.embeddings.slice(0, manifest.first_level) };
  const decoder = new Decoder((instance) => importGlue(manifest, instance), askPage);
  const network = new NetworkReader(pool);
  const downloads = downloadAll(beginning, digest, network);
  const whole = async () => {
    const parts = await inOrder(downloads);
    postMessage({ type: 'checking' });
    return { parts, begun: performance.now() };
  };
  const [{ glue, module, memory }, glueOfDecoder, thumbnail, { parts, begun }] = await Promise.all([
    begin(manifest, downloads.wasm, network),
    decoder.load(),
    fetchSmall(manifest.self_test.file),
    whole(),
  ]);
  const digestOfModule = async (bytes) => glue.sha256(bytes);
  if (!digest) await compareAll(beginning, parts, digestOfModule);
  await decoder.start(glueOfDecoder, module);
  const recommender = new glue.Recommender(network.finish(), parts.embeddings);
  const catalogue = new Catalogue();
  const cells =
    manifest.cells && new Cells(manifest.cells[0].file, parts.cells, recommender, catalogue, digest ?? digestOfModule);
  if (!cells) catalogue.add(manifest.catalogue[0].file, parts.catalogue, recommender.models);
  catalogue.ask();
  await pool.gathered();
  const tested = { recommender, decoder, embed: (rgb) => embed({ recommender, pool }, rgb) };
  await selfTest(tested, thumbnail, manifest.self_test, digest ?? digestOfModule);
  const starting = performance.now() - begun;
  const { models } = cells ?? recommender;
  postMessage({ type: 'ready', models, facets: catalogue.facets.values, names: cells ? null : catalogue.names() });
  const levels = { areAll: false };
  const kept = [...namedBy(manifest), ...(cells?.files ?? [])];
  refine(recommender, manifest.embeddings.slice(manifest.first_level), digest ?? digestOfModule, levels, kept);
  return { glue, recommender, cells, levels, decoder, pool, catalogue, memory, starting };
}

/**
 * The module's JavaScript half. It keeps to the module that it is started with, so each of the two forms gets a half of
 * its own: another fragment of an address is another instance of the same file.
 * @param {string} [instance] one more of the same form
 */
async function importGlue(manifest, instance = '') {
  try {
    return await import(`${GLUE}#${manifest.wasm[0].sha256.slice(0, 16)}${instance}`);
  } catch (error) {
    // An import tells no reason; fetching the same file does, where the network is it.
    const bytes = await fetchSmall(pageFile(GLUE), 'no-cache');
    console.error(error);
    throw isHtml(bytes) ? new Failure('files.html', pageFile(GLUE)) : new Failure('files.glue');
  }
}

/** Compiles and starts the module once it is there, and has the network read by it as it comes. */
async function begin(manifest, wasm, network) {
  const glue = await importGlue(manifest);
  const { module, memory } = await instantiate(glue, manifest, await wasm);
  // A network in several parts is checked part by part, so the digest of the whole is not known.
  const [{ sha256 }, ...others] = manifest.network;
  network.begin({ Reading: glue.Reading, module, sha256: others.length > 0 ? undefined : sha256 });
  return { glue, module, memory };
}

/** Begins to download all that is named; by name, each one's bytes once it is whole. */
function downloadAll(manifest, digest, network) {
  const names = named(manifest);
  const total = names.reduce((sum, name) => sum + length(manifest[name]), 0);
  const loaded = {};
  const progress = (name) => (count, bytes) => {
    loaded[name] = count;
    const sum = Object.values(loaded).reduce((all, one) => all + one, 0);
    postMessage({ type: 'progress', loaded: sum, total });
    if (name === 'network') network.came(bytes);
  };
  return Object.fromEntries(names.map((name) => [name, download(manifest[name], progress(name), digest)]));
}

/** What promises by name become. */
async function inOrder(promises) {
  const values = await Promise.all(Object.values(promises));
  return Object.fromEntries(Object.keys(promises).map((name, index) => [name, values[index]]));
}

/** The levels behind the first. Without them answers are rougher, so their loss is nothing to tell a visitor. */
async function refine(recommender, parts, digest, levels, named) {
  try {
    if (parts.length > 0) {
      const rest = await download(parts, () => {}, digest);
      await inTurn(() => recommender.refine(rest));
    }
    levels.areAll = true;
    await keepOnly(named);
    postMessage({ type: 'refined', keeping: keeping.state });
  } catch (error) {
    console.error(error);
    postMessage({ type: 'refined', keeping: null });
  }
}

async function compareAll(manifest, parts, digest) {
  for (const name of named(manifest)) await compare(manifest[name], parts[name], digest);
}

/** All files that the manifest names by their content, and this browser uses. */
function namedBy(manifest) {
  return named(manifest).flatMap((name) => manifest[name].map(({ file, kept }) => kept ?? file));
}

/** Compiles the module and starts it. */
async function instantiate(glue, manifest, bytes) {
  try {
    const module = await WebAssembly.compile(bytes);
    const { memory } = await glue.default({ module_or_path: module });
    return { module, memory };
  } catch (error) {
    console.error(error);
    if (error instanceof WebAssembly.LinkError || error instanceof TypeError) throw new Failure('files.glue');
    throw new Failure('files.module', manifest.wasm[0].file);
  }
}

/** The manifest, once it is certain to have every entry that is used here. */
function checked(manifest) {
  if (manifest?.version !== VERSION) throw new Failure('files.version', String(manifest?.version), VERSION);
  const usable = ({ file, bytes, sha256 } = {}) =>
    typeof file === 'string' && Number.isSafeInteger(bytes) && bytes > 0 && /^[0-9a-f]{64}$/.test(sha256);
  for (const name of data(manifest)) {
    const parts = manifest[name];
    if (!Array.isArray(parts) || parts.length === 0 || !parts.every(usable)) throw new Failure('files.manifest', name);
  }
  const { first_level: first } = manifest;
  if (!Number.isInteger(first) || first < 1 || first > manifest.embeddings.length)
    throw new Failure('files.manifest', 'first_level');
  const { uid, file } = manifest.self_test ?? {};
  if (!uid || !file || typeof file !== 'string') throw new Failure('files.manifest', 'self_test');
  return manifest;
}

function samples(manifest) {
  const usable = (sample) => typeof sample?.file === 'string' && typeof sample?.name === 'string';
  return (Array.isArray(manifest.samples) ? manifest.samples : []).filter(usable);
}

/** Requests by type; those of {@link QUERIES} search. */
const ANSWERS = {
  why,

  /** An image's whole embedding, of which {@link QUERIES} has the search. */
  async embed(engine, { key, image, part }) {
    const { features } = await featuresOf(engine, key, image, part);
    return engine.recommender.embeddingOf(features);
  },

  /** What the network sees of an image, and what computed it at what cost; for tests and measurements. */
  async inspect({ recommender, decoder, pool, memory, starting }, { image }) {
    const { rgb, decoder: by } = await decoder.whole(recommender.frame, image);
    const start = performance.now();
    const features = await embed({ recommender, pool }, rgb);
    const timings = { starting, embed: performance.now() - start };
    const { values } = features;
    features.free();
    const engine = { decoder: by, kernel: recommender.kernel, workers: pool.workers };
    const bytes = { memory: memory.buffer.byteLength + decoder.memory, memoryOfHelpers: await pool.memory() };
    return { rgb, features: values, ...engine, ...bytes, timings };
  },
};

/** An image's features, and how to show it; those of the last images are kept, as more of their answers may be asked for. */
async function featuresOf({ recommender, decoder, pool }, key, image, part, isShown = false) {
  const name = part ? `${key} ${JSON.stringify(part)}` : key;
  const known = embedded.get(name);
  if (known) return known;
  const start = performance.now();
  const { frame } = recommender;
  const { rgb, shown } = await (part ? decoder.part(frame, image, key, part) : decoder.whole(frame, image, isShown));
  const decoded = performance.now();
  const features = await embed({ recommender, pool }, rgb, (layer, layers) =>
    postMessage({ type: 'layer', layer, layers }),
  );
  const made = { features, shown, timings: { decode: decoded - start, embed: performance.now() - decoded } };
  embedded.set(name, made);
  if (embedded.size > EMBEDDED) forgetOldest();
  return made;
}

function forgetOldest() {
  const [[name, { features }]] = embedded;
  embedded.delete(name);
  features.free();
}

/** What the network sees -> features. */
async function embed({ recommender, pool }, rgb, onLayer) {
  const pixels = recommender.pixelsOf(rgb);
  try {
    return await pool.features(recommender, pixels, onLayer);
  } finally {
    pixels.free();
  }
}

function answer(engine, request) {
  return (ANSWERS[request.type] ?? search)(engine, request);
}

/** Queries by type of what is asked: what is asked for, what the catalogue knows of it, and what it took. */
const QUERIES = {
  async image(engine, { key, image, part, isShown = false }) {
    const { features, shown, timings } = await featuresOf(engine, key, image, part, isShown);
    return { query: engine.recommender.queryOfFeatures(features), part, shown: isShown ? shown : null, timings };
  },

  async model({ recommender, cells, catalogue }, { uid }) {
    const row = catalogue.rowOf.get(uid);
    if (row === undefined) throw new Failure('failures.unknownModel');
    const query = await (cells ?? recommender).queryOfModel(row);
    return { query, rows: [row], model: catalogue.models[row], timings: { decode: 0, embed: 0 } };
  },

  async embedding({ recommender }, { embedding }) {
    return { query: recommender.queryOfEmbedding(embedding), timings: { decode: 0, embed: 0 } };
  },

  async code({ recommender }, { code }) {
    return { query: recommender.queryOfCode(fromText(code)), timings: { decode: 0, embed: 0 } };
  },

  /** Several as one, those of a negative weight to be unlike. */
  async several(engine, { parts }) {
    const found = [];
    for (const { asked } of parts) found.push(await queryOf(engine, asked));
    const query = engine.glue.combined(
      found.map((one) => one.query),
      Float32Array.from(parts, ({ weight }) => weight),
    );
    const sum = (step) => found.reduce((all, { timings }) => all + timings[step], 0);
    const [models, pictures] = [found.map(({ model }) => model ?? null), found.map(({ shown }) => shown ?? null)];
    return {
      query,
      rows: found.flatMap(({ rows }) => rows ?? []),
      models,
      pictures,
      timings: { decode: sum('decode'), embed: sum('embed') },
    };
  },
};

/** @param {import('./engine/protocol.js').Of} asked */
const queryOf = (engine, asked) => QUERIES[asked.type](engine, asked);

async function search(engine, { top, filter, ...asked }) {
  const { query, rows = [], timings, ...known } = await queryOf(engine, asked);
  try {
    const start = performance.now();
    const found = await nearest(engine, query, rows, { top, filter });
    // A model has an address already, and a code is one.
    const code = ['image', 'several'].includes(asked.type) ? asText(engine.recommender.codeOf(query)) : null;
    return { ...found, ...known, code, timings: { ...timings, search: performance.now() - start } };
  } finally {
    query.free();
  }
}

/** What makes a model like what is asked for, region by region; and how images were fitted to the network's square. */
async function why(engine, { asked, uid }) {
  const { query } = await queryOf(engine, asked);
  try {
    const { recommender, cells, catalogue } = engine;
    return { ...(await (cells ?? recommender).regions(query, catalogue.rowOf.get(uid))), fit: recommender.fit };
  } finally {
    query.free();
  }
}

/** What the module finds, as the page knows models, and what each further filter would leave. `rows` are left out. */
async function nearest({ recommender, cells, levels, catalogue: { models, facets } }, query, rows, { top, filter }) {
  const { only, passing, counts } = cells ? { ...facets.apply({}), passing: cells.models } : facets.apply(filter);
  const uids = (rows) => rows.map((row) => models[row].uid);
  const neighbour = ({ row, duplicates, ...closeness }) => ({
    row,
    ...closeness,
    duplicates: uids(duplicates),
    uid: models[row].uid,
    model: models[row],
  });
  // Cells leave out one row; those behind it come too, and go here.
  const most = cells ? top + rows.length : top;
  const found = await (cells ?? recommender).similar(query, most, ...without(rows, only, models.length));
  const others = found.filter(({ row }) => !rows.includes(row)).slice(0, top);
  return {
    neighbours: others.map(neighbour),
    top,
    filter,
    passing,
    counts,
    alike: levels.areAll ? recommender.alike : 0,
  };
}

/** One row is the module's to leave out; more of them are left out as a filter does it. */
function without(rows, only, count) {
  if (rows.length < 2) return [rows[0], only];
  const others = only ?? new Uint8Array(count).fill(1);
  for (const row of rows) others[row] = 0;
  return [undefined, others];
}

/** Bytes <-> text of an address: base64 with the letters of RFC 4648's section 5. */
const asText = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

function fromText(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
  } catch {
    return new Uint8Array(); // which the module refuses as it does any damaged code
  }
}

/** After a trap or an exhausted stack the module's memory is in no known state and must not be used again. */
function refusal(id, error) {
  const kind = breakOf(error);
  if (kind && !(error instanceof Broken)) {
    console.error(error);
    return { type: 'died', id, kind };
  }
  // The file was moved or is in use.
  const isUnreadable = error instanceof DOMException;
  return { type: 'refused', id, failure: isUnreadable ? { name: 'Unreadable' } : told(error) };
}

/** Kinds of errors that the module says in a sentence; see src/error.rs. */
const SAID = ['UnsupportedImage', 'Image', 'Network', 'EmbeddingFile', 'Mismatch', 'Catalogue', 'Link', 'File'];

/**
 * A failure as the window takes it. What no visitor can do anything about goes to the console, for developers.
 * @returns {import('./engine/protocol.js').Told}
 */
function told(error) {
  const { name, message } = error;
  if (error instanceof Failure) return { name, code: error.code, values: error.values };
  if (error instanceof Broken) return { name };
  if (SAID.includes(name)) return { name, message };
  console.error(error);
  return { name, code: 'failures.unexpected' };
}

async function digestOfBrowser(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
