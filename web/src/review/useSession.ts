import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Project } from "../api/client";
import { useLivePaused } from "../api/events";
import { keys } from "../api/keys";
import { toast } from "../ui/toast";
import { type Filters, PENDING, type Sort } from "./model/filters";
import { Keeper, livingTabs } from "./model/kept";
import { sentence } from "./model/notes";
import { type Note, Session } from "./model/session";
import { ports } from "./ports";

/** What is new is looked for as often. */
const LOOK = 15_000;

/** The session over some filters; null until what was kept of an earlier one is known. */
export function useSession(
  project: string,
  filters: Filters,
  sort: Sort,
  open: string | null,
): Session | null {
  const client = useQueryClient();
  const [session, setSession] = useState<Session | null>(null);
  const name = JSON.stringify([filters, sort]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the pair that the address names is gone to once, then it follows
  useEffect(() => {
    const [filters, sort] = JSON.parse(name) as [Filters, Sort];
    let made: Session | null = null;
    let over = false;
    void livingTabs().then((living) => {
      if (over) return;
      const keeper = new Keeper(project);
      const notify = (note: Note) => {
        tell(note, made);
        if (note.kind === "bulk" || (note.kind === "undone" && note.pair === null)) {
          client.invalidateQueries({ queryKey: keys.project(project) });
          client.invalidateQueries({ queryKey: keys.analytics(project) });
        }
      };
      made = new Session(ports(project, keeper, notify), filters, sort, keeper.take(living));
      void made.open(open);
      setSession(made);
    });
    return () => {
      over = true;
      made?.close();
      setSession(null);
      client.invalidateQueries({ queryKey: keys.project(project) });
      client.invalidateQueries({ queryKey: keys.analytics(project) });
    };
  }, [project, name, client]);

  const paused = useLivePaused();
  useEffect(() => {
    if (!session) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void session.lookForNewer();
    }, LOOK);
    const back = () => session.saves.retryNow();
    window.addEventListener("online", back);
    if (!paused) back();
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", back);
    };
  }, [session, paused]);

  useTabCount(project, session);
  return session;
}

/** The number on the tab goes with the decisions, a few times a second at the most. */
function useTabCount(project: string, session: Session | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!session) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        const { counts } = session;
        if (!counts) return;
        client.setQueryData<Project>(
          keys.project(project),
          (old) =>
            old && {
              ...old,
              stats: {
                ...old.stats,
                pending_pairs: counts.pending,
                accepted_pairs: counts.accepted + counts.edited,
                rejected_pairs: counts.rejected,
              },
            },
        );
      }, 250);
    };
    const stop = session.subscribe(later);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [project, session, client]);
}

/** Something of a session, kept up to date. What is read has to be the same as long as nothing changed. */
export function useReview<T>(session: Session, read: (session: Session) => T): T {
  return useSyncExternalStore(session.subscribe, () => read(session));
}

function tell(note: Note, session: Session | null): void {
  const { message, bad, undo, open } = sentence(note);
  toast({
    message,
    tone: bad ? "bad" : "neutral",
    undo: undo && session ? () => void session.undo() : undefined,
    action: open && session ? { label: "Open", run: () => session.goTo(open) } : undefined,
  });
}

export const isPending = (filters: Filters) => JSON.stringify(filters) === JSON.stringify(PENDING);
