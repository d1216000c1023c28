import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { get, post } from '../../shared/api/client';
import type { ChannelState, ChannelTest } from '../../shared/api/types';
import { Snippet } from '../../shared/ui/Copy';
import { Icon } from '../../shared/ui/Icon';
import { Chip } from '../../shared/ui/Marks';
import { describe } from '../../shared/ui/notify';
import { Facts, Section } from '../../shared/ui/Section';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { When } from '../../shared/ui/When';
import styles from './Channels.module.css';

const example = `channels:
  - name: ops-mail
    kind: email
    host: smtp.example.com
    port: 587
    username: alerts@example.com
    password: \${SMTP_PASSWORD}
    from: tocsin@example.com
    to: [ devops@example.com ]
  - name: crash-hook
    kind: webhook
    url: https://monitoring.example.com/webhooks/crashes`;

export function ChannelsPage() {
  const channels = useQuery({
    queryKey: ['channels'],
    queryFn: ({ signal }) => get<{ items: ChannelState[] }>('/channels', {}, signal),
  });
  if (channels.isPending) return <Loading what="the channels" />;
  if (!channels.data)
    return <Failure what="The channels" problem={channels.error} onRetry={() => void channels.refetch()} />;
  const items = channels.data.items;
  return (
    <div className={styles.page}>
      {items.length === 0 && (
        <div className={styles.none}>
          <h2>Nobody is told yet</h2>
          <p>
            Alerts are kept and shown here, but no channel carries them out of the house. Put this into{' '}
            <code>tocsin.yaml</code> and restart:
          </p>
        </div>
      )}
      {items.map((channel) => (
        <ChannelCard key={channel.name} channel={channel} onTested={() => void channels.refetch()} />
      ))}
      <Section
        title={items.length === 0 ? 'An example' : 'Add another'}
        note="in tocsin.yaml; read at start"
        foldable
        folded={items.length > 0}
      >
        <Snippet text={example} label="Example of channels in tocsin.yaml" />
      </Section>
    </div>
  );
}

function ChannelCard({ channel, onTested }: { channel: ChannelState; onTested: () => void }) {
  const test = useMutation({
    mutationFn: () => post<ChannelTest>(`/channels/${encodeURIComponent(channel.name)}/test`),
    onSettled: onTested,
  });
  const { last } = channel;
  return (
    <Section
      title={channel.name}
      note={channel.kind}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="send" size={13} />}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          Send test
        </Button>
      }
    >
      <div className={styles.card}>
        <Facts
          items={Object.entries(channel.settings).map(([name, value]) => [
            name,
            <span key={name} className="mono">
              {value}
            </span>,
          ])}
        />
        {test.data && <TestAnswer answer={test.data} />}
        {test.isError && (
          <p className={styles.answer} data-ok="false" role="status">
            The test could not be sent: {describe(test.error).title} {describe(test.error).text}
          </p>
        )}
        <p className={styles.last}>
          {last ? (
            <>
              <span className="dim">Last delivery</span>{' '}
              <Chip
                tone={
                  last.state === 'sent' ? 'ok' : last.state === 'failed' || last.state === 'rejected' ? 'error' : 'warn'
                }
              >
                {last.state}
              </Chip>{' '}
              <When time={last.at} />
              {last.answer && <span className="mono dim">{last.answer}</span>}
            </>
          ) : (
            <span className="dim">Nothing has been delivered through this channel yet.</span>
          )}
        </p>
      </div>
    </Section>
  );
}

const outcome = { sent: 'Accepted', retry: 'Not now', rejected: 'Refused' };

function TestAnswer({ answer }: { answer: ChannelTest }) {
  return (
    <div className={styles.answer} data-ok={answer.ok} role="status">
      <b>
        <Icon name={answer.ok ? 'check' : 'warning'} size={13} /> {outcome[answer.status] ?? answer.status} after{' '}
        {Math.round(answer.elapsedMs)} ms
      </b>
      {answer.answer && (
        <pre tabIndex={0} role="region" aria-label="Answer of the remote">
          {answer.answer}
        </pre>
      )}
    </div>
  );
}
