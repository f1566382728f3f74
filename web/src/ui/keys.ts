import { useEffect, useRef } from "react";

const NAME = "data-forge-single-keys";

/** Whether single keys act; people who speak to their computer switch them off. */
export const singleKeysAct = () => localStorage.getItem(NAME) !== "off";
export const letSingleKeysAct = (on: boolean) => localStorage.setItem(NAME, on ? "on" : "off");

const TYPING =
  "input:not([type=checkbox]):not([type=radio]):not([type=range]),textarea,select,[contenteditable=true]";
const OVER = "[role=dialog],[role=menu],[role=listbox],[role=alertdialog]";

/** Whether a key that is pressed there belongs to a field, a menu or a dialog. */
export function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog][aria-modal=true],[role=alertdialog][aria-modal=true]"))
    return true;
  return target instanceof Element && target.closest(`${TYPING},${OVER}`) !== null;
}

/** "shift+j", "a", "?", "arrowdown": the name of a pressed key. */
export function nameOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const isLetter = key.length === 1 && key !== key.toUpperCase();
  return event.shiftKey && (isLetter || key.length > 1) ? `shift+${key}` : key;
}

/**
 * Keys that act wherever the focus is, save in fields, menus and dialogs. A handler that returns
 * `false` leaves the key to others.
 */
export function useKeys(handlers: Record<string, (event: KeyboardEvent) => unknown>, enabled = true) {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
      const name = nameOf(event);
      const handler = latest.current[name];
      if (!handler || isTaken(event.target)) return;
      if (event.key.length === 1 && !singleKeysAct() && name !== "?") return;
      if (handler(event) !== false) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [enabled]);
}
