import { h, replace, table, empty, ms, count, search } from './dom.js';
import { poll } from './live.js';

const kinds = [['', 'everything'], ['server', 'requests served'], ['client', 'calls and queries'], ['internal', 'own operations'], ['producer', 'messages sent'], ['consumer', 'messages taken']];

export function performance(main) {
  const found = h('div');
  const state = { q: '', kind: '' };
  let all = [];
  const sorting = { column: 4, down: true, changed: () => draw() };
  main.append(h('h1', null, 'Performance'), h('div', { class: 'bar' },
    h('select', { 'aria-label': 'Kind', onchange: (e) => { state.kind = e.target.value; draw(); } }, kinds.map(([v, t]) => h('option', { value: v }, t))),
    search('Name of an operation', '', (q) => { state.q = q.toLowerCase(); draw(); })), found,
  h('p', { class: 'muted' }, 'Percentiles are of the last 256 runs of each operation, the rest of all since the start.'));
  const draw = () => {
    const shown = all.filter((o) => (!state.kind || o.kind === state.kind) && o.name.toLowerCase().includes(state.q));
    replace(found, shown.length === 0 ? empty('Nothing has been measured yet: operations appear when their spans end.') : table([
      ['Operation', (o) => h('span', null, o.name, ' ', h('span', { class: 'muted' }, o.kind === 'internal' ? o.source : o.kind)), 'wrap', (o) => o.name],
      ['Runs', (o) => count(o.count), 'num', (o) => o.count],
      ['Errors', (o) => (o.errors ? h('span', { class: 'bad' }, count(o.errors)) : '0'), 'num', (o) => o.errors],
      ['Median', (o) => ms(o.p50_ms), 'num', (o) => o.p50_ms], ['p95', (o) => ms(o.p95_ms), 'num', (o) => o.p95_ms],
      ['Longest', (o) => ms(o.max_ms), 'num', (o) => o.max_ms],
      ['Queries per run', (o) => (o.queries_per_run ? String(o.queries_per_run) : ''), 'num', (o) => o.queries_per_run],
    ], shown, sorting));
  };
  return poll('performance', 2000, (now) => { all = now.operations; draw(); });
}
