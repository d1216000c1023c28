import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../shared/api/client';
import type { IngestStatus, ServerInfo } from '../../shared/api/types';
import { Snippet } from '../../shared/ui/Copy';
import { Section } from '../../shared/ui/Section';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { useUrl } from '../../shared/url';
import styles from './AddData.module.css';
import { addressesOf, sources } from './snippets';
import { LiveStrip, Protocols, Sources } from './Status';

const pollMs = 1500;

export function AddDataPage() {
  const [url, change] = useUrl();
  const info = useQuery({
    queryKey: ['info'],
    queryFn: ({ signal }) => get<ServerInfo>('/info', {}, signal),
    staleTime: 60_000,
  });
  const status = useQuery({
    queryKey: ['ingest-status'],
    queryFn: ({ signal }) => get<IngestStatus>('/ingest/status', {}, signal),
    refetchInterval: pollMs,
    staleTime: 0,
    gcTime: 0,
  });
  const [before, setBefore] = useState<IngestStatus>();
  if (status.data && !before) setBefore(status.data);

  if (info.isPending) return <Loading what="this server's address" />;
  if (!info.data)
    return <Failure what="This server's address" problem={info.error} onRetry={() => void info.refetch()} />;
  const all = sources(addressesOf(info.data));
  const source = all.find((each) => each.name === url.tab) ?? all[0]!;

  return (
    <div className={styles.page}>
      <LiveStrip before={before} now={status.data} failed={status.isError} />
      <div className={styles.columns}>
        <div className={styles.choices} role="group" aria-label="Where the data comes from">
          {all.map((each) => (
            <button
              key={each.name}
              type="button"
              aria-pressed={each === source}
              onClick={() => change({ tab: each.name }, true)}
            >
              {each.label}
            </button>
          ))}
        </div>
        <div className={styles.stack}>
          <Section title={source.label} note={source.gives}>
            <ol className={styles.steps}>
              {source.steps.map((step) => (
                <li key={step.say}>
                  <h3>{step.say}</h3>
                  <Snippet text={step.code} label={`${source.label}: ${step.say}`} />
                </li>
              ))}
            </ol>
          </Section>
          {status.data && <Sources status={status.data} />}
          {status.data && <Protocols status={status.data} />}
        </div>
      </div>
    </div>
  );
}
