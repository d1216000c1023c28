// Elements, numbers and times; no panel knows another, all know this.

/** An element: h('a', { href, class, onclick }, child, ...). Null children are left out. */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

/** Puts new content in place and gives the focus back to what had it, found by its data-key. */
export function replace(container, ...content) {
  const key = container.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  container.replaceChildren(...content.flat().filter(Boolean));
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

export const empty = (text) => h('div', { class: 'card empty' }, text);

export const pill = (state) => h('span', { class: `pill ${state}` }, state);

export function tile(name, value, bad = false) {
  return h('div', { class: 'tile' }, h('div', { class: bad ? 'v bad' : 'v' }, value), h('div', { class: 'k' }, name));
}

/** columns: [title, cell(row), class?, sort(row)?]; a narrow screen shows rows as blocks, the first cell as heading. */
export function table(columns, rows, sorting) {
  const head = columns.map(([title, , style, sort], i) => {
    if (!sort || !sorting) return h('th', { class: style, scope: 'col' }, title);
    const order = sorting.column === i ? (sorting.down ? 'descending' : 'ascending') : null;
    const turn = () => { sorting.down = sorting.column === i ? !sorting.down : true; sorting.column = i; sorting.changed(); };
    return h('th', { class: style, scope: 'col', 'aria-sort': order }, h('button', { onclick: turn, 'data-key': `sort-${title}` }, title));
  });
  const by = sorting && columns[sorting.column]?.[3];
  const sorted = by ? [...rows].sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0) * (sorting.down ? -1 : 1)) : rows;
  const line = (row) => h('tr', null, columns.map(([title, cell, style]) =>
    h('td', { class: style, 'data-label': title }, cell(row) ?? '')));
  return h('div', { class: 'card' }, h('table', { class: 'stacked' }, h('thead', null, h('tr', null, head)),
    h('tbody', null, sorted.map(line))));
}

export function facts(pairs) {
  return h('dl', { class: 'facts-list' }, pairs.filter(([, v]) => v !== null && v !== undefined && v !== '')
    .flatMap(([name, value]) => [h('dt', null, name), h('dd', null, value instanceof Node ? value : text(value))]));
}

export const text = (value) => (typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value));

export function ms(value) {
  if (value >= 60000) return `${(value / 60000).toFixed(1)} min`;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return value >= 10 ? `${Math.round(value)} ms` : `${value.toFixed(value >= 1 ? 1 : 2)} ms`;
}

export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function span(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export const ago = (time) => {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
  return seconds < 2 ? 'now' : `${span(seconds)} ago`;
};

export const clock = (time) => {
  const at = new Date(time);
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
};

export const count = (value) => value.toLocaleString('en-US');

export const traceLink = (id) => (id ? h('a', { href: `#traces/${id}`, class: 'mono' }, id.slice(0, 8)) : null);

/** A search field that calls back a moment after the last key. */
export function search(label, value, changed) {
  let timer = 0;
  return h('input', {
    type: 'search', placeholder: label, 'aria-label': label, value, 'data-key': 'search',
    oninput: (e) => { clearTimeout(timer); timer = setTimeout(() => changed(e.target.value.trim()), 150); },
  });
}
