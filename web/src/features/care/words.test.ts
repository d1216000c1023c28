import { expect, it } from 'vitest';
import { daysText, partOf, spanText } from './words';

it.each([
  [30, '30 days'],
  [1, '1 day'],
  [0.5, '12 hours'],
  [36500, '36,500 days'],
])('%d is %s', (days, text) => expect(daysText(days)).toBe(text));

it.each([
  ['2026-11-01', '2026-11-21', '1 Nov – 21 Nov 2026'],
  ['2025-12-31', '2026-01-02', '31 Dec 2025 – 2 Jan 2026'],
  ['2026-11-21', '2026-11-21', '21 Nov 2026'],
  [undefined, undefined, '–'],
])('from %s to %s is %s', (first, last, text) => expect(spanText(first, last)).toBe(text));

it('tells how far by bytes, else by files', () => {
  expect(partOf({ files: 1, filesTotal: 2, bytes: 30, bytesTotal: 40 })).toBe(0.75);
  expect(partOf({ files: 1, filesTotal: 2, bytes: 30, bytesTotal: 0 })).toBe(0.5);
  expect(partOf({ files: 0, filesTotal: 0, bytes: 0, bytesTotal: 0 })).toBeUndefined();
  expect(partOf(undefined)).toBeUndefined();
});
