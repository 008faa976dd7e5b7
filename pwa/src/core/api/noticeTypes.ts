/** Notices as they travel. */
import type { Get, Post } from './paths';
import type { components } from './schema';

export type Notice = components['schemas']['Notice'];

export interface NoticePage {
  items: Notice[];
  next: string | null;
  /** Of all pages, to a hundred. */
  unread: number;
}

export interface NoticePaths {
  '/notices': Get<NoticePage, undefined, { cursor?: string; limit?: number }>;
  '/notices/seen': Post<{ unread: number }, { upto: number }>;
}
