import { apiRoot } from './base';
import { query, type Parameters } from './client';

export type StreamState = 'closed' | 'connecting' | 'open' | 'reconnecting';

export interface StreamHandlers {
  names: string[];
  onEvent: (name: string, data: unknown) => void;
  onState: (state: StreamState) => void;
}

const firstWait = 500;
const longestWait = 15_000;

/**
 * A server-sent event stream that comes back by itself, waiting longer after each failure. EventSource gives up
 * for good when the server answers with an error, so the waiting is done here. Returns the function that ends it.
 */
export function openStream(path: string, parameters: Parameters, handlers: StreamHandlers): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = firstWait;
  let ended = false;

  const connect = () => {
    source = new EventSource(apiRoot + path + query(parameters));
    source.onopen = () => {
      wait = firstWait;
      handlers.onState('open');
    };
    source.onerror = () => {
      source?.close();
      if (ended) return;
      handlers.onState('reconnecting');
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, longestWait);
    };
    for (const name of handlers.names)
      source.addEventListener(name, (event) => {
        const data = parse((event as MessageEvent<string>).data);
        if (data !== undefined) handlers.onEvent(name, data);
      });
  };

  handlers.onState('connecting');
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
    handlers.onState('closed');
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
