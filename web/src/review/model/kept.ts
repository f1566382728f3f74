import type { Save } from "./saves";

/** Saves that are not through yet are kept by the tab that made them, so that two tabs never send the same one. */
const PREFIX = "data-forge-saves";

/** Where unsaved changes of a project outlive a reload, and the end of a tab. */
export class Keeper {
  private readonly key: string;

  constructor(
    private readonly project: string,
    private readonly store: Storage = localStorage,
    tab = thisTab(),
  ) {
    this.key = `${PREFIX}:${project}:${tab}`;
  }

  keep(saves: readonly Save[]): void {
    try {
      if (saves.length === 0) this.store.removeItem(this.key);
      else this.store.setItem(this.key, JSON.stringify(saves));
    } catch {
      // A full or forbidden store: the saves are still in memory, and on their way.
    }
  }

  /** What this tab kept, and what tabs kept that are gone; `living` are those that are not. */
  take(living: ReadonlySet<string>): Save[] {
    const found: Save[] = [];
    for (const key of Object.keys(this.store).sort()) {
      const tab = key.startsWith(`${PREFIX}:${this.project}:`) ? key.split(":")[2] : undefined;
      if (tab === undefined || (key !== this.key && living.has(tab))) continue;
      found.push(...read(this.store.getItem(key)));
      this.store.removeItem(key);
    }
    if (found.length > 0) this.keep(found);
    return found;
  }
}

function read(text: string | null): Save[] {
  try {
    const saves: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(saves) ? saves.filter((save) => typeof save?.pair === "string") : [];
  } catch {
    return [];
  }
}

const TAB = "data-forge-tab";

/** A name for this tab that outlives a reload. */
export function thisTab(): string {
  let tab = sessionStorage.getItem(TAB);
  if (!tab) {
    tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16)).join("");
    sessionStorage.setItem(TAB, tab);
  }
  return tab;
}

/** Says that this tab lives, for as long as it does, and finds out which others do. */
export async function livingTabs(): Promise<Set<string>> {
  // Without locks (a page that is not secure) no other tab can be told to be gone.
  if (!navigator.locks) return everyTab();
  const name = `${TAB}:${thisTab()}`;
  void navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && new Promise(() => undefined));
  const { held = [] } = await navigator.locks.query();
  return new Set(
    held.flatMap((lock) => (lock.name?.startsWith(`${TAB}:`) ? lock.name.slice(TAB.length + 1) : [])),
  );
}

function everyTab(): Set<string> {
  const tabs = Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}:`));
  return new Set(tabs.map((key) => key.split(":")[2] ?? ""));
}
