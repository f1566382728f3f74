import { createContext, useContext } from "react";

/** Which sentence's evidence is shown: the one that is pointed at, else the one that is pinned. */
export interface Lit {
  number: number | null;
  pinned: number | null;
  point(number: number | null): void;
  pin(number: number | null): void;
}

export const LitContext = createContext<Lit>({ number: null, pinned: null, point() {}, pin() {} });
export const useLit = () => useContext(LitContext);

/** The colours repeat from the fifth sentence; the number carries the meaning. */
export const colorOf = (number: number) => ((number - 1) % 4) + 1;
