/** A file that is being added. */
export type Upload = {
  id: string;
  name: string;
  size: number;
  state:
    | "waiting" // for its turn
    | "checking" // its content is compared with what is there
    | "duplicate" // the same content is there: a person decides
    | "uploading"
    | "registering" // the bytes are there, the document is made of them
    | "paused"
    | "failed"
    | "done";
  /** Bytes that are sent. */
  sent: number;
  /** Bytes per second, of late. */
  speed: number;
  /** SHA-256 of the content, once it is known. */
  sha256?: string;
  /** The name of what has the same content. */
  sameAs?: string;
  /** What went wrong and what to do. */
  error?: string;
  /** Whether trying again may help. */
  canRetry?: boolean;
  /** The document that it takes the place of. */
  replaces?: string;
};

/** What the queue asks others to do. */
export type Transport<F> = {
  hash: (file: F, signal: AbortSignal) => Promise<string>;
  /** The name of a document that has this content. */
  find: (sha256: string) => string | undefined;
  /** Says what is wrong with a file before anything is sent. */
  refuse: (file: F, name: string) => string | undefined;
  /** Sends the bytes and makes the document. */
  send: (
    file: F,
    name: string,
    signal: AbortSignal,
    on: { progress: (sent: number) => void; sent: () => void },
  ) => Promise<void>;
  /** Takes away the document whose place was taken. */
  remove: (document: string) => Promise<void>;
  explain: (error: unknown) => { message: string; canRetry: boolean };
  now: () => number;
};

type Entry<F> = {
  upload: Upload;
  file: F | null;
  keepBoth: boolean;
  abort: AbortController | null;
  from: number;
};

/** How many files are sent at once. */
const AT_ONCE = 3;
/** At most 4 renders a second while bytes flow. */
const TICK = 250;

/** Files on their way: each is compared, sent, and made a document; some at once, in order. */
export class UploadQueue<F extends { size: number }> {
  private entries = new Map<string, Entry<F>>();
  private listeners = new Set<() => void>();
  private shown: Upload[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private next = 0;

  constructor(private readonly transport: Transport<F>) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** The uploads, in the order they were added; the same array until something changes. */
  snapshot = (): Upload[] => this.shown;

  add(files: { file: F; name: string; replaces?: string }[]): void {
    for (const { file, name, replaces } of files) {
      this.next += 1;
      const upload: Upload = {
        id: String(this.next),
        name,
        size: file.size,
        state: "waiting",
        sent: 0,
        speed: 0,
      };
      if (replaces) upload.replaces = replaces;
      const refused = this.transport.refuse(file, name);
      if (refused) Object.assign(upload, { state: "failed", error: refused, canRetry: false });
      this.entries.set(upload.id, { upload, file, keepBoth: false, abort: null, from: 0 });
    }
    this.tell();
    this.advance();
  }

  /** Stops sending; the bytes that were sent are sent again on resume. */
  pause(id: string): void {
    const entry = this.entries.get(id);
    if (!entry || !isMoving(entry.upload)) return;
    entry.abort?.abort();
    entry.abort = null;
    this.change(entry, { state: "paused", sent: 0, speed: 0 });
    this.advance();
  }

  resume(id: string): void {
    const entry = this.entries.get(id);
    if (!entry || (entry.upload.state !== "paused" && entry.upload.state !== "failed")) return;
    this.change(entry, { state: "waiting", sent: 0, speed: 0, error: undefined });
    this.advance();
  }

  pauseAll(): void {
    for (const [id, { upload }] of this.entries) if (isMoving(upload)) this.pause(id);
  }

  resumeAll(): void {
    for (const [id, { upload }] of this.entries) if (upload.state === "paused") this.resume(id);
  }

  /** Sends what is there already once more. */
  keepBoth(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.upload.state !== "duplicate") return;
    entry.keepBoth = true;
    this.change(entry, { state: "waiting" });
    this.advance();
  }

  /** Cancels what is on its way, or takes what has ended off the list. */
  drop(id: string): void {
    this.entries.get(id)?.abort?.abort();
    this.entries.delete(id);
    this.tell();
    this.advance();
  }

  clearFinished(): void {
    for (const [id, { upload }] of this.entries) if (upload.state === "done") this.entries.delete(id);
    this.tell();
  }

  /** Whether leaving the page would lose something. */
  get isBusy(): boolean {
    return [...this.entries.values()].some(({ upload }) => isMoving(upload) || upload.state === "paused");
  }

  private advance(): void {
    let running = 0;
    for (const { abort } of this.entries.values()) if (abort) running += 1;
    for (const entry of this.entries.values()) {
      if (running >= AT_ONCE) return;
      if (entry.upload.state !== "waiting" || entry.abort) continue;
      running += 1;
      void this.run(entry);
    }
  }

  private async run(entry: Entry<F>): Promise<void> {
    const abort = new AbortController();
    entry.abort = abort;
    const { transport } = this;
    const { file, upload } = entry;
    if (!file) return;
    try {
      if (!upload.sha256) {
        this.change(entry, { state: "checking" });
        const sha256 = await transport.hash(file, abort.signal);
        if (abort.signal.aborted) return;
        this.change(entry, { sha256 });
      }
      const sha256 = entry.upload.sha256 ?? "";
      const same = entry.keepBoth ? undefined : (this.twin(entry) ?? transport.find(sha256));
      if (same !== undefined) {
        this.change(entry, { state: "duplicate", sameAs: same, sent: upload.size });
        return;
      }
      this.change(entry, { state: "uploading", sent: 0 });
      entry.from = transport.now();
      await transport.send(file, upload.name, abort.signal, {
        progress: (sent) => this.progress(entry, abort, sent),
        sent: () => !abort.signal.aborted && this.change(entry, { state: "registering", sent: upload.size }),
      });
      if (abort.signal.aborted) return;
      if (upload.replaces) await transport.remove(upload.replaces);
      // The file is let go: thousands of them would be held otherwise.
      entry.file = null;
      this.change(entry, { state: "done", sent: upload.size, speed: 0 });
    } catch (error) {
      if (abort.signal.aborted) return;
      const { message, canRetry } = transport.explain(error);
      this.change(entry, { state: "failed", error: message, canRetry, speed: 0 });
    } finally {
      if (entry.abort === abort) entry.abort = null;
      this.advance();
    }
  }

  /** The name of another file of this list with the same content, that came before. */
  private twin(entry: Entry<F>): string | undefined {
    for (const other of this.entries.values()) {
      if (other === entry) return undefined;
      const { upload } = other;
      if (
        upload.sha256 === entry.upload.sha256 &&
        upload.state !== "duplicate" &&
        upload.state !== "failed"
      ) {
        return upload.name;
      }
    }
    return undefined;
  }

  private progress(entry: Entry<F>, abort: AbortController, sent: number): void {
    if (abort.signal.aborted) return;
    const seconds = (this.transport.now() - entry.from) / 1000;
    entry.upload = { ...entry.upload, sent, speed: seconds > 0 ? sent / seconds : 0 };
    this.timer ??= setTimeout(() => this.tell(), TICK);
  }

  private change(entry: Entry<F>, change: Partial<Upload>): void {
    entry.upload = { ...entry.upload, ...change };
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.shown = [...this.entries.values()].map((entry) => entry.upload);
    for (const listener of this.listeners) listener();
  }
}

export const isMoving = ({ state }: Upload) =>
  state === "waiting" || state === "checking" || state === "uploading" || state === "registering";

/** How far all are: files, bytes, and how long it takes still. */
export function summary(uploads: Upload[]) {
  const counted = uploads.filter(({ state }) => state !== "duplicate" && state !== "failed");
  const sent = counted.reduce((sum, upload) => sum + upload.sent, 0);
  const size = counted.reduce((sum, upload) => sum + upload.size, 0);
  const speed = uploads.reduce((sum, upload) => sum + (upload.state === "uploading" ? upload.speed : 0), 0);
  return {
    done: uploads.filter(({ state }) => state === "done").length,
    sent,
    size,
    secondsLeft: speed > 0 ? (size - sent) / speed : null,
  };
}
