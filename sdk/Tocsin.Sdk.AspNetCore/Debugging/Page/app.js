import { h, replace, pill, span, count } from './dom.js';
import { poll } from './live.js';
import { overview } from './overview.js';
import { logs } from './logs.js';
import { traces } from './traces.js';
import { errors } from './errors.js';
import { performance } from './performance.js';
import { health } from './health.js';
import { metrics } from './metrics.js';
import { configuration } from './configuration.js';

// One line per panel. A panel fills the element it is given and returns how to stop.
const panels = [
  ['overview', 'Overview', overview], ['logs', 'Logs', logs], ['traces', 'Traces', traces], ['errors', 'Errors', errors],
  ['performance', 'Performance', performance], ['health', 'Health', health], ['metrics', 'Metrics', metrics],
  ['configuration', 'Configuration', configuration],
];

const [main, nav] = [document.getElementById('content'), document.getElementById('nav')];
let stop = () => {};

function show() {
  const [name, ...rest] = location.hash.slice(1).split('/');
  const [id, title, panel] = panels.find(([p]) => p === name) ?? panels[0];
  stop();
  main.replaceChildren();
  document.title = `${title} · debug`;
  for (const link of nav.querySelectorAll('a')) {
    if (link.hash === `#${id}`) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'center' });
    }
    else link.removeAttribute('aria-current');
  }
  stop = panel(main, rest.map(decodeURIComponent)) ?? (() => {});
}

function banner(now) {
  document.getElementById('service').textContent = now.service;
  replace(document.getElementById('facts'), now.health && pill(now.health), h('span', null, now.environment ?? ''),
    now.release && h('span', { class: 'mono' }, now.release), h('span', null, `up ${span(now.uptime_seconds)}`),
    h('span', { class: 'muted' }, `pid ${now.pid}`),
    now.telemetry !== 'ok' && now.telemetry !== 'waiting' && h('span', { class: 'muted' }, `server: ${now.telemetry}, ${count(now.telemetry_waiting)} records wait`));
  note('errors', now.error_groups, true);
  note('logs', Object.values(now.logs).reduce((a, b) => a + b, 0));
  note('overview', now.active_requests);
}

function note(id, value, bad = false) {
  const at = nav.querySelector(`a[href="#${id}"] .n`);
  at.textContent = value ? count(value) : '';
  at.classList.toggle('bad', bad && value > 0);
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches('input, select, textarea');
  if (event.key === 'Escape') {
    if (typing) event.target.blur();
    else if (location.hash.includes('/')) location.hash = location.hash.split('/')[0];
  } else if (!typing && event.key === '/') {
    const field = main.querySelector('input[type=search]');
    if (field) { field.focus(); event.preventDefault(); }
  } else if (!typing && event.key >= '1' && event.key <= String(panels.length)) {
    location.hash = panels[event.key - 1][0];
  }
}

function theme() {
  const root = document.documentElement.classList;
  const stored = localStorage.getItem('tocsin-debug-theme');
  if (stored) root.add(stored);
  document.getElementById('theme').addEventListener('click', () => {
    const dark = root.contains('dark') || (!root.contains('light') && matchMedia('(prefers-color-scheme: dark)').matches);
    root.remove('dark', 'light');
    root.add(dark ? 'light' : 'dark');
    localStorage.setItem('tocsin-debug-theme', dark ? 'light' : 'dark');
  });
}

nav.append(h('div', { class: 'panels' }, panels.map(([id, title]) =>
  h('a', { href: `#${id}` }, title, h('span', { class: 'n' })))));
theme();
addEventListener('hashchange', show);
addEventListener('keydown', keys);
show();
poll('overview', 2000, banner);
