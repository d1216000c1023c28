import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { get } from '../../shared/api/client';
import type { Overview } from '../../shared/api/types';
import { useApiRange } from '../../shared/time/useTime';
import { Section } from '../../shared/ui/Section';
import { EmptyEver, Failure, Loading } from '../../shared/ui/StateBlock';
import { To } from '../../shared/ui/To';
import { carried, useUrl } from '../../shared/url';
import { OpenAlerts, TopCrashes, Services } from './Lists';
import styles from './Overview.module.css';
import { Tiles } from './Tiles';

const SeverityHistogram = lazy(() =>
  import('../../shared/charts/SeverityHistogram').then((m) => ({ default: m.SeverityHistogram })),
);

export function OverviewPage() {
  const range = useApiRange();
  const overview = useQuery({
    queryKey: ['overview', range],
    queryFn: ({ signal }) => get<Overview>('/overview', { ...range }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  if (overview.isPending) return <Loading what="the overview" rows={12} />;
  if (!overview.data)
    return <Failure what="The overview" problem={overview.error} onRetry={() => void overview.refetch()} />;
  const data = overview.data;
  const silent =
    data.logs.total === 0 && data.crashes.total === 0 && data.ingest.stored === 0 && data.alerts.length === 0;

  return (
    <div className={styles.page}>
      <div className={styles.sentence} data-status={data.status}>
        <i aria-hidden="true" />
        <p role="status">{data.sentence}</p>
        {overview.isError && <span className={styles.stale}>Not renewed: the server does not answer</span>}
      </div>
      {silent ? <FirstSteps /> : <Body data={data} />}
    </div>
  );
}

function Body({ data }: { data: Overview }) {
  const navigate = useNavigate();
  const [state, change] = useUrl();
  return (
    <>
      <Tiles data={data} />
      <Section
        title="Log records"
        note="in the chosen range, by severity"
        flush
        actions={<To to="/logs">Open the logs</To>}
      >
        <Suspense fallback={<div style={{ height: 128 }} />}>
          <SeverityHistogram
            histogram={data.histogram}
            onZoom={(from, to) => change({ from: String(from), to: String(to) })}
            onZoomOut={() => change({ from: undefined, to: undefined })}
            onFamily={(family) =>
              void navigate({ to: '/logs' as never, search: { ...carried(state), level: family } as never })
            }
          />
        </Suspense>
      </Section>
      <div className={styles.columns}>
        <OpenAlerts alerts={data.alerts} />
        <Services services={data.services} />
      </div>
      <TopCrashes groups={data.groups} />
    </>
  );
}

function FirstSteps() {
  return (
    <Section title="Nothing has arrived yet">
      <EmptyEver title="The server is up and waiting for its first record">
        <p>
          <To to="/add-data">Add data</To>: copy one snippet, run it, and watch this page fill.
        </p>
      </EmptyEver>
    </Section>
  );
}
