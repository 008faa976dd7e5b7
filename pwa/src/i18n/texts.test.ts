/** Both languages say everything, and every text that a screen asks for exists. */
import { describe, expect, it } from 'vitest';

type Module = { texts: Record<string, string> };

const zh = import.meta.glob<Module>('./zh-CN/*.ts', { eager: true });
const en = import.meta.glob<Module>('./en/*.ts', { eager: true });
const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}', '!../i18n/**'], {
  eager: true,
  query: '?raw',
  import: 'default',
});

const names = Object.keys(zh).map((path) => path.replace('./zh-CN/', ''));
const all = new Set(Object.values(zh).flatMap((module) => Object.keys(module.texts)));

function parameters(text: string | undefined): string[] {
  return (text?.match(/\{\w+\}/g) ?? []).sort();
}

describe('texts', () => {
  it('exist as the same files in both languages', () => {
    expect(Object.keys(en).map((path) => path.replace('./en/', ''))).toEqual(names);
  });

  it.each(names)('%s has the same keys and parameters in both languages', (name) => {
    const left = zh[`./zh-CN/${name}`]?.texts ?? {};
    const right = en[`./en/${name}`]?.texts ?? {};
    expect(Object.keys(right).sort()).toEqual(Object.keys(left).sort());
    for (const key of Object.keys(left)) expect(parameters(right[key]), key).toEqual(parameters(left[key]));
  });

  it.each(names)('%s says nothing in Chinese when the language is English', (name) => {
    const right = Object.entries(en[`./en/${name}`]?.texts ?? {});
    expect(right.filter(([, text]) => /[\u4e00-\u9fff]/.test(text)).map(([key]) => key)).toEqual([]);
  });

  it('exist for every key that a screen asks for by name', () => {
    const missing = Object.entries(sources).flatMap(([path, source]) =>
      [...source.matchAll(/\bt\(\s*'([^']+)'/g)].flatMap(([, key]) =>
        key !== undefined && !all.has(key) ? [`${path}: ${key}`] : [],
      ),
    );
    expect(missing).toEqual([]);
  });
});
