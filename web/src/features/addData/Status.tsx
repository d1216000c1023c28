import type { IngestStatus } from '../../shared/api/types';
import { clock, epochOf } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { count, plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import table from '../../shared/ui/Table.module.css';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import styles from './AddData.module.css';
import { arrivalSince, refusedSince } from './arrival';

/** Waiting, or connected and with what; and what the server refused, with its reason. */
export function LiveStrip({ before, now, failed }: { before?: IngestStatus; now?: IngestStatus; failed: boolean }) {
  const zone = useZone();
  if (failed || !before || !now)
    return (
      <div className={styles.strip} data-state={failed ? 'lost' : 'waiting'} role="status">
        <i aria-hidden="true" />
        {failed ? 'The server does not answer. Trying again…' : 'Looking…'}
      </div>
    );
  const arrival = arrivalSince(before, now);
  const refused = refusedSince(before, now);
  return (
    <div className={styles.strip} data-state={arrival ? 'connected' : 'waiting'} role="status">
      <i aria-hidden="true" />
      {arrival ? (
        <span>
          <b>Connected</b> · {plural(arrival.records, 'record')} · first at {clock(epochOf(arrival.firstAt), zone)} from{' '}
          <b>{arrival.service}</b>
        </span>
      ) : (
        <span>
          <b>Waiting…</b> for the first new record. Run a snippet; this line changes by itself.
        </span>
      )}
      {arrival && (
        <To to="/logs" search={{ service: arrival.service, from: undefined, to: undefined }}>
          Open its logs
        </To>
      )}
      {refused[0] && (
        <span className={styles.refused}>
          {count(refused[0].count)} refused: {refused[0].reason.replaceAll('_', ' ')} ({refused[0].protocol})
        </span>
      )}
    </div>
  );
}

export function Sources({ status }: { status: IngestStatus }) {
  if (status.sources.length === 0) return null;
  return (
    <Section title="Services that send" note={plural(status.sources.length, 'service')} flush>
      <table className={table.table}>
        <thead>
          <tr>
            <th>Service</th>
            <th className="num">Records</th>
            <th className="num">First</th>
            <th className="num">Last</th>
          </tr>
        </thead>
        <tbody>
          {status.sources.map((source) => (
            <tr key={source.service}>
              <td>
                <To to="/logs" search={{ service: source.service }}>
                  {source.service}
                </To>
              </td>
              <td className="num">{count(source.records)}</td>
              <td className="num dim">
                <When time={source.firstSeen} />
              </td>
              <td className="num dim">
                <When time={source.lastSeen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

/** received = stored + rejected, per protocol and with the reason. */
export function Protocols({ status }: { status: IngestStatus }) {
  const used = status.protocols.filter((protocol) => protocol.received > 0);
  if (used.length === 0) return null;
  return (
    <Section title="Received, stored, refused" note="since the server was started" flush>
      <table className={table.table}>
        <thead>
          <tr>
            <th>Protocol</th>
            <th className="num">Received</th>
            <th className="num">Stored</th>
            <th>Refused, and why</th>
          </tr>
        </thead>
        <tbody>
          {used.map((protocol) => {
            const reasons = Object.entries(protocol.rejected).filter(([, number]) => number > 0);
            return (
              <tr key={protocol.name}>
                <td className="mono">{protocol.name}</td>
                <td className="num">{count(protocol.received)}</td>
                <td className="num">{count(protocol.stored)}</td>
                <td>
                  {reasons.length === 0 ? (
                    <span className="dim">none</span>
                  ) : (
                    reasons.map(([reason, number]) => `${count(number)} ${reason.replaceAll('_', ' ')}`).join(', ')
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}
