import { useEffect, useState } from "react";
import type { LogLine } from "../../api/client";
import { pause, readEvents } from "../../api/sse";
import { append, EMPTY, type LogState } from "./logBuffer";

export type LogStream = { log: LogState; state: "streaming" | "ended" | "lost" };

/** At most 4 renders a second. */
const BATCH = 250;

/** A run's log as it is written; after a lost connection it goes on behind the last line. */
export function useLog(generation: string, attempt: number): LogStream {
  const [stream, setStream] = useState<LogStream>({ log: EMPTY, state: "streaming" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt of a run that ended streams anew
  useEffect(() => {
    const stop = new AbortController();
    let log = EMPTY;
    let waiting: LogLine[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    setStream({ log, state: "streaming" });

    const flush = (state: LogStream["state"]) => {
      clearTimeout(timer);
      timer = undefined;
      log = append(log, waiting);
      waiting = [];
      if (!stop.signal.aborted) setStream({ log, state });
    };
    const go = async () => {
      let isOver = false;
      let wait = 1_000;
      while (!isOver && !stop.signal.aborted) {
        try {
          const seen = waiting.at(-1)?.seq ?? log.last;
          await readEvents(`/generations/${generation}/logs`, {
            signal: stop.signal,
            lastEventId: seen > 0 ? String(seen) : undefined,
            onOpen: () => {
              wait = 1_000;
            },
            onEvent: ({ event, data }) => {
              if (event === "end") {
                isOver = true;
                return;
              }
              waiting.push(JSON.parse(data) as LogLine);
              timer ??= setTimeout(() => flush("streaming"), BATCH);
            },
          });
        } catch {
          // Lost or refused: it is tried again below, and said.
        }
        flush(isOver ? "ended" : "lost");
        if (isOver) return;
        await pause(wait, stop.signal);
        wait = Math.min(2 * wait, 8_000);
      }
    };
    void go();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [generation, attempt]);
  return stream;
}
