import { h, replace, empty, search, count } from './dom.js';
import { poll } from './live.js';

export function metrics(main) {
  const [found, sum] = [h('div'), h('span', { class: 'muted' })];
  const open = new Set();
  let [q, all] = ['', []];
  main.append(h('h1', null, 'Metrics'), h('div', { class: 'bar' }, search('Name, label or description', '', (text) => { q = text.toLowerCase(); draw(); }), sum), found);
  const draw = () => {
    const shown = all.filter((m) => !q || `${m.name} ${m.help} ${m.series.map((s) => s.labels).join(' ')}`.toLowerCase().includes(q));
    sum.textContent = `${count(shown.length)} metrics, ${count(shown.reduce((n, m) => n + m.series.length, 0))} series`;
    replace(found, shown.length === 0 ? empty(all.length === 0 ? 'No metric yet.' : 'No metric holds that text.') : h('div', { class: 'card' }, shown.map((m) => row(m, open))));
  };
  return poll('metrics', 3000, (now) => { all = now.metrics; draw(); });
}

function row(metric, open) {
  const only = metric.series.length === 1 ? metric.series[0].value : `${count(metric.series.length)} series`;
  const body = () => h('div', null, metric.help && h('p', { class: 'muted' }, metric.help),
    h('table', { class: 'series' }, h('tbody', null, metric.series.slice(0, 300).map((s) => h('tr', null,
      h('td', { class: 'wrap mono' }, s.name === metric.name ? '' : s.name, s.labels && `{${s.labels}}`), h('td', { class: 'num mono' }, s.value))))),
    metric.series.length > 300 && h('p', { class: 'muted' }, `and ${count(metric.series.length - 300)} more; all are on /metrics`));
  const details = h('details', { class: 'metric', open: open.has(metric.name), ontoggle: (e) => {
    if (e.target.open) { open.add(metric.name); if (e.target.children.length === 1) e.target.append(body()); } else open.delete(metric.name);
  } }, h('summary', { 'data-key': metric.name }, h('span', { class: 'name grow' }, metric.name), h('span', { class: 'muted' }, metric.type), h('span', { class: 'mono right' }, only)));
  if (open.has(metric.name)) details.append(body());
  return details;
}
