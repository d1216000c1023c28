import { expect, it } from 'vitest';
import type { Histogram, HistogramBucket } from '../api/types';
import { cumulated, histogramSentence } from './stack';

const bucket = (time: number, part: Partial<HistogramBucket>): HistogramBucket => ({
  time,
  fatal: 0,
  error: 0,
  warn: 0,
  info: 0,
  debug: 0,
  trace: 0,
  unknown: 0,
  ...part,
});

it('piles families up, tallest column first, severest at the bottom', () => {
  const { x, order, columns } = cumulated(
    [bucket(1000, { error: 2, info: 5 }), bucket(2000, { info: 1 })],
    ['info', 'error'],
  );
  expect(x).toEqual([1, 2]);
  expect(order).toEqual(['info', 'error']);
  expect(columns).toEqual([
    [7, 1],
    [2, 0],
  ]);
});

it('says the main fact', () => {
  const histogram: Histogram = {
    from: 0,
    to: 0,
    stepMs: 1,
    buckets: [bucket(0, { error: 2, info: 1000 })],
    totals: bucket(0, { error: 2, info: 1000 }),
  };
  expect(histogramSentence(histogram)).toBe('1,002 log records, 2 of them errors or fatal.');
});
