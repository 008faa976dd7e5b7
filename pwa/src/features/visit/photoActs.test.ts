/** Photos of an open form: taken several at once, again, sorted, deleted and brought back. */
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTexts } from '../../core/i18n';
import { texts } from '../../i18n/zh-CN/visit';
import { openCamera } from './camera';
import { stampOf } from './stamp';
import { household, openWorld, pictureOf, type World } from './testWorld';
import type { PhotoFacts } from './types';

beforeAll(() => registerTexts({ zh: texts, en: async () => ({ texts }) }));

const file = (text: string, name = `${text}.jpg`) => new File([text], name, { type: 'image/jpeg' });
const shas = (world: World) => world.controller.draft.value.photos.map((one) => one.sha256);
const kinds = (world: World) => world.controller.draft.value.photos.map((one) => one.kind);

describe('adding', () => {
  it('keeps what was found out of the file, and travels with the visit', async () => {
    const world = openWorld({
      services: {
        shrink: async (blob) => ({
          ...(await pictureOf(blob)),
          exif_time: '2026-11-20T08:11:00',
          exif_position: { lat: '1.000000', lon: '2.000000', datum: null },
        }),
      },
    });
    await world.controller.addPhoto(file('one'), 'house');
    expect(world.controller.draft.value.photos).toMatchObject([
      {
        kind: 'house',
        exif_time: '2026-11-20T08:11:00',
        exif_position: { lat: '1.000000', lon: '2.000000', datum: null },
        quality: { luminance: 120, hints: [] },
      },
    ]);
    expect(world.controller.draft.value.photos[0]?.original_sha256).toMatch(/^[0-9a-f]{64}$/);
    await world.controller.save();
    expect(world.sent[0]?.body.photos).toEqual(world.controller.draft.value.photos);
  });

  it('asks about a picture of an earlier visit, and stores it all the same', async () => {
    const { original_sha256 } = await pictureOf(file('one'));
    const earlier: PhotoFacts[] = [{ original_sha256 }];
    const world = openWorld({ services: { earlierPhotos: async () => earlier } });
    const { again } = await world.controller.addPhoto(file('one'), 'house');
    expect(again).toBe(false);
    expect(world.controller.draft.value.photos[0]?.quality?.hints).toEqual(['repeated']);
  });

  it('does not fail where the earlier visits cannot be read', async () => {
    const broken = () => Promise.reject(new Error('locked'));
    const world = openWorld({ services: { earlierPhotos: broken } });
    await world.controller.addPhoto(file('one'), 'house');
    expect(shas(world)).toHaveLength(1);
  });

  it('of the same file a second time says so, whatever the watermark says meanwhile', async () => {
    let n = 0;
    const shrink = async (blob: Blob) => {
      n += 1;
      return { ...(await pictureOf(blob)), bytes: new TextEncoder().encode(`drawn ${n}`).buffer };
    };
    const world = openWorld({ services: { shrink } });
    const first = await world.controller.addPhoto(file('one'), 'house');
    expect(await world.controller.addPhoto(file('one'), 'bill')).toEqual({
      sha256: first.sha256,
      again: true,
    });
    expect([kinds(world), world.photos.size]).toEqual([['house'], 1]);
  });
});

describe('taking again, sorting, deleting', () => {
  async function three(): Promise<World> {
    const world = openWorld();
    for (const text of ['a', 'b', 'c']) await world.controller.addPhoto(file(text), 'house');
    return world;
  }

  it('puts the new picture in the place of the old one, whose bytes go', async () => {
    const world = await three();
    const [a, b, c] = shas(world);
    const { sha256 } = await world.controller.addPhoto(file('better'), 'house', b);
    expect(shas(world)).toEqual([a, sha256, c]);
    expect(world.photos.has(b as string)).toBe(false);
  });

  it('does not call a retake a repetition of what it replaces', async () => {
    const dhash = '00ff00ff0f0f3355';
    const alike = async (blob: Blob) => {
      const made = await pictureOf(blob);
      return { ...made, measures: { ...made.measures, dhash } };
    };
    const world = openWorld({ services: { shrink: alike } });
    const { sha256 } = await world.controller.addPhoto(file('a'), 'house');
    await world.controller.addPhoto(file('b'), 'house', sha256);
    expect(world.controller.draft.value.photos[0]?.quality?.hints).toEqual([]);
    await world.controller.addPhoto(file('c'), 'house');
    expect(world.controller.draft.value.photos[1]?.quality?.hints).toEqual(['repeated']);
  });

  it('keeps the old picture when the new file is one that is there', async () => {
    const world = await three();
    const before = shas(world);
    expect(await world.controller.addPhoto(file('c'), 'house', before[0])).toEqual({
      sha256: before[2],
      again: true,
    });
    expect(shas(world)).toEqual(before);
  });

  it('deletes from form and disk, and brings both back to where they were', async () => {
    const world = await three();
    const before = shas(world);
    const undo = await world.controller.removePhoto(before[1] as string);
    expect(shas(world)).toEqual([before[0], before[2]]);
    expect(world.photos.size).toBe(2);
    expect(world.drafts.at(-1)?.photos).toHaveLength(2);
    await undo();
    await undo(); // pressed twice
    expect(shas(world)).toEqual(before);
    expect(world.photos.get(before[1] as string)?.bytes.byteLength).toBe(1);
  });

  it('brings back a photo that only the server holds without making up bytes', async () => {
    const ref = { sha256: 'at-server', length: 9, kind: 'house' as const, taken_at: '' };
    const world = openWorld({ draft: { photos: [ref] } });
    const undo = await world.controller.removePhoto('at-server');
    expect(shas(world)).toEqual([]);
    await undo();
    expect(world.controller.draft.value.photos).toEqual([ref]);
    expect(world.photos.size).toBe(0);
  });

  it('sorts a picture under another kind, in the form and with its bytes', async () => {
    const world = await three();
    const [, b] = shas(world);
    await world.controller.sortPhoto(b as string, 'bill');
    expect(kinds(world)).toEqual(['house', 'bill', 'house']);
    expect(world.photos.get(b as string)?.kind).toBe('bill');
  });
});

describe('several files at once', () => {
  it('each fails by itself, and the count tells how far they are', async () => {
    const world = openWorld({
      services: {
        shrink: (blob) => (blob.size === 3 ? Promise.reject(new Error('no picture')) : pictureOf(blob)),
      },
    });
    const camera = openCamera(world.controller.addPhoto);
    const seen: string[] = [];
    camera.state.subscribe(({ done, total }) => seen.push(`${done}/${total}`));
    await camera.take([file('a'), file('bad', 'IMG_2.heic'), file('cc')], 'scene', 6);
    expect(shas(world)).toHaveLength(2);
    expect(camera.state.value.left).toEqual([{ name: 'IMG_2.heic', why: 'unreadable' }]);
    expect(seen).toEqual(['0/0', '0/3', '0/3', '1/3', '2/3', '3/3']);
  });

  it('names what does not fit, what is there already, and a full phone', async () => {
    const full = new DOMException('full', 'QuotaExceededError');
    const world = openWorld({
      services: {
        putPhoto: (_visit, { bytes }) => (bytes.byteLength === 4 ? Promise.reject(full) : Promise.resolve()),
      },
    });
    const camera = openCamera(world.controller.addPhoto);
    await camera.take(
      [file('a'), file('a', 'copy.jpg'), file('full'), file('d', 'too-many.jpg')],
      'scene',
      3,
    );
    expect(camera.state.value.left).toEqual([
      { name: 'too-many.jpg', why: 'room' },
      { name: 'copy.jpg', why: 'again' },
      { name: 'full.jpg', why: 'storage' },
    ]);
  });

  it('forgets old troubles with the next picture, and counts on while some are under way', async () => {
    const world = openWorld();
    const camera = openCamera(world.controller.addPhoto);
    await camera.take([file('a'), file('a', 'copy.jpg')], 'scene', 6);
    const first = camera.take([file('b')], 'scene', 5);
    expect(camera.state.value).toEqual({ total: 1, done: 0, left: [] });
    const second = camera.take([file('c'), file('d'), file('e')], 'scene', 3);
    expect(camera.state.value).toMatchObject({ total: 3, left: [{ name: 'e.jpg', why: 'room' }] });
    await Promise.all([first, second]);
    expect(camera.state.value).toMatchObject({ total: 3, done: 3 });
    expect(shas(world)).toHaveLength(4);
  });
});

describe('the stamp', () => {
  const home = household({ natural_village: '上寨', number: '0042', head_name: '甲某' });
  const fix = {
    lat: '24.77816',
    lon: '110.49213',
    accuracy_m: '12',
    fixed_at: '2026-11-29T02:00:00.000Z',
    datum: 'WGS-84' as const,
  };

  it('says time, who, place and position, and never whose house it is', () => {
    const { lines } = stampOf(home, fix, '戊某', Date.parse('2026-11-29T02:40:00Z'));
    expect(lines).toEqual([
      '2026-11-29 10:40 · 戊某',
      '某镇 某村 上寨 · 户号 0042',
      '24.77816, 110.49213（WGS-84，误差约 12 米）',
    ]);
    expect(lines.join()).not.toContain('甲某');
  });

  it('says that nobody knows the position, and leaves out a hamlet that is not recorded', () => {
    const { lines } = stampOf(household({ number: '7' }), null, '戊某', 0);
    expect(lines.slice(1)).toEqual(['某镇 某村 · 户号 7', '未定位']);
  });
});

describe('the place of a visit', () => {
  const fix = (lat: string) => ({
    lat,
    lon: '110.490000',
    accuracy_m: '180',
    fixed_at: 'x',
    datum: 'WGS-84' as const,
  });
  const home = household({ home: { lat: '24.780000', lon: '110.490000' } });

  it('travels with why it was accepted and why it is far', async () => {
    const world = openWorld({ home });
    world.controller.locate(fix('24.790000'));
    world.controller.acceptFix('valley');
    world.controller.explainFar('elsewhere');
    await world.controller.save();
    expect(world.sent[0]?.body.location).toEqual({
      ...fix('24.790000'),
      accepted_reason: 'valley',
      far_reason: 'elsewhere',
    });
  });

  it('keeps the reason for being far with a better fix, unless that shows that it is near', async () => {
    const world = openWorld({ home });
    world.controller.locate(fix('24.790000'));
    world.controller.explainFar('moved');
    world.controller.locate(fix('24.789000'));
    expect(world.controller.draft.value.location?.far_reason).toBe('moved');
    world.controller.locate(fix('24.780001'));
    await world.controller.save();
    expect(world.sent[0]?.body.location).toEqual(fix('24.780001'));
  });

  it('cannot be explained before it is known', () => {
    const world = openWorld({ home });
    world.controller.acceptFix('valley');
    world.controller.explainFar('moved');
    expect(world.controller.draft.value.location).toBeNull();
  });
});
