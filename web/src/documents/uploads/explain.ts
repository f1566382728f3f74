import { asProblem } from "../../api/problem";
import { UnreadableFile } from "./hash";
import { ConnectionLost, StoreRefused } from "./send";

/** What went wrong with an upload and what to do, in a sentence or two. */
export function explain(error: unknown): { message: string; canRetry: boolean } {
  if (error instanceof ConnectionLost) {
    const at = error.percent > 0 ? ` at ${error.percent}%` : "";
    return { message: `Connection lost${at}. Retry starts again.`, canRetry: true };
  }
  if (error instanceof StoreRefused) {
    if (error.status === 403)
      return { message: "The upload link has ended. Retry gets a new one.", canRetry: true };
    if (error.status === 409 || error.status === 412)
      return { message: "The file was uploaded already by this link. Retry gets a new one.", canRetry: true };
    if (error.status === 413) return { message: "The file is larger than the store takes.", canRetry: false };
    return {
      message: `The store did not take the file (status ${error.status}). Retry starts again.`,
      canRetry: true,
    };
  }
  if (error instanceof UnreadableFile) {
    return {
      message: "The file cannot be read. It may have been moved or changed; choose it again.",
      canRetry: false,
    };
  }
  const problem = asProblem(error);
  return { message: problem.message, canRetry: problem.isPassing };
}
