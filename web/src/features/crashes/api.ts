import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { actor, get, post } from '../../shared/api/client';
import type { CrashDetail, CrashGroup, CrashList, CrashRecord } from '../../shared/api/types';
import { noticeWithUndo, problemNotice, notice } from '../../shared/ui/notify';

export interface CrashFilter {
  q?: string;
  service?: string;
  class?: string;
  state?: string;
  sort?: string;
}

const pageSize = 100;

export function useCrashes(filter: CrashFilter) {
  return useInfiniteQuery({
    queryKey: ['crashes', filter],
    queryFn: ({ pageParam, signal }) =>
      get<CrashList>('/crashes', { ...filter, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useCrash(groupId: string) {
  return useQuery({
    queryKey: ['crash', groupId],
    queryFn: ({ signal }) => get<CrashDetail>(`/crashes/${encodeURIComponent(groupId)}`, {}, signal),
  });
}

export function useOccurrence(groupId: string, crashId: string | undefined) {
  return useQuery({
    queryKey: ['crash', groupId, crashId],
    queryFn: ({ signal }) =>
      get<CrashRecord>(`/crashes/${encodeURIComponent(groupId)}/events/${encodeURIComponent(crashId!)}`, {}, signal),
    enabled: crashId !== undefined,
    staleTime: 5 * 60_000,
  });
}

type Deed = 'resolve' | 'ignore' | 'reopen';
const done: Record<Deed, string> = { resolve: 'Resolved', ignore: 'Ignored', reopen: 'Reopened' };

export function useCrashDeed(group: CrashGroup) {
  const queries = useQueryClient();
  const renew = () =>
    ['crash', 'crashes', 'overview'].forEach((key) => void queries.invalidateQueries({ queryKey: [key] }));
  const run = (deed: Deed) => post(`/crashes/${group.id}/${deed}`, { by: actor });
  return useMutation({
    mutationFn: run,
    onSuccess: (_, deed) => {
      renew();
      if (deed === 'reopen') return notice('Reopened');
      noticeWithUndo(`${done[deed]}: ${group.title}`, () => {
        run('reopen').then(renew, (problem: unknown) => problemNotice('Reopen', problem));
      });
    },
    onError: (problem, deed) => problemNotice(deed[0]!.toUpperCase() + deed.slice(1), problem),
  });
}
