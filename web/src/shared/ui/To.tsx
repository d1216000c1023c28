import { Link } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { carried, useUrl, type UrlState } from '../url';

interface Props extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  to: string;
  params?: Record<string, string>;
  search?: UrlState;
  children: ReactNode;
}

/** A link inside the product: the time range and the zone are carried along. */
export function To({ to, params, search, children, ...rest }: Props) {
  const [state] = useUrl();
  return (
    <Link to={to as never} params={params as never} search={{ ...carried(state), ...search } as never} {...rest}>
      {children}
    </Link>
  );
}

/** A link that data brought along: only http and https are followed, anything else is shown as text. */
export function Outside({ url, children }: { url: string; children?: ReactNode }) {
  if (!/^https?:\/\//i.test(url)) return <span>{children ?? url}</span>;
  return <a href={url} target="_blank" rel="noreferrer noopener">{children ?? url}</a>;
}
