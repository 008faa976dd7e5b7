/** The checklist as a reader sees it: what was asked and what the stored answers mean. Knows nothing of skip rules. */
import type { ChecklistJson } from '../core/api/types';
import type { Json } from '../core/canonical';
import type { Bilingual } from '../core/i18n';

export interface Option {
  readonly id: string;
  readonly label: Bilingual;
}

export interface Field {
  readonly id: string;
  readonly label: Bilingual;
  readonly options: readonly Option[];
}

export interface Question extends Field {
  readonly section: string;
  readonly type: string;
  /** Id of the loop whose items carry the answer, or null. */
  readonly loop: string | null;
  /** Answered by the visitor from what they saw, never read out to the household. */
  readonly observer: boolean;
  /** Parts of one entry of a `repeat` question. */
  readonly fields: readonly Field[];
}

export interface Loop {
  readonly id: string;
  readonly key: string;
  readonly title: Bilingual | null;
}

export interface Checklist {
  readonly version: string;
  readonly sections: readonly { readonly id: string; readonly title: Bilingual }[];
  readonly questions: readonly Question[];
  readonly loops: readonly Loop[];
  readonly byId: ReadonlyMap<string, Question>;
}

type Node = { readonly [key: string]: Json | undefined };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function bilingual(value: unknown, fallback: string): Bilingual {
  if (!isNode(value)) return { zh: fallback, en: fallback };
  return { zh: text(value['zh']) || fallback, en: text(value['en']) || text(value['zh']) || fallback };
}

function option(node: Node): Option {
  return { id: text(node['id']), label: bilingual(node['label'], text(node['id'])) };
}

function field(node: Node): Field {
  return { ...option(node), options: nodes(node['options']).map(option) };
}

function question(node: Node): Question {
  return {
    ...field(node),
    section: text(node['section']),
    type: text(node['type']),
    loop: text(node['loop']) || null,
    observer: node['observer'] === true,
    fields: nodes(node['fields']).map(field),
  };
}

/** Reads a served definition; parts of a later version that are not known here are passed over. */
export function readChecklist(json: ChecklistJson): Checklist {
  const questions = nodes(json['questions']).map(question);
  return {
    version: json.version,
    sections: nodes(json['sections']).map((node) => ({
      id: text(node['id']),
      title: bilingual(node['title'], text(node['id'])),
    })),
    questions,
    loops: nodes(json['loops']).map((node) => ({
      id: text(node['id']),
      key: text(node['key']) || 'who',
      title: isNode(node['title']) ? bilingual(node['title'], text(node['id'])) : null,
    })),
    byId: new Map(questions.map((one) => [one.id, one])),
  };
}

/** The part of a question that a reader recognises in one line: up to the first bracket or question mark. */
export function shortLabel(label: string): string {
  const short = label
    .replace(/[（(].*$/, '')
    .replace(/[？?]\s*$/, '')
    .trim();
  return short || label;
}
