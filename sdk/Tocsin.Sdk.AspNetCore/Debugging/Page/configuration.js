import { h, replace, table, empty, search } from './dom.js';
import { poll } from './live.js';

export function configuration(main) {
  const [own, application] = [h('div'), h('div')];
  const state = { q: '', set: false };
  let all = { tocsin: [], application: [] };
  main.append(h('h1', null, 'Configuration'), h('div', { class: 'bar' }, search('Name, value or source', '', (q) => { state.q = q.toLowerCase(); draw(); }),
    h('label', null, h('input', { type: 'checkbox', onchange: (e) => { state.set = e.target.checked; draw(); } }), 'only what was set')),
  h('h2', null, 'Tocsin'), own, h('h2', null, 'The application'), application);
  const fits = (v) => `${v.name} ${v.value} ${v.source}`.toLowerCase().includes(state.q);
  const draw = () => {
    show(own, all.tocsin.filter((v) => fits(v) && (!state.set || v.source !== 'default')));
    show(application, all.application.filter(fits));
  };
  return poll('configuration', 10000, (now) => { all = now; draw(); });
}

function show(place, values) {
  replace(place, values.length === 0 ? empty('Nothing.') : table([
    ['Name', (v) => h('span', { class: 'mono' }, v.name), 'wrap'],
    ['Value', (v) => v.value && h('span', { class: v.masked ? 'mono muted' : 'mono' }, v.value), 'wrap'],
    ['Source', (v) => h('span', { class: v.source === 'default' ? 'muted' : '' }, v.source), 'wrap'],
  ], values));
}
