import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Empty } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";

/** A page that could not be shown; the side bar and the tabs go on. */
export function PageError({ error, reset }: { error: unknown; reset?: () => void }) {
  // A new version of the server has other files: only loading the page anew gets them.
  const isOld = /dynamically imported module|Importing a module script failed/.test(String(error));
  return (
    <main id="content" className="page">
      <h1 className="visually-hidden">This page cannot be shown</h1>
      <ErrorNote
        error={error}
        title="This page cannot be shown"
        onRetry={() => (isOld || !reset ? window.location.reload() : reset())}
      >
        {isOld
          ? "A part of it could not be loaded. The server may be away, or newer than this page."
          : undefined}
      </ErrorNote>
    </main>
  );
}

export const NotFound = () => (
  <main id="content" className="page">
    <h1 className="visually-hidden">Page not found</h1>
    <Empty
      icon={<IconMapOff size={20} stroke={1.75} aria-hidden />}
      title="There is no page at this address"
      action={
        <Button component={Link} to="/">
          Go to your projects
        </Button>
      }
    >
      The link may be cut off, or the project may be gone.
    </Empty>
  </main>
);
