import { api, ask, type Document, type Generation } from "../../api/client";
import { newIdempotencyKey } from "../../api/idempotency";
import type { ImportFormat } from "../importing/format";

/** The connection broke while bytes were sent. */
export class ConnectionLost extends Error {
  override name = "ConnectionLost";
  constructor(readonly percent: number) {
    super("connection lost");
  }
}

/** The store of bytes said no. */
export class StoreRefused extends Error {
  override name = "StoreRefused";
  constructor(readonly status: number) {
    super(`the store answered ${status}`);
  }
}

/** Sends a file straight to the object store, and makes a document of it. */
export async function send(
  project: string,
  file: File,
  name: string,
  signal: AbortSignal,
  on: { progress: (sent: number) => void; sent: () => void },
): Promise<Document> {
  const document_key = await upload(project, file, name, signal, on.progress);
  on.sent();
  return ask(
    api.POST("/projects/{id}/documents", {
      params: { path: { id: project } },
      body: { document_key, filename: name },
      headers: newIdempotencyKey(),
      signal,
    }),
  );
}

/** Sends a file of pairs straight to the object store, and has its pairs taken out of it. */
export async function importPairs(
  project: string,
  file: File,
  format: ImportFormat,
  headers: ReturnType<typeof newIdempotencyKey>,
  signal: AbortSignal,
  onProgress: (sent: number) => void,
): Promise<Generation> {
  const document_key = await upload(project, file, file.name, signal, onProgress);
  return ask(
    api.POST("/projects/{id}/pairs/import", {
      params: { path: { id: project } },
      body: { document_key, format, filename: file.name },
      headers,
      signal,
    }),
  );
}

/** Sends a file straight to the object store; its key there. */
async function upload(
  project: string,
  file: File,
  name: string,
  signal: AbortSignal,
  onProgress: (sent: number) => void,
): Promise<string> {
  const upload = await ask(
    api.POST("/projects/{id}/upload-url", {
      params: { path: { id: project } },
      // The store takes the type as it was signed; what browsers guess differs between them.
      body: { filename: lastPart(name), size_bytes: file.size, content_type: "application/octet-stream" },
      signal,
    }),
  );
  await put(upload.upload_url, upload.method, upload.headers, file, signal, onProgress);
  return upload.document_key;
}

const lastPart = (name: string) => name.slice(name.lastIndexOf("/") + 1).slice(-255);

// By XMLHttpRequest: `fetch` tells nothing of how much is sent.
function put(
  url: string,
  method: string,
  headers: Record<string, string>,
  file: File,
  signal: AbortSignal,
  onProgress: (sent: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let percent = 0;
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      if (!/^(host|content-length)$/i.test(name)) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded }) => {
      percent = file.size ? Math.floor((100 * loaded) / file.size) : 0;
      onProgress(loaded);
    };
    request.onload = () =>
      request.status >= 200 && request.status < 300 ? resolve() : reject(new StoreRefused(request.status));
    request.onerror = () => reject(new ConnectionLost(percent));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
