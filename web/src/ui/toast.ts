import type { ReactNode } from "react";
import { useSyncExternalStore } from "react";

/** What a toast says: what happened, and how it is undone. */
export type Toast = {
  message: string;
  icon?: ReactNode;
  tone?: "neutral" | "bad";
  /** Undoes it; called by the button and by U. */
  undo?: (() => void) | undefined;
  /** Something else to do about it. */
  action?: { label: string; run: () => void } | undefined;
};
type Shown = Toast & { id: number };

const LIFE = 8_000;
let shown: Shown | null = null;
let next = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(value: Shown | null) {
  clearTimeout(timer);
  shown = value;
  for (const listener of listeners) listener();
}

/** Shows a toast for 8 s, in the place of the one before. */
export function toast(value: Toast) {
  next += 1;
  set({ ...value, id: next });
  resume();
}

/** Keeps the toast while it is pointed at or has the focus. */
export const hold = () => clearTimeout(timer);
export function resume() {
  clearTimeout(timer);
  timer = setTimeout(() => set(null), LIFE);
}
export const dismiss = () => set(null);

/** Undoes what the toast tells of; false where there is nothing to undo. */
export function undoToast(): boolean {
  const undo = shown?.undo;
  if (!undo) return false;
  set(null);
  undo();
  return true;
}

export const useToast = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => shown,
  );
