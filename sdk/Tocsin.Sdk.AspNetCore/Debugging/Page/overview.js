import { h, replace, table, tile, empty, ms, bytes, ago, count, traceLink } from './dom.js';
import { poll } from './live.js';

export function overview(main) {
  const [tiles, requests, sessions] = [h('div', { class: 'tiles' }), h('div'), h('div')];
  main.append(h('h1', null, 'Overview'), tiles, h('h2', null, 'Active requests'), requests,
    h('h2', null, 'Sessions and users of the last 15 minutes'), sessions);
  const stops = [
    poll('overview', 2000, (now) => replace(tiles,
      tile('active requests', count(now.active_requests)),
      tile('errors logged', count(now.logs.ERROR + now.logs.CRITICAL), now.logs.ERROR + now.logs.CRITICAL > 0),
      tile('warnings logged', count(now.logs.WARNING)),
      tile('memory', bytes(now.working_set_bytes)), tile('managed heap', bytes(now.heap_bytes)),
      tile('paused for GC', ms(now.gc_pause_ms)), tile('pool threads', count(now.threads)),
      tile('waiting items', count(now.pending_items), now.pending_items > 100))),
    poll('requests', 1000, (now) => {
      replace(requests, now.requests.length === 0 ? empty('No request is under way.') : table([
        ['Request', (r) => h('span', { class: 'mono' }, `${r.method} ${r.path}`), 'wrap'],
        ['Running for', (r) => ms(r.duration_ms), 'num'], ['User', (r) => r.user_id], ['Session', (r) => r.session_id],
        ['Trace', (r) => traceLink(r.trace_id)], ['Request id', (r) => h('span', { class: 'mono' }, r.request_id), 'wrap'],
      ], now.requests));
      replace(sessions, now.sessions.length === 0 ? empty('No log record named a session or a user.') : table([
        ['Session', (s) => s.session_id ?? 'no session', 'wrap'], ['User', (s) => s.user_id, 'wrap'],
        ['First seen', (s) => ago(s.first_seen), 'time'], ['Last seen', (s) => ago(s.last_seen), 'time'],
        ['Records', (s) => count(s.records), 'num'],
      ], now.sessions));
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
