// What a log program does with Elasticsearch's own client: store, search the errors, count them by the hour, page.
// node analyzer.mjs <node url> <file with the documents, one JSON per line> <from> <to>; prints what it found as one line of JSON.
import { readFileSync } from 'node:fs';
import { Client, errors } from '@elastic/elasticsearch';

const [node, file, from, to] = process.argv.slice(2);
const client = new Client({ node });
const index = 'ada-logs-*';
const documents = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const found = {};

const about = await client.info();
found.version = about.version.number;
found.health = (await client.cluster.health()).status;
found.exists = await client.indices.exists({ index });

const stored = await client.bulk({
  index: 'ada-logs-2026', refresh: true,
  operations: documents.flatMap((document) => [{ create: {} }, document]),
});
found.stored = { errors: stored.errors, created: stored.items.filter((i) => i.create.status === 201).length };
const mixed = await client.bulk({ operations: [
  { index: { _index: 'ada-logs-2026', _id: 'mine' } }, { timestamp: to, level: 'INFO', message: 'one by one' },
  { index: { _index: 'ada-logs-2026' } }, { timestamp: '1999-01-01T00:00:00', level: 'INFO', message: 'too old' },
  { delete: { _index: 'ada-logs-2026', _id: 'mine' } },
] });
found.mixed = { errors: mixed.errors, items: mixed.items.map((i) => { const [[action, item]] = Object.entries(i); return [action, item.status, item.error?.type ?? null]; }) };

// The documented error search: query_string and a range of time, newest first.
const search = {
  query: { bool: { must: [
    { query_string: { query: 'level:ERROR' } },
    { range: { timestamp: { gte: from, lte: to } } },
  ] } },
  sort: [{ timestamp: { order: 'desc' } }],
  size: 1000,
};
const recent = await client.search({ index, ...search });
found.search = { total: recent.hits.total, hits: recent.hits.hits.map((hit) => hit._source), first: recent.hits.hits[0] };

// The documented trend: errors by the hour. "interval" is what old clients send.
const range = { range: { timestamp: { gte: from, lte: to } } };
const trend = (histogram) => client.search({
  index,
  query: { bool: { must: [{ term: { level: 'ERROR' } }, range] } },
  aggs: { errors_over_time: { date_histogram: { field: 'timestamp', ...histogram } } },
});
found.trend = (await trend({ fixed_interval: '1h' })).aggregations.errors_over_time.buckets;
found.oldTrend = (await trend({ interval: '1h' })).aggregations.errors_over_time.buckets;

found.count = (await client.count({ index, query: { match: { message: 'payment failed' } } })).count;
const many = await client.msearch({ searches: [
  { index }, { size: 0, query: { term: { level: 'ERROR' } }, aggs: { services: { terms: { field: 'service.keyword' }, aggs: { slow: { percentiles: { field: 'took', percents: [50] } } } } } },
  { index }, { query: { fuzzy: { message: 'payment' } } },
  {}, { size: 1, query: { exists: { field: 'exception.type' } } },
] });
found.many = many.responses;

// Page by page, three keys to a page, until there are no more.
const ids = [];
for (let after; ;) {
  const page = await client.search({ index, query: range, sort: [{ timestamp: 'asc' }], size: 97, track_total_hits: false, ...(after && { search_after: after }) });
  if (page.hits.hits.length === 0) break;
  ids.push(...page.hits.hits.map((hit) => hit._id));
  after = page.hits.hits.at(-1).sort;
}
found.paged = { rows: ids.length, different: new Set(ids).size };

const helped = await client.helpers.bulk({
  datasource: [{ '@timestamp': to, level: 'WARNING', message: 'from the helper', user: { id: 7 } }],
  onDocument: () => ({ create: { _index: 'ada-logs-2026' } }),
  retries: 0,
});
found.helped = { successful: helped.successful, failed: helped.failed };
found.helperHit = (await client.search({ index, q: 'message:helper AND user.id:7' })).hits.hits[0]._source;

try {
  await client.search({ index, query: { bool: { must: [{ term: { level: 'ERROR' } }, { geo_distance: { distance: '1km' } }] } } });
} catch (error) {
  found.refused = { known: error instanceof errors.ResponseError, status: error.statusCode, error: error.body.error };
}
console.log(JSON.stringify(found));
