/** The search as a module for programs. It returns as values what the page shows. */

/** Conditions on models. A model must have one of the listed values in each facet that is given. */
export interface Filter {
  category?: string[];
  tag?: string[];
  licence?: string[];
  author?: string[];
}

/** A rectangle of an image, as fractions of the image's sides, 0 to 1. */
export interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A model of the catalogue. A text that the catalogue does not give is empty. */
export interface Model {
  uid: string;
  name: string;
  author: string;
  licence: string;
  categories: string[];
  tags: string[];
  /**
   * The address of the thumbnail. A large catalogue has its thumbnails in packs: then it is the address of the pack and
   * the place within it, `#OFFSET+LENGTH` in bytes, which no image element shows. `Recommender.thumbnail` fetches both.
   */
  thumbnail: string;
  /** The address of the model's page, for example on Sketchfab. */
  url: string;
}

/** A model that was found. The fields are named as in the output of `recasketch search --json`. */
export interface Neighbour {
  /** The row of the catalogue, from 0; in a large one 2048 times the number of its cell, and its place in the cell. */
  row: number;
  uid: string;
  /** The cosine, -1 to 1. In an answer to words alone: how well the words fit, 0 to 1. */
  score: number;
  /**
   * The fraction of pairs that are less close, 0 to 1: pairs of the catalogue's models, or for a photograph pairs of a
   * photograph and a model. It is 0 in an answer to words alone.
   */
  closer_than: number;
  /** The uids of near-duplicates, which are not listed as neighbours. */
  duplicates: string[];
  model: Model;
}

export interface Answer {
  /** The nearest first. There are fewer than `top` if no more models pass the filter. */
  neighbours: Neighbour[];
  top: number;
  filter: Filter;
  words: string;
  /**
   * What the neighbours are ranked by: the picture, where there are words among the models that they name; the words;
   * or both, because the words name fewer than 12 models.
   */
  ranked_by: 'picture' | 'words' | 'both';
  /** The number of models that pass the filter, and that the words name unless `ranked_by` is `both`. */
  passing: number;
  /**
   * For each value of `Recommender.facets`, in its order: the number of models that have this value and pass the
   * conditions of all other facets.
   */
  counts: Record<keyof Filter, Uint32Array>;
  /**
   * The facets whose counts are only an upper bound. That happens in a catalogue in cells where another facet or words
   * narrow the answer.
   */
  at_most: (keyof Filter)[];
  /** The score from which on a model is similar to the query; 0 if the catalogue is too small to estimate it. */
  alike: number;
  /** The searched part of the image, null for the whole image; only if the query is an image. */
  part?: Part | null;
  /** The model of the query; only for `similar`. */
  model?: Model;
  /**
   * The CODE of a link to this answer, `#like=CODE` behind the address of the site's page. Null if the query is a model
   * or an embedding.
   */
  code: string | null;
  /** In milliseconds. */
  timings: { decode: number; embed: number; search: number };
}

/**
 * The embedding of an image: first the values of the classes, then the whole feature map. All values are from -127 to
 * 127. `recasketch embed -` writes the same.
 */
export type Embedding = Int8Array;

/** A file or blob, the bytes of a file, or the address of a file. The page must be allowed to fetch that address. */
export type Image = Blob | ArrayBuffer | ArrayBufferView | string | URL;

export interface LoadOptions {
  /** The language of error messages, such as `de`. The default is the language of the browser. */
  language?: string;
  signal?: AbortSignal;
  /** Receives the number of bytes that have been downloaded and the number of all bytes. */
  onProgress?: (loaded: number, total: number) => void;
}

export interface AskOptions {
  /** How many models to find. The default is 12. */
  top?: number;
  filter?: Filter;
  /** Words of names, categories, tags or authors, such as `red chair`. */
  words?: string;
  signal?: AbortSignal;
}

/** An image, words, or both. */
export interface Question {
  image?: Image | Embedding;
  words?: string;
}

export interface EmbedOptions {
  /** The part of the image to use. The default is the whole image. */
  part?: Part | null;
  signal?: AbortSignal;
}

/** A loaded site. It answers calls one after another, in the order of the calls. */
export interface Recommender {
  /** The address of the site's folder. */
  readonly site: string;
  /** The number of models. */
  readonly models: number;
  /** All values of each facet, the most common first. */
  readonly facets: Record<keyof Filter, string[]>;
  /** Computes the embedding of an image. `search` accepts it in place of the image. */
  embed(image: Image, options?: EmbedOptions): Promise<Embedding>;
  /**
   * Finds the models that are nearest to an image or an embedding, or that words name: `search(image)`,
   * `search({ words })`, `search({ image, words })`. An embedding has no parts.
   */
  search(query: Image | Embedding | Question, options?: AskOptions & EmbedOptions): Promise<Answer>;
  /** Finds the models that are nearest to a model of the catalogue. That model is left out. */
  similar(uid: string, options?: AskOptions): Promise<Answer>;
  /** Fetches the thumbnail of a model, alone or in a pack. */
  thumbnail(model: Model): Promise<Blob>;
  /** Releases the site. Its worker ends when no recommender and no element of the document uses the site any more. */
  close(): void;
}

/**
 * A failure of the search. The message is a sentence in the language of `LoadOptions`. `name` is one of these:
 * `Stopped` (load the site again), `Superseded` (the element has a newer query, or was removed), `Unreadable` (the file
 * cannot be read), `UnsupportedImage`, `Image`, `Panic` (the image made the decoder fail), `Memory` (the image needs
 * more memory than the browser gives), `Site` or `Mismatch` (the files of the site cannot be used).
 */
export class EngineError extends Error {
  constructor(name: string, message?: string, code?: string | null);
  /** The code of the failure, such as `files.missing` or `support.noSimd`; null if `name` says enough. */
  readonly code: string | null;
}

/**
 * Loads a site. Resolves once all re-ranking levels are loaded, so that every answer has its final quality.
 * @param site the address of the folder that `recasketch embed` wrote. The default is the site that this module
 *   belongs to.
 */
export function load(site?: string | URL, options?: LoadOptions): Promise<Recommender>;
