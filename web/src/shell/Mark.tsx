/** The mark of Data Forge: an anvil. */
export const Mark = () => (
  <svg
    className="tabler-icon"
    width={16}
    height={16}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth={1.75}
    strokeLinejoin="round"
    aria-hidden
  >
    <path d="M4 8h16c-1.500 3-4 4-6 4.500V15l3 4H7l3-4v-2.500C7 12 5 10.500 4 8z" />
  </svg>
);
