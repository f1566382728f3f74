/** The key of who signed in: kept for this browser tab alone, and sent as a bearer token. */
const NAME = "data-forge-key";
const listeners = new Set<() => void>();
let needed = false;

export const key = () => sessionStorage.getItem(NAME);

export function signIn(value: string) {
  sessionStorage.setItem(NAME, value);
  needed = false;
  for (const listener of listeners) listener();
}

export function signOut() {
  sessionStorage.removeItem(NAME);
  needed = true;
  for (const listener of listeners) listener();
}

/** The server refused the key, or wants one. */
export function refuse() {
  if (needed) return;
  needed = true;
  for (const listener of listeners) listener();
}

export const signInIsNeeded = () => needed;

export function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function authorization(): Record<string, string> {
  const value = key();
  return value ? { Authorization: `Bearer ${value}` } : {};
}
