import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, ask, type Document, type Page } from "../../api/client";
import { upsertInPages } from "../../api/events";
import { keys } from "../../api/keys";
import { ENDINGS, MAX_BYTES } from "../formats";
import { explain } from "./explain";
import { sha256 } from "./hash";
import { UploadQueue } from "./queue";
import { send } from "./send";

/** One queue a project: uploads go on while other pages are open. */
const queues = new Map<string, UploadQueue<File>>();

export function uploadsOf(project: string, client: QueryClient): UploadQueue<File> {
  const there = queues.get(project);
  if (there) return there;
  type Cached = InfiniteData<Page<Document>>;
  const documents = () => client.getQueryData<Cached>(keys.documents(project));
  const queue = new UploadQueue<File>({
    hash: sha256,
    find: (hash) => {
      for (const page of documents()?.pages ?? []) {
        const same = page.items.find((document) => document.sha256 === hash);
        if (same) return same.filename;
      }
      return undefined;
    },
    refuse,
    send: async (file, name, signal, on) => {
      const document = await send(project, file, name, signal, on);
      client.setQueryData<Cached>(keys.documents(project), (old) => upsertInPages(old, document));
      client.invalidateQueries({ queryKey: keys.project(project) });
    },
    remove: async (document) => {
      await ask(
        api.DELETE("/projects/{id}/documents/{doc_id}", {
          params: { path: { id: project, doc_id: document } },
        }),
      );
      client.invalidateQueries({ queryKey: keys.documents(project) });
    },
    explain,
    now: () => performance.now(),
  });
  queues.set(project, queue);
  return queue;
}

export const useUploads = (queue: UploadQueue<File>) => useSyncExternalStore(queue.subscribe, queue.snapshot);

function refuse(file: File, name: string): string | undefined {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (!name.includes(".") || !ENDINGS.has(ending)) {
    return "Not a format that is read. Use PDF, DOCX, Markdown, HTML, CSV or text.";
  }
  if (file.size === 0) return "The file is empty.";
  if (file.size > MAX_BYTES) return "The file is over 2 GiB. Split it, then upload the parts.";
  return undefined;
}

window.addEventListener("beforeunload", (event) => {
  if ([...queues.values()].some((queue) => queue.isBusy)) event.preventDefault();
});
