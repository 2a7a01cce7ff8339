/**
 * In the worker: the site's manifest.
 *
 * @import { Named } from './download.js'
 * @import { Sample } from './protocol.js'
 *
 * @typedef {object} Manifest the entries of manifest.json that the worker reads; src/site.rs writes it
 * @property {number} version of the site format
 * @property {number} models
 * @property {Named[]} network
 * @property {Named[]} embeddings the first level's parts, then those of the others
 * @property {number} first_level the number of parts of the first level
 * @property {Named[] | null} [catalogue] null for a catalogue in cells
 * @property {Named[] | null} [cells] the list of cells; null for a catalogue that is loaded whole
 * @property {Named[] | null} [inverted] the list of inverted lists of a catalogue in cells
 * @property {{uid: string, file: string}} self_test a model and its thumbnail
 * @property {Sample[]} [samples]
 * @property {string[]} [thumbnail_hosts] the origins of thumbnails that are left at their sources
 *
 * @typedef {Manifest & {wasm: Named[]}} Files the manifest with the page's WebAssembly module
 *
 * @typedef {'network' | 'embeddings' | 'catalogue' | 'cells' | 'inverted'} DataName
 * @typedef {'wasm' | DataName} FileName
 */

import { fetchSmall, isNamed, parse } from './download.js';
import { Failure } from './failure.js';
import { VERSION } from './site.js';

const MANIFEST = 'manifest.json';

/** Downloads the manifest, and throws a Failure if an entry is missing or unusable. */
export async function fetchManifest() {
  return checked(parse(MANIFEST, await fetchSmall(MANIFEST, 'no-cache')));
}

/**
 * Returns the names of the files to load. The files of cells are loaded when a query needs them.
 * @param {Files} files
 */
export const namesOf = (files) => /** @type {FileName[]} */ (['wasm', ...dataNamesOf(files)]);

/** @param {Manifest} manifest @returns {DataName[]} */
const dataNamesOf = ({ cells }) =>
  cells ? ['network', 'embeddings', 'cells', 'inverted'] : ['network', 'embeddings', 'catalogue'];

/** Returns the parts of a file. @param {Files} files @param {FileName} name */
export const partsOf = (files, name) => files[name] ?? [];

/** Returns the names under which this browser keeps the files. @param {Files} files */
export function keptNamesOf(files) {
  return namesOf(files).flatMap((name) => partsOf(files, name).map(({ file, kept }) => kept ?? file));
}

/** Returns the usable samples. @param {Manifest} manifest @returns {Sample[]} */
export function samplesOf({ samples }) {
  const isUsable = (/** @type {Partial<Sample> | null} */ sample) =>
    typeof sample?.file === 'string' && typeof sample?.name === 'string';
  return Array.isArray(samples) ? samples.filter(isUsable) : [];
}

/** Returns the origins that thumbnails may come from besides the site's own. @param {Manifest} manifest @returns {string[]} */
export function sourcesOf({ thumbnail_hosts: hosts }) {
  const isOrigin = (/** @type {unknown} */ host) => /^https:\/\/[a-z0-9.-]+(:\d+)?$/.test(String(host));
  return Array.isArray(hosts) ? hosts.filter(isOrigin) : [];
}

/** @param {unknown} json @returns {Manifest} */
function checked(json) {
  const manifest = /** @type {Manifest | null} */ (json);
  if (manifest?.version !== VERSION) throw new Failure('files.version', String(manifest?.version), VERSION);
  for (const name of dataNamesOf(manifest)) {
    const parts = manifest[name];
    if (!Array.isArray(parts) || parts.length === 0 || !parts.every((part) => isNamed(part) && part.bytes > 0))
      throw new Failure('files.manifest', name);
  }
  const { first_level: first } = manifest;
  if (!Number.isInteger(first) || first < 1 || first > manifest.embeddings.length)
    throw new Failure('files.manifest', 'first_level');
  const { uid, file } = manifest.self_test ?? {};
  if (!uid || !file || typeof file !== 'string') throw new Failure('files.manifest', 'self_test');
  return manifest;
}
