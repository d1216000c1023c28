import { expect, it } from 'vitest';
import { age, clock, dateTime, duration, isoWithOffset, offsetText } from './format';

const at = Date.UTC(2026, 6, 1, 22, 3, 7, 45);

it('shows 24 hours in the zone', () => {
  expect(clock(at, 'UTC', 'ms')).toBe('22:03:07.045');
  expect(clock(at, 'Europe/Berlin', 'm')).toBe('00:03');
  expect(dateTime(Date.UTC(2024, 0, 2, 3, 4, 5), 'UTC')).toBe('2 Jan 2024 03:04:05');
});

it('writes ISO-8601 with the offset of that day', () => {
  expect(isoWithOffset(at, 'Asia/Kolkata')).toBe('2026-07-02T03:33:07.045+05:30');
  expect(isoWithOffset(at, 'UTC')).toBe('2026-07-01T22:03:07.045Z');
  expect(offsetText(at, 'America/St_Johns')).toBe('UTC−2:30');
});

it.each([
  [0, 'now'],
  [42_000, '42 s'],
  [125_000, '2 min'],
  [47 * 3_600_000, '47 h'],
  [49 * 3_600_000, '2 d'],
])('age of %d ms is %s', (ms, text) => expect(age(ms)).toBe(text));

it.each([
  [850, '850 ns'],
  [12_345, '12.3 µs'],
  [1_250_000_000, '1.25 s'],
  [182e9, '3 min 2 s'],
  [3_720e9, '1 h 2 min'],
])('%d ns is %s', (nanos, text) => expect(duration(nanos)).toBe(text));
