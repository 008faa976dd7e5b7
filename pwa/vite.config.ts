/** Build of the phone app: one entry, lazy chunks by role, service worker from src/sw. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin, Rolldown } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { changes, changesModule } from './scripts/changes.mjs';
import { FIRST_PAGES } from './scripts/first.mjs';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The web app manifest: what the phone shows on its home screen. */
const manifest = {
  id: '/',
  name: '亮灯',
  short_name: '亮灯',
  description: '入户走访、亮灯预警、逐级审核，没有网络也能用',
  lang: 'zh-CN',
  dir: 'ltr' as const,
  start_url: '/',
  scope: '/',
  display: 'standalone' as const,
  orientation: 'portrait' as const,
  background_color: '#f5f2ee',
  theme_color: '#0b6363',
  icons: [
    { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' as const },
  ],
};

/**
 * The browser compares each file of a new version with its hash before it keeps it: one that was cut on its way, also by
 * a proxy that says all is well, ends the installation, and the old version stays.
 */
async function withIntegrity(entries: { url: string; revision: string | null; size: number }[]) {
  const hashed = entries.map((entry) => {
    const bytes = readFileSync(resolve(outDir, entry.url));
    return { ...entry, integrity: `sha256-${createHash('sha256').update(bytes).digest('base64')}` };
  });
  return { manifest: hashed, warnings: [] };
}

/** Where this build is written. */
let outDir = 'dist';
const noteOutDir = {
  name: 'note-out-dir',
  configResolved(config: { root: string; build: { outDir: string } }) {
    outDir = resolve(config.root, config.build.outDir);
  },
};

/** The page, and what it shows first. */
const STARTS = ['index.html', ...FIRST_PAGES].map((page) => resolve(import.meta.dirname, page));

interface Graph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** Modules that a page needs before it can be drawn. */
function neededBy(page: string, graph: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [page];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(graph.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}

let first: Set<string> | undefined;

/**
 * The chunk of what the first pages share or bring along: one file instead of thirty. On a cheap phone each file costs
 * some milliseconds at every start, and small ones are packed badly.
 */
function firstChunk(id: string, graph: Graph): string | null {
  first ??= new Set(STARTS.flatMap((page) => [...neededBy(page, graph)]));
  return first.has(id) && !STARTS.includes(id) ? 'first' : null;
}

type Chunk = Rolldown.OutputChunk;

function startsOf(bundle: Rolldown.OutputBundle): Chunk[] {
  const chunks = Object.values(bundle).filter((file): file is Chunk => file.type === 'chunk');
  return chunks.filter((one) => one.name === 'first' || STARTS.includes(one.facadeModuleId ?? ''));
}

/**
 * Chromium keeps what it compiled of a script, but reads a module in a way that never looks there; of a script that was
 * asked for beforehand it does. It compiles most functions only when they are first called, unless a file says that all
 * are. At six times throttle both together took 280 ms of compiling off a start (README, decisions).
 */
const quickStart: Plugin = {
  name: 'quick-start',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const chunks = startsOf(bundle);
      if (!chunks.some((one) => one.name === 'first')) throw new Error('the first chunk has another name');
      for (const one of chunks) one.code = `//# allFunctionsCalledOnLoad\n${one.code}`;
    },
  },
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const href = /<script type="module"[^>]* src="([^"]+)"/.exec(html)?.[1];
      if (!href) throw new Error('the page starts with no module');
      const attrs = { rel: 'preload', as: 'script', crossorigin: true, href };
      return [{ tag: 'link', attrs, injectTo: 'head-prepend' }];
    },
  },
};

export default defineConfig({
  define: {
    __APP_VERSION__: JSON.stringify(version),
    __CHANGES_ID__: JSON.stringify(changes().id),
    __PIN_ROUNDS__: process.env['VITEST'] ? '1000' : '600000',
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    manifest: true,
    // An inlined asset would need `data:` in script-src or style-src; everything stays a file of this server.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: firstChunk }] } } },
  },
  plugins: [
    changesModule(),
    quickStart,
    noteOutDir,
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/sw',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: false,
      manifest,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest}'],
        manifestTransforms: [withIntegrity],
      },
    }),
  ],
  server: {
    host: '127.0.0.1',
    proxy: { '/api': 'http://127.0.0.1:8000', '/healthz': 'http://127.0.0.1:8000' },
  },
  preview: {
    host: '127.0.0.1',
    proxy: { '/api': 'http://127.0.0.1:8000', '/healthz': 'http://127.0.0.1:8000' },
  },
  test: {
    // A document is made only where a test file asks for one in its first line: it took half of all the time.
    environment: 'node',
    setupFiles: ['src/testSetup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    testTimeout: 60_000, // on a busy machine a thousand sequences take their time
    hookTimeout: 60_000,
  },
});
