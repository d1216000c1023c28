import { useQuery, useQueryClient } from '@tanstack/react-query';
import { actor, get, post, put, remove } from '../../shared/api/client';
import { notice, noticeWithUndo, problemNotice } from '../../shared/ui/notify';
import type { SavedView, ViewState } from './views';

export function useViews() {
  return useQuery({
    queryKey: ['views'],
    queryFn: ({ signal }) => get<{ items: SavedView[] }>('/views', {}, signal),
    select: ({ items }) => items,
  });
}

/** Keeping, changing and deleting views; each tells how it went. */
export function useViewDeeds() {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['views'] });
  const told = async <T>(deed: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const done = await work();
      await refresh();
      return done;
    } catch (problem) {
      problemNotice(deed, problem);
      return undefined;
    }
  };
  const add = (name: string, state: ViewState) =>
    told('Saving the view', () => post<{ view: SavedView }>('/views', { ...state, name, createdBy: actor }));
  return {
    add,
    change: async (view: SavedView, part: Partial<ViewState> & { name?: string }) => {
      const done = await told('Changing the view', () => put<{ view: SavedView }>(`/views/${view.id}`, { ...view, ...part }));
      if (done) notice(`${done.view.name} is saved`);
      return done;
    },
    remove: async (view: SavedView) => {
      const done = await told('Deleting the view', () => remove(`/views/${view.id}`).then(() => true));
      if (done) noticeWithUndo(`${view.name} is deleted`, () => void add(view.name, view));
      return done;
    },
  };
}
