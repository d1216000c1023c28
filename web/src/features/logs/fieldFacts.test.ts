import { expect, it } from 'vitest';
import { coverageOf, coverageQuery, fieldsOf } from './fieldFacts';

const answer = {
  rows: [
    ['http-status', 'int', 200, 7],
    ['http-status', 'text', '200', 2],
    ['path', 'text', '/a', 9],
  ],
};

it('lists each field once, with all its types and its most frequent value', () => {
  expect(fieldsOf(answer)).toEqual([
    { name: 'http-status', types: ['number', 'text'], example: '200' },
    { name: 'path', types: ['text'], example: '/a' },
  ]);
});

it('counts who has them with one query', () => {
  const fields = fieldsOf(answer);
  expect(coverageQuery('', fields)).toBe('* | stats count() as n, count(`http-status`) as f0, count(path) as f1');
  expect(coverageOf({ rows: [[10, 9, 0]] }, fields)).toEqual(
    new Map([
      ['http-status', 0.9],
      ['path', 0],
    ]),
  );
});
