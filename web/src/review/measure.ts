/** From a decision to the next pair on the screen, in the browser's own timing. */
export const DECIDE = "review:decide";
export const NEXT = "review:decide-to-next";

/** Notes that something was decided. */
export function decided(): void {
  performance.mark(DECIDE);
}

/** Notes, once it is painted, that the next pair is there. */
export function shown(): void {
  if (performance.getEntriesByName(DECIDE, "mark").length === 0) return;
  requestAnimationFrame(() => {
    // What a frame shows is painted behind its callbacks: a message comes after that.
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      if (performance.getEntriesByName(DECIDE, "mark").length > 0) performance.measure(NEXT, DECIDE);
      performance.clearMarks(DECIDE);
    };
    channel.port2.postMessage(null);
  });
}
