/** Work that may wait until the page has drawn what somebody waits for: on a slow phone they would compete. */
export function whenQuiet(work: () => void): void {
  if (typeof requestIdleCallback === 'undefined') setTimeout(work, 300);
  else requestIdleCallback(work, { timeout: 2_000 });
}
