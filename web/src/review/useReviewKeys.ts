import { useMemo } from "react";
import { useKeys } from "../ui/keys";
import { decided } from "./measure";
import type { Session } from "./model/session";

/** What a reviewer does, by a key or by a button. */
export interface Deeds {
  accept(): void;
  reject(): void;
  edit(): void;
  skip(): void;
  undo(): void;
  help(): void;
  view(): void;
  search(): void;
  pin(number: number): void;
  bulk(action: "accept" | "reject"): void;
}

/** All keys of Review, for `?`. */
export const KEYS: [string[], string][] = [
  [["A"], "Accept, go on"],
  [["R"], "Reject, go on"],
  [["E"], "Edit"],
  [["S"], "Skip to the end of the queue"],
  [["U"], "Undo, up to 50 steps"],
  [["J", "↓"], "Next pair"],
  [["K", "↑"], "Previous pair"],
  [["1", "9"], "Pin a sentence’s evidence and scroll to it"],
  [["X"], "Select the pair"],
  [["⇧J", "⇧K"], "Extend the selection"],
  [["⇧A", "⇧R"], "Accept or reject the selection"],
  [["⌘↵", "Esc"], "Save or cancel an edit"],
  [["/"], "Search"],
  [["V"], "Queue or table"],
  [["?"], "All keys"],
];

/** What a session does for a reviewer; `ui` is what the page does itself. */
export function useDeeds(
  session: Session | null,
  ui: Pick<Deeds, "edit" | "help" | "view" | "search" | "pin" | "bulk">,
): Deeds {
  return useMemo(() => {
    const decide = (status: "accepted" | "rejected") => {
      decided();
      session?.decide(status);
    };
    return {
      ...ui,
      accept: () => decide("accepted"),
      reject: () => decide("rejected"),
      skip: () => session?.skip(),
      undo: () => void session?.undo(),
    };
  }, [session, ui]);
}

export function useReviewKeys(session: Session | null, deeds: Deeds, enabled: boolean): void {
  const move = (by: number) => () => session?.move(by);
  const extend = (by: number) => () => session?.extend(by);
  useKeys(
    {
      a: deeds.accept,
      r: deeds.reject,
      e: deeds.edit,
      s: deeds.skip,
      u: () => (session?.canUndo ? deeds.undo() : false),
      j: move(1),
      arrowdown: move(1),
      k: move(-1),
      arrowup: move(-1),
      x: () => session?.toggle(),
      "shift+j": extend(1),
      "shift+k": extend(-1),
      "shift+arrowdown": extend(1),
      "shift+arrowup": extend(-1),
      "shift+a": () => deeds.bulk("accept"),
      "shift+r": () => deeds.bulk("reject"),
      escape: () => session?.clearSelection() ?? false,
      "/": deeds.search,
      v: deeds.view,
      "?": deeds.help,
      ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [String(at + 1), () => deeds.pin(at + 1)])),
    },
    enabled,
  );
}
