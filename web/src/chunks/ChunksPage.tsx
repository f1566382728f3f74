import { Button, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconStack2 } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useDocuments } from "../documents/useDocuments";
import { useNarrow } from "../shell/useWidth";
import { Empty, NothingFound } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { useKeys } from "../ui/keys";
import { Skeletons } from "../ui/Skeleton";
import { one, type Search, useSearchState } from "../ui/url";
import { VirtualList } from "../ui/VirtualList";
import { ChunkPreview } from "./ChunkPreview";
import { ChunkRow, ROW_HEIGHT } from "./ChunkRow";
import styles from "./ChunksPage.module.css";
import { FilterPanel } from "./FilterPanel";
import { filtersOf, inWords, isFiltered, NO_FILTERS } from "./filters";
import { ListHead } from "./ListHead";
import { type Selection, sizeOf, useChunkChanges } from "./useChunkChanges";
import { useChunk, useChunkList, useFacets } from "./useChunks";

const NOTHING: Selection = { ids: new Set() };

export function ChunksPage() {
  const { projectId: project } = useParams({ from: "/p/$projectId/chunks" });
  const [search, setSearch] = useSearchState();
  const filters = useMemo(() => filtersOf(search), [search]);
  const list = useChunkList(project, filters);
  const facets = useFacets(project, filters).data;
  const { documents } = useDocuments(project);
  const changes = useChunkChanges(project);
  const narrow = useNarrow();
  const filtersInDrawer = useMediaQuery("(max-width: 1099px)", false, { getInitialValueInEffect: false });

  const [at, setAt] = useState(0);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [isEditing, setEditing] = useState(false);
  const [areFiltersOpen, setFiltersOpen] = useState(false);
  const anchor = useRef<number | null>(null);
  const field = useRef<HTMLInputElement>(null);

  // The open chunk is named by the URL; the row it stands in is known while its page is at hand.
  const openId = one(search, "open");
  const row = list.row(at);
  const isRowOpen = row !== undefined && row.id === openId;
  const linked = useChunk(project, openId !== undefined && !isRowOpen ? openId : undefined);
  const chunk = openId === undefined ? (narrow ? undefined : list.row(0)) : isRowOpen ? row : linked.data;
  const current =
    openId === undefined ? 0 : isRowOpen ? at : list.rows().findIndex(({ id }) => id === openId);

  useEffect(() => {
    // A link that names a chunk of the first pages finds its row.
    if (openId && !isRowOpen && current > 0 && list.row(current)?.id === openId) setAt(current);
  });

  const filter = (change: Search, options?: { replace?: boolean }) => {
    setSelection(NOTHING);
    setAt(0);
    setSearch({ ...change, open: undefined }, options);
  };
  const open = (index: number) => {
    const next = list.row(index);
    if (!next) return;
    setAt(index);
    setEditing(false);
    setSearch({ open: next.id }, { replace: !narrow || openId !== undefined });
  };
  const select = (index: number, event: { shiftKey: boolean }) => {
    const ids = new Set("ids" in selection ? selection.ids : []);
    const from = event.shiftKey && anchor.current !== null ? anchor.current : index;
    const [first, last] = from < index ? [from, index] : [index, from];
    const on = !ids.has(list.row(index)?.id ?? "");
    for (let i = first; i <= last; i += 1) {
      const id = list.row(i)?.id;
      if (id && on) ids.add(id);
      else if (id) ids.delete(id);
    }
    anchor.current = index;
    setSelection({ ids });
  };
  const excludeSelected = async (excluded: boolean) => {
    const taken = selection;
    setSelection(NOTHING);
    if (!(await changes.excludeMany(taken, excluded))) setSelection(taken);
  };

  const step = (by: number) => () => open(Math.max(0, (current < 0 ? -1 : current) + by));
  useKeys({
    j: step(1),
    k: step(-1),
    arrowdown: step(1),
    arrowup: step(-1),
    e: () => (chunk ? setEditing(true) : false),
    x: () => {
      if (sizeOf(selection) > 0) void excludeSelected(true);
      else if (chunk) void changes.exclude(chunk, !chunk.excluded);
    },
    "/": () => field.current?.focus(),
    escape: () => (sizeOf(selection) > 0 ? setSelection(NOTHING) : false),
  });

  const nameOf = (id: string) => documents?.find((document) => document.id === id)?.filename ?? "a document";
  const panel = (
    <FilterPanel filters={filters} facets={facets} documents={documents ?? []} onChange={filter} />
  );
  const isEmpty = !list.isPending && !list.error && list.total === 0;

  if (isEmpty && !isFiltered(filters)) {
    return (
      <main id="content" className="page">
        <h1 className="visually-hidden">Chunks</h1>
        <div className={styles.none}>
          <Empty
            icon={<IconStack2 size={20} stroke={1.75} aria-hidden />}
            title="No chunks yet"
            action={
              <Button variant="filled" component={Link} to={`/p/${project}/documents`}>
                Go to Documents
              </Button>
            }
          >
            Chunks are the passages that pairs are made from. They come when documents are parsed.
          </Empty>
        </div>
      </main>
    );
  }

  const preview = chunk && (
    <ChunkPreview
      chunk={chunk}
      document={documents?.find(({ id }) => id === chunk.document_id)}
      isEditing={isEditing}
      onEdit={setEditing}
      changes={changes}
      onPrevious={current > 0 ? step(-1) : undefined}
      onNext={current >= 0 && current < list.total - 1 ? step(1) : undefined}
    />
  );

  return (
    <main id="content" className={styles.page}>
      <h1 className="visually-hidden">Chunks</h1>
      {!filtersInDrawer && (
        <aside className={styles.filters} aria-label="Filters">
          {panel}
        </aside>
      )}
      <section className={styles.list} aria-label="Chunks">
        <ListHead
          field={field}
          q={filters.q ?? ""}
          onSearch={(q) => filter({ q: q || undefined }, { replace: true })}
          total={list.total}
          excluded={facets?.excluded?.true ?? 0}
          selection={selection}
          isAll={"filters" in selection}
          onSelectAll={() => setSelection(sizeOf(selection) > 0 ? NOTHING : { filters, total: list.total })}
          onExclude={excludeSelected}
          onFilters={filtersInDrawer ? () => setFiltersOpen(true) : undefined}
        />
        {list.error && list.total === 0 && (
          <div className={styles.note}>
            <ErrorNote error={list.error} onRetry={list.refetch} />
          </div>
        )}
        {list.isPending && <Skeletons rows={9} height={ROW_HEIGHT} label="Loading chunks" />}
        {isEmpty && (
          <NothingFound what="chunks" filters={inWords(filters, nameOf)} onReset={() => filter(NO_FILTERS)} />
        )}
        {list.total > 0 && (
          <VirtualList
            count={list.count}
            total={list.total}
            height={ROW_HEIGHT}
            label="Chunk list"
            current={current < 0 ? undefined : current}
            onRange={list.onRange}
          >
            {(index) => {
              const item = list.row(index);
              return (
                <ChunkRow
                  chunk={item}
                  isOpen={item !== undefined && item.id === chunk?.id}
                  isSelected={item !== undefined && ("filters" in selection || selection.ids.has(item.id))}
                  onOpen={() => open(index)}
                  onSelect={(event) => select(index, event)}
                />
              );
            }}
          </VirtualList>
        )}
      </section>
      {narrow ? (
        <Drawer
          opened={openId !== undefined && chunk !== undefined}
          onClose={() => setSearch({ open: undefined })}
          position="right"
          size="100%"
          title="Chunk"
          closeButtonProps={{ "aria-label": "Back to the list" }}
          styles={{
            content: { display: "flex", flexDirection: "column" },
            body: { flex: 1, minHeight: 0, padding: 0, display: "flex", flexDirection: "column" },
          }}
        >
          {preview}
        </Drawer>
      ) : (
        <article className={styles.preview} aria-label="Chunk">
          {preview}
          {!preview && linked.error && (
            <div className={styles.note}>
              <ErrorNote error={linked.error} onRetry={() => linked.refetch()} />
            </div>
          )}
        </article>
      )}
      <Drawer
        opened={areFiltersOpen}
        onClose={() => setFiltersOpen(false)}
        position={narrow ? "bottom" : "left"}
        size={narrow ? "80%" : 300}
        title="Filters"
        closeButtonProps={{ "aria-label": "Close the filters" }}
      >
        {panel}
      </Drawer>
    </main>
  );
}
