import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { basePath } from './shared/api/base';
import { parseSearch, writeSearch, type UrlState } from './shared/url';
import { Crashed } from './shell/Crashed';
import { NotFound } from './shell/NotFound';
import { Shell } from './shell/Shell';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>) => search as UrlState,
});

type Page = Parameters<typeof lazyRouteComponent>[0];
const page = (path: string, load: Page, name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name as never) });

// The table of contents: one line per screen.
const pages = [
  page('/', () => import('./features/overview/OverviewPage'), 'OverviewPage'),
  page('/alerts', () => import('./features/alerts/AlertsPage'), 'AlertsPage'),
  page('/alerts/$alertId', () => import('./features/alerts/AlertPage'), 'AlertPage'),
  page('/crashes', () => import('./features/crashes/CrashesPage'), 'CrashesPage'),
  page('/crashes/$groupId', () => import('./features/crashes/CrashPage'), 'CrashPage'),
  page('/crashes/$groupId/events/$crashId', () => import('./features/crashes/CrashPage'), 'CrashPage'),
  page('/logs', () => import('./features/logs/LogsPage'), 'LogsPage'),
  page('/traces', () => import('./features/traces/TracesPage'), 'TracesPage'),
  page('/traces/$traceId', () => import('./features/traces/TracePage'), 'TracePage'),
  page('/channels', () => import('./features/channels/ChannelsPage'), 'ChannelsPage'),
  page('/levels', () => import('./features/levels/LevelsPage'), 'LevelsPage'),
  page('/data', () => import('./features/care/DataPage'), 'DataPage'),
  page('/add-data', () => import('./features/addData/AddDataPage'), 'AddDataPage'),
];

export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: basePath,
  parseSearch,
  stringifySearch: writeSearch,
  defaultErrorComponent: Crashed,
  defaultPreload: 'intent',
  scrollRestoration: false,
});
