/**
 * Prints what page.js and native.py measured as one Markdown table, and keeps it in FOLDER/bench.md and
 * FOLDER/bench.json.
 *
 *     node tests/bench/table.js FOLDER
 *
 * A row's ratios are to ours of the same round, so that a machine that slows down slows both.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** ncnn in wasm is not a part of this bench: measured beside tfjs once, it took this part of tfjs's time. */
const NCNN_OF_TFJS = 0.266;

const folder = process.argv[2];
const [page, native] = ['page.json', 'native.json'].map((name) => {
  const file = join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
});

const rows = [
  ...(page ? compared('page', [...page.rows, ...reference(page.rows)]) : []),
  ...(native ? compared('native', native.rows) : []),
];
const machine = {
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  browser: page?.browser,
  nativeKernel: native?.kernel,
  date: new Date().toISOString().slice(0, 10),
};
const layers = native ? layersOf(native.layers, page?.profiles ?? []) : [];
const text = `${[described(), table(), ...(layers.length ? ['Our layers, one thread:', layerTable()] : [])].join('\n\n')}\n`;
writeFileSync(join(folder, 'bench.json'), JSON.stringify({ machine, rows, layers }, null, 2));
writeFileSync(join(folder, 'bench.md'), text);
console.log(text);

/** The first row is ours with one worker or thread, and 1. */
function compared(side, measured) {
  const [ours] = measured;
  return measured.map(({ milliseconds, ...row }) => ({
    side,
    ...row,
    milliseconds: spread(milliseconds),
    ratio: spread(milliseconds.map((value, round) => value / ours.milliseconds[round])),
  }));
}

function reference(measured) {
  const tfjs = measured.find(({ engine, threads }) => engine.startsWith('tfjs') && threads === 1);
  if (!tfjs) return [];
  const engine = `(reference, not run: ncnn, float, simd128, as ${NCNN_OF_TFJS} of tfjs)`;
  return [{ engine, threads: 1, milliseconds: tfjs.milliseconds.map((value) => value * NCNN_OF_TFJS) }];
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], minimum: sorted[0], maximum: sorted.at(-1) };
}

function described() {
  const { cpu, cores, memoryGiB, browser, nativeKernel, date } = machine;
  const sides = [browser, nativeKernel && `natively ${nativeKernel}`].filter(Boolean);
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${sides.join(', ')}, ${date}`;
}

function table() {
  const lines = rows.map(({ side, engine, threads, cosine, milliseconds, ratio }) => {
    const [middle, least, most] = [ratio.median, ratio.minimum, ratio.maximum].map((value) => value.toFixed(2));
    const time = milliseconds.median < 100 ? milliseconds.median.toFixed(1) : milliseconds.median.toFixed(0);
    return `| ${side} | ${engine} | ${threads} | ${time} | ${middle} (${least} to ${most}) | ${cosine?.toFixed(6) ?? ''} |`;
  });
  return [
    '| where | engine | threads | ms | times ours | cosine to ours |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/**
 * Each layer on each side. The definition's multiplications and additions are counted, so Winograd's layers can
 * pass the peak.
 */
function layersOf(natively, profiles) {
  return natively.map(({ layer, milliseconds, gflops, of_peak: ofPeak }, at) => {
    const inPage = profiles.map(({ engine, layers, gflops: peak }) => {
      const rate = (gflops * milliseconds) / layers[at];
      return {
        side: `page, ${engine.split(', ').at(-1)}`,
        milliseconds: layers[at],
        gflops: rate,
        ofPeak: rate / peak,
      };
    });
    return { layer, sides: [{ side: 'native', milliseconds, gflops, ofPeak }, ...inPage] };
  });
}

function layerTable() {
  const [{ sides }] = layers;
  const heads = sides.flatMap(({ side }) => [`${side}: ms`, 'GFLOP/s', 'of its peak']);
  const cells = ({ milliseconds, gflops, ofPeak }) => [milliseconds.toFixed(1), gflops.toFixed(0), ofPeak.toFixed(2)];
  const lines = layers.map(({ layer, sides }) => [layer, ...sides.flatMap(cells)]);
  const rows = [['layer', ...heads], ['---', ...heads.map(() => '---')], ...lines];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}
