import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { carried, useUrl, type UrlState } from '../url';

/** The router marks every link to the present path as current, whatever its search says; ours say it themselves. */
const Anchor = createLink(
  ({ current, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { current?: 'page' | 'true' }) => (
    <a {...rest} aria-current={current} />
  ),
);

interface Props extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  to: string;
  params?: Record<string, string>;
  search?: UrlState;
  current?: 'page' | 'true';
  children: ReactNode;
}

/** A link inside the product: the time range and the zone are carried along. */
export function To({ to, params, search, children, ...rest }: Props) {
  const [state] = useUrl();
  return (
    <Anchor to={to as never} params={params as never} search={{ ...carried(state), ...search } as never} {...rest}>
      {children}
    </Anchor>
  );
}

/** A link that data brought along: only http and https are followed, anything else is shown as text. */
export function Outside({ url, children }: { url: string; children?: ReactNode }) {
  if (!/^https?:\/\//i.test(url)) return <span>{children ?? url}</span>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {children ?? url}
    </a>
  );
}
