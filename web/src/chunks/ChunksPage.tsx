export function ChunksPage() {
  return (
    <main id="content" className="page">
      <div className="page-head">
        <h1>Chunks</h1>
      </div>
    </main>
  );
}
