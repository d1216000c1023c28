import { h, facts, clock, search, text, traceLink, count } from './dom.js';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
const most = 500;

/** One record as a row that opens; also used below a trace and by the errors. */
export function logRow(record, isNew = false) {
  const row = h('div', { class: isNew ? 'log new' : 'log' });
  const toggle = () => {
    const open = row.classList.toggle('open');
    button.setAttribute('aria-expanded', open);
    if (open) row.append(logDetails(record));
    else row.lastChild.remove();
  };
  const button = h('button', { type: 'button', 'aria-expanded': 'false', onclick: toggle },
    h('span', { class: 't' }, clock(record.timestamp)), h('span', null, h('span', { class: `lvl ${record.level}` }, record.level)),
    h('span', { class: 'c', title: record.logger }, record.logger.split('.').slice(-2).join('.')), h('span', { class: 'm' }, record.message));
  row.append(button);
  return row;
}

export function logDetails(record) {
  const { exception } = record;
  return facts([
    ['time', record.timestamp], ['logger', record.logger], ['template', record.template],
    ...Object.entries(record.properties ?? {}).map(([k, v]) => [k, text(v)]),
    ['exception', exception && stack(exception)],
    ['trace', record.trace_id && traceLink(record.trace_id)], ['request', record.request_id], ['user', record.user_id],
    ['session', record.session_id], ['event', record.event], ['thread', record.thread],
  ]);
}

export function stack(exception) {
  const lines = [];
  for (let cause = exception; cause; cause = cause.cause ?? cause.causes?.[0]) {
    lines.push(`${cause === exception ? '' : 'caused by '}${cause.type}: ${cause.message}`, ...(cause.frames ?? []).map((f) => `    at ${f}`));
  }
  return lines.join('\n');
}

export function logs(main) {
  const state = JSON.parse(sessionStorage.getItem('tocsin-debug-logs') ?? '{"level":"INFO","q":""}');
  const [list, status] = [h('div', { class: 'card logs', role: 'log', 'aria-label': 'Log records, newest first' }), h('span', { class: 'muted', role: 'status' })];
  let [source, paused, held, first] = [null, false, [], true];

  const pause = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', paused);
    pause.textContent = paused ? 'Go on' : 'Pause';
    if (!paused) { held.splice(0).forEach(add); }
    say();
  } }, 'Pause');
  const level = h('select', { 'aria-label': 'Least level', onchange: (e) => { state.level = e.target.value; follow(); } },
    levels.map((l) => h('option', { value: l, selected: l === state.level }, l === 'CRITICAL' ? l : `${l} and above`)));
  main.append(h('h1', null, 'Logs'), h('div', { class: 'bar' }, level,
    search('Search in records', state.q, (q) => { state.q = q; follow(); }), pause,
    h('button', { type: 'button', onclick: () => { list.replaceChildren(); say(); } }, 'Clear'), status), list);

  function add(record) {
    if (list.firstChild?.classList.contains('empty')) list.replaceChildren();
    list.prepend(logRow(record, !first));
    while (list.children.length > most) list.lastChild.remove();
  }
  function say() {
    const shown = list.querySelectorAll('.log').length;
    if (shown === 0 && !first) list.replaceChildren(h('div', { class: 'empty' }, 'No such record yet. New ones appear here by themselves.'));
    status.textContent = paused ? `paused, ${count(held.length)} new` : source?.readyState === EventSource.OPEN ? `live · ${count(shown)} shown` : 'connecting …';
  }
  function follow() {
    source?.close();
    sessionStorage.setItem('tocsin-debug-logs', JSON.stringify(state));
    list.replaceChildren();
    [held, first] = [[], true];
    source = new EventSource(`api/logs/tail?${new URLSearchParams({ level: state.level, q: state.q, limit: 200 })}`);
    source.onmessage = (e) => {
      const record = JSON.parse(e.data);
      if (paused) { held.push(record); held.splice(0, held.length - most); } else add(record);
      if (!first) say();
    };
    source.addEventListener('ready', () => { first = false; say(); });
    source.addEventListener('missed', (e) => { list.prepend(h('div', { class: 'log empty' }, `${e.data} records came too fast to be shown`)); });
    source.onerror = say;
    say();
  }
  follow();
  return () => source.close();
}
