import { createParser, type EventSourceMessage } from "eventsource-parser";
import { authorization, refuse } from "./auth";
import { BASE } from "./client";
import { Problem } from "./problem";

/**
 * Reads one stream of server-sent events until it ends. By `fetch` rather than `EventSource`, which
 * cannot send the key. `onAlive` is called for every piece that comes, comments too.
 */
export async function readEvents(
  path: string,
  options: {
    signal: AbortSignal;
    lastEventId?: string | undefined;
    onOpen?: () => void;
    onAlive?: () => void;
    onEvent: (event: EventSourceMessage) => void;
  },
): Promise<void> {
  const response = await fetch(`${BASE}${path}`, {
    signal: options.signal,
    cache: "no-store",
    headers: {
      Accept: "text/event-stream",
      ...authorization(),
      ...(options.lastEventId ? { "Last-Event-ID": options.lastEventId } : {}),
    },
  });
  if (response.status === 401) refuse();
  if (!response.ok || !response.body) {
    const body = await response.json().catch(() => ({}));
    throw new Problem(response.status, body);
  }
  options.onOpen?.();
  const parser = createParser({ onEvent: options.onEvent });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    options.onAlive?.();
    parser.feed(value);
  }
}

/** Waits, or stops waiting when told to. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
