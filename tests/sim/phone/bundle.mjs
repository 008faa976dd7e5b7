/**
 * Makes one file of the phone app's core, as a function of the browser's globals: `bundle.mjs ENTRY OUT SOURCES`.
 * SOURCES is the app's `src`; in the entry it is called `@app`.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [entry, file, sources] = process.argv.slice(2).map((path) => resolve(path));
const pwa = dirname(sources);
const { version } = JSON.parse(readFileSync(`${pwa}/package.json`, 'utf8'));
// Rolldown comes with Vite, which the app is built with.
const vite = createRequire(`${pwa}/package.json`).resolve('vite');
const { rolldown } = await import(pathToFileURL(createRequire(vite).resolve('rolldown')).href);

/** Checklist and rules are downloaded beside the list, and are no part of the protocol. */
const STUBS = {
  [`${sources}/core/checklists`]: 'export async function refreshChecklist() {}',
  [`${sources}/core/policy/store`]: 'export async function refreshPolicy() {}',
};
const stubs = {
  name: 'stubs',
  resolveId(id, importer) {
    const path = importer && id.startsWith('.') ? resolve(dirname(importer), id) : id;
    return path in STUBS ? path : null;
  },
  load: (id) => STUBS[id] ?? null,
};

const bundle = await rolldown({
  input: entry,
  plugins: [stubs],
  platform: 'browser',
  resolve: { alias: { '@app': sources }, modules: [`${pwa}/node_modules`] },
  // A person types a PIN now and then, a simulation thousands of times: one round stands for 600,000.
  transform: { define: { __APP_VERSION__: JSON.stringify(version), __PIN_ROUNDS__: '1', __CHANGES_ID__: '"none"' } },
});
await bundle.write({ file, format: 'iife', name: 'Phone', codeSplitting: false, minify: process.env.MINIFY === '1' });
