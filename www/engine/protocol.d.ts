/** Messages between window, worker and helpers. The types for programs are in api.d.ts. */

import type { Embedding, Filter, Model, Part, Answer as PublicAnswer } from '../api.js';
import type { Shown } from './decode.js';
import type { Keeping } from './keep.js';

export type { Embedding, Filter, Model, Neighbour, Part } from '../api.js';
export type { Shown } from './decode.js';
export type { Keeping } from './keep.js';

/** Bytes whose buffer is not shared, as most functions of the browser require. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** An image to search by. The same key means the same image. */
export interface OfImage {
  type: 'image';
  key: string;
  image: Blob;
  /** Null for the whole image. */
  part: Part | null;
  /** Whether the answer says how to show the image. */
  isShown?: boolean;
}

export interface OfModel {
  type: 'model';
  uid: string;
}

/** The code of an image, from a link. */
export interface OfCode {
  type: 'code';
  code: string;
}

export interface OfEmbedding {
  type: 'embedding';
  embedding: Embedding;
}

export type OfOne = OfImage | OfModel | OfCode | OfEmbedding;

/** Several images and models as one query. Results are to be unlike those with a negative weight. */
export interface OfSeveral {
  type: 'several';
  parts: { asked: OfOne; weight: 1 | -1 }[];
}

/** Nothing but the words of the request. */
export interface OfWords {
  type: 'words';
}

/** Images and models to search by. */
export type OfPictures = OfOne | OfSeveral;

/** What the worker searches by. */
export type Of = OfPictures | OfWords;

/** How many models to find, and which. */
export interface Asked {
  top: number;
  filter: Filter;
  /** Words that name models; empty for none. */
  words: string;
}

/** The answer to a search. The page uses more of it than programs do. */
export interface Answer extends PublicAnswer {
  /** How to show the image of the query. */
  shown?: Shown | null;
  /** The parts of a whole photograph that are worth a search of their own, the most outstanding first; at most three. */
  proposals?: Part[];
  /** The near-duplicates of each neighbour. */
  duplicates?: Model[][];
  /** How to show each member of a query of several; null for models. */
  pictures?: (Shown | null)[];
  /** The model of each member of a query of several; null for images. */
  models?: (Model | null)[];
}

export type SearchRequest = Of & Asked;

/** Asks for the whole embedding of an image. */
export interface EmbedRequest {
  type: 'embed';
  key: string;
  image: Blob;
  part: Part | null;
}

/** Asks for the contribution of each region to the score of a model. */
export interface WhyRequest {
  type: 'why';
  asked: OfPictures;
  uid: string;
}

/** Asks how an image is embedded; for tests and measurements. */
export interface InspectRequest {
  type: 'inspect';
  image: Blob;
}

/** Asks for the models that words name, while the visitor types them. */
export interface NamesRequest {
  type: 'names';
  words: string;
  top: number;
}

/** Asks for models that differ from each other; for other ones with another seed. */
export interface SpreadRequest {
  type: 'spread';
  seed: number;
  count: number;
}

export type Request = SearchRequest | EmbedRequest | WhyRequest | InspectRequest | NamesRequest | SpreadRequest;

/** The answer to a request. */
export type AnswerTo<R extends Request> = R extends EmbedRequest
  ? Embedding
  : R extends WhyRequest
    ? Explanation
    : R extends InspectRequest
      ? Inspection
      : R extends NamesRequest
        ? Names
        : R extends SpreadRequest
          ? Model[]
          : Answer;

/** The contributions of an image's regions to a score; `Regions` of src/search/regions.rs. */
export interface Regions {
  score: number;
  /** Rows of regions. */
  height: number;
  /** Regions in a row. */
  width: number;
  /** The contribution of each region, row by row. Their sum is the score. */
  contributions: number[];
  /** Whether each region is compared with its mirror position in the model's thumbnail. */
  mirrored: boolean;
}

export interface Explanation extends Regions {
  /** How images that are not square are fitted to the network's input. */
  fit: 'crop' | 'squash' | 'pad';
}

export interface Inspection {
  /** The network's input, `[height, width, 3] u8`. */
  rgb: Uint8Array;
  /** The feature map, channels fastest. */
  features: Float32Array;
  decoder: 'rust' | 'browser';
  /** The instructions that the convolutions use. */
  kernel: string;
  /** The number of workers that embedded the image. */
  workers: number;
  /** Bytes of WebAssembly memory in the worker. */
  memory: number;
  memoryOfHelpers: number;
  /** In milliseconds. */
  timings: { starting: number; embed: number };
}

/** A failure. sentenceOf in strings.js makes its sentence. */
export interface Told {
  /** The kind: `Site`, `Unreadable`, `Panic`, `Memory`, or a kind of the WebAssembly module (src/error.rs). */
  name?: string;
  /** The key of the sentence in the strings, such as `files.missing`; absent if `name` or `message` is enough. */
  code?: string;
  /** The values that the sentence mentions. */
  values?: unknown[];
  /** The English text of the WebAssembly module's error. */
  message?: string;
}

/** A failure that the worker reports. */
export interface Refusal extends Told {
  name: string;
}

export interface Sample {
  file: string;
  name: string;
}

/** The models that words name. */
export interface Names {
  /** The first of them. */
  models: Model[];
  /** The number of all. */
  count: number;
}

export interface Ready {
  models: number;
  /** The values of each facet, the most common first; of a catalogue in cells at most 500. */
  facets: Record<keyof Filter, string[]>;
}

/** Messages for every session. A session that joins late receives the earlier ones too. */
export type News =
  | { type: 'manifest'; release: string; models: number; samples: Sample[]; sources: string[] }
  | { type: 'progress'; loaded: number; total: number }
  | { type: 'checking' }
  | ({ type: 'ready' } & Ready)
  | { type: 'refined'; keeping: Keeping | null };

/** Worker -> window. */
export type FromWorker =
  | News
  | { type: 'alive' }
  | { type: 'show'; of: number; image: Blob }
  | { type: 'failed'; failure: Refusal }
  | { type: 'died'; id: number; kind: 'Panic' | 'Memory' }
  | { type: 'layer'; layer: number; layers: number }
  | { type: 'answer'; id: number; answer: AnswerTo<Request> }
  | { type: 'refused'; id: number; failure: Refusal };

/** A message to the window of one type. */
export type Said<Type extends FromWorker['type']> = Extract<FromWorker, { type: Type }>;

/** Window -> worker. */
export type ToWorker =
  | { type: 'alive' }
  | { type: 'shown'; of: number; image: ImageData | null }
  | (Request & { id: number });

/** The module from which a helper computes, and its number among the workers. */
export interface HelperBegin {
  type: 'begin';
  module: WebAssembly.Module;
  /** From 1 on; 0 is the worker itself. */
  worker: number;
  workers: number;
}

/** The next bytes of the network. */
export interface HelperPush {
  type: 'push';
  bytes: Bytes;
}

/** All bytes have been sent. The helper gets a port to each other worker, by its number; null for itself. */
export interface HelperStart {
  type: 'start';
  ports: (MessagePort | null)[];
}

/** Asks for the bytes of the helper's WebAssembly memory, through a port. */
export interface HelperMemory {
  type: 'memory';
  answer: MessagePort;
}

/** Worker -> helper. */
export type ToHelper = HelperBegin | HelperPush | HelperStart | HelperMemory;

/** Helper -> worker. The helpers and the worker exchange bare `Float32Array`s over their ports. */
export type FromHelper = { type: 'ready' } | { type: 'failed'; message: string };
