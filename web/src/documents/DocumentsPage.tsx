import { Button, Menu, TextInput } from "@mantine/core";
import {
  IconDots,
  IconFileImport,
  IconLink,
  IconPlayerPlay,
  IconSearch,
  IconTextSize,
  IconTrash,
  IconUpload,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import type { Document } from "../api/client";
import { upsertInPages } from "../api/events";
import { keys } from "../api/keys";
import { usePaletteActions } from "../shell/shellState";
import { useNarrow } from "../shell/useWidth";
import { NothingFound } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { FilterPill } from "../ui/FilterPill";
import { bytes, count, plural } from "../ui/format";
import { Skeletons } from "../ui/Skeleton";
import { toast } from "../ui/toast";
import { many, one, useSearchState } from "../ui/url";
import { AddArea } from "./AddArea";
import { DocumentList } from "./DocumentList";
import type { RowActions } from "./DocumentRow";
import styles from "./DocumentsPage.module.css";
import { EmptyProject } from "./EmptyProject";
import { ACCEPT } from "./formats";
import { ParseButton } from "./ParseButton";
import { savedSettings } from "./parsing";
import { choose, type Picked } from "./uploads/files";
import { UploadList } from "./uploads/UploadList";
import { uploadsOf, useUploads } from "./uploads/uploads";
import { useDrop } from "./uploads/useDrop";
import { STATUSES, sums, useDocuments } from "./useDocuments";
import { useParse } from "./useParse";

const PasteText = lazy(() => import("./PasteText").then((module) => ({ default: module.PasteText })));
const AddUrls = lazy(() => import("./AddUrls").then((module) => ({ default: module.AddUrls })));
const ImportPairs = lazy(() =>
  import("./importing/ImportPairs").then((module) => ({ default: module.ImportPairs })),
);
const Preview = lazy(() => import("./preview/Preview").then((module) => ({ default: module.Preview })));
const DeleteDocuments = lazy(() =>
  import("./DeleteDocuments").then((module) => ({ default: module.DeleteDocuments })),
);

const WORDS = { parsed: "Parsed", uploaded: "Ready", parsing: "Parsing", failed: "Failed" };

export function DocumentsPage() {
  const { projectId: project } = useParams({ from: "/p/$projectId/documents" });
  const client = useQueryClient();
  const { query, documents, isWhole } = useDocuments(project);
  const [search, setSearch] = useSearchState();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [dialog, setDialog] = useState<"paste" | "urls" | "import" | null>(null);
  const [doomed, setDoomed] = useState<Document[]>([]);
  const scroller = useRef<HTMLElement>(null);
  const narrow = useNarrow();
  const queue = uploadsOf(project, client);
  const uploads = useUploads(queue);
  const parse = useParse(project);

  const add = (picked: Picked[]) => queue.add(picked);
  const isOver = useDrop(add);
  const chooseFiles = () => choose({ accept: ACCEPT }).then(add);
  const chooseFolder = () => choose({ folder: true }).then(add);
  const added = (some: Document[]) => {
    for (const document of some) {
      client.setQueryData(keys.documents(project), (old: never) => upsertInPages<Document>(old, document));
    }
    client.invalidateQueries({ queryKey: keys.project(project) });
    toast({ message: `${plural(some.length, "document")} added` });
  };

  const status = useMemo(() => many(search, "status", STATUSES), [search]);
  const q = one(search, "q") ?? "";
  const shown = useMemo(() => {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    return documents?.filter(
      (document) =>
        (status.length === 0 || status.includes(document.status)) &&
        words.every((word) => document.filename.toLowerCase().includes(word)),
    );
  }, [documents, q, status]);
  const facts = useMemo(() => sums(documents ?? []), [documents]);
  const chosen = documents?.filter(({ id }) => selected.has(id)) ?? [];
  const opened = documents?.find(({ id }) => id === one(search, "open"));

  const actions: RowActions = useMemo(
    () => ({
      open: ({ id }) => setSearch({ open: id }),
      replace: async ({ id }) => {
        const picked = await choose({ accept: ACCEPT, one: true });
        queue.add(picked.map((file) => ({ ...file, replaces: id })));
      },
      parse: (some) =>
        parse.mutate({
          settings: savedSettings(project),
          documents: some.map(({ id }) => id),
          force: true,
          n: some.length,
        }),
      remove: setDoomed,
    }),
    [project, queue, parse.mutate, setSearch],
  );

  usePaletteActions(
    "documents",
    useMemo(
      () => [
        {
          label: "Add files",
          run: () => void choose({ accept: ACCEPT }).then((picked) => queue.add(picked)),
        },
        { label: "Paste text", run: () => setDialog("paste") },
        { label: "Add URLs", run: () => setDialog("urls") },
        { label: "Import pairs", run: () => setDialog("import") },
      ],
      [queue],
    ),
  );

  const dialogs = (
    <Suspense>
      {dialog === "paste" && <PasteText project={project} onAdded={added} onClose={() => setDialog(null)} />}
      {dialog === "urls" && <AddUrls project={project} onAdded={added} onClose={() => setDialog(null)} />}
      {dialog === "import" && <ImportPairs project={project} onClose={() => setDialog(null)} />}
      {opened && <Preview document={opened} onClose={() => setSearch({ open: undefined })} />}
      {doomed.length > 0 && (
        <DeleteDocuments
          project={project}
          documents={doomed}
          onDeleted={() => setSelected(new Set())}
          onClose={() => setDoomed([])}
        />
      )}
    </Suspense>
  );

  if (documents?.length === 0 && uploads.length === 0) {
    return (
      <main id="content" className="page">
        <EmptyProject
          isOver={isOver}
          onChooseFiles={chooseFiles}
          onChooseFolder={chooseFolder}
          onPaste={() => setDialog("paste")}
          onUrls={() => setDialog("urls")}
          onImport={() => setDialog("import")}
        />
        {dialogs}
      </main>
    );
  }

  const icon = { size: 16, stroke: 1.75, "aria-hidden": true } as const;
  const filters = [...status.map((one) => `“${WORDS[one]}”`), ...(q ? [`the name “${q}”`] : [])];
  return (
    <main id="content" className="page" ref={scroller}>
      <div className="page-head">
        <h1>Documents</h1>
        {!narrow && (
          <>
            <Button leftSection={<IconTextSize {...icon} />} onClick={() => setDialog("paste")}>
              Paste text
            </Button>
            <Button leftSection={<IconLink {...icon} />} onClick={() => setDialog("urls")}>
              Add URLs
            </Button>
            <Button leftSection={<IconFileImport {...icon} />} onClick={() => setDialog("import")}>
              Import pairs
            </Button>
          </>
        )}
        <ParseButton
          key={project}
          project={project}
          waiting={facts.of.uploaded + facts.of.failed}
          all={documents?.length ?? 0}
          chunks={facts.chunks}
        />
        {narrow && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button px={8} aria-label="More ways to add">
                <IconDots {...icon} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconTextSize {...icon} />} onClick={() => setDialog("paste")}>
                Paste text
              </Menu.Item>
              <Menu.Item leftSection={<IconLink {...icon} />} onClick={() => setDialog("urls")}>
                Add URLs
              </Menu.Item>
              <Menu.Item leftSection={<IconFileImport {...icon} />} onClick={() => setDialog("import")}>
                Import pairs
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {narrow ? (
        <Button
          variant="filled"
          size="lg"
          fullWidth
          leftSection={<IconUpload {...icon} />}
          onClick={chooseFiles}
          style={{ flex: "none" }}
        >
          Add files
        </Button>
      ) : (
        <AddArea isOver={isOver} onChooseFiles={chooseFiles} onChooseFolder={chooseFolder} />
      )}
      <UploadList queue={queue} uploads={uploads} />
      {query.error && !documents && <ErrorNote error={query.error} onRetry={() => query.refetch()} />}
      <section className={`card ${styles.list}`} aria-label="Document list">
        <div className={styles.bar}>
          <TextInput
            size="xs"
            className={styles.find}
            aria-label="Filter by name"
            placeholder="Filter by name"
            leftSection={<IconSearch size={13} stroke={1.75} aria-hidden />}
            value={q}
            onChange={(event) => setSearch({ q: event.currentTarget.value || undefined }, { replace: true })}
          />
          <FilterPill
            on={status.length === 0}
            count={count(documents?.length ?? 0)}
            onClick={() => setSearch({ status: undefined })}
          >
            All
          </FilterPill>
          {STATUSES.filter((one) => facts.of[one] > 0 || status.includes(one)).map((one) => {
            const on = status.includes(one);
            const next = on ? status.filter((other) => other !== one) : [...status, one];
            return (
              <FilterPill
                key={one}
                on={on}
                count={count(facts.of[one])}
                onClick={() => setSearch({ status: next })}
              >
                {WORDS[one]}
              </FilterPill>
            );
          })}
          <span className={`${styles.sums} num`}>
            {documents && (
              <>
                {plural(documents.length, "document")}
                {facts.pages > 0 && ` · ${plural(facts.pages, "page")}`} · {plural(facts.chunks, "chunk")} ·{" "}
                {bytes(facts.size)}
                {!isWhole && " so far"}
              </>
            )}
          </span>
        </div>
        {chosen.length > 0 && !narrow && (
          <div className={styles.chosen} role="status">
            <span className="num">{plural(chosen.length, "document")} selected</span>
            <Button
              size="xs"
              leftSection={<IconPlayerPlay size={14} aria-hidden />}
              onClick={() => actions.parse(chosen)}
            >
              Parse {count(chosen.length)}
            </Button>
            <Button
              size="xs"
              c="var(--bad)"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => setDoomed(chosen)}
            >
              Delete {count(chosen.length)}
            </Button>
            <Button size="xs" variant="subtle" onClick={() => setSelected(new Set())}>
              Clear selection
            </Button>
          </div>
        )}
        {!shown && !query.error && <Skeletons rows={8} height={narrow ? 59 : 42} label="Loading documents" />}
        {shown && shown.length > 0 && (
          <DocumentList
            documents={shown}
            scroller={scroller}
            selected={selected}
            onSelect={setSelected}
            actions={actions}
          />
        )}
        {shown?.length === 0 && documents && documents.length > 0 && (
          <NothingFound
            what="documents"
            filters={filters}
            onReset={() => setSearch({ q: undefined, status: undefined })}
          />
        )}
      </section>
      {dialogs}
    </main>
  );
}
