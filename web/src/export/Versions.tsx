import { ActionIcon, Button, CopyButton, Menu } from "@mantine/core";
import { IconCheck, IconChevronDown, IconCopy, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Export } from "../api/client";
import { asProblem } from "../api/problem";
import { Empty } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { bytes, count, exactly, moment, score } from "../ui/format";
import { Skeletons } from "../ui/Skeleton";
import { toast } from "../ui/toast";
import { useSearchState } from "../ui/url";
import styles from "./Export.module.css";
import { FineTune } from "./FineTune";
import { type FileName, FORMATS, filesOf } from "./formats";
import { download, exportsQuery } from "./queries";

/** All versions, newest first. */
export function Versions({ project }: { project: string }) {
  const { data, error, isPending, refetch } = useQuery(exportsQuery(project));
  return (
    <section className={`card ${styles.versions}`} aria-label="Versions">
      <div className={styles.versionsHead}>
        <h2>Versions</h2>
        <span>A version never changes</span>
      </div>
      {error && !data ? (
        <ErrorNote error={error} title="The versions cannot be loaded" onRetry={() => refetch()} />
      ) : isPending ? (
        <Skeletons rows={3} height={42} label="Loading versions" />
      ) : data && data.items.length > 0 ? (
        <div className={styles.scroll}>
          <Table project={project} versions={data.items} />
        </div>
      ) : (
        <Empty title="No version yet">A version holds the accepted and edited pairs of one moment.</Empty>
      )}
    </section>
  );
}

function Table({ project, versions }: { project: string; versions: Export[] }) {
  const [tuned, setTuned] = useState<Export | null>(null);
  const [, setSearch] = useSearchState();
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>Version</th>
            <th>Format</th>
            <th className={styles.right}>Pairs</th>
            <th>Minimum quality</th>
            <th className={styles.right}>Size</th>
            <th>SHA-256</th>
            <th>Created</th>
            <th>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map((one) => (
            <tr key={one.version}>
              <td>
                <b>Version {one.version}</b>
              </td>
              <td>{FORMATS[one.format].name}</td>
              <td className={styles.right}>
                <b>{count(one.pairs)}</b>
                <span className="visually-hidden"> pairs</span>
                {one.splits.length > 0 && (
                  <span title="Pairs to train on, and for validation">
                    {" "}
                    ({one.splits.map(({ pairs }) => count(pairs)).join(" + ")})
                  </span>
                )}
              </td>
              <td>{one.filters.min_quality_score == null ? "None" : score(one.filters.min_quality_score)}</td>
              <td className={styles.right}>{bytes(one.bytes)}</td>
              <td>
                <Hash version={one} />
              </td>
              <td>
                <time title={exactly(one.created_at)}>{moment(one.created_at)}</time>
              </td>
              <td className={styles.right}>
                <span className={styles.actions}>
                  {versions.length > 1 && (
                    <Button
                      size="xs"
                      variant="subtle"
                      aria-label={`Compare version ${one.version}`}
                      onClick={() => setSearch({ compare: String(one.version), with: undefined })}
                    >
                      Compare
                    </Button>
                  )}
                  <Button
                    size="xs"
                    variant="subtle"
                    aria-label={`Fine-tune on version ${one.version}`}
                    onClick={() => setTuned(one)}
                  >
                    Fine-tune
                  </Button>
                  <Downloads project={project} version={one} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {tuned && <FineTune project={project} version={tuned} onClose={() => setTuned(null)} />}
    </>
  );
}

const Hash = ({ version: { version, sha256 } }: { version: Export }) => (
  <span className={styles.hash}>
    <span className="mono" title={sha256}>
      {sha256.slice(0, 6)}…{sha256.slice(-6)}
    </span>
    <CopyButton value={sha256}>
      {({ copied, copy }) => (
        <ActionIcon aria-label={copied ? "Copied" : `Copy SHA-256 of version ${version}`} onClick={copy}>
          {copied ? (
            <IconCheck size={14} stroke={1.75} aria-hidden />
          ) : (
            <IconCopy size={14} stroke={1.75} aria-hidden />
          )}
        </ActionIcon>
      )}
    </CopyButton>
  </span>
);

function Downloads({ project, version }: { project: string; version: Export }) {
  const get = (file: FileName) =>
    download(project, version.version, file).catch((error) =>
      toast({ message: `Nothing was downloaded: ${asProblem(error).message}`, tone: "bad" }),
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          aria-label={`Download version ${version.version}`}
          leftSection={<IconDownload size={14} stroke={1.75} aria-hidden />}
          rightSection={<IconChevronDown size={12} stroke={2} aria-hidden />}
        >
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {filesOf(version).map(({ file, name }) => (
          <Menu.Item key={file} onClick={() => void get(file)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
