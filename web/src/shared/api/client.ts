import { apiRoot } from './base';

/** What the server said when it refused: RFC 9457 problem details, or the nearest thing to it. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Where in a query the error is, and what was expected there. */
    readonly position?: number,
    readonly expected?: string,
  ) {
    super(detail || title);
    this.name = 'ApiProblem';
  }
}

/** Who did it, as the history shows it: there are no user accounts, so the page speaks for whoever sits before it. */
export const actor = 'web page';

export type Parameters = Record<string, string | number | undefined>;

export function query(parameters: Parameters): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') pairs.set(name, String(value));
  const text = pairs.toString();
  return text && `?${text}`;
}

export function get<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  return send<T>(path + query(parameters), { signal });
}

export function post<T>(path: string, body: object = {}): Promise<T> {
  return send<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export function put<T>(path: string, body: object): Promise<T> {
  return send<T>(path, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

export function remove(path: string): Promise<void> {
  return send<void>(path, { method: 'DELETE' });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(apiRoot + path, { ...init, headers: { Accept: 'application/json', ...init.headers } });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiProblem(0, 'The server does not answer', 'No connection to the Tocsin server. It may be restarting.');
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  try {
    const json = JSON.parse(text) as Record<string, unknown>;
    return new ApiProblem(
      response.status,
      textOf(json.title) ?? `HTTP ${response.status}`,
      textOf(json.detail) ?? '',
      typeof json.position === 'number' ? json.position : undefined,
      textOf(json.expected),
    );
  } catch {
    return new ApiProblem(response.status, `HTTP ${response.status} ${response.statusText}`.trim(), text.slice(0, 300));
  }
}

function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : undefined;
}
