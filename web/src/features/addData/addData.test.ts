import { describe, expect, it } from 'vitest';
import type { IngestStatus, ServerInfo } from '../../shared/api/types';
import { arrivalSince, refusedSince } from './arrival';
import { addressesOf, sources } from './snippets';

const source = (service: string, records: number, lastSeen = '2026-01-01T00:00:00Z') => ({
  service,
  records,
  firstSeen: '2026-01-01T00:00:00Z',
  lastSeen,
});
const status = (sourceList: IngestStatus['sources'], rejected = {}): IngestStatus => ({
  protocols: [{ name: 'otlp_http', received: 0, stored: 0, rejected }],
  sources: sourceList,
});

describe('arrivalSince', () => {
  it('waits while nothing new comes', () =>
    expect(arrivalSince(status([source('a', 5)]), status([source('a', 5)]))).toBeNull());
  it('names the service that is new before one that only goes on', () => {
    const now = status([source('a', 9, '2026-01-02T00:00:00Z'), source('b', 3)]);
    expect(arrivalSince(status([source('a', 5)]), now)).toMatchObject({ service: 'b', records: 3 });
  });
  it('counts only what came since', () =>
    expect(arrivalSince(status([source('a', 5)]), status([source('a', 9)]))).toMatchObject({ records: 4 }));
  it('tells new refusals, most frequent first', () => {
    expect(
      refusedSince(status([], { too_old: 3 }), status([], { too_old: 4, malformed: 7 })).map((each) => [
        each.reason,
        each.count,
      ]),
    ).toEqual([
      ['malformed', 7],
      ['too_old', 1],
    ]);
  });
});

describe('snippets', () => {
  const info: ServerInfo = {
    version: '',
    startedAt: '',
    ready: true,
    url: 'http://box:4480/',
    ports: { http: 4480, otlpHttp: 4318, otlpGrpc: 4317 },
    dataDirectory: '',
  };
  it('send OTLP to its own port', () =>
    expect(addressesOf(info)).toEqual({ url: 'http://box:4480', otlp: 'http://box:4318' }));
  it('stay on the public address when a proxy stands before the server', () => {
    expect(addressesOf({ ...info, url: 'https://tocsin.example.com/obs' })).toEqual({
      url: 'https://tocsin.example.com/obs',
      otlp: 'https://tocsin.example.com/obs',
    });
  });
  it('are complete for every source', () => {
    for (const each of sources(addressesOf(info)))
      expect(each.steps.map((step) => step.code).join()).not.toMatch(/undefined|NOW/);
  });
});
