import { useQuery, useQueryClient } from '@tanstack/react-query';
import { actor, get, post } from '../../shared/api/client';
import type { IngestStatus, LevelList, LevelRule } from '../../shared/api/types';
import { epochOf } from '../../shared/time/format';
import { notice, noticeWithUndo, problemNotice } from '../../shared/ui/notify';

/** What a category is called; one name stands for all of them. */
export const categoryWords = (category?: string) => (!category || category === 'Default' ? 'every category' : category);

/** Processes ask every 10 to 15 s; what they have is worth a look about as often. */
const renewMs = 3_000;

export function useLevels() {
  return useQuery({
    queryKey: ['levels'],
    queryFn: ({ signal }) => get<LevelList>('/levels', {}, signal),
    refetchInterval: renewMs,
  });
}

/** Names of services to offer: who listens, and who has sent anything. */
export function useServices(list: LevelList | undefined): string[] {
  const status = useQuery({
    queryKey: ['ingest-status'],
    queryFn: ({ signal }) => get<IngestStatus>('/ingest/status', {}, signal),
  });
  const names = [...(list?.listeners ?? []), ...(status.data?.sources ?? [])].map((source) => source.service);
  return [...new Set(names)].filter(Boolean).sort();
}

export interface LevelOrder {
  service: string;
  environment?: string;
  category?: string;
  level: string;
  for?: string;
  notes?: string;
}

/** What a person does to levels. Each says what happened; true when it did. */
export function useLevelDeeds() {
  const queries = useQueryClient();
  const renew = () => void queries.invalidateQueries({ queryKey: ['levels'] });
  const send = async (deed: string, path: string, order: object, done: () => void) => {
    try {
      await post(path, { by: actor, ...order });
      renew();
      done();
      return true;
    } catch (problem) {
      problemNotice(deed, problem);
      renew();
      return false;
    }
  };
  const set = (order: LevelOrder) =>
    send('Setting the level', '/levels', order, () =>
      notice(`${order.service} is to log ${categoryWords(order.category)} from ${order.level} on`),
    );
  const clear = (rule: LevelRule) =>
    send('Clearing the level', '/levels/clear', placeOf(rule), () =>
      noticeWithUndo(`${rule.service} logs ${categoryWords(rule.category)} as configured again`, () => void set(againOf(rule))),
    );
  return { set, clear };
}

const placeOf = (rule: LevelRule) => ({
  service: rule.service,
  environment: rule.environment ?? '',
  category: rule.category,
});

/** The same rule for the rest of its time. */
function againOf(rule: LevelRule): LevelOrder {
  const rest = rule.expiresAt && Math.max(1, Math.floor((epochOf(rule.expiresAt) - Date.now()) / 1000));
  return { ...placeOf(rule), level: rule.level, notes: rule.notes, for: rest ? `${rest}s` : undefined };
}
