import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { ErrorNote } from "../ui/ErrorNote";
import { sentence } from "../ui/format";

const EVERY = 30;

/** The gateway does not answer: what to do, another try each 30 s, and the teacher that needs none. */
export function GatewayNote({
  error,
  detail,
  onRetry,
  onOffline,
}: {
  error: unknown;
  detail: string | undefined;
  onRetry: () => void;
  onOffline: (() => void) | undefined;
}) {
  const [left, setLeft] = useState(EVERY);
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (left > 0) return;
    onRetry();
    setLeft(EVERY);
  }, [left, onRetry]);
  return (
    <ErrorNote
      error={error ?? new Error(detail ?? "")}
      title={error ? "The models could not be loaded" : "The gateway does not answer"}
      onRetry={() => {
        onRetry();
        setLeft(EVERY);
      }}
      actions={
        <>
          {onOffline && <Button onClick={onOffline}>Use the offline teacher</Button>}
          <span style={{ fontSize: 12, color: "var(--text-3)" }} className="num">
            Next automatic try in {left} s
          </span>
        </>
      }
    >
      {error
        ? undefined
        : `${sentence(detail ?? "")} Start the gateway, or correct DATA_FORGE_GATEWAY_URL. Your settings below are kept.`}
    </ErrorNote>
  );
}
