// @vitest-environment happy-dom
/** What is counted of an answer: visits that are not compared yet are told apart from those that were refused. */
import { afterEach, expect, it, vi } from 'vitest';
import { makeSummary } from '../../record/fixtures';
import { approveTogether, resetTogether, together } from './together';

const RESULTS = [
  { visit_id: 'v1', outcome: 'approved', code: null },
  { visit_id: 'v2', outcome: 'sampled', code: null },
  { visit_id: 'v3', outcome: 'refused', code: 'not_compared' },
  { visit_id: 'v4', outcome: 'refused', code: 'hinted' },
];

afterEach(() => {
  resetTogether();
  vi.unstubAllGlobals();
});

it('says how many are still being compared', async () => {
  const headers = { 'Content-Type': 'application/json' };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ results: RESULTS }), { headers }));
  expect(await approveTogether(RESULTS.map((one) => makeSummary(one.visit_id)))).toBe(true);
  expect(together.value.result).toEqual({ approved: 1, sampled: 1, refused: 1, awaited: 1 });
});
