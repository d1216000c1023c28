import { describe, expect, it } from 'vitest';
import { patternQuery, patternsOf, pieces } from './patterns';

it('parts a template at its marks and leaves other brackets alone', () => {
  expect(pieces('GET <path> <n> in <n>ms')).toEqual([
    { text: 'GET <path> ', varies: false },
    { text: 'n', varies: true },
    { text: ' in ', varies: false },
    { text: 'n', varies: true },
    { text: 'ms', varies: false },
  ]);
  expect(pieces('')).toEqual([]);
});

describe('the records of a pattern', () => {
  it.each([
    ['', 'GET /pay <n> in <n>ms', '"GET /pay" "in" | where pattern(message) == "GET /pay <n> in <n>ms"'],
    ['level:error | patterns', '<n>', 'level:error | where pattern(message) == "<n>"'],
    ['* | patterns', 'say "a" to <ip>', '"say \\"a\\" to" | where pattern(message) == "say \\"a\\" to <ip>"'],
    ['', '→ <n> ←', '* | where pattern(message) == "→ <n> ←"'],
  ])('%s with %s', (typed, pattern, expected) => expect(patternQuery(typed, pattern)).toBe(expected));

  it('never asks for a word that may have been cut', () => {
    const long = `${'word '.repeat(210)}cut`;
    expect(patternQuery('', long)).not.toMatch(/"[^"]*cut" \|/);
  });
});

describe('the answer', () => {
  const columns = (names: string[]) => names.map((name) => ({ name, kind: 'string' as const }));

  it('is read by the names of its columns', () => {
    const names = ['service', 'pattern', 'count', 'share', 'level', 'first', 'last', 'trend', 'new', 'example'];
    const [found] = patternsOf({
      columns: columns(names),
      rows: [['shop', 'a <n>', 3, 0.5, 'info', 'f', 'l', [0, 1, 2], true, 'a 1']],
    });
    expect(found).toEqual({
      by: ['shop'],
      pattern: 'a <n>',
      count: 3,
      share: 0.5,
      level: 'info',
      first: 'f',
      last: 'l',
      trend: [0, 1, 2],
      isNew: true,
      example: 'a 1',
    });
  });

  it('may lack columns, and know nothing of the time before', () => {
    expect(patternsOf({ columns: columns(['pattern', 'new']), rows: [['a <n>', null]] })).toMatchObject([{ pattern: 'a <n>', trend: [], isNew: undefined }]);
  });
});
