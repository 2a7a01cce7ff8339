/**
 * In the worker: loads the site, and starts all that answers requests.
 *
 * @import { Bytes } from './protocol.js'
 * @import { Digest, Named } from './download.js'
 * @import { Files, FileName, Manifest } from './manifest.js'
 * @import { Glue } from './decode.js'
 * @import { Recommender } from '../recasketch.js'
 *
 * @typedef {object} Loaded
 * @property {Glue} glue
 * @property {Recommender} recommender
 * @property {{areAll: boolean}} levels whether all re-ranking levels are loaded
 * @property {Decoder} decoder
 * @property {WorkerPool} pool
 * @property {WholeCatalogue | Cells} catalogue
 * @property {WebAssembly.Memory} memory
 * @property {number} starting the milliseconds between the last byte and being ready
 */

import { modules } from '../modules.js';
import { modelsIn } from './catalogue.js';
import { CellFiles } from './cell-files.js';
import { Cells } from './cells.js';
import { Decoder } from './decode.js';
import { compare, download, fetchSmall, isHtml, length } from './download.js';
import { Facets } from './facets.js';
import { Failure } from './failure.js';
import { embed } from './features.js';
import { keeping, keepOnly } from './keep.js';
import { Lists } from './lists.js';
import { fetchManifest, keptNamesOf, namesOf, partsOf, samplesOf, sourcesOf } from './manifest.js';
import { NetworkReader } from './reading.js';
import { selfTest } from './self-test.js';
import { PAGE, pageFile, RELEASE } from './site.js';
import { askPage, tell } from './to-window.js';
import { inTurn } from './turn.js';
import { WholeCatalogue } from './whole.js';
import { WorkerPool, workersHere } from './worker-pool.js';

/** The JavaScript of the WebAssembly module. */
const GLUE = 'recasketch.js';

/** The smallest module with a relaxed instruction: `f32x4.relaxed_madd` of zeros. */
// biome-ignore format: bytes
const RELAXED = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15,
  65, 0, 253, 15, 253, 133, 2, 11,
);

/** Loads the site until it can answer. @returns {Promise<Loaded>} */
export async function load() {
  const manifest = await fetchManifest();
  const [samples, sources] = [samplesOf(manifest), sourcesOf(manifest)];
  tell({ type: 'manifest', release: RELEASE, models: manifest.models, samples, sources });
  if (modules.relaxed && WebAssembly.validate(RELAXED)) {
    try {
      return await start(withModule(manifest, modules.relaxed));
    } catch (error) {
      console.error(error); // the plain module may work; any other failure will be thrown again
    }
  }
  return start(withModule(manifest, modules.plain));
}

/**
 * Adds the WebAssembly module to the files of a site. The page's folder is renamed whenever any of its files changes,
 * so the module is kept under a name of its content alone.
 * @param {Manifest} manifest
 * @param {Named} module
 * @returns {Files}
 */
function withModule(manifest, { file, sha256, bytes }) {
  const kept = `module-${sha256.slice(0, 16)}.wasm`;
  return { ...manifest, wasm: [{ file: pageFile(file), bytes, sha256, kept }] };
}

/** Loads and tests all files. If that fails, the helpers are ended. @param {Files} files */
async function start(files) {
  const pool = new WorkerPool(workersHere());
  try {
    return await startWith(pool, files);
  } catch (error) {
    pool.dismiss();
    throw error;
  }
}

/** @param {WorkerPool} pool @param {Files} files @returns {Promise<Loaded>} */
async function startWith(pool, files) {
  const digest = self.crypto?.subtle ? digestOfBrowser : null; // absent on plain http
  // The page can answer from the first level before the other levels have arrived.
  const firstFiles = { ...files, embeddings: files.embeddings.slice(0, files.first_level) };
  const decoder = new Decoder((instance) => importGlue(files, instance), askPage);
  const network = new NetworkReader(pool);
  const downloads = downloadAll(firstFiles, digest, network);
  const whole = async () => {
    const parts = await allOf(downloads);
    tell({ type: 'checking' });
    return { parts, begun: performance.now() };
  };
  const [{ glue, module, memory }, glueOfDecoder, thumbnail, { parts, begun }] = await Promise.all([
    begin(files, downloads.wasm, network),
    decoder.load(),
    fetchSmall(files.self_test.file),
    whole(),
  ]);
  const digestOfModule = async (/** @type {Bytes} */ bytes) => glue.sha256(bytes);
  if (!digest) await compareAll(firstFiles, parts, digestOfModule);
  await decoder.start(glueOfDecoder, module);
  const recommender = new glue.Recommender(network.finish(), parts.embeddings);
  const catalogue = catalogueOf(files, parts, { glue, recommender }, digest ?? digestOfModule);
  await pool.gathered();
  const tested = {
    recommender,
    decoder,
    embed: (/** @type {Uint8Array} */ rgb) => embed({ recommender, pool }, rgb),
  };
  await selfTest(tested, thumbnail, files.self_test, digest ?? digestOfModule);
  const starting = performance.now() - begun;
  tell({ type: 'ready', models: catalogue.models, facets: catalogue.values });
  const levels = { areAll: false };
  const loaded = { glue, recommender, levels, decoder, pool, catalogue, memory, starting };
  refine(loaded, files, digest ?? digestOfModule);
  return loaded;
}

/**
 * Imports the WebAssembly module's JavaScript. It holds the state of one instance of the module, so each instance needs
 * its own copy: for another fragment of the address the browser evaluates the file again.
 * @param {Files} files
 * @param {string} [instance] distinguishes instances of the same module
 * @returns {Promise<Glue>}
 */
async function importGlue({ wasm: [{ sha256 }] }, instance = '') {
  try {
    return await import(`${new URL(GLUE, PAGE)}#${sha256.slice(0, 16)}${instance}`);
  } catch (error) {
    // A failed import gives no reason. If the file cannot be fetched, fetching it throws the reason.
    const bytes = await fetchSmall(pageFile(GLUE), 'no-cache');
    console.error(error);
    throw isHtml(bytes) ? new Failure('files.html', pageFile(GLUE)) : new Failure('files.glue');
  }
}

/**
 * Starts the WebAssembly module, which then reads the network while it is downloaded.
 * @param {Files} files
 * @param {Promise<Bytes>} wasm
 * @param {NetworkReader} network
 */
async function begin(files, wasm, network) {
  const glue = await importGlue(files);
  const { module, memory } = await instantiate(glue, files, await wasm);
  // A network in several parts is compared part by part, so the digest of the whole file is not known.
  const [{ sha256 }, ...others] = files.network;
  network.begin({ Reading: glue.Reading, module, sha256: others.length > 0 ? undefined : sha256 });
  return { glue, module, memory };
}

/** @param {Glue} glue @param {Files} files @param {Bytes} bytes */
async function instantiate(glue, files, bytes) {
  try {
    const module = await WebAssembly.compile(bytes);
    const { memory } = await glue.default({ module_or_path: module });
    return { module, memory };
  } catch (error) {
    console.error(error);
    if (error instanceof WebAssembly.LinkError || error instanceof TypeError) throw new Failure('files.glue');
    throw new Failure('files.module', files.wasm[0].file);
  }
}

/**
 * Begins to download all files and to read the network. Returns a promise of each file's bytes.
 * @param {Files} files
 * @param {Digest | null} digest
 * @param {NetworkReader} network
 */
function downloadAll(files, digest, network) {
  const names = namesOf(files);
  const total = names.reduce((sum, name) => sum + length(partsOf(files, name)), 0);
  const loaded = new Map();
  const begun = names.map((name) => {
    const progress = (/** @type {number} */ count, /** @type {Bytes} */ bytes) => {
      loaded.set(name, count);
      const sum = [...loaded.values()].reduce((all, one) => all + one, 0);
      tell({ type: 'progress', loaded: sum, total });
      if (name === 'network') network.came(bytes);
    };
    return [name, download(partsOf(files, name), progress, digest)];
  });
  return /** @type {Record<FileName, Promise<Bytes>>} */ (Object.fromEntries(begun));
}

/** @param {Record<FileName, Promise<Bytes>>} downloads */
async function allOf(downloads) {
  const named = Object.entries(downloads).map(async ([name, bytes]) => [name, await bytes]);
  return /** @type {Record<FileName, Bytes>} */ (Object.fromEntries(await Promise.all(named)));
}

/** @param {Files} files @param {Record<FileName, Bytes>} bytes @param {Digest} digest */
async function compareAll(files, bytes, digest) {
  for (const name of namesOf(files)) await compare(partsOf(files, name), bytes[name], digest);
}

/**
 * Returns the catalogue, whole or in cells.
 * @param {Files} files
 * @param {Record<FileName, Bytes>} bytes
 * @param {{glue: Glue, recommender: Recommender}} engine
 * @param {Digest} digest
 */
function catalogueOf(files, bytes, { glue, recommender }, digest) {
  if (!files.cells) {
    const models = modelsIn(partsOf(files, 'catalogue')[0].file, bytes.catalogue, recommender.models);
    return new WholeCatalogue(glue, recommender, models, new Facets(models));
  }
  const cells = glue.readCells(bytes.cells);
  recommender.divide(cells.length);
  const cellFiles = new CellFiles(cells, digest);
  const [{ file }] = partsOf(files, 'inverted');
  return new Cells(glue, recommender, cellFiles, new Lists(file, bytes.inverted, cellFiles.lengths, glue, digest));
}

/**
 * Loads the other re-ranking levels. If that fails, answers stay less exact, and the visitor is not told.
 * @param {Loaded} loaded
 * @param {Files} files
 * @param {Digest} digest
 */
async function refine({ recommender, catalogue, levels }, files, digest) {
  try {
    const parts = files.embeddings.slice(files.first_level);
    if (parts.length > 0) {
      const rest = await download(parts, () => {}, digest);
      await inTurn(() => recommender.refine(rest));
    }
    levels.areAll = true;
    await keepOnly([...keptNamesOf(files), ...catalogue.files]);
    tell({ type: 'refined', keeping: keeping.state });
  } catch (error) {
    console.error(error);
    tell({ type: 'refined', keeping: null });
  }
}

/** @type {Digest} */
async function digestOfBrowser(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
