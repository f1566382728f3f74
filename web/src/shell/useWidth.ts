import { useMediaQuery } from "@mantine/hooks";

// At once, so that the first paint has its final places.
const now = { getInitialValueInEffect: false };

/** Under 768 px: one column, the side bar in a drawer. */
export const useNarrow = () => useMediaQuery("(max-width: 767px)", false, now) ?? false;
/** Under 1200 px: the side bar is a rail. */
export const useRail = () => useMediaQuery("(max-width: 1199px)", false, now) ?? false;
