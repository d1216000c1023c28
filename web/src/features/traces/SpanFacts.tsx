import { ActionIcon } from '@mantine/core';
import type { TraceSpan } from '../../shared/api/types';
import { duration } from '../../shared/time/format';
import { Icon } from '../../shared/ui/Icon';
import { Facts, Section } from '../../shared/ui/Section';
import styles from './Traces.module.css';
import { hasFailed, type Extent } from './waterfall';

export function SpanFacts({ span, extent, onClose }: { span: TraceSpan; extent: Extent; onClose: () => void }) {
  const offset = Number(BigInt(span.startNanos) - extent.start);
  const events = span.events ?? [];
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return (
    <Section
      title={`${span.service}: ${span.name}`}
      actions={
        <ActionIcon variant="subtle" color="gray" aria-label="Close the span" onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      }
    >
      <Facts
        items={[
          [
            'Status',
            hasFailed(span) ? (
              <span key="s" className={styles.failed}>
                {span.statusMessage ? `Failed: ${span.statusMessage}` : 'Failed'}
              </span>
            ) : (
              span.status
            ),
          ],
          ['Took', duration(span.durationNanos)],
          ['Started after', duration(offset)],
          ['Kind', span.kind],
          ['Span ID', <code key="i">{span.spanId}</code>],
          ...Object.entries(span.attributes ?? {}).map(([name, value]): [string, string] => [name, text(value)]),
        ]}
      />
      {events.length > 0 && (
        <ul className={styles.events}>
          {events.map((event, i) => (
            <li key={i}>
              <b>{event.name}</b>{' '}
              {event.time && (
                <span className="dim">after {duration(Math.max(0, Number(BigInt(event.time) - extent.start)))}</span>
              )}
              <pre tabIndex={0} role="region" aria-label={`Attributes of ${event.name}`}>
                {Object.entries(event.attributes ?? {})
                  .map(([name, value]) => `${name}: ${text(value)}`)
                  .join('\n')}
              </pre>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
