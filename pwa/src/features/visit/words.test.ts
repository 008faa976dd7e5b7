import { describe, expect, it } from 'vitest';
import { withoutStop } from './words';

describe('a reason inside a sentence', () => {
  it('brings no full stop of its own', () => {
    expect(withoutStop('已有更新的修改版本。')).toBe('已有更新的修改版本');
    expect(withoutStop('Replaced by v1.2 already.')).toBe('Replaced by v1.2 already');
    expect(withoutStop('没有权限')).toBe('没有权限');
  });
});
