type Answer = { id: number; sha256?: string; error?: string };

let worker: Worker | undefined;
let next = 0;
const waiting = new Map<number, (answer: Answer) => void>();

/** SHA-256 of a file in hex, reckoned beside the page. */
export function sha256(file: File, signal: AbortSignal): Promise<string> {
  if (!worker) {
    worker = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
  }
  const id = next;
  next += 1;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  waiting.set(id, (answer) =>
    answer.sha256 ? resolve(answer.sha256) : reject(new UnreadableFile(answer.error ?? "")),
  );
  signal.addEventListener("abort", () => {
    waiting.delete(id);
    reject(signal.reason);
  });
  worker.postMessage({ id, file });
  return promise;
}

/** The browser does not give the file's bytes: it was moved, changed, or is no file. */
export class UnreadableFile extends Error {
  override name = "UnreadableFile";
}
