import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { Document, Generation, Page } from "./client";
import { keys } from "./keys";
import { pause, readEvents } from "./sse";

/** Without a connection for so long the screen says so, and lists are polled as often. */
const PATIENCE = 5_000;
/** The server says something each 15 s: a connection that is silent longer is dead. */
const SILENCE = 20_000;
/** At most 4 renders a second. */
const BATCH = 250;

type Change = { kind: string; data: Record<string, unknown> };

let paused = false;
const listeners = new Set<() => void>();
function setPaused(value: boolean) {
  if (paused === value) return;
  paused = value;
  for (const listener of listeners) listener();
}

/** Whether live updates are paused, and everything is polled. */
export function useLivePaused(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => paused,
  );
}

/** Puts changed things where they are in a list, newest first where they are new. */
export function upsert<T extends { id: string }>(list: Page<T> | undefined, thing: T): Page<T> | undefined {
  if (!list) return list;
  const at = list.items.findIndex((item) => item.id === thing.id);
  if (at >= 0) return { ...list, items: list.items.with(at, thing) };
  return { ...list, items: [thing, ...list.items], total: list.total + 1 };
}

export function upsertInPages<T extends { id: string }>(
  pages: InfiniteData<Page<T>> | undefined,
  thing: T,
): InfiniteData<Page<T>> | undefined {
  if (!pages) return pages;
  const at = pages.pages.findIndex((page) => page.items.some((item) => item.id === thing.id));
  const target = Math.max(at, 0);
  const changed = upsert(pages.pages[target], thing);
  return changed ? { ...pages, pages: pages.pages.with(target, changed) } : pages;
}

const isOver = (status: string) => status === "completed" || status === "failed" || status === "cancelled";

/** What changed, into the cache. Returns the projects whose counts may be others now. */
export function apply(client: QueryClient, changes: Change[]): void {
  const projects = new Set<string>();
  const parsed = new Set<string>();
  for (const { kind, data } of changes) {
    const project = String(data.project_id ?? "");
    projects.add(project);
    if (kind === "document") {
      const document = data as unknown as Document;
      client.setQueryData<InfiniteData<Page<Document>>>(keys.documents(project), (old) =>
        upsertInPages(old, document),
      );
      if (document.status === "parsed") parsed.add(project);
    } else if (kind === "generation") {
      const generation = data as unknown as Generation;
      client.setQueryData<Page<Generation>>(keys.generations(project), (old) => upsert(old, generation));
      if (isOver(generation.status)) {
        client.invalidateQueries({ queryKey: ["running", project] });
        parsed.add(project);
        client.invalidateQueries({ queryKey: keys.pairs(project) });
        client.invalidateQueries({ queryKey: keys.analytics(project) });
        client.invalidateQueries({ queryKey: keys.failures(generation.id) });
      } else {
        client.setQueryData(["running", project], true);
      }
    } else if (kind === "export") {
      client.invalidateQueries({ queryKey: keys.exports(project) });
    } else if (kind === "deleted") {
      client.invalidateQueries({ queryKey: [`${String(data.kind)}s`, project] });
    }
  }
  for (const project of parsed) client.invalidateQueries({ queryKey: keys.chunks(project) });
  for (const project of projects) client.invalidateQueries({ queryKey: keys.project(project) });
}

/** Keeps the cache fresh by the server's events, and by polling where they do not come. */
export function useEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    let seen: string | undefined;
    let changes: Change[] = [];
    let flush: ReturnType<typeof setTimeout> | undefined;
    let lost: ReturnType<typeof setTimeout> | undefined;
    let poll: ReturnType<typeof setInterval> | undefined;

    const readAnew = () => client.invalidateQueries({ refetchType: "active" });
    const isLost = () => {
      lost ??= setTimeout(() => {
        setPaused(true);
        poll = setInterval(readAnew, PATIENCE);
        readAnew();
      }, PATIENCE);
    };
    const isBack = () => {
      clearTimeout(lost);
      lost = undefined;
      clearInterval(poll);
      poll = undefined;
      if (paused) readAnew();
      setPaused(false);
    };

    const go = async () => {
      let attempt = 0;
      while (!stop.signal.aborted) {
        const connection = new AbortController();
        const end = () => connection.abort();
        stop.signal.addEventListener("abort", end);
        let silence = setTimeout(end, SILENCE);
        isLost();
        try {
          await readEvents("/events", {
            signal: connection.signal,
            lastEventId: seen,
            onOpen: () => {
              attempt = 0;
              isBack();
            },
            onAlive: () => {
              clearTimeout(silence);
              silence = setTimeout(end, SILENCE);
            },
            onEvent: ({ event, id, data }) => {
              if (id) seen = id;
              if (event === "lagged") {
                readAnew();
                return;
              }
              changes.push({ kind: event ?? "", data: JSON.parse(data) });
              flush ??= setTimeout(() => {
                flush = undefined;
                const taken = changes;
                changes = [];
                apply(client, taken);
              }, BATCH);
            },
          });
        } catch {
          // Whatever it was: the connection is tried again, and what is missed is polled.
        }
        clearTimeout(silence);
        stop.signal.removeEventListener("abort", end);
        if (stop.signal.aborted) break;
        isLost();
        await pause(Math.min(1_000 * 2 ** attempt, 8_000), stop.signal);
        attempt += 1;
      }
    };
    void go();
    return () => {
      stop.abort();
      clearTimeout(flush);
      clearTimeout(lost);
      clearInterval(poll);
      setPaused(false);
    };
  }, [client]);
}
