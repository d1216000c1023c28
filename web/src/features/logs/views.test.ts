import { expect, it } from 'vitest';
import { differs, stateOf, urlOf, type SavedView } from './views';

const view: SavedView = {
  id: 7,
  name: 'slow',
  query: 'path:/pay | timechart p95(ms)',
  from: '-24h',
  to: 'now',
  columns: ['status', 'ms'],
  display: 'line',
  updatedAt: '2026-01-01T00:00:00Z',
};

it('opens as it was saved', () => {
  const url = urlOf(view);
  expect(url).toMatchObject({ q: view.query, from: '-24h', cols: 'status,ms', view: 'line', saved: '7' });
  expect(stateOf(url, true)).toEqual({ query: view.query, from: '-24h', to: 'now', columns: ['status', 'ms'], display: 'line' });
  expect(differs(url, view)).toBe(false);
});

it('leaves the reader the range when it has none of its own', () => {
  const own = { ...view, from: undefined, to: undefined };
  expect(urlOf(own)).not.toHaveProperty('from');
  expect(differs({ ...urlOf(own), from: '-7d' }, own)).toBe(false);
});

it.each([
  { q: 'other' },
  { from: '-7d' },
  { cols: 'status' },
  { view: 'area' },
  { level: 'error' },
])('differs with %o', (part) => expect(differs({ ...urlOf(view), ...part }, view)).toBe(true));

it('keeps what was clicked as part of the query', () => {
  expect(stateOf({ q: 'a | top x', level: 'error' }, false).query).toBe('(a) level:error | top x');
  expect(stateOf({ q: 'a | top x', tab: 'patterns', view: 'bars' }, false)).toMatchObject({ query: 'a | patterns 100', display: undefined });
});
