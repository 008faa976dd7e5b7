/**
 * Bundles the policy engine into one file: `node scripts/bundle_policy.mjs OUT [--minify] [ENTRY]`. Node cannot run
 * TypeScript by itself, and the comparison with the server must run the very code of the phone.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [out, ...rest] = process.argv.slice(2);
const entry = rest.find((word) => !word.startsWith('--')) ?? 'src/core/policy/twin.ts';
const root = fileURLToPath(new URL('..', import.meta.url));
const result = await build({
  root,
  configFile: false,
  logLevel: 'error',
  build: {
    write: false,
    target: 'es2022',
    minify: rest.includes('--minify'),
    modulePreload: false,
    rollupOptions: { input: `${root}${entry}`, preserveEntrySignatures: 'strict', output: { format: 'es' } },
  },
});
const chunks = [result].flat().flatMap(({ output }) => output);
if (chunks.length !== 1) throw new Error(`expected one file, found ${chunks.length}`);
writeFileSync(out, chunks[0].code);
