import { h, replace, empty, ago, count, facts, search, traceLink } from './dom.js';
import { poll } from './live.js';
import { stack } from './logs.js';

export function errors(main) {
  const found = h('div', { class: 'stack' });
  const open = new Set();
  let [q, all] = ['', []];
  main.append(h('h1', null, 'Errors'), h('div', { class: 'bar' }, search('Search in errors', '', (text) => { q = text.toLowerCase(); draw(); })), found);
  const draw = () => {
    const shown = all.filter((e) => JSON.stringify(e).toLowerCase().includes(q));
    replace(found, shown.length === 0 ? empty(all.length === 0 ? 'No error has been logged since the page was switched on.' : 'No error holds that text.')
      : shown.map((e) => card(e, open)));
  };
  return poll('errors', 2000, (now) => { all = now.errors; draw(); });
}

function card(error, open) {
  const { record } = error;
  const [exception, key] = [record.exception, `${error.error_type}|${record.logger}|${record.template ?? record.message}|${error.first_seen}`];
  const frames = exception && h('details', { open: open.has(key), ontoggle: (e) => (e.target.open ? open.add(key) : open.delete(key)) },
    h('summary', { 'data-key': key }, 'Stack'), h('pre', { tabindex: '0' }, stack(exception)));
  const noted = Object.entries(error.circumstances ?? {});
  const circumstances = noted.length > 0 && h('details', { open: open.has(`${key}+`), ontoggle: (e) => (e.target.open ? open.add(`${key}+`) : open.delete(`${key}+`)) },
    h('summary', { 'data-key': `${key}+` }, 'Circumstances'), facts(noted));
  return h('article', { class: 'card' },
    h('div', { class: 'bar' }, h('span', { class: `lvl ${record.level}` }, record.level),
      h('h3', { class: 'grow' }, exception?.type ?? record.message), error.count > 1 && h('span', { class: 'pill' }, `${count(error.count)} times`)),
    exception && h('p', null, exception.message), exception && exception.message !== record.message && h('p', { class: 'muted' }, record.message),
    analysis(error.analysis),
    h('div', { class: 'meta' }, h('span', null, `last seen ${ago(error.last_seen)}`), error.count > 1 && h('span', null, `first seen ${ago(error.first_seen)}`),
      h('span', null, record.logger), record.user_id && h('span', null, `user ${record.user_id}`),
      record.trace_id && h('span', null, 'trace ', traceLink(record.trace_id)), record.request_id && h('span', null, 'request ', h('span', { class: 'mono' }, record.request_id)),
      error.crash_id && h('span', { class: 'mono' }, error.crash_id)),
    frames, circumstances);
}

function analysis(found) {
  if (!found || found.category === 'unknown') return null;
  return h('div', { class: 'analysis' },
    h('p', null, h('span', { class: `pill ${found.severity}` }, found.severity), ' ', h('strong', null, found.category.replaceAll('_', ' ')), ' — ', found.cause),
    found.suggestions.length > 0 && h('ul', null, found.suggestions.map((s) => h('li', null, s))));
}
