export type Picked = { file: File; name: string };

/** What no one means when they drop a folder. */
const isHidden = (path: string) =>
  path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

/** The files of what was dropped, folders walked; names are paths within what was dropped. */
export async function dropped(event: DragEvent): Promise<Picked[]> {
  // The library is loaded when first needed; what was dropped is gone by then, unless it is asked now.
  const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = items.map((item) => item.getAsFile());
  const picked: Picked[] = [];
  for (const [index, entry] of entries.entries()) {
    const file = files[index];
    if (entry) await walk(entry, picked);
    else if (file) picked.push({ file, name: file.name });
  }
  return picked.filter(({ name }) => !isHidden(name));
}

async function walk(entry: FileSystemEntry, picked: Picked[]): Promise<void> {
  const name = entry.fullPath.replace(/^\//, "");
  if (isHidden(name)) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    picked.push({ file, name });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder is told in parts of at most 100.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return;
    for (const child of part) await walk(child, picked);
  }
}

/** Asks for files, or for a folder. */
export function choose(options: { accept?: string; folder?: boolean; one?: boolean }): Promise<Picked[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = !options.one;
  if (options.accept) input.accept = options.accept;
  if (options.folder) input.webkitdirectory = true;
  return new Promise((resolve) => {
    input.onchange = () => {
      const files = [...(input.files ?? [])];
      const picked = files.map((file) => ({ file, name: file.webkitRelativePath || file.name }));
      resolve(picked.filter(({ name }) => !isHidden(name)));
    };
    input.oncancel = () => resolve([]);
    input.click();
  });
}
