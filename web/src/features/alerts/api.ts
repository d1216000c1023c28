import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { actor, get, post } from '../../shared/api/client';
import type { Alert, AlertDetail, AlertList, AlertStatus } from '../../shared/api/types';
import { notice, noticeWithUndo, problemNotice } from '../../shared/ui/notify';

const pageSize = 100;
export const allStatuses: AlertStatus[] = ['ACTIVE', 'ACKNOWLEDGED', 'SUPPRESSED', 'RESOLVED', 'EXPIRED'];

export interface AlertFilter {
  status: string;
  priority?: string;
  service?: string;
  q?: string;
}

export function useAlerts(filter: AlertFilter) {
  return useInfiniteQuery({
    queryKey: ['alerts', filter],
    queryFn: ({ pageParam, signal }) =>
      get<AlertList>(
        '/alerts',
        {
          ...filter,
          status: filter.status === 'ALL' ? allStatuses.join(',') : filter.status,
          limit: pageSize,
          cursor: pageParam,
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useAlert(id: string | undefined) {
  return useQuery({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => get<AlertDetail>(`/alerts/${encodeURIComponent(id!)}`, {}, signal),
    enabled: id !== undefined,
  });
}

export interface Suppression {
  for: string;
  reason?: string;
}

/** What a person can do to an alert. Each says what happened; what can be taken back offers it for ten seconds. */
export function useAlertDeeds() {
  const queries = useQueryClient();
  const renew = () =>
    ['alerts', 'alert', 'overview'].forEach((key) => void queries.invalidateQueries({ queryKey: [key] }));
  const run = async (alert: Alert, verb: string, body: object = {}) => {
    await post(`/alerts/${alert.id}/${verb}`, { by: actor, ...body });
    renew();
  };
  const attempt = (deed: string, work: Promise<void>, then: () => void) =>
    work.then(then, (problem: unknown) => {
      problemNotice(deed, problem);
      renew();
    });
  const back = (alert: Alert, verb: string) => () => void attempt('Undo', run(alert, verb), () => notice('Taken back'));

  return {
    acknowledge: (alert: Alert) =>
      attempt('Acknowledge', run(alert, 'acknowledge'), () =>
        noticeWithUndo(`Acknowledged: ${alert.title}`, back(alert, 'unacknowledge')),
      ),
    unacknowledge: (alert: Alert) =>
      attempt('Take back the acknowledgement', run(alert, 'unacknowledge'), () => notice('No longer acknowledged')),
    resolve: (alert: Alert, notes: string) =>
      attempt('Resolve', run(alert, 'resolve', notes ? { notes } : {}), () => notice(`Resolved: ${alert.title}`)),
    suppress: (alert: Alert, { for: length, reason }: Suppression) =>
      attempt('Suppress', run(alert, 'suppress', { for: length, ...(reason ? { reason } : {}) }), () =>
        noticeWithUndo(`Suppressed for ${length}: ${alert.title}`, back(alert, 'unsuppress')),
      ),
    unsuppress: (alert: Alert) =>
      attempt('End the suppression', run(alert, 'unsuppress'), () => notice('No longer suppressed')),
  };
}

export type AlertDeeds = ReturnType<typeof useAlertDeeds>;
