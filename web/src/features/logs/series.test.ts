import { describe, expect, it } from 'vitest';
import { shapeOf, type Column, type Value } from './answer';
import { chartOf, mostSeries, stacked, ticks } from './series';

const time: Column = { name: 'time', kind: 'time' };
const minute = (i: number) => new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString();
const chart = (query: string, columns: Column[], rows: Value[][]) => chartOf({ columns, rows }, shapeOf({ query, columns }));

describe('a chart', () => {
  it('has a value per step and group, and a hole where there was none', () => {
    const model = chart(
      '* | timechart 1m count(), p95(ms) by path',
      [time, { name: 'path', kind: 'string' }, { name: 'count', kind: 'int' }, { name: 'p95_ms', kind: 'double' }],
      [
        [minute(0), '/a', 2, 10],
        [minute(0), '/b', 5, null],
        [minute(1), null, 0, null],
        [minute(3), '/a', 1, 30],
      ],
    );
    expect(model.times).toEqual([0, 1, 3].map((i) => Date.parse(minute(i))));
    expect(model.stepMs).toBe(60_000);
    expect(model.panels.map(({ measure, series }) => [measure, series.map(({ name }) => name)])).toEqual([
      ['count', ['/b', '/a']],
      ['p95_ms', ['/b', '/a']],
    ]);
    expect(model.panels[1]!.series[1]!.values).toEqual([10, null, 30]);
  });

  it('puts the smallest groups of a count together, and leaves those of a percentile out', () => {
    const rows = Array.from({ length: 15 }, (_, i) => [minute(0), `g${i}`, 15 - i, 15 - i]);
    const model = chart(
      '* | timechart 1m count(), max(ms) by g',
      [time, { name: 'g', kind: 'string' }, { name: 'count', kind: 'int' }, { name: 'max_ms', kind: 'int' }],
      rows,
    );
    const [counts, heights] = model.panels;
    expect(counts!.series).toHaveLength(mostSeries);
    expect(counts!.series.at(-1)).toMatchObject({ name: 'other (6)', total: 1 + 2 + 3 + 4 + 5 + 6 });
    expect(heights).toMatchObject({ hidden: 6 });
  });

  it('piles levels up with the severest at the bottom', () => {
    const model = chart(
      '* | timechart 1m count() by level',
      [time, { name: 'level', kind: 'level' }, { name: 'count', kind: 'int' }],
      [
        [minute(0), 'info', 9],
        [minute(0), 'error', 2],
        [minute(0), 'warn', 4],
      ],
    );
    expect(model.panels[0]!.series.map(({ name }) => name)).toEqual(['error', 'warn', 'info']);
    expect(stacked(model.panels[0]!.series)).toEqual([[[0, 2]], [[2, 6]], [[6, 15]]]);
  });
});

describe('ticks', () => {
  it.each([
    [0, 7, 4, [0, 2, 4, 6, 8]],
    [0, 0, 4, [0, 0.5, 1]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [-5, 5, 2, [-5, 0, 5]],
    [0, 1000, 5, [0, 200, 400, 600, 800, 1000]],
  ])('from %d to %d with %d', (low, high, most, expected) => {
    const found = ticks(low, high, most);
    expect(found[0]!).toBeLessThanOrEqual(low);
    expect(found.at(-1)!).toBeGreaterThanOrEqual(high);
    if (high !== 0) expect(found).toEqual(expected);
  });
});
