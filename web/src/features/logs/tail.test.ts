import { expect, it } from 'vitest';
import type { LogEntry } from '../../shared/api/types';
import { emptyTail, mostRows, tailReducer } from './tail';

const entries = (...ids: string[]) => ids.map((id) => ({ id }) as LogEntry);
const ids = (rows: LogEntry[]) => rows.map((row) => row.id).join('');

it('puts arrivals on top, newest first', () => {
  let tail = tailReducer(emptyTail, { kind: 'arrived', entries: entries('a', 'b'), hold: false });
  tail = tailReducer(tail, { kind: 'arrived', entries: entries('c'), hold: false });
  expect(ids(tail.shown)).toBe('cba');
});

it('lets them wait while held, and brings all on release', () => {
  let tail = tailReducer(emptyTail, { kind: 'arrived', entries: entries('a'), hold: false });
  tail = tailReducer(tail, { kind: 'arrived', entries: entries('b', 'c'), hold: true });
  expect([ids(tail.shown), ids(tail.waiting)]).toEqual(['a', 'cb']);
  expect(ids(tailReducer(tail, { kind: 'release' }).shown)).toBe('cba');
  expect(ids(tailReducer(tail, { kind: 'arrived', entries: entries('d'), hold: false }).shown)).toBe('dcba');
});

it('keeps no more than it says, and counts what it drops', () => {
  const many = Array.from({ length: mostRows + 10 }, (_, i) => ({ id: String(i) }) as LogEntry);
  const tail = tailReducer(emptyTail, { kind: 'arrived', entries: many, hold: true });
  expect([tail.waiting.length, tail.skipped]).toEqual([mostRows, 10]);
});
