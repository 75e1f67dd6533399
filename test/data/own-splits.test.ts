import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownSplits } from '../../src/data/own-splits.js';
import type { Split } from '../../src/data/sequence.js';
import { Failure } from '../../src/platform/failure.js';

function splitsOf(files: readonly string[], { folders = [] as string[], others = [] as string[] } = {}) {
  const found = ownSplits({ folder: 'set', folders, others }, files);
  return found && Object.fromEntries(found);
}

function complaint(files: readonly string[], others: readonly string[] = []): string {
  try {
    splitsOf(files, { others: [...others] });
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return (error as Failure).message;
  }
  throw new Error('taken');
}

describe('splits of the user’s own', () => {
  it.each<[files: string[]]>([
    [['train/a', 'valid/b', 'test/c']],
    [['Train/a', 'VALID/b', 'Test/c']],
    [['training/a', 'validation/b', 'testing/c']],
    [['train/a', 'val/b', 'test/c']],
    [['train/a', 'dev/b', 'test/c']],
    [['music/train/a', 'music/valid/b', 'music/test/c']],
    [['data/wav/train/a', 'data/wav/dev/b', 'data/wav/test/c']],
    [['train/wav/a', 'valid/wav/b', 'test/wav/c']],
    [['bach/train/a', 'haydn/val/b', 'mozart/test/c']],
    [['train/train/a', 'valid/validation/b', 'test/eval/c']],
  ])('%j are taken', (files) => {
    expect(splitsOf(files)).toEqual({ [files[0]]: 'train', [files[1]]: 'valid', [files[2]]: 'test' });
  });

  it('are the same whatever the case and the folders around and inside', () => {
    const names: [Split, string][] = [
      ['train', 'train'],
      ['valid', 'val'],
      ['test', 'testing'],
    ];
    const word = fc.constantFrom('wav', 'Bach', 'x y', 'é');
    const shape = fc.record({ around: fc.array(word), inside: fc.array(word), upper: fc.boolean() });
    fc.assert(
      fc.property(shape, ({ around, inside, upper }) => {
        const files = names.map(([split, name]): [string, Split] => [
          [...around, upper ? name.toUpperCase() : name, ...inside, 'a.mid'].join('/'),
          split,
        ]);
        expect(splitsOf(files.map(([path]) => path))).toEqual(Object.fromEntries(files));
      }),
    );
  });

  it.each([
    [['train/a', 'test/b'], 'has train, test but not valid'],
    [['Train/a', 'x/b'], 'has Train but not valid, test'],
    [['train/a', 'valid/b', 'test/c', 'lost'], 'lost lies outside of train, valid and test'],
    [['train/a', 'val/b', 'dev/c', 'test/d'], 'val and dev could both be the split valid'],
    [['train/a', 'Train/b', 'val/c', 'test/d'], 'train and Train could both be the split train'],
    [['train/a', 'valid/b', 'test/c', 'old/train/d'], 'train and old/train do not lie side by side'],
    [
      ['fold1/train/a', 'fold1/valid/b', 'fold1/test/c', 'fold2/train/c'],
      'fold1/train and fold2/train could both be',
    ],
    [['train/a', 'valid/b', 'eval/c'], 'eval may be a split'],
    [['a', 'held-out/b'], 'held-out may be a split'],
    [['a', 'test_set/b'], 'test_set may be a split'],
    [
      ['train/a', 'train/heldout/b', 'valid/c', 'test/d'],
      'train/heldout/b lies both in train and in train/heldout',
    ],
    [['valid/test/a', 'train/b'], 'valid/test/a lies both in valid and in valid/test'],
    [['train-clean-100/a', 'dev-clean/b'], 'train-clean-100 and dev-clean may belong to splits'],
    [['train_01.wav', 'test_01.wav'], 'train_01.wav and test_01.wav may belong to splits'],
    [['bach_train_1.mid', 'bach_test_1.mid'], 'bach_train_1.mid and bach_test_1.mid may belong to splits'],
    [['bach_train_1.mid', 'haydn_test_9.mid'], 'bach_train_1.mid and haydn_test_9.mid may belong to splits'],
    [['0-train.mid', '0-valid.mid', '0-test.mid'], '0-train.mid and 0-valid.mid may belong to splits'],
    [['0devTrain.mid', '0devTest.mid'], '0devTrain.mid and 0devTest.mid may belong to splits'],
    [['trainA/a', 'testA/b'], 'trainA and testA may belong to splits'],
    [['main/a', 'wav_test_clean/b'], 'wav_test_clean may be kept from training, by its name'],
    [['main/a', 'test-clean/b'], 'test-clean may be kept from training, by its name'],
    [['clean-100/a', 'test-clean/b', 'test-other/c'], 'test-clean may be kept from training'],
    [['main/a', 'bach/Held Out Pieces/b'], 'bach/Held Out Pieces may be kept from training'],
    [['trn/a', 'tst/b'], 'trn may be a split but has not the name of one'],
    [['min/tr/a', 'min/cv/b', 'min/tt/c'], 'min/tr and min/cv may belong to splits'],
    [['train/dev-clean/a', 'valid/b', 'test/c'], 'train/dev-clean may be kept from training, by its name'],
  ])('%j: refused, %s', (files, message) => {
    const found = complaint(files);
    expect(found).toContain(`set: ${message}`);
    expect(found).toMatch(/; (keep|make|move|name|sort|rename)|: make/);
  });

  it('lists that name splits are refused where no folder is one', () => {
    expect(complaint(['a'], ['testing_list.txt', 'validation_list.txt'])).toContain('may belong to splits');
    expect(splitsOf(['train/a', 'dev/b', 'test/c'], { others: ['train.txt', 'test.txt'] })).toBeDefined();
  });

  it('without data is told by its name', () => {
    expect(() => splitsOf(['train/a', 'test/b'], { folders: ['train', 'test', 'Val'] })).toThrow(
      'no file in Val',
    );
  });

  it.each([
    [['a', 'b/c']],
    [['Soul Train/a', 'b']],
    [['contest/a', 'trainer/b', 'deviations/c']],
    [['training.mid', 'test.mid']],
    [['b-train-10/a', 'x/b']],
    [['latest/a', 'trained/b', 'developers/c', 'Protest Songs/d']],
    [['trains at night.mid', 'contest.mid', 'latest.mid', 'Testament_1.mid', 'developers 2.mid']],
    [['Sound Test.mid', 'Test 2.mid', 'b.mid']],
    [['train-test-split/a', 'b']],
    [['tr/a', 'tt/b', 'cv/c', 'en/d']],
    [['tr/a', 'b']],
    [['Night Train.mid', 'Sound Test.mid', ...Array.from({ length: 99 }, (_, i) => `${i}.mid`)]],
  ])('%j speak of none', (files) => {
    expect(splitsOf(files)).toBeUndefined();
  });
});
