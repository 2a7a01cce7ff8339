/** The search for programs: what the page shows, as values. */

/** What can be asked of models: by facet the values of which a model must have one. */
export interface Filter {
  category?: string[];
  tag?: string[];
  licence?: string[];
  author?: string[];
}

/** A part of an image: shares of its sides, 0 to 1. */
export interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Model {
  uid: string;
  name: string;
  author: string;
  licence: string;
  categories: string[];
  tags: string[];
  /** The address of its picture, or nothing where there is none. */
  thumbnail: string;
  /** Where it can be seen, such as its page on Sketchfab, or nothing. */
  url: string;
}

/** A model that was found, with the names that `recasketch search --json` uses. */
export interface Neighbour {
  /** Its place in the catalogue. */
  row: number;
  uid: string;
  /** The cosine, -1 to 1. */
  score: number;
  /** The share of the catalogue's pairs that are less alike, 0 to 1. */
  closer_than: number;
  /** The uids of models that are nearly the same. */
  duplicates: string[];
  model: Model;
}

export interface Answer {
  /** The nearest first; fewer than `top` where there are no more. */
  neighbours: Neighbour[];
  top: number;
  filter: Filter;
  /** How many models the filter lets through. */
  passing: number;
  /** For each value of `Recommender.facets`, the models that have it among those that the other facets' choices let through. */
  counts: Record<keyof Filter, Uint32Array>;
  /** The score under which nothing is really alike; 0 where the catalogue is too small to tell. */
  alike: number;
  /** The part of the image that was asked about; of an image alone. */
  part?: Part | null;
  /** The model that was asked about; of `similar` alone. */
  model?: Model;
  /** What an address of the site's page holds of the query, `#like=CODE`; null for a model and for an embedding. */
  code: string | null;
  /** In milliseconds. */
  timings: { decode: number; embed: number; search: number };
}

/** What the network made of an image: what the classes give, then the whole map, -127 to 127, as `recasketch embed -` writes it. */
export type Embedding = Int8Array;

/** A file or blob, the bytes of a file, or the address of one that this page may fetch. */
export type Image = Blob | ArrayBuffer | ArrayBufferView | string | URL;

export interface LoadOptions {
  /** The language of error messages, such as `de`; by default the visitor's. */
  language?: string;
  signal?: AbortSignal;
  /** Bytes that have come, and bytes in all. */
  onProgress?: (loaded: number, total: number) => void;
}

export interface AskOptions {
  /** How many models to find; 12 by default. */
  top?: number;
  filter?: Filter;
  signal?: AbortSignal;
}

export interface EmbedOptions {
  /** Only a part of the image. */
  part?: Part | null;
  signal?: AbortSignal;
}

/** A loaded site. Calls are answered one after another, in the order in which they came. */
export interface Recommender {
  /** The address of the site's folder. */
  readonly site: string;
  /** The number of models. */
  readonly models: number;
  /** All values of each facet, the most common first. */
  readonly facets: Record<keyof Filter, string[]>;
  /** What `search` takes as often as you like, without the image. */
  embed(image: Image, options?: EmbedOptions): Promise<Embedding>;
  /** The models most like an image or an embedding; of an embedding there are no parts. */
  search(query: Image | Embedding, options?: AskOptions & EmbedOptions): Promise<Answer>;
  /** The models most like a model of the catalogue, itself left out. */
  similar(uid: string, options?: AskOptions): Promise<Answer>;
  /** Gives the site back; the last one to do so ends its worker. */
  close(): void;
}

/**
 * Why there is no answer. The message is a sentence in the language that was asked for. `name` is `Stopped` (load again),
 * `Superseded` (closed meanwhile), `Unreadable`, `UnsupportedImage`, `Image`, `Panic` (the image broke the decoder),
 * `Memory` (the image needs more than there is), `Site` or `Mismatch`.
 */
export class EngineError extends Error {
  constructor(name: string, message?: string, code?: string | null);
  /** What failed, such as `files.missing` or `support.noSimd`; null where the name says it. */
  readonly code: string | null;
}

/**
 * Loads a site and resolves once it answers as well as it gets.
 * @param site the address of the folder that `recasketch embed` wrote; by default the site that this module is a file of
 */
export function load(site?: string | URL, options?: LoadOptions): Promise<Recommender>;
