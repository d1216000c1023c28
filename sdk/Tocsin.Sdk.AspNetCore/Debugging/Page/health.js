import { h, replace, empty, pill, facts, ms, bytes, span } from './dom.js';
import { poll } from './live.js';

const order = ['unhealthy', 'degraded', 'warning', 'unknown', 'healthy'];
const told = new Set(['status', 'duration_ms', 'checked_at', 'age_seconds', 'since', 'failures', 'period_seconds', 'timeout_seconds', 'tags', 'description', 'error', 'flapping']);

function value(name, found) {
  if (name.endsWith('_bytes') || name.endsWith('memory')) return bytes(found);
  if (name.endsWith('_percent')) return `${found} %`;
  return name.endsWith('_ms') ? ms(found) : found;
}

export function health(main) {
  const [whole, found] = [h('span'), h('div', { class: 'stack health' })];
  main.append(h('div', { class: 'bar' }, h('h1', null, 'Health'), whole), found);
  return poll('health', 2000, (now) => {
    replace(whole, pill(now.status), now.phase !== 'running' ? ` ${now.phase}` : '');
    const checks = Object.entries(now.checks).sort((a, b) => order.indexOf(a[1].status) - order.indexOf(b[1].status));
    replace(found, checks.length === 0 ? empty('No check is registered.') : checks.map(([name, check]) => h('article', { class: 'card' },
      h('div', { class: 'bar' }, h('h3', { class: 'grow' }, name), check.flapping && h('span', { class: 'pill warning' }, 'flapping'), pill(check.status)),
      check.error && h('p', { class: 'bad' }, check.error), check.description && h('p', null, check.description),
      Object.keys(check).some((k) => !told.has(k)) && facts(Object.entries(check).filter(([k]) => !told.has(k)).map(([k, v]) => [k, value(k, v)])),
      check.checked_at && h('div', { class: 'meta' }, h('span', null, `checked ${span(check.age_seconds)} ago`), h('span', null, `took ${ms(check.duration_ms)}`),
        h('span', null, `every ${span(check.period_seconds)}`), check.failures > 0 && h('span', null, `${check.failures} times in a row`),
        h('span', null, `since ${new Date(check.since).toLocaleTimeString()}`)))));
  });
}
