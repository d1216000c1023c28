import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { get } from '../../shared/api/client';
import type { Trace } from '../../shared/api/types';
import { clock, duration, epochOf } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { CopyIcon } from '../../shared/ui/Copy';
import { useKeys } from '../../shared/ui/keys';
import { LevelMark } from '../../shared/ui/Marks';
import { plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import { useUrl } from '../../shared/url';
import { SpanFacts } from './SpanFacts';
import styles from './Traces.module.css';
import { Waterfall } from './Waterfall';
import { extentOf, hasFailed, nextFailed } from './waterfall';

export function TracePage() {
  const { traceId } = useParams({ strict: false }) as { traceId: string };
  const trace = useQuery({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => get<Trace>(`/traces/${encodeURIComponent(traceId)}`, {}, signal),
  });
  if (trace.isPending) return <Loading what="the trace" rows={12} />;
  if (!trace.data) return <Failure what="This trace" problem={trace.error} onRetry={() => void trace.refetch()} />;
  return <Body trace={trace.data} />;
}

function Body({ trace }: { trace: Trace }) {
  const [url, change] = useUrl();
  const extent = extentOf(trace);
  const failed = trace.spans.filter(hasFailed).length;
  const index = trace.spans.findIndex((span) => span.spanId === url.span);
  const root = trace.spans.find((span) => span.depth === 0);
  const choose = (at: number) => change({ span: trace.spans[at]?.spanId }, true);
  useKeys('Trace', [
    { keys: 'j', label: 'Next span', run: () => choose(Math.min(index + 1, trace.spans.length - 1)) },
    { keys: 'k', label: 'Previous span', run: () => choose(Math.max(index - 1, 0)) },
    { keys: 'n', label: 'Next failed span', run: () => choose(nextFailed(trace.spans, index, 1)) },
    { keys: 'p', label: 'Previous failed span', run: () => choose(nextFailed(trace.spans, index < 0 ? 0 : index, -1)) },
  ]);

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h2>{root ? `${root.service}: ${root.name}` : `Trace ${trace.traceId}`}</h2>
        <p>
          <b>{duration(extent.nanos)}</b>
          <span>{plural(trace.spans.length, 'span')}</span>
          <span>{plural(trace.services.length, 'service')}</span>
          {failed > 0 && <span className={styles.failed}>{plural(failed, 'failed span')}</span>}
          <When time={trace.start} form="full" />
          <span className="mono">{trace.traceId}</span>
          <CopyIcon text={trace.traceId} label="Copy the trace ID" />
          <To to="/logs" search={{ q: `trace_id:${trace.traceId}` }}>
            Logs of the trace
          </To>
        </p>
      </header>
      <Section title="Spans" flush>
        {trace.spans.length === 0 ? (
          <p className={styles.none}>No span of this trace has been stored; its log records are below.</p>
        ) : (
          <Waterfall
            trace={trace}
            extent={extent}
            selected={url.span}
            onSelect={(span) => change({ span: span === url.span ? undefined : span }, true)}
          />
        )}
      </Section>
      {index >= 0 && (
        <SpanFacts span={trace.spans[index]!} extent={extent} onClose={() => change({ span: undefined }, true)} />
      )}
      <TraceLogs trace={trace} span={url.span} />
    </div>
  );
}

function TraceLogs({ trace, span }: { trace: Trace; span?: string }) {
  const zone = useZone();
  if (trace.logs.length === 0)
    return (
      <Section title="Logs">
        <p className="dim">No log record carries this trace's ID.</p>
      </Section>
    );
  return (
    <Section title="Logs" note={plural(trace.logs.length, 'record')} flush foldable>
      <ul className={styles.logs} tabIndex={0} aria-label="Logs of the trace">
        {trace.logs.map((log) => (
          <li key={log.id} data-selected={(span !== undefined && log.spanId === span) || undefined}>
            <time dateTime={log.time}>{clock(epochOf(log.time), zone, 'ms')}</time>
            <LevelMark level={log.level} />
            <span className="dim">{log.service}</span>
            <span className={styles.text}>{log.body}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
