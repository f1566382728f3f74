import { useEffect, useSyncExternalStore } from "react";

/** Something that the palette can do. */
export type Action = { label: string; hint?: string; run: () => void };
type Open = "palette" | "new-project" | "projects" | null;
type State = { open: Open; actions: Map<string, Action[]> };

let state: State = { open: null, actions: new Map() };
const listeners = new Set<() => void>();
function set(change: Partial<State>) {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Which of the shell's own dialogs is open. */
export const useOpen = () => useSyncExternalStore(subscribe, () => state.open);
export const open = (what: Open) => set({ open: what });
export const close = () => set({ open: null });

export const useActions = () => useSyncExternalStore(subscribe, () => state.actions);

/** Gives the palette what a page can do, while the page is there. */
export function usePaletteActions(owner: string, actions: Action[]) {
  useEffect(() => {
    set({ actions: new Map(state.actions).set(owner, actions) });
    return () => {
      const rest = new Map(state.actions);
      rest.delete(owner);
      set({ actions: rest });
    };
  }, [owner, actions]);
}
