/** The camera may take the memory of the page: what was typed is on the disk before it opens. */
import { describe, expect, it, vi } from 'vitest';
import { openAfter } from './camera';
import { openWorld } from './testWorld';

const tap = () => ({
  currentTarget: { click: vi.fn() } as unknown as HTMLInputElement,
  preventDefault: vi.fn(),
});
const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the tap on the camera', () => {
  it('goes through when everything is stored, and waits for what is not', async () => {
    const through = tap();
    openAfter(null, through);
    expect(through.preventDefault).not.toHaveBeenCalled();
    let done: () => void = () => undefined;
    const waiting = tap();
    openAfter(new Promise<void>((resolve) => (done = resolve)), waiting);
    expect(waiting.preventDefault).toHaveBeenCalled();
    await soon();
    expect(waiting.currentTarget.click).not.toHaveBeenCalled();
    done();
    await soon();
    expect(waiting.currentTarget.click).toHaveBeenCalledOnce();
  });

  it('opens nothing on a phone that cannot store', async () => {
    const full = tap();
    openAfter(Promise.reject(new Error('full')), full);
    await soon();
    expect(full.currentTarget.click).not.toHaveBeenCalled();
  });
});

describe('a form before the camera opens', () => {
  it('is stored even where nothing was said yet, so that the picture finds it again', async () => {
    const { controller, drafts } = openWorld();
    await controller.beforeCamera();
    expect(drafts.map(({ id }) => id)).toEqual(['v1']);
    expect(controller.beforeCamera()).toBeNull();
  });

  it('waits for an answer that is still being written', async () => {
    const { controller, drafts } = openWorld({ resumed: true });
    const [step] = controller.form.value.steps;
    if (!step) throw new Error('no step');
    expect(controller.beforeCamera()).toBeNull();
    controller.answer(step, 'yes');
    const waiting = controller.beforeCamera();
    expect(waiting).not.toBeNull();
    await waiting;
    expect(drafts.at(-1)?.answers).toEqual({ consent: 'yes' });
  });
});
