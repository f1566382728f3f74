export function GeneratePage() {
  return (
    <main id="content" className="page">
      <div className="page-head">
        <h1>Generate</h1>
      </div>
    </main>
  );
}
