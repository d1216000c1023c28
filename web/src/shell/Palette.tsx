import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Icon } from '../shared/ui/Icon';
import { carried, useUrl, type UrlState } from '../shared/url';
import { screens } from './screens';

const traceId = /^[0-9a-f]{32}$/i;

/** Ctrl+K: the screens, and whatever the typed text can be looked up as. */
export function Palette() {
  const navigate = useNavigate();
  const [state] = useUrl();
  const [typed, setTyped] = useState('');
  const go = (to: string, search: UrlState = {}) =>
    void navigate({ to: to as never, search: { ...carried(state), ...search } as never });

  const open: SpotlightActionData[] = screens.map((screen) => ({
    id: screen.to,
    label: screen.label,
    leftSection: <Icon name={screen.icon} />,
    onClick: () => go(screen.to),
  }));
  const text = typed.trim();
  const lookups: SpotlightActionData[] =
    text === ''
      ? []
      : [
          ...(traceId.test(text)
            ? [
                {
                  id: 'trace',
                  label: `Open trace ${text}`,
                  keywords: text,
                  leftSection: <Icon name="trace" />,
                  onClick: () => go(`/traces/${text.toLowerCase()}`),
                },
              ]
            : []),
          {
            id: 'logs',
            label: `Search the logs for “${text}”`,
            keywords: text,
            leftSection: <Icon name="logs" />,
            onClick: () => go('/logs', { q: text }),
          },
          {
            id: 'crashes',
            label: `Search the crashes for “${text}”`,
            keywords: text,
            leftSection: <Icon name="crash" />,
            onClick: () => go('/crashes', { q: text }),
          },
          {
            id: 'alerts',
            label: `Search the alerts for “${text}”`,
            keywords: text,
            leftSection: <Icon name="bell" />,
            onClick: () => go('/alerts', { q: text }),
          },
        ];
  const actions: SpotlightActionGroupData[] = [
    { group: 'Screens', actions: open },
    ...(lookups.length > 0 ? [{ group: 'Look up', actions: lookups }] : []),
  ];

  return (
    <Spotlight
      actions={actions}
      query={typed}
      onQueryChange={setTyped}
      shortcut="mod + K"
      highlightQuery={false}
      scrollable
      maxHeight={420}
      nothingFound="Nothing has this name"
      searchProps={{ placeholder: 'A screen, a trace ID, or words to search for', 'aria-label': 'Go to or search' }}
    />
  );
}
