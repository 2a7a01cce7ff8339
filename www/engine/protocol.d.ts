/** What crosses between the window and the site's worker. The types that programs see are those of api.d.ts. */

import type { Filter, Model, Part, Answer as PublicAnswer } from '../api.js';
import type { Shown } from './decode.js';
import type { Keeping } from './keep.js';

export type { Embedding, Filter, Model, Neighbour, Part } from '../api.js';
export type { Shown } from './decode.js';
export type { Keeping } from './keep.js';

/** An image to search by. Images of the same key are the same. */
export interface OfImage {
  type: 'image';
  key: string;
  image: Blob;
  /** Null for the whole image. */
  part: Part | null;
  /** Whether the answer tells how to show the image. */
  isShown?: boolean;
}

export interface OfModel {
  type: 'model';
  uid: string;
}

/** What an address holds of an image. */
export interface OfCode {
  type: 'code';
  code: string;
}

export interface OfEmbedding {
  type: 'embedding';
  embedding: Int8Array;
}

export type OfOne = OfImage | OfModel | OfCode | OfEmbedding;

/** Several as one; those of a negative weight are to be unlike. */
export interface OfSeveral {
  type: 'several';
  parts: { asked: OfOne; weight: 1 | -1 }[];
}

/** What is asked about. */
export type Of = OfOne | OfSeveral;

/** How many models are asked for, and which. */
export interface Asked {
  top: number;
  filter: Filter;
}

/** What the page is told beside what programs are. */
export interface Answer extends PublicAnswer {
  /** How to show the image that was asked about. */
  shown?: Shown | null;
  /** The same of several, in their order; null for models. */
  pictures?: (Shown | null)[];
  /** The models among several, in their order; null for images. */
  models?: (Model | null)[];
}

export type SearchRequest = Of & Asked;

/** An image's whole embedding. */
export interface EmbedRequest {
  type: 'embed';
  key: string;
  image: Blob;
  part: Part | null;
}

/** What makes a model like what is asked about. */
export interface WhyRequest {
  type: 'why';
  asked: Of;
  uid: string;
}

/** What the network sees of an image; for tests and measurements. */
export interface InspectRequest {
  type: 'inspect';
  image: Blob;
}

export type Request = SearchRequest | EmbedRequest | WhyRequest | InspectRequest;

/** As `src/search/regions.rs` says, and how images were fitted to the network's square. */
export interface Explanation {
  score: number;
  height: number;
  width: number;
  shares: number[];
  mirrored: boolean;
  fit: 'crop' | 'squash' | 'pad';
}

/** A failure of the worker; failure.js says more. */
export interface Told {
  /** The kind: `Site`, `Unreadable`, `Panic`, `Memory`, or a kind of the module (src/error.rs). */
  name: string;
  /** The place of its sentence among the words; nothing where the kind or the module says it. */
  code?: string;
  /** What the sentence names. */
  values?: unknown[];
  /** What the module says, in English. */
  message?: string;
}

/** Why the worker stopped, or never started. */
export type Reason = Told | { name?: string; code: string; values?: unknown[]; message?: string };

export interface Sample {
  file: string;
  name: string;
}

/** The texts of all rows, a newline behind each, and where each begins; columns.js reads it. */
export interface Column {
  text: string;
  starts: Uint32Array;
}

/** What finding models by name takes, column by column, in the order of rows. */
export interface Names {
  uids: Column;
  names: Column;
  folded: Column;
  authors: Column;
  thumbnails: Column;
}

export interface Ready {
  models: number;
  /** All values of each facet, the most common first. */
  facets: Record<string, string[]>;
  /** Null for a catalogue in cells. */
  names: Names | null;
}

/** What the worker tells every session; one that joins late is told what it missed. */
export type News =
  | { type: 'manifest'; models: number; samples: Sample[] }
  | { type: 'progress'; loaded: number; total: number }
  | { type: 'checking' }
  | ({ type: 'ready' } & Ready)
  | { type: 'refined'; keeping: Keeping | null };

/** Worker -> window. */
export type FromWorker =
  | News
  | { type: 'alive' }
  | { type: 'show'; of: number; image: Blob }
  | { type: 'failed'; failure: Told }
  | { type: 'died'; id: number; kind: 'Panic' | 'Memory' }
  | { type: 'layer'; layer: number; layers: number }
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'refused'; id: number; failure: Told };

/** Window -> worker. */
export type ToWorker =
  | { type: 'alive' }
  | { type: 'shown'; of: number; image: ImageData | null }
  | (Request & { id: number });
