import { expect, it } from 'vitest';
import { parseSearch, writeSearch } from './url';

it('keeps every parameter as the text it was, also unknown ones', () => {
  const search = '?q=a%3D%22b+c%22&from=1700000000000&strange=%7B1%7D';
  expect(parseSearch(search)).toEqual({ q: 'a="b c"', from: '1700000000000', strange: '{1}' });
  expect(writeSearch({ ...parseSearch(search) })).toBe(search);
});

it('leaves out what is not set', () => expect(writeSearch({ q: '', level: undefined, live: '1' })).toBe('?live=1'));
