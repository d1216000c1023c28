import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { get } from '../../shared/api/client';
import type { LogEntry, LogPage } from '../../shared/api/types';
import { useApiRange } from '../../shared/time/useTime';
import { LevelMark } from '../../shared/ui/Marks';
import { Section } from '../../shared/ui/Section';
import { EmptyEver, Failure, Loading } from '../../shared/ui/StateBlock';
import table from '../../shared/ui/Table.module.css';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import { carried, useUrl } from '../../shared/url';
import styles from './Traces.module.css';

const traceId = /^[0-9a-f]{32}$/i;

/** The way to a trace: its ID, or a log record that names it. */
export function TracesPage() {
  const [url] = useUrl();
  const range = useApiRange();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const id = typed.trim();
  const errors = useQuery({
    queryKey: ['traces-in-errors', range],
    queryFn: ({ signal }) => get<LogPage>('/logs', { q: 'level:>=warn trace_id:*', ...range, limit: 200 }, signal),
  });
  const traces = firstOfEach(errors.data?.items ?? []);

  return (
    <div className={styles.page}>
      <Section title="Open a trace">
        <form
          className={styles.lookup}
          onSubmit={(event) => {
            event.preventDefault();
            if (traceId.test(id))
              void navigate({ to: `/traces/${id.toLowerCase()}` as never, search: carried(url) as never });
          }}
        >
          <input
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder="Trace ID, 32 hexadecimal digits"
            aria-label="Trace ID"
            aria-invalid={id !== '' && !traceId.test(id)}
            spellCheck={false}
          />
          <button type="submit" disabled={!traceId.test(id)}>
            Open
          </button>
        </form>
      </Section>
      <Section title="Traces with trouble" note="seen in warnings and errors of the chosen range" flush>
        {errors.isPending ? (
          <Loading what="traces" />
        ) : !errors.data ? (
          <Failure what="The traces" problem={errors.error} onRetry={() => void errors.refetch()} />
        ) : traces.length === 0 ? (
          <EmptyEver title="No warning or error in this range names a trace">
            Traces arrive over OTLP together with logs. <To to="/add-data">Add data</To>
          </EmptyEver>
        ) : (
          <table className={table.table}>
            <thead>
              <tr>
                <th>Trace</th>
                <th>Service</th>
                <th>Said</th>
                <th className="num">When</th>
              </tr>
            </thead>
            <tbody>
              {traces.map((entry) => (
                <tr key={entry.traceId}>
                  <td className="nowrap">
                    <To to="/traces/$traceId" params={{ traceId: entry.traceId! }} className="mono">
                      {entry.traceId!.slice(0, 16)}…
                    </To>
                  </td>
                  <td className="nowrap">{entry.service}</td>
                  <td className={table.main}>
                    <div className="row">
                      <LevelMark level={entry.level} />
                      <span className="ellipsis mono">{entry.body}</span>
                    </div>
                  </td>
                  <td className="num dim">
                    <When time={entry.time} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </div>
  );
}

function firstOfEach(entries: LogEntry[]): LogEntry[] {
  const seen = new Map<string, LogEntry>();
  for (const entry of entries) if (entry.traceId && !seen.has(entry.traceId)) seen.set(entry.traceId, entry);
  return [...seen.values()].slice(0, 50);
}
