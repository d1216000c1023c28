import { h, replace, table, facts, empty, ms, clock, search, count, pill } from './dom.js';
import { poll, get } from './live.js';
import { logRow } from './logs.js';

export function traces(main, [id]) {
  return id ? trace(main, id) : list(main);
}

function list(main) {
  const found = h('div');
  const state = { q: '', failed: false };
  const path = () => `traces?${new URLSearchParams({ q: state.q, failed: state.failed ? 1 : 0, limit: 100 })}`;
  const change = (q) => {
    if (/^[0-9a-f]{32}$/i.test(q)) location.hash = `traces/${q.toLowerCase()}`;
    else { state.q = q; stop.now(); }
  };
  main.append(h('h1', null, 'Traces'), h('div', { class: 'bar' }, search('Name, or trace id', '', change),
    h('label', null, h('input', { type: 'checkbox', onchange: (e) => { state.failed = e.target.checked; stop.now(); } }), 'only failed')), found);
  const stop = poll(path, 2000, ({ traces: all }) => {
    const longest = Math.max(1, ...all.map((t) => t.duration_ms));
    replace(found, all.length === 0 ? empty('No trace yet. Spans appear here when they end.') : table([
      ['Operation', (t) => h('a', { href: `#traces/${t.trace_id}`, 'data-key': t.trace_id }, t.name), 'wrap'],
      ['Started', (t) => clock(t.start), 'time'], ['Spans', (t) => count(t.spans), 'num'],
      ['Failed', (t) => (t.failed ? h('span', { class: 'pill failed' }, t.failed) : ''), 'num'],
      ['Duration', (t) => h('span', null, ms(t.duration_ms), meter(t.duration_ms / longest)), 'num'],
    ], all));
  });
  return stop;
}

function meter(share) {
  const fill = h('i');
  fill.style.width = `${Math.max(2, share * 100)}%`;
  return h('span', { class: 'meter', 'aria-hidden': 'true' }, fill);
}

function trace(main, id) {
  const [body, head] = [h('div'), h('div', { class: 'meta' })];
  main.append(h('div', { class: 'bar' }, h('h1', { class: 'grow' }, 'Trace'), h('a', { href: '#traces' }, 'All traces')), head, body);
  let [over, timer, shown] = [false, 0, 0];
  // A trace may still grow; what is open stays open, so it is drawn again only when it did.
  const turn = async () => {
    const found = await get(`traces/${id}`);
    if (!over && found && (shown === 0 || found.spans.length !== shown)) { shown = found.spans.length; draw(found, head, body); }
    if (!over) timer = setTimeout(turn, 2000);
  };
  turn();
  return () => { over = true; clearTimeout(timer); };
}

function draw({ trace_id: id, spans, logs }, head, body) {
  replace(head, h('span', { class: 'mono' }, id), h('span', null, `${count(spans.length)} spans`), h('span', null, `${count(logs.length)} log records`));
  if (spans.length === 0) {
    replace(body, empty('No span of this trace is kept: it is still running, came from elsewhere, or has made room for newer ones.'));
    return;
  }
  const begin = Math.min(...spans.map((s) => s.start_us));
  const whole = Math.max(1, ...spans.map((s) => s.start_us - begin + s.duration_ms * 1000));
  const rows = inOrder(spans).map(([span, depth]) => spanRow(span, depth, begin, whole));
  replace(body, h('h2', null, `Waterfall, ${ms(whole / 1000)}`), h('div', { class: 'card waterfall' }, rows),
    logs.length > 0 && h('h2', null, 'Log records'), logs.length > 0 && h('div', { class: 'card logs' }, logs.map((l) => logRow(l))));
}

// Children below their parents, each with its depth; a span whose parent is not kept stands at the top.
function inOrder(spans) {
  const ids = new Set(spans.map((s) => s.span_id));
  const children = Map.groupBy
    ? Map.groupBy(spans, (s) => (ids.has(s.parent_id) ? s.parent_id : null))
    : spans.reduce((m, s) => { const k = ids.has(s.parent_id) ? s.parent_id : null; return m.set(k, [...(m.get(k) ?? []), s]); }, new Map());
  const ordered = [];
  const walk = (parent, depth) => (children.get(parent) ?? []).forEach((s) => { ordered.push([s, depth]); if (depth < 50) walk(s.span_id, depth + 1); });
  walk(null, 0);
  return ordered;
}

function spanRow(span, depth, begin, whole) {
  const row = h('div', { class: span.failed ? 'span failed' : 'span' });
  const [bar, name] = [h('i'), h('span', { class: 'name', title: span.name }, span.name, h('span', { class: 'source' }, span.kind === 'internal' ? span.source : span.kind))];
  bar.style.left = `${(100 * (span.start_us - begin)) / whole}%`;
  bar.style.width = `${(100 * span.duration_ms * 1000) / whole}%`;
  name.style.paddingLeft = `${Math.min(depth, 12) * 14}px`;
  const toggle = () => {
    const open = row.classList.toggle('open');
    button.setAttribute('aria-expanded', open);
    if (open) row.append(details(span, begin));
    else row.lastChild.remove();
  };
  const button = h('button', { type: 'button', 'aria-expanded': 'false', onclick: toggle, 'data-key': span.span_id },
    name, h('span', { class: 'track' }, bar), h('span', { class: 'ms' }, ms(span.duration_ms)));
  row.append(button);
  return row;
}

function details(span, begin) {
  return facts([
    ['result', span.failed ? pill('failed') : null], ['problem', span.problem],
    ['begins after', ms((span.start_us - begin) / 1000)], ['source', span.source], ['span id', span.span_id],
    ...Object.entries(span.attributes),
    ...span.events.flatMap((e) => [[e.name, Object.entries(e.attributes).map(([k, v]) => `${k}: ${v}`).join('\n')]]),
  ]);
}
