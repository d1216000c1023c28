import { describe, expect, it } from 'vitest';
import { isNew, patternQuery, patternsOf, pieces, trendQuery, trendsOf, trendStep, type Pattern } from './patterns';

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

it('reads the answer by the names of its columns', () => {
  const names = ['service', 'pattern', 'count', 'share', 'level', 'first', 'last', 'example'];
  const [found] = patternsOf({
    columns: names.map((name) => ({ name, kind: 'string' })),
    rows: [['shop', 'a <n>', 3, 0.5, 'info', 'f', 'l', 'a 1']],
  });
  expect(found).toEqual({ by: ['shop'], pattern: 'a <n>', count: 3, share: 0.5, level: 'info', first: 'f', last: 'l', example: 'a 1' });
});

describe('trends', () => {
  const one = (pattern: string) => ({ pattern }) as Pattern;

  it('are asked for as many patterns as a query may be long', () => {
    expect(trendQuery('a', [one('x <n>')], 60)).toBe(
      'a | where pattern(message) in ("x <n>") | stats count() by pattern(message) as pattern, bin(time, 60s) as step',
    );
    const long = trendQuery('', Array.from({ length: 40 }, () => one('y'.repeat(1000))), 60)!;
    expect(long.length).toBeLessThan(10_000);
    expect(trendQuery('', [], 60)).toBeUndefined();
  });

  it('have a count per step of the range', () => {
    const columns = ['pattern', 'step', 'count'].map((name) => ({ name, kind: 'string' as const }));
    const rows = [
      ['p', '2026-01-01T00:01:00Z', 4],
      ['p', '2026-01-01T00:02:00Z', 2],
    ];
    const found = trendsOf({ columns, rows, from: '2026-01-01T00:00:30Z', to: '2026-01-01T00:03:00Z' }, 60);
    expect(found.get('p')).toEqual([0, 4, 2]);
  });

  it.each([
    [60_000, 5],
    [24 * 3_600_000, 3600],
    [15 * 60_000, 30],
  ])('of %d ms have steps of %d s', (ms, step) => expect(trendStep(ms)).toBe(step));
});

it('calls new what was first seen in the last fifth', () => {
  const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-01T10:00:00Z'];
  expect(isNew('2026-01-01T08:30:00Z', from, to)).toBe(true);
  expect(isNew('2026-01-01T07:30:00Z', from, to)).toBe(false);
});
